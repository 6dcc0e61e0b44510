#include "core/metrics/recorder.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    EVENT_WORDS = sizeof(struct event) / sizeof(uint64_t),
    RING_SLOTS = 1 << 17, /* more than EVENTS_MAX, so that a reader of the last ones is far from the writer */
    LASTING_CHUNK = 256,
};
_Static_assert(RING_SLOTS > EVENTS_MAX + EVENTS_MAX / 4, "the writer may go on while a reader copies");

/* A passing event as words, each atomic: a reader that races with the writer gets a mixture, never undefined behaviour, and
 * throws it away. */
struct slot {
    _Atomic uint64_t words[EVENT_WORDS];
    _Atomic uint64_t order;
};

struct lasting {
    struct event event;
    uint64_t order;
    uint16_t text_bytes;
    char text[EVENT_TEXT_BYTES - sizeof(uint16_t)];
};
struct chunk {
    struct chunk *next; /* set before anything in it is published */
    struct lasting items[LASTING_CHUNK];
};

struct recorder {
    uint32_t shard;
    struct slot *ring;
    struct chunk *first, *last; /* `last` is the writer's */
    uint64_t order;             /* the writer's */
    _Alignas(64) _Atomic uint64_t passing; /* published: events 0 .. passing - 1 were written */
    _Atomic uint64_t lasting;              /* published: of these the first LASTING_MAX are kept */
};

struct recorder *recorder_new(uint32_t shard)
{
    struct recorder *recorder = aligned_alloc(_Alignof(struct recorder), sizeof(*recorder));
    ASSERT(recorder != NULL);
    memset(recorder, 0, sizeof(*recorder));
    recorder->shard = shard;
    recorder->ring = base_alloc(RING_SLOTS * sizeof(*recorder->ring)); /* untouched pages cost nothing */
    recorder->first = recorder->last = base_alloc(sizeof(*recorder->first));
    return recorder;
}

void recorder_free(struct recorder *recorder)
{
    if (recorder == NULL) return;
    while (recorder->first != NULL) {
        struct chunk *next = recorder->first->next;
        base_free(recorder->first);
        recorder->first = next;
    }
    base_free(recorder->ring);
    free(recorder);
}

/* Every word is stored with release order: whoever sees one (with acquire) also sees the count published before it, and so
 * knows that the slot has been taken for a later event. */
static void passing_add(struct recorder *recorder, const struct event *event)
{
    const uint64_t n = atomic_load_explicit(&recorder->passing, memory_order_relaxed);
    struct slot *slot = &recorder->ring[n % RING_SLOTS];
    uint64_t words[EVENT_WORDS];
    memcpy(words, event, sizeof(words));
    for (size_t i = 0; i < EVENT_WORDS; i++) atomic_store_explicit(&slot->words[i], words[i], memory_order_release);
    atomic_store_explicit(&slot->order, recorder->order++, memory_order_release);
    atomic_store_explicit(&recorder->passing, n + 1, memory_order_release);
}

static size_t text_cut(struct str text, size_t bytes_max)
{
    if (text.len <= bytes_max) return text.len;
    size_t len = bytes_max;
    while (len > 0 && ((uint8_t)text.data[len] & 0xc0) == 0x80) len--; /* not inside a character */
    return len;
}

static void lasting_add(struct recorder *recorder, const struct event *event, struct str text)
{
    const uint64_t n = atomic_load_explicit(&recorder->lasting, memory_order_relaxed);
    if (n < LASTING_MAX) {
        if (n > 0 && n % LASTING_CHUNK == 0) recorder->last = recorder->last->next = base_alloc(sizeof(struct chunk));
        struct lasting *item = &recorder->last->items[n % LASTING_CHUNK];
        item->event = *event;
        item->order = recorder->order;
        item->text_bytes = (uint16_t)text_cut(text, sizeof(item->text) - 1);
        if (item->text_bytes > 0) memcpy(item->text, text.data, item->text_bytes);
    }
    recorder->order++;
    atomic_store_explicit(&recorder->lasting, n + 1, memory_order_release);
}

