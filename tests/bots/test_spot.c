/* Delta's spot markets by the client's calls, on a whole network: every route answers, and gives every code of its row. */
#include "chain/payload.h"
#include "tester/client/delta_spot.h"
#include "village.h"

static struct answer answer;

static struct village *v;
static const struct alpha *delta;
static uint64_t nonces[VILLAGE_BOTS_MAX];
static struct instant soon(void) { return village_in(v, duration_s(20)); }

/* A request as it stands, and the code of the answer; `out` (may be NULL) gets the body, in the village's arena. */
static enum code raw(enum http_method method, const char *path, const char *query, struct str body, struct str *out)
{
    struct err err;
    char whole[256];
    struct http_exchange *exchange;
    snprintf(whole, sizeof(whole), "/mainnet/%s", path);
    const struct http_header type = {STR("content-type"), STR("application/json")};
    const struct http_request request = {.method = method, .path = str_of(whole), .query = str_of(query), .body = body, .headers = &type, .headers_count = method == HTTP_POST};
    if (!http_call(v->crew.alpha.http, STR("delta"), &request, soon(), &exchange, &err)) CHECK_FAIL("%s: %s", path, err.text);
    const struct str text = str_dup(&v->arena, http_response_body(exchange));
    enum code code = CODE_NONE;
    if (http_response(exchange)->status >= 300) {
        const struct json *doc = json_parse(&v->arena, text, &err);
        struct str name;
        CHECK(doc != NULL && json_str(json_find(json_find(doc, STR("error")), STR("code")), &name) && code_parse(name, &code));
    }
    if (out != NULL) *out = text;
    http_exchange_free(exchange);
    return code;
}

