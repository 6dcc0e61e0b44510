/* Ordmap: an ordered map of byte strings that keeps its old versions for as long as somebody holds them. A copy costs nothing; a
 * change copies the path to what it changes (or changes in place what nobody else holds), so a mark before a risky stretch of
 * work is a copy and going back is dropping the newer one. Order is that of memcmp, shorter first.
 *
 * A treap: Seidel and Aragon, "Randomized Search Trees", 1996; the priorities come from the keys, so that the same contents
 * have the same form however they came about. References are plain integers: one thread. */
#ifndef BASE_ORDMAP_H
#define BASE_ORDMAP_H

#include "core/base/str.h"

struct ordmap_node;
/* Nodes that left a map but must stay readable for a while: see ordmap_put_retaining. */
struct ordmap_retained {
    struct ordmap_node *first;
};
struct ordmap {
    struct ordmap_node *root; /* {NULL, 0}: empty */
    size_t count;
};
struct ordmap_entry {
    struct str key, value; /* borrowed, as of ordmap_get */
};

struct ordmap ordmap_copy(const struct ordmap *map); /* another handle on the same contents; O(1) */
void ordmap_done(struct ordmap *map);                /* leaves it empty */

/* The value, borrowed: good until this handle next changes that very key, or is done with, while no other handle holds it. */
bool ordmap_get(const struct ordmap *map, struct str key, struct str *value) MUST_CHECK;
void ordmap_put(struct ordmap *map, struct str key, struct str value); /* both are copied */
bool ordmap_remove(struct ordmap *map, struct str key);                /* false: it was not there */
/* The same, but what was borrowed from this map stays readable until ordmap_release. For those who undo changes by a log of their
 * own instead of by holding a copy: a copy makes every change after it copy its path. */
void ordmap_put_retaining(struct ordmap *map, struct str key, struct str value, struct ordmap_retained *retained);
bool ordmap_remove_retaining(struct ordmap *map, struct str key, struct ordmap_retained *retained);
void ordmap_release(struct ordmap_retained *retained);

/* The entry whose key is the least not below `key`, the least above it, the greatest not above, the greatest below. */
bool ordmap_ceiling(const struct ordmap *map, struct str key, struct ordmap_entry *out) MUST_CHECK;
bool ordmap_above(const struct ordmap *map, struct str key, struct ordmap_entry *out) MUST_CHECK;
bool ordmap_floor(const struct ordmap *map, struct str key, struct ordmap_entry *out) MUST_CHECK;
bool ordmap_below(const struct ordmap *map, struct str key, struct ordmap_entry *out) MUST_CHECK;
/* The same among keys that begin with `prefix`: the first and the last of them, and the neighbour of a key that has it. */
bool ordmap_first(const struct ordmap *map, struct str prefix, struct ordmap_entry *out) MUST_CHECK;
bool ordmap_last(const struct ordmap *map, struct str prefix, struct ordmap_entry *out) MUST_CHECK;
bool ordmap_next(const struct ordmap *map, struct str prefix, struct str key, struct ordmap_entry *out) MUST_CHECK;
bool ordmap_previous(const struct ordmap *map, struct str prefix, struct str key, struct ordmap_entry *out) MUST_CHECK;

#endif
