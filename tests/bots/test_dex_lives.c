/* Spot trading and liquidity, lived: each behaviour on a network, alone and with others, with its variants and with what must
 * refuse it. */
#include "village.h"

static struct village *v;

static struct op live(uint32_t bot, const char *behavior, const char *const *sets) { return village_live_told(v, bot, behavior, sets); }

static void live_done(uint32_t bot, const char *behavior, const char *const *sets)
{
    const struct op op = live(bot, behavior, sets);
    check_done(&op);
}

/* ---- a maker that quotes while others do things ---- */

struct quoting {
    struct village_track track;
    struct op op;
    struct gate gate;
};

static void quoting_begin(struct quoting *quoting, uint32_t bot, const char *const *sets)
{
    memset(quoting, 0, sizeof(*quoting));
    village_track(v, &quoting->track, "dex.maintain_quotes", sets);
    village_begin(v, &quoting->track, bot, v->numbers++, (struct str){0}, &quoting->op, &quoting->gate);
}

static void quoting_end(struct quoting *quoting)
{
    quoting->track.track.closed = true;
    CHECK(gate_wait(v->env, &quoting->gate, village_in(v, duration_s(120))));
    check_done(&quoting->op);
    CHECK(quoting->op.feats[FEAT_ORDER] > 0);
}

/* ---- takers ---- */

static void who_finds_nobody_says_so(void)
{
    const struct op op = live(1, "dex.market_order", SETS("amount=1000"));
    CHECK_U64(op.status, OP_TIMED_OUT);
    CHECK(strstr(op.note, "nobody serves it") != NULL);
}

static void a_market_order_takes_what_a_maker_quotes(void)
{
    struct quoting quoting;
    quoting_begin(&quoting, 0, SETS("levels=10", "size=1000"));
    fiber_sleep(v->env, duration_ms(100));
    CHECK_U64(live(0, "dex.maintain_quotes", NULL).status, OP_SKIPPED); /* one loop a pair is enough */
    const struct op buys = live(1, "dex.market_order", SETS("amount=5000")); /* it asks for quotes, or they stand */
    check_done(&buys);
    CHECK_U64(buys.market.filled, 5000);
    CHECK(buys.market.slippage_bps <= 50);
    const struct op sells = live(2, "dex.market_order", SETS("amount=2500", "side=sell"));
    check_done(&sells);
    live_done(2, "query.orderbook", NULL);
    live_done(2, "query.trades", NULL);
    quoting_end(&quoting);
    CHECK(village_held(&quoting.track, "a quote stands as it was placed") >= 20);
}

/* The loop of a phase that is over ends with its round; who comes behind it waits for that. */
static void phases_of_a_maker_follow_each_other(void)
{
    struct quoting first, second;
    quoting_begin(&first, 0, SETS("pair=sAX/USD", "levels=2"));
    fiber_sleep(v->env, duration_ms(500)); /* in the middle of its first round */
    first.track.track.closed = true;
    quoting_begin(&second, 0, SETS("pair=sAX/USD", "levels=3"));
    fiber_sleep(v->env, duration_s(6));
    quoting_end(&first);
    quoting_end(&second);
    live_done(0, "dex.cancel_all", SETS("pair=sAX/USD", "k=1"));
}

static void a_bound_protects(void)
{
    const struct op tight = live(1, "dex.slippage_guard", SETS("max_slippage_bps=3")),
                    wide = live(1, "dex.slippage_guard", SETS("max_slippage_bps=500"));
    check_done(&tight);
    CHECK(tight.market.asked > 0 && tight.market.filled == 0);
    check_done(&wide);
    CHECK(wide.market.filled > 0);
}

/* ---- orders that rest ---- */

static void orders_are_cancelled_and_their_money_comes_back(void)
{
    const struct op one = live(1, "dex.cancel_order", SETS("k=3")), all = live(1, "dex.cancel_all", SETS("k=20"));
    check_done(&one);
    check_done(&all);
}

static void a_maker_makes_the_counter_fill(void)
{
    struct quoting quoting;
    live_done(0, "dex.cancel_all", SETS("k=1")); /* what the maker left */
    quoting_begin(&quoting, 0, SETS("pair=DX/USD", "levels=1"));
    fiber_sleep(v->env, duration_s(8));
    const struct op op = live(1, "dex.limit_order", SETS("pair=DX/USD", "price=0.9995"));
    check_done(&op);
    quoting_end(&quoting);
}

struct partner {
    struct village_track track;
    struct op op;
    struct gate gate;
};

static void an_order_is_asked_about(const struct hash *order)
{
    char hex[64], id[80];
    str_hex(order->b, sizeof(order->b), hex);
    (void)snprintf(id, sizeof(id), "id=%.64s", hex);
    live_done(2, "query.order", SETS(id));
    live_done(2, "query.order", SETS(id, "status=cancelled"));
    CHECK_U64(live(2, "query.order", SETS(id, "status=filled")).status, OP_POSTCONDITION); /* it will never come to that */
    CHECK_U64(live(2, "query.order", NULL).status, OP_SKIPPED);
    CHECK_U64(live(2, "query.order", SETS("id=00")).status, OP_SKIPPED);
}

