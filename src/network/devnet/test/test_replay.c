/* What is captured in one place does nothing in another: the chain, the network and the nonce are signed and asked for, and what is cheap
 * to ask is asked before the signature. Off, each guard refuses; on, its switch lets the bytes of another chain run here. */
#include "town.h"

static void set_switch(struct town *town, const char *name, bool on)
{
    char path[96];
    snprintf(path, sizeof(path), "switches/%s", name);
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, path, on ? "{\"enabled\":true}" : "{\"enabled\":false}")), 200);
}

static enum code post(struct town *town, struct str body)
{
    const struct http_header headers[] = {{STR("content-type"), STR("application/octet-stream")}};
    return town_code(town_call(town, STR("alpha"),
                               &(struct http_request){.method = HTTP_POST, .path = STR("/testnet/transaction/broadcast"), .headers = headers,
                                                      .headers_count = 1, .body = body}));
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

/* A transfer of bot `from` to bot 1, signed for that place. */
static void captured(struct town *town, enum chain_id chain, enum network network, uint32_t from, uint64_t nonce, uint64_t amount, struct buf *out)
{
    const struct tx_spec spec = {.domain = domain_of(chain, network),
                                 .kind = chain == CHAIN_ALPHA ? KIND_ALPHA_TRANSFER : KIND_DELTA_TRANSFER,
                                 .nonce = nonce,
                                 .fee = AMOUNT(3000),
                                 .token = chain_fee_token(chain),
                                 .to = town->addresses[1],
                                 .amount = AMOUNT(amount)};
    struct buf raw = {0};
    tx_spec_encode(&spec, &town->bots[from].pub, &raw);
    buf_clear(out);
    tx_sign_raw(buf_str(&raw), town->suite, &town->bots[from], out);
    buf_done(&raw);
}

/* Signed anew as if neither chain nor network nor nonce were signed. */
static void sign_unbound(struct town *town, uint32_t from, struct buf *bytes)
{
    const struct tx_rules any = {0};
    struct apierror error;
    struct tx *tx = tx_decode(buf_str(bytes), &any, &error);
    CHECK(tx != NULL);
    const struct hash digest = tx_unbound_digest(tx);
    const struct signature signature = sign_digest(town->suite, &town->bots[from], TX_SIGN_TAG, &digest);
    memcpy(bytes->data + bytes->len - TX_SIGNATURE_BYTES, signature.b, TX_SIGNATURE_BYTES);
    tx_unref(tx);
}

static void domains(struct town *town)
{
    struct buf own = {0}, mainnet = {0}, delta = {0}, unbound = {0};
    town_sleep(town, 1500);
    const u128 before = balance(town, 1);
    captured(town, CHAIN_ALPHA, NETWORK_TESTNET, 0, 0, 100, &own);
    captured(town, CHAIN_ALPHA, NETWORK_MAINNET, 2, 7, 20, &mainnet);
    captured(town, CHAIN_DELTA, NETWORK_TESTNET, 3, 0, 3, &delta);
    captured(town, CHAIN_ALPHA, NETWORK_TESTNET, 4, 0, 1000, &unbound);
    sign_unbound(town, 4, &unbound);
    CHECK_U64(post(town, buf_str(&own)), CODE_NONE);
    town_sleep(town, 4000);
    CHECK_U64(post(town, buf_str(&own)), CODE_NONCE_TOO_LOW);
    CHECK_U64(post(town, buf_str(&mainnet)), CODE_NETWORK_MISMATCH);
    CHECK_U64(post(town, buf_str(&delta)), CODE_INVALID_CHAIN_ID);
    CHECK_U64(post(town, buf_str(&unbound)), CODE_INVALID_SIGNATURE);
    town_sleep(town, 4000);
    CHECK_U64(balance(town, 1) - before, 100);

    set_switch(town, "vuln.unsigned-domain", true);
    CHECK_U64(post(town, buf_str(&mainnet)), CODE_NONE);
    CHECK_U64(post(town, buf_str(&delta)), CODE_NONE);
    CHECK_U64(post(town, buf_str(&unbound)), CODE_NONE);
    CHECK(post(town, buf_str(&own)) != CODE_NONCE_TOO_LOW);
    town_sleep(town, 4000);
    CHECK(balance(town, 1) - before >= 1123);
    set_switch(town, "vuln.unsigned-domain", false);
    town_sleep(town, 2000);
    const uint32_t height = town_final(town);
    CHECK_U64(post(town, buf_str(&mainnet)), CODE_NETWORK_MISMATCH);
    CHECK_U64(post(town, buf_str(&delta)), CODE_INVALID_CHAIN_ID);
    CHECK_U64(post(town, buf_str(&own)), CODE_NONCE_TOO_LOW);
    town_sleep(town, 3000);
    CHECK(town_final(town) > height); /* what came of it stands in its way no more */
    buf_done(&own);
    buf_done(&mainnet);
    buf_done(&delta);
    buf_done(&unbound);
}

static void a_transaction_runs_in_one_place_unless_its_switch_is_on(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 5, .wire = WIRE_TEXT, .ed25519 = true}, domains, NULL);
}

static void order(struct town *town)
{
    struct buf bytes = {0};
    town_sleep(town, 1500);
    captured(town, CHAIN_ALPHA, NETWORK_MAINNET, 2, 0, 20, &bytes);
    bytes.data[bytes.len - 1] ^= 1;
    CHECK_U64(post(town, buf_str(&bytes)), CODE_NETWORK_MISMATCH);
    set_switch(town, "vuln.verify-before-cheap-checks", true);
    CHECK_U64(post(town, buf_str(&bytes)), CODE_INVALID_SIGNATURE);
    bytes.data[bytes.len - 1] ^= 1;
    CHECK_U64(post(town, buf_str(&bytes)), CODE_NETWORK_MISMATCH); /* late, and still */
    captured(town, CHAIN_ALPHA, NETWORK_TESTNET, 2, 0, 20, &bytes);
    CHECK_U64(post(town, buf_str(&bytes)), CODE_NONE);
    set_switch(town, "vuln.verify-before-cheap-checks", false);
    captured(town, CHAIN_DELTA, NETWORK_TESTNET, 2, 1, 20, &bytes);
    bytes.data[bytes.len - 1] ^= 1;
    CHECK_U64(post(town, buf_str(&bytes)), CODE_INVALID_CHAIN_ID);
    buf_done(&bytes);
}

static void signatures_come_behind_what_is_cheap_unless_their_switch_is_on(void)
{
    (void)town_run((struct town_config){.validators = 1, .seed = 6, .wire = WIRE_TEXT, .ed25519 = true}, order, NULL);
}

int main(void)
{
    RUN(a_transaction_runs_in_one_place_unless_its_switch_is_on);
    RUN(signatures_come_behind_what_is_cheap_unless_their_switch_is_on);
    return 0;
}
