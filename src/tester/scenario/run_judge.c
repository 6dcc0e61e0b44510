#include <inttypes.h>
#include <stdio.h>

#include "tester/scenario/run_priv.h"

static bool speaks_of_operations(const struct criterion *criterion)
{
    return criterion->is_check ? check_specs[criterion->check].operations : metric_specs[criterion->metric].operations;
}

static void chronicle_refresh(struct run *run)
{
    run->chronicle.blocks = run->judge.chain.data;
    run->chronicle.blocks_count = run->judge.chain.count;
    run->chronicle.conflicts = run->judge.conflicts;
}

static void judge_one(struct run *run, const struct span *span, uint32_t phase, const struct criterion *criterion)
{
    const struct evaluation evaluation = {span, run_baseline(run, phase), &run->chronicle};
    if (criterion->is_check && criterion->check == CHECK_OBJECT) {
        run_find(run, object_finding(run, criterion, span->scope));
        return;
    }
    run_find(run, finding_of(&run->arena, &evaluation, criterion));
}

static void judge_criteria(struct run *run, const struct span *span, uint32_t phase, const struct criteria *criteria, bool operations)
{
    for (uint32_t i = 0; i < criteria->count; i++)
        if (speaks_of_operations(&criteria->items[i]) == operations) judge_one(run, span, phase, &criteria->items[i]);
}

/* A track's own window: the phase's, with its operations alone. */
static const struct span *track_span(struct run *run, uint32_t phase, uint32_t track)
{
    struct span *span = arena_copy(&run->arena, &run->phases[phase].span, sizeof(*span));
    const struct run_track *of = &run->tracks[plan_track_number(run->plan, phase, track)];
    span->tally = of->tally; /* borrowed: nothing of this copy is released */
    span->activity = instant_since(of->end, of->start);
    span->scope = str_fmt(&run->arena, STR_FMT " / %s", STR_ARG(span->scope), of->plan->behavior->name);
    return span;
}

/* What a verifier is about: its checks are judged where its track stands, without being asked for. */
static const struct verifier_row {
    const char *behavior;
    enum check_id checks[3];
    uint8_t count;
} verifiers[] = {
    {"verify.auction", {CHECK_AUCTION_SOUND}, 1},
    {"verify.consensus_safety", {CHECK_AGREEMENT, CHECK_FINAL_IRREVERSIBLE}, 2},
    {"verify.cross_chain_atomicity", {CHECK_BRIDGE_SOLVENT, CHECK_BRIDGE_UNIQUE, CHECK_IPC_IN_ORDER}, 3},
    {"verify.governance", {CHECK_GOVERNANCE_SOUND}, 1},
    {"verify.invariants", {CHECK_ALL_INVARIANTS}, 1},
    {"verify.network_health", {CHECK_NODES_ALIVE, CHECK_CONVERGED}, 2},
    {"verify.state_consistency", {CHECK_SUPPLY_CONSERVED, CHECK_CONVERGED}, 2},
    {"verify.validator_set", {CHECK_HONEST_UNSLASHED}, 1},
};

bool verifier_asks(const struct behavior_spec *spec, enum check_id check)
{
    for (size_t i = 0; spec && i < ARRAY_LEN(verifiers); i++)
        for (uint8_t k = 0; strcmp(spec->name, verifiers[i].behavior) == 0 && k < verifiers[i].count; k++)
            if (verifiers[i].checks[k] == check) return true;
    return false;
}

static void judge_verifier(struct run *run, uint32_t phase, const struct plan_track *track, bool operations)
{
    for (unsigned check = 0; check < CHECK_IDS; check++) {
        if (check_specs[check].operations != operations || !verifier_asks(track->behavior, (enum check_id)check)) continue;
        const struct criterion demand = {.place = track->place, .is_check = true, .wanted = true, .check = (enum check_id)check,
                                         .name = str_of(check_specs[check].name), .expected = STR("true")};
        judge_one(run, &run->phases[phase].span, phase, &demand);
    }
    if (operations || strcmp(track->behavior->name, "verify.cross_chain_atomicity") != 0) return;
    const struct criterion none = {.place = track->place, .metric = METRIC_ORPHANS, .comparison = COMPARE_EQ, .name = STR("orphans"), .expected = STR("0")};
    judge_one(run, &run->phases[phase].span, phase, &none);
}

