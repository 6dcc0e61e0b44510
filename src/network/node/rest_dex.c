#include "chain/payload.h"
#include "network/ledger/market_view.h"
#include "network/node/bookcache.h"
#include "network/node/node_priv.h"

/* ---- DEX spot: DS1 to DS8 (api 4.3) ---- */

static const struct ledger_state *head_state(const struct rest *rest) { return node_state(rest->node, false); }

/* The pair in the path, as text; false: refused with MARKET_NOT_FOUND. */
static bool pair_arg(struct rest *rest, struct str *out)
{
    if (http_unescape(rest->call.arena, rest->args[0], out) && market_exists(*out)) return true;
    call_refuse_with(&rest->call, CODE_MARKET_NOT_FOUND, "pair", "there is no such pair; there are DX-sAX, DX-USD and sAX-USD");
    return false;
}

static void serve_orderbook(struct rest *rest)
{
    struct str pair;
    uint64_t depth = 50;
    if (!pair_arg(rest, &pair) || !call_query_u64(&rest->call, "depth", 1, 500, &depth)) return;
    struct book_view *view = arena_new(rest->call.arena, struct book_view);
    const bool known = bookcache_view(rest->node->space->books, node_state(rest->node, false), pair, (uint32_t)depth, rest->call.arena, view);
    ASSERT(known); /* pair_arg looked */
    call_answer(&rest->call, 200, &wire_book, view);
}

static const enum kind place_kinds[] = {KIND_ORDER_PLACE}, cancel_kinds[] = {KIND_ORDER_CANCEL};

static void serve_order_place(struct rest *rest)
{
    static const struct rest_takes takes = {place_kinds, ARRAY_LEN(place_kinds), &wire_order_ack, NULL};
    rest_take(rest, &takes);
}

/* The acknowledgement names the order that goes, not the transaction that cancels it. */
static void serve_order_cancel(struct rest *rest)
{
    static const struct rest_takes takes = {cancel_kinds, ARRAY_LEN(cancel_kinds), NULL, "order_id"};
    struct tx_ack ack;
    struct tx *tx = rest_take_tx(rest, &takes, &ack);
    if (!tx) return;
    struct object_ack *answer = arena_new(rest->call.arena, struct object_ack);
    union payload payload;
    payload_of_tx(tx, rest->call.arena, &payload);
    *answer = (struct object_ack){.ack = ack, .id = payload.id.id};
    call_answer(&rest->call, 202, &wire_order_ack, answer);
    tx_unref(tx);
}

/* An order that is not in the state: one that waits, or one that was refused. */
static bool order_of_tx(struct rest *rest, const struct hash *id, struct order_view *out)
{
    struct tx_view view;
    if (!node_tx_view(rest->node, id, rest->call.arena, &view)) return false;
    const struct tx *tx = view.envelope;
    const bool dropped = view.status == TX_STATUS_DROPPED, failed = view.has_receipt && !receipt_success(&view.receipt);
    const bool shown = tx->kind == KIND_ORDER_PLACE && (view.status == TX_PENDING || dropped || failed);
    if (shown) {
        union payload payload;
        payload_of_tx(tx, rest->call.arena, &payload);
        const struct payload_order_place *asked = &payload.order_place;
        *out = (struct order_view){.order_id = *id,
                                   .owner = tx->sender,
                                   .pair = str_dup(rest->call.arena, market_name(asked->pair)),
                                   .side = asked->side,
                                   .order_type = asked->order_type,
                                   .tif = asked->tif,
                                   .price = asked->price,
                                   .quantity = asked->quantity,
                                   .remaining = asked->quantity,
                                   .status = dropped || failed ? ORDER_REJECTED : ORDER_PENDING,
                                   .client_id = asked->client_id,
                                   .updated_height = view.block_height};
        out->fills = arena_array(rest->call.arena, struct order_fill, 1);
    }
    tx_unref(view.envelope);
    return shown;
}

