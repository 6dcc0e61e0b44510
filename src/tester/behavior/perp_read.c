/* Positions and markets as the chain shows them. */
#include <stdio.h>

#include "tester/behavior/perp_priv.h"
#include "tester/behavior/told.h"
#include "tester/client/delta_perps.h"

bool position_of(const struct position_view *view, struct position_seen *out)
{
    struct profit none = {0};
    *out = (struct position_seen){
        .id = view->position_id,
        .owner = view->owner,
        .side = (enum side)view->side,
        .size = view->size,
        .leverage = view->leverage,
        .entry = view->entry_price,
        .mark = view->mark_price,
        .liquidation = view->liquidation_price,
        .margin = view->margin.units,
        .unrealized = none,
        .status = view->status,
        .opened = view->opened_height.has ? view->opened_height.value : 0,
        .closed = view->closed_height.has ? view->closed_height.value : 0,
    };
    const size_t len = MIN(view->pair.len, sizeof(out->pair) - 1);
    if (len > 0) memcpy(out->pair, view->pair.data, len);
    return profit_parse(view->unrealized_pnl, &out->unrealized) && profit_parse(view->funding_paid, &out->funding) &&
           (view->realized_pnl.data == NULL || profit_parse(view->realized_pnl, &out->realized));
}

static bool malformed(struct op *op, const char *what)
{
    op->status = OP_POSTCONDITION;
    op_note(op, what);
    return false;
}

bool position_read(struct act *act, const struct hash *id, struct position_seen *out, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct position_view *view;
    do view = delta_position(&delta, id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    bool good = view != NULL;
    if (!good) (void)act_fail(op, &answer); /* op tells */
    else if (!position_of(view, out)) good = malformed(op, "the position has a number that is none");
    answer_done(&answer);
    return good;
}

static bool told_find(struct str told, const struct hash *id, struct position_seen *out)
{
    struct arena arena;
    struct position_view view;
    arena_init(&arena, 0);
    bool found = false;
    for (uint32_t i = 0; !found && told_event(&arena, told, STR("perp.position"), i, &shape_position, &view); i++)
        found = hash_eq(&view.position_id, id) && position_of(&view, out);
    arena_done(&arena);
    return found;
}

bool position_told(struct act *act, const struct landing *landing, const struct hash *id, struct position_seen *out, struct op *op)
{
    (void)act; /* receipts are read, nothing is asked */
    return told_find(landing->told, id, out) || malformed(op, "the receipt does not tell of the position");
}

bool market_read(struct act *act, struct str market, struct market_seen *out, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct perp_market_view *view;
    do view = delta_perp_market(&delta, market, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    if (view != NULL)
        *out = (struct market_seen){.mark = view->mark_price,
                                    .mmr_bps = view->mmr_bps,
                                    .max_leverage = view->max_leverage,
                                    .next_funding = view->next_funding_height,
                                    .long_interest = view->long_interest.units,
                                    .short_interest = view->short_interest.units,
                                    .insurance = view->insurance_fund.units,
                                    .halted = view->halted};
    else
        (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
    return view != NULL;
}