static void judge_tracks(struct run *run, uint32_t phase, bool operations)
{
    const struct plan_phase *plan = &run->plan->phases[phase];
    for (uint32_t t = 0; t < plan->tracks_count; t++) {
        if (plan->tracks[t].behavior && plan->tracks[t].behavior->observer) judge_verifier(run, phase, &plan->tracks[t], operations);
        if (plan->tracks[t].assertions.count == 0) continue;
        judge_criteria(run, track_span(run, phase, t), phase, &plan->tracks[t].assertions, operations);
    }
}

static void find_run(struct run *run, struct str name, struct str scope, enum judgement judgement, struct str expected, struct str actual, struct str note)
{
    run_find(run, (struct finding){.kind = FINDING_RUN, .name = name, .scope = scope, .judgement = judgement, .expected = expected, .actual = actual,
                                   .note = note, .samples = 1});
}

void judge_phase_end(struct run *run, uint32_t phase)
{
    const struct plan_phase *plan = &run->plan->phases[phase];
    chronicle_refresh(run);
    judge_criteria(run, &run->phases[phase].span, phase, &plan->assertions, false);
    judge_tracks(run, phase, false);
    if (!run->phases[phase].failed) return;
    if (plan->end == PHASE_BY_UNTIL) { /* a demand like any other: it was not reached */
        struct str expected = STR("the condition");
        if (plan->until.criteria.count > 0) {
            const struct criterion *first = &plan->until.criteria.items[0];
            expected = str_fmt(&run->arena, STR_FMT " " STR_FMT, STR_ARG(first->name), STR_ARG(first->expected));
        }
        run_find(run, (struct finding){.kind = FINDING_CHECK, .name = STR("until"), .scope = plan->name, .judgement = JUDGED_FAIL,
                                       .expected = expected,
                                       .actual = STR("not reached"), .note = STR("the timeout came first"), .samples = 1});
        return;
    }
    run_find(run, (struct finding){.kind = FINDING_CHECK, .name = STR("count"), .scope = plan->name, .judgement = JUDGED_FAIL,
                                   .expected = STR("all executions end"), .actual = STR("not all did"), .note = STR("the timeout came first"), .samples = 1});
}

/* ---- after the drain ---- */

/* A part of a mix need not have had a turn, nor found an occasion, while others did something: unless it is most of the mix. */
static bool had_no_turn(const struct run *run, const struct run_track *part)
{
    if (part->plan->mix == 0 || (part->plan->mostly && part->tally.skipped > 0)) return false;
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) {
        const struct run_track *track = &run->tracks[i];
        if (track->phase == part->phase && track->plan->mix == part->plan->mix && tally_operations(&track->tally) > 0) return true;
    }
    return false;
}

static struct str why_none(struct run *run, const struct run_track *track)
{
    if (track->tally.skipped == 0) return STR("the track never began one");
    return str_fmt(&run->arena, "%" PRIu64 " could not even try: %s", track->tally.skipped, track->shared.skipped);
}

struct offer {
    uint64_t intended, tried;
};

/* What the schedule wanted and what was begun in time: of a track, or of all parts of a mix, among whom it is divided. Who lives by a mix does
 * not always find occasion; that is no fault of the generator's. */
static struct offer offer_of(const struct run *run, uint32_t number)
{
    const struct run_track *track = &run->tracks[number];
    struct offer out = {0};
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) {
        const struct run_track *other = &run->tracks[i];
        const bool part = track->plan->mix != 0 && other->phase == track->phase && other->plan->mix == track->plan->mix && other->plan->paced;
        if (i != number && !part) continue;
        if (part && i < number) return (struct offer){0}; /* judged with the first of them */
        out.intended += other->tally.intended;
        out.tried += other->tally.sent + (part ? other->tally.skipped : 0);
    }
    return out;
}

