#include "network/ledger/governance_view.h"
#include "network/node/node_priv.h"

/* ---- Governance: AG1 to AG12 on Alpha, DG1 to DG8 on Delta ---- */

static const struct ledger_state *head_state(const struct rest *rest) { return node_state(rest->node, false); }
static const struct ledger_rules *rules_of(const struct rest *rest) { return &rest->node->space->rules; }

static bool address_of(struct rest *rest, struct str text, const char *field, struct address *out)
{
    const enum code code = address_parse(text, node_chain(rest->node), out);
    if (code != CODE_NONE) call_refuse_with(&rest->call, code, field, STR_FMT, STR_ARG(code_message(code)));
    return code == CODE_NONE;
}

/* The id in the path; what is none names no proposal. */
static bool proposal_of(struct rest *rest, struct hash *out)
{
    if (call_hash_parse(rest->args[0], out)) return true;
    call_refuse_with(&rest->call, CODE_INVALID_PARAMETER, "id", "a proposal's id is 64 lower-case hex digits");
    return false;
}
static void no_proposal(struct rest *rest) { call_refuse_with(&rest->call, CODE_PROPOSAL_NOT_FOUND, "id", "no proposal has that id"); }

/* ---- governors ---- */

static void governors(struct rest *rest)
{
    struct call *call = &rest->call;
    uint32_t limit;
    uint64_t from;
    bool more;
    if (!call_query_page(call, true, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    governance_governors(head_state(rest), from, limit, call->arena, page, &more);
    call_answer_bare(call, &wire_address_list, page, more ? call_cursor(call, from + page->count) : (struct str){0});
}

static void governor(struct rest *rest)
{
    struct address address;
    if (!address_of(rest, rest->args[0], "address", &address)) return;
    struct governor_view *view = arena_new(rest->call.arena, struct governor_view);
    if (governance_governor(rules_of(rest), head_state(rest), &address, view)) call_answer(&rest->call, 200, &wire_governor, view);
    else call_refuse_with(&rest->call, CODE_GOVERNOR_NOT_FOUND, "address", "that address never registered as a governor");
}

/* ---- proposals ---- */

static bool filter_of(struct rest *rest, struct governance_filter *filter)
{
    struct call *call = &rest->call;
    struct str status, proposer;
    *filter = (struct governance_filter){0};
    if (!call_query_str(call, "status", &status, &filter->has_status)) return false;
    if (filter->has_status && !proposal_status_parse(status, &filter->status)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "status", "no such status of a proposal");
        return false;
    }
    if (!call_query_str(call, "proposer", &proposer, &filter->has_proposer)) return false;
    if (!filter->has_proposer || address_parse(proposer, node_chain(rest->node), &filter->proposer) == CODE_NONE) return true;
    call_refuse_with(call, CODE_INVALID_PARAMETER, "proposer", "proposer is no address of this chain");
    return false;
}

static void proposals(struct rest *rest)
{
    struct call *call = &rest->call;
    struct governance_filter filter;
    uint32_t limit;
    uint64_t from, next;
    if (!filter_of(rest, &filter) || !call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    governance_proposals(rules_of(rest), head_state(rest), &filter, from, limit, call->arena, page, &next);
    if (next != 0) page->next_cursor = call_cursor(call, next);
    call_answer(call, 200, &wire_gov_proposal_page, page);
}

static void proposal(struct rest *rest)
{
    struct hash id;
    if (!proposal_of(rest, &id)) return;
    struct gov_proposal_view *view = arena_new(rest->call.arena, struct gov_proposal_view);
    if (governance_proposal(rules_of(rest), head_state(rest), &id, rest->call.arena, view))
        call_answer(&rest->call, 200, &wire_gov_proposal, view);
    else no_proposal(rest);
}

static void votes(struct rest *rest)
{
    struct call *call = &rest->call;
    struct hash id;
    uint32_t limit;
    uint64_t from, next;
    if (!proposal_of(rest, &id) || !call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    if (!governance_votes(head_state(rest), &id, from, limit, call->arena, page, &next)) {
        no_proposal(rest);
        return;
    }
    if (next != 0) page->next_cursor = call_cursor(call, next);
    call_answer(call, 200, &wire_ballot_page, page);
}

/* ---- writes ---- */

static void take(struct rest *rest, enum kind kind, const struct wire *ack, const char *path_member)
{
    const struct rest_takes takes = {.kinds = &kind, .kinds_count = 1, .ack = ack, .path_member = path_member};
    rest_take(rest, &takes);
}
static void create(struct rest *rest) { take(rest, KIND_PROPOSAL_CREATE, &wire_proposal_ack, NULL); }
static void vote(struct rest *rest) { take(rest, KIND_PROPOSAL_VOTE, NULL, "proposal"); }
static void execute(struct rest *rest) { take(rest, KIND_PROPOSAL_EXECUTE, NULL, "proposal"); }
static void delta_vote(struct rest *rest) { take(rest, KIND_GOV_VOTE, NULL, "proposal"); }
static void delta_execute(struct rest *rest) { take(rest, KIND_GOV_EXECUTE, NULL, "proposal"); }

/* eta_height is what queueing in the next block gives: a later block gives a later one. */
static void queue(struct rest *rest)
{
    static const enum kind kind = KIND_PROPOSAL_QUEUE;
    const struct rest_takes takes = {.kinds = &kind, .kinds_count = 1, .path_member = "proposal"};
    struct hash id;
    struct tx_ack ack;
    struct tx *tx = rest_take_tx(rest, &takes, &ack);
    if (!tx) return;
    struct queue_ack *answer = arena_new(rest->call.arena, struct queue_ack);
    answer->ack = ack;
    if (call_hash_parse(rest->args[0], &id)) answer->eta_height = governance_eta_next(head_state(rest), &id);
    call_answer(&rest->call, 202, &wire_queue_ack, answer);
    tx_unref(tx);
}

/* ---- power, parameters, treasury, mirror ---- */

static void power(struct rest *rest)
{
    struct address address;
    uint64_t height = node_height(rest->node);
    if (!address_of(rest, rest->args[0], "address", &address)) return;
    if (!call_query_u64(&rest->call, "height", 0, node_height(rest->node), &height)) return;
    struct power_view *view = arena_new(rest->call.arena, struct power_view);
    governance_power(head_state(rest), &address, (uint32_t)height, view);
    call_answer(&rest->call, 200, &wire_power, view);
}

static void parameters(struct rest *rest)
{
    struct gov_parameters_view *view = arena_new(rest->call.arena, struct gov_parameters_view);
    governance_parameters(head_state(rest), rest->call.arena, view);
    call_answer(&rest->call, 200, &wire_gov_parameters, view);
}

static void treasury(struct rest *rest)
{
    struct treasury_view *view = arena_new(rest->call.arena, struct treasury_view);
    governance_treasury(head_state(rest), rest->call.arena, view);
    call_answer(&rest->call, 200, &wire_treasury, view);
}

static void mirror(struct rest *rest)
{
    struct hash id;
    if (!proposal_of(rest, &id)) return;
    struct mirror_view *view = arena_new(rest->call.arena, struct mirror_view);
    if (governance_mirror(rules_of(rest), head_state(rest), &id, view)) call_answer(&rest->call, 200, &wire_gov_mirror, view);
    else no_proposal(rest);
}

const struct rest_handler rest_governance_handlers[] = {
    {"AG1", governors, REST_PLAIN},    {"AG2", governor, REST_PLAIN},    {"AG3", proposals, REST_PLAIN},
    {"AG4", create, REST_TX},          {"AG5", proposal, REST_PLAIN},    {"AG6", votes, REST_PLAIN},
    {"AG7", vote, REST_TX},            {"AG8", queue, REST_TX},          {"AG9", execute, REST_TX},
    {"AG10", power, REST_PLAIN},       {"AG11", parameters, REST_PLAIN}, {"AG12", treasury, REST_PLAIN},
    {"DG1", proposals, REST_PLAIN},    {"DG2", proposal, REST_PLAIN},    {"DG3", votes, REST_PLAIN},
    {"DG4", delta_vote, REST_TX},      {"DG5", delta_execute, REST_TX},  {"DG6", parameters, REST_PLAIN},
    {"DG7", mirror, REST_PLAIN},       {"DG8", power, REST_PLAIN},       {NULL, NULL, REST_PLAIN},
};
