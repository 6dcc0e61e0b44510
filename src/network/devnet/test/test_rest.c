/* Every route of AlphaOS: its answer when all is well, and each of its refusals, through the gateway. */
#include "town.h"

#define CALL_BIG ((1u << 20) + 1)
#define A_HASH "00000000000000000000000000000000000000000000000000000000000000aa"

struct expectation {
    const char *path;
    enum code code; /* CODE_NONE: 200 */
};

static char validator_text[ADDRESS_TEXT], bot_text[ADDRESS_TEXT], delta_text[ADDRESS_TEXT];
static char head_hash[65], tx_text[65];

static void expect(struct town *town, const char *format, enum code code)
{
    char path[400];
    /* %V a validator, %B a bot, %D an address of Delta, %H the hash of block 3, %T a final transaction */
    size_t at = 0;
    for (const char *p = format; *p && at < sizeof(path) - 80; p++) {
        const char *text = NULL;
        if (*p == '$') {
            p++;
            text = *p == 'V' ? validator_text : *p == 'B' ? bot_text : *p == 'D' ? delta_text : *p == 'H' ? head_hash : tx_text;
        }
        if (text) at += (size_t)snprintf(path + at, sizeof(path) - at, "%s", text);
        else path[at++] = *p;
    }
    path[at] = 0;
    const enum code got = town_code(town_get(town, path));
    if (got != code) CHECK_FAIL("%s: " STR_FMT ", not " STR_FMT, path, STR_ARG(code_text(got)), STR_ARG(code_text(code)));
}