static struct tx *sign(uint32_t who, enum kind kind, const union payload *payload, uint64_t nonce, uint64_t fee)
{
    struct buf bytes = {0};
    struct apierror error;
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {
        .domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET), .kind = kind, .nonce = nonce, .fee = AMOUNT(fee), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[who]->identity.key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

static union payload order(const char *pair, enum side side, enum order_type type, uint64_t price, uint64_t quantity, enum tif tif, uint16_t slippage)
{
    return (union payload){.order_place = {.pair = str_of(pair),
                                           .side = (uint8_t)side,
                                           .order_type = (uint8_t)type,
                                           .price = price,
                                           .quantity = quantity,
                                           .tif = (uint8_t)tif,
                                           .max_slippage_bps = slippage,
                                           .client_id = 7}};
}
static union payload limit(enum side side, uint64_t price, uint64_t quantity)
{
    return order("DX/sAX", side, ORDER_LIMIT, price, quantity, TIF_GTC, 0);
}

/* Waits until it is in a block of the preferred chain, and gives the code of its receipt. */
static enum code settle(const struct hash *id)
{
    for (;;) {
        const struct tx_view *tx = alpha_transaction(delta, id, TX_WAIT_INCLUDED, duration_s(10), soon(), &answer);
        WANT(tx != NULL);
        const enum tx_status status = tx->status;
        const enum code code = tx->has_receipt ? (enum code)tx->receipt.code : CODE_NONE;
        const bool in = tx->has_receipt;
        answer_done(&answer);
        if (in) return code;
        CHECK(status != TX_STATUS_DROPPED);
    }
}

/* By D2; the code of the answer. On success it is executed when this returns. */
static enum code place(uint32_t who, const union payload *payload, struct hash *out_id)
{
    struct tx *tx = sign(who, KIND_ORDER_PLACE, payload, nonces[who], 2000);
    const struct object_ack *ack = delta_order(delta, tx, soon(), &answer);
    const enum code code = answer.code;
    CHECK(ack != NULL || answer.status == ANSWER_REFUSED);
    if (ack != NULL) CHECK(hash_eq(&ack->id, &tx->id));
    answer_done(&answer);
    if (code == CODE_NONE) {
        nonces[who]++;
        CHECK_U64(settle(&tx->id), CODE_NONE);
        if (out_id != NULL) *out_id = tx->id;
    }
    tx_unref(tx);
    return code;
}

static enum code cancel(uint32_t who, const struct hash *id, uint64_t fee)
{
    const union payload payload = {.id = {*id}};
    struct tx *tx = sign(who, KIND_ORDER_CANCEL, &payload, nonces[who], fee);
    const struct object_ack *ack = delta_order_cancel(delta, id, tx, soon(), &answer);
    const enum code code = answer.code;
    CHECK(ack != NULL || answer.status == ANSWER_REFUSED);
    answer_done(&answer);
    if (code == CODE_NONE) {
        nonces[who]++;
        CHECK_U64(settle(&tx->id), CODE_NONE);
    }
    tx_unref(tx);
    return code;
}

static enum code broadcast(uint32_t who, enum kind kind, const union payload *payload)
{
    struct tx *tx = sign(who, kind, payload, nonces[who], 4000);
    const struct tx_ack *ack = alpha_broadcast(delta, tx, soon(), &answer);
    enum code code = answer.code;
    CHECK(ack != NULL || answer.status == ANSWER_REFUSED);
    answer_done(&answer);
    if (code == CODE_NONE) {
        nonces[who]++;
        code = settle(&tx->id);
    }
    tx_unref(tx);
    return code;
}

static void begin(struct village *village)
{
    v = village;
    delta = &village->crew.delta;
    memset(nonces, 0, sizeof(nonces));
    struct faucet_grant grants[2 * VILLAGE_BOTS_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < v->config.bots; i++) {
        grants[count++] = (struct faucet_grant){v->bots[i]->identity.address, {TOKEN_SAX, AMOUNT(1000000000)}};
        grants[count++] = (struct faucet_grant){v->bots[i]->identity.address, {TOKEN_USD, AMOUNT(1000000000)}};
    }
    const struct admin_faucet *faucet = admin_faucet(&v->admin, grants, count, soon(), &answer);
    WANT(faucet != NULL);
    const uint32_t from = faucet->effective_height;
    answer_done(&answer);
    for (uint32_t height = 0; height < from;) {
        WANT(alpha_height(delta, soon(), &height, &answer));
        answer_done(&answer);
        fiber_sleep(v->env, duration_ms(100));
    }
}

#define CODE_IS(wanted)                                                                                                          \
    do {                                                                                                                         \
        CHECK_U64(answer.status, ANSWER_REFUSED);                                                                                \
        if (answer.code != (wanted)) CHECK_FAIL(STR_FMT " is not " STR_FMT, STR_ARG(code_text(answer.code)), STR_ARG(code_text(wanted))); \
        CHECK(answer.error->message[0] != 0);                                                                                    \
        answer_done(&answer);                                                                                                    \
    } while (0)

/* ---- success of each ---- */

static void reads_here(struct village *village)
{
    begin(village);
    struct hash bid, ask, taker;
    union payload p = limit(SIDE_BUY, 950000, 2000000);
    CHECK_U64(place(0, &p, &bid), CODE_NONE);
    p = limit(SIDE_SELL, 1050000, 3000000);
    CHECK_U64(place(1, &p, &ask), CODE_NONE);
    p = order("DX-sAX", SIDE_SELL, ORDER_MARKET, 0, 1000000, TIF_IOC, 100);
    CHECK_U64(place(2, &p, &taker), CODE_NONE);
    const struct book_view *book = delta_book(delta, STR("DX/sAX"), 10, soon(), &answer); /* D1 */
    WANT(book != NULL);
    CHECK_U64(book->bids_count, 1);
    CHECK_U64(book->bids[0].quantity, 1000000);
    CHECK_U64(book->asks[0].price, 1050000);
    CHECK(book->sequence > 0 && book->height > 0);
    answer_done(&answer);
    const struct order_view *view = delta_order_find(delta, &bid, soon(), &answer); /* DS4 */
    WANT(view != NULL);
    CHECK_U64(view->status, ORDER_PARTIALLY_FILLED);
    CHECK_U64(view->fills_count, 1);
    CHECK_U64(view->average_price.value, 950000);
    CHECK_U64(view->client_id, 7);
    CHECK(address_eq(&view->owner, &v->bots[0]->identity.address));
    answer_done(&answer);
    const struct page *page = delta_orders(delta, &v->bots[0]->identity.address, STR("DX/sAX"), STR("partially_filled"), 5, (struct str){0}, soon(), &answer);
    WANT(page != NULL); /* DS5 */
    CHECK_U64(page->count, 1);
    answer_done(&answer);
    page = delta_trades(delta, STR("DX/sAX"), 1, 10, (struct str){0}, soon(), &answer); /* DS6 */
    WANT(page != NULL);
    CHECK_U64(page->count, 1);
    const struct trade_view *trade = page->items;
    CHECK_U64(trade->quantity, 1000000);
    CHECK(hash_eq(&trade->maker_order, &bid) && trade->taker_order.has && hash_eq(&trade->taker_order.value, &taker));
    answer_done(&answer);
    const union payload add = {.amm_add = {STR("sAX/USD"), AMOUNT(10000000), AMOUNT(20000000), AMOUNT(1)}};
    CHECK_U64(broadcast(3, KIND_AMM_ADD, &add), CODE_NONE);
    const struct pool_view *pool = delta_pool(delta, STR("sAX/USD"), SIDE_SELL, AMOUNT(10000), soon(), &answer); /* DS8 */
    WANT(pool != NULL);
    CHECK(pool->has_quote && pool->price == 2000000 && pool->providers == 1);
    const struct amount expected = pool->amount_out;
    answer_done(&answer);
    const union payload swap = {.amm_swap = {STR("sAX/USD"), SIDE_SELL, AMOUNT(10000), expected}};
    CHECK_U64(broadcast(2, KIND_AMM_SWAP, &swap), CODE_NONE);
    page = delta_pairs(delta, soon(), &answer); /* DS7 */
    WANT(page != NULL);
    CHECK_U64(page->count, 3);
    CHECK_U64(((const struct pair_view *)page->items)[0].last_price.value, 950000);
    CHECK(!((const struct pair_view *)page->items)[0].halted);
    answer_done(&answer);
    CHECK_U64(cancel(1, &ask, 2000), CODE_NONE); /* D3 */
    view = delta_order_find(delta, &ask, soon(), &answer);
    WANT(view != NULL);
    CHECK_U64(view->status, ORDER_CANCELLED);
    answer_done(&answer);
    const struct audit_view *audit = admin_audit(&v->admin, false, soon(), &answer);
    WANT(audit != NULL);
    CHECK(audit->ok);
    answer_done(&answer);
}

/* ---- every code of the rows ---- */

static void order_codes(void)
{
    const struct {
        union payload payload;
        enum code code;
    } rows[] = {
        {order("DX/EUR", SIDE_BUY, ORDER_LIMIT, 1000000, 1000, TIF_GTC, 0), CODE_MARKET_NOT_FOUND},
        {order("DX/sAX", SIDE_BUY, ORDER_LIMIT, 0, 1000, TIF_GTC, 0), CODE_INVALID_PRICE},
        {order("DX/sAX", SIDE_BUY, ORDER_MARKET, 5, 1000, TIF_IOC, 0), CODE_INVALID_PRICE},
        {limit(SIDE_BUY, 1000000, 999), CODE_AMOUNT_TOO_SMALL},
        {limit(SIDE_BUY, 1000000, 100000000000), CODE_INSUFFICIENT_BALANCE},
        {limit(SIDE_SELL, 1000000, 100000000000), CODE_INSUFFICIENT_BALANCE},
        {order("DX/sAX", SIDE_BUY, ORDER_LIMIT, 1100000, 1000, TIF_POST_ONLY, 0), CODE_WOULD_CROSS},
        {order("DX/sAX", SIDE_SELL, ORDER_MARKET, 0, 1000, TIF_IOC, 0), CODE_NO_LIQUIDITY},
        {order("DX/USD", SIDE_BUY, ORDER_MARKET, 0, 1000, TIF_IOC, 0), CODE_NO_LIQUIDITY},
        {order("DX/sAX", SIDE_BUY, ORDER_LIMIT, 1100000, 900000000, TIF_FOK, 0), CODE_NO_LIQUIDITY},
        {order("DX/sAX", SIDE_BUY, ORDER_MARKET, 0, 100000, TIF_IOC, 10), CODE_SLIPPAGE_EXCEEDED},
    };
    union payload ask = limit(SIDE_SELL, 1000000, 1000);
    CHECK_U64(place(1, &ask, NULL), CODE_NONE);
    ask = limit(SIDE_SELL, 1100000, 500000);
    CHECK_U64(place(1, &ask, NULL), CODE_NONE);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const enum code code = place(0, &rows[i].payload, NULL);
        if (code != rows[i].code) CHECK_FAIL("row %zu: " STR_FMT, i, STR_ARG(code_text(code)));
    }
}

