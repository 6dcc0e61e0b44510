/* Perpetuals (PT-L-050, 051 and the mix of both): opening and closing. Each ends when what it did is final and what must hold was compared with
 * the chain. The other patterns have files of their own: perp_guard.c, perp_funding.c, perp_liquidate.c, perp_trade.c. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/families_priv.h"
#include "tester/behavior/perp_priv.h"
#include "tester/bot/hold.h"
#include "tester/client/delta_oracle.h"
#include "tester/client/delta_perps.h"

static const char *const pairs_known[] = {"DX-PERP", "sAX-PERP", NULL};
static const char *const sides_known[] = {"long", "short", NULL};

#define POSITION_PARAMS(leverage)                                                                                                 \
    {"leverage", PARAM_COUNT, leverage, NULL}, {"pair", PARAM_CHOICE, "DX-PERP", pairs_known}, {"side", PARAM_CHOICE, "long", sides_known}, \
        {"size", PARAM_AMOUNT, "10000", NULL}

static const struct param_spec add_margin_params[] = {POSITION_PARAMS("20"), {"trigger", PARAM_COUNT, "110", NULL}, {0}};
static const struct param_spec close_params[] = {{"position", PARAM_TEXT, NULL, NULL}, {0}};
static const struct param_spec funding_params[] = {{"interval", PARAM_DURATION, "8h", NULL}, POSITION_PARAMS("5"), {0}};
static const struct param_spec liquidation_cascade_params[] = {
    {"accounts", PARAM_COUNT, "50", NULL},
    {"dump", PARAM_FRACTION, "20%", NULL},
    {"leverage", PARAM_COUNT, "20", NULL},
    {0},
};
static const struct param_spec open_params[] = {POSITION_PARAMS("5"), {0}};
static const struct param_spec trade_params[] = {
    {"hold", PARAM_DURATION, "[10s, 5m]", NULL},
    {"leverage", PARAM_LIST, "[\"1\", \"2\", \"5\", \"10\"]", NULL},
    {"pairs", PARAM_LIST, "[DX-PERP, sAX-PERP]", pairs_known},
    {"sides", PARAM_LIST, "[long, short]", sides_known},
    {"size", PARAM_AMOUNT, "[1000, 100000]", NULL},
    {0},
};

/* ---- opening ---- */

static void put_hash(struct act *act, const char *name, const struct hash *hash)
{
    char hex[64];
    str_hex(hash->b, sizeof(hash->b), hex);
    act_output(act, str_of(name), (struct str){hex, sizeof(hex)});
}
static void put_number(struct act *act, const char *name, u128 value)
{
    char text[U128_TEXT];
    act_output(act, str_of(name), (struct str){text, u128_text(value, text)});
}

/* Reports of one block come before its trades: what the oracle says of that height is what it was entered at. Nothing is said where reports
 * had grown old since, or the price of that height is gone. */
static void claim_entry(struct act *act, const struct position_seen *p, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct oracle_price_view *price;
    const struct str asset = str_eq(str_of(p->pair), STR("DX-PERP")) ? STR("DX-USD") : STR("sAX-USD");
    do price = delta_oracle_price_at(&delta, asset, p->opened, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (price == NULL && act_again(act, &answer, &wait));
    const uint64_t said = price != NULL ? price->price : 0;
    if (price == NULL) (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
    if (said != 0) act_claim(act, "it is entered at the oracle's price", p->entry == said, "%" PRIu64 ", the oracle %" PRIu64, p->entry, said);
}

static void open_step(struct act *act, struct op *op)
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
        put_hash(act, "position_id", &landing.id);
        put_hash(act, "tx_id", &landing.id);
        put_number(act, "entry_price", position.entry);
        put_number(act, "margin", position.margin);
        put_number(act, "liquidation_price", position.liquidation);
        if (perp_claim_moved(act, "the margin is locked", &landing, AMOUNT(0), AMOUNT(position.margin))) claim_entry(act, &position, op);
    }
    arena_done(&arena);
}

/* ---- closing ---- */

