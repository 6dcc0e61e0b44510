/* The judge is fed a small honest chain, signed for real, and then lies: each invariant must be able to fail, and to say where. */
#include "tester/invariant/judge.h"

#include "core/base/check.h"

#define MEMBERS 4
#define BLOCKS 14

static const struct sign_suite suite = {SIGN_ED25519};
static const struct domain domain = {CHAIN_ALPHA, 13};
static struct verifier verifier;
static struct seckey keys[MEMBERS], payers[2];
static struct committee *committee;
static struct header chain[BLOCKS];
static struct tx *txs[BLOCKS][4];
static uint32_t txs_count[BLOCKS];
static struct violation last;
static uint32_t told;

static void violated(void *context, const struct violation *violation)
{
    (void)context;
    last = *violation;
    told++;
}

static void committee_make(void)
{
    struct member members[MEMBERS] = {0};
    struct seckey unsorted[MEMBERS];
    for (uint8_t i = 0; i < MEMBERS; i++) {
        const uint8_t seed[32] = {9, i};
        seckey_from_seed(suite, seed, &unsorted[i]);
        members[i].consensus_key = unsorted[i].pub;
        members[i].address = address_of_key(&unsorted[i].pub);
        members[i].stake = AMOUNT(100);
    }
    committee = committee_new(0, 1, members, MEMBERS);
    CHECK(committee != NULL);
    for (int i = 0; i < MEMBERS; i++)
        for (int k = 0; k < MEMBERS; k++)
            if (pubkey_eq(&unsorted[k].pub, &committee->members[i].consensus_key)) keys[i] = unsorted[k];
}

static struct tx *pay(uint32_t payer, uint64_t nonce, uint64_t amount)
{
    struct apierror error;
    const struct tx_spec spec = {.domain = domain, .kind = KIND_ALPHA_TRANSFER, .nonce = nonce, .fee = AMOUNT(1000), .token = TOKEN_AX,
                                 .to = address_of_key(&payers[1 - payer].pub), .amount = AMOUNT(amount)};
    struct tx *tx = tx_build(&spec, suite, &payers[payer], &error);
    if (!tx) CHECK_FAIL("%s", error.message);
    return tx;
}

/* Each block carries the payments that `nonces` lists for payer 0; a leader proposes, everything is in a row. */
static struct header header_after(const struct header *parent, struct tx *const *of, uint32_t count, uint64_t salt)
{
    struct header header = {.domain = domain, .height = parent->height + 1, .round = parent->round + 1, .timestamp_ms = parent->timestamp_ms + 500 + salt,
                            .parent_hash = header_hash(parent), .justify_round = parent->round, .committee_hash = committee->hash,
                            .next_committee_hash = committee->hash, .transaction_count = count, .transactions_root = transactions_root_of(of, count)};
    uint32_t leader;
    CHECK(committee_leader(committee, header.round, &leader));
    header.proposer = committee->members[leader].address;
    header.justify_hash = header.parent_hash;
    return header;
}

static void chain_make(void)
{
    chain[0] = (struct header){.domain = domain, .timestamp_ms = 1767225600000, .committee_hash = committee->hash, .next_committee_hash = committee->hash};
    uint64_t nonce = 0;
    for (uint32_t i = 1; i < BLOCKS; i++) {
        txs_count[i] = i % 3;
        for (uint32_t k = 0; k < txs_count[i]; k++) txs[i][k] = pay(0, nonce++, 5 + k);
        chain[i] = header_after(&chain[i - 1], txs[i], txs_count[i], 0);
    }
}

static struct certificate *certify(const struct header *header)
{
    static const uint32_t three[] = {0, 1, 3};
    struct signature signatures[3];
    const struct hash hash = header_hash(header);
    for (size_t i = 0; i < 3; i++) {
        struct vote vote = {.domain = domain, .height = header->height, .round = header->round, .block_hash = hash,
                            .voter = committee->members[three[i]].address};
        vote_sign(&vote, suite, &keys[three[i]]);
        signatures[i] = vote.signature;
    }
    return certificate_new(header->height, header->round, &hash, committee, three, signatures, 3);
}

static struct finality_proof *prove(const struct header headers[3])
{
    struct certificate *certificates[3];
    for (size_t i = 0; i < 3; i++) certificates[i] = certify(&headers[i]);
    struct finality_proof *proof = finality_new(headers, 3, certificates, &committee, 1);
    for (size_t i = 0; i < 3; i++) certificate_unref(certificates[i]);
    return proof;
}

static void judge_make(struct judge *judge)
{
    const struct trust_genesis genesis = {domain, header_hash(&chain[0]), committee};
    judge_init(judge, &genesis, verifier);
    judge->violated = violated;
    told = 0;
}

