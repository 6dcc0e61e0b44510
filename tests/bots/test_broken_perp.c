/* Each claim about perpetuals can fail: planted weaknesses, and views that lie. One line a row. */
#include "broken.h"
#include "tester/bot/hold.h"
#include "tester/bot/send.h"

static struct answer answer;

#define TELLS "/transaction/" /* receipts */

static const char *const near[] = {"trigger=250", NULL};
static const struct breaking opening[] = {
    {"perp.open", NULL, NULL, {TELLS, "pair", "\"sAX-PERP\"", 0}, "the position is open as asked"},
    {"perp.open", NULL, NULL, {TELLS, "margin", "\"3999\"", 0}, "margin is ceil(N / leverage)"},
    {"perp.open", NULL, NULL, {TELLS, "liquidation_price", "\"1\"", 0}, "the liquidation price is the formula's"},
    {"perp.open", NULL, NULL, {"/oracle/price/", "price", "\"1999\"", 0}, "it is entered at the oracle's price"},
    {"perp.open", NULL, NULL, {TELLS, "fee_charged", "\"1\"", 0}, "the fee leaves in DX, and no more"},
    {"perp.trade", NULL, NULL, {TELLS, "margin", "\"1\"", 0}, "margin is ceil(N / leverage)"},
    {"perp.add_margin", near, NULL, {TELLS, "margin", "\"1\"", 0}, "margin is ceil(N / leverage)"},
    {"perp.funding", NULL, NULL, {"/perpetuals/positions/", "funding_paid", "\"7\"", 1}, "funding paid is funding received"},
    {"perp.funding", NULL, NULL, {"/perpetuals/funding/", "paid_by_longs", "\"123456789\"", 0}, "the tick says what longs paid"},
};
static const struct breaking closing[] = {
    {"perp.close", NULL, NULL, {TELLS, "closed_height", "1", 0}, "the position is closed"},
    {"perp.close", NULL, NULL, {TELLS, "realized_pnl", "\"-3\"", 0}, "PnL is N(exit) - N(entry)"},
    {"perp.close", NULL, NULL, {"/perpetuals/position/", "status", "\"open\"", 0}, "a position that was closed stays closed"},
};

static void open_one(struct village *v, uint32_t bot, const char *const *sets)
{
    struct village_track track;
    village_track(v, &track, "perp.open", sets);
    const struct op op = village_once(v, &track, bot, 0);
    check_done(&op);
}

static void views_that_lie_are_told(struct village *v)
{
    for (size_t i = 0; i < ARRAY_LEN(opening); i++) check_breaks(v, &opening[i], 0, i);
    for (size_t i = 0; i < ARRAY_LEN(closing); i++) {
        open_one(v, 1, NULL);
        check_breaks(v, &closing[i], 1, i);
    }
}

static void accounts_that_do_not_move_are_told(struct village *v)
{
    const struct lie lie = {"/statePath/", "value", lie_frozen(v, CHAIN_DELTA, 2), 0};
    check_breaks(v, &(struct breaking){"perp.open", NULL, NULL, lie, "the margin is locked"}, 2, 0);
    check_breaks(v, &(struct breaking){"perp.close", NULL, NULL, lie, "margin and PnL come back"}, 2, 0);
}

static void skew(struct village *v, int64_t bps)
{
    char params[96];
    snprintf(params, sizeof(params), "{\"asset\":\"*\",\"skew_bps\":%lld}", (long long)bps);
    if (admin_chaos_start(&v->admin, STR("oracle_skew"), STR("delta"), str_of(params), (struct duration){0}, village_in(v, duration_s(10)), &answer) == NULL)
        CHECK_FAIL("no skew");
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(15));
}

static void margins_that_do_not_come_are_told(struct village *v)
{
    /* near from the beginning: 20x is 200 % of maintenance */
    const struct lie later = {TELLS, "margin", "\"2000\"", 3}; /* the opening is told truly: taken, included, final */
    check_breaks(v, &(struct breaking){"perp.add_margin", near, NULL, later, "the margin grows by what was added"}, 3, 0);
    const struct lie price = {TELLS, "liquidation_price", "\"1950000\"", 3};
    check_breaks(v, &(struct breaking){"perp.add_margin", near, NULL, price, "the liquidation price moves as the formula"}, 3, 1);
    check_breaks(v, &(struct breaking){"perp.add_margin", near, NULL, {"/statePath/", "value", lie_frozen(v, CHAIN_DELTA, 3), 0}, "the added margin leaves the account"}, 3, 3);
    const struct lie taken = {"/perpetuals/position/", "status", "\"liquidated\"", 1};
    check_breaks(v, &(struct breaking){"perp.add_margin", near, NULL, taken, "it is not liquidated"}, 3, 2);
}

static const char *const high[] = {"leverage=20", "size=20000", NULL};

/* One of bot 0's that is below maintenance, by what the feeds say. */
static void unsafe_one(struct village *v)
{
    open_one(v, 0, high);
    skew(v, -400);
}
static void feeds_are_honest(struct village *v)
{
    CHECK(admin_chaos_end_all(&v->admin, village_in(v, duration_s(10)), &answer));
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(15));
}

