#include "tester/invariant/judge_shielded.h"

#include <inttypes.h>

#include "chain/shielded.h"
#include "tester/invariant/judge.h"

void judge_shielded_init(struct judge_shielded *shielded)
{
    *shielded = (struct judge_shielded){0};
    map_init(&shielded->images, sizeof(struct hash), sizeof(uint32_t));
}

void judge_shielded_done(struct judge_shielded *shielded)
{
    map_done(&shielded->images);
    vec_done(&shielded->reached);
    vec_done(&shielded->waiting);
    pool_record_done(&shielded->record);
}

/* The deposit's or the withdrawal's. */
static u128 public_amount(const struct tx *tx)
{
    struct arena arena;
    union payload payload;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    const u128 amount = tx->kind == KIND_SHIELDED_DEPOSIT ? payload.shielded_deposit.amount.units : payload.shielded_spend.amount.units;
    arena_done(&arena);
    return amount;
}

static void transaction_judge(struct judge *judge, uint32_t height, const struct tx *tx)
{
    struct judge_shielded *shielded = &judge->shielded;
    struct hash images[SHIELDED_INPUTS_MAX];
    char id[17];
    str_hex(tx->id.b, 8, id);
    id[16] = 0;
    judge->state[9].samples++;
    const size_t count = shielded_key_images(tx, images);
    for (size_t i = 0; i < count; i++) {
        bool fresh;
        uint32_t *before = map_put(&shielded->images, &images[i], &fresh);
        if (!fresh)
            judge_violation(judge, 9, height, &tx->id, "block %" PRIu32 ": transaction %s spends a key image of block %" PRIu32 " again", height, id, *before);
        *before = height;
    }
    if (tx->kind == KIND_SHIELDED_DEPOSIT) shielded->deposited += public_amount(tx);
    if (tx->kind == KIND_SHIELDED_WITHDRAW) shielded->withdrawn += public_amount(tx);
    shielded->fees += shielded_pool_fee(tx).units;
    if (shielded->withdrawn + shielded->fees > shielded->deposited)
        judge_violation(judge, 9, height, &tx->id, "block %" PRIu32 ": transaction %s takes more out of the pool than was ever put in", height, id);
}

static u128 pool_now(const struct judge_shielded *shielded)
{
    const u128 out = shielded->withdrawn + shielded->fees;
    return out > shielded->deposited ? 0 : shielded->deposited - out;
}

static const struct pool_reached *pool_at(const struct judge_shielded *shielded, uint32_t height)
{
    for (size_t i = shielded->reached.count; i-- > 0;)
        if (shielded->reached.data[i].height <= height) return &shielded->reached.data[i];
    return NULL;
}

static void stated_judge(struct judge *judge, const struct pool_reached *stated)
{
    struct judge_shielded *shielded = &judge->shielded;
    const struct pool_reached *reached = pool_at(shielded, stated->height);
    const u128 want = reached ? reached->pool : 0, off = stated->pool - want;
    judge->state[9].samples++;
    if (off == shielded->off) return;
    char says[U128_TEXT], is[U128_TEXT], mover[17] = "(none)";
    u128_text(stated->pool, says);
    u128_text(want, is);
    if (reached) str_hex(reached->mover.b, 8, mover);
    mover[16] = 0;
    judge_violation(judge, 9, stated->height, reached ? &reached->mover : NULL,
                    "at height %" PRIu32 " the shielded pool is said to hold %s; deposits less withdrawals and fees are %s; transaction %s was the last to move it",
                    stated->height, says, is, mover);
    shielded->off = off;
}

static void waiting_judge(struct judge *judge)
{
    struct judge_shielded *shielded = &judge->shielded;
    while (!shielded->blind && shielded->waiting.count > 0 && shielded->waiting.data[0].height <= judge->read_height) {
        const struct pool_reached stated = shielded->waiting.data[0];
        vec_remove(&shielded->waiting, 0);
        stated_judge(judge, &stated);
    }
}

void judge_shielded_block(struct judge *judge, const struct block_view *block)
{
    struct judge_shielded *shielded = &judge->shielded;
    const uint32_t height = block->header.height;
    bool any = false;
    bool moved = false;
    struct hash mover = {{0}};
    for (uint32_t i = 0; i < block->transactions_count; i++) any |= shielded_is(block->transactions[i].envelope->kind);
    if (any && !receipts_are_proven(block)) {
        judge->bad_proofs++;
        shielded->blind = true;
        any = false;
    }
    for (uint32_t i = 0; any && i < block->transactions_count; i++) {
        const struct tx_view *view = &block->transactions[i];
        pool_record_take(&shielded->record, height, view);
        if (!shielded_is(view->envelope->kind) || !receipt_success(&view->receipt)) continue;
        transaction_judge(judge, height, view->envelope);
        mover = view->envelope->id;
        moved = true;
    }
    if (moved) vec_push(&shielded->reached, ((struct pool_reached){height, mover, pool_now(shielded)}));
    waiting_judge(judge);
}

void judge_shielded_supply(struct judge *judge, const struct supply *supply)
{
    struct judge_shielded *shielded = &judge->shielded;
    if (shielded->waiting.count > 0 && vec_last(&shielded->waiting).height >= supply->finalized_height) return;
    for (uint32_t i = 0; i < supply->tokens_count; i++)
        if (supply->tokens[i].token == TOKEN_AX)
            vec_push(&shielded->waiting, ((struct pool_reached){.height = supply->finalized_height, .pool = supply->tokens[i].shielded.units}));
    waiting_judge(judge);
}
