/* Proofs of many spends at once: the same answers as one by one, each proof checked once, the guilty one named. */
#include "shielded_town.h"

enum { SPENDS = 6 };

enum fault { FAULT_NONE, FAULT_BALANCE, FAULT_KEY, FAULT_RANGE, FAULT_COUNT };

static struct spend_want spend_of(struct pool *p, uint32_t i, enum fault fault)
{
    struct spend_want want = spend_want(p, 1, 2);
    want.first += i;
    want.sender = 1 + i;
    want.nonce = p->nonces[1 + i];
    want.outputs[0].value = 90000;
    want.outputs[1].value = 10000;
    want.break_balance = fault == FAULT_BALANCE;
    want.wrong_key = fault == FAULT_KEY;
    want.negative = fault == FAULT_RANGE ? 100000 : 0;
    return want;
}

static void spends_make(struct pool *p, const enum fault faults[SPENDS], struct tx *txs[SPENDS])
{
    for (uint32_t i = 0; i < SPENDS; i++) {
        const struct spend_want want = spend_of(p, i, faults[i]);
        txs[i] = pool_spend(p, &want);
    }
}
static void spends_drop(struct tx *txs[SPENDS])
{
    for (uint32_t i = 0; i < SPENDS; i++) tx_unref(txs[i]);
}

static struct proofcache_stats stats(const struct pool *p) { return proofcache_stats(p->town.rules.proofs); }

static void a_block_checks_its_range_proofs_in_one_batch(void)
{
    struct pool p;
    struct tx *txs[SPENDS];
    pool_init(&p, 16);
    p.town.rules.proofs = proofcache_new(100);
    spends_make(&p, (enum fault[SPENDS]){FAULT_NONE}, txs);
    struct ledger_result *first = pool_run(&p, txs, SPENDS);
    CHECK_U64(first->succeeded, SPENDS);
    CHECK_U64(stats(&p).batches, 1);
    CHECK_U64(stats(&p).together, SPENDS);
    CHECK_U64(stats(&p).alone, 0);
    CHECK_U64(stats(&p).signatures, SPENDS);
    struct ledger_result *again = pool_run(&p, txs, SPENDS); /* another view, or behind a reorg */
    CHECK(ledger_result_eq(first, again));
    CHECK_U64(stats(&p).batches, 1);
    CHECK_U64(stats(&p).signatures, SPENDS);
    ledger_result_unref(first);
    ledger_result_unref(again);
    spends_drop(txs);
    pool_done(&p);
}

/* Every mixture of faults: executed with a memory, and so in batches, and without one. */
static void a_batch_says_what_single_checks_say(void)
{
    static const enum fault mixtures[][SPENDS] = {
        {FAULT_NONE, FAULT_RANGE, FAULT_NONE, FAULT_NONE, FAULT_NONE, FAULT_NONE},
        {FAULT_RANGE, FAULT_KEY, FAULT_BALANCE, FAULT_NONE, FAULT_RANGE, FAULT_NONE},
        {FAULT_KEY, FAULT_KEY, FAULT_KEY, FAULT_BALANCE, FAULT_BALANCE, FAULT_KEY},
        {FAULT_RANGE, FAULT_RANGE, FAULT_RANGE, FAULT_RANGE, FAULT_RANGE, FAULT_RANGE},
    };
    static const enum receipt_reason reasons[FAULT_COUNT] = {[FAULT_BALANCE] = RECEIPT_REASON_BALANCE, [FAULT_KEY] = RECEIPT_REASON_SIGNATURE,
                                                             [FAULT_RANGE] = RECEIPT_REASON_RANGE};
    struct pool p;
    pool_init(&p, 16);
    for (size_t m = 0; m < ARRAY_LEN(mixtures); m++) {
        struct tx *txs[SPENDS];
        uint64_t reach = 0, valid = 0;
        spends_make(&p, mixtures[m], txs);
        struct ledger_result *alone = pool_run(&p, txs, SPENDS);
        p.town.rules.proofs = proofcache_new(100);
        struct ledger_result *together = pool_run(&p, txs, SPENDS);
        CHECK(ledger_result_eq(alone, together));
        for (uint32_t i = 0; i < SPENDS; i++) {
            const enum fault fault = mixtures[m][i];
            CHECK_U64(together->receipts[i].code, fault == FAULT_NONE ? CODE_NONE : CODE_INVALID_PROOF);
            CHECK_U64(together->receipts[i].reason, reasons[fault]);
            reach += fault == FAULT_NONE || fault == FAULT_RANGE;
            valid += fault == FAULT_NONE;
        }
        CHECK_U64(stats(&p).together, reach); /* who owns nothing costs no range check */
        CHECK_U64(stats(&p).alone, valid == reach ? 0 : reach);
        ledger_result_unref(alone);
        ledger_result_unref(together);
        spends_drop(txs);
        proofcache_free(p.town.rules.proofs);
        p.town.rules.proofs = NULL;
    }
    pool_done(&p);
}

