#include "tester/client/alpha_consensus.h"

#include "tester/client/call_priv.h"

bool alpha_template(const struct alpha *alpha, const struct address *validator, struct instant deadline, struct block_template *out_template, struct answer *out)
{
    struct call call;
    struct err err;
    char text[ADDRESS_TEXT];
    uint8_t bytes[HEADER_BYTES];
    struct str hex;
    address_text(validator, alpha_chain(alpha), text);
    ask_path(&call, alpha, HTTP_GET, "consensus/template");
    ask_query(&call, "validator=%s", text);
    if (!ask_make(&call, deadline, out)) return false;
    const struct json *body = json_parse(http_arena(out->exchange), answer_body(out), &err);
    const struct json *ids = json_find(body, STR("transaction_ids"));
    struct buf list = {0};
    if (!json_is(ids, JSON_ARRAY) || !json_str(json_find(body, STR("header")), &hex) || hex.len != 2 * sizeof(bytes) || !str_unhex(hex, bytes, sizeof(bytes)) ||
        !header_decode(bytes, &out_template->header))
        return ask_fault(out, "a template has a header of 332 bytes and a list of transactions") != NULL;
    struct json_writer w = json_writer_of(&list);
    json_put_tree(&w, ids);
    out_template->transaction_ids = str_dup(http_arena(out->exchange), buf_str(&list));
    out_template->hash = header_hash(&out_template->header);
    buf_done(&list);
    return true;
}

static bool send(const struct alpha *alpha, const char *what, const struct buf *body, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_POST, "consensus/%s", what);
    ask_header(&call, STR("content-type"), STR("application/json"));
    call.request.body = buf_str(body);
    return ask_make(&call, deadline, out);
}

bool alpha_proposal_send(const struct alpha *alpha, const struct block_template *block, const struct signature *signature, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    uint8_t bytes[HEADER_BYTES];
    struct json_writer w = json_writer_of(&body);
    header_encode(&block->header, bytes);
    json_object(&w);
    json_key(&w, STR("header"));
    json_put_hex(&w, bytes, sizeof(bytes));
    json_key(&w, STR("signature"));
    json_put_hex(&w, signature->b, sizeof(signature->b));
    json_key(&w, STR("transaction_ids"));
    json_put_raw(&w, block->transaction_ids);
    json_object_end(&w);
    const bool sent = send(alpha, "proposal", &body, deadline, out);
    buf_done(&body);
    return sent;
}

bool alpha_vote_send(const struct alpha *alpha, const struct vote *vote, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    struct json_writer w = json_writer_of(&body);
    vote_write(vote, &w);
    const bool sent = send(alpha, "vote", &body, deadline, out);
    buf_done(&body);
    return sent;
}

bool alpha_timeout_send(const struct alpha *alpha, const struct timeout *timeout, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    struct json_writer w = json_writer_of(&body);
    timeout_write(timeout, &w);
    const bool sent = send(alpha, "timeout", &body, deadline, out);
    buf_done(&body);
    return sent;
}