void recorder_add_text(struct recorder *recorder, const struct event *event, struct str text)
{
    if (event_kind_is_lasting((enum event_kind)event->kind))
        lasting_add(recorder, event, text);
    else
        passing_add(recorder, event);
}

void recorder_add(struct recorder *recorder, const struct event *event) { recorder_add_text(recorder, event, STR("")); }

uint64_t recorder_count(const struct recorder *recorder)
{
    return atomic_load_explicit(&recorder->passing, memory_order_acquire) +
           atomic_load_explicit(&recorder->lasting, memory_order_acquire);
}

/* Copies event n when the ring still had it all the while. */
static bool passing_read(const struct recorder *recorder, uint64_t n, struct recorded *out)
{
    const struct slot *slot = &recorder->ring[n % RING_SLOTS];
    uint64_t words[EVENT_WORDS];
    for (size_t i = 0; i < EVENT_WORDS; i++) words[i] = atomic_load_explicit(&slot->words[i], memory_order_acquire);
    const uint64_t order = atomic_load_explicit(&slot->order, memory_order_acquire);
    /* At a count of n + RING_SLOTS the writer may be at work in this very slot. */
    if (atomic_load_explicit(&recorder->passing, memory_order_acquire) >= n + RING_SLOTS) return false;
    *out = (struct recorded){.shard = recorder->shard, .order = order, .text = STR("")};
    memcpy(&out->event, words, sizeof(words));
    return true;
}

static void passing_collect(const struct recorder *recorder, size_t max, struct recorded_list *out)
{
    const uint64_t count = atomic_load_explicit(&recorder->passing, memory_order_acquire);
    out->passing_total += count;
    for (uint64_t n = count > max ? count - max : 0; n < count; n++) {
        struct recorded item;
        if (passing_read(recorder, n, &item)) vec_push(&out->items, item);
    }
}

static void lasting_collect(const struct recorder *recorder, struct recorded_list *out)
{
    const uint64_t count = atomic_load_explicit(&recorder->lasting, memory_order_acquire);
    const uint64_t kept = MIN(count, LASTING_MAX);
    out->lasting_total += count;
    out->lasting_left_out += count - kept;
    const struct chunk *chunk = recorder->first;
    for (uint64_t n = 0; n < kept; n++) {
        if (n > 0 && n % LASTING_CHUNK == 0) chunk = chunk->next;
        const struct lasting *item = &chunk->items[n % LASTING_CHUNK];
        const struct recorded entry = {item->event, recorder->shard, item->order, {item->text, item->text_bytes}};
        vec_push(&out->items, entry);
    }
}

static int recorded_cmp(const void *left, const void *right)
{
    const struct recorded *a = left, *b = right;
    if (a->event.at.ns != b->event.at.ns) return a->event.at.ns < b->event.at.ns ? -1 : 1;
    if (a->shard != b->shard) return a->shard < b->shard ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

void recorder_read(struct recorder *const *shards, size_t count, size_t passing_max, struct recorded_list *out)
{
    passing_max = MIN(passing_max, (size_t)EVENTS_MAX);
    for (size_t i = 0; i < count; i++) passing_collect(shards[i], passing_max, out);
    if (out->items.count > 0) qsort(out->items.data, out->items.count, sizeof(*out->items.data), recorded_cmp);
    if (out->items.count > passing_max) { /* the oldest of them go */
        memmove(out->items.data, out->items.data + out->items.count - passing_max, passing_max * sizeof(*out->items.data));
        out->items.count = passing_max;
    }
    out->passing_left_out = out->passing_total - out->items.count;
    for (size_t i = 0; i < count; i++) lasting_collect(shards[i], out);
    if (out->items.count > 0) qsort(out->items.data, out->items.count, sizeof(*out->items.data), recorded_cmp);
}

void recorded_list_done(struct recorded_list *list)
{
    vec_done(&list->items);
    *list = (struct recorded_list){0};
}
