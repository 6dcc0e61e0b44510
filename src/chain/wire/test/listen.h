/* A reader of a view's event stream (X22) for tests, on a fiber of its own: counts what it is told by type, until it is stopped. */
#ifndef WIRE_TEST_LISTEN_H
#define WIRE_TEST_LISTEN_H

#include "core/base/check.h"
#include "world/fiber/fiber.h"
#include "world/http/http.h"

struct listener {
    struct env *env;
    struct http_client *client;
    const char *origin, *path;
    struct {
        char type[24];
        uint64_t count;
    } seen[40]; /* closed by an empty type */
    bool stopping, running;
};

static inline uint64_t listener_saw(const struct listener *listener, const char *type)
{
    for (size_t i = 0; i < ARRAY_LEN(listener->seen); i++)
        if (strcmp(listener->seen[i].type, type) == 0) return listener->seen[i].count;
    return 0;
}

static void listener_count(struct listener *listener, struct str bytes)
{
    struct str line, rest;
    for (; bytes.len > 0; bytes = rest) {
        if (!str_cut(bytes, '\n', &line, &rest)) line = bytes, rest = (struct str){0};
        if (!str_starts(line, STR("event: "))) continue;
        const struct str type = str_sub(line, 7, line.len);
        size_t at = 0;
        while (listener->seen[at].type[0] != '\0' && !str_eq(str_of(listener->seen[at].type), type)) at++;
        CHECK(at + 1 < ARRAY_LEN(listener->seen) && type.len < sizeof(listener->seen[at].type));
        memcpy(listener->seen[at].type, type.data, type.len);
        listener->seen[at].count++;
    }
}

/* A stream that is lost, because its view fell, is opened again. */
static void listener_fiber(void *arg)
{
    struct listener *listener = arg;
    struct buf text = {0};
    struct err err;
    while (!listener->stopping) {
        const struct http_request request = {.method = HTTP_GET, .path = str_of(listener->path)};
        struct http_exchange *exchange;
        if (!http_call(listener->client, str_of(listener->origin), &request, instant_add(env_now(listener->env), duration_s(10)), &exchange, &err)) {
            fiber_sleep(listener->env, duration_ms(500));
            continue;
        }
        bool open = http_response(exchange)->status == 200 && http_is_stream(exchange);
        while (open && !listener->stopping) {
            const enum http_stream_result result = http_stream_read(exchange, instant_add(env_now(listener->env), duration_ms(500)), &text);
            open = result == HTTP_STREAM_MORE || result == HTTP_STREAM_LATE;
            listener_count(listener, buf_str(&text));
            buf_clear(&text);
        }
        http_exchange_free(exchange);
        if (!listener->stopping) fiber_sleep(listener->env, duration_ms(500));
    }
    buf_done(&text);
    listener->running = false;
}

static inline void listener_start(struct listener *listener, struct env *env, struct http_client *client, const char *origin, const char *path)
{
    *listener = (struct listener){.env = env, .client = client, .origin = origin, .path = path, .running = true};
    (void)fiber_spawn(env, listener_fiber, listener);
}

/* From a fiber; accepts one that was never started. */
static inline void listener_stop(struct listener *listener)
{
    listener->stopping = true;
    while (listener->running) fiber_sleep(listener->env, duration_ms(100));
}

#endif
