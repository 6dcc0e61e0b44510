/* The order of verdicts: a proven violation stands whatever else is missing; then missing data; then missed thresholds; only then PASS. */
#include "tester/scenario/verdict.h"

#include "core/base/check.h"

static struct arena arena;

static struct finding finding(enum finding_kind kind, enum judgement judgement)
{
    return (struct finding){.kind = kind, .judgement = judgement, .name = STR("x"), .expected = STR("e"), .actual = STR("a")};
}

static struct outcome decide(const struct finding *findings, uint32_t count, enum judgement invariant, enum judgement chaos, bool interrupted)
{
    struct invariant_finding invariants[1] = {{.number = 1, .title = STR("Agreement"), .judgement = invariant, .note = STR("n")}};
    struct chaos_finding faults[1] = {{.action = STR("crash"), .phase = STR("p"), .judgement = chaos, .evidence = STR("e")}};
    struct outcome outcome = {.findings = findings, .findings_count = count, .invariants = invariants, .invariants_count = 1, .chaos = faults,
                              .chaos_count = 1, .interrupted = interrupted};
    outcome_decide(&arena, &outcome);
    CHECK(outcome.reason.len > 0);
    return outcome;
}

static void the_first_that_applies_decides(void)
{
    static const struct {
        enum finding_kind kind;
        enum judgement finding, invariant, chaos;
        bool interrupted;
        enum judgement wanted;
        int exit_code;
    } rows[] = {
        {FINDING_CHECK, JUDGED_PASS, JUDGED_PASS, JUDGED_PASS, false, JUDGED_PASS, 0},
        {FINDING_CHECK, JUDGED_PASS, JUDGED_NOT_APPLICABLE, JUDGED_NOT_APPLICABLE, false, JUDGED_PASS, 0},
        /* correctness */
        {FINDING_CHECK, JUDGED_FAIL, JUDGED_PASS, JUDGED_PASS, false, JUDGED_FAIL, 1},
        {FINDING_COUNT, JUDGED_FAIL, JUDGED_PASS, JUDGED_PASS, false, JUDGED_FAIL, 1},
        {FINDING_CHECK, JUDGED_PASS, JUDGED_FAIL, JUDGED_PASS, false, JUDGED_FAIL, 1},
        {FINDING_CHECK, JUDGED_FAIL, JUDGED_INVALID, JUDGED_INVALID, false, JUDGED_FAIL, 1}, /* a missing sample takes nothing back */
        {FINDING_CHECK, JUDGED_INVALID, JUDGED_FAIL, JUDGED_INVALID, false, JUDGED_FAIL, 1},
        /* no statement */
        {FINDING_CHECK, JUDGED_INVALID, JUDGED_PASS, JUDGED_PASS, false, JUDGED_INVALID, 2},
        {FINDING_THRESHOLD, JUDGED_INVALID, JUDGED_PASS, JUDGED_PASS, false, JUDGED_INVALID, 2},
        {FINDING_THRESHOLD, JUDGED_FAIL, JUDGED_INVALID, JUDGED_PASS, false, JUDGED_INVALID, 2},
        {FINDING_THRESHOLD, JUDGED_FAIL, JUDGED_PASS, JUDGED_INVALID, false, JUDGED_INVALID, 2}, /* a fault without effect */
        {FINDING_THRESHOLD, JUDGED_PASS, JUDGED_PASS, JUDGED_UNSUPPORTED, false, JUDGED_INVALID, 2},
        {FINDING_RUN, JUDGED_INVALID, JUDGED_PASS, JUDGED_PASS, false, JUDGED_INVALID, 2}, /* the generator missed its rate */
        {FINDING_RUN, JUDGED_UNSUPPORTED, JUDGED_PASS, JUDGED_PASS, false, JUDGED_INVALID, 2},
        /* thresholds only */
        {FINDING_THRESHOLD, JUDGED_FAIL, JUDGED_PASS, JUDGED_PASS, false, JUDGED_FAIL, 99},
        {FINDING_THRESHOLD, JUDGED_FAIL, JUDGED_NOT_APPLICABLE, JUDGED_PASS, false, JUDGED_FAIL, 99},
        /* interrupted: never PASS, a FAIL stands */
        {FINDING_CHECK, JUDGED_PASS, JUDGED_PASS, JUDGED_PASS, true, JUDGED_INVALID, 105},
        {FINDING_THRESHOLD, JUDGED_FAIL, JUDGED_PASS, JUDGED_PASS, true, JUDGED_INVALID, 105},
        {FINDING_CHECK, JUDGED_FAIL, JUDGED_PASS, JUDGED_PASS, true, JUDGED_FAIL, 105},
        {FINDING_CHECK, JUDGED_PASS, JUDGED_FAIL, JUDGED_PASS, true, JUDGED_FAIL, 105},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct finding one = finding(rows[i].kind, rows[i].finding);
        const struct outcome outcome = decide(&one, 1, rows[i].invariant, rows[i].chaos, rows[i].interrupted);
        if (outcome.judgement != rows[i].wanted || outcome.exit_code != rows[i].exit_code)
            CHECK_FAIL("row %zu: %s %d", i, judgement_text(outcome.judgement), outcome.exit_code);
    }
}

static void of_several_runs_the_worst_status_stands(void)
{
    static const int order[] = {0, 99, 2, 1, 104, 105, 109};
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        for (size_t k = 0; k <= i; k++) {
            CHECK_U64(exit_code_worse(order[i], order[k]), order[i]);
            CHECK_U64(exit_code_worse(order[k], order[i]), order[i]);
        }
}

static void invariants_without_samples_speak_only_when_they_must(void)
{
    struct invariant_state states[INVARIANTS + 1] = {{0}};
    const struct chronicle chronicle = {.invariants = states};
    struct invariant_finding out[INVARIANTS];
    states[1].samples = 5;
    states[5] = (struct invariant_state){.samples = 3, .violations = 1, .note = "money"};
    invariant_findings(&arena, &chronicle, out);
    CHECK_U64(out[0].judgement, JUDGED_PASS);
    CHECK_U64(out[1].judgement, JUDGED_INVALID);        /* INV-02 must have samples */
    CHECK_U64(out[2].judgement, JUDGED_NOT_APPLICABLE); /* INV-03: not in this build */
    CHECK_U64(out[4].judgement, JUDGED_FAIL);
    CHECK_STR(out[4].note, STR("money"));
    CHECK_U64(out[11].judgement, JUDGED_NOT_APPLICABLE); /* INV-12 may have none */
}

int main(void)
{
    arena_init(&arena, 0);
    RUN(the_first_that_applies_decides);
    RUN(of_several_runs_the_worst_status_stands);
    RUN(invariants_without_samples_speak_only_when_they_must);
    arena_done(&arena);
    return 0;
}