/* The oldest of its open positions that nobody has in hand. */
static bool position_pick(struct act *act, struct hash *out, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = delta_positions(&delta, &act->bot->identity.address, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    bool found = false;
    const struct position_view *items = page != NULL ? page->items : NULL;
    for (uint32_t i = 0; page != NULL && i < page->count && !found; i++) {
        found = hold_take(act->crew, &items[i].position_id);
        if (found) *out = items[i].position_id;
    }
    if (page == NULL) (void)act_fail(op, &answer); /* op tells */
    else if (!found) op_skip(op, "it has no open position");
    answer_done(&answer);
    return found;
}

static bool position_choose(struct act *act, struct hash *out, struct op *op)
{
    if (!act_has(act, "position")) return position_pick(act, out, op);
    struct arena arena;
    arena_init(&arena, 0);
    const bool good = str_unhex(act_text(act, "position", &arena), out->b, sizeof(out->b));
    arena_done(&arena);
    if (!good) op_skip(op, "`position` is no id");
    else if (!hold_take(act->crew, out)) op_skip(op, "the position is in somebody's hands");
    return op->status == OP_DONE;
}

static void close_step(struct act *act, struct op *op)
{
    struct hash id;
    if (!act_on(act, CHAIN_DELTA, op) || !position_choose(act, &id, op)) return;
    struct arena arena;
    arena_init(&arena, 0);
    struct landing landing = {.arena = &arena};
    struct position_seen before, closed;
    if (position_read(act, &id, &before, op) && perp_leave(act, &id, &before, &closed, &landing, op)) {
        put_hash(act, "position_id", &id);
        put_hash(act, "tx_id", &landing.id);
        put_number(act, "exit_price", closed.mark);
        const struct profit worth = profit_add((struct profit){false, perp_margin_back(&closed, &before)}, closed.realized);
        if (perp_claim_moved(act, "margin and PnL come back", &landing, AMOUNT(worth.minus ? 0 : worth.units), AMOUNT(0)) &&
            position_read(act, &id, &closed, op))
            act_claim(act, "a position that was closed stays closed", closed.status == POSITION_CLOSED, "it is " STR_FMT,
                      STR_ARG(position_status_text(closed.status)));
    }
    arena_done(&arena);
    hold_drop(act->crew, &id);
}

/* Fees: what is put up comes back or goes to whoever is on the other side. A watcher sends as many as there are unsafe positions: one is counted. */
static u128 fees(const struct act *plan, uint64_t transactions) { return crew_fee(plan->crew, CHAIN_DELTA, TX_BYTES_MIN + 100).units * transactions; }
static u128 one_fee(const struct act *plan) { return fees(plan, 1); }
static u128 guard_fees(const struct act *plan) { return fees(plan, 3); }
static u128 funding_fees(const struct act *plan) { return fees(plan, 5); }

static const struct behavior_spec specs[] = {
    {.name = "perp.add_margin",
     .summary = "add margin before liquidation",
     .roles = "trader",
     .pattern = "PT-L-052",
     .transaction = true,
     .params = add_margin_params,
     .step = perp_add_margin,
     .spend_max = guard_fees,
     .spend_token = TOKEN_DX},
    {.name = "perp.close",
     .summary = "close a position at mark",
     .roles = "trader",
     .pattern = "PT-L-051",
     .transaction = true,
     .params = close_params,
     .step = close_step,
     .spend_max = one_fee,
     .spend_token = TOKEN_DX},
    {.name = "perp.funding",
     .summary = "hold across a funding tick",
     .roles = "trader",
     .pattern = "PT-L-053",
     .transaction = true,
     .params = funding_params,
     .step = perp_funding,
     .spend_max = funding_fees,
     .spend_token = TOKEN_DX},
    {.name = "perp.liquidate",
     .summary = "watch positions and liquidate those that are unsafe",
     .roles = "trader",
     .pattern = "PT-L-054",
     .transaction = true,
     .step = perp_liquidate,
     .spend_max = one_fee,
     .spend_token = TOKEN_DX},
    {.name = "perp.liquidation_cascade",
     .summary = "make liquidations feed each other",
     .roles = "trader",
     .pattern = "PT-A-025",
     .params = liquidation_cascade_params},
    {.name = "perp.open",
     .summary = "open a position",
     .roles = "trader",
     .pattern = "PT-L-050",
     .transaction = true,
     .params = open_params,
     .step = open_step,
     .spend_max = one_fee,
     .spend_token = TOKEN_DX},
    {.name = "perp.trade",
     .summary = "open positions, hold them and close them: one order an execution",
     .roles = "trader",
     .transaction = true,
     .params = trade_params,
     .step = perp_trade,
     .spend_max = one_fee,
     .spend_token = TOKEN_DX},
};

const struct behavior_family behavior_perp = {"perp", specs, ARRAY_LEN(specs)};
