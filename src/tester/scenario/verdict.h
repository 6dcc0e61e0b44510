/* Verdict: from what a span shows to a finding, and from all findings to the run's judgement and exit status (scenarios 1.6). Pure.
 *
 * The run takes the first that applies: FAIL of correctness, INVALID, FAIL of thresholds only, PASS. */
#ifndef SCENARIO_VERDICT_H
#define SCENARIO_VERDICT_H

#include "tester/scenario/span.h"

enum { EXIT_PASS = 0, EXIT_FAIL = 1, EXIT_INVALID = 2, EXIT_THRESHOLD = 99, EXIT_BAD_INPUT = 104, EXIT_INTERRUPTED = 105, EXIT_INTERNAL = 109 };

/* Judges one criterion over a span; texts go to the arena. */
struct finding finding_of(struct arena *arena, const struct evaluation *evaluation, const struct criterion *criterion);
bool finding_is_correctness(const struct finding *finding);

/* INV-01 ... INV-14 as the report tells them. `wanted_false`: invariants that the scenario names as not holding. */
void invariant_findings(struct arena *arena, const struct chronicle *chronicle, struct invariant_finding out[INVARIANTS]);

/* Reads findings, invariants and faults of the outcome and fills judgement, exit_code and reason. */
void outcome_decide(struct arena *arena, struct outcome *outcome);

/* Several runs: the first that applies of 109, 105, 104, 1, 2, 99, 0. */
int exit_code_worse(int a, int b);

#endif