static void liquidations_that_are_told_wrong_are_told(struct village *v)
{
    unsafe_one(v);
    check_breaks(v, &(struct breaking){"perp.liquidate", NULL, NULL, {TELLS, "reward", "\"none\"", 0}, "a liquidation is told of"}, 3, 20);
    feeds_are_honest(v);
    unsafe_one(v);
    check_breaks(v, &(struct breaking){"perp.liquidate", NULL, NULL, {"/statePath/", "value", lie_frozen(v, CHAIN_DELTA, 3), 0}, "the reward is paid to who liquidates"}, 3, 21);
    feeds_are_honest(v);
}

/* Whoever has it in hand does nothing about it. */
static void what_stays_unsafe_is_told(struct village *v)
{
    const struct op op = village_live(v, 0, "perp.open", high);
    check_done(&op);
    skew(v, -400);
    CHECK(hold_take(&v->crew, &op.tx_id));
    check_breaks(v, &(struct breaking){"perp.liquidate", .claim = "no position stays unsafe for more than 2 blocks", .how = "who has it in hand does nothing", .standing = true}, 3, 22);
    hold_drop(&v->crew, &op.tx_id);
    feeds_are_honest(v);
}

/* It was closed by hand before its time came, and a view says that it is open. */
static void trades_that_do_not_end_are_told(struct village *v)
{
    static const char *const sets[] = {"hold=1s", "size=5000", NULL};
    village_live_done(v, 2, "perp.trade", sets);
    CHECK(v->bots[2]->trades.items.count > 0);
    village_live_done(v, 2, "perp.close", NULL);
    fiber_sleep(v->env, duration_s(2));
    check_breaks(v, &(struct breaking){"perp.trade", sets, NULL, {"/perpetuals/position/", "status", "\"open\"", 0}, "a position ends closed or liquidated"}, 2, v->numbers++);
}

static void weak_liquidations_are_told(struct village *v)
{
    open_one(v, 0, NULL);
    check_breaks(v, &(struct breaking){"perp.liquidate", NULL, "vuln.liquidate-without-margin-check", {NULL, NULL, NULL, 0}, "only below maintenance"}, 3, 10);
    open_one(v, 0, high);
    skew(v, -400);
    const struct lie reward = {TELLS, "reward", "\"401\"", 0};
    check_breaks(v, &(struct breaking){"perp.liquidate", NULL, NULL, reward, "the reward is at most 1 % of notional"}, 3, 11);
    const struct lie vault = {"/supply", "perp_vault", "\"0\"", 0};
    CHECK(admin_chaos_end_all(&v->admin, village_in(v, duration_s(10)), &answer));
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(15)); /* positions opened below have a profit now */
    check_breaks(v, &(struct breaking){"perp.liquidate", NULL, NULL, vault, "the vault covers all profits"}, 3, 12);
}

/* A trade in DX/USD at that price: what a view shows as its last. */
static void order_put(struct village *v, uint32_t bot, enum side side, uint64_t price)
{
    struct track none = {0};
    struct act act;
    struct op op = {.intended = env_now(v->env), .marked = env_now(v->env)};
    const union payload payload = {.order_place = {.pair = STR("DX/USD"), .side = (uint8_t)side, .order_type = ORDER_LIMIT, .price = price, .quantity = 2000, .tif = TIF_GTC}};
    const struct send_plan plan = {.kind = KIND_ORDER_PLACE, .payload = &payload, .loose = 1u << TOKEN_DX | 1u << TOKEN_USD};
    act_init(&act, &v->crew, &none, v->bots[bot], env_now(v->env), v->numbers++);
    act.op = &op;
    CHECK(act_on(&act, CHAIN_DELTA, &op));
    (void)act_send(&act, &plan, NULL, &op);
    check_done(&op);
}

/* The oracle says 2, the last trade was at half of it: with the switch that is enough to lose a position that is far from its line. */
static void a_last_trade_that_decides_is_told(struct village *v)
{
    fiber_sleep(v->env, duration_ms(1500));
    open_one(v, 0, (const char *const[]){"side=long", NULL});
    order_put(v, 1, SIDE_SELL, 1000000);
    order_put(v, 2, SIDE_BUY, 1000000);
    check_breaks(v, &(struct breaking){.behavior = "perp.liquidate", .weakness = "vuln.mark-from-last-trade", .claim = "only below maintenance"}, 3, 13);
}

static void body(struct village *v)
{
    fiber_sleep(v->env, duration_ms(1500));
    views_that_lie_are_told(v);
    accounts_that_do_not_move_are_told(v);
    margins_that_do_not_come_are_told(v);
    weak_liquidations_are_told(v);
    liquidations_that_are_told_wrong_are_told(v);
    trades_that_do_not_end_are_told(v);
    what_stays_unsafe_is_told(v);
}

int main(void)
{
    const struct devnet_parameter parameters[] = {{STR("funding_interval_blocks"), STR("20")}};
    const struct village_config config = {.validators = 4, .bots = 4, .seed = 9, .ax = 1000000, .dx = 10000000, .sax = 1000000, .usd = 100000000,
                                          .parameters = parameters, .parameters_count = ARRAY_LEN(parameters)};
    village_free(village_run(config, body));
    village_free(village_run(config, a_last_trade_that_decides_is_told)); /* the one position of its own village */
    return 0;
}
