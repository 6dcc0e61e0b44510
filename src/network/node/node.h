/* Node: one validator's view of one chain. Event-driven: it is a host of the env that receives messages of its peers and HTTP requests, and owns a
 * replica, a mempool and a journal. What the nodes of a process may share (blocks, post-states, checked signatures, the transaction index) is in
 * the `space` they live in; what each of them knows is its own. Starting, crashing and faults are the devnet's business. */
#ifndef NODE_NODE_H
#define NODE_NODE_H

#include "core/base/vec.h"
#include "network/consensus/replica.h"
#include "network/node/blockstore.h"
#include "network/node/checkpoint.h"
#include "network/node/costs.h"
#include "network/node/limiter.h"
#include "network/node/mempool.h"
#include "world/fiber/env.h"
#include "world/http/http.h"

#define NODE_NAME_MAX 16

struct node;
struct liar;
struct rest_table;
struct bookcache;
struct presign;
struct waiter;

/* ---- the space ---- */
/* The last rounds a validator's key has signed in from outside (X20). */
struct node_signed {
    uint64_t voted, proposed, timed_out;
};
struct node_peer {
    struct host host;
    struct address address; /* of the validator */
    char name[NODE_NAME_MAX];
    struct node *node; /* NULL: down */
    /* What its disk holds of states: the one after its last final block, kept through a crash. */
    struct stored *disk_final;
    struct poststate *disk_post;
    struct node_signed outside;
    uint64_t events_next; /* where its event log goes on when it starts again; 0: nobody ever read it */
};
struct node_orders { /* what the admin API decided for one height; applied by everybody */
    struct ledger_orders orders;
    struct ledger_grant *grants;
    struct ledger_setting *settings;
    struct ledger_role_order *roles;
};
struct node_counters {
    uint64_t rounds, messages, message_bytes, signatures_checked, requests;
    uint32_t height_max; /* of any block ever built or stored by anybody */
};
#define NODE_PEERS_MAX 256
/* Messages kept back so that tentative blocks are replaced; depth 0: none. */
struct node_reorg {
    uint32_t depth;
    uint64_t round;             /* of the first block that is replaced */
    uint32_t proposer, witness; /* depth 2: peers who know its certificate early enough */
    struct instant until;
};
/* A share of the answers under `prefix` is spoiled; rate 0: none. */
struct node_api_fault {
    struct str prefix; /* borrowed */
    uint32_t rate_bps;
    uint16_t status;   /* answered instead; 0: late, or never */
    uint64_t delay_ms;
    bool reset;
    struct rng rng;
};
struct node_late;
struct node_space {
    struct env *env;
    enum network network; /* of this chain */
    struct params params; /* of genesis, and what the admin API changed since */
    struct ledger_rules rules;
    struct sign_suite suite;
    struct node_costs costs;
    struct sigcache *sigcache;
    struct verifier verifier;
    struct rest_table *rest;  /* the routes of this chain */
    struct rest_table *adnet; /* Alpha's: those of the Adnet listener that a node answers; else NULL */
    struct executor *executor;
    struct blockstore *store;
    struct block *genesis;
    struct committee *committee; /* the first one; NULL: no validators */
    struct node_peer *peers;     /* v1 first; room for NODE_PEERS_MAX: they stay where they are */
    uint32_t peers_count;
    struct map by_address;       /* address of a validator -> u32 index of the peer */
    VEC(uint32_t) by_host;       /* by the number of a host: index of its peer + 1, 0: none */
    struct map orders;           /* u32 height -> struct node_orders */
    struct bookcache *books;
    struct texts *texts;         /* of events, which many views tell alike */
    struct map presigned;        /* pointer of a tx -> struct presign *: checks begun early (foresee) */
    struct map fundings;         /* a head and an account -> who first paid it, as a walk back from there has found lately */
    struct map prevotes;         /* what a vote says -> struct prevote *: its check, begun early */
    struct presign *presign_spare; /* to use again, as the waiters below: each transaction needs one and two */
    struct waiter *waiters_spare;
    uint64_t gossip_tick_ns;
    uint64_t capacity_per_s;     /* block_capacity: transactions a second that proposers take; 0: no cap */
    VEC(struct address) liars;   /* whom the planted vuln.sticky-proposer lets lead: the validators that break rules */
    struct node_reorg reorg;
    struct node_api_fault api_fault;
    struct node_late *late;      /* answers that wait */
    struct node_checkpoint checkpoint; /* the newest one, once somebody asked for it; bytes NULL: nobody did */
    uint64_t lives;              /* of nodes, so far */
    struct limits limits;        /* of the chain's listener; each node counts for itself */
    bool conflict;               /* two final blocks at one height have been seen */
    struct node_counters counters;
    /* Told of every new head of any view; may be NULL. */
    void (*on_head)(void *ctx, uint32_t height);
    void *on_head_ctx;
    /* The node of the same validator on the other chain, where one runs; may be NULL, and may answer NULL. */
    struct node *(*sibling)(void *ctx, uint32_t peer);
    void *sibling_ctx;
    /* The group that a peer stands in while a partition is in effect, else 0; may be NULL. */
    uint32_t (*partition_of)(void *ctx, uint32_t peer);
    void *partition_ctx;
};

