/* dex.spot_trade: what a trader does all day: orders at any price and orders that wait, some of them taken back. */
#include <inttypes.h>

#include "tester/behavior/dex_priv.h"

#define LOOK_DEPTH 10u /* levels that one trade may go through; a view reads order by order */
#define ASIDE_BPS 20u  /* a limit order waits at most so far from the middle */
#define ASK_PATIENCE duration_s(2)
#define ASKED_BACK_MAX 3
#define ENDED_PATIENCE duration_s(10) /* for a view that is a little behind the one that refused */
#define TIDY_EVERY 8u                 /* one limit order in so many looks what rests of the bot's */

struct trading {
    struct dex_taking taking;
    struct dex_look look;
    struct dex_fills fills;
    struct landing landing;
};

static uint64_t drawn(const struct act *act, const char *what, uint64_t below)
{
    struct rng rng = rng_split(&act->rng, str_of(what), 0);
    return rng_below(&rng, below);
}

/* Each bot in turn, so that it ends with what it began with. */
static enum side side_of(struct act *act)
{
    const struct str side = act_word(act, "side");
    if (!str_eq(side, STR("alternate"))) return dex_side(side);
    return act->bot->operations_begun % 2 == 1 ? SIDE_BUY : SIDE_SELL;
}

/* Whether an order at any price makes sense: what the book has, within the bound. Less is asked for where there is less. */
static bool takes(struct trading *t)
{
    const struct dex_look *look = &t->look;
    if (look->reach < DEX_LEAST) return false;
    t->taking.quantity = MIN(t->taking.quantity, look->reach);
    if (t->taking.slippage_bps == 0) return true;
    const u128 bound =
        (u128)dex_shift(dex_best(look, t->taking.side), t->taking.slippage_bps, t->taking.side == SIDE_BUY) * look->reach;
    return t->taking.side == SIDE_BUY ? look->turnover <= bound : look->turnover >= bound;
}

/* ---- orders that wait ---- */

static bool claim_placed(struct act *act, const struct trading *t, const struct dex_order *order)
{
    const struct dex_fills *f = &t->fills;
    const enum order_status due = f->remaining == 0 ? ORDER_FILLED : f->count > 0 ? ORDER_PARTIALLY_FILLED : ORDER_OPEN;
    if (!act_claim(act, "a placed order is open", f->told && f->status == due && f->quantity + f->remaining == order->quantity,
                   "%" PRIu64 " filled, %" PRIu64 " left of %" PRIu64, f->quantity, f->remaining, order->quantity))
        return false;
    const bool kept = f->count == 0 || (order->side == SIDE_BUY ? f->last_price <= order->price : f->last_price >= order->price);
    return act_claim(act, "a limit is kept", kept, "filled at %" PRIu64 ", its limit is %" PRIu64, f->last_price, order->price);
}

static bool claim_held(struct act *act, const struct trading *t, const struct dex_order *order, struct op *op)
{
    struct dex_fees fees;
    if (t->fills.count + t->fills.crossed > 0) return true;
    if (!dex_fees_read(act, order->pair, &fees, op)) return false;
    if (fees.maker_bps != 0) return true;
    struct moves moves = {
        .chain = CHAIN_DELTA, .address = &act->bot->identity.address, .height = t->landing.height, .by = &t->landing.id};
    moves.free[TOKEN_DX].lost = t->landing.receipt.fee_charged;
    moves.free[dex_reserve_token(order)].lost.units += dex_reserve(order);
    moves.locked[dex_reserve_token(order)].gained.units += dex_reserve(order);
    return dex_claim_moves(act, "an open order holds what it may cost", order->pair, &moves);
}

/* Asks for it back. A door refuses by what stands in its pool, which may yet come to nothing: then it is asked again. False: there is
 * nothing to look at any more, or op says why. */
static bool ask_back(struct act *act, const struct hash *id, struct landing *landing, struct op *op)
{
    for (uint32_t tries = 1;; tries++) {
        struct dex_state state = {.status = ORDER_PENDING};
        const bool sent = dex_cancel_send(act, id, landing, op);
        op->tx_id = *id;
        if (sent) return true;
        if (!dex_forgive(op, CODE_ORDER_NOT_OPEN)) return false;
        if (!dex_state_await(act, id, UINT64_MAX, act_deadline(act, ENDED_PATIENCE), &state, op) && op->status != OP_DONE) return false;
        const bool ended = !dex_is_open(state.status);
        if (!ended && tries < ASKED_BACK_MAX) continue;
        (void)act_claim(act, "an order that cannot be taken back has ended", ended, "%s", order_status_text(state.status).data);
        return false;
    }
}

