#include "tester/scenario/run.h"

#include <inttypes.h>
#include <stdio.h>

#include "tester/bot/canary.h"
#include "tester/bot/shieldtape.h"
#include "tester/scenario/run_priv.h"

#define ANSWER_TIMEOUT_S 120u /* how long the target may take to answer at all */
#define DRAIN_S 30u
#define LEAVE_S 120u          /* how long bots may take to notice that the run is over */
#define INTERRUPT_EVERY_MS 200u

/* ---- events ---- */

static void event_add(struct run *run, struct event event, struct str text)
{
    event.at = env_now(run->env);
    recorder_add_text(run->recorder, &event, text);
}

void run_event(struct run *run, enum event_kind kind, uint64_t subject, uint64_t value, struct str text)
{
    event_add(run, (struct event){.kind = (uint16_t)kind, .subject = subject, .value = value, .bot = EVENT_NO_BOT, .phase = (uint16_t)run->phase_now,
                                  .track = EVENT_NO_ID, .role = EVENT_NO_ID, .behavior = EVENT_NO_ID}, text);
}

/* What bots tell: complete but for phase, role and behaviour. */
static void bot_told(void *context, const struct event *event, struct str text)
{
    struct run *run = context;
    struct event full = *event;
    full.phase = full.track < run->plan->tracks_count ? (uint16_t)run->tracks[full.track].phase : EVENT_NO_ID;
    full.behavior = full.track < run->plan->tracks_count ? full.track : EVENT_NO_ID; /* one behaviour a track */
    full.role = full.bot < run->plan->bots_count ? (uint16_t)run->plan->bots[full.bot].group : EVENT_NO_ID;
    if (text.len > 0) recorder_add_text(run->recorder, &full, text);
    else recorder_add(run->recorder, &full);
}

static void invariant_told(void *context, const struct violation *violation)
{
    struct run *run = context;
    char text[200];
    const int len = snprintf(text, sizeof(text), "INV-%02u %.150s", violation->invariant, violation->text);
    run_event(run, EVENT_INVARIANT_VIOLATED, violation->invariant, violation->height, (struct str){text, (size_t)MIN(len, (int)sizeof(text) - 1)});
}

static void deed_told(void *context, const struct deed *deed)
{
    struct run *run = context;
    char text[EVIDENCE_BYTES + 64];
    const int len = snprintf(text, sizeof(text), "%s: %s", deed->action->spec->name, deed->evidence);
    run_event(run, deed->state == DEED_PROVEN ? EVENT_CHAOS_PROVEN : deed->state == DEED_UNSUPPORTED ? EVENT_CAPABILITY_MISSING : EVENT_CHAOS_UNPROVEN, 0,
              0, (struct str){text, (size_t)MIN(len, (int)sizeof(text) - 1)});
}

void run_find(struct run *run, struct finding finding)
{
    char text[220];
    const int len = snprintf(text, sizeof(text), "%s %.*s: %.*s, expected %.*s", judgement_text(finding.judgement), (int)finding.name.len, finding.name.data,
                             (int)finding.actual.len, finding.actual.data, (int)finding.expected.len, finding.expected.data);
    vec_push(&run->findings, finding);
    run_event(run, finding.kind == FINDING_THRESHOLD ? EVENT_THRESHOLD_JUDGED : EVENT_ASSERTION_JUDGED, (uint64_t)finding.judgement, finding.samples,
              (struct str){text, (size_t)MIN(len, (int)sizeof(text) - 1)});
}

/* ---- interruption ---- */

bool run_is_interrupted(struct run *run)
{
    if (!run->interrupted && run->target.interrupted && *run->target.interrupted) {
        run->interrupted = true;
        run_event(run, EVENT_INTERRUPTED, 0, 0, STR("finishing early"));
    }
    return run->interrupted;
}

