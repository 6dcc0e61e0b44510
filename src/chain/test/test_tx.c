/* Transactions: both forms, their strictness, their order of checks. */
#include "chain/tx.h"

#include "core/base/rng.h"
#include "core/codec/binary.h"
#include "fixture.h"

static struct arena arena;
static struct err err;

static struct buf json_of(const struct tx *tx)
{
    struct buf out = {0};
    struct json_writer w = json_writer_of(&out);
    tx_to_json(tx, &w);
    return out;
}

static void check_same(const struct tx *a, const struct tx *b)
{
    CHECK(str_eq(tx_bytes(a), tx_bytes(b)));
    CHECK(hash_eq(&a->id, &b->id) && address_eq(&a->sender, &b->sender));
    CHECK(amount_eq(a->fee, b->fee) && amount_eq(a->tip, b->tip) && amount_eq(a->total, b->total));
    CHECK(a->nonce == b->nonce && a->timestamp_ms == b->timestamp_ms && a->valid_until == b->valid_until && a->kind == b->kind &&
          a->network_id == b->network_id && a->chain == b->chain && a->token == b->token && a->outputs_count == b->outputs_count);
}

static void check_both_ways(struct tx *tx)
{
    struct apierror error;
    struct tx *binary = tx_decode(tx_bytes(tx), &fixture_rules, &error);
    CHECK(binary != NULL);
    check_same(tx, binary);
    struct buf text = json_of(tx);
    struct tx *json = tx_from_json(json_parse(&arena, buf_str(&text), &err), &fixture_rules, &error);
    if (json == NULL) CHECK_FAIL("%s: %s", error.field, error.message);
    check_same(tx, json);
    buf_done(&text);
    tx_unref(json);
    tx_unref(binary);
    tx_unref(tx);
}

static void both_forms_say_the_same(void)
{
    check_both_ways(fixture_transfer(0, 1, ""));
    check_both_ways(fixture_transfer(77, 123456789, "a memo with \xff bytes"));
    check_both_ways(fixture_batch(3, 1));
    check_both_ways(fixture_batch(3, TX_OUTPUTS_MAX));
    check_both_ways(fixture_batch(3, 0));
}

static void the_parts_are_where_they_belong(void)
{
    struct tx *transfer = fixture_transfer(7, 250, "memo");
    const struct tx_output output = tx_output_at(transfer, 0);
    const struct address to = fixture_address(2), from = fixture_address(1);
    CHECK(address_eq(&output.to, &to) && amount_eq(output.amount, AMOUNT(250)) && amount_eq(transfer->total, AMOUNT(250)));
    CHECK_STR(tx_memo(transfer), STR("memo"));
    CHECK(address_eq(&transfer->sender, &from));
    CHECK(sign_verify(fixture_suite, tx_pubkey(transfer), TX_SIGN_TAG, tx_signing_digest(transfer), tx_signature(transfer)));
    CHECK(sizeof(*transfer) + transfer->size <= 400);
    struct tx *batch = fixture_batch(0, 3);
    CHECK(amount_eq(batch->total, AMOUNT(1 + 2 + 3)));
    CHECK(amount_eq(tx_output_at(batch, 2).amount, AMOUNT(3)));
    CHECK_U64(tx_memo(batch).len, 0);
    struct amount charge;
    CHECK(tx_charge(batch, &charge) && amount_eq(charge, AMOUNT(20003)));
    tx_unref(tx_ref(batch));
    CHECK_U64(batch->refs, 1);
    tx_unref(transfer);
    tx_unref(batch);
}

/* A kind of Alpha that this build knows and does not execute; NULL: it executes all. */
static const struct kind_row *kind_not_in_build(void)
{
    for (size_t i = 0; kind_at(i) != NULL; i++)
        if (!kind_at(i)->in_build && kind_at(i)->chain == CHAIN_ALPHA) return kind_at(i);
    return NULL;
}

