/* Statemap: the authenticated map from 32-byte keys to values, as immutable versions that share what they have in common.
 *
 * A version never changes; statemap_apply makes the next one, copying only the path to each touched bucket. Hashes are
 * computed when a root or a proof is asked for, for the parts that changed, and remembered. Versions are counted
 * references: statemap_apply and statemap_ref give the caller one, statemap_unref takes it back. Counts are plain
 * integers, and lazily kept hashes are written behind `const`: a version and all it shares with belong to one thread.
 * Versions that come from one empty map share a pool of memory; the system gets it back when the last of them goes. */
#ifndef CRYPTO_STATEMAP_H
#define CRYPTO_STATEMAP_H

#include "core/base/arena.h"
#include "core/crypto/stateproof.h"

struct statemap;

struct statemap_change {
    struct hash key;
    struct str value; /* borrowed for the call, copied; len 0 removes the key */
};

struct statemap *statemap_empty(void);
struct statemap *statemap_ref(struct statemap *map); /* returns `map` */
void statemap_unref(struct statemap *map);           /* NULL is fine */

uint64_t statemap_count(const struct statemap *map);
/* The value is borrowed and stays valid as long as the version does. False: absent. */
bool statemap_get(const struct statemap *map, const struct hash *key, struct str *out);

/* The version that follows `map` by all changes at once, in any order; of several for one key the last counts.
 * Removing what is absent, and putting what is there already, change nothing. `map` is left as it was. */
struct statemap *statemap_apply(struct statemap *map, const struct statemap_change *changes, size_t count);

struct hash statemap_root(const struct statemap *map);
/* The bucket list of the proof is allocated in `arena`. */
void statemap_prove(const struct statemap *map, const struct hash *key, struct arena *arena, struct state_proof *out);

/* Calls `visit` for every entry in ascending key order, until it returns false. For audits. */
typedef bool statemap_visit(void *context, const struct hash *key, struct str value);
void statemap_walk(const struct statemap *map, statemap_visit *visit, void *context);

#endif
