#include <stdio.h>

#include "tester/scenario/run_priv.h"

#define SETTLE_BLOCKS 10u
#define CONDITION_EVERY_MS 250u
#define COUNT_EVERY_MS 20u

/* ---- chaos ---- */

/* One occurrence of an action of the phase. */
struct occurrence {
    uint64_t at_ns;
    uint32_t action;
};
struct storm {
    struct run *run;
    uint32_t phase;
    struct instant start;
    struct occurrence *items; /* ascending; the first `done` were done before the tracks began */
    uint32_t count, done;
    bool stop, live;
};

void action_do(struct run *run, uint32_t phase, const struct chaos_action *action)
{
    char text[160];
    const int len = snprintf(text, sizeof(text), "%s %.*s", action->spec->name, (int)MIN(action->params_json.len, (size_t)120), action->params_json.data);
    run_event(run, EVENT_CHAOS_STARTED, phase, 0, (struct str){text, (size_t)MIN(len, (int)sizeof(text) - 1)});
    vec_push(&run->deed_phases, phase);
    (void)weather_do(run->weather, action); /* the deed is kept by the weather */
    quorum_note(run);
}

static void storm_make(struct storm *storm, const struct plan_phase *plan)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < plan->actions_count; i++) total += plan->actions[i].count;
    storm->items = base_alloc(sizeof(struct occurrence) * (total + 1));
    for (uint32_t i = 0; i < plan->actions_count; i++)
        for (uint32_t k = 0; k < plan->actions[i].count; k++) {
            const uint64_t at = plan->actions[i].at.ns + plan->actions[i].every.ns * k;
            uint32_t place = storm->count++;
            for (; place > 0 && storm->items[place - 1].at_ns > at; place--) storm->items[place] = storm->items[place - 1];
            storm->items[place] = (struct occurrence){at, i};
        }
}

static void storm_run(void *arg)
{
    struct storm *storm = arg;
    const struct plan_phase *plan = &storm->run->plan->phases[storm->phase];
    for (uint32_t i = storm->done; i < storm->count && !storm->stop; i++) {
        run_wait_until(storm->run, instant_add(storm->start, (struct duration){storm->items[i].at_ns}));
        if (storm->stop || run_is_interrupted(storm->run)) break;
        action_do(storm->run, storm->phase, &plan->actions[storm->items[i].action].action);
    }
    storm->live = false;
}

/* ---- how a phase ends ---- */

static bool phase_asks_steady(const struct run *run, uint32_t phase)
{
    return plan_asks_check(run->plan, phase, CHECK_FINALISING) || plan_asks_check(run->plan, phase, CHECK_HALTED);
}

static void wait_duration(struct run *run, uint32_t number)
{
    const struct plan_phase *plan = &run->plan->phases[number];
    struct run_phase *phase = &run->phases[number];
    const struct instant end = instant_add(phase->start, plan->duration);
    const struct instant steady = instant_add(phase->start, (struct duration){SETTLE_BLOCKS * run->node.interval.ns});
    if (phase_asks_steady(run, number) && steady.ns < end.ns) {
        run_wait_until(run, steady);
        if (!run_is_interrupted(run)) span_steady(run, phase, number);
    }
    run_wait_until(run, end);
}

static void wait_until_holds(struct run *run, uint32_t number)
{
    const struct plan_phase *plan = &run->plan->phases[number];
    struct run_phase *phase = &run->phases[number];
    const struct instant deadline = instant_add(phase->start, plan->timeout);
    while (!run_is_interrupted(run)) {
        if (condition_holds(run, phase, &plan->until)) return;
        if (!instant_before(env_now(run->env), deadline)) break;
        fiber_sleep(run->env, duration_ms(CONDITION_EVERY_MS));
    }
    phase->failed = !run_is_interrupted(run);
}

static void wait_count(struct run *run, uint32_t number)
{
    const struct plan_phase *plan = &run->plan->phases[number];
    struct run_phase *phase = &run->phases[number];
    const struct instant deadline = instant_add(phase->start, plan->timeout);
    const uint32_t first = plan_track_number(run->plan, number, 0);
    while (!run_is_interrupted(run)) {
        bool done = true;
        for (uint32_t t = 0; t < plan->tracks_count; t++) done = done && track_is_done(&run->tracks[first + t]);
        if (done) return;
        if (!instant_before(env_now(run->env), deadline)) break;
        fiber_sleep(run->env, duration_ms(COUNT_EVERY_MS));
    }
    phase->failed = !run_is_interrupted(run);
}

/* ---- one phase ---- */

static void tracks_open(struct run *run, uint32_t number)
{
    const struct plan_phase *plan = &run->plan->phases[number];
    const struct instant start = run->phases[number].start;
    const struct instant end = instant_add(start, plan->end == PHASE_BY_DURATION ? plan->duration : plan->timeout);
    for (uint32_t t = 0; t < plan->tracks_count; t++) track_begin(&run->tracks[plan_track_number(run->plan, number, t)], start, end);
}

