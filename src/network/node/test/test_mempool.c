/* Tries to get the pool to take, keep, order or hand out what api 2.4 says it must not. */
#include "mempool_chain.h"

static void the_highest_tip_goes_first_and_ties_by_arrival(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    static const unsigned tips[] = {5, 9, 5, 0, 9};
    for (size_t i = 0; i < 5; i++) CHECK_U64(admit(pool, town_pay(&chain.town, i, 9, 0, 1, tips[i]), NULL), CODE_NONE);
    static const size_t expected[] = {1, 4, 0, 2, 3};
    struct tx *txs[8];
    CHECK_U64(select_all(pool, txs, 8), 5);
    for (size_t i = 0; i < 5; i++) CHECK(address_eq(&txs[i]->sender, &chain.town.people[expected[i]].address));
    mempool_free(pool);
    town_done(&chain.town);
}

static void a_senders_nonces_stay_in_order_whatever_their_tips(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 1, 1), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 1, 1, 100), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 1, 9, 0, 1, 2), NULL), CODE_NONE);
    struct tx *txs[8];
    CHECK_U64(select_all(pool, txs, 8), 3);
    CHECK(address_eq(&txs[0]->sender, &chain.town.people[1].address)); /* 2 beats the 1 that bars the way to 100 */
    CHECK_U64(txs[1]->nonce, 0);
    CHECK_U64(txs[2]->nonce, 1);
    mempool_free(pool);
    town_done(&chain.town);
}

static void a_gap_is_parked_and_gets_its_arrival_when_it_closes(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    struct mempool_ack ack;
    struct tx *txs[8];
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 1, 1, 0), &ack), CODE_NONE);
    CHECK_U64(ack.stage, TX_STAGE_M1);
    CHECK_U64(ack.arrival, 0);
    CHECK_U64(select_all(pool, txs, 8), 0);
    CHECK_U64(admit(pool, town_pay(&chain.town, 1, 9, 0, 1, 0), &ack), CODE_NONE);
    CHECK_U64(ack.arrival, 1);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 1, 0), &ack), CODE_NONE);
    CHECK_U64(ack.arrival, 2);
    CHECK_U64(ack.stage, TX_STAGE_M2);
    struct mempool_entry entry;
    mempool_entry_at(pool, 2, &entry);
    CHECK_U64(entry.tx->nonce, 1);
    CHECK_U64(entry.arrival, 3);
    CHECK_U64(mempool_pending_nonce(pool, &chain.town.people[0].address), 2);
    mempool_free(pool);
    town_done(&chain.town);
}

static void duplicates_rivals_and_far_nonces_are_refused(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 1, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 1, 0), NULL), CODE_TX_ALREADY_KNOWN);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 2, 0), NULL), CODE_NONCE_CONFLICT);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 66, 1, 0), NULL), CODE_NONCE_TOO_HIGH);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 65, 1, 0), NULL), CODE_NONE);
    struct mempool_stats stats;
    mempool_stats(pool, &stats);
    CHECK_U64(stats.total, 2);
    CHECK_U64(stats.m1, 1);
    CHECK_U64(stats.m2, 1);
    CHECK_U64(stats.admitted, 2);
    CHECK_U64(stats.rejected[CODE_NONCE_CONFLICT], 1);
    CHECK_U64(stats.rejected[CODE_NONCE_TOO_HIGH], 1);
    mempool_free(pool);
    town_done(&chain.town);
}

static void two_that_only_together_exceed_the_balance_do_not_both_wait(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, PEOPLE_BALANCE / 2, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 1, PEOPLE_BALANCE / 2, 0), NULL), CODE_INSUFFICIENT_BALANCE);
    mempool_free(pool);
    town_done(&chain.town);
}

static void a_sender_may_have_only_so_many_waiting(void)
{
    static struct chain chain;
    chain_init(&chain, "max_pending_per_sender", 3);
    struct mempool *pool = pool_of(&chain);
    for (uint64_t i = 0; i < 3; i++) CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, i, 1, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 3, 1, 0), NULL), CODE_ACCOUNT_PENDING_LIMIT);
    CHECK_U64(admit(pool, town_pay(&chain.town, 1, 9, 0, 1, 0), NULL), CODE_NONE);
    mempool_free(pool);
    town_done(&chain.town);
}