static void a_counterparty_makes_it(void)
{
    struct partner partner = {0};
    village_track(v, &partner.track, "dex.market_order", SETS("amount=1000", "side=sell", "max_slippage_bps=0"));
    village_begin(v, &partner.track, 2, v->numbers++, (struct str){0}, &partner.op, &partner.gate);
    const struct op op = live(1, "dex.limit_order", SETS("exact=true"));
    CHECK(gate_wait(v->env, &partner.gate, village_in(v, duration_s(60))));
    check_done(&op);
    check_done(&partner.op);
    CHECK_U64(partner.op.market.filled, 1000);
    an_order_is_asked_about(&op.tx_id);
}

static void without_a_counterparty_it_gives_up(void)
{
    const struct op op = live(1, "dex.limit_order", SETS("patience=3s"));
    CHECK_U64(op.status, OP_TIMED_OUT);
}

/* ---- a crowd ---- */

#define TRADERS 12u
#define TRADES 120u

static void a_crowd_trades_and_every_claim_holds(void)
{
    static struct op ops[TRADES];
    struct village_track track;
    struct gate gate = {0};
    struct quoting quoting;
    quoting_begin(&quoting, 0, SETS("levels=10", "size=20000", "refresh=5s"));
    village_track(v, &track, "dex.spot_trade", SETS("check_every=2"));
    for (uint32_t i = 0; i < TRADES; i++) {
        village_begin(v, &track, 1 + i % TRADERS, i, (struct str){0}, &ops[i], &gate);
        fiber_sleep(v->env, duration_ms(150));
    }
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    quoting_end(&quoting);
    uint32_t done = 0;
    uint64_t asked = 0, filled = 0;
    for (uint32_t i = 0; i < TRADES; i++) {
        if (ops[i].status == OP_POSTCONDITION) CHECK_FAIL("%s", ops[i].note);
        if (ops[i].status != OP_DONE)
            printf("    trade %u: %s " STR_FMT " %s\n", i, op_status_text(ops[i].status), STR_ARG(code_text(ops[i].code)),
                   ops[i].note);
        done += ops[i].status == OP_DONE;
        asked += ops[i].market.asked;
        filled += ops[i].market.filled;
    }
    for (uint32_t i = 0; i < track.track.claims_count; i++)
        printf("    %-55s %3" PRIu64 " held\n", track.track.claims[i].name, track.track.claims[i].held);
    CHECK(done * 100 >= TRADES * 95);
    CHECK(asked > 0 && filled * 100 >= asked * 95);
}

/* Makers bid more than the price that was asked for, and takers empty the book under each other. */
static void in_a_living_book_each_gets_its_turn(void)
{
    static struct op ops[8];
    struct village_track lives, guards;
    struct gate gate = {0};
    struct quoting first, second;
    live_done(0, "dex.cancel_all", SETS("k=1"));
    quoting_begin(&first, 0, NULL);
    quoting_begin(&second, 13, NULL);
    fiber_sleep(v->env, duration_s(3));
    village_track(v, &lives, "dex.limit_order", NULL);
    village_track(v, &guards, "dex.slippage_guard", NULL);
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) village_begin(v, i < 4 ? &lives : &guards, 1 + i, i, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) check_done(&ops[i]);
    quoting_end(&first);
    quoting_end(&second);
}

/* ---- pools ---- */

static void liquidity_is_provided_and_taken_out(void)
{
    const struct op first = live(1, "dex.provide_liquidity", SETS("base_amount=100000", "hold=0s"));
    check_done(&first);
    const struct op second = live(2, "dex.provide_liquidity", SETS("base_amount=33333", "hold=10s"));
    check_done(&second);
    live_done(1, "dex.remove_liquidity", SETS("shares=1000"));
    live_done(1, "dex.remove_liquidity", NULL);
    CHECK_U64(live(1, "dex.remove_liquidity", NULL).status, OP_SKIPPED);
}

/* The pool stands at 1.1, somebody sells at 1, and then buys at 1.3. */
static void who_sees_a_gap_closes_it(void)
{
    const struct op none = live(3, "mev.arbitrage", NULL);
    CHECK_U64(none.status, OP_SKIPPED);
    live_done(1, "dex.provide_liquidity", SETS("pair=sAX/USD", "base_amount=1000000", "quote_amount=1100000", "hold=0s"));
    struct village_track track;
    struct op stands;
    struct gate gate = {0};
    village_track(v, &track, "dex.limit_order",
                  SETS("pair=sAX/USD", "price=1", "side=sell", "amount=50000", "fill_fraction=1", "patience=25s"));
    village_begin(v, &track, 2, v->numbers++, (struct str){0}, &stands, &gate);
    fiber_sleep(v->env, duration_s(4));
    const struct op dear = live(3, "mev.arbitrage", NULL);
    check_done(&dear);
    CHECK(dear.feats[FEAT_ORDER] == 1);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    village_track(v, &track, "dex.limit_order",
                  SETS("pair=sAX/USD", "price=1.3", "side=buy", "amount=50000", "fill_fraction=1", "patience=25s"));
    village_begin(v, &track, 2, v->numbers++, (struct str){0}, &stands, &gate);
    fiber_sleep(v->env, duration_s(4));
    const struct op cheap = live(3, "mev.arbitrage", NULL);
    check_done(&cheap);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
}

