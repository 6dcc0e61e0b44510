#include "tester/invariant/judge.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *title;
    bool in_build, mandatory;
} rows[INVARIANTS + 1] = {
    [1] = {"Agreement", true, true},          [2] = {"Finality", true, true},
    [3] = {"Bridge solvency", true, false},  [4] = {"Bridge uniqueness", true, false},
    [5] = {"Conservation", true, true},       [6] = {"Single execution", true, true},
    [7] = {"Governance", true, false},       [8] = {"IPC order", true, false},
    [9] = {"Shielded soundness", true, false}, [10] = {"Perpetual solvency", true, false},
    [11] = {"Validity", true, false},        [12] = {"Bounded resources", true, false},
    [13] = {"Escrow", true, false},          [14] = {"Auction", true, false},
};

const char *invariant_title(unsigned number)
{
    ASSERT(number >= 1 && number <= INVARIANTS);
    return rows[number].title;
}

bool invariant_in_build(unsigned number) { return number >= 1 && number <= INVARIANTS && rows[number].in_build; }
bool invariant_is_mandatory(unsigned number) { return number >= 1 && number <= INVARIANTS && rows[number].mandatory; }

void judge_init(struct judge *judge, const struct trust_genesis *genesis, struct verifier verifier)
{
    *judge = (struct judge){.trust = trust_new(genesis, verifier), .members = genesis->committee ? genesis->committee->count : 0};
    for (size_t i = 0; i < 2; i++) {
        map_init(&judge->nonces[i], sizeof(struct address), sizeof(uint64_t));
        judge_money_init(&judge->money[i]);
    }
    judge_escrow_init(&judge->escrow);
    judge_perps_init(&judge->perps);
    judge_auction_init(&judge->auction);
    judge_shielded_init(&judge->shielded);
    judge_bridge_init(&judge->bridge);
    judge_governance_init(&judge->governance);
}

void judge_done(struct judge *judge)
{
    trust_free(judge->trust);
    for (size_t i = 0; i < 2; i++) {
        map_done(&judge->nonces[i]);
        judge_money_done(&judge->money[i]);
    }
    judge_escrow_done(&judge->escrow);
    judge_perps_done(&judge->perps);
    judge_auction_done(&judge->auction);
    judge_shielded_done(&judge->shielded);
    judge_bridge_done(&judge->bridge);
    judge_governance_done(&judge->governance);
    vec_done(&judge->chain);
    *judge = (struct judge){0};
}

void judge_violation(struct judge *judge, unsigned invariant, uint32_t height, const struct hash *subject, const char *fmt, ...)
{
    struct invariant_state *state = &judge->state[invariant];
    char text[INVARIANT_NOTE];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (state->violations++ == 0) memcpy(state->note, text, sizeof(text));
    const struct violation violation = {invariant, height, subject ? *subject : (struct hash){{0}}, text};
    if (judge->violated) judge->violated(judge->context, &violation);
}

static void short_hex(const struct hash *hash, char out[17])
{
    str_hex(hash->b, 8, out);
    out[16] = 0;
}

enum trust_verdict judge_proof(struct judge *judge, struct str view, uint32_t height, const struct finality_proof *proof, bool again)
{
    if (proof->target_height != height) {
        judge->bad_proofs++;
        return TRUST_MALFORMED;
    }
    const enum trust_verdict verdict = trust_take(judge->trust, proof);
    switch (verdict) {
    case TRUST_OK:
    case TRUST_KNOWN:
        if (proof->committees_count > 0) judge->members = proof->committees[0]->count;
        judge->state[again ? 2 : 1].samples++;
        return verdict;
    case TRUST_CONFLICT: {
        struct hash first;
        char one[17] = "?", other[17];
        if (trust_hash(judge->trust, height, &first)) short_hex(&first, one);
        short_hex(&proof->target_hash, other);
        judge->conflicts++;
        judge->state[1].samples++;
        judge->state[2].samples++;
        judge_violation(judge, 1, height, &proof->target_hash, "two final blocks at height %" PRIu32 ": %s was proven, " STR_FMT " proves %s", height,
                        one, STR_ARG(view), other);
        judge_violation(judge, 2, height, &proof->target_hash, "final block %s at height %" PRIu32 " is replaced by %s at " STR_FMT, one, height,
                        other, STR_ARG(view));
        return verdict;
    }
    case TRUST_PROOF:
    case TRUST_NOT_FINAL:
    case TRUST_HASH:
    case TRUST_TRANSACTIONS:
    case TRUST_CERTIFICATE:
    case TRUST_MERKLE:
    case TRUST_STATE:
    case TRUST_MALFORMED:
    case TRUST_COMMITTEE:
    case TRUST_PROPOSER: judge->bad_proofs++; return verdict;
    }
    UNREACHABLE();
}