static void refusals_here(struct village *village)
{
    begin(village);
    order_codes();
    struct hash bid;
    const struct hash nobody = {{1}};
    const union payload p = limit(SIDE_BUY, 900000, 2000);
    CHECK_U64(place(0, &p, &bid), CODE_NONE);
    CHECK_U64(cancel(0, &nobody, 2000), CODE_ORDER_NOT_FOUND);
    CHECK_U64(cancel(2, &bid, 2000), CODE_NOT_OWNER);
    CHECK_U64(cancel(0, &bid, 200), CODE_FEE_TOO_LOW);
    CHECK_U64(cancel(0, &bid, 2000), CODE_NONE);
    CHECK_U64(cancel(0, &bid, 2000), CODE_ORDER_NOT_OPEN);
    CHECK(delta_book(delta, STR("DX-EUR"), 0, soon(), &answer) == NULL);
    CODE_IS(CODE_MARKET_NOT_FOUND);
    CHECK(delta_trades(delta, STR("AX/DX"), 0, 0, (struct str){0}, soon(), &answer) == NULL);
    CODE_IS(CODE_MARKET_NOT_FOUND);
    CHECK(delta_pool(delta, STR("nothing"), 0, AMOUNT(0), soon(), &answer) == NULL);
    CODE_IS(CODE_MARKET_NOT_FOUND);
    CHECK(delta_order_find(delta, &nobody, soon(), &answer) == NULL);
    CODE_IS(CODE_ORDER_NOT_FOUND);
    static const struct {
        const char *path, *query;
        enum code code;
    } gets[] = {
        {"dex/orders/dx1nonsense", "", CODE_INVALID_ADDRESS},       {"dex/order/xyz", "", CODE_ORDER_NOT_FOUND},
        {"dex/orderbook/DX-sAX", "depth=0", CODE_INVALID_PARAMETER}, {"dex/orderbook/DX-sAX", "depth=501", CODE_INVALID_PARAMETER},
        {"dex/trades/DX-sAX", "since_height=x", CODE_INVALID_PARAMETER}, {"dex/pool/DX-sAX", "side=up", CODE_INVALID_PARAMETER},
        {"dex/pool/DX-sAX", "amount_in=-1", CODE_INVALID_PARAMETER}, {"dex/orderbook/DX%2FsAX", "", CODE_NONE},
        {"dex/nothing", "", CODE_UNKNOWN_METHOD},
    };
    for (size_t i = 0; i < ARRAY_LEN(gets); i++) {
        const enum code code = raw(HTTP_GET, gets[i].path, gets[i].query, STR(""), NULL);
        if (code != gets[i].code) CHECK_FAIL("%s?%s: " STR_FMT, gets[i].path, gets[i].query, STR_ARG(code_text(code)));
    }
}

