/* Any bytes: a code with a message, or a transaction of exactly these bytes whose JSON form gives them again. */
#include "chain/tx.h"

#include "core/codec/json.h"

static void check_json(const struct tx *tx, const struct tx_rules *rules)
{
    struct arena arena;
    struct buf text = {0};
    struct err err;
    struct apierror error;
    arena_init(&arena, 0);
    struct json_writer w = json_writer_of(&text);
    tx_to_json(tx, &w);
    const struct json *doc = json_parse(&arena, buf_str(&text), &err);
    ASSERT(doc != NULL);
    struct tx *again = tx_from_json(doc, rules, &error);
    if (tx->nonce <= JSON_INT_MAX && tx->timestamp_ms <= JSON_INT_MAX) /* beyond, JSON has no number for them */
        ASSERT(again != NULL && str_eq(tx_bytes(again), tx_bytes(tx)));
    else
        ASSERT(again == NULL);
    tx_unref(again);
    buf_done(&text);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const struct tx_rules rules = {.domain = {CHAIN_ALPHA, 13}};
    struct apierror error = {0};
    struct tx *tx = tx_decode((struct str){(const char *)data, bytes}, &rules, &error);
    if (tx == NULL) {
        ASSERT(error.code != CODE_NONE && error.message[0] != 0);
        return 0;
    }
    ASSERT(str_eq(tx_bytes(tx), (struct str){(const char *)data, bytes}));
    for (size_t i = 0; i < tx->outputs_count; i++) ASSERT(tx_output_at(tx, i).amount.units > 0);
    check_json(tx, &rules);
    tx_unref(tx);
    return 0;
}
