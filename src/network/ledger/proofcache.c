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
    map_init(&cache->young, sizeof(struct key), 1);
    map_init(&cache->old, sizeof(struct key), 1);
    return cache;
}

void proofcache_free(struct proofcache *cache)
{
    if (cache == NULL) return;
    map_done(&cache->young);
    map_done(&cache->old);
    base_free(cache);
}

static void keep(struct proofcache *cache, const struct key *key)
{
    if (map_count(&cache->young) >= cache->generation_max) {
        const struct map spent = cache->old;
        cache->old = cache->young;
        cache->young = spent;
        map_clear(&cache->young);
    }
    (void)map_put(&cache->young, key, NULL);
}

bool proofcache_has(struct proofcache *cache, const struct hash *id, const struct hash *rings)
{
    if (cache == NULL) return false;
    const struct key key = {*id, *rings};
    if (map_find(&cache->young, &key) == NULL) {
        if (map_find(&cache->old, &key) == NULL) {
            cache->stats.misses++;
            return false;
        }
        keep(cache, &key);
    }
    cache->stats.hits++;
    return true;
}

void proofcache_put(struct proofcache *cache, const struct hash *id, const struct hash *rings)
{
    if (cache == NULL) return;
    const struct key key = {*id, *rings};
    keep(cache, &key);
}

struct proofcache_stats proofcache_stats(const struct proofcache *cache) { return cache->stats; }
