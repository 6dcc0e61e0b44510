/* Action: what a scenario may do to the network, as table rows, and one such action with its parameters, checked and typed.
 *
 * The table holds every chaos action of the admin API and every harness action of the scenario language; what this build cannot do or
 * prove is told apart. Parsing collects all faults with their places. Doing and proving is weather.h. */
#ifndef CHAOS_ACTION_H
#define CHAOS_ACTION_H

#include "core/base/arena.h"
#include "core/base/time.h"
#include "core/codec/yaml.h"

#define ACTION_GROUPS_MAX 16
#define ACTION_TARGETS_MAX 200

enum action_id {
    ACTION_PARTITION, ACTION_HEAL, ACTION_CRASH, ACTION_RESTART, ACTION_PAUSE, ACTION_RESUME, ACTION_LATENCY, ACTION_LOSS,
    ACTION_REORDER, ACTION_DUPLICATE, ACTION_CORRUPT, ACTION_BANDWIDTH, ACTION_CLOCK_SKEW, ACTION_DISK_FULL,
    ACTION_BLOCK_CAPACITY, ACTION_CPU_LIMIT, ACTION_MEMORY_LIMIT, ACTION_IPC_DELAY, ACTION_IPC_DROP, ACTION_IPC_REORDER,
    ACTION_IPC_DUPLICATE, ACTION_IPC_CENSOR, ACTION_IPC_FORGE, ACTION_ORACLE_OUTAGE, ACTION_ORACLE_SKEW, ACTION_ORACLE_STALE,
    ACTION_PEER_FLOOD, ACTION_PEER_ISOLATE, ACTION_MEMPOOL_CLEAR, ACTION_API_FAULT, ACTION_REORG,
    /* of the harness */
    ACTION_CLEAR, ACTION_SET_BYZANTINE, ACTION_CLEAR_BYZANTINE, ACTION_ENABLE_VULNERABILITY, ACTION_DISABLE_VULNERABILITY,
    ACTION_ADVANCE_CLOCK, ACTION_ROTATE_LOGS, ACTION_START_NETWORK, ACTION_STOP_NETWORK, ACTION_SPAWN_NODES, ACTION_STOP_NODES,
    ACTION_CRASH_COORDINATOR, ACTION_STOP_COORDINATOR, ACTION_START_COORDINATOR, ACTION_CRASH_WORKER, ACTION_START_WORKER,
    ACTION_DROP_WORKER_LINKS, ACTION_CORRUPT_CHECKPOINT, ACTION_MIGRATE_BOTS,
    ACTION_IDS
};

enum action_param_type {
    ACTION_PARAM_TARGETS, /* v3, v1-v40, *, a list of these, {count: 8}, {fraction: 34%} */
    ACTION_PARAM_GROUPS,  /* list of targets */
    ACTION_PARAM_MS,      /* name ends in _ms: whole milliseconds, or without it a duration */
    ACTION_PARAM_SIGNED_MS,
    ACTION_PARAM_BPS,     /* name ends in _bps: 0 ... 10000, or without it a fraction */
    ACTION_PARAM_SIGNED_BPS,
    ACTION_PARAM_COUNT,
    ACTION_PARAM_SIGNED,
    ACTION_PARAM_BOOL,
    ACTION_PARAM_CHOICE,
    ACTION_PARAM_TEXT,
    ACTION_PARAM_LIST,
    ACTION_PARAM_DURATION, /* of the harness: never sent */
    ACTION_PARAM_LATER,    /* known, not in this build */
};
struct action_param {
    const char *name; /* as the wire has it */
    enum action_param_type type;
    bool required;
    const char *choices; /* blank-separated, for ACTION_PARAM_CHOICE */
};
enum action_need { NEED_CHAOS, NEED_BYZANTINE, NEED_SWITCHES, NEED_ADMIN, NEED_DEVNET, NEED_DISTRIBUTED };
struct action_spec {
    enum action_id id;
    const char *name;
    const struct action_param *params; /* ends with {0}; NULL: none */
    enum action_need need;
    const char *undo;    /* what ends it, beside `clear`; NULL: only `clear`, or it ends by itself */
    const char *measure; /* the parameter that says how strong it is; NULL: none */
    bool harness, lasting; /* lasting: stays until undone */
    bool one_proof;        /* it is not about one chain's nodes: bridges, oracles, listeners */
    bool in_build;
    const char *summary; /* what happens, in a line */
};
extern const struct action_spec action_specs[ACTION_IDS];
const struct action_spec *action_find(struct str name);
/* Earlier spellings ("partition_network" -> "partition"); NULL: none. */
const char *action_renamed(struct str old_name);

/* Validators that an action speaks of. */
enum targets_kind { TARGETS_NONE, TARGETS_NAMED, TARGETS_COUNT, TARGETS_FRACTION };
struct targets {
    enum targets_kind kind;
    uint32_t amount;         /* TARGETS_COUNT: how many; TARGETS_FRACTION: basis points */
    const uint16_t *numbers; /* TARGETS_NAMED: validators, ascending, from 1; arena's */
    uint32_t count;
};
/* How many validators are meant in a network of `validators`. */
uint32_t targets_size(const struct targets *targets, uint32_t validators);
bool targets_has(const struct targets *targets, uint32_t number); /* TARGETS_NAMED only */

/* One action as a scenario wants it. Lives in the arena it was parsed into. */
struct chaos_action {
    const struct action_spec *spec;
    struct place place;
    struct str params_json; /* the `params` object of the request */
    struct str chain;       /* "alpha", "delta", "both"; empty: not said */
    uint64_t duration_ms;   /* ends by itself; 0: when undone */
    struct targets targets, from, to;
    struct targets groups[ACTION_GROUPS_MAX]; /* partition, without the group of the unnamed */
    uint32_t groups_count;
    int64_t measure;   /* of the parameter that says how strong it is: ms, bps, tx/s ... */
    struct str clears; /* clear: name or `ipc_*`; empty: all */
    struct str named;  /* the switch; the oracle's asset; the listener; the direction of messages: by the action's kind */
};

/* action_parse checks `name` and its parameters (`params` may be NULL) against the table for a network of `validators`; faults go to `diags`.
 * False when there were any; then *out is not to be used. */
bool action_parse(struct arena *arena, const struct yaml *name, const struct yaml *params, uint32_t validators, struct diags *diags,
                  struct chaos_action *out) MUST_CHECK;

#endif
