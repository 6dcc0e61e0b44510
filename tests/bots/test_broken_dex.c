/* Each claim of spot trading and liquidity can fail: planted weaknesses, partners that do not keep to what was agreed, and views
 * that lie. One line a row. */
#include "broken.h"
#include "tester/client/delta_spot.h"

#define TELLS "/transaction/" /* receipts */
#define MEV_LOOKS                                                                                                                \
    7 /* of the book by an arbitrage before it trades: five sizes that are there and one that is not, and none on the other side \
       */
#define NO_ID "\"0000000000000000000000000000000000000000000000000000000000000000\""

static struct village *v;

static struct village_track *track_of(const char *behavior, const char *const *sets) { return village_track_new(v, behavior, sets); }
static struct op live(uint32_t bot, const char *behavior, const char *const *sets) { return village_live(v, bot, behavior, sets); }

/* ---- what stands before a row ---- */

/* Bot 0 quotes for a while; its quotes stay. */
static void quotes_stand(void)
{
    struct village_track *track = track_of("dex.maintain_quotes", SETS("levels=4", "size=1000"));
    struct op op;
    struct gate gate = {0};
    village_begin(v, track, 0, v->numbers++, (struct str){0}, &op, &gate);
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

static void breaks_frozen(const char *behavior, const char *const *sets, const char *claim)
{
    const struct lie lie = {"/statePath/", "value", lie_frozen(v, CHAIN_DELTA, 1), 0};
    check_breaks(v, &(struct breaking){behavior, sets, NULL, lie, claim}, 1, v->numbers++);
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

/* The member of a trade that is to come, by its number: the tape counts them. */
static const char *price_of_trade(uint64_t ahead)
{
    static char member[40];
    struct answer answer;
    const struct page *page =
        delta_trades(&v->crew.delta, STR("DX/sAX"), 0, 1, (struct str){0}, village_in(v, duration_s(10)), &answer);
    CHECK(page != NULL);
    const uint64_t last = page->count > 0 ? ((const struct trade_view *)page->items)[0].sequence : 0;
    answer_done(&answer);
    snprintf(member, sizeof(member), "sequence\":%" PRIu64 ",\"price", last + ahead);
    return member;
}

/* The third of three trades. */
static void third_trade_lies(const char *path, const char *price, const char *claim)
{
    quotes_stand();
    check_breaks(v, &(struct breaking){"dex.market_order", three, NULL, {path, price_of_trade(3), price, 0}, claim}, 1, v->numbers++);
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
                      v->numbers++, (struct str){0}, &ops[i], &gate);
        fiber_sleep(v->env, duration_ms(1500));
    }
    check_breaks(v,
                 &(struct breaking){"dex.market_order",
                                    SETS("amount=4000", "side=sell"),
                                    "vuln.break-time-priority",
                                    {NULL, NULL, NULL, 0},
                                    "trades are in price, then time order"},
                 1, v->numbers++);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
}

static void takings_that_are_told_wrong_are_told(void)
{
    for (size_t i = 0; i < ARRAY_LEN(taking); i++) {
        if (taking[i].sets == three) quotes_stand();
        check_breaks(v, &taking[i], 1, v->numbers++);
    }
    quotes_stand();
    breaks_frozen("dex.market_order", three, "base and quote move by the fills and the fees");
    third_trade_lies(TELLS, "\"1004000\"", "the fills are what crossing the book before gives");
    third_trade_lies(TELLS, "\"5\"", "fills go outwards from the best price");
    third_trade_lies(TELLS, "\"9000000\"", "the average price is within the bound");
    third_trade_lies("/dex/trades/", "\"5\"", "trades are in price, then time order");
    who_came_first_is_seen_on_the_tape();
    quotes_stand();
    const struct lie nonce = {"/statePath/", "value", lie_frozen(v, CHAIN_DELTA, 2), 1}; /* another's account, from the second reading on */
    check_breaks(v,
                 &(struct breaking){"dex.slippage_guard", SETS("max_slippage_bps=1"), NULL, nonce,
                                    "an order beyond its bound changes nothing"},
                 1, v->numbers++);
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
        check_breaks(v, &resting[i], 1, v->numbers++);
    }
    nothing_stands();
    breaks_frozen("dex.cancel_order", SETS("k=1"), "reserved funds come back to the unit");
    breaks_frozen("dex.cancel_all", SETS("k=2"), "reserved funds come back to the unit");
    breaks_frozen("dex.limit_order", SETS("fill_fraction=0"), "an open order holds what it may cost");
    nothing_stands();
    const struct lie later = {"/statePath/", "value", lie_frozen(v, CHAIN_DELTA, 1), 2}; /* the opening is told truly */
    check_breaks(
        v,
        &(struct breaking){"dex.limit_order", SETS("fill_fraction=0", "behind=0"), NULL, later, "what it still held comes back"},
        1, v->numbers++);
}

