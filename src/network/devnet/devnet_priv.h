/* Devnet, from the inside. */
#ifndef DEVNET_DEVNET_PRIV_H
#define DEVNET_DEVNET_PRIV_H

#include "network/byzantine/liar.h"
#include "network/devnet/devnet.h"
#include "network/devnet/faults.h"
#include "network/node/call.h"
#include "network/node/node.h"

#define NODE_CORES 4
#define NODE_QUEUE_MAX 65536

enum seat_state { SEAT_RUNNING, SEAT_PAUSED, SEAT_CRASHED };

/* A validator on one chain. */
struct seat {
    struct host host;
    struct node *node; /* NULL: crashed */
    enum seat_state state;
    uint32_t crashed_by, paused_by, skewed_by, limited_by; /* ids of the chaos that did it; 0: none */
    uint32_t full_by, memory_by, flooded_by;
    uint32_t sybils;
    uint64_t memory_bytes;
    int64_t offset_ms, drift_ppm;
    bool external; /* driven by X19, X20 */
    struct liar *liar; /* NULL: it never broke a rule */
    char *lies[LIAR_MODES]; /* params of the modes that are on, JSON text; NULL: off */
    uint32_t height, final_height; /* when it was last seen up */
    struct hash head;
};
struct validator {
    char name[NODE_NAME_MAX];
    struct seckey account, consensus;
    struct address address;
};

/* One chain of the network. */
struct devchain {
    struct devnet *net;
    enum chain_id chain;
    enum network network;
    struct node_space *space;
    struct seat *seats; /* one a validator, room for DEVNET_VALIDATORS_MAX; without validators one: the node that only answers */
    struct host *hosts; /* likewise */
    struct faults *faults;
    struct host front;
    struct params genesis_params;
    uint64_t block_capacity; /* id of the chaos that caps it; 0: none */
    uint32_t api_fault;      /* likewise */
    char *api_prefix;
    bool stepping;           /* a step is under way and this chain is not there yet */
    uint32_t step_target;
};
#define DEVCHAINS_MAX 2

/* One action of the chaos API that lasts. */
struct chaos {
    uint32_t id;
    struct devnet *net;
    const struct chaos_row *row;
    uint32_t chains; /* CHAINS_* */
    char *params; /* JSON text */
    uint64_t started_ms, ends_ms; /* ends_ms 0: until ended */
    struct timer timer;
};
struct log_line {
    uint64_t at_ms;
    char *action, *params, *result;
};
/* A /step that is not done yet. */
struct step {
    struct devnet *net;
    struct http_exchange *exchange;
    uint32_t chains;      /* that make blocks */
    struct timer timer;   /* gives up */
    struct timer reached; /* the target heights have been seen */
};

struct feeder;
struct joins;
/* One POST /snapshot. */
struct devsnapshot {
    uint32_t id;
    struct node_snapshot *chains[DEVCHAINS_MAX];
};

struct devnet {
    struct env *env;
    struct http_net *http;
    struct devchain chains[DEVCHAINS_MAX]; /* Alpha, Delta */
    uint32_t chains_count;
    struct sigcache *own_sigcache; /* NULL: borrowed */
    struct validator *validators;  /* as the seats */
    uint32_t count;                /* validators */
    uint64_t seed;
    bool production, manual;
    struct rng rng;
    struct host admin, adnet;
    struct limits adnet_limits;
    struct limiter adnet_limiter;
    struct router *admin_router;
    char *token;
    size_t token_len;
    VEC(struct chaos *) chaos;
    uint32_t chaos_last;
    VEC(struct log_line) log;
    struct step *step; /* NULL: none under way */
    struct watch *watch;   /* NULL: nobody votes */
    struct joins *joins;   /* likewise */
    struct relays *relays; /* NULL: one chain, or nobody votes */
    uint64_t relays_count;
    struct node_costs costs;
    struct devnet_config config; /* as it was given, with lists of its own, in `kept` */
    struct arena kept;
    VEC(struct devsnapshot) snapshots;
    uint32_t snapshots_last, timeline;
    uint64_t started_ms, answers, gossip_tick_ms, history_blocks;
    uint64_t oracle_interval_ms; /* 0: no feeds */
    uint64_t genesis_treasury; /* of each chain, in its fee token */
    struct feeder *feeder;       /* NULL: none */
};

static inline uint32_t devnet_nodes(const struct devnet *net) { return net->count ? net->count : 1; }
/* Chains as a set of bits: what a chaos action or a step is about. */
#define CHAINS_ALPHA 1u
#define CHAINS_DELTA 2u
static inline bool chains_has(uint32_t chains, const struct devchain *chain)
{
    return (chains & (chain->chain == CHAIN_DELTA ? CHAINS_DELTA : CHAINS_ALPHA)) != 0;
}
/* Walks over the chains of a network. */
#define EACH_CHAIN(net, chain) \
    for (struct devchain *chain = (struct devchain *)(uintptr_t)(net)->chains; chain < (net)->chains + (net)->chains_count; chain++)
static inline struct devchain *devnet_chain(struct devnet *net, enum chain_id id) /* NULL: it does not run */
{
    EACH_CHAIN(net, chain) if (chain->chain == id) return chain;
    return NULL;
}
struct str chains_text(uint32_t chains); /* "alpha", "delta", "both" */