static const struct expectation reads[] = {
    {"/testnet/block/height/latest", CODE_NONE},
    {"/testnet/block/hash/latest", CODE_NONE},
    {"/testnet/block/latest", CODE_NONE},
    {"/testnet/block/height/finalized", CODE_NONE},
    {"/testnet/block/0", CODE_NONE},
    {"/testnet/block/3", CODE_NONE},
    {"/testnet/block/$H", CODE_NONE},
    {"/testnet/block/$H?full=true", CODE_NONE},
    {"/testnet/block/3?full=yes", CODE_INVALID_PARAMETER},
    {"/testnet/block/999999", CODE_BLOCK_NOT_FOUND},
    {"/testnet/block/" A_HASH, CODE_BLOCK_NOT_FOUND},
    {"/testnet/block/xyz", CODE_INVALID_PARAMETER},
    {"/testnet/block/-1", CODE_INVALID_PARAMETER},
    {"/testnet/block/$H/transactions", CODE_NONE},
    {"/testnet/block/999999/transactions", CODE_BLOCK_NOT_FOUND},
    {"/testnet/block/$H/transactions?limit=0", CODE_INVALID_PARAMETER},
    {"/testnet/block/$H/transactions?limit=501", CODE_INVALID_PARAMETER},
    {"/testnet/block/$H/transactions?cursor=nonsense", CODE_INVALID_PARAMETER},
    {"/testnet/blocks?start=0&end=4", CODE_NONE},
    {"/testnet/blocks?start=0&end=50", CODE_NONE},
    {"/testnet/blocks?start=0&end=51", CODE_INVALID_PARAMETER},
    {"/testnet/blocks?start=5&end=4", CODE_INVALID_PARAMETER},
    {"/testnet/blocks?start=5", CODE_INVALID_PARAMETER},
    {"/testnet/blocks", CODE_INVALID_PARAMETER},
    {"/testnet/height/$H", CODE_NONE},
    {"/testnet/height/" A_HASH, CODE_BLOCK_NOT_FOUND},
    {"/testnet/height/12", CODE_INVALID_PARAMETER},
    {"/testnet/transaction/$T", CODE_NONE},
    {"/testnet/transaction/$T?wait=finalized", CODE_NONE},
    {"/testnet/transaction/$T?wait=finalized&timeout_ms=0", CODE_NONE},
    {"/testnet/transaction/$T?wait=forever", CODE_INVALID_PARAMETER},
    {"/testnet/transaction/$T?timeout_ms=30001", CODE_INVALID_PARAMETER},
    {"/testnet/transaction/" A_HASH, CODE_TRANSACTION_NOT_FOUND},
    {"/testnet/transaction/" A_HASH "?wait=finalized", CODE_TRANSACTION_NOT_FOUND},
    {"/testnet/transaction/12", CODE_INVALID_PARAMETER},
    {"/testnet/transaction/$T/proof", CODE_NONE},
    {"/testnet/transaction/" A_HASH "/proof", CODE_TRANSACTION_NOT_FOUND},
    {"/testnet/memoryPool/transactions", CODE_NONE},
    {"/testnet/memoryPool/transactions?limit=10000", CODE_NONE},
    {"/testnet/memoryPool/transactions?limit=10001", CODE_INVALID_PARAMETER},
    {"/testnet/memoryPool/transactions/" A_HASH, CODE_TRANSACTION_NOT_FOUND},
    {"/testnet/memoryPool/transactions/12", CODE_INVALID_PARAMETER},
    {"/testnet/memoryPool/entries", CODE_NONE},
    {"/testnet/memoryPool/entries?kind=transfer&sender=$B&stage=m2&lane=general&min_tip=0", CODE_NONE},
    {"/testnet/memoryPool/entries?kind=nonsense", CODE_INVALID_PARAMETER},
    {"/testnet/memoryPool/entries?sender=$D", CODE_INVALID_PARAMETER},
    {"/testnet/memoryPool/entries?stage=m3", CODE_INVALID_PARAMETER},
    {"/testnet/memoryPool/entries?lane=fast", CODE_INVALID_PARAMETER},
    {"/testnet/memoryPool/entries?min_tip=-1", CODE_INVALID_PARAMETER},
    {"/testnet/memoryPool/stats", CODE_NONE},
    {"/testnet/stateRoot/latest", CODE_NONE},
    {"/testnet/stateRoot/3", CODE_NONE},
    {"/testnet/stateRoot/999999", CODE_BLOCK_NOT_FOUND},
    {"/testnet/stateRoot/x", CODE_INVALID_PARAMETER},
    {"/testnet/statePath/account:$B", CODE_NONE},
    {"/testnet/statePath/account%3A$B", CODE_NONE},
    {"/testnet/statePath/account:$B?height=3", CODE_NONE},
    {"/testnet/statePath/account:$B?height=999999", CODE_BLOCK_NOT_FOUND},
    {"/testnet/statePath/nonsense", CODE_INVALID_PARAMETER},
    {"/testnet/statePath/nonsense:7", CODE_KEY_NOT_FOUND},
    {"/testnet/account/$B", CODE_NONE},
    {"/testnet/account/$D", CODE_INVALID_CHAIN_ID},
    {"/testnet/account/ax1qqqq", CODE_INVALID_ADDRESS},
    {"/testnet/committee/latest", CODE_NONE},
    {"/testnet/committee/1", CODE_NONE},
    {"/testnet/committee/999999", CODE_COMMITTEE_NOT_FOUND},
    {"/testnet/committee/x", CODE_INVALID_PARAMETER},
    {"/testnet/peers/all", CODE_NONE},
    {"/testnet/peers/count", CODE_NONE},
    {"/testnet/peers/all/metrics", CODE_NONE},
    {"/testnet/sync_status", CODE_NONE},
    {"/testnet/node/info", CODE_NONE},
    {"/testnet/validators", CODE_NONE},
    {"/testnet/validators?limit=1", CODE_NONE},
    {"/testnet/validators/$V", CODE_NONE},
    {"/testnet/validators/$B", CODE_VALIDATOR_NOT_FOUND},
    {"/testnet/validators/$D", CODE_INVALID_CHAIN_ID},
    {"/testnet/supply", CODE_NONE},
    {"/testnet/supply?finalized=true", CODE_NONE},
    {"/testnet/supply?finalized=2", CODE_INVALID_PARAMETER},
    {"/testnet/finality/3", CODE_NONE},
    {"/testnet/finality/$H", CODE_NONE},
    {"/testnet/finality/999999", CODE_BLOCK_NOT_FINAL},
    {"/testnet/finality/x", CODE_INVALID_PARAMETER},
    {"/testnet/evidence", CODE_NONE},
    {"/testnet/evidence?type=double_vote&validator=$V&after=1", CODE_NONE},
    {"/testnet/evidence?type=nonsense", CODE_INVALID_PARAMETER},
    {"/testnet/evidence/" A_HASH, CODE_EVIDENCE_NOT_FOUND},
    {"/testnet/evidence/12", CODE_INVALID_PARAMETER},
    {"/testnet/consensus/votes/3", CODE_NONE},
    {"/testnet/consensus/votes/x", CODE_INVALID_PARAMETER},
    {"/testnet/consensus/round", CODE_NONE},
    {"/testnet/forks", CODE_NONE},
    {"/testnet/checkpoints", CODE_NONE},
    {"/testnet/alerts", CODE_NONE},
    {"/testnet/alerts?type=CONFLICTING_BRANCH&after=3", CODE_NONE},
    {"/testnet/alerts?type=NOISE", CODE_INVALID_PARAMETER},
    {"/testnet/shielded/notes", CODE_NONE},
    {"/testnet/shielded/notes?from=3&limit=10000", CODE_NONE},
    {"/testnet/shielded/notes?from_height=1", CODE_NONE},
    {"/testnet/shielded/notes?from=x", CODE_INVALID_PARAMETER},
    {"/testnet/shielded/notes?from_height=-1", CODE_INVALID_PARAMETER},
    {"/testnet/shielded/notes?limit=10001", CODE_INVALID_PARAMETER},
    {"/testnet/shielded/state", CODE_NONE},
    {"/testnet/shielded/nullifier/" A_HASH, CODE_NONE},
    {"/testnet/shielded/nullifier/12", CODE_INVALID_PARAMETER},
    {"/testnet/shielded/nullifiers", CODE_NONE},
    {"/testnet/shielded/nullifiers?from_height=2&limit=5", CODE_NONE},
    {"/testnet/shielded/nullifiers?from_height=x", CODE_INVALID_PARAMETER},
    {"/testnet/shielded/nullifiers?limit=0", CODE_INVALID_PARAMETER},
    {"/testnet/shielded/count/0", CODE_NONE},
    {"/testnet/shielded/count/999999", CODE_BLOCK_NOT_FOUND},
    {"/testnet/shielded/count/x", CODE_INVALID_PARAMETER},
    /* staking */
    {"/testnet/delegators/$V", CODE_NONE},
    {"/testnet/delegators/$V?limit=1", CODE_NONE},
    {"/testnet/delegators/$V?limit=0", CODE_INVALID_PARAMETER},
    {"/testnet/delegators/$B", CODE_VALIDATOR_NOT_FOUND},
    {"/testnet/delegators/$D", CODE_INVALID_CHAIN_ID},
    {"/testnet/delegators/ax1qqqq", CODE_INVALID_ADDRESS},
    {"/testnet/events?types=nothing", CODE_INVALID_PARAMETER},
    {"/testnet/events?from=x", CODE_INVALID_PARAMETER},
    {"/testnet/consensus/template", CODE_INVALID_PARAMETER},
    {"/testnet/consensus/template?validator=$B", CODE_NOT_IN_VALIDATOR_SET},
    /* prefixes and wrong turns */
    {"/v2/testnet/block/height/latest", CODE_NONE},
    {"/node/v2/testnet/block/height/latest", CODE_NONE},
    {"/v2/node/v2/testnet/node/info", CODE_NONE},
    {"/node/v9/testnet/block/height/latest", CODE_NODE_NOT_FOUND},
    {"/v1/testnet/block/height/latest", CODE_API_VERSION_RETIRED},
    {"/mainnet/block/height/latest", CODE_NETWORK_MISMATCH},
    {"/mainnet/dex/orderbook/DX-sAX", CODE_UNKNOWN_METHOD},
    {"/testnet/block/height/latest/", CODE_UNKNOWN_METHOD},
    {"/testnet/nothing", CODE_UNKNOWN_METHOD},
    {"/testnet", CODE_UNKNOWN_METHOD},
    {"/", CODE_UNKNOWN_METHOD},
    {"/testnet/transaction/broadcast", CODE_METHOD_NOT_ALLOWED}, /* never the transaction named "broadcast" */
    {"/testnet/transaction/broadcast/batch", CODE_METHOD_NOT_ALLOWED},
    {"/testnet/nothing/a/b/c/d/e/f/g/h/i", CODE_UNKNOWN_METHOD},
};

