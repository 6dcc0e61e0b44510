#include "tester/scenario/verdict.h"

#include <inttypes.h>
#include <stdio.h>

const char *judgement_text(enum judgement judgement)
{
    switch (judgement) {
    case JUDGED_PASS: return "PASS";
    case JUDGED_FAIL: return "FAIL";
    case JUDGED_INVALID: return "INVALID";
    case JUDGED_UNSUPPORTED: return "UNSUPPORTED";
    case JUDGED_NOT_APPLICABLE: return "NOT_APPLICABLE";
    }
    UNREACHABLE();
}

static void check_judge(struct arena *arena, const struct evaluation *evaluation, const struct criterion *criterion, struct finding *out)
{
    const struct check_value value = span_check(evaluation, criterion->check);
    out->kind = FINDING_CHECK;
    out->samples = value.samples;
    out->note = str_dup(arena, str_of(value.note));
    out->judgement = value.judgement;
    if (value.judgement == JUDGED_INVALID) {
        out->actual = STR("-");
        return;
    }
    const bool holds = value.judgement == JUDGED_PASS;
    out->actual = holds ? STR("true") : STR("false");
    out->judgement = holds == criterion->wanted ? JUDGED_PASS : JUDGED_FAIL;
}

static void metric_judge(struct arena *arena, const struct evaluation *evaluation, const struct criterion *criterion, struct finding *out)
{
    const struct metric_spec *spec = &metric_specs[criterion->metric];
    const struct metric_value value = span_metric(evaluation, criterion->metric);
    out->kind = spec->correctness ? FINDING_COUNT : FINDING_THRESHOLD;
    out->samples = value.samples;
    if (!value.known) {
        out->judgement = JUDGED_INVALID;
        out->actual = STR("-");
        out->note = STR("no sample in the window");
        return;
    }
    char text[48];
    quantity_text(value.value, spec->dimension, text, sizeof(text));
    out->actual = str_dup(arena, str_of(text));
    out->judgement = criterion_met(criterion, value.value) ? JUDGED_PASS : JUDGED_FAIL;
}

struct finding finding_of(struct arena *arena, const struct evaluation *evaluation, const struct criterion *criterion)
{
    struct finding out = {.name = criterion->name, .scope = evaluation->span->scope, .expected = criterion->expected, .place = criterion->place};
    if (criterion->is_check) check_judge(arena, evaluation, criterion, &out);
    else metric_judge(arena, evaluation, criterion, &out);
    return out;
}

bool finding_is_correctness(const struct finding *finding)
{
    return finding->kind == FINDING_CHECK || finding->kind == FINDING_COUNT;
}

void invariant_findings(struct arena *arena, const struct chronicle *chronicle, struct invariant_finding out[INVARIANTS])
{
    for (unsigned i = 1; i <= INVARIANTS; i++) {
        const struct invariant_state *state = &chronicle->invariants[i];
        struct invariant_finding *finding = &out[i - 1];
        *finding = (struct invariant_finding){.number = (uint8_t)i, .title = str_of(invariant_title(i)), .samples = state->samples,
                                              .violations = state->violations};
        if (!invariant_in_build(i)) {
            finding->judgement = JUDGED_NOT_APPLICABLE;
            finding->note = STR("not computed in this build");
        } else if (state->violations > 0) {
            finding->judgement = JUDGED_FAIL;
            finding->note = str_dup(arena, str_of(state->note));
        } else if (state->samples > 0) {
            finding->judgement = JUDGED_PASS;
        } else {
            finding->judgement = invariant_is_mandatory(i) ? JUDGED_INVALID : JUDGED_NOT_APPLICABLE;
            finding->note = invariant_is_mandatory(i) ? STR("must have samples in every run") : STR("its subject never occurred");
        }
    }
}

/* ---- the whole ---- */

static struct str reason_of(struct arena *arena, const char *what, struct str name, struct str scope, struct str note)
{
    return str_fmt(arena, "%s '" STR_FMT "'%s" STR_FMT "%s%s" STR_FMT, what, STR_ARG(name), scope.len ? " in phase '" : "", STR_ARG(scope),
                   scope.len ? "'" : "", note.len ? ": " : "", STR_ARG(note));
}

