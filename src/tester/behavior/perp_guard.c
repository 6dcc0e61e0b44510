/* Avoiding liquidation (PT-L-052): a position of the highest leverage is watched block by block, and when what it is worth has come down to
 * `trigger` percent of its maintenance margin, margin is added. */
#include <inttypes.h>

#include "tester/behavior/perp_priv.h"
#include "tester/bot/hold.h"
#include "tester/bot/tide.h"

/* worth <= trigger % of maintenance */
static bool is_near(const struct position_seen *p, uint64_t mmr_bps, uint64_t trigger_pct)
{
    const struct profit worth = profit_add((struct profit){false, p->margin}, p->unrealized);
    const u128 maintenance = terms_maintenance(terms_notional(p->size, p->entry), mmr_bps);
    return worth.minus || worth.units * 100 <= maintenance * trigger_pct;
}

/* Until it is near. False: it never was, or came to an end; op says. */
static bool approach(struct act *act, const struct hash *id, uint64_t mmr_bps, struct position_seen *out, struct op *op)
{
    const uint64_t trigger = act_u64(act, "trigger");
    while (position_read(act, id, out, op)) {
        if (out->status != POSITION_OPEN) {
            op_skip(op, "it was taken between two looks");
            return false;
        }
        if (is_near(out, mmr_bps, trigger)) return true;
        if (act_is_closing(act) || !tide_next(act, CHAIN_DELTA, act_deadline(act, PERP_PATIENCE))) {
            op_skip(op, "the price never came near liquidation");
            return false;
        }
    }
    return false;
}

static void claims_of_adding(struct act *act, const struct position_seen *before, const struct position_seen *p, u128 added, uint64_t mmr_bps)
{
    char has[U128_TEXT], due[U128_TEXT];
    const struct profit paid = profit_add(p->funding, profit_negate(before->funding)); /* a funding tick may lie between */
    const struct profit margin = profit_add((struct profit){false, before->margin + added}, profit_negate(paid));
    (void)u128_text(p->margin, has);
    (void)u128_text(margin.units, due);
    act_claim(act, "it is not liquidated", p->status == POSITION_OPEN, "it is " STR_FMT, STR_ARG(position_status_text(p->status)));
    act_claim(act, "the margin grows by what was added", !margin.minus && p->margin == margin.units, "%s, not %s", has, due);
    const uint64_t price = terms_liquidation_price(before->side, before->size, before->entry, margin.units, mmr_bps);
    act_claim(act, "the liquidation price moves as the formula", p->liquidation == price && p->liquidation != before->liquidation,
              "%" PRIu64 " -> %" PRIu64 ", not %" PRIu64, before->liquidation, p->liquidation, price);
}

static void guard(struct act *act, const struct hash *id, struct landing *landing, struct op *op)
{
    struct position_seen before, after;
    struct market_seen market;
    if (!market_read(act, act_word(act, "pair"), &market, op) || !approach(act, id, market.mmr_bps, &before, op)) return;
    /* As much again as it was opened with. */
    const u128 added = terms_margin(terms_notional(before.size, before.entry), before.leverage);
    const union payload payload = {.perp_margin = {.position_id = *id, .direction = MARGIN_ADD, .amount = AMOUNT(added)}};
    const struct send_plan plan = {.kind = KIND_PERP_MARGIN, .payload = &payload, .leaves = money_of(TOKEN_USD, AMOUNT(added)), .held = true};
    if (!act_send(act, &plan, landing, op)) {
        if (op->code == CODE_POSITION_CLOSED) act_claim(act, "it is not liquidated", false, "taken before the margin came");
        return;
    }
    if (!position_told(act, landing, id, &after, op)) return;
    claims_of_adding(act, &before, &after, added, market.mmr_bps);
    if (op->status != OP_DONE || !perp_claim_moved(act, "the added margin leaves the account", landing, AMOUNT(0), AMOUNT(added))) return;
    if (position_read(act, id, &after, op))
        act_claim(act, "it is not liquidated", after.status == POSITION_OPEN, "it is " STR_FMT, STR_ARG(position_status_text(after.status)));
}

void perp_add_margin(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_DELTA, op)) return;
    struct arena arena;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    struct position_seen position;
    const struct perp_order order = {
        .pair = act_word(act, "pair"),
        .side = perp_side(act_word(act, "side")),
        .size = act_u64(act, "size"),
        .leverage = (uint32_t)MIN(act_u64(act, "leverage"), (uint64_t)UINT32_MAX),
    };
    if (perp_enter(act, &order, &position, &landing, op)) {
        const struct hash id = landing.id;
        const bool held = hold_take(act->crew, &id);
        guard(act, &id, &landing, op);
        if (held) hold_drop(act->crew, &id);
        struct position_seen closed;
        if (op->status != OP_POSTCONDITION && position_read(act, &id, &position, op) && position.status == POSITION_OPEN)
            (void)perp_leave(act, &id, &position, &closed, &landing, op); /* op tells */
    }
    arena_done(&arena);
}