void run_wait_until(struct run *run, struct instant at)
{
    while (!run_is_interrupted(run) && instant_before(env_now(run->env), at)) {
        const struct instant next = instant_add(env_now(run->env), duration_ms(INTERRUPT_EVERY_MS));
        fiber_sleep_until(run->env, instant_before(next, at) ? next : at);
    }
}

/* ---- before the first phase ---- */

static size_t moneys_of(const struct plan *plan, uint32_t bot, struct money out[4])
{
    const struct plan_group *group = &plan->groups[plan->bots[bot].group];
    const struct money all[4] = {{TOKEN_AX, {group->wallet_ax}}, {TOKEN_DX, {group->wallet_dx}}, {TOKEN_SAX, {group->wallet_sax}}, {TOKEN_USD, {group->wallet_usd}}};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (all[i].amount.units > 0) out[count++] = all[i];
    return count;
}

struct run_grant *run_grants(const struct plan *plan, struct sign_suite suite, size_t *out_count)
{
    struct run_grant *grants = base_alloc(sizeof(struct run_grant) * (4 * (size_t)plan->bots_count + 1));
    size_t count = 0;
    for (uint32_t i = 0; i < plan->bots_count; i++) {
        struct money moneys[4];
        const size_t owned = moneys_of(plan, i, moneys);
        if (owned == 0) continue;
        const struct address address = plan_bot_address(plan, i, plan->seed, suite);
        for (size_t k = 0; k < owned; k++) grants[count++] = (struct run_grant){address, moneys[k], i};
    }
    *out_count = count;
    return grants;
}

static bool bot_make(struct run *run, uint32_t i, struct err *err)
{
    const struct plan_group *group = &run->plan->groups[run->plan->bots[i].group];
    const uint32_t seat = plan_seat(run->plan, i);
    struct bot_idle idle = bot_new(&run->crew, run->plan->seed, run->plan->bots[i].id, i);
    struct bot_funded funded;
    struct money moneys[8];
    run->bots[i] = idle.bot;
    run->bots[i]->role = role_index(group->role);
    run->bots[i]->variant = role_variant_index(group->role, group->variant);
    run->bots[i]->proves_for_others = strcmp(group->role->name, "prover") == 0;
    run->bots[i]->misses_turns = plan_misses_turns(group);
    if (seat > 0) bot_seat_take(&idle, run->network_rng, seat);
    size_t owned = moneys_of(run->plan, i, moneys);
    if (!run->target.funded_by_genesis) owned += standings_cost(run, i, moneys + owned);
    /* A validator has more than the plan gave it: its node pays for evidence from the same account. */
    if (run->target.funded_by_genesis && seat == 0) funded = bot_fund_genesis(&idle, moneys, owned);
    else if (!bot_fund(&idle, moneys, owned, instant_add(env_now(run->env), duration_s(ANSWER_TIMEOUT_S)), &funded, err))
        return err_wrap(err, "bot " STR_FMT, STR_ARG(run->plan->bots[i].id));
    run->running[i] = bot_start(&funded);
    return true;
}

static bool bots_make(struct run *run, struct err *err)
{
    if (!seats_learn(run, err)) return false;
    for (uint32_t i = 0; i < run->plan->bots_count; i++)
        if (!bot_make(run, i, err)) return false;
    if (!seats_check(run, err)) return false;
    return run->target.funded_by_genesis || standings_take(run, err);
}

static bool network_learn(struct run *run, struct err *err)
{
    const struct instant deadline = instant_add(env_now(run->env), duration_s(ANSWER_TIMEOUT_S));
    if (!crew_learn(&run->crew, deadline, err)) return false;
    struct answer answer;
    const struct node_info *info = alpha_node_info(&run->target.alpha, deadline, &answer);
    if (info) run->node = (struct node_params){duration_ms(info->block_interval_ms), info->mempool_capacity, info->min_governor_deposit};
    const bool same = info && hash_eq(&info->genesis_hash, &run->target.genesis.hash);
    const bool ok = info != NULL;
    answer_done(&answer);
    if (!ok) return err_set(err, ERR_UNAVAILABLE, "the target does not tell what it is");
    if (!same) return err_set(err, ERR_CONFLICT, "the target has another genesis than the one it was given");
    if (run->target.admin && !admin_discover(run->target.admin, deadline, &run->capabilities, err)) return false;
    return true;
}

