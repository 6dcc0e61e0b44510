#include "tester/client/delta_offramp.h"

#include "tester/client/call_priv.h"

static const void *post(struct call *call, const struct tx *tx, const struct wire *wire, struct instant deadline, struct answer *out)
{
    call->request.shape = &wire_transaction;
    call->request.object = tx;
    const struct tx_ack *ack = ask_object(call, wire, 202, deadline, out); /* all acknowledgements begin with one */
    if (ack != NULL && !hash_eq(&ack->transaction_id, &tx->id)) return ask_fault(out, "the acknowledgement names another transaction");
    return ack;
}

static const struct object_ack *create(struct call *call, const struct tx *tx, const struct wire *wire, struct instant deadline,
                                       struct answer *out)
{
    const struct object_ack *ack = post(call, tx, wire, deadline, out);
    if (ack != NULL && !hash_eq(&ack->id, &tx->id)) return ask_fault(out, "the object is not called as its transaction");
    return ack;
}

const struct object_ack *delta_kyc_submit(const struct alpha *delta, const struct tx *tx, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_POST, "offramp/kyc");
    return create(&call, tx, &wire_registration_ack, deadline, out);
}

const struct tx_ack *delta_kyc_review(const struct alpha *delta, const struct address *subject, const struct tx *tx,
                                      struct instant deadline, struct answer *out)
{
    struct call call;
    char text[ADDRESS_TEXT];
    address_text(subject, CHAIN_DELTA, text);
    ask_path(&call, delta, HTTP_POST, "offramp/kyc/%s/review", text);
    return post(&call, tx, &wire_tx_ack, deadline, out);
}

const struct object_ack *delta_offramp_request(const struct alpha *delta, const struct tx *tx, struct instant deadline,
                                               struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_POST, "offramp/request");
    return create(&call, tx, &wire_request_ack, deadline, out);
}

const struct tx_ack *delta_offramp_settle(const struct alpha *delta, const struct hash *request, const struct tx *tx,
                                          struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_POST, "offramp/request/%s/settle", ask_hex(request).text);
    return post(&call, tx, &wire_tx_ack, deadline, out);
}

const struct kyc_view *delta_kyc(const struct alpha *delta, const struct address *who, struct instant deadline, struct answer *out)
{
    struct call call;
    char text[ADDRESS_TEXT];
    address_text(who, CHAIN_DELTA, text);
    ask_path(&call, delta, HTTP_GET, "offramp/kyc/%s", text);
    const struct kyc_view *view = ask_get(&call, &wire_kyc, deadline, out);
    if (view != NULL && !address_eq(&view->address, who)) return ask_fault(out, "the registration is of somebody else");
    return view;
}

const struct offramp_view *delta_offramp(const struct alpha *delta, const struct hash *request, struct instant deadline,
                                         struct answer *out)
{
    struct call call;
    ask_path(&call, delta, HTTP_GET, "offramp/request/%s", ask_hex(request).text);
    const struct offramp_view *view = ask_get(&call, &wire_offramp, deadline, out);
    if (view != NULL && !hash_eq(&view->request_id, request)) return ask_fault(out, "the request is another one");
    return view;
}

const struct page *delta_offramps(const struct alpha *delta, const struct address *owner, uint32_t limit, struct str cursor,
                                  struct instant deadline, struct answer *out)
{
    struct call call;
    char text[ADDRESS_TEXT];
    address_text(owner, CHAIN_DELTA, text);
    ask_path(&call, delta, HTTP_GET, "offramp/requests/%s", text);
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_offramp_page, deadline, out);
}
