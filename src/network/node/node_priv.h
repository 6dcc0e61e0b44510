/* Node, from the inside: what the units of this room share. */
#ifndef NODE_NODE_PRIV_H
#define NODE_NODE_PRIV_H

#include "chain/route.h"
#include "network/byzantine/liar.h"
#include "network/node/call.h"
#include "network/node/events.h"
#include "network/node/node.h"

/* ---- packets between nodes ---- */
/* Some of the peers, by index. One beyond the end is never in it. */
#define PEER_SET_MAX 256
struct peer_set {
    uint64_t bits[PEER_SET_MAX / 64];
};
static inline bool peer_set_has(const struct peer_set *set, uint32_t i) { return i < PEER_SET_MAX && (set->bits[i / 64] >> i % 64 & 1) != 0; }
static inline void peer_set_add(struct peer_set *set, uint32_t i)
{
    if (i < PEER_SET_MAX) set->bits[i / 64] |= (uint64_t)1 << i % 64;
}

struct node_packet {
    struct packet packet;
    struct message *message;
    struct bundle *bundle; /* of a TXS message: those with a good signature; made by the first node that reads it */
    bool bundle_made;
    bool again;            /* a TXS message of what was announced before */
    struct peer_set heard; /* of a TXS message: who has read it, or all of it in earlier ones */
};
extern const struct packet_class node_packet_class;
struct packet *node_packet_new(struct message *message); /* takes a reference */

/* ---- journal: what a node has on disk ---- */
#define JOURNAL_BYTES_MAX (8u << 10) /* longer than that, it is written anew */
struct journal {
    struct env *env;
    struct host host;
    struct buf scratch;
    size_t chain_bytes;
    bool chain_dirty, votes_dirty;
    bool failed; /* the disk refused: nothing may be sent until a write succeeds */
};
enum journal_type { JOURNAL_BLOCK = 'B', JOURNAL_CERTIFICATE = 'C', JOURNAL_FINAL = 'F', JOURNAL_EPOCH = 'E', JOURNAL_BASE = 'S' /* its history begins there */ };
struct journal_record {
    enum journal_type type;
    struct hash hash; /* of the block; of the epoch's base */
};
typedef void journal_visit(void *ctx, const struct journal_record *record);

void journal_init(struct journal *journal, struct env *env, struct host host);
void journal_done(struct journal *journal);
void journal_put(struct journal *journal, enum journal_type type, const struct hash *hash);
void journal_votes(struct journal *journal, const struct votestate *votes);
bool journal_sync(struct journal *journal); /* all of it is durable; false: the disk refused */
/* The whole file anew, from `records`. */
void journal_rewrite(struct journal *journal, const struct journal_record *records, size_t count);
void journal_read(struct journal *journal, journal_visit *visit, void *ctx);
enum journal_votes_state { JOURNAL_VOTES_NONE, JOURNAL_VOTES_GOOD, JOURNAL_VOTES_LOST };
enum journal_votes_state journal_votes_read(struct journal *journal, struct domain domain, const struct address *validator, struct votestate *out);

/* ---- waiters: AT2 with wait= ---- */
struct waiter {
    struct waiter *next; /* for the same transaction */
    struct node *node;
    struct http_exchange *exchange;
    struct hash id;
    enum tx_status wanted;
    struct timer timer;
};

/* ---- what a view remembers beside the chain ---- */
struct dropped {
    struct tx *tx;
    enum code reason;
};
#define DROPPED_MAX 8192
#define ORPHANS_MAX 1024
#define FINDINGS_MAX 10000
struct node_evidence {
    struct evidence evidence;
    struct hash id;
    enum chain_id chain; /* where it happened */
    struct address accused;
    uint32_t height;
    uint64_t round, detected_at;
};
struct node_alert {
    uint64_t at;
    uint32_t height;
    const char *type;
    struct hash subject; /* a block */
    bool has_who;
    struct address who;  /* told instead, when there is one */
};

/* Who votes together: what SYBIL_PATTERN is found by (watch_votes.c). */
struct node_cohorts {
    struct map cohorts, seen;
};

/* Transactions that this view passed on together. */
struct announced {
    struct node_packet *packet; /* a reference */
    struct instant due;
    uint64_t wait_ns; /* until `due`, when it was set */
};

struct node {
    struct node_space *space;
    struct node_peer *self;
    uint32_t index;
    struct host host;
    struct replica *replica;
    struct mempool *pool;
    struct block *pool_head; /* borrowed from the store: what the pool's head is */
    struct journal journal;