/* ---- INV-06 ---- */

static void transaction_judge(struct judge *judge, enum chain_id chain, uint32_t height, const struct tx *tx)
{
    uint64_t *next = map_put(&judge->nonces[chain - 1], &tx->sender, NULL);
    judge->state[6].samples++;
    judge->transactions += chain == CHAIN_ALPHA;
    if (tx->nonce == *next) {
        (*next)++;
        return;
    }
    char id[17], sender[ADDRESS_TEXT];
    short_hex(&tx->id, id);
    address_text(&tx->sender, chain, sender);
    judge_violation(judge, 6, height, &tx->id, "block %" PRIu32 " executes transaction %s of %s with nonce %" PRIu64 ", where %" PRIu64 " is next%s", height,
                    id, sender, tx->nonce, *next, tx->nonce < *next ? ": executed twice" : ": a nonce is skipped");
    if (tx->nonce > *next) *next = tx->nonce + 1; /* go on from there: each break is told once */
}

static void transactions_judge(struct judge *judge, enum chain_id chain, const struct block_view *block)
{
    for (uint32_t i = 0; i < block->transactions_count; i++) transaction_judge(judge, chain, block->header.height, block->transactions[i].envelope);
    if (block->transactions_count == 0) judge->state[6].samples++; /* an empty block executes nothing twice */
}

void judge_delta_block(struct judge *judge, const struct block_view *block, struct instant seen)
{
    transactions_judge(judge, CHAIN_DELTA, block);
    judge_validity_block(judge, CHAIN_DELTA, block, &judge->nonces[CHAIN_DELTA - 1]);
    judge_bridge_block(judge, CHAIN_DELTA, block, seen);
    judge_escrow_block(judge, block);
    judge_perps_block(judge, block);
    judge_money_block(judge, CHAIN_DELTA, block);
}

void judge_alpha_block(struct judge *judge, const struct block_view *block, struct instant seen)
{
    transactions_judge(judge, CHAIN_ALPHA, block);
    judge_shielded_block(judge, block);
    judge_bridge_block(judge, CHAIN_ALPHA, block, seen);
    judge_governance_block(judge, block);
    judge_validity_block(judge, CHAIN_ALPHA, block, &judge->nonces[CHAIN_ALPHA - 1]);
    judge_auction_block(judge, block);
    judge_money_block(judge, CHAIN_ALPHA, block); /* last: it forgets who moved what */
}

bool judge_block(struct judge *judge, const struct block_view *block, struct instant seen)
{
    const uint32_t height = judge->read_height + 1;
    if (block->header.height != height || !block->has_transactions) return false;
    const enum trust_verdict verdict = trust_block_final(judge->trust, block);
    if (verdict == TRUST_TRANSACTIONS) {
        judge->state[6].samples++;
        judge_violation(judge, 6, height, &block->hash, "block %" PRIu32 ": the transactions shown do not give its transactions_root", height);
        return false;
    }
    if (verdict != TRUST_OK && verdict != TRUST_KNOWN) {
        judge->bad_proofs++;
        return false;
    }
    struct final_block record = {.height = height, .transactions = block->transactions_count, .round = block->header.round,
                                 .timestamp_ms = block->header.timestamp_ms, .seen = seen};
    if (block->certificate.certificate) {
        record.signers = block->certificate.certificate->count;
        record.members = judge->members;
    }
    vec_push(&judge->chain, record);
    judge->read_height = height;
    judge_alpha_block(judge, block, seen);
    return true;
}

/* ---- supply ---- */

void judge_chain_supply(struct judge *judge, enum chain_id chain, const struct supply *supply)
{
    judge->supplied[chain - 1] = MAX(judge->supplied[chain - 1], supply->finalized_height);
    if (chain == CHAIN_ALPHA) {
        judge_shielded_supply(judge, supply);
        judge_auction_supply(judge, supply);
    } else {
        judge_escrow_supply(judge, supply);
    }
    judge_money_supply(judge, chain, supply); /* last: it forgets who moved what */
}

/* ---- INV-12 ---- */

void judge_pool(struct judge *judge, struct str view, uint32_t total, uint32_t capacity)
{
    judge->state[12].samples++;
    if (total > capacity)
        judge_violation(judge, 12, judge->read_height, NULL, STR_FMT " holds %" PRIu32 " transactions, more than mempool_capacity %" PRIu32, STR_ARG(view),
                        total, capacity);
}
