#include "network/node/mempool.h"

#include "chain/shielded.h"
#include "chain/payload.h"
#include "network/node/mempool_priv.h"

struct mempool *mempool_new(const struct ledger_rules *rules, const struct mempool_host *host, const struct mempool_head *head)
{
    struct mempool *pool = base_alloc(sizeof(*pool));
    pool->rules = rules;
    pool->host = *host;
    pool->head = *head;
    pool->head.state = ledger_state_ref(head->state);
    pool->valid_until_min = UINT32_MAX;
    map_init(&pool->ids, sizeof(struct hash), sizeof(struct entry *));
    map_init(&pool->senders, sizeof(struct address), sizeof(struct queue *));
    map_init(&pool->images, sizeof(struct hash), sizeof(struct image));
    return pool;
}

/* Releases every entry and queue, telling `dropped` unless `reason` is CODE_NONE. */
static void queues_clear(struct mempool *pool, enum code reason)
{
    for (size_t i = map_next(&pool->senders, 0); i != MAP_END; i = map_next(&pool->senders, i + 1)) {
        struct queue *queue = *(struct queue **)map_value_at(&pool->senders, i);
        while (queue->entries.count > 0) {
            const size_t last = queue->entries.count - 1;
            if (reason != CODE_NONE) entry_dropped(pool, queue->entries.data[last], reason);
            queue_drop(pool, queue, last);
        }
        (void)queue_settle(pool, queue); /* empty: freed */
    }
}

void mempool_free(struct mempool *pool)
{
    if (pool == NULL) return;
    queues_clear(pool, CODE_NONE);
    log_clear(pool);
    for (size_t i = 0; i < pool->spare.count; i++) base_free(pool->spare.data[i]);
    vec_done(&pool->spare);
    vec_done(&pool->order);
    vec_done(&pool->fresh);
    vec_done(&pool->heap);
    vec_done(&pool->logs);
    map_done(&pool->ids);
    map_done(&pool->senders);
    map_done(&pool->images);
    ledger_state_unref(pool->head.state);
    base_free(pool);
}

void mempool_head_set(struct mempool *pool, const struct mempool_head *head)
{
    struct ledger_state *old = pool->head.state;
    pool->head = *head;
    pool->head.state = ledger_state_ref(head->state);
    ledger_state_unref(old);
    pool->head_moved = true;
}

void mempool_digest(struct mempool *pool)
{
    queues_follow_switch(pool);
    queues_follow_head(pool);
    log_digest(pool, 0, 0, 0);
}

/* ---- admission ---- */

static enum code pool_full(struct apierror *error, const struct tx *tx, const struct entry *worst)
{
    if (error == NULL) return CODE_MEMPOOL_FULL;
    char got[AMOUNT_TEXT], want[AMOUNT_TEXT];
    const struct amount needed = amount_add_clamped(worst->tx->tip, AMOUNT(1));
    (void)amount_text(tx->tip, got); /* the lengths are not needed */
    (void)amount_text(needed, want);
    (void)apierror_set(error, CODE_MEMPOOL_FULL, "tip", "the pool is full; tip %s is below %s", got, want);
    apierror_suggest(error, "raise the tip to %s or try again later", want);
    apierror_detail_amount(error, "min_tip_to_enter", needed);
    return error->code;
}

static enum code sender_full(struct apierror *error, size_t count, uint64_t limit)
{
    if (error == NULL) return CODE_ACCOUNT_PENDING_LIMIT;
    (void)apierror_set(error, CODE_ACCOUNT_PENDING_LIMIT, "sender", "%zu transactions of this sender wait, the limit is %llu",
                       count, (unsigned long long)limit);
    apierror_suggest(error, "wait until some are included");
    apierror_detail_u64(error, "pending", count);
    apierror_detail_u64(error, "limit", limit);
    return error->code;
}

static bool first_come_first_kept(const struct mempool *pool)
{
    return !guard_worth(pool->rules);
}

/* Makes room for `tx`, or says why there is none. May free `*queue` (then NULL): what is evicted can be of the same sender. */
static enum code capacity_check(struct mempool *pool, struct queue **queue, const struct tx *tx, struct apierror *error)
{
    const struct params *params = ledger_params(pool->head.state);
    const size_t waiting = *queue != NULL ? (*queue)->entries.count : 0;
    if (waiting >= params->max_pending_per_sender && !first_come_first_kept(pool))
        return sender_full(error, waiting, params->max_pending_per_sender);
    while (map_count(&pool->ids) >= params->mempool_capacity && map_count(&pool->ids) > 0) {
        struct entry *worst = heap_worst(pool);
        if (amount_cmp(tx->tip, worst->tx->tip) <= 0 || first_come_first_kept(pool)) return pool_full(error, tx, worst);
        struct queue *loser = worst->queue;
        entry_dropped(pool, worst, CODE_TX_EVICTED);
        queue_drop(pool, loser, entry_index(worst));
        if (queue_settle(pool, loser) && loser == *queue) *queue = NULL;
    }
    return CODE_NONE;
}