/* One byte string, one fault at a time: the code and the field are exact. */
static void check_binary(const char *what, struct str bytes, enum code code, const char *field)
{
    struct apierror error = {0};
    struct tx *tx = tx_decode(bytes, &fixture_rules, &error);
    if (tx != NULL) CHECK_FAIL("%s was taken", what);
    if (error.code != code || strcmp(error.field, field) != 0)
        CHECK_FAIL("%s: %s at '%s', not %s at '%s'", what, code_text(error.code).data, error.field, code_text(code).data, field);
    CHECK(error.message[0] != 0);
}

static void check_patched(const char *what, size_t at, const void *patch, size_t bytes, enum code code, const char *field)
{
    struct tx *tx = fixture_transfer(0, 5, "hi");
    struct buf copy = {0};
    buf_put_str(&copy, tx_bytes(tx));
    memcpy(copy.data + at, patch, bytes);
    check_binary(what, buf_str(&copy), code, field);
    buf_done(&copy);
    tx_unref(tx);
}

static void binary_faults_have_their_codes(void)
{
    struct tx *tx = fixture_transfer(0, 5, "hi");
    const struct str good = tx_bytes(tx);
    char *large = base_alloc(TX_BYTES_MAX + 1);
    check_binary("too large", (struct str){large, TX_BYTES_MAX + 1}, CODE_TX_TOO_LARGE, "");
    check_binary("a mebibyte of nothing", (struct str){large, TX_BYTES_MAX}, CODE_PARSE_ERROR, "");
    base_free(large);
    check_binary("empty", (struct str){0}, CODE_PARSE_ERROR, "");
    check_binary("cut", str_sub(good, 0, good.len - 1), CODE_PARSE_ERROR, "");
    check_patched("magic", 0, "ADTY", 4, CODE_PARSE_ERROR, "");
    check_patched("version", 4, "\x02", 1, CODE_UNSUPPORTED_VERSION, "version");
    check_patched("chain", 5, "\x03", 1, CODE_INVALID_CHAIN_ID, "chain");
    check_patched("other chain", 5, "\x02", 1, CODE_INVALID_CHAIN_ID, "chain");
    check_patched("network", 6, "\x08\x00", 2, CODE_NETWORK_MISMATCH, "network_id");
    check_patched("no kind", 8, "\x03\x01", 2, CODE_UNKNOWN_KIND, "kind");
    check_patched("kind of the other chain", 8, "\x20\x02", 2, CODE_UNKNOWN_KIND, "kind");
    const struct kind_row *later = kind_not_in_build();
    if (later != NULL) {
        const uint8_t code[2] = {(uint8_t)later->kind, (uint8_t)(later->kind >> 8)};
        check_patched("kind of another build", 8, (const char *)code, 2, CODE_FEATURE_NOT_AVAILABLE, "kind");
    }
    check_patched("flags", 10, "\x01\x00", 2, CODE_INVALID_FORMAT, "flags");
    check_patched("payload length", 96, "\x00\x00\x00\x00", 4, CODE_PARSE_ERROR, "");
    check_patched("token", 132, "\x00", 1, CODE_INVALID_FORMAT, "payload.token");
    check_patched("zero", 133, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, CODE_AMOUNT_NOT_POSITIVE, "payload.amount");
    check_patched("memo too long", 149, "\x01\x04\x00\x00", 4, CODE_FIELD_TOO_LONG, "payload.memo");
    check_patched("memo shorter than its bytes", 149, "\x01\x00\x00\x00", 4, CODE_PARSE_ERROR, "payload");
    tx_unref(tx);
}

