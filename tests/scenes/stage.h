/* Stage: a scenario's text played on an embedded network, as the program plays it, with what it came to at hand. */
#ifndef TESTS_SCENES_STAGE_H
#define TESTS_SCENES_STAGE_H

#include <stdio.h>

#include "cli/boot.h"
#include "core/base/check.h"
#include "tester/scenario/load.h"

struct stage {
    struct plan *plan;
    struct boot *boot;
    struct run *run;
    struct target target;
    const struct outcome *outcome;
    void (*body)(struct stage *stage) FIBER;
    volatile bool done;
};

static inline struct plan *stage_load(const char *text)
{
    struct diags diags;
    const struct load_options as_written = LOAD_AS_WRITTEN;
    diags_init(&diags);
    struct plan *plan = scenario_load(STR("test/stage"), STR("stage.yaml"), str_of(text), &as_written, &diags);
    if (plan == NULL) {
        struct buf out = {0};
        diags_print(&diags, &out);
        buf_put_char(&out, '\0');
        CHECK_FAIL("the scenario is not one:\n%s", (const char *)out.data);
    }
    diags_done(&diags);
    return plan;
}

/* Findings of a text that is no scenario, as they are printed; in a buffer of the caller's. */
static inline void stage_refused(const char *text, struct buf *out)
{
    struct diags diags;
    const struct load_options as_written = LOAD_AS_WRITTEN;
    diags_init(&diags);
    struct plan *plan = scenario_load(STR("test/stage"), STR("stage.yaml"), str_of(text), &as_written, &diags);
    CHECK(plan == NULL);
    diags_print(&diags, out);
    buf_put_char(out, '\0');
    diags_done(&diags);
}

/* The network for the plan; `by_genesis` false: bots have nothing at genesis. */
static inline void stage_boot(struct stage *stage, bool by_genesis)
{
    const struct plan *plan = stage->plan;
    const struct sign_suite suite = {SIGN_SIMULATED};
    struct boot_options options = {.simulated = true, .simulated_proofs = true, .wire = WIRE_STRUCT, .seed = plan->seed, .validators = plan->network.validators,
                                   .parameters = plan->network.parameters, .parameters_count = plan->network.parameters_count};
    struct run_grant *grants = run_grants(plan, suite, &options.grants_count);
    struct run_standing *standings = run_standings(plan, suite, &options.standings_count);
    struct err err = {0};
    options.grants = grants;
    options.standings = standings;
    if (!by_genesis) options.grants_count = options.standings_count = 0;
    if (!boot_new(&options, &stage->boot, &err)) CHECK_FAIL("%s", err.text);
    base_free(grants);
    base_free(standings);
    stage->target = boot_target(stage->boot);
    stage->target.funded_by_genesis = by_genesis;
}

static inline void stage_play(struct stage *stage)
{
    stage->run = run_new(stage->plan, &stage->target);
    run_start(stage->run);
    (void)sim_run(boot_sim(stage->boot), INSTANT_NEVER, run_over(stage->run));
    CHECK(*run_over(stage->run));
    stage->outcome = run_outcome(stage->run);
}

static inline struct stage *stage_run(const char *text)
{
    struct stage *stage = base_alloc(sizeof(*stage));
    stage->plan = stage_load(text);
    stage_boot(stage, true);
    stage_play(stage);
    return stage;
}

static inline void stage_free(struct stage *stage)
{
    run_free(stage->run);
    boot_free(stage->boot);
    plan_free(stage->plan);
    base_free(stage);
}

static void stage_fiber(void *arg)
{
    struct stage *stage = arg;
    stage->body(stage);
    stage->done = true;
}

/* Runs `body` on a fiber of the stage's world: to ask the network something. */
static inline void stage_ask(struct stage *stage, void (*body)(struct stage *stage) FIBER)
{
    stage->body = body;
    stage->done = false;
    (void)fiber_spawn(sim_env(boot_sim(stage->boot)), stage_fiber, stage);
    (void)sim_run(boot_sim(stage->boot), INSTANT_NEVER, &stage->done);
    CHECK(stage->done);
}

static inline struct instant stage_soon(const struct stage *stage) { return instant_add(env_now(stage->target.env), duration_s(30)); }

/* ---- what it came to ---- */

static inline const struct finding *stage_finding(const struct stage *stage, const char *name)
{
    for (uint32_t i = 0; i < stage->outcome->findings_count; i++)
        if (str_eq(stage->outcome->findings[i].name, str_of(name))) return &stage->outcome->findings[i];
    CHECK_FAIL("nothing was found on %s", name);
    return NULL;
}

static inline const struct chaos_finding *stage_chaos(const struct stage *stage, const char *action)
{
    for (uint32_t i = 0; i < stage->outcome->chaos_count; i++)
        if (str_eq(stage->outcome->chaos[i].action, str_of(action))) return &stage->outcome->chaos[i];
    CHECK_FAIL("nothing was found on %s", action);
    return NULL;
}

/* Prints why when the run's end is another one. */
static inline void stage_expect(const struct stage *stage, int exit_code)
{
    if (stage->outcome->exit_code == exit_code) return;
    for (uint32_t i = 0; i < stage->outcome->findings_count; i++) {
        const struct finding *f = &stage->outcome->findings[i];
        printf("%s " STR_FMT " [" STR_FMT "] " STR_FMT ", expected " STR_FMT " (" STR_FMT ")\n", judgement_text(f->judgement), STR_ARG(f->name),
               STR_ARG(f->scope), STR_ARG(f->actual), STR_ARG(f->expected), STR_ARG(f->note));
    }
    for (uint32_t i = 0; i < stage->outcome->chaos_count; i++)
        printf("%s " STR_FMT ": " STR_FMT "\n", judgement_text(stage->outcome->chaos[i].judgement), STR_ARG(stage->outcome->chaos[i].action),
               STR_ARG(stage->outcome->chaos[i].evidence));
    CHECK_FAIL("it ended with %d and not %d: " STR_FMT, stage->outcome->exit_code, exit_code, STR_ARG(stage->outcome->reason));
}

#endif