/* A life with a counterparty that sells `amount` into it. */
static void breaks_in_life(const struct breaking *row, const char *amount)
{
    struct op op;
    struct gate gate = {0};
    nothing_stands();
    village_begin(v, track_of("dex.market_order", SETS(amount, "side=sell", "max_slippage_bps=0")), 2, v->numbers++, (struct str){0},
                  &op, &gate);
    check_breaks(v, row, 1, v->numbers++);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
}

static void lives_that_went_wrong_are_told(void)
{
    static const char *const exact[] = {"exact=true", NULL};
    breaks_in_life(
        &(struct breaking){"dex.limit_order", NULL, "vuln.break-time-priority", {0}, "a later order at its price waits"},
        "amount=1000");
    breaks_in_life(&(struct breaking){"dex.limit_order", exact, NULL, {0}, "the counter-fill is as agreed", .how = "a partner takes more than was agreed"}, "amount=1500");
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
        check_breaks(v, &trading[i], 1, v->numbers++);
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
    for (size_t i = 0; i < ARRAY_LEN(pooling); i++) check_breaks(v, &pooling[i], 1, v->numbers++);
    breaks_frozen("dex.provide_liquidity", stays, "the deposit leaves the account");
    const struct lie swap = {"/statePath/", "value", lie_frozen(v, CHAIN_DELTA, 1), 2}; /* the deposit is told truly */
    check_breaks(v, &(struct breaking){"dex.provide_liquidity", held, NULL, swap, "a swap pays by the constant product"}, 1,
                 v->numbers++);
    breaks_frozen("dex.remove_liquidity", SETS("shares=100"), "its part of the pool comes to the account");
}

/* An account that is told to have had much more of everything than it had. */
static const char *richer(uint32_t bot)
{
    static char value[600];
    snprintf(value, sizeof(value), "%s", lie_frozen(v, CHAIN_DELTA, bot));
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
                  2, v->numbers++, (struct str){0}, &stands, &gate);
    fiber_sleep(v->env, duration_s(4));
    const struct lie had = {"/statePath/", "value", richer(1), 1}; /* before, which is read behind after */
    check_breaks(v, &(struct breaking){"mev.arbitrage", NULL, NULL, had, "the cycle pays after its fees"}, 1, v->numbers++);
    const struct lie asks = {"/dex/orderbook/sAX-USD", "asks", "[{\"price\":\"9000000\",\"quantity\":\"2000\",\"orders\":1}]",
                             MEV_LOOKS};
    check_breaks(v, &(struct breaking){"mev.arbitrage", NULL, NULL, asks, "the price gap narrows"}, 1, v->numbers++);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(80))));
}

/* ---- what takes two to go wrong ---- */

static const char *const limits[] = {"order_types={limit: 1}", "cancel_fraction=0", "check_every=1", "side=buy", "size=2000", NULL};

/* A view hides how near the others are: the order is met at once, and its fills are told beyond its limit. */
static void limits_that_are_not_kept_are_told(void)
{
    nothing_stands();
    quotes_stand();
    check_breaks(v,
                 &(struct breaking){"dex.spot_trade",
                                    limits,
                                    NULL,
                                    {TELLS, price_of_trade(2), "\"9000000\""},
                                    "a limit is kept",
                                    .too = {"/dex/orderbook/", "asks", "[{\"price\":\"1500000\",\"quantity\":\"2000\",\"orders\":1}]"}},
                 1, v->numbers++);
}