static void tracks_close(struct run *run, uint32_t number)
{
    const struct plan_phase *plan = &run->plan->phases[number];
    const struct instant now = env_now(run->env);
    for (uint32_t t = 0; t < plan->tracks_count; t++) {
        struct run_track *track = &run->tracks[plan_track_number(run->plan, number, t)];
        track->closed = track->shared.closed = true;
        if (!instant_before(now, track->end)) continue;
        track->end = track->tally.end = now; /* it ended early: what it was to offer ends here too */
        if (track->plan->paced && track->plan->hold == 0 && instant_before(track->start, now))
            track->tally.intended = schedule_intended(&track->schedule, &track->shared.rng, track->start, now);
    }
}

static bool has_operations(const struct plan_phase *plan)
{
    for (uint32_t t = 0; t < plan->tracks_count; t++)
        if (plan->tracks[t].behavior->step) return true;
    return false;
}

static void phase_begin(struct run *run, uint32_t number, struct storm *storm)
{
    const struct plan_phase *plan = &run->plan->phases[number];
    struct run_phase *phase = &run->phases[number];
    run->phase_now = number;
    run_wait_until(run, instant_add(env_now(run->env), plan->delay));
    run_event(run, EVENT_PHASE_STARTED, number, 0, plan->name);
    phase->span.begun = env_now(run->env);
    *storm = (struct storm){.run = run, .phase = number};
    storm_make(storm, plan);
    while (storm->done < storm->count && storm->items[storm->done].at_ns == 0 && !run_is_interrupted(run))
        action_do(run, number, &plan->actions[storm->items[storm->done++].action].action);
    seats_drive(run, number);
    span_open(run, phase, number, plan->name);
    storm->start = phase->start;
    if (storm->done == storm->count) return;
    storm->live = true;
    (void)fiber_spawn(run->env, storm_run, storm);
}

/* What crosses the bridge has the verifier's time to arrive before it is looked at. */
static void bridge_await(struct run *run, uint32_t number)
{
    const struct plan_phase *plan = &run->plan->phases[number];
    for (uint32_t t = 0; t < plan->tracks_count; t++) {
        const struct plan_track *track = &plan->tracks[t];
        size_t row;
        if (strcmp(track->behavior->name, "verify.cross_chain_atomicity") != 0 || !param_specs_find(track->behavior->params, STR("drain_timeout"), &row)) continue;
        const struct instant deadline = instant_add(env_now(run->env), (struct duration){(uint64_t)track->args[row].lo});
        while (!run_is_interrupted(run) && instant_before(env_now(run->env), deadline) && !bridge_is_drained(run))
            fiber_sleep(run->env, duration_ms(CONDITION_EVERY_MS));
    }
}

static void phase_end(struct run *run, uint32_t number, struct storm *storm)
{
    const struct plan_phase *plan = &run->plan->phases[number];
    struct run_phase *phase = &run->phases[number];
    tracks_close(run, number);
    storm->stop = true;
    bridge_await(run, number);
    span_close(run, phase, number);
    if (plan->end != PHASE_BY_CHILDREN)
        phase->span.activity = has_operations(plan) ? instant_since(phase->span.end, phase->span.start) : (struct duration){0};
    while (storm->live) fiber_sleep(run->env, duration_ms(10));
    base_free(storm->items);
    judge_phase_end(run, number);
    run_event(run, EVENT_PHASE_ENDED, number, instant_since(phase->span.end, phase->span.start).ns / NS_PER_MS, plan->name);
}

static void phase_run(struct run *run, uint32_t number)
{
    const struct plan_phase *plan = &run->plan->phases[number];
    struct run_phase *phase = &run->phases[number];
    struct storm storm;
    phase_begin(run, number, &storm);
    if (plan->end == PHASE_BY_CHILDREN) {
        for (uint32_t i = number + 1; i < run->plan->phases_count && run->plan->phases[i].parent == number && !run_is_interrupted(run); i++) {
            phase_run(run, i);
            phase->span.activity.ns += run->phases[i].span.activity.ns;
        }
        run->phase_now = number;
    } else {
        tracks_open(run, number);
        switch (plan->end) {
        case PHASE_BY_DURATION: wait_duration(run, number); break;
        case PHASE_BY_UNTIL: wait_until_holds(run, number); break;
        case PHASE_BY_COUNT: wait_count(run, number); break;
        case PHASE_BY_CHILDREN: break;
        }
    }
    phase_end(run, number, &storm);
    if (plan->parent == PLAN_NO_PARENT) run->whole.span.activity.ns += phase->span.activity.ns;
}

void phases_run(struct run *run)
{
    for (uint32_t i = 0; i < run->plan->phases_count && !run_is_interrupted(run); i++)
        if (run->plan->phases[i].parent == PLAN_NO_PARENT) phase_run(run, i);
}
