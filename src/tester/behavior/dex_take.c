/* Taking what the book offers: orders at any price (PT-L-020), and the bound that protects them (PT-L-024). */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/dex_priv.h"
#include "tester/bot/submit_priv.h"

#define PATIENCE duration_s(15) /* for somebody to quote */
#define MARGIN_BPS 500u         /* what a purchase may cost beyond the book as it stands, for the wallet */
#define GUARD_REACH 1000u       /* times the amount, to go beyond a bound */

/* What one taking has seen. */
struct taken {
    const struct dex_taking *what;
    const struct dex_look *before;
    struct landing landing;
    struct dex_fills fills;
    struct dex_fees fees;
};

/* Average price against `best`: how much worse, in basis points, rounded up. */
static uint32_t slippage_of(u128 turnover, uint64_t quantity, uint64_t best, enum side side)
{
    const u128 fair = (u128)best * quantity;
    const u128 lost = side == SIDE_BUY ? (turnover > fair ? turnover - fair : 0) : (fair > turnover ? fair - turnover : 0);
    return fair == 0 ? 0 : (uint32_t)MIN((lost * DEX_BPS + fair - 1) / fair, (u128)UINT32_MAX);
}

/* turnover / quantity within first * (1 +- bps / 10000), as the network takes it. */
static bool within_bound(const struct dex_fills *fills, enum side side, uint16_t bps)
{
    if (side == SIDE_BUY) return fills->turnover <= (u128)fills->first_price * (DEX_BPS + bps) / DEX_BPS * fills->quantity;
    return fills->turnover >=
           ((u128)fills->first_price * (DEX_BPS - MIN(bps, DEX_BPS)) + DEX_BPS - 1) / DEX_BPS * fills->quantity;
}

/* ---- claims ---- */

/* Every change of the book since the look was one of this order's trades: then its fills are what crossing that book gives. */
static bool claim_crossing(struct act *act, const struct taken *t, struct op *op)
{
    struct dex_look after;
    if (!dex_look(act, t->what->pair, 1, t->what->side, 0, &after, op)) return false;
    if (after.height < t->landing.height || after.sequence != t->before->sequence + t->fills.count) return true;
    return act_claim(act, "the fills are what crossing the book before gives",
                     t->fills.quantity == t->before->reach && t->fills.turnover == t->before->turnover,
                     "%" PRIu64 " filled, the book gave %" PRIu64, t->fills.quantity, t->before->reach);
}

static bool claim_order(struct act *act, const struct taken *t, struct op *op)
{
    struct dex_state state;
    if (!dex_state_read(act, &t->landing.id, t->landing.height, &state, op)) return false;
    const uint64_t average = t->fills.quantity == 0 ? 0 : (uint64_t)(t->fills.turnover / t->fills.quantity);
    const bool same =
        state.filled == t->fills.quantity && state.remaining == t->fills.remaining && state.status == t->fills.status;
    return act_claim(act, "the average price is that of the fills", same && state.average == average,
                     "filled %" PRIu64 " at %" PRIu64 ", its trades %" PRIu64 " at %" PRIu64, state.filled, state.average,
                     t->fills.quantity, average);
}

static bool claim_balances(struct act *act, const struct taken *t)
{
    const struct dex_pair *pair = t->what->pair;
    const bool buys = t->what->side == SIDE_BUY;
    if (t->fills.crossed > 0) return true;
    struct moves moves = {
        .chain = CHAIN_DELTA, .address = &act->bot->identity.address, .height = t->landing.height, .by = &t->landing.id};
    moves.free[pair->base].gained = AMOUNT(buys ? t->fills.quantity : 0);
    moves.free[pair->base].lost = AMOUNT(buys ? 0 : t->fills.quantity);
    moves.free[pair->quote].gained = AMOUNT(buys ? 0 : t->fills.cost);
    moves.free[pair->quote].lost = AMOUNT((buys ? t->fills.cost : 0) + t->fills.fees);
    struct amount *fee = &moves.free[TOKEN_DX].lost;
    *fee = amount_add_clamped(*fee, t->landing.receipt.fee_charged);
    return dex_claim_moves(act, "base and quote move by the fills and the fees", pair, &moves);
}

