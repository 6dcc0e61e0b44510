#include "network/node/node_priv.h"

#include "network/ledger/offramp_view.h"

/* ---- Off-ramp: DR1 to DR6, X12 ---- */

static bool address_of(struct rest *rest, struct address *out)
{
    const enum code code = address_parse(rest->args[0], node_chain(rest->node), out);
    if (code == CODE_NONE) return true;
    call_refuse_with(&rest->call, code, "address", STR_FMT, STR_ARG(code_message(code)));
    return false;
}

static void kyc_submit(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_KYC_SUBMIT};
    rest_take(rest, &(struct rest_takes){kinds, 1, &wire_registration_ack, NULL});
}

static void kyc_get(struct rest *rest)
{
    struct address who;
    if (!address_of(rest, &who)) return;
    struct kyc_view *view = arena_new(rest->call.arena, struct kyc_view);
    if (ledger_kyc(node_state(rest->node, false), &who, rest->call.arena, view)) call_answer(&rest->call, 200, &wire_kyc, view);
    else call_refuse_with(&rest->call, CODE_KYC_NOT_FOUND, "address", "nobody has registered under that address");
}

static void kyc_review(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_KYC_REVIEW};
    rest_take(rest, &(struct rest_takes){kinds, 1, NULL, "subject"});
}

static void request(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_OFFRAMP_REQUEST};
    rest_take(rest, &(struct rest_takes){kinds, 1, &wire_request_ack, NULL});
}

static void request_get(struct rest *rest)
{
    struct hash id;
    struct call *call = &rest->call;
    if (!call_hash_parse(rest->args[0], &id)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "request_id", "a request id is 64 lower-case hex digits");
        return;
    }
    struct offramp_view *view = arena_new(call->arena, struct offramp_view);
    if (ledger_offramp(node_state(rest->node, false), &id, call->arena, view)) call_answer(call, 200, &wire_offramp, view);
    else call_refuse_with(call, CODE_REQUEST_NOT_FOUND, "request_id", "this view knows no such request");
}

static void settle(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_OFFRAMP_SETTLE, KIND_OFFRAMP_APPROVE, KIND_OFFRAMP_RETRY, KIND_OFFRAMP_CANCEL};
    rest_take(rest, &(struct rest_takes){kinds, ARRAY_LEN(kinds), NULL, "request_id"});
}

static void requests(struct rest *rest)
{
    struct address who;
    uint32_t limit;
    uint64_t from;
    struct call *call = &rest->call;
    if (!address_of(rest, &who) || !call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    struct offramp_view *items;
    const uint32_t found = ledger_offramps(node_state(rest->node, false), &who, (size_t)from, limit + 1, call->arena, &items);
    *page = (struct page){.items = items, .count = MIN(found, limit)};
    if (found > limit) page->next_cursor = call_cursor(call, from + limit);
    call_answer(call, 200, &wire_offramp_page, page);
}

const struct rest_handler rest_offramp_handlers[] = {
    {"DR1", kyc_submit, REST_TX}, {"DR2", kyc_get, REST_PLAIN}, {"DR3", kyc_review, REST_TX}, {"DR4", request, REST_TX},
    {"DR5", request_get, REST_PLAIN}, {"DR6", settle, REST_TX}, {"X12", requests, REST_PLAIN}, {NULL, NULL, REST_PLAIN},
};
