#include "tester/client/delta_perps.h"

#include "tester/client/call_priv.h"

static const void *post(struct call *call, const struct tx *tx, const struct wire *wire, struct instant deadline, struct answer *out)
{
    call->request.shape = &wire_transaction;
    call->request.object = tx;
    const struct tx_ack *ack = ask_object(call, wire, 202, deadline, out); /* all acknowledgements begin with one */
    if (ack != NULL && !hash_eq(&ack->transaction_id, &tx->id)) return ask_fault(out, "the acknowledgement names another transaction");
    return ack;
}

static const void *post_about(const struct alpha *delta, const char *what, const struct hash *id, const struct tx *tx,
                              const struct wire *wire, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_POST, "perpetuals/%s/%s", what, ask_hex(id).text);
    return post(&call, tx, wire, deadline, out);
}

const struct page *delta_perp_markets(const struct alpha *delta, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "perpetuals/markets");
    return ask_get(&call, &wire_perp_market_list, deadline, out);
}

const struct perp_market_view *delta_perp_market(const struct alpha *delta, struct str market, struct instant deadline,
                                                 struct answer *out)
{
    struct call call;
    ask_begin(&call, delta, HTTP_GET, STR("perpetuals/market/"), market);
    return ask_get(&call, &wire_perp_market, deadline, out);
}

const struct page *delta_positions_from(const struct alpha *delta, const struct address *owner, struct str status, uint32_t limit,
                                        struct str cursor, struct str *out_next, struct instant deadline, struct answer *out)
{
    struct call call;
    char text[ADDRESS_TEXT];
    address_text(owner, CHAIN_DELTA, text);
    ask_path(&call, delta, HTTP_GET, "perpetuals/positions/%s", text);
    if (status.len > 0) ask_query(&call, "status=" STR_FMT, STR_ARG(status));
    ask_page(&call, limit, cursor);
    const struct page *page = ask_get(&call, &wire_position_list, deadline, out);
    *out_next = page != NULL ? ask_next_cursor(out) : (struct str){0};
    return page;
}

const struct page *delta_positions(const struct alpha *delta, const struct address *owner, struct str status, struct instant deadline,
                                   struct answer *out)
{
    struct str next;
    return delta_positions_from(delta, owner, status, 0, (struct str){0}, &next, deadline, out);
}

const struct position_view *delta_position(const struct alpha *delta, const struct hash *id, struct instant deadline,
                                           struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "perpetuals/position/%s", ask_hex(id).text);
    const struct position_view *view = ask_get(&call, &wire_position, deadline, out);
    if (view != NULL && !hash_eq(&view->position_id, id)) return ask_fault(out, "the position is another one");
    return view;
}

const struct object_ack *delta_position_open(const struct alpha *delta, const struct tx *tx, struct instant deadline,
                                             struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_POST, "perpetuals/open");
    const struct object_ack *ack = post(&call, tx, &wire_position_ack, deadline, out);
    if (ack != NULL && !hash_eq(&ack->id, &tx->id)) return ask_fault(out, "the position is not called as its transaction");
    return ack;
}

const struct object_ack *delta_position_close(const struct alpha *delta, const struct hash *id, const struct tx *tx,
                                              struct instant deadline, struct answer *out)
{
    const struct object_ack *ack = post_about(delta, "close", id, tx, &wire_position_ack, deadline, out);
    if (ack != NULL && !hash_eq(&ack->id, id)) return ask_fault(out, "the acknowledgement names another position");
    return ack;
}

const struct tx_ack *delta_position_margin(const struct alpha *delta, const struct hash *id, const struct tx *tx,
                                           struct instant deadline, struct answer *out)
{
    return post_about(delta, "margin", id, tx, &wire_tx_ack, deadline, out);
}

const struct tx_ack *delta_position_liquidate(const struct alpha *delta, const struct hash *id, const struct tx *tx,
                                              struct instant deadline, struct answer *out)
{
    return post_about(delta, "liquidate", id, tx, &wire_tx_ack, deadline, out);
}

const struct page *delta_fundings(const struct alpha *delta, struct str market, uint32_t limit, struct str cursor,
                                  struct instant deadline, struct answer *out)
{
    struct call call;
    ask_begin(&call, delta, HTTP_GET, STR("perpetuals/funding/"), market);
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_funding_page, deadline, out);
}

const struct page *delta_liquidations(const struct alpha *delta, uint32_t limit, struct str cursor, struct instant deadline,
                                      struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "perpetuals/liquidations");
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_liquidation_page, deadline, out);
}
