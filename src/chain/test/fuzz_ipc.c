/* Any bytes as a message of the bridge: what it takes, encoding gives again; and it can be told. */
#include "chain/ipc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct ipc_message message;
    if (!ipc_decode((struct str){(const char *)data, bytes}, &message)) return 0;
    struct buf out = {0}, text = {0};
    ipc_encode(&message, &out);
    ASSERT(out.len == bytes && memcmp(out.data, data, bytes) == 0);
    struct json_writer w = json_writer_of(&text);
    ipc_write_body(&message, &w);
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    ASSERT(json_parse(&arena, buf_str(&text), &err) != NULL);
    arena_done(&arena);
    buf_done(&out);
    buf_done(&text);
    return 0;
}
