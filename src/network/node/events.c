#include "network/node/events.h"

#include <inttypes.h>

#include "core/base/vec.h"

#define CHUNK_EVENTS 256  /* most events in one piece of a stream */
#define WINDOW_EVENTS 1024 /* most events sent and not read by the other side */
#define RETRY_MS 20        /* for a reader whose window is full */

_Static_assert(EVENT_TYPE_COUNT <= 64, "a mask holds all types");

struct entry {
    struct text *data; /* one line of JSON; other views say the same */
    uint8_t type;
};
struct reader {
    struct http_exchange *exchange;
    uint64_t mask, next; /* the sequence it gets next */
    uint64_t whole;      /* from here on all its types are kept */
    bool live;           /* it has caught up once */
};
struct events {
    struct env *env;
    struct texts *texts;
    enum chain_id chain;
    struct entry *ring; /* by sequence % EVENTS_KEPT */
    uint64_t first, next; /* sequences kept: first ... next - 1 */
    uint64_t kept, since[EVENT_TYPE_COUNT]; /* the types that somebody has asked for, and the sequence from which they are kept */
    VEC(struct reader *) readers;
    struct timer flush, comment;
    bool flush_set;
    struct buf scratch;
};

/* ---- the log ---- */

static void flush_fire(struct timer *timer);
static void comment_fire(struct timer *timer);

struct events *events_new(struct env *env, struct texts *texts, enum chain_id chain, uint64_t first)
{
    struct events *events = base_alloc(sizeof(*events));
    *events = (struct events){.env = env, .texts = texts, .chain = chain, .first = first, .next = first, .flush = TIMER(flush_fire), .comment = TIMER(comment_fire)};
    events->ring = base_alloc(sizeof(*events->ring) * EVENTS_KEPT);
    return events;
}

static struct entry *entry_at(const struct events *events, uint64_t sequence) { return &events->ring[sequence % EVENTS_KEPT]; }

void events_forget_readers(struct events *events)
{
    for (size_t i = 0; i < events->readers.count; i++) base_free(events->readers.data[i]);
    vec_clear(&events->readers);
    env_timer_cancel(events->env, &events->flush);
    env_timer_cancel(events->env, &events->comment);
    events->flush_set = false;
}

void events_free(struct events *events)
{
    if (!events) return;
    events_forget_readers(events);
    for (uint64_t i = events->first; i < events->next; i++) text_unref(entry_at(events, i)->data);
    base_free(events->ring);
    vec_done(&events->readers);
    buf_done(&events->scratch);
    base_free(events);
}

uint64_t events_next(const struct events *events) { return events->next; }
bool events_keeps(const struct events *events, enum event_type type) { return events != NULL && (events->kept >> type & 1) != 0; }

bool events_hears(const struct events *events, enum event_type type)
{
    for (size_t i = 0; events != NULL && i < events->readers.count; i++)
        if (events->readers.data[i]->mask >> type & 1) return true;
    return false;
}

static void flush_soon(struct events *events, uint64_t ms)
{
    if (events->flush_set || events->readers.count == 0) return;
    events->flush_set = true;
    env_timer_set(events->env, &events->flush, instant_add(env_now(events->env), duration_ms(ms)));
}

static void entry_push(struct events *events, enum event_type type, struct str data)
{
    if (events->next - events->first == EVENTS_KEPT) text_unref(entry_at(events, events->first++)->data);
    *entry_at(events, events->next++) = (struct entry){texts_take(events->texts, data), (uint8_t)type};
    flush_soon(events, 0);
}

static void head_put(struct buf *out, uint64_t sequence, struct str type)
{
    buf_printf(out, "id: %" PRIu64 "\nevent: " STR_FMT "\ndata: ", sequence, STR_ARG(type));
}

void events_add_text(struct events *events, enum event_type type, struct str data)
{
    if (events_keeps(events, type)) entry_push(events, type, data);
}

void events_add(struct events *events, enum event_type type, const struct shape *shape, const void *object)
{
    if (!events_keeps(events, type)) return;
    buf_clear(&events->scratch);
    struct json_writer w = json_writer_of(&events->scratch);
    shape_write(shape, object, events->chain, &w);
    entry_push(events, type, buf_str(&events->scratch));
}

/* ---- readers ---- */

