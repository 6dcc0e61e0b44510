#include "tester/chaos/action.h"

#include "core/base/check.h"

static struct arena arena;

static bool parse(const char *name, const char *params, struct chaos_action *out, struct buf *printed)
{
    struct diags diags;
    diags_init(&diags);
    const struct str text = str_fmt(&arena, "action: %s\nparams: %s\n", name, params);
    const struct yaml *root = yaml_parse(&arena, STR("a.yaml"), text, &diags);
    CHECK(root);
    const bool ok = action_parse(&arena, yaml_find(root, STR("action")), yaml_find(root, STR("params")), 80, &diags, out);
    buf_clear(printed);
    diags_print(&diags, printed);
    CHECK(ok == (diags.errors_count == 0));
    diags_done(&diags);
    return ok;
}

static void actions_become_what_the_wire_wants(void)
{
    static const struct {
        const char *name, *params, *json;
    } rows[] = {
        {"partition", "{groups: [[v1-v40], [v41-v80]]}", "{\"groups\":[[\"v1-v40\"],[\"v41-v80\"]]}"},
        {"partition", "{groups: [\"v1-v3, v5\"]}", "{\"groups\":[[\"v1-v3\",\"v5\"]]}"},
        {"crash", "{targets: {count: 1}}", "{\"targets\":{\"count\":1}}"},
        {"crash", "{targets: {fraction: 34%}, method: kill}", "{\"targets\":{\"fraction_bps\":3400},\"method\":\"kill\"}"},
        {"latency", "{from: '*', to: [v1, v3], delay: 10s, jitter_ms: 5}",
         "{\"from\":[\"v1-v80\"],\"to\":[\"v1\",\"v3\"],\"delay_ms\":10000,\"jitter_ms\":5}"},
        {"loss", "{from: '*', to: '*', rate: 5%}", "{\"from\":[\"v1-v80\"],\"to\":[\"v1-v80\"],\"rate_bps\":500}"},
        {"clock_skew", "{targets: v2, offset: -3s}", "{\"targets\":[\"v2\"],\"offset_ms\":-3000}"},
        {"bandwidth", "{from: v1, to: v2, kbps: 500}", "{\"from\":[\"v1\"],\"to\":[\"v2\"],\"kbps\":500}"},
        {"block_capacity", "{tx_per_second: 50}", "{\"tx_per_second\":50}"},
        {"clock_skew", "{targets: v2, offset_ms: 5, drift_ppm: -20}", "{\"targets\":[\"v2\"],\"offset_ms\":5,\"drift_ppm\":-20}"},
        {"heal", "{}", "{}"},
    };
    struct buf printed = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct chaos_action action;
        if (!parse(rows[i].name, rows[i].params, &action, &printed)) CHECK_FAIL("%s: " STR_FMT, rows[i].name, STR_ARG(buf_str(&printed)));
        CHECK_STR(action.params_json, str_of(rows[i].json));
    }
    buf_done(&printed);
}

static void wrong_actions_are_told_apart(void)
{
    static const struct {
        const char *name, *params, *says;
    } rows[] = {
        {"partitio", "{}", "unknown chaos action 'partitio'; did you mean 'partition'?"},
        {"crash_validators", "{}", "did you mean 'crash'?"},
        {"cpu_limit", "{targets: v1, percent: 5}", "known, not in this build"},
        {"migrate_bots", "{from: a, to: b}", "known, not in this build"},
        {"oracle_skew", "{skew: 0.35}", "needs the parameter 'asset'"},
        {"set_byzantine", "{targets: v1, mode: honest}", "no 'mode'"},
        {"crash", "{}", "needs the parameter 'targets'"},
        {"crash", "{targets: v81}", "beyond the network's 80 validators"},
        {"crash", "{targets: x9}", "names no validator"},
        {"crash", "{targets: v5-v2}", "is not a range"},
        {"crash", "{target: v1}", "did you mean 'targets'?"},
        {"crash", "{targets: {count: 90}}", "up to the network's 80"},
        {"crash", "{targets: {counts: 3}}", "unknown key 'counts'"},
        {"partition", "{groups: [[v1-v4], [v4-v9]]}", "v4 is in two groups"},
        {"partition", "{groups: 5}", "groups is a list"},
        {"latency", "{from: v1, to: v2, delay: 10}", "a duration like 10s"},
        {"latency", "{from: v1, to: v2, delay_ms: 10s}", "a number of milliseconds"},
        {"loss", "{from: v1, to: v2, rate: 500}", "a fraction like 5%"},
        {"clear", "{action: heal}", "no action that clear could end"},
    };
    struct buf printed = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct chaos_action action;
        CHECK(!parse(rows[i].name, rows[i].params, &action, &printed));
        buf_put_char(&printed, 0);
        if (!strstr((const char *)printed.data, rows[i].says)) CHECK_FAIL("%s %s says: %s", rows[i].name, rows[i].params, (const char *)printed.data);
    }
    buf_done(&printed);
}

static void the_table_is_whole(void)
{
    for (size_t i = 0; i < ACTION_IDS; i++) {
        CHECK_U64(action_specs[i].id, i);
        CHECK(action_find(str_of(action_specs[i].name)) == &action_specs[i]);
        if (action_specs[i].undo) CHECK(action_find(str_of(action_specs[i].undo)));
    }
}

int main(void)
{
    arena_init(&arena, 0);
    RUN(actions_become_what_the_wire_wants);
    RUN(wrong_actions_are_told_apart);
    RUN(the_table_is_whole);
    arena_done(&arena);
    return 0;
}
