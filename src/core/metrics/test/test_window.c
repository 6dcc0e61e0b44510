/* Seconds of a window: where each event lands, which seconds are full, what a sliding look sees. */
#include "core/base/check.h"
#include "core/metrics/window.h"

static struct instant at_ms(uint64_t ms) { return instant_add(INSTANT_GENESIS, duration_ms(ms)); }

static void events_land_in_seconds_counted_from_the_start(void)
{
    struct window w;
    window_init(&w, at_ms(300));
    window_add(&w, at_ms(300), 1);
    window_add(&w, at_ms(1299), 2);
    window_add(&w, at_ms(1300), 4);
    window_add(&w, at_ms(5000), 8);
    window_add(&w, at_ms(299), 100);
    window_add(&w, instant_add(at_ms(300), duration_s(WINDOW_SECONDS_MAX)), 200);
    CHECK_U64(window_sum(&w, 0, 1), 3);
    CHECK_U64(window_sum(&w, 1, 1), 4);
    CHECK_U64(window_sum(&w, 0, UINT64_MAX), 15);
    CHECK_U64(w.total, 15);
    CHECK_U64(w.outside, 300);
    window_done(&w);
}

static void a_peak_is_taken_from_full_seconds_only(void)
{
    struct window w;
    window_init(&w, at_ms(0));
    window_add(&w, at_ms(500), 3);
    window_add(&w, at_ms(1500), 9);
    CHECK_U64(window_peak(&w, at_ms(999)), 0);
    CHECK_U64(window_peak(&w, at_ms(1999)), 3);
    CHECK_U64(window_peak(&w, at_ms(2000)), 9);
    CHECK_U64(window_peak(&w, at_ms(90000)), 9);
    window_done(&w);
}

static void a_sliding_look_sees_the_last_full_seconds(void)
{
    struct window w;
    window_init(&w, at_ms(0));
    for (uint64_t s = 0; s < 10; s++) window_add(&w, at_ms(s * 1000), s);
    uint64_t seconds;
    CHECK_U64(window_recent(&w, at_ms(9500), 3, &seconds), 6 + 7 + 8);
    CHECK_U64(seconds, 3);
    CHECK_U64(window_recent(&w, at_ms(2000), 30, &seconds), 0 + 1);
    CHECK_U64(seconds, 2);
    CHECK_U64(window_recent(&w, at_ms(60000), 3, NULL), 0);
    window_done(&w);
}

static void merged_windows_add_up(void)
{
    struct window a, b;
    window_init(&a, at_ms(0));
    window_init(&b, at_ms(0));
    window_add(&a, at_ms(100), 1);
    window_add(&b, at_ms(200), 2);
    window_add(&b, at_ms(7200), UINT64_MAX);
    window_add(&b, at_ms(7200), 5);
    window_merge(&a, &b);
    CHECK_U64(window_sum(&a, 0, 1), 3);
    CHECK_U64(window_sum(&a, 7, 1), UINT64_MAX);
    window_done(&a);
    window_done(&b);
}

static void rates_are_whole_thousandths(void)
{
    CHECK_U64(rate_milli(10, duration_s(4)), 2500);
    CHECK_U64(rate_milli(1, duration_s(3)), 333);
    CHECK_U64(rate_milli(5, (struct duration){0}), 0);
    CHECK_U64(rate_milli(UINT64_MAX, (struct duration){1}), UINT64_MAX);
}

int main(void)
{
    RUN(events_land_in_seconds_counted_from_the_start);
    RUN(a_peak_is_taken_from_full_seconds_only);
    RUN(a_sliding_look_sees_the_last_full_seconds);
    RUN(merged_windows_add_up);
    RUN(rates_are_whole_thousandths);
    return 0;
}