/* Those that could not even try count as tried in a mix; elsewhere they may be all that is missing. */
static struct str late_why(struct run *run, const struct run_track *track, struct offer offer)
{
    const bool all_taken_up = (offer.tried + track->tally.skipped) * 100 >= offer.intended * 95;
    if (track->plan->mix != 0 || !all_taken_up) return STR("the generator missed its rate");
    return str_fmt(&run->arena, "%" PRIu64 " could not even be tried: %s", track->tally.skipped, track->shared.skipped);
}

static void offered_judge(struct run *run, uint32_t number, struct str scope)
{
    const struct run_track *track = &run->tracks[number];
    const struct offer offer = track->plan->paced ? offer_of(run, number) : (struct offer){0};
    if (offer.intended == 0) return;
    if (track->plan->mix != 0) scope = str_fmt(&run->arena, STR_FMT " and the rest of its mix", STR_ARG(scope));
    const struct str offered = str_fmt(&run->arena, "%" PRIu64 " of %" PRIu64, offer.tried, offer.intended);
    const bool kept = offer.tried * 100 >= offer.intended * 95;
    if (!kept) run_event(run, EVENT_GENERATOR_LATE, offer.intended, offer.tried, scope);
    find_run(run, STR("offered"), scope, kept ? JUDGED_PASS : JUDGED_INVALID, STR(">= 95% of the rate"), offered,
             kept ? (struct str){0} : late_why(run, track, offer));
}

static void tracks_judge(struct run *run)
{
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) {
        const struct run_track *track = &run->tracks[i];
        const struct tally *tally = &track->tally;
        if (track->plan->behavior->step == NULL || (run->interrupted && !track->began)) continue;
        const struct str scope = str_fmt(&run->arena, STR_FMT " / %s", STR_ARG(run->plan->phases[track->phase].name), track->plan->behavior->name);
        if (tally->unsupported > 0 && !track->plan->optional)
            find_run(run, STR("supported"), scope, JUDGED_UNSUPPORTED, STR("every operation"), str_fmt(&run->arena, "%" PRIu64 " were not", tally->unsupported),
                     STR("the target lacks what they need"));
        else if (tally_operations(tally) == 0 && !track->plan->optional && !had_no_turn(run, track))
            find_run(run, STR("started"), scope, JUDGED_INVALID, STR("at least one operation"), STR("none"), why_none(run, track));
        if (track->shared.by_status[OP_BROKEN] > 0)
            find_run(run, STR("runs"), scope, JUDGED_INVALID, STR("a behaviour without errors"),
                     str_fmt(&run->arena, "%" PRIu64 " executions broke", track->shared.by_status[OP_BROKEN]), str_dup(&run->arena, str_of(track->shared.broken)));
        tried_judge(run, track, scope);
        evidence_judge(run, track, scope);
        if (track->plan->hold > 0) hold_judge(run, track, scope);
        offered_judge(run, i, scope);
    }
    evidence_judge_whole(run);
}

static void claims_into(struct span *span, const struct run_track *track)
{
    for (uint32_t i = 0; i < track->shared.claims_count; i++) {
        const struct claim_count *count = &track->shared.claims[i];
        span->claims_held += count->held;
        span->claims_broken += count->broken;
        if (count->note[0] && !span->settled_note[0]) snprintf(span->settled_note, sizeof(span->settled_note), "%s: %s", count->name, count->note);
    }
}

static void settle_into(struct run *run, struct span *span, uint32_t first, uint32_t count)
{
    span->settled = true;
    for (uint32_t i = first; i < first + count; i++) claims_into(span, &run->tracks[i]);
    for (uint32_t s = 0; s < run->settled_count; s++) {
        bool here = false;
        for (uint32_t i = first; i < first + count; i++) here = here || (run->tracks[i].began && run->tracks[i].plan->behavior == run->settled[s]);
        if (!here) continue;
        const struct postconditions *found = &run->settlements[s];
        span->settled_samples += found->samples;
        span->settled_violations += found->violations;
        span->settled_unknown += found->unknown;
        if (found->note[0] && !span->settled_note[0]) memcpy(span->settled_note, found->note, sizeof(span->settled_note));
    }
}