static void foresee(struct pool *p, struct tx **txs, size_t count)
{
    const struct ledger_moment moment = {ledger_params(p->town.state), pool_height(p) + 1, 0, p->town.state};
    ledger_foresee(&p->town.rules, &moment, txs, count);
}

static void a_bundle_that_was_looked_at_is_admitted_as_if_it_had_not_been(void)
{
    static const enum fault faults[SPENDS] = {FAULT_NONE, FAULT_RANGE, FAULT_KEY, FAULT_NONE, FAULT_BALANCE, FAULT_NONE};
    struct pool p;
    struct tx *txs[SPENDS];
    static struct apierror want[SPENDS], got;
    pool_init(&p, 16);
    spends_make(&p, faults, txs);
    for (uint32_t i = 0; i < SPENDS; i++) (void)pool_admit(&p, txs[i], &want[i]);
    p.town.rules.proofs = proofcache_new(100);
    foresee(&p, txs, SPENDS);
    foresee(&p, txs, SPENDS);
    const struct proofcache_stats before = stats(&p);
    CHECK_U64(before.batches, 1);
    for (uint32_t i = 0; i < SPENDS; i++) {
        const enum code code = pool_admit(&p, txs[i], &got);
        CHECK_U64(code, faults[i] == FAULT_NONE ? CODE_NONE : CODE_INVALID_PROOF);
        if (code == CODE_NONE) continue;
        CHECK_STR(apierror_detail_find(&got, STR("reason")), apierror_detail_find(&want[i], STR("reason")));
        CHECK(strcmp(got.message, want[i].message) == 0);
    }
    CHECK_U64(stats(&p).alone, before.alone);
    CHECK_U64(stats(&p).signatures, before.signatures);
    spends_drop(txs);
    pool_done(&p);
}

/* The same transaction a hundred times over, and what fails a cheap step, costs nothing more. */
static void cheap_refusals_and_copies_cost_no_proof(void)
{
    struct pool p;
    struct tx *txs[SPENDS];
    pool_init(&p, 16);
    p.town.rules.proofs = proofcache_new(100);
    spends_make(&p, (enum fault[SPENDS]){FAULT_NONE}, txs);
    struct tx *copies[8];
    for (size_t i = 0; i < ARRAY_LEN(copies); i++) copies[i] = txs[0];
    foresee(&p, copies, ARRAY_LEN(copies));
    CHECK_U64(stats(&p).together, 1);
    CHECK_U64(stats(&p).signatures, 1);
    spends_drop(txs);
    for (uint32_t i = 0; i < SPENDS; i++) {
        struct spend_want want = spend_of(&p, i, FAULT_NONE);
        want.unknown_member = true;
        txs[i] = pool_spend(&p, &want);
    }
    foresee(&p, txs, SPENDS);
    CHECK_U64(stats(&p).together, 1);
    CHECK_U64(stats(&p).signatures, 1);
    spends_drop(txs);
    pool_done(&p);
}

