/* Counters, gauges and named counters: at their limits, in their order, and merged. */
#include "core/base/check.h"
#include "core/metrics/counter.h"

static void counters_stop_at_the_top(void)
{
    struct counter counter = {UINT64_MAX - 1};
    counter_add(&counter, 1);
    CHECK_U64(counter.value, UINT64_MAX);
    counter_add(&counter, 9);
    CHECK_U64(counter.value, UINT64_MAX);
}

static void a_gauge_remembers_its_peak_and_never_goes_below_zero(void)
{
    struct gauge gauge = {0};
    gauge_up(&gauge, 5);
    gauge_down(&gauge, 2);
    gauge_up(&gauge, 1);
    CHECK_U64(gauge.value, 4);
    CHECK_U64(gauge.peak, 5);
    gauge_down(&gauge, 100);
    CHECK_U64(gauge.value, 0);
    gauge_set(&gauge, UINT64_MAX);
    gauge_up(&gauge, 1);
    CHECK_U64(gauge.peak, UINT64_MAX);
}

static void names_come_in_the_order_they_appeared(void)
{
    struct counters a, b;
    counters_init(&a);
    counters_init(&b);
    CHECK(counters_add(&a, STR("zebra"), 1) && counters_add(&a, STR("ant"), 2) && counters_add(&a, STR("zebra"), 3));
    CHECK(counters_add(&b, STR("mole"), 10) && counters_add(&b, STR("ant"), 20));
    counters_merge(&a, &b);
    static const struct {
        const char *name;
        uint64_t value;
    } want[] = {{"zebra", 4}, {"ant", 22}, {"mole", 10}};
    struct str name;
    uint64_t value;
    size_t n = 0;
    for (size_t i = counters_next(&a, 0, &name, &value); i != MAP_END; i = counters_next(&a, i + 1, &name, &value), n++) {
        CHECK_STR(name, str_of(want[n].name));
        CHECK_U64(value, want[n].value);
    }
    CHECK_U64(n, 3);
    CHECK_U64(counters_value(&a, STR("nobody")), 0);
    counters_done(&a);
    counters_done(&b);
}

static void names_are_limited(void)
{
    struct counters counters;
    counters_init(&counters);
    for (unsigned i = 0; i < COUNTERS_MAX; i++) {
        char name[16];
        snprintf(name, sizeof(name), "n%u", i);
        CHECK(counters_add(&counters, str_of(name), 1));
    }
    CHECK(!counters_add(&counters, STR("one more"), 1));
    CHECK(counters_add(&counters, STR("n7"), 1));
    CHECK_U64(counters_value(&counters, STR("n7")), 2);
    counters_done(&counters);
}

int main(void)
{
    RUN(counters_stop_at_the_top);
    RUN(a_gauge_remembers_its_peak_and_never_goes_below_zero);
    RUN(names_come_in_the_order_they_appeared);
    RUN(names_are_limited);
    return 0;
}
