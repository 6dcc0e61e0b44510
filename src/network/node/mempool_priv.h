/* The pool's inner parts: queues of senders, the order of all, the log. For the mempool's own eyes.
 *
 * Selection takes, again and again, the best of the senders' first ready transactions. That order needs no simulation: call the
 * worst of a sender's transactions up to and including t the *lead* of t; then t stands where its lead does, behind it by
 * nonce. (Once the lead is taken, nothing else that is left is better than what follows it with the same lead.) */
#ifndef NODE_MEMPOOL_PRIV_H
#define NODE_MEMPOOL_PRIV_H

#include "network/ledger/guard_entry.h"
#include "core/base/map.h"
#include "core/base/vec.h"
#include "network/node/mempool.h"

struct entry {
    struct tx *tx;
    struct queue *queue;
    struct entry *lead; /* of a ready one */
    uint64_t sequence;  /* of entering this pool, from 1 */
    uint64_t arrival;   /* 0: never ready so far */
    uint64_t received_at_ms;
    uint64_t ready_at_ms; /* when it first became ready, as far as the pool can tell; 0: it has not */
    size_t slot; /* in the eviction heap, from 1; 0: not in it */
    enum lane lane;
    bool ready;
    bool by_tip; /* its lane goes by tip: the general one */
};

/* What one sender has waiting, by nonce. Lives while it has something. */
struct queue {
    struct address sender;
    struct ledger_account account; /* in the head's state */
    struct amount spending;        /* of all entries, clamped */
    uint64_t next;                 /* first nonce from the account's on that nothing here has */
    uint64_t stamp;                /* of the selection that wrote the two below */
    struct amount promised;
    bool stuck; /* cannot pay for its next: what follows waits too */
    VEC(struct entry *) entries;
};

struct logged {
    struct bundle *bundle;
    uint64_t received_at_ms;
    bool returned; /* from a block: no look at timestamps */
};

struct image {
    struct hash spender; /* id of the transaction that came first */
    uint32_t count;      /* of those that wait: more than one only where a switch lets them */
};

struct mempool {
    const struct ledger_rules *rules;
    struct mempool_host host;
    struct mempool_head head;
    uint64_t now_ms;    /* of what was last admitted */
    bool dex_by_tip;    /* the DEX lane goes by tip: a planted switch */
    bool head_moved;    /* since the queues were brought to it */
    struct map ids;     /* id -> struct entry *, in order of entering */
    struct map senders; /* address -> struct queue * */
    struct map images;  /* key image -> struct image: of the shielded spends that wait */
    uint64_t sequence, arrivals, selections;
    uint32_t valid_until_min; /* no entry expires before it; UINT32_MAX: none does */

    /* Sums over the entries. */
    uint32_t lanes[2], ready[2]; /* by lane: all, and the ready ones */
    uint64_t ready_bytes, bytes;

    /* Selection order: ready general, ready DEX, parked. Valid up to `fresh`, ready general ones that came since. */
    bool order_valid;
    VEC(struct entry *) order;
    VEC(struct entry *) fresh;
    bool m2_valid;
    size_t m2[2]; /* how many of each lane, from its first, the next block has room for */

    /* Eviction: a heap with the first to go on top, kept only while the pool is full. */
    bool heap_valid;
    VEC(struct entry *) heap;

    VEC(struct entry *) spare; /* entries to use again */

    /* Log: logs.data[log_first..]. */
    VEC(struct logged) logs;
    size_t log_first;
    uint32_t log_untrimmed; /* bundles that came since dead ones were looked for */
    struct mempool_log_stats log_stats;
    uint64_t admitted, evicted, expired;
    uint64_t rejected[CODE_COUNT];
};

/* ---- queues (mempool_queue.c) ---- */
struct queue *queue_find(const struct mempool *pool, const struct address *sender);
struct queue *queue_new(struct mempool *pool, const struct address *sender, const struct ledger_account *account);
bool queue_has_nonce(const struct queue *queue, uint64_t nonce);
/* Puts a new entry in its place and says what became ready; telling `entered` of it alone. */
void queue_insert(struct mempool *pool, struct queue *queue, struct entry *entry);
/* Takes entry i out and releases it, without settling. */
void queue_drop(struct mempool *pool, struct queue *queue, size_t i);
/* Says anew who is ready and who leads. Frees the queue when nothing is left: true. */
bool queue_settle(struct mempool *pool, struct queue *queue);
/* Brings every queue to the head: executed and expired ones leave. */
void queues_follow_head(struct mempool *pool);
void entry_dropped(struct mempool *pool, const struct entry *entry, enum code reason);
/* The DEX lane goes by arrival, and by tip with vuln.tip-ordered-dex-lane: everything is brought in line with the switch. */
void queues_follow_switch(struct mempool *pool);
size_t entry_index(const struct entry *entry); /* in its queue */

/* ---- order (mempool_order.c) ---- */
bool lead_is_worse(const struct entry *a, const struct entry *b); /* on its own merits a would be taken after b; of one lane */
void order_note(struct mempool *pool, struct entry *entry);       /* a new entry, settled */
static inline void order_forget(struct mempool *pool) { pool->order_valid = pool->m2_valid = false; }
void order_ensure(struct mempool *pool);
void m2_ensure(struct mempool *pool); /* the same, and how far M2 goes: walks all that is ready */
size_t order_find(struct mempool *pool, const struct entry *entry); /* its position */
enum tx_stage order_stage(struct mempool *pool, const struct entry *entry);
struct entry *heap_worst(struct mempool *pool);                    /* the first to be evicted; the pool is not empty */
void heap_add(struct mempool *pool, struct entry *entry);          /* no-op unless valid */
void heap_remove_entry(struct mempool *pool, struct entry *entry); /* likewise */
void heap_moved(struct mempool *pool, struct entry *entry);        /* its arrival changed; likewise */

/* ---- key images (mempool_image.c): no two shielded spends of one note wait ---- */
void images_note(struct mempool *pool, const struct tx *tx);
void images_forget(struct mempool *pool, const struct tx *tx);
uint8_t images_taken(const struct mempool *pool, const struct tx *tx); /* bit i: its i-th waits in another */
void images_follow(struct mempool *pool);                             /* spends of what the head has spent leave */

/* ---- log (mempool_log.c) ---- */
void log_digest(struct mempool *pool, size_t bundles_left, uint64_t txs_left, uint64_t bytes_left);
void log_clear(struct mempool *pool);

/* Admission proper, the queues being at the head. `account` is the sender's in the head's state. */
struct intake {
    struct tx *tx;
    const struct ledger_account *account;
    uint64_t now_ms;
    bool returned; /* see struct logged */
    bool tried;    /* a client's: the rules of its kind are tried on the head */
};
#define PENDING_TRIED_MAX LEDGER_PENDING_MAX /* of a sender's waiting ones, before a newcomer is tried */
enum code pool_admit(struct mempool *pool, const struct intake *intake, struct entry **out, struct apierror *error);

#endif