/* The bots of all tracks that ran this behaviour, each once. */
static uint32_t bots_of(const struct run *run, const struct behavior_spec *spec, uint32_t *out)
{
    bool *in = base_alloc(run->plan->bots_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) {
        const struct run_track *track = &run->tracks[i];
        if (track->plan->behavior != spec || !track->began) continue;
        for (uint32_t b = 0; b < track->plan->bots_count; b++) in[track->plan->bots[b]] = true;
    }
    for (uint32_t b = 0; b < run->plan->bots_count; b++)
        if (in[b]) out[count++] = b;
    base_free(in);
    return count;
}

static bool asked_anywhere(const struct run *run, enum check_id check)
{
    for (uint32_t i = 0; i < run->plan->phases_count; i++)
        if (plan_asks_check(run->plan, i, check)) return true;
    return plan_asks_check(run->plan, PLAN_NO_PARENT, check);
}

void postconditions_read(struct run *run)
{
    if (!asked_anywhere(run, CHECK_POSTCONDITIONS)) return;
    uint32_t *bots = base_alloc(sizeof(uint32_t) * (run->plan->bots_count + 1));
    for (uint32_t i = 0; i < run->plan->tracks_count && run->settled_count < ARRAY_LEN(run->settled); i++) {
        const struct behavior_spec *spec = run->tracks[i].plan->behavior;
        bool known = !run->tracks[i].began || !spec->settle;
        for (uint32_t s = 0; s < run->settled_count; s++) known = known || run->settled[s] == spec;
        if (known) continue;
        const uint32_t count = bots_of(run, spec, bots);
        struct postconditions *found = &run->settlements[run->settled_count];
        spec->settle(&run->crew, bots, count, instant_add(env_now(run->env), duration_s(60)), found);
        run->settled[run->settled_count++] = spec;
    }
    base_free(bots);
}

/* A parent's tracks are those of its parts, which follow it. */
static uint32_t tracks_of(const struct plan *plan, uint32_t phase)
{
    uint32_t count = plan->phases[phase].tracks_count;
    for (uint32_t i = phase + 1; i < plan->phases_count && plan->phases[i].parent == phase; i++) count += plan->phases[i].tracks_count;
    return count;
}

void judge_operations(struct run *run)
{
    chronicle_refresh(run);
    const uint64_t stuck = run_pending(run);
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) track_count_open(&run->tracks[i]);
    for (uint32_t i = 0; i < run->plan->phases_count; i++) {
        struct run_phase *phase = &run->phases[i];
        if (phase->span.start.ns == 0) continue;
        const uint32_t first = plan_track_number(run->plan, i, 0), count = tracks_of(run->plan, i);
        span_tallies(run, phase, first, count);
        phase->span.stuck = 0;
        for (uint32_t t = first; t < first + count; t++) phase->span.stuck += run->tracks[t].shared.pending;
        phase->span.drained = true;
        settle_into(run, &phase->span, first, count);
    }
    span_tallies(run, &run->whole, 0, run->plan->tracks_count);
    run->whole.span.stuck = stuck;
    run->whole.span.drained = true;
    settle_into(run, &run->whole.span, 0, run->plan->tracks_count);
    linkage_read(run);
    for (uint32_t i = 0; i < run->plan->phases_count; i++) {
        if (run->phases[i].span.start.ns == 0) continue;
        judge_criteria(run, &run->phases[i].span, i, &run->plan->phases[i].assertions, true);
        judge_tracks(run, i, true);
    }
    judge_criteria(run, &run->whole.span, run->plan->phases_count, &run->plan->criteria, false);
    judge_criteria(run, &run->whole.span, run->plan->phases_count, &run->plan->criteria, true);
    tracks_judge(run);
}

/* ---- what the report is told ---- */

static const struct metric_value *metrics_values(struct run *run, const struct span *span, uint32_t phase, const enum metric_id *ids, uint32_t count)
{
    struct metric_value *out = arena_array(&run->arena, struct metric_value, count + 1);
    const struct evaluation evaluation = {span, run_baseline(run, phase), &run->chronicle};
    for (uint32_t i = 0; i < count; i++) out[i] = span_metric(&evaluation, ids[i]);
    return out;
}

