#include <stdlib.h>

#include "network/node/mempool_priv.h"

bool lead_is_worse(const struct entry *a, const struct entry *b)
{
    if (a->by_tip && !amount_eq(a->tx->tip, b->tx->tip)) return amount_cmp(a->tx->tip, b->tx->tip) < 0;
    return a->arrival > b->arrival;
}

/* Two ready ones of a lane. */
static int order_cmp(const struct entry *a, const struct entry *b)
{
    if (a->lead != b->lead) return lead_is_worse(a->lead, b->lead) ? 1 : -1;
    if (a->tx->nonce != b->tx->nonce) return a->tx->nonce < b->tx->nonce ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

static int order_cmp_at(const void *a, const void *b) { return order_cmp(*(struct entry *const *)a, *(struct entry *const *)b); }

static size_t ready_count(const struct mempool *pool) { return (size_t)pool->ready[LANE_GENERAL] + pool->ready[LANE_DEX]; }

/* By arrival the newest stands last of its lane: before the parked ones. */
static void dex_append(struct mempool *pool, struct entry *entry)
{
    const size_t parked = map_count(&pool->ids) - ready_count(pool);
    vec_push(&pool->order, entry);
    struct entry **end = pool->order.data + pool->order.count - 1;
    memmove(end - parked + 1, end - parked, parked * sizeof(*end));
    end[-(ptrdiff_t)parked] = entry;
}

void order_note(struct mempool *pool, struct entry *entry)
{
    pool->m2_valid = false;
    if (!pool->order_valid) return;
    if (!entry->ready)
        vec_push(&pool->order, entry); /* parked ones stand last, in order of entering */
    else if (entry->lane == LANE_GENERAL)
        vec_push(&pool->fresh, entry);
    else if (!entry->by_tip)
        dex_append(pool, entry);
    else
        order_forget(pool);
}

static void order_rebuild(struct mempool *pool)
{
    const size_t total = map_count(&pool->ids), dex_at = pool->ready[LANE_GENERAL], parked_at = ready_count(pool);
    vec_clear(&pool->order);
    vec_clear(&pool->fresh);
    vec_reserve(&pool->order, total);
    pool->order.count = total;
    size_t general = 0, dex = dex_at, parked = parked_at;
    for (size_t i = map_next(&pool->ids, 0); i != MAP_END; i = map_next(&pool->ids, i + 1)) {
        struct entry *entry = *(struct entry **)map_value_at(&pool->ids, i);
        size_t *at = !entry->ready ? &parked : entry->lane == LANE_DEX ? &dex : &general;
        pool->order.data[(*at)++] = entry;
    }
    ASSERT(general == dex_at && dex == parked_at && parked == total);
    if (total > 0) {
        qsort(pool->order.data, dex_at, sizeof(*pool->order.data), order_cmp_at);
        qsort(pool->order.data + dex_at, parked_at - dex_at, sizeof(*pool->order.data), order_cmp_at);
    }
    pool->order_valid = true;
}

/* Merges what came since into the general part, from its end. */
static void order_merge(struct mempool *pool)
{
    const size_t fresh = pool->fresh.count, old = pool->order.count, general = pool->ready[LANE_GENERAL] - fresh;
    qsort(pool->fresh.data, fresh, sizeof(*pool->fresh.data), order_cmp_at);
    vec_reserve(&pool->order, fresh);
    struct entry **data = pool->order.data;
    memmove(data + general + fresh, data + general, (old - general) * sizeof(*data));
    pool->order.count = old + fresh;
    size_t left = general, right = fresh, to = general + fresh;
    while (right > 0) {
        if (left > 0 && order_cmp(data[left - 1], pool->fresh.data[right - 1]) > 0)
            data[--to] = data[--left];
        else
            data[--to] = pool->fresh.data[--right];
    }
    vec_clear(&pool->fresh);
}

/* How many of order.data[from..to) fit. */
static size_t room_fill(const struct mempool *pool, size_t from, size_t to, struct mempool_room room,
                        struct mempool_room *out_used)
{
    struct mempool_room used = {0};
    size_t i = from;
    for (; i < to; i++) {
        const uint32_t size = pool->order.data[i]->tx->size;
        if (used.transactions == room.transactions || used.bytes + size > room.bytes) break;
        used.transactions++;
        used.bytes += size;
    }
    *out_used = used;
    return i - from;
}

/* Each lane owns half; what one leaves the other takes (api 2.4). */
static void m2_measure(struct mempool *pool)
{
    const struct mempool_room room = mempool_room_of(ledger_params(pool->head.state));
    const struct mempool_room half = {room.transactions / 2, room.bytes / 2};
    const size_t dex_at = pool->ready[LANE_GENERAL], parked_at = ready_count(pool);
    struct mempool_room dex, general;
    (void)room_fill(pool, dex_at, parked_at, half, &dex);
    pool->m2[LANE_GENERAL] =
        room_fill(pool, 0, dex_at, (struct mempool_room){room.transactions - dex.transactions, room.bytes - dex.bytes}, &general);
    pool->m2[LANE_DEX] =
        room_fill(pool, dex_at, parked_at,
                  (struct mempool_room){room.transactions - general.transactions, room.bytes - general.bytes}, &dex);
    pool->m2_valid = true;
}

void order_ensure(struct mempool *pool)
{
    if (!pool->order_valid)
        order_rebuild(pool);
    else if (pool->fresh.count > 0)
        order_merge(pool);
}

void m2_ensure(struct mempool *pool)
{
    order_ensure(pool);
    if (!pool->m2_valid) m2_measure(pool);
}

size_t order_find(struct mempool *pool, const struct entry *entry)
{
    order_ensure(pool);
    const size_t dex_at = pool->ready[LANE_GENERAL], parked_at = ready_count(pool);
    size_t lo = !entry->ready ? parked_at : entry->lane == LANE_DEX ? dex_at : 0;
    size_t hi = !entry->ready ? pool->order.count : entry->lane == LANE_DEX ? parked_at : dex_at;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        const struct entry *other = pool->order.data[middle];
        if (entry->ready ? order_cmp(other, entry) < 0 : other->sequence < entry->sequence)
            lo = middle + 1;
        else
            hi = middle;
    }
    ASSERT(lo < pool->order.count && pool->order.data[lo] == entry);
    return lo;
}

