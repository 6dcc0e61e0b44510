/* The DeltaOS client's calls for perpetuals, oracles and the off-ramp, each against a whole network: what it answers, and what it refuses. */
#include "chain/payload.h"
#include "tester/client/delta_offramp.h"
#include "tester/client/delta_oracle.h"
#include "tester/client/delta_perps.h"
#include "village.h"

static struct answer answer;

static struct instant soon(struct village *v) { return village_in(v, duration_s(40)); }

static struct tx *build(struct village *v, enum kind kind, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    const struct account_view *account = alpha_account(&v->crew.delta, &v->bots[0]->identity.address, soon(v), &answer);
    WANT(account);
    const uint64_t nonce = account->pending_nonce;
    answer_done(&answer);
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET), .kind = kind, .nonce = nonce, .fee = AMOUNT(4000), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[0]->identity.key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

static void oracles(struct village *v, const struct alpha *delta)
{
    const struct oracle_price_view *price = delta_oracle_price(delta, STR("DX-USD"), true, soon(v), &answer);
    WANT(price);
    CHECK(price->price > 0 && price->feeds_used == 7 && !price->stale);
    answer_done(&answer);
    REFUSES(delta_oracle_price(delta, STR("BTC-USD"), false, soon(v), &answer), CODE_ASSET_NOT_FOUND);
    const struct page *prices = delta_oracle_prices(delta, soon(v), &answer);
    WANT(prices);
    CHECK_U64(prices->count, 2);
    answer_done(&answer);
    const struct oracle_feeds_view *feeds = delta_oracle_feeds(delta, STR("DX-USD"), 10, soon(v), &answer);
    WANT(feeds);
    CHECK(feeds->feeds_count == 7 && feeds->history_count > 0);
    answer_done(&answer);
    const union payload p = {.oracle_submit = {STR("DX/USD"), 5, 5, STR("me")}};
    struct tx *tx = build(v, KIND_ORACLE_SUBMIT, &p);
    REFUSES(delta_oracle_submit(delta, tx, soon(v), &answer), CODE_ORACLE_NOT_SEATED);
    tx_unref(tx);
}

static void perpetuals(struct village *v, const struct alpha *delta)
{
    const struct hash none = {{1}};
    const struct address *who = &v->bots[0]->identity.address;
    const struct page *page = delta_perp_markets(delta, soon(v), &answer);
    WANT(page);
    CHECK_U64(page->count, 2);
    answer_done(&answer);
    const struct perp_market_view *market = delta_perp_market(delta, STR("DX-PERP"), soon(v), &answer);
    WANT(market);
    CHECK(market->mark_price > 0 && market->insurance_fund.units > 0 && market->max_leverage == 20);
    answer_done(&answer);
    WANT(page = delta_positions(delta, who, STR("all"), soon(v), &answer));
    CHECK_U64(page->count, 0);
    answer_done(&answer);
    REFUSES(delta_position(delta, &none, soon(v), &answer), CODE_POSITION_NOT_FOUND);
    const union payload open = {.perp_open = {STR("DX-PERP"), SIDE_BUY, 10000, 5, 0}}, close = {.perp_close = {none, 0, 0}};
    const union payload margin = {.perp_margin = {none, MARGIN_ADD, AMOUNT(5)}}, liquidate = {.id = {none}};
    struct tx *tx = build(v, KIND_PERP_OPEN, &open);
    REFUSES(delta_position_open(delta, tx, soon(v), &answer), CODE_INSUFFICIENT_MARGIN); /* it has no USD */
    tx_unref(tx);
    tx = build(v, KIND_PERP_CLOSE, &close);
    REFUSES(delta_position_close(delta, &none, tx, soon(v), &answer), CODE_POSITION_NOT_FOUND);
    tx_unref(tx);
    tx = build(v, KIND_PERP_MARGIN, &margin);
    REFUSES(delta_position_margin(delta, &none, tx, soon(v), &answer), CODE_POSITION_NOT_FOUND);
    tx_unref(tx);
    tx = build(v, KIND_PERP_LIQUIDATE, &liquidate);
    REFUSES(delta_position_liquidate(delta, &none, tx, soon(v), &answer), CODE_POSITION_NOT_FOUND);
    tx_unref(tx);
    WANT(page = delta_fundings(delta, STR("DX-PERP"), 10, (struct str){0}, soon(v), &answer));
    answer_done(&answer);
    WANT(page = delta_liquidations(delta, 10, (struct str){0}, soon(v), &answer));
    CHECK_U64(page->count, 0);
    answer_done(&answer);
}

static void offramp(struct village *v, const struct alpha *delta)
{
    const struct hash none = {{1}};
    const struct address *who = &v->bots[0]->identity.address;
    REFUSES(delta_kyc(delta, who, soon(v), &answer), CODE_KYC_NOT_FOUND);
    const union payload submit = {.kyc_submit = {{{1}}, {{2}}, STR("CH")}}, wish = {.offramp_request = {AMOUNT(5), STR("USD"), {{7}}}};
    struct tx *tx = build(v, KIND_KYC_SUBMIT, &submit);
    const struct hash registration = tx->id;
    const struct object_ack *ack = delta_kyc_submit(delta, tx, soon(v), &answer);
    WANT(ack);
    CHECK(hash_eq(&ack->id, &registration));
    answer_done(&answer);
    tx_unref(tx);
    fiber_sleep(v->env, duration_ms(3000));
    const struct kyc_view *kyc = delta_kyc(delta, who, soon(v), &answer);
    WANT(kyc);
    CHECK(kyc->status == KYC_PENDING && hash_eq(&kyc->registration_id, &registration));
    answer_done(&answer);
    const union payload review = {.kyc_review = {*who, registration, KYC_APPROVE, KYC_NONE}}, settle = {.offramp_settle = {none, SETTLE_SUCCESS, STR("r")}};
    tx = build(v, KIND_KYC_REVIEW, &review);
    REFUSES(delta_kyc_review(delta, who, tx, soon(v), &answer), CODE_FORBIDDEN);
    tx_unref(tx);
    tx = build(v, KIND_OFFRAMP_REQUEST, &wish);
    REFUSES(delta_offramp_request(delta, tx, soon(v), &answer), CODE_KYC_PENDING);
    tx_unref(tx);
    tx = build(v, KIND_OFFRAMP_SETTLE, &settle);
    REFUSES(delta_offramp_settle(delta, &none, tx, soon(v), &answer), CODE_REQUEST_NOT_FOUND);
    tx_unref(tx);
    REFUSES(delta_offramp(delta, &none, soon(v), &answer), CODE_REQUEST_NOT_FOUND);
    const struct page *page = delta_offramps(delta, who, 10, (struct str){0}, soon(v), &answer);
    WANT(page);
    CHECK_U64(page->count, 0);
    answer_done(&answer);
}

static void body(struct village *v)
{
    fiber_sleep(v->env, duration_ms(4000));
    oracles(v, &v->crew.delta);
    perpetuals(v, &v->crew.delta);
    offramp(v, &v->crew.delta);
}

static void each_call_of_delta_s_client_is_answered(void)
{
    struct village *v = village_run((struct village_config){.validators = 4, .bots = 2, .seed = 5, .ax = 1000000, .dx = 1000000}, body);
    village_free(v);
}

int main(void)
{
    RUN(each_call_of_delta_s_client_is_answered);
    return 0;
}
