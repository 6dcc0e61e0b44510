/* What the fuzzers of requests and responses share: a text read at once and read in pieces is the same message or the same
 * refusal. */
#ifndef HTTP_MESSAGE_FUZZ_H
#define HTTP_MESSAGE_FUZZ_H

#include "core/base/check.h"
#include "world/http/http_text.h"

static inline enum http_text_state fuzz_read(enum http_text_kind kind, struct str bytes, size_t piece, struct arena *arena,
                                             struct http_message *out)
{
    struct http_text *text =
        http_text_new(kind, (struct http_text_limits){.body_max = 4096, .uri_max = 512, .headers_max = 1024});
    size_t at = 0;
    while (at < bytes.len && http_text_state(text) == HTTP_TEXT_MORE)
        at += http_text_feed(text, bytes.data + at, MIN(piece, bytes.len - at));
    CHECK(at <= bytes.len);
    if (kind == HTTP_TEXT_RESPONSE) http_text_end(text);
    const enum http_text_state state = http_text_state(text);
    if (state == HTTP_TEXT_DONE) http_text_take(text, arena, out);
    if (state == HTTP_TEXT_BAD) CHECK(http_text_fault(text) >= 400 && http_text_fault(text) < 500);
    http_text_free(text);
    return state;
}

static inline void fuzz_same(const struct http_message *a, const struct http_message *b)
{
    CHECK_STR(a->method, b->method);
    CHECK_STR(a->path, b->path);
    CHECK_STR(a->query, b->query);
    CHECK_U64(a->status, b->status);
    CHECK_STR(a->body, b->body);
    CHECK_U64(a->headers_count, b->headers_count);
    for (size_t i = 0; i < a->headers_count; i++) {
        CHECK_STR(a->headers[i].name, b->headers[i].name);
        CHECK_STR(a->headers[i].value, b->headers[i].value);
    }
}

#endif
