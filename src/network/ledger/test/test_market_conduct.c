/* What is charged and told of those who cancel, or trade with themselves. */
#include "market_day.h"

/* ---- the surcharge (api 2.4) ---- */

static enum code cancel_admitted(size_t who, struct amount fee)
{
    const struct ledger_account account = town_account(&town, who);
    struct buf bytes = {0};
    const union payload payload = {0};
    payload_encode(KIND_ORDER_CANCEL_ALL, &payload, &bytes);
    const struct tx_spec spec = {
        .domain = town.rules.domain, .kind = KIND_ORDER_CANCEL_ALL, .nonce = account.nonce, .fee = fee, .payload = buf_str(&bytes)};
    struct tx *tx = town_sign(&town, who, &spec);
    const struct ledger_sender sender = {.account = &account};
    const struct ledger_moment moment = {
        .params = ledger_params(town.state), .height = ledger_height(town.state) + 1, .now_ms = TOWN_TIME, .state = town.state};
    static struct apierror error;
    const enum code code = ledger_admit(&town.rules, &sender, &moment, tx, &error);
    tx_unref(tx);
    buf_done(&bytes);
    return code;
}

static void cancel_in_bulk(size_t who, int orders)
{
    for (int i = 0; i < orders; i++) (void)limit(who, SIDE_BUY, 900000u + (unsigned)i, 2000);
    const union payload all = {0};
    (void)market_do(&town, who, KIND_ORDER_CANCEL_ALL, &all);
}

static void cancelling_in_bulk_costs_double_and_double_again(void)
{
    begin();
    const struct amount least = AMOUNT(100 + TX_BYTES_MIN + 2), twice = AMOUNT(2 * least.units), four = AMOUNT(4 * least.units);
    CHECK_U64(cancel_admitted(2, AMOUNT(least.units - 1)), CODE_FEE_TOO_LOW);
    cancel_in_bulk(2, 49);
    CHECK_U64(cancel_admitted(2, least), CODE_NONE);
    cancel_in_bulk(2, 1);
    CHECK_U64(cancel_admitted(2, AMOUNT(twice.units - 1)), CODE_FEE_TOO_LOW);
    CHECK_U64(cancel_admitted(2, twice), CODE_NONE);
    CHECK_U64(cancel_admitted(3, least), CODE_NONE);
    cancel_in_bulk(2, 50);
    CHECK_U64(cancel_admitted(2, AMOUNT(four.units - 1)), CODE_FEE_TOO_LOW);
    CHECK_U64(cancel_admitted(2, four), CODE_NONE);
    weakness_put(&town.rules.weak, WEAKNESS_FREE_CANCEL_AND_SELF_TRADE, true);
    CHECK_U64(cancel_admitted(2, least), CODE_NONE);
    weakness_put(&town.rules.weak, WEAKNESS_FREE_CANCEL_AND_SELF_TRADE, false);
    idle(100);
    CHECK_U64(cancel_admitted(2, least), CODE_NONE);
    end();
}

/* ---- patterns ---- */

static size_t patterns_in(struct market_pattern *out)
{
    return market_patterns(town.state, out, 8);
}

static void placing_and_taking_back_is_told(void)
{
    begin();
    struct market_pattern patterns[8];
    idle(99); /* to the beginning of a window */
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 49; i++) (void)limit(2, SIDE_BUY, 900000u + (unsigned)i, 2000);
        const union payload all = {0};
        CHECK_U64(market_do(&town, 2, KIND_ORDER_CANCEL_ALL, &all).code, CODE_NONE);
    }
    CHECK_U64(patterns_in(patterns), 0);
    end();
    begin();
    for (int round = 0; round < 2; round++) {
        struct tx *txs[60];
        const uint64_t nonce = town_account(&town, 2).nonce;
        for (int i = 0; i < 60; i++) {
            const struct ask ask = {.side = SIDE_BUY, .price = 900000u + (unsigned)i, .quantity = 2000};
            const union payload payload = ask_payload(&ask);
            txs[i] = market_tx(&town, 2, nonce + (unsigned)i, KIND_ORDER_PLACE, &payload);
        }
        ledger_result_unref(town_run(&town, NULL, txs, 60));
        const union payload all = {0};
        CHECK_U64(market_do(&town, 2, KIND_ORDER_CANCEL_ALL, &all).code, CODE_NONE);
        CHECK_U64(patterns_in(patterns), round);
    }
    CHECK(strcmp(patterns[0].type, "SPOOFING") == 0 && address_eq(&patterns[0].subject, &town.people[2].address));
    end();
}

static size_t wash(int rounds, bool others)
{
    struct market_pattern patterns[8];
    size_t told = 0;
    for (int i = 0; i < rounds; i++) {
        const size_t seller = i % 2 ? 2 : 3, buyer = others && i % 3 == 0 ? 4 + (size_t)i % 5 : 5 - seller;
        CHECK_U64(limit(seller, SIDE_SELL, 1000000, 2000).code, CODE_NONE);
        CHECK_U64(limit(buyer, SIDE_BUY, 1000000, 2000).code, CODE_NONE);
        told += patterns_in(patterns);
    }
    return told;
}

static void two_accounts_that_trade_with_each_other_alone_are_told(void)
{
    begin();
    CHECK_U64(wash(40, false), 1);
    end();
    begin();
    CHECK_U64(wash(40, true), 0); /* others trade too: no pattern */
    end();
    begin();
    weakness_put(&town.rules.weak, WEAKNESS_FREE_CANCEL_AND_SELF_TRADE, true);
    CHECK_U64(wash(40, false), 0);
    end();
}

int main(void)
{
    arena_init(&arena, 64 << 10);
    RUN(cancelling_in_bulk_costs_double_and_double_again);
    RUN(placing_and_taking_back_is_told);
    RUN(two_accounts_that_trade_with_each_other_alone_are_told);
    arena_done(&arena);
    return 0;
}
