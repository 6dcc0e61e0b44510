/* Ordmap: an ordered map of byte strings that keeps its old versions for as long as somebody holds them. A copy costs nothing; a
 * change copies the path to what it changes, or changes in place what nobody else holds. Order is that of memcmp, shorter first.
 *
 * A B+ tree (Comer, "The Ubiquitous B-Tree", 1979) with counted references to nodes and entries, so that versions share what they
 * have in common. A node keeps, of each key, the eight bytes behind what all its keys begin with (Bayer and Unterauer, "Prefix
 * B-trees", 1977): most comparisons are of integers that lie side by side. Nodes that become nearly empty are merged with a
 * neighbour that has room. Copies share a pool of memory. Counts are plain integers: one thread. */
#ifndef BASE_ORDMAP_H
#define BASE_ORDMAP_H

#include "core/base/str.h"

enum { ORDMAP_PREFIX_MAX = 255 }; /* of ordmap_first and its like */

struct ordmap_node;
struct ordmap_item;
struct pool;
struct ordmap {
    struct ordmap_node *root;
    size_t count;
    struct pool *pool; /* all zero: empty */
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

/* A change that can be taken back without holding a copy, which would make every change after it copy its path. What was borrowed
 * from this map before stays readable until the change is forgotten or undone. Changes are undone in reverse order. */
struct ordmap_change {
    struct ordmap_item *was, *now; /* references; NULL: nothing stood, nothing stands */
};
struct ordmap_change ordmap_put_noted(struct ordmap *map, struct str key, struct str value);
/* False: it was not there, and there is nothing to undo. */
bool ordmap_remove_noted(struct ordmap *map, struct str key, struct ordmap_change *out) MUST_CHECK;
void ordmap_undo(struct ordmap *map, struct ordmap_change *change);
void ordmap_forget(struct ordmap *map, struct ordmap_change *change);

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

/* Visits, in order, every key that was written, came or went between two versions (`was` or `now` is NULL where it did not stand).
 * A key that was written with what stood there already may be visited too. What the versions share costs next to nothing. False ends it. */
typedef bool ordmap_visit(void *context, struct str key, const struct str *was, const struct str *now);
void ordmap_diff(const struct ordmap *was, const struct ordmap *now, ordmap_visit *visit, void *context);

#endif
