#include "mix.h"

#include "tester/bot/send.h"

static const struct str pair = {"DX/sAX", 6}, market = {"DX-PERP", 7};
enum { SPOT_LOOSE = 1u << TOKEN_DX | 1u << TOKEN_SAX };

static void trade(struct act *act, uint64_t draw, struct op *op)
{
    const uint8_t side = (uint8_t)(draw & 1 ? SIDE_BUY : SIDE_SELL);
    const bool limit = draw / 2 % 7 < 5;
    const uint64_t quantity = 10000 + draw / 14 % 10000, price = 950000 + draw / 140000 % 1000 * 100;
    const union payload payload = {.order_place = {.pair = pair,
                                                   .side = side,
                                                   .order_type = (uint8_t)(limit ? ORDER_LIMIT : ORDER_MARKET),
                                                   .price = limit ? price : 0,
                                                   .quantity = quantity,
                                                   .tif = (uint8_t)(limit ? TIF_GTC : TIF_IOC)}};
    const struct send_plan plan = {.kind = KIND_ORDER_PLACE, .payload = &payload, .loose = SPOT_LOOSE};
    (void)act_send(act, &plan, NULL, op); /* op tells */
}

static void swap(struct act *act, uint64_t draw, struct op *op)
{
    const union payload payload = {.amm_swap = {.pair = pair, .side = (uint8_t)(draw & 1 ? SIDE_BUY : SIDE_SELL), .amount_in = {10000 + draw / 2 % 10000}}};
    const struct send_plan plan = {.kind = KIND_AMM_SWAP, .payload = &payload, .loose = SPOT_LOOSE};
    (void)act_send(act, &plan, NULL, op);
}

static void hold_position(struct act *act, uint64_t draw, struct op *op)
{
    const union payload open = {.perp_open = {.market = market, .side = (uint8_t)(1 + (draw & 1)), .size = 1000000, .leverage = 2}};
    const struct send_plan opening = {.kind = KIND_PERP_OPEN, .payload = &open, .loose = 1u << TOKEN_DX | 1u << TOKEN_USD};
    if (!act_send(act, &opening, NULL, op)) return;
    const union payload close = {.perp_close = {.position_id = op->tx_id}};
    const struct send_plan closing = {.kind = KIND_PERP_CLOSE, .payload = &close, .loose = 1u << TOKEN_DX | 1u << TOKEN_USD};
    (void)act_send(act, &closing, NULL, op);
}

void mix_liquidity(struct act *act, struct op *op)
{
    const union payload payload = {.amm_add = {.pair = pair, .base_amount = {UINT64_C(100000000000)}, .quote_amount = {UINT64_C(100000000000)}, .min_shares = {1}}};
    const struct send_plan plan = {.kind = KIND_AMM_ADD, .payload = &payload, .loose = SPOT_LOOSE};
    if (act_on(act, CHAIN_DELTA, op)) (void)act_send(act, &plan, NULL, op);
}

uint32_t mix_delta(struct act *act, uint64_t percent, struct op *op)
{
    struct rng rng = rng_split(&act->rng, STR("bench.mix"), 0);
    const uint64_t what = rng_below(&rng, 10), draw = rng_u64(&rng) >> 1;
    if (rng_below(&rng, 100) >= percent) return 0;
    if (!act_on(act, CHAIN_DELTA, op)) return 1;
    if (what == 9) return 0;
    if (what < 7) trade(act, draw, op);
    if (what == 7) swap(act, draw, op);
    if (what == 8) hold_position(act, draw, op);
    return what == 8 ? 2 : 1;
}
