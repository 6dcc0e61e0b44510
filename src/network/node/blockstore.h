/* Blockstore: the blocks of a process, by hash, each once, shared by all its nodes. What a single node knows of them is that node's own
 * affair (journal.h, the replica): the store only saves 80 nodes from holding 80 copies. It also remembers, once for all views, what is
 * the same for all of them: the final chain by height, receipts, the transaction index, participation, checkpoints. */
#ifndef NODE_BLOCKSTORE_H
#define NODE_BLOCKSTORE_H

#include "chain/block.h"
#include "core/base/map.h"
#include "core/base/vec.h"
#include "network/consensus/replica.h"
#include "network/node/executor.h"
#include "network/node/txindex.h"

struct stored_receipt {
    uint32_t place;
    struct receipt receipt;
};
/* One block. Lives as long as the store. */
struct stored_told { /* what a transaction's receipt tells beside transfers */
    uint32_t place, end; /* where it ends in told_text; it begins where the one before ends */
};
struct stored {
    struct block *block; /* with `pruned`, a copy without transactions */
    struct certificate *certificate; /* NULL: nobody of this process knows one */
    struct poststate *post; /* NULL: not executed, or let go */
    uint32_t number;
    uint32_t txs_bytes;   /* signed sizes summed, also once pruned */
    bool pruned;
    bool valid;            /* executed, and found to be what its header says, signatures of its transactions included */
    bool final;            /* for some view */
    enum stored_sights { SIGHTS_UNKNOWN, SIGHTS_NONE, SIGHTS_SOME } sights; /* what its transactions have for those who watch, once one has looked */
    uint64_t final_at_ms;  /* when the first view found it final */
    struct hash *ids;      /* of its transactions, once pruned */
    struct stored_receipt *receipts; /* of a final block: those that are not a plain success, ascending; others are derived */
    uint32_t receipts_count;
    struct stored_told *told; /* of a final block, ascending by place */
    char *told_text;
    uint32_t told_count;
    uint32_t ids_count;
};

/* Who took part in the last final blocks, as certificates and rounds show it. */
#define PARTICIPATION_WINDOW_MAX 1000
struct participation {
    uint64_t proposed, missed_proposals, votes, missed_votes;
    uint32_t window_votes, window_blocks; /* in the last downtime_window_blocks final blocks it was a member for */
};

struct blockstore_limits {
    uint32_t history_blocks;   /* final blocks that keep their bodies */
    uint64_t history_bytes;    /* and at most so many bytes of memory for them, but never fewer than HISTORY_BLOCKS_MIN blocks */
    uint32_t participation_window;
};
#define HISTORY_BLOCKS_MIN 64
#define POSTSTATES_KEPT 32 /* of the last final blocks */

struct blockstore;

/* Genesis is its first block, final, with its post-state. References are taken. */
struct blockstore *blockstore_new(struct block *genesis, struct poststate *post, const struct blockstore_limits *limits);
void blockstore_free(struct blockstore *store);

struct stored *blockstore_put(struct blockstore *store, struct block *block); /* there already: that one */
struct stored *blockstore_find(const struct blockstore *store, const struct hash *hash); /* NULL: not there */
void blockstore_certify(struct stored *stored, struct certificate *certificate); /* the first one stays */
/* Keeps a post-state for as long as the block is among the newest; takes a reference. */
void blockstore_executed(struct blockstore *store, struct stored *stored, struct poststate *post);
/* The first view finds a block final: it is put at its height. Later views: true when it is the same block, false: it is not, and
 * nothing changes (two final blocks at a height: the network is broken). `post` is its post-state. */
bool blockstore_final(struct blockstore *store, struct stored *stored, struct poststate *post, const struct committee *committee, uint64_t now_ms);
/* Takes back all that is final above a height, as if no view had found it so: its blocks stay known by hash. Epochs that go on from such a
 * block, and, unless `keep_epoch`, from the block at the height itself, are forgotten. No node may live. */
void blockstore_rewind(struct blockstore *store, uint32_t height, bool keep_epoch);
struct stored *blockstore_at(const struct blockstore *store, uint32_t height); /* NULL: final for nobody */
uint32_t blockstore_height(const struct blockstore *store);                   /* highest final */

const struct hash *stored_tx_id(const struct stored *stored, uint32_t place);
static inline uint32_t stored_txs_count(const struct stored *stored) { return stored->block->header.transaction_count; }
static inline const struct hash *stored_hash(const struct stored *stored) { return &stored->block->hash; }
static inline uint32_t stored_height(const struct stored *stored) { return stored->block->header.height; }
/* False: nobody of this process has executed it. Works for pruned blocks too, but for the charge of a plain success, which needs the body: then
 * false as well. */
bool stored_receipt(const struct stored *stored, uint32_t place, struct receipt *out) MUST_CHECK;
/* What that receipt tells beside transfers, as receipt_write takes it; in the arena. Data NULL: nothing. */
struct str stored_told(const struct stored *stored, uint32_t place, struct arena *arena);

/* for (hit = blockstore_tx_first(...); hit.found; hit = blockstore_tx_next(...)) */
struct txindex_hit blockstore_tx_first(const struct blockstore *store, const struct hash *id);
struct txindex_hit blockstore_tx_next(const struct blockstore *store, const struct hash *id, struct txindex_hit hit);
struct stored *blockstore_number(const struct blockstore *store, uint32_t number);

/* Epochs that began, by the hash of the block they go on from, and committees by hash; kept for ever: there is one an epoch. */
struct stored_epoch {
    struct committee *committee, *previous; /* previous NULL in the first */
    struct stored *base;
    struct certificate *base_certificate;
    struct finality_proof *proof; /* of base */
};
void blockstore_epoch_put(struct blockstore *store, const struct replica_epoch *epoch);
const struct stored_epoch *blockstore_epoch(const struct blockstore *store, const struct hash *base); /* NULL */
const struct stored_epoch *blockstore_epoch_at(const struct blockstore *store, size_t i); /* as they came; NULL behind the last */
void blockstore_committee_put(struct blockstore *store, struct committee *committee);
struct committee *blockstore_committee(const struct blockstore *store, const struct hash *hash); /* borrowed; NULL */

/* The newest final block at an epoch's end whose state is kept for checkpoints, and that state, borrowed. NULL: none. */
struct stored *blockstore_newest(const struct blockstore *store, struct poststate **out_post);
size_t blockstore_checkpoints(const struct blockstore *store); /* final blocks at epoch ends, ascending */
uint32_t blockstore_checkpoint_at(const struct blockstore *store, size_t i);
struct participation blockstore_participation(const struct blockstore *store, const struct address *validator);

struct blockstore_stats {
    uint64_t blocks, bodies, body_bytes, transactions; /* transactions: in final blocks */
};
struct blockstore_stats blockstore_stats(const struct blockstore *store);

#endif
