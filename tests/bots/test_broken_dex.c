/* Each claim of spot trading and liquidity can fail: planted weaknesses, partners that do not keep to what was agreed, and views
 * that lie. One line a row. */
#include "broken.h"
#include "tester/client/delta_spot.h"

#define SETS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define TELLS "/transaction/" /* receipts */
#define MEV_LOOKS                                                                                                                \
    7 /* of the book by an arbitrage before it trades: five sizes that are there and one that is not, and none on the other side \
       */
#define NO_ID "\"0000000000000000000000000000000000000000000000000000000000000000\""

static struct village *v;
static uint64_t numbers;

/* In the village's arena: frames of fibers stay small. */
static struct village_track *track_of(const char *behavior, const char *const *sets)
{
    struct village_track *track = arena_new(&v->arena, struct village_track);
    village_track(v, track, behavior, sets);
    return track;
}

static struct op live(uint32_t bot, const char *behavior, const char *const *sets)
{
    return village_once(v, track_of(behavior, sets), bot, numbers++);
}

/* ---- what stands before a row ---- */

/* Bot 0 quotes for a while; its quotes stay. */
static void quotes_stand(void)
{
    struct village_track *track = track_of("dex.maintain_quotes", SETS("levels=4", "size=1000"));
    struct op op;
    struct gate gate = {0};
    village_begin(v, track, 0, numbers++, (struct str){0}, &op, &gate);
    fiber_sleep(v->env, duration_s(4));
    track->track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(30))));
    check_done(&op);
}

static void nothing_stands(void)
{
    for (uint32_t bot = 0; bot < v->config.bots; bot++) {
        const struct op op = live(bot, "dex.cancel_all", SETS("k=1"));
        check_done(&op);
    }
}

/* A view for which the account never moves: it shows one state for all heights. */
static const char *frozen(uint32_t bot)
{
    static char value[600];
    struct answer answer;
    const struct state_path *path =
        alpha_account_path(&v->crew.delta, &v->bots[bot]->identity.address, 0, village_in(v, duration_s(10)), &answer);
    CHECK(path != NULL && path->value.len * 2 + 3 < sizeof(value));
    value[0] = '"';
    str_hex(path->value.data, path->value.len, value + 1);
    value[1 + path->value.len * 2] = '"';
    value[2 + path->value.len * 2] = '\0';
    answer_done(&answer);
    return value;
}

static void breaks_frozen(const char *behavior, const char *const *sets, const char *claim)
{
    const struct lie lie = {"/statePath/", "value", frozen(1), 0};
    check_breaks(v, &(struct breaking){behavior, sets, NULL, lie, claim}, 1, numbers++);
}

/* ---- orders at any price ---- */

static const char *const three[] = {"amount=3000", NULL};
static const struct breaking taking[] = {
    {"dex.market_order", three, NULL, {TELLS, "remaining", "\"500\"", 0}, "filled and remaining make the order"},
    {"dex.market_order", three, NULL, {"/dex/order/", "average_price", "\"7\"", 0}, "the average price is that of the fills"},
    {"dex.market_order", three, NULL, {"/dex/order/", "status", "\"open\"", 0}, "the average price is that of the fills"},
    {"dex.market_order", three, NULL, {"/dex/pairs", "taker_bps", "50", 0}, "base and quote move by the fills and the fees"},
    {"dex.market_order", three, NULL, {"/dex/trades/", "taker_order", "null", 0}, "each fill is on the tape with both orders"},
    {"dex.market_order", three, NULL, {"/dex/trades/", "quantity", "\"1\"", 0}, "each fill is on the tape with both orders"},
    {"dex.market_order", three, NULL, {"/dex/trades/", "maker_order", NO_ID, 0}, "each fill is on the tape with both orders"},
    {"query.trades", NULL, NULL, {"/dex/trades/", "sequence", "5", 0}, "the tape has no gaps"},
};

/* The third of three trades, by its number: the tape counts them. */
static void third_trade_lies(const char *path, const char *price, const char *claim)
{
    static char member[40];
    struct answer answer;
    quotes_stand();
    const struct page *page =
        delta_trades(&v->crew.delta, STR("DX/sAX"), 0, 1, (struct str){0}, village_in(v, duration_s(10)), &answer);
    CHECK(page != NULL);
    const uint64_t last = page->count > 0 ? ((const struct trade_view *)page->items)[0].sequence : 0;
    answer_done(&answer);
    snprintf(member, sizeof(member), "sequence\":%" PRIu64 ",\"price", last + 3);
    check_breaks(v, &(struct breaking){"dex.market_order", three, NULL, {path, member, price, 0}, claim}, 1, numbers++);
}

/* Two rest at one price, the older one first in line; the weakness has the younger one filled first. */
static void who_came_first_is_seen_on_the_tape(void)
{
    nothing_stands();
    struct op ops[2];
    struct gate gate = {0};
    weakness_set(v, "vuln.break-time-priority", true);
    for (uint32_t i = 0; i < 2; i++) {
        village_begin(v, track_of("dex.limit_order", SETS("amount=2000", "behind=0", "fill_fraction=1", "patience=12s")), 2 + i,
                      numbers++, (struct str){0}, &ops[i], &gate);
        fiber_sleep(v->env, duration_ms(1500));
    }
    check_breaks(v,
                 &(struct breaking){"dex.market_order",
                                    SETS("amount=4000", "side=sell"),
                                    "vuln.break-time-priority",
                                    {NULL, NULL, NULL, 0},
                                    "trades are in price, then time order"},
                 1, numbers++);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
}