static bool type_add(struct str name, uint64_t *mask)
{
    const bool prefix = name.len > 0 && name.data[name.len - 1] == '*';
    const struct str stem = prefix ? str_sub(name, 0, name.len - 1) : name;
    bool any = false;
    for (uint32_t i = 0; i < EVENT_TYPE_COUNT; i++) {
        const struct str text = event_type_text((enum event_type)i);
        if (prefix ? !str_starts(text, stem) : !str_eq(text, name)) continue;
        *mask |= (uint64_t)1 << i;
        any = true;
    }
    return any;
}

bool events_types_parse(struct str types, uint64_t *out_mask)
{
    uint64_t mask = 0;
    struct str head, rest = types;
    if (types.len == 0) mask = UINT64_MAX;
    while (rest.len > 0) {
        struct str tail = {0};
        (void)str_cut(rest, ',', &head, &tail);
        if (!type_add(head, &mask)) return false;
        rest = tail;
    }
    *out_mask = mask;
    return true;
}

/* From now on these types are kept. Returns from where on all of them are. */
static uint64_t types_keep(struct events *events, uint64_t mask)
{
    uint64_t whole = 0;
    for (uint32_t type = 0; type < EVENT_TYPE_COUNT; type++) {
        if (!(mask >> type & 1)) continue;
        if (!(events->kept >> type & 1)) events->since[type] = events->next;
        events->kept |= (uint64_t)1 << type;
        whole = MAX(whole, events->since[type]);
    }
    return whole;
}

void events_read(struct events *events, struct http_exchange *exchange, uint64_t mask, uint64_t from)
{
    struct reader *reader = base_alloc(sizeof(*reader));
    *reader = (struct reader){.exchange = exchange, .mask = mask, .next = MIN(from, events->next), .whole = types_keep(events, mask)};
    vec_push(&events->readers, reader);
    if (events->readers.count == 1) env_timer_set(events->env, &events->comment, instant_add(env_now(events->env), duration_s(EVENTS_COMMENT_S)));
    flush_soon(events, 0);
}

/* One piece of what the reader wants next; false: its window is full, or nothing is left. */
static bool piece_send(struct events *events, struct reader *reader)
{
    struct buf *out = &events->scratch;
    uint32_t count = 0;
    if (reader->next >= events->next || http_stream_behind(reader->exchange) >= WINDOW_EVENTS) return false;
    buf_clear(out);
    const uint64_t first = MAX(events->first, reader->whole);
    if (reader->next < first) { /* no longer kept, or not all of it yet */
        head_put(out, first - 1, STR("gap"));
        buf_printf(out, "{\"from\":%" PRIu64 ",\"to\":%" PRIu64 "}\n\n", reader->next, first - 1);
        reader->next = first;
        count++;
    }
    for (; reader->next < events->next && count < CHUNK_EVENTS; reader->next++) {
        const struct entry *entry = entry_at(events, reader->next);
        if (!(reader->mask >> entry->type & 1)) continue;
        head_put(out, reader->next, event_type_text((enum event_type)entry->type));
        buf_put_str(out, (struct str){entry->data->bytes, entry->data->len});
        buf_put_str(out, STR("\n\n"));
        count++;
    }
    if (count > 0) http_stream_put(reader->exchange, buf_str(out), count);
    return true;
}

/* False: it is to go. */
static bool reader_serve(struct events *events, struct reader *reader)
{
    if (http_is_gone(reader->exchange)) return false;
    while (piece_send(events, reader)) continue;
    if (reader->next == events->next) reader->live = true;
    return !reader->live || events->next - reader->next <= EVENTS_BEHIND_MAX;
}

static void flush_fire(struct timer *timer)
{
    struct events *events = CONTAINER_OF(timer, struct events, flush);
    bool behind = false;
    events->flush_set = false;
    for (size_t i = 0; i < events->readers.count;) {
        struct reader *reader = events->readers.data[i];
        if (reader_serve(events, reader)) {
            behind = behind || reader->next < events->next;
            i++;
            continue;
        }
        http_stream_end(reader->exchange);
        base_free(reader);
        vec_remove(&events->readers, i);
    }
    if (behind) flush_soon(events, RETRY_MS);
}

static void comment_fire(struct timer *timer)
{
    struct events *events = CONTAINER_OF(timer, struct events, comment);
    for (size_t i = 0; i < events->readers.count; i++)
        if (!http_is_gone(events->readers.data[i]->exchange)) http_stream_put(events->readers.data[i]->exchange, STR(":\n\n"), 0);
    flush_soon(events, 0); /* those who left are seen */
    if (events->readers.count > 0) env_timer_set(events->env, &events->comment, instant_add(env_now(events->env), duration_s(EVENTS_COMMENT_S)));
}
