/* Rows of the contract that no story of another test comes by: the routes of the Delta chain, refusals of the admin interface and of
 * X20, and what requests of the wrong size meet. */
#include "town.h"

#define A_HASH "00000000000000000000000000000000000000000000000000000000000000aa"

struct expectation {
    const char *path;
    enum code code; /* CODE_NONE: 200 */
};

static char alpha_text[ADDRESS_TEXT], delta_text[ADDRESS_TEXT], head_hash[65], tx_text[65];

/* $A an address of Alpha, $D the same one of Delta, $H the hash of block 3, $T a final transaction */
static void expect(struct town *town, const char *format, enum code code)
{
    char path[400];
    size_t at = 0;
    for (const char *p = format; *p && at < sizeof(path) - 80; p++) {
        if (*p != '$') {
            path[at++] = *p;
            continue;
        }
        p++;
        const char *text = *p == 'A' ? alpha_text : *p == 'D' ? delta_text : *p == 'H' ? head_hash : tx_text;
        at += (size_t)snprintf(path + at, sizeof(path) - at, "%s", text);
    }
    path[at] = 0;
    const enum code got = town_code(town_get_on(town, STR("delta"), path));
    if (got != code) CHECK_FAIL("%s: " STR_FMT ", not " STR_FMT, path, STR_ARG(code_text(got)), STR_ARG(code_text(code)));
}

static const struct expectation delta_reads[] = {
    {"/mainnet/block/height/latest", CODE_NONE},
    {"/mainnet/block/hash/latest", CODE_NONE},
    {"/mainnet/block/latest", CODE_NONE},
    {"/mainnet/block/height/finalized", CODE_NONE},
    {"/mainnet/block/3", CODE_NONE},
    {"/mainnet/block/$H?full=true", CODE_NONE},
    {"/mainnet/block/999999", CODE_BLOCK_NOT_FOUND},
    {"/mainnet/block/" A_HASH, CODE_BLOCK_NOT_FOUND},
    {"/mainnet/block/xyz", CODE_INVALID_PARAMETER},
    {"/mainnet/block/$H/transactions", CODE_NONE},
    {"/mainnet/block/999999/transactions", CODE_BLOCK_NOT_FOUND},
    {"/mainnet/blocks?start=0&end=4", CODE_NONE},
    {"/mainnet/blocks?start=0&end=51", CODE_INVALID_PARAMETER},
    {"/mainnet/height/$H", CODE_NONE},
    {"/mainnet/height/" A_HASH, CODE_BLOCK_NOT_FOUND},
    {"/mainnet/transaction/$T", CODE_NONE},
    {"/mainnet/transaction/" A_HASH, CODE_TRANSACTION_NOT_FOUND},
    {"/mainnet/transaction/$T/proof", CODE_NONE},
    {"/mainnet/memoryPool/transactions", CODE_NONE},
    {"/mainnet/memoryPool/transactions/" A_HASH, CODE_TRANSACTION_NOT_FOUND},
    {"/mainnet/memoryPool/entries", CODE_NONE},
    {"/mainnet/memoryPool/entries?kind=order_place&lane=dex", CODE_NONE},
    {"/mainnet/memoryPool/entries?kind=bridge_lock", CODE_INVALID_PARAMETER}, /* of the other chain */
    {"/mainnet/memoryPool/stats", CODE_NONE},
    {"/mainnet/stateRoot/latest", CODE_NONE},
    {"/mainnet/stateRoot/3", CODE_NONE},
    {"/mainnet/stateRoot/999999", CODE_BLOCK_NOT_FOUND},
    {"/mainnet/statePath/account:$D", CODE_NONE},
    {"/mainnet/statePath/account:$A", CODE_INVALID_CHAIN_ID},
    {"/mainnet/statePath/account:$D?height=999999", CODE_BLOCK_NOT_FOUND},
    {"/mainnet/statePath/nonsense:$D", CODE_KEY_NOT_FOUND},
    {"/mainnet/statePath/nonsense", CODE_INVALID_PARAMETER},
    {"/mainnet/account/$D", CODE_NONE},
    {"/mainnet/account/$A", CODE_INVALID_CHAIN_ID},
    {"/mainnet/account/dx1qqqq", CODE_INVALID_ADDRESS},
    {"/mainnet/committee/latest", CODE_NONE},
    {"/mainnet/committee/1", CODE_NONE},
    {"/mainnet/committee/999999", CODE_COMMITTEE_NOT_FOUND},
    {"/mainnet/peers/all", CODE_NONE},
    {"/mainnet/peers/count", CODE_NONE},
    {"/mainnet/peers/all/metrics", CODE_NONE},
    {"/mainnet/sync_status", CODE_NONE},
    {"/mainnet/node/info", CODE_NONE},
    {"/mainnet/validators", CODE_NONE},
    {"/mainnet/validators/$D", CODE_VALIDATOR_NOT_FOUND},
    {"/mainnet/supply", CODE_NONE},
    {"/mainnet/finality/3", CODE_NONE},
    {"/mainnet/finality/999999", CODE_BLOCK_NOT_FINAL},
    {"/mainnet/evidence", CODE_NONE},
    {"/mainnet/evidence/" A_HASH, CODE_EVIDENCE_NOT_FOUND},
    {"/mainnet/consensus/votes/3", CODE_NONE},
    {"/mainnet/consensus/round", CODE_NONE},
    {"/mainnet/forks", CODE_NONE},
    {"/mainnet/checkpoints", CODE_NONE},
    {"/mainnet/alerts", CODE_NONE},
    {"/mainnet/crosschain/status", CODE_NONE},
    {"/mainnet/program/token", CODE_UNKNOWN_METHOD}, /* programs are Alpha's */
    {"/testnet/block/height/latest", CODE_NETWORK_MISMATCH},
};

