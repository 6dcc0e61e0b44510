#include <stdio.h>

#include "tester/scenario/run_priv.h"

/* One execution on its way: the fiber's own. */
struct execution {
    struct run_track *track;
    struct bot *bot;
    struct instant intended;
    uint64_t number;
    struct str view;
    struct op op;
    struct execution *next, *previous; /* among the track's open ones */
};

static void open_add(struct execution *execution)
{
    struct run_track *track = execution->track;
    execution->next = track->open;
    execution->previous = NULL;
    if (track->open) track->open->previous = execution;
    track->open = execution;
}

static void open_remove(struct execution *execution)
{
    struct run_track *track = execution->track;
    if (execution->previous) execution->previous->next = execution->next;
    else track->open = execution->next;
    if (execution->next) execution->next->previous = execution->previous;
}

void track_count_open(struct run_track *track)
{
    for (const struct execution *execution = track->open; execution; execution = execution->next) tally_open(&track->tally, &execution->op);
}

bool track_did_anything(const struct run_track *track)
{
    const struct track *shared = &track->shared;
    for (uint32_t i = 0; i < shared->claims_count; i++)
        if (shared->claims[i].held + shared->claims[i].broken > 0) return true;
    for (const struct execution *execution = track->open; execution; execution = execution->next)
        if (execution->op.sent.ns != 0) return true;
    return shared->asked > 0 || shared->served > 0;
}

void track_unmark_busy(const struct run_track *track, bool *by_bot)
{
    for (const struct execution *execution = track->open; execution; execution = execution->next)
        if (execution->bot) by_bot[execution->bot->index] = false;
}

/* ---- captures and late parameters ---- */

static void output_take(void *context, struct str name, struct str value)
{
    struct execution *execution = context;
    struct run *run = execution->track->run;
    const struct plan_track *plan = execution->track->plan;
    for (uint32_t i = 0; i < plan->captures_count; i++) {
        if (!str_eq(plan->captures[i].path, name)) continue;
        struct captured *captured = &run->captures[plan->captures[i].slot];
        captured->last = str_dup(&run->arena, value);
        if (execution->bot) captured->by_bot[execution->bot->index] = captured->last;
    }
}

static bool name_value(const struct run *run, const struct execution *execution, struct str name, struct buf *out)
{
    if (str_eq(name, STR("index"))) {
        buf_printf(out, "%u", execution->bot ? execution->bot->index : 0);
        return true;
    }
    if (str_eq(name, STR("bot_id"))) {
        if (execution->bot) buf_put_str(out, execution->bot->identity.id);
        return execution->bot != NULL;
    }
    for (uint32_t i = 0; i < run->plan->captures_count; i++) {
        if (!str_eq(run->plan->captures[i], name)) continue;
        const struct captured *captured = &run->captures[i];
        const struct str own = execution->bot ? captured->by_bot[execution->bot->index] : (struct str){0};
        const struct str value = own.data ? own : captured->last;
        buf_put_str(out, value);
        return value.data != NULL;
    }
    return false;
}

static bool text_expand(const struct run *run, const struct execution *execution, struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        struct str name, rest;
        if (text.data[i] == '$' && i + 1 < text.len && text.data[i + 1] == '{' && str_cut(str_sub(text, i + 2, text.len), '}', &name, &rest)) {
            if (!name_value(run, execution, name, out)) return false;
            i += 2 + name.len;
        } else {
            buf_put_char(out, text.data[i]);
        }
    }
    return true;
}

bool run_text_expand(const struct run *run, struct str text, struct arena *arena, struct str *out)
{
    const struct execution nobody = {0};
    struct buf expanded = {0};
    const bool known = text_expand(run, &nobody, text, &expanded);
    *out = str_dup(arena, buf_str(&expanded));
    buf_done(&expanded);
    return known;
}

/* The parameters of this execution, with captured values in their places. False: a value is missing or does not fit. Not inlined: its frame must not stay on
 * the stack of those who wait. */