static void takings_that_are_told_wrong_are_told(void)
{
    for (size_t i = 0; i < ARRAY_LEN(taking); i++) {
        if (taking[i].sets == three) quotes_stand();
        check_breaks(v, &taking[i], 1, numbers++);
    }
    quotes_stand();
    breaks_frozen("dex.market_order", three, "base and quote move by the fills and the fees");
    third_trade_lies(TELLS, "\"1004000\"", "the fills are what crossing the book before gives");
    third_trade_lies(TELLS, "\"5\"", "fills go outwards from the best price");
    third_trade_lies(TELLS, "\"9000000\"", "the average price is within the bound");
    third_trade_lies("/dex/trades/", "\"5\"", "trades are in price, then time order");
    who_came_first_is_seen_on_the_tape();
    quotes_stand();
    const struct lie nonce = {"/statePath/", "value", frozen(2), 1}; /* another's account, from the second reading on */
    check_breaks(v,
                 &(struct breaking){"dex.slippage_guard", SETS("max_slippage_bps=1"), NULL, nonce,
                                    "an order beyond its bound changes nothing"},
                 1, numbers++);
}

/* ---- orders that rest ---- */

static const struct breaking resting[] = {
    {"dex.cancel_order", SETS("k=2"), "vuln.cancel-any-order", {0}, "a stranger's cancel is refused"},
    {"dex.cancel_order", SETS("k=2"), "vuln.non-atomic-update", {0}, "a second cancel is refused"},
    {"dex.cancel_order", SETS("k=2"), NULL, {"/dex/order/", "status", "\"open\"", 0}, "a cancelled order says so"},
    {"dex.cancel_all", SETS("k=3"), "vuln.cancel-any-order", {0}, "a stranger's cancel is refused"},
    {"dex.cancel_all", SETS("k=3"), "vuln.non-atomic-update", {0}, "a second cancel is refused"},
    {"dex.cancel_all", SETS("k=3"), NULL, {"/dex/orders/", "order_id", NO_ID, 0}, "every order of the pair is cancelled"},
    {"dex.limit_order", SETS("fill_fraction=0"), NULL, {TELLS, "remaining", "\"7\"", 0}, "a placed order is open"},
    {"dex.limit_order",
     SETS("fill_fraction=0", "behind=0"),
     NULL,
     {"/dex/order/", "status", "\"filled\"", 0},
     "a filled part shows in its state"},
    {"dex.limit_order", SETS("fill_fraction=0", "behind=0"), NULL, {TELLS, "remaining", "\"7\"", 3}, "a cancelled order says so"},
    {"dex.limit_order",
     SETS("fill_fraction=0", "behind=0"),
     NULL,
     {"/dex/orderbook/", "bids", "[{\"price\":\"950000\",\"quantity\":\"2000\",\"orders\":1}]", 2},
     "a cancelled order is not in the book"},
};

static void orders_that_are_told_wrong_are_told(void)
{
    for (size_t i = 0; i < ARRAY_LEN(resting); i++) {
        nothing_stands();
        check_breaks(v, &resting[i], 1, numbers++);
    }
    nothing_stands();
    breaks_frozen("dex.cancel_order", SETS("k=1"), "reserved funds come back to the unit");
    breaks_frozen("dex.cancel_all", SETS("k=2"), "reserved funds come back to the unit");
    breaks_frozen("dex.limit_order", SETS("fill_fraction=0"), "an open order holds what it may cost");
    nothing_stands();
    const struct lie later = {"/statePath/", "value", frozen(1), 2}; /* the opening is told truly */
    check_breaks(
        v,
        &(struct breaking){"dex.limit_order", SETS("fill_fraction=0", "behind=0"), NULL, later, "what it still held comes back"},
        1, numbers++);
}

/* A life with a counterparty that sells `amount` into it. */
static void breaks_in_life(const struct breaking *row, const char *amount)
{
    struct op op;
    struct gate gate = {0};
    nothing_stands();
    village_begin(v, track_of("dex.market_order", SETS(amount, "side=sell", "max_slippage_bps=0")), 2, numbers++, (struct str){0},
                  &op, &gate);
    check_breaks(v, row, 1, numbers++);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
}

static void lives_that_went_wrong_are_told(void)
{
    static const char *const exact[] = {"exact=true", NULL};
    breaks_in_life(
        &(struct breaking){"dex.limit_order", NULL, "vuln.break-time-priority", {0}, "a later order at its price waits"},
        "amount=1000");
    breaks_in_life(&(struct breaking){"dex.limit_order", exact, NULL, {0}, "the counter-fill is as agreed"}, "amount=1500");
    breaks_in_life(
        &(struct breaking){"dex.limit_order", NULL, NULL, {"/dex/trades/", "maker_order", NO_ID, 0}, "its fills are on the tape"},
        "amount=1000");
}

