/* Outcome: what a run observed and how it was judged. Made by a run, read by reports; owned by the run. */
#ifndef SCENARIO_OUTCOME_H
#define SCENARIO_OUTCOME_H

#include "core/metrics/histogram.h"
#include "core/metrics/recorder.h"
#include "tester/scenario/plan.h"

/* Of one assertion, invariant, threshold or fault, and of the whole run. UNSUPPORTED: the target lacks what a step needs; NOT_APPLICABLE: its
 * subject never occurred, or this build does not compute it (an invariant of a later storey): counts neither way. */
enum judgement { JUDGED_PASS, JUDGED_FAIL, JUDGED_INVALID, JUDGED_UNSUPPORTED, JUDGED_NOT_APPLICABLE };
const char *judgement_text(enum judgement judgement); /* "PASS" ... "UNSUPPORTED", "NOT_APPLICABLE" */

enum finding_kind {
    FINDING_CHECK,     /* a check: correctness */
    FINDING_COUNT,     /* a metric that says what must never or always happen: correctness */
    FINDING_THRESHOLD, /* any other metric */
    FINDING_RUN,       /* demanded by the runner itself: generator kept its rate, track started, phase reached its end */
};
struct finding {
    enum finding_kind kind;
    struct str name;     /* "tps_avg" */
    struct str scope;    /* phase, with its track where there are several; empty: the whole run */
    struct str expected; /* ">= 10000/s" */
    struct str actual;   /* "10093.2/s"; "-" without a sample */
    struct str note;     /* why, when it did not pass; may be empty */
    uint64_t samples;
    enum judgement judgement;
    struct place place;
};

struct invariant_finding {
    uint8_t number; /* 1 ... 14 */
    struct str title;
    enum judgement judgement;
    uint64_t samples, violations;
    struct str note; /* the first violation, with block and transaction; or why it does not apply */
};

struct chaos_finding {
    struct str action, phase;
    struct str params; /* JSON */
    struct instant at;
    enum judgement judgement;
    struct str evidence; /* what was read before and after */
};

/* A post-condition that behaviours held against the chain: claim.h. */
struct claim_finding {
    struct str behavior, claim;
    uint64_t held, broken;
    struct str note; /* the first that did not hold */
};

/* Operations of a behaviour that failed for one reason, and were not meant to. */
struct error_finding {
    struct str behavior;
    enum op_status status;
    enum code code; /* CODE_NONE: the status says it */
    uint64_t count;
    struct str note; /* of the first */
};

struct metric_value {
    enum metric_id metric;
    bool known; /* false: no sample */
    struct quantity value;
    uint64_t samples;
};
/* Latencies of one group of operations, from the intended start; `service` from when it was really sent. */
struct latencies {
    struct histogram response, admitted, included, final, settled, service;
    struct histogram stages[OP_STAGE_COUNT]; /* where the time went: of each operation they add up to its response */
    uint64_t stage_sum_us[OP_STAGE_COUNT];   /* exact sums, of all operations */
};
struct phase_outcome {
    struct str name;
    uint32_t phase; /* of the plan */
    bool part;      /* of a parent phase */
    struct instant started, ended;
    uint64_t operations, errors, open; /* open: still not ended after the drain */
    uint64_t tps_milli;                /* transactions final with success, by intended start */
    const struct latencies *latencies; /* of its operations */
    const struct metric_value *metrics; /* the ones it lists */
    uint32_t metrics_count;
};

struct outcome {
    enum judgement judgement; /* PASS, FAIL or INVALID */
    int exit_code;            /* scenarios 1.6; 105 when interrupted */
    bool interrupted;
    struct str reason;        /* one line: what decided it */
    struct instant started, ended; /* virtual; the drain lies in between */
    struct duration drained;
    uint64_t operations, errors, transactions; /* transactions: final with success */
    uint64_t error_rate_ppm;
    uint64_t tps_milli;       /* tps_avg of the run: over the time in which operations were offered */
    uint64_t tps_whole_milli; /* the same transactions over the whole run, waits and drain included */
    uint32_t bots, validators;
    const struct str *switches; /* planted weaknesses that the run turned on, and saw on */
    uint32_t switches_count;
    const struct phase_outcome *phases;
    uint32_t phases_count;
    const struct finding *findings; /* in order of judgement: by phase, then the run's */
    uint32_t findings_count;
    const struct invariant_finding *invariants; /* INV-01 ... INV-14 */
    uint32_t invariants_count;
    const struct chaos_finding *chaos;
    uint32_t chaos_count;
    const struct claim_finding *claims; /* by behaviour, in the order of their first tracks */
    uint32_t claims_count;
    const struct error_finding *failed; /* the most frequent first */
    uint32_t failed_count;
    uint64_t failed_more; /* operations that failed in yet other ways, of tracks where there were too many to tell apart */
    const struct metric_value *metrics; /* the scenario's, over the run */
    uint32_t metrics_count;
    const struct latencies *latencies; /* of the whole run */
    const struct recorder *recorder;   /* all events */
    struct str shield_tape; /* what bots really did in the shielded pool, lines of JSON; empty: nothing */
    struct str linkage;     /* JSON: what an analyst of the pool could tell; empty: not asked for */
};

#endif
