/* Criterion: what a scenario demands of a metric or a check, and conditions made of criteria. Parsed, typed, comparable.
 *
 *     tps_avg: ">= 10000"    error_rate: "< 1%"    latency_p95: "< 2s"    ops_total: 3000    halted: true    tps: "~ 500 +- 5%"
 */
#ifndef SCENARIO_CRITERION_H
#define SCENARIO_CRITERION_H

#include "core/base/arena.h"
#include "core/codec/yaml.h"
#include "tester/scenario/object.h"
#include "tester/scenario/vocab.h"

/* A measured value or a bound, in billionths of its unit: of a second (so: ns), of an operation, of one. Integers, so that verdicts do not
 * depend on how a build rounds. */
struct quantity {
    int64_t nano;
};
#define QUANTITY_ONE INT64_C(1000000000)
struct quantity quantity_of(uint64_t whole);                              /* clamped */
struct quantity quantity_ratio(uint64_t numerator, uint64_t denominator); /* rounded to the nearest billionth; denominator > 0 */
/* As a person reads it: "99.5%", "1.25s", "10000", "3.5/s". Writes at most `cap` bytes with terminator. */
void quantity_text(struct quantity value, enum dimension dimension, char *out, size_t cap);

enum comparison { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE, COMPARE_NEAR };

struct criterion {
    struct place place;
    bool is_check;
    bool appended; /* all_invariants, put in because the file did not name it */
    enum check_id check;
    bool wanted; /* is_check */
    struct object object; /* CHECK_OBJECT */
    enum metric_id metric;
    enum comparison comparison;
    struct quantity bound;
    int64_t tolerance_ppb; /* COMPARE_NEAR: of the bound */
    struct str name;       /* of the check or metric */
    struct str expected;   /* as a person reads it: "true", ">= 10000/s" */
};

const char *dimension_text(enum dimension dimension); /* how its values are written: "a duration, like 500ms or 5s" */
bool criterion_met(const struct criterion *criterion, struct quantity actual); /* metrics only */
bool criterion_is_correctness(const struct criterion *criterion);
/* Multiplies the bound by numerator / denominator (rounded half up to a whole unit for counts) and rewrites `expected`. */
void criterion_scale(struct arena *arena, struct criterion *criterion, uint64_t numerator, uint64_t denominator);

/* criterion_parse reads one `name: value` node (the node's key is the name). Faults go to diags. */
bool criterion_parse(struct arena *arena, const struct yaml *node, struct diags *diags, struct criterion *out) MUST_CHECK;
/* A list of single-key maps; faults go to diags, what was understood is kept. */
struct criteria {
    struct criterion *items;
    uint32_t count;
};
struct criteria criteria_parse(struct arena *arena, const struct yaml *list, const char *what, struct diags *diags);

/* Until: one criterion, or all or any of a list. */
struct condition {
    struct criteria criteria; /* none: no condition */
    bool any;
};
struct condition condition_parse(struct arena *arena, const struct yaml *node, struct diags *diags);

#endif
