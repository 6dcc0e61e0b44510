/* Small values: ids, tokens, amounts, addresses, kinds, codes, errors, parameters, supply, receipts. */
#include "chain/apierror.h"
#include "chain/kind.h"
#include "chain/params.h"
#include "chain/receipt.h"
#include "chain/supply.h"
#include "core/base/check.h"
#include "core/codec/diags.h"
#include "fixture.h"

static struct arena arena;
static struct err err;

static void networks_have_the_ids_of_the_contract(void)
{
    CHECK_U64(network_id_of(CHAIN_ALPHA, NETWORK_TESTNET), 13);
    CHECK_U64(network_id_of(CHAIN_ALPHA, NETWORK_MAINNET), 8);
    CHECK_U64(network_id_of(CHAIN_DELTA, NETWORK_TESTNET), 23);
    CHECK_U64(network_id_of(CHAIN_DELTA, NETWORK_MAINNET), 18);
    enum network network;
    CHECK(network_of_id(CHAIN_DELTA, 18, &network) && network == NETWORK_MAINNET);
    CHECK(!network_of_id(CHAIN_ALPHA, 18, &network));
    enum chain_id chain;
    CHECK(chain_parse(STR("delta"), &chain) && chain == CHAIN_DELTA);
    CHECK(!chain_parse(STR("Delta"), &chain) && !chain_of_byte(0, &chain) && !chain_of_byte(3, &chain));
}

static void tokens_live_on_one_chain_each(void)
{
    for (int i = TOKEN_AX; i <= TOKEN_USD; i++) {
        enum token token;
        CHECK(token_parse(token_text((enum token)i), &token) && token == (enum token)i);
        CHECK_U64(token_chain(token), i == TOKEN_AX ? CHAIN_ALPHA : CHAIN_DELTA);
    }
    enum token token;
    CHECK(!token_parse(STR("SAX"), &token) && !token_of_byte(0, &token) && !token_of_byte(5, &token));
}

