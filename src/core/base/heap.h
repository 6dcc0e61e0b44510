/* Heap: an intrusive binary min-heap ordered by (key, order); ties by `order` make it deterministic. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include "core/base/attr.h"

/* A node lives in the caller's struct; `slot` is 0 while it is in no heap. */
struct heap_node {
    uint64_t key, order;
    size_t slot;
};
struct heap {
    struct heap_node **nodes; /* nodes[1..count] */
    size_t count, cap;
};

void heap_done(struct heap *heap); /* gives the array back; nodes belong to their owners */
void heap_insert(struct heap *heap, struct heap_node *node);
struct heap_node *heap_min(const struct heap *heap); /* NULL when empty */
struct heap_node *heap_pop(struct heap *heap);       /* NULL when empty */
void heap_remove(struct heap *heap, struct heap_node *node); /* no-op when it is in no heap */

#endif