static void give_proof(struct judge *judge, const struct header headers[3], enum trust_verdict wanted)
{
    struct finality_proof *proof = prove(headers);
    CHECK_U64(judge_proof(judge, STR("v1"), headers[0].height, proof, false), wanted);
    finality_unref(proof);
}

/* As a node would show it, with these transactions. */
static bool give_block(struct judge *judge, const struct header *header, struct tx *const *of, uint32_t count)
{
    struct tx_view views[8] = {0};
    struct hash ids[8];
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = of[i]->id;
        views[i] = (struct tx_view){.id = of[i]->id, .chain = CHAIN_ALPHA, .status = TX_FINALIZED, .envelope = of[i], .size = of[i]->size};
    }
    struct block_view block = {.header = *header, .hash = header_hash(header), .status = BLOCK_FINALIZED, .transaction_ids = ids,
                               .transaction_ids_count = count, .has_transactions = true, .transactions = views, .transactions_count = count};
    uint32_t leader;
    CHECK(committee_leader(committee, header->round, &leader));
    block.proposer_signature = header_sign(&block.hash, suite, &keys[leader]);
    return judge_block(judge, &block, (struct instant){1});
}

/* ---- claims ---- */

static void an_honest_chain_violates_nothing_and_counts(void)
{
    struct judge judge;
    judge_make(&judge);
    for (uint32_t h = 1; h + 2 < BLOCKS; h++) {
        give_proof(&judge, &chain[h], TRUST_OK);
        CHECK(give_block(&judge, &chain[h], txs[h], txs_count[h]));
    }
    CHECK_U64(told, 0);
    CHECK_U64(judge.read_height, BLOCKS - 3);
    CHECK(judge.state[1].samples >= BLOCKS - 3 && judge.state[6].samples > 0);
    CHECK_U64(judge.chain.count, BLOCKS - 3);
    judge_done(&judge);
}

static void a_second_final_block_at_one_height_breaks_agreement_and_finality(void)
{
    struct judge judge;
    judge_make(&judge);
    give_proof(&judge, &chain[1], TRUST_OK);
    struct header fork[3];
    fork[0] = header_after(&chain[0], NULL, 0, 77);
    fork[1] = header_after(&fork[0], NULL, 0, 0);
    fork[2] = header_after(&fork[1], NULL, 0, 0);
    give_proof(&judge, fork, TRUST_CONFLICT);
    CHECK_U64(judge.state[1].violations, 1);
    CHECK_U64(judge.state[2].violations, 1);
    CHECK_U64(judge.conflicts, 1);
    CHECK_U64(last.height, 1);
    CHECK(strstr(judge.state[2].note, "replaced") && strstr(judge.state[1].note, "two final blocks at height 1"));
    judge_done(&judge);
}

static void a_proof_that_does_not_hold_proves_nothing(void)
{
    struct judge judge;
    judge_make(&judge);
    struct certificate *certificates[3];
    for (size_t i = 0; i < 3; i++) certificates[i] = certify(&chain[1]); /* all for the first block */
    struct finality_proof *proof = finality_new(&chain[1], 3, certificates, &committee, 1);
    CHECK_U64(judge_proof(&judge, STR("v2"), 1, proof, false), TRUST_PROOF);
    CHECK_U64(judge.bad_proofs, 1);
    CHECK_U64(judge.state[1].samples, 0);
    CHECK_U64(told, 0);
    for (size_t i = 0; i < 3; i++) certificate_unref(certificates[i]);
    finality_unref(proof);
    judge_done(&judge);
}

static void chain_of_two(struct tx *const *of, uint32_t count, struct header out[4])
{
    out[0] = header_after(&chain[0], of, count, 0);
    for (int i = 1; i < 4; i++) out[i] = header_after(&out[i - 1], NULL, 0, 0);
}

static void a_skipped_nonce_is_told_with_block_and_transaction(void)
{
    struct judge judge;
    struct header headers[4];
    struct tx *of[2] = {pay(0, 0, 1), pay(0, 2, 1)};
    judge_make(&judge);
    chain_of_two(of, 2, headers);
    give_proof(&judge, headers, TRUST_OK);
    CHECK(give_block(&judge, &headers[0], of, 2));
    CHECK_U64(judge.state[6].violations, 1);
    CHECK_U64(last.height, 1);
    CHECK(hash_eq(&last.subject, &of[1]->id));
    CHECK(strstr(judge.state[6].note, "a nonce is skipped"));
    tx_unref(of[0]);
    tx_unref(of[1]);
    judge_done(&judge);
}

