/* What an order costs, roots included: one that rests, one that rests and is then met whole, one that is cancelled; with a book
 * that is small and one that is deep. A calibration loop of one tagged hash stands beside it. Simulated signatures. */
#include <time.h>

#include "core/base/time.h"
#include "core/crypto/hash.h"
#include "market_fixture.h"

enum { BLOCK = 5000, ROUNDS = 8 };

static struct town town;
static uint64_t nonces[PEOPLE];
static struct tx *txs[BLOCK];

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static struct tx *order(size_t who, enum side side, uint64_t price, uint64_t quantity)
{
    const struct ask ask = {.side = side, .price = price, .quantity = quantity};
    const union payload payload = ask_payload(&ask);
    return market_tx(&town, who, nonces[who]++, KIND_ORDER_PLACE, &payload);
}

/* Executes the block in txs; gives the nanoseconds it took. */
static uint64_t run(void)
{
    const struct ledger_frame frame = town_frame(&town);
    const uint64_t start = now_ns();
    struct ledger_result *result = ledger_execute(&town.rules, town.state, &frame, NULL, txs, BLOCK);
    const uint64_t spent = now_ns() - start;
    CHECK_U64(result->verdict, LEDGER_GOOD);
    CHECK_U64(result->succeeded, BLOCK);
    ledger_state_unref(town.state);
    town.state = ledger_state_ref(result->state);
    ledger_result_unref(result);
    return spent;
}

static void release(void)
{
    for (size_t i = 0; i < BLOCK; i++) tx_unref(txs[i]);
}

static uint64_t resting(struct rng *rng)
{
    for (size_t i = 0; i < BLOCK; i++) {
        const bool sells = rng_chance_bps(rng, 5000);
        txs[i] = order(i % PEOPLE, sells ? SIDE_SELL : SIDE_BUY, (sells ? 1100000 : 800000) + rng_below(rng, 100000), 1000);
    }
    return run();
}

static uint64_t meeting(void)
{
    for (size_t i = 0; i < BLOCK; i++) txs[i] = order(i % 2, i % 2 ? SIDE_BUY : SIDE_SELL, 1000000, 2000);
    return run();
}

int main(void)
{
    struct rng rng;
    rng_init(&rng, 1);
    market_init(&town);
    struct hash hash = {{0}};
    const uint64_t start = now_ns();
    for (size_t i = 0; i < 200000; i++) hash = hash_tagged("adnet/bench/v1", &hash, sizeof(hash));
    const double unit = (double)(now_ns() - start) / 200000;
    printf("calibration: a tagged hash of 32 bytes takes %.0f ns (%02x)\n", unit, hash.b[0]);
    for (size_t deep = 0; deep < 2; deep++) {
        uint64_t rests = 0, meets = 0, cancels = 0;
        for (size_t r = 0; r < ROUNDS; r++) {
            meets += meeting();
            release();
            rests += resting(&rng);
            if (deep) {
                release();
                continue;
            }
            static struct hash ids[BLOCK];
            for (size_t i = 0; i < BLOCK; i++) ids[i] = txs[i]->id;
            release();
            for (size_t i = 0; i < BLOCK; i++) {
                const union payload payload = {.id = {ids[i]}};
                txs[i] = market_tx(&town, i % PEOPLE, nonces[i % PEOPLE]++, KIND_ORDER_CANCEL, &payload);
            }
            cancels += run();
            release();
        }
        const double count = (double)ROUNDS * BLOCK;
        printf("%s book: an order that rests %.0f ns (%.1f hashes), one that rests or meets it %.0f ns (%.1f hashes)", deep ? "deep" : "small",
               (double)rests / count, (double)rests / count / unit, (double)meets / count, (double)meets / count / unit);
        if (cancels > 0) printf(", one cancelled %.0f ns", (double)cancels / count);
        printf("\n");
    }
    town_done(&town);
    return 0;
}
