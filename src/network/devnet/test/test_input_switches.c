/* Each planted weakness of what comes in, probed over HTTP: off, its guard refuses; on, the guard is gone. Text wire throughout. */
#include "town.h"

#include "core/codec/binary.h"

static void set_switch(struct town *town, const char *name, bool on)
{
    char path[96];
    snprintf(path, sizeof(path), "switches/%s", name);
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, path, on ? "{\"enabled\":true}" : "{\"enabled\":false}")), 200);
}

static struct http_exchange *post(struct town *town, struct str body, const char *type)
{
    const struct http_header headers[] = {{STR("content-type"), str_of(type)}};
    return town_call(town, STR("alpha"),
                     &(struct http_request){.method = HTTP_POST, .path = STR("/testnet/transaction/broadcast"), .headers = headers,
                                            .headers_count = 1, .body = body});
}
static enum code post_json(struct town *town, struct str body) { return town_code(post(town, body, "application/json")); }
static enum code post_bytes(struct town *town, struct str body) { return town_code(post(town, body, "application/octet-stream")); }

/* The JSON of a fresh transfer of 5 from bot `from` to bot 1, with `find` replaced by `put` once. */
static struct str transfer_json(struct town *town, uint32_t from, const char *find, const char *put, struct buf *out)
{
    struct tx *tx = town_transfer(town, from, 1, town->nonces[from], 5);
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    tx_to_json(tx, &w);
    tx_unref(tx);
    buf_put_char(&text, '\0');
    const char *at = find != NULL ? strstr((char *)text.data, find) : NULL;
    CHECK((find == NULL) == (at == NULL));
    buf_clear(out);
    const size_t before = at != NULL ? (size_t)(at - (char *)text.data) : text.len - 1;
    buf_put(out, text.data, before);
    if (at != NULL) {
        buf_put_str(out, str_of(put));
        buf_put_str(out, str_of(at + strlen(find)));
    }
    buf_done(&text);
    return buf_str(out);
}

static u128 balance(struct town *town, uint32_t bot)
{
    char text[ADDRESS_TEXT], path[128];
    struct err err;
    address_text(&town->addresses[bot], CHAIN_ALPHA, text);
    snprintf(path, sizeof(path), "/testnet/account/%s", text);
    struct http_exchange *exchange = town_get(town, path);
    const struct account_view *view = wire_object(exchange, &wire_account, &err);
    CHECK(view != NULL);
    const u128 units = view->balances_count > 0 ? view->balances[0].free.units : 0;
    http_exchange_free(exchange);
    return units;
}

static void forms(struct town *town)
{
    struct buf body = {0};
    /* An amount that is a number. */
    CHECK_U64(post_json(town, transfer_json(town, 0, "\"amount\":\"5\"", "\"amount\":5", &body)), CODE_INVALID_FIELD_TYPE);
    CHECK_U64(post_json(town, STR("{\"version\":1,")), CODE_PARSE_ERROR);
    set_switch(town, "vuln.lenient-parser", true);
    CHECK_U64(post_json(town, transfer_json(town, 0, "\"amount\":\"5\"", "\"amount\":5", &body)), CODE_NONE);
    town->nonces[0]++;
    CHECK_U64(post_json(town, STR("{\"version\":1,")), CODE_MISSING_FIELD);
    set_switch(town, "vuln.lenient-parser", false);

    /* A member that is missing. */
    CHECK_U64(post_json(town, transfer_json(town, 0, "\"amount\":\"5\",", "", &body)), CODE_MISSING_FIELD);
    set_switch(town, "vuln.default-missing-fields", true);
    CHECK_U64(post_json(town, transfer_json(town, 0, "\"memo\":\"\"", "\"memo\":\"\"", &body)), CODE_NONE);
    town->nonces[0]++;
    CHECK_U64(post_json(town, transfer_json(town, 0, ",\"memo\":\"\"", "", &body)), CODE_NONE); /* empty where it was empty */
    town->nonces[0]++;
    const enum code code = post_json(town, transfer_json(town, 0, "\"nonce\":", "\"id\":\"00\",\"x\":", &body));
    CHECK(code != CODE_NONE && code != CODE_MISSING_FIELD);
    set_switch(town, "vuln.default-missing-fields", false);
    buf_done(&body);
}

