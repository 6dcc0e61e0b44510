#include "world/sim/queue_priv.h"

#include <string.h>

enum { BLOCK_DELIVERIES = 1023 };

#define INLINE static inline __attribute__((always_inline))

INLINE bool entry_before(const struct heap4_entry *a, const struct heap4_entry *b)
{
    return a->key < b->key || (a->key == b->key && a->order < b->order);
}

/* `timers`: the items are timers, whose node.slot follows them. Known when compiled. */
INLINE void entry_put(struct heap4 *heap, size_t i, const struct heap4_entry *entry, const bool timers)
{
    heap->entries[i] = *entry;
    if (timers) ((struct timer *)entry->item)->node.slot = i + 1;
}

INLINE void sift_up(struct heap4 *heap, size_t i, struct heap4_entry entry, const bool timers)
{
    while (i > 0) {
        const size_t parent = (i - 1) / 4;
        if (!entry_before(&entry, &heap->entries[parent])) break;
        entry_put(heap, i, &heap->entries[parent], timers);
        i = parent;
    }
    entry_put(heap, i, &entry, timers);
}

INLINE void sift_down(struct heap4 *heap, size_t i, struct heap4_entry entry, const bool timers)
{
    for (;;) {
        const size_t first = 4 * i + 1;
        if (first >= heap->count) break;
        const size_t end = MIN(first + 4, heap->count);
        size_t least = first;
        for (size_t c = first + 1; c < end; c++)
            if (entry_before(&heap->entries[c], &heap->entries[least])) least = c;
        if (!entry_before(&heap->entries[least], &entry)) break;
        entry_put(heap, i, &heap->entries[least], timers);
        i = least;
    }
    entry_put(heap, i, &entry, timers);
}

INLINE void heap4_insert(struct heap4 *heap, struct heap4_entry entry, const bool timers)
{
    if (heap->count == heap->cap) {
        heap->cap = MAX(heap->cap * 2, (size_t)64);
        heap->entries = base_realloc(heap->entries, heap->cap * sizeof(struct heap4_entry));
    }
    sift_up(heap, heap->count++, entry, timers);
}

INLINE void *heap4_pop(struct heap4 *heap, const bool timers)
{
    void *item = heap->entries[0].item;
    const struct heap4_entry last = heap->entries[--heap->count];
    if (heap->count) sift_down(heap, 0, last, timers);
    return item;
}

void timers_insert(struct heap4 *heap, struct timer *timer)
{
    ASSERT(timer->node.slot == 0);
    heap4_insert(heap, (struct heap4_entry){timer->node.key, timer->node.order, timer}, true);
}

void timers_remove(struct heap4 *heap, struct timer *timer)
{
    if (timer->node.slot == 0) return;
    const size_t i = timer->node.slot - 1;
    ASSERT(i < heap->count && heap->entries[i].item == timer);
    timer->node.slot = 0;
    const struct heap4_entry last = heap->entries[--heap->count];
    if (i == heap->count) return;
    if (i > 0 && entry_before(&last, &heap->entries[(i - 1) / 4]))
        sift_up(heap, i, last, true);
    else
        sift_down(heap, i, last, true);
}

struct timer *timers_pop(struct heap4 *heap)
{
    struct timer *timer = heap4_pop(heap, true);
    timer->node.slot = 0;
    return timer;
}

struct block {
    struct block *next;
    struct delivery deliveries[BLOCK_DELIVERIES];
};

void calendar_done(struct calendar *calendar)
{
    for (struct block *block = calendar->blocks, *next; block; block = next) {
        next = block->next;
        base_free(block);
    }
    base_free(calendar->near.entries);
    base_free(calendar->far.entries);
    *calendar = (struct calendar){0};
}

