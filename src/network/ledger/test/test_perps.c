/* Tries to break perpetuals: every code of every kind in its order, money to the unit, and each guard with its switch. */
#include "network/ledger/test/port.h"

#define DXP STR("DX-PERP")
#define DXA STR("DX/USD")
static struct arena arena;

static union payload open_of(enum side side, uint64_t size, uint32_t leverage, uint64_t limit)
{
    return (union payload){.perp_open = {.market = DXP, .side = (uint8_t)side, .size = size, .leverage = leverage, .limit_price = limit}};
}
static union payload close_of(struct hash id, uint64_t size, uint64_t limit)
{
    return (union payload){.perp_close = {.position_id = id, .size = size, .limit_price = limit}};
}
static union payload margin_of(struct hash id, enum margin_direction direction, u128 amount)
{
    return (union payload){.perp_margin = {.position_id = id, .direction = (uint8_t)direction, .amount = {amount}}};
}
static union payload id_of(struct hash id) { return (union payload){.id = {id}}; }

static struct hash opened(struct port *port, size_t who, enum side side, uint64_t size, uint32_t leverage)
{
    const union payload p = open_of(side, size, leverage, 0);
    CHECK_U64(port_do(port, who, KIND_PERP_OPEN, &p), CODE_NONE);
    return port->last_id;
}
static struct position_view seen(const struct port *port, struct hash id)
{
    struct position_view view;
    CHECK(ledger_position(port->state, &port->rules, &id, &arena, &view));
    return view;
}
static struct perp_market_view market(const struct port *port)
{
    struct perp_market_view view;
    ledger_perp_market(port->state, &port->rules, 0, &view);
    return view;
}

static void an_opened_position_is_what_the_contract_computes(void)
{
    struct port port;
    port_init(&port, 1000000000, NULL);
    port_price(&port, DXA, 1500000);
    const u128 before = port_free(&port, 10, TOKEN_USD);
    const struct hash id = opened(&port, 10, SIDE_BUY, 10000001, 7);
    const struct position_view view = seen(&port, id);
    const u128 n = 15000001, margin = 2142858; /* floor(10000001 * 1.5), ceil(n / 7) */
    CHECK(view.margin.units == margin);
    CHECK(port_free(&port, 10, TOKEN_USD) == before - margin);
    CHECK_U64(view.entry_price, 1500000);
    const u128 above = n - margin + n * 250 / 10000;
    CHECK_U64(view.liquidation_price, (above * 1000000 + 10000000) / 10000001);
    CHECK(view.status == POSITION_OPEN && view.side == SIDE_BUY);
    CHECK_STR(view.unrealized_pnl, STR("0"));
    CHECK(market(&port).long_interest.units == 10000001 && market(&port).short_interest.units == 0);
    CHECK(market(&port).insurance_fund.units == 1000000000);
    CHECK(port_supply(&port, TOKEN_USD).perp_vault.units == 2000000000 + margin);
    port_check_supply(&port);
    port_done(&port);
}

static void codes_of_opening_come_in_their_order(void)
{
    struct port port;
    port_init(&port, 0, NULL);
    union payload p = open_of(SIDE_BUY, 10000, 21, 1);
    p.perp_open.market = STR("XX-PERP");
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_MARKET_NOT_FOUND);
    p.perp_open.market = DXP;
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_LEVERAGE_EXCEEDS_LIMIT);
    CHECK(port_field(&port) == RECEIPT_FIELD_LEVERAGE);
    for (uint32_t leverage = 0; leverage < 2000; leverage += 1000) {
        p.perp_open.leverage = leverage;
        CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_LEVERAGE_EXCEEDS_LIMIT);
    }
    p.perp_open.leverage = 20;
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_ORACLE_STALE);
    port_price(&port, DXA, 1000000);
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_SLIPPAGE_EXCEEDED);
    p = open_of(SIDE_SELL, 10000, 20, 1000001);
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_SLIPPAGE_EXCEEDED);
    p = open_of(SIDE_BUY, INT64_MAX, 1, 1000000);
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_INSUFFICIENT_MARGIN);
    CHECK(port.result->receipts[0].available.units == PORT_USD && port.result->receipts[0].required.units == INT64_MAX);
    p = open_of(SIDE_BUY, 10000, 20, 1000000);
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_NONE);
    p.perp_open.market = STR("DX/PERP");
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_NONE);
    port_price(&port, DXA, 1400000);
    p = open_of(SIDE_BUY, 10000, 21, 1);
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_CIRCUIT_BREAKER_OPEN);
    CHECK(market(&port).halted);
    for (int i = 0; i < 6; i++) {
        port_wait(&port, 50000);
        port_price(&port, DXA, 1400000);
    }
    CHECK(!market(&port).halted);
    p = open_of(SIDE_BUY, 10000, 20, 0);
    CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), CODE_NONE);
    port_check_supply(&port);
    port_done(&port);
}