static bool claim_tape(struct act *act, const struct taken *t, struct op *op)
{
    struct dex_tape tape;
    const struct dex_taped what = {
        .order = &t->landing.id, .since_height = t->landing.height, .first_sequence = t->fills.first_sequence};
    if (!dex_tape_read(act, t->what->pair, &what, &tape, op)) return false;
    if (!act_claim(act, "trades are in price, then time order", tape.ordered, "%s", tape.note)) return false;
    if (!tape.whole) return true; /* too many trades since to see all of ours */
    const bool same = tape.trades == t->fills.count && tape.as_taker == t->fills.quantity && tape.makers == t->fills.makers;
    return act_claim(act, "each fill is on the tape with both orders", same, "%" PRIu64 " on the tape, %" PRIu64 " filled",
                     tape.as_taker, t->fills.quantity);
}

/* What its receipt says of it: costs nothing beyond reading it. */
static bool claim_receipt(struct act *act, const struct taken *t)
{
    const struct dex_fills *fills = &t->fills;
    const uint64_t asked = t->what->quantity;
    const bool ended = fills->status == (fills->remaining == 0 ? ORDER_FILLED : ORDER_CANCELLED);
    if (!act_claim(act, "filled and remaining make the order",
                   fills->told && ended && fills->quantity + fills->remaining == asked,
                   "%s: %" PRIu64 " filled, %" PRIu64 " left of %" PRIu64,
                   fills->told ? order_status_text(fills->status).data : "not told of", fills->quantity, fills->remaining, asked))
        return false;
    if (!act_claim(act, "fills go outwards from the best price", fills->outwards, "from %" PRIu64 " to %" PRIu64,
                   fills->first_price, fills->last_price))
        return false;
    if (t->what->slippage_bps == 0) return true;
    return act_claim(act, "the average price is within the bound", within_bound(fills, t->what->side, t->what->slippage_bps),
                     "%" PRIu32 " bps from %" PRIu64,
                     slippage_of(fills->turnover, fills->quantity, fills->first_price, t->what->side), fills->first_price);
}

/* Refused in its block: the fee is all it cost. */
static void claim_refusal(struct act *act, const struct taken *t, struct op *op)
{
    const enum code code = op->code;
    struct moves moves = {
        .chain = CHAIN_DELTA, .address = &act->bot->identity.address, .height = t->landing.height, .by = &t->landing.id};
    moves.free[TOKEN_DX].lost = t->landing.receipt.fee_charged;
    (void)dex_claim_moves(act, "a refused order moves nothing but its fee", t->what->pair, &moves); /* op tells */
    op->code = code;
}

static void take_claims(struct act *act, struct taken *t, struct op *op)
{
    if (!claim_receipt(act, t) || !t->what->whole) return;
    (void)(claim_crossing(act, t, op) && claim_order(act, t, op) && claim_balances(act, t) &&
           claim_tape(act, t, op)); /* op tells */
}

/* ---- steps ---- */

static bool was_decided(enum code code) { return code == CODE_NO_LIQUIDITY || code == CODE_SLIPPAGE_EXCEEDED; }

void dex_take(struct act *act, const struct dex_taking *taking, const struct dex_look *before, struct op *op)
{
    struct arena arena;
    struct taken t = {.what = taking, .before = before, .landing = {.arena = &arena}};
    const bool buys = taking->side == SIDE_BUY;
    if (taking->whole && !dex_fees_read(act, taking->pair, &t.fees, op)) return;
    arena_init(&arena, 0);
    const struct dex_order order = {.pair = taking->pair,
                                    .side = taking->side,
                                    .type = ORDER_MARKET,
                                    .tif = TIF_IOC,
                                    .price = dex_shift(before->worst, MARGIN_BPS, true),
                                    .quantity = taking->quantity,
                                    .slippage_bps = taking->slippage_bps};
    const bool done = dex_order_send(act, &order, &t.landing, op);
    if (done || (op->status == OP_REFUSED && was_decided(op->code))) {
        op->market.takings++;
        op->market.asked += taking->quantity;
    }
    if (done) {
        dex_fills_read(&t.landing, taking->side, t.fees.taker_bps, &t.fills);
        op->market.filled += t.fills.quantity;
        const uint32_t slippage = slippage_of(t.fills.turnover, t.fills.quantity, buys ? before->ask : before->bid, taking->side);
        op->market.slippage_bps = MAX(op->market.slippage_bps, slippage);
        dex_output_u64(act, "filled", t.fills.quantity);
        if (t.fills.quantity > 0) dex_output_u64(act, "average_price", (uint64_t)(t.fills.turnover / t.fills.quantity));
        take_claims(act, &t, op);
    } else if (taking->whole && t.landing.height > 1) {
        claim_refusal(act, &t, op);
    }
    arena_done(&arena);
}

