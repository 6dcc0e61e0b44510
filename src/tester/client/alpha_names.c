#include "tester/client/alpha_names.h"

#include "tester/client/call_priv.h"

const struct program_view *alpha_program(const struct alpha *alpha, struct str program, struct instant deadline,
                                         struct answer *out)
{
    struct call call;
    ask_begin(&call, alpha, HTTP_GET, STR("program/"), program);
    const struct program_view *view = ask_get(&call, &wire_program, deadline, out);
    if (view == NULL) return NULL;
    const struct hash hash = hash_tagged(PROGRAM_SOURCE_TAG, view->source.data, view->source.len);
    return hash_eq(&hash, &view->source_hash) ? view : ask_fault(out, "the source is not that of its hash");
}

const struct str_list *alpha_program_mappings(const struct alpha *alpha, struct str program, struct instant deadline,
                                              struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "program/" STR_FMT "/mappings", STR_ARG(program));
    return ask_get(&call, &wire_str_list, deadline, out);
}

const struct mapping_value *alpha_mapping(const struct alpha *alpha, struct str program, struct str mapping, struct amount key,
                                          struct instant deadline, struct answer *out)
{
    struct call call;
    char text[AMOUNT_TEXT];
    (void)amount_text(key, text); /* the length is not needed */
    ask_path(&call, alpha, HTTP_GET, "program/" STR_FMT "/mapping/" STR_FMT "/%s", STR_ARG(program), STR_ARG(mapping), text);
    return ask_get(&call, &wire_mapping_value, deadline, out);
}

const struct page *alpha_programs(const struct alpha *alpha, const struct address *owner, uint32_t limit, struct str cursor,
                                  struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "programs");
    if (owner != NULL) {
        char text[ADDRESS_TEXT];
        address_text(owner, CHAIN_ALPHA, text);
        ask_query(&call, "owner=%s", text);
    }
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_program_page, deadline, out);
}

bool alpha_deployment(const struct alpha *alpha, struct str program, struct instant deadline, struct hash *out_id,
                      struct answer *out)
{
    struct call call;
    ask_begin(&call, alpha, HTTP_GET, STR("find/transactionID/deployment/"), program);
    const struct bare_hash *id = ask_get(&call, &wire_hash, deadline, out);
    if (id != NULL) *out_id = id->value;
    return id != NULL;
}

static const struct program_estimate *estimate(const struct alpha *alpha, struct str program, struct buf *body,
                                               struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_POST, "program/" STR_FMT "/estimate", STR_ARG(program));
    ask_header(&call, STR("content-type"), STR("application/json"));
    call.request.body = buf_str(body);
    return ask_object(&call, &wire_program_estimate, 200, deadline, out);
}

const struct program_estimate *alpha_estimate_deploy(const struct alpha *alpha, struct str program, struct str source,
                                                     struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    struct json_writer w = json_writer_of(&body);
    json_object(&w);
    json_key(&w, STR("deploy"));
    json_object(&w);
    json_key(&w, STR("source"));
    json_put_hex(&w, source.data, source.len);
    json_object_end(&w);
    json_object_end(&w);
    const struct program_estimate *view = estimate(alpha, program, &body, deadline, out);
    buf_done(&body);
    return view;
}

const struct program_estimate *alpha_estimate_call(const struct alpha *alpha, struct str program, struct str function,
                                                   const struct amount *inputs, uint32_t inputs_count,
                                                   const struct address *sender, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    struct json_writer w = json_writer_of(&body);
    char text[ADDRESS_TEXT];
    address_text(sender, CHAIN_ALPHA, text);
    json_object(&w);
    json_key(&w, STR("execute"));
    json_object(&w);
    json_put_member_str(&w, STR("function"), function);
    json_key(&w, STR("inputs"));
    json_array(&w);
    for (uint32_t i = 0; i < inputs_count; i++) json_put_u128_str(&w, inputs[i].units);
    json_array_end(&w);
    json_put_member_str(&w, STR("sender"), str_of(text));
    json_object_end(&w);
    json_object_end(&w);
    const struct program_estimate *view = estimate(alpha, program, &body, deadline, out);
    buf_done(&body);
    return view;
}

const struct name_view *alpha_name(const struct alpha *alpha, struct str name, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_begin(&call, alpha, HTTP_GET, STR("names/"), name);
    const struct name_view *view = ask_get(&call, &wire_name, deadline, out);
    return view == NULL || str_eq(view->name, name) ? view : ask_fault(out, "the name is another one");
}