__attribute__((noinline)) static bool late_args(const struct execution *execution, struct arena *arena, const struct arg **out, char why[80])
{
    const struct plan_track *plan = execution->track->plan;
    const size_t rows = param_specs_count(plan->behavior->params);
    struct arg *args = arena_copy(arena, plan->args, sizeof(struct arg) * rows);
    for (uint32_t i = 0; i < plan->lates_count; i++) {
        struct buf text = {0};
        struct err err;
        const bool known = text_expand(execution->track->run, execution, plan->lates[i].text, &text);
        const struct str kept = str_dup(arena, buf_str(&text));
        buf_done(&text);
        if (!known) {
            snprintf(why, 80, "no value was captured for %.*s", (int)MIN(plan->lates[i].text.len, (size_t)40), plan->lates[i].text.data);
            return false;
        }
        if (!arg_parse(&plan->behavior->params[plan->lates[i].row], kept, arena, &args[plan->lates[i].row], &err)) {
            snprintf(why, 80, "%.79s", err.text);
            return false;
        }
    }
    *out = args;
    return true;
}

/* ---- one execution ---- */

static void step_skipped(struct act *act, struct op *op)
{
    op->status = OP_SKIPPED;
    op_note(op, act->context);
}

static void ended_count(struct run_track *track, const struct op *op)
{
    struct run *run = track->run;
    const struct tally_rule rule = {track->plan->expect_error, track->plan->behavior->transaction};
    const uint64_t before = track->tally.transactions;
    tally_ended(&track->tally, op, rule);
    if (op->bot < run->plan->bots_count && op->status != OP_SKIPPED && op->status != OP_UNSUPPORTED) {
        const bool ok = op_is_ok(op, rule.expect_error);
        if (run->erred[op->bot] && rule.expect_error == CODE_NONE) {
            track->tally.conduct.recovered += ok;
            track->tally.conduct.not_recovered += !ok;
        }
        run->erred[op->bot] = rule.expect_error != CODE_NONE && ok;
    }
    run->ops_ended++;
    if (op->status != OP_SKIPPED && op->status != OP_UNSUPPORTED && !op_is_ok(op, rule.expect_error)) run->ops_failed++;
    const uint64_t transactions = track->tally.transactions - before;
    if (transactions == 0) return;
    run->transactions += transactions;
    window_add(&run->recent, op->ended, transactions);
}

static void execute(struct execution *execution)
{
    struct run_track *track = execution->track;
    struct run *run = track->run;
    const struct behavior_spec *spec = track->plan->behavior;
    struct act act;
    struct arena arena;
    char why[80];
    arena_init(&arena, 0);
    act_init(&act, &run->crew, &track->shared, execution->bot, execution->intended, execution->number);
    act.view = execution->view;
    tally_started(&track->tally);
    open_add(execution);
    if (execution->bot) run->bot_phase[execution->bot->index] = track->phase + 1;
    if (track->plan->lates_count > 0 && !late_args(execution, &arena, &act.args, why)) {
        act.context = why;
        act_run(&act, step_skipped, &execution->op);
    } else {
        act.output = track->plan->captures_count > 0 ? output_take : NULL;
        act.context = execution;
        behavior_run(spec, &act, &execution->op);
    }
    arena_done(&arena);
    open_remove(execution);
    ended_count(track, &execution->op);
}

static void execution_run(void *arg)
{
    struct execution *execution = arg;
    execute(execution);
    execution->track->live--;
    base_free(execution);
}

/* ---- whom it talks to ---- */

/* partition_a: its bots are dealt in turn over the members that run. */
static struct str view_of(const struct run_track *track, uint32_t place)
{
    const struct run *run = track->run;
    if (track->plan->target == TRACK_VIEW) return track->plan->view;
    if (track->plan->target == TRACK_GATEWAY) return (struct str){0};
    uint16_t members[ACTION_TARGETS_MAX];
    const uint32_t count = weather_group_members(run->weather, track->plan->partition, members, ACTION_TARGETS_MAX);
    return count > 0 ? run->view_names[members[place % count]] : (struct str){0};
}

static struct bot *bot_at(const struct run_track *track, uint32_t place)
{
    return track->plan->bots_count > 0 ? track->run->bots[track->plan->bots[place]] : NULL;
}

/* ---- generators ---- */

