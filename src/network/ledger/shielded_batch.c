/* Proofs of many spends at once. What the proofs of a spend are worth depends on the transaction and on what its rings hold; rings
 * hold notes that are some blocks old, so that they can be read before the block runs. */
#include "network/ledger/run_priv.h"
#include "network/ledger/shielded_priv.h"

struct foreseen {
    struct hash id, rings;
    const struct payload_shielded_spend *spend; /* in the batch's arena */
    struct point commitments[SHIELDED_OUTPUTS_MAX];
};
struct batch {
    struct work *work;
    struct arena arena;
    struct map seen;               /* ids: the same one may come twice */
    VEC(struct foreseen) foreseen; /* whose range proof is all that is left */
};

/* Steps 8 to 17 of one spend; what gets through waits for the batch. */
static void batch_look(struct batch *batch, const struct tx *tx, struct clsag_member (*members)[CLSAG_RING_MAX])
{
    const struct ledger_rules *rules = batch->work->rules;
    bool is_new;
    (void)map_put(&batch->seen, &tx->id, &is_new);
    if (!is_new) return;
    union payload *payload = arena_new(&batch->arena, union payload);
    struct receipt receipt = {0};
    payload_of_tx(tx, &batch->arena, payload);
    struct exec x = {.work = batch->work, .tx = tx, .id = tx->id, .sender = tx->sender, .payload = payload, .receipt = &receipt,
                     .rehearsal = true};
    const struct payload_shielded_spend *spend = &payload->shielded_spend;
    if (spend_check_cheap(&x, spend, members) != CODE_NONE) return;
    struct foreseen foreseen = {.id = tx->id, .rings = rings_hash(spend, members), .spend = spend};
    struct proof_answer answer;
    if (proofcache_find(rules->proofs, &foreseen.id, &foreseen.rings, &answer)) return;
    answer = sums_and_signatures(rules, tx, spend, members);
    if (answer.state == PROOF_HOLDS) vec_push(&batch->foreseen, foreseen);
    else proofcache_put(rules->proofs, &foreseen.id, &foreseen.rings, answer);
}

static void batch_judge(struct batch *batch)
{
    const size_t count = batch->foreseen.count;
    if (count == 0) return;
    struct proofcache *proofs = batch->work->rules->proofs;
    struct rangeproof_check *checks = arena_array(&batch->arena, struct rangeproof_check, count);
    bool *valid = arena_array(&batch->arena, bool, count);
    for (size_t i = 0; i < count; i++) checks[i] = range_check(batch->foreseen.data[i].spend, batch->foreseen.data[i].commitments);
    const bool all = suite_range_verify_batch(batch->work->rules->shield, checks, count, valid);
    proofcache_note(proofs, 0, all ? 0 : count, count);
    for (size_t i = 0; i < count; i++) {
        const struct proof_answer answer = {valid[i] ? PROOF_HOLDS : PROOF_RANGE, 0};
        proofcache_put(proofs, &batch->foreseen.data[i].id, &batch->foreseen.data[i].rings, answer);
    }
}

void shielded_foresee(struct work *work, struct tx *const *txs, size_t count)
{
    const struct ledger_rules *rules = work->rules;
    size_t spends = 0;
    for (size_t i = 0; i < count; i++) spends += shielded_is_spend(txs[i]->kind);
    if (spends < 2 || rules->proofs == NULL || !guard_shielded_proof(rules) || !guard_range_proof(rules)) return;
    struct batch batch = {.work = work};
    arena_init(&batch.arena, 0);
    map_init(&batch.seen, sizeof(struct hash), 0);
    struct clsag_member(*members)[CLSAG_RING_MAX] = base_alloc(sizeof(*members) * SHIELDED_INPUTS_MAX);
    for (size_t i = 0; i < count; i++)
        if (shielded_is_spend(txs[i]->kind)) batch_look(&batch, txs[i], members);
    batch_judge(&batch);
    base_free(members);
    vec_done(&batch.foreseen);
    map_done(&batch.seen);
    arena_done(&batch.arena);
}

void ledger_foresee(const struct ledger_rules *rules, const struct ledger_moment *moment, struct tx *const *txs, size_t count)
{
    size_t spends = 0;
    for (size_t i = 0; i < count; i++) spends += shielded_is_spend(txs[i]->kind);
    if (spends < 2 || rules->domain.chain != CHAIN_ALPHA || moment->state == NULL) return;
    const struct ledger_frame frame = {.height = moment->height,
                                       .round = ledger_round(moment->state) + 1,
                                       .timestamp_ms = MAX(moment->now_ms, ledger_timestamp_ms(moment->state) + 1)};
    struct run *run = base_alloc(sizeof(*run)); /* too large for a fiber's stack */
    work_init(&run->work, moment->state, rules, &frame);
    shielded_foresee(&run->work, txs, count);
    work_done(&run->work);
    base_free(run);
}
