#include "tester/scenario/criterion.h"

#include "core/base/check.h"

static struct arena arena;

/* Parses "name: value" as one criterion; what was wrong is left in `out`. */
static bool parse(const char *line, struct criterion *out, struct buf *printed)
{
    struct diags diags;
    diags_init(&diags);
    const struct yaml *root = yaml_parse(&arena, STR("c.yaml"), str_of(line), &diags);
    const bool ok = root && criterion_parse(&arena, root->child, &diags, out);
    buf_clear(printed);
    diags_print(&diags, printed);
    diags_done(&diags);
    return ok;
}

static void has(const struct buf *buf, const char *part)
{
    struct buf text = {0};
    buf_printf(&text, STR_FMT, STR_ARG(buf_str(buf)));
    buf_put_char(&text, 0);
    if (!strstr((const char *)text.data, part)) CHECK_FAIL("'%s' is not in: %s", part, (const char *)text.data);
    buf_done(&text);
}

static void values_are_read_in_their_dimension(void)
{
    static const struct {
        const char *line;
        enum comparison comparison;
        int64_t nano;
        const char *expected;
    } rows[] = {
        {"tps_avg: \">= 10000\"", COMPARE_GE, INT64_C(10000000000000), ">= 10000/s"},
        {"tps_avg: 500/s", COMPARE_EQ, INT64_C(500000000000), "== 500/s"},
        {"ops_total: 3_000", COMPARE_EQ, INT64_C(3000000000000), "== 3000"},
        {"error_rate: \"< 1%\"", COMPARE_LT, 10000000, "< 1%"},
        {"error_rate: \"<0.5%\"", COMPARE_LT, 5000000, "< 0.5%"},
        {"success_rate: \"= 1\"", COMPARE_EQ, 0, NULL},
        {"success_rate: 0.99", COMPARE_EQ, 990000000, "== 99%"},
        {"success_rate: \"100%\"", COMPARE_EQ, 1000000000, "== 100%"},
        {"latency_p95: \"< 500ms\"", COMPARE_LT, 500000000, "< 500ms"},
        {"latency_p95: \"<= 1.5s\"", COMPARE_LE, 1500000000, "<= 1.5s"},
        {"time_to_converge: \"<= 5m\"", COMPARE_LE, INT64_C(300000000000), NULL},
        {"tps_ratio: \">= 80%\"", COMPARE_GE, 800000000, ">= 0.8"},
        {"down_max_final: \"!= 3\"", COMPARE_NE, INT64_C(3000000000), "!= 3"},
    };
    struct buf printed = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct criterion c;
        const bool ok = parse(rows[i].line, &c, &printed);
        if (rows[i].nano == 0) {
            CHECK(!ok);
            continue;
        }
        if (!ok) CHECK_FAIL("%s: " STR_FMT, rows[i].line, STR_ARG(buf_str(&printed)));
        CHECK_U64(c.comparison, rows[i].comparison);
        CHECK_U64(c.bound.nano, rows[i].nano);
        if (rows[i].expected) CHECK_STR(c.expected, str_of(rows[i].expected));
    }
    buf_done(&printed);
}

static void wrong_units_are_refused_with_what_was_meant(void)
{
    struct criterion c;
    struct buf printed = {0};
    CHECK(!parse("latency_p95: \"<5 seconds\"", &c, &printed));
    has(&printed, "c.yaml:1:14: error:");
    has(&printed, "did you mean '< 5s'?");
    CHECK(!parse("latency_p95: \"< 500\"", &c, &printed));
    has(&printed, "did you mean '< 500ms'?");
    CHECK(!parse("tps_avg: \">= 100%\"", &c, &printed));
    has(&printed, "a number a second");
    CHECK(!parse("tps_avgg: 5", &c, &printed));
    has(&printed, "c.yaml:1:1: error: unknown metric or check 'tps_avgg'; did you mean 'tps_avg'?");
    CHECK(!parse("new_blocks_stopped: true", &c, &printed));
    has(&printed, "did you mean 'halted'?");
    CHECK(!parse("attack_successes: 0", &c, &printed));
    has(&printed, "known, not in this build");
    CHECK(!parse("halted: 5", &c, &printed));
    has(&printed, "is true or false");
    CHECK(!parse("tps: \"~ 100\"", &c, &printed));
    CHECK(!parse("tps: [1]", &c, &printed));
    buf_done(&printed);
}

static void nearness_counts_both_sides_and_the_edge(void)
{
    struct criterion c;
    struct buf printed = {0};
    CHECK(parse("tps: \"~ 1000 +- 5%\"", &c, &printed));
    CHECK(criterion_met(&c, quantity_of(950)) && criterion_met(&c, quantity_of(1050)));
    CHECK(!criterion_met(&c, quantity_of(949)) && !criterion_met(&c, quantity_of(1051)));
    CHECK_STR(c.expected, STR("~ 1000/s +- 5%"));
    buf_done(&printed);
}

/* A ratio that is not exact must not turn a miss into a hit. */
static void a_ratio_is_exact_to_a_billionth(void)
{
    struct criterion c;
    struct buf printed = {0};
    CHECK(parse("success_rate: \"100%\"", &c, &printed));
    CHECK(criterion_met(&c, quantity_ratio(3000, 3000)));
    CHECK(!criterion_met(&c, quantity_ratio(86399999, 86400000)));
    buf_done(&printed);
}

static void scaling_keeps_counts_whole(void)
{
    struct criterion c;
    struct buf printed = {0};
    CHECK(parse("ops_total: 3000", &c, &printed));
    criterion_scale(&arena, &c, 1, 3);
    CHECK_U64(c.bound.nano, INT64_C(1000000000000));
    criterion_scale(&arena, &c, 1, 3);
    CHECK_U64(c.bound.nano, INT64_C(333000000000));
    CHECK_STR(c.expected, STR("== 333"));
    buf_done(&printed);
}

static void the_vocabulary_is_whole(void)
{
    for (size_t i = 0; i < METRIC_IDS; i++) {
        enum metric_id id;
        CHECK(metric_specs[i].name && metric_find(str_of(metric_specs[i].name), &id));
        CHECK_U64(id, i);
        enum check_id check;
        CHECK(!check_find(str_of(metric_specs[i].name), &check));
    }
    for (size_t i = 0; i < CHECK_IDS; i++) {
        enum check_id id;
        CHECK(check_specs[i].name && check_find(str_of(check_specs[i].name), &id));
        CHECK_U64(id, i);
    }
    for (unsigned inv = 1; inv <= 14; inv++) CHECK(check_of_invariant(inv) && check_of_invariant(inv)->invariant == inv);
}

int main(void)
{
    arena_init(&arena, 0);
    RUN(values_are_read_in_their_dimension);
    RUN(wrong_units_are_refused_with_what_was_meant);
    RUN(nearness_counts_both_sides_and_the_edge);
    RUN(a_ratio_is_exact_to_a_billionth);
    RUN(scaling_keeps_counts_whole);
    RUN(the_vocabulary_is_whole);
    arena_done(&arena);
    return 0;
}