static struct tx *delta_pay(struct town *town, uint32_t from, uint64_t nonce, uint64_t amount)
{
    struct apierror error;
    const struct tx_spec spec = {.domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET),
                                 .kind = KIND_DELTA_TRANSFER,
                                 .nonce = nonce,
                                 .fee = AMOUNT(2000),
                                 .token = TOKEN_DX,
                                 .to = town->addresses[1],
                                 .amount = AMOUNT(amount)};
    struct tx *tx = tx_build(&spec, town->suite, &town->bots[from], &error);
    if (!tx) CHECK_FAIL("no transfer: %s", error.message);
    return tx;
}

static struct http_exchange *post(struct town *town, const char *origin, const char *path, const char *type, struct str body)
{
    const struct http_header headers[] = {{STR("content-type"), str_of(type)}};
    return town_call(town, str_of(origin), &(struct http_request){.method = HTTP_POST, .path = str_of(path), .headers = headers, .headers_count = 1, .body = body});
}

static void delta_begins(struct town *town)
{
    struct err err;
    struct tx *tx = delta_pay(town, 0, 0, 7);
    char path[160];
    str_hex(tx->id.b, 32, tx_text);
    const struct http_request broadcast = {.method = HTTP_POST, .path = STR("/mainnet/transaction/broadcast"), .shape = &wire_transaction, .object = tx};
    CHECK_U64(town_status(town_call(town, STR("delta"), &broadcast)), 202);
    tx_unref(tx);
    snprintf(path, sizeof(path), "/mainnet/memoryPool/transactions/%s", tx_text);
    CHECK_U64(town_status(town_get_on(town, STR("delta"), path)), 200);
    snprintf(path, sizeof(path), "/mainnet/transaction/%s?wait=finalized", tx_text);
    CHECK_U64(town_status(town_get_on(town, STR("delta"), path)), 200);
    town_sleep(town, 3000);
    struct http_exchange *exchange = town_get_on(town, STR("delta"), "/mainnet/block/3");
    const struct block_view *block = wire_object_on(CHAIN_DELTA, exchange, &wire_block, &err);
    CHECK(block != NULL);
    str_hex(block->hash.b, 32, head_hash);
    http_exchange_free(exchange);
    address_text(&town->addresses[0], CHAIN_ALPHA, alpha_text);
    address_text(&town->addresses[0], CHAIN_DELTA, delta_text);
}

