/* A block's worth of changes to the state map, and the root after it: microseconds a touched account, and as a ratio to one
 * hash of 64 bytes, made beside it. For several sizes of map and block. */
#include <time.h>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/merkle.h"
#include "core/crypto/statemap.h"

enum { VALUE_BYTES = 43, CALIBRATION = 400000, KEPT = 4, CHANGES_MAX = 10000 };

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double hash_us(void)
{
    struct hash pair[2] = {{{1}}, {{2}}};
    const double from = now_us();
    for (size_t i = 0; i < CALIBRATION; i++) pair[0] = merkle_node(&pair[0], &pair[1]);
    return (now_us() - from) / CALIBRATION;
}

static struct hash key_of(uint64_t account) { return hash_tagged("adnet/key/v1", &account, sizeof(account)); }

static void bench(size_t accounts, size_t touched, double calibration)
{
    struct rng rng;
    rng_init(&rng, 1);
    static struct statemap_change changes[CHANGES_MAX];
    static uint8_t values[CHANGES_MAX][VALUE_BYTES];
    struct hash *keys = calloc(accounts, sizeof(*keys));
    struct statemap *kept[KEPT] = {NULL}, *map = statemap_empty();
    for (size_t i = 0; i < accounts; i++) {
        keys[i] = key_of(i);
        changes[i % CHANGES_MAX] = (struct statemap_change){keys[i], {(char *)values[0], VALUE_BYTES}};
        if (i % CHANGES_MAX != CHANGES_MAX - 1 && i + 1 < accounts) continue;
        struct statemap *next = statemap_apply(map, changes, i % CHANGES_MAX + 1);
        statemap_unref(map);
        map = next;
    }
    (void)statemap_root(map);
    const size_t blocks = 200000 / touched + 1;
    double apply = 0, root = 0;
    for (size_t b = 0; b < blocks; b++) {
        for (size_t i = 0; i < touched; i++) {
            rng_bytes(&rng, values[i], 16);
            changes[i] = (struct statemap_change){keys[rng_below(&rng, accounts)], {(char *)values[i], VALUE_BYTES}};
        }
        const double start = now_us();
        struct statemap *next = statemap_apply(map, changes, touched);
        statemap_unref(kept[b % KEPT]); /* the last few versions stay, as in a chain before finality */
        kept[b % KEPT] = map;
        map = next;
        const double middle = now_us();
        (void)statemap_root(map);
        apply += middle - start;
        root += now_us() - middle;
    }
    const double each = (double)(blocks * touched);
    printf("%8zu accounts, %5zu touched: apply %6.3f us (%4.1f hashes), root %6.3f us (%4.1f) an account\n", accounts, touched,
           apply / each, apply / each / calibration, root / each, root / each / calibration);
    for (size_t i = 0; i < KEPT; i++) statemap_unref(kept[i]);
    statemap_unref(map);
    free(keys);
}

/* bench_statemap [ACCOUNTS TOUCHED] */
int main(int argc, char **argv)
{
    const double calibration = hash_us();
    printf("one hash %.3f us\n", calibration);
    if (argc == 3) {
        uint64_t chosen[2];
        CHECK(str_to_u64(str_of(argv[1]), &chosen[0]) && str_to_u64(str_of(argv[2]), &chosen[1]));
        CHECK(chosen[0] > 0 && chosen[1] > 0 && chosen[1] <= CHANGES_MAX);
        for (size_t i = 0; i < 10; i++) bench(chosen[0], chosen[1], calibration);
        return 0;
    }
    static const size_t accounts[] = {1000, 10000, 100000, 1000000}, touched[] = {10, 1000, 5000};
    for (size_t i = 0; i < ARRAY_LEN(accounts); i++)
        for (size_t k = 0; k < ARRAY_LEN(touched); k++) bench(accounts[i], touched[k], calibration);
    return 0;
}
