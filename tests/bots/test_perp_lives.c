/* Perpetuals lived: each behaviour green on a village, with its variants, what it refuses and what it leaves alone. */
#include "village.h"

#include "tester/client/delta_perps.h"

static struct answer answer;

static struct track *track_standing(struct village_track *track)
{
    track->track.standing = true;
    return &track->track;
}

#define HELD(track, claim) CHECK(village_held(&(track), claim) > 0)

static struct op once(struct village *v, struct village_track *track, const char *name, const char *const *sets, uint32_t bot)
{
    village_track(v, track, name, sets);
    return village_once(v, track, bot, 0);
}

static void positions_are_opened_and_closed(struct village *v)
{
    struct village_track track;
    struct op op = once(v, &track, "perp.open", NULL, 0);
    check_done(&op);
    HELD(track, "margin is ceil(N / leverage)");
    HELD(track, "the liquidation price is the formula's");
    HELD(track, "the margin is locked");
    HELD(track, "the fee leaves in DX, and no more");
    HELD(track, "it is entered at the oracle's price");
    const char *const variant[] = {"leverage=20", "pair=sAX-PERP", "side=short", "size=33333", NULL};
    op = once(v, &track, "perp.open", variant, 1);
    check_done(&op);
    fiber_sleep(v->env, duration_s(25)); /* the price moves */
    op = once(v, &track, "perp.close", NULL, 0);
    check_done(&op);
    HELD(track, "PnL is N(exit) - N(entry), its sign the side's");
    HELD(track, "margin and PnL come back");
    op = once(v, &track, "perp.close", NULL, 1);
    check_done(&op);
    op = once(v, &track, "perp.close", NULL, 1); /* nothing is left */
    CHECK_U64(op.status, OP_SKIPPED);
}

static void what_cannot_be_opened_is_refused(struct village *v)
{
    struct village_track track;
    const char *const high[] = {"leverage=21", NULL}, *const large[] = {"size=9000000000000", NULL}, *const unknown[] = {"position=aa", NULL};
    struct op op = once(v, &track, "perp.open", high, 0);
    CHECK(op.status == OP_REFUSED && op.code == CODE_LEVERAGE_EXCEEDS_LIMIT);
    op = once(v, &track, "perp.open", large, 0);
    CHECK_U64(op.status, OP_SKIPPED); /* the wallet knows */
    op = once(v, &track, "perp.close", unknown, 0);
    CHECK_U64(op.status, OP_SKIPPED);
}

static void a_trade_opens_holds_and_closes(struct village *v)
{
    struct village_track track;
    const char *const sets[] = {"hold=5s", "size=5000", NULL};
    village_track(v, &track, "perp.trade", sets);
    for (uint64_t i = 0; i < 6; i++) {
        const struct op op = village_once(v, &track, 0, i * 16);
        check_done(&op);
        fiber_sleep(v->env, duration_s(3));
    }
    HELD(track, "margin is ceil(N / leverage)");
    HELD(track, "the position is closed");
    HELD(track, "margin and PnL come back");
    while (v->bots[0]->trades.items.count > 0) {
        fiber_sleep(v->env, duration_s(6));
        const struct op op = village_once(v, &track, 0, 1000);
        check_done(&op);
        if (village_held(&track, "the position is closed") > 20) CHECK_FAIL("it does nothing but open");
        if (v->bots[0]->trades.items.count > 4) CHECK_FAIL("positions pile up");
        if (village_held(&track, "the position is closed") >= 5) break;
    }
}

static void many_trade_at_once(struct village *v)
{
    static struct op ops[96];
    struct village_track track;
    struct gate gate = {0};
    const char *const sets[] = {"hold=1s", NULL};
    village_track(v, &track, "perp.trade", sets);
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) {
        village_begin(v, &track, i % v->config.bots, i, (struct str){0}, &ops[i], &gate);
        if (i % 8 == 7) fiber_sleep(v->env, duration_ms(400));
    }
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) check_done(&ops[i]);
    CHECK_U64(track.track.by_status[OP_DONE], ARRAY_LEN(ops));
}

static void funding_is_held_across_a_tick(struct village *v)
{
    struct village_track track;
    const struct op op = once(v, &track, "perp.funding", NULL, 2);
    check_done(&op);
    HELD(track, "funding paid is funding received");
    HELD(track, "the tick says what longs paid");
    const char *const short_of[] = {"interval=1s", NULL};
    const struct op none = once(v, &track, "perp.funding", short_of, 2);
    CHECK_U64(none.status, OP_SKIPPED);
}