static void many_provide_at_once(void)
{
    static struct op ops[8];
    struct village_track track;
    struct gate gate = {0};
    village_track(v, &track, "dex.provide_liquidity", SETS("pair=DX/USD", "base_amount=[50000, 90000]", "hold=15s"));
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) village_begin(v, &track, 1 + i, i, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) check_done(&ops[i]);
    CHECK(village_held(&track, "what comes out is worth what went in") == ARRAY_LEN(ops));
}

static void body(struct village *village)
{
    v = village;
    who_finds_nobody_says_so();
    a_market_order_takes_what_a_maker_quotes();
    phases_of_a_maker_follow_each_other();
    a_bound_protects();
    orders_are_cancelled_and_their_money_comes_back();
    a_maker_makes_the_counter_fill();
    a_counterparty_makes_it();
    without_a_counterparty_it_gives_up();
    a_crowd_trades_and_every_claim_holds();
    in_a_living_book_each_gets_its_turn();
    liquidity_is_provided_and_taken_out();
    many_provide_at_once();
    who_sees_a_gap_closes_it();
}

/* Fees and nothing else: nobody can trade, quote or provide, and each says why. */
static void without_money(struct village *village)
{
    v = village;
    CHECK_U64(live(0, "dex.limit_order", NULL).status, OP_SKIPPED);
    CHECK_U64(live(0, "dex.cancel_order", SETS("k=1")).status, OP_SKIPPED);
    CHECK_U64(live(0, "dex.provide_liquidity", NULL).status, OP_SKIPPED);
    CHECK_U64(live(0, "dex.spot_trade", NULL).status, OP_SKIPPED);
    CHECK_U64(live(0, "mev.arbitrage", NULL).status, OP_SKIPPED);
    struct quoting quoting;
    quoting_begin(&quoting, 1, SETS("levels=2", "size=100000"));
    fiber_sleep(v->env, duration_s(3));
    const struct op op = live(0, "dex.market_order", NULL); /* the maker is there, and cannot */
    CHECK_U64(op.status, OP_TIMED_OUT);
    CHECK(strstr(op.note, "the partner failed") != NULL);
    quoting.track.track.closed = true;
    CHECK(gate_wait(v->env, &quoting.gate, village_in(v, duration_s(60))));
    CHECK_U64(quoting.op.status, OP_SKIPPED);
    CHECK_U64(village_once(v, &quoting.track, 1, v->numbers++).status, OP_DONE); /* its phase is over: it does not begin */
}

/* A network that does not go on: what was sent is not done. */
static void halted(struct village *village)
{
    v = village;
    struct village_track track;
    struct act act;
    struct op op;
    struct answer answer;
    village_track(v, &track, "dex.limit_order", SETS("fill_fraction=0"));
    if (admin_chaos_start(&v->admin, STR("pause"), STR("delta"), STR("{\"targets\":[\"*\"]}"), (struct duration){0},
                          village_in(v, duration_s(10)), &answer) == NULL)
        CHECK_FAIL("no pause: " STR_FMT, STR_ARG(code_text(answer.code)));
    answer_done(&answer);
    act_init(&act, &v->crew, &track.track, v->bots[0], env_now(v->env), 0);
    act.deadline = village_in(v, duration_s(20));
    behavior_run(track.spec, &act, &op);
    CHECK_U64(op.status, OP_TIMED_OUT);
}

static void alone(struct village *village)
{
    v = village;
    CHECK_U64(live(0, "dex.market_order", NULL).status, OP_UNSUPPORTED);
    CHECK_U64(live(0, "dex.maintain_quotes", NULL).status, OP_UNSUPPORTED);
    CHECK_U64(live(0, "query.orderbook", NULL).status, OP_UNSUPPORTED);
    CHECK_U64(live(0, "dex.provide_liquidity", NULL).status, OP_UNSUPPORTED);
}

int main(void)
{
    const struct village_config config = {
        .validators = 4, .bots = 14, .seed = 11, .dx = 100000000, .sax = 100000000, .usd = 100000000};
    village_free(village_run(config, body));
    const struct village_config poor = {.validators = 4, .bots = 2, .seed = 11, .dx = 900};
    village_free(village_run(poor, without_money));
    const struct village_config still = {.validators = 4, .bots = 2, .seed = 11, .dx = 100000000, .sax = 100000000};
    village_free(village_run(still, halted));
    const struct village_config alpha = {.validators = 4, .bots = 1, .seed = 11, .ax = 1000000};
    village_free(village_run(alpha, alone));
    return 0;
}