static void amounts_are_strict_decimal_text(void)
{
    static const struct {
        struct str text;
        enum code code;
    } cases[] = {
        {STR("0"), CODE_NONE},
        {STR("340282366920938463463374607431768211455"), CODE_NONE},
        {STR("340282366920938463463374607431768211456"), CODE_AMOUNT_OUT_OF_RANGE},
        {STR("99999999999999999999999999999999999999999999"), CODE_AMOUNT_OUT_OF_RANGE},
        {STR("-1"), CODE_AMOUNT_NEGATIVE},
        {STR("-340282366920938463463374607431768211456"), CODE_AMOUNT_NEGATIVE},
        {STR("-0"), CODE_AMOUNT_NEGATIVE},
        {STR("1.5"), CODE_INVALID_FORMAT},
        {STR("01"), CODE_INVALID_FORMAT},
        {STR("00"), CODE_INVALID_FORMAT},
        {STR("-01"), CODE_INVALID_FORMAT},
        {STR("+1"), CODE_INVALID_FORMAT},
        {STR(""), CODE_INVALID_FORMAT},
        {STR("-"), CODE_INVALID_FORMAT},
        {STR("0x0"), CODE_INVALID_FORMAT},
        {STR(" 1"), CODE_INVALID_FORMAT},
        {STR("1_000"), CODE_INVALID_FORMAT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct amount amount;
        CHECK_STR(code_text(amount_parse(cases[i].text, &amount)), code_text(cases[i].code));
    }
    struct amount max;
    char text[AMOUNT_TEXT];
    CHECK(amount_parse(cases[1].text, &max) == CODE_NONE && amount_eq(max, AMOUNT_MAX));
    CHECK_U64(amount_text(max, text), 39);
    CHECK_STR(str_of(text), cases[1].text);
}

static void money_of_two_tokens_never_mixes(void)
{
    struct money out = {TOKEN_USD, AMOUNT(1)};
    const struct money ax = {TOKEN_AX, AMOUNT(5)}, dx = {TOKEN_DX, AMOUNT(5)}, more = {TOKEN_AX, AMOUNT(6)};
    CHECK(!money_add(ax, dx, &out) && !money_sub(ax, dx, &out));
    CHECK(!money_sub(ax, more, &out));
    CHECK(!money_add(ax, (struct money){TOKEN_AX, AMOUNT_MAX}, &out));
    CHECK(out.token == TOKEN_USD && amount_eq(out.amount, AMOUNT(1)));
    CHECK(money_add(ax, more, &out) && amount_eq(out.amount, AMOUNT(11)));
}

static void an_address_of_the_other_chain_is_told_apart(void)
{
    const struct address address = fixture_address(9);
    struct address again;
    char text[ADDRESS_TEXT], upper[ADDRESS_TEXT];
    address_text(&address, CHAIN_DELTA, text);
    CHECK(address_parse(str_of(text), CHAIN_DELTA, &again) == CODE_NONE && address_eq(&address, &again));
    CHECK(address_parse(str_of(text), CHAIN_ALPHA, &again) == CODE_INVALID_CHAIN_ID);
    enum chain_id chain;
    CHECK(address_parse_any(str_of(text), &chain, &again) == CODE_NONE && chain == CHAIN_DELTA && address_eq(&address, &again));
    for (size_t i = 0; i < ADDRESS_TEXT; i++) upper[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32) : text[i];
    CHECK(address_parse(str_of(upper), CHAIN_DELTA, &again) == CODE_NONE);
    upper[5] = text[5];
    upper[6] = text[6];
    upper[7] = text[7];
    CHECK(address_parse(str_of(upper), CHAIN_DELTA, &again) == CODE_INVALID_ADDRESS); /* mixed case */
    text[10] = text[10] == 'q' ? 'p' : 'q';
    CHECK(address_parse(str_of(text), CHAIN_DELTA, &again) == CODE_INVALID_ADDRESS);
    CHECK(address_parse_any(str_of(text), &chain, &again) == CODE_INVALID_ADDRESS);
    CHECK(address_parse(STR(""), CHAIN_ALPHA, &again) == CODE_INVALID_ADDRESS);
}

static void every_code_has_a_status_and_a_sentence(void)
{
    size_t count = 0;
    for (; code_at(count).len > 0; count++) {
        enum code code;
        CHECK(code_parse(code_at(count), &code) && str_eq(code_text(code), code_at(count)));
        CHECK(code_message(code).len > 0 && code_stages(code).len > 0);
        CHECK(code_http(code) == 0 || (code_http(code) >= 400 && code_http(code) < 600));
        for (size_t k = 0; k < count; k++) CHECK(!str_eq(code_at(k), code_at(count)));
    }
    CHECK_U64(count, CODE_COUNT - 1);
    CHECK_U64(code_http(CODE_INSUFFICIENT_BALANCE), 422);
    CHECK_U64(code_http(CODE_FEE_TOO_LOW), 402);
    CHECK_U64(code_http(CODE_TX_EVICTED), 0);
    CHECK(code_has_retry_after(CODE_MEMPOOL_FULL) && code_has_retry_after(CODE_RATE_LIMITED) &&
          !code_has_retry_after(CODE_INTERNAL));
    enum code code;
    CHECK(!code_parse(STR("insufficient_balance"), &code) && !code_parse(STR(""), &code));
}

static void kinds_are_known_by_code_and_by_name(void)
{
    size_t in_build = 0;
    for (size_t i = 0; kind_at(i) != NULL; i++) {
        const struct kind_row *row = kind_at(i);
        CHECK(kind_find((uint16_t)row->kind) == row);
        CHECK(kind_find_name(row->chain, row->name) == row);
        CHECK_U64(row->kind >> 8, row->chain);
        in_build += row->in_build;
    }
    CHECK(in_build >= 4);
    CHECK(kind_find_name(CHAIN_ALPHA, STR("order_place")) == NULL && kind_find(0x0103) == NULL);
    CHECK(kind_find_name(CHAIN_DELTA, STR("flash_loan"))->lane == LANE_DEX);
    CHECK(kind_find_name(CHAIN_ALPHA, STR("flash_loan"))->lane == LANE_GENERAL);
}

static void an_error_body_says_what_it_was_given(void)
{
    struct apierror error, again;
    struct buf out = {0};
    CHECK(!apierror_set(&error, CODE_INSUFFICIENT_BALANCE, "payload.amount", "balance %d is below %d", 500, 1105));
    apierror_suggest(&error, "top up or lower the amount");
    apierror_detail_amount(&error, "available", AMOUNT(500));
    apierror_detail_u64(&error, "got", 7);
    struct json_writer w = json_writer_of(&out);
    apierror_write(&error, &w);
    CHECK_STR(buf_str(&out), STR("{\"error\":{\"code\":\"INSUFFICIENT_BALANCE\",\"message\":\"balance 500 is below 1105\","
                                 "\"field\":\"payload.amount\",\"suggestion\":\"top up or lower the amount\","
                                 "\"details\":{\"available\":\"500\",\"got\":7}}}"));
    CHECK(apierror_read(json_parse(&arena, buf_str(&out), &err), &again));
    CHECK(memcmp(&error, &again, sizeof(error)) == 0);
    buf_clear(&out);
    apierror_set(&error, CODE_INTERNAL, NULL, "%s", "");
    w = json_writer_of(&out);
    apierror_write(&error, &w);
    CHECK_STR(buf_str(&out),
              STR("{\"error\":{\"code\":\"INTERNAL\",\"message\":\"a defect of the node\",\"field\":null,\"suggestion\":null}}"));
    CHECK(!apierror_read(
        json_parse(&arena, STR("{\"error\":{\"code\":\"NO_SUCH\",\"message\":\"m\",\"field\":null,\"suggestion\":null}}"), &err),
        &again));
    CHECK(!apierror_read(json_parse(&arena, STR("{\"error\":{\"code\":\"INTERNAL\",\"message\":\"m\",\"field\":null}}"), &err),
                         &again));
    CHECK(!apierror_read(NULL, &again));
    buf_done(&out);
}

static void a_long_message_is_cut_at_a_whole_character(void)
{
    struct apierror error;
    char text[400];
    for (size_t i = 0; i + 1 < sizeof(text); i += 2) memcpy(text + i, "\xc3\xa9", 2);
    apierror_set(&error, CODE_INTERNAL, NULL, "x%.*s", 398, text);
    CHECK(str_is_utf8(str_of(error.message)));
    CHECK(strlen(error.message) >= sizeof(error.message) - 3);
}

static void parameters_have_defaults_and_limits(void)
{
    struct params alpha, delta;
    params_init(&alpha, PROFILE_TEST, CHAIN_ALPHA);
    CHECK(params_check(&alpha, &err));
    CHECK_U64(alpha.block_interval_ms, 500);
    CHECK_U64(alpha.mempool_capacity, 10000);
    params_init(&delta, PROFILE_PRODUCTION, CHAIN_DELTA);
    CHECK(params_check(&delta, &err));
    CHECK_U64(delta.block_interval_ms, 1000);
    CHECK_U64(delta.round_timeout_max_ms, 8000);
    CHECK(params_set(&alpha, STR("epoch_blocks"), STR("1000000"), &err));
    CHECK_U64(params_get(&alpha, param_find(STR("epoch_blocks"))), 1000000);
    CHECK(!params_set(&alpha, STR("epoch_block"), STR("1"), &err) && err.code == ERR_NOT_FOUND);
    CHECK(!params_set(&alpha, STR("epoch_blocks"), STR("many"), &err) && err.code == ERR_PARSE);
    CHECK(!params_set(&alpha, STR("epoch_blocks"), STR("0"), &err) && err.code == ERR_LIMIT);
    CHECK(params_set_u64(&alpha, STR("round_timeout_max_ms"), 999, &err));
    CHECK(!params_check(&alpha, &err));
    CHECK(amount_eq(params_min_fee(&alpha, 219), AMOUNT(319)));
    for (size_t i = 0; param_at(i) != NULL; i++)
        for (int k = 0; k < 2; k++) {
            const struct param_row *row = param_at(i);
            CHECK(row->test[k] >= row->min && row->test[k] <= row->max);
            CHECK(row->production[k] >= row->min && row->production[k] <= row->max);
        }
}

static void supply_must_balance(void)
{
    struct supply_token token = {.token = TOKEN_AX,
                                 .genesis = AMOUNT(100),
                                 .faucet_minted = AMOUNT(20),
                                 .slashed_burned = AMOUNT(5),
                                 .free = AMOUNT(90),
                                 .bonded = AMOUNT(25)};
    CHECK(supply_settle(&token) && amount_eq(token.total, AMOUNT(115)));
    token.free = AMOUNT(91);
    CHECK(!supply_settle(&token) && !token.ok);
    token.free = AMOUNT_MAX;
    CHECK(!supply_settle(&token));
    token.slashed_burned = AMOUNT(1000);
    CHECK(!supply_settle(&token));
}

static void a_receipt_says_why_it_failed(void)
{
    struct buf out = {0};
    const struct receipt failed = {.code = CODE_INSUFFICIENT_BALANCE,
                                   .field = RECEIPT_FIELD_AMOUNT,
                                   .fee_charged = AMOUNT(7),
                                   .available = AMOUNT(500),
                                   .required = AMOUNT(1105)};
    const struct receipt fine = {.fee_charged = AMOUNT(7), .steps = 3};
    const struct receipt *cases[] = {&failed, &fine};
    for (size_t i = 0; i < 2; i++) {
        struct receipt again;
        buf_clear(&out);
        struct json_writer w = json_writer_of(&out);
        receipt_write(cases[i], NULL, (struct str){0}, &w);
        CHECK(receipt_read(json_parse(&arena, buf_str(&out), &err), &again));
        CHECK(receipt_eq(cases[i], &again));
    }
    CHECK_STR(buf_str(&out), STR("{\"success\":true,\"error\":null,\"fee_charged\":\"7\",\"steps\":3,\"events\":[]}"));
    struct receipt again;
    CHECK(!receipt_read(
        json_parse(&arena, STR("{\"success\":false,\"error\":null,\"fee_charged\":\"7\",\"steps\":3,\"events\":[]}"), &err),
        &again));
    buf_done(&out);
}

static void a_receipt_leaf_is_id_success_fee_code(void)
{
    uint8_t leaf[RECEIPT_LEAF_BYTES_MAX];
    struct hash id;
    memset(id.b, 0xab, sizeof(id.b));
    const struct receipt fine = {.fee_charged = AMOUNT(258)}, late = {.fee_charged = AMOUNT(258), .code = CODE_TX_EXPIRED};
    CHECK_U64(receipt_leaf(&id, &fine, leaf), 51);
    CHECK_HEX(leaf + 32, 19, "01020100000000000000000000000000000000");
    CHECK_U64(receipt_leaf(&id, &late, leaf), 61);
    CHECK_HEX(leaf + 32, 29,
              "00"
              "02010000000000000000000000000000"
              "0a00"
              "54585f45585049524544");
}

int main(void)
{
    RUN(networks_have_the_ids_of_the_contract);
    RUN(tokens_live_on_one_chain_each);
    RUN(amounts_are_strict_decimal_text);
    RUN(money_of_two_tokens_never_mixes);
    RUN(an_address_of_the_other_chain_is_told_apart);
    RUN(every_code_has_a_status_and_a_sentence);
    RUN(kinds_are_known_by_code_and_by_name);
    RUN(an_error_body_says_what_it_was_given);
    RUN(a_long_message_is_cut_at_a_whole_character);
    RUN(parameters_have_defaults_and_limits);
    RUN(supply_must_balance);
    RUN(a_receipt_says_why_it_failed);
    RUN(a_receipt_leaf_is_id_success_fee_code);
    arena_done(&arena);
    return 0;
}
