/* Shielded transactions from anywhere: what decodes encodes to the same bytes, as JSON too, and its key images and fee are those of its
 * payload. First byte: the kind; the rest: a payload, put into an envelope. */
#include "chain/shielded.h"
#include "core/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void read_again(const struct tx *tx)
{
    struct buf text = {0};
    struct arena arena;
    struct err err;
    static struct apierror error;
    const struct tx_rules rules = {0};
    arena_init(&arena, 0);
    struct json_writer w = json_writer_of(&text);
    tx_to_json(tx, &w);
    const struct json *node = json_parse(&arena, buf_str(&text), &err);
    CHECK(node != NULL);
    struct tx *again = tx_from_json(node, &rules, &error);
    if (again == NULL) CHECK_FAIL("%s: %s", error.field, error.message);
    CHECK_STR(tx_bytes(again), tx_bytes(tx));
    tx_unref(again);
    arena_done(&arena);
    buf_done(&text);
}

static void parts(const struct tx *tx)
{
    struct arena arena;
    union payload payload;
    struct buf out = {0};
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    payload_encode((enum kind)tx->kind, &payload, &out);
    CHECK_STR(buf_str(&out), tx_payload(tx));
    struct hash images[SHIELDED_INPUTS_MAX];
    const size_t count = shielded_key_images(tx, images);
    CHECK(shielded_is_spend(tx->kind) == (count > 0));
    for (size_t i = 0; i < count; i++) CHECK(hash_eq(&images[i], &payload.shielded_spend.inputs.items[i].key_image));
    if (count > 0) {
        CHECK(amount_eq(shielded_pool_fee(tx), payload.shielded_spend.pool_fee));
        const struct hash message = shielded_message(tx, &payload.shielded_spend);
        CHECK(!hash_is_zero(&message));
    }
    buf_done(&out);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const enum kind kinds[] = {KIND_SHIELDED_DEPOSIT, KIND_SHIELDED_TRANSFER, KIND_SHIELDED_WITHDRAW};
    static struct apierror error;
    if (bytes < 2) return 0;
    const struct tx_spec spec = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .kind = kinds[data[0] % 3], .fee = AMOUNT(7), .tip = AMOUNT(1),
                                 .payload = {(const char *)data + 1, bytes - 1}};
    struct seckey key;
    seckey_from_seed((struct sign_suite){SIGN_SIMULATED}, (const uint8_t[32]){1}, &key);
    struct tx *tx = tx_build(&spec, (struct sign_suite){SIGN_SIMULATED}, &key, &error);
    if (tx == NULL) {
        CHECK(error.code != CODE_NONE && error.message[0] != 0);
        return 0;
    }
    parts(tx);
    read_again(tx);
    tx_unref(tx);
    return 0;
}
