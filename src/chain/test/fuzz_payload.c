/* Any bytes as the payload of any kind: refused with a field, or canonical in both forms. */
#include "chain/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tx_rules rules;
    if (size < 1) return 0;
    size_t count = 0;
    while (kind_at(count) != NULL) count++;
    const enum kind kind = kind_at(data[0] % count)->kind;
    const struct str bytes = {(const char *)data + 1, size - 1};
    struct arena arena;
    arena_init(&arena, 0);
    union payload payload;
    struct apierror error = {0};
    const enum code code = payload_decode(kind, bytes, &rules, &arena, &payload, &error);
    ASSERT(code == error.code);
    if (code == CODE_NONE) {
        struct buf again = {0}, text = {0};
        payload_encode(kind, &payload, &again);
        ASSERT(str_eq(buf_str(&again), bytes));
        struct json_writer w = json_writer_of(&text);
        payload_write(kind, &payload, &w);
        const struct json *node = json_parse(&arena, buf_str(&text), NULL);
        ASSERT(node != NULL);
        buf_done(&again);
        buf_done(&text);
    }
    arena_done(&arena);
    return 0;
}