/* ---- makers, and traders ---- */

static const char *const waits[] = {"order_types={limit: 1}", "cancel_fraction=1", "check_every=1", NULL};
static const struct breaking trading[] = {
    {"dex.maintain_quotes", SETS("levels=2"), NULL, {TELLS, "remaining", "\"500\"", 0}, "a quote stands as it was placed"},
    {"dex.maintain_quotes",
     SETS("levels=2"),
     NULL,
     {"/dex/order/", "price", "\"500\"", 0},
     "a quote is the maker's, at its price"},
    {"dex.spot_trade", waits, NULL, {TELLS, "remaining", "\"5\"", 0}, "a placed order is open"},
    {"dex.spot_trade", waits, NULL, {TELLS, "remaining", "\"20000\"", 3}, "a cancelled order says so"},
    {"dex.spot_trade", waits, NULL, {"/dex/order/", "status", "\"open\"", 0}, "a cancelled order stays as it was left"},
};

static void traders_that_are_misled_are_told(void)
{
    for (size_t i = 0; i < ARRAY_LEN(trading); i++) {
        nothing_stands();
        check_breaks(v, &trading[i], 1, numbers++);
    }
    nothing_stands();
    breaks_frozen("dex.spot_trade", waits, "an open order holds what it may cost");
}

/* ---- pools ---- */

static const char *const held[] = {"hold=3s", NULL}, *const stays[] = {"hold=0s", NULL};
static const struct breaking pooling[] = {
    {"dex.provide_liquidity", stays, NULL, {"/dex/pool/", "shares", "\"7\"", 2}, "all shares make the pool's total"},
    {"dex.provide_liquidity",
     stays,
     NULL,
     {"/dex/pool/", "base_reserve", "\"7\"", 2},
     "the pool holds what was put in and not taken out"},
    {"dex.provide_liquidity", held, NULL, {"/dex/pool/", "fee_bps", "31", 2}, "the pool holds what was put in and not taken out"},
};

static void pools_that_are_told_wrong_are_told(void)
{
    const struct op op = live(3, "dex.provide_liquidity", stays);
    check_done(&op);
    for (size_t i = 0; i < ARRAY_LEN(pooling); i++) check_breaks(v, &pooling[i], 1, numbers++);
    breaks_frozen("dex.provide_liquidity", stays, "the deposit leaves the account");
    const struct lie swap = {"/statePath/", "value", frozen(1), 2}; /* the deposit is told truly */
    check_breaks(v, &(struct breaking){"dex.provide_liquidity", held, NULL, swap, "a swap pays by the constant product"}, 1,
                 numbers++);
    breaks_frozen("dex.remove_liquidity", SETS("shares=100"), "its part of the pool comes to the account");
}

/* An account that is told to have had much more of everything than it had. */
static const char *richer(uint32_t bot)
{
    static char value[600];
    snprintf(value, sizeof(value), "%s", frozen(bot));
    for (size_t at = 1 + 2 * 10; value[at] != '"' && value[at] != '\0'; at += 2 * 33)
        value[at + 2 * 8 + 1] = '1'; /* the eighth byte of what is free */
    return value;
}

/* Somebody sells at 1 what a pool buys at 1.1. */
static void cycles_that_do_not_pay_are_told(void)
{
    struct op stands;
    struct gate gate = {0};
    const struct op pool =
        live(3, "dex.provide_liquidity", SETS("pair=sAX/USD", "base_amount=10000000", "quote_amount=11000000", "hold=0s"));
    check_done(&pool);
    village_begin(v,
                  track_of("dex.limit_order",
                           SETS("pair=sAX/USD", "price=1", "side=sell", "amount=60000", "fill_fraction=1", "patience=40s")),
                  2, numbers++, (struct str){0}, &stands, &gate);
    fiber_sleep(v->env, duration_s(4));
    const struct lie had = {"/statePath/", "value", richer(1), 1}; /* before, which is read behind after */
    check_breaks(v, &(struct breaking){"mev.arbitrage", NULL, NULL, had, "the cycle pays after its fees"}, 1, numbers++);
    const struct lie asks = {"/dex/orderbook/sAX-USD", "asks", "[{\"price\":\"9000000\",\"quantity\":\"2000\",\"orders\":1}]",
                             MEV_LOOKS};
    check_breaks(v, &(struct breaking){"mev.arbitrage", NULL, NULL, asks, "the price gap narrows"}, 1, numbers++);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(80))));
}

static void body(struct village *village)
{
    v = village;
    takings_that_are_told_wrong_are_told();
    orders_that_are_told_wrong_are_told();
    lives_that_went_wrong_are_told();
    traders_that_are_misled_are_told();
    pools_that_are_told_wrong_are_told();
    cycles_that_do_not_pay_are_told();
}

int main(void)
{
    const struct village_config config = {
        .validators = 4, .bots = 4, .seed = 13, .dx = 100000000, .sax = 100000000, .usd = 100000000};
    village_free(village_run(config, body));
    return 0;
}
