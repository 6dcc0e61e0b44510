/* Signing, verifying, and asking the cache: microseconds an operation, and each as a ratio to one hash of 128 bytes, made
 * beside it. The last line is the same for simulated signatures. */
#include <time.h>

#include "core/base/check.h"
#include "core/crypto/sigcache.h"

enum { ROUNDS = 4000, CALIBRATION = 400000 };

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double hash_us(void)
{
    uint8_t data[114] = {0}; /* with the tag just one block */
    const double from = now_us();
    for (size_t i = 0; i < CALIBRATION; i++) {
        const struct hash hash = hash_tagged("adnet/test/v1", data, sizeof(data));
        data[0] ^= hash.b[0];
    }
    return (now_us() - from) / CALIBRATION;
}

static void bench(enum sign_scheme scheme, double calibration)
{
    const struct sign_suite suite = {scheme};
    const uint8_t seed[32] = {1};
    struct seckey key;
    seckey_from_seed(suite, seed, &key);
    struct sigcheck *checks = calloc(ROUNDS, sizeof(*checks));
    for (size_t i = 0; i < ROUNDS; i++)
        checks[i] = (struct sigcheck){.key = key.pub, .digest = hash_tagged("n", &i, sizeof(i)), .tag = "adnet/tx-sig/v1"};
    double from = now_us();
    for (size_t i = 0; i < ROUNDS; i++) checks[i].signature = sign_digest(suite, &key, checks[i].tag, &checks[i].digest);
    const double sign = (now_us() - from) / ROUNDS;
    struct sigcache *cache = sigcache_new(suite, 2 * ROUNDS);
    from = now_us();
    for (size_t i = 0; i < ROUNDS; i++) CHECK(sigcache_verify(cache, &checks[i]));
    const double verify = (now_us() - from) / ROUNDS;
    from = now_us();
    for (size_t i = 0; i < ROUNDS; i++) CHECK(sigcache_verify(cache, &checks[i]));
    const double cached = (now_us() - from) / ROUNDS;
    CHECK_U64(sigcache_stats(cache).checks, ROUNDS);
    printf("%-9s sign %7.2f us (%5.1f hashes)  verify %7.2f us (%5.1f)  cached %6.3f us (%4.2f)\n", sign_scheme_text(scheme), sign,
           sign / calibration, verify, verify / calibration, cached, cached / calibration);
    sigcache_free(cache);
    free(checks);
}

int main(void)
{
    const double calibration = hash_us();
    printf("one hash  %.3f us\n", calibration);
    bench(SIGN_ED25519, calibration);
    bench(SIGN_SIMULATED, calibration);
    return 0;
}