static uint64_t milli_of(uint64_t count, struct duration over)
{
    return over.ns > 0 ? rate_milli(count, over) : 0;
}

static void phases_fill(struct run *run)
{
    struct phase_outcome *out = arena_array(&run->arena, struct phase_outcome, run->plan->phases_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < run->plan->phases_count; i++) {
        const struct plan_phase *plan = &run->plan->phases[i];
        const struct span *span = &run->phases[i].span;
        if (span->start.ns == 0) continue;
        out[count++] = (struct phase_outcome){
            .name = plan->name, .phase = i, .part = plan->parent != PLAN_NO_PARENT, .started = span->start, .ended = span->end,
            .operations = tally_operations(&span->tally), .errors = tally_errors(&span->tally), .open = span->tally.started - span->tally.ended,
            .tps_milli = milli_of(span->tally.transactions, span->activity), .latencies = &span->tally.latencies,
            .metrics = metrics_values(run, span, i, plan->metrics, plan->metrics_count), .metrics_count = plan->metrics_count};
    }
    run->outcome.phases = out;
    run->outcome.phases_count = count;
}

static enum judgement deed_judgement(const struct run *run, const struct deed *deed, uint32_t phase)
{
    switch (deed->state) {
    case DEED_PROVEN: return JUDGED_PASS;
    case DEED_OPEN:
    case DEED_UNPROVEN: return JUDGED_INVALID;
    case DEED_UNSUPPORTED: return phase != PLAN_NO_PARENT && run->plan->phases[phase].optional ? JUDGED_NOT_APPLICABLE : JUDGED_UNSUPPORTED;
    }
    UNREACHABLE();
}

static void chaos_fill(struct run *run)
{
    const size_t count = run->weather ? weather_deeds_count(run->weather) : 0;
    struct chaos_finding *out = arena_array(&run->arena, struct chaos_finding, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct deed *deed = weather_deed(run->weather, i);
        const uint32_t phase = run->deed_phases.data[i];
        out[i] = (struct chaos_finding){.action = str_of(deed->action->spec->name), .phase = phase == PLAN_NO_PARENT ? STR("setup") : run->plan->phases[phase].name,
                                        .params = deed->action->params_json, .at = deed->at, .judgement = deed_judgement(run, deed, phase),
                                        .evidence = str_dup(&run->arena, str_of(deed->evidence))};
    }
    run->outcome.chaos = out;
    run->outcome.chaos_count = (uint32_t)count;
}

struct claim_findings {
    struct claim_finding *data;
    size_t count, cap;
};

/* Of all tracks of a behaviour together. */
static void claim_add(struct run *run, struct claim_findings *all, const struct behavior_spec *spec, const struct claim_count *count)
{
    struct claim_finding *found = NULL;
    for (size_t i = 0; i < all->count && !found; i++)
        if (str_eq(all->data[i].behavior, str_of(spec->name)) && str_eq(all->data[i].claim, str_of(count->name))) found = &all->data[i];
    if (!found) {
        const struct claim_finding fresh = {.behavior = str_of(spec->name), .claim = str_of(count->name)};
        vec_push(all, fresh);
        found = &all->data[all->count - 1];
    }
    found->held += count->held;
    found->broken += count->broken;
    if (count->note[0] && found->note.len == 0) found->note = str_dup(&run->arena, str_of(count->note));
}

typedef VEC(struct error_finding) error_findings;

static void error_add(struct run *run, error_findings *all, const struct behavior_spec *spec, const struct tally_cause *cause)
{
    struct error_finding *found = NULL;
    for (size_t i = 0; i < all->count && !found; i++) {
        struct error_finding *f = &all->data[i];
        if (f->status == cause->status && f->code == cause->code && str_eq(f->behavior, str_of(spec->name))) found = f;
    }
    if (!found) {
        vec_push(all, ((struct error_finding){str_of(spec->name), cause->status, cause->code, 0, str_dup(&run->arena, str_of(cause->note))}));
        found = &all->data[all->count - 1];
    }
    found->count += cause->count;
}

