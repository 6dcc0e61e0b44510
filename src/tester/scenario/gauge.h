/* Gauge: what the chains show of one topic at one moment, as any client may read it: the beginning and the end of a window are held against each other
 * for metrics and checks that operations alone do not tell. */
#ifndef SCENARIO_GAUGE_H
#define SCENARIO_GAUGE_H

#include "tester/client/alpha.h"
#include "tester/scenario/vocab.h"

enum topic { TOPIC_GOVERNANCE, TOPIC_BRIDGE, TOPIC_MARKET, TOPIC_BREAKER, TOPIC_VALIDATORS, TOPIC_NAMES, TOPIC_OFFRAMP, TOPIC_RESOURCES };
#define TOPICS (TOPIC_RESOURCES + 1)
#define TOPIC_BIT(topic) (1u << (topic))
/* Topics that a metric or check is read from: bits; 0: none. */
uint32_t metric_topics(enum metric_id metric);
uint32_t check_topics(enum check_id check);

/* Totals since genesis, but for what stands now. */
struct gauges {
    uint32_t read; /* TOPIC_BITs that were told completely */
    uint32_t alpha_height, delta_height; /* final */
    /* governance, of Alpha */
    uint32_t proposals, proposals_open, proposals_executed;
    uint64_t votes;
    u128 cast, weight; /* of proposals whose voting has begun: what was cast, and what could have been by the electorate */
    /* bridge, both directions together */
    uint64_t executed;         /* messages */
    uint64_t pending;          /* final at their source and not executed */
    uint64_t unmatched;        /* crossings without their counterpart, as the judge has read both chains */
    uint64_t skipped, retries; /* sequences passed over; attempts beyond the first, of records up to now */
    uint32_t halted;
    uint64_t delay_p95_ms, delays; /* from a message's emission to its execution, of those emitted since `since_ms` */
    /* markets */
    uint64_t liquidations;
    uint32_t markets, markets_halted;
    /* validators */
    uint32_t members, active, jailed, slashed;
    uint64_t proposed, missed; /* turns of the active */
    uint32_t offenders, offenders_out; /* that evidence names; of them, those with neither seat nor whole stake */
    /* names */
    uint64_t commits, reveals;
    uint32_t names, claimed;
    /* off-ramp, of the asked accounts */
    uint32_t registrations, approved, rejected, settled, failed;
    /* of the process */
    uint64_t rss_bytes, cpu_us, fds, wall_us;
};

/* Of this process; NULL in a target: unknown. The figures feed nothing but reports. */
struct resources {
    uint64_t rss_bytes, cpu_us, fds, wall_us;
};

struct gauge_reader {
    struct env *env;
    const struct alpha *alpha, *delta; /* delta's `http` NULL: none */
    void (*resources)(struct resources *out); /* NULL: unknown */
    const struct address *accounts;    /* whose requests are read */
    uint32_t accounts_count;
    u128 electorate;                   /* weight that may vote on each proposal; 0: all that the chain counts */
    const struct str *names;           /* that are auctioned */
    uint32_t names_count;
    uint64_t since_ms;                 /* messages emitted before count for no delay */
    uint64_t after_sequence;           /* records of messages after this one, of either direction */
};
/* Reads the topics of `topics`; what was not told completely is left out of out->read. */
void gauges_read(const struct gauge_reader *reader, uint32_t topics, struct gauges *out) FIBER;
/* Of the bridge only what both chains say of messages: executed, pending, halted are added to `out`. */
bool gauges_bridge_status(const struct gauge_reader *reader, struct gauges *out) FIBER MUST_CHECK;

#endif
