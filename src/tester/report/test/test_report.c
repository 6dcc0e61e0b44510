/* One made-up outcome in which something of every kind went wrong: each format must tell it, whole and well formed. */
#include "tester/report/report.h"

#include "core/base/check.h"
#include "core/codec/json.h"

static struct arena arena;
static struct latencies latencies;
static struct plan plan;
static struct outcome outcome;
static struct recorder *recorder;
static const struct report_model model[] = {{STR("node_to_node"), STR("10ms")}};
static const struct report_context context = {.version = STR("1"), .run_digest = STR("d16e57"), .crypto = STR("ed25519"), .proofs = STR("real"), .wire = STR("struct"),
                                              .replay = STR("adnet-testbots run x/y --seed 7"), .wall_ns = 1500000000, .model = model, .model_count = 1};

static void outcome_make(void)
{
    static const struct finding findings[] = {
        {FINDING_CHECK, STR("halted"), STR("Partition <1>"), STR("true"), STR("false"), STR("v3 moved & \"won\""), 80, JUDGED_FAIL, {{0}, 0, 0}},
        {FINDING_THRESHOLD, STR("tps_avg"), STR(""), STR(">= 10000/s"), STR("9999.5/s"), STR(""), 12, JUDGED_FAIL, {{0}, 0, 0}},
        {FINDING_THRESHOLD, STR("finality_p95"), STR(""), STR("< 5s"), STR("-"), STR("no sample in the window"), 0, JUDGED_INVALID, {{0}, 0, 0}},
    };
    static const struct invariant_finding invariants[] = {
        {1, STR("Agreement"), JUDGED_PASS, 10, 0, STR("")},
        {3, STR("Bridge solvency"), JUDGED_NOT_APPLICABLE, 0, 0, STR("not computed in this build")},
    };
    static const struct chaos_finding chaos[] = {{STR("crash"), STR("Partition <1>"), STR("{\"targets\":[\"v1\"]}"), {0}, JUDGED_INVALID, STR("0 of 1 views fell silent")}};
    static const struct metric_value metrics[] = {{METRIC_TPS_PEAK, true, {1500000000}, 3}, {METRIC_OPS_PENDING, false, {0}, 0}};
    static struct phase_outcome phases[1];
    static const struct plan_phase plan_phases[1] = {{.name = STR("Partition <1>"), .parent = PLAN_NO_PARENT}};
    const struct instant t0 = INSTANT_GENESIS;
    for (uint64_t i = 1; i <= 100; i++) histogram_record(&latencies.admitted, i * 1000);
    phases[0] = (struct phase_outcome){.name = STR("Partition <1>"), .started = t0, .ended = instant_add(t0, duration_s(30)), .operations = 3000, .errors = 2,
                                       .tps_milli = 99950, .latencies = &latencies, .metrics = metrics, .metrics_count = 2};
    plan = (struct plan){.name = STR("x/y"), .id = STR("X-001"), .text = STR("scenario: {}\n"), .seed = 7, .phases = plan_phases, .phases_count = 1};
    recorder = recorder_new(0);
    recorder_add_text(recorder, &(struct event){.at = t0, .kind = EVENT_RUN_STARTED, .bot = EVENT_NO_BOT, .track = EVENT_NO_ID, .phase = 0}, STR("x/y"));
    recorder_add(recorder, &(struct event){.at = instant_add(t0, duration_ms(1500)), .kind = EVENT_TX_REFUSED, .code = CODE_MEMPOOL_FULL, .bot = EVENT_NO_BOT, .track = EVENT_NO_ID, .phase = 0});
    outcome = (struct outcome){.judgement = JUDGED_FAIL, .exit_code = 1, .reason = STR("check 'halted'"), .started = t0, .ended = instant_add(t0, duration_s(31)),
                               .operations = 3000, .errors = 2, .transactions = 2998, .error_rate_ppm = 667, .tps_milli = 99950, .bots = 100, .validators = 7,
                               .phases = phases, .phases_count = 1, .findings = findings, .findings_count = ARRAY_LEN(findings), .invariants = invariants,
                               .invariants_count = ARRAY_LEN(invariants), .chaos = chaos, .chaos_count = 1, .metrics = metrics, .metrics_count = 2,
                               .latencies = &latencies, .recorder = recorder};
}

