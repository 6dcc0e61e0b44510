/* What the tests of this room build on: keys, transactions, a committee, certificates and a provable little chain.
 * Everything follows from small numbers. */
#ifndef CHAIN_TEST_FIXTURE_H
#define CHAIN_TEST_FIXTURE_H

#include <stdio.h>

#include "chain/message.h"
#include "core/base/check.h"

#define FIXTURE_MEMBERS 7
#define FIXTURE_BLOCKS 5

__attribute__((unused)) static const struct sign_suite fixture_suite = {SIGN_ED25519};
__attribute__((unused)) static const struct domain fixture_domain = {CHAIN_ALPHA, 13};
__attribute__((unused)) static const struct tx_rules fixture_rules = {.domain = {CHAIN_ALPHA, 13}};

__attribute__((unused)) static struct seckey fixture_key(uint8_t number)
{
    uint8_t seed[32];
    struct seckey key;
    memset(seed, number, sizeof(seed));
    seckey_from_seed(fixture_suite, seed, &key);
    return key;
}

__attribute__((unused)) static struct address fixture_address(uint8_t number)
{
    const struct seckey key = fixture_key(number);
    return address_of_key(&key.pub);
}

__attribute__((unused)) static struct tx *fixture_transfer(uint64_t nonce, uint64_t amount, const char *memo)
{
    struct apierror error;
    const struct seckey key = fixture_key(1);
    const struct tx_spec spec = {.domain = fixture_domain,
                                 .kind = KIND_ALPHA_TRANSFER,
                                 .nonce = nonce,
                                 .fee = AMOUNT(1000),
                                 .token = TOKEN_AX,
                                 .to = fixture_address(2),
                                 .amount = AMOUNT(amount),
                                 .memo = str_of(memo)};
    struct tx *tx = tx_build(&spec, fixture_suite, &key, &error);
    CHECK(tx != NULL);
    return tx;
}

__attribute__((unused)) static struct tx *fixture_batch(uint64_t nonce, uint16_t count)
{
    struct apierror error;
    struct tx_output outputs[TX_OUTPUTS_MAX];
    const struct seckey key = fixture_key(1);
    for (uint16_t i = 0; i < count; i++) outputs[i] = (struct tx_output){fixture_address((uint8_t)(i + 2)), AMOUNT(i + 1)};
    const struct tx_spec spec = {.domain = fixture_domain,
                                 .kind = KIND_ALPHA_BATCH_TRANSFER,
                                 .nonce = nonce,
                                 .fee = AMOUNT(20000),
                                 .tip = AMOUNT(3),
                                 .valid_until = 9,
                                 .timestamp_ms = 1700000000000,
                                 .token = TOKEN_AX,
                                 .outputs = outputs,
                                 .outputs_count = count};
    struct tx *tx = tx_build(&spec, fixture_suite, &key, &error);
    CHECK(tx != NULL);
    return tx;
}

/* Members 101 ... 107; account and consensus key are the same key. `stakes` NULL: all equal. */
__attribute__((unused)) static struct committee *fixture_committee(uint64_t epoch, const uint64_t *stakes)
{
    struct member members[FIXTURE_MEMBERS] = {0};
    for (uint8_t i = 0; i < FIXTURE_MEMBERS; i++) {
        const struct seckey key = fixture_key((uint8_t)(101 + i));
        members[i].address = address_of_key(&key.pub);
        members[i].consensus_key = key.pub;
        members[i].stake = AMOUNT(stakes == NULL ? 10 : stakes[i]);
        snprintf(members[i].name, sizeof(members[i].name), "v%u", i + 1u);
    }
    struct committee *committee = committee_new(epoch, 1, members, FIXTURE_MEMBERS);
    CHECK(committee != NULL);
    return committee;
}

/* The key behind member i of the (sorted) committee. */
__attribute__((unused)) static struct seckey fixture_member_key(const struct committee *committee, uint32_t index)
{
    for (uint8_t i = 0; i < FIXTURE_MEMBERS; i++) {
        const struct seckey key = fixture_key((uint8_t)(101 + i));
        if (pubkey_eq(&key.pub, &committee->members[index].consensus_key)) return key;
    }
    CHECK_FAIL("member %u has no key", index);
}