static void when_full_the_lowest_tip_makes_room_and_the_latest_of_equals(void)
{
    static struct chain chain;
    chain_init(&chain, "mempool_capacity", 4);
    struct mempool *pool = pool_of(&chain);
    static const unsigned tips[] = {3, 1, 2, 1};
    struct hash ids[4];
    for (size_t i = 0; i < 4; i++) {
        struct tx *tx = town_pay(&chain.town, i, 9, 0, 1, tips[i]);
        ids[i] = tx->id;
        CHECK_U64(admit(pool, tx, NULL), CODE_NONE);
    }
    struct mempool_stats stats;
    mempool_stats(pool, &stats);
    CHECK(stats.min_tip_to_enter.units == 2);
    CHECK_U64(admit(pool, town_pay(&chain.town, 5, 9, 0, 1, 1), NULL), CODE_MEMPOOL_FULL);
    CHECK_U64(admit(pool, town_pay(&chain.town, 5, 9, 0, 1, 2), NULL), CODE_NONE);
    struct mempool_entry entry;
    CHECK(!mempool_find(pool, &ids[3], &entry)); /* of the two with tip 1 the later */
    CHECK(mempool_find(pool, &ids[1], &entry));
    CHECK_U64(chain.dropped[CODE_TX_EVICTED], 1);
    CHECK_U64(admit(pool, town_pay(&chain.town, 6, 9, 0, 1, 9), NULL), CODE_NONE);
    CHECK(!mempool_find(pool, &ids[1], &entry));
    mempool_stats(pool, &stats);
    CHECK_U64(stats.total, 4);
    CHECK_U64(stats.evicted, 2);
    mempool_free(pool);
    town_done(&chain.town);
}

static void evicting_a_predecessor_parks_what_follows(void)
{
    static struct chain chain;
    chain_init(&chain, "mempool_capacity", 3);
    struct mempool *pool = pool_of(&chain);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 1, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 1, 1, 50), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 1, 9, 0, 1, 5), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 2, 9, 0, 1, 6), NULL), CODE_NONE);
    struct tx *txs[8];
    CHECK_U64(select_all(pool, txs, 8), 2);
    struct mempool_stats stats;
    mempool_stats(pool, &stats);
    CHECK_U64(stats.m1, 1);
    CHECK_U64(stats.total, 3);
    mempool_free(pool);
    town_done(&chain.town);
}

static void what_is_executed_or_expired_leaves(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    struct tx_spec spec = town_spec(&chain.town, 0);
    spec.valid_until = 1;
    struct tx *expiring = town_sign(&chain.town, 1, &spec);
    CHECK_U64(admit(pool, expiring, NULL), CODE_NONE);
    for (uint64_t i = 0; i < 3; i++) CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, i, 1, 1), NULL), CODE_NONE);
    struct tx *txs[8];
    CHECK_U64(select_all(pool, txs, 2), 2);
    chain_grow(&chain, pool, txs, 2);
    CHECK_U64(mempool_count(pool), 1);
    CHECK_U64(chain.dropped[CODE_TX_EXPIRED], 1);
    CHECK_U64(select_all(pool, txs, 8), 1);
    CHECK_U64(txs[0]->nonce, 2);
    struct mempool_stats stats;
    mempool_stats(pool, &stats);
    CHECK_U64(stats.expired, 1);
    mempool_free(pool);
    town_done(&chain.town);
}

