/* Devnet, from the inside. */
#ifndef DEVNET_DEVNET_PRIV_H
#define DEVNET_DEVNET_PRIV_H

#include "network/devnet/devnet.h"
#include "network/devnet/faults.h"
#include "network/node/call.h"
#include "network/node/node.h"

#define NODE_CORES 4
#define NODE_QUEUE_MAX 65536

enum validator_state { VALIDATOR_RUNNING, VALIDATOR_PAUSED, VALIDATOR_CRASHED };

struct validator {
    char name[NODE_NAME_MAX];
    struct seckey account, consensus;
    struct address address;
    struct host host;
    struct node *node; /* NULL: crashed */
    enum validator_state state;
    uint32_t crashed_by, paused_by, skewed_by, limited_by; /* ids of the chaos that did it; 0: none */
    int64_t offset_ms, drift_ppm;
    bool external; /* driven by X19, X20 */
    uint32_t height, final_height; /* when it was last seen up */
    struct hash head;
};

/* One action of the chaos API that lasts. */
struct chaos {
    uint32_t id;
    struct devnet *net;
    const struct chaos_row *row;
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
    uint32_t target;
    struct timer timer;   /* gives up */
    struct timer reached; /* the target height has been seen */
};

struct devnet {
    struct env *env;
    struct http_net *http;
    struct node_space *space;
    struct sigcache *own_sigcache; /* NULL: borrowed */
    struct validator *validators;  /* one more than `count` without validators: the node that only answers */
    uint32_t count;                /* validators */
    struct host *hosts;
    uint64_t seed;
    bool production, manual;
    struct rng rng;
    struct faults *faults;
    struct host front, admin;
    struct router *admin_router;
    char *token;
    size_t token_len;
    VEC(struct chaos *) chaos;
    uint32_t chaos_last;
    VEC(struct log_line) log;
    struct step *step; /* NULL: none under way */
    struct params genesis_params;
    uint64_t started_ms, answers, gossip_tick_ms, history_blocks, block_capacity;
};

static inline uint32_t devnet_nodes(const struct devnet *net) { return net->count ? net->count : 1; }

/* ---- control.c: validators up and down ---- */
void validator_start(struct devnet *net, uint32_t i, bool wipe);
void validator_stop(struct devnet *net, uint32_t i, bool graceful);
void validator_pause(struct devnet *net, uint32_t i);
void validator_resume(struct devnet *net, uint32_t i);
struct target_set validators_in(const struct devnet *net, enum validator_state state);
/* The validator that answers unprefixed routes: lowest-numbered running one of the largest partition. False: nobody runs. */
bool devnet_gateway(const struct devnet *net, uint32_t *out_index);
uint32_t devnet_height(const struct devnet *net); /* highest head of any view */

/* ---- front.c: which host answers a request, and who speaks for views that are down ---- */
struct host front_pick(void *ctx, struct str path);
extern const struct host_ops front_host_ops; /* ctx: the devnet */

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
    A(info) A(nodes) A(faucet) A(step) A(mode) A(parameters) A(parameters_put) A(log) A(audit) A(limits) A(chaos_post)          \
    A(validators) A(chaos_list) A(chaos_end) A(chaos_end_all) A(switches) A(switch_get) A(switch_put)
#define A(name) void devnet_admin_##name(struct admin *admin);
ADMIN_LIST(A)
#undef A
void devnet_log(struct devnet *net, struct str action, const struct json *params, const char *result_fmt, ...) PRINTF_LIKE(4, 5);
void admin_step_head(void *ctx, uint32_t height); /* for node_space.on_head */

/* ---- chaos.c, actions.c ---- */
/* One action that is asked for. */
struct deed {
    struct admin *admin;
    struct devnet *net;
    const struct json *params; /* NULL: none */
    uint32_t id;
    bool lasts; /* set by an action that stays in effect until it is ended */
    /* Links: what the action puts on them. */
    struct target_set from, to;
};
struct chaos_row {
    const char *action;
    bool (*begin)(struct deed *deed); /* false: refused, and answered. NULL: known, not in this build */
    void (*end)(struct devnet *net, uint32_t id);
    bool (*active)(const struct devnet *net, uint32_t id); /* whether anything of it is left */
};
const struct chaos_row *chaos_row_find(struct str action); /* NULL: none of that name in this build */
void chaos_end(struct chaos *chaos);
void chaos_free_all(struct devnet *net);

#endif
