/* Markets as a bot sees them: pairs, looks at a book, what receipts and orders say. The tape is in dex_tape.c. */
#include <inttypes.h>
#include <stdio.h>

#include "core/codec/binary.h"
#include "tester/behavior/dex_priv.h"
#include "tester/bot/submit_priv.h"

#define BEHIND_TRIES 20u
#define OUTWARD_PRICE UINT64_C(1000000)

static const struct dex_pair pairs[] = {
    {"DX/sAX", TOKEN_DX, TOKEN_SAX}, {"DX/USD", TOKEN_DX, TOKEN_USD}, {"sAX/USD", TOKEN_SAX, TOKEN_USD}};

size_t dex_pairs(const struct dex_pair **out)
{
    *out = pairs;
    return ARRAY_LEN(pairs);
}

const struct dex_pair *dex_pair_find(struct str text)
{
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        const struct str name = str_of(pairs[i].name);
        if (text.len != name.len) continue;
        bool same = true;
        for (size_t k = 0; k < name.len; k++)
            same = same && (text.data[k] == name.data[k] || (text.data[k] == '-' && name.data[k] == '/'));
        if (same) return &pairs[i];
    }
    return NULL;
}

bool dex_skip(struct op *op, enum op_status status, const char *note)
{
    op->status = status;
    op_note(op, note);
    return false;
}

const struct dex_pair *dex_begin(struct act *act, const char *param, struct op *op)
{
    if (!act_on(act, CHAIN_DELTA, op)) return NULL;
    const struct dex_pair *pair = dex_pair_find(act_word(act, param));
    if (pair == NULL) (void)dex_skip(op, OP_SKIPPED, "no such pair");
    return pair;
}

bool dex_forgive(struct op *op, enum code code)
{
    if ((op->status != OP_REFUSED && op->status != OP_DROPPED) || op->code != code) return false;
    op->status = OP_DONE;
    op->code = CODE_NONE;
    op->note[0] = '\0';
    return true;
}

uint64_t dex_shift(uint64_t price, uint64_t bps, bool up)
{
    const u128 moved =
        up ? (u128)price * (DEX_BPS + bps) / DEX_BPS : (u128)price * (DEX_BPS - MIN(bps, (uint64_t)DEX_BPS)) / DEX_BPS;
    return moved == 0 ? 1 : (uint64_t)MIN(moved, (u128)INT64_MAX);
}

/* ---- books ---- */

static void reach_read(const struct book_level *levels, uint32_t count, uint64_t quantity, struct dex_look *out)
{
    for (uint32_t i = 0; i < count && out->reach < quantity; i++) {
        const uint64_t part = MIN(levels[i].quantity, quantity - out->reach);
        out->reach += part;
        out->turnover += (u128)part * levels[i].price;
        out->worst = levels[i].price;
    }
}