/* Who breaks rules now; copied, and every node told. */
void node_space_liars(struct node_space *space, const struct address *liars, size_t count);

struct node_space_config {
    struct env *env;
    enum chain_id chain;
    enum network network;
    struct domain peer; /* of the chain at the other end of the bridge; chain 0: there is none */
    const struct params *params;
    struct sign_suite suite;
    struct sigcache *sigcache; /* borrowed */
    struct block *genesis;
    struct ledger_state *genesis_state;
    struct committee *committee;
    struct blockstore_limits limits;
    uint64_t gossip_tick_ns;
    struct shield_suite shield;     /* zero: real proofs */
    const struct node_costs *costs; /* NULL: node_costs_default */
};
/* References are taken. */
struct node_space *node_space_new(const struct node_space_config *config);
/* One more peer, v1 first, at most NODE_PEERS_MAX; also while nodes live. Copied. */
void node_space_peer_add(struct node_space *space, const struct node_peer *peer);
bool node_space_peer(const struct node_space *space, struct host host, uint32_t *out); /* false: no validator's */
void node_space_free(struct node_space *space); /* no node may live any more */
/* Adds grants and settings for `height`, above every block there is. */
void node_space_order(struct node_space *space, uint32_t height, const struct ledger_grant *grants, size_t grants_count,
                      const struct ledger_setting *settings, size_t settings_count);
void node_space_order_role(struct node_space *space, uint32_t height, const struct ledger_role_order *role); /* its asset: static text */

/* ---- snapshots (api 5.1) ---- */
/* The space as it stood after its last final block: what a restore goes back to. Pools, and blocks above, are no part of it. */
struct node_snapshot;
struct node_snapshot *node_space_snapshot(struct node_space *space);
void node_snapshot_free(struct node_snapshot *snapshot); /* before its space; NULL is fine */
uint32_t node_snapshot_height(const struct node_snapshot *snapshot);
/* Goes back to it: blocks above, final ones too, are taken back; on every disk the chain ends there and `high` and `lock` with it, but the
 * rounds that a key has signed in stay. All keys go on in the first round that nobody ever signed in, which only a timeout certificate can
 * end: nothing signed before can convict anybody. No node may live; hosts may be down. */
void node_space_restore(struct node_space *space, const struct node_snapshot *snapshot);

/* The checkpoint that whoever runs this network hands out now: of the newest epoch end that is final for anybody. Borrowed until the next one is
 * asked for. NULL: no epoch has ended. */
const struct node_checkpoint *node_space_checkpoint(struct node_space *space);

/* ---- a node ---- */
struct node_config {
    uint32_t index;           /* among the peers */
    const struct seckey *key; /* consensus key; NULL: it only listens (a network without validators) */
    struct host host;
    bool held;                /* manual mode */
    bool external;            /* its key is used from outside: it signs nothing itself */
    int64_t offset_ms, drift_ppm; /* of its clock, as node_skew */
    struct liar *liar; /* filters what it sends (network/byzantine/liar.h); borrowed; NULL: it is honest */
    /* What it starts from when its disk holds no final block; borrowed for the call, NULL: genesis. Whoever has a final block never gives it up. One that does not
     * hold is refused: the node starts from genesis, and still takes no other block at that height than the trusted one. */
    const struct node_checkpoint *checkpoint;
};
/* Starts the node from what its host's files hold. Its host, which is down, comes up with it; its timers run from now on. */
struct node *node_new(struct node_space *space, const struct node_config *config);
/* Takes it out of the world at once: volatile state is gone, waiting requests are not answered. */
void node_free(struct node *node);
/* How it started, and what it has asked its peers for since. */
struct node_sync {
    uint32_t base_height;   /* of the block that its history begins with; 0: genesis */
    enum code refused;      /* why the checkpoint it was given did not hold; CODE_NONE */
    uint32_t asked_lowest;  /* the lowest height it asked for; UINT32_MAX: none */
    uint64_t blocks_taken;  /* that came in answers */
};
struct node_sync node_sync_state(const struct node *node);
/* Everything it knows is on disk: for a graceful stop. */
void node_flush(struct node *node);
/* A wipe before it starts again: forgets blocks and state, never the vote state. The host may be down. */
void node_wipe_files(struct env *env, struct host host);

