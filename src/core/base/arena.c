#include "core/base/arena.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif
#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#define POISON(ptr, bytes) ASAN_POISON_MEMORY_REGION((ptr), (bytes))
#define UNPOISON(ptr, bytes) ASAN_UNPOISON_MEMORY_REGION((ptr), (bytes))
#else
#define POISON(ptr, bytes) ((void)(ptr), (void)(bytes))
#define UNPOISON(ptr, bytes) ((void)(ptr), (void)(bytes))
#endif

enum { ARENA_ALIGN = 16, ARENA_BLOCK_BYTES = 4096 };

struct arena_block {
    struct arena_block *next;
    size_t bytes; /* room in data */
    uint8_t data[] __attribute__((aligned(16)));
};

void arena_init(struct arena *arena, size_t block_bytes)
{
    *arena = (struct arena){.block_bytes = block_bytes > 0 ? block_bytes : ARENA_BLOCK_BYTES};
}

static void block_drop(struct arena *arena)
{
    struct arena_block *block = arena->head;
    arena->head = block->next;
    arena->total_bytes -= block->bytes;
    UNPOISON(block->data, block->bytes);
    base_free(block);
}

void arena_done(struct arena *arena)
{
    while (arena->head != NULL) block_drop(arena);
    arena->used = 0;
}

void arena_reset(struct arena *arena)
{
    struct arena_block *kept = arena->head;
    if (kept == NULL) return;
    arena->head = kept->next;
    while (arena->head != NULL) block_drop(arena);
    kept->next = NULL;
    arena->head = kept;
    arena->used = 0;
    POISON(kept->data, kept->bytes);
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    ASSERT(bytes <= SIZE_MAX / 2);
    const size_t need = (bytes + (ARENA_ALIGN - 1)) & ~(size_t)(ARENA_ALIGN - 1);
    if (arena->head == NULL || arena->head->bytes - arena->used < need) {
        if (arena->block_bytes == 0) arena->block_bytes = ARENA_BLOCK_BYTES;
        const size_t block_bytes = MAX(need, arena->block_bytes);
        struct arena_block *block = base_realloc(NULL, sizeof(*block) + block_bytes);
        block->next = arena->head;
        block->bytes = block_bytes;
        POISON(block->data, block->bytes);
        arena->head = block;
        arena->used = 0;
        arena->total_bytes += block_bytes;
    }
    uint8_t *ptr = arena->head->data + arena->used;
    arena->used += need;
    UNPOISON(ptr, bytes);
    memset(ptr, 0, bytes);
    return ptr;
}

void *arena_copy(struct arena *arena, const void *data, size_t bytes)
{
    void *ptr = arena_alloc(arena, bytes);
    if (bytes > 0) memcpy(ptr, data, bytes);
    return ptr;
}

struct arena_mark arena_mark_take(const struct arena *arena)
{
    return (struct arena_mark){.block = arena->head, .used = arena->used};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    while (arena->head != mark.block) {
        ASSERT(arena->head != NULL);
        block_drop(arena);
    }
    arena->used = mark.used;
    if (arena->head != NULL) POISON(arena->head->data + mark.used, arena->head->bytes - mark.used);
}
