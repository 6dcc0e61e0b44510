#include "network/ledger/proofcache.h"

#include "core/base/map.h"

struct key {
    struct hash id, rings;
};

struct proofcache {
    struct map young, old;
    size_t generation_max;
    struct proofcache_stats stats;
};

struct proofcache *proofcache_new(size_t spends_max)
{
    ASSERT(spends_max >= 2);
    struct proofcache *cache = base_alloc(sizeof(*cache));
    cache->generation_max = spends_max / 2;
    map_init(&cache->young, sizeof(struct key), sizeof(struct proof_answer));
    map_init(&cache->old, sizeof(struct key), sizeof(struct proof_answer));
    return cache;
}

void proofcache_free(struct proofcache *cache)
{
    if (cache == NULL) return;
    map_done(&cache->young);
    map_done(&cache->old);
    base_free(cache);
}

static void keep(struct proofcache *cache, const struct key *key, struct proof_answer answer)
{
    if (map_find(&cache->young, key) == NULL && map_count(&cache->young) >= cache->generation_max) {
        const struct map spent = cache->old;
        cache->old = cache->young;
        cache->young = spent;
        map_clear(&cache->young);
    }
    *(struct proof_answer *)map_put(&cache->young, key, NULL) = answer;
}

bool proofcache_find(struct proofcache *cache, const struct hash *id, const struct hash *rings, struct proof_answer *out)
{
    if (cache == NULL) return false;
    const struct key key = {*id, *rings};
    const struct proof_answer *known = map_find(&cache->young, &key);
    if (known == NULL) {
        known = map_find(&cache->old, &key);
        if (known == NULL) {
            cache->stats.misses++;
            return false;
        }
        const struct proof_answer answer = *known;
        keep(cache, &key, answer);
        *out = answer;
    } else {
        *out = *known;
    }
    cache->stats.hits++;
    return true;
}

void proofcache_put(struct proofcache *cache, const struct hash *id, const struct hash *rings, struct proof_answer answer)
{
    if (cache == NULL) return;
    const struct key key = {*id, *rings};
    keep(cache, &key, answer);
}

struct proofcache_stats proofcache_stats(const struct proofcache *cache) { return cache->stats; }

void proofcache_note(struct proofcache *cache, uint64_t signatures, uint64_t alone, uint64_t together)
{
    if (cache == NULL) return;
    cache->stats.signatures += signatures;
    cache->stats.alone += alone;
    cache->stats.together += together;
    cache->stats.batches += together > 0;
}