static void codes_of_closing_and_margin_come_in_their_order(void)
{
    struct port port;
    port_init(&port, 1000000000, NULL);
    port_price(&port, DXA, 1000000);
    const struct hash id = opened(&port, 10, SIDE_BUY, 10000000, 10);
    struct hash none = id;
    none.b[0] ^= 1;
    union payload p = close_of(none, 0, 0);
    CHECK_U64(port_do(&port, 11, KIND_PERP_CLOSE, &p), CODE_POSITION_NOT_FOUND);
    p = close_of(id, 0, 0);
    CHECK_U64(port_do(&port, 11, KIND_PERP_CLOSE, &p), CODE_NOT_OWNER);
    union payload q = margin_of(none, MARGIN_ADD, 5);
    CHECK_U64(port_do(&port, 11, KIND_PERP_MARGIN, &q), CODE_POSITION_NOT_FOUND);
    q = margin_of(id, MARGIN_ADD, 5);
    CHECK_U64(port_do(&port, 11, KIND_PERP_MARGIN, &q), CODE_NOT_OWNER);
    q = margin_of(id, MARGIN_ADD, PORT_USD);
    CHECK_U64(port_do(&port, 10, KIND_PERP_MARGIN, &q), CODE_INSUFFICIENT_BALANCE);
    port_wait(&port, 61000);
    p = close_of(id, 0, 2000000);
    CHECK_U64(port_do(&port, 10, KIND_PERP_CLOSE, &p), CODE_ORACLE_STALE);
    q = margin_of(id, MARGIN_REMOVE, 1);
    CHECK_U64(port_do(&port, 10, KIND_PERP_MARGIN, &q), CODE_ORACLE_STALE);
    q = margin_of(id, MARGIN_ADD, 500);
    CHECK_U64(port_do(&port, 10, KIND_PERP_MARGIN, &q), CODE_NONE);
    port_price(&port, DXA, 1000000);
    CHECK_U64(port_do(&port, 10, KIND_PERP_CLOSE, &p), CODE_SLIPPAGE_EXCEEDED);
    q = margin_of(id, MARGIN_REMOVE, 501);
    CHECK_U64(port_do(&port, 10, KIND_PERP_MARGIN, &q), CODE_INSUFFICIENT_MARGIN);
    q = margin_of(id, MARGIN_REMOVE, 500);
    CHECK_U64(port_do(&port, 10, KIND_PERP_MARGIN, &q), CODE_NONE);
    CHECK(seen(&port, id).margin.units == 1000000);
    p = close_of(id, 0, 1000000);
    CHECK_U64(port_do(&port, 10, KIND_PERP_CLOSE, &p), CODE_NONE);
    CHECK_U64(port_do(&port, 10, KIND_PERP_CLOSE, &p), CODE_POSITION_CLOSED);
    CHECK_U64(port_do(&port, 10, KIND_PERP_MARGIN, &q), CODE_POSITION_CLOSED);
    CHECK(seen(&port, id).status == POSITION_CLOSED && seen(&port, id).closed_height.has);
    CHECK(port_free(&port, 10, TOKEN_USD) == PORT_USD);
    port_check_supply(&port);
    port_done(&port);
}

