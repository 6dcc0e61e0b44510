#include "tester/scenario/run_priv.h"

#define SAMPLE_EVERY_MS 250u
#define SETTLE_BLOCKS 10u
#define BOOKS_EVERY 8u /* samples */

uint64_t run_pending(const struct run *run)
{
    uint64_t pending = 0;
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) pending += run->tracks[i].shared.pending;
    return pending;
}

/* What came to pools that had to decide on it: what they took, and what they had no room for. */
static uint64_t run_submitted(const struct run *run)
{
    uint64_t submitted = 0;
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) submitted += run->tracks[i].shared.submitted + run->tracks[i].shared.full;
    return submitted;
}

static uint64_t run_refused_worth(const struct run *run)
{
    uint64_t refused = 0;
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) refused += run->tracks[i].shared.full_worth;
    return refused;
}

/* ---- what the plan asks for ---- */

static bool criteria_ask(const struct criteria *criteria, bool check, unsigned id)
{
    for (uint32_t i = 0; i < criteria->count; i++)
        if (criteria->items[i].is_check == check && (check ? (unsigned)criteria->items[i].check : (unsigned)criteria->items[i].metric) == id) return true;
    return false;
}

static bool asks(const struct plan *plan, uint32_t phase, bool check, unsigned id)
{
    if (phase == PLAN_NO_PARENT) {
        for (uint32_t i = 0; !check && i < plan->metrics_count; i++)
            if ((unsigned)plan->metrics[i] == id) return true;
        return criteria_ask(&plan->criteria, check, id);
    }
    const struct plan_phase *p = &plan->phases[phase];
    for (uint32_t i = 0; !check && i < p->metrics_count; i++)
        if ((unsigned)p->metrics[i] == id) return true;
    if (criteria_ask(&p->assertions, check, id) || criteria_ask(&p->until.criteria, check, id)) return true;
    for (uint32_t t = 0; t < p->tracks_count; t++) {
        if (check && verifier_asks(p->tracks[t].behavior, (enum check_id)id)) return true;
        if (criteria_ask(&p->tracks[t].assertions, check, id)) return true;
        for (uint32_t i = 0; !check && i < p->tracks[t].metrics_count; i++)
            if ((unsigned)p->tracks[t].metrics[i] == id) return true;
    }
    return false;
}

bool plan_asks_metric(const struct plan *plan, uint32_t phase, enum metric_id metric) { return asks(plan, phase, false, metric); }
bool plan_asks_check(const struct plan *plan, uint32_t phase, enum check_id check) { return asks(plan, phase, true, check); }

static bool plan_asks_metric_anywhere(const struct plan *plan, enum metric_id metric)
{
    for (uint32_t i = 0; i < plan->phases_count; i++)
        if (plan_asks_metric(plan, i, metric)) return true;
    return plan_asks_metric(plan, PLAN_NO_PARENT, metric);
}

/* ---- quorum and convergence ---- */

void quorum_note(struct run *run)
{
    struct chronicle *chronicle = &run->chronicle;
    struct instant since;
    const bool quorum = weather_quorum(run->weather, &since);
    const bool in_outage = chronicle->outages.count > 0 && vec_last(&chronicle->outages).regained.ns == 0;
    if (!quorum && !in_outage) {
        const struct outage outage = {.lost = since};
        vec_push(&chronicle->outages, outage);
    } else if (quorum && in_outage) {
        vec_last(&chronicle->outages).regained = since;
    }
}

static void final_grew(void *context, uint32_t height, struct instant at)
{
    struct run *run = context;
    struct chronicle *chronicle = &run->chronicle;
    quorum_note(run);
    const uint32_t down = weather_down(run->weather);
    const struct instant crashed = weather_crashed_at(run->weather);
    const struct final_growth growth = {height, at, down, crashed.ns != 0 && instant_since(at, crashed).ns <= 3 * run->node.interval.ns};
    vec_push(&chronicle->finals, growth);
    for (size_t i = 0; i < chronicle->outages.count; i++) {
        struct outage *outage = &chronicle->outages.data[i];
        if (outage->regained.ns == 0 || outage->resumed.ns != 0 || at.ns < outage->regained.ns) continue;
        outage->resumed = at;
        outage->up = run->target.validators - down;
    }
}