/* ---- what a convenience route makes of a body (api 2.3) ---- */

static enum code post(const char *path, struct str body) { return raw(HTTP_POST, path, "", body, NULL); }

static enum code post_with(uint32_t who, const char *path, const char *members, const union payload *payload)
{
    struct buf body = {0};
    struct tx *tx = sign(who, KIND_ORDER_PLACE, payload, nonces[who], 2000);
    struct json_writer w = json_writer_of(&body);
    buf_put_str(&body, STR("{\"tx\":"));
    tx_to_json(tx, &w);
    buf_put_str(&body, str_of(members));
    buf_put_str(&body, STR("}"));
    const enum code code = post(path, buf_str(&body));
    buf_done(&body);
    tx_unref(tx);
    return code;
}

static void bodies_here(struct village *village)
{
    begin(village);
    const union payload p = limit(SIDE_BUY, 900000, 2000);
    CHECK_U64(post("dex/order", STR("{\"pair\":\"DX/sAX\",\"side\":\"buy\"}")), CODE_SIGNATURE_REQUIRED);
    CHECK_U64(post("dex/order", STR("{\"pair\"")), CODE_PARSE_ERROR);
    CHECK_U64(post_with(0, "dex/order", ",\"side\":\"sell\"", &p), CODE_FIELD_MISMATCH);
    CHECK_U64(post_with(0, "dex/order", ",\"quantity\":\"2001\"", &p), CODE_FIELD_MISMATCH);
    CHECK_U64(post_with(0, "dex/order/0000000000000000000000000000000000000000000000000000000000000001/cancel", "", &p), CODE_FIELD_MISMATCH);
    CHECK_U64(post_with(0, "dex/order", ",\"pair\":\"DX-sAX\",\"side\":\"buy\",\"order_type\":\"limit\",\"price\":\"900000\",\"quantity\":\"2000\"", &p), CODE_NONE);
    nonces[0]++;
    /* The order in the path is not the one that is signed for. */
    const union payload id = {.id = {{{2}}}};
    struct tx *tx = sign(0, KIND_ORDER_CANCEL, &id, nonces[0], 2000);
    const struct hash other = {{3}};
    CHECK(delta_order_cancel(delta, &other, tx, soon(), &answer) == NULL);
    CODE_IS(CODE_FIELD_MISMATCH);
    tx_unref(tx);
}