    struct timer wake, gossip;
    struct instant wake_at;  /* what `wake` is set to; NEVER: it is not */
    bool gossip_set;
    struct instant gossiped_at;
    VEC(struct tx *) outgoing; /* admitted here, not yet passed on; references */
    VEC(struct announced) announced; /* admitted here and passed on, until they are final: announced again if that takes long */
    size_t announced_txs;
    struct timer announce;
    struct instant announce_at; /* what it is set to; 0: it is not */
    struct instant final_at; /* when a block last became final here */

    bool paused, held;
    bool signs;              /* it has a key, and knows what that has signed */
    bool votes_pending;      /* the vote state has changed since it was written */
    int64_t offset_ms, drift_ppm;
    struct instant skew_since;

    struct stored *head, *final;
    struct poststate *final_post;
    struct stored *base; /* the checkpoint it started from: it has nothing below; NULL: genesis */
    struct node_sync sync;
    struct map overrides;            /* u32 height -> struct stored *: finals that differ from the store's (a broken network) */
    VEC(struct stored *) tentative;  /* stored here and above the final one */
    struct hash epoch_base;          /* zero: the first epoch */

    struct tx **build_txs;
    size_t build_txs_cap;
    struct poststate *built; /* of the block built last */

    struct map waiters;      /* hash -> struct waiter * */
    uint32_t waiting[TX_FINALIZED + 1]; /* how many wait for that */
    struct map dropped;      /* hash -> struct dropped */
    VEC(struct hash) dropped_order;
    size_t dropped_first;
    VEC(struct hash) dropped_news; /* dropped since drops last fired */
    struct timer drops;
    struct map orphans;      /* hash -> u8 */
    struct map proved;       /* ids of spends whose proofs this view checked when they came: for costs */
    VEC(struct hash) orphans_order;
    VEC(struct node_evidence) evidence;
    VEC(struct node_alert) alerts;
    struct node_cohorts cohorts;
    struct limiter limiter;
    struct events *events; /* NULL: nobody has read along */

    struct liar *liar;   /* borrowed; NULL: it is honest */
    struct later *later; /* what its liar holds back */
    uint32_t later_count;
    uint64_t life;                 /* of this node's incarnations in the process, each another */
    struct peer_set crowded_out;   /* peers it no longer hears, nor they it */
    uint32_t sybils;               /* hostile peers in its slots */
    struct instant heard_at[NODE_PEERS_MAX], peers_alert_at;
    uint64_t memory_max;           /* 0: no limit */
    struct map strikes;            /* proposer -> u32: blocks that passed over a transaction */
    uint32_t struck;               /* height up to which blocks were looked at for that */

    uint64_t started_ms, last_block_ms, requests, reorgs;
    uint32_t deepest_reorg;
};

static inline enum chain_id node_chain(const struct node *node) { return node->space->rules.domain.chain; }

/* ---- cost.c ---- */
uint64_t node_cost_ns(void *ctx, struct host from, const struct packet *packet);
void node_proved(struct node *node, const struct tx *tx); /* it was admitted here */

/* ---- clock ---- */
uint64_t node_clock_ms(const struct node *node);
struct replica_time node_time(const struct node *node);

/* ---- drive.c: the replica's actions ---- */
void node_perform(struct node *node);
bool node_sync(struct node *node); /* all it knows is durable */
void node_send_all(struct node *node, struct message *message);
void node_send_packet(struct node *node, struct packet *packet); /* the same with a packet that exists */
void node_send_to(struct node *node, struct packet *packet, uint32_t peer);
void node_header_fill(struct header *out, const struct ledger_result *result); /* roots and counts */
/* The post-state of a block of this view; executes what is missing. Borrowed; NULL: the body is gone. */
struct poststate *node_post_of(struct node *node, struct stored *stored);
const struct ledger_orders *node_orders_at(const struct node_space *space, uint32_t height);
extern const struct replica_ledger node_replica_ledger; /* ctx: the node */
extern const struct replica_store node_replica_store;
void node_restore(struct node *node, const struct votestate *votes);
/* ---- start.c: from a checkpoint ---- */
/* Before its replica is made: puts what it was given on its disk, when nothing final is there. What its replica must take at that height. */
struct replica_checkpoint node_begin(struct node *node, const struct node_checkpoint *given);
void node_head_to(struct node *node, struct block *block);
void node_pool_follow(struct node *node, struct stored *to);

/* ---- lie.c: the liar beside the replica ---- */
/* True: the liar has dealt with the message (peer: for REPLICA_TO_PEER). */
bool node_lies(struct node *node, struct message *message, enum replica_to to, uint32_t peer);
void node_lie_hear(struct node *node, const struct message *message);
struct mempool_room node_lie_room(const struct node *node, struct mempool_room room, const struct params *params); /* what it chooses from */
size_t node_lie_choose(struct node *node, struct tx **txs, size_t count); /* how many are left of what the pool gave */
void node_lie_done(struct node *node);
void node_send_later(struct node *node, struct packet *packet, uint32_t peer, struct duration delay);