/* Taken back, unless somebody was quicker. */
static void take_back(struct act *act, const struct trading *t, bool whole, struct op *op)
{
    struct arena arena;
    struct dex_state state;
    uint64_t rest = 0;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    const struct hash id = t->landing.id;
    const bool sent = ask_back(act, &id, &landing, op);
    const uint32_t told = sent ? dex_cancelled_count(&landing, &id, &rest) : 0;
    arena_done(&arena);
    if (!sent) return;
    if (!act_claim(act, "a cancelled order says so", told == 1 && rest <= t->fills.remaining, "%" PRIu64 " left of %" PRIu64,
                   rest, t->fills.remaining))
        return;
    if (!whole || !dex_state_read(act, &id, landing.height, &state, op)) return;
    (void)act_claim(act, "a cancelled order stays as it was left", state.status == ORDER_CANCELLED && state.remaining == rest,
                    "%s, %" PRIu64 " left", order_status_text(state.status).data, state.remaining);
}

/* Quotes that nobody took grow old: more than a trader keeps, and they all go. */
static void tidy(struct act *act, const struct dex_pair *pair, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    const uint32_t most = (uint32_t)MIN(MAX(act_u64(act, "resting_max"), 1), 400);
    struct answer answer;
    const struct page *page = delta_orders(&delta, &act->bot->identity.address, str_of(pair->name), STR("open"), most + 1,
                                           (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    const bool many = page != NULL && page->count > most;
    answer_done(&answer); /* no answer: another time */
    if (many) (void)dex_cancel_all_send(act, pair, NULL, op);
}

static void wait_in_book(struct act *act, struct trading *t, struct op *op)
{
    const struct dex_pair *pair = t->taking.pair;
    const enum side side = t->taking.side;
    const uint64_t middle = dex_reference(act, pair, &t->look, op);
    if (middle == 0) return;
    struct dex_order order = {.pair = pair,
                              .side = side,
                              .type = ORDER_LIMIT,
                              .tif = TIF_GTC,
                              .quantity = t->taking.quantity,
                              .price = dex_shift(middle, drawn(act, "aside", ASIDE_BPS + 1), side == SIDE_SELL)};
    if (side == SIDE_BUY && t->look.ask != 0) order.price = MAX(MIN(order.price, t->look.ask - 1), 1);
    if (side == SIDE_SELL) order.price = MAX(order.price, t->look.bid + 1);
    if (!dex_order_send(act, &order, &t->landing, op)) return;
    dex_fills_read(&t->landing, side, 0, &t->fills);
    if (!claim_placed(act, t, &order) || (t->taking.whole && !claim_held(act, t, &order, op))) return;
    const bool back = t->fills.remaining > 0 && drawn(act, "back", DEX_BPS) < act_u64(act, "cancel_fraction");
    if (back)
        take_back(act, t, t->taking.whole, op);
    else if (drawn(act, "tidy", TIDY_EVERY) == 0)
        tidy(act, pair, op);
}

void dex_spot_trade(struct act *act, struct op *op)
{
    struct arena arena;
    const struct dex_pair *pair = dex_begin(act, "pairs", op);
    if (pair == NULL) return;
    arena_init(&arena, 0);
    struct trading *t = arena_new(&arena, struct trading);
    t->landing.arena = &arena;
    t->taking = (struct dex_taking){.pair = pair,
                                    .side = side_of(act),
                                    .quantity = MAX(act_u64(act, "size"), DEX_LEAST),
                                    .slippage_bps = (uint16_t)MIN(act_u64(act, "max_slippage_bps"), (uint64_t)DEX_BPS),
                                    .whole = drawn(act, "check", MAX(act_u64(act, "check_every"), 1)) == 0};
    const bool market = str_eq(act_word(act, "order_types"), STR("market"));
    bool seen = dex_look(act, pair, market ? LOOK_DEPTH : 1, t->taking.side, t->taking.quantity, &t->look, op);
    if (seen && market && t->look.reach == 0 &&
        dex_quote_ask(act, pair, t->taking.side, t->taking.quantity, act_deadline(act, ASK_PATIENCE)) == ASK_OK)
        seen = dex_look(act, pair, LOOK_DEPTH, t->taking.side, t->taking.quantity, &t->look, op);
    if (seen && market && takes(t))
        dex_take(act, &t->taking, &t->look, op);
    else if (seen)
        wait_in_book(act, t, op); /* nobody to take from: the first one has to wait */
    arena_done(&arena);
}
