/* Perpetuals, oracles, off-ramp and roles through DeltaOS and the admin API: each route's answer when all is well, and each code of its
 * row; and what chaos on the feeds does to them. */
#include "town.h"

#include "chain/payload.h"

#define NO_ID "00000000000000000000000000000000000000000000000000000000000000aa"
#define SEED 7

struct actor {
    struct seckey key;
    struct address address;
    uint64_t nonce;
};
static struct actor bots[4], officer, settler;
static struct hash last_id;

static void actor_of(struct town *town, const char *name, struct actor *out)
{
    uint8_t seed[32];
    derive_dev_seed(SEED, str_of(name), seed);
    seckey_from_seed(town->suite, seed, &out->key);
    out->address = address_of_key(&out->key.pub);
    out->nonce = 0;
}

static uint64_t now_ms(struct town *town) { return instant_ms(env_now(town->env)); }

static struct http_exchange *get(struct town *town, const char *path) { return town_get_on(town, STR("delta"), path); }
static void read_is(struct town *town, const char *path, enum code code)
{
    const enum code got = town_code(get(town, path));
    if (got != code) CHECK_FAIL("%s: " STR_FMT ", not " STR_FMT, path, STR_ARG(code_text(got)), STR_ARG(code_text(code)));
}

/* Sends to a route and says what came back; an accepted one is waited for and must have succeeded. */
static enum code post(struct town *town, struct actor *who, const char *path, enum kind kind, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    char full[200], wait[200], hex[65] = {0};
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET),
                                 .kind = kind,
                                 .nonce = who->nonce,
                                 .fee = AMOUNT(2000),
                                 .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, town->suite, &who->key, &error);
    if (!tx) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    snprintf(full, sizeof(full), "/mainnet/%s", path);
    const struct http_request request = {.method = HTTP_POST, .path = str_of(full), .shape = &wire_transaction, .object = tx};
    const enum code code = town_code(town_call(town, STR("delta"), &request));
    last_id = tx->id;
    tx_unref(tx);
    if (code != CODE_NONE) return code;
    who->nonce++;
    str_hex(last_id.b, 32, hex);
    snprintf(wait, sizeof(wait), "/mainnet/transaction/%s?wait=included", hex);
    struct err err;
    struct http_exchange *exchange = get(town, wait);
    const struct tx_view *view = wire_object_on(CHAIN_DELTA, exchange, &wire_tx, &err);
    if (!view) CHECK_FAIL("%s: %s", path, err.text);
    if (!view->has_receipt || view->receipt.code != CODE_NONE) CHECK_FAIL("%s failed in its block: %u", path, view->receipt.code);
    http_exchange_free(exchange);
    return CODE_NONE;
}
static const char *at(const char *format, const struct hash *id)
{
    static char path[200];
    char hex[65] = {0};
    str_hex(id->b, 32, hex);
    snprintf(path, sizeof(path), format, hex);
    return path;
}
static const char *of(const char *format, const struct actor *who)
{
    static char path[200];
    char text[ADDRESS_TEXT];
    (void)address_text(&who->address, CHAIN_DELTA, text);
    snprintf(path, sizeof(path), format, text);
    return path;
}

/* The stream of Delta has told it, once it was final. */
static void told(struct town *town, const char *type)
{
    for (uint32_t i = 0; listener_saw(&town->delta_listener, type) == 0; i++) {
        if (i > 50) CHECK_FAIL("no %s", type);
        town_sleep(town, 100);
    }
}

static void begin(struct town *town)
{
    for (size_t i = 0; i < 4; i++) {
        bots[i] = (struct actor){.key = town->bots[i], .address = town->addresses[i]};
        char body[200];
        snprintf(body, sizeof(body), "%s", of("{\"address\":\"%s\",\"token\":\"USD\",\"amount\":\"100000000\"}", &bots[i]));
        CHECK_U64(town_status(town_admin(town, HTTP_POST, "faucet", body)), 200);
    }
    actor_of(town, "kyc1", &officer);
    actor_of(town, "settler1", &settler);
    town_sleep(town, 3000);
}