static bool weather_stopped(void *context) { return run_is_interrupted(context); }

static void rooms_make(struct run *run)
{
    judge_init(&run->judge, &run->target.genesis, run->target.verifier);
    run->crew.trust[0] = trust_new(&run->target.genesis, run->target.verifier); /* of the bots' own: the judge's is nobody else's */
    if (crew_has(&run->crew, CHAIN_DELTA)) run->crew.trust[1] = trust_new(&run->target.genesis_delta, run->target.verifier);
    run->judge.violated = invariant_told;
    run->judge.context = run;
    const struct observer_config watch = {run->env, run->target.alpha, run->target.validators, run->node.interval, run->node.pool_capacity,
                                          run->target.delta, run->target.genesis_delta, run->target.verifier};
    run->observer = observer_new(&watch, &run->judge);
    lanes_watch(run);
    const struct weather_config sky = {.env = run->env, .alpha = run->target.alpha, .delta = run->target.delta, .admin = run->target.admin,
                                       .capabilities = run->capabilities, .validators = run->target.validators, .interval = run->node.interval,
                                       .virtual_time = run->target.virtual_time, .own_network = run->target.own_network, .stopped = weather_stopped,
                                       .context = run};
    run->weather = weather_new(&sky);
    weather_on_deed(run->weather, deed_told, run);
    run->chronicle.invariants = run->judge.state;
    run->chronicle.validators = run->target.validators;
    run->chronicle.interval = run->node.interval;
}

/* Before the first phase; each with its proof, as any action. */
static void weaknesses_plant(struct run *run)
{
    const struct plan_network *network = &run->plan->network;
    for (uint32_t i = 0; i < network->vulnerabilities_count; i++) action_do(run, PLAN_NO_PARENT, &network->vulnerabilities[i]);
}

static bool begin(struct run *run, struct err *err)
{
    if (!network_learn(run, err)) return err_wrap(err, "target");
    rooms_make(run);
    run->begun = true;
    if (!bots_make(run, err)) return err_wrap(err, "funding");
    for (uint32_t p = 0; p < run->plan->phases_count; p++)
        for (uint32_t t = 0; t < run->plan->phases[p].tracks_count; t++) track_prepare(run, p, t);
    observer_start(run->observer);
    leak_listen(run);
    sampler_start(run);
    weaknesses_plant(run);
    return true;
}

/* ---- after the last phase ---- */

static uint64_t live_count(const struct run *run)
{
    uint64_t live = 0;
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) live += run->tracks[i].live;
    return live;
}

static void drain(struct run *run)
{
    const struct instant start = env_now(run->env), deadline = instant_add(start, duration_s(DRAIN_S));
    const uint64_t transactions = run->transactions;
    run->whole.span.drain_pending = run_pending(run);
    while (live_count(run) > 0 && !run_is_interrupted(run) && instant_before(env_now(run->env), deadline))
        fiber_sleep(run->env, duration_ms(50));
    run->whole.span.drain = instant_since(env_now(run->env), start);
    run->whole.span.drain_transactions = run->transactions - transactions;
}

static void leave(struct run *run)
{
    run->stopping = true;
    const struct instant deadline = instant_add(env_now(run->env), duration_s(LEAVE_S));
    while (live_count(run) + run->crew.helpers > 0 && instant_before(env_now(run->env), deadline)) fiber_sleep(run->env, duration_ms(100));
}