static void errors_fill(struct run *run)
{
    error_findings all = {0};
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) {
        const struct run_track *track = &run->tracks[i];
        for (uint32_t k = 0; k < track->tally.causes_count; k++) error_add(run, &all, track->plan->behavior, &track->tally.causes[k]);
        run->outcome.failed_more += track->tally.causes_more;
    }
    for (size_t i = 1; i < all.count; i++) /* few: insertion keeps the order of equals */
        for (size_t k = i; k > 0 && all.data[k - 1].count < all.data[k].count; k--) {
            const struct error_finding swap = all.data[k];
            all.data[k] = all.data[k - 1];
            all.data[k - 1] = swap;
        }
    run->outcome.failed = arena_copy(&run->arena, all.data, sizeof(*all.data) * all.count);
    run->outcome.failed_count = (uint32_t)all.count;
    vec_done(&all);
}

static void claims_fill(struct run *run)
{
    struct claim_findings all = {0};
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) {
        const struct run_track *track = &run->tracks[i];
        for (uint32_t k = 0; k < track->shared.claims_count; k++) claim_add(run, &all, track->plan->behavior, &track->shared.claims[k]);
    }
    run->outcome.claims = arena_copy(&run->arena, all.data, sizeof(*all.data) * all.count);
    run->outcome.claims_count = (uint32_t)all.count;
    vec_done(&all);
}

/* Those that were seen to be on at any time. */
static void switches_fill(struct run *run)
{
    const size_t count = run->weather ? weather_deeds_count(run->weather) : 0;
    struct str *out = arena_array(&run->arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct deed *deed = weather_deed(run->weather, i);
        bool told = deed->action->spec->id != ACTION_ENABLE_VULNERABILITY || deed->state != DEED_PROVEN;
        for (uint32_t k = 0; k < run->outcome.switches_count; k++) told = told || str_eq(out[k], deed->action->named);
        if (!told) out[run->outcome.switches_count++] = deed->action->named;
    }
    run->outcome.switches = out;
}

static void tape_fill(struct run *run)
{
    const struct shield_tape *tape = shield_tape_of(&run->crew);
    struct buf text = {0};
    if (tape != NULL) shield_tape_write(tape, &text);
    run->outcome.shield_tape = str_dup(&run->arena, buf_str(&text));
    buf_clear(&text);
    if (run->whole.span.linkage != NULL) linkage_json(run->whole.span.linkage, &text);
    run->outcome.linkage = str_dup(&run->arena, buf_str(&text));
    buf_done(&text);
}

void outcome_fill(struct run *run)
{
    struct outcome *outcome = &run->outcome;
    const struct span *whole = &run->whole.span;
    chronicle_refresh(run);
    phases_fill(run);
    chaos_fill(run);
    switches_fill(run);
    struct invariant_finding *invariants = arena_array(&run->arena, struct invariant_finding, INVARIANTS);
    invariant_findings(&run->arena, &run->chronicle, invariants);
    outcome->invariants = invariants;
    outcome->invariants_count = INVARIANTS;
    outcome->findings = run->findings.data;
    outcome->findings_count = (uint32_t)run->findings.count;
    outcome->started = run->began;
    outcome->ended = env_now(run->env);
    outcome->drained = whole->drain;
    outcome->operations = tally_operations(&whole->tally);
    outcome->errors = tally_errors(&whole->tally);
    outcome->transactions = whole->tally.transactions;
    outcome->error_rate_ppm = outcome->operations ? (outcome->errors * 1000000 + outcome->operations - 1) / outcome->operations : 0;
    outcome->tps_milli = milli_of(whole->tally.transactions, whole->activity);
    outcome->tps_whole_milli = milli_of(whole->tally.transactions, instant_since(outcome->ended, outcome->started));
    claims_fill(run);
    errors_fill(run);
    outcome->bots = run->plan->bots_count;
    outcome->validators = run->target.validators;
    outcome->latencies = &whole->tally.latencies;
    outcome->metrics = metrics_values(run, whole, run->plan->phases_count, run->plan->metrics, run->plan->metrics_count);
    outcome->metrics_count = run->plan->metrics_count;
    outcome->recorder = run->recorder;
    tape_fill(run);
    outcome->interrupted = run->interrupted;
    outcome_decide(&run->arena, outcome);
}