/* ---- watch.c: what it notices about others ---- */
void node_alert(struct node *node, const char *type, uint32_t height, const struct hash *block, const struct address *who); /* who may be NULL */
void node_fundings_init(struct node_space *space);
void node_cohorts_init(struct node_cohorts *cohorts);
void node_cohorts_done(struct node_cohorts *cohorts);
void node_watch_offer(struct node *node, const struct tx *tx); /* likewise (watch_offers.c) */
void node_watch_vote(struct node *node, const struct tx *tx); /* that came here with a good signature, or stands in a block */
bool node_watches(const struct tx *tx); /* whether these two look at it at all: the same for every view */
void node_watch_final(struct node *node, const struct stored *stored);
/* ---- oracle_watch.c ---- */
void node_oracle_refused(struct node *node, const struct tx *tx); /* with PRICE_OUTLIER */
void node_oracle_watch(struct node *node);                        /* the head has moved */
/* Its own next block would take `txs` on `parent`: what waits that long was left out by others. */
void node_watch_chosen(struct node *node, const struct block *parent, struct tx *const *txs, size_t count);
bool node_guard_rotation(const struct node_space *space); /* weak.c */
bool node_guard_history(const struct node_space *space);  /* likewise */

/* ---- market_watch.c ---- */
void node_watch_lane(struct node *node, const struct block *block); /* one that another proposed, before the pool follows it */
void node_watch_market(struct node *node, const struct ledger_state *state, const struct hash *block); /* of a final block */

/* ---- trouble.c ---- */
bool node_reorg_keeps(struct node *node, struct packet *packet, uint32_t peer);
bool node_hears(const struct node *node, uint32_t peer);
uint32_t node_sybils(const struct node *node);
void node_heard(struct node *node, uint32_t peer);
void node_watch_peers(struct node *node);
bool node_memory_has(struct node *node, uint64_t bytes);
void node_lates_free(struct node_space *space);
bool node_spoils(struct node *node, struct http_exchange *exchange); /* true: it is not to be served now */

/* ---- gossip.c ---- */
void node_gossip_put(struct node *node, struct tx *tx);
void node_gossip_fire(struct timer *timer);
void node_gossip_take(struct node *node, struct node_packet *packet);
/* How many of a TXS message's signatures this view has to check: all, but for what it knows. */
uint64_t node_gossip_checks(const struct node *node, const struct node_packet *packet);

/* ---- announce.c: what waits long is announced again ---- */
void node_announce_note(struct node *node, struct node_packet *packet); /* it has just been passed on; takes a reference */
void node_announce_fire(struct timer *timer);
void node_announce_resumed(struct node *node); /* finality goes on after a halt */
void node_announce_forgotten(struct node *node); /* its pool is empty now, whatever it has heard */
void node_announce_done(struct node *node);

/* ---- view.c: where blocks and transactions stand in this view ---- */
/* NULL: this view has none at that height (preferred branch). */
struct stored *node_block_at(const struct node *node, uint32_t height);
struct stored *node_block_of(const struct node *node, const struct hash *hash, enum block_status *out_status);
enum block_status node_status_of(const struct node *node, struct stored *stored);
/* The view of a transaction. False: unknown here. */
bool node_tx_view(struct node *node, const struct hash *id, struct arena *arena, struct tx_view *out) MUST_CHECK;
void node_tx_view_at(struct node *node, struct stored *stored, uint32_t place, struct arena *arena, struct tx_view *out);
struct committee *node_committee_of(const struct node *node, const struct hash *hash); /* borrowed; NULL */
/* For the pool: whether a block, or a transaction, is in the chain that ends in the pool's head. */
bool node_on_chain(void *ctx, uint32_t height, const struct hash *hash);
bool node_executed(void *ctx, const struct hash *id);
bool node_tx_executed(void *ctx, const struct hash *id); /* in the chain that ends in the pool's head */

struct timeoutcert_view node_timeoutcert_view(const struct node *node, struct timeoutcert *tc);

/* ---- waiters.c ---- */
void waiter_add(struct node *node, struct http_exchange *exchange, const struct hash *id, enum tx_status wanted, uint64_t timeout_ms);
void waiters_block(struct node *node, struct stored *stored, enum tx_status reached);
void waiters_dropped(struct node *node, const struct hash *id);
void waiters_forget(struct node *node);

