#include "core/base/map.h"

#include <string.h>

#include "core/base/num.h"

enum { ENTRIES_MIN = 8 };

static uint32_t align_up(size_t n, uint32_t to) { return (uint32_t)((n + to - 1) / to * to); }

void map_init(struct map *map, size_t key_bytes, size_t value_bytes)
{
    ASSERT(key_bytes > 0 && key_bytes < 4096);
    ASSERT(value_bytes < 1u << 20);
    const uint32_t alignment = value_bytes > 0 && value_bytes % 16 == 0 ? 16 : 8;
    const uint32_t value_offset = align_up(key_bytes + 1, alignment);
    *map = (struct map){
        .key_bytes = (uint32_t)key_bytes,
        .value_bytes = (uint32_t)value_bytes,
        .value_offset = value_offset,
        .entry_bytes = align_up(value_offset + value_bytes, alignment),
    };
}

void map_done(struct map *map)
{
    base_free(map->entries);
    base_free(map->index);
    map_init(map, MAX(map->key_bytes, 1u), map->value_bytes);
}

void map_clear(struct map *map)
{
    if (map->index != NULL) memset(map->index, 0, (size_t)map->index_cap * sizeof(*map->index));
    map->used = map->live = map->first = 0;
}

size_t map_count(const struct map *map) { return map->live; }

static uint64_t fold(uint64_t a, uint64_t b)
{
    const u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t map_hash(const void *key, size_t bytes)
{
    const uint8_t *at = key;
    uint64_t hash = UINT64_C(0x9ae16a3b2f90404f) ^ bytes, word;
    for (; bytes >= 8; bytes -= 8, at += 8) {
        memcpy(&word, at, 8);
        hash = fold(hash ^ word, UINT64_C(0x9e3779b97f4a7c15)) + UINT64_C(0xc3a5c85c97cb3127);
    }
    if (bytes > 0) {
        word = 0;
        memcpy(&word, at, bytes);
        hash = fold(hash ^ word, UINT64_C(0x9e3779b97f4a7c15)) + UINT64_C(0xc3a5c85c97cb3127);
    }
    return fold(hash, UINT64_C(0xb492b66fbe98f273));
}

static uint8_t *entry_at(const struct map *map, uint32_t i) { return map->entries + (size_t)i * map->entry_bytes; }
static bool entry_is_live(const struct map *map, uint32_t i) { return entry_at(map, i)[map->key_bytes] != 0; }

/* What stands in the index for entry i: a probe looks into the entry itself only where these bits of the hash agree. */
static uint64_t index_word(uint64_t hash, uint32_t i) { return (hash & ~UINT64_C(0xffffffff)) | (i + 1); }

/* The entry that holds `key`, or UINT32_MAX. *out_slot is where the probe ended: the entry's slot, or an empty one. */
static uint32_t entry_find(const struct map *map, const void *key, uint64_t hash, uint32_t *out_slot)
{
    const uint32_t mask = map->index_cap - 1;
    uint32_t slot = (uint32_t)hash & mask;
    for (; map->index[slot] != 0; slot = (slot + 1) & mask) {
        const uint64_t word = map->index[slot];
        if ((word ^ hash) >> 32 != 0) continue;
        const uint32_t i = (uint32_t)word - 1;
        if (memcmp(entry_at(map, i), key, map->key_bytes) == 0 && entry_is_live(map, i)) {
            *out_slot = slot;
            return i;
        }
    }
    *out_slot = slot;
    return UINT32_MAX;
}

void *map_find(const struct map *map, const void *key)
{
    if (map->live == 0) return NULL;
    uint32_t slot;
    const uint32_t i = entry_find(map, key, map_hash(key, map->key_bytes), &slot);
    return i != UINT32_MAX ? entry_at(map, i) + map->value_offset : NULL;
}

/* Drops dead entries, takes more room when the live ones need it, and builds the index again. */
static void rebuild(struct map *map)
{
    uint32_t kept = 0;
    for (uint32_t i = map->first; i < map->used; i++) {
        if (!entry_is_live(map, i)) continue;
        if (kept != i) memcpy(entry_at(map, kept), entry_at(map, i), map->entry_bytes);
        kept++;
    }
    ASSERT(kept == map->live);
    map->used = kept;
    map->first = 0;
    uint32_t cap = map->entries_cap > 0 ? map->entries_cap : ENTRIES_MIN;
    if (kept > cap / 4 * 3) cap *= 2;
    ASSERT(cap <= UINT32_C(1) << 30);
    if (cap != map->entries_cap) {
        map->entries = base_realloc(map->entries, (size_t)cap * map->entry_bytes);
        map->entries_cap = cap;
        map->index_cap = cap * 2;
        base_free(map->index);
        map->index = base_alloc((size_t)map->index_cap * sizeof(*map->index));
    } else {
        memset(map->index, 0, (size_t)map->index_cap * sizeof(*map->index));
    }
    const uint32_t mask = map->index_cap - 1;
    for (uint32_t i = 0; i < kept; i++) {
        const uint64_t hash = map_hash(entry_at(map, i), map->key_bytes);
        uint32_t slot = (uint32_t)hash & mask;
        while (map->index[slot] != 0) slot = (slot + 1) & mask;
        map->index[slot] = index_word(hash, i);
    }
}

void *map_put(struct map *map, const void *key, bool *out_new)
{
    uint32_t slot = 0;
    const uint64_t hash = map_hash(key, map->key_bytes);
    const uint32_t found = map->index_cap > 0 ? entry_find(map, key, hash, &slot) : UINT32_MAX;
    if (out_new != NULL) *out_new = found == UINT32_MAX;
    if (found != UINT32_MAX) return entry_at(map, found) + map->value_offset;
    if (map->used == map->entries_cap) {
        rebuild(map);
        (void)entry_find(map, key, hash, &slot); /* absent, as before: only the slot is wanted */
    }
    const uint32_t i = map->used++;
    uint8_t *entry = entry_at(map, i);
    memset(entry, 0, map->entry_bytes);
    memcpy(entry, key, map->key_bytes);
    entry[map->key_bytes] = 1;
    map->index[slot] = index_word(hash, i);
    map->live++;
    return entry + map->value_offset;
}

bool map_remove(struct map *map, const void *key)
{
    if (map->live == 0) return false;
    uint32_t slot;
    const uint32_t i = entry_find(map, key, map_hash(key, map->key_bytes), &slot);
    if (i == UINT32_MAX) return false;
    entry_at(map, i)[map->key_bytes] = 0;
    map->live--;
    while (map->first < map->used && !entry_is_live(map, map->first)) map->first++;
    return true;
}

size_t map_next(const struct map *map, size_t from)
{
    for (size_t i = MAX(from, map->first); i < map->used; i++)
        if (entry_is_live(map, (uint32_t)i)) return i;
    return MAP_END;
}

const void *map_key_at(const struct map *map, size_t i)
{
    ASSERT(i < map->used);
    return entry_at(map, (uint32_t)i);
}

void *map_value_at(const struct map *map, size_t i)
{
    ASSERT(i < map->used);
    return entry_at(map, (uint32_t)i) + map->value_offset;
}
