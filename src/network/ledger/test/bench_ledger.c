/* How long a block takes: transfers among `people`, executed block by block, roots included. Prints nanoseconds a transaction,
 * and the same for a calibration loop of one tagged hash beside it. Simulated signatures: none are checked here. */
#include <time.h>

#include "core/base/time.h"
#include "network/ledger/test/fixture.h"

enum { CROWD_MAX = 20000, BLOCK = 5000, ROUNDS = 10 };

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static struct person crowd[CROWD_MAX];
static struct tx *txs[ROUNDS][BLOCK];

static void bench(size_t people)
{
    static struct town town;
    town_init(&town, 1);
    struct ledger_grant *grants = base_alloc(people * sizeof(*grants));
    uint64_t *nonces = base_alloc(people * sizeof(*nonces));
    for (size_t i = 0; i < people; i++) grants[i] = (struct ledger_grant){crowd[i].address, {TOKEN_AX, AMOUNT(1)}};
    for (size_t i = 0; i < people; i++) grants[i].money.amount.units <<= 60;
    const struct ledger_orders orders = {.grants = grants, .grants_count = people};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    struct rng rng;
    rng_init(&rng, 1);
    for (size_t r = 0; r < ROUNDS; r++)
        for (size_t i = 0; i < BLOCK; i++) {
            const size_t from = rng_below(&rng, people);
            struct tx_spec spec = town_spec(&town, nonces[from]++);
            struct apierror error;
            spec.to = crowd[rng_below(&rng, people)].address;
            txs[r][i] = tx_build(&spec, SIM, &crowd[from].key, &error);
        }
    const uint64_t start = now_ns();
    for (size_t r = 0; r < ROUNDS; r++) {
        const struct ledger_frame frame = town_frame(&town);
        struct ledger_result *result = ledger_execute(&town.rules, town.state, &frame, NULL, txs[r], BLOCK);
        CHECK_U64(result->succeeded, BLOCK);
        ledger_state_unref(town.state);
        town.state = ledger_state_ref(result->state);
        ledger_result_unref(result);
    }
    const uint64_t spent = now_ns() - start;
    printf("%6zu people: %5" PRIu64 " ns a transfer, roots included; %" PRIu64 " a second\n", people, spent / (ROUNDS * BLOCK),
           ROUNDS * BLOCK * NS_PER_S / spent);
    for (size_t r = 0; r < ROUNDS; r++)
        for (size_t i = 0; i < BLOCK; i++) tx_unref(txs[r][i]);
    base_free(grants);
    base_free(nonces);
    town_done(&town);
}

int main(void)
{
    for (size_t i = 0; i < CROWD_MAX; i++) person_init(&crowd[i], i + 1);
    uint8_t block[64] = {0};
    const uint64_t start = now_ns();
    for (size_t i = 0; i < 200000; i++) {
        const struct hash hash = hash_tagged("adnet/node/v1", block, sizeof(block));
        memcpy(block, &hash, sizeof(hash));
    }
    printf("calibration: %" PRIu64 " ns a tagged hash of 64 bytes\n", (now_ns() - start) / 200000);
    bench(100);
    bench(1000);
    bench(CROWD_MAX);
    return 0;
}
