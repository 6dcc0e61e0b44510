/* Queue: what is to happen, in order of (instant, order). Timers are in a 4-ary heap that knows where each is, so that they can
 * be cancelled. Deliveries, which are many and never cancelled, wait in a wheel of 8 us slots that reaches 33 ms ahead, beyond it
 * in a heap; only those of the slot at hand are kept sorted. */
#ifndef SIM_QUEUE_PRIV_H
#define SIM_QUEUE_PRIV_H

#include "world/fiber/env.h"

struct heap4_entry {
    uint64_t key, order;
    void *item;
};
struct heap4 {
    struct heap4_entry *entries;
    size_t count, cap;
};

void timers_insert(struct heap4 *heap, struct timer *timer); /* its node.key and node.order are set */
void timers_remove(struct heap4 *heap, struct timer *timer); /* no-op when it is not in */
struct timer *timers_pop(struct heap4 *heap);                /* not empty */

/* One packet on its way. */
struct delivery {
    uint64_t at, order;
    struct delivery *next; /* in a slot or in the pool */
    struct packet *packet;
    uint64_t sent_ns;
    uint64_t sequence; /* on its link */
    uint32_t from, to;
    uint32_t incarnation; /* of the receiver, when it was sent; a newer one never sees it */
    bool queued, copy, corrupt;
};

enum { WHEEL_SLOTS = 4096, WHEEL_SLOT_BITS = 13 };

struct calendar {
    struct heap4 near, far;
    uint64_t cursor; /* the slot at hand; near holds all up to it, the wheel what is behind it */
    struct delivery *slots[WHEEL_SLOTS];
    uint64_t bits[WHEEL_SLOTS / 64], summary;
    struct delivery *pool;
    void *blocks;
};

void calendar_done(struct calendar *calendar);             /* the deliveries' packets must be gone */
struct delivery *calendar_take(struct calendar *calendar); /* a record from the pool, not zeroed */
void calendar_give(struct calendar *calendar, struct delivery *delivery);
void calendar_push(struct calendar *calendar, struct delivery *delivery);
/* The earliest, if it is at or before `limit_ns`; else NULL. It stays in. */
const struct heap4_entry *calendar_peek(struct calendar *calendar, uint64_t limit_ns);
/* What would be next, as far as that is known without looking further: a guess. */
static inline const struct delivery *calendar_next(const struct calendar *calendar)
{
    return calendar->near.count ? calendar->near.entries[0].item : NULL;
}
struct delivery *calendar_pop(struct calendar *calendar); /* after a peek that found one */

#endif
