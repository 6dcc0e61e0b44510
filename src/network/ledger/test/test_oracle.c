/* Tries to break who reports prices: seats, bonds, roles, the codes of each kind in their order, and each guard with its switch. */
#include "network/ledger/test/port.h"

#define DXA STR("DX/USD")
static struct arena arena;

static union payload report_of(const struct port *port, uint64_t price)
{
    return (union payload){.oracle_submit = {.asset = DXA, .price = price, .timestamp_ms = port->now_ms, .source = STR("test")}};
}
static struct oracle_price_view price(const struct port *port)
{
    struct oracle_price_view view;
    ledger_oracle_price(port->state, &port->rules, 0, &view);
    return view;
}

static void codes_of_reports_come_in_their_order(void)
{
    struct port port;
    port_init(&port, 0, NULL);
    port_price(&port, DXA, 1000000);
    union payload p = report_of(&port, 0);
    p.oracle_submit.timestamp_ms = 1;
    p.oracle_submit.asset = STR("X/USD");
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_SUBMIT, &p), CODE_ASSET_NOT_FOUND);
    p.oracle_submit.asset = STR("DX-USD");
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_SUBMIT, &p), CODE_ORACLE_NOT_SEATED);
    CHECK(port_field(&port) == RECEIPT_FIELD_SENDER);
    CHECK_U64(port_do(&port, 0, KIND_ORACLE_SUBMIT, &p), CODE_INVALID_PRICE);
    p.oracle_submit.price = 5000000;
    CHECK_U64(port_do(&port, 0, KIND_ORACLE_SUBMIT, &p), CODE_TIMESTAMP_OUT_OF_RANGE);
    p.oracle_submit.timestamp_ms = port.now_ms + 5001;
    CHECK_U64(port_do(&port, 0, KIND_ORACLE_SUBMIT, &p), CODE_TIMESTAMP_OUT_OF_RANGE);
    p.oracle_submit.timestamp_ms = port.now_ms - 60000;
    CHECK_U64(port_do(&port, 0, KIND_ORACLE_SUBMIT, &p), CODE_TIMESTAMP_OUT_OF_RANGE);
    p.oracle_submit.timestamp_ms = port.now_ms;
    CHECK_U64(port_do(&port, 0, KIND_ORACLE_SUBMIT, &p), CODE_PRICE_OUTLIER);
    p.oracle_submit.price = 1100000;
    CHECK_U64(port_do(&port, 0, KIND_ORACLE_SUBMIT, &p), CODE_NONE);
    struct oracle_feeds_view feeds;
    ledger_oracle_feeds(port.state, &port.rules, 0, 10, &arena, &feeds);
    CHECK_U64(feeds.feeds_count, 7);
    CHECK(feeds.feeds[0].outlier && feeds.feeds[0].fresh && feeds.feeds[0].outliers == 1 && feeds.feeds[0].price.value == 1100000);
    CHECK_U64(feeds.median, 1000000);
    CHECK_U64(price(&port).feeds_used, 6);
    CHECK(feeds.history_count >= 2 && feeds.history[0].height > feeds.history[1].height);
    struct address strays[7];
    CHECK_U64(ledger_oracle_strays(port.state, 0, strays, 7), 1);
    CHECK(address_eq(&strays[0], &port.people[0]));
    struct oracle_price_view past;
    CHECK(ledger_oracle_price_at(port.state, 0, 1, &past) && past.price == 1000000);
    CHECK(!ledger_oracle_price_at(port.state, 0, 0, &past));
    port_check_supply(&port);
    port_done(&port);
}

