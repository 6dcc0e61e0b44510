#include "tester/scenario/listener.h"

#include "core/base/buf.h"
#include "core/codec/json.h"
#include "tester/client/feed.h"

#define OPEN_S 20u
#define LOOKS_MS 500u /* whether it shall stop */

struct listener {
    struct feed feed;
    struct alpha client;
    struct env *env;
    struct buf texts;    /* of each event: struct mark, then its data */
    uint64_t missed;     /* gaps, and the end where it was not heard */
    uint32_t final;      /* the highest final block that was told */
    bool stopping, live;
};
struct mark {
    uint64_t id, size;
};

/* Not inlined: its arena must not stay on the stack of who waits. */
__attribute__((noinline)) static void final_note(struct listener *listener, const struct feed_event *event)
{
    struct arena arena;
    struct err err;
    uint64_t height = 0;
    if (!str_eq(event->type, STR("block.finalized"))) return;
    arena_init(&arena, 0);
    if (json_u64(json_find(json_parse(&arena, event->data, &err), STR("height")), &height)) listener->final = (uint32_t)MAX(height, listener->final);
    arena_done(&arena);
}

static bool event_keep(struct listener *listener, const struct feed_event *event)
{
    const struct mark mark = {event->id, event->data.len};
    if (event->gap) listener->missed++;
    if (event->gap) return true;
    if (listener->texts.len + sizeof(mark) + event->data.len > LISTENER_BYTES_MAX) return false;
    buf_put(&listener->texts, &mark, sizeof(mark));
    buf_put_str(&listener->texts, event->data);
    final_note(listener, event);
    return true;
}

static void listener_run(void *arg)
{
    struct listener *listener = arg;
    struct answer answer;
    const bool open = feed_open(&listener->feed, listener->env, &listener->client, (struct str){0}, FEED_FROM_NOW,
                                instant_add(env_now(listener->env), duration_s(OPEN_S)), &answer);
    answer_done(&answer);
    for (bool good = open; good && !listener->stopping;) {
        struct feed_event event;
        const enum feed_result got = feed_next(&listener->feed, instant_add(env_now(listener->env), duration_ms(LOOKS_MS)), &event);
        good = got == FEED_LATE || (got == FEED_EVENT && event_keep(listener, &event));
        if (!good) listener->missed++;
    }
    if (open) feed_close(&listener->feed);
    else listener->missed++;
    listener->live = false;
}

struct listener *listener_start(struct env *env, const struct alpha *client)
{
    struct listener *listener = base_alloc(sizeof(*listener));
    listener->env = env;
    listener->client = *client;
    listener->live = true;
    (void)fiber_spawn(env, listener_run, listener);
    return listener;
}

static void listener_end(struct listener *listener)
{
    listener->stopping = true;
    while (listener->live) fiber_sleep(listener->env, duration_ms(20)); /* each read has a deadline */
}

void listener_stop(struct listener *listener, uint32_t final, struct instant deadline)
{
    while (listener->live && listener->final < final && instant_before(env_now(listener->env), deadline)) fiber_sleep(listener->env, duration_ms(20));
    if (listener->final < final && listener->missed == 0) listener->missed++;
    listener_end(listener);
}

uint64_t listener_missed(const struct listener *listener) { return listener->missed; }

bool listener_next(const struct listener *listener, size_t *at, struct heard *out)
{
    struct mark mark;
    if (*at >= listener->texts.len) return false;
    const char *text = (const char *)listener->texts.data + *at;
    memcpy(&mark, text, sizeof(mark));
    *out = (struct heard){mark.id, {text + sizeof(mark), mark.size}};
    *at += sizeof(mark) + mark.size;
    return true;
}

void listener_free(struct listener *listener)
{
    if (listener == NULL) return;
    ASSERT(!listener->live);
    buf_done(&listener->texts);
    base_free(listener);
}