struct delivery *calendar_take(struct calendar *calendar)
{
    if (!calendar->pool) {
        struct block *block = base_alloc(sizeof(*block));
        block->next = calendar->blocks;
        calendar->blocks = block;
        for (size_t i = BLOCK_DELIVERIES; i-- > 0;) calendar_give(calendar, &block->deliveries[i]);
    }
    struct delivery *delivery = calendar->pool;
    calendar->pool = delivery->next;
    return delivery;
}

void calendar_give(struct calendar *calendar, struct delivery *delivery)
{
    delivery->next = calendar->pool;
    calendar->pool = delivery;
}

static void heap_push(struct heap4 *heap, struct delivery *delivery)
{
    heap4_insert(heap, (struct heap4_entry){delivery->at, delivery->order, delivery}, false);
}

void calendar_push(struct calendar *calendar, struct delivery *delivery)
{
    const uint64_t slot = delivery->at >> WHEEL_SLOT_BITS;
    if (slot <= calendar->cursor) {
        heap_push(&calendar->near, delivery);
    } else if (slot < calendar->cursor + WHEEL_SLOTS) {
        const size_t i = slot % WHEEL_SLOTS;
        delivery->next = calendar->slots[i];
        calendar->slots[i] = delivery;
        calendar->bits[i / 64] |= UINT64_C(1) << (i % 64);
        calendar->summary |= UINT64_C(1) << (i / 64);
    } else {
        heap_push(&calendar->far, delivery);
    }
}

/* The next slot with something in it behind the cursor; UINT64_MAX when there is none. */
static uint64_t wheel_next(const struct calendar *calendar)
{
    if (!calendar->summary) return UINT64_MAX;
    const size_t start = (calendar->cursor + 1) % WHEEL_SLOTS;
    const size_t word = start / 64;
    uint64_t here = calendar->bits[word] & (UINT64_MAX << (start % 64));
    size_t found = word;
    if (!here) {
        const uint64_t later = word == 63 ? 0 : calendar->summary & (UINT64_MAX << (word + 1));
        found = (size_t)__builtin_ctzll(later ? later : calendar->summary);
        here = calendar->bits[found];
    }
    const size_t index = found * 64 + (size_t)__builtin_ctzll(here);
    return calendar->cursor + 1 + (index + WHEEL_SLOTS - start) % WHEEL_SLOTS;
}

static bool calendar_refill(struct calendar *calendar, uint64_t limit_ns)
{
    uint64_t slot = wheel_next(calendar);
    if (calendar->far.count) slot = MIN(slot, calendar->far.entries[0].key >> WHEEL_SLOT_BITS);
    const uint64_t limit = limit_ns >> WHEEL_SLOT_BITS;
    if (slot == UINT64_MAX || slot > limit) {
        /* Nothing up to the limit: follow the time there, so that what comes next finds its place in the wheel. */
        if (limit_ns != UINT64_MAX) calendar->cursor = MAX(calendar->cursor, limit);
        return false;
    }
    calendar->cursor = slot;
    const size_t i = slot % WHEEL_SLOTS;
    struct delivery *list = calendar->slots[i];
    calendar->slots[i] = NULL;
    calendar->bits[i / 64] &= ~(UINT64_C(1) << (i % 64));
    if (!calendar->bits[i / 64]) calendar->summary &= ~(UINT64_C(1) << (i / 64));
    for (struct delivery *next; list; list = next) {
        next = list->next;
        __builtin_prefetch(list->packet);
        heap_push(&calendar->near, list);
    }
    while (calendar->far.count && calendar->far.entries[0].key >> WHEEL_SLOT_BITS <= slot)
        heap_push(&calendar->near, heap4_pop(&calendar->far, false));
    return true;
}

const struct heap4_entry *calendar_peek(struct calendar *calendar, uint64_t limit_ns)
{
    if (!calendar->near.count && !calendar_refill(calendar, limit_ns)) return NULL;
    return calendar->near.entries[0].key <= limit_ns ? &calendar->near.entries[0] : NULL;
}

struct delivery *calendar_pop(struct calendar *calendar)
{
    return heap4_pop(&calendar->near, false);
}
