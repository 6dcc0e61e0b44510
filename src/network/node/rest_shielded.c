/* The shielded pool: X8, X9, X10, X26, X27. */
#include "network/ledger/shielded_view.h"
#include "network/node/node_priv.h"

/* Where a list begins: the cursor, else `from` of the query, else the first of a height. */
static bool list_start(struct call *call, uint64_t of_height, uint32_t *out_limit, uint32_t *out_from)
{
    uint64_t cursor = 0, from = of_height;
    struct str text;
    bool paged;
    if (!call_query_page(call, true, out_limit, &cursor) || !call_query_str(call, "cursor", &text, &paged)) return false;
    if (!call_query_u64(call, "from", 0, UINT32_MAX, &from)) return false;
    *out_from = (uint32_t)MIN(paged ? cursor : from, UINT32_MAX);
    return true;
}

static void rest_notes(struct rest *rest)
{
    struct call *call = &rest->call;
    const struct ledger_state *state = node_state(rest->node, false);
    uint64_t height = 0;
    uint32_t limit, from;
    if (!call_query_u64(call, "from_height", 0, UINT32_MAX, &height)) return;
    if (!list_start(call, ledger_notes_from_height(state, (uint32_t)height), &limit, &from)) return;
    const uint32_t total = ledger_notes_count(state, UINT32_MAX), most = from < total ? MIN(limit, total - from) : 0;
    struct note_view *items = arena_array(call->arena, struct note_view, MAX(most, 1u));
    struct page *page = arena_new(call->arena, struct page);
    *page = (struct page){.items = items,
                          .count = ledger_notes_view(state, from, most, node_final_height(rest->node), call->arena, items)};
    if (from + page->count < total) page->next_cursor = call_cursor(call, from + page->count);
    call_answer_bare(call, &wire_note_list, page, page->next_cursor);
}

static void rest_shielded_state(struct rest *rest)
{
    struct shielded_state_view *view = arena_new(rest->call.arena, struct shielded_state_view);
    ledger_shielded_view(node_state(rest->node, false), view);
    call_answer(&rest->call, 200, &wire_shielded_state, view);
}

static void rest_nullifier(struct rest *rest)
{
    struct call *call = &rest->call;
    struct hash image;
    if (!call_hash_parse(rest->args[0], &image)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "nullifier", "a key image is 64 lower-case hex digits");
        return;
    }
    struct nullifier_status *view = arena_new(call->arena, struct nullifier_status);
    ledger_nullifier_view(node_state(rest->node, false), &image, view);
    view->pending = mempool_has_image(rest->node->pool, &image);
    call_answer(call, 200, &wire_nullifier_status, view);
}

static void rest_count(struct rest *rest)
{
    struct call *call = &rest->call;
    uint32_t height;
    if (!call_height_parse(rest->args[0], &height)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "height", "height is not a whole number");
        return;
    }
    const struct ledger_state *state = node_state(rest->node, false);
    if (height > ledger_height(state)) {
        call_refuse_with(call, CODE_BLOCK_NOT_FOUND, "height", "this view's head is %u", ledger_height(state));
        return;
    }
    struct shielded_count *view = arena_new(call->arena, struct shielded_count);
    *view = (struct shielded_count){height, ledger_notes_count(state, height)};
    call_answer(call, 200, &wire_shielded_count, view);
}

static void rest_nullifiers(struct rest *rest)
{
    struct call *call = &rest->call;
    const struct ledger_state *state = node_state(rest->node, false);
    struct shielded_state_view pool;
    uint64_t height = 0;
    uint32_t limit, from;
    if (!call_query_u64(call, "from_height", 0, UINT32_MAX, &height)) return;
    if (!list_start(call, ledger_nullifiers_from_height(state, (uint32_t)height), &limit, &from)) return;
    ledger_shielded_view(state, &pool);
    const uint32_t most = from < pool.nullifiers ? MIN(limit, pool.nullifiers - from) : 0;
    struct nullifier_view *items = arena_array(call->arena, struct nullifier_view, MAX(most, 1u));
    struct page *page = arena_new(call->arena, struct page);
    *page = (struct page){.items = items, .count = ledger_nullifiers_view(state, from, most, items)};
    if (from + page->count < pool.nullifiers) page->next_cursor = call_cursor(call, from + page->count);
    call_answer_bare(call, &wire_nullifier_list, page, page->next_cursor);
}

const struct rest_handler rest_shielded_handlers[] = {
    {"X8", rest_notes, REST_PLAIN},
    {"X9", rest_shielded_state, REST_PLAIN},
    {"X10", rest_nullifier, REST_PLAIN},
    {"X26", rest_count, REST_PLAIN},
    {"X27", rest_nullifiers, REST_PLAIN},
    {NULL, NULL, REST_PLAIN},
};