static void prepare(struct town *town, struct hash *out_id)
{
    struct err err;
    CHECK_U64(town_pay(town, 0, 1, 77, out_id), CODE_NONE);
    CHECK_U64(town_tx_status(town, out_id, "finalized"), TX_FINALIZED);
    str_hex(out_id->b, 32, tx_text);
    while (town_final(town) < 6) town_sleep(town, 200);
    struct http_exchange *exchange = town_get(town, "/testnet/block/3");
    const struct block_view *block = wire_object(exchange, &wire_block, &err);
    CHECK(block != NULL);
    str_hex(block->hash.b, 32, head_hash);
    http_exchange_free(exchange);
    address_text(&town->addresses[0], CHAIN_ALPHA, bot_text);
    address_text(&town->addresses[0], CHAIN_DELTA, delta_text);
    exchange = town_get(town, "/testnet/validators?limit=1");
    const struct page *page = wire_object(exchange, &wire_validator_page, &err);
    CHECK(page != NULL && page->count == 1 && page->next_cursor.data != NULL);
    address_text(&((const struct validator_view *)page->items)[0].address, CHAIN_ALPHA, validator_text);
    http_exchange_free(exchange);
}

static void all_reads(struct town *town)
{
    struct hash id;
    prepare(town, &id);
    for (size_t i = 0; i < ARRAY_LEN(reads); i++) expect(town, reads[i].path, reads[i].code);
}

