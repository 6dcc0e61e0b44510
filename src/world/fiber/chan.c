#include "world/fiber/chan.h"

/* One who waits; lives on the waiting fiber's stack. */
struct waiter {
    struct fiber *fiber;
    struct waiter *previous, *next;
    bool queued;
};
struct waiters {
    struct waiter *first, *last;
};

struct chan {
    struct env *env;
    void **items; /* ring */
    size_t head, count, count_max;
    bool closed;
    struct waiters senders, receivers;
};

static void waiters_add(struct waiters *list, struct waiter *waiter)
{
    if (waiter->queued) return;
    waiter->queued = true;
    waiter->previous = list->last;
    waiter->next = NULL;
    if (list->last)
        list->last->next = waiter;
    else
        list->first = waiter;
    list->last = waiter;
}

static void waiters_remove(struct waiters *list, struct waiter *waiter)
{
    if (!waiter->queued) return;
    waiter->queued = false;
    if (waiter->previous)
        waiter->previous->next = waiter->next;
    else
        list->first = waiter->next;
    if (waiter->next)
        waiter->next->previous = waiter->previous;
    else
        list->last = waiter->previous;
}

static bool waiters_wake(struct env *env, struct waiters *list)
{
    struct waiter *waiter = list->first;
    if (!waiter) return false;
    waiters_remove(list, waiter);
    fiber_wake(env, waiter->fiber);
    return true;
}

struct chan *chan_new(struct env *env, size_t count_max)
{
    ASSERT(count_max > 0);
    struct chan *chan = base_alloc(sizeof(*chan));
    chan->env = env;
    chan->items = base_alloc(count_max * sizeof(void *));
    chan->count_max = count_max;
    return chan;
}

void chan_free(struct chan *chan)
{
    if (!chan) return;
    ASSERT(!chan->senders.first && !chan->receivers.first);
    base_free(chan->items);
    base_free(chan);
}

bool chan_try_send(struct chan *chan, void *item)
{
    if (chan->closed || chan->count == chan->count_max) return false;
    chan->items[(chan->head + chan->count++) % chan->count_max] = item;
    (void)waiters_wake(chan->env, &chan->receivers);
    return true;
}

enum chan_result chan_send(struct chan *chan, void *item, struct instant deadline)
{
    struct waiter me = {.fiber = fiber_self()};
    bool waiting = true;
    for (;;) {
        if (chan->closed) break;
        if (chan_try_send(chan, item)) {
            waiters_remove(&chan->senders, &me);
            /* A slot that is still free belongs to whoever waits next: this one may have come by another's wake. */
            if (chan->count < chan->count_max) (void)waiters_wake(chan->env, &chan->senders);
            return CHAN_OK;
        }
        if (!waiting) {
            waiters_remove(&chan->senders, &me);
            return CHAN_TIMEOUT;
        }
        waiters_add(&chan->senders, &me);
        waiting = fiber_park(chan->env, deadline);
    }
    waiters_remove(&chan->senders, &me);
    return CHAN_CLOSED;
}

enum chan_result chan_recv(struct chan *chan, void **out_item, struct instant deadline)
{
    struct waiter me = {.fiber = fiber_self()};
    bool waiting = true;
    while (chan->count == 0) {
        if (chan->closed || !waiting) {
            waiters_remove(&chan->receivers, &me);
            return chan->closed ? CHAN_CLOSED : CHAN_TIMEOUT;
        }
        waiters_add(&chan->receivers, &me);
        waiting = fiber_park(chan->env, deadline);
    }
    waiters_remove(&chan->receivers, &me);
    *out_item = chan->items[chan->head];
    chan->head = (chan->head + 1) % chan->count_max;
    chan->count--;
    (void)waiters_wake(chan->env, &chan->senders);
    if (chan->count) (void)waiters_wake(chan->env, &chan->receivers);
    return CHAN_OK;
}

void chan_close(struct chan *chan)
{
    chan->closed = true;
    while (waiters_wake(chan->env, &chan->senders)) {
    }
    while (waiters_wake(chan->env, &chan->receivers)) {
    }
}

size_t chan_count(const struct chan *chan)
{
    return chan->count;
}

void gate_enter(struct gate *gate)
{
    gate->inside++;
}

void gate_leave(struct env *env, struct gate *gate)
{
    ASSERT(gate->inside > 0);
    if (--gate->inside == 0 && gate->waiter) fiber_wake(env, gate->waiter);
}

bool gate_wait(struct env *env, struct gate *gate, struct instant deadline)
{
    ASSERT(!gate->waiter);
    gate->waiter = fiber_self();
    bool waiting = true;
    while (gate->inside > 0 && waiting) waiting = fiber_park(env, deadline);
    gate->waiter = NULL;
    return gate->inside == 0;
}
