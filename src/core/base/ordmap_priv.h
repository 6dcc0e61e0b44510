/* The tree inside an ordmap. For the room's own eyes. */
#ifndef BASE_ORDMAP_PRIV_H
#define BASE_ORDMAP_PRIV_H

#include "core/base/ordmap.h"
#include "core/base/pool.h"

enum { ORDMAP_WAYS = 16, ORDMAP_LEVELS = 32 };

struct ordmap_item {
    uint32_t refs, key_len, value_len;
    char bytes[]; /* key, then value */
};

/* A leaf (level 0) has its entries as items. An inner node has a key a child, as an item that may have left the map since: nothing
 * in the child is below it, and everything in the child before it is. No node is empty.
 * `slots`: WAYS items, and in inner nodes as many children. */
struct ordmap_node {
    uint32_t refs;
    uint8_t level, count;
    uint32_t skip; /* how many bytes all keys begin with in common, or fewer */
    uint64_t heads[ORDMAP_WAYS];
    void *slots[];
};

static inline struct ordmap_item **node_items(const struct ordmap_node *node) { return (struct ordmap_item **)(uintptr_t)node->slots; }
static inline struct ordmap_node **node_children(const struct ordmap_node *node)
{
    return (struct ordmap_node **)(uintptr_t)(node->slots + ORDMAP_WAYS);
}
static inline struct str item_key(const struct ordmap_item *item) { return (struct str){item->bytes, item->key_len}; }
static inline struct str item_value(const struct ordmap_item *item) { return (struct str){item->bytes + item->key_len, item->value_len}; }

int item_cmp(const struct ordmap_item *a, const struct ordmap_item *b);
/* The first of a node's keys that is not below `key` (its count when all are), and whether that is `key`. */
unsigned node_lower(const struct ordmap_node *node, struct str key, bool *out_exact);

#endif
