/* What all share: trouble, chance, the order of events. */
#include "world.h"

void broken(struct world *w, const char *what, const char *fmt, ...)
{
    if (w->broken != NULL) return;
    w->broken = what;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(w->detail, sizeof(w->detail), fmt, args);
    va_end(args);
}

uint32_t pick(struct world *w, uint32_t below) { return (uint32_t)rng_below(&w->rng, below); }
bool chance(struct world *w, uint32_t percent) { return pick(w, 100) < percent; }

void schedule(struct world *w, struct heap_node *node, uint64_t at_ns)
{
    node->key = MAX(at_ns, w->now_ns);
    node->order = ++w->order;
    heap_insert(&w->heap, node);
}

struct event *event_add(struct world *w, enum event_type type, uint64_t at_ns)
{
    struct event *event = base_alloc(sizeof(*event));
    event->type = type;
    schedule(w, &event->node, at_ns);
    return event;
}