static void every_read_answers_or_refuses_as_the_contract_says(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 2}, all_reads, NULL);
    (void)town_run((struct town_config){.validators = 4, .seed = 2, .wire = WIRE_TEXT}, all_reads, NULL);
}

/* ---- headers ---- */

static struct str header(const struct http_exchange *exchange, const char *name)
{
    const struct http_response *response = http_response(exchange);
    return http_header_find(response->headers, response->headers_count, str_of(name));
}

static void headers_here(struct town *town)
{
    const struct http_header mine[] = {{STR("x-request-id"), STR("my-request.7")}};
    struct http_exchange *exchange =
        town_call(town, STR("alpha"), &(struct http_request){.method = HTTP_GET, .path = STR("/testnet/block/height/latest"), .headers = mine, .headers_count = 1});
    CHECK_STR(header(exchange, "x-request-id"), STR("my-request.7"));
    CHECK_STR(header(exchange, "x-adnet-api"), STR("2"));
    CHECK_STR(header(exchange, "x-node"), STR("v1"));
    CHECK(header(exchange, "x-height").len > 0 && header(exchange, "x-finalized-height").len > 0);
    http_exchange_free(exchange);
    const struct http_header bad[] = {{STR("x-request-id"), STR("not allowed!")}};
    exchange = town_call(town, STR("alpha"), &(struct http_request){.method = HTTP_GET, .path = STR("/node/v3/testnet/nothing"), .headers = bad, .headers_count = 1});
    CHECK(header(exchange, "x-request-id").len > 0);
    CHECK(!str_eq(header(exchange, "x-request-id"), STR("not allowed!")));
    CHECK_STR(header(exchange, "x-node"), STR("v3"));
    http_exchange_free(exchange);
    exchange = town_get(town, "/v1/testnet/blocks");
    CHECK_STR(header(exchange, "deprecation"), STR("true"));
    CHECK_STR(header(exchange, "link"), STR("</v2/testnet/blocks>; rel=\"successor-version\""));
    CHECK_STR(header(exchange, "x-adnet-api"), STR("2"));
    http_exchange_free(exchange);
    exchange = town_call(town, STR("alpha"), &(struct http_request){.method = HTTP_DELETE, .path = STR("/testnet/evidence")});
    CHECK_U64(http_response(exchange)->status, 405);
    CHECK_STR(header(exchange, "allow"), STR("GET, POST"));
    http_exchange_free(exchange);
    exchange = town_get(town, "/testnet/peers/all?limit=2");
    CHECK(header(exchange, "x-next-cursor").len > 0);
    http_exchange_free(exchange);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v2\"}}");
    exchange = town_get(town, "/node/v2/testnet/blocks");
    CHECK_U64(http_response(exchange)->status, 503);
    CHECK(header(exchange, "retry-after").len > 0);
    http_exchange_free(exchange);
}

