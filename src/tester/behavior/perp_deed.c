/* Opening and closing positions, and what must hold whenever somebody did. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/perp_priv.h"
#include "tester/bot/tide.h"

#define MARK_ROOM_BPS 500u /* the price may have moved so far when the order executes */
#define BPS 10000u

void op_skip(struct op *op, const char *why)
{
    op->status = OP_SKIPPED;
    op_note(op, why);
}

bool op_forgives(struct op *op, enum code code)
{
    if ((op->status != OP_REFUSED && op->status != OP_DROPPED) || op->code != code) return false;
    op->status = OP_DONE;
    op->code = CODE_NONE;
    op->note[0] = '\0';
    return true;
}

enum side perp_side(struct str word) { return str_eq(word, STR("short")) ? SIDE_SELL : SIDE_BUY; }

/* The market once it has a price. */
static bool market_priced(struct act *act, struct str pair, struct market_seen *out, struct op *op)
{
    const struct instant until = act_deadline(act, PERP_PATIENCE);
    for (;;) {
        if (!market_read(act, pair, out, op)) return false;
        if (out->mark > 0) return true;
        if (!tide_next(act, CHAIN_DELTA, until)) break;
    }
    op->status = OP_TIMED_OUT;
    op_note(op, "the market has no price");
    return false;
}

static void number(u128 value, char out[U128_TEXT]) { (void)u128_text(value, out); }

static bool claims_of_opening(struct act *act, const struct perp_order *order, const struct position_seen *p, uint64_t mmr_bps)
{
    char has[U128_TEXT], due[U128_TEXT];
    const bool asked = p->status == POSITION_OPEN && p->side == order->side && p->size == order->size && p->leverage == order->leverage &&
                       address_eq(&p->owner, &act->bot->identity.address) && str_eq(str_of(p->pair), order->pair);
    bool good = act_claim(act, "the position is open as asked", asked, "%s of %" PRIu64 " at %" PRIu32 "x", p->side == SIDE_BUY ? "long" : "short",
                          p->size, p->leverage);
    const u128 margin = terms_margin(terms_notional(order->size, p->entry), order->leverage);
    number(p->margin, has);
    number(margin, due);
    good &= act_claim(act, "margin is ceil(N / leverage)", p->margin == margin, "%s, not %s", has, due);
    const uint64_t price = terms_liquidation_price(order->side, order->size, p->entry, margin, mmr_bps);
    good &= act_claim(act, "the liquidation price is the formula's", p->liquidation == price, "%" PRIu64 ", not %" PRIu64, p->liquidation, price);
    return good;
}

bool perp_enter(struct act *act, const struct perp_order *order, struct position_seen *out, struct landing *landing, struct op *op)
{
    struct market_seen market;
    if (!market_priced(act, order->pair, &market, op)) return false;
    const u128 notional = terms_notional(order->size, market.mark);
    const u128 most = terms_margin(notional + notional * MARK_ROOM_BPS / BPS, order->leverage) + 1;
    const uint64_t limit = order->side == SIDE_BUY ? market.mark + market.mark / (BPS / MARK_ROOM_BPS) : 0;
    const union payload payload = {
        .perp_open = {.market = order->pair, .side = (uint8_t)order->side, .size = order->size, .leverage = order->leverage, .limit_price = limit}};
    const struct send_plan plan = {.kind = KIND_PERP_OPEN, .payload = &payload, .leaves = money_of(TOKEN_USD, AMOUNT(most)), .held = true};
    if (!act_send(act, &plan, landing, op)) return false;
    op_did(op, FEAT_ORDER);
    return position_told(act, landing, &landing->id, out, op) && claims_of_opening(act, order, out, market.mmr_bps);
}

u128 perp_margin_back(const struct position_seen *closed, const struct position_seen *before)
{
    const u128 margin = before != NULL ? before->margin : terms_margin(terms_notional(closed->size, closed->entry), closed->leverage);
    const struct profit paid = before != NULL ? profit_add(closed->funding, profit_negate(before->funding)) : closed->funding;
    const struct profit left = profit_add((struct profit){false, margin}, profit_negate(paid));
    return left.minus ? 0 : left.units;
}

/* A gain may be cut to what the vault can spare. It can while its fund exceeds the notional of all that is open. */
static bool is_cut(struct act *act, const struct position_seen *closed, struct profit due, struct op *op)
{
    struct market_seen market;
    if (closed->realized.minus || profit_cmp(closed->realized, due) > 0 || !market_read(act, str_of(closed->pair), &market, op)) return false;
    return market.insurance < terms_notional(market.long_interest + market.short_interest, closed->mark);
}

bool perp_leave(struct act *act, const struct hash *id, const struct position_seen *before, struct position_seen *out, struct landing *landing,
                struct op *op)
{
    const union payload payload = {.perp_close = {.position_id = *id}};
    const struct send_plan plan = {.kind = KIND_PERP_CLOSE, .payload = &payload, .loose = 1u << TOKEN_USD};
    if (!act_send(act, &plan, landing, op)) return false;
    op_did(op, FEAT_ORDER);
    if (!position_told(act, landing, id, out, op)) return false;
    bool good = act_claim(act, "the position is closed", out->status == POSITION_CLOSED && out->closed == landing->height, "it is " STR_FMT " at %" PRIu32,
                          STR_ARG(position_status_text(out->status)), out->closed);
    const struct profit due = terms_realized(terms_pnl(out->side, out->size, out->entry, out->mark), perp_margin_back(out, before));
    char has[PROFIT_TEXT], want[PROFIT_TEXT];
    profit_text(out->realized, has);
    profit_text(due, want);
    const bool exact = profit_cmp(out->realized, due) == 0 || is_cut(act, out, due, op);
    good &= act_claim(act, "PnL is N(exit) - N(entry), its sign the side's", exact, "%s, not %s", has, want);
    return good;
}

bool perp_claim_moved(struct act *act, const char *claim, const struct landing *landing, struct amount usd_gained, struct amount usd_lost)
{
    struct movement movement = {.chain = CHAIN_DELTA,
                                .address = &act->bot->identity.address,
                                .height = landing->height,
                                .token = TOKEN_USD,
                                .gained = usd_gained,
                                .lost = usd_lost,
                                .by = &landing->id};
    if (!act_claim_moved(act, claim, &movement)) return false;
    movement.token = TOKEN_DX;
    movement.gained = AMOUNT(0);
    movement.lost = landing->receipt.fee_charged;
    return act_claim_moved(act, "the fee leaves in DX, and no more", &movement);
}
