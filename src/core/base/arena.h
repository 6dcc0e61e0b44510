/* Arena: memory that dies together. One per request, step or scenario. Single-threaded. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "core/base/attr.h"

struct arena_block;
struct arena {
    struct arena_block *head;
    size_t used, block_bytes, total_bytes;
};
struct arena_mark {
    struct arena_block *block;
    size_t used;
};

/* arena_init takes no memory yet; the first allocation takes `block_bytes` (0: 4 KiB). */
void arena_init(struct arena *arena, size_t block_bytes);
void arena_done(struct arena *arena);  /* gives everything back; the arena is empty and usable */
void arena_reset(struct arena *arena); /* as done, but keeps one block for reuse */

/* Zeroed memory, aligned to 16 bytes, owned by the arena. Never NULL. */
void *arena_alloc(struct arena *arena, size_t bytes);
void *arena_copy(struct arena *arena, const void *data, size_t bytes);
#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

/* arena_rewind frees what was allocated since the mark. */
struct arena_mark arena_mark_take(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

#endif