/* Whether an invariant that failed was expected to: only `finding`s speak of demands, so an invariant counts by itself. */
static bool correctness_fails(struct arena *arena, struct outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->invariants_count; i++) {
        const struct invariant_finding *f = &outcome->invariants[i];
        if (f->judgement != JUDGED_FAIL) continue;
        outcome->reason = str_fmt(arena, "INV-%02u %s is violated: " STR_FMT, f->number, f->title.data, STR_ARG(f->note));
        return true;
    }
    for (uint32_t i = 0; i < outcome->findings_count; i++) {
        const struct finding *f = &outcome->findings[i];
        if (f->judgement != JUDGED_FAIL || !finding_is_correctness(f)) continue;
        outcome->reason = reason_of(arena, f->kind == FINDING_CHECK ? "check" : "count", f->name, f->scope,
                                    f->note.len ? f->note : str_fmt(arena, "is " STR_FMT ", expected " STR_FMT, STR_ARG(f->actual), STR_ARG(f->expected)));
        return true;
    }
    return false;
}

/* The first finding that leaves no statement, of the run itself or of a demand. */
static const struct finding *invalid_find(const struct outcome *outcome, bool of_run)
{
    for (uint32_t i = 0; i < outcome->findings_count; i++) {
        const struct finding *f = &outcome->findings[i];
        const bool invalid = f->judgement == JUDGED_INVALID || f->judgement == JUDGED_UNSUPPORTED || (f->kind == FINDING_RUN && f->judgement == JUDGED_FAIL);
        if (invalid && (f->kind == FINDING_RUN) == of_run) return f;
    }
    return NULL;
}

static bool invalidates(struct arena *arena, struct outcome *outcome)
{
    const struct finding *of_run = invalid_find(outcome, true), *of_demand = invalid_find(outcome, false);
    if (of_run != NULL) { /* mostly why a demand has no data */
        outcome->reason = reason_of(arena, "run", of_run->name, of_run->scope, of_run->note);
        return true;
    }
    if (of_demand != NULL) {
        outcome->reason = reason_of(arena, "no statement on", of_demand->name, of_demand->scope, of_demand->note);
        return true;
    }
    for (uint32_t i = 0; i < outcome->invariants_count; i++) {
        const struct invariant_finding *f = &outcome->invariants[i];
        if (f->judgement != JUDGED_INVALID) continue;
        outcome->reason = str_fmt(arena, "INV-%02u %s has no samples", f->number, f->title.data);
        return true;
    }
    for (uint32_t i = 0; i < outcome->chaos_count; i++) {
        const struct chaos_finding *f = &outcome->chaos[i];
        if (f->judgement != JUDGED_INVALID && f->judgement != JUDGED_UNSUPPORTED) continue;
        outcome->reason = reason_of(arena, "fault without effect:", f->action, f->phase, f->evidence);
        return true;
    }
    return false;
}

static bool threshold_fails(struct arena *arena, struct outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->findings_count; i++) {
        const struct finding *f = &outcome->findings[i];
        if (f->judgement != JUDGED_FAIL) continue;
        outcome->reason = reason_of(arena, "threshold", f->name, f->scope,
                                    str_fmt(arena, "is " STR_FMT ", expected " STR_FMT, STR_ARG(f->actual), STR_ARG(f->expected)));
        return true;
    }
    return false;
}

void outcome_decide(struct arena *arena, struct outcome *outcome)
{
    if (correctness_fails(arena, outcome)) {
        outcome->judgement = JUDGED_FAIL;
        outcome->exit_code = EXIT_FAIL;
    } else if (invalidates(arena, outcome)) {
        outcome->judgement = JUDGED_INVALID;
        outcome->exit_code = EXIT_INVALID;
    } else if (threshold_fails(arena, outcome)) {
        outcome->judgement = JUDGED_FAIL;
        outcome->exit_code = EXIT_THRESHOLD;
    } else {
        outcome->judgement = JUDGED_PASS;
        outcome->exit_code = EXIT_PASS;
        outcome->reason = STR("everything demanded was seen to hold");
    }
    if (!outcome->interrupted) return;
    /* A run that was cut short proves what it saw, and nothing by what it did not see. A missed threshold of a shorter run says nothing. */
    if (outcome->exit_code != EXIT_FAIL) {
        outcome->judgement = JUDGED_INVALID;
        outcome->reason = STR("interrupted before its end");
    }
    outcome->exit_code = EXIT_INTERRUPTED;
}

int exit_code_worse(int a, int b)
{
    static const int order[] = {EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_BAD_INPUT, EXIT_FAIL, EXIT_INVALID, EXIT_THRESHOLD, EXIT_PASS};
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        if (a == order[i] || b == order[i]) return order[i];
    return EXIT_INTERNAL;
}