static struct accord compare_read(struct run *run)
{
    struct accord out = {.read = true, .agreed = observer_compare_all(run->observer)};
    uint32_t low = UINT32_MAX, high = 0;
    for (uint32_t i = 1; i <= run->target.validators; i++) {
        const struct view_state *view = observer_view(run->observer, i);
        if (!view->answers) continue;
        out.views++;
        low = MIN(low, view->final_height);
        high = MAX(high, view->final_height);
    }
    out.height_spread = out.views > 0 ? high - low : 0;
    return out;
}

static void convergence_look(struct run *run)
{
    struct chronicle *chronicle = &run->chronicle;
    const struct instant undone = weather_undone_at(run->weather);
    if (undone.ns == 0) return;
    if (chronicle->convergences.count == 0 || vec_last(&chronicle->convergences).undone.ns != undone.ns) {
        const struct convergence fresh = {.undone = undone};
        vec_push(&chronicle->convergences, fresh);
    }
    if (vec_last(&chronicle->convergences).converged.ns != 0) return;
    const struct accord look = compare_read(run);
    struct convergence *now = &vec_last(&chronicle->convergences);
    if (now->undone.ns == undone.ns && accord_holds(&look)) now->converged = env_now(run->env);
}

/* ---- the sampler: what must be looked at now and then ---- */

static void alive_look(struct run *run)
{
    const struct instant crashed = weather_crashed_at(run->weather);
    const struct instant now = env_now(run->env);
    for (uint32_t i = 1; i <= run->target.validators; i++) {
        const struct view_state *view = observer_view(run->observer, i);
        if (!view->asked || instant_since(now, view->at).ns > 2 * SAMPLE_EVERY_MS * NS_PER_MS) continue;
        run->alive_samples++;
        const bool lately = crashed.ns != 0 && view->at.ns < crashed.ns + 5 * NS_PER_S;
        const struct instant undone = weather_undone_at(run->weather);
        const bool returning = undone.ns != 0 && view->at.ns < undone.ns + 10 * NS_PER_S;
        if (!view->answers && weather_is_up(run->weather, i) && !lately && !returning) run->silent_unasked++;
    }
}

static void pool_look(struct run *run, struct run_phase *phase)
{
    if (!phase->open) return;
    const struct pool_reading *pool = observer_pool(run->observer);
    struct span *span = &phase->span;
    if (pool->samples == 0) return;
    span->pool_samples++;
    span->pool_size = pool->size;
    span->pool_peak = MAX(span->pool_peak, pool->size);
    span->evictions = pool->evicted - MIN(phase->evicted_start, pool->evicted);
    span->rejections = pool->rejected - MIN(phase->rejected_start, pool->rejected);
    span->oldest = duration_ms(pool->oldest_ms);
}

static bool asks_books(const struct run *run, uint32_t phase)
{
    return plan_asks_metric(run->plan, phase, METRIC_BOOK_ORDERS) || plan_asks_metric(run->plan, phase, METRIC_BOOK_LEVELS) ||
           plan_asks_metric(run->plan, phase, METRIC_SPREAD_BPS);
}

/* For each phase that asks for them, and the run. */
static void books_look(struct run *run)
{
    const uint32_t count = run->plan->phases_count;
    struct books books = {0};
    bool asked = asks_books(run, PLAN_NO_PARENT);
    for (uint32_t i = 0; i < count; i++) asked = asked || (run->phases[i].open && asks_books(run, i));
    if (asked) books_read(run, &books);
    for (uint32_t i = 0; i <= count && books.readings > 0; i++) {
        struct run_phase *phase = i < count ? &run->phases[i] : &run->whole;
        struct books *into = &phase->span.books;
        if (phase->open)
            *into = (struct books){into->readings + 1, books.orders, books.levels, into->spreads + books.spreads, into->spread_bps_sum + books.spread_bps_sum};
    }
}

