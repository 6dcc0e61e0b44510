/* What is said of pools and of the order of blocks, each beside a network in which it does not hold: a proposer that turns the tips around, proposers
 * that leave everybody's payments out, a pool that keeps who came first. Prints one line for each. */
#include "stage.h"

#define HEAD "scenario:\n" \
    "  metadata: {id: FUNC-905, name: broken pools, type: functional, duration: %s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, params: {block_interval_ms: 250%s}%s}\n" \
    "    bots:\n" \
    "      - {id: \"user-{1-40}\", role: general_user, wallet_ax: 5000000, wallet_dx: 5000000}\n" \
    "  phases:\n"

struct broken_scene {
    const char *duration, *params, *network, *phases, *criteria;
};

static struct stage *play(const struct broken_scene *scene)
{
    static char text[6000];
    snprintf(text, sizeof(text), HEAD "%s  success_criteria: [%s]\n", scene->duration, scene->params, scene->network, scene->phases, scene->criteria);
    return stage_run(text);
}

static const struct finding *finding_of(const struct stage *stage, const char *name, const char *scope)
{
    for (uint32_t i = 0; i < stage->outcome->findings_count; i++) {
        const struct finding *f = &stage->outcome->findings[i];
        if (str_eq(f->name, str_of(name)) && str_eq(f->scope, str_of(scope))) return f;
    }
    CHECK_FAIL("nothing was found on %s in %s", name, scope);
    return NULL;
}

static void finding_is(const struct stage *stage, const char *name, const char *scope, enum judgement judgement)
{
    const struct finding *f = finding_of(stage, name, scope);
    printf("%s: %s [%s] | " STR_FMT ", expected " STR_FMT " | " STR_FMT "\n", f->judgement == JUDGED_FAIL ? "broken" : "whole", name, scope, STR_ARG(f->actual),
           STR_ARG(f->expected), STR_ARG(f->note));
    if (f->judgement != judgement)
        CHECK_FAIL("%s in %s is %s, not %s", name, scope, judgement_text(f->judgement), judgement_text(judgement));
}

/* ---- priority_lanes_ok ---- */

#define SENDING "bots: user-*, behavior: transfer.simple, params: {tip: [0, 1000]}, rate: 40/s total"

/* A liar proposes for five seconds, and more than five hundred honest blocks follow: the run's window has them all. */
static void a_turned_block_is_found_however_long_ago(void)
{
    struct stage *stage = play(&(struct broken_scene){
        "150s", "", "",
        "    - {name: Lies, duration: 5s, chaos_action: set_byzantine, chaos_params: {targets: v2, mode: reorder_transactions, policy: reverse_tip},\n"
        "       " SENDING ", assertions: [{priority_lanes_ok: true}]}\n"
        "    - {name: Settle, duration: 5s, chaos_action: clear_byzantine}\n" /* what the liar proposed becomes final */
        "    - {name: Truth, duration: 140s, " SENDING ", assertions: [{priority_lanes_ok: true}]}\n",
        "{priority_lanes_ok: true}"});
    finding_is(stage, "priority_lanes_ok", "Lies", JUDGED_FAIL);
    finding_is(stage, "priority_lanes_ok", "Truth", JUDGED_PASS);
    finding_is(stage, "priority_lanes_ok", "", JUDGED_FAIL);
    CHECK(finding_of(stage, "priority_lanes_ok", "Truth")->samples > 500);
    CHECK(finding_of(stage, "priority_lanes_ok", "")->samples > finding_of(stage, "priority_lanes_ok", "Truth")->samples);
    stage_free(stage);
}

/* ---- oldest_pending, rejections ---- */

#define WAITING(action) \
    "    - {name: Send, duration: 20s" action ", " SENDING ", assertions: [{oldest_pending: \"< 2s\"}, {rejections: 0}]}\n" \
    "    - {name: After, duration: 5s, chaos_action: clear_byzantine}\n"

static void what_is_left_out_grows_old(void)
{
    struct stage *stage = play(&(struct broken_scene){"25s", "", "", WAITING(""), "{agreement: true}"});
    finding_is(stage, "oldest_pending", "Send", JUDGED_PASS);
    finding_is(stage, "rejections", "Send", JUDGED_PASS);
    stage_free(stage);
    stage = play(&(struct broken_scene){"25s", "", "", WAITING(", chaos_action: set_byzantine, chaos_params: {targets: \"*\", mode: censor, kinds: [transfer]}"),
                                        "{agreement: true}"});
    finding_is(stage, "oldest_pending", "Send", JUDGED_FAIL);
    stage_free(stage);
}

/* Who offers more gets in, and somebody else's goes: it is evicted, and nothing is refused. Where the first are kept, everybody behind them is refused. */
#define RISING \
    "    - {name: Low, duration: 20s, chaos_action: block_capacity, chaos_params: {tx_per_second: 10}, bots: \"user-{1-20}\", behavior: transfer.simple,\n" \
    "       rate: 30/s total, assertions: [{mempool_peak: \">= 300\"}]}\n" \
    "    - {name: High, duration: 10s, bots: \"user-{21-40}\", behavior: transfer.simple, params: {tip: 500}, rate: 20/s total,\n" \
    "       assertions: [{rejections: \"< 40\"}, {evictions: \"> 50\"}, {priority_lanes_ok: true}]}\n" \
    "    - {name: Drain, duration: 40s, chaos_action: clear}\n"

static void who_offers_more_is_not_refused(void)
{
    struct stage *stage = play(&(struct broken_scene){"70s", ", mempool_capacity: 300", "", RISING, "{agreement: true}"});
    finding_is(stage, "rejections", "High", JUDGED_PASS);
    finding_is(stage, "evictions", "High", JUDGED_PASS);
    finding_is(stage, "priority_lanes_ok", "High", JUDGED_PASS);
    stage_free(stage);
    stage = play(&(struct broken_scene){"70s", ", mempool_capacity: 300", ", vulnerabilities: [vuln.fifo-mempool-no-fee-floor]", RISING, "{agreement: true}"});
    finding_is(stage, "rejections", "High", JUDGED_FAIL);
    finding_is(stage, "evictions", "High", JUDGED_FAIL);
    finding_is(stage, "priority_lanes_ok", "High", JUDGED_FAIL);
    stage_free(stage);
}

int main(void)
{
    RUN(a_turned_block_is_found_however_long_ago);
    RUN(what_is_left_out_grows_old);
    RUN(who_offers_more_is_not_refused);
    return 0;
}
