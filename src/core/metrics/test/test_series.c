/* Aggregation of operations: keys apart, filters together, rates over the right spans, errors never rounded away. */
#include "core/base/check.h"
#include "core/metrics/series.h"

static struct instant at_ms(uint64_t ms) { return instant_add(INSTANT_GENESIS, duration_ms(ms)); }

static struct series_sample sample(uint16_t role, uint16_t phase, uint64_t intended_ms, uint64_t response_ms, bool ok)
{
    return (struct series_sample){
        .key = {.chain = 0, .stage = STAGE_FINAL, .role = role, .behavior = 3, .phase = phase},
        .intended = at_ms(intended_ms),
        .bot = role,
        .ok = ok,
        .has_latency = true,
        .response = duration_ms(response_ms),
        .service = duration_ms(response_ms / 2),
    };
}

static struct series_set *two_phases(void)
{
    struct series_set *set = series_set_new();
    series_phase_begin(set, 0, at_ms(0));
    series_phase_end(set, 0, at_ms(10000));
    series_phase_begin(set, 1, at_ms(10000));
    struct series_sample s;
    for (uint64_t i = 0; i < 100; i++) { /* phase 0: role 1, ten a second, one in twenty fails */
        s = sample(1, 0, i * 100, 10 + i, i % 20 != 0);
        series_record(set, &s);
    }
    for (uint64_t i = 0; i < 30; i++) { /* phase 1: role 2, all in its second second */
        s = sample(2, 1, 11000 + i, 500, true);
        series_record(set, &s);
    }
    return set;
}

static void a_total_adds_what_the_filter_lets_through(void)
{
    struct series_set *set = two_phases();
    static struct series_total all, first, second;
    struct series_key filter = SERIES_FILTER_ALL;
    series_total(set, filter, at_ms(15000), &all);
    filter.phase = 0;
    series_total(set, filter, at_ms(15000), &first);
    filter.phase = SERIES_ANY;
    filter.role = 2;
    series_total(set, filter, at_ms(15000), &second);
    CHECK_U64(all.ok, 125);
    CHECK_U64(all.failed, 5);
    CHECK_U64(all.response.count, 130);
    CHECK_U64(first.ok + second.ok, all.ok);
    CHECK_U64(first.series, 1);
    CHECK_U64(second.failed, 0);
    CHECK_U64(second.error_rate_ppm, 0);
    uint64_t p50;
    CHECK(histogram_quantile(&second.response, 5000, &p50));
    CHECK_U64(p50, 500000);
    CHECK(histogram_quantile(&second.service, 5000, &p50));
    CHECK(p50 >= 250000 && p50 < 250300);
    series_total_done(&all);
    series_total_done(&first);
    series_total_done(&second);
    series_set_free(set);
}

static void rates_are_over_the_phases_that_match(void)
{
    struct series_set *set = two_phases();
    struct series_total total;
    struct series_key filter = SERIES_FILTER_ALL;
    filter.phase = 0;
    series_total(set, filter, at_ms(15000), &total);
    CHECK_U64(total.span.ns, 10 * NS_PER_S);
    CHECK_U64(total.tps_milli, 9500);
    CHECK_U64(total.tps_peak, 10);
    CHECK_U64(total.error_rate_ppm, 50000);
    series_total_done(&total);
    filter.phase = 1; /* has not ended */
    series_total(set, filter, at_ms(11500), &total);
    CHECK_U64(total.tps_milli, 20000);
    CHECK_U64(total.tps_peak, 0);
    series_total_done(&total);
    series_total(set, filter, at_ms(12000), &total);
    CHECK_U64(total.tps_peak, 30);
    series_total_done(&total);
    series_set_free(set);
}

static void one_failure_in_a_million_and_a_bit_is_not_rounded_away(void)
{
    struct series_set *set = series_set_new();
    series_phase_begin(set, 0, at_ms(0));
    struct series_sample s = sample(1, 0, 1, 1, false);
    series_record(set, &s);
    s.ok = true;
    s.has_latency = false;
    for (size_t i = 0; i < 1500000; i++) series_record(set, &s);
    struct series_total total;
    series_total(set, SERIES_FILTER_ALL, at_ms(1000), &total);
    CHECK_U64(total.error_rate_ppm, 1);
    CHECK_U64(total.response.count, 1);
    series_total_done(&total);
    series_set_free(set);
}

static void an_empty_set_has_an_empty_total(void)
{
    struct series_set *set = series_set_new();
    struct series_total total;
    series_total(set, SERIES_FILTER_ALL, at_ms(1), &total);
    CHECK(total.ok == 0 && total.series == 0 && total.tps_milli == 0 && total.error_rate_ppm == 0);
    series_total_done(&total);
    series_set_free(set);
}

static void sets_of_two_shards_merge_as_if_one_had_seen_all(void)
{
    struct series_set *whole = series_set_new(), *shards[2] = {series_set_new(), series_set_new()};
    for (uint16_t phase = 0; phase < 2; phase++) {
        series_phase_begin(whole, phase, at_ms(phase * 5000u));
        for (size_t i = 0; i < 2; i++) series_phase_begin(shards[i], phase, at_ms(phase * 5000u));
    }
    for (uint64_t i = 0; i < 1000; i++) {
        const struct series_sample s = sample((uint16_t)(i % 7), (uint16_t)(i >= 500), i * 10, i * i % 900, i % 11 != 0);
        series_record(whole, &s);
        series_record(shards[i % 3 == 0], &s);
    }
    series_merge(shards[0], shards[1]);
    CHECK_U64(series_count(shards[0]), series_count(whole));
    for (size_t i = 0; i < series_count(whole); i++) {
        static struct series_total a, b;
        series_total(whole, series_at(whole, i)->key, at_ms(10000), &a);
        series_total(shards[0], series_at(whole, i)->key, at_ms(10000), &b);
        CHECK(a.ok == b.ok && a.failed == b.failed && a.tps_milli == b.tps_milli && a.tps_peak == b.tps_peak);
        CHECK(a.response.sum_us == b.response.sum_us && a.service.sum_us == b.service.sum_us);
        series_total_done(&a);
        series_total_done(&b);
    }
    CHECK_U64(series_bots_active(shards[0], at_ms(10000), duration_s(60)), 7);
    series_set_free(whole);
    series_set_free(shards[0]);
    series_set_free(shards[1]);
}

static void bots_are_active_for_a_while_after_their_last_operation(void)
{
    struct series_set *set = two_phases();
    CHECK_U64(series_bots_active(set, at_ms(11500), duration_s(1)), 1);
    CHECK_U64(series_bots_active(set, at_ms(11500), duration_s(2)), 2);
    CHECK_U64(series_bots_active(set, at_ms(60000), duration_s(1)), 0);
    series_set_free(set);
}

int main(void)
{
    RUN(a_total_adds_what_the_filter_lets_through);
    RUN(rates_are_over_the_phases_that_match);
    RUN(one_failure_in_a_million_and_a_bit_is_not_rounded_away);
    RUN(an_empty_set_has_an_empty_total);
    RUN(sets_of_two_shards_merge_as_if_one_had_seen_all);
    RUN(bots_are_active_for_a_while_after_their_last_operation);
    return 0;
}