static const struct json *parsed(const struct buf *out)
{
    struct err err;
    const struct json *root = json_parse(&arena, buf_str(out), &err);
    if (!root) CHECK_FAIL("%s in " STR_FMT, err.text, STR_ARG(buf_str(out)));
    return root;
}

static void the_summary_has_every_member_of_the_contract(void)
{
    struct buf out = {0};
    report_summary_json(&plan, &outcome, &context, &out);
    const struct json *root = parsed(&out);
    static const char *const members[] = {"schema_version", "scenario", "verdict", "exit_code", "seed", "run_digest", "target", "crypto", "proofs", "validators", "bots",
                                          "virtual_seconds", "wall_seconds", "operations", "errors", "error_rate", "tps", "latency_ms", "stages_ms", "service_ms",
                                          "sim_model", "assertions", "invariants", "thresholds", "chaos"};
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        if (!json_find(root, str_of(members[i]))) CHECK_FAIL("no member %s", members[i]);
    CHECK_STR(json_find(root, STR("verdict"))->text, STR("FAIL"));
    CHECK_STR(json_find(root, STR("virtual_seconds"))->text, STR("31"));
    CHECK_STR(json_find(root, STR("wall_seconds"))->text, STR("1.500"));
    CHECK_STR(json_find(root, STR("error_rate"))->text, STR("0.000667"));
    CHECK_STR(json_find(root, STR("tps"))->text, STR("99.950"));
    CHECK_STR(json_find(json_find(root, STR("latency_ms")), STR("p95"))->text, STR("95.039"));
    CHECK(json_is(json_find(json_find(json_find(root, STR("stages_ms")), STR("final")), STR("p50")), JSON_NULL)); /* never 0 for nothing */
    CHECK_U64(json_find(root, STR("assertions"))->count, 1);
    CHECK_U64(json_find(root, STR("thresholds"))->count, 2);
    const struct json *assertion = json_find(root, STR("assertions"))->child;
    CHECK_STR(json_find(assertion, STR("expected"))->text, STR("true"));
    CHECK_STR(json_find(assertion, STR("actual"))->text, STR("false"));
    CHECK_STR(json_find(json_find(root, STR("invariants"))->child, STR("id"))->text, STR("INV-01"));
    CHECK_STR(json_find(json_find(root, STR("chaos"))->child, STR("evidence"))->text, STR("0 of 1 views fell silent"));
    buf_done(&out);
}

static void events_are_lines_of_virtual_time_and_say_what_is_missing(void)
{
    struct buf out = {0};
    report_events_ndjson(&plan, &outcome, &out);
    struct str rest = buf_str(&out), line, last = {0};
    size_t lines = 0;
    while (rest.len > 0) {
        (void)str_cut(rest, '\n', &line, &rest);
        struct err err;
        CHECK(json_parse(&arena, line, &err) != NULL);
        last = line;
        lines++;
    }
    CHECK_U64(lines, 3);
    struct err err;
    const struct json *end = json_parse(&arena, last, &err);
    CHECK_STR(json_find(end, STR("event"))->text, STR("end_of_events"));
    CHECK(json_find(end, STR("operations_left_out")) != NULL);
    buf_put_char(&out, 0);
    CHECK(strstr((const char *)out.data, "\"t_us\":1500000") && strstr((const char *)out.data, "MEMPOOL_FULL"));
    CHECK(strstr((const char *)out.data, "2026-01-01T00:00:01.500Z"));
    buf_done(&out);
}

static void junit_is_escaped_and_counts(void)
{
    struct buf out = {0};
    report_junit_xml(&plan, &outcome, &context, &out);
    buf_put_char(&out, 0);
    const char *text = (const char *)out.data;
    CHECK(strstr(text, "tests=\"6\" failures=\"2\" errors=\"2\" skipped=\"1\" time=\"31.000\""));
    CHECK(strstr(text, "Partition &lt;1&gt;") && strstr(text, "&amp; &quot;won&quot;"));
    CHECK(!strstr(text, "<1>"));
    buf_done(&out);
}

