/* Any bytes: an error, or a tree that is written again and read again to the same text. */
#include "core/codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct err err;
    const struct json *doc = json_parse(&arena, (struct str){(const char *)data, bytes}, &err);
    if (doc != NULL) {
        struct buf once = {0}, twice = {0};
        struct json_writer w = json_writer_of(&once);
        json_put_tree(&w, doc);
        const struct json *again = json_parse(&arena, buf_str(&once), &err);
        ASSERT(again != NULL);
        w = json_writer_of(&twice);
        json_put_tree(&w, again);
        ASSERT(str_eq(buf_str(&once), buf_str(&twice)));
        buf_done(&once);
        buf_done(&twice);
    }
    arena_done(&arena);
    return 0;
}