static bool taking_of(struct act *act, struct dex_taking *out, struct op *op)
{
    *out = (struct dex_taking){.pair = dex_begin(act, "pair", op),
                               .quantity = act_u64(act, "amount"),
                               .slippage_bps = (uint16_t)MIN(act_u64(act, "max_slippage_bps"), (uint64_t)DEX_BPS),
                               .whole = true};
    return out->pair != NULL;
}

static bool is_time_left(const struct act *act, struct instant deadline)
{
    return !act_gives_up(act) && instant_before(env_now(act->crew->env), deadline);
}

/* Others emptied the book while the order was on its way: once more, as long as somebody may yet quote. */
static bool was_emptied(const struct act *act, struct instant deadline, struct op *op)
{
    return is_time_left(act, deadline) && dex_forgive(op, CODE_NO_LIQUIDITY);
}

void dex_market_order(struct act *act, struct op *op)
{
    struct dex_taking taking;
    struct dex_look before;
    if (!taking_of(act, &taking, op)) return;
    taking.side = dex_side(act_word(act, "side"));
    const struct instant deadline = act_deadline(act, PATIENCE);
    do {
        if (!dex_look_served(act, taking.pair, taking.side, taking.quantity, deadline, &before, op)) return;
        dex_take(act, &taking, &before, op);
    } while (was_emptied(act, deadline, op));
}

/* ---- PT-L-024 ---- */

/* The least quantity (from the amount on, doubling) that the book as it stands would fill beyond the bound; what there is where
 * none. */
static bool guard_quantity(struct act *act, struct dex_taking *taking, struct dex_look *look, struct op *op)
{
    for (uint64_t factor = 1; factor <= GUARD_REACH; factor *= 2) {
        const uint64_t quantity = taking->quantity * factor;
        if (!dex_look(act, taking->pair, DEX_DEPTH, taking->side, quantity, look, op)) return false;
        const uint64_t best = dex_best(look, taking->side);
        if (look->reach < quantity || slippage_of(look->turnover, look->reach, best, taking->side) > taking->slippage_bps) {
            taking->quantity = MAX(look->reach, taking->quantity);
            return true;
        }
    }
    return true;
}

/* Nothing of the account changed between two of its final states, if nothing else of the bot's is under way. */
static bool same_holding(const struct holding *a, const struct holding *b)
{
    bool same = a->nonce == b->nonce;
    for (unsigned i = 1; i <= TOKEN_COUNT; i++)
        same = same && a->free[i].units == b->free[i].units && a->locked[i].units == b->locked[i].units;
    return same;
}

/* Refused at the door: not even a fee. Other operations of the bot may be under way; then nothing can be said. */
static void claim_untouched(struct act *act, const struct holding *before, uint64_t begun, struct op *op)
{
    struct holding after;
    if (!tide_next(act, CHAIN_DELTA, act_deadline(act, PATIENCE)) ||
        !act_holding(act, CHAIN_DELTA, &act->bot->identity.address, 0, &after))
        return;
    if (act->bot->operations_open > 1 || act->bot->operations_begun != begun) return;
    (void)act_claim(act, "an order beyond its bound changes nothing", same_holding(before, &after),
                    "nonce %" PRIu64 " -> %" PRIu64, before->nonce, after.nonce);
    (void)op;
}

/* False: there was nothing to take, or op says what is wrong. */
static bool guard_try(struct act *act, const struct dex_taking *asked, struct instant deadline, struct op *op)
{
    struct dex_taking taking;
    struct dex_look look;
    struct holding before;
    do {
        taking = *asked;
        if (!dex_look_served(act, taking.pair, taking.side, taking.quantity, deadline, &look, op)) return false;
        if (!guard_quantity(act, &taking, &look, op)) return false;
    } while (look.reach == 0 && is_time_left(act, deadline));
    if (look.reach == 0) return dex_skip(op, OP_TIMED_OUT, "the book was emptied meanwhile");
    if (!act_holding(act, CHAIN_DELTA, &act->bot->identity.address, 0, &before)) return false;
    const uint64_t begun = act->bot->operations_begun;
    dex_take(act, &taking, &look, op);
    if (!dex_forgive(op, CODE_SLIPPAGE_EXCEEDED)) return op->status == OP_DONE;
    if (op->finalized.ns == 0) claim_untouched(act, &before, begun, op); /* it was protected: what the pattern asks */
    return true;
}

void dex_slippage_guard(struct act *act, struct op *op)
{
    struct dex_taking taking;
    if (!taking_of(act, &taking, op)) return;
    taking.side = SIDE_BUY;
    const struct instant deadline = act_deadline(act, PATIENCE);
    while (!guard_try(act, &taking, deadline, op) && was_emptied(act, deadline, op)) {}
}
