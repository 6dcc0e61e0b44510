#include "tester/scenario/load.h"

#include "core/base/check.h"
#include "tester/scenario/library.h"

static struct arena arena;
static struct buf printed;

static struct plan *load(const char *name, struct str text, const struct load_options *options)
{
    struct diags diags;
    diags_init(&diags);
    struct plan *plan = scenario_load(str_of(name), STR("s.yaml"), text, options, &diags);
    buf_clear(&printed);
    diags_print(&diags, &printed);
    CHECK((plan != NULL) == (diags.errors_count == 0));
    diags_done(&diags);
    buf_put_char(&printed, 0);
    printed.len--;
    return plan;
}

static struct plan *shipped(const char *name, const struct load_options *options)
{
    struct library_entry entry;
    struct err err;
    if (!library_find(&arena, str_of(name), &entry, &err)) CHECK_FAIL("%s", err.text);
    struct plan *plan = load(name, entry.text, options);
    if (!plan) CHECK_FAIL("%s: %s", name, (const char *)printed.data);
    return plan;
}

/* ---- the shipped ones ---- */

static void the_demo_is_a_hundred_bots_paying_once_a_second(void)
{
    struct plan *plan = shipped("simple_transfer", &LOAD_AS_WRITTEN);
    CHECK_U64(printed.len, 0);
    CHECK_U64(plan->bots_count, 100);
    CHECK_STR(plan->bots[99].id, STR("user-100"));
    CHECK_U64(plan->network.validators, 7);
    CHECK_U64(plan->seed, 42);
    CHECK_U64(plan->phases_count, 3);
    const struct plan_phase *transfers = &plan->phases[0];
    CHECK_U64(transfers->duration.ns, 30 * NS_PER_S);
    CHECK_U64(transfers->tracks_count, 1);
    CHECK(transfers->tracks[0].paced && !transfers->tracks[0].schedule.total);
    CHECK_U64(rate_micro_per_second(transfers->tracks[0].schedule.rate), 1000000);
    CHECK_U64(transfers->assertions.count, 5);
    CHECK_U64(plan->phases[1].end, PHASE_BY_UNTIL);
    CHECK_U64(plan->phases[1].until.criteria.items[0].metric, METRIC_OPS_PENDING);
    CHECK_U64(plan->phases[2].end, PHASE_BY_COUNT);
    CHECK_U64(plan->phases[2].tracks[0].count, 1);
    CHECK_U64(plan->criteria.count, 3);
    plan_free(plan);
}

static void the_other_shipped_ones_load_without_a_word(void)
{
    struct plan *plan = shipped("load/high_tps", &LOAD_AS_WRITTEN);
    CHECK_U64(printed.len, 0);
    CHECK_U64(plan->bots_count, 1000);
    CHECK_U64(plan->network.validators, 80);
    CHECK_U64(plan->phases[1].tracks[0].bots_count, 1000);
    plan_free(plan);
    plan = shipped("chaos/network_partition", &LOAD_AS_WRITTEN);
    CHECK_U64(printed.len, 0);
    const struct plan_phase *partition = &plan->phases[1];
    CHECK_U64(partition->tracks_count, 2);
    CHECK_U64(partition->tracks[1].target, TRACK_PARTITION);
    CHECK_U64(partition->tracks[1].partition, 1);
    CHECK_U64(partition->tracks[1].bots[0], 25);
    CHECK_U64(partition->actions[0].action.groups_count, 2);
    CHECK_U64(partition->actions[0].action.groups[1].numbers[0], 41);
    plan_free(plan);
    plan = shipped("chaos/validator_crash", &LOAD_AS_WRITTEN);
    CHECK_U64(printed.len, 0);
    CHECK_U64(plan->phases[1].actions[0].count, 40);
    CHECK_U64(plan->phases[1].actions[0].every.ns, 30 * NS_PER_S);
    plan_free(plan);
}

static void none_is_shorter_than_it_says(void)
{
    for (size_t i = 0; i < library_count(); i++) {
        const struct library_entry entry = library_at(i);
        struct plan *plan = load("t", entry.text, &LOAD_AS_WRITTEN);
        if (!plan || strstr((const char *)printed.data, "less than 90%")) CHECK_FAIL(STR_FMT ": %s", STR_ARG(entry.name), (const char *)printed.data);
        plan_free(plan);
    }
}

