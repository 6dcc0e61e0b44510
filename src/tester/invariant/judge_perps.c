#include "tester/invariant/judge_perps.h"

#include <inttypes.h>

#include "chain/payload.h"
#include "tester/invariant/judge.h"

void judge_perps_init(struct judge_perps *perps)
{
    *perps = (struct judge_perps){0};
    map_init(&perps->known, sizeof(struct address), sizeof(uint8_t));
    map_init(&perps->sides, sizeof(struct hash), sizeof(uint8_t));
    map_init(&perps->liquidated, sizeof(struct hash), sizeof(struct hash));
    map_init(&perps->told, sizeof(struct hash), sizeof(uint8_t));
}

void judge_perps_done(struct judge_perps *perps)
{
    vec_done(&perps->owners);
    map_done(&perps->known);
    map_done(&perps->sides);
    map_done(&perps->liquidated);
    map_done(&perps->told);
}

static void open_take(struct judge_perps *perps, const struct tx *tx, uint8_t side)
{
    bool fresh;
    (void)map_put(&perps->known, &tx->sender, &fresh);
    if (fresh) vec_push(&perps->owners, tx->sender);
    *(uint8_t *)map_put(&perps->sides, &tx->id, NULL) = side;
}

void judge_perps_block(struct judge *judge, const struct block_view *block)
{
    struct judge_perps *perps = &judge->perps;
    if (block->transactions_count == 0 || !receipts_are_proven(block)) return;
    for (uint32_t i = 0; i < block->transactions_count; i++) {
        const struct tx *tx = block->transactions[i].envelope;
        const bool opens = tx->kind == KIND_PERP_OPEN;
        if ((!opens && tx->kind != KIND_PERP_LIQUIDATE) || !receipt_success(&block->transactions[i].receipt)) continue;
        struct arena arena;
        union payload payload;
        arena_init(&arena, 0);
        payload_of_tx(tx, &arena, &payload);
        if (opens) {
            open_take(perps, tx, payload.perp_open.side);
        } else {
            *(struct hash *)map_put(&perps->liquidated, &payload.id.id, NULL) = tx->id;
            perps->due = true;
        }
        arena_done(&arena);
    }
}

u128 perps_profit(const struct position_view *view)
{
    u128 profit;
    return u128_parse(view->unrealized_pnl, &profit) ? profit : 0; /* a loss has its sign */
}

void judge_perps_vault(struct judge *judge, uint32_t height, struct amount vault, struct amount insurance, u128 profits)
{
    struct judge_perps *perps = &judge->perps;
    judge->state[10].samples++;
    const bool covers = vault.units >= profits && vault.units >= insurance.units;
    if (covers || perps->short_of_it) {
        perps->short_of_it = !covers;
        return;
    }
    char has[U128_TEXT], owes[U128_TEXT];
    u128_text(vault.units, has);
    u128_text(profits, owes);
    perps->short_of_it = true;
    judge_violation(judge, 10, height, NULL, "at height %" PRIu32 " collateral and insurance are %s USD, profits of open positions %s", height, has, owes);
}

void judge_perps_liquidation(struct judge *judge, const struct liquidation_view *view, uint32_t final_height)
{
    struct judge_perps *perps = &judge->perps;
    bool fresh;
    if (view->height > final_height) return;
    const uint8_t *side = map_find(&perps->sides, &view->position_id);
    const struct hash *by = map_find(&perps->liquidated, &view->position_id);
    if (side == NULL || by == NULL) return; /* its block is not read yet */
    (void)map_put(&perps->told, &view->position_id, &fresh);
    if (!fresh) return;
    judge->state[10].samples++;
    const bool above = *side == SIDE_BUY ? view->mark_price > view->liquidation_price : view->mark_price < view->liquidation_price;
    if (!above) return;
    char id[17], position[17];
    str_hex(by->b, 8, id);
    str_hex(view->position_id.b, 8, position);
    judge_violation(judge, 10, view->height, by,
                    "block %" PRIu32 ": transaction %.16s liquidates position %.16s above its maintenance margin: mark %" PRIu64 ", liquidation price %" PRIu64, view->height,
                    id, position, view->mark_price, view->liquidation_price);
}
