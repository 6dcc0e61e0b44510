#include "core/crypto/sigcache.h"

#include "core/base/map.h"

/* All that the answer depends on. The tag is there by its hash: tags are literals of the program, a handful. */
struct question {
    struct pubkey key;
    struct hash digest;
    struct signature signature;
    uint64_t tag_hash;
};
_Static_assert(sizeof(struct question) == 136, "map keys have no padding");

struct sigcache {
    struct sign_suite suite;
    size_t generation_max;
    struct map young, old; /* question -> uint8_t valid */
    struct sigcache_stats stats;
};

bool sigcheck_pure(struct sign_suite suite, const struct sigcheck *check)
{
    return sign_verify(suite, &check->key, check->tag, &check->digest, &check->signature);
}

struct sigcache *sigcache_new(struct sign_suite suite, size_t checks_max)
{
    ASSERT(checks_max >= 2 && checks_max <= UINT32_MAX / 4);
    struct sigcache *cache = base_alloc(sizeof(*cache));
    cache->suite = suite;
    cache->generation_max = checks_max / 2;
    map_init(&cache->young, sizeof(struct question), 1);
    map_init(&cache->old, sizeof(struct question), 1);
    return cache;
}

void sigcache_free(struct sigcache *cache)
{
    if (cache == NULL) return;
    map_done(&cache->young);
    map_done(&cache->old);
    base_free(cache);
}

struct sign_suite sigcache_suite(const struct sigcache *cache) { return cache->suite; }

static struct question question_of(const struct sigcheck *check)
{
    return (struct question){check->key, check->digest, check->signature, map_hash(check->tag, strlen(check->tag))};
}

static void remember(struct sigcache *cache, const struct question *question, bool valid)
{
    if (map_find(&cache->young, question) == NULL && map_count(&cache->young) == cache->generation_max) {
        cache->stats.evicted += map_count(&cache->old);
        struct map spare = cache->old;
        cache->old = cache->young;
        map_clear(&spare);
        cache->young = spare;
    }
    *(uint8_t *)map_put(&cache->young, question, NULL) = valid;
}

static bool lookup(struct sigcache *cache, const struct question *question, bool *out_valid)
{
    const uint8_t *answer = map_find(&cache->young, question);
    if (answer != NULL) {
        *out_valid = *answer != 0;
    } else {
        answer = map_find(&cache->old, question);
        if (answer == NULL) {
            cache->stats.misses++;
            return false;
        }
        const bool valid = *answer != 0;
        (void)map_remove(&cache->old, question); /* it moves: found a line above */
        remember(cache, question, valid);
        *out_valid = valid;
    }
    cache->stats.hits++;
    return true;
}

bool sigcache_find(struct sigcache *cache, const struct sigcheck *check, bool *out_valid)
{
    const struct question question = question_of(check);
    return lookup(cache, &question, out_valid);
}

void sigcache_put(struct sigcache *cache, const struct sigcheck *check, bool valid)
{
    const struct question question = question_of(check);
    remember(cache, &question, valid);
}

bool sigcache_verify(struct sigcache *cache, const struct sigcheck *check)
{
    const struct question question = question_of(check);
    bool valid;
    if (lookup(cache, &question, &valid)) return valid;
    valid = sigcheck_pure(cache->suite, check);
    cache->stats.checks++;
    remember(cache, &question, valid);
    return valid;
}

struct sigcache_stats sigcache_stats(const struct sigcache *cache) { return cache->stats; }
