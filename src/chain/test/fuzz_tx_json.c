/* Any text: refused with a code, or a transaction whose canonical bytes are taken too, and whose text is stable. */
#include "chain/tx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const struct tx_rules rules = {.domain = {CHAIN_ALPHA, 13}};
    struct apierror error = {0};
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    const struct json *doc = json_parse(&arena, (struct str){(const char *)data, bytes}, &err);
    struct tx *tx = doc == NULL ? NULL : tx_from_json(doc, &rules, &error);
    if (tx != NULL) {
        struct tx *again = tx_decode(tx_bytes(tx), &rules, &error);
        ASSERT(again != NULL && hash_eq(&again->id, &tx->id));
        tx_unref(again);
        tx_unref(tx);
    } else if (doc != NULL) {
        ASSERT(error.code != CODE_NONE && error.message[0] != 0);
        ASSERT(str_is_utf8(str_of(error.message)) && str_is_utf8(str_of(error.field)));
    }
    arena_done(&arena);
    return 0;
}
