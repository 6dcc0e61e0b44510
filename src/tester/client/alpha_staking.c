#include "tester/client/alpha_staking.h"

#include "tester/client/call_priv.h"

const struct page *alpha_delegators(const struct alpha *alpha, const struct address *validator, uint32_t limit, struct str cursor,
                                    struct instant deadline, struct answer *out)
{
    struct call call;
    char text[ADDRESS_TEXT];
    address_text(validator, alpha_chain(alpha), text);
    ask_begin(&call, alpha, HTTP_GET, STR("delegators/"), str_of(text));
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_delegator_page, deadline, out);
}

const struct page *alpha_evidence_by(const struct alpha *alpha, const struct evidence_filter *filter, uint32_t limit,
                                     struct str cursor, struct instant deadline, struct answer *out)
{
    struct call call;
    char text[ADDRESS_TEXT];
    ask_begin(&call, alpha, HTTP_GET, STR("evidence"), (struct str){0});
    if (filter->validator != NULL) {
        address_text(filter->validator, alpha_chain(alpha), text);
        ask_query(&call, "validator=%s", text);
    }
    if (filter->type != 0) ask_query(&call, "type=" STR_FMT, STR_ARG(evidence_type_text((enum evidence_type)filter->type)));
    if (filter->after_ms != 0) ask_query(&call, "after=%llu", (unsigned long long)filter->after_ms);
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_evidence_page, deadline, out);
}

const struct evidence_view *alpha_evidence_get(const struct alpha *alpha, const struct hash *id, struct instant deadline,
                                               struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "evidence/%s", ask_hex(id).text);
    const struct evidence_view *view = ask_get(&call, &wire_evidence, deadline, out);
    if (view != NULL && !hash_eq(&view->evidence_id, id)) return ask_fault(out, "the answer is about other evidence");
    return view;
}

const struct evidence_view *alpha_evidence_report(const struct alpha *alpha, const struct evidence *evidence,
                                                  struct instant deadline, struct answer *out)
{
    struct call call;
    struct buf body = {0};
    struct json_writer w = json_writer_of(&body);
    json_object(&w);
    json_put_member_str(&w, STR("type"), evidence_type_text(evidence->type));
    json_key(&w, STR("first"));
    json_put_hex(&w, evidence->first, evidence->first_bytes);
    json_key(&w, STR("second"));
    json_put_hex(&w, evidence->second, evidence->second_bytes);
    json_object_end(&w);
    ask_begin(&call, alpha, HTTP_POST, STR("evidence"), (struct str){0});
    ask_header(&call, STR("content-type"), STR("application/json"));
    call.request.body = buf_str(&body);
    const struct evidence_view *view = ask_get(&call, &wire_evidence, deadline, out);
    buf_done(&body);
    const struct hash id = evidence_id(evidence);
    if (view != NULL && !hash_eq(&view->evidence_id, &id)) return ask_fault(out, "the answer is about other evidence");
    return view;
}
