/* Schedules must give exactly the arrivals that were asked for: none lost, none doubled, none adrift, the same in every build. */
#include "core/base/check.h"
#include "core/base/num.h"
#include "tester/bot/schedule.h"

#include <math.h>

static const struct instant START = {UINT64_C(1767225600000000000)};

static struct schedule_plan plan_of(const char *text, struct duration length, uint32_t bots)
{
    struct schedule_plan plan = {0};
    struct err err = {0};
    if (!schedule_parse(str_of(text), &plan, &err)) CHECK_FAIL("%s: %s", text, err.text);
    plan.start = START;
    plan.length = length;
    plan.bots = bots;
    return plan;
}

static uint64_t run(const struct schedule_plan *plan, uint64_t seed, uint64_t *per_bot)
{
    struct rng rng;
    rng_init(&rng, seed);
    struct pacer pacer;
    pacer_init(&pacer, plan, &rng);
    uint64_t count = 0;
    uint32_t bot;
    struct instant at, last = START;
    while (pacer_next(&pacer, &bot, &at)) {
        CHECK(at.ns >= last.ns);
        CHECK(at.ns < START.ns + plan->length.ns);
        last = at;
        if (per_bot != NULL) per_bot[bot]++;
        count++;
    }
    pacer_done(&pacer);
    return count;
}

static void a_hundred_bots_at_one_a_second_start_three_thousand_in_thirty_seconds(void)
{
    const struct schedule_plan plan = plan_of("1/s", duration_s(30), 100);
    uint64_t per_bot[100];
    for (uint64_t seed = 1; seed <= 20; seed++) {
        memset(per_bot, 0, sizeof(per_bot));
        CHECK_U64(run(&plan, seed, per_bot), 3000);
        for (int i = 0; i < 100; i++) CHECK_U64(per_bot[i], 30);
    }
}

static void ten_point_one_a_second_does_not_drift_in_a_day(void)
{
    const struct schedule_plan plan = plan_of("10.1/s", duration_s(86400), 1);
    CHECK_U64(run(&plan, 7, NULL), 872640);
}

static void a_shared_rate_is_dealt_out_without_drift(void)
{
    const struct schedule_plan plan = plan_of("1000/s total", duration_s(60), 7);
    uint64_t per_bot[7] = {0};
    CHECK_U64(run(&plan, 3, per_bot), 60000);
    for (int i = 0; i < 7; i++) CHECK(per_bot[i] == 60000 / 7 || per_bot[i] == 60000 / 7 + 1);
}

static void arrivals_of_one_bot_are_evenly_spaced(void)
{
    const struct schedule_plan plan = plan_of("3/s", duration_s(10), 1);
    struct rng rng;
    rng_init(&rng, 5);
    struct schedule s;
    schedule_init(&s, &plan, &rng, 0);
    struct instant first, at;
    CHECK(schedule_next(&s, &first));
    CHECK(first.ns - START.ns < NS_PER_S / 3);
    for (uint64_t k = 1; k < 30; k++) {
        CHECK(schedule_next(&s, &at));
        CHECK_U64(at.ns - first.ns, k * NS_PER_S / 3);
    }
    CHECK(!schedule_next(&s, &at));
    CHECK(!schedule_next(&s, &at));
}

/* Arrival k of a ramp lies where the integral reaches k: compared with the closed form in floating point. */
static void a_ramp_follows_its_integral(void)
{
    const struct schedule_plan plan = plan_of("ramp 10 -> 200/s total", duration_s(100), 1);
    struct rng rng;
    rng_init(&rng, 5);
    struct schedule s;
    schedule_init(&s, &plan, &rng, 0);
    struct instant at;
    uint64_t k = 0;
    while (schedule_next(&s, &at)) {
        const double a = 10, slope = 190.0 / 100.0;
        const double t = (-a + sqrt(a * a + 2 * slope * (double)k)) / slope;
        CHECK(fabs(t - (double)(at.ns - START.ns) / 1e9) < 2e-6);
        k++;
    }
    CHECK_U64(k, 10500);
}

static void a_falling_ramp_and_a_ramp_per_bot_have_their_area(void)
{
    struct schedule_plan plan = plan_of("ramp 200 -> 0/s total", duration_s(10), 4);
    CHECK_U64(run(&plan, 1, NULL), 1000);
    plan = plan_of("ramp 1 -> 9/s", duration_s(10), 20);
    uint64_t per_bot[20] = {0};
    CHECK_U64(run(&plan, 1, per_bot), 1000);
    for (int i = 0; i < 20; i++) CHECK_U64(per_bot[i], 50);
}

static void the_largest_ramp_does_not_overflow(void)
{
    struct schedule_plan plan = plan_of("ramp 0.000001 -> 10000000/s total", duration_s(10 * 86400), 1);
    struct rng rng;
    rng_init(&rng, 1);
    const uint64_t count = schedule_intended(&plan, &rng, START, instant_add(START, plan.length));
    CHECK(count > UINT64_C(4319000000000) && count < UINT64_C(4321000000000)); /* 10^7 / 2 * 864000 */
}