static void the_text_ends_with_the_command_that_replays_a_failure(void)
{
    struct buf out = {0};
    report_text(&plan, &outcome, &context, &out);
    struct str text = buf_str(&out);
    CHECK(str_ends(text, STR("replay: adnet-testbots run x/y --seed 7\n")));
    CHECK(str_starts(text, STR("FAIL")));
    for (size_t i = 0; i < text.len; i++) CHECK(text.data[i] != '\033');
    buf_put_char(&out, 0);
    static const char *const says[] = {"Partition <1>", "9999.5/s", "node_to_node 10ms", "INV-01", "0 of 1 views fell silent", "no sample"};
    for (size_t i = 0; i < ARRAY_LEN(says); i++)
        if (!strstr((const char *)out.data, says[i])) CHECK_FAIL("'%s' is missing in %s", says[i], (const char *)out.data);
    struct report_context colored = context;
    colored.color = true;
    buf_clear(&out);
    report_text(&plan, &outcome, &colored, &out);
    bool escape = false;
    for (size_t i = 0; i < out.len; i++) escape = escape || out.data[i] == '\033';
    CHECK(escape);
    buf_done(&out);
}

/* ---- files ---- */
static struct buf written;
static unsigned files_left; /* fails when they are used up */

static bool dir_make(void *ctx, struct str dir, struct err *err)
{
    (void)ctx;
    (void)err;
    buf_printf(&written, "dir " STR_FMT "\n", STR_ARG(dir));
    return true;
}
static bool file_write(void *ctx, struct str path, struct str data, struct err *err)
{
    (void)ctx;
    if (files_left-- == 0) return err_set(err, ERR_IO, "disk full");
    buf_printf(&written, "file " STR_FMT " %s\n", STR_ARG(path), data.len > 0 ? "some" : "none");
    return true;
}
static bool link_set(void *ctx, struct str link, struct str to, struct err *err)
{
    (void)ctx;
    (void)err;
    buf_printf(&written, "link " STR_FMT " -> " STR_FMT "\n", STR_ARG(link), STR_ARG(to));
    return true;
}

static void artifacts_lie_below_the_scenario_with_a_link_to_the_latest(void)
{
    const struct report_writer writer = {dir_make, file_write, link_set, NULL};
    const struct str dir = report_dir(&arena, STR("runs"), &plan, STR("20260101T000000"));
    CHECK_STR(dir, STR("runs/x/y/20260101T000000-7"));
    struct err err;
    files_left = 100;
    CHECK(report_write(&writer, dir, &plan, &outcome, &context, STR("name=x/y\n"), &err));
    buf_put_char(&written, 0);
    CHECK(!strstr((const char *)written.data, "shield_tape")); /* nobody was in the pool */
    struct outcome pool = outcome;
    pool.shield_tape = pool.linkage = STR("{}\n");
    CHECK(report_write(&writer, dir, &plan, &pool, &context, STR("name=x/y\n"), &err));
    buf_put_char(&written, 0);
    CHECK(strstr((const char *)written.data + strlen((const char *)written.data) + 1, "shield_tape.ndjson some"));
    CHECK(strstr((const char *)written.data + strlen((const char *)written.data) + 1, "linkage.json some"));
    static const char *const says[] = {"summary.json some", "events.ndjson some", "junit.xml some", "histograms.json some", "report.txt some", "scenario.yaml some",
                                       "arguments.txt some", "link runs/x/y/latest -> 20260101T000000-7"};
    for (size_t i = 0; i < ARRAY_LEN(says); i++)
        if (!strstr((const char *)written.data, says[i])) CHECK_FAIL("'%s' is missing in %s", says[i], (const char *)written.data);
    files_left = 2;
    CHECK(!report_write(&writer, dir, &plan, &outcome, &context, STR(""), &err));
    CHECK(strstr(err.text, "disk full"));
    struct plan astray = plan;
    astray.name = STR("../../etc");
    CHECK(!strstr(str_dup(&arena, report_dir(&arena, STR("runs"), &astray, STR("t"))).data, ".."));
}

int main(void)
{
    arena_init(&arena, 0);
    outcome_make();
    RUN(the_summary_has_every_member_of_the_contract);
    RUN(events_are_lines_of_virtual_time_and_say_what_is_missing);
    RUN(junit_is_escaped_and_counts);
    RUN(the_text_ends_with_the_command_that_replays_a_failure);
    RUN(artifacts_lie_below_the_scenario_with_a_link_to_the_latest);
    buf_done(&written);
    recorder_free(recorder);
    histogram_done(&latencies.admitted);
    arena_done(&arena);
    return 0;
}