static void names_resolve_bare_when_unique(void)
{
    struct library_entry entry;
    struct err err;
    CHECK(library_find(&arena, STR("high_tps"), &entry, &err));
    CHECK_STR(entry.name, STR("load/high_tps"));
    CHECK(!library_find(&arena, STR("high_tpss"), &entry, &err));
    CHECK(strstr(err.text, "did you mean 'high_tps'?") != NULL);
    CHECK(!library_find(&arena, STR("chaos/high_tps"), &entry, &err));
}

/* ---- scaling ---- */

static void duration_scales_phases_with_a_floor_and_counts_follow(void)
{
    struct load_options options = LOAD_AS_WRITTEN;
    options.duration = duration_s(12);
    struct plan *plan = shipped("simple_transfer", &options);
    CHECK_U64(plan->phases[0].duration.ns, 6 * NS_PER_S);
    CHECK_U64(plan->phases[1].timeout.ns, 15 * NS_PER_S);
    CHECK_STR(plan->phases[0].assertions.items[0].expected, STR("== 600"));
    plan_free(plan);
    options.duration = duration_s(6);
    plan = shipped("simple_transfer", &options);
    CHECK_U64(plan->phases[0].duration.ns, 5 * NS_PER_S);
    CHECK_STR(plan->phases[0].assertions.items[0].expected, STR("== 500"));
    CHECK_STR(plan->phases[0].assertions.items[3].expected, STR("< 500ms")); /* never a latency */
    plan_free(plan);
    options.duration = duration_s(240);
    plan = shipped("chaos/validator_crash", &options);
    CHECK_U64(plan->phases[1].actions[0].every.ns, 3 * NS_PER_S);
    CHECK_STR(plan->phases[1].assertions.items[0].expected, STR("== 26")); /* correctness never */
    plan_free(plan);
}

static void bots_scale_counts_selections_and_throughput(void)
{
    struct load_options options = LOAD_AS_WRITTEN;
    options.bots_micro = 100000;
    struct plan *plan = shipped("load/high_tps", &options);
    CHECK_U64(plan->bots_count, 100);
    CHECK_U64(plan->phases[0].tracks[0].bots_count, 10);
    CHECK_U64(plan->phases[1].tracks[0].bots_count, 100);
    CHECK_STR(plan->phases[1].assertions.items[0].expected, STR(">= 1000/s"));
    plan_free(plan);
    plan = shipped("chaos/network_partition", &options); /* 50 -> 5: halves stay apart */
    CHECK_U64(plan->bots_count, 5);
    CHECK_U64(plan->phases[1].tracks[0].bots_count + plan->phases[1].tracks[1].bots_count, 5);
    CHECK(plan->phases[1].tracks[0].bots[plan->phases[1].tracks[0].bots_count - 1] < plan->phases[1].tracks[1].bots[0]);
    plan_free(plan);
}

static void set_changes_one_value_by_its_path(void)
{
    struct load_options options = LOAD_AS_WRITTEN;
    const struct str sets[] = {STR("setup.network.validators=10"), STR("phases.Transfers.rate=2/s"), STR("phases.Transfers.assertions.ops_total=6000"),
                               STR("scenario.setup.bots.0.wallet_ax=5_000_000"), STR("phases.0.params={amount: 7}")};
    options.sets = sets;
    options.sets_count = ARRAY_LEN(sets);
    options.has_seed = true;
    options.seed = 7;
    struct plan *plan = shipped("simple_transfer", &options);
    CHECK_U64(plan->network.validators, 10);
    CHECK_U64(plan->seed, 7);
    CHECK_U64(rate_micro_per_second(plan->phases[0].tracks[0].schedule.rate), 2000000);
    CHECK_STR(plan->phases[0].assertions.items[0].expected, STR("== 6000"));
    CHECK_U64(plan->groups[0].wallet_ax, 5000000);
    plan_free(plan);
    struct library_entry entry;
    struct err err;
    CHECK(library_find(&arena, STR("simple_transfer"), &entry, &err));
    const struct str bad[] = {STR("phases.Nowhere.rate=1/s")};
    options.sets = bad;
    options.sets_count = 1;
    CHECK(!load("x", entry.text, &options));
    CHECK(strstr((const char *)printed.data, "--set phases.Nowhere.rate=1/s") && strstr((const char *)printed.data, "nothing is called 'Nowhere'"));
    const struct str unknown[] = {STR("phases.0.rat=1/s")};
    options.sets = unknown;
    CHECK(!load("x", entry.text, &options));
    CHECK(strstr((const char *)printed.data, "did you mean 'rate'?"));
}

