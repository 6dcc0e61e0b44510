/* Span: a window of the run with everything that was read about it: a phase, a track within one, or the whole run. Metrics and checks are
 * evaluated over a span, from plain data: no calls, no clock. */
#ifndef SCENARIO_SPAN_H
#define SCENARIO_SPAN_H

#include "tester/invariant/judge.h"
#include "tester/scenario/gauge.h"
#include "tester/scenario/linkage.h"
#include "tester/scenario/tally.h"

/* The final height grew at `at`; `down` validators were down then. */
struct final_growth {
    uint32_t height;
    struct instant at;
    uint32_t down;
    bool unsettled; /* within 3 block times of a crash: certificates may have been in flight */
};
/* A quorum was lost by the actions taken, or is up and connected again; `resumed` and `up` at the next final block. */
struct outage {
    struct instant lost, regained, resumed; /* 0: not yet */
    uint32_t up;
};
/* From the last undo of a fault until all live views were within two blocks of each other with one hash. */
struct convergence {
    struct instant undone, converged; /* 0: not yet */
};

/* What was found of canaries in all that is public, and in the run's own records. */
struct leak_found {
    bool read;                 /* to its end */
    uint64_t canaries, documents, bytes, unread; /* unread: documents that nobody served */
    uint64_t leaks;            /* documents in which a canary stands */
    uint64_t claims_held, claims_broken; /* of behaviours that looked for themselves */
    char note[160];            /* the first */
};

/* What the run knows, for all spans. */
struct chronicle {
    VEC(struct final_growth) finals;
    VEC(struct outage) outages;
    VEC(struct convergence) convergences;
    const struct final_block *blocks; /* the judge's */
    size_t blocks_count;
    const struct invariant_state *invariants; /* by number */
    const struct leak_found *leak;
    uint64_t conflicts;
    uint32_t validators;
    struct duration interval; /* block interval */
};

/* Final heights of all views at one moment; NO_ANSWER: silent. */
#define SPAN_NO_ANSWER UINT32_MAX
struct heights {
    bool read;
    struct instant at;
    uint32_t focus;  /* at the view the bots talk to */
    uint32_t *views; /* 1 ... validators; owned */
};

/* All live views held against each other at one moment. */
struct accord {
    bool read;
    uint32_t views, agreed, height_spread;
};

/* The books of Delta's spot markets, over all pairs in which anything rests; 500 levels a side are seen. */
struct books {
    uint64_t readings;
    uint64_t orders;             /* resting, at the last reading */
    uint32_t levels;             /* of the thinnest side, at the last reading */
    uint64_t spreads, spread_bps_sum; /* readings in which both sides stood, and the widest pair's then */
};

struct span {
    struct str scope;          /* "Peak"; empty: the run */
    struct instant begun;      /* before the actions that open the phase: what they undo belongs to it */
    struct instant start, end; /* of the window; end: as far as it has come while it lasts */
    struct duration activity;  /* how long operations were offered */
    struct tally tally;        /* of its tracks */
    uint64_t pending, stuck;   /* of the whole run: now, and after the drain */
    bool drained;              /* stuck is known */
    uint64_t inbound;          /* submissions accepted during the window */
    struct duration drain;     /* of the run; drain_transactions became final in it */
    uint64_t drain_transactions, drain_pending;
    struct heights steady, last; /* 10 block times after the start; at the end */
    uint64_t pool_samples;
    uint32_t pool_size, pool_peak;
    uint64_t evictions, rejections;
    struct duration oldest;
    struct books books;
    uint32_t down;             /* at the end: by actions */
    uint64_t silent_unasked;   /* views that fell silent though nobody asked for it */
    uint64_t alive_samples;
    struct accord compared; /* of all live views, at the end */
    bool evidence_read;
    uint32_t evidence;
    bool slashed_read;
    uint32_t validators_read, slashed;
    bool settled;              /* behaviours' postconditions were checked */
    uint64_t settled_samples, settled_violations, settled_unknown;
    uint64_t claims_held, claims_broken; /* what operations held against the chain themselves */
    char settled_note[160];
    uint64_t bots_active;
    const struct linkage *linkage; /* what an analyst could tell of its operations in the shielded pool; NULL: not asked for */
    struct gauges opening, closing; /* of the topics that are asked for */
    bool breaker_seen, breaker_ever; /* a market was halted in the window; up to its end */
    struct tally probes;       /* of its tracks whose bots are called probe... */
    uint64_t lanes_kept, lanes_broken;    /* final blocks of the window with more than one transaction */
    uint32_t lanes_height;                /* of the first block out of order */
    uint64_t lanes_refused;               /* refused by a full pool with a tip that it calls enough */
    uint64_t lanes_unread;                /* final blocks of the window that could not be read in time */
    uint64_t arrivals_kept, arrivals_broken; /* neighbours of the DEX lane in final blocks of the window */
    uint32_t arrivals_height;             /* of the first block that inverts two */
    uint64_t peers_read, peers_narrow;    /* views that told their peers, and those of them without a proven one or with a crowd of one group */
    char peers_note[120];
    uint64_t accounts_same, accounts_changed; /* of the acting bots, since the window began */
};
bool accord_holds(const struct accord *accord); /* within 2 blocks of the highest, one hash */
void span_done(struct span *span);

/* Of the phase named Baseline..., for ratios; NULL: none. */
struct evaluation {
    const struct span *span, *baseline;
    const struct chronicle *chronicle;
};

/* A metric over the span. known false: no sample. */
struct metric_value span_metric(const struct evaluation *evaluation, enum metric_id metric);

/* A check over the span: PASS (it is true), FAIL (it is false), INVALID (cannot be said), with samples and a note why. */
struct check_value {
    enum judgement judgement;
    uint64_t samples;
    char note[200];
};
struct check_value span_check(const struct evaluation *evaluation, enum check_id check);

/* ---- span_gauge.c: what they are read from the chains' topics, and from how operations were answered ---- */
struct metric_value gauge_metric(const struct span *span, enum metric_id metric);
struct check_value gauge_check(const struct span *span, enum check_id check);
struct check_value conduct_check(const struct span *span, enum check_id check);

#endif
