/* The mix of opening and closing (perp.trade). One execution is one order: it closes a position whose time has come, or else opens one and
 * writes down when that is to be closed. Holding takes no fiber, so that hundreds a second cost what hundreds of transfers do. */
#include <inttypes.h>

#include "tester/behavior/perp_priv.h"

#define MOVED_EVERY 16 /* the account is looked at before and after in every so manyth execution */

static bool is_looked_at(const struct act *act) { return act->number % MOVED_EVERY == 0; }

/* Not closed, and it may be another time. */
static bool is_left(const struct op *op)
{
    if (op->status == OP_DONE || op->status == OP_POSTCONDITION) return false;
    return op->status != OP_REFUSED || (op->code != CODE_POSITION_NOT_FOUND && op->code != CODE_NOT_OWNER);
}

/* Somebody was faster: it was liquidated, or taken back to cover what others are owed. */
static void claim_ended(struct act *act, const struct hash *id, struct op *op)
{
    struct position_seen p;
    if (!position_read(act, id, &p, op)) return;
    const bool liquidated = p.status == POSITION_LIQUIDATED, closed = p.status == POSITION_CLOSED;
    act_claim(act, "a position ends closed or liquidated", liquidated || closed, "it is " STR_FMT, STR_ARG(position_status_text(p.status)));
}

static void close_one(struct act *act, const struct hash *id, struct landing *landing, struct op *op)
{
    struct position_seen closed;
    if (perp_leave(act, id, NULL, &closed, landing, op)) {
        if (!is_looked_at(act)) return;
        const struct profit worth = profit_add((struct profit){false, perp_margin_back(&closed, NULL)}, closed.realized);
        (void)perp_claim_moved(act, "margin and PnL come back", landing, AMOUNT(worth.minus ? 0 : worth.units), AMOUNT(0)); /* op tells */
        return;
    }
    if (op_forgives(op, CODE_POSITION_CLOSED)) claim_ended(act, id, op);
}

static void open_one(struct act *act, struct landing *landing, struct op *op)
{
    uint64_t leverage;
    if (!str_to_u64(act_word(act, "leverage"), &leverage) || leverage == 0 || leverage > UINT32_MAX) {
        op_skip(op, "`leverage` is no whole number");
        return;
    }
    const struct perp_order order = {
        .pair = act_word(act, "pairs"), .side = perp_side(act_word(act, "sides")), .size = act_u64(act, "size"), .leverage = (uint32_t)leverage};
    struct position_seen position;
    const bool entered = perp_enter(act, &order, &position, landing, op);
    if (landing->height == 0 || !receipt_success(&landing->receipt)) return;
    const struct agenda_item item = {.due = instant_add(env_now(act->crew->env), (struct duration){act_u64(act, "hold")}), .subject = landing->id};
    agenda_add(&act->bot->trades, item);
    if (entered && is_looked_at(act)) (void)perp_claim_moved(act, "the margin is locked", landing, AMOUNT(0), AMOUNT(position.margin)); /* op tells */
}

void perp_trade(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_DELTA, op)) return;
    struct arena arena;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    struct agenda_item due;
    if (agenda_take(&act->bot->trades, env_now(act->crew->env), &due)) {
        close_one(act, &due.subject, &landing, op);
        if (is_left(op)) agenda_add(&act->bot->trades, due);
    } else {
        open_one(act, &landing, op);
        /* All its money is at work: the position that is due first comes back before its time. */
        if (op->status == OP_SKIPPED && agenda_take(&act->bot->trades, INSTANT_NEVER, &due)) {
            op->status = OP_DONE;
            op->note[0] = '\0';
            close_one(act, &due.subject, &landing, op);
            if (is_left(op)) agenda_add(&act->bot->trades, due);
        }
    }
    char hex[64];
    str_hex(op->tx_id.b, sizeof(op->tx_id.b), hex);
    if (!hash_is_zero(&op->tx_id)) act_output(act, STR("tx_id"), (struct str){hex, sizeof(hex)});
    arena_done(&arena);
}