/* Open loop: executions begin when the schedule says, however the network does; each has its own fiber. */
static void paced_run(void *arg)
{
    struct run_track *track = arg;
    struct run *run = track->run;
    struct pacer pacer;
    uint32_t place;
    struct instant at;
    pacer_init(&pacer, &track->schedule, &track->shared.rng);
    while (!track->closed && !run->stopping && pacer_next(&pacer, &place, &at)) {
        if (instant_before(env_now(run->env), at)) {
            fiber_sleep_until(run->env, at);
            if (track->closed || run->stopping) break;
        }
        if (track->plan->hold > 0 && !hold_allows(track)) {
            track->pace.withheld++;
            continue;
        }
        struct execution *execution = base_alloc(sizeof(*execution));
        *execution = (struct execution){.track = track, .bot = bot_at(track, place), .intended = at, .number = track->number++, .view = view_of(track, place)};
        track->live++;
        (void)fiber_spawn(run->env, execution_run, execution);
    }
    pacer_done(&pacer);
    track->live--;
}

struct loop {
    struct run_track *track;
    uint32_t place;
};

/* No rate: one execution after the other, `count` of them or one. */
static void loop_run(void *arg)
{
    struct loop *loop = arg;
    struct run_track *track = loop->track;
    struct run *run = track->run;
    const uint64_t count = track->plan->count > 0 ? track->plan->count : 1;
    for (uint64_t i = 0; i < count && !track->closed && !run->stopping; i++) {
        struct execution execution = {.track = track, .bot = bot_at(track, loop->place), .intended = env_now(run->env), .number = track->number++,
                                      .view = view_of(track, loop->place)};
        execute(&execution);
    }
    track->live--;
    base_free(loop);
}

/* ---- a track's life ---- */

void track_prepare(struct run *run, uint32_t phase, uint32_t track)
{
    const struct plan_track *plan = &run->plan->phases[phase].tracks[track];
    const uint32_t number = plan_track_number(run->plan, phase, track);
    struct run_track *out = &run->tracks[number];
    *out = (struct run_track){.run = run, .plan = plan, .phase = phase};
    out->shared = (struct track){.number = number, .params = plan->behavior->params, .context = plan->behavior->context, .args = plan->args, .bots = plan->bots,
                                 .bots_count = plan->bots_count, .rng = env_rng(run->env, STR("track"), number),
                                 .standing = !plan->paced && plan->count == 0};
    tally_init(&out->tally, env_now(run->env));
}

static void generators_spawn(struct run_track *track)
{
    const struct plan_track *plan = track->plan;
    struct run *run = track->run;
    if (plan->behavior->step == NULL) return; /* carried out by the runner itself */
    if (plan->paced) {
        track->schedule = plan->schedule;
        track->schedule.start = track->start;
        track->schedule.length = instant_since(track->end, track->start);
        track->schedule.bots = MAX(plan->bots_count, 1);
        track->schedule.count_max = plan->count;
        if (plan->hold > 0) {
            track->schedule.rate = rate_scale(track->schedule.rate, HOLD_HURRY, 1);
            track->schedule.rate_end = rate_scale(track->schedule.rate_end, HOLD_HURRY, 1);
            hold_begin(track);
        } else {
            track->tally.intended = schedule_intended(&track->schedule, &track->shared.rng, track->start, track->end);
        }
        track->live++;
        (void)fiber_spawn(run->env, paced_run, track);
        return;
    }
    for (uint32_t i = 0; i < MAX(plan->bots_count, 1); i++) {
        struct loop *loop = base_alloc(sizeof(*loop));
        *loop = (struct loop){track, i};
        track->live++;
        (void)fiber_spawn(run->env, loop_run, loop);
    }
}

static void delayed_run(void *arg)
{
    struct run_track *track = arg;
    fiber_sleep_until(track->run->env, track->start);
    if (!track->closed && !track->run->stopping) generators_spawn(track);
    track->live--;
}

void track_begin(struct run_track *track, struct instant start, struct instant end)
{
    track->start = instant_add(start, track->plan->delay);
    track->end = end;
    track->began = true;
    window_done(&track->tally.seconds);
    window_init(&track->tally.seconds, start);
    track->tally.start = start;
    track->tally.end = end;
    track->tally.middle = (struct instant){start.ns + instant_since(end, start).ns / 2};
    if (track->plan->delay.ns == 0) {
        generators_spawn(track);
        return;
    }
    track->live++;
    (void)fiber_spawn(track->run->env, delayed_run, track);
}

bool track_is_done(const struct run_track *track)
{
    return track->live == 0;
}
