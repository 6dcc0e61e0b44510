/* Any bytes as a response: read the same in pieces, within the limits. */
#include "world/http/test/message_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct http_message whole, pieces;
    const struct str text = {(const char *)data, bytes};
    const enum http_text_state state = fuzz_read(HTTP_TEXT_RESPONSE, text, SIZE_MAX, &arena, &whole);
    CHECK(state != HTTP_TEXT_MORE);
    CHECK(fuzz_read(HTTP_TEXT_RESPONSE, text, 1, &arena, &pieces) == state);
    if (state == HTTP_TEXT_DONE) {
        fuzz_same(&whole, &pieces);
        CHECK(whole.body.len <= 4096);
    }
    arena_done(&arena);
    return 0;
}
