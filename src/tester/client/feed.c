#include "tester/client/feed.h"

#include <inttypes.h>
#include <stdio.h>

#include "chain/event.h"
#include "tester/client/call_priv.h"

#define RETRY_MS 250

static bool stream_connect(struct feed *feed, struct instant deadline, struct answer *out)
{
    char last[24];
    struct call call;
    ask_begin(&call, &feed->alpha, HTTP_GET, STR("events"), (struct str){0});
    if (feed->types[0] != '\0') ask_query(&call, "types=%s", feed->types);
    if (feed->from != FEED_FROM_NOW) ask_query(&call, "from=%" PRIu64, feed->from);
    const int len = snprintf(last, sizeof(last), "%" PRIu64, feed->last);
    if (feed->last > 0) ask_header(&call, STR("last-event-id"), (struct str){last, (size_t)len});
    if (!ask_make(&call, deadline, out)) return false;
    if (!http_is_stream(out->exchange)) return ask_fault(out, "the answer is no stream") != NULL;
    feed->exchange = out->exchange;
    out->exchange = NULL;
    buf_clear(&feed->text); /* half an event that was lost comes again */
    feed->at = 0;
    return true;
}

bool feed_open(struct feed *feed, struct env *env, const struct alpha *alpha, struct str types, uint64_t from, struct instant deadline, struct answer *out)
{
    ASSERT(types.len <= FEED_TYPES_MAX);
    *feed = (struct feed){.env = env, .alpha = *alpha, .from = from};
    memcpy(feed->types, types.data ? types.data : "", types.len);
    return stream_connect(feed, deadline, out);
}

void feed_close(struct feed *feed)
{
    http_exchange_free(feed->exchange);
    buf_done(&feed->text);
    *feed = (struct feed){0};
}

/* A block of lines up to an empty one, taken from the text. False: none is complete. */
static bool block_take(struct feed *feed, struct str *out)
{
    const struct str rest = {(const char *)feed->text.data + feed->at, feed->text.len - feed->at};
    for (size_t i = 0; i + 1 < rest.len; i++) {
        if (rest.data[i] != '\n' || rest.data[i + 1] != '\n') continue;
        *out = str_sub(rest, 0, i + 1);
        feed->at += i + 2;
        return true;
    }
    return false;
}

static struct str value_of(struct str line, size_t name)
{
    struct str value = str_sub(line, name, line.len);
    return str_starts(value, STR(" ")) ? str_sub(value, 1, value.len) : value;
}

enum parsed { PARSED_EVENT, PARSED_COMMENT, PARSED_BAD };

static enum parsed block_parse(struct str block, struct feed_event *out)
{
    bool has_id = false;
    *out = (struct feed_event){0};
    while (block.len > 0) {
        struct str line, rest = {0};
        (void)str_cut(block, '\n', &line, &rest);
        block = rest;
        if (str_starts(line, STR("id:"))) has_id = str_to_u64(value_of(line, 3), &out->id);
        else if (str_starts(line, STR("event:"))) out->type = value_of(line, 6);
        else if (str_starts(line, STR("data:"))) out->data = value_of(line, 5);
        else if (line.len > 0 && line.data[0] != ':') return PARSED_BAD;
    }
    if (!has_id && out->type.len == 0 && out->data.len == 0) return PARSED_COMMENT;
    return has_id && out->type.len > 0 && out->data.len > 0 ? PARSED_EVENT : PARSED_BAD;
}

/* Not inlined: its arena must not stay on the stack of those who wait. */
__attribute__((noinline)) static bool gap_parse(struct feed_event *event)
{
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    const struct json *node = json_parse(&arena, event->data, &err);
    event->gap = json_u64(json_find(node, STR("from")), &event->gap_from) && json_u64(json_find(node, STR("to")), &event->gap_to);
    arena_done(&arena);
    event->type = event->data = (struct str){0};
    return event->gap;
}

static enum parsed event_check(struct feed *feed, struct feed_event *event)
{
    enum event_type type;
    if (str_eq(event->type, STR("gap"))) {
        if (!gap_parse(event)) return PARSED_BAD;
    } else if (!event_type_parse(event->type, &type) || event->id <= feed->last) {
        return PARSED_BAD;
    }
    feed->last = event->id;
    return PARSED_EVENT;
}

/* What has been read goes; true: something new has come. */
static bool more(struct feed *feed, struct instant deadline)
{
    if (feed->at > 0) {
        memmove(feed->text.data, feed->text.data + feed->at, feed->text.len - feed->at);
        feed->text.len -= feed->at;
        feed->at = 0;
    }
    switch (http_stream_read(feed->exchange, deadline, &feed->text)) {
    case HTTP_STREAM_MORE: return true;
    case HTTP_STREAM_LATE: return false;
    case HTTP_STREAM_END:
    case HTTP_STREAM_LOST: break;
    }
    http_exchange_free(feed->exchange);
    feed->exchange = NULL;
    return true;
}

/* Connects again after the last event, as often as it takes. False: not before the deadline. */
static bool resume(struct feed *feed, struct instant deadline)
{
    while (!feed->exchange) {
        struct answer answer;
        (void)stream_connect(feed, deadline, &answer); /* seen by the exchange */
        answer_done(&answer);
        if (feed->exchange) break;
        const struct instant again = instant_add(env_now(feed->env), duration_ms(RETRY_MS));
        if (!instant_before(again, deadline)) return false;
        fiber_sleep_until(feed->env, again);
    }
    feed->resumed++;
    return true;
}

enum feed_result feed_next(struct feed *feed, struct instant deadline, struct feed_event *out)
{
    struct str block;
    for (;;) {
        while (block_take(feed, &block)) {
            const enum parsed parsed = block_parse(block, out);
            if (parsed == PARSED_COMMENT) continue;
            return parsed == PARSED_EVENT && event_check(feed, out) == PARSED_EVENT ? FEED_EVENT : FEED_MALFORMED;
        }
        if (!feed->exchange) {
            if (!resume(feed, deadline)) return FEED_LATE;
            continue;
        }
        if (!more(feed, deadline)) return FEED_LATE;
    }
}
