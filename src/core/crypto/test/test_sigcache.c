/* Tries to make the cache answer wrongly: after eviction, for a question that differs in one field, and for a forged signature
 * that was asked first. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/sigcache.h"

static const struct sign_suite suite = {SIGN_SIMULATED};

static struct sigcheck check_of(uint64_t n, bool good)
{
    uint8_t seed[32] = {1};
    struct seckey key;
    seckey_from_seed(suite, seed, &key);
    struct sigcheck check = {.key = key.pub, .digest = hash_tagged("n", &n, sizeof(n)), .tag = "adnet/vote-sig/v1"};
    check.signature = sign_digest(suite, &key, check.tag, &check.digest);
    if (!good) check.signature.b[63] ^= 1;
    return check;
}

static void each_check_is_made_once(void)
{
    struct sigcache *cache = sigcache_new(suite, 100);
    const struct sigcheck good = check_of(1, true), bad = check_of(1, false);
    for (size_t i = 0; i < 5; i++) {
        CHECK(!sigcache_verify(cache, &bad));
        CHECK(sigcache_verify(cache, &good));
    }
    const struct sigcache_stats stats = sigcache_stats(cache);
    CHECK_U64(stats.checks, 2);
    CHECK_U64(stats.hits, 8);
    CHECK_U64(stats.misses, 2);
    sigcache_free(cache);
}

static void a_question_that_differs_in_one_field_is_another(void)
{
    struct sigcache *cache = sigcache_new(suite, 100);
    const struct sigcheck good = check_of(1, true);
    CHECK(sigcache_verify(cache, &good));
    struct sigcheck other = good;
    bool valid;
    other.tag = "adnet/tx-sig/v1";
    CHECK(!sigcache_find(cache, &other, &valid) && !sigcache_verify(cache, &other));
    other = good;
    other.key.b[0] ^= 1;
    CHECK(!sigcache_find(cache, &other, &valid) && !sigcache_verify(cache, &other));
    other = good;
    other.digest.b[31] ^= 1;
    CHECK(!sigcache_find(cache, &other, &valid) && !sigcache_verify(cache, &other));
    sigcache_free(cache);
}

static void answers_made_elsewhere_are_taken_in(void)
{
    struct sigcache *cache = sigcache_new(suite, 100);
    const struct sigcheck check = check_of(3, true);
    bool valid = false;
    CHECK(!sigcache_find(cache, &check, &valid));
    sigcache_put(cache, &check, sigcheck_pure(sigcache_suite(cache), &check));
    CHECK(sigcache_find(cache, &check, &valid) && valid);
    CHECK(sigcache_verify(cache, &check));
    CHECK_U64(sigcache_stats(cache).checks, 0);
    sigcache_free(cache);
}

static void memory_is_bounded_and_answers_stay_right(void)
{
    struct sigcache *cache = sigcache_new(suite, 64);
    struct rng rng;
    rng_init(&rng, 2);
    for (size_t i = 0; i < 5000; i++) {
        const uint64_t n = rng_below(&rng, 300);
        const struct sigcheck check = check_of(n, n % 3 != 0);
        CHECK(sigcache_verify(cache, &check) == (n % 3 != 0));
    }
    const struct sigcache_stats stats = sigcache_stats(cache);
    CHECK(stats.evicted > 0 && stats.hits > 0);
    CHECK(stats.checks - stats.evicted <= 64);
    sigcache_free(cache);
}

static void what_is_used_again_is_kept(void)
{
    struct sigcache *cache = sigcache_new(suite, 20);
    const struct sigcheck wanted = check_of(12345, true);
    CHECK(sigcache_verify(cache, &wanted));
    for (uint64_t n = 0; n < 200; n++) {
        const struct sigcheck passing = check_of(n, true);
        CHECK(sigcache_verify(cache, &passing));
        CHECK(sigcache_verify(cache, &wanted));
    }
    CHECK_U64(sigcache_stats(cache).checks, 201);
    sigcache_free(cache);
}

int main(void)
{
    RUN(each_check_is_made_once);
    RUN(a_question_that_differs_in_one_field_is_another);
    RUN(answers_made_elsewhere_are_taken_in);
    RUN(memory_is_bounded_and_answers_stay_right);
    RUN(what_is_used_again_is_kept);
    return 0;
}