/* ---- an order before and beside the chain ---- */

static void states_here(struct village *village)
{
    begin(village);
    const union payload p = limit(SIDE_BUY, 900000, 2000);
    struct tx *tx = sign(0, KIND_ORDER_PLACE, &p, nonces[0] + 1, 2000); /* a nonce is missing before it */
    WANT(delta_order(delta, tx, soon(), &answer) != NULL);
    answer_done(&answer);
    const struct order_view *view = delta_order_find(delta, &tx->id, soon(), &answer);
    WANT(view != NULL);
    CHECK_U64(view->status, ORDER_PENDING);
    CHECK(!view->created_height.has);
    answer_done(&answer);
    /* What fills the gap takes all its sAX away: the order is executed, and fails. */
    const union payload all = {.transfer = {.to = v->bots[1]->identity.address, .token = TOKEN_SAX, .amount = AMOUNT(1000000000)}};
    CHECK_U64(broadcast(0, KIND_DELTA_TRANSFER, &all), CODE_NONE);
    CHECK_U64(settle(&tx->id), CODE_INSUFFICIENT_BALANCE);
    view = delta_order_find(delta, &tx->id, soon(), &answer);
    WANT(view != NULL);
    CHECK_U64(view->status, ORDER_REJECTED);
    answer_done(&answer);
    tx_unref(tx);
}

/* ---- alerts at the views (X24) ---- */

static uint32_t alerts_of(const char *type)
{
    char query[64];
    struct err err;
    struct str text;
    snprintf(query, sizeof(query), "type=%s", type);
    CHECK_U64(raw(HTTP_GET, "alerts", query, STR(""), &text), CODE_NONE);
    const struct json *body = json_parse(&v->arena, text, &err);
    const struct json *items = json_find(body, STR("items"));
    CHECK(json_is(items, JSON_ARRAY));
    return items->count;
}

static void wash_here(struct village *village)
{
    begin(village);
    for (uint32_t i = 0; i < 60; i++) {
        const union payload sells = limit(SIDE_SELL, 1000000, 2000), buys = limit(SIDE_BUY, 1000000, 2000);
        struct tx *first = sign(i % 2, KIND_ORDER_PLACE, &sells, nonces[i % 2]++, 2000);
        struct tx *second = sign(1 - i % 2, KIND_ORDER_PLACE, &buys, nonces[1 - i % 2]++, 2000);
        WANT(delta_order(delta, first, soon(), &answer) != NULL);
        answer_done(&answer);
        WANT(delta_order(delta, second, soon(), &answer) != NULL);
        answer_done(&answer);
        if (i % 10 == 9) (void)settle(&second->id);
        tx_unref(first);
        tx_unref(second);
    }
    fiber_sleep(v->env, duration_s(5));
    CHECK(alerts_of("WASH_TRADE") >= 1);
    CHECK_U64(alerts_of("SPOOFING"), 0);
    CHECK_U64(alerts_of("FRONT_RUN_PATTERN"), 0);
}

/* ---- who reorders the DEX lane is told by the others (PT-A-020) ---- */

static void switch_put(const char *name, bool enabled)
{
    struct err err;
    char path[96];
    struct http_exchange *exchange;
    snprintf(path, sizeof(path), "/admin/v1/switches/%s", name);
    const struct http_header headers[] = {{STR("content-type"), STR("application/json")}, {STR("authorization"), STR("Bearer " VILLAGE_TOKEN)}};
    const struct http_request request = {.method = HTTP_PUT,
                                         .path = str_of(path),
                                         .body = enabled ? STR("{\"enabled\":true}") : STR("{\"enabled\":false}"),
                                         .headers = headers,
                                         .headers_count = 2};
    CHECK(http_call(v->crew.alpha.http, STR("admin"), &request, soon(), &exchange, &err));
    CHECK_U64(http_response(exchange)->status, 200);
    http_exchange_free(exchange);
}

