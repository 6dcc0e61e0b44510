#include "network/ledger/staking_view.h"
#include "network/node/node_priv.h"

/* ---- State: AS1 to AS6, X1, X2, X4 ---- */

static void answer_hash(struct rest *rest, const struct hash *hash)
{
    struct bare_hash *answer = arena_new(rest->call.arena, struct bare_hash);
    answer->value = *hash;
    call_answer(&rest->call, 200, &wire_hash, answer);
}

void rest_state_root_latest(struct rest *rest) { answer_hash(rest, &rest->node->head->block->header.state_root); }

static struct stored *stored_at(struct rest *rest, struct str text)
{
    uint32_t height;
    if (!call_height_parse(text, &height)) {
        call_refuse_with(&rest->call, CODE_INVALID_PARAMETER, "height", "height is not a whole number");
        return NULL;
    }
    struct stored *stored = height <= node_height(rest->node) ? node_block_at(rest->node, height) : NULL;
    if (!stored) call_refuse_with(&rest->call, CODE_BLOCK_NOT_FOUND, "height", "this view's head is %u", node_height(rest->node));
    return stored;
}

void rest_state_root_at(struct rest *rest)
{
    struct stored *stored = stored_at(rest, rest->args[0]);
    if (stored) answer_hash(rest, &stored->block->header.state_root);
}

void rest_state_path(struct rest *rest)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    struct str text, height;
    struct hash key;
    bool has;
    if (!http_unescape(call->arena, rest->args[0], &text)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "key", "the key is not percent-encoded text");
        return;
    }
    const enum code code = ledger_key_parse(node_chain(rest->node), text, &key);
    if (code != CODE_NONE) {
        call_refuse_with(call, code, "key", "a key is space:ident, as account:ax1...");
        return;
    }
    if (!call_query_str(call, "height", &height, &has)) return;
    struct stored *stored = has ? stored_at(rest, height) : node->head;
    if (!stored) return;
    struct poststate *post = stored == node->final ? node->final_post : stored->post;
    if (!post && stored_height(stored) > node_final_height(node)) post = node_post_of(node, stored);
    if (!post) {
        call_refuse_with(call, CODE_BLOCK_NOT_FOUND, "height", "states are kept for the last %u final blocks", POSTSTATES_KEPT);
        return;
    }
    struct state_path *path = arena_new(call->arena, struct state_path);
    ledger_path_view(poststate_state(post), stored_hash(stored), &key, call->arena, path);
    call_answer(call, 200, &wire_state_path, path);
}

void rest_account(struct rest *rest)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    struct address address;
    const enum code code = address_parse(rest->args[0], node_chain(rest->node), &address);
    if (code != CODE_NONE) {
        call_refuse_with(call, code, "address", STR_FMT, STR_ARG(code_message(code)));
        return;
    }
    struct account_view *view = arena_new(call->arena, struct account_view);
    ledger_account_view(node_state(node, false), &address, mempool_pending_nonce(node->pool, &address), call->arena, view);
    call_answer(call, 200, &wire_account, view);
}

static void answer_committee(struct rest *rest, struct committee *committee)
{
    struct committee_view *view = arena_new(rest->call.arena, struct committee_view);
    view->committee = committee_ref(committee);
    call_answer(&rest->call, 200, &wire_committee, view);
}

void rest_committee_latest(struct rest *rest)
{
    struct replica_status status;
    replica_status(rest->node->replica, &status);
    if (status.committee) answer_committee(rest, status.committee);
    else call_refuse_with(&rest->call, CODE_COMMITTEE_NOT_FOUND, NULL, "this network has no validators");
}