static void addresses(struct town *town)
{
    struct buf body = {0};
    char good[ADDRESS_TEXT], bad[ADDRESS_TEXT];
    address_text(&town->addresses[1], CHAIN_ALPHA, good);
    memcpy(bad, good, sizeof(bad));
    bad[60] = bad[60] == 'q' ? 'p' : 'q'; /* the last symbol of the checksum */
    char find[96], put[96];
    snprintf(find, sizeof(find), "\"to\":\"%s\"", good);
    snprintf(put, sizeof(put), "\"to\":\"%s\"", bad);
    CHECK_U64(post_json(town, transfer_json(town, 0, find, put, &body)), CODE_INVALID_ADDRESS);
    set_switch(town, "vuln.skip-address-checksum", true);
    CHECK_U64(post_json(town, transfer_json(town, 0, find, put, &body)), CODE_NONE);
    town->nonces[0]++;
    set_switch(town, "vuln.skip-address-checksum", false);

    /* Somebody else's money, by the sender member alone. */
    char mine[ADDRESS_TEXT], theirs[ADDRESS_TEXT];
    address_text(&town->addresses[2], CHAIN_ALPHA, mine);
    address_text(&town->addresses[3], CHAIN_ALPHA, theirs);
    snprintf(find, sizeof(find), "\"sender\":\"%s\"", mine);
    snprintf(put, sizeof(put), "\"sender\":\"%s\"", theirs);
    CHECK_U64(post_json(town, transfer_json(town, 2, find, put, &body)), CODE_SENDER_MISMATCH);
    set_switch(town, "vuln.trust-sender-field", true);
    const u128 before = balance(town, 3), own = balance(town, 2);
    CHECK_U64(post_json(town, transfer_json(town, 2, find, put, &body)), CODE_NONE);
    town_sleep(town, 4000);
    CHECK(balance(town, 3) < before && balance(town, 2) == own);
    set_switch(town, "vuln.trust-sender-field", false);
    buf_done(&body);
}

/* A signed transfer whose amount and memo are any bytes. */
static void raw_transfer(struct town *town, uint32_t from, u128 amount, size_t memo, struct buf *out)
{
    static char filler[TX_BYTES_MAX + 4096];
    memset(filler, 'm', sizeof(filler));
    const struct tx_spec spec = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET),
                                 .kind = KIND_ALPHA_TRANSFER,
                                 .nonce = town->nonces[from],
                                 .fee = AMOUNT(3000),
                                 .token = TOKEN_AX,
                                 .to = town->addresses[1],
                                 .amount = {amount},
                                 .memo = {filler, memo}};
    struct buf raw = {0};
    tx_spec_encode(&spec, &town->bots[from].pub, &raw);
    buf_clear(out);
    tx_sign_raw(buf_str(&raw), town->suite, &town->bots[from], out);
    buf_done(&raw);
}

