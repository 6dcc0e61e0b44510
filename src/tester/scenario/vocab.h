/* Vocab: every check and metric that the scenario language names, with what it measures, and whether this build computes it.
 *
 * The tables hold the whole language from the start, so that suggestions are right and a name of a later storey is told apart from a
 * typing error. Chaos actions are in chaos/action.h, behaviours and roles in their own rooms. Nothing is computed here. */
#ifndef SCENARIO_VOCAB_H
#define SCENARIO_VOCAB_H

#include "core/base/str.h"

enum dimension {
    DIM_COUNT,
    DIM_RATE,       /* a second; written as a number, or with /s */
    DIM_PER_MINUTE, /* or with /m */
    DIM_PER_HOUR,   /* or with /h */
    DIM_FRACTION,   /* 0.99 or 99% */
    DIM_DURATION,   /* with ms, s, m, h or d */
    DIM_RATIO,      /* 1.5 or 150% */
    DIM_BPS,
    DIM_PERCENT,    /* 5 or 5% */
    DIM_MEGABYTES,  /* 64, or with MB */
    DIM_AMOUNT,     /* base units, may be negative */
};

enum metric_id {
    METRIC_TPS, METRIC_TPS_AVG, METRIC_TPS_PEAK, METRIC_INBOUND_TPS, METRIC_DRAIN_TPS, METRIC_OPS_PER_SEC, METRIC_OPS_TOTAL,
    METRIC_LOCKS_PER_SEC, METRIC_BURNS_PER_SEC, METRIC_ORDERS_PER_SEC, METRIC_VOTES_PER_SEC, METRIC_SHIELDED_PER_MIN,
    METRIC_CROSS_CHAIN_PER_HOUR, METRIC_DEPLOYS_TOTAL,
    METRIC_OPS_PENDING, METRIC_SUCCESS_RATE, METRIC_ERROR_RATE, METRIC_PROBE_SUCCESS, METRIC_UNEXPECTED_ERRORS,
    METRIC_LATENCY_P50, METRIC_LATENCY_P95, METRIC_LATENCY_P99, METRIC_INCLUSION_P50, METRIC_INCLUSION_P95, METRIC_INCLUSION_P99,
    METRIC_FINALITY_P50, METRIC_FINALITY_P95, METRIC_FINALITY_P99, METRIC_CROSS_CHAIN_P95, METRIC_ORDER_P95, METRIC_API_P95,
    METRIC_VOTE_P95, METRIC_PROOF_GEN_P95, METRIC_PROOF_VERIFY_P95, METRIC_IPC_DELAY_P95, METRIC_PROBE_P95_RATIO,
    METRIC_FINALITY_RATIO, METRIC_TPS_RATIO,
    METRIC_BLOCK_INTERVAL_AVG, METRIC_FINAL_GAP_MAX, METRIC_HALT_DURATION, METRIC_TIME_TO_RESUME, METRIC_TIME_TO_CONVERGE,
    METRIC_VALIDATORS_ACTIVE, METRIC_VALIDATORS_DOWN, METRIC_DOWN_MAX_FINAL, METRIC_UP_AT_RESUME, METRIC_ROUND_CHANGES,
    METRIC_REORG_DEPTH_FINAL, METRIC_CONFLICTING_FINAL_BLOCKS, METRIC_SLASHINGS, METRIC_EJECTIONS, METRIC_EVIDENCE_COUNT,
    METRIC_PARTICIPATION, METRIC_UPTIME,
    METRIC_MEMPOOL_SIZE, METRIC_MEMPOOL_PEAK, METRIC_EVICTIONS, METRIC_REJECTIONS, METRIC_OLDEST_PENDING,
    METRIC_ORPHANS, METRIC_IPC_RETRIES, METRIC_IPC_GAPS, METRIC_STUCK_OPS,
    METRIC_PROPOSALS_OPEN, METRIC_PROPOSALS_CREATED, METRIC_PROPOSALS_EXECUTED, METRIC_TURNOUT, METRIC_VOTES_COUNTED,
    METRIC_BOOK_ORDERS, METRIC_BOOK_LEVELS, METRIC_SPREAD_BPS, METRIC_SLIPPAGE_BPS, METRIC_FILL_RATE, METRIC_LIQUIDATIONS,
    METRIC_ATTACKER_PROFIT, METRIC_VICTIM_LOSS_BPS, METRIC_MEDIAN_ERROR_BPS,
    METRIC_ATTACK_ATTEMPTS, METRIC_ATTACK_REACHED, METRIC_ATTACK_SUCCESSES, METRIC_DETECTION_RATE, METRIC_DETECTION_DELAY_P95,
    METRIC_FALSE_POSITIVE_RATE, METRIC_REJECTION_RATE, METRIC_LINKAGE_ADVANTAGE, METRIC_MUTATION_SCORE,
    METRIC_CPU_PCT, METRIC_RSS_MB, METRIC_RSS_GROWTH, METRIC_DISK_GROWTH_MB, METRIC_FD_COUNT, METRIC_ORCHESTRATOR_CPU_PCT,
    METRIC_WORKERS_ALIVE, METRIC_BOTS_ACTIVE, METRIC_BOTS_LOST, METRIC_METRICS_LOSS, METRIC_CRASH_DETECT_TIME,
    METRIC_RECOVERY_TIME, METRIC_COORDINATOR_DOWNTIME,
    METRIC_APPROVAL_RATE, METRIC_SETTLEMENT_RATE, METRIC_REVEAL_RATE, METRIC_NAMES_CLAIMED, METRIC_PROOF_SUCCESS_RATE,
    METRIC_ANONYMITY_SET_MIN,
    METRIC_IDS
};

