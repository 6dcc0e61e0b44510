#include "tester/client/delta_spot.h"

#include <inttypes.h>
#include <stdio.h>

#include "chain/payload.h"
#include "tester/client/call_priv.h"

/* In paths '/' is written '-'. A name that is too long for any pair is cut, and answered with MARKET_NOT_FOUND. */
struct pair_text {
    char text[25];
};
static struct pair_text pair_path(struct str pair)
{
    struct pair_text out = {{0}};
    for (size_t i = 0; i < pair.len && i + 1 < sizeof(out.text); i++) out.text[i] = pair.data[i] == '/' ? '-' : pair.data[i];
    return out;
}

static bool levels_fall(const struct book_level *levels, uint32_t count, bool rise)
{
    for (uint32_t i = 0; i < count; i++) {
        if (levels[i].quantity == 0 || levels[i].orders == 0) return false;
        if (i > 0 && (rise ? levels[i].price <= levels[i - 1].price : levels[i].price >= levels[i - 1].price)) return false;
    }
    return true;
}

const struct book_view *delta_book(const struct alpha *delta, struct str pair, uint32_t depth, struct instant deadline,
                                   struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "dex/orderbook/%s", pair_path(pair).text);
    if (depth > 0) ask_query(&call, "depth=%" PRIu32, depth);
    const struct book_view *book = ask_get(&call, &wire_book, deadline, out);
    if (book == NULL) return NULL;
    if (!levels_fall(book->bids, book->bids_count, false) || !levels_fall(book->asks, book->asks_count, true))
        return ask_fault(out, "the levels of the book are out of order");
    if (book->bids_count > 0 && book->asks_count > 0 && book->bids[0].price >= book->asks[0].price)
        return ask_fault(out, "the book is crossed");
    return book;
}

static const struct object_ack *take_ack(struct call *call, const struct tx *tx, const struct hash *order, struct instant deadline,
                                         struct answer *out)
{
    call->request.shape = &wire_transaction;
    call->request.object = tx;
    const struct object_ack *ack = ask_object(call, &wire_order_ack, 202, deadline, out);
    if (ack == NULL) return NULL;
    if (!hash_eq(&ack->ack.transaction_id, &tx->id)) return ask_fault(out, "the acknowledgement names another transaction");
    if (!hash_eq(&ack->id, order)) return ask_fault(out, "the acknowledgement names another order");
    return ack;
}

const struct object_ack *delta_order(const struct alpha *delta, const struct tx *tx, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_POST, "dex/order");
    return take_ack(&call, tx, &tx->id, deadline, out);
}

const struct object_ack *delta_order_cancel(const struct alpha *delta, const struct hash *order, const struct tx *tx,
                                            struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_POST, "dex/order/%s/cancel", ask_hex(order).text);
    return take_ack(&call, tx, order, deadline, out);
}

const struct order_view *delta_order_find(const struct alpha *delta, const struct hash *order, struct instant deadline,
                                          struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "dex/order/%s", ask_hex(order).text);
    const struct order_view *view = ask_get(&call, &wire_order, deadline, out);
    if (view == NULL) return NULL;
    if (!hash_eq(&view->order_id, order)) return ask_fault(out, "the answer is about another order");
    if (view->filled > view->quantity || view->quantity - view->filled != view->remaining)
        return ask_fault(out, "filled and remaining do not make the quantity");
    return view;
}

const struct page *delta_orders(const struct alpha *delta, const struct address *owner, struct str pair, struct str status,
                                uint32_t limit, struct str cursor, struct instant deadline, struct answer *out)
{
    struct call call;
    char text[ADDRESS_TEXT];
    address_text(owner, CHAIN_DELTA, text);
    ask_path(&call, delta, HTTP_GET, "dex/orders/%s", text);
    if (pair.len > 0) ask_query(&call, "pair=%s", pair_path(pair).text);
    if (status.len > 0) ask_query(&call, "status=" STR_FMT, STR_ARG(status));
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_order_page, deadline, out);
}

const struct page *delta_trades(const struct alpha *delta, struct str pair, uint32_t since_height, uint32_t limit, struct str cursor,
                                struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "dex/trades/%s", pair_path(pair).text);
    if (since_height > 0) ask_query(&call, "since_height=%" PRIu32, since_height);
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_trade_page, deadline, out);
}

const struct page *delta_pairs(const struct alpha *delta, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "dex/pairs");
    return ask_get(&call, &wire_pair_list, deadline, out);
}

const struct pool_view *delta_pool(const struct alpha *delta, struct str pair, uint32_t side, struct amount amount_in,
                                   struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "dex/pool/%s", pair_path(pair).text);
    if (side != 0) {
        char amount[AMOUNT_TEXT];
        (void)amount_text(amount_in, amount); /* the length is not needed */
        ask_query(&call, "side=%s", side == SIDE_BUY ? "buy" : "sell");
        ask_query(&call, "amount_in=%s", amount);
    }
    return ask_get(&call, &wire_spot_pool, deadline, out);
}