/* ---- what is wrong with a file ---- */

#define HEAD "scenario:\n  metadata: {id: UNIT-001, name: T, type: unit, duration: 30s}\n"
#define SETUP "  setup:\n    bots:\n      - {id: 'user-{1-10}', role: general_user, variant: power, wallet_ax: 10000000}\n"
#define PHASE "  phases:\n    - name: One\n      duration: 30s\n      bots: user-{1-10}\n      behavior: transfer.simple\n      rate: 1/s\n"
#define TAIL "  success_criteria:\n    - error_rate: '< 1%'\n"

static const struct {
    const char *text, *says;
} faults[] = {
    /* rule 1: unknown names */
    {HEAD SETUP "  phases:\n    - name: Peak\n      duration: 30s\n      bots: user-{1-10}\n      behaviour: transfer.simple\n" TAIL,
     "s.yaml:10:7: error: unknown key 'behaviour' in phase 'Peak'; did you mean 'behavior'?\n"},
    {HEAD "  setup: {bots: [{id: a, role: genral_user}]}\n" TAIL, "s.yaml:3:32: error: unknown role 'genral_user'; did you mean 'general_user'?"},
    {HEAD "  setup: {bots: [{id: a, role: general_user, variant: powr}]}\n" TAIL, "did you mean 'power'?"},
    {HEAD SETUP "  phases: [{name: A, count: 1, bots: 'user-*', behavior: transfer.simpel}]\n" TAIL, "unknown behavior 'transfer.simpel'; did you mean 'transfer.simple'?"},
    {HEAD SETUP "  phases: [{name: A, count: 1, bots: 'user-*', behavior: transfer.continuous}]\n" TAIL, "did you mean 'transfer.simple'?"},
    {HEAD SETUP "  phases: [{name: A, count: 1, bots: 'user-*', behavior: transfer.simple, params: {amout: 5}}]\n" TAIL, "unknown parameter 'amout' of behavior 'transfer.simple'; did you mean 'amount'?"},
    {HEAD SETUP "  phases: [{name: A, count: 1, bots: 'user-*', behavior: transfer.simple, expect_error: NONCE_TO_LOW}]\n" TAIL, "did you mean 'NONCE_TOO_LOW'?"},
    {HEAD SETUP PHASE "  success_criteria:\n    - latencyp95: '< 1s'\n", "did you mean 'latency_p95'?"},
    {HEAD SETUP PHASE "      chaos_action: partion\n" TAIL, "unknown chaos action 'partion'; did you mean 'partition'?"},
    {HEAD "  setup: {network: {params: {block_intervall_ms: 5}}}\n" TAIL, "did you mean 'block_interval_ms'?"},
    /* rule 2: YAML itself */
    {HEAD "  description: a\n  description: b\n" SETUP PHASE TAIL, "s.yaml:4:3: error:"},
    {HEAD SETUP "\tphases: []\n", "s.yaml:6:"},
    {HEAD "  setup: &x {}\n", "error:"},
    /* rule 3: types and units, captures */
    {HEAD SETUP "  phases: [{name: A, duration: 30, delay: 0s}]\n" TAIL, "needs a unit: ms, s, m, h or d; did you mean '30s'?"},
    {HEAD SETUP "  phases: [{name: A, duration: 30s, bots: 'user-*', behavior: transfer.simple, rate: 10}]\n" TAIL, "a rate needs its unit; did you mean '10/s'?"},
    {HEAD SETUP PHASE "  success_criteria:\n    - latency_p95: '<5 seconds'\n", "did you mean '< 5s'?"},
    {HEAD SETUP "  phases: [{name: A, count: 1, bots: 'user-*', behavior: query.transaction, params: {id: '${tx}'}}]\n" TAIL, "'${tx}' was never captured earlier"},
    {HEAD SETUP "  phases: [{name: A, count: 1, bots: 'user-*', behavior: transfer.simple, capture: {index: output.tx_id}}]\n" TAIL, "shadows an earlier one"},
    {HEAD "  setup: {bots: [{id: 'u-{1-10}', role: general_user, count: 9}]}\n" TAIL, "count is 9, but 'u-{1-10}' expands to 10"},
    {HEAD "  setup: {bots: [{id: 'u-1', role: general_user, wallet_ax: 1.5}]}\n" TAIL, "wallet_ax is not an amount"},
    {HEAD "  setup: {seed: -1}\n" TAIL, "seed is not a whole number"},
    /* rule 4: selectors */
    {HEAD SETUP "  phases: [{name: A, count: 1, bots: 'usr-*', behavior: transfer.simple}]\n" TAIL, "selector 'usr-*' matches no bot"},
    {HEAD SETUP "  phases: [{name: A, count: 1, bots: 'user-{5-11}', behavior: transfer.simple}]\n" TAIL, "names 7 bots, of which 6 exist"},
    {HEAD SETUP "  phases: [{name: A, duration: 30s, bots: 'user-{1-5}', behavior: transfer.simple, concurrent: [{bots: 'user-{5-9}', behavior: transfer.simple}]}]\n" TAIL,
     "two tracks of the phase claim bot 'user-5'"},
    /* rule 5: lengths */
    {HEAD SETUP "  phases: [{name: A, duration: 20s}, {name: B, duration: 11s}]\n" TAIL, "s.yaml:2:59: error: the phases take 31s, more than the duration of 30s"},
    {HEAD SETUP "  phases: [{name: A, until: {ops_pending: 0}}]\n" TAIL, "needs a timeout"},
    {HEAD SETUP "  phases: [{name: A}]\n" TAIL, "needs one of duration, until and count"},
    {HEAD SETUP "  phases: [{name: A, duration: 5s}, {name: A, duration: 5s}]\n" TAIL, "there is a phase 'A' already"},
    /* rule 6: roles */
    {HEAD "  setup: {bots: [{id: g, role: observer, wallet_ax: 100000}]}\n  phases: [{name: A, count: 1, bots: g, behavior: cross_chain.mint}]\n" TAIL, "may not run behavior"},
    /* rule 7 is a warning; partitions that are not there are errors */
    {HEAD SETUP "  phases: [{name: A, duration: 30s, bots: 'user-*', behavior: transfer.simple, target: partition_a}]\n" TAIL, "no partition is in effect"},
    {HEAD SETUP "  phases: [{name: A, duration: 30s, bots: 'user-*', behavior: transfer.simple, target: v5}]\n" TAIL, "beyond the network's 4 validators"},
    /* rule 8 */
    {"scenario:\n  metadata: {id: SEC-001, name: T, type: security, duration: 30s}\n" SETUP PHASE TAIL, "needs 'attack_attempts' with a lower bound"},
    /* rule 9 */
    {HEAD "  setup: {bots: [{id: 'user-{1-10}', role: general_user, wallet_ax: 100}]}\n" PHASE TAIL, "may spend up to"},
    /* known, not in this build */
    {HEAD SETUP "  phases: [{name: A, count: 1, bots: 'user-*', behavior: spam.cpu_burn}]\n" TAIL, "behavior 'spam.cpu_burn' is known, not in this build"},
    {HEAD SETUP PHASE "  success_criteria:\n    - bots_lost: 0\n", "metric 'bots_lost' is known, not in this build"},
    {HEAD "  setup: {distributed: {workers: 3}}\n" TAIL, "distributed runs are known, not in this build"},
    {HEAD "  setup: {network: {target: devnet}}\n" TAIL, "target 'devnet' is known, not in this build"},
    /* the shape */
    {"scenario: {}\n", "needs 'metadata'"},
    {"other: 1\n", "unknown key 'other' in the file"},
    {"scenario:\n  metadata: {id: unit-1, name: T, type: unit, duration: 30s}\n", "'unit-1' is no scenario id"},
    {HEAD SETUP PHASE, "needs 'success_criteria'"},
    {HEAD SETUP PHASE "  success_criteria: []\n", "the scenario demands nothing"},
    {HEAD SETUP PHASE "  success_criteria:\n    - recovered: true\n", "compares with a phase named 'Baseline...'"},
    {HEAD SETUP "  phases: [{name: A, phases: [{name: B, phases: [{name: C, duration: 5s}]}]}]\n" TAIL, "one level deep"},
    {HEAD SETUP "  phases: [{name: A, duration: 5s, until: {ops_pending: 0}, timeout: 10s}]\n" TAIL, "both duration and until"},
    {HEAD SETUP "  phases: [{name: A, duration: 5s, chaos: [{action: heal, at: 5s}]}]\n" TAIL, "at or after the end of phase 'A'"},
};

