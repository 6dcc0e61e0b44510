/* The two lanes on Delta (api 2.4): who stands where, whose room is whose, what a tip buys, and what two switches change. */
#include "network/ledger/test/market_fixture.h"
#include "network/node/mempool.h"

static struct town town;
static uint64_t now_ms;

static struct mempool *pool_new(uint64_t room)
{
    market_init(&town);
    now_ms = TOWN_TIME;
    const struct ledger_orders orders = {
        .settings = (struct ledger_setting[]){{param_find(STR("max_block_transactions")), room}}, .settings_count = 1};
    ledger_result_unref(town_run(&town, room > 0 ? &orders : NULL, NULL, 0));
    const struct mempool_head head = {town.state, {{1}}};
    return mempool_new(&town.rules, &(struct mempool_host){0}, &head);
}
static void done(struct mempool *pool)
{
    mempool_free(pool);
    town_done(&town);
}

static struct tx *pay(size_t who, uint64_t nonce, u128 tip) /* general */
{
    struct tx_spec spec = {.domain = town.rules.domain,
                           .kind = KIND_DELTA_TRANSFER,
                           .nonce = nonce,
                           .fee = AMOUNT(MARKET_FEE),
                           .tip = {tip},
                           .token = TOKEN_DX,
                           .to = town.people[60].address,
                           .amount = AMOUNT(1)};
    return town_sign(&town, who, &spec);
}

static struct tx *trade_flagged(size_t who, uint64_t nonce, u128 tip, uint64_t quantity, uint16_t flags)
{
    struct buf bytes = {0};
    const struct ask ask = {.side = SIDE_SELL, .price = 1000000, .quantity = quantity};
    const union payload payload = ask_payload(&ask);
    payload_encode(KIND_ORDER_PLACE, &payload, &bytes);
    struct tx_spec spec = {.domain = town.rules.domain,
                           .kind = KIND_ORDER_PLACE,
                           .nonce = nonce,
                           .fee = AMOUNT(MARKET_FEE),
                           .tip = {tip},
                           .flags = flags,
                           .payload = buf_str(&bytes)};
    struct tx *tx = town_sign(&town, who, &spec);
    buf_done(&bytes);
    return tx;
}
static struct tx *trade(size_t who, uint64_t nonce, u128 tip) { return trade_flagged(who, nonce, tip, 1000, 0); }

static enum code admit(struct mempool *pool, struct tx *tx, struct mempool_ack *out)
{
    struct mempool_ack ack;
    const enum code code = mempool_admit(pool, tx, now_ms, &ack, NULL);
    if (out != NULL && code == CODE_NONE) *out = ack;
    tx_unref(tx);
    return code;
}

/* What the next block would hold, as the senders' numbers. */
static void check_block(struct mempool *pool, size_t room, const size_t *senders, size_t count)
{
    struct tx *txs[64];
    const struct mempool_room limits = {(uint32_t)room, 1 << 22};
    const size_t got = mempool_select(pool, &limits, txs);
    CHECK_U64(got, count);
    for (size_t i = 0; i < count; i++)
        if (!address_eq(&txs[i]->sender, &town.people[senders[i]].address)) CHECK_FAIL("place %zu is not person %zu's", i, senders[i]);
}
#define BLOCK_IS(pool, room, ...)                                                                                                \
    do {                                                                                                                         \
        static const size_t senders_[] = {__VA_ARGS__};                                                                          \
        check_block(pool, room, senders_, ARRAY_LEN(senders_));                                                                  \
    } while (0)

static void a_block_is_its_general_part_by_tip_then_its_trades_by_arrival(void)
{
    struct mempool *pool = pool_new(0);
    for (size_t i = 0; i < 8; i++) CHECK_U64(admit(pool, i % 2 ? trade(i, 0, 100 * i) : pay(i, 0, i), NULL), CODE_NONE);
    BLOCK_IS(pool, 8, 6, 4, 2, 0, 1, 3, 5, 7);
    BLOCK_IS(pool, 4, 6, 4, 1, 3); /* each lane owns half */
    struct mempool_stats stats;
    mempool_stats(pool, &stats);
    CHECK_U64(stats.general, 4);
    CHECK_U64(stats.dex, 4);
    done(pool);
}

