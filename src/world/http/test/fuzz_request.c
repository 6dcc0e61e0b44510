/* Any bytes as a request: read the same in pieces, within the limits, and what is plain can be written and read back. */
#include "world/http/test/message_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct http_message whole, pieces, again;
    const struct str text = {(const char *)data, bytes};
    const enum http_text_state state = fuzz_read(HTTP_TEXT_REQUEST, text, SIZE_MAX, &arena, &whole);
    CHECK(fuzz_read(HTTP_TEXT_REQUEST, text, 1, &arena, &pieces) == state);
    CHECK(fuzz_read(HTTP_TEXT_REQUEST, text, 7, &arena, &pieces) == state);
    if (state == HTTP_TEXT_DONE) {
        fuzz_same(&whole, &pieces);
        CHECK(whole.path.len + whole.query.len <= 512 && whole.body.len <= 4096 && whole.headers_count <= HTTP_HEADERS_COUNT_MAX);
        if (http_text_is_plain(whole.path, whole.query, whole.headers, whole.headers_count)) {
            struct buf out = {0};
            http_text_put_request(&out, STR("h"), &whole, STR(""));
            struct http_text *reader = http_text_new(HTTP_TEXT_REQUEST, (struct http_text_limits){0});
            CHECK_U64(http_text_feed(reader, out.data, out.len), out.len);
            CHECK(http_text_state(reader) == HTTP_TEXT_DONE);
            http_text_take(reader, &arena, &again);
            fuzz_same(&whole, &again);
            CHECK(again.keep_alive == whole.keep_alive);
            http_text_free(reader);
            buf_done(&out);
        }
    }
    arena_done(&arena);
    return 0;
}