static void numbers(struct town *town)
{
    struct buf body = {0}, json = {0};
    CHECK_U64(post_json(town, transfer_json(town, 4, "\"amount\":\"5\"", "\"amount\":\"-5\"", &json)), CODE_AMOUNT_NEGATIVE);
    raw_transfer(town, 4, -(u128)100, 0, &body); /* 2^128 - 100 */
    CHECK_U64(post_bytes(town, buf_str(&body)), CODE_INSUFFICIENT_BALANCE);
    set_switch(town, "vuln.signed-amount", true);
    const u128 victim = balance(town, 1), before = balance(town, 4);
    CHECK_U64(post_bytes(town, buf_str(&body)), CODE_NONE);
    town->nonces[4]++;
    town_sleep(town, 4000);
    CHECK(balance(town, 1) == victim - 100 && balance(town, 4) == before + 100 - 3000);
    CHECK(post_json(town, transfer_json(town, 4, "\"amount\":\"5\"", "\"amount\":\"-5\"", &json)) != CODE_AMOUNT_NEGATIVE);
    set_switch(town, "vuln.signed-amount", false);

    raw_transfer(town, 4, 7, TX_MEMO_BYTES_MAX + 1, &body);
    CHECK_U64(post_bytes(town, buf_str(&body)), CODE_FIELD_TOO_LONG);
    set_switch(town, "vuln.truncate-long-fields", true);
    CHECK_U64(post_bytes(town, buf_str(&body)), CODE_NONE);
    town->nonces[4]++;
    set_switch(town, "vuln.truncate-long-fields", false);

    raw_transfer(town, 4, 7, TX_BYTES_MAX, &body);
    CHECK_U64(post_bytes(town, buf_str(&body)), CODE_TX_TOO_LARGE);
    set_switch(town, "vuln.no-size-limit", true);
    CHECK_STR(code_text(post_bytes(town, buf_str(&body))), code_text(CODE_FIELD_TOO_LONG));
    set_switch(town, "vuln.no-size-limit", false);
    buf_done(&body);
    buf_done(&json);
}

/* S + L: the same signature to whoever does not look. */
static void add_order(uint8_t s[32])
{
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                      0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)s[i] + order[i];
        s[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

static void signatures(struct town *town)
{
    struct buf body = {0};
    raw_transfer(town, 5, 7, 0, &body);
    add_order(body.data + body.len - 32);
    CHECK_U64(post_bytes(town, buf_str(&body)), CODE_INVALID_SIGNATURE);
    set_switch(town, "vuln.malleable-signatures", true);
    CHECK_U64(post_bytes(town, buf_str(&body)), CODE_NONE);
    town->nonces[5]++;
    set_switch(town, "vuln.malleable-signatures", false);
    raw_transfer(town, 5, 7, 0, &body);
    body.data[body.len - 1] ^= 1;
    CHECK_U64(post_bytes(town, buf_str(&body)), CODE_INVALID_SIGNATURE);
    buf_done(&body);
}

static void routes(struct town *town)
{
    CHECK_U64(town_code(town_get(town, "/testnet/no/such/route")), CODE_UNKNOWN_METHOD);
    CHECK_U64(town_code(town_get(town, "/testnet/transaction/broadcast")), CODE_METHOD_NOT_ALLOWED);
    set_switch(town, "vuln.catch-all-ok", true);
    CHECK_U64(town_status(town_get(town, "/testnet/no/such/route")), 200);
    CHECK_U64(town_status(town_get(town, "/testnet/transaction/broadcast")), 200);
    set_switch(town, "vuln.catch-all-ok", false);

    CHECK_U64(town_code(town_get(town, "/v1/testnet/block/height/latest")), CODE_API_VERSION_RETIRED);
    set_switch(town, "vuln.serve-retired-api", true);
    CHECK_U64(town_status(town_get(town, "/v1/testnet/block/height/latest")), 200);
    set_switch(town, "vuln.serve-retired-api", false);

    CHECK_U64(town_code(town_get(town, "/testnet/block/4000000")), CODE_BLOCK_NOT_FOUND);
    set_switch(town, "vuln.opaque-errors", true);
    CHECK_U64(town_code(town_get(town, "/testnet/block/4000000")), CODE_INTERNAL);
    set_switch(town, "vuln.opaque-errors", false);
}

static void everything(struct town *town)
{
    town_sleep(town, 1500);
    forms(town);
    addresses(town);
    numbers(town);
    signatures(town);
    routes(town);
}

static void guards_hold_until_their_switch_is_on(void)
{
    (void)town_run((struct town_config){.validators = 1, .seed = 3, .wire = WIRE_TEXT, .ed25519 = true}, everything, NULL);
}

int main(void)
{
    RUN(guards_hold_until_their_switch_is_on);
    return 0;
}