enum tx_stage order_stage(struct mempool *pool, const struct entry *entry)
{
    if (!entry->ready) return TX_STAGE_M1;
    const struct mempool_room room = mempool_room_of(ledger_params(pool->head.state));
    if (ready_count(pool) <= room.transactions && pool->ready_bytes <= room.bytes) return TX_STAGE_M2; /* all of them fit */
    m2_ensure(pool);
    const size_t at = order_find(pool, entry) - (entry->lane == LANE_DEX ? pool->ready[LANE_GENERAL] : 0);
    return at < pool->m2[entry->lane] ? TX_STAGE_M2 : TX_STAGE_PQ;
}

/* ---- eviction ---- */

/* a goes before b: lower tip, then later arrival; what was never ready is the latest of all. */
static bool goes_first(const struct entry *a, const struct entry *b)
{
    const int tip = amount_cmp(a->tx->tip, b->tx->tip);
    if (tip != 0) return tip < 0;
    const uint64_t a_arrival = a->arrival != 0 ? a->arrival : UINT64_MAX, b_arrival = b->arrival != 0 ? b->arrival : UINT64_MAX;
    return a_arrival != b_arrival ? a_arrival > b_arrival : a->sequence > b->sequence;
}

static void heap_place(struct mempool *pool, size_t slot, struct entry *entry)
{
    pool->heap.data[slot - 1] = entry;
    entry->slot = slot;
}

static size_t heap_up(struct mempool *pool, size_t slot)
{
    struct entry *entry = pool->heap.data[slot - 1];
    for (; slot > 1 && goes_first(entry, pool->heap.data[slot / 2 - 1]); slot /= 2)
        heap_place(pool, slot, pool->heap.data[slot / 2 - 1]);
    heap_place(pool, slot, entry);
    return slot;
}

static void heap_down(struct mempool *pool, size_t slot)
{
    struct entry *entry = pool->heap.data[slot - 1];
    for (;;) {
        size_t child = slot * 2;
        if (child > pool->heap.count) break;
        if (child < pool->heap.count && goes_first(pool->heap.data[child], pool->heap.data[child - 1])) child++;
        if (!goes_first(pool->heap.data[child - 1], entry)) break;
        heap_place(pool, slot, pool->heap.data[child - 1]);
        slot = child;
    }
    heap_place(pool, slot, entry);
}

void heap_add(struct mempool *pool, struct entry *entry)
{
    if (!pool->heap_valid) return;
    vec_push(&pool->heap, entry);
    (void)heap_up(pool, pool->heap.count); /* where it ends is in the entry */
}

void heap_moved(struct mempool *pool, struct entry *entry)
{
    if (!pool->heap_valid || entry->slot == 0) return;
    heap_down(pool, heap_up(pool, entry->slot));
}

void heap_remove_entry(struct mempool *pool, struct entry *entry)
{
    if (!pool->heap_valid || entry->slot == 0) return;
    const size_t slot = entry->slot;
    struct entry *last = vec_pop(&pool->heap);
    entry->slot = 0;
    if (last == entry) return;
    heap_place(pool, slot, last);
    heap_moved(pool, last);
}

struct entry *heap_worst(struct mempool *pool)
{
    if (!pool->heap_valid) {
        vec_clear(&pool->heap);
        for (size_t i = map_next(&pool->ids, 0); i != MAP_END; i = map_next(&pool->ids, i + 1)) {
            struct entry *entry = *(struct entry **)map_value_at(&pool->ids, i);
            vec_push(&pool->heap, entry);
            entry->slot = pool->heap.count;
        }
        for (size_t slot = pool->heap.count / 2; slot > 0; slot--) heap_down(pool, slot);
        pool->heap_valid = true;
    }
    ASSERT(pool->heap.count > 0);
    return pool->heap.data[0];
}
