/* The heap against a sorted scan, with removals from the middle, and its promise about ties. */
#include "core/base/check.h"
#include "core/base/heap.h"
#include "core/base/rng.h"

enum { NODES = 300 };

static void the_least_comes_first_whatever_was_removed(void)
{
    static struct heap_node nodes[NODES];
    struct heap heap = {0};
    struct rng rng;
    rng_init(&rng, 17);
    for (size_t step = 0; step < 20000; step++) {
        struct heap_node *node = &nodes[rng_below(&rng, NODES)];
        switch (rng_below(&rng, 3)) {
        case 0:
            if (node->slot != 0) break;
            node->key = rng_below(&rng, 50);
            node->order = step;
            heap_insert(&heap, node);
            break;
        case 1:
            heap_remove(&heap, node);
            CHECK_U64(node->slot, 0);
            break;
        default: {
            const struct heap_node *want = NULL;
            for (size_t i = 0; i < NODES; i++) {
                if (nodes[i].slot == 0) continue;
                if (want == NULL || nodes[i].key < want->key || (nodes[i].key == want->key && nodes[i].order < want->order))
                    want = &nodes[i];
            }
            CHECK(heap_min(&heap) == want);
            CHECK(heap_pop(&heap) == want);
        }
        }
    }
    heap_done(&heap);
    for (size_t i = 0; i < NODES; i++) CHECK_U64(nodes[i].slot, 0);
}

static void ties_come_out_in_their_order(void)
{
    static struct heap_node nodes[NODES];
    struct heap heap = {0};
    for (size_t i = 0; i < NODES; i++) {
        nodes[i].order = (i * 77) % NODES;
        heap_insert(&heap, &nodes[i]);
    }
    for (size_t i = 0; i < NODES; i++) CHECK_U64(heap_pop(&heap)->order, i);
    CHECK(heap_pop(&heap) == NULL && heap_min(&heap) == NULL);
    heap_done(&heap);
}

int main(void)
{
    RUN(the_least_comes_first_whatever_was_removed);
    RUN(ties_come_out_in_their_order);
    return 0;
}
