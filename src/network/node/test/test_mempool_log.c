/* Gossip as pools share it: read when somebody asks, marked as dead by whoever finds it so, taken back with an orphaned block. */
#include "mempool_chain.h"

static void gossip_waits_unread_until_somebody_asks(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    struct tx *txs[3];
    for (size_t i = 0; i < 3; i++) txs[i] = town_pay(&chain.town, i, 9, 0, 1, 0);
    struct bundle *bundle = bundle_new(txs, 3);
    for (size_t i = 0; i < 3; i++) tx_unref(txs[i]);
    mempool_log(pool, bundle, TOWN_TIME + 5);
    CHECK_U64(mempool_log_stats(pool).txs, 3);
    CHECK_U64(mempool_log_stats(pool).txs_read, 0);
    CHECK_U64(mempool_count(pool), 3);
    CHECK_U64(mempool_log_stats(pool).txs_read, 3);
    CHECK_U64(mempool_log_stats(pool).bundles, 0);
    struct mempool_entry entry;
    mempool_entry_at(pool, 0, &entry);
    CHECK_U64(entry.received_at_ms, TOWN_TIME + 5);
    bundle_unref(bundle);
    mempool_free(pool);
    town_done(&chain.town);
}

static void a_bundle_found_dead_by_one_view_is_skipped_by_the_next(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *one = pool_of(&chain), *other = pool_of(&chain);
    struct tx *txs[3];
    for (size_t i = 0; i < 3; i++) txs[i] = town_pay(&chain.town, i, 9, 0, 1, 0);
    struct bundle *bundle = bundle_new(txs, 3);
    mempool_log(one, bundle, TOWN_TIME);
    mempool_log(other, bundle, TOWN_TIME);
    chain_grow(&chain, one, txs, 3);
    const struct mempool_head head = chain_head(&chain);
    mempool_head_set(other, &head);
    CHECK_U64(mempool_count(one), 0);
    CHECK_U64(bundle->dead_height, 1);
    CHECK_U64(mempool_count(other), 0);
    CHECK_U64(mempool_log_stats(other).txs_read, 0);
    CHECK_U64(mempool_log_stats(other).bundles_skipped, 1);
    for (size_t i = 0; i < 3; i++) tx_unref(txs[i]);
    bundle_unref(bundle);
    mempool_free(one);
    mempool_free(other);
    town_done(&chain.town);
}

static void a_mark_of_a_block_that_is_not_in_the_chain_is_not_believed(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    struct tx *tx = town_pay(&chain.town, 0, 9, 0, 1, 0);
    struct bundle *bundle = bundle_new(&tx, 1);
    tx_unref(tx);
    bundle->dead_height = 1;
    bundle->dead_hash.b[0] = 0xee;
    mempool_log(pool, bundle, TOWN_TIME);
    CHECK_U64(mempool_count(pool), 1);
    bundle_unref(bundle);
    mempool_free(pool);
    town_done(&chain.town);
}

static void transactions_of_an_orphaned_block_come_back(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    struct ledger_state *genesis = ledger_state_ref(chain.town.state);
    struct tx_spec spec = town_spec(&chain.town, 0);
    spec.timestamp_ms = TOWN_TIME;
    struct tx *tx = town_sign(&chain.town, 0, &spec);
    CHECK_U64(admit(pool, tx_ref(tx), NULL), CODE_NONE);
    chain_grow(&chain, pool, &tx, 1);
    CHECK_U64(mempool_count(pool), 0);
    const struct mempool_head back = {genesis, {{0}}};
    mempool_head_set(pool, &back);
    struct bundle *bundle = bundle_new(&tx, 1);
    mempool_return(pool, bundle, TOWN_TIME + 600000); /* long after: its timestamp is not judged again */
    CHECK_U64(mempool_count(pool), 1);
    bundle_unref(bundle);
    tx_unref(tx);
    mempool_free(pool);
    ledger_state_unref(genesis);
    town_done(&chain.town);
}

static void a_log_that_is_too_long_is_read_from_its_oldest(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    struct tx *tx = town_pay(&chain.town, 0, 9, 0, 1, 0);
    struct bundle *bundle = bundle_new(&tx, 1);
    tx_unref(tx);
    for (size_t i = 0; i <= MEMPOOL_LOG_BUNDLES_MAX; i++) mempool_log(pool, bundle, TOWN_TIME);
    const struct mempool_log_stats stats = mempool_log_stats(pool);
    CHECK_U64(stats.bundles, MEMPOOL_LOG_BUNDLES_MAX / 4 * 3);
    CHECK(stats.txs_read > 0);
    CHECK_U64(mempool_count(pool), 1);
    bundle_unref(bundle);
    mempool_free(pool);
    town_done(&chain.town);
}

int main(void)
{
    RUN(gossip_waits_unread_until_somebody_asks);
    RUN(a_bundle_found_dead_by_one_view_is_skipped_by_the_next);
    RUN(a_mark_of_a_block_that_is_not_in_the_chain_is_not_believed);
    RUN(transactions_of_an_orphaned_block_come_back);
    RUN(a_log_that_is_too_long_is_read_from_its_oldest);
    return 0;
}
