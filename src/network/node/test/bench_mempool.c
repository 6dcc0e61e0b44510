/* What pools cost a process of 80 views: clients at one gateway, gossip in bundles to all, a block by the next view every 500 ms.
 * Prints nanoseconds a transaction for each part (all 80 views together where they all take part), beside a tagged hash. */
#include <time.h>

#include "core/base/time.h"
#include "network/ledger/test/fixture.h"
#include "network/node/executor.h"
#include "network/node/mempool.h"

enum { VIEWS = 80, CROWD = 1000, BLOCKS = 60, PER_BLOCK = 5000, BUNDLE = 100, ROOM = 10000 };

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static struct town town;
static struct person crowd[CROWD];
static uint64_t nonces[CROWD];
static struct hash hashes[BLOCKS + 2];
static struct mempool *pools[VIEWS];
static struct tx *txs[PER_BLOCK], *chosen[ROOM];

static bool on_chain(void *context, uint32_t height, const struct hash *hash)
{
    (void)context;
    return height <= ledger_height(town.state) && hash_eq(&hashes[height], hash);
}

static struct mempool_head head_now(void)
{
    const uint32_t height = ledger_height(town.state);
    memcpy(hashes[height].b, &height, sizeof(height));
    return (struct mempool_head){town.state, hashes[height]};
}

static uint64_t spent[5];
enum { ADMIT, LOG, SELECT, EXECUTE, HEADS };

static void make_txs(struct rng *rng)
{
    for (size_t i = 0; i < PER_BLOCK; i++) {
        const size_t from = rng_below(rng, CROWD);
        struct tx_spec spec = town_spec(&town, nonces[from]++);
        static struct apierror error;
        spec.to = crowd[rng_below(rng, CROWD)].address;
        spec.tip = AMOUNT(rng_below(rng, 4));
        txs[i] = tx_build(&spec, SIM, &crowd[from].key, &error);
    }
}

static void block(struct rng *rng, size_t n)
{
    struct mempool_ack ack;
    make_txs(rng);
    uint64_t from = now_ns();
    for (size_t i = 0; i < PER_BLOCK; i++) CHECK_U64(mempool_admit(pools[0], txs[i], TOWN_TIME, &ack, NULL), CODE_NONE);
    spent[ADMIT] += now_ns() - from;
    for (size_t i = 0; i < PER_BLOCK; i += BUNDLE) {
        struct bundle *bundle = bundle_new(&txs[i], BUNDLE);
        from = now_ns();
        for (size_t v = 1; v < VIEWS; v++) mempool_log(pools[v], bundle, TOWN_TIME);
        spent[LOG] += now_ns() - from;
        bundle_unref(bundle);
    }
    for (size_t i = 0; i < PER_BLOCK; i++) tx_unref(txs[i]);
    from = now_ns();
    const struct mempool_room room = {ROOM, 4 << 20};
    const size_t count = mempool_select(pools[n % VIEWS], &room, chosen);
    spent[SELECT] += now_ns() - from;
    from = now_ns();
    for (size_t i = 0; i < count; i++) (void)tx_ref(chosen[i]);
    struct ledger_result *result = town_run(&town, NULL, chosen, count);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    CHECK_U64(count, PER_BLOCK);
    ledger_result_unref(result);
    spent[EXECUTE] += now_ns() - from;
    const struct mempool_head head = head_now();
    from = now_ns();
    for (size_t v = 0; v < VIEWS; v++) mempool_head_set(pools[v], &head);
    spent[HEADS] += now_ns() - from;
}

int main(void)
{
    struct rng rng;
    rng_init(&rng, 1);
    town_init(&town, 1);
    static struct ledger_grant grants[CROWD];
    for (size_t i = 0; i < CROWD; i++) {
        person_init(&crowd[i], i + 1);
        grants[i] = (struct ledger_grant){crowd[i].address, {TOKEN_AX, {(u128)1 << 60}}};
    }
    const struct ledger_orders orders = {.grants = grants, .grants_count = CROWD};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    const struct mempool_head head = head_now();
    const struct mempool_host host = {.on_chain = on_chain};
    for (size_t v = 0; v < VIEWS; v++) pools[v] = mempool_new(&town.rules, &host, &head);
    for (size_t n = 0; n < BLOCKS; n++) block(&rng, n);
    static const char *const names[] = {"admitted at the gateway", "logged by 79 others", "selected by the proposer", "executed",
                                        "heads of all 80"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        printf("%-26s %6" PRIu64 " ns a transaction\n", names[i], spent[i] / (BLOCKS * PER_BLOCK));
    uint64_t read = 0, skipped = 0;
    for (size_t v = 0; v < VIEWS; v++) {
        const struct mempool_log_stats stats = mempool_log_stats(pools[v]);
        read += stats.txs_read;
        skipped += stats.bundles_skipped;
        mempool_free(pools[v]);
    }
    printf("each was read %.2f times by 80 views; %" PRIu64 " bundles of %d skipped unread\n",
           (double)read / (BLOCKS * PER_BLOCK), skipped, BLOCKS * PER_BLOCK / BUNDLE * (VIEWS - 1));
    uint8_t data[64] = {0};
    const uint64_t from = now_ns();
    for (size_t i = 0; i < 200000; i++) {
        const struct hash hash = hash_tagged("adnet/node/v1", data, sizeof(data));
        memcpy(data, &hash, sizeof(hash));
    }
    printf("calibration: %" PRIu64 " ns a tagged hash of 64 bytes\n", (now_ns() - from) / 200000);
    town_done(&town);
    return 0;
}
