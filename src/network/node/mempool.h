/* Mempool: what one view knows of transactions that wait. M1 (a nonce is missing before it) -> PQ (ready) -> M2 (ready, and in
 * the next block if this view proposed it now), by the limits and the order of api 2.4.
 *
 * Gossip costs a view next to nothing: bundles are shared by all views of a process and stand in the view's *log*, unread,
 * until the view proposes or somebody asks it (mempool_digest and every function below that reads). Then each transaction is
 * admitted as if it came from a client, at the time it was received; those already executed on the view's chain are skipped,
 * whole bundles at once where another view has found all of a bundle dead at a block that this view's chain contains. So
 * capacity, eviction and balance are judged when the log is read: a view may evict later than it received, and a
 * transaction executed before that was never in its queue and has no arrival number there.
 *
 * Transactions that come here have a good signature: their bearer has checked it. Single-threaded; nothing suspends. */
#ifndef NODE_MEMPOOL_H
#define NODE_MEMPOOL_H

#include "chain/response.h"
#include "chain/tx.h"
#include "network/ledger/ledger.h"

/* ---- bundles ---- */
/* Transactions that travel together, shared and immutable but for the mark. Counted references. */
struct bundle {
    uint32_t refs;
    uint32_t count;
    uint64_t bytes; /* signed sizes, summed */
    /* All of them are executed, or can never be, in the state after this block. Height 0: nobody found that yet. */
    uint32_t dead_height;
    struct hash dead_hash;
    struct tx *txs[];
};
struct bundle *bundle_new(struct tx *const *txs, size_t count); /* takes references; count > 0 */
struct bundle *bundle_ref(struct bundle *bundle);
void bundle_unref(struct bundle *bundle); /* accepts NULL */

/* ---- the pool ---- */
struct mempool;

/* The `PoolEntry` shape, but for the envelope. Borrowed: valid until the pool is next changed. */
struct mempool_entry {
    const struct tx *tx;
    enum tx_stage stage;
    enum lane lane;
    uint64_t arrival;  /* 0: not ready so far */
    uint32_t position; /* in selection order, from 0; those in M1 stand behind all others, in order of receipt */
    uint64_t received_at_ms;
};

struct mempool_host {
    void *context;
    /* Is that block in the chain that ends in the pool's head (the head itself included)? */
    bool (*on_chain)(void *context, uint32_t height, const struct hash *hash);
    /* Is that transaction in that chain? Asked of what leaves because its nonce was used; NULL: taken for yes. */
    bool (*executed)(void *context, const struct hash *id);
    /* May be NULL. A transaction entered the queue (`arrival` 0: parked), or left it without being executed: TX_EXPIRED,
     * TX_EVICTED, or TX_DROPPED (its nonce was used by another; or the reason given to mempool_remove, mempool_clear). They must
     * not call back into the pool. */
    void (*entered)(void *context, const struct tx *tx, enum lane lane, uint64_t arrival);
    void (*dropped)(void *context, const struct tx *tx, enum code reason);
};

/* The view's preferred head. */
struct mempool_head {
    struct ledger_state *state;
    struct hash hash; /* of the block; its height is the state's */
};

/* `rules` is borrowed and must outlive the pool. Limits are the parameters of the head's state. */
struct mempool *mempool_new(const struct ledger_rules *rules, const struct mempool_host *host, const struct mempool_head *head);
void mempool_free(struct mempool *pool); /* accepts NULL; nobody is told */
/* The head moved, forward or to another branch; O(1). Takes a reference on the state. Transactions of blocks that left the
 * chain must be given back by mempool_return. */
void mempool_head_set(struct mempool *pool, const struct mempool_head *head);

/* Gossip: into the log; takes a reference. O(1) amortised. The log is bounded (MEMPOOL_LOG_*): dead bundles leave first, from the
 * oldest; when it is still too long, the oldest are digested. */