extern const struct host_ops node_host_ops; /* ctx: the node */

void node_pause(struct node *node);  /* it does nothing from now on; its host is to be taken down */
void node_resume(struct node *node); /* the host is up again */
bool node_is_paused(const struct node *node);
void node_hold(struct node *node, bool held);
void node_external(struct node *node, bool external);
void node_params_changed(struct node *node);
/* ---- trouble made by the admin API ---- */
/* depth 1 or 2: replaces so many blocks that are not final, two rounds from now, by keeping messages back. */
void node_reorg_begin(struct node_space *space, uint32_t depth);
void node_flood(struct node *node, uint32_t sybils); /* so many hostile peers of one group knock; 0: they have gone */
void node_memory_limit(struct node *node, uint64_t bytes); /* for what waits in its pool; 0: none */
void node_disk_freed(struct node *node);
void node_switches_changed(struct node *node); /* of space->rules.weak */
/* Its own clock: the env's, plus an offset and a drift from now on. */
void node_skew(struct node *node, int64_t offset_ms, int64_t drift_ppm);
int64_t node_clock_offset_ms(const struct node *node);
void node_pool_clear(struct node *node);
/* From now on `liar` filters what it sends; borrowed, NULL: nobody. */
void node_lie(struct node *node, struct liar *liar);
/* Blocks that holders of `keys` (by peer, NULL: not in the plot) could have made instead of those from `from_height` on: at most `length`, not
 * beyond the epoch; with certificates of theirs. References are the caller's. 0: there is no such height, or nobody with a key of its time. */
size_t node_fork_make(struct node *node, const struct seckey *const *keys, uint32_t from_height, uint32_t length, struct certified_block *out);
void node_lie_serve(struct node *node); /* lets its liar tell what it kept back */
/* Talks to a peer as after a heal. */
void node_sync_with(struct node *node, uint32_t peer);

/* A quorum's work is seen: the node is held, listens to nobody, or a block has become final here within what rounds may take. */
bool node_is_live(const struct node *node);
/* Transactions a second, in tenths, in the final blocks of the last ten seconds of the chain's time. */
uint64_t node_tps_tenths(const struct node *node);
uint64_t node_round(const struct node *node);
uint32_t node_members(const struct node *node); /* of the committee in force */
uint32_t node_height(const struct node *node);
uint32_t node_final_height(const struct node *node);
struct hash node_head_hash(const struct node *node);
const struct ledger_state *node_state(struct node *node, bool final); /* at the head, or the last final one; borrowed */
struct mempool *node_pool(struct node *node);

/* ---- errand.c: for those who stand beside a validator (relays, the watch) ---- */
/* As if it had come over HTTP; false with the refusal. */
bool node_submit(struct node *node, struct tx *tx, struct apierror *error) MUST_CHECK;
uint64_t node_pending_nonce(struct node *node, const struct address *sender); /* the next one behind what waits in its pool */
/* A reference on the proof that its block at that height is final; NULL: it is not, or the proof is gone. */
struct finality_proof *node_finality(struct node *node, uint32_t height);
/* The block that ended an epoch, final in this view, and the committee after it (borrowed). False: the epoch goes on. */
bool node_epoch_end(struct node *node, uint64_t epoch, uint32_t *out_height, struct committee **out_next) MUST_CHECK;
/* Misbehaviour that this view has found, in that order; the list only grows while the node lives. */
size_t node_findings(const struct node *node);
void node_finding_at(const struct node *node, size_t i, struct hash *out_id, struct evidence *out);
void node_alert_raise(struct node *node, const char *type, const struct hash *subject); /* one of the types of X24; static text */

/* What a view says when it is asked over HTTP: also used for the views that are down. The exchange is answered. */
void node_serve(struct node *node, struct http_exchange *exchange);
/* A request of the Adnet listener (api 4.5), which a node of Alpha answers for it. */
void node_serve_adnet(struct node *node, struct http_exchange *exchange);
extern const struct http_limits node_http_limits;
const struct http_limits *node_limits(const struct node_space *space); /* those, or what vuln.no-size-limit leaves of them */

#endif