static void steady_run(void *arg)
{
    struct run *run = arg;
    run_wait_until(run, instant_add(run->began, (struct duration){10 * run->node.interval.ns}));
    if (run->whole.open && !run_is_interrupted(run)) span_steady(run, &run->whole, PLAN_NO_PARENT);
}

static void finish(struct run *run)
{
    span_close(run, &run->whole, PLAN_NO_PARENT);
    drain(run);
    if (!run->interrupted) postconditions_read(run);
    const uint64_t stuck = run_pending(run);
    weather_close(run->weather);
    sampler_stop(run);
    if (!observer_finish(run->observer, instant_add(env_now(run->env), duration_s(60))))
        run_event(run, EVENT_ERROR, stuck, 0, STR("not every final block could be read"));
    leak_read(run);
    judge_operations(run);
    leave(run);
    seats_wait(run);
}

static void fault_tell(struct run *run, const struct err *err)
{
    snprintf(run->fault, sizeof(run->fault), "%s", err->text);
    run_event(run, EVENT_ERROR, 0, 0, str_of(run->fault));
    run_find(run, (struct finding){.kind = FINDING_RUN, .name = STR("begin"), .judgement = JUDGED_INVALID, .expected = STR("a target that is ready"),
                                   .actual = STR("it is not"), .note = str_of(run->fault), .samples = 1});
}

static void run_main(void *arg)
{
    struct run *run = arg;
    struct err err;
    run->began = env_now(run->env);
    run_event(run, EVENT_RUN_STARTED, run->plan->seed, 0, run->plan->name);
    if (begin(run, &err)) {
        run->began = env_now(run->env);
        window_init(&run->recent, run->began);
        gauges_prepare(run);
        span_open(run, &run->whole, PLAN_NO_PARENT, (struct str){0});
        if (plan_asks_check(run->plan, PLAN_NO_PARENT, CHECK_FINALISING) || plan_asks_check(run->plan, PLAN_NO_PARENT, CHECK_HALTED))
            (void)fiber_spawn(run->env, steady_run, run);
        phases_run(run);
        finish(run);
    } else {
        fault_tell(run, &err);
    }
    outcome_fill(run);
    run_event(run, EVENT_RUN_ENDED, (uint64_t)run->outcome.exit_code, run->outcome.operations, run->outcome.reason);
    run->over = true;
}

/* ---- the door ---- */

static struct duration planned_of(const struct plan *plan)
{
    struct duration sum = {0};
    for (uint32_t i = 0; i < plan->phases_count; i++) {
        const struct plan_phase *phase = &plan->phases[i];
        sum.ns += phase->delay.ns;
        if (phase->end == PHASE_BY_DURATION) sum.ns += phase->duration.ns;
        else if (phase->end != PHASE_BY_CHILDREN) sum.ns += phase->timeout.ns;
    }
    return sum;
}

struct run *run_new(const struct plan *plan, const struct target *target)
{
    struct run *run = base_alloc(sizeof(*run));
    run->plan = plan;
    run->target = *target;
    run->env = target->env;
    arena_init(&run->arena, 64 * 1024);
    run->bots = base_alloc(sizeof(struct bot *) * (plan->bots_count + 1));
    run->drivers = base_alloc(sizeof(uint32_t) * (plan->bots_count + 1));
    run->running = base_alloc(sizeof(struct bot_running) * (plan->bots_count + 1));
    run->erred = base_alloc(plan->bots_count + 1);
    run->bot_phase = base_alloc(sizeof(uint32_t) * (plan->bots_count + 1));
    run->tracks = base_alloc(sizeof(struct run_track) * (plan->tracks_count + 1));
    run->phases = base_alloc(sizeof(struct run_phase) * (plan->phases_count + 1));
    run->captures = base_alloc(sizeof(struct captured) * (plan->captures_count + 1));
    for (uint32_t i = 0; i < plan->captures_count; i++) run->captures[i].by_bot = arena_array(&run->arena, struct str, plan->bots_count + 1);
    run->view_names = base_alloc(sizeof(struct str) * (target->validators + 1));
    for (uint32_t i = 1; i <= target->validators; i++) run->view_names[i] = str_fmt(&run->arena, "v%u", i);
    run->recorder = recorder_new(0);
    run->crew = (struct crew){.env = target->env, .alpha = target->alpha, .delta = target->delta, .admin = target->admin, .adnet = target->adnet, .suite = target->suite,
                              .shield = target->shield, .prove = target->prove,
                              .domain = domain_of(CHAIN_ALPHA, target->alpha.network), .bus = bus_new(target->env), .bots = run->bots,
                              .bots_count = plan->bots_count, .stopping = &run->stopping, .event = bot_told, .context = run};
    static const struct invariant_state nothing[INVARIANTS + 1];
    run->chronicle.invariants = nothing;
    run->chronicle.leak = &run->leak;
    return run;
}

