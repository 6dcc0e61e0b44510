/* Map: hash map from fixed-size byte keys to fixed-size values. Iterates in insertion order, never in hash
 * order, so it is safe where determinism matters. Keys are compared bytewise: structs used as keys must
 * have no padding. Pointers to values stay valid until the next insert of a new key; a removal moves nothing, so
 * removing while iterating is fine. Keys are aligned to 8 bytes; values to 8, or 16 where their size is a multiple of 16. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "core/base/attr.h"

struct map {
    uint32_t key_bytes, value_bytes, value_offset, entry_bytes;
    uint8_t *entries; /* insertion order: key, u8 live, value (aligned) */
    /* Open addressing: upper bits of the hash << 32 | entry number + 1, 0 = empty; dead entries stay in it until it is rebuilt. */
    uint64_t *index;
    uint32_t first;   /* no entry before this one is live */
    uint32_t used, live, entries_cap, index_cap;
};

void map_init(struct map *map, size_t key_bytes, size_t value_bytes);
void map_done(struct map *map);
void map_clear(struct map *map);
size_t map_count(const struct map *map);

void *map_find(const struct map *map, const void *key); /* the value, or NULL */
/* The value of `key`, zeroed when it was not there. *out_new (may be NULL) tells which. */
void *map_put(struct map *map, const void *key, bool *out_new);
bool map_remove(struct map *map, const void *key); /* false: was not there */

/* for (size_t i = map_next(m, 0); i != MAP_END; i = map_next(m, i + 1)) ... map_key_at(m, i), map_value_at(m, i) */
#define MAP_END SIZE_MAX
size_t map_next(const struct map *map, size_t from);
const void *map_key_at(const struct map *map, size_t i);
void *map_value_at(const struct map *map, size_t i);

uint64_t map_hash(const void *key, size_t bytes); /* the hash in use; fixed, not secret */

#endif
