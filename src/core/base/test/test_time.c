/* Durations as people write them, and instants against the calendar of the C library. */
#include <time.h>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/base/time.h"

static uint64_t parsed(const char *text)
{
    struct duration d;
    CHECK(duration_parse(str_of(text), &d));
    return d.ns;
}

static void durations_add_their_parts(void)
{
    CHECK_U64(parsed("90s"), 90 * NS_PER_S);
    CHECK_U64(parsed("1h30m"), 5400 * NS_PER_S);
    CHECK_U64(parsed("250ms"), 250 * NS_PER_MS);
    CHECK_U64(parsed("1m1ms"), 60 * NS_PER_S + NS_PER_MS);
    CHECK_U64(parsed("2d"), 172800 * NS_PER_S);
    CHECK_U64(parsed("0s"), 0);
    CHECK_U64(parsed("18446744073709ms"), UINT64_C(18446744073709) * NS_PER_MS);
}

static void what_is_not_a_duration_is_refused(void)
{
    static const char *const bad[] = {"", "s", "90", "90 s", "-1s", "1.5s", "1us", "1S", "1h 30m", "1h30", "s1", "1x", "18446744074s",
                                      "99999999999999999999s", "213503d24h"};
    struct duration d = {5};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!duration_parse(str_of(bad[i]), &d));
    CHECK_U64(d.ns, 5);
}

static void check_text(uint64_t ns, const char *want)
{
    char text[32];
    duration_text((struct duration){ns}, text, sizeof(text));
    CHECK_STR(str_of(text), str_of(want));
}

static void durations_read_well(void)
{
    check_text(0, "0s");
    check_text(999, "999ns");
    check_text(1500, "1.5us");
    check_text(340 * NS_PER_MS, "340ms");
    check_text(2500 * NS_PER_MS, "2.5s");
    check_text(59999 * NS_PER_MS, "59.999s");
    check_text(2 * NS_PER_S + 50 * NS_PER_MS, "2.05s");
    check_text(60 * NS_PER_S, "1m");
    check_text(5400 * NS_PER_S, "1h30m");
    check_text(90061 * NS_PER_S, "1d1h1m1s");
    check_text(UINT64_MAX, "213503d23h34m33s");
    char small[4];
    duration_text((struct duration){90061 * NS_PER_S}, small, sizeof(small));
    CHECK(strlen(small) < sizeof(small));
}

static void instants_follow_the_calendar(void)
{
    char text[25], want[64];
    instant_text(INSTANT_GENESIS, text);
    CHECK_STR(str_of(text), STR("2026-01-01T00:00:00.000Z"));
    instant_text((struct instant){0}, text);
    CHECK_STR(str_of(text), STR("1970-01-01T00:00:00.000Z"));
    struct rng rng;
    rng_init(&rng, 8);
    for (size_t i = 0; i < 20000; i++) {
        const struct instant t = {rng_u64(&rng)};
        const time_t s = (time_t)(t.ns / NS_PER_S);
        struct tm tm;
        CHECK(gmtime_r(&s, &tm) != NULL);
        snprintf(want, sizeof(want), "%04d-%02d-%02dT%02d:%02d:%02d.%03uZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                 tm.tm_min, tm.tm_sec, (unsigned)(t.ns / NS_PER_MS % 1000));
        instant_text(t, text);
        CHECK_STR(str_of(text), str_of(want));
    }
    for (uint64_t day = 0; day < 60000; day++) { /* every day until 2134 */
        const time_t s = (time_t)(day * 86400);
        struct tm tm;
        CHECK(gmtime_r(&s, &tm) != NULL);
        snprintf(want, sizeof(want), "%04d-%02d-%02dT00:00:00.000Z", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        instant_text((struct instant){day * 86400 * NS_PER_S}, text);
        CHECK_STR(str_of(text), str_of(want));
    }
}

static void instants_never_wrap(void)
{
    CHECK_U64(instant_add(INSTANT_NEVER, duration_s(1)).ns, UINT64_MAX);
    CHECK_U64(instant_since(INSTANT_GENESIS, INSTANT_NEVER).ns, 0);
    CHECK_U64(instant_since(instant_add(INSTANT_GENESIS, duration_us(5)), INSTANT_GENESIS).ns, 5000);
    CHECK_U64(instant_ms(INSTANT_GENESIS), UINT64_C(1767225600000));
}

int main(void)
{
    RUN(durations_add_their_parts);
    RUN(what_is_not_a_duration_is_refused);
    RUN(durations_read_well);
    RUN(instants_follow_the_calendar);
    RUN(instants_never_wrap);
    return 0;
}
