/* Queries about spot markets: books, orders, the tape. */
#include "tester/behavior/dex_priv.h"
#include "tester/behavior/query_priv.h"

#define TRADES_PAGE 100u

static const char *const chains[] = {"alpha", "delta", NULL};
static const char *const pairs_known[] = {"DX/sAX", "DX/USD", "sAX/USD", NULL};
static const char *const statuses[] = {"open", "partially_filled", "filled", "cancelled", NULL};
static const char *const tokens[] = {"AX", "sAX", "DX", "USD", NULL};

/* `address`, `chain` and `token` are of every query; markets are on Delta whatever `chain` says. */
const struct param_spec query_market_params[] = {
    {"address", PARAM_TEXT, NULL, NULL},           {"chain", PARAM_CHOICE, "delta", chains}, {"id", PARAM_TEXT, NULL, NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pairs_known}, {"token", PARAM_CHOICE, "DX", tokens},    {0},
};
/* `status`: waits for it, up to `patience`. */
const struct param_spec query_order_params[] = {
    {"address", PARAM_TEXT, NULL, NULL},
    {"chain", PARAM_CHOICE, "delta", chains},
    {"id", PARAM_TEXT, NULL, NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pairs_known},
    {"patience", PARAM_DURATION, "15s", NULL},
    {"status", PARAM_CHOICE, NULL, statuses},
    {"token", PARAM_CHOICE, "DX", tokens},
    {0},
};

static const struct dex_pair *begin(struct act *act, struct op *op)
{
    const struct dex_pair *pair = dex_begin(act, "pair", op);
    if (pair != NULL) op->sent = env_now(act->crew->env);
    return pair;
}

static void orderbook_tell(struct act *act, const struct book_view *book)
{
    uint64_t orders = 0;
    for (uint32_t i = 0; i < book->bids_count; i++) orders += book->bids[i].orders;
    for (uint32_t i = 0; i < book->asks_count; i++) orders += book->asks[i].orders;
    dex_output_u64(act, "bids", book->bids_count);
    dex_output_u64(act, "asks", book->asks_count);
    dex_output_u64(act, "orders", orders);
    if (book->bids_count > 0) dex_output_u64(act, "bid", book->bids[0].price);
    if (book->asks_count > 0) dex_output_u64(act, "ask", book->asks[0].price);
}

void query_orderbook(struct act *act, struct op *op)
{
    const struct dex_pair *pair = begin(act, op);
    if (pair == NULL) return;
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct book_view *book =
        delta_book(&delta, str_of(pair->name), DEX_DEPTH, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    op->admitted = env_now(act->crew->env);
    if (book != NULL) orderbook_tell(act, book);
    (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
}

void query_trades(struct act *act, struct op *op)
{
    const struct dex_pair *pair = begin(act, op);
    if (pair == NULL) return;
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct page *page =
        delta_trades(&delta, str_of(pair->name), 0, TRADES_PAGE, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    op->admitted = env_now(act->crew->env);
    const struct trade_view *trades = page != NULL ? page->items : NULL;
    uint32_t gaps = 0;
    for (uint32_t i = 1; page != NULL && i < page->count; i++)
        gaps += trades[i].sequence + 1 != trades[i - 1].sequence || trades[i].height > trades[i - 1].height;
    if (page != NULL) {
        dex_output_u64(act, "count", page->count);
        if (page->count > 0) {
            dex_output_u64(act, "price", trades[0].price);
            dex_output_u64(act, "quantity", trades[0].quantity);
            act_output(act, STR("trade_id"), trades[0].trade_id);
        }
    }
    if (act_fail(op, &answer)) (void)act_claim(act, "the tape has no gaps", gaps == 0, "%u gaps in %u trades", gaps, page->count);
    answer_done(&answer);
}

static void order_tell(struct act *act, const struct dex_state *state)
{
    act_output(act, STR("status"), order_status_text(state->status));
    dex_output_u64(act, "filled", state->filled);
    dex_output_u64(act, "remaining", state->remaining);
    dex_output_u64(act, "price", state->price);
    dex_output_u64(act, "average_price", state->average);
}

/* False: what it waits for will not come. */
static bool may_become(enum order_status now, enum order_status wanted)
{
    return now == ORDER_PENDING || (dex_is_open(now) && now < wanted);
}

void query_order(struct act *act, struct op *op)
{
    struct hash id;
    struct arena arena;
    arena_init(&arena, 0);
    const bool given = act_has(act, "id") && str_unhex(act_text(act, "id", &arena), id.b, sizeof(id.b));
    arena_done(&arena);
    if (!given) {
        (void)dex_skip(op, OP_SKIPPED, "`id` is no order's id");
        return;
    }
    if (begin(act, op) == NULL) return;
    struct dex_state state;
    enum order_status wanted = ORDER_OPEN;
    const bool waits = act_has(act, "status") && order_status_parse(act_word(act, "status"), &wanted);
    const struct instant deadline = act_deadline(act, (struct duration){act_u64(act, "patience")});
    for (;;) {
        if (!dex_state_read(act, &id, 0, &state, op)) break;
        op->admitted = env_now(act->crew->env);
        if (!waits || state.status == wanted || !may_become(state.status, wanted) || !tide_next(act, CHAIN_DELTA, deadline)) {
            order_tell(act, &state);
            if (waits)
                (void)act_claim(act, "the order comes to that status", state.status == wanted, "%s",
                                order_status_text(state.status).data);
            return;
        }
    }
    op->admitted = env_now(act->crew->env);
}