static void a_transaction_executed_twice_is_told(void)
{
    struct judge judge;
    struct header headers[4];
    struct tx *of[2] = {pay(0, 0, 1), pay(0, 0, 1)};
    judge_make(&judge);
    chain_of_two(of, 2, headers);
    give_proof(&judge, headers, TRUST_OK);
    CHECK(give_block(&judge, &headers[0], of, 2));
    CHECK_U64(judge.state[6].violations, 1);
    CHECK(strstr(judge.state[6].note, "executed twice"));
    tx_unref(of[0]);
    tx_unref(of[1]);
    judge_done(&judge);
}

static void a_block_shown_with_other_transactions_is_told(void)
{
    struct judge judge;
    judge_make(&judge);
    give_proof(&judge, &chain[1], TRUST_OK);
    struct tx *other = pay(0, 0, 999);
    CHECK(!give_block(&judge, &chain[1], &other, 1));
    CHECK_U64(judge.state[6].violations, 1);
    CHECK(strstr(judge.state[6].note, "transactions_root"));
    CHECK(!give_block(&judge, &chain[1], txs[1], txs_count[1] - 1)); /* one left out */
    CHECK_U64(judge.state[6].violations, 2);
    CHECK(give_block(&judge, &chain[1], txs[1], txs_count[1])); /* the truth is still taken */
    tx_unref(other);
    judge_done(&judge);
}

static void an_unproven_block_is_not_read(void)
{
    struct judge judge;
    judge_make(&judge);
    CHECK(!give_block(&judge, &chain[1], txs[1], txs_count[1]));
    CHECK_U64(judge.read_height, 0);
    judge_done(&judge);
}

static struct supply supply_of(uint64_t genesis, uint64_t free, uint64_t rewards)
{
    struct supply supply = {.finalized_height = 9, .tokens_count = 1};
    supply.tokens[0] = (struct supply_token){.token = TOKEN_AX, .ok = true, .total = AMOUNT(genesis), .genesis = AMOUNT(genesis), .free = AMOUNT(free),
                                             .rewards = AMOUNT(rewards)};
    return supply;
}

static void money_from_nowhere_is_told_whatever_the_node_says(void)
{
    struct judge judge;
    judge_make(&judge);
    struct supply good = supply_of(1000, 900, 100);
    judge.money[CHAIN_ALPHA - 1].read_height = 9;
    judge_supply(&judge, &good);
    CHECK_U64(judge.state[5].violations, 0);
    struct supply minted = supply_of(1000, 950, 100); /* 50 too much, and it says ok */
    judge_supply(&judge, &minted);
    CHECK_U64(judge.state[5].violations, 1);
    CHECK(strstr(judge.state[5].note, "holdings 1050"));
    struct supply misstated = supply_of(1000, 900, 100);
    misstated.tokens[0].total = AMOUNT(1001);
    judge_supply(&judge, &misstated);
    CHECK_U64(judge.state[5].violations, 2);
    struct supply negative = supply_of(0, 0, 0);
    negative.tokens[0].bridge_burned = AMOUNT(1);
    judge_supply(&judge, &negative);
    CHECK_U64(judge.state[5].violations, 3);
    CHECK_U64(judge.state[5].samples, 4);
    judge_done(&judge);
}

static void a_pool_over_its_capacity_is_told(void)
{
    struct judge judge;
    judge_make(&judge);
    judge_pool(&judge, STR("v3"), 10000, 10000);
    CHECK_U64(told, 0);
    judge_pool(&judge, STR("v3"), 10001, 10000);
    CHECK_U64(judge.state[12].violations, 1);
    CHECK(strstr(judge.state[12].note, "v3"));
    judge_done(&judge);
}

int main(void)
{
    struct sigcache *cache = sigcache_new(suite, 100000);
    verifier = verifier_of_cache(cache);
    for (uint8_t i = 0; i < 2; i++) {
        const uint8_t seed[32] = {7, i};
        seckey_from_seed(suite, seed, &payers[i]);
    }
    committee_make();
    chain_make();
    RUN(an_honest_chain_violates_nothing_and_counts);
    RUN(a_second_final_block_at_one_height_breaks_agreement_and_finality);
    RUN(a_proof_that_does_not_hold_proves_nothing);
    RUN(a_skipped_nonce_is_told_with_block_and_transaction);
    RUN(a_transaction_executed_twice_is_told);
    RUN(a_block_shown_with_other_transactions_is_told);
    RUN(an_unproven_block_is_not_read);
    RUN(money_from_nowhere_is_told_whatever_the_node_says);
    RUN(a_pool_over_its_capacity_is_told);
    for (uint32_t i = 0; i < BLOCKS; i++)
        for (uint32_t k = 0; k < txs_count[i]; k++) tx_unref(txs[i][k]);
    committee_unref(committee);
    sigcache_free(cache);
    return 0;
}
