#include "network/node/node_priv.h"

static struct waiter *waiter_take(struct node_space *space)
{
    struct waiter *waiter = space->waiters_spare;
    if (!waiter) return base_alloc(sizeof(*waiter));
    space->waiters_spare = waiter->next;
    return waiter;
}

static void waiter_give(struct node *node, struct waiter *waiter)
{
    node->waiting[waiter->wanted]--;
#ifdef HOUSE_SANITIZED
    base_free(waiter); /* no reuse: a sanitizer is to see who touches it after its end */
#else
    waiter->next = node->space->waiters_spare;
    node->space->waiters_spare = waiter;
#endif
}

static void unlink_waiter(struct node *node, struct waiter *waiter)
{
    struct waiter **at = map_find(&node->waiters, &waiter->id);
    ASSERT(at);
    while (*at != waiter) at = &(*at)->next;
    *at = waiter->next;
    struct waiter *const *first = map_find(&node->waiters, &waiter->id);
    if (!*first) (void)map_remove(&node->waiters, &waiter->id);
}

static void answer(struct node *node, struct waiter *waiter)
{
    unlink_waiter(node, waiter);
    env_timer_cancel(node->space->env, &waiter->timer);
    rest_tx_answer(node, waiter->exchange, &waiter->id);
    waiter_give(node, waiter);
}

static void fire(struct timer *timer)
{
    struct waiter *waiter = CONTAINER_OF(timer, struct waiter, timer);
    answer(waiter->node, waiter);
}

void waiter_add(struct node *node, struct http_exchange *exchange, const struct hash *id, enum tx_status wanted, uint64_t timeout_ms)
{
    struct waiter *waiter = waiter_take(node->space);
    struct waiter **first = map_put(&node->waiters, id, NULL);
    *waiter = (struct waiter){.next = *first, .node = node, .exchange = exchange, .id = *id, .wanted = wanted, .timer = TIMER(fire)};
    *first = waiter;
    node->waiting[wanted]++;
    env_timer_set(node->space->env, &waiter->timer, instant_add(env_now(node->space->env), duration_ms(timeout_ms)));
}

static struct waiter *waiters_of(const struct node *node, const struct hash *id)
{
    struct waiter *const *first = map_find(&node->waiters, id);
    return first ? *first : NULL;
}

static void reached(struct node *node, struct waiter *first, enum tx_status status)
{
    struct waiter *next;
    for (struct waiter *waiter = first; waiter; waiter = next) {
        next = waiter->next;
        if (status == TX_STATUS_DROPPED || status >= waiter->wanted) answer(node, waiter);
    }
}

void waiters_block(struct node *node, struct stored *stored, enum tx_status status)
{
    if (stored->pruned) return;
    if (status == TX_CERTIFIED && node->waiting[TX_CERTIFIED] == 0) return; /* what waits for less has been answered when it became the head */
    /* In groups: all found, then all fetched, then all answered, so that each waits for memory together with the others. Answering one
     * takes no other away. */
    struct waiter *group[16];
    const struct block *block = stored->block;
    for (uint32_t i = 0; i < block->txs_count && map_count(&node->waiters) > 0; i += ARRAY_LEN(group)) {
        const uint32_t count = MIN(block->txs_count - i, (uint32_t)ARRAY_LEN(group));
        for (uint32_t k = 0; k < count; k++) __builtin_prefetch(&block->txs[i + k]->id);
        for (uint32_t k = 0; k < count; k++) {
            group[k] = waiters_of(node, &block->txs[i + k]->id);
            if (group[k]) base_prefetch(group[k], sizeof(*group[k]));
        }
        for (uint32_t k = 0; k < count; k++)
            if (group[k]) http_prefetch(group[k]->exchange);
        for (uint32_t k = 0; k < count; k++) reached(node, group[k], status);
    }
}

void waiters_dropped(struct node *node, const struct hash *id)
{
    if (map_count(&node->waiters) > 0) reached(node, waiters_of(node, id), TX_STATUS_DROPPED);
}

void waiters_forget(struct node *node)
{
    for (size_t i = map_next(&node->waiters, 0); i != MAP_END; i = map_next(&node->waiters, i + 1)) {
        struct waiter *next;
        for (struct waiter *waiter = *(struct waiter **)map_value_at(&node->waiters, i); waiter; waiter = next) {
            next = waiter->next;
            env_timer_cancel(node->space->env, &waiter->timer);
            waiter_give(node, waiter);
        }
    }
    map_clear(&node->waiters);
}
