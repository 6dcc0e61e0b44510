/* Honest oracles lived: a bot on a seat reports, alone and for a whole phase. */
#include "oracles.h"

static void a_report_stands_and_the_price_is_the_median(struct village *v)
{
    static const char *const every[] = {"asset=all", NULL};
    struct village_track track;
    village_track(v, &track, "oracle.submit_price", every);
    const struct op op = village_once(v, &track, 0, 0);
    check_done(&op);
    CHECK_U64(village_held(&track, "the report stands among the feeds, with its age"), 2); /* both assets */
    CHECK_U64(village_held(&track, "the price is the median of the fresh feeds"), 2);
    CHECK_U64(village_held(&track, "only seats report"), 2);
}

static void a_standing_feed_reports_every_ten_seconds(struct village *v)
{
    static struct op op;
    struct village_track track;
    struct gate gate = {0};
    village_track(v, &track, "oracle.submit_price", NULL);
    track.track.standing = true;
    village_begin(v, &track, 0, 0, (struct str){0}, &op, &gate);
    fiber_sleep(v->env, duration_s(65));
    track.track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(30))));
    check_done(&op);
    CHECK(op.transactions >= 6 && op.transactions <= 8);
}

/* It lies in a block, and becomes final only when it has long been too old to count. */
static void a_report_that_was_held_up_is_not_fresh(struct village *v)
{
    static struct op op;
    struct village_track track;
    struct gate gate = {0};
    struct answer answer;
    village_track(v, &track, "oracle.submit_price", NULL);
    village_begin(v, &track, 0, 0, (struct str){0}, &op, &gate);
    while (op.included.ns == 0) fiber_sleep(v->env, duration_ms(20));
    CHECK(admin_chaos_start(&v->admin, STR("pause"), STR("delta"), STR("{\"targets\":[\"v1\",\"v2\"]}"), duration_s(120), village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
    CHECK(op.finalized.ns == 0);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(300))));
    check_done(&op);
    CHECK(op.finalized.ns > op.included.ns + duration_s(100).ns);
    CHECK_U64(village_held(&track, "the report stands among the feeds, with its age"), 1);
}

static void whoever_has_no_seat_is_refused(struct village *v)
{
    static const char *const unknown[] = {"asset=BTC/USD", NULL};
    struct village_track track;
    village_track(v, &track, "oracle.submit_price", NULL);
    struct op op = village_once(v, &track, 1, 0);
    CHECK(op.status == OP_REFUSED && op.code == CODE_ORACLE_NOT_SEATED);
    village_track(v, &track, "oracle.submit_price", unknown);
    op = village_once(v, &track, 0, 0);
    CHECK_U64(op.status, OP_SKIPPED);
}

static void body(struct village *v)
{
    fiber_sleep(v->env, duration_ms(1500));
    oracle_seat(v, 0, "oracle1");
    a_report_stands_and_the_price_is_the_median(v);
    a_standing_feed_reports_every_ten_seconds(v);
    a_report_that_was_held_up_is_not_fresh(v);
    whoever_has_no_seat_is_refused(v);
}

static void without_delta_it_is_not_supported(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "oracle.submit_price", NULL);
    const struct op op = village_once(v, &track, 0, 0);
    CHECK_U64(op.status, OP_UNSUPPORTED);
}

int main(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 13, .ax = 1000000, .dx = 10000000}, body));
    village_free(village_run((struct village_config){.validators = 1, .bots = 1, .seed = 13, .ax = 1000000}, without_delta_it_is_not_supported));
    return 0;
}