/* All feeds say so much less or more from now on; the walk goes on below. */
static void skew(struct village *v, int64_t bps)
{
    char params[96];
    snprintf(params, sizeof(params), "{\"asset\":\"*\",\"skew_bps\":%lld}", (long long)bps);
    if (admin_chaos_start(&v->admin, STR("oracle_skew"), STR("delta"), str_of(params), (struct duration){0}, village_in(v, duration_s(10)), &answer) == NULL)
        CHECK_FAIL("no skew");
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(15));
}
static void skew_end(struct village *v)
{
    CHECK(admin_chaos_end_all(&v->admin, village_in(v, duration_s(10)), &answer));
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(15));
}

struct skewer {
    struct village *village;
    struct gate gate;
};
static void skew_later(void *arg)
{
    struct skewer *s = arg;
    fiber_sleep(s->village->env, duration_s(5));
    skew(s->village, -200);
    gate_leave(s->village->env, &s->gate);
}

static void margin_is_added_when_liquidation_is_near(struct village *v)
{
    struct village_track track;
    struct skewer skewer = {.village = v};
    const char *const sets[] = {"trigger=140", NULL};
    gate_enter(&skewer.gate);
    (void)fiber_spawn(v->env, skew_later, &skewer);
    const struct op op = once(v, &track, "perp.add_margin", sets, 3);
    check_done(&op);
    CHECK(gate_wait(v->env, &skewer.gate, village_in(v, duration_s(60))));
    HELD(track, "it is not liquidated");
    HELD(track, "the margin grows by what was added");
    HELD(track, "the liquidation price moves as the formula");
    HELD(track, "the added margin leaves the account");
    skew_end(v);
}

static void what_is_unsafe_is_liquidated(struct village *v)
{
    struct village_track track, watch;
    static struct op watching;
    struct gate gate = {0};
    const char *const sets[] = {"leverage=20", "size=20000", NULL};
    for (uint32_t i = 0; i < 3; i++) {
        const struct op op = once(v, &track, "perp.open", sets, i);
        check_done(&op);
    }
    village_track(v, &watch, "perp.liquidate", NULL);
    track_standing(&watch);
    village_begin(v, &watch, 3, 0, (struct str){0}, &watching, &gate);
    fiber_sleep(v->env, duration_s(10));
    skew(v, -400);
    fiber_sleep(v->env, duration_s(10));
    watch.track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    check_done(&watching);
    CHECK_U64(village_held(&watch, "the reward is at most 1 % of notional"), 3);
    HELD(watch, "only below maintenance");
    HELD(watch, "the vault covers all profits");
    HELD(watch, "no position stays unsafe for more than 2 blocks");
    const struct page *page = delta_liquidations(&v->crew.delta, 10, (struct str){0}, village_in(v, duration_s(10)), &answer);
    CHECK(page != NULL && page->count == 3);
    answer_done(&answer);
    skew_end(v);
    /* What was taken is not closed; what trades left open is. */
    for (uint32_t i = 0;; i++) {
        const struct op op = once(v, &track, "perp.close", NULL, 0);
        if (op.status == OP_SKIPPED) break;
        check_done(&op);
        CHECK(i < 20);
    }
}

static void without_delta_it_is_not_supported(struct village *v)
{
    static const char *const names[] = {"perp.open", "perp.close", "perp.trade", "perp.funding", "perp.add_margin", "perp.liquidate"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct village_track track;
        const struct op op = once(v, &track, names[i], NULL, 0);
        CHECK_U64(op.status, OP_UNSUPPORTED);
    }
}

static void body(struct village *v)
{
    fiber_sleep(v->env, duration_ms(1500));
    positions_are_opened_and_closed(v);
    what_cannot_be_opened_is_refused(v);
    a_trade_opens_holds_and_closes(v);
    many_trade_at_once(v);
    funding_is_held_across_a_tick(v);
    margin_is_added_when_liquidation_is_near(v);
    what_is_unsafe_is_liquidated(v);
    CHECK(v->crew.held == NULL);
}

int main(void)
{
    const struct devnet_parameter parameters[] = {{STR("funding_interval_blocks"), STR("60")}};
    const struct village_config config = {.validators = 4, .bots = 4, .seed = 7, .ax = 1000000, .dx = 10000000, .sax = 1000000, .usd = 100000000,
                                          .parameters = parameters, .parameters_count = ARRAY_LEN(parameters)};
    village_free(village_run(config, body));
    village_free(village_run((struct village_config){.validators = 1, .bots = 1, .seed = 7, .ax = 1000000}, without_delta_it_is_not_supported));
    return 0;
}