static void profit_and_loss_are_the_difference_of_notionals(void)
{
    struct port port;
    port_init(&port, 1000000000, NULL);
    port_price(&port, DXA, 1000000);
    const struct hash a = opened(&port, 10, SIDE_BUY, 10000000, 10), b = opened(&port, 11, SIDE_SELL, 3333333, 5);
    port_price(&port, DXA, 1049999);
    CHECK_STR(seen(&port, a).unrealized_pnl, STR("499990"));
    CHECK_STR(seen(&port, b).unrealized_pnl, STR("-166663"));
    union payload p = close_of(a, 4000000, 0);
    CHECK_U64(port_do(&port, 10, KIND_PERP_CLOSE, &p), CODE_NONE);
    CHECK_U64(seen(&port, a).size, 6000000);
    CHECK_STR(seen(&port, a).realized_pnl, STR("199996"));
    p = close_of(a, 99999999, 0); /* more than there is: all of it */
    CHECK_U64(port_do(&port, 10, KIND_PERP_CLOSE, &p), CODE_NONE);
    p = close_of(b, 0, 0);
    CHECK_U64(port_do(&port, 11, KIND_PERP_CLOSE, &p), CODE_NONE);
    CHECK_STR(seen(&port, b).realized_pnl, STR("-166663"));
    CHECK(port_free(&port, 10, TOKEN_USD) == PORT_USD + 499990);
    CHECK(port_free(&port, 11, TOKEN_USD) == PORT_USD - 166663);
    CHECK(market(&port).insurance_fund.units == 1000000000 - 499990 + 166663);
    port_check_supply(&port);
    port_done(&port);
}

static void a_liquidation_splits_what_is_left(void)
{
    struct port port;
    port_init(&port, 1000000000, NULL);
    port_price(&port, DXA, 1000000);
    const struct hash id = opened(&port, 10, SIDE_BUY, 100000000, 20);
    CHECK_U64(seen(&port, id).liquidation_price, 975000);
    union payload p = id_of(id);
    p.id.id.b[3] ^= 1;
    CHECK_U64(port_do(&port, 11, KIND_PERP_LIQUIDATE, &p), CODE_POSITION_NOT_FOUND);
    p = id_of(id);
    port_price(&port, DXA, 975001);
    CHECK_U64(port_do(&port, 11, KIND_PERP_LIQUIDATE, &p), CODE_NOT_LIQUIDATABLE);
    port_wait(&port, 61000);
    CHECK_U64(port_do(&port, 11, KIND_PERP_LIQUIDATE, &p), CODE_ORACLE_STALE);
    port_price(&port, DXA, 975000);
    CHECK_U64(port_do(&port, 11, KIND_PERP_LIQUIDATE, &p), CODE_NONE);
    /* 5,000,000 - 2,500,000 is left; 1 % of 97,500,000 goes off, half of it to the fund */
    CHECK(port_free(&port, 11, TOKEN_USD) == PORT_USD + 487500);
    CHECK(port_free(&port, 10, TOKEN_USD) == PORT_USD - 5000000 + 2500000 - 975000);
    CHECK(market(&port).insurance_fund.units == 1000000000 + 2500000 + 487500);
    CHECK(seen(&port, id).status == POSITION_LIQUIDATED);
    CHECK_U64(port_do(&port, 11, KIND_PERP_LIQUIDATE, &p), CODE_POSITION_CLOSED);
    struct liquidation_view *past;
    CHECK_U64(ledger_liquidations(port.state, 0, &port.people[10], 0, 10, &arena, &past), 1);
    CHECK(past->reward.units == 487500 && past->shortfall.units == 0 && address_eq(&past->liquidator, &port.people[11]));
    CHECK_U64(ledger_liquidations(port.state, 1, NULL, 0, 10, &arena, &past), 0);
    port_check_supply(&port);
    port_done(&port);
}