static void a_block_takes_what_its_room_allows_and_the_rest_is_pq(void)
{
    static struct chain chain;
    chain_init(&chain, "max_block_transactions", 2);
    struct mempool *pool = pool_of(&chain);
    struct mempool_ack ack;
    for (size_t i = 0; i < 3; i++) CHECK_U64(admit(pool, town_pay(&chain.town, i, 9, 0, 1, 0), &ack), CODE_NONE);
    CHECK_U64(ack.stage, TX_STAGE_PQ);
    CHECK_U64(admit(pool, town_pay(&chain.town, 3, 9, 0, 1, 7), &ack), CODE_NONE);
    CHECK_U64(ack.stage, TX_STAGE_M2);
    struct mempool_stats stats;
    mempool_stats(pool, &stats);
    CHECK_U64(stats.m2, 2);
    CHECK_U64(stats.pq, 2);
    struct tx *txs[8];
    const struct mempool_room room = {8, 2 * 217 + 100}; /* room for two by bytes */
    CHECK_U64(mempool_select(pool, &room, txs), 2);
    CHECK(txs[0]->tip.units == 7);
    mempool_free(pool);
    town_done(&chain.town);
}

static void who_cannot_pay_its_fee_any_more_is_left_out_of_blocks(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 1, 1, 9), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 2, 1, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 1, 9, 0, 1, 0), NULL), CODE_NONE);
    /* Another view took this one: 1005 are left, too little for the first, and the second may not overtake it. */
    struct tx *rival = town_pay(&chain.town, 0, 9, 0, PEOPLE_BALANCE - 2005, 0);
    chain_grow(&chain, pool, &rival, 1);
    tx_unref(rival);
    struct tx *txs[8];
    CHECK_U64(select_all(pool, txs, 8), 1);
    CHECK(address_eq(&txs[0]->sender, &chain.town.people[1].address));
    CHECK_U64(mempool_count(pool), 3);
    mempool_free(pool);
    town_done(&chain.town);
}

static void clearing_tells_why_and_leaves_nothing(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    struct hash id = {{0}};
    for (size_t i = 0; i < 5; i++) {
        struct tx *tx = town_pay(&chain.town, i, 9, 0, 1, 0);
        id = tx->id;
        CHECK_U64(admit(pool, tx, NULL), CODE_NONE);
    }
    CHECK(mempool_remove(pool, &id, CODE_TX_DROPPED));
    CHECK(!mempool_remove(pool, &id, CODE_TX_DROPPED));
    mempool_clear(pool, CODE_TX_DROPPED);
    CHECK_U64(mempool_count(pool), 0);
    CHECK_U64(chain.dropped[CODE_TX_DROPPED], 5);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 1, 0), NULL), CODE_NONE);
    mempool_free(pool);
    town_done(&chain.town);
}

static void with_fifo_and_no_floor_first_come_is_first_kept(void)
{
    static struct chain chain;
    chain_init(&chain, "mempool_capacity", 2);
    weakness_put(&chain.town.rules.weak, WEAKNESS_FIFO_MEMPOOL_NO_FEE_FLOOR, true);
    struct mempool *pool = pool_of(&chain);
    for (size_t i = 0; i < 2; i++) CHECK_U64(admit(pool, town_pay(&chain.town, i, 9, 0, 1, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 2, 9, 0, 1, 1000), NULL), CODE_MEMPOOL_FULL);
    mempool_free(pool);
    town_done(&chain.town);
}

static void who_loses_its_nonce_to_another_is_dropped_and_told(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    struct mempool *pool = pool_of(&chain);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 1, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 1, 9, 0, 1, 0), NULL), CODE_NONE);
    struct tx *txs[] = {town_pay(&chain.town, 0, 9, 0, 2, 0),
                        town_pay(&chain.town, 1, 9, 0, 1, 0)}; /* a rival, and the very one */
    chain_grow(&chain, pool, txs, 2);
    CHECK_U64(mempool_count(pool), 0);
    CHECK_U64(chain.dropped[CODE_TX_DROPPED], 1);
    for (size_t i = 0; i < 2; i++) tx_unref(txs[i]);
    mempool_free(pool);
    town_done(&chain.town);
}

/* ---- what each switch lets through, and that it lets it through once ---- */