static void a_free_seat_is_taken_with_a_bond_and_left_with_it(void)
{
    struct port port;
    port_init(&port, 0, NULL);
    union payload join = {.oracle_register = {.asset = STR("X/USD"), .bond = AMOUNT(5)}}, leave = {.asset = {STR("X/USD")}};
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_REGISTER, &join), CODE_ASSET_NOT_FOUND);
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_EXIT, &leave), CODE_ASSET_NOT_FOUND);
    join.oracle_register.asset = leave.asset.asset = DXA;
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_REGISTER, &join), CODE_ALREADY_REGISTERED); /* seven are seated */
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_EXIT, &leave), CODE_ORACLE_NOT_SEATED);
    CHECK_U64(port_do(&port, 6, KIND_ORACLE_EXIT, &leave), CODE_NONE);
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_REGISTER, &join), CODE_INSUFFICIENT_DEPOSIT);
    join.oracle_register.bond = AMOUNT(3000000);
    const u128 before = port_free(&port, 20, TOKEN_DX);
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_REGISTER, &join), CODE_NONE);
    CHECK(port_free(&port, 20, TOKEN_DX) == before - 3000000 - PORT_FEE);
    CHECK(port_supply(&port, TOKEN_DX).oracle_bonds.units == 3000000);
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_REGISTER, &join), CODE_ALREADY_REGISTERED);
    port_check_supply(&port);
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_EXIT, &leave), CODE_NONE);
    CHECK(port_free(&port, 20, TOKEN_DX) == before - 3 * PORT_FEE);
    CHECK(port_supply(&port, TOKEN_DX).oracle_bonds.units == 0);
    port_check_supply(&port);
    port_done(&port);
}

static void roles_come_and_go_by_order(void)
{
    struct port port;
    port_init(&port, 0, NULL);
    CHECK(ledger_role_has(port.state, &port.people[0], LEDGER_ROLE_ORACLE));
    CHECK(ledger_role_has(port.state, &port.people[PORT_OFFICER], LEDGER_ROLE_KYC_OFFICER));
    CHECK(!ledger_role_has(port.state, &port.people[PORT_OFFICER], LEDGER_ROLE_SETTLER));
    const struct ledger_role_order orders[] = {{port.people[0], LEDGER_ROLE_ORACLE, DXA, false},
                                               {port.people[20], LEDGER_ROLE_ORACLE, DXA, true},
                                               {port.people[21], LEDGER_ROLE_ORACLE, DXA, true}, /* the eighth */
                                               {port.people[PORT_OFFICER], LEDGER_ROLE_KYC_OFFICER, {0}, false},
                                               {port.people[22], LEDGER_ROLE_SETTLER, {0}, true}};
    const struct hash before = ledger_state_root(port.state);
    (void)port_run(&port, &(struct ledger_orders){.roles = orders, .roles_count = 5});
    const struct hash after = ledger_state_root(port.state);
    CHECK(!hash_eq(&before, &after));
    CHECK(ledger_role_has(port.state, &port.people[0], LEDGER_ROLE_ORACLE)); /* of sAX/USD still */
    CHECK(ledger_role_has(port.state, &port.people[20], LEDGER_ROLE_ORACLE));
    CHECK(!ledger_role_has(port.state, &port.people[21], LEDGER_ROLE_ORACLE));
    CHECK(!ledger_role_has(port.state, &port.people[PORT_OFFICER], LEDGER_ROLE_KYC_OFFICER));
    CHECK(ledger_role_has(port.state, &port.people[22], LEDGER_ROLE_SETTLER));
    const union payload p = report_of(&port, 1000000);
    CHECK_U64(port_do(&port, 20, KIND_ORACLE_SUBMIT, &p), CODE_NONE);
    CHECK_U64(port_do(&port, 0, KIND_ORACLE_SUBMIT, &p), CODE_ORACLE_NOT_SEATED);
    port_check_supply(&port);
    port_done(&port);
}

static void a_mean_is_moved_by_three_where_a_median_is_not(void)
{
    for (int on = 0; on < 2; on++) {
        struct port port;
        port_init(&port, 0, NULL);
        port_price(&port, DXA, 1000000);
        weakness_put(&port.rules.weak, WEAKNESS_ORACLE_MEAN_PRICE, on);
        for (size_t i = 0; i < 3; i++) {
            const union payload p = report_of(&port, 5000000);
            CHECK_U64(port_do(&port, i, KIND_ORACLE_SUBMIT, &p), on ? CODE_NONE : CODE_PRICE_OUTLIER);
        }
        CHECK_U64(price(&port).price, on ? 19000000 / 7 : 1000000);
        port_done(&port);
    }
}

static void anybody_reports_only_with_open_seats(void)
{
    for (int on = 0; on < 2; on++) {
        struct port port;
        port_init(&port, 0, NULL);
        port_price(&port, DXA, 1000000);
        weakness_put(&port.rules.weak, WEAKNESS_ORACLE_OPEN_SEATS, on);
        for (size_t i = 0; i < 20; i++) {
            const union payload p = report_of(&port, 5000000);
            CHECK_U64(port_do(&port, 10 + i, KIND_ORACLE_SUBMIT, &p), on ? CODE_NONE : CODE_ORACLE_NOT_SEATED);
        }
        CHECK_U64(price(&port).price, on ? 5000000 : 1000000);
        port_done(&port);
    }
}