static void bad_debt_is_borne_by_the_insurance(void)
{
    struct port port;
    port_init(&port, 1000000000, NULL);
    port_price(&port, DXA, 1000000);
    const struct hash id = opened(&port, 10, SIDE_BUY, 100000000, 20), other = opened(&port, 12, SIDE_SELL, 100000000, 20);
    port_price(&port, DXA, 900000);
    union payload p = id_of(id);
    CHECK_U64(port_do(&port, 11, KIND_PERP_LIQUIDATE, &p), CODE_NONE);
    struct liquidation_view *past;
    CHECK_U64(ledger_liquidations(port.state, SIZE_MAX, NULL, 0, 10, &arena, &past), 1);
    CHECK(past->reward.units == 0 && past->shortfall.units == 5000000);
    p = close_of(other, 0, 0);
    CHECK_U64(port_do(&port, 12, KIND_PERP_CLOSE, &p), CODE_NONE);
    CHECK(port_free(&port, 12, TOKEN_USD) == PORT_USD + 10000000);
    CHECK(market(&port).insurance_fund.units == 1000000000 - 5000000);
    port_check_supply(&port);
    port_done(&port);
}

/* Without insurance a lone winner has nobody to win from: he keeps his margin and gets no more. */
static void profits_nobody_backs_are_cut_and_the_vault_stays_above_what_it_owes(void)
{
    struct port port;
    port_init(&port, 0, NULL);
    port_price(&port, DXA, 1000000);
    const struct hash id = opened(&port, 10, SIDE_BUY, 100000000, 20);
    port_price(&port, DXA, 1040000);
    CHECK(seen(&port, id).status == POSITION_OPEN); /* 4,000,000 of profit against 5,000,000 in the vault */
    port_price(&port, DXA, 1060000);
    CHECK(seen(&port, id).status == POSITION_CLOSED); /* taken out by the end of that block */
    CHECK(port_free(&port, 10, TOKEN_USD) == PORT_USD);
    CHECK(port_supply(&port, TOKEN_USD).perp_vault.units == 0);
    port_check_supply(&port);
    port_done(&port);
}

/* The winner leaves first and is paid out of the loser's margin. */
static void a_balanced_market_pays_in_full_without_insurance(void)
{
    struct port port;
    port_init(&port, 0, NULL);
    port_price(&port, DXA, 1000000);
    const struct hash a = opened(&port, 10, SIDE_BUY, 100000000, 5), b = opened(&port, 11, SIDE_SELL, 100000000, 5);
    port_price(&port, DXA, 1100000);
    union payload p = close_of(a, 0, 0);
    CHECK_U64(port_do(&port, 10, KIND_PERP_CLOSE, &p), CODE_NONE);
    CHECK(port_free(&port, 10, TOKEN_USD) == PORT_USD + 10000000);
    p = close_of(b, 0, 0);
    CHECK_U64(port_do(&port, 11, KIND_PERP_CLOSE, &p), CODE_NONE);
    CHECK(port_free(&port, 11, TOKEN_USD) == PORT_USD - 10000000);
    CHECK(port_supply(&port, TOKEN_USD).perp_vault.units == 0);
    port_check_supply(&port);
    port_done(&port);
}