static void poisson_has_its_mean_and_varies(void)
{
    const struct schedule_plan plan = plan_of("50/s total poisson", duration_s(400), 10);
    const uint64_t count = run(&plan, 11, NULL);
    CHECK(count > 20000 - 5 * 142 && count < 20000 + 5 * 142); /* five standard deviations */
    CHECK(run(&plan, 12, NULL) != count);
    CHECK_U64(run(&plan, 11, NULL), count);
}

static void intended_counts_what_next_gives(void)
{
    static const char *const texts[] = {
        "1/s", "7.3/s", "2/m", "100/s total", "ramp 1 -> 30/s", "ramp 90 -> 3/s total", "4/s poisson", "9/s total poisson"};
    for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
        struct schedule_plan plan = plan_of(texts[t], duration_s(60), 9);
        if (t % 3 == 1) plan.count_max = 5;
        struct rng rng;
        rng_init(&rng, 99 + t);
        for (uint64_t from = 0; from < 60; from += 7) {
            const struct instant lo = instant_add(START, duration_ms(from * 1000 + 13)), hi = instant_add(lo, duration_ms(9777));
            struct pacer pacer;
            pacer_init(&pacer, &plan, &rng);
            uint64_t count = 0;
            uint32_t bot;
            struct instant at;
            while (pacer_next(&pacer, &bot, &at)) count += at.ns >= lo.ns && at.ns < hi.ns;
            pacer_done(&pacer);
            CHECK_U64(schedule_intended(&plan, &rng, lo, hi), count);
        }
    }
}

static void a_count_ends_the_schedule(void)
{
    struct schedule_plan plan = plan_of("5/s", duration_s(60), 3);
    plan.count_max = 4;
    CHECK_U64(run(&plan, 1, NULL), 12);
}

static void nonsense_is_refused(void)
{
    static const char *const texts[] = {"",
                                        "5",
                                        "/s",
                                        "5/x",
                                        "-1/s",
                                        "1.2345678/s",
                                        "1./s",
                                        ".5/s",
                                        "1e3/s",
                                        "5/s totally",
                                        "ramp 1 - 2/s",
                                        "ramp 1 -> 2",
                                        "ramp -> 2/s",
                                        "5/stotal",
                                        "99999999/s",
                                        "10000000.000001/s",
                                        "poisson",
                                        "5/s total total"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct schedule_plan plan = {0};
        struct err err = {0};
        if (schedule_parse(str_of(texts[i]), &plan, &err)) CHECK_FAIL("'%s' was taken", texts[i]);
        CHECK(err.text[0] != '\0');
    }
}

static void equal_rates_are_equal_structs(void)
{
    struct rate a, b;
    struct err err;
    CHECK(rate_parse(STR("60/m"), &a, &err) && rate_parse(STR("1.000/s"), &b, &err));
    CHECK_U64(a.events, b.events);
    CHECK_U64(a.per.ns, b.per.ns);
    CHECK_U64(rate_micro_per_second(a), 1000000);
    const struct rate half = rate_scale(a, 1, 2);
    CHECK_U64(rate_micro_per_second(half), 500000);
}

static void a_rate_is_told_in_the_unit_that_suits_it(void)
{
    static const struct {
        const char *text;
        uint64_t milli;
        char unit;
    } rows[] = {{"440/s", 440000, 's'}, {"0.5/s", 500, 's'}, {"0.1/s", 6000, 'm'}, {"1/m", 1000, 'm'}, {"6/h", 6000, 'h'}, {"0.05/h", 50, 'h'}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rate rate;
        struct err err;
        CHECK(rate_parse(str_of(rows[i].text), &rate, &err));
        const struct rate_words words = rate_words(rate);
        if (words.milli != rows[i].milli || words.unit != rows[i].unit) CHECK_FAIL("%s: %llu/%c", rows[i].text, (unsigned long long)words.milli, words.unit);
    }
}

int main(void)
{
    RUN(a_rate_is_told_in_the_unit_that_suits_it);
    RUN(a_hundred_bots_at_one_a_second_start_three_thousand_in_thirty_seconds);
    RUN(ten_point_one_a_second_does_not_drift_in_a_day);
    RUN(a_shared_rate_is_dealt_out_without_drift);
    RUN(arrivals_of_one_bot_are_evenly_spaced);
    RUN(a_ramp_follows_its_integral);
    RUN(a_falling_ramp_and_a_ramp_per_bot_have_their_area);
    RUN(the_largest_ramp_does_not_overflow);
    RUN(poisson_has_its_mean_and_varies);
    RUN(intended_counts_what_next_gives);
    RUN(a_count_ends_the_schedule);
    RUN(nonsense_is_refused);
    RUN(equal_rates_are_equal_structs);
    return 0;
}
