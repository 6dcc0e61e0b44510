#include "core/base/heap.h"

static bool before(const struct heap_node *a, const struct heap_node *b)
{
    return a->key != b->key ? a->key < b->key : a->order < b->order;
}

static void place(struct heap *heap, size_t slot, struct heap_node *node)
{
    heap->nodes[slot] = node;
    node->slot = slot;
}

static void sift_up(struct heap *heap, struct heap_node *node, size_t slot)
{
    while (slot > 1 && before(node, heap->nodes[slot / 2])) {
        place(heap, slot, heap->nodes[slot / 2]);
        slot /= 2;
    }
    place(heap, slot, node);
}

static void sift_down(struct heap *heap, struct heap_node *node, size_t slot)
{
    for (;;) {
        size_t child = 2 * slot;
        if (child > heap->count) break;
        if (child < heap->count && before(heap->nodes[child + 1], heap->nodes[child])) child++;
        if (!before(heap->nodes[child], node)) break;
        place(heap, slot, heap->nodes[child]);
        slot = child;
    }
    place(heap, slot, node);
}

void heap_done(struct heap *heap)
{
    for (size_t i = 1; i <= heap->count; i++) heap->nodes[i]->slot = 0;
    base_free(heap->nodes);
    *heap = (struct heap){0};
}

void heap_insert(struct heap *heap, struct heap_node *node)
{
    ASSERT(node->slot == 0);
    if (heap->count + 1 >= heap->cap) {
        heap->cap = heap->cap > 0 ? heap->cap * 2 : 16;
        heap->nodes = base_realloc(heap->nodes, heap->cap * sizeof(*heap->nodes));
    }
    sift_up(heap, node, ++heap->count);
}

struct heap_node *heap_min(const struct heap *heap) { return heap->count > 0 ? heap->nodes[1] : NULL; }

struct heap_node *heap_pop(struct heap *heap)
{
    struct heap_node *node = heap_min(heap);
    if (node != NULL) heap_remove(heap, node);
    return node;
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    const size_t slot = node->slot;
    if (slot == 0) return;
    ASSERT(slot <= heap->count && heap->nodes[slot] == node);
    struct heap_node *last = heap->nodes[heap->count--];
    node->slot = 0;
    if (last == node) return;
    if (slot > 1 && before(last, heap->nodes[slot / 2]))
        sift_up(heap, last, slot);
    else
        sift_down(heap, last, slot);
}