void run_free(struct run *run)
{
    if (!run) return;
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) tally_done(&run->tracks[i].tally);
    for (uint32_t i = 0; i < run->plan->phases_count; i++) span_done(&run->phases[i].span);
    span_done(&run->whole.span);
    window_done(&run->recent);
    for (uint32_t i = 0; i < run->plan->bots_count; i++)
        if (run->bots[i]) bot_free(run->bots[i]);
    observer_free(run->observer);
    lanes_done(run);
    weather_free(run->weather);
    if (run->begun) judge_done(&run->judge);
    shield_commons_free(&run->crew);
    leak_free(run);
    canaries_free(&run->crew);
    bus_free(run->crew.bus);
    for (size_t i = 0; i < ARRAY_LEN(run->crew.trust); i++)
        if (run->crew.trust[i]) trust_free(run->crew.trust[i]);
    recorder_free(run->recorder);
    vec_done(&run->findings);
    vec_done(&run->deed_phases);
    vec_done(&run->chronicle.finals);
    vec_done(&run->chronicle.outages);
    vec_done(&run->chronicle.convergences);
    base_free(run->bots);
    base_free(run->running);
    base_free(run->drivers);
    base_free(run->erred);
    base_free(run->bot_phase);
    for (uint32_t i = 0; i < run->plan->phases_count; i++) base_free(run->phases[i].accounts);
    base_free(run->whole.accounts);
    base_free(run->tracks);
    base_free(run->phases);
    base_free(run->captures);
    base_free(run->view_names);
    arena_done(&run->arena);
    base_free(run);
}

void run_start(struct run *run)
{
    (void)fiber_spawn(run->env, run_main, run);
}

const volatile bool *run_over(const struct run *run) { return &run->over; }

const struct outcome *run_outcome(const struct run *run)
{
    ASSERT(run->over);
    return &run->outcome;
}

struct run_progress run_progress(const struct run *run)
{
    struct run_progress out = {.planned = planned_of(run->plan)};
    uint32_t top = 0;
    for (uint32_t i = 0; i < run->plan->phases_count; i++) {
        if (run->plan->phases[i].parent != PLAN_NO_PARENT) continue;
        out.phases_count++;
        if (i <= run->phase_now) top = out.phases_count;
    }
    out.phase_number = top;
    out.phase = run->plan->phases_count > 0 ? run->plan->phases[run->phase_now].name : (struct str){0};
    out.elapsed = instant_since(env_now(run->env), run->began);
    out.operations = run->ops_ended;
    out.errors = run->ops_failed;
    out.transactions = run->transactions;
    if (!run->begun) return out;
    out.pending = run_pending(run);
    out.final_height = observer_final(run->observer, NULL);
    for (unsigned i = 1; i <= INVARIANTS; i++) out.violations += run->judge.state[i].violations;
    uint64_t seconds;
    out.tps = window_recent(&run->recent, env_now(run->env), 1, &seconds);
    return out;
}