#define MEMPOOL_LOG_BUNDLES_MAX 16384
#define MEMPOOL_LOG_TXS_MAX 131072
#define MEMPOOL_LOG_BYTES_MAX (64u << 20)
void mempool_log(struct mempool *pool, struct bundle *bundle, uint64_t now_ms);
/* The same for the transactions of a block that left the chain: their timestamps were judged when they first came. */
void mempool_return(struct mempool *pool, struct bundle *bundle, uint64_t now_ms);

struct mempool_ack {
    enum tx_stage stage;
    uint64_t arrival; /* 0: parked */
};
/* A client's transaction: admitted at once by the checks of api 2.5 from valid_until on. CODE_NONE, or the code with `error`
 * (may be NULL). The pool takes a reference. */
enum code mempool_admit(struct mempool *pool, struct tx *tx, uint64_t now_ms, struct mempool_ack *ack, struct apierror *error);
/* Those that mempool_admit will be asked about next, in one go: see ledger_foresee. */
void mempool_foresee(struct mempool *pool, struct tx *const *txs, size_t count, uint64_t now_ms);
void mempool_rejected_note(struct mempool *pool, enum code code); /* refused before it came here: counted in the stats */

/* Reads the log and follows the head: afterwards the queue is what it would be had the view read everything at once. */
void mempool_digest(struct mempool *pool);

struct mempool_room {
    uint32_t transactions;
    uint64_t bytes;
};
struct mempool_room mempool_room_of(const struct params *params);
/* The transactions of the next block on the head, in block order: general part, then DEX part. Borrowed; they stay in the pool
 * until a head shows them executed. `out` has room for room->transactions. Returns how many. */
size_t mempool_select(struct mempool *pool, const struct mempool_room *room, struct tx **out);
/* Takes one out, telling `dropped`. False: not there. */
bool mempool_remove(struct mempool *pool, const struct hash *id, enum code reason);
/* Empties queue and log, telling `dropped` of what was in the queue. */
void mempool_clear(struct mempool *pool, enum code reason);

/* Whether the queue holds it, as far as the log has been read; reads nothing. */
bool mempool_has_read(const struct mempool *pool, const struct hash *id);
bool mempool_find(struct mempool *pool, const struct hash *id, struct mempool_entry *out) MUST_CHECK;
/* The transaction itself, without its place: O(1). NULL: not there. Borrowed. */
const struct tx *mempool_tx(struct mempool *pool, const struct hash *id, uint64_t *out_received_at_ms);
size_t mempool_count(struct mempool *pool);
/* The i-th in selection order, i < mempool_count. Walking i upward costs O(n log n) once. */
void mempool_entry_at(struct mempool *pool, size_t i, struct mempool_entry *out);
/* When it became ready here: when the proposer of a block should have had it in its order, too. False: not here, or parked. */
bool mempool_ready_at(struct mempool *pool, const struct hash *id, uint64_t *out_ms) MUST_CHECK;
/* The nonce behind the sender's contiguous waiting ones; the account's own when none wait. */
uint64_t mempool_pending_nonce(struct mempool *pool, const struct address *sender);

/* A shielded spend of that key image waits. */
bool mempool_has_image(struct mempool *pool, const struct hash *image);

struct mempool_stats {
    uint32_t m1, pq, m2;
    uint32_t general, dex; /* by lane, all stages */
    uint32_t total, capacity;
    uint64_t bytes;
    bool has_oldest;
    uint64_t oldest_at_ms;
    struct amount min_tip_to_enter; /* 0 while there is room */
    uint64_t admitted, evicted, expired;
    uint64_t rejected[CODE_COUNT];
};
void mempool_stats(struct mempool *pool, struct mempool_stats *out); /* about 1.2 KiB */

/* Figures for reports and benches; reading them digests nothing. */
struct mempool_log_stats {
    uint32_t bundles;
    uint64_t txs, bytes;
    uint64_t bundles_skipped; /* dropped by their mark, unread */
    uint64_t txs_read;        /* looked at one by one */
};
struct mempool_log_stats mempool_log_stats(const struct mempool *pool);

#endif
