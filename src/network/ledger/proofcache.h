/* Proofcache: what steps 16 to 18 of shielded 6 have said of spends, so that a process checks the proofs of each once: at admission,
 * then not again at inclusion, in other views or behind a reorg. An answer depends on the transaction and on what its rings
 * hold, and on nothing else, so remembering never changes one. Bad ones are kept like good ones.
 *
 * Bounded: two generations of `spends_max` / 2; when the young one is full the old one is dropped. One thread. */
#ifndef LEDGER_PROOFCACHE_H
#define LEDGER_PROOFCACHE_H

#include "core/crypto/hash.h"

/* The first step that fails. */
enum proof_state { PROOF_HOLDS, PROOF_BALANCE, PROOF_SIGNATURE, PROOF_RANGE };
struct proof_answer {
    uint8_t state; /* enum proof_state */
    uint8_t index; /* of PROOF_SIGNATURE: which input's */
};

struct proofcache;
struct proofcache_stats {
    uint64_t hits, misses;
    uint64_t signatures; /* ring signatures checked */
    uint64_t alone;      /* range proofs checked one by one */
    uint64_t together;   /* range proofs checked in batches, */
    uint64_t batches;    /* and in how many */
};

struct proofcache *proofcache_new(size_t spends_max); /* about 100 bytes each; at least 2 */
void proofcache_free(struct proofcache *cache);       /* accepts NULL */

/* `rings` is a hash of the keys and commitments of all its rings. A NULL cache knows nothing and keeps nothing. */
bool proofcache_find(struct proofcache *cache, const struct hash *id, const struct hash *rings, struct proof_answer *out) MUST_CHECK;
void proofcache_put(struct proofcache *cache, const struct hash *id, const struct hash *rings, struct proof_answer answer);
struct proofcache_stats proofcache_stats(const struct proofcache *cache);
/* Counts work that was done; accepts NULL. */
void proofcache_note(struct proofcache *cache, uint64_t signatures, uint64_t alone, uint64_t together);

#endif
