/* Tries to have planted weaknesses, clocks and nodes without effect pass for tested, on one chain and on both, and without what the target lacks. */
#include "stage.h"

#define HEAD(network) "scenario:\n" \
    "  metadata: {id: CHAOS-900, name: harness, type: chaos, duration: 400s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, params: {block_interval_ms: 250}" network "}\n" \
    "    bots: [{id: user, role: general_user, wallet_ax: 5000000}]\n" \
    "  phases:\n" \
    "    - {name: Pay, duration: 8s, bots: user, behavior: transfer.simple, params: {amount: 10}, rate: 1/s}\n"
#define TAIL "  notes: [left faulty]\n  success_criteria: [{postconditions: true}]\n"

static void what_takes_effect_is_proven_on_every_chain_it_is_about(void)
{
    struct stage *stage = stage_run(HEAD(", vulnerabilities: [vuln.no-kyc-gate]")
        "    - {name: On, duration: 5s, chaos_action: enable_vulnerability, chaos_params: {switch: vuln.no-size-limit}}\n"
        "    - {name: Off, duration: 5s, chaos_action: disable_vulnerability, chaos_params: {switch: vuln.no-size-limit}}\n"
        "    - {name: Clock, duration: 5s, chaos_action: advance_clock, chaos_params: {by: 2m}}\n"
        "    - {name: Lies, duration: 5s, chaos_action: set_byzantine, chaos_params: {targets: v4, mode: withhold_votes}}\n"
        "    - {name: Truth, duration: 5s, chaos_action: clear_byzantine}\n"
        "    - {name: Stop, duration: 10s, chaos_action: stop_network}\n"
        "    - {name: Start, duration: 20s, chaos_action: start_network}\n"
        "    - {name: Spawn, duration: 15s, chaos_action: spawn_nodes, chaos_params: {count: 2, mode: candidate}}\n"
        "    - {name: Some, duration: 10s, chaos_action: stop_nodes, chaos_params: {validators: v3}}\n"
        "    - {name: Again, duration: 15s, chaos_action: start_network}\n"
        "    - {name: Delta, duration: 10s, chaos_action: crash, chaos_params: {targets: v2, chain: delta}}\n"
        "    - {name: Back, duration: 15s, chaos_action: restart, chaos_params: {targets: v2, chain: delta}}\n" TAIL);
    stage_expect(stage, 0);
    CHECK_U64(stage->outcome->chaos_count, 13);
    CHECK_U64(stage->outcome->switches_count, 2);
    CHECK_STR(stage->outcome->switches[0], STR("vuln.no-kyc-gate"));
    CHECK_STR(stage->outcome->switches[1], STR("vuln.no-size-limit"));
    CHECK_STR(stage_chaos(stage, "enable_vulnerability")->phase, STR("setup"));
    CHECK((strstr(stage_chaos(stage, "stop_network")->evidence.data, "delta: v1") != NULL));
    CHECK((strstr(stage_chaos(stage, "stop_network")->evidence.data, "alpha: v1") != NULL));
    CHECK((strstr(stage_chaos(stage, "crash")->evidence.data, "alpha") == NULL));
    CHECK(instant_since(stage->outcome->ended, stage->outcome->started).ns > 230 * NS_PER_S); /* the two minutes really passed */
    stage_free(stage);
}