static void old_reports_and_old_prices_pass_only_with_their_switch(void)
{
    for (int on = 0; on < 2; on++) {
        struct port port;
        port_init(&port, 0, NULL);
        port_price(&port, DXA, 1000000);
        weakness_put(&port.rules.weak, WEAKNESS_ORACLE_ACCEPT_STALE, on);
        union payload p = report_of(&port, 1000000);
        p.oracle_submit.timestamp_ms -= 3600000;
        CHECK_U64(port_do(&port, 0, KIND_ORACLE_SUBMIT, &p), on ? CODE_NONE : CODE_TIMESTAMP_OUT_OF_RANGE);
        port_wait(&port, 3600000);
        CHECK(price(&port).stale == !on);
        const union payload open = {.perp_open = {STR("DX-PERP"), SIDE_BUY, 1000000, 5, 0}};
        CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &open), on ? CODE_NONE : CODE_ORACLE_STALE);
        port_done(&port);
    }
}

/* A trade on the spot market at a price of the attacker's. */
static void trade(struct port *port, uint64_t at)
{
    const union payload ask = {.order_place = {.pair = DXA, .side = SIDE_SELL, .order_type = ORDER_LIMIT, .price = at, .quantity = 1000000, .tif = TIF_GTC}};
    const union payload bid = {.order_place = {.pair = DXA, .side = SIDE_BUY, .order_type = ORDER_LIMIT, .price = at, .quantity = 1000000, .tif = TIF_GTC}};
    CHECK_U64(port_do(port, 25, KIND_ORDER_PLACE, &ask), CODE_NONE);
    CHECK_U64(port_do(port, 26, KIND_ORDER_PLACE, &bid), CODE_NONE);
}

static void spot_trades_are_the_price_only_with_their_switch(void)
{
    for (int on = 0; on < 2; on++) {
        struct port port;
        port_init(&port, 1000000000, NULL);
        port_price(&port, DXA, 1000000);
        weakness_put(&port.rules.weak, WEAKNESS_ORACLE_SPOT_SOURCE, on);
        trade(&port, 700000);
        CHECK_U64(price(&port).price, on ? 700000 : 1000000);
        port_price(&port, DXA, 1000000);
        port_price(&port, DXA, 1400000);
        const union payload open = {.perp_open = {STR("DX-PERP"), SIDE_BUY, 1000000, 5, 0}};
        CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &open), on ? CODE_NONE : CODE_CIRCUIT_BREAKER_OPEN);
        port_check_supply(&port);
        port_done(&port);
    }
}

static void the_last_trade_liquidates_only_with_its_switch(void)
{
    for (int on = 0; on < 2; on++) {
        struct port port;
        port_init(&port, 1000000000, NULL);
        port_price(&port, DXA, 1000000);
        weakness_put(&port.rules.weak, WEAKNESS_MARK_FROM_LAST_TRADE, on);
        const union payload open = {.perp_open = {STR("DX-PERP"), SIDE_BUY, 100000000, 20, 0}};
        CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &open), CODE_NONE);
        const union payload liquidate = {.id = {port.last_id}};
        trade(&port, 900000);
        CHECK_U64(port_do(&port, 11, KIND_PERP_LIQUIDATE, &liquidate), on ? CODE_NONE : CODE_NOT_LIQUIDATABLE);
        port_check_supply(&port);
        port_done(&port);
    }
}

int main(void)
{
    RUN(codes_of_reports_come_in_their_order);
    RUN(a_free_seat_is_taken_with_a_bond_and_left_with_it);
    RUN(roles_come_and_go_by_order);
    RUN(a_mean_is_moved_by_three_where_a_median_is_not);
    RUN(anybody_reports_only_with_open_seats);
    RUN(old_reports_and_old_prices_pass_only_with_their_switch);
    RUN(spot_trades_are_the_price_only_with_their_switch);
    RUN(the_last_trade_liquidates_only_with_its_switch);
    arena_done(&arena);
    return 0;
}