/* Two take the same quotes; the second one comes to an empty book, and its account is told to stand still, fee and all. */
static void refusals_that_cost_nothing_are_told(void)
{
    static const char *const all[] = {"amount=4000", "max_slippage_bps=0", NULL};
    struct op first;
    struct gate gate = {0};
    nothing_stands();
    quotes_stand();
    village_begin(v, track_of("dex.market_order", all), 2, v->numbers++, (struct str){0}, &first, &gate);
    breaks_frozen("dex.market_order", all, "a refused order moves nothing but its fee");
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
}

/* Somebody takes the order before it is taken back, and a view says that it is open all the same. */
static void orders_that_never_end_are_told(void)
{
    static const char *const back[] = {"order_types={limit: 1}", "cancel_fraction=1", "check_every=1", "side=buy", "size=2000", NULL};
    breaks_in_life(&(struct breaking){"dex.spot_trade", back, NULL, {"/dex/order/", "status", "\"open\""}, "an order that cannot be taken back has ended"},
                   "amount=2000");
}

#define PAYMENTS 90
static struct op paid[PAYMENTS];
static struct gate payments;
static void payers_pay(void *arg)
{
    (void)arg;
    for (uint32_t i = 0; i < PAYMENTS; i++) {
        village_begin(v, track_of("transfer.simple", SETS("chain=delta", "amount=10", "to=user-2")), 2 + i % 2, v->numbers++, (struct str){0}, &paid[i], &payments);
        fiber_sleep(v->env, duration_ms(100));
    }
    gate_leave(v->env, &payments);
}

/* While others pay the account in every block, only the pool tells what its part was worth. */
static void parts_that_are_worth_less_are_told(void)
{
    const char *const alone[] = {"pair=DX/USD", "base_amount=1000000", "quote_amount=1000000", "hold=2s", "trade=0", NULL};
    gate_enter(&payments);
    (void)fiber_spawn(v->env, payers_pay, NULL);
    check_breaks(v,
                 &(struct breaking){"dex.provide_liquidity", alone, NULL, {"/dex/pool/DX-USD", "base_reserve", "\"1\"", 2, 1}, "what comes out is worth what went in"},
                 1, v->numbers++);
    CHECK(gate_wait(v->env, &payments, village_in(v, duration_s(60))));
}

static void deeds_that_no_block_has_are_told(void)
{
    check_breaks(v,
                 &(struct breaking){"dex.provide_liquidity",
                                    stays,
                                    NULL,
                                    {"/block/", "transactions", "[]"},
                                    "the transaction is in the blocks between",
                                    .too = {"/block/", "transaction_ids", "[]"}},
                 1, v->numbers++);
    check_breaks(v, &(struct breaking){"dex.remove_liquidity", NULL, "vuln.skip-balance-check", {0}, "who has left owns nothing more"}, 1, v->numbers++);
}

static void orders_that_stay_as_they_are_are_told(void)
{
    static char id[80];
    struct village_track *track = track_of("dex.limit_order", SETS("fill_fraction=0", "patience=1s"));
    const struct op op = village_once(v, track, 1, v->numbers++);
    check_done(&op);
    id[0] = 'i', id[1] = 'd', id[2] = '=';
    str_hex(op.tx_id.b, sizeof(op.tx_id.b), id + 3);
    check_breaks(v, &(struct breaking){"query.order", SETS(id, "status=cancelled"), NULL, {"/dex/order/", "status", "\"filled\""}, "the order comes to that status"}, 1, v->numbers++);
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
    limits_that_are_not_kept_are_told();
    refusals_that_cost_nothing_are_told();
    orders_that_never_end_are_told();
    deeds_that_no_block_has_are_told();
    parts_that_are_worth_less_are_told();
    orders_that_stay_as_they_are_are_told();
}

int main(void)
{
    const struct village_config config = {
        .validators = 4, .bots = 4, .seed = 13, .dx = 100000000, .sax = 100000000, .usd = 100000000};
    village_free(village_run(config, body));
    return 0;
}
