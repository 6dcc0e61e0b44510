/* Tally: what the operations of one track came to. An operation belongs to the window that holds its intended start, whenever it ends; since tracks
 * belong to phases, tallies of tracks add up to those of phases and of the run. */
#ifndef SCENARIO_TALLY_H
#define SCENARIO_TALLY_H

#include "core/metrics/window.h"
#include "tester/scenario/outcome.h"

/* How single operations were answered. */
struct conduct {
    uint64_t errors_shaped, errors_bare;
    uint64_t recovered, not_recovered; /* the bot's next operation after a refusal that was expected: taken or not */
};

/* Why operations failed that should not have: status, code, and what the first of them noted. */
struct tally_cause {
    enum op_status status;
    enum code code;
    uint64_t count;
    char note[80];
};
enum { TALLY_CAUSES = 8 };

struct tally {
    uint64_t started, ended;        /* executions; those that could not even try are neither */
    uint64_t ok;                    /* ended as intended */
    uint64_t skipped, unsupported;  /* never an operation */
    uint64_t unexpected;            /* failures that the track did not ask for */
    struct tally_cause causes[TALLY_CAUSES]; /* of those; not merged */
    uint32_t causes_count;
    uint64_t causes_more;           /* failures of yet other kinds than those */
    uint64_t postconditions;        /* ended with what must hold afterwards not holding */
    uint64_t sent;                  /* took place before the track's window ended: their request left, or they were done without one */
    uint64_t intended;              /* what the schedule wanted, paced tracks */
    uint64_t transactions;          /* final with success, or refused as expected */
    uint64_t feats[FEAT_COUNT];     /* of operations that ended as intended */
    uint64_t crossings;             /* of those: their effect was seen across the bridge */
    struct op_market market;        /* of all operations, whatever became of them; slippage: the worst */
    uint64_t half_transactions;     /* the same, of the second half of the window */
    struct latencies latencies;
    struct histogram reads;         /* answers to queries */
    struct histogram orders;        /* acceptance of those that placed orders */
    struct histogram half_final;    /* finality of the second half */
    struct window seconds;          /* transactions by second of their intended start */
    struct instant start, middle, end;
    struct conduct conduct;
    struct histogram votes;         /* until a vote was final */
    struct op_proofs proofs;        /* of all operations, whatever became of them; ring_min: the smallest; the times are in the histograms */
    struct histogram proof_made, proof_checked; /* by operation: the longest that one of its proofs took */
};

void tally_init(struct tally *tally, struct instant start);
void tally_done(struct tally *tally);

/* How an operation is counted. */
struct tally_rule {
    enum code expect_error; /* CODE_NONE: success is expected */
    bool transaction;       /* the behaviour submits transactions */
};
bool op_is_ok(const struct op *op, enum code expect_error);
void tally_started(struct tally *tally);
void tally_ended(struct tally *tally, const struct op *op, struct tally_rule rule);
/* An operation that will not have ended when it is judged: it was sent, maybe answered, maybe seen in a block; it is neither ok nor ended. */
void tally_open(struct tally *tally, const struct op *op);
/* Adds up; seconds of another beginning are put where they lie. */
void tally_merge(struct tally *into, const struct tally *from);

static inline uint64_t tally_operations(const struct tally *tally) { return tally->started - tally->skipped - tally->unsupported; }
static inline uint64_t tally_errors(const struct tally *tally) { return tally_operations(tally) - tally->ok; }

#endif
