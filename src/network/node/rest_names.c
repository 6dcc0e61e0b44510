/* Programs and names: AP1 to AP6, X11. */
#include "chain/payload.h"
#include "network/ledger/names_view.h"
#include "network/node/node_priv.h"

/* ---- programs ---- */

static bool program_here(struct rest *rest, struct program_view *out)
{
    struct call *call = &rest->call;
    if (ledger_program_view(node_state(rest->node, false), rest->args[0], call->arena, out)) return true;
    call_refuse_with(call, CODE_PROGRAM_NOT_FOUND, "program", "there is no program %.64s",
                     str_fmt(call->arena, STR_FMT, STR_ARG(rest->args[0])).data);
    return false;
}

static void rest_program(struct rest *rest)
{
    struct program_view *view = arena_new(rest->call.arena, struct program_view);
    if (!program_here(rest, view)) return;
    view->program = str_dup(rest->call.arena, view->program);
    call_answer(&rest->call, 200, &wire_program, view);
}

static void rest_mappings(struct rest *rest)
{
    struct program_view view;
    if (!program_here(rest, &view)) return;
    struct str_list *list = arena_new(rest->call.arena, struct str_list);
    *list = (struct str_list){.items = view.mappings, .count = view.mappings_count};
    call_answer_bare(&rest->call, &wire_str_list, list, (struct str){0});
}

static void rest_mapping(struct rest *rest)
{
    struct call *call = &rest->call;
    struct amount key;
    if (amount_parse(rest->args[2], &key) != CODE_NONE) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "key", "a key is a whole number up to 2^128 - 1");
        return;
    }
    struct mapping_value *value = arena_new(call->arena, struct mapping_value);
    const enum code code =
        ledger_mapping_get(node_state(rest->node, false), rest->args[0], rest->args[1], key.units, value);
    if (code == CODE_NONE) call_answer(call, 200, &wire_mapping_value, value);
    else call_refuse_with(call, code, code == CODE_PROGRAM_NOT_FOUND ? "program" : "name", STR_FMT, STR_ARG(code_message(code)));
}

static void rest_programs(struct rest *rest)
{
    struct call *call = &rest->call;
    struct address owner;
    struct str text;
    uint64_t from;
    uint32_t limit;
    bool owned, more;
    if (!call_query_page(call, false, &limit, &from) || !call_query_str(call, "owner", &text, &owned)) return;
    const enum code code = owned ? address_parse(text, CHAIN_ALPHA, &owner) : CODE_NONE;
    if (code != CODE_NONE) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "owner", "owner: " STR_FMT, STR_ARG(code_message(code)));
        return;
    }
    struct program_item *items = arena_array(call->arena, struct program_item, limit);
    struct page *page = arena_new(call->arena, struct page);
    const uint32_t count = ledger_programs(node_state(rest->node, false), owned ? &owner : NULL, from, limit, items, &more);
    *page = (struct page){.items = items, .count = count};
    if (more) page->next_cursor = call_cursor(call, from + count);
    call_answer(call, 200, &wire_program_page, page);
}

static void rest_deployment(struct rest *rest)
{
    struct program_view view;
    if (!program_here(rest, &view)) return;
    struct bare_hash *answer = arena_new(rest->call.arena, struct bare_hash);
    answer->value = view.transaction_id;
    call_answer(&rest->call, 200, &wire_hash, answer);
}

/* {deploy:{source}} or {execute:{function, inputs, sender}}, put into the payload that would be sent. */
struct question {
    enum kind kind;
    union payload payload;
    struct address sender;
};

static bool bad_question(struct call *call, enum code code, const char *field)
{
    call_refuse_with(call, code, field, "%s: " STR_FMT, field, STR_ARG(code_message(code)));
    return false;
}

static bool source_read(struct call *call, const struct json *deploy, struct question *out)
{
    struct str hex;
    if (json_find(deploy, STR("source")) == NULL) return bad_question(call, CODE_MISSING_FIELD, "deploy.source");
    if (!json_str(json_find(deploy, STR("source")), &hex)) return bad_question(call, CODE_INVALID_FIELD_TYPE, "deploy.source");
    if (hex.len / 2 > PROGRAM_SOURCE_BYTES_MAX) return bad_question(call, CODE_PROGRAM_TOO_LARGE, "deploy.source");
    char *source = arena_alloc(call->arena, hex.len / 2 + 1);
    if (hex.len % 2 != 0 || !str_unhex(hex, source, hex.len / 2)) return bad_question(call, CODE_INVALID_FORMAT, "deploy.source");
    out->kind = KIND_PROGRAM_DEPLOY;
    out->payload.program_deploy.source = (struct str){source, hex.len / 2};
    return true;
}