static void sampler_run(void *arg)
{
    struct run *run = arg;
    const bool converging = plan_asks_metric_anywhere(run->plan, METRIC_TIME_TO_CONVERGE);
    for (uint64_t round = 0; run->sampling; round++) {
        quorum_note(run);
        for (uint32_t i = 0; i < run->plan->phases_count; i++) pool_look(run, &run->phases[i]);
        pool_look(run, &run->whole);
        alive_look(run);
        breaker_look(run);
        if (converging && round % 2 == 0) convergence_look(run);
        if (round % BOOKS_EVERY == 0) books_look(run);
        fiber_sleep(run->env, duration_ms(SAMPLE_EVERY_MS));
    }
    run->sampler_live = false;
}

void sampler_start(struct run *run)
{
    observer_on_final(run->observer, final_grew, run);
    run->sampling = run->sampler_live = true;
    (void)fiber_spawn(run->env, sampler_run, run);
}

void sampler_stop(struct run *run)
{
    run->sampling = false;
    while (run->sampler_live) fiber_sleep(run->env, duration_ms(20));
}

/* ---- spans ---- */

void span_open(struct run *run, struct run_phase *phase, uint32_t plan_phase, struct str scope)
{
    gauges_take(run, plan_phase, &phase->span.opening);
    accounts_take(run, plan_phase, phase);
    lanes_open(run, plan_phase, phase);
    const struct pool_reading *pool = observer_pool(run->observer);
    phase->span.scope = scope;
    phase->span.start = phase->span.end = phase->start = env_now(run->env);
    phase->open = true;
    phase->inbound_start = run_submitted(run);
    phase->worth_start = run_refused_worth(run);
    phase->evicted_start = pool->evicted;
    phase->rejected_start = pool->rejected;
    tally_init(&phase->span.tally, phase->span.start);
}

/* The view the bots talk to: the gateway, or the farthest of those a track is pointed at. */
static uint32_t focus_read(const struct run *run, uint32_t plan_phase, const uint32_t *views)
{
    uint32_t focus = SPAN_NO_ANSWER;
    const struct plan_phase *plan = plan_phase == PLAN_NO_PARENT ? NULL : &run->plan->phases[plan_phase];
    for (uint32_t t = 0; plan && t < plan->tracks_count; t++) {
        const struct plan_track *track = &plan->tracks[t];
        uint16_t members[ACTION_TARGETS_MAX];
        uint32_t count = 0;
        if (track->target == TRACK_PARTITION) count = weather_group_members(run->weather, track->partition, members, ACTION_TARGETS_MAX);
        uint64_t number;
        if (track->target == TRACK_VIEW && str_to_u64(str_sub(track->view, 1, track->view.len), &number)) {
            members[0] = (uint16_t)number;
            count = 1;
        }
        for (uint32_t i = 0; i < count; i++)
            if (views[members[i]] != SPAN_NO_ANSWER) focus = focus == SPAN_NO_ANSWER ? views[members[i]] : MAX(focus, views[members[i]]);
    }
    if (focus != SPAN_NO_ANSWER) return focus;
    return observer_final(run->observer, NULL);
}

static void heights_read(struct run *run, uint32_t plan_phase, struct heights *out)
{
    observer_ask_all(run->observer);
    if (!out->views) out->views = base_alloc(sizeof(uint32_t) * (run->target.validators + 1));
    for (uint32_t i = 1; i <= run->target.validators; i++) {
        const struct view_state *view = observer_view(run->observer, i);
        out->views[i] = view->answers ? view->final_height : SPAN_NO_ANSWER;
    }
    out->focus = focus_read(run, plan_phase, out->views);
    out->at = env_now(run->env);
    out->read = true;
}