static void delta_batch(struct town *town)
{
    struct err err;
    struct buf batch = {0};
    struct tx *good = delta_pay(town, 0, 1, 8), *known = delta_pay(town, 0, 0, 7);
    const uint32_t count = 2;
    buf_put(&batch, &count, 4);
    buf_put(&batch, &good->size, 4);
    buf_put_str(&batch, tx_bytes(good));
    buf_put(&batch, &known->size, 4);
    buf_put_str(&batch, tx_bytes(known));
    struct http_exchange *exchange = post(town, "delta", "/mainnet/transaction/broadcast/batch", "application/octet-stream", buf_str(&batch));
    const struct batch_ack *ack = wire_object_on(CHAIN_DELTA, exchange, &wire_batch_ack, &err);
    CHECK(ack != NULL && ack->accepted == 1 && ack->rejected == 1);
    http_exchange_free(exchange);
    CHECK_U64(town_code(post(town, "delta", "/mainnet/transaction/broadcast/batch", "application/octet-stream", str_sub(buf_str(&batch), 0, batch.len - 1))),
              CODE_PARSE_ERROR);
    tx_unref(good);
    tx_unref(known);
    buf_done(&batch);
}

static void delta_here(struct town *town)
{
    delta_begins(town);
    for (size_t i = 0; i < ARRAY_LEN(delta_reads); i++) expect(town, delta_reads[i].path, delta_reads[i].code);
    delta_batch(town);
}

static void delta_serves_the_chain_routes_of_alpha(void)
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++)
        (void)town_run((struct town_config){.validators = 4, .seed = 8, .delta = true, .wire = wire}, delta_here, NULL);
}

/* ---- the admin interface ---- */

struct admin_row {
    enum http_method method;
    const char *path, *body;
    enum code code;
};
static const struct admin_row admin_rows[] = {
    {HTTP_POST, "faucet", "{\"address\":\"$A\",\"token\":\"DX\",\"amount\":\"5\"}", CODE_INVALID_CHAIN_ID},
    {HTTP_POST, "faucet", "{\"address\":\"$A\",\"token\":\"AX\",\"amount\":\"5\"}", CODE_NONE},
    {HTTP_POST, "faucet", "{\"address\":\"$A\",\"token\":\"XX\",\"amount\":\"5\"}", CODE_INVALID_FORMAT},
    {HTTP_POST, "faucet", "{\"address\":\"ax1x\",\"token\":\"AX\",\"amount\":\"5\"}", CODE_INVALID_ADDRESS},
    {HTTP_POST, "step", "{\"blocks\":1}", CODE_FORBIDDEN},
    {HTTP_POST, "step", "{\"blocks\":0}", CODE_INVALID_FORMAT},
    {HTTP_POST, "step", "{\"blocks\":1,\"chain\":\"gamma\"}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "mode", "{\"mode\":\"warp\"}", CODE_INVALID_FORMAT},
    {HTTP_POST, "mode", "{\"mode\":\"auto\",\"block_interval_ms\":0}", CODE_INVALID_FORMAT},
    {HTTP_PUT, "parameters", "{\"no_such\":1}", CODE_UNKNOWN_FIELD},
    {HTTP_PUT, "parameters", "{\"epoch_blocks\":0}", CODE_INVALID_FORMAT},
};

static void admin_rows_here(struct town *town)
{
    address_text(&town->addresses[0], CHAIN_ALPHA, alpha_text);
    for (size_t i = 0; i < ARRAY_LEN(admin_rows); i++) {
        const struct admin_row *row = &admin_rows[i];
        char body[300];
        const char *mark = strstr(row->body, "$A");
        if (mark) snprintf(body, sizeof(body), "%.*s%s%s", (int)(mark - row->body), row->body, alpha_text, mark + 2);
        else snprintf(body, sizeof(body), "%s", row->body);
        const enum code got = town_code(town_admin(town, row->method, row->path, body));
        if (got != row->code) CHECK_FAIL("%s %s: " STR_FMT, row->path, body, STR_ARG(code_text(got)));
    }
}
static void the_admin_interface_refuses_by_its_rows(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 8, .delta = true}, admin_rows_here, NULL);
}

