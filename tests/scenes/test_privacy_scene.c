/* What an analyst can tell, and what leaks, of runs in the shielded pool: with the weaknesses that wallets and nodes can have the checks
 * that are made for them fail, without they hold. */
#include "stage.h"
#include "tester/scenario/linkage.h"

#define SCENE "scenario:\n" \
    "  metadata: {id: FUNC-905, name: pool, type: functional, duration: %s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, params: {block_interval_ms: 250}, vulnerabilities: [%s]}\n" \
    "    bots: [{id: \"user-{1-30}\", role: general_user, wallet_ax: 50000000}]\n" \
    "  phases:\n" \
    "    - {name: Pool, duration: %s, bots: user-*, behavior: %s, rate: %s}\n" \
    "  metrics: [proof_gen_p95, proof_verify_p95, proof_success_rate, anonymity_set_min]\n" \
    "  success_criteria: [%s]\n"

struct scene {
    const char *weakness, *behavior, *rate, *duration, *criterion;
};

static struct stage *scene_run(const struct scene *scene)
{
    char text[2000];
    snprintf(text, sizeof(text), SCENE, scene->duration, scene->weakness, scene->duration, scene->behavior, scene->rate, scene->criterion);
    return stage_run(text);
}

static const char *const no_linkage = "{linkage_advantage: \"<= 0.20\"}", *const no_leak = "{no_plaintext_leak: true}",
                  *const proofs = "{proof_gen_p95: \"< 5s\"}, {proof_verify_p95: \"< 1s\"}, {proof_success_rate: \"> 99%\"}, {anonymity_set_min: \">= 11\"}";
#define PAY "privacy.shielded_transfer"
#define RECYCLE "privacy.address_recycle"

static void told(const struct scene *scene, const struct finding *finding)
{
    printf("%-32s x %-25s -> " STR_FMT " " STR_FMT " (%llu) " STR_FMT "\n", scene->weakness[0] ? scene->weakness : "(none)", scene->behavior, STR_ARG(finding->name),
           STR_ARG(finding->actual), (unsigned long long)finding->samples, STR_ARG(finding->note));
    fflush(stdout);
}

static void with_a_weakness_an_analyst_links(void)
{
    static const struct scene weak[] = {
        {"vuln.uniform-decoys", PAY, "4/s total poisson", "90s", NULL},
        {"vuln.newest-only-decoys", PAY, "4/s total poisson", "90s", NULL},
        {"vuln.ring-size-one", PAY, "4/s total poisson", "90s", NULL},
        {"", PAY, "4/s total", "90s", NULL}, /* at an even beat the age of what is spent is no secret */
    };
    for (size_t i = 0; i < ARRAY_LEN(weak); i++) {
        struct scene scene = weak[i];
        scene.criterion = no_linkage;
        struct stage *stage = scene_run(&scene);
        const struct finding *finding = stage_finding(stage, "linkage_advantage");
        told(&scene, finding);
        stage_expect(stage, 99);
        CHECK_U64(finding->judgement, JUDGED_FAIL);
        CHECK(finding->samples >= LINKAGE_TRIALS_MIN && stage->outcome->shield_tape.len > 0 && stage->outcome->linkage.len > 0);
        stage_free(stage);
    }
}

static void without_it_does_not(void)
{
    static const struct scene sound[] = {{"", PAY, "4/s total poisson", "90s", NULL}, {"", RECYCLE, "3/s total poisson", "90s", NULL}};
    for (size_t i = 0; i < ARRAY_LEN(sound); i++) {
        struct scene scene = sound[i];
        scene.criterion = no_linkage;
        struct stage *stage = scene_run(&scene);
        told(&scene, stage_finding(stage, "linkage_advantage"));
        stage_expect(stage, 0);
        stage_free(stage);
    }
}

static void what_is_written_in_clear_leaks(void)
{
    const struct scene weak = {"vuln.shielded-plaintext-receipt", PAY, "1/s total", "10s", no_leak}, sound = {"", PAY, "1/s total", "10s", no_leak};
    struct stage *stage = scene_run(&weak);
    const struct finding *finding = stage_finding(stage, "no_plaintext_leak");
    told(&weak, finding);
    stage_expect(stage, 1);
    CHECK(finding->judgement == JUDGED_FAIL && memmem(finding->note.data, finding->note.len, "documents tell", 14) != NULL);
    stage_free(stage);
    stage = scene_run(&sound);
    told(&sound, stage_finding(stage, "no_plaintext_leak"));
    stage_expect(stage, 0);
    stage_free(stage);
}

static void who_hides_nothing_proves_nothing(void)
{
    const struct scene scene = {"", "transfer.simple", "1/s total", "10s", no_leak};
    struct stage *stage = scene_run(&scene);
    stage_expect(stage, 2);
    CHECK_U64(stage_finding(stage, "no_plaintext_leak")->judgement, JUDGED_INVALID);
    stage_free(stage);
}

static void proofs_have_their_figures(void)
{
    const struct scene sound = {"", PAY, "1/s total", "20s", proofs}, weak = {"vuln.ring-size-one", PAY, "1/s total", "20s", proofs};
    struct stage *stage = scene_run(&sound);
    stage_expect(stage, 0);
    CHECK_U64(stage_finding(stage, "proof_gen_p95")->samples, 20);
    told(&sound, stage_finding(stage, "anonymity_set_min"));
    stage_free(stage);
    stage = scene_run(&weak);
    told(&weak, stage_finding(stage, "anonymity_set_min"));
    stage_expect(stage, 99);
    CHECK_U64(stage_finding(stage, "anonymity_set_min")->judgement, JUDGED_FAIL);
    stage_free(stage);
}

int main(void)
{
    RUN(proofs_have_their_figures);
    RUN(who_hides_nothing_proves_nothing);
    RUN(what_is_written_in_clear_leaks);
    RUN(without_it_does_not);
    RUN(with_a_weakness_an_analyst_links);
    return 0;
}