static void funding_takes_from_one_side_exactly_what_the_other_gets(void)
{
    struct port port;
    port_init(&port, 0, NULL);
    port_price(&port, DXA, 1000000);
    struct hash longs[3], shorts[2];
    for (size_t i = 0; i < 3; i++) longs[i] = opened(&port, 10 + i, SIDE_BUY, 10000000 + 7 * i, 5);
    for (size_t i = 0; i < 2; i++) shorts[i] = opened(&port, 15 + i, SIDE_SELL, 3333331 + 11 * i, 5);
    union payload p = {.market = {STR("XX-PERP")}};
    CHECK_U64(port_do(&port, 20, KIND_FUNDING_SETTLE, &p), CODE_MARKET_NOT_FOUND);
    p.market.market = DXP;
    CHECK_U64(port_do(&port, 20, KIND_FUNDING_SETTLE, &p), CODE_NOT_DUE);
    const uint32_t due = market(&port).next_funding_height;
    while (ledger_height(port.state) + 2 < due) (void)port_run(&port, NULL);
    port_price(&port, DXA, 1050000); /* far above its mean */
    CHECK(market(&port).funding_rate_e9 > 0);
    const u128 vault = port_supply(&port, TOKEN_USD).perp_vault.units;
    CHECK_U64(port_do(&port, 20, KIND_FUNDING_SETTLE, &p), CODE_NONE);
    CHECK_U64(port_do(&port, 20, KIND_FUNDING_SETTLE, &p), CODE_NOT_DUE);
    int64_t sum = 0, paid = 0, value;
    for (size_t i = 0; i < 3; i++) {
        CHECK(str_to_i64(seen(&port, longs[i]).funding_paid, &value) && value > 0);
        sum += value, paid += value;
    }
    for (size_t i = 0; i < 2; i++) {
        CHECK(str_to_i64(seen(&port, shorts[i]).funding_paid, &value) && value < 0);
        sum += value;
    }
    CHECK_U64(sum, 0);
    CHECK(port_supply(&port, TOKEN_USD).perp_vault.units == vault);
    struct funding_view *past;
    CHECK_U64(ledger_fundings(port.state, 0, 0, 10, &arena, &past), 1);
    CHECK_U64(past->rate_e9, 7500000); /* the cap */
    CHECK(str_to_i64(past->paid_by_longs, &value) && value == paid);
    CHECK_U64(market(&port).next_funding_height, past->height + 120);
    port_check_supply(&port);
    port_done(&port);
}

/* ---- switches ---- */

static void with_its_switch_a_healthy_position_is_liquidated(void)
{
    for (int on = 0; on < 2; on++) {
        struct port port;
        port_init(&port, 1000000000, NULL);
        weakness_put(&port.rules.weak, WEAKNESS_LIQUIDATE_WITHOUT_MARGIN_CHECK, on);
        port_price(&port, DXA, 1000000);
        const union payload p = id_of(opened(&port, 10, SIDE_BUY, 10000000, 2));
        CHECK_U64(port_do(&port, 11, KIND_PERP_LIQUIDATE, &p), on ? CODE_NONE : CODE_NOT_LIQUIDATABLE);
        port_check_supply(&port);
        port_done(&port);
    }
}

static void with_its_switch_any_leverage_is_taken(void)
{
    for (int on = 0; on < 2; on++) {
        struct port port;
        port_init(&port, 1000000000, NULL);
        weakness_put(&port.rules.weak, WEAKNESS_NO_LEVERAGE_CAP, on);
        port_price(&port, DXA, 1000000);
        const uint32_t leverages[] = {0, 21, 1000};
        for (size_t i = 0; i < 3; i++) {
            const union payload p = open_of(SIDE_BUY, 10000000, leverages[i], 0);
            CHECK_U64(port_do(&port, 10, KIND_PERP_OPEN, &p), on ? CODE_NONE : CODE_LEVERAGE_EXCEEDS_LIMIT);
        }
        port_check_supply(&port);
        port_done(&port);
    }
}

int main(void)
{
    RUN(an_opened_position_is_what_the_contract_computes);
    RUN(codes_of_opening_come_in_their_order);
    RUN(codes_of_closing_and_margin_come_in_their_order);
    RUN(profit_and_loss_are_the_difference_of_notionals);
    RUN(a_liquidation_splits_what_is_left);
    RUN(bad_debt_is_borne_by_the_insurance);
    RUN(profits_nobody_backs_are_cut_and_the_vault_stays_above_what_it_owes);
    RUN(a_balanced_market_pays_in_full_without_insurance);
    RUN(funding_takes_from_one_side_exactly_what_the_other_gets);
    RUN(with_its_switch_a_healthy_position_is_liquidated);
    RUN(with_its_switch_any_leverage_is_taken);
    arena_done(&arena);
    return 0;
}