static struct oracle_price_view price(struct town *town)
{
    struct err err;
    struct http_exchange *exchange = get(town, "/mainnet/oracle/price/DX-USD");
    const struct oracle_price_view *view = wire_object_on(CHAIN_DELTA, exchange, &wire_oracle_price, &err);
    if (!view) CHECK_FAIL("%s " STR_FMT, err.text, STR_ARG(http_response_body(exchange)));
    const struct oracle_price_view copy = *view;
    http_exchange_free(exchange);
    return copy;
}
static struct position_view position(struct town *town, const struct hash *id)
{
    struct err err;
    struct http_exchange *exchange = get(town, at("/mainnet/perpetuals/position/%s", id));
    const struct position_view *view = wire_object_on(CHAIN_DELTA, exchange, &wire_position, &err);
    if (!view) CHECK_FAIL("%s", err.text);
    const struct position_view copy = *view; /* its texts are gone: not to be read */
    http_exchange_free(exchange);
    return copy;
}

static void perps_body(struct town *town)
{
    begin(town);
    CHECK(!price(town).stale && price(town).feeds_used == 7);
    union payload p = {.perp_open = {.market = STR("X-PERP"), .side = SIDE_BUY, .size = 10000, .leverage = 5}};
    CHECK_U64(post(town, &bots[0], "perpetuals/open", KIND_PERP_OPEN, &p), CODE_MARKET_NOT_FOUND);
    p.perp_open.market = STR("DX-PERP");
    p.perp_open.leverage = 21;
    CHECK_U64(post(town, &bots[0], "perpetuals/open", KIND_PERP_OPEN, &p), CODE_LEVERAGE_EXCEEDS_LIMIT);
    p.perp_open.leverage = 5;
    p.perp_open.limit_price = 1;
    CHECK_U64(post(town, &bots[0], "perpetuals/open", KIND_PERP_OPEN, &p), CODE_SLIPPAGE_EXCEEDED);
    p.perp_open.limit_price = 0;
    p.perp_open.size = INT64_MAX;
    CHECK_U64(post(town, &bots[0], "perpetuals/open", KIND_PERP_OPEN, &p), CODE_INSUFFICIENT_MARGIN);
    p.perp_open.size = 10000;
    CHECK_U64(post(town, &bots[0], "perpetuals/open", KIND_PERP_OPEN, &p), CODE_NONE);
    const struct hash id = last_id;
    const struct position_view view = position(town, &id);
    CHECK(view.status == POSITION_OPEN && view.size == 10000);
    CHECK(view.margin.units == ((u128)10000 * view.entry_price / 1000000 + 4) / 5);
    static const char *const reads[] = {"/mainnet/perpetuals/markets", "/mainnet/perpetuals/market/DX-PERP", "/mainnet/perpetuals/funding/DX-PERP",
                                        "/mainnet/perpetuals/liquidations", "/mainnet/perpetuals/liquidations?market=DX-PERP"};
    for (size_t i = 0; i < ARRAY_LEN(reads); i++) read_is(town, reads[i], CODE_NONE);
    read_is(town, "/mainnet/perpetuals/market/X-PERP", CODE_MARKET_NOT_FOUND);
    read_is(town, "/mainnet/perpetuals/funding/X-PERP", CODE_MARKET_NOT_FOUND);
    read_is(town, "/mainnet/perpetuals/liquidations?market=X-PERP", CODE_MARKET_NOT_FOUND);
    read_is(town, "/mainnet/perpetuals/positions/dx1q", CODE_INVALID_ADDRESS);
    read_is(town, of("/mainnet/perpetuals/positions/%s", &bots[0]), CODE_NONE);
    read_is(town, of("/mainnet/perpetuals/positions/%s?status=all", &bots[0]), CODE_NONE);
    read_is(town, of("/mainnet/perpetuals/positions/%s?status=odd", &bots[0]), CODE_INVALID_PARAMETER);
    read_is(town, "/mainnet/perpetuals/position/" NO_ID, CODE_POSITION_NOT_FOUND);
    read_is(town, "/mainnet/perpetuals/position/12", CODE_INVALID_PARAMETER);

    struct hash none = {{1}};
    union payload close = {.perp_close = {.position_id = none}};
    CHECK_U64(post(town, &bots[0], at("perpetuals/close/%s", &none), KIND_PERP_CLOSE, &close), CODE_POSITION_NOT_FOUND);
    CHECK_U64(post(town, &bots[0], at("perpetuals/close/%s", &id), KIND_PERP_CLOSE, &close), CODE_FIELD_MISMATCH);
    close.perp_close.position_id = id;
    CHECK_U64(post(town, &bots[1], at("perpetuals/close/%s", &id), KIND_PERP_CLOSE, &close), CODE_NOT_OWNER);
    close.perp_close.limit_price = INT64_MAX;
    CHECK_U64(post(town, &bots[0], at("perpetuals/close/%s", &id), KIND_PERP_CLOSE, &close), CODE_SLIPPAGE_EXCEEDED);
    close.perp_close.limit_price = 0;
    union payload margin = {.perp_margin = {.position_id = none, .direction = MARGIN_ADD, .amount = AMOUNT(100)}};
    CHECK_U64(post(town, &bots[0], at("perpetuals/margin/%s", &none), KIND_PERP_MARGIN, &margin), CODE_POSITION_NOT_FOUND);
    margin.perp_margin.position_id = id;
    CHECK_U64(post(town, &bots[1], at("perpetuals/margin/%s", &id), KIND_PERP_MARGIN, &margin), CODE_NOT_OWNER);
    CHECK_U64(post(town, &bots[0], at("perpetuals/margin/%s", &id), KIND_PERP_MARGIN, &margin), CODE_NONE);
    CHECK(position(town, &id).margin.units == view.margin.units + 100);
    margin.perp_margin.direction = MARGIN_REMOVE;
    margin.perp_margin.amount = AMOUNT(1000000);
    CHECK_U64(post(town, &bots[0], at("perpetuals/margin/%s", &id), KIND_PERP_MARGIN, &margin), CODE_INSUFFICIENT_MARGIN);
    union payload liquidate = {.id = {none}};
    CHECK_U64(post(town, &bots[1], at("perpetuals/liquidate/%s", &none), KIND_PERP_LIQUIDATE, &liquidate), CODE_POSITION_NOT_FOUND);
    liquidate.id.id = id;
    CHECK_U64(post(town, &bots[1], at("perpetuals/liquidate/%s", &id), KIND_PERP_LIQUIDATE, &liquidate), CODE_NOT_LIQUIDATABLE);

    /* A price that falls by 40 % opens the breaker, and makes the position one for liquidation. */
    town_chaos(town, "{\"action\":\"oracle_skew\",\"params\":{\"asset\":\"DX/USD\",\"skew_bps\":-4000},\"duration_ms\":30000}");
    town_sleep(town, 15000);
    CHECK_U64(post(town, &bots[0], "perpetuals/open", KIND_PERP_OPEN, &p), CODE_CIRCUIT_BREAKER_OPEN);
    const union payload order = {
        .order_place = {.pair = STR("DX/USD"), .side = SIDE_SELL, .order_type = ORDER_MARKET, .quantity = 5000, .tif = TIF_IOC}};
    CHECK_U64(post(town, &bots[0], "dex/order", KIND_ORDER_PLACE, &order), CODE_CIRCUIT_BREAKER_OPEN);
    CHECK_U64(post(town, &bots[1], at("perpetuals/liquidate/%s", &id), KIND_PERP_LIQUIDATE, &liquidate), CODE_NONE);
    CHECK(position(town, &id).status == POSITION_LIQUIDATED);
    CHECK_U64(post(town, &bots[1], at("perpetuals/liquidate/%s", &id), KIND_PERP_LIQUIDATE, &liquidate), CODE_POSITION_CLOSED);
    CHECK_U64(post(town, &bots[0], at("perpetuals/close/%s", &id), KIND_PERP_CLOSE, &close), CODE_POSITION_CLOSED);
    town_sleep(town, 400000); /* the skew has ended, and with it the second halt */

    CHECK_U64(post(town, &bots[0], "perpetuals/open", KIND_PERP_OPEN, &p), CODE_NONE);
    const struct hash second = last_id;
    town_chaos(town, "{\"action\":\"oracle_outage\",\"params\":{\"asset\":\"*\"}}");
    town_sleep(town, 75000);
    CHECK_U64(post(town, &bots[0], "perpetuals/open", KIND_PERP_OPEN, &p), CODE_ORACLE_STALE);
    close.perp_close.position_id = second;
    CHECK_U64(post(town, &bots[0], at("perpetuals/close/%s", &second), KIND_PERP_CLOSE, &close), CODE_ORACLE_STALE);
    CHECK(price(town).stale);
    read_is(town, "/mainnet/oracle/price/DX-USD?require_fresh=true", CODE_ORACLE_STALE);
    CHECK_U64(town_status(town_admin(town, HTTP_DELETE, "chaos", "")), 200);
    town_sleep(town, 15000);
    CHECK(!price(town).stale);
    CHECK_U64(post(town, &bots[0], at("perpetuals/close/%s", &second), KIND_PERP_CLOSE, &close), CODE_NONE);
    CHECK(position(town, &second).status == POSITION_CLOSED);
    union payload settle = {.market = {STR("DX-PERP")}};
    CHECK_U64(post(town, &bots[0], "transaction/broadcast", KIND_FUNDING_SETTLE, &settle), CODE_NONE);
    CHECK_U64(post(town, &bots[0], "transaction/broadcast", KIND_FUNDING_SETTLE, &settle), CODE_NOT_DUE);
    read_is(town, "/mainnet/perpetuals/funding/DX-PERP", CODE_NONE);
    told(town, "perp.position");
    told(town, "perp.liquidation");
    told(town, "perp.funding");
    told(town, "oracle.updated");
}