/* How a criterion over the metric follows --duration and --bots. */
enum metric_scale {
    SCALE_NEVER,
    SCALE_BOTS, /* a rate: follows the number of bots; the window's length is already divided out */
    SCALE_BOTH, /* a count of operations: follows bots and time */
};

struct metric_spec {
    const char *name, *group;
    enum dimension dimension;
    enum metric_scale scale;
    bool correctness; /* a count of what must never or always happen: missing it is FAIL, not a missed threshold */
    bool operations;  /* speaks of operations: judged after the drain; others at the end of their window */
    bool in_build;
    const char *summary;
};

enum check_id {
    CHECK_ALL_INVARIANTS, CHECK_AGREEMENT, CHECK_FINAL_IRREVERSIBLE, CHECK_BRIDGE_SOLVENT, CHECK_BRIDGE_UNIQUE,
    CHECK_SUPPLY_CONSERVED, CHECK_SINGLE_EXECUTION, CHECK_GOVERNANCE_SOUND, CHECK_IPC_IN_ORDER, CHECK_SHIELDED_SOUND,
    CHECK_PERP_SOLVENT, CHECK_BLOCKS_VALID, CHECK_RESOURCES_BOUNDED, CHECK_ESCROW_SOUND, CHECK_AUCTION_SOUND,
    CHECK_FINALISING, CHECK_HALTED, CHECK_CONVERGED, CHECK_RECOVERED, CHECK_STATE_UNCHANGED, CHECK_RECOVERY_STEP_OK,
    CHECK_ERROR_SHAPE_OK, CHECK_POSTCONDITIONS, CHECK_EVIDENCE_RECORDED, CHECK_OFFENDER_EJECTED, CHECK_HONEST_UNSLASHED,
    CHECK_ARRIVAL_ORDER_KEPT, CHECK_BREAKER_TRIPPED, CHECK_BREAKER_RESET, CHECK_NO_PLAINTEXT_LEAK, CHECK_PRIORITY_LANES_OK,
    CHECK_PEERS_DIVERSE, CHECK_NODES_ALIVE,
    CHECK_IDS,
    CHECK_OBJECT = CHECK_IDS /* a demand on one thing: object.h; has no name of its own */
};
struct check_spec {
    const char *name;
    uint8_t invariant; /* 5 for INV-05; 0: not one of them */
    bool operations;   /* speaks of operations: judged after the drain */
    bool in_build;
    const char *summary; /* what must hold */
};

extern const struct metric_spec metric_specs[METRIC_IDS];
extern const struct check_spec check_specs[CHECK_IDS + 1]; /* the last: of CHECK_OBJECT */
/* The check of an invariant (1 ... 14), as "INV-05" is spelt in criteria. */
const struct check_spec *check_of_invariant(unsigned invariant);

bool metric_find(struct str name, enum metric_id *out);
bool check_find(struct str name, enum check_id *out);
struct str metric_name_next(const void *context, size_t i); /* for did_you_mean_by; empty behind the last */

/* Earlier spellings of metrics, checks, keys and roles ("new_blocks_stopped" -> "halted"); NULL: none. */
const char *criterion_renamed(struct str old_name);
const char *key_renamed(struct str old_name);

/* Planted switches and genesis parameters, known by name; an empty str behind the last. */
struct str switch_name_at(size_t i);
struct str parameter_name_at(size_t i);
bool switch_is_known(struct str name);
bool parameter_is_known(struct str name);

#endif