void span_steady(struct run *run, struct run_phase *phase, uint32_t plan_phase)
{
    heights_read(run, plan_phase, &phase->span.steady);
}

static void evidence_read(struct run *run, struct span *span)
{
    struct answer answer;
    const struct page *page =
        alpha_evidence(&run->target.alpha, 500, (struct str){0}, instant_add(env_now(run->env), duration_s(10)), &answer);
    span->evidence_read = page != NULL;
    if (page) span->evidence = page->count;
    answer_done(&answer);
}

static bool is_honest(const struct run *run, const struct address *validator)
{
    for (uint32_t i = 0; i < run->plan->bots_count; i++)
        if (run->bots[i]->misses_turns && address_eq(&run->bots[i]->identity.address, validator)) return false;
    return true;
}

static void slashed_read(struct run *run, struct span *span)
{
    struct answer answer;
    const struct page *page =
        alpha_validators(&run->target.alpha, 500, (struct str){0}, instant_add(env_now(run->env), duration_s(10)), &answer);
    const struct validator_view *items = page ? page->items : NULL;
    span->slashed_read = page != NULL;
    for (uint32_t i = 0; page && i < page->count; i++) {
        if (!is_honest(run, &items[i].address)) continue;
        span->validators_read++;
        span->slashed += !amount_is_zero(items[i].slashed);
    }
    answer_done(&answer);
}

void span_close(struct run *run, struct run_phase *phase, uint32_t plan_phase)
{
    struct span *span = &phase->span;
    span->end = env_now(run->env);
    span->pending = run_pending(run);
    span->inbound = run_submitted(run) - phase->inbound_start;
    span->lanes_refused = run_refused_worth(run) - phase->worth_start;
    pool_look(run, phase);
    phase->open = false;
    heights_read(run, plan_phase, &span->last);
    span->down = weather_down(run->weather);
    span->silent_unasked = run->silent_unasked;
    span->alive_samples = run->alive_samples;
    if (plan_asks_check(run->plan, plan_phase, CHECK_CONVERGED)) span->compared = compare_read(run);
    if (plan_asks_check(run->plan, plan_phase, CHECK_EVIDENCE_RECORDED) || plan_asks_metric(run->plan, plan_phase, METRIC_EVIDENCE_COUNT))
        evidence_read(run, span);
    if (plan_asks_check(run->plan, plan_phase, CHECK_HONEST_UNSLASHED)) slashed_read(run, span);
    if (asks_books(run, plan_phase)) books_read(run, &span->books);
    gauges_take(run, plan_phase, &span->closing);
    accounts_compare(run, phase);
    lanes_close(run, phase);
    peers_read(run, plan_phase, span);
    span->breaker_ever = run->breaker_ever;
    for (uint32_t i = 0; i < run->plan->bots_count; i++)
        span->bots_active += plan_phase == PLAN_NO_PARENT ? run->bot_phase[i] > 0 : run->bot_phase[i] == plan_phase + 1;
}

static bool is_probe(const struct plan *plan, const struct plan_track *track)
{
    return track->bots_count > 0 && str_starts(plan->bots[track->bots[0]].id, STR("probe"));
}

void span_tallies(struct run *run, struct run_phase *phase, uint32_t first_track, uint32_t tracks_count)
{
    struct tally *tally = &phase->span.tally;
    tally_done(tally);
    tally_init(tally, phase->span.start);
    tally->middle = (struct instant){phase->span.start.ns + instant_since(phase->span.end, phase->span.start).ns / 2};
    tally->end = phase->span.end;
    tally_done(&phase->span.probes);
    tally_init(&phase->span.probes, phase->span.start);
    for (uint32_t i = first_track; i < first_track + tracks_count; i++) {
        if (!run->tracks[i].began) continue;
        tally_merge(tally, &run->tracks[i].tally);
        if (is_probe(run->plan, run->tracks[i].plan)) tally_merge(&phase->span.probes, &run->tracks[i].tally);
    }
}