static void production_here(struct town *town)
{
    CHECK_U64(town_code(town_admin(town, HTTP_PUT, "switches/vuln.skip-balance-check", "{\"enabled\":true}")), CODE_FORBIDDEN);
    CHECK_U64(town_code(town_admin(town, HTTP_PUT, "switches/vuln.skip-balance-check", "{\"enabled\":false}")), CODE_FORBIDDEN);
    CHECK_U64(town_code(town_admin(town, HTTP_GET, "switches/vuln.skip-balance-check", "")), CODE_NONE);
}
static void no_weakness_is_planted_in_production(void)
{
    (void)town_run((struct town_config){.validators = 1, .seed = 8, .production = true}, production_here, NULL);
}

/* ---- requests of the wrong size, and versions ---- */

static void sizes_here(struct town *town)
{
    char *big = base_alloc(20001);
    memset(big, 'a', 20000);
    memcpy(big, "/testnet/block/", 15);
    const struct http_request long_path = {.method = HTTP_GET, .path = {big, 9000}};
    CHECK_U64(town_code(town_call(town, STR("alpha"), &long_path)), CODE_URI_TOO_LONG);
    const struct http_header headers[] = {{STR("x-long"), {big, 17000}}};
    const struct http_request long_head = {.method = HTTP_GET, .path = STR("/testnet/block/latest"), .headers = headers, .headers_count = 1};
    CHECK_U64(town_code(town_call(town, STR("alpha"), &long_head)), CODE_HEADERS_TOO_LARGE);
    base_free(big);
    struct err err;
    struct http_exchange *half;
    const struct str begun = STR("GET /testnet/block/latest HTTP/1.1\r\nhost: alpha\r\n");
    CHECK(http_call_raw(town->client, STR("alpha"), STR("/testnet/block/latest"), begun, instant_add(env_now(town->env), duration_s(30)), &half, &err));
    CHECK_U64(town_code(half), CODE_REQUEST_TIMEOUT);
    struct tx *tx = town_transfer(town, 0, 1, 0, 5);
    struct buf bytes = {0}, json = {0};
    buf_put_str(&bytes, tx_bytes(tx));
    bytes.data[4] = 2;
    CHECK_U64(town_code(post(town, "alpha", "/testnet/transaction/broadcast", "application/octet-stream", buf_str(&bytes))), CODE_UNSUPPORTED_VERSION);
    struct json_writer w = json_writer_of(&json);
    tx_to_json(tx, &w);
    buf_put_char(&json, 0);
    const char *text = (const char *)json.data, *mark = strstr(text, "\"amount\":\"5\"");
    char body[2000];
    CHECK(mark != NULL);
    snprintf(body, sizeof(body), "%.*s\"amount\":\"340282366920938463463374607431768211456\"%s", (int)(mark - text), text, mark + 12);
    CHECK_U64(town_code(post(town, "alpha", "/testnet/transaction/broadcast", "application/json", str_of(body))), CODE_AMOUNT_OUT_OF_RANGE);
    snprintf(body, sizeof(body), "%.*s\"amount\":\"-5\"%s", (int)(mark - text), text, mark + 12);
    CHECK_U64(town_code(post(town, "alpha", "/testnet/transaction/broadcast", "application/json", str_of(body))), CODE_AMOUNT_NEGATIVE);
    tx_unref(tx);
    buf_done(&bytes);
    buf_done(&json);
}
static void requests_of_the_wrong_size_are_refused(void)
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++)
        (void)town_run((struct town_config){.validators = 1, .seed = 8, .wire = wire}, sizes_here, NULL);
}