bool dex_look(struct act *act, const struct dex_pair *pair, uint32_t depth, enum side side, uint64_t quantity,
              struct dex_look *out, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct book_view *book;
    uint64_t wait = 0;
    do book = delta_book(&delta, str_of(pair->name), depth, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (book == NULL && act_again(act, &answer, &wait));
    if (book != NULL) {
        *out = (struct dex_look){.sequence = book->sequence,
                                 .height = book->height,
                                 .bids = book->bids_count,
                                 .asks = book->asks_count,
                                 .bid = book->bids_count > 0 ? book->bids[0].price : 0,
                                 .ask = book->asks_count > 0 ? book->asks[0].price : 0};
        if (side == SIDE_BUY)
            reach_read(book->asks, book->asks_count, quantity, out);
        else
            reach_read(book->bids, book->bids_count, quantity, out);
    } else {
        (void)act_fail(op, &answer);
    }
    answer_done(&answer);
    return book != NULL;
}

bool dex_level(struct act *act, const struct dex_pair *pair, enum side side, uint64_t price, struct book_level *out,
               struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct book_view *book;
    uint64_t wait = 0;
    do book = delta_book(&delta, str_of(pair->name), DEX_DEPTH, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (book == NULL && act_again(act, &answer, &wait));
    *out = (struct book_level){.price = price};
    const struct book_level *levels = book == NULL ? NULL : side == SIDE_BUY ? book->bids : book->asks;
    const uint32_t count = book == NULL ? 0 : side == SIDE_BUY ? book->bids_count : book->asks_count;
    for (uint32_t i = 0; i < count; i++)
        if (levels[i].price == price) *out = levels[i];
    if (book == NULL) (void)act_fail(op, &answer);
    answer_done(&answer);
    return book != NULL;
}

static const struct pair_view *pair_of(const struct page *page, const struct dex_pair *pair)
{
    const struct pair_view *items = page->items;
    for (uint32_t i = 0; i < page->count; i++)
        if (str_eq(items[i].pair, str_of(pair->name))) return &items[i];
    return NULL;
}

static bool pair_read(struct act *act, const struct dex_pair *pair, struct dex_fees *out, uint64_t *out_last, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct page *page;
    uint64_t wait = 0;
    do page = delta_pairs(&delta, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    const struct pair_view *view = page != NULL ? pair_of(page, pair) : NULL;
    if (page == NULL)
        (void)act_fail(op, &answer);
    else if (view == NULL)
        (void)dex_skip(op, OP_POSTCONDITION, "the target's list of pairs lacks the pair");
    if (view != NULL) {
        *out = (struct dex_fees){view->taker_bps, view->maker_bps};
        *out_last = view->last_price.has ? view->last_price.value : 0;
    }
    answer_done(&answer);
    return view != NULL;
}

bool dex_fees_read(struct act *act, const struct dex_pair *pair, struct dex_fees *out, struct op *op)
{
    uint64_t last;
    return pair_read(act, pair, out, &last, op);
}

uint64_t dex_reference(struct act *act, const struct dex_pair *pair, const struct dex_look *look, struct op *op)
{
    struct dex_fees fees;
    uint64_t last = 0;
    if (look->bid != 0 && look->ask != 0) return look->bid + (look->ask - look->bid) / 2;
    if (look->bid != 0 || look->ask != 0) return look->bid + look->ask;
    if (!pair_read(act, pair, &fees, &last, op)) return 0;
    if (last != 0) return last;
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct pool_view *pool =
        delta_pool(&delta, str_of(pair->name), 0, AMOUNT(0), act_deadline(act, ACT_READ_TIMEOUT), &answer);
    const uint64_t price = pool != NULL && pool->price != 0 ? pool->price : OUTWARD_PRICE;
    if (pool == NULL) (void)act_fail(op, &answer);
    answer_done(&answer);
    return pool != NULL ? price : 0;
}

/* ---- receipts ---- */

struct telling {
    const struct landing *landing;
    const struct hash *id; /* of the order that is asked about */
    enum side side;
    uint64_t taker_bps;
    struct dex_fills *fills;
    uint32_t cancelled;
    uint64_t cancelled_rest;
};

uint64_t dex_maker_mark(const struct trade_view *trade)
{
    return bin_load_u64(trade->maker_order.b) * (2 * trade->sequence + 1);
}

static void trade_told(struct telling *telling, const struct trade_view *trade)
{
    struct dex_fills *fills = telling->fills;
    if (!trade->taker_order.has || !hash_eq(&trade->taker_order.value, telling->id)) return;
    const u128 cost = dex_notional(trade->quantity, trade->price);
    const bool worse = telling->side == SIDE_BUY ? trade->price >= fills->last_price : trade->price <= fills->last_price;
    if (fills->count == 0) {
        fills->first_price = trade->price;
        fills->first_sequence = trade->sequence;
    } else if (!worse) {
        fills->outwards = false;
    }
    fills->last_price = trade->price;
    fills->last_sequence = trade->sequence;
    fills->count++;
    fills->makers += dex_maker_mark(trade);
    fills->quantity += trade->quantity;
    fills->turnover += (u128)trade->price * trade->quantity;
    fills->cost += cost;
    fills->fees += dex_taker_fee(cost, telling->taker_bps);
}

static void event_told(struct telling *telling, const struct json *event, struct arena *arena)
{
    struct str type;
    struct err err;
    struct order_event order;
    struct trade_view trade;
    if (!json_str(json_find(event, STR("type")), &type)) return;
    if (str_eq(type, STR("dex.trade")) && telling->fills != NULL) {
        if (shape_read(&shape_trade, event, CHAIN_DELTA, arena, &trade, &err)) trade_told(telling, &trade);
        return;
    }
    if (!str_eq(type, STR("dex.order")) || !shape_read(&shape_order_event, event, CHAIN_DELTA, arena, &order, &err)) return;
    const bool ours = telling->id == NULL || hash_eq(&order.order_id, telling->id);
    if (ours && order.status == ORDER_CANCELLED) {
        telling->cancelled++;
        telling->cancelled_rest = order.remaining;
    }
    if (!ours && telling->fills != NULL) telling->fills->crossed += order.status == ORDER_CANCELLED;
    if (!ours || telling->fills == NULL) return;
    telling->fills->told = true;
    telling->fills->status = order.status;
    telling->fills->remaining = order.remaining;
}

static void events_deep(void *arg)
{
    struct telling *telling = arg;
    struct arena arena;
    struct buf text = {0};
    struct err err;
    arena_init(&arena, 0);
    buf_put_char(&text, '[');
    buf_put_str(&text, telling->landing->told);
    buf_put_char(&text, ']');
    const struct json *events = json_parse(&arena, buf_str(&text), &err);
    for (const struct json *event = events != NULL ? events->child : NULL; event != NULL; event = event->next)
        event_told(telling, event, &arena);
    buf_done(&text);
    arena_done(&arena);
}

void dex_fills_read(const struct landing *landing, enum side side, uint64_t taker_bps, struct dex_fills *out)
{
    *out = (struct dex_fills){.outwards = true};
    struct telling telling = {.landing = landing, .id = &landing->id, .side = side, .taker_bps = taker_bps, .fills = out};
    fiber_call_deep(events_deep, &telling);
}

uint32_t dex_cancelled_count(const struct landing *landing, const struct hash *id, uint64_t *out_remaining)
{
    struct telling telling = {.landing = landing, .id = id};
    fiber_call_deep(events_deep, &telling);
    if (out_remaining != NULL) *out_remaining = telling.cancelled_rest;
    return telling.cancelled;
}

/* ---- orders ---- */

static void state_take(const struct order_view *view, struct dex_state *out)
{
    *out = (struct dex_state){.status = view->status,
                              .side = (enum side)view->side,
                              .price = view->price,
                              .quantity = view->quantity,
                              .filled = view->filled,
                              .remaining = view->remaining,
                              .average = view->average_price.has ? view->average_price.value : 0,
                              .created = view->created_height.has ? view->created_height.value : 0,
                              .owner = view->owner};
    uint64_t shown = 0;
    for (uint32_t i = 0; i < view->fills_count; i++) {
        shown += view->fills[i].quantity;
        out->fills_cost += dex_notional(view->fills[i].quantity, view->fills[i].price);
    }
    out->fills_whole = shown == view->filled;
}

bool dex_is_behind(struct act *act, struct answer *answer, uint32_t height, uint64_t *wait_ns, uint32_t *tries)
{
    uint32_t head, final;
    if (height == 0 || !answer_heights(answer, &head, &final) || head >= height || ++*tries > BEHIND_TRIES || act_gives_up(act))
        return false;
    answer_done(answer);
    act_backoff(act, wait_ns);
    return true;
}

bool dex_state_read(struct act *act, const struct hash *id, uint32_t height, struct dex_state *out, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct order_view *view;
    uint64_t wait = 0;
    uint32_t tries = 0;
    do view = delta_order_find(&delta, id, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while ((view == NULL && act_again(act, &answer, &wait)) || dex_is_behind(act, &answer, height, &wait, &tries));
    if (view != NULL)
        state_take(view, out);
    else
        (void)act_fail(op, &answer);
    answer_done(&answer);
    return view != NULL;
}

bool dex_state_await(struct act *act, const struct hash *id, uint64_t filled, struct instant deadline, struct dex_state *out,
                     struct op *op)
{
    for (;;) {
        if (!dex_state_read(act, id, 0, out, op)) return false;
        if (out->status != ORDER_PENDING && (out->filled >= filled || !dex_is_open(out->status))) return true;
        if (!tide_next(act, CHAIN_DELTA, deadline)) return false;
    }
}

/* ---- movements ---- */

/* Whether an order of the account met another's in that block. */
static bool met_by_others(struct act *act, const struct dex_pair *pair, const struct moves *moves)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    struct op aside = {0};
    const struct page *page = delta_trades(&delta, str_of(pair->name), moves->height, DEX_TAPE_PAGE, (struct str){0},
                                           act_deadline(act, ACT_READ_TIMEOUT), &answer);
    bool met = page == NULL || page->count == DEX_TAPE_PAGE; /* what was not seen may have been ours */
    const struct trade_view *trades = page != NULL ? page->items : NULL;
    for (uint32_t i = 0; page != NULL && i < page->count && !met; i++) {
        struct dex_state maker;
        if (trades[i].height != moves->height || trades[i].source != TRADE_BOOK) continue;
        if (trades[i].taker_order.has && moves->by != NULL && hash_eq(&trades[i].taker_order.value, moves->by)) continue;
        met = !dex_state_read(act, &trades[i].maker_order, moves->height, &maker, &aside) ||
              address_eq(&maker.owner, moves->address);
    }
    answer_done(&answer);
    return met;
}

bool dex_claim_moves(struct act *act, const char *claim, const struct dex_pair *pair, const struct moves *moves)
{
    char note[MOVES_NOTE] = "";
    switch (act_moves(act, moves, note)) {
    case MOVED_SO: return act_claim(act, claim, true, "%s", "");
    case MOVED_BY_OTHERS: return true;
    case MOVED_UNREAD: return false;
    case MOVED_OTHERWISE: return met_by_others(act, pair, moves) || act_claim(act, claim, false, "%s", note);
    }
    UNREACHABLE();
}

/* ---- outputs ---- */

void dex_output_id(struct act *act, const char *name, const struct hash *id)
{
    if (act->output == NULL || hash_is_zero(id)) return;
    char hex[64];
    str_hex(id->b, sizeof(id->b), hex);
    act_output(act, str_of(name), (struct str){hex, sizeof(hex)});
}

void dex_output_u64(struct act *act, const char *name, uint64_t value)
{
    char text[24];
    const int len = snprintf(text, sizeof(text), "%" PRIu64, value);
    act_output(act, str_of(name), (struct str){text, (size_t)len});
}