/* Votes of the first `count` members. */
__attribute__((unused)) static struct certificate *fixture_certificate(const struct committee *committee,
                                                                       const struct header *header, uint32_t count)
{
    uint32_t signers[FIXTURE_MEMBERS];
    struct signature signatures[FIXTURE_MEMBERS];
    const struct hash hash = header_hash(header);
    for (uint32_t i = 0; i < count; i++) {
        const struct seckey key = fixture_member_key(committee, i);
        struct vote vote = {.domain = header->domain,
                            .height = header->height,
                            .round = header->round,
                            .block_hash = hash,
                            .voter = committee->members[i].address};
        vote_sign(&vote, fixture_suite, &key);
        signers[i] = i;
        signatures[i] = vote.signature;
    }
    return certificate_new(header->height, header->round, &hash, committee, signers, signatures, count);
}

__attribute__((unused)) static struct timeoutcert *fixture_timeoutcert(const struct committee *committee, uint64_t round,
                                                                       struct certificate *high, uint32_t count)
{
    uint32_t signers[FIXTURE_MEMBERS];
    uint64_t high_rounds[FIXTURE_MEMBERS];
    struct signature signatures[FIXTURE_MEMBERS];
    for (uint32_t i = 0; i < count; i++) {
        const struct seckey key = fixture_member_key(committee, i);
        struct timeout timeout = {.domain = fixture_domain,
                                  .round = round,
                                  .high_round = i == 0 && high != NULL ? high->round : 0,
                                  .voter = committee->members[i].address};
        timeout_sign(&timeout, fixture_suite, &key);
        signers[i] = i;
        high_rounds[i] = timeout.high_round;
        signatures[i] = timeout.signature;
    }
    return timeoutcert_new(round, committee, high, signers, high_rounds, signatures, count);
}

/* A chain of blocks at heights 1 ... FIXTURE_BLOCKS in rounds of the same numbers, each with its certificate. */
struct fixture_chain {
    struct committee *committee;
    struct header headers[FIXTURE_BLOCKS];
    struct certificate *certificates[FIXTURE_BLOCKS];
    struct block *blocks[FIXTURE_BLOCKS];
};

__attribute__((unused)) static void fixture_chain_init(struct fixture_chain *chain)
{
    memset(chain, 0, sizeof(*chain));
    chain->committee = fixture_committee(0, NULL);
    for (uint32_t i = 0; i < FIXTURE_BLOCKS; i++) {
        struct tx *txs[2] = {fixture_transfer(i, 5 + i, "hi"), fixture_batch(100 + i, 3)};
        struct header *header = &chain->headers[i];
        uint32_t leader;
        CHECK(committee_leader(chain->committee, i + 1, &leader));
        const struct seckey key = fixture_member_key(chain->committee, leader);
        header->domain = fixture_domain;
        header->height = i + 1;
        header->round = i + 1;
        header->timestamp_ms = 1000 + i;
        header->transaction_count = 2;
        header->transactions_root = transactions_root_of(txs, 2);
        header->committee_hash = header->next_committee_hash = chain->committee->hash;
        header->proposer = chain->committee->members[leader].address;
        if (i > 0) {
            header->parent_hash = header->justify_hash = header_hash(header - 1);
            header->justify_round = i;
        }
        const struct hash hash = header_hash(header);
        const struct signature signature = header_sign(&hash, fixture_suite, &key);
        struct timeoutcert *tc = i == 2 ? fixture_timeoutcert(chain->committee, 2, chain->certificates[0], 5) : NULL;
        chain->blocks[i] = block_new(header, &signature, i > 0 ? chain->certificates[i - 1] : NULL, tc, txs, 2);
        chain->certificates[i] = fixture_certificate(chain->committee, header, 5);
        timeoutcert_unref(tc);
        tx_unref(txs[0]);
        tx_unref(txs[1]);
    }
}

__attribute__((unused)) static void fixture_chain_done(struct fixture_chain *chain)
{
    committee_unref(chain->committee);
    for (uint32_t i = 0; i < FIXTURE_BLOCKS; i++) {
        certificate_unref(chain->certificates[i]);
        block_unref(chain->blocks[i]);
    }
}

/* Proves the first block by all five. */
__attribute__((unused)) static struct finality_proof *fixture_proof(const struct fixture_chain *chain)
{
    return finality_new(chain->headers, FIXTURE_BLOCKS, chain->certificates + FIXTURE_BLOCKS - 3, &chain->committee, 1);
}

#endif