static void every_answer_carries_the_contracts_headers(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 2}, headers_here, NULL);
    (void)town_run((struct town_config){.validators = 4, .seed = 2, .wire = WIRE_TEXT}, headers_here, NULL);
}

/* ---- broadcast ---- */

static struct http_exchange *post(struct town *town, const char *path, const char *type, struct str body)
{
    const struct http_header headers[] = {{STR("content-type"), str_of(type)}};
    return town_call(town, STR("alpha"), &(struct http_request){.method = HTTP_POST, .path = str_of(path), .headers = headers, .headers_count = 1, .body = body});
}

#define BROADCAST "/testnet/transaction/broadcast"

/* What tx_build would refuse to make, as raw bytes. */
static struct http_exchange *post_spec(struct town *town, const struct tx_spec *spec, uint32_t from, bool spoil)
{
    struct buf bytes = {0}, signed_bytes = {0};
    tx_spec_encode(spec, &town->bots[from].pub, &bytes);
    tx_sign_raw(buf_str(&bytes), town->suite, &town->bots[from], &signed_bytes);
    if (spoil) signed_bytes.data[signed_bytes.len - 1] ^= 1;
    struct http_exchange *exchange = post(town, BROADCAST, "application/octet-stream", buf_str(&signed_bytes));
    buf_done(&bytes);
    buf_done(&signed_bytes);
    return exchange;
}

static void admissions(struct town *town)
{
    struct tx_spec good = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET),
                           .kind = KIND_ALPHA_TRANSFER,
                           .nonce = 0,
                           .fee = AMOUNT(2000),
                           .token = TOKEN_AX,
                           .to = town->addresses[1],
                           .amount = AMOUNT(10)};
    struct tx_spec spec = good;
    CHECK_U64(town_code(post(town, BROADCAST, "application/octet-stream", STR("junk"))), CODE_PARSE_ERROR);
    CHECK_U64(town_code(post(town, BROADCAST, "application/json", STR("{\"a\":01}"))), CODE_PARSE_ERROR);
    CHECK_U64(town_code(post(town, BROADCAST, "application/json", STR("{}"))), CODE_MISSING_FIELD);
    CHECK_U64(town_code(post(town, BROADCAST, "text/plain", STR("junk"))), CODE_UNSUPPORTED_MEDIA_TYPE);
    spec.domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET);
    spec.kind = KIND_DELTA_TRANSFER;
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_INVALID_CHAIN_ID);
    spec = good;
    spec.domain = domain_of(CHAIN_ALPHA, NETWORK_MAINNET);
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_NETWORK_MISMATCH);
    spec = good;
    spec.kind = 0x01ff;
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_UNKNOWN_KIND);
    for (size_t i = 0; kind_at(i) != NULL; i++) { /* one that this build knows and does not execute, if there is any */
        if (kind_at(i)->in_build || kind_at(i)->chain != CHAIN_ALPHA) continue;
        spec.kind = kind_at(i)->kind;
        CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_FEATURE_NOT_AVAILABLE);
        break;
    }
    spec = good;
    spec.amount = AMOUNT(0);
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_AMOUNT_NOT_POSITIVE);
    spec = good;
    spec.token = TOKEN_DX;
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_INVALID_TOKEN_FOR_CHAIN);
    CHECK_U64(town_code(post_spec(town, &good, 0, true)), CODE_INVALID_SIGNATURE);
    spec = good;
    spec.valid_until = 1;
    while (town_height(town) < 3) town_sleep(town, 200);
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_TX_EXPIRED);
    spec = good;
    spec.timestamp_ms = 1700000000000;
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_TIMESTAMP_OUT_OF_RANGE);
    spec = good;
    spec.fee = AMOUNT(1);
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_FEE_TOO_LOW);
    spec = good;
    spec.amount = AMOUNT(2000000000);
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_INSUFFICIENT_BALANCE);
    spec = good;
    spec.nonce = 65;
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_NONCE_TOO_HIGH);
    CHECK_U64(town_code(post_spec(town, &good, 0, false)), CODE_NONE);
    CHECK_U64(town_code(post_spec(town, &good, 0, false)), CODE_TX_ALREADY_KNOWN);
    spec = good;
    spec.amount = AMOUNT(11);
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_NONCE_CONFLICT);
    town_sleep(town, 3000);
    CHECK_U64(town_code(post_spec(town, &spec, 0, false)), CODE_NONCE_TOO_LOW);
    struct str big = {base_alloc(CALL_BIG), CALL_BIG};
    CHECK_U64(town_code(post(town, BROADCAST, "application/octet-stream", big)), CODE_TX_TOO_LARGE);
    CHECK_U64(town_code(post(town, "/testnet/evidence", "application/json", big)), CODE_BODY_TOO_LARGE);
    base_free((void *)(uintptr_t)big.data);
}

