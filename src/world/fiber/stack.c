#include "world/fiber/stack_priv.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

enum {
    CHUNK_STACKS = 512,
    IDLE_WARM = 1024, /* idle stacks beyond these, and beyond half of all, give back what is below their top */
    IDLE_KEEP_BYTES = 8192,
    IDLE_TOP_BYTES = 2048, /* what a fiber touches first, colour included */
};
#define CHUNK_BYTES (STACK_BYTES * CHUNK_STACKS)

_Static_assert((STACK_BYTES & (STACK_BYTES - 1)) == 0, "stacks are aligned to their size");

static void chunk_add(struct stack_pool *pool)
{
    /* Mapped a stack larger than needed, so that an aligned piece fits; the ends are cut off. */
    const size_t bytes = CHUNK_BYTES + STACK_BYTES;
    uint8_t *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ASSERT(map != MAP_FAILED);
    uint8_t *low = (uint8_t *)(((uintptr_t)map + STACK_BYTES - 1) & ~(uintptr_t)(STACK_BYTES - 1));
    if (low > map) ASSERT(munmap(map, (size_t)(low - map)) == 0);
    const size_t tail = (size_t)(map + bytes - (low + CHUNK_BYTES));
    if (tail) ASSERT(munmap(low + CHUNK_BYTES, tail) == 0);
    (void)madvise(low, CHUNK_BYTES, MADV_NOHUGEPAGE); /* else one touch makes 2 MiB resident; kernels without it have none */
    vec_push(&pool->chunks, low);
    pool->chunk_used = 0;
}

static void guard_install(struct stack_pool *pool, uint8_t *low)
{
    if (pool->no_guards) return;
    if (madvise(low, STACK_GUARD_BYTES, MADV_GUARD_INSTALL) == 0) {
        pool->guarded = true;
        return;
    }
    ASSERT(!pool->guarded || errno == ENOMEM);
    pool->no_guards = !pool->guarded;
}

void stack_pool_done(struct stack_pool *pool)
{
    for (size_t i = 0; i < pool->chunks.count; i++) ASSERT(munmap(pool->chunks.data[i], CHUNK_BYTES) == 0);
    vec_done(&pool->chunks);
    vec_done(&pool->idle);
}

uint8_t *stack_take(struct stack_pool *pool)
{
    if (pool->idle.count) {
        uint8_t *low = vec_pop(&pool->idle);
        if (pool->idle.count) base_prefetch(vec_last(&pool->idle) + STACK_BYTES - IDLE_TOP_BYTES, IDLE_TOP_BYTES); /* for the next one */
        return low;
    }
    if (pool->chunks.count == 0 || pool->chunk_used == CHUNK_STACKS) chunk_add(pool);
    uint8_t *low = vec_last(&pool->chunks) + STACK_BYTES * pool->chunk_used++;
    guard_install(pool, low);
    return low;
}

void stack_give(struct stack_pool *pool, uint8_t *low)
{
    stack_check(pool, low);
    /* As many stay warm as there are in use: they go and come in waves, and giving back what the next wave takes costs two faults each. */
    const size_t made = CHUNK_STACKS * (pool->chunks.count - 1) + pool->chunk_used;
    if (pool->idle.count >= IDLE_WARM && pool->idle.count >= made / 2)
        (void)madvise(low + STACK_GUARD_BYTES, STACK_BYTES - STACK_GUARD_BYTES - IDLE_KEEP_BYTES, MADV_DONTNEED);
    vec_push(&pool->idle, low);
}

void stack_check(const struct stack_pool *pool, const uint8_t *low)
{
    if (pool->guarded) return;
    const uint64_t *words = (const uint64_t *)(const void *)low;
    for (int i = 0; i < 8; i++) ASSERT(words[i] == 0); /* a fiber has outgrown its stack */
}

size_t stack_pool_resident(const struct stack_pool *pool)
{
    const size_t pages = CHUNK_BYTES / 4096;
    unsigned char *map = base_alloc(pages);
    size_t count = 0;
    for (size_t i = 0; i < pool->chunks.count; i++) {
        if (mincore(pool->chunks.data[i], CHUNK_BYTES, map) != 0) continue;
        for (size_t p = 0; p < pages; p++) count += map[p] & 1;
    }
    base_free(map);
    return count * 4096;
}
