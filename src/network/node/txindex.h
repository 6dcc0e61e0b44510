/* Txindex: where a transaction stands: from its id to the blocks that hold it. One table for all views of a process; each entry names a block by
 * number and a place in it, and the id itself is read from that block, so an entry takes eight bytes. An id may stand in several blocks (forks). */
#ifndef NODE_TXINDEX_H
#define NODE_TXINDEX_H

#include "core/crypto/hash.h"

struct txindex;
/* The id at `place` of block `block`; it must answer the same as long as the entry is there. */
typedef const struct hash *txindex_id(void *ctx, uint32_t block, uint32_t place);

struct txindex *txindex_new(txindex_id *id_of, void *ctx);
void txindex_free(struct txindex *index);
size_t txindex_count(const struct txindex *index);
void txindex_prefetch(const struct txindex *index, const struct hash *id);
/* A block has at most 65,536 places. */
void txindex_put(struct txindex *index, const struct hash *id, uint32_t block, uint32_t place);

/* for (struct txindex_hit hit = txindex_first(index, id); hit.found; hit = txindex_next(index, id, hit)) */
struct txindex_hit {
    bool found;
    uint32_t block, place;
    size_t slot;
};
struct txindex_hit txindex_first(const struct txindex *index, const struct hash *id);
struct txindex_hit txindex_next(const struct txindex *index, const struct hash *id, struct txindex_hit hit);

#endif