/* Two orders, 1.5 s apart, into one block: the later one offers a tip. Gives whether it was executed first. */
static bool later_goes_first(void)
{
    struct hash ids[2];
    uint32_t index[2], height[2];
    const union payload payload = limit(SIDE_BUY, 900000, 2000);
    for (uint32_t who = 0; who < 2; who++) {
        struct buf bytes = {0};
        struct apierror error;
        payload_encode(KIND_ORDER_PLACE, &payload, &bytes);
        const struct tx_spec spec = {.domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET),
                                     .kind = KIND_ORDER_PLACE,
                                     .nonce = nonces[who]++,
                                     .fee = AMOUNT(2000),
                                     .tip = AMOUNT(who * 1000),
                                     .payload = buf_str(&bytes)};
        struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[who]->identity.key, &error);
        CHECK(tx != NULL);
        WANT(delta_order(delta, tx, soon(), &answer) != NULL);
        answer_done(&answer);
        ids[who] = tx->id;
        tx_unref(tx);
        buf_done(&bytes);
        if (who == 0) fiber_sleep(v->env, duration_ms(1500));
    }
    for (uint32_t who = 0; who < 2; who++) {
        CHECK_U64(settle(&ids[who]), CODE_NONE);
        const struct tx_view *tx = alpha_transaction(delta, &ids[who], TX_WAIT_INCLUDED, duration_s(10), soon(), &answer);
        WANT(tx != NULL);
        index[who] = tx->index.value, height[who] = tx->block_height.value;
        answer_done(&answer);
    }
    return height[1] < height[0] || (height[0] == height[1] && index[1] < index[0]);
}

static void lanes_here(struct village *village)
{
    begin(village);
    for (int i = 0; i < 6; i++) CHECK(!later_goes_first());
    CHECK_U64(alerts_of("FRONT_RUN_PATTERN"), 0);
    switch_put("vuln.tip-ordered-dex-lane", true);
    uint32_t first = 0;
    for (int i = 0; i < 8; i++) first += later_goes_first();
    CHECK(first > 0); /* blocks of 4 s: most pairs share one */
    CHECK(alerts_of("FRONT_RUN_PATTERN") > 0);
    switch_put("vuln.tip-ordered-dex-lane", false);
    for (int i = 0; i < 4; i++) CHECK(!later_goes_first());
}

#define VILLAGE(claim, body)                                                                                                     \
    static void claim(void)                                                                                                      \
    {                                                                                                                            \
        village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 5, .ax = 1000000, .dx = 1000000000, .simulated = true, .listens = true}, body)); \
        village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 6, .ax = 1000000, .dx = 1000000000, .simulated = true, .wire = WIRE_TEXT}, body)); \
    }
VILLAGE(every_route_answers_and_agrees_with_the_others, reads_here)
VILLAGE(every_code_of_the_rows_is_given, refusals_here)
VILLAGE(a_body_is_a_signed_transaction_and_what_it_repeats_must_agree, bodies_here)
VILLAGE(an_order_is_shown_while_it_waits_and_when_it_was_refused, states_here)

static void who_sells_places_in_the_dex_lane_is_told_by_the_others(void)
{
    static const struct devnet_parameter slow[] = {{{"block_interval_ms", sizeof("block_interval_ms") - 1}, {"4000", sizeof("4000") - 1}}, {{"round_timeout_ms", sizeof("round_timeout_ms") - 1}, {"9000", sizeof("9000") - 1}}, {{"round_timeout_max_ms", sizeof("round_timeout_max_ms") - 1}, {"20000", sizeof("20000") - 1}}};
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 8, .ax = 1000000, .dx = 1000000000, .simulated = true, .parameters = slow, .parameters_count = 3}, lanes_here));
}

static void two_accounts_that_wash_are_told_at_the_views(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 7, .ax = 1000000, .dx = 1000000000, .simulated = true}, wash_here));
}

int main(void)
{
    RUN(every_route_answers_and_agrees_with_the_others);
    RUN(every_code_of_the_rows_is_given);
    RUN(a_body_is_a_signed_transaction_and_what_it_repeats_must_agree);
    RUN(an_order_is_shown_while_it_waits_and_when_it_was_refused);
    RUN(who_sells_places_in_the_dex_lane_is_told_by_the_others);
    RUN(two_accounts_that_wash_are_told_at_the_views);
    return 0;
}
