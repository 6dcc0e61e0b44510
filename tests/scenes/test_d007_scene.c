/* Tries to have rates that are wrong, an escrow that leaks and a gate that is open pass for sound. */
#include "stage.h"

#define SCENE(vulnerabilities, fraction, retries, criteria) \
    "scenario:\n" \
    "  metadata: {id: FUNC-909, name: off-ramp, type: functional, duration: 4m}\n" \
    "  setup:\n" \
    "    network: {validators: 4, vulnerabilities: [" vulnerabilities "]}\n" \
    "    seed: 5\n" \
    "    bots:\n" \
    "      - {id: \"user-{1-21}\", role: general_user, wallet_dx: 10000000}\n" \
    "      - {id: \"clerk-{1-2}\", role: kyc_reviewer, wallet_dx: 10000000}\n" \
    "  phases:\n" \
    "    - {name: Register, duration: 20s, bots: \"user-{1-20}\", behavior: d007.kyc_register}\n" \
    "    - {name: Review, duration: 50s, bots: clerk-*, behavior: d007.kyc_review, rate: 30/m, count: 10,\n" \
    "       assertions: [{approval_rate: \"90%\"}]}\n" \
    "    - name: Withdraw\n" \
    "      duration: 30s\n" \
    "      bots: user-{1-20}\n" \
    "      behavior: d007.offramp\n" \
    "      concurrent: [{bots: user-21, behavior: d007.offramp, expect_error: KYC_REQUIRED}]\n" \
    "    - {name: Settle, duration: 60s, bots: clerk-*, behavior: d007.settle, params: {success_fraction: " fraction "}, rate: 30/m, count: 9}\n" \
    "    - name: Retry\n" \
    "      duration: 70s\n" \
    "      bots: user-{1-20}\n" \
    "      behavior: d007.retry_settlement\n" \
    "      params: {retries: " retries "}\n" \
    "      concurrent: [{bots: clerk-*, behavior: d007.settle, params: {success_fraction: 95%}, optional: true}]\n" \
    "  success_criteria: [" criteria "]\n"

static void what_is_tried_again_is_settled(void)
{
    struct stage *stage = stage_run(SCENE("", "80%", "3", "{settlement_rate: \"100%\"}, {escrow_sound: true}, {postconditions: true}, {no_plaintext_leak: true}"));
    stage_expect(stage, 0);
    CHECK(stage_finding(stage, "no_plaintext_leak")->samples > 1000);
    CHECK(stage_finding(stage, "escrow_sound")->samples > 50);
    stage_free(stage);
}

/* 18 were let in, 14 of them were paid: what was given up does not count as if it had never been. */
static void what_is_given_up_was_not_settled(void)
{
    struct stage *stage = stage_run(SCENE("", "80%", "0", "{settlement_rate: \">= 99.9%\"}, {escrow_sound: true}, {postconditions: true}"));
    stage_expect(stage, 99);
    CHECK_U64(stage_finding(stage, "settlement_rate")->judgement, JUDGED_FAIL);
    CHECK_U64(stage_finding(stage, "settlement_rate")->samples, 18);
    CHECK_U64(stage_finding(stage, "escrow_sound")->judgement, JUDGED_PASS);
    stage_free(stage);
}

static void an_escrow_that_leaks_is_seen(void)
{
    struct stage *stage = stage_run(SCENE("vuln.escrow-leak", "80%", "0", "{escrow_sound: true}, {postconditions: true}"));
    stage_expect(stage, 1);
    CHECK_U64(stage_finding(stage, "escrow_sound")->judgement, JUDGED_FAIL);
    CHECK_U64(stage_finding(stage, "postconditions")->judgement, JUDGED_FAIL);
    stage_free(stage);
}

static void an_open_gate_is_seen(void)
{
    struct stage *stage = stage_run(SCENE("vuln.no-kyc-gate", "80%", "0", "{escrow_sound: true}, {postconditions: true}"));
    stage_expect(stage, 1);
    CHECK_U64(stage_finding(stage, "escrow_sound")->judgement, JUDGED_FAIL);
    CHECK_U64(stage_finding(stage, "postconditions")->judgement, JUDGED_FAIL);
    stage_free(stage);
}

int main(void)
{
    RUN(what_is_tried_again_is_settled);
    RUN(what_is_given_up_was_not_settled);
    RUN(an_escrow_that_leaks_is_seen);
    RUN(an_open_gate_is_seen);
    return 0;
}