static void every_fault_is_told_with_its_place(void)
{
    unsigned bad = 0;
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        struct plan *plan = load("t", str_of(faults[i].text), &LOAD_AS_WRITTEN);
        if (plan || !strstr((const char *)printed.data, faults[i].says))
            fprintf(stderr, "case %zu should say: %s\nbut says: %s\nfor:\n%s\n", i, faults[i].says, (const char *)printed.data, faults[i].text), bad++;
    }
    CHECK_U64(bad, 0);
}

static void all_faults_are_told_in_one_pass(void)
{
    const char *text = HEAD SETUP "  phases:\n    - name: A\n      duration: 30\n      bots: usr-*\n      behavior: transfer.simpel\n      rate: fast\n"
                                  "    - name: B\n      durtion: 5s\n      behavior: bridge\n" "  success_criteria:\n    - tps: '>= 5%'\n    - haltd: true\n";
    CHECK(!load("t", str_of(text), &LOAD_AS_WRITTEN));
    static const char *const says[] = {"needs a unit", "matches no bot", "transfer.simpel", "did you mean 'duration'?", "unknown behavior 'bridge'",
                                       "a number a second", "did you mean 'halted'?"};
    for (size_t i = 0; i < ARRAY_LEN(says); i++)
        if (!strstr((const char *)printed.data, says[i])) CHECK_FAIL("'%s' is missing in:\n%s", says[i], (const char *)printed.data);
}