/* Each of these does nothing that could be seen. */
static void what_has_no_effect_makes_the_run_invalid(void)
{
    static const struct {
        const char *phases, *action;
    } rows[] = {
        {"    - {name: A, duration: 10s, chaos_action: start_network}\n", "start_network"},
        {"    - {name: A, duration: 10s, chaos_action: stop_network}\n    - {name: B, duration: 10s, chaos_action: stop_nodes, chaos_params: {validators: v1}}\n",
         "stop_nodes"},
        {"    - {name: A, duration: 10s, chaos_action: crash, chaos_params: {targets: v2, chain: delta}}\n"
         "    - {name: B, duration: 10s, chaos_action: restart, chaos_params: {targets: v2, chain: alpha}}\n", "restart"},
        {"    - {name: A, duration: 10s, chaos_action: clear, chaos_params: {action: partition}}\n", "clear"},
        {"    - {name: A, duration: 10s, chaos_action: advance_clock, chaos_params: {by: 1ms}}\n", "advance_clock"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf text = {0};
        buf_printf(&text, "%s%s%s%c", HEAD(""), rows[i].phases, TAIL, 0);
        struct stage *stage = stage_run((const char *)text.data);
        stage_expect(stage, 2);
        CHECK_U64(stage_chaos(stage, rows[i].action)->judgement, JUDGED_INVALID);
        stage_free(stage);
        buf_done(&text);
    }
}

static void without_an_admin_api_the_steps_are_unsupported(void)
{
    static const char *const phases[] = {
        "    - {name: A, duration: 5s, chaos_action: enable_vulnerability, chaos_params: {switch: vuln.escrow-leak}}\n",
        "    - {name: A, duration: 5s, chaos_action: advance_clock, chaos_params: {by: 1m}}\n",
        "    - {name: A, duration: 5s, chaos_action: spawn_nodes, chaos_params: {count: 1}}\n",
    };
    for (size_t i = 0; i < 2 * ARRAY_LEN(phases); i++) {
        struct buf text = {0};
        buf_printf(&text, "%s%.*s%s}\n%s%c", HEAD(""), (int)strlen(phases[i / 2]) - 2, phases[i / 2], i % 2 ? ", optional: true" : "", TAIL, 0);
        struct stage *stage = base_alloc(sizeof(*stage));
        stage->plan = stage_load((const char *)text.data);
        stage_boot(stage, true);
        stage->target.admin = NULL;
        stage_play(stage);
        stage_expect(stage, i % 2 ? 0 : 2);
        CHECK_U64(stage->outcome->chaos[0].judgement, i % 2 ? JUDGED_NOT_APPLICABLE : JUDGED_UNSUPPORTED);
        CHECK_U64(stage->outcome->switches_count, 0);
        stage_free(stage);
        buf_done(&text);
    }
}

static void weaknesses_that_are_unknown_or_on_mainnet_are_refused(void)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {HEAD(", vulnerabilities: [vuln.no-kyc-gat]") TAIL, "stage.yaml:4:82: error: unknown planted switch 'vuln.no-kyc-gat'; did you mean 'vuln.no-kyc-gate'?"},
        {HEAD(", alpha_network: mainnet, vulnerabilities: [vuln.no-kyc-gate]") TAIL, "no weakness is planted with Alpha on mainnet"},
        {HEAD("") "    - {name: A, duration: 5s, chaos_action: enable_vulnerability, chaos_params: {switch: vuln.escrow-lek}}\n" TAIL,
         "stage.yaml:8:90: error: unknown planted switch 'vuln.escrow-lek'; did you mean 'vuln.escrow-leak'?"},
        {HEAD("") "    - {name: A, duration: 5s, chaos_action: enable_vulnerability}\n" TAIL, "action 'enable_vulnerability' needs the parameter 'switch'"},
        {HEAD("") "    - {name: A, duration: 5s, chaos_action: spawn_nodes, chaos_params: {count: 1, genesis: x}}\n" TAIL, "'genesis' is known, not in this build"},
        {HEAD("") "    - {name: A, duration: 5s, chaos_action: stop_nodes, chaos_params: {validators: v9}}\n" TAIL, "beyond the network's 4 validators"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        stage_refused(rows[i].text, &out);
        if (strstr((const char *)out.data, rows[i].says) == NULL) CHECK_FAIL("not said: %s\n%s", rows[i].says, out.data);
        buf_done(&out);
    }
}

int main(void)
{
    what_takes_effect_is_proven_on_every_chain_it_is_about();
    what_has_no_effect_makes_the_run_invalid();
    without_an_admin_api_the_steps_are_unsupported();
    weaknesses_that_are_unknown_or_on_mainnet_are_refused();
    return 0;
}
