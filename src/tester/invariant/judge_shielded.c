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
}

static bool receipts_are_the_blocks(const struct block_view *block)
{
    struct merkle list;
    uint8_t leaf[RECEIPT_LEAF_BYTES_MAX];
    merkle_init(&list);
    for (uint32_t i = 0; i < block->transactions_count; i++) {
        const struct tx_view *view = &block->transactions[i];
        if (!view->has_receipt) return false;
        const struct hash hash = merkle_leaf(leaf, receipt_leaf(&view->envelope->id, &view->receipt, leaf));
        merkle_push(&list, &hash);
    }
    const struct hash root = merkle_root(&list);
    return hash_eq(&root, &block->header.receipts_root);
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

static u128 pool_at(const struct judge_shielded *shielded, uint32_t height)
{
    for (size_t i = shielded->reached.count; i-- > 0;)
        if (shielded->reached.data[i].height <= height) return shielded->reached.data[i].pool;
    return 0;
}

static void stated_judge(struct judge *judge)
{
    struct judge_shielded *shielded = &judge->shielded;
    if (!shielded->has_stated || shielded->blind || shielded->stated.height > judge->read_height) return;
    shielded->has_stated = false;
    const u128 want = pool_at(shielded, shielded->stated.height);
    judge->state[9].samples++;
    if (want == shielded->stated.pool) return;
    char says[U128_TEXT], is[U128_TEXT];
    u128_text(shielded->stated.pool, says);
    u128_text(want, is);
    judge_violation(judge, 9, shielded->stated.height, NULL,
                    "at height %" PRIu32 " the shielded pool is said to hold %s; deposits less withdrawals and fees are %s", shielded->stated.height, says, is);
}

void judge_shielded_block(struct judge *judge, const struct block_view *block)
{
    struct judge_shielded *shielded = &judge->shielded;
    const uint32_t height = block->header.height;
    bool any = false;
    for (uint32_t i = 0; i < block->transactions_count; i++) any |= shielded_is(block->transactions[i].envelope->kind);
    if (any && !receipts_are_the_blocks(block)) {
        judge->bad_proofs++;
        shielded->blind = true;
        any = false;
    }
    for (uint32_t i = 0; any && i < block->transactions_count; i++) {
        const struct tx_view *view = &block->transactions[i];
        if (shielded_is(view->envelope->kind) && receipt_success(&view->receipt)) transaction_judge(judge, height, view->envelope);
    }
    if (any) vec_push(&shielded->reached, ((struct pool_reached){height, pool_now(shielded)}));
    stated_judge(judge);
}

void judge_shielded_supply(struct judge *judge, const struct supply *supply)
{
    for (uint32_t i = 0; i < supply->tokens_count; i++) {
        if (supply->tokens[i].token != TOKEN_AX) continue;
        judge->shielded.has_stated = true;
        judge->shielded.stated = (struct pool_reached){supply->finalized_height, supply->tokens[i].shielded.units};
    }
    stated_judge(judge);
}
