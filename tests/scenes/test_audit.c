/* The audit of the bridge (PT-L-012) judges whatever its track stands for, each part of it able to fail: solvency, uniqueness, order, and nothing
 * left without its counterpart. */
#include "stage.h"

#define HEAD(network) "scenario:\n" \
    "  metadata: {id: FUNC-905, name: audit, type: functional, duration: 300s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, " network "}\n" \
    "    bots: [{id: \"user-{1-4}\", role: general_user, variant: power, wallet_ax: 50000000, wallet_dx: 5000000}]\n" \
    "  phases:\n"
#define AUDIT(duration) "    - {name: Verify, duration: " duration ", behavior: verify.cross_chain_atomicity, params: {drain_timeout: 10s}}\n" \
    "  success_criteria: [{ops_total: \"> 0\"}]\n"

static void check_judged(const struct stage *stage, const char *name, enum judgement judgement)
{
    const struct finding *finding = stage_finding(stage, name);
    if (finding->judgement != judgement)
        CHECK_FAIL("%s: " STR_FMT ", " STR_FMT, name, STR_ARG(finding->actual), STR_ARG(finding->note));
}

static void what_crosses_and_comes_back_is_sound(void)
{
    struct stage *stage = stage_run(HEAD("params: {block_interval_ms: 250}")
        "    - {name: Locks, duration: 20s, bots: user-*, behavior: cross_chain.lock_mint, params: {amount: 1000}, rate: 1/s}\n"
        "    - {name: Burns, duration: 20s, bots: user-*, behavior: cross_chain.burn_unlock, params: {amount: 700}, rate: 1/s}\n"
        AUDIT("10s"));
    stage_expect(stage, 0);
    check_judged(stage, "bridge_solvent", JUDGED_PASS);
    check_judged(stage, "bridge_unique", JUDGED_PASS);
    check_judged(stage, "ipc_in_order", JUDGED_PASS);
    check_judged(stage, "orphans", JUDGED_PASS);
    CHECK(stage_finding(stage, "bridge_solvent")->samples >= 161); /* each claim, and the books at the end */
    stage_free(stage);
}

static void a_lock_that_sent_no_message_is_an_orphan(void)
{
    struct stage *stage = stage_run(HEAD("vulnerabilities: [vuln.drop-bridge-message]")
        "    - {name: Locks, duration: 10s, bots: user-*, behavior: cross_chain.lock, params: {amount: 1000}, rate: 1/s}\n"
        AUDIT("30s"));
    CHECK_U64((unsigned)stage->outcome->exit_code, 1);
    check_judged(stage, "orphans", JUDGED_FAIL);
    check_judged(stage, "ipc_in_order", JUDGED_FAIL);
    check_judged(stage, "bridge_solvent", JUDGED_PASS); /* too little was minted, not too much */
    stage_free(stage);
}

static void a_lock_that_is_minted_twice_is_found(void)
{
    struct stage *stage = stage_run(HEAD("vulnerabilities: [vuln.no-unlock-id-uniqueness]")
        "    - {name: Lock, count: 1, timeout: 20s, bots: user-1, behavior: cross_chain.lock, params: {amount: 1000}, capture: {lock_id: output.lock_id}}\n"
        "    - {name: Minted, until: {lock: {id: \"${lock_id}\", status: minted}}, timeout: 20s}\n"
        "    - {name: Again, count: 1, timeout: 20s, bots: user-2, behavior: cross_chain.mint, params: {lock_id: \"${lock_id}\", early: true}}\n"
        AUDIT("10s"));
    CHECK_U64((unsigned)stage->outcome->exit_code, 1);
    check_judged(stage, "bridge_unique", JUDGED_FAIL);
    check_judged(stage, "bridge_solvent", JUDGED_FAIL);
    stage_free(stage);
}

static void a_message_that_never_comes_is_found(void)
{
    struct stage *stage = stage_run(HEAD("params: {relays: 1, block_interval_ms: 250}")
        "    - name: Locks\n      duration: 10s\n      bots: user-*\n      behavior: cross_chain.lock\n      params: {amount: 1000}\n      rate: 1/s\n"
        "      chaos: [{action: ipc_drop, params: {direction: alpha_to_delta, rate: 100%, count: 1, redeliver: false}}]\n"
        AUDIT("90s"));
    CHECK_U64((unsigned)stage->outcome->exit_code, 1);
    check_judged(stage, "orphans", JUDGED_FAIL);
    check_judged(stage, "ipc_in_order", JUDGED_FAIL);
    stage_free(stage);
}

int main(void)
{
    RUN(what_crosses_and_comes_back_is_sound);
    RUN(a_lock_that_sent_no_message_is_an_orphan);
    RUN(a_lock_that_is_minted_twice_is_found);
    RUN(a_message_that_never_comes_is_found);
    return 0;
}
