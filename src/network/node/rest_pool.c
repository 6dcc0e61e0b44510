#include "network/node/node_priv.h"

/* ---- Mempool: AM1 to AM4 ---- */

void rest_pool_ids(struct rest *rest)
{
    uint32_t limit;
    uint64_t from;
    struct call *call = &rest->call;
    struct mempool *pool = rest->node->pool;
    if (!call_query_page(call, true, &limit, &from)) return;
    const size_t count = mempool_count(pool);
    const size_t first = MIN(from, count), taken = MIN(limit, count - first);
    struct hash_list *list = arena_new(call->arena, struct hash_list);
    list->items = arena_array(call->arena, struct hash, taken);
    list->count = (uint32_t)taken;
    for (size_t i = 0; i < taken; i++) {
        struct mempool_entry entry;
        mempool_entry_at(pool, first + i, &entry);
        list->items[i] = entry.tx->id;
    }
    if (first + taken < count) list->next_cursor = call_cursor(call, first + taken);
    call_answer_bare(call, &wire_hash_list, list, list->next_cursor);
}

static void entry_fill(const struct mempool_entry *from, struct pool_entry *out)
{
    const struct kind_row *kind = kind_find(from->tx->kind);
    *out = (struct pool_entry){
        .transaction_id = from->tx->id,
        .stage = from->stage,
        .lane = from->lane,
        .arrival = {from->arrival != 0, from->arrival},
        .position = from->position,
        .received_at = from->received_at_ms,
        .size = from->tx->size,
        .fee = from->tx->fee,
        .tip = from->tx->tip,
        .sender = from->tx->sender,
        .kind = kind ? kind->name : STR("unknown"),
        .envelope = tx_ref((struct tx *)(uintptr_t)from->tx),
    };
}

void rest_pool_get(struct rest *rest)
{
    struct hash id;
    struct mempool_entry entry;
    if (!call_hash_parse(rest->args[0], &id)) {
        call_refuse_with(&rest->call, CODE_INVALID_PARAMETER, "id", "a transaction id is 64 lower-case hex digits");
        return;
    }
    if (!mempool_find(rest->node->pool, &id, &entry)) {
        call_refuse_with(&rest->call, CODE_TRANSACTION_NOT_FOUND, "id", "no such transaction waits in this view");
        return;
    }
    struct pool_entry *view = arena_new(rest->call.arena, struct pool_entry);
    entry_fill(&entry, view);
    call_answer(&rest->call, 200, &wire_pool_entry, view);
}

struct filter {
    bool has_kind, has_sender, has_stage, has_lane, has_min_tip;
    struct str kind;
    struct address sender;
    enum tx_stage stage;
    enum lane lane;
    struct amount min_tip;
};

static bool refused(struct call *call, const char *name, const char *why)
{
    call_refuse_with(call, CODE_INVALID_PARAMETER, name, "%s", why);
    return false;
}

static bool filter_read(struct call *call, enum chain_id chain, struct filter *out)
{
    struct str text;
    static const char *const stages[] = {"m1", "pq", "m2"};
    if (!call_query_str(call, "kind", &out->kind, &out->has_kind)) return false;
    if (out->has_kind && !kind_find_name(chain, out->kind)) return refused(call, "kind", "this chain has no such kind");
    if (!call_query_str(call, "sender", &text, &out->has_sender)) return false;
    if (out->has_sender && address_parse(text, chain, &out->sender) != CODE_NONE)
        return refused(call, "sender", "sender is not an address of this chain");
    if (!call_query_str(call, "stage", &text, &out->has_stage)) return false;
    if (out->has_stage) {
        size_t i = 0;
        while (i < ARRAY_LEN(stages) && !str_eq(text, str_of(stages[i]))) i++;
        if (i == ARRAY_LEN(stages)) return refused(call, "stage", "stage is m1, pq or m2");
        out->stage = (enum tx_stage)i;
    }
    if (!call_query_str(call, "lane", &text, &out->has_lane)) return false;
    if (out->has_lane && !lane_parse(text, &out->lane)) return refused(call, "lane", "lane is general or dex");
    if (!call_query_str(call, "min_tip", &text, &out->has_min_tip)) return false;
    if (out->has_min_tip && amount_parse(text, &out->min_tip) != CODE_NONE) return refused(call, "min_tip", "min_tip is not an amount");
    return true;
}

static bool filter_takes(const struct filter *filter, const struct mempool_entry *entry)
{
    const struct kind_row *kind = kind_find(entry->tx->kind);
    if (filter->has_kind && !(kind && str_eq(kind->name, filter->kind))) return false;
    if (filter->has_sender && !address_eq(&filter->sender, &entry->tx->sender)) return false;
    if (filter->has_stage && filter->stage != entry->stage) return false;
    if (filter->has_lane && filter->lane != entry->lane) return false;
    return !filter->has_min_tip || amount_cmp(entry->tx->tip, filter->min_tip) >= 0;
}

void rest_pool_entries(struct rest *rest)
{
    uint32_t limit;
    uint64_t from;
    struct filter filter = {0};
    struct call *call = &rest->call;
    struct mempool *pool = rest->node->pool;
    if (!filter_read(call, node_chain(rest->node), &filter) || !call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    struct pool_entry *items = arena_array(call->arena, struct pool_entry, limit);
    *page = (struct page){.items = items};
    const size_t count = mempool_count(pool);
    for (size_t i = MIN(from, count); i < count; i++) {
        struct mempool_entry entry;
        mempool_entry_at(pool, i, &entry);
        if (!filter_takes(&filter, &entry)) continue;
        if (page->count == limit) {
            page->next_cursor = call_cursor(call, i);
            break;
        }
        entry_fill(&entry, &items[page->count++]);
    }
    call_answer(call, 200, &wire_pool_entry_page, page);
}

void rest_pool_stats(struct rest *rest)
{
    struct arena *arena = rest->call.arena;
    struct mempool_stats *stats = arena_new(arena, struct mempool_stats);
    struct pool_stats *view = arena_new(arena, struct pool_stats);
    mempool_stats(rest->node->pool, stats);
    *view = (struct pool_stats){
        .m1 = stats->m1,
        .pq = stats->pq,
        .m2 = stats->m2,
        .lane_general = stats->general,
        .lane_dex = stats->dex,
        .total = stats->total,
        .capacity = stats->capacity,
        .bytes = stats->bytes,
        .oldest_at = {stats->has_oldest, stats->oldest_at_ms},
        .min_tip_to_enter = stats->min_tip_to_enter,
        .admitted = stats->admitted,
        .rejected = arena_array(arena, struct code_count, CODE_COUNT),
        .evicted = stats->evicted,
        .expired = stats->expired,
    };
    for (enum code code = 0; code < CODE_COUNT; code++)
        if (stats->rejected[code] > 0) view->rejected[view->rejected_count++] = (struct code_count){code, stats->rejected[code]};
    call_answer(&rest->call, 200, &wire_pool_stats, view);
}