static void what_one_lane_leaves_the_other_takes(void)
{
    struct mempool *pool = pool_new(0);
    for (size_t i = 0; i < 6; i++) CHECK_U64(admit(pool, trade(i, 0, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, pay(6, 0, 0), NULL), CODE_NONE);
    BLOCK_IS(pool, 6, 6, 0, 1, 2, 3, 4);
    done(pool);
    pool = pool_new(0);
    for (size_t i = 0; i < 6; i++) CHECK_U64(admit(pool, pay(i, 0, 9 - i), NULL), CODE_NONE);
    CHECK_U64(admit(pool, trade(6, 0, 0), NULL), CODE_NONE);
    BLOCK_IS(pool, 6, 0, 1, 2, 3, 4, 6);
    done(pool);
}

static void behind_the_other_lane_nobody_holds_a_place(void)
{
    struct mempool *pool = pool_new(0);
    struct mempool_ack ack;
    CHECK_U64(admit(pool, pay(0, 0, 5), NULL), CODE_NONE);
    CHECK_U64(admit(pool, trade(0, 1, 0), &ack), CODE_NONE);
    CHECK_U64(ack.stage, TX_STAGE_M1);
    CHECK_U64(ack.arrival, 0);
    CHECK_U64(admit(pool, trade(1, 0, 0), &ack), CODE_NONE);
    CHECK_U64(ack.arrival, 2);
    BLOCK_IS(pool, 8, 0, 1);
    /* Its payment is executed: now it is ready, behind the other's. */
    struct tx *paid = pay(0, 0, 5);
    ledger_result_unref(town_run(&town, NULL, &paid, 1));
    const struct mempool_head head = {town.state, {{2}}};
    mempool_head_set(pool, &head);
    BLOCK_IS(pool, 8, 1, 0);
    done(pool);
}

static void a_gap_holds_no_place_either(void)
{
    struct mempool *pool = pool_new(0);
    struct tx *late = trade(0, 1, 0);
    const struct hash id = late->id;
    CHECK_U64(admit(pool, late, NULL), CODE_NONE);
    now_ms += 5000;
    CHECK_U64(admit(pool, trade(1, 0, 0), NULL), CODE_NONE);
    now_ms += 5000;
    uint64_t at_ms;
    CHECK(!mempool_ready_at(pool, &id, &at_ms));
    CHECK_U64(admit(pool, trade(0, 0, 0), NULL), CODE_NONE);
    BLOCK_IS(pool, 8, 1, 0, 0);
    CHECK(mempool_ready_at(pool, &id, &at_ms));
    CHECK_U64(at_ms, TOWN_TIME + 10000);
    done(pool);
}

static void tip_ordered_dex_lane_sells_the_place_in_front(void)
{
    struct mempool *pool = pool_new(0);
    for (size_t i = 0; i < 4; i++) CHECK_U64(admit(pool, trade(i, 0, 10 * i), NULL), CODE_NONE);
    BLOCK_IS(pool, 8, 0, 1, 2, 3);
    weakness_put(&town.rules.weak, WEAKNESS_TIP_ORDERED_DEX_LANE, true);
    BLOCK_IS(pool, 8, 3, 2, 1, 0);
    CHECK_U64(admit(pool, trade(5, 0, 15), NULL), CODE_NONE);
    BLOCK_IS(pool, 8, 3, 2, 5, 1, 0);
    weakness_put(&town.rules.weak, WEAKNESS_TIP_ORDERED_DEX_LANE, false);
    BLOCK_IS(pool, 8, 0, 1, 2, 3, 5);
    done(pool);
}

static void bundle_position_hints_place_before_and_behind_the_largest_trade(void)
{
    struct mempool *pool = pool_new(0);
    CHECK_U64(admit(pool, trade_flagged(0, 0, 0, 2000, 1), NULL), CODE_INVALID_FORMAT);
    weakness_put(&town.rules.weak, WEAKNESS_BUNDLE_POSITION_HINTS, true);
    CHECK_U64(admit(pool, trade_flagged(1, 0, 0, 5000, 2), NULL), CODE_NONE);
    CHECK_U64(admit(pool, trade(2, 0, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, trade_flagged(3, 0, 0, 90000, 0), NULL), CODE_NONE); /* the victim */
    CHECK_U64(admit(pool, trade(4, 0, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, trade_flagged(0, 0, 0, 2000, 1), NULL), CODE_NONE);
    BLOCK_IS(pool, 8, 2, 0, 3, 1, 4);
    CHECK_U64(admit(pool, trade_flagged(3, 1, 0, 2000, 1), NULL), CODE_NONE); /* may not pass its own sender's */
    BLOCK_IS(pool, 8, 2, 0, 3, 1, 4, 3);
    done(pool);
}

/* With the switch off a block that holds one cannot stand, whoever proposes it. */
static void a_block_with_hints_is_refused(void)
{
    market_init(&town);
    struct tx *tx = trade_flagged(0, 0, 0, 2000, 2);
    const struct ledger_frame frame = town_frame(&town);
    struct ledger_result *result = ledger_execute(&town.rules, town.state, &frame, NULL, &tx, 1);
    CHECK_U64(result->verdict, LEDGER_FOREIGN);
    ledger_result_unref(result);
    weakness_put(&town.rules.weak, WEAKNESS_BUNDLE_POSITION_HINTS, true);
    result = ledger_execute(&town.rules, town.state, &frame, NULL, &tx, 1);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    ledger_result_unref(result);
    tx_unref(tx);
    town_done(&town);
}

/* Whoever sells all its DX cannot pay for what follows: that stays out, so that the block stands. */
static void a_trade_that_takes_the_fees_away_leaves_what_follows_out(void)
{
    struct mempool *pool = pool_new(0);
    CHECK_U64(admit(pool, trade_flagged(0, 0, 0, MARKET_BALANCE - MARKET_FEE, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, trade(0, 1, 0), NULL), CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(admit(pool, trade_flagged(1, 0, 0, MARKET_BALANCE - 2 * MARKET_FEE, 0), NULL), CODE_NONE);
    /* An order that takes nothing of the fee token, but its fee. */
    const struct ask ask = {.side = SIDE_BUY, .price = 1000, .quantity = 1000000};
    const union payload buys = ask_payload(&ask);
    CHECK_U64(admit(pool, market_tx(&town, 1, 1, KIND_ORDER_PLACE, &buys), NULL), CODE_NONE);
    CHECK_U64(admit(pool, market_tx(&town, 1, 2, KIND_ORDER_PLACE, &buys), NULL), CODE_INSUFFICIENT_BALANCE);
    struct tx *txs[8];
    const struct mempool_room room = {8, 1 << 22};
    const size_t count = mempool_select(pool, &room, txs);
    CHECK_U64(count, 3);
    const struct ledger_frame frame = town_frame(&town);
    struct ledger_result *result = ledger_execute(&town.rules, town.state, &frame, NULL, txs, count);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    CHECK_U64(result->succeeded, 3);
    ledger_result_unref(result);
    done(pool);
}

static void nothing_follows_a_flash_loan_of_its_sender(void)
{
    struct mempool *pool = pool_new(0);
    const union payload add = {.amm_add = {STR("DX/USD"), AMOUNT(1000000), AMOUNT(1000000), AMOUNT(0)}};
    CHECK_U64(market_do(&town, 9, KIND_AMM_ADD, &add).code, CODE_NONE);
    const struct mempool_head head = {town.state, {{2}}};
    mempool_head_set(pool, &head);
    const union payload loan = {.flash_loan = {.token = TOKEN_USD, .amount = AMOUNT(1000)}};
    CHECK_U64(admit(pool, market_tx(&town, 0, 0, KIND_DELTA_FLASH_LOAN, &loan), NULL), CODE_NONE);
    CHECK_U64(admit(pool, trade(0, 1, 0), NULL), CODE_NONE);
    CHECK_U64(admit(pool, trade(1, 0, 0), NULL), CODE_NONE);
    BLOCK_IS(pool, 8, 0, 1);
    done(pool);
}

/* Arrivals one by one, asked after each: the order that is kept is the one that a sort of everything gives. */
static void the_kept_order_is_the_sorted_one(void)
{
    struct rng rng;
    rng_init(&rng, 7);
    struct mempool *pool = pool_new(0);
    uint64_t nonces[16] = {0};
    bool general[16];
    for (size_t i = 0; i < 16; i++) general[i] = i % 3 == 0;
    for (size_t n = 0; n < 200; n++) {
        const size_t who = rng_below(&rng, 16);
        const uint64_t gap = rng_chance_bps(&rng, 1000) ? 1 : 0, tip = rng_below(&rng, 50);
        struct tx *tx = general[who] ? pay(who, nonces[who] + gap, tip) : trade(who, nonces[who] + gap, tip);
        if (admit(pool, tx, NULL) == CODE_NONE && gap == 0) {
            nonces[who]++;
            while (mempool_pending_nonce(pool, &town.people[who].address) > nonces[who]) nonces[who]++;
        }
        uint64_t last = 0;
        bool parked = false, trades = false;
        for (size_t i = 0; i < mempool_count(pool); i++) {
            struct mempool_entry entry;
            mempool_entry_at(pool, i, &entry);
            CHECK_U64(entry.position, i);
            parked = parked || entry.stage == TX_STAGE_M1;
            CHECK(parked == (entry.stage == TX_STAGE_M1));
            if (parked) continue;
            CHECK(!trades || entry.lane == LANE_DEX);
            trades = entry.lane == LANE_DEX;
            if (!trades) continue;
            CHECK(entry.arrival > last);
            last = entry.arrival;
        }
    }
    done(pool);
}

int main(void)
{
    RUN(a_block_is_its_general_part_by_tip_then_its_trades_by_arrival);
    RUN(what_one_lane_leaves_the_other_takes);
    RUN(behind_the_other_lane_nobody_holds_a_place);
    RUN(a_gap_holds_no_place_either);
    RUN(tip_ordered_dex_lane_sells_the_place_in_front);
    RUN(bundle_position_hints_place_before_and_behind_the_largest_trade);
    RUN(a_block_with_hints_is_refused);
    RUN(a_trade_that_takes_the_fees_away_leaves_what_follows_out);
    RUN(nothing_follows_a_flash_loan_of_its_sender);
    RUN(the_kept_order_is_the_sorted_one);
    return 0;
}
