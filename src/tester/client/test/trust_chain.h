/* Trust chain: a small chain that is built and signed for real, and a trust in it, for tests that corrupt what is said of it. */
#ifndef CLIENT_TEST_TRUST_CHAIN_H
#define CLIENT_TEST_TRUST_CHAIN_H

#include "tester/client/trust.h"

#include "core/base/check.h"
#include "core/codec/binary.h"
#include "core/crypto/statemap.h"

#define MEMBERS 7
#define BLOCKS 12

static const struct sign_suite suite = {SIGN_ED25519};
static const struct domain domain = {CHAIN_ALPHA, 13};
static struct sigcache *cache;
static struct verifier verifier;

static struct seckey keys[2][MEMBERS]; /* by epoch, in the order of the committee */
static struct committee *committees[2];

static inline struct committee *committee_make(uint64_t epoch, uint8_t salt, struct seckey out_keys[MEMBERS])
{
    struct member members[MEMBERS] = {0};
    struct seckey unsorted[MEMBERS];
    for (uint8_t i = 0; i < MEMBERS; i++) {
        uint8_t seed[32] = {salt, i};
        seckey_from_seed(suite, seed, &unsorted[i]);
        members[i].consensus_key = unsorted[i].pub;
        members[i].address = address_of_key(&unsorted[i].pub);
        members[i].stake = AMOUNT(100);
    }
    struct committee *committee = committee_new(epoch, 1, members, MEMBERS);
    CHECK(committee != NULL);
    for (int i = 0; i < MEMBERS; i++)
        for (int k = 0; k < MEMBERS; k++)
            if (pubkey_eq(&unsorted[k].pub, &committee->members[i].consensus_key)) out_keys[i] = unsorted[k];
    return committee;
}

static inline struct certificate *certify(const struct header *header, int epoch, const uint32_t *signers, size_t count)
{
    struct signature signatures[MEMBERS];
    const struct hash hash = header_hash(header);
    for (size_t i = 0; i < count; i++) {
        struct vote vote = {.domain = header->domain,
                            .height = header->height,
                            .round = header->round,
                            .block_hash = hash,
                            .voter = committees[epoch]->members[signers[i]].address};
        vote_sign(&vote, suite, &keys[epoch][signers[i]]);
        signatures[i] = vote.signature;
    }
    return certificate_new(header->height, header->round, &hash, committees[epoch], signers, signatures, count);
}

static const uint32_t five[] = {0, 2, 3, 5, 6};

/* ---- a chain of headers; height 0 is genesis ---- */
static struct header chain[BLOCKS];
static struct hash ids[5];
static struct receipt receipts[5];
static struct hash receipt_leaves[5];
static struct statemap *state;
static struct address payer;

static inline void header_init(struct header *header, const struct header *parent)
{
    *header = (struct header){.domain = domain,
                              .height = parent->height + 1,
                              .round = parent->round + 1,
                              .timestamp_ms = parent->timestamp_ms + 500,
                              .parent_hash = header_hash(parent),
                              .justify_round = parent->round,
                              .state_root = statemap_root(state),
                              .committee_hash = committees[0]->hash,
                              .next_committee_hash = committees[0]->hash,
                              .proposer = committees[0]->members[0].address};
    header->justify_hash = header->parent_hash;
}

static inline void chain_make(void)
{
    chain[0] = (struct header){.domain = domain,
                               .timestamp_ms = 1767225600000,
                               .committee_hash = committees[0]->hash,
                               .next_committee_hash = committees[0]->hash};
    for (uint32_t i = 1; i < BLOCKS; i++) {
        header_init(&chain[i], &chain[i - 1]);
        if (i != 3) continue;
        struct hash leaves[5];
        for (uint8_t t = 0; t < 5; t++) {
            ids[t] = hash_tagged("adnet/tx/v1", &t, 1);
            receipts[t] = (struct receipt){.fee_charged = AMOUNT(317), .code = t == 4 ? CODE_INSUFFICIENT_BALANCE : CODE_NONE};
            leaves[t] = merkle_leaf(ids[t].b, 32);
            uint8_t data[RECEIPT_LEAF_BYTES_MAX];
            receipt_leaves[t] = merkle_leaf(data, receipt_leaf(&ids[t], &receipts[t], data));
        }
        chain[i].transaction_count = 5;
        chain[i].transactions_root = merkle_root_of(leaves, 5);
        chain[i].receipts_root = merkle_root_of(receipt_leaves, 5);
    }
}

/* The proof that headers[0] is final, whose last three stand in a row. */
static inline struct finality_proof *prove(const struct header *headers, size_t count, int epoch)
{
    struct certificate *certificates[3];
    for (size_t i = 0; i < 3; i++) certificates[i] = certify(&headers[count - 3 + i], epoch, five, ARRAY_LEN(five));
    struct finality_proof *proof = finality_new(headers, count, certificates, &committees[epoch], 1);
    for (size_t i = 0; i < 3; i++) certificate_unref(certificates[i]);
    return proof;
}

static inline struct trust *trust_make(void)
{
    const struct trust_genesis genesis = {domain, header_hash(&chain[0]), committees[0]};
    return trust_new(&genesis, verifier);
}

static inline enum trust_verdict take_once(const struct finality_proof *proof)
{
    struct trust *trust = trust_make();
    const enum trust_verdict verdict = trust_take(trust, proof);
    trust_free(trust);
    return verdict;
}

static inline struct trust *trust_with(uint32_t from, uint32_t to)
{
    struct trust *trust = trust_make();
    for (uint32_t i = from; i <= to; i++) {
        struct finality_proof *proof = prove(&chain[i], 3, 0);
        CHECK_U64(trust_take(trust, proof), TRUST_OK);
        finality_unref(proof);
    }
    return trust;
}

static struct statemap *empty;

static inline void chain_begin(void)
{
    cache = sigcache_new(suite, 1 << 16);
    verifier = verifier_of_cache(cache);
    committees[0] = committee_make(0, 1, keys[0]);
    committees[1] = committee_make(1, 2, keys[1]);
    payer = committees[0]->members[0].address;
    struct buf value = {0};
    bin_put_u64(&value, 7);
    bin_put_u16(&value, 1);
    bin_put_u8(&value, TOKEN_AX);
    bin_put_u128(&value, 1000000);
    bin_put_u128(&value, 0);
    empty = statemap_empty();
    const struct statemap_change change = {state_key(1, payer.b, 32), buf_str(&value)};
    state = statemap_apply(empty, &change, 1);
    chain_make();
    buf_done(&value);
}

static inline void chain_end(void)
{
    statemap_unref(state);
    statemap_unref(empty);
    committee_unref(committees[0]);
    committee_unref(committees[1]);
    sigcache_free(cache);
}

#endif