static bool call_read(struct call *call, const struct json *execute, struct question *out)
{
    struct payload_program_execute *payload = &out->payload.program_execute;
    const struct json *inputs = json_find(execute, STR("inputs"));
    struct str sender;
    if (!json_str(json_find(execute, STR("function")), &payload->function))
        return bad_question(call, CODE_INVALID_FIELD_TYPE, "execute.function");
    if (!json_is(inputs, JSON_ARRAY)) return bad_question(call, CODE_INVALID_FIELD_TYPE, "execute.inputs");
    if (inputs->count > 16) return bad_question(call, CODE_FIELD_TOO_LONG, "execute.inputs");
    payload->inputs.items = arena_array(call->arena, struct amount, inputs->count + 1);
    for (const struct json *input = inputs->child; input != NULL; input = input->next) {
        struct str text;
        if (!json_str(input, &text)) return bad_question(call, CODE_INVALID_FIELD_TYPE, "execute.inputs");
        const enum code code = amount_parse(text, &payload->inputs.items[payload->inputs.count++]);
        if (code != CODE_NONE) return bad_question(call, code, "execute.inputs");
    }
    if (!json_str(json_find(execute, STR("sender")), &sender)) return bad_question(call, CODE_INVALID_FIELD_TYPE, "execute.sender");
    const enum code code = address_parse(sender, CHAIN_ALPHA, &out->sender);
    if (code != CODE_NONE) return bad_question(call, code, "execute.sender");
    out->kind = KIND_PROGRAM_EXECUTE;
    return true;
}

static void rest_estimate(struct rest *rest)
{
    struct call *call = &rest->call;
    const struct json *body = call_json(call);
    if (body == NULL) return;
    struct question question = {0};
    const struct json *deploy = json_find(body, STR("deploy")), *execute = json_find(body, STR("execute"));
    if ((deploy == NULL) == (execute == NULL)) {
        call_refuse_with(call, CODE_MISSING_FIELD, "deploy", "the body is {\"deploy\":{...}} or {\"execute\":{...}}");
        return;
    }
    if (deploy != NULL ? !source_read(call, deploy, &question) : !call_read(call, execute, &question)) return;
    if (deploy != NULL) question.payload.program_deploy.program = rest->args[0];
    else question.payload.program_execute.program = rest->args[0];
    struct program_estimate *out = arena_new(call->arena, struct program_estimate);
    ledger_program_estimate(&rest->node->space->rules, node_state(rest->node, false), question.kind, &question.payload,
                            &question.sender, out);
    const enum code code = out->error.code;
    if (code == CODE_INVALID_PROGRAM || code == CODE_STEP_LIMIT || code == CODE_PROGRAM_NOT_FOUND) call_refuse(call, &out->error);
    else call_answer(call, 200, &wire_program_estimate, out);
}

/* ---- names ---- */

static void rest_name(struct rest *rest)
{
    struct call *call = &rest->call;
    struct name_view *view = arena_new(call->arena, struct name_view);
    if (ledger_name_view(node_state(rest->node, false), rest->args[0], view)) {
        view->name = str_dup(call->arena, view->name);
        call_answer(call, 200, &wire_name, view);
        return;
    }
    call_refuse_with(call, CODE_NAME_NOT_FOUND, "name", "there is no name %.40s",
                     str_fmt(call->arena, STR_FMT, STR_ARG(rest->args[0])).data);
}

const struct rest_handler rest_names_handlers[] = {
    {"AP1", rest_program, REST_PLAIN}, {"AP2", rest_mappings, REST_PLAIN},   {"AP3", rest_mapping, REST_PLAIN},
    {"AP4", rest_programs, REST_PLAIN}, {"AP5", rest_deployment, REST_PLAIN}, {"AP6", rest_estimate, REST_PLAIN},
    {"X11", rest_name, REST_PLAIN},    {NULL, NULL, REST_PLAIN},
};