const struct span *run_baseline(const struct run *run, uint32_t before_phase)
{
    for (uint32_t i = 0; i < run->plan->phases_count && i < before_phase; i++)
        if (run->plan->phases[i].baseline) return &run->phases[i].span;
    return NULL;
}

/* ---- conditions while a phase runs ---- */

static bool check_now(struct run *run, struct run_phase *phase, const struct criterion *criterion)
{
    struct instant since;
    (void)observer_final(run->observer, &since); /* since when is what counts */
    const uint64_t still = instant_since(env_now(run->env), MAX(since.ns, phase->start.ns) == since.ns ? since : phase->start).ns;
    bool holds;
    if (criterion->check == CHECK_HALTED) {
        holds = still >= 2 * SETTLE_BLOCKS * run->node.interval.ns;
    } else if (criterion->check == CHECK_FINALISING) {
        holds = since.ns > phase->start.ns && still <= SETTLE_BLOCKS * run->node.interval.ns;
    } else {
        if (criterion->check == CHECK_CONVERGED) phase->span.compared = compare_read(run);
        if (criterion->check == CHECK_EVIDENCE_RECORDED) evidence_read(run, &phase->span);
        const struct evaluation evaluation = {&phase->span, run_baseline(run, run->phase_now), &run->chronicle};
        const struct check_value value = span_check(&evaluation, criterion->check);
        if (value.judgement == JUDGED_INVALID) return false;
        holds = value.judgement == JUDGED_PASS;
    }
    return holds == criterion->wanted;
}

static uint32_t metric_or_check_topics(const struct criterion *criterion)
{
    return criterion->is_check ? check_topics(criterion->check) : metric_topics(criterion->metric);
}

static bool criterion_now(struct run *run, struct run_phase *phase, const struct criterion *criterion)
{
    struct span *span = &phase->span;
    span->end = env_now(run->env);
    span->pending = run_pending(run);
    span->inbound = run_submitted(run) - phase->inbound_start;
    span->down = weather_down(run->weather);
    span->activity = instant_since(span->end, span->start);
    run->chronicle.blocks = run->judge.chain.data;
    run->chronicle.blocks_count = run->judge.chain.count;
    run->chronicle.conflicts = run->judge.conflicts;
    span_tallies(run, phase, plan_track_number(run->plan, run->phase_now, 0), run->plan->phases[run->phase_now].tracks_count);
    if (criterion->is_check && criterion->check == CHECK_OBJECT) {
        struct arena arena;
        struct str told;
        arena_init(&arena, 0);
        const bool holds = object_holds(run, &criterion->object, &arena, &told);
        arena_done(&arena);
        return holds;
    }
    if (metric_or_check_topics(criterion) != 0) gauges_take(run, run->phase_now, &span->closing);
    if (criterion->is_check) return check_now(run, phase, criterion);
    if (criterion->metric == METRIC_EVIDENCE_COUNT) evidence_read(run, span);
    if (metric_is_of_books(criterion->metric)) books_read(run, &span->books);
    const struct evaluation evaluation = {span, run_baseline(run, run->phase_now), &run->chronicle};
    const struct metric_value value = span_metric(&evaluation, criterion->metric);
    return value.known && criterion_met(criterion, value.value);
}

bool condition_holds(struct run *run, struct run_phase *phase, const struct condition *condition)
{
    bool all = true, any = false;
    for (uint32_t i = 0; i < condition->criteria.count; i++) {
        const bool holds = criterion_now(run, phase, &condition->criteria.items[i]);
        all = all && holds;
        any = any || holds;
    }
    return condition->any ? any : all;
}
