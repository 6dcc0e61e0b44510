#include "core/crypto/keyring.h"

#include "core/base/map.h"

struct keyring {
    struct edtable *base;
    struct map tables; /* public key -> struct edtable * */
    struct map uses;   /* public key -> uint32_t, of those without */
};

struct keyring *keyring_new(void)
{
    struct keyring *ring = base_alloc(sizeof(*ring));
    ring->base = edtable_base_new();
    map_init(&ring->tables, sizeof(struct pubkey), sizeof(struct edtable *));
    map_init(&ring->uses, sizeof(struct pubkey), sizeof(uint32_t));
    return ring;
}

void keyring_free(struct keyring *ring)
{
    if (ring == NULL) return;
    for (size_t i = map_next(&ring->tables, 0); i != MAP_END; i = map_next(&ring->tables, i + 1))
        edtable_free(*(struct edtable **)map_value_at(&ring->tables, i));
    map_done(&ring->tables);
    map_done(&ring->uses);
    edtable_free(ring->base);
    base_free(ring);
}

/* A key that has none for good stays among the counted, beyond KEYRING_USES. */
static struct edtable *table_earned(struct keyring *ring, const struct pubkey *key)
{
    if (map_count(&ring->tables) == KEYRING_TABLES_MAX) return NULL;
    if (map_count(&ring->uses) == KEYRING_KEYS_MAX) map_clear(&ring->uses);
    uint32_t *uses = map_put(&ring->uses, key, NULL);
    if (*uses == KEYRING_USES || ++*uses != KEYRING_USES) return NULL;
    struct edtable *table = edtable_new(key);
    if (table == NULL) return NULL;
    (void)map_remove(&ring->uses, key); /* found above */
    *(struct edtable **)map_put(&ring->tables, key, NULL) = table;
    return table;
}

struct keyring_key keyring_find(struct keyring *ring, const struct pubkey *key)
{
    struct edtable **found = map_find(&ring->tables, key);
    return (struct keyring_key){ring->base, found != NULL ? *found : table_earned(ring, key)};
}
