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

int main(void)
{
    a_chain_can_live_by_bots_alone();
    one_that_only_attests_misses_its_turns();
    a_lazy_one_sleeps_through_some_of_its_rounds();
    who_is_no_member_cannot_serve();
    return 0;
}