/* ---- control.c: seats up and down ---- */
void seat_start(struct devchain *chain, uint32_t i, bool wipe); /* wipe: with an empty disk, and the newest checkpoint to start from */
void seat_stop(struct devchain *chain, uint32_t i, bool graceful);
void seat_pause(struct devchain *chain, uint32_t i);
void seat_resume(struct devchain *chain, uint32_t i);
/* Those in that state on every one of these chains. */
struct target_set validators_in(const struct devnet *net, uint32_t chains, enum seat_state state);
/* The validator that answers unprefixed routes: lowest-numbered running one of the largest partition. False: nobody runs. */
bool devchain_gateway(const struct devchain *chain, uint32_t *out_index);
uint32_t devchain_height(const struct devchain *chain); /* highest head of any view */
uint32_t devchain_next_height(const struct devchain *chain); /* above every block there is */

/* ---- devnet.c, admin_timeline.c: other pasts ---- */
/* Another network with its own genesis: every node, disk and chaos of the present one is gone. False: `validators` is out of bounds. */
bool devnet_reset(struct devnet *net, uint64_t seed, uint32_t validators, struct err *err) MUST_CHECK;
void snapshots_free(struct devnet *net);
/* `add` more validators (api 5.1): keys by their names, seats and nodes on every chain, which run and sync; from `*out_height` on they have the money
 * for their bonds, and register. False: there is no committee that could let them in, or they would be too many. */
bool devnet_grow(struct devnet *net, uint32_t add, bool enrol, uint32_t *out_height, struct err *err) MUST_CHECK;

/* ---- front.c: which host answers a request, and who speaks for views that are down ---- */
struct host front_pick(void *ctx, struct str path);
extern const struct host_ops front_host_ops; /* ctx: the devchain, as of front_pick */

/* ---- adnet.c ---- */
struct host adnet_pick(void *ctx, struct str path);
extern const struct host_ops adnet_host_ops; /* ctx: the devnet */

/* ---- admin*.c ---- */
struct host admin_pick(void *ctx, struct str path);
struct router *admin_router_new(void);
extern const struct host_ops admin_host_ops;
struct admin {
    struct call call;
    struct devnet *net;
    struct str arg; /* what stands for the {} */
};
#define ADMIN_LIST(A)                                                                                                         \
    A(info) A(nodes) A(faucet) A(step) A(mode) A(parameters) A(parameters_put) A(log) A(audit) A(limits) A(limits_put) A(chaos_post)          \
    A(roles) A(validators) A(snapshot) A(restore) A(reset) A(byzantine) A(byzantine_put) A(chaos_list) A(chaos_end) A(chaos_end_all) A(switches) A(switch_get) A(switch_put)
#define A(name) void devnet_admin_##name(struct admin *admin);
ADMIN_LIST(A)
#undef A
/* `chain` of a body: absent means all that run. False after refusing. */
bool admin_chains(struct admin *admin, const struct json *body, uint32_t *out) MUST_CHECK;
void devnet_log(struct devnet *net, struct str action, const struct json *params, const char *result_fmt, ...) PRINTF_LIKE(4, 5);
void admin_step_head(void *ctx, uint32_t height); /* for node_space.on_head; ctx: the devchain */

/* ---- admin_byzantine.c ---- */
void seat_lies_free(struct seat *seat);
bool seat_lies(const struct seat *seat);

/* ---- chaos.c, actions.c ---- */
/* One action that is asked for. */
struct deed {
    struct admin *admin;
    struct devnet *net;
    const struct json *params; /* NULL: none */
    uint32_t id;
    uint32_t chains; /* it is about; all of them run */
    bool lasts; /* set by an action that stays in effect until it is ended */
    /* Links: what the action puts on them. */
    struct target_set from, to;
};
struct chaos_row {
    const char *action;
    bool (*begin)(struct deed *deed); /* false: refused, and answered. NULL: known, not in this build */
    void (*end)(struct devchain *chain, uint32_t id); /* on a chain that it was about */
    bool (*active)(const struct devchain *chain, uint32_t id); /* whether anything of it is left there */
};
extern const struct chaos_row relay_chaos_rows[]; /* relay_chaos.c; closed by an empty row */
/* Reading params (actions.c): each answers false after refusing. */
bool deed_refuse(struct deed *deed, const char *field, const char *why);
bool deed_targets_read(struct deed *deed, const struct json *node, const char *field, struct target_set eligible, struct target_set *out) MUST_CHECK;
bool deed_targets(struct deed *deed, enum seat_state drawn_from, struct target_set *out) MUST_CHECK;
bool deed_number(struct deed *deed, const char *name, uint64_t max, uint64_t *out) MUST_CHECK;
bool deed_wanted(struct deed *deed, const char *name) MUST_CHECK;
const struct chaos_row *chaos_row_of_nodes(struct str action); /* actions_node.c: those that trouble a node rather than links and processes */
void seat_trouble(struct devchain *chain, uint32_t i); /* a node that starts has the troubles of its seat */
/* ---- actions_oracle.c ---- */
bool begin_oracle_outage(struct deed *deed);
bool begin_oracle_skew(struct deed *deed);
bool begin_oracle_stale(struct deed *deed);
void end_oracle(struct devchain *chain, uint32_t id);
bool active_oracle(const struct devchain *chain, uint32_t id);
const struct chaos_row *chaos_row_find(struct str action); /* NULL: none of that name in this build */
void chaos_end(struct chaos *chaos);
void chaos_free_all(struct devnet *net);

#endif
