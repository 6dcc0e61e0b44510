/* Tries to count everybody's operations as probes, and to find delays of messages nobody sent. */
#include "stage.h"
#include "tester/bot/send.h"

#define HEAD "scenario:\n" \
    "  metadata: {id: FUNC-903, name: probes, type: functional, duration: 100s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, params: {block_interval_ms: 250}}\n" \
    "    bots:\n" \
    "      - {id: \"user-{1-10}\", role: general_user, wallet_ax: 5000000, wallet_dx: 5000000}\n" \
    "      - {id: \"probe-{1-2}\", role: general_user, wallet_ax: 5000000, wallet_dx: 5000000}\n" \
    "  phases:\n"

static void probes_are_the_tracks_of_bots_that_are_called_so(void)
{
    struct stage *stage = stage_run(HEAD
        "    - {name: Baseline, duration: 10s, bots: probe-*, behavior: transfer.simple, params: {amount: 10}, rate: 1/s}\n"
        "    - name: Load\n      duration: 20s\n      bots: user-*\n      behavior: transfer.simple\n      params: {amount: 10, tip: [0, 500]}\n      rate: 4/s\n"
        "      concurrent: [{bots: probe-*, behavior: transfer.simple, params: {amount: 10}, rate: 1/s}]\n"
        "      assertions: [{probe_success: \"100%\"}, {probe_p95_ratio: \"< 3\"}, {priority_lanes_ok: true}]\n"
        "  success_criteria: [{success_rate: \"100%\"}]\n");
    stage_expect(stage, 0);
    CHECK_U64(stage_finding(stage, "probe_success")->samples, 40);
    CHECK(stage_finding(stage, "priority_lanes_ok")->samples > 10);
    stage_free(stage);
}

static void without_probes_or_messages_nothing_is_said(void)
{
    struct stage *stage = stage_run(HEAD
        "    - {name: Load, duration: 10s, bots: user-1, behavior: transfer.simple, params: {amount: 10}, count: 1, rate: 1/s,\n"
        "       assertions: [{probe_success: \"100%\"}, {ipc_delay_p95: \"< 1s\"}]}\n"
        "  success_criteria: [{success_rate: \"100%\"}]\n");
    stage_expect(stage, 2);
    CHECK_U64(stage_finding(stage, "probe_success")->judgement, JUDGED_INVALID);
    CHECK_U64(stage_finding(stage, "ipc_delay_p95")->judgement, JUDGED_INVALID);
    stage_free(stage);
}

static void lock(struct act *act, struct op *op)
{
    const union payload payload = {.bridge_lock = {.recipient = act->bot->identity.address, .amount = AMOUNT(1000), .auto_mint = true}};
    const struct send_plan plan = {.kind = KIND_BRIDGE_LOCK, .payload = &payload, .leaves = money_of(TOKEN_AX, AMOUNT(1000)), .loose = 1u << TOKEN_SAX};
    if (act_send(act, &plan, NULL, op)) op->status = OP_DONE;
}
static const struct behavior_spec locking = {.name = "transfer.simple", .roles = "any", .transaction = true, .step = lock};

static void messages_that_crossed_have_their_delay_and_leave_no_orphan(void)
{
    struct stage *stage = base_alloc(sizeof(*stage));
    stage->plan = stage_load(HEAD
        "    - {name: Locks, duration: 20s, bots: user-*, behavior: transfer.simple, params: {amount: 10}, rate: 1/s}\n"
        "    - {name: Verify, duration: 10s, behavior: verify.cross_chain_atomicity, assertions: [{ipc_gaps: 0}]}\n"
        "  metrics: [ipc_delay_p95]\n"
        "  success_criteria: [{success_rate: \"100%\"}, {ipc_delay_p95: \"< 30s\"}, {orphans: 0}]\n");
    ((struct plan_track *)(uintptr_t)stage->plan->phases[0].tracks)->behavior = &locking;
    stage_boot(stage, true);
    stage_play(stage);
    stage_expect(stage, 0);
    CHECK(stage_finding(stage, "ipc_delay_p95")->samples > 100);
    CHECK_U64(stage_finding(stage, "bridge_solvent")->judgement, JUDGED_PASS);
    stage_free(stage);
}

int main(void)
{
    probes_are_the_tracks_of_bots_that_are_called_so();
    without_probes_or_messages_nothing_is_said();
    messages_that_crossed_have_their_delay_and_leave_no_orphan();
    return 0;
}
