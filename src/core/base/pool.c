#include "core/base/pool.h"

enum { GRAIN = 32, CLASSES = 64, SLAB_BYTES = 1 << 17 };

struct piece {
    struct piece *next;
};
struct slab {
    struct slab *next;
    uint8_t data[] __attribute__((aligned(16)));
};
struct pool {
    uint32_t refs;
    struct piece *spare[CLASSES]; /* class c has pieces of (c + 1) * GRAIN bytes */
    struct slab *slabs;
    size_t left; /* unused bytes of the newest slab */
};

struct pool *pool_new(void)
{
    struct pool *pool = base_alloc(sizeof(*pool));
    pool->refs = 1;
    return pool;
}

void pool_ref(struct pool *pool) { pool->refs++; }

void pool_unref(struct pool *pool)
{
    ASSERT(pool->refs > 0);
    if (--pool->refs > 0) return;
    while (pool->slabs != NULL) {
        struct slab *next = pool->slabs->next;
        base_free(pool->slabs);
        pool->slabs = next;
    }
    base_free(pool);
}

#ifdef HOUSE_SANITIZED
static bool is_pooled(size_t bytes)
{
    (void)bytes;
    return false;
}
#else
static bool is_pooled(size_t bytes) { return bytes <= (size_t)CLASSES * GRAIN; }
#endif

void *pool_take(struct pool *pool, size_t bytes)
{
    ASSERT(bytes > 0);
    if (!is_pooled(bytes)) return base_realloc(NULL, bytes);
    const size_t class = (bytes - 1) / GRAIN, room = (class + 1) * GRAIN;
    struct piece *piece = pool->spare[class];
    if (piece != NULL) {
        pool->spare[class] = piece->next;
        return piece;
    }
    if (pool->left < room) { /* what is left of the old slab is too small for this and stays unused */
        struct slab *slab = base_realloc(NULL, sizeof(*slab) + SLAB_BYTES);
        slab->next = pool->slabs;
        pool->slabs = slab;
        pool->left = SLAB_BYTES;
    }
    pool->left -= room;
    return pool->slabs->data + pool->left;
}

void pool_give(struct pool *pool, void *given, size_t bytes)
{
    if (!is_pooled(bytes)) {
        base_free(given);
        return;
    }
    struct piece *piece = given;
    const size_t class = (bytes - 1) / GRAIN;
    piece->next = pool->spare[class];
    pool->spare[class] = piece;
}
