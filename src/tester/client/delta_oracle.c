#include "tester/client/delta_oracle.h"

#include <inttypes.h>

#include "tester/client/call_priv.h"

const struct oracle_price_view *delta_oracle_price(const struct alpha *delta, struct str asset, bool fresh, struct instant deadline,
                                                   struct answer *out)
{
    struct call call;
    ask_begin(&call, delta, HTTP_GET, STR("oracle/price/"), asset);
    if (fresh) ask_query(&call, "require_fresh=true");
    return ask_get(&call, &wire_oracle_price, deadline, out);
}

const struct oracle_price_view *delta_oracle_price_at(const struct alpha *delta, struct str asset, uint32_t height,
                                                      struct instant deadline, struct answer *out)
{
    struct call call;
    ask_begin(&call, delta, HTTP_GET, STR("oracle/price/"), asset);
    ask_query(&call, "height=%" PRIu32, height);
    return ask_get(&call, &wire_oracle_price, deadline, out);
}

const struct page *delta_oracle_prices(const struct alpha *delta, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "oracle/prices");
    return ask_get(&call, &wire_oracle_price_list, deadline, out);
}

const struct tx_ack *delta_oracle_submit(const struct alpha *delta, const struct tx *tx, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_POST, "oracle/submit");
    call.request.shape = &wire_transaction;
    call.request.object = tx;
    const struct tx_ack *ack = ask_object(&call, &wire_tx_ack, 202, deadline, out);
    if (ack != NULL && !hash_eq(&ack->transaction_id, &tx->id)) return ask_fault(out, "the acknowledgement names another transaction");
    return ack;
}

const struct oracle_feeds_view *delta_oracle_feeds(const struct alpha *delta, struct str asset, uint32_t history,
                                                   struct instant deadline, struct answer *out)
{
    struct call call;
    ask_begin(&call, delta, HTTP_GET, STR("oracle/feeds/"), asset);
    if (history > 0) ask_query(&call, "history=%" PRIu32, history);
    return ask_get(&call, &wire_oracle_feeds, deadline, out);
}