/* What is remembered of a bad spend on a hardened network does not hold once a switch takes its check away, nor the reverse. */
static void what_is_remembered_follows_the_switches(void)
{
    struct pool p;
    struct tx *txs[SPENDS];
    pool_init(&p, 16);
    p.town.rules.proofs = proofcache_new(100);
    spends_make(&p, (enum fault[SPENDS]){FAULT_RANGE, FAULT_KEY}, txs);
    CHECK_U64(pool_admit_code(&p, txs[0]), CODE_INVALID_PROOF);
    CHECK_U64(pool_admit_code(&p, txs[1]), CODE_INVALID_PROOF);
    pool_switch(&p, WEAKNESS_NO_RANGE_PROOF_CHECK, true);
    CHECK_U64(pool_admit_code(&p, txs[0]), CODE_NONE);
    CHECK_U64(pool_admit_code(&p, txs[1]), CODE_INVALID_PROOF);
    pool_switch(&p, WEAKNESS_NO_RANGE_PROOF_CHECK, false);
    pool_switch(&p, WEAKNESS_SKIP_PROOF_VERIFICATION, true);
    CHECK_U64(pool_admit_code(&p, txs[1]), CODE_NONE);
    foresee(&p, txs, SPENDS);
    CHECK_U64(stats(&p).batches, 0);
    pool_switch(&p, WEAKNESS_SKIP_PROOF_VERIFICATION, false);
    CHECK_U64(pool_admit_code(&p, txs[0]), CODE_INVALID_PROOF);
    CHECK_U64(pool_admit_code(&p, txs[1]), CODE_INVALID_PROOF);
    spends_drop(txs);
    pool_done(&p);
}

/* Less memory than a block has spends: slower, and no other answer. */
static void a_memory_that_is_too_small_changes_no_answer(void)
{
    static const enum fault faults[SPENDS] = {FAULT_NONE, FAULT_RANGE, FAULT_NONE, FAULT_KEY, FAULT_NONE, FAULT_NONE};
    struct pool p;
    struct tx *txs[SPENDS];
    pool_init(&p, 16);
    spends_make(&p, faults, txs);
    struct ledger_result *alone = pool_run(&p, txs, SPENDS);
    p.town.rules.proofs = proofcache_new(2);
    struct ledger_result *cramped = pool_run(&p, txs, SPENDS);
    CHECK(ledger_result_eq(alone, cramped));
    CHECK(stats(&p).alone > 0);
    ledger_result_unref(alone);
    ledger_result_unref(cramped);
    spends_drop(txs);
    pool_done(&p);
}

/* What a verifier's work is, from the bytes alone; of bytes that end early, or are of another kind, nothing. */
static void the_shape_of_a_spend_is_read_from_its_bytes(void)
{
    struct pool p;
    struct shielded_shape shape;
    pool_init(&p, 16);
    struct spend_want want = spend_want(&p, 2, 3);
    want.kind = KIND_SHIELDED_WITHDRAW;
    want.amount = 5;
    struct tx *tx = pool_spend(&p, &want), *deposit = pool_deposit(&p, 3, NOTE);
    CHECK(shielded_shape_peek(tx_bytes(tx), &shape));
    CHECK_U64(shape.inputs, 2);
    CHECK_U64(shape.members, 22);
    CHECK_U64(shape.outputs, 3);
    CHECK(!shielded_shape_peek(tx_bytes(deposit), &shape));
    for (size_t len = 0; len < 380; len++) CHECK(!shielded_shape_peek(str_sub(tx_bytes(tx), 0, len), &shape) || len > 370);
    tx_unref(tx);
    tx_unref(deposit);
    pool_done(&p);
}

static void every_claim(void)
{
    RUN(a_block_checks_its_range_proofs_in_one_batch);
    RUN(a_batch_says_what_single_checks_say);
    RUN(a_bundle_that_was_looked_at_is_admitted_as_if_it_had_not_been);
    RUN(cheap_refusals_and_copies_cost_no_proof);
    RUN(what_is_remembered_follows_the_switches);
    RUN(a_memory_that_is_too_small_changes_no_answer);
    RUN(the_shape_of_a_spend_is_read_from_its_bytes);
}

int main(void)
{
    every_claim();
    pool_suite.scheme = SHIELD_SIMULATED;
    every_claim();
    return 0;
}