/* Somebody has been noticed, and nobody else. */
static void check_alert(struct town *town, const struct actor *who)
{
    char text[ADDRESS_TEXT], wanted[ADDRESS_TEXT + 16];
    (void)address_text(&who->address, CHAIN_DELTA, text);
    snprintf(wanted, sizeof(wanted), "\"subject\":\"%s\"", text);
    struct http_exchange *exchange = get(town, "/mainnet/alerts?type=ORACLE_OUTLIER");
    const char *body = str_dup(http_arena(exchange), http_response_body(exchange)).data;
    const char *first = strstr(body, "\"subject\"");
    CHECK(first != NULL && strncmp(first, wanted, strlen(wanted)) == 0);
    CHECK(strstr(first + 1, "\"subject\"") == NULL);
    http_exchange_free(exchange);
}

static void oracles_body(struct town *town)
{
    begin(town);
    read_is(town, "/mainnet/oracle/prices", CODE_NONE);
    read_is(town, "/mainnet/oracle/price/DX%2FUSD", CODE_NONE);
    read_is(town, "/mainnet/oracle/price/DX-USD?height=2", CODE_NONE);
    read_is(town, "/mainnet/oracle/price/DX-USD?height=x", CODE_INVALID_PARAMETER);
    read_is(town, "/mainnet/oracle/price/BTC-USD", CODE_ASSET_NOT_FOUND);
    read_is(town, "/mainnet/oracle/feeds/DX-USD?history=100", CODE_NONE);
    read_is(town, "/mainnet/oracle/feeds/DX-USD?history=101", CODE_INVALID_PARAMETER);
    read_is(town, "/mainnet/oracle/feeds/BTC-USD", CODE_ASSET_NOT_FOUND);
    union payload p = {.oracle_submit = {.asset = STR("BTC/USD"), .price = 0, .timestamp_ms = 1, .source = STR("me")}};
    CHECK_U64(post(town, &bots[0], "oracle/submit", KIND_ORACLE_SUBMIT, &p), CODE_ASSET_NOT_FOUND);
    p.oracle_submit.asset = STR("DX/USD");
    CHECK_U64(post(town, &bots[0], "oracle/submit", KIND_ORACLE_SUBMIT, &p), CODE_ORACLE_NOT_SEATED);
    /* oracle7 gives way to a bot. */
    struct actor seventh;
    actor_of(town, "oracle7", &seventh);
    char body[300];
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "roles", "{}")), CODE_MISSING_FIELD);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "roles", "{\"address\":\"dx1\",\"role\":\"oracle\",\"grant\":true}")), CODE_INVALID_ADDRESS);
    snprintf(body, sizeof(body), "%s", of("{\"address\":\"%s\",\"role\":\"king\",\"grant\":true}", &seventh));
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "roles", body)), CODE_INVALID_FORMAT);
    snprintf(body, sizeof(body), "%s", of("{\"address\":\"%s\",\"role\":\"oracle\",\"asset\":\"BTC/USD\",\"grant\":true}", &seventh));
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "roles", body)), CODE_ASSET_NOT_FOUND);
    snprintf(body, sizeof(body), "%s", of("{\"address\":\"%s\",\"role\":\"oracle\",\"asset\":\"DX/USD\",\"grant\":false}", &seventh));
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "roles", body)), CODE_NONE);
    snprintf(body, sizeof(body), "%s", of("{\"address\":\"%s\",\"role\":\"oracle\",\"asset\":\"DX/USD\",\"grant\":true}", &bots[0]));
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "roles", body)), CODE_NONE);
    town_sleep(town, 2000);
    CHECK_U64(post(town, &bots[0], "oracle/submit", KIND_ORACLE_SUBMIT, &p), CODE_INVALID_PRICE);
    const uint64_t fair = price(town).price;
    p.oracle_submit.price = fair;
    CHECK_U64(post(town, &bots[0], "oracle/submit", KIND_ORACLE_SUBMIT, &p), CODE_TIMESTAMP_OUT_OF_RANGE);
    p.oracle_submit.timestamp_ms = now_ms(town);
    p.oracle_submit.price = fair * 2;
    CHECK_U64(post(town, &bots[0], "oracle/submit", KIND_ORACLE_SUBMIT, &p), CODE_PRICE_OUTLIER);
    check_alert(town, &bots[0]);
    told(town, "alert");
    p.oracle_submit.price = fair;
    CHECK_U64(post(town, &bots[0], "oracle/submit", KIND_ORACLE_SUBMIT, &p), CODE_NONE);
    union payload leave = {.asset = {STR("DX/USD")}}, join = {.oracle_register = {.asset = STR("DX/USD"), .bond = AMOUNT(5)}};
    CHECK_U64(post(town, &bots[1], "transaction/broadcast", KIND_ORACLE_REGISTER, &join), CODE_ALREADY_REGISTERED);
    CHECK_U64(post(town, &bots[1], "transaction/broadcast", KIND_ORACLE_EXIT, &leave), CODE_ORACLE_NOT_SEATED);
    CHECK_U64(post(town, &bots[0], "transaction/broadcast", KIND_ORACLE_EXIT, &leave), CODE_NONE);
    CHECK_U64(post(town, &bots[1], "transaction/broadcast", KIND_ORACLE_REGISTER, &join), CODE_INSUFFICIENT_DEPOSIT);
    join.oracle_register.bond = AMOUNT(1000000);
    CHECK_U64(post(town, &bots[1], "transaction/broadcast", KIND_ORACLE_REGISTER, &join), CODE_NONE);
    CHECK_U64(post(town, &bots[1], "transaction/broadcast", KIND_ORACLE_REGISTER, &join), CODE_ALREADY_REGISTERED);
    CHECK_U64(post(town, &bots[1], "transaction/broadcast", KIND_ORACLE_EXIT, &leave), CODE_NONE);
    /* Four silent feeds leave too few; what is stale is not believed. */
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "chaos", "{\"action\":\"oracle_stale\",\"params\":{\"asset\":\"DX/USD\"}}")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "chaos", "{\"action\":\"oracle_skew\",\"params\":{\"asset\":\"DX/USD\"}}")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "chaos", "{\"action\":\"oracle_outage\",\"params\":{}}")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "chaos", "{\"action\":\"oracle_outage\",\"params\":{\"asset\":\"*\",\"feeds\":[\"oracle9\"]}}")), CODE_INVALID_PARAMETER);
    town_chaos(town, "{\"action\":\"oracle_stale\",\"params\":{\"asset\":\"DX/USD\",\"feeds\":[\"oracle1\",\"oracle2\"],\"age_ms\":3600000}}");
    town_chaos(town, "{\"action\":\"oracle_outage\",\"params\":{\"asset\":\"DX/USD\",\"count\":2}}");
    town_sleep(town, 75000);
    CHECK(price(town).stale && price(town).feeds_used <= 3);
    CHECK_U64(town_status(town_admin(town, HTTP_DELETE, "chaos", "")), 200);
    town_sleep(town, 15000);
    CHECK(!price(town).stale);
    /* Three of seven that say another price do not move it. */
    snprintf(body, sizeof(body), "%s", of("{\"address\":\"%s\",\"role\":\"oracle\",\"grant\":true}", &seventh));
    CHECK_U64(town_code(town_admin(town, HTTP_POST, "roles", body)), CODE_NONE);
    town_sleep(town, 15000);
    const uint64_t before = price(town).price;
    town_chaos(town, "{\"action\":\"oracle_skew\",\"params\":{\"asset\":\"DX/USD\",\"count\":3,\"skew_bps\":2000}}");
    town_sleep(town, 25000);
    const uint64_t after = price(town).price;
    CHECK(!price(town).stale && after > before * 98 / 100 && after < before * 102 / 100);
}