static void admission_refuses_in_the_contracts_order(void)
{
    (void)town_run((struct town_config){.validators = 1, .seed = 4}, admissions, NULL);
    (void)town_run((struct town_config){.validators = 1, .seed = 4, .wire = WIRE_TEXT}, admissions, NULL);
}

static void json_and_batches_here(struct town *town)
{
    struct err err;
    struct buf json = {0}, batch = {0};
    struct json_writer w = json_writer_of(&json);
    struct tx *txs[4];
    for (uint32_t i = 0; i < 4; i++) txs[i] = town_transfer(town, 0, 1, i, 10 + i);
    tx_to_json(txs[0], &w);
    CHECK_U64(town_status(post(town, BROADCAST, "application/json; charset=utf-8", buf_str(&json))), 202);
    const uint32_t count = 3;
    buf_put(&batch, &count, 4);
    for (uint32_t i = 1; i < 4; i++) {
        buf_put(&batch, &txs[i]->size, 4);
        buf_put_str(&batch, tx_bytes(i == 2 ? txs[0] : txs[i])); /* the second is known already */
    }
    struct http_exchange *exchange = post(town, BROADCAST "/batch", "application/octet-stream", buf_str(&batch));
    const struct batch_ack *ack = wire_object(exchange, &wire_batch_ack, &err);
    CHECK(ack != NULL);
    CHECK_U64(ack->accepted, 2);
    CHECK_U64(ack->rejected, 1);
    CHECK_U64(ack->results_count, 3);
    CHECK_U64(ack->results[1].error.code, CODE_TX_ALREADY_KNOWN);
    http_exchange_free(exchange);
    CHECK_U64(town_code(post(town, BROADCAST "/batch", "application/octet-stream", str_sub(buf_str(&batch), 0, batch.len - 1))), CODE_PARSE_ERROR);
    CHECK_U64(town_code(post(town, BROADCAST "/batch", "application/json", STR("{\"transactions\":[]}"))), CODE_PARSE_ERROR);
    CHECK_U64(town_code(post(town, BROADCAST "/batch", "application/json", STR("{\"transactions\":[{}]}"))), CODE_NONE);
    CHECK_U64(town_code(post(town, BROADCAST "/batch", "text/html", STR("x"))), CODE_UNSUPPORTED_MEDIA_TYPE);
    for (uint32_t i = 0; i < 4; i++) tx_unref(txs[i]);
    buf_done(&json);
    buf_done(&batch);
}

static void json_and_batches_are_taken(void)
{
    (void)town_run((struct town_config){.validators = 1, .seed = 4}, json_and_batches_here, NULL);
    (void)town_run((struct town_config){.validators = 1, .seed = 4, .wire = WIRE_TEXT}, json_and_batches_here, NULL);
}

/* ---- evidence: a validator's own double vote, made with its key ---- */