/* In force at a round: the newest committee of this view whose start_round is not above it. */
void rest_committee_at(struct rest *rest)
{
    uint64_t round;
    struct node *node = rest->node;
    struct replica_status status;
    if (!str_to_u64(rest->args[0], &round)) {
        call_refuse_with(&rest->call, CODE_INVALID_PARAMETER, "round", "a round is a whole number");
        return;
    }
    replica_status(node->replica, &status);
    struct committee *found = NULL;
    if (node->space->committee && round >= node->space->committee->start_round) found = node->space->committee;
    for (size_t i = 0; blockstore_epoch_at(node->space->store, i); i++) {
        const struct stored_epoch *epoch = blockstore_epoch_at(node->space->store, i);
        const uint32_t height = stored_height(epoch->base);
        if (height > node_final_height(node) || node_block_at(node, height) != epoch->base) continue;
        if (epoch->committee && epoch->committee->start_round <= round && (!found || epoch->committee->epoch > found->epoch)) found = epoch->committee;
    }
    if (!found || round > status.round)
        call_refuse_with(&rest->call, CODE_COMMITTEE_NOT_FOUND, "round", "no committee is known for that round; this view is in round %llu",
                         (unsigned long long)status.round);
    else answer_committee(rest, found);
}

/* ---- validators ---- */

static void validator_fill(struct rest *rest, const struct ledger_validator *from, struct validator_view *out)
{
    const struct participation part = blockstore_participation(rest->node->space->store, &from->address);
    const struct replica_status *status = NULL;
    struct replica_status now;
    uint32_t index;
    replica_status(rest->node->replica, &now);
    status = &now;
    *out = (struct validator_view){
        .address = from->address,
        .name = str_dup(rest->call.arena, str_of(from->name)),
        .consensus_key = from->consensus_key,
        .stake = from->self_bonded,
        .bonded = from->bonded,
        .commission_bps = from->commission_bps,
        .is_active = status->committee && committee_find(status->committee, &from->address, &index),
        .jailed = from->jailed,
        .uptime_bps = part.window_blocks ? (uint16_t)(part.window_votes * 10000ull / part.window_blocks) : 10000,
        .proposed = part.proposed,
        .missed_proposals = part.missed_proposals,
        .votes = part.votes,
        .missed_votes = part.missed_votes,
        .slashed = from->slashed,
        .pending_rewards = staking_pending_at(from),
    };
}

void rest_validators(struct rest *rest)
{
    uint32_t limit;
    uint64_t from;
    struct call *call = &rest->call;
    if (!call_query_page(call, false, &limit, &from)) return;
    const struct ledger_state *state = node_state(rest->node, false);
    const size_t count = ledger_validators_count(state);
    const size_t first = MIN(from, count), taken = MIN(limit, count - first);
    struct page *page = arena_new(call->arena, struct page);
    struct validator_view *items = arena_array(call->arena, struct validator_view, taken);
    for (size_t i = 0; i < taken; i++) {
        struct ledger_validator validator;
        ledger_validator_at(state, first + i, &validator);
        validator_fill(rest, &validator, &items[i]);
    }
    *page = (struct page){.items = items, .count = (uint32_t)taken};
    if (first + taken < count) page->next_cursor = call_cursor(call, first + taken);
    call_answer(call, 200, &wire_validator_page, page);
}

void rest_validator(struct rest *rest)
{
    struct address address;
    struct ledger_validator validator;
    const enum code code = address_parse(rest->args[0], node_chain(rest->node), &address);
    if (code != CODE_NONE) {
        call_refuse_with(&rest->call, code, "address", STR_FMT, STR_ARG(code_message(code)));
        return;
    }
    if (!ledger_validator_find(node_state(rest->node, false), &address, &validator)) {
        call_refuse_with(&rest->call, CODE_VALIDATOR_NOT_FOUND, "address", "no validator has that address");
        return;
    }
    struct validator_view *view = arena_new(rest->call.arena, struct validator_view);
    validator_fill(rest, &validator, view);
    call_answer(&rest->call, 200, &wire_validator, view);
}

void rest_supply(struct rest *rest)
{
    bool finalized = false;
    if (!call_query_bool(&rest->call, "finalized", &finalized)) return;
    struct supply *supply = arena_new(rest->call.arena, struct supply);
    ledger_supply(node_state(rest->node, finalized), supply);
    supply->height = finalized ? node_final_height(rest->node) : node_height(rest->node);
    supply->finalized_height = node_final_height(rest->node);
    call_answer(&rest->call, 200, &wire_supply, supply);
}