static void offramp_body(struct town *town)
{
    begin(town);
    union payload ask = {.offramp_request = {.amount = AMOUNT(50000), .currency = STR("USD"), .bank_hash = {{7}}}};
    union payload kyc = {.kyc_submit = {.profile_hash = {{1}}, .documents_hash = {{2}}, .country = STR("CH")}};
    CHECK_U64(post(town, &bots[0], "offramp/request", KIND_OFFRAMP_REQUEST, &ask), CODE_KYC_REQUIRED);
    read_is(town, of("/mainnet/offramp/kyc/%s", &bots[0]), CODE_KYC_NOT_FOUND);
    CHECK_U64(post(town, &bots[0], "offramp/kyc", KIND_KYC_SUBMIT, &kyc), CODE_NONE);
    read_is(town, of("/mainnet/offramp/kyc/%s", &bots[0]), CODE_NONE);
    CHECK_U64(post(town, &bots[0], "offramp/kyc", KIND_KYC_SUBMIT, &kyc), CODE_ALREADY_REGISTERED);
    CHECK_U64(post(town, &bots[0], "offramp/request", KIND_OFFRAMP_REQUEST, &ask), CODE_KYC_PENDING);
    struct hash registration = {{9}};
    CHECK_U64(post(town, &bots[1], "offramp/kyc", KIND_KYC_SUBMIT, &kyc), CODE_NONE);
    registration = last_id;
    union payload review = {.kyc_review = {.subject = bots[1].address, .registration = registration, .decision = KYC_REJECT, .reason = KYC_DUPLICATE}};
    CHECK_U64(post(town, &bots[2], of("offramp/kyc/%s/review", &bots[1]), KIND_KYC_REVIEW, &review), CODE_FORBIDDEN);
    CHECK_U64(post(town, &officer, of("offramp/kyc/%s/review", &bots[0]), KIND_KYC_REVIEW, &review), CODE_FIELD_MISMATCH);
    CHECK_U64(post(town, &officer, of("offramp/kyc/%s/review", &bots[1]), KIND_KYC_REVIEW, &review), CODE_NONE);
    CHECK_U64(post(town, &officer, of("offramp/kyc/%s/review", &bots[1]), KIND_KYC_REVIEW, &review), CODE_REQUEST_CLOSED);
    CHECK_U64(post(town, &bots[1], "offramp/request", KIND_OFFRAMP_REQUEST, &ask), CODE_KYC_REJECTED);
    review.kyc_review.subject = bots[3].address;
    CHECK_U64(post(town, &officer, of("offramp/kyc/%s/review", &bots[3]), KIND_KYC_REVIEW, &review), CODE_KYC_NOT_FOUND);
    CHECK_U64(post(town, &bots[1], "offramp/kyc", KIND_KYC_SUBMIT, &kyc), CODE_NONE);
    review.kyc_review = (struct payload_kyc_review){bots[1].address, last_id, KYC_APPROVE, KYC_NONE};
    CHECK_U64(post(town, &officer, of("offramp/kyc/%s/review", &bots[1]), KIND_KYC_REVIEW, &review), CODE_NONE);
    ask.offramp_request.amount = AMOUNT(1000000000);
    CHECK_U64(post(town, &bots[1], "offramp/request", KIND_OFFRAMP_REQUEST, &ask), CODE_INSUFFICIENT_BALANCE);
    ask.offramp_request.amount = AMOUNT(50000);
    CHECK_U64(post(town, &bots[1], "offramp/request", KIND_OFFRAMP_REQUEST, &ask), CODE_NONE);
    const struct hash id = last_id;
    const struct hash none = {{3}};
    union payload approve = {.offramp_approve = {none, true}};
    CHECK_U64(post(town, &settler, at("offramp/request/%s/settle", &none), KIND_OFFRAMP_APPROVE, &approve), CODE_REQUEST_NOT_FOUND);
    approve.offramp_approve.request_id = id;
    CHECK_U64(post(town, &bots[0], at("offramp/request/%s/settle", &id), KIND_OFFRAMP_APPROVE, &approve), CODE_FORBIDDEN);
    CHECK_U64(post(town, &settler, at("offramp/request/%s/settle", &id), KIND_OFFRAMP_APPROVE, &approve), CODE_NONE);
    CHECK_U64(post(town, &settler, at("offramp/request/%s/settle", &id), KIND_OFFRAMP_APPROVE, &approve), CODE_REQUEST_CLOSED);
    union payload settle = {.offramp_settle = {.request_id = id, .outcome = SETTLE_FAILURE, .reference = STR("no such bank")}}, own = {.id = {id}};
    CHECK_U64(post(town, &bots[1], at("offramp/request/%s/settle", &id), KIND_OFFRAMP_RETRY, &own), CODE_REQUEST_CLOSED);
    CHECK_U64(post(town, &settler, at("offramp/request/%s/settle", &id), KIND_OFFRAMP_SETTLE, &settle), CODE_NONE);
    CHECK_U64(post(town, &bots[0], at("offramp/request/%s/settle", &id), KIND_OFFRAMP_CANCEL, &own), CODE_NOT_OWNER);
    CHECK_U64(post(town, &bots[1], at("offramp/request/%s/settle", &id), KIND_OFFRAMP_RETRY, &own), CODE_NONE);
    settle.offramp_settle.outcome = SETTLE_SUCCESS;
    CHECK_U64(post(town, &settler, at("offramp/request/%s/settle", &id), KIND_OFFRAMP_SETTLE, &settle), CODE_NONE);
    read_is(town, at("/mainnet/offramp/request/%s", &id), CODE_NONE);
    read_is(town, "/mainnet/offramp/request/" NO_ID, CODE_REQUEST_NOT_FOUND);
    read_is(town, "/mainnet/offramp/request/7", CODE_INVALID_PARAMETER);
    read_is(town, of("/mainnet/offramp/requests/%s", &bots[1]), CODE_NONE);
    read_is(town, "/mainnet/offramp/requests/dx1x", CODE_INVALID_ADDRESS);
    CHECK_U64(town_status(town_admin(town, HTTP_GET, "audit", "")), 200);
    told(town, "kyc.status");
    told(town, "offramp.status");
}

static void run(void (*body)(struct town *town)) { (void)town_run((struct town_config){.validators = 4, .seed = SEED, .delta = true, .listens = true}, body, NULL); }
static void perpetuals_answer_by_their_rows(void) { run(perps_body); }
static void oracles_and_roles_answer_by_their_rows(void) { run(oracles_body); }
static void the_off_ramp_answers_by_its_rows(void) { run(offramp_body); }

int main(void)
{
    RUN(perpetuals_answer_by_their_rows);
    RUN(oracles_and_roles_answer_by_their_rows);
    RUN(the_off_ramp_answers_by_its_rows);
    return 0;
}