static void with_no_nonce_uniqueness_rivals_both_run_and_then_leave(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    weakness_put(&chain.town.rules.weak, WEAKNESS_NO_NONCE_UNIQUENESS, true);
    struct mempool *pool = pool_of(&chain);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 1, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 0, 2, 0), NULL), CODE_NONE);
    struct tx *txs[8];
    CHECK_U64(select_all(pool, txs, 1), 1);
    chain_grow(&chain, pool, txs, 1);
    CHECK_U64(select_all(pool, txs, 8), 1); /* the other, although its nonce was used */
    chain_grow(&chain, pool, txs, 1);
    CHECK_U64(select_all(pool, txs, 8), 0);
    CHECK_U64(mempool_count(pool), 0);
    CHECK_U64(chain.dropped[CODE_TX_DROPPED], 0);
    mempool_free(pool);
    town_done(&chain.town);
}

static void with_old_nonces_accepted_one_runs_once_by_gossip_too(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    weakness_put(&chain.town.rules.weak, WEAKNESS_ACCEPT_OLD_NONCE, true);
    struct mempool *pool = pool_of(&chain);
    struct tx *first = town_pay(&chain.town, 0, 9, 0, 1, 0), *old = town_pay(&chain.town, 0, 9, 0, 2, 0), *txs[8];
    chain_grow(&chain, pool, &first, 1);
    struct tx *both[] = {first, old};
    struct bundle *bundle = bundle_new(both, 2);
    mempool_log(pool, bundle, TOWN_TIME);
    CHECK_U64(select_all(pool, txs, 8), 1);
    CHECK(hash_eq(&txs[0]->id, &old->id));
    chain_grow(&chain, pool, txs, 1);
    CHECK_U64(select_all(pool, txs, 8), 0);
    CHECK_U64(town_account(&chain.town, 0).nonce, 1);
    bundle_unref(bundle);
    tx_unref(first);
    tx_unref(old);
    mempool_free(pool);
    town_done(&chain.town);
}

static void with_orphans_executed_a_gap_is_no_gap(void)
{
    static struct chain chain;
    chain_init(&chain, NULL, 0);
    weakness_put(&chain.town.rules.weak, WEAKNESS_EXECUTE_ORPHANS, true);
    struct mempool *pool = pool_of(&chain);
    struct mempool_ack ack;
    CHECK_U64(admit(pool, town_pay(&chain.town, 0, 9, 3, 1, 0), &ack), CODE_NONE);
    CHECK_U64(ack.stage, TX_STAGE_M2);
    struct tx *txs[8];
    CHECK_U64(select_all(pool, txs, 8), 1);
    chain_grow(&chain, pool, txs, 1);
    CHECK_U64(town_account(&chain.town, 0).nonce, 4);
    CHECK_U64(mempool_count(pool), 0);
    mempool_free(pool);
    town_done(&chain.town);
}

int main(void)
{
    RUN(who_loses_its_nonce_to_another_is_dropped_and_told);
    RUN(with_no_nonce_uniqueness_rivals_both_run_and_then_leave);
    RUN(with_old_nonces_accepted_one_runs_once_by_gossip_too);
    RUN(with_orphans_executed_a_gap_is_no_gap);
    RUN(the_highest_tip_goes_first_and_ties_by_arrival);
    RUN(a_senders_nonces_stay_in_order_whatever_their_tips);
    RUN(a_gap_is_parked_and_gets_its_arrival_when_it_closes);
    RUN(duplicates_rivals_and_far_nonces_are_refused);
    RUN(two_that_only_together_exceed_the_balance_do_not_both_wait);
    RUN(a_sender_may_have_only_so_many_waiting);
    RUN(when_full_the_lowest_tip_makes_room_and_the_latest_of_equals);
    RUN(evicting_a_predecessor_parks_what_follows);
    RUN(what_is_executed_or_expired_leaves);
    RUN(a_block_takes_what_its_room_allows_and_the_rest_is_pq);
    RUN(who_cannot_pay_its_fee_any_more_is_left_out_of_blocks);
    RUN(clearing_tells_why_and_leaves_nothing);
    RUN(with_fifo_and_no_floor_first_come_is_first_kept);
    return 0;
}