static struct entry *entry_new(struct mempool *pool, struct tx *tx, uint64_t now_ms)
{
    struct entry *entry = pool->spare.count > 0 ? vec_pop(&pool->spare) : base_alloc(sizeof(*entry));
    const struct kind_row *row = kind_find(tx->kind);
    *entry = (struct entry){
        .tx = tx_ref(tx),
        .sequence = ++pool->sequence,
        .received_at_ms = now_ms,
        .lane = row != NULL ? row->lane : LANE_GENERAL,
    };
    entry->by_tip = entry->lane == LANE_GENERAL || pool->dex_by_tip;
    return entry;
}

/* The entries that follow the account's nonce without a gap; one more than fits in `out` says that there are too many. */
static size_t queue_contiguous(const struct queue *queue, struct tx *out[PENDING_TRIED_MAX])
{
    size_t count = 0;
    uint64_t nonce = queue->account.nonce;
    for (size_t i = 0; i < queue->entries.count && queue->entries.data[i]->tx->nonce <= nonce; i++) {
        if (queue->entries.data[i]->tx->nonce < nonce) continue;
        if (count == PENDING_TRIED_MAX) return count + 1;
        out[count++] = queue->entries.data[i]->tx;
        nonce++;
    }
    return count;
}

enum code pool_admit(struct mempool *pool, const struct intake *intake, struct entry **out, struct apierror *error)
{
    struct tx *tx = intake->tx;
    struct queue *queue = queue_find(pool, &tx->sender);
    struct tx *pending[PENDING_TRIED_MAX];
    const size_t pending_count = intake->tried && queue != NULL ? queue_contiguous(queue, pending) : 0;
    const struct ledger_sender sender = {
        .pending = pending,
        .pending_count = pending_count,
        .images_taken = images_taken(pool, tx),
        .account = intake->account,
        .known = map_find(&pool->ids, &tx->id) != NULL,
        .conflict = queue != NULL && queue_has_nonce(queue, tx->nonce),
        .next_nonce = queue != NULL ? queue->next : 0,
        .spending = queue != NULL ? queue->spending : AMOUNT(0),
    };
    const struct ledger_moment moment = {ledger_params(pool->head.state), ledger_height(pool->head.state) + 1,
                                         intake->returned ? 0 : intake->now_ms, intake->tried ? pool->head.state : NULL};
    enum code code = ledger_admit(pool->rules, &sender, &moment, tx, error);
    if (code == CODE_NONE) code = capacity_check(pool, &queue, tx, error);
    if (code != CODE_NONE) {
        pool->rejected[code]++;
        return code;
    }
    if (queue == NULL) queue = queue_new(pool, &tx->sender, intake->account);
    pool->now_ms = intake->now_ms;
    struct entry *entry = entry_new(pool, tx, intake->now_ms);
    *(struct entry **)map_put(&pool->ids, &tx->id, NULL) = entry;
    queue_insert(pool, queue, entry);
    pool->admitted++;
    if (pool->host.entered != NULL) pool->host.entered(pool->host.context, tx, entry->lane, entry->arrival);
    *out = entry;
    return CODE_NONE;
}

void mempool_foresee(struct mempool *pool, struct tx *const *txs, size_t count, uint64_t now_ms)
{
    const struct ledger_moment moment = {ledger_params(pool->head.state), ledger_height(pool->head.state) + 1, now_ms, pool->head.state};
    ledger_foresee(pool->rules, &moment, txs, count);
}

enum code mempool_admit(struct mempool *pool, struct tx *tx, uint64_t now_ms, struct mempool_ack *ack, struct apierror *error)
{
    mempool_digest(pool);
    const struct queue *queue = queue_find(pool, &tx->sender);
    struct ledger_account account;
    if (queue != NULL)
        account = queue->account;
    else
        ledger_account_get(pool->head.state, &tx->sender, &account);
    const struct intake intake = {tx, &account, now_ms, false, true};
    struct entry *entry;
    const enum code code = pool_admit(pool, &intake, &entry, error);
    if (code == CODE_NONE) *ack = (struct mempool_ack){order_stage(pool, entry), entry->arrival};
    return code;
}

void mempool_rejected_note(struct mempool *pool, enum code code)
{
    ASSERT(code < CODE_COUNT);
    pool->rejected[code]++;
}

/* ---- selection ---- */

struct mempool_room mempool_room_of(const struct params *params)
{
    return (struct mempool_room){(uint32_t)MIN(params->max_block_transactions, UINT32_MAX), params->max_block_bytes};
}