/* ---- tell.c: for readers of the event log ---- */
void tell_block(struct node *node, enum event_type type, const struct block *block);
void tell_included(struct node *node, struct stored *stored);
void tell_final(struct node *node, struct stored *stored, const struct ledger_result *result);
void tell_reorg(struct node *node, const struct stored *from, const struct stored *to, uint32_t ancestor_height, uint32_t depth);
void tell_pending(struct node *node, const struct tx *tx, enum lane lane, uint64_t arrival);
void tell_dropped(struct node *node, const struct hash *id, enum code reason);
void tell_committee(struct node *node, const struct replica_epoch *epoch);
void tell_evidence(struct node *node, const struct node_evidence *found);
void tell_alert(struct node *node, size_t index);
void node_evidence_view(const struct node_evidence *from, struct evidence_view *out); /* texts borrowed */
void node_alert_view(const struct node *node, size_t index, struct arena *arena, struct alert_view *out);

/* ---- REST ---- */
#define NODE_BATCH_MAX 2000 /* transactions in an AT3 */
struct call node_call(struct node *node, struct http_exchange *exchange);
void rest_serve(struct node *node, struct http_exchange *exchange);
struct rest_table *rest_table_new(enum route_listener listener); /* of all its routes; a space has its own */
void rest_table_free(struct rest_table *table);
/* The signatures that a request asks its node to check, by its route alone: what it costs, and what may be begun early. */
enum rest_work { REST_PLAIN, REST_TX, REST_BATCH };
enum rest_work rest_work_of(const struct node_space *space, const struct http_request *request);
struct rest {
    struct call call;
    struct node *node;
    const struct route_row *row; /* the route it came by */
    const struct str *args; /* what stands for the {} behind the network, in the pattern's order; percent-encoded */
};
/* Who serves a route: a table a family, closed by an empty row, named in `tables` of rest.c. */
struct rest_handler {
    const char *id; /* of the contract: "DS1" */
    void (*serve)(struct rest *rest);
    enum rest_work work;
};
extern const struct rest_handler rest_shielded_handlers[];
extern const struct rest_handler rest_bridge_handlers[];
extern const struct rest_handler rest_names_handlers[];
extern const struct rest_handler rest_perps_handlers[], rest_oracle_handlers[], rest_offramp_handlers[];
extern const struct rest_handler rest_staking_handlers[];
extern const struct rest_handler rest_governance_handlers[];
extern const struct rest_handler dex_handlers[];
/* ---- rest_take.c: routes that take a signed transaction of certain kinds (api 2.3) ---- */
struct rest_takes {
    const enum kind *kinds;
    size_t kinds_count;
    const struct wire *ack;  /* wire_order_ack ... (the object's id is the transaction's); NULL: wire_tx_ack */
    const char *path_member; /* of the payload: must equal the route's first {}; NULL: none */
};
/* Reads the body (canonical bytes, the envelope, or {"tx": envelope} with echoes of payload members), checks kind, path and
 * echoes, admits. A reference on the admitted transaction, not answered yet; NULL: refused and answered. */
struct tx *rest_take_tx(struct rest *rest, const struct rest_takes *takes, struct tx_ack *out_ack);
void rest_take(struct rest *rest, const struct rest_takes *takes); /* the same, answered with 202 and the ack */
/* ---- rest_tx.c, for it ---- */
struct tx *rest_body_tx(struct call *call, const struct tx_rules *rules, struct apierror *error); /* NULL and error */
bool rest_admit(struct node *node, struct tx *tx, struct mempool_ack *ack, struct apierror *error); /* behind decoding */
#define REST_LIST(R)                                                                                                             \
    R(block_height_latest) R(block_hash_latest) R(block_latest) R(block_height_finalized) R(block_get) R(block_transactions)     \
    R(blocks) R(height_of) R(tx_broadcast) R(tx_get) R(tx_batch) R(pool_ids) R(pool_get) R(pool_entries) R(pool_stats)           \
    R(state_root_latest) R(state_root_at) R(state_path) R(account) R(committee_at) R(committee_latest) R(peers_all)              \
    R(peers_count) R(peers_metrics) R(sync_status) R(node_info) R(validators) R(validator) R(supply) R(finality) R(tx_proof)      \
    R(template) R(submit_proposal) R(submit_vote) R(submit_timeout) R(evidence_list) R(evidence_get) R(evidence_post) R(votes_at) R(round) R(forks) R(checkpoints) R(alerts) R(events)
#define R(name) void rest_##name(struct rest *rest);
REST_LIST(R)
#undef R
/* The transaction in a body of signed bytes; borrowed from the exchange. NULL: it is not one. */
struct tx *node_request_tx(struct http_exchange *exchange);
/* AT2's answer, also when a waiter's time has come. */
void rest_tx_answer(struct node *node, struct http_exchange *exchange, const struct hash *id);

#endif
