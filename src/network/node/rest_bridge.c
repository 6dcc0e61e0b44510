#include "network/ledger/bridge_view.h"
#include "network/node/node_priv.h"

/* ---- The bridge: DC1 to DC4, X5 to X7, X15, X25 ---- */

/* What this view knows of both chains: of the other one by the node of the same validator, where that runs. */
static struct bridge_sight sight_of(struct node *node)
{
    struct bridge_sight sight = {.state = node_state(node, false), .final_height = node_final_height(node)};
    struct node *other = node->space->sibling ? node->space->sibling(node->space->sibling_ctx, node->index) : NULL;
    if (!other) return sight;
    sight.other = node_state(other, false);
    sight.other_final_height = node_final_height(other);
    return sight;
}

/* A chain that runs alone has no bridge. */
static bool has_bridge(struct rest *rest)
{
    if (rest->node->space->rules.peer.chain != 0) return true;
    call_refuse_with(&rest->call, CODE_FEATURE_NOT_AVAILABLE, NULL, "this network runs one chain alone: it has no bridge");
    return false;
}

static bool id_of(struct rest *rest, const char *name, struct hash *out)
{
    if (!has_bridge(rest)) return false;
    if (call_hash_parse(rest->args[0], out)) return true;
    call_refuse_with(&rest->call, CODE_INVALID_PARAMETER, name, "%s is 64 lower-case hex digits", name);
    return false;
}

static void serve_lock(struct rest *rest)
{
    struct hash id;
    if (!id_of(rest, "lock_id", &id)) return;
    const struct bridge_sight sight = sight_of(rest->node);
    struct lock_view *view = arena_new(rest->call.arena, struct lock_view);
    if (bridge_lock_view(&sight, &id, rest->call.arena, view)) call_answer(&rest->call, 200, &wire_lock, view);
    else call_refuse_with(&rest->call, CODE_LOCK_NOT_FOUND, "lock_id", "no such lock");
}

static void serve_lock_in(struct rest *rest)
{
    struct hash id;
    if (!id_of(rest, "lock_id", &id)) return;
    const struct bridge_sight sight = sight_of(rest->node);
    struct lock_in_view *view = arena_new(rest->call.arena, struct lock_in_view);
    if (bridge_lock_in_view(&sight, &id, rest->call.arena, view)) call_answer(&rest->call, 200, &wire_lock_in, view);
    else call_refuse_with(&rest->call, CODE_LOCK_NOT_FOUND, "lock_id", "no such lock is known here");
}

static void serve_unlock(struct rest *rest)
{
    struct hash id;
    if (!id_of(rest, "burn_id", &id)) return;
    const struct bridge_sight sight = sight_of(rest->node);
    struct unlock_view *view = arena_new(rest->call.arena, struct unlock_view);
    if (bridge_unlock_view(&sight, &id, view)) call_answer(&rest->call, 200, &wire_unlock, view);
    else call_refuse_with(&rest->call, CODE_BURN_NOT_FOUND, "burn_id", "no such burn is known here");
}

/* `direction` (in), `after`, `type` (a name, or its number). */
struct asked {
    enum ipc_direction direction;
    uint64_t after;
    unsigned type;
    uint32_t limit;
};

static bool type_parse(struct str text, unsigned *out)
{
    enum ipc_type type;
    uint64_t number;
    if (ipc_type_parse(text, &type)) return *out = type, true;
    if (!str_to_u64(text, &number) || number < IPC_BLOCK_FINALIZED || number > IPC_GOVERNANCE_TALLY) return false;
    *out = (unsigned)number;
    return true;
}

static bool asked_read(struct call *call, struct asked *out)
{
    struct str direction, type;
    bool has_direction, has_type;
    uint64_t from;
    *out = (struct asked){.direction = DIRECTION_IN};
    if (!call_query_page(call, false, &out->limit, &from) || !call_query_u64(call, "after", 0, JSON_INT_MAX, &out->after)) return false;
    if (!call_query_str(call, "direction", &direction, &has_direction) || !call_query_str(call, "type", &type, &has_type)) return false;
    if (has_direction && !ipc_direction_parse(direction, &out->direction)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "direction", "direction is in or out");
        return false;
    }
    if (has_type && !type_parse(type, &out->type)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "type", "no kind of message has that name");
        return false;
    }
    out->after = MAX(out->after, from);
    return true;
}

static void serve_messages(struct rest *rest)
{
    struct call *call = &rest->call;
    struct asked asked;
    if (!has_bridge(rest) || !asked_read(call, &asked)) return;
    const struct bridge_sight sight = sight_of(rest->node);
    struct page *page = arena_new(call->arena, struct page);
    struct ipc_record *items = arena_array(call->arena, struct ipc_record, asked.limit);
    bool more = false;
    uint64_t next;
    page->items = items;
    page->count = bridge_records(&sight, asked.direction, asked.after, asked.type, asked.limit, call->arena, items, &more, &next);
    if (more) page->next_cursor = call_cursor(call, next);
    call_answer(call, 200, &wire_ipc_record_page, page);
}

static void serve_proof(struct rest *rest)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    struct hash id;
    uint64_t sequence;
    uint32_t height, index;
    if (!id_of(rest, "message_id", &id)) return;
    const struct ledger_state *state = node_state(node, false);
    struct ipc_proof_view *proof = arena_new(call->arena, struct ipc_proof_view);
    const bool found = bridge_sent_find(state, &id, &sequence, &height, &index) && bridge_message_proof(state, sequence, call->arena, proof);
    struct stored *stored = found ? node_block_at(node, height) : NULL;
    if (!stored) {
        call_refuse_with(call, CODE_MESSAGE_NOT_FOUND, "message_id", "this chain has sent no such message");
        return;
    }
    proof->block_hash = *stored_hash(stored);
    call_answer(call, 200, &wire_ipc_proof, proof);
}

static void serve_status(struct rest *rest)
{
    if (!has_bridge(rest)) return;
    const struct bridge_sight sight = sight_of(rest->node);
    struct ipc_status_view *view = arena_new(rest->call.arena, struct ipc_status_view);
    bridge_status(&sight, view);
    call_answer(&rest->call, 200, &wire_ipc_status, view);
}

static void serve_mint(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_MINT_CLAIM};
    if (has_bridge(rest)) rest_take(rest, &(const struct rest_takes){kinds, ARRAY_LEN(kinds), &wire_mint_ack, NULL});
}

static void serve_burn(struct rest *rest)
{
    static const enum kind kinds[] = {KIND_BURN};
    if (has_bridge(rest)) rest_take(rest, &(const struct rest_takes){kinds, ARRAY_LEN(kinds), &wire_burn_ack, NULL});
}

const struct rest_handler rest_bridge_handlers[] = {
    {"DC1", serve_lock_in, REST_PLAIN}, {"DC2", serve_mint, REST_TX},       {"DC3", serve_burn, REST_TX},
    {"DC4", serve_messages, REST_PLAIN}, {"X5", serve_lock, REST_PLAIN},     {"X6", serve_unlock, REST_PLAIN},
    {"X7", serve_messages, REST_PLAIN}, {"X15", serve_proof, REST_PLAIN},   {"X25", serve_status, REST_PLAIN},
    {NULL, NULL, REST_PLAIN},
};