static void evidence_here(struct town *town)
{
    uint8_t seed[32];
    struct seckey account, consensus;
    town_sleep(town, 1000);
    derive_dev_seed(6, STR("v2"), seed);
    seckey_from_seed(town->suite, seed, &account);
    derive_dev_seed(6, STR("v2/consensus"), seed);
    seckey_from_seed(town->suite, seed, &consensus);
    struct vote a = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .height = 1, .round = 1, .voter = address_of_key(&account.pub)}, b = a;
    a.block_hash.b[0] = 1;
    b.block_hash.b[0] = 2;
    vote_sign(&a, town->suite, &consensus);
    vote_sign(&b, town->suite, &consensus);
    uint8_t bytes[2][VOTE_SIGNED_BYTES];
    char hex[2][2 * VOTE_SIGNED_BYTES + 1] = {{0}, {0}}, body[1000];
    vote_encode_signed(&a, bytes[0]);
    vote_encode_signed(&b, bytes[1]);
    str_hex(bytes[0], VOTE_SIGNED_BYTES, hex[0]);
    str_hex(bytes[1], VOTE_SIGNED_BYTES, hex[1]);
    snprintf(body, sizeof(body), "{\"type\":\"double_vote\",\"first\":\"%s\",\"second\":\"%s\"}", hex[0], hex[0]);
    CHECK_U64(town_code(post(town, "/testnet/evidence", "application/json", str_of(body))), CODE_INVALID_EVIDENCE);
    snprintf(body, sizeof(body), "{\"type\":\"double_vote\",\"first\":\"%s\",\"second\":\"%s\"}", hex[1], hex[0]);
    CHECK_U64(town_code(post(town, "/testnet/evidence", "application/json", str_of(body))), CODE_NONE);
    CHECK_U64(town_code(post(town, "/testnet/evidence", "application/json", str_of(body))), CODE_NONE); /* known: the same answer */
    struct err err;
    struct http_exchange *exchange = town_get(town, "/testnet/evidence?type=double_vote");
    const struct page *page = wire_object(exchange, &wire_evidence_page, &err);
    CHECK(page != NULL);
    CHECK_U64(page->count, 1);
    http_exchange_free(exchange);
    CHECK_U64(town_code(post(town, "/testnet/evidence", "application/json", STR("{\"type\":\"gossip\"}"))), CODE_INVALID_FORMAT);
    CHECK_U64(town_code(post(town, "/testnet/evidence", "application/json", STR("{\"type\":\"double_vote\"}"))), CODE_MISSING_FIELD);
    CHECK_U64(town_code(post(town, "/testnet/evidence", "text/plain", STR("x"))), CODE_UNSUPPORTED_MEDIA_TYPE);
    town_sleep(town, 1000);
    CHECK_U64(listener_saw(&town->alpha_listener, "evidence.added"), 1);
}

static void evidence_is_checked_and_recorded(void) { (void)town_run((struct town_config){.validators = 4, .seed = 6, .listens = true}, evidence_here, NULL); }

/* ---- nobody votes ---- */

static void nobody(struct town *town)
{
    struct hash id;
    CHECK_U64(town_height(town), 0);
    town_sleep(town, 5000);
    CHECK_U64(town_height(town), 0);
    CHECK_U64(town_code(town_get(town, "/testnet/block/0")), CODE_NONE);
    CHECK_U64(town_code(town_get(town, "/testnet/committee/latest")), CODE_COMMITTEE_NOT_FOUND);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    CHECK_U64(town_tx_status(town, &id, NULL), TX_PENDING);
    CHECK_U64(town_u32(town, "/testnet/peers/count"), 0);
}

static void a_network_without_validators_answers_reads(void) { (void)town_run((struct town_config){.validators = 0, .seed = 6}, nobody, NULL); }

int main(void)
{
    RUN(every_read_answers_or_refuses_as_the_contract_says);
    RUN(every_answer_carries_the_contracts_headers);
    RUN(admission_refuses_in_the_contracts_order);
    RUN(json_and_batches_are_taken);
    RUN(evidence_is_checked_and_recorded);
    RUN(a_network_without_validators_answers_reads);
    return 0;
}
