/* mev.arbitrage (PT-L-074): a pair's book and its pool disagree about the price; the bot buys where it is low and sells where it
 * is high.
 *
 * Both trades are operations of one flash loan of one unit: they happen together or not at all, at prices no worse than the
 * plan's. So a cycle that is sent and executed pays for its fees; one that somebody else took first reverts. */
#include <inttypes.h>

#include "tester/behavior/dex_pool.h"
#include "tester/behavior/mev_priv.h"
#include "tester/bot/submit_priv.h"

#define SIZES 12u       /* tried: each twice the one before */
#define LOAN_BYTES 200u /* of the payload, about: for the fee */

struct cycle {
    const struct dex_pair *pair;
    enum side side;           /* of the order in the book; the pool is the other way */
    uint64_t quantity, price; /* base through both; the order's limit */
    u128 in, out;             /* of quote: what leaves at most, what comes at least, before the transaction's fee */
    u128 fee;                 /* the transaction's, in quote */
    u128 profit;              /* at least */
    uint64_t gap_before;
    struct dex_pool pool; /* before, and as the cycle leaves it */
    struct dex_pool pool_after;
};

static uint64_t pool_price(const struct dex_pool *pool)
{
    u128 price;
    if (pool->base == 0 || !u128_mul_div(pool->quote, DEX_PRICE_ONE, pool->base, &price)) return 0;
    return (uint64_t)MIN(price, (u128)INT64_MAX);
}

static uint64_t gap_of(uint64_t a, uint64_t b) { return a > b ? a - b : b - a; }

/* Quote that the pool wants for at least `base`. */
static bool pool_cost(const struct dex_pool *pool, u128 base, u128 *out)
{
    u128 paid;
    if (base >= pool->base || !u128_mul_div(pool->quote, base, pool->base - base, &paid)) return false;
    if (!u128_mul_div(paid + 1, DEX_BPS, DEX_BPS - pool->fee_bps, out)) return false;
    *out += 1;
    return true;
}

/* What the cycle of this quantity pays at least; false: nothing. */
static bool cycle_worth(struct cycle *c, const struct dex_look *look, const struct dex_fees *fees)
{
    struct dex_pool_deed deed;
    c->pool_after = c->pool;
    c->price = look->worst;
    const u128 book = dex_notional(c->quantity, c->price),
               fee = dex_taker_fee(book, fees->taker_bps) + SIZES; /* each level rounds up */
    if (c->side == SIDE_BUY) {
        c->in = book + fee;
        if (!dex_pool_swap(&c->pool_after, SIDE_SELL, c->quantity, &deed)) return false;
        c->out = deed.quote;
    } else {
        if (!pool_cost(&c->pool, c->quantity, &c->in) || !dex_pool_swap(&c->pool_after, SIDE_BUY, c->in, &deed)) return false;
        c->out = book - MIN(book, fee);
    }
    if (c->out <= c->in + c->fee) return false;
    c->profit = c->out - c->in - c->fee;
    return true;
}

/* The best of the sizes from the least on, as far as the book reaches. */
static bool cycle_find(struct act *act, struct cycle *best, const struct dex_fees *fees, struct op *op)
{
    struct cycle c = *best;
    uint64_t quantity = DEX_LEAST;
    for (uint32_t i = 0; i < SIZES; i++, quantity *= 2) {
        struct dex_look look;
        if (!dex_look(act, c.pair, DEX_DEPTH, c.side, quantity, &look, op)) return false;
        if (look.reach < quantity) break;
        c.quantity = quantity;
        c.gap_before = gap_of(dex_best(&look, c.side), pool_price(&c.pool));
        if (cycle_worth(&c, &look, fees) && c.profit > best->profit) *best = c; /* a small one may not earn its fee */
    }
    return true;
}

/* The fee in quote: at the price of DX in that token. */
static bool fee_in_quote(struct act *act, const struct dex_pair *pair, u128 *out, struct op *op)
{
    const struct dex_pair *dx = dex_pair_find(pair->quote == TOKEN_USD ? STR("DX/USD") : STR("DX/sAX"));
    struct dex_look look;
    if (!dex_look(act, dx, 1, SIDE_BUY, 0, &look, op)) return false;
    const uint64_t price = dex_reference(act, dx, &look, op);
    *out = dex_notional((uint64_t)crew_fee(act->crew, CHAIN_DELTA, TX_BYTES_MIN + LOAN_BYTES).units, price) + 1;
    return price != 0;
}

static void cycle_encode(const struct cycle *c, struct buf bytes[2])
{
    const bool buys = c->side == SIDE_BUY;
    const union payload order = {.order_place = {.pair = str_of(c->pair->name),
                                                 .side = (uint8_t)c->side,
                                                 .order_type = ORDER_LIMIT,
                                                 .price = c->price,
                                                 .quantity = c->quantity,
                                                 .tif = TIF_FOK}};
    const union payload swap = {.amm_swap = {.pair = str_of(c->pair->name),
                                             .side = (uint8_t)dex_other(c->side),
                                             .amount_in = {buys ? c->quantity : c->in},
                                             .min_out = {buys ? c->in + c->fee : c->quantity}}};
    payload_encode(KIND_ORDER_PLACE, &order, &bytes[buys ? 0 : 1]); /* what is bought first is there to be sold */
    payload_encode(KIND_AMM_SWAP, &swap, &bytes[buys ? 1 : 0]);
}