/* What it takes from the free balance only its execution says: nothing of the sender's follows it in the same block. */
static bool takes_anything(const struct tx *tx)
{
    return tx->kind == KIND_ALPHA_FLASH_LOAN || tx->kind == KIND_DELTA_FLASH_LOAN;
}

/* Whether the sender can pay for it after all of its own that were chosen before; what others send it in the same block is not
 * counted on, so that no order of execution can make the block invalid. */
static bool sender_pays(struct mempool *pool, const struct entry *entry)
{
    struct queue *queue = entry->queue;
    if (queue->stamp != pool->selections) {
        queue->stamp = pool->selections;
        queue->promised = AMOUNT(0);
        queue->stuck = false;
    }
    if (!guard_funds(pool->rules)) return true;
    if (queue->stuck) return false;
    const enum token token = chain_fee_token(pool->rules->domain.chain);
    if (!amount_is_zero(shielded_pool_fee(entry->tx))) return true; /* the pool pays */
    const struct amount cost = amount_add_clamped(entry->tx->fee, entry->tx->tip);
    const struct amount needed = amount_add_clamped(queue->promised, cost);
    queue->stuck = amount_cmp(needed, queue->account.balances[token - 1].free) > 0;
    if (queue->stuck) return false;
    queue->promised = amount_add_clamped(queue->promised, ledger_spending(pool->rules, entry->tx));
    queue->stuck = takes_anything(entry->tx);
    return true;
}

/* One lane into `out`, as far as `room` goes. */
static size_t lane_select(struct mempool *pool, enum lane lane, struct mempool_room room, struct tx **out,
                          struct mempool_room *out_used)
{
    const size_t from = lane == LANE_DEX ? pool->ready[LANE_GENERAL] : 0;
    struct mempool_room used = {0};
    pool->selections++;
    for (size_t i = from; i < from + pool->ready[lane]; i++) {
        const struct entry *entry = pool->order.data[i];
        if (used.transactions == room.transactions || used.bytes + entry->tx->size > room.bytes) break;
        if (!sender_pays(pool, entry)) continue;
        if (out != NULL) out[used.transactions] = entry->tx;
        used.transactions++;
        used.bytes += entry->tx->size;
    }
    *out_used = used;
    return used.transactions;
}

/* ---- vuln.bundle-position-hints ---- */

static uint64_t trade_size(const struct tx *tx)
{
    struct arena arena;
    union payload payload;
    if (tx->kind != KIND_ORDER_PLACE || tx_flags(tx) != 0) return 0;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    arena_done(&arena);
    return payload.order_place.quantity;
}

/* Moves txs[from] to `to`, unless one of the same sender stands between. */
static bool hint_move(struct tx **txs, size_t from, size_t to)
{
    struct tx *tx = txs[from];
    const size_t low = MIN(from, to), high = MAX(from, to);
    for (size_t i = low; i <= high; i++)
        if (i != from && address_eq(&txs[i]->sender, &tx->sender)) return false;
    if (to < from) memmove(txs + to + 1, txs + to, (from - to) * sizeof(*txs));
    else memmove(txs + from, txs + from + 1, (to - from) * sizeof(*txs));
    txs[to] = tx;
    return true;
}

/* Whoever says so with flags 1 goes before the largest order of the block, with flags 2 behind it. */
static void hints_follow(struct tx **txs, size_t count)
{
    size_t largest = 0;
    uint64_t most = 0;
    for (size_t i = 0; i < count; i++) {
        const uint64_t size = trade_size(txs[i]);
        if (size > most) most = size, largest = i;
    }
    if (most == 0) return;
    for (size_t i = largest + 1; i < count; i++)
        if (tx_flags(txs[i]) == 1 && hint_move(txs, i, largest)) largest++;
    for (size_t i = 0; i < largest;)
        if (tx_flags(txs[i]) == 2 && hint_move(txs, i, largest)) largest--;
        else i++;
    for (size_t i = count; i > largest + 2; i--)
        if (tx_flags(txs[i - 1]) == 2) (void)hint_move(txs, i - 1, largest + 1); /* one that may not pass stays */
}

size_t mempool_select(struct mempool *pool, const struct mempool_room *room, struct tx **out)
{
    mempool_digest(pool);
    order_ensure(pool);
    struct mempool_room dex, general;
    (void)lane_select(pool, LANE_DEX, (struct mempool_room){room->transactions / 2, room->bytes / 2}, NULL, &dex);
    const size_t count = lane_select(
        pool, LANE_GENERAL, (struct mempool_room){room->transactions - dex.transactions, room->bytes - dex.bytes}, out, &general);
    const struct mempool_room rest = {room->transactions - general.transactions, room->bytes - general.bytes};
    const size_t trades = lane_select(pool, LANE_DEX, rest, out + count, &dex);
    if (ledger_takes_hints(pool->rules)) hints_follow(out + count, trades);
    return count + trades;
}

