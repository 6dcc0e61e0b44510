/* Tries to drive validators so that something is signed twice, too early or by nobody, and to call a service a service that was none. */
#include "stage.h"

#define HEAD(bots) "scenario:\n" \
    "  metadata: {id: FUNC-904, name: validators, type: functional, duration: 100s}\n" \
    "  setup:\n" \
    "    network: {validators: 4}\n" \
    "    bots: [" bots "]\n" \
    "  phases:\n"
#define TAIL "  success_criteria: [{honest_unslashed: true}, {evidence_count: 0}]\n"

/* Every validator is a bot's: without their signatures nothing would move, twice in a row and with a pause between. */
static void a_chain_can_live_by_bots_alone(void)
{
    struct stage *stage = stage_run(HEAD("{id: \"val-{1-4}\", role: validator, wallet_ax: 1000000}")
        "    - {name: First, duration: 25s, bots: val-*, behavior: validator.participate, assertions: [{finalising: true}, {uptime: \"> 85%\"}]}\n"
        "    - {name: Pause, duration: 15s}\n"
        "    - {name: Second, duration: 25s, bots: val-*, behavior: validator.participate, assertions: [{finalising: true}, {postconditions: true}]}\n" TAIL);
    stage_expect(stage, 0);
    stage_free(stage);
}

static void one_that_only_attests_misses_its_turns(void)
{
    struct stage *stage = stage_run(HEAD("{id: val, role: validator, wallet_ax: 1000000}")
        "    - {name: Votes, duration: 30s, bots: val, behavior: validator.attest, assertions: [{uptime: \"< 90%\"}, {finalising: true}, {postconditions: true}]}\n" TAIL);
    stage_expect(stage, 0);
    stage_free(stage);
}

static void a_lazy_one_sleeps_through_some_of_its_rounds(void)
{
    struct stage *stage = stage_run(HEAD("{id: val, role: validator, variant: lazy, wallet_ax: 1000000}")
        "    - {name: Lazy, duration: 40s, bots: val, behavior: validator.participate, params: {uptime_target: 30%}, assertions: [{uptime: \"< 95%\"}]}\n" TAIL);
    stage_expect(stage, 0);
    stage_free(stage);
}

static void who_is_no_member_cannot_serve(void)
{
    struct stage *stage = stage_run(HEAD("{id: \"val-{1-5}\", role: validator, wallet_ax: 1000000}")
        "    - {name: Outsider, count: 1, timeout: 30s, bots: val-5, behavior: validator.propose_block, assertions: [{success_rate: \"100%\"}]}\n" TAIL);
    CHECK(stage->outcome->exit_code != 0);
    stage_free(stage);
}

/* A candidate's node is spawned, its bot registers, serves from the next epoch on, and leaves with its stake. */
static void a_newcomer_registers_and_leaves_with_its_stake(void)
{
    struct stage *stage = stage_run("scenario:\n"
        "  metadata: {id: FUNC-905, name: newcomer, type: functional, duration: 900s}\n"
        "  setup:\n"
        "    network: {validators: 4, params: {block_interval_ms: 250, epoch_blocks: 20, unbonding_blocks: 40}}\n"
        "    bots:\n"
        "      - {id: \"val-{1-4}\", role: validator, wallet_ax: 1000000}\n"
        "      - {id: newcomer, role: validator, wallet_ax: 30000000}\n"
        "  phases:\n"
        "    - {name: Spawn, duration: 10s, chaos_action: spawn_nodes, chaos_params: {count: 1, mode: candidate}}\n"
        "    - {name: Register, count: 1, timeout: 100s, bots: newcomer, behavior: validator.register, params: {stake: 20000000}}\n"
        "    - {name: Serve, duration: 20s, bots: newcomer, behavior: validator.participate, assertions: [{finalising: true}, {postconditions: true}]}\n"
        "    - {name: Leave, count: 1, timeout: 200s, bots: newcomer, behavior: validator.deregister}\n"
        "  success_criteria: [{postconditions: true}, {success_rate: \"100%\"}, {honest_unslashed: true}]\n");
    stage_expect(stage, 0);
    stage_free(stage);
}

int main(void)
{
    a_newcomer_registers_and_leaves_with_its_stake();
    a_chain_can_live_by_bots_alone();
    one_that_only_attests_misses_its_turns();
    a_lazy_one_sleeps_through_some_of_its_rounds();
    who_is_no_member_cannot_serve();
    return 0;
}