static void serve_order_get(struct rest *rest)
{
    struct hash id;
    struct call *call = &rest->call;
    struct order_view *view = arena_new(call->arena, struct order_view);
    const bool found = call_hash_parse(rest->args[0], &id) &&
                       (market_order_view(head_state(rest), &id, call->arena, view) || order_of_tx(rest, &id, view));
    if (found) call_answer(call, 200, &wire_order, view);
    else call_refuse_with(call, CODE_ORDER_NOT_FOUND, "order_id", "no such order, or it was closed too long ago");
}

static void serve_orders(struct rest *rest)
{
    struct call *call = &rest->call;
    struct address owner;
    struct str pair = {0}, text;
    bool has_pair, has_status;
    enum order_status status;
    struct market_range range = {0};
    const enum code code = address_parse(rest->args[0], CHAIN_DELTA, &owner);
    if (code != CODE_NONE) {
        call_refuse_with(call, code, "address", STR_FMT, STR_ARG(code_message(code)));
        return;
    }
    if (!call_query_str(call, "pair", &pair, &has_pair) || !call_query_str(call, "status", &text, &has_status)) return;
    if (has_pair && !market_exists(pair)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "pair", "there is no such pair");
        return;
    }
    if (has_status && !order_status_parse(text, &status)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "status", "no order has such a status");
        return;
    }
    if (!call_query_page(call, false, &range.limit, &range.from)) return;
    struct page *page = arena_new(call->arena, struct page);
    market_orders_view(head_state(rest), &owner, has_pair ? pair : STR(""), has_status ? &status : NULL, &range, call->arena, page);
    if (range.next > 0) page->next_cursor = call_cursor(call, range.next);
    call_answer(call, 200, &wire_order_page, page);
}

static void serve_trades(struct rest *rest)
{
    struct call *call = &rest->call;
    struct str pair;
    uint64_t since = 0;
    struct market_range range = {0};
    if (!pair_arg(rest, &pair) || !call_query_u64(call, "since_height", 0, UINT32_MAX, &since)) return;
    if (!call_query_page(call, false, &range.limit, &range.from)) return;
    struct page *page = arena_new(call->arena, struct page);
    const bool known = market_trades_view(head_state(rest), pair, (uint32_t)since, &range, call->arena, page);
    ASSERT(known); /* pair_arg looked */
    if (range.next > 0) page->next_cursor = call_cursor(call, range.next);
    call_answer(call, 200, &wire_trade_page, page);
}

static void serve_pairs(struct rest *rest)
{
    struct page *page = arena_new(rest->call.arena, struct page);
    market_pairs_view(head_state(rest), rest->call.arena, page);
    call_answer_bare(&rest->call, &wire_pair_list, page, (struct str){0});
}

static void serve_spot_pool(struct rest *rest)
{
    struct call *call = &rest->call;
    struct str pair, side, text;
    bool has_side, has_amount;
    struct amount amount = {0};
    if (!pair_arg(rest, &pair)) return;
    if (!call_query_str(call, "side", &side, &has_side) || !call_query_str(call, "amount_in", &text, &has_amount)) return;
    if (has_side && !str_eq(side, STR("buy")) && !str_eq(side, STR("sell"))) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "side", "side is buy or sell");
        return;
    }
    if (has_amount && (amount_parse(text, &amount) != CODE_NONE || amount_is_zero(amount))) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "amount_in", "amount_in is a positive amount");
        return;
    }
    const uint32_t asked = !has_side || !has_amount ? 0 : str_eq(side, STR("buy")) ? SIDE_BUY : SIDE_SELL;
    struct pool_view *view = arena_new(call->arena, struct pool_view);
    const bool known = market_pool_view(head_state(rest), pair, asked, amount, view);
    ASSERT(known); /* pair_arg looked */
    call_answer(call, 200, &wire_spot_pool, view);
}

const struct rest_handler dex_handlers[] = {
    {"DS1", serve_orderbook, REST_PLAIN}, {"DS2", serve_order_place, REST_TX}, {"DS3", serve_order_cancel, REST_TX},
    {"DS4", serve_order_get, REST_PLAIN}, {"DS5", serve_orders, REST_PLAIN},   {"DS6", serve_trades, REST_PLAIN},
    {"DS7", serve_pairs, REST_PLAIN},     {"DS8", serve_spot_pool, REST_PLAIN}, {NULL, NULL, REST_PLAIN},
};