bool mempool_ready_at(struct mempool *pool, const struct hash *id, uint64_t *out_ms)
{
    mempool_digest(pool);
    struct entry *const *slot = map_find(&pool->ids, id);
    if (slot == NULL || (*slot)->ready_at_ms == 0) return false;
    *out_ms = (*slot)->ready_at_ms;
    return true;
}

/* ---- questions ---- */

static void entry_view(struct mempool *pool, const struct entry *entry, size_t position, struct mempool_entry *out)
{
    *out = (struct mempool_entry){
        .tx = entry->tx,
        .stage = order_stage(pool, entry),
        .lane = entry->lane,
        .arrival = entry->arrival,
        .position = (uint32_t)position,
        .received_at_ms = entry->received_at_ms,
    };
}

bool mempool_has_read(const struct mempool *pool, const struct hash *id) { return map_find(&pool->ids, id) != NULL; }

bool mempool_find(struct mempool *pool, const struct hash *id, struct mempool_entry *out)
{
    mempool_digest(pool);
    struct entry **slot = map_find(&pool->ids, id);
    if (slot == NULL) return false;
    entry_view(pool, *slot, order_find(pool, *slot), out);
    return true;
}

const struct tx *mempool_tx(struct mempool *pool, const struct hash *id, uint64_t *out_received_at_ms)
{
    mempool_digest(pool);
    struct entry *const *slot = map_find(&pool->ids, id);
    if (slot == NULL) return NULL;
    *out_received_at_ms = (*slot)->received_at_ms;
    return (*slot)->tx;
}

size_t mempool_count(struct mempool *pool)
{
    mempool_digest(pool);
    return map_count(&pool->ids);
}

void mempool_entry_at(struct mempool *pool, size_t i, struct mempool_entry *out)
{
    mempool_digest(pool);
    order_ensure(pool);
    ASSERT(i < pool->order.count);
    entry_view(pool, pool->order.data[i], i, out);
}

uint64_t mempool_pending_nonce(struct mempool *pool, const struct address *sender)
{
    mempool_digest(pool);
    const struct queue *queue = queue_find(pool, sender);
    if (queue != NULL) return queue->next;
    struct ledger_account account;
    ledger_account_get(pool->head.state, sender, &account);
    return account.nonce;
}

bool mempool_remove(struct mempool *pool, const struct hash *id, enum code reason)
{
    mempool_digest(pool);
    struct entry **slot = map_find(&pool->ids, id);
    if (slot == NULL) return false;
    struct queue *queue = (*slot)->queue;
    entry_dropped(pool, *slot, reason);
    queue_drop(pool, queue, entry_index(*slot));
    (void)queue_settle(pool, queue); /* freed or not, it is not touched again */
    return true;
}

void mempool_clear(struct mempool *pool, enum code reason)
{
    queues_clear(pool, reason);
    log_clear(pool);
}

void mempool_stats(struct mempool *pool, struct mempool_stats *out)
{
    mempool_digest(pool);
    memset(out, 0, sizeof(*out));
    const struct params *params = ledger_params(pool->head.state);
    const size_t total = map_count(&pool->ids), ready = (size_t)pool->ready[LANE_GENERAL] + pool->ready[LANE_DEX];
    const struct mempool_room room = mempool_room_of(params);
    size_t m2 = ready;
    if (ready > room.transactions || pool->ready_bytes > room.bytes) {
        m2_ensure(pool);
        m2 = pool->m2[LANE_GENERAL] + pool->m2[LANE_DEX];
    }
    out->m2 = (uint32_t)m2;
    out->pq = (uint32_t)(ready - m2);
    out->m1 = (uint32_t)(total - ready);
    out->general = pool->lanes[LANE_GENERAL];
    out->dex = pool->lanes[LANE_DEX];
    out->total = (uint32_t)total;
    out->capacity = (uint32_t)MIN(params->mempool_capacity, UINT32_MAX);
    out->bytes = pool->bytes;
    for (size_t i = map_next(&pool->ids, 0); i != MAP_END && !out->has_oldest; i = MAP_END) {
        out->has_oldest = true;
        out->oldest_at_ms = (*(struct entry **)map_value_at(&pool->ids, i))->received_at_ms;
    }
    if (total >= params->mempool_capacity && total > 0)
        out->min_tip_to_enter = amount_add_clamped(heap_worst(pool)->tx->tip, AMOUNT(1));
    out->admitted = pool->admitted;
    out->evicted = pool->evicted;
    out->expired = pool->expired;
    memcpy(out->rejected, pool->rejected, sizeof(out->rejected));
}