/* Each phase that votes is told, with the length at which it can. */
static void voting_that_shrinks_too_far_is_told_before_the_run(void)
{
    struct load_options options = LOAD_AS_WRITTEN;
    options.duration = duration_s(39);
    plan_free(shipped("functional/daily_network_ops", &options));
    CHECK(strstr((const char *)printed.data, "phase 'Business hours': voting shrinks to 9 blocks") != NULL);
    CHECK(strstr((const char *)printed.data, "say --duration 40s or more") != NULL);
    CHECK(strstr((const char *)printed.data, "'Morning': voting") == NULL);
    options.duration = duration_s(40);
    plan_free(shipped("functional/daily_network_ops", &options));
    CHECK(strstr((const char *)printed.data, "voting shrinks") == NULL);
}

static void a_length_in_blocks_shrinks_with_the_scenario(void)
{
    struct load_options options = LOAD_AS_WRITTEN;
    const struct str text = STR(HEAD "  setup: {network: {params: {voting_period_blocks: 30s, timelock_blocks: 7, round_timeout_ms: 900}}, bots: [{id: u, role: general_user}]}\n"
                                     "  phases: [{name: A, duration: 30s, delay: 0s}]\n" TAIL);
    static const struct {
        uint64_t seconds;
        const char *blocks;
    } cases[] = {{30, "60"}, {10, "20"}, {300, "600"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        options.duration = duration_s(cases[i].seconds);
        struct plan *plan = load("t", text, &options);
        if (!plan) CHECK_FAIL("%s", (const char *)printed.data);
        CHECK_U64(plan->network.parameters_count, 3);
        CHECK_STR(plan->network.parameters[0].value, str_of(cases[i].blocks));
        CHECK_STR(plan->network.parameters[1].value, STR("7"));
        CHECK_STR(plan->network.parameters[2].value, STR("900"));
        plan_free(plan);
    }
}

/* However many bots there are, each has an id (and so a key) of its own, and a validator is the one that the file means. */
static void ids_and_seats_stay_apart_when_bots_are_scaled(void)
{
    const char *text = HEAD "  setup:\n    bots:\n      - {id: 'v-{1-8}', role: validator}\n      - {id: 'user-{1-3}', role: general_user, wallet_ax: 10000000}\n"
                            "      - {id: 'user-{4-6}', role: general_user, variant: power, wallet_ax: 10000000}\n      - {id: user, role: general_user, wallet_ax: 10000000}\n"
                            "      - {id: 'late-{1-4}', role: validator}\n"
                            "  phases: [{name: One, duration: 30s, bots: 'user-*', behavior: transfer.simple, rate: 1/s}]\n" TAIL;
    static const struct {
        uint64_t micro;
        uint32_t bots, v, late; /* seats of the first of each */
    } cases[] = {{1000000, 19, 1, 9}, {3000000, 57, 1, 25}, {250000, 6, 1, 9}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct load_options options = LOAD_AS_WRITTEN;
        options.bots_micro = cases[i].micro;
        struct plan *plan = load("t", str_of(text), &options);
        if (!plan) CHECK_FAIL("%s", (const char *)printed.data);
        CHECK_U64(plan->bots_count, cases[i].bots);
        for (uint32_t a = 0; a < plan->bots_count; a++)
            for (uint32_t b = a + 1; b < plan->bots_count; b++) CHECK(!str_eq(plan->bots[a].id, plan->bots[b].id));
        CHECK_U64(plan_seat(plan, plan->groups[0].first), cases[i].v);
        CHECK_U64(plan_seat(plan, plan->groups[1].first), 0);
        CHECK_U64(plan_seat(plan, plan->groups[4].first), cases[i].late);
        plan_free(plan);
    }
}

static void what_is_odd_but_not_wrong_is_a_warning(void)
{
    struct plan *plan = load("t", STR(HEAD SETUP "  phases: [{name: A, duration: 20s, chaos_action: crash, chaos_params: {targets: v1}}]\n" TAIL), &LOAD_AS_WRITTEN);
    if (!plan) CHECK_FAIL("%s", (const char *)printed.data);
    CHECK(strstr((const char *)printed.data, "warning: the phases take 20s, less than 90%"));
    CHECK(strstr((const char *)printed.data, "warning: 'crash' is never undone"));
    CHECK(!strstr((const char *)printed.data, "weigh nothing"));
    static const char *const stakes[] = {"", ", stake: 5", ", stake: 0"};
    for (size_t i = 0; i < ARRAY_LEN(stakes); i++) {
        char setup[600];
        snprintf(setup, sizeof(setup), "%s  setup: {bots: [{id: 'user-{1-10}', role: general_user, wallet_ax: 10000000}, {id: gov, role: governor%s}]}\n%s", HEAD, stakes[i],
                 PHASE TAIL);
        struct plan *governed = load("t", str_of(setup), &LOAD_AS_WRITTEN);
        CHECK(governed && (strstr((const char *)printed.data, "governors without 'stake' weigh nothing") != NULL) == (i == 0));
        plan_free(governed);
    }
    CHECK_U64(plan->criteria.count, 2); /* all_invariants is appended */
    CHECK(plan->criteria.items[1].appended && plan->criteria.items[1].check == CHECK_ALL_INVARIANTS);
    plan_free(plan);
}

int main(void)
{
    arena_init(&arena, 0);
    RUN(the_demo_is_a_hundred_bots_paying_once_a_second);
    RUN(the_other_shipped_ones_load_without_a_word);
    RUN(none_is_shorter_than_it_says);
    RUN(names_resolve_bare_when_unique);
    RUN(duration_scales_phases_with_a_floor_and_counts_follow);
    RUN(bots_scale_counts_selections_and_throughput);
    RUN(set_changes_one_value_by_its_path);
    RUN(every_fault_is_told_with_its_place);
    RUN(all_faults_are_told_in_one_pass);
    RUN(a_length_in_blocks_shrinks_with_the_scenario);
    RUN(voting_that_shrinks_too_far_is_told_before_the_run);
    RUN(ids_and_seats_stay_apart_when_bots_are_scaled);
    RUN(what_is_odd_but_not_wrong_is_a_warning);
    buf_done(&printed);
    arena_done(&arena);
    return 0;
}
