#include "network/node/mempool_priv.h"

/* ---- bundles ---- */

struct bundle *bundle_new(struct tx *const *txs, size_t count)
{
    ASSERT(count > 0 && count <= UINT32_MAX);
    struct bundle *bundle = base_alloc(sizeof(*bundle) + count * sizeof(bundle->txs[0]));
    bundle->refs = 1;
    bundle->count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        bundle->txs[i] = tx_ref(txs[i]);
        bundle->bytes += txs[i]->size;
    }
    return bundle;
}

struct bundle *bundle_ref(struct bundle *bundle)
{
    ASSERT(bundle->refs > 0 && bundle->refs < UINT32_MAX);
    bundle->refs++;
    return bundle;
}

void bundle_unref(struct bundle *bundle)
{
    if (bundle == NULL) return;
    ASSERT(bundle->refs > 0);
    if (--bundle->refs > 0) return;
    for (uint32_t i = 0; i < bundle->count; i++) tx_unref(bundle->txs[i]);
    base_free(bundle);
}

/* ---- the log ---- */

static size_t log_count(const struct mempool *pool) { return pool->logs.count - pool->log_first; }

/* Takes the oldest out; the reference goes to the caller. */
static struct logged log_take(struct mempool *pool)
{
    const struct logged logged = pool->logs.data[pool->log_first++];
    pool->log_stats.bundles--;
    pool->log_stats.txs -= logged.bundle->count;
    pool->log_stats.bytes -= logged.bundle->bytes;
    if (pool->log_first == pool->logs.count) {
        vec_clear(&pool->logs);
        pool->log_first = 0;
    }
    return logged;
}

static void log_add(struct mempool *pool, struct bundle *bundle, uint64_t now_ms, bool returned)
{
    if (pool->log_first > 0 && pool->logs.count == pool->logs.cap && pool->log_first >= pool->logs.count / 2) {
        const size_t count = log_count(pool);
        memmove(pool->logs.data, pool->logs.data + pool->log_first, count * sizeof(*pool->logs.data));
        pool->logs.count = count;
        pool->log_first = 0;
    }
    const struct logged logged = {bundle_ref(bundle), now_ms, returned};
    vec_push(&pool->logs, logged);
    pool->log_stats.bundles++;
    pool->log_stats.txs += bundle->count;
    pool->log_stats.bytes += bundle->bytes;
}

static bool bundle_is_dead(const struct mempool *pool, const struct bundle *bundle)
{
    return bundle->dead_height != 0 && pool->host.on_chain(pool->host.context, bundle->dead_height, &bundle->dead_hash);
}

enum { TRIM_EVERY = 16 };
static bool log_skip(struct mempool *pool)
{
    if (log_count(pool) == 0 || !bundle_is_dead(pool, pool->logs.data[pool->log_first].bundle)) return false;
    bundle_unref(log_take(pool).bundle);
    pool->log_stats.bundles_skipped++;
    return true;
}

/* Now and then: a look at the oldest is a look at memory that nobody has touched for long. */
static void log_trim(struct mempool *pool)
{
    if (++pool->log_untrimmed < TRIM_EVERY) return;
    pool->log_untrimmed = 0;
    for (uint32_t i = 0; i < 2 * TRIM_EVERY && log_skip(pool);) i++; /* two for each that came: the dead go faster than the new come */
}

void log_clear(struct mempool *pool)
{
    while (log_count(pool) > 0) bundle_unref(log_take(pool).bundle);
}

/* Whether it can never run on this chain any more: most of what a late reader finds. */
static bool tx_is_dead(const struct tx *tx, const struct ledger_account *account, uint32_t height)
{
    return tx->nonce < account->nonce || (tx->valid_until != 0 && tx->valid_until < height);
}

/* Under these switches dead transactions walk. */
static bool marks_hold(const struct mempool *pool)
{
    return guard_nonce_once(pool->rules) && guard_nonce_order(pool->rules) && guard_window(pool->rules);
}

enum { AHEAD = 4 };
static void bundle_read(struct mempool *pool, const struct logged *logged)
{
    struct bundle *bundle = logged->bundle;
    const uint32_t height = ledger_height(pool->head.state) + 1;
    const bool marks = marks_hold(pool);
    uint32_t dead = 0;
    pool->log_stats.txs_read += bundle->count;
    for (uint32_t i = 0; i < bundle->count; i++) {
        struct tx *tx = bundle->txs[i];
        if (i + AHEAD < bundle->count) base_prefetch(bundle->txs[i + AHEAD], sizeof(*tx));
        if (map_find(&pool->ids, &tx->id) != NULL) continue; /* came another way too */
        if (!marks && pool->host.executed != NULL && pool->host.executed(pool->host.context, &tx->id)) continue;
        const struct queue *queue = queue_find(pool, &tx->sender);
        struct ledger_account account;
        if (queue != NULL)
            account = queue->account;
        else
            ledger_account_get(pool->head.state, &tx->sender, &account);
        if (marks && tx_is_dead(tx, &account, height)) {
            dead++;
            continue;
        }
        const struct intake intake = {tx, &account, logged->received_at_ms, logged->returned};
        struct entry *entry;
        (void)pool_admit(pool, &intake, &entry, NULL); /* a refusal is counted; nobody waits to hear it */
    }
    if (dead < bundle->count || height == 1) return;
    bundle->dead_height = height - 1;
    bundle->dead_hash = pool->head.hash;
}

void log_digest(struct mempool *pool, size_t bundles_left, uint64_t txs_left, uint64_t bytes_left)
{
    const struct mempool_log_stats *stats = &pool->log_stats;
    while (stats->bundles > bundles_left || stats->txs > txs_left || stats->bytes > bytes_left) {
        if (log_skip(pool)) continue;
        const struct logged logged = log_take(pool);
        bundle_read(pool, &logged);
        bundle_unref(logged.bundle);
    }
}

static void log_take_in(struct mempool *pool, struct bundle *bundle, uint64_t now_ms, bool returned)
{
    log_trim(pool);
    log_add(pool, bundle, now_ms, returned);
    const struct mempool_log_stats *stats = &pool->log_stats;
    if (stats->bundles <= MEMPOOL_LOG_BUNDLES_MAX && stats->txs <= MEMPOOL_LOG_TXS_MAX && stats->bytes <= MEMPOOL_LOG_BYTES_MAX)
        return;
    queues_follow_head(pool);
    log_digest(pool, MEMPOOL_LOG_BUNDLES_MAX / 4 * 3, MEMPOOL_LOG_TXS_MAX / 4 * 3, MEMPOOL_LOG_BYTES_MAX / 4 * 3);
}

void mempool_log(struct mempool *pool, struct bundle *bundle, uint64_t now_ms) { log_take_in(pool, bundle, now_ms, false); }
void mempool_return(struct mempool *pool, struct bundle *bundle, uint64_t now_ms) { log_take_in(pool, bundle, now_ms, true); }

struct mempool_log_stats mempool_log_stats(const struct mempool *pool) { return pool->log_stats; }
