/* Tries to let a proposal's life pass whose conditions were not met in their order: written as a scenario alone, with conditions on the proposal itself. */
#include "stage.h"

#define SCENE(wanted) "scenario:\n" \
    "  metadata: {id: PT-L-001, name: vote, type: unit, duration: 300s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, params: {block_interval_ms: 250, voting_period_blocks: 40, timelock_blocks: 30, quorum_bps: 100}}\n" \
    "    bots: [{id: governor, role: governor, wallet_ax: 5000000, wallet_dx: 5000000, stake: 1000000}]\n" \
    "  phases:\n" \
    "    - {name: Propose, count: 1, bots: governor, behavior: governance.propose, capture: {p: output.proposal_id}, assertions: [{proposals_created: 1}]}\n" \
    "    - {name: Voting, until: {proposal: {id: \"${p}\", status: active}}, timeout: 20s}\n" \
    "    - {name: Vote, count: 1, bots: governor, behavior: governance.vote, params: {proposal: \"${p}\"}, assertions: [{proposals_open: 1}]}\n" \
    "    - {name: Window, until: {proposal: {id: \"${p}\", status: " wanted "}}, timeout: 30s}\n" \
    "    - {name: Execute, count: 1, timeout: 60s, bots: governor, behavior: governance.execute, params: {proposal: \"${p}\"},\n" \
    "       capture: {h: output.executed_height}, assertions: [{proposal: {id: \"${p}\", status: executed}}, {height: {reaches: \"${h}\"}}]}\n" \
    "    - {name: Verify, duration: 5s, behavior: verify.governance, concurrent: [{behavior: monitor.governance}], assertions: [{turnout: \"100%\"}]}\n" \
    "  success_criteria: [{postconditions: true}, {proposals_executed: 1}, {votes_counted: 1}, {unexpected_errors: 0}]\n"

static void a_proposals_life_is_told_by_its_conditions(void)
{
    struct stage *stage = stage_run(SCENE("succeeded"));
    stage_expect(stage, 0);
    CHECK_U64(stage_finding(stage, "turnout")->judgement, JUDGED_PASS);
    CHECK_U64(stage_finding(stage, "governance_sound")->judgement, JUDGED_PASS);
    stage_free(stage);
}

static void a_proposal_that_passes_is_not_defeated(void)
{
    struct stage *stage = stage_run(SCENE("defeated|expired"));
    stage_expect(stage, 1);
    CHECK_U64(stage_finding(stage, "until")->judgement, JUDGED_FAIL);
    stage_free(stage);
}

int main(void)
{
    a_proposals_life_is_told_by_its_conditions();
    a_proposal_that_passes_is_not_defeated();
    return 0;
}