/* ---- a full pool ---- */

static enum code pay_tip(struct town *town, uint32_t from, uint64_t nonce, uint64_t tip, struct hash *out_id)
{
    struct apierror error;
    const struct tx_spec spec = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET),
                                 .kind = KIND_ALPHA_TRANSFER,
                                 .nonce = nonce,
                                 .fee = AMOUNT(2000),
                                 .tip = AMOUNT(tip),
                                 .token = TOKEN_AX,
                                 .to = town->addresses[1],
                                 .amount = AMOUNT(1)};
    struct tx *tx = tx_build(&spec, town->suite, &town->bots[from], &error);
    CHECK(tx != NULL);
    if (out_id) *out_id = tx->id;
    const enum code code = town_code(town_broadcast(town, "", tx));
    tx_unref(tx);
    return code;
}

static const struct devnet_parameter narrow[] = {{STR("nonce_window"), STR("2")},
                                                 {STR("max_pending_per_sender"), STR("2")},
                                                 {STR("mempool_capacity"), STR("4")}};

static void full_here(struct town *town)
{
    struct hash first;
    struct err err;
    CHECK_U64(pay_tip(town, 0, 0, 1, NULL), CODE_NONE);
    CHECK_U64(pay_tip(town, 0, 1, 1, NULL), CODE_NONE);
    CHECK_U64(pay_tip(town, 0, 2, 1, NULL), CODE_ACCOUNT_PENDING_LIMIT);
    CHECK_U64(pay_tip(town, 2, 0, 5, NULL), CODE_NONE);
    CHECK_U64(pay_tip(town, 3, 0, 0, &first), CODE_NONE);
    CHECK_U64(pay_tip(town, 4, 0, 0, NULL), CODE_MEMPOOL_FULL);
    char path[160], hex[65] = {0};
    str_hex(first.b, 32, hex);
    snprintf(path, sizeof(path), "/testnet/memoryPool/transactions/%s", hex);
    struct http_exchange *waiting = town_get(town, path);
    const struct pool_entry *entry = wire_object(waiting, &wire_pool_entry, &err);
    CHECK(entry != NULL && hash_eq(&entry->transaction_id, &first));
    http_exchange_free(waiting);
    CHECK_U64(pay_tip(town, 5, 0, 9, NULL), CODE_NONE);
    CHECK_U64(town_code(town_get(town, path)), CODE_TRANSACTION_NOT_FOUND);
    snprintf(path, sizeof(path), "/testnet/transaction/%s", hex);
    struct http_exchange *exchange = town_get(town, path);
    const struct tx_view *view = wire_object(exchange, &wire_tx, &err);
    CHECK(view != NULL && view->status == TX_STATUS_DROPPED && view->dropped_reason == CODE_TX_EVICTED);
    http_exchange_free(exchange);
    town_sleep(town, 1000);
    CHECK(listener_saw(&town->alpha_listener, "tx.dropped") >= 1);
}
static void a_full_pool_prefers_tips_and_limits_each_sender(void)
{
    (void)town_run((struct town_config){.validators = 0, .seed = 8, .listens = true, .parameters = narrow, .parameters_count = ARRAY_LEN(narrow)}, full_here, NULL);
}

int main(void)
{
    RUN(delta_serves_the_chain_routes_of_alpha);
    RUN(the_admin_interface_refuses_by_its_rows);
    RUN(no_weakness_is_planted_in_production);
    RUN(requests_of_the_wrong_size_are_refused);
    RUN(a_full_pool_prefers_tips_and_limits_each_sender);
    return 0;
}
