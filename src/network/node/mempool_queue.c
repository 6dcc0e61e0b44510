#include "network/node/mempool_priv.h"

struct queue *queue_find(const struct mempool *pool, const struct address *sender)
{
    struct queue **slot = map_find(&pool->senders, sender);
    return slot != NULL ? *slot : NULL;
}

struct queue *queue_new(struct mempool *pool, const struct address *sender, const struct ledger_account *account)
{
    struct queue *queue = base_alloc(sizeof(*queue));
    queue->sender = *sender;
    queue->account = *account;
    queue->next = account->nonce;
    *(struct queue **)map_put(&pool->senders, sender, NULL) = queue;
    return queue;
}

/* The first entry that is not below `nonce`. */
static size_t queue_lower(const struct queue *queue, uint64_t nonce)
{
    size_t lo = 0, hi = queue->entries.count;
    if (nonce >= queue->next && queue->next - queue->account.nonce == hi) return hi; /* nearly always: no gap, none twice, and it comes behind them all */
    if (hi > 0 && queue->entries.data[hi - 1]->tx->nonce < nonce) return hi;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (queue->entries.data[middle]->tx->nonce < nonce)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

bool queue_has_nonce(const struct queue *queue, uint64_t nonce)
{
    const size_t i = queue_lower(queue, nonce);
    return i < queue->entries.count && queue->entries.data[i]->tx->nonce == nonce;
}

size_t entry_index(const struct entry *entry)
{
    const struct queue *queue = entry->queue;
    size_t i = queue_lower(queue, entry->tx->nonce);
    while (queue->entries.data[i] != entry) i++; /* only a switch lets a nonce stand twice */
    return i;
}

void entry_dropped(struct mempool *pool, const struct entry *entry, enum code reason)
{
    if (reason == CODE_TX_EVICTED) pool->evicted++;
    if (reason == CODE_TX_EXPIRED) pool->expired++;
    if (pool->host.dropped != NULL) pool->host.dropped(pool->host.context, entry->tx, reason);
}

/* ---- readiness ---- */

/* A switch lets transactions run ahead of their nonce. */
static bool gaps_are_fine(const struct mempool *pool)
{
    return !guard_nonce_order(pool->rules);
}

static void entry_ready_set(struct mempool *pool, struct entry *entry, bool ready)
{
    if (ready && entry->arrival == 0) {
        entry->arrival = ++pool->arrivals;
        entry->ready_at_ms = MAX(entry->received_at_ms, pool->now_ms);
        heap_moved(pool, entry);
    }
    if (ready == entry->ready) return;
    entry->ready = ready;
    if (ready) {
        pool->ready[entry->lane]++;
        pool->ready_bytes += entry->tx->size;
    } else {
        pool->ready[entry->lane]--;
        pool->ready_bytes -= entry->tx->size;
        entry->lead = NULL;
    }
}

static void lead_set(struct entry *entry, const struct entry *before)
{
    entry->lead = before == NULL || lead_is_worse(entry, before->lead) ? entry : before->lead;
}

static bool follows(const struct mempool *pool, const struct entry *entry, uint64_t next, enum lane lane)
{
    return (entry->tx->nonce <= next || gaps_are_fine(pool)) && entry->lane == lane;
}

bool queue_settle(struct mempool *pool, struct queue *queue)
{
    order_forget(pool);
    queue->next = queue->account.nonce;
    if (queue->entries.count == 0) {
        (void)map_remove(&pool->senders, &queue->sender);
        vec_done(&queue->entries);
        base_free(queue);
        return true;
    }
    const enum lane lane = queue->entries.data[0]->lane;
    bool ready = true;
    for (size_t i = 0; i < queue->entries.count; i++) {
        struct entry *entry = queue->entries.data[i];
        ready = ready && follows(pool, entry, queue->next, lane);
        if (entry->tx->nonce == queue->next) queue->next++;
        entry_ready_set(pool, entry, ready);
        if (ready) lead_set(entry, i > 0 ? queue->entries.data[i - 1] : NULL);
    }
    return false;
}

void queue_insert(struct mempool *pool, struct queue *queue, struct entry *entry)
{
    const size_t count = queue->entries.count, at = queue_lower(queue, entry->tx->nonce);
    vec_push(&queue->entries, entry);
    memmove(&queue->entries.data[at + 1], &queue->entries.data[at], (count - at) * sizeof(entry));
    queue->entries.data[at] = entry;
    entry->queue = queue;
    images_note(pool, entry->tx);
    queue->spending = amount_add_clamped(queue->spending, ledger_spending(pool->rules, entry->tx));
    pool->lanes[entry->lane]++;
    pool->bytes += entry->tx->size;
    if (entry->tx->valid_until != 0) pool->valid_until_min = MIN(pool->valid_until_min, entry->tx->valid_until);
    heap_add(pool, entry);
    if (at < count) {
        (void)queue_settle(pool, queue); /* it is not empty */
        return;
    }
    /* At the end, which is where nearly all come: nobody else's place changes. */
    const struct entry *before = at > 0 ? queue->entries.data[at - 1] : NULL;
    if ((before == NULL || before->ready) && follows(pool, entry, queue->next, before != NULL ? before->lane : entry->lane)) {
        entry_ready_set(pool, entry, true);
        lead_set(entry, before);
    }
    if (entry->tx->nonce == queue->next) queue->next++;
    order_note(pool, entry);
}

static bool dex_goes_by_tip(const struct mempool *pool)
{
    return weakness_on(&pool->rules->weak, WEAKNESS_TIP_ORDERED_DEX_LANE);
}

void queues_follow_switch(struct mempool *pool)
{
    if (pool->dex_by_tip == dex_goes_by_tip(pool)) return;
    pool->dex_by_tip = !pool->dex_by_tip;
    for (size_t i = map_next(&pool->ids, 0); i != MAP_END; i = map_next(&pool->ids, i + 1)) {
        struct entry *entry = *(struct entry **)map_value_at(&pool->ids, i);
        entry->by_tip = entry->lane == LANE_GENERAL || pool->dex_by_tip;
    }
    for (size_t i = map_next(&pool->senders, 0); i != MAP_END; i = map_next(&pool->senders, i + 1))
        (void)queue_settle(pool, *(struct queue **)map_value_at(&pool->senders, i)); /* none is empty: none is freed */
    order_forget(pool);
}

static void spending_recount(struct mempool *pool, struct queue *queue)
{
    queue->spending = AMOUNT(0);
    for (size_t i = 0; i < queue->entries.count; i++)
        queue->spending = amount_add_clamped(queue->spending, ledger_spending(pool->rules, queue->entries.data[i]->tx));
}

void queue_drop(struct mempool *pool, struct queue *queue, size_t i)
{
    struct entry *entry = queue->entries.data[i];
    order_forget(pool);
    entry_ready_set(pool, entry, false);
    heap_remove_entry(pool, entry);
    pool->lanes[entry->lane]--;
    pool->bytes -= entry->tx->size;
    vec_remove(&queue->entries, i);
    if (amount_eq(queue->spending, AMOUNT_MAX))
        spending_recount(pool, queue);
    else
        queue->spending.units -= ledger_spending(pool->rules, entry->tx).units;
    images_forget(pool, entry->tx);
    (void)map_remove(&pool->ids, &entry->tx->id);
    tx_unref(entry->tx);
    vec_push(&pool->spare, entry);
}

/* ---- following the head ---- */

static bool host_executed(const struct mempool *pool, const struct tx *tx)
{
    return pool->host.executed == NULL || pool->host.executed(pool->host.context, &tx->id);
}

/* With these switches on a used nonce does not make a transaction dead; having been executed does. */
static bool low_nonces_live(const struct mempool *pool)
{
    return !guard_nonce_once(pool->rules) || gaps_are_fine(pool);
}

/* CODE_NONE: it stays. `*out_told`: whoever waits for it must hear the reason. */
static enum code entry_fate(const struct mempool *pool, const struct entry *entry, uint32_t height, bool *out_told)
{
    const struct tx *tx = entry->tx;
    *out_told = true;
    if (tx->nonce < entry->queue->account.nonce) {
        const bool executed = host_executed(pool, tx);
        if (!executed && low_nonces_live(pool)) return CODE_NONE;
        *out_told = !executed;
        return CODE_TX_DROPPED;
    }
    if (tx->valid_until != 0 && tx->valid_until < height && guard_window(pool->rules))
        return CODE_TX_EXPIRED;
    return CODE_NONE;
}

static void queue_follow(struct mempool *pool, struct queue *queue, uint32_t height, bool expiring)
{
    const uint64_t before = queue->account.nonce;
    ledger_account_get(pool->head.state, &queue->sender, &queue->account);
    if (before == queue->account.nonce && !expiring && !low_nonces_live(pool)) return;
    for (size_t i = 0; i < queue->entries.count;) {
        bool told;
        const struct entry *entry = queue->entries.data[i];
        const enum code fate = entry_fate(pool, entry, height, &told);
        if (fate != CODE_NONE && told) entry_dropped(pool, entry, fate);
        if (fate != CODE_NONE)
            queue_drop(pool, queue, i);
        else
            i++;
    }
    (void)queue_settle(pool, queue); /* freed or not, it is not touched again */
}

void queues_follow_head(struct mempool *pool)
{
    if (!pool->head_moved) return;
    pool->head_moved = pool->m2_valid = false;
    if (map_count(&pool->ids) < ledger_params(pool->head.state)->mempool_capacity) pool->heap_valid = false;
    const uint32_t height = ledger_height(pool->head.state) + 1;
    const bool expiring = height > pool->valid_until_min;
    for (size_t i = map_next(&pool->senders, 0); i != MAP_END; i = map_next(&pool->senders, i + 1))
        queue_follow(pool, *(struct queue **)map_value_at(&pool->senders, i), height, expiring);
    images_follow(pool);
    if (!expiring) return;
    pool->valid_until_min = UINT32_MAX;
    for (size_t i = map_next(&pool->ids, 0); i != MAP_END; i = map_next(&pool->ids, i + 1)) {
        const uint32_t valid_until = (*(struct entry **)map_value_at(&pool->ids, i))->tx->valid_until;
        if (valid_until != 0) pool->valid_until_min = MIN(pool->valid_until_min, valid_until);
    }
}