static void the_first_failing_check_decides(void)
{
    /* version before chain before network before kind before payload */
    check_patched("all at once", 4, "\x02\x03\x08\x00\xff\xff", 6, CODE_UNSUPPORTED_VERSION, "version");
    check_patched("chain and on", 5, "\x03\x08\x00\xff\xff", 5, CODE_INVALID_CHAIN_ID, "chain");
    check_patched("network and on", 6, "\x08\x00\xff\xff", 4, CODE_NETWORK_MISMATCH, "network_id");
    check_patched("token and amount", 132, "\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 17, CODE_INVALID_FORMAT, "payload.token");
}

static void a_batch_counts_its_outputs(void)
{
    struct tx *tx = fixture_batch(0, 2);
    struct buf copy = {0};
    buf_put_str(&copy, tx_bytes(tx));
    memset(copy.data + 100 + 3 + 48 + 32, 0, 16);
    check_binary("zero in the second output", buf_str(&copy), CODE_AMOUNT_NOT_POSITIVE, "payload.outputs[1].amount");
    bin_store_u16(copy.data + 101, 257);
    check_binary("257 outputs", buf_str(&copy), CODE_FIELD_TOO_LONG, "payload.outputs");
    bin_store_u16(copy.data + 101, 1);
    check_binary("one said, two there", buf_str(&copy), CODE_PARSE_ERROR, "payload");
    buf_done(&copy);
    tx_unref(tx);
}

static void a_sum_beyond_128_bits_is_marked(void)
{
    struct apierror error;
    const struct seckey key = fixture_key(1);
    const struct tx_output outputs[2] = {{fixture_address(2), AMOUNT_MAX}, {fixture_address(3), AMOUNT(1)}};
    const struct tx_spec spec = {
        .domain = fixture_domain, .kind = KIND_ALPHA_BATCH_TRANSFER, .token = TOKEN_AX, .outputs = outputs, .outputs_count = 2};
    struct tx *tx = tx_build(&spec, fixture_suite, &key, &error);
    CHECK(tx != NULL && tx->total_overflows && amount_eq(tx->total, AMOUNT_MAX));
    tx_unref(tx);
}

static void a_relaxed_network_takes_zero(void)
{
    struct apierror error;
    const struct seckey key = fixture_key(1);
    const struct tx_spec spec = {
        .domain = fixture_domain, .kind = KIND_ALPHA_TRANSFER, .token = TOKEN_AX, .to = fixture_address(2)};
    CHECK(tx_build(&spec, fixture_suite, &key, &error) == NULL && error.code == CODE_AMOUNT_NOT_POSITIVE);
    struct buf bytes = {0}, signed_bytes = {0};
    tx_spec_encode(&spec, &key.pub, &bytes);
    tx_sign_raw(buf_str(&bytes), fixture_suite, &key, &signed_bytes);
    const struct tx_rules relaxed = {.domain = fixture_domain, .allow_zero_amount = true};
    struct tx *tx = tx_decode(buf_str(&signed_bytes), &relaxed, &error);
    CHECK(tx != NULL);
    CHECK(tx_decode(buf_str(&signed_bytes), &fixture_rules, &error) == NULL);
    tx_unref(tx);
    buf_done(&bytes);
    buf_done(&signed_bytes);
}

/* The envelope of a good transfer with one piece of text exchanged. */
static void check_json(const char *from, const char *to, enum code code, const char *field)
{
    struct tx *tx = fixture_transfer(7, 250000, "hi");
    struct buf text = json_of(tx), changed = {0};
    buf_put_char(&text, 0);
    const char *found = strstr((const char *)text.data, from);
    if (found == NULL) CHECK_FAIL("no %s in %s", from, (const char *)text.data);
    const size_t head = (size_t)(found - (const char *)text.data);
    buf_put(&changed, text.data, head);
    buf_put_str(&changed, str_of(to));
    buf_put_str(&changed, str_of(found + strlen(from)));
    struct apierror error = {0};
    const struct json *doc = json_parse(&arena, buf_str(&changed), &err);
    if (doc == NULL) CHECK_FAIL("%s does not parse: %s", to, err.text);
    struct tx *read = tx_from_json(doc, &fixture_rules, &error);
    if (code == CODE_NONE ? read == NULL : read != NULL || error.code != code || strcmp(error.field, field) != 0)
        CHECK_FAIL("%s -> %s: %s at '%s' (%s), not %s at '%s'", from, to, code_text(error.code).data, error.field, error.message,
                   code_text(code).data, field);
    tx_unref(read);
    tx_unref(tx);
    buf_done(&text);
    buf_done(&changed);
}

static void json_faults_have_their_codes(void)
{
    check_json("{\"version\":1", "{\"version\":1", CODE_NONE, "");
    check_json("\"version\":1", "\"version\":2", CODE_UNSUPPORTED_VERSION, "version");
    check_json("\"version\":1", "\"version\":1.0", CODE_UNSUPPORTED_VERSION, "version");
    check_json("\"version\":1", "\"version\":\"1\"", CODE_INVALID_FIELD_TYPE, "version");
    check_json("\"alpha\"", "\"delta\"", CODE_INVALID_CHAIN_ID, "chain");
    check_json("\"alpha\"", "\"gamma\"", CODE_INVALID_CHAIN_ID, "chain");
    check_json(":13", ":8", CODE_NETWORK_MISMATCH, "network_id");
    check_json(":13", ":65549", CODE_NETWORK_MISMATCH, "network_id");
    check_json("\"kind\":\"transfer\"", "\"kind\":\"order_place\"", CODE_UNKNOWN_KIND, "kind");
    if (kind_not_in_build() != NULL) {
        char member[64];
        snprintf(member, sizeof(member), "\"kind\":\"" STR_FMT "\"", STR_ARG(kind_not_in_build()->name));
        check_json("\"kind\":\"transfer\"", member, CODE_FEATURE_NOT_AVAILABLE, "kind");
    }
    check_json("\"flags\":0", "\"flags\":1", CODE_INVALID_FORMAT, "flags");
    check_json("\"nonce\":7", "\"nonce\":\"7\"", CODE_INVALID_FIELD_TYPE, "nonce");
    check_json("\"nonce\":7", "\"nonce\":-1", CODE_INVALID_FORMAT, "nonce");
    check_json("\"nonce\":7", "\"nonce\":9007199254740992", CODE_INVALID_FORMAT, "nonce");
    check_json("\"fee\":\"1000\"", "\"fee\":1000", CODE_INVALID_FIELD_TYPE, "fee");
    check_json("\"fee\":\"1000\"", "\"fee\":\"-100\"", CODE_AMOUNT_NEGATIVE, "fee");
    check_json("\"tip\":\"0\"", "\"tip\":\"340282366920938463463374607431768211456\"", CODE_AMOUNT_OUT_OF_RANGE, "tip");
    check_json("\"amount\":\"250000\"", "\"amount\":250000", CODE_INVALID_FIELD_TYPE, "payload.amount");
    check_json("\"amount\":\"250000\"", "\"amount\":\"0\"", CODE_AMOUNT_NOT_POSITIVE, "payload.amount");
    check_json("\"amount\":\"250000\"", "\"amount\":\"-1\"", CODE_AMOUNT_NEGATIVE, "payload.amount");
    check_json("\"amount\":\"250000\"", "\"amount\":\"0250000\"", CODE_INVALID_FORMAT, "payload.amount");
    check_json("\"token\":\"AX\"", "\"token\":\"ETH\"", CODE_INVALID_FORMAT, "payload.token");
    check_json("\"memo\":\"6869\"", "\"memo\":\"686\"", CODE_INVALID_FORMAT, "payload.memo");
    check_json("\"memo\":\"6869\"", "\"memo\":\"68AB\"", CODE_INVALID_FORMAT, "payload.memo");
    check_json("\"payload\":{\"to\":\"ax1", "\"payload\":{\"to\":\"ax2", CODE_INVALID_ADDRESS, "payload.to");
    check_json("\"payload\":{", "\"payload\":{\"extra\":1,", CODE_UNKNOWN_FIELD, "payload.extra");
    check_json("\"amount\":", "\"amout\":", CODE_UNKNOWN_FIELD, "payload.amout");
    check_json("\"flags\":0", "\"flags\":0,\"signatur\":\"\"", CODE_UNKNOWN_FIELD, "signatur");
    check_json("\"memo\":\"6869\"", "\"memo\":null", CODE_INVALID_FIELD_TYPE, "payload.memo");
    check_json(",\"memo\":\"6869\"", "", CODE_MISSING_FIELD, "payload.memo");
    check_json("\"nonce\":7,", "", CODE_MISSING_FIELD, "nonce");
    check_json("\"chain\":\"alpha\",", "", CODE_MISSING_FIELD, "chain");
    check_json("\"signature\":\"", "\"signature\":\"00", CODE_INVALID_FORMAT, "signature");
    check_json("\"id\":\"", "\"id\":\"0", CODE_INVALID_FORMAT, "id");
    check_json("\"nonce\":7", "\"nonce\":8", CODE_FIELD_MISMATCH, "id");
}

static void the_sender_is_the_address_of_the_key(void)
{
    char own[ADDRESS_TEXT + 12], other[ADDRESS_TEXT + 12], delta[ADDRESS_TEXT + 12], text[ADDRESS_TEXT];
    const struct address one = fixture_address(1), two = fixture_address(2);
    address_text(&one, CHAIN_ALPHA, text);
    snprintf(own, sizeof(own), "\"sender\":\"%s", text);
    address_text(&two, CHAIN_ALPHA, text);
    snprintf(other, sizeof(other), "\"sender\":\"%s", text);
    address_text(&one, CHAIN_DELTA, text);
    snprintf(delta, sizeof(delta), "\"sender\":\"%s", text);
    check_json(own, other, CODE_SENDER_MISMATCH, "sender");
    check_json(own, delta, CODE_INVALID_CHAIN_ID, "sender");
    check_json(own, "\"sender\":\"ax1", CODE_INVALID_ADDRESS, "sender");
}

static void all_missing_members_are_listed(void)
{
    struct apierror error;
    const struct json *doc = json_parse(
        &arena, STR("{\"version\":1,\"chain\":\"alpha\",\"kind\":\"transfer\",\"payload\":{\"token\":\"AX\",\"memo\":\"\"}}"),
        &err);
    CHECK(tx_from_json(doc, &fixture_rules, &error) == NULL);
    CHECK_U64(error.code, CODE_MISSING_FIELD);
    CHECK_STR(str_of(error.field), STR("network_id"));
    CHECK(strstr(error.message, "payload.to, payload.amount") != NULL);
    CHECK(tx_from_json(json_parse(&arena, STR("[]"), &err), &fixture_rules, &error) == NULL && error.code == CODE_PARSE_ERROR);
}

static void a_typing_mistake_gets_a_suggestion(void)
{
    struct apierror error;
    const struct json *doc = json_parse(&arena, STR("{\"verison\":1}"), &err);
    CHECK(tx_from_json(doc, &fixture_rules, &error) == NULL && error.code == CODE_UNKNOWN_FIELD);
    CHECK_STR(str_of(error.suggestion), STR("did you mean 'version'?"));
}

static void random_transactions_survive_both_forms(void)
{
    struct rng rng;
    rng_init(&rng, 3);
    for (int i = 0; i < 300; i++) {
        struct apierror error;
        char memo[64];
        const struct seckey key = fixture_key((uint8_t)rng_below(&rng, 200));
        rng_bytes(&rng, memo, sizeof(memo));
        struct tx_spec spec = {.domain = fixture_domain,
                               .kind = KIND_ALPHA_TRANSFER,
                               .nonce = rng_below(&rng, JSON_INT_MAX),
                               .valid_until = (uint32_t)rng_u64(&rng),
                               .timestamp_ms = rng_below(&rng, JSON_INT_MAX),
                               .token = (enum token)rng_range(&rng, 1, 4),
                               .to = fixture_address((uint8_t)rng_u64(&rng)),
                               .memo = {memo, (size_t)rng_below(&rng, sizeof(memo))}};
        rng_bytes(&rng, &spec.fee, sizeof(spec.fee));
        rng_bytes(&rng, &spec.tip, sizeof(spec.tip));
        rng_bytes(&rng, &spec.amount, sizeof(spec.amount));
        struct tx *tx = tx_build(&spec, fixture_suite, &key, &error);
        CHECK(tx != NULL);
        check_both_ways(tx);
    }
}

int main(void)
{
    RUN(both_forms_say_the_same);
    RUN(the_parts_are_where_they_belong);
    RUN(binary_faults_have_their_codes);
    RUN(the_first_failing_check_decides);
    RUN(a_batch_counts_its_outputs);
    RUN(a_sum_beyond_128_bits_is_marked);
    RUN(a_relaxed_network_takes_zero);
    RUN(json_faults_have_their_codes);
    RUN(the_sender_is_the_address_of_the_key);
    RUN(all_missing_members_are_listed);
    RUN(a_typing_mistake_gets_a_suggestion);
    RUN(random_transactions_survive_both_forms);
    arena_done(&arena);
    return 0;
}