static bool cycle_send(struct act *act, const struct cycle *c, struct landing *landing, struct op *op)
{
    struct buf bytes[2] = {{0}, {0}};
    cycle_encode(c, bytes);
    const bool buys = c->side == SIDE_BUY;
    struct flash_op ops[2] = {{.kind = buys ? KIND_ORDER_PLACE : KIND_AMM_SWAP, .payload = buf_str(&bytes[0])},
                              {.kind = buys ? KIND_AMM_SWAP : KIND_ORDER_PLACE, .payload = buf_str(&bytes[1])}};
    const union payload payload = {.flash_loan = {.token = (uint8_t)c->pair->quote, .amount = AMOUNT(1), .ops = {ops, 2}}};
    const struct send_plan plan = {.kind = KIND_DELTA_FLASH_LOAN,
                                   .payload = &payload,
                                   .leaves = money_of(c->pair->quote, (struct amount){c->in}),
                                   .loose = 1u << c->pair->base | 1u << c->pair->quote};
    const bool sent = act_send(act, &plan, landing, op);
    for (size_t i = 0; i < ARRAY_LEN(bytes); i++) buf_done(&bytes[i]);
    if (sent) op_did(op, FEAT_ORDER);
    return sent;
}

/* From the account around its block. Other operations of the bot may be under way; then nothing can be said. */
static bool claim_profit(struct act *act, const struct cycle *c, const struct landing *landing, uint64_t begun, struct op *op)
{
    struct holding before, after;
    const struct address *self = &act->bot->identity.address;
    if (!act_holding(act, CHAIN_DELTA, self, landing->height, &after) ||
        !act_holding(act, CHAIN_DELTA, self, landing->height - 1, &before))
        return false;
    if (act->bot->operations_open > 1 || act->bot->operations_begun != begun || after.nonce != before.nonce + 1) return true;
    const enum token quote = c->pair->quote, base = c->pair->base;
    const u128 due = before.free[quote].units + c->fee, has = after.free[quote].units;
    const u128 base_due = before.free[base].units - (base == TOKEN_DX ? landing->receipt.fee_charged.units : 0);
    (void)op;
    return act_claim(act, "the cycle pays after its fees", has >= due && after.free[base].units >= base_due,
                     "quote %" PRIu64 " -> %" PRIu64 ", the fee is worth %" PRIu64, (uint64_t)before.free[quote].units,
                     (uint64_t)has, (uint64_t)c->fee);
}

/* Where nobody else moved the pool since. */
static bool claim_gap(struct act *act, const struct cycle *c, const struct landing *landing, struct op *op)
{
    struct dex_pool pool;
    struct dex_look look;
    if (!dex_pool_read(act, c->pair, &pool, op) || !dex_look(act, c->pair, 1, c->side, 0, &look, op)) return false;
    const bool alone = pool.height >= landing->height && look.height >= landing->height && pool.base == c->pool_after.base &&
                       pool.quote == c->pool_after.quote;
    if (!alone || dex_best(&look, c->side) == 0) return true;
    const uint64_t gap = gap_of(dex_best(&look, c->side), pool_price(&pool));
    return act_claim(act, "the price gap narrows", gap < c->gap_before, "%" PRIu64 " -> %" PRIu64, c->gap_before, gap);
}

/* Pairs in turn, the first whose best cycle is worth it. */
static bool cycle_choose(struct act *act, struct cycle *out, struct op *op)
{
    const struct dex_pair *all;
    const size_t count = dex_pairs(&all);
    for (size_t i = 0; i < count; i++) {
        const struct dex_pair *pair = &all[(i + act->number) % count];
        struct dex_fees fees;
        struct cycle c = {.pair = pair};
        if (!dex_pool_read(act, pair, &c.pool, op)) return false;
        if (c.pool.base == 0) continue;
        if (!dex_fees_read(act, pair, &fees, op) || !fee_in_quote(act, pair, &c.fee, op)) return false;
        for (enum side side = SIDE_BUY; side <= SIDE_SELL; side++) {
            struct cycle best = c;
            best.side = side;
            if (!cycle_find(act, &best, &fees, op)) return false;
            if (best.profit > 0 && best.profit * DEX_BPS >= best.in * act_u64(act, "min_profit_bps") && best.profit > out->profit)
                *out = best;
        }
        if (out->profit > 0) return true;
    }
    return dex_skip(op, OP_SKIPPED, "no cycle is worth its fees");
}

void mev_arbitrage(struct act *act, struct op *op)
{
    struct arena arena;
    struct landing landing = {0};
    if (!act_on(act, CHAIN_DELTA, op)) return;
    arena_init(&arena, 0);
    struct cycle *cycle = arena_new(&arena, struct cycle);
    const uint64_t begun = act->bot->operations_begun;
    if (cycle_choose(act, cycle, op) && cycle_send(act, cycle, &landing, op)) {
        dex_output_id(act, "tx_id", &op->tx_id);
        dex_output_u64(act, "profit", (uint64_t)MIN(cycle->profit, (u128)UINT64_MAX));
        (void)(claim_profit(act, cycle, &landing, begun, op) && claim_gap(act, cycle, &landing, op)); /* op tells */
    }
    arena_done(&arena);
}
