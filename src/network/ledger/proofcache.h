/* Proofcache: which shielded spends were found good, so that a process checks the proofs of each once: at admission, then not
 * again at inclusion, in other views or behind a reorg (shielded 6). An answer depends on the transaction and on what its rings
 * hold, and on nothing else, so remembering never changes one. Only good ones are kept.
 *
 * Bounded: two generations of `spends_max` / 2; when the young one is full the old one is dropped. One thread. */
#ifndef LEDGER_PROOFCACHE_H
#define LEDGER_PROOFCACHE_H

#include "core/crypto/hash.h"

struct proofcache;
struct proofcache_stats {
    uint64_t hits, misses;
};

struct proofcache *proofcache_new(size_t spends_max); /* about 100 bytes each; at least 2 */
void proofcache_free(struct proofcache *cache);       /* accepts NULL */

/* `rings` is a hash of the keys and commitments of all its rings. A NULL cache knows nothing and keeps nothing. */
bool proofcache_has(struct proofcache *cache, const struct hash *id, const struct hash *rings);
void proofcache_put(struct proofcache *cache, const struct hash *id, const struct hash *rings);
struct proofcache_stats proofcache_stats(const struct proofcache *cache);

#endif
