/* Tries to make an arena hand out memory twice, dirty, or misaligned. */
#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/base/rng.h"

static void pieces_are_zeroed_aligned_and_do_not_overlap(void)
{
    enum { PIECES = 500 };
    struct arena arena;
    arena_init(&arena, 1000);
    struct rng rng;
    rng_init(&rng, 1);
    static struct {
        uint8_t *data;
        size_t bytes;
    } pieces[PIECES];
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < PIECES; i++) {
            pieces[i].bytes = (size_t)rng_below(&rng, i % 50 == 0 ? 5000 : 60);
            pieces[i].data = arena_alloc(&arena, pieces[i].bytes);
            CHECK((uintptr_t)pieces[i].data % 16 == 0);
            for (size_t k = 0; k < pieces[i].bytes; k++) CHECK(pieces[i].data[k] == 0);
            memset(pieces[i].data, (int)(i & 0xff), pieces[i].bytes);
        }
        for (size_t i = 0; i < PIECES; i++)
            for (size_t k = 0; k < pieces[i].bytes; k++) CHECK(pieces[i].data[k] == (i & 0xff));
        arena_reset(&arena);
        CHECK(arena.head != NULL);
    }
    arena_done(&arena);
    CHECK(arena.head == NULL && arena.total_bytes == 0);
    CHECK(arena_alloc(&arena, 1) != NULL); /* done leaves it usable */
    arena_done(&arena);
}

static void rewinding_gives_back_what_came_after_the_mark_and_keeps_what_came_before(void)
{
    struct arena arena;
    arena_init(&arena, 256);
    const struct arena_mark start = arena_mark_take(&arena);
    const struct str kept = str_dup(&arena, STR("kept"));
    const struct arena_mark mark = arena_mark_take(&arena);
    const size_t bytes = arena.total_bytes;
    for (size_t i = 0; i < 100; i++) memset(arena_alloc(&arena, 100), 0xff, 100);
    CHECK(arena.total_bytes > bytes);
    arena_rewind(&arena, mark);
    CHECK_U64(arena.total_bytes, bytes);
    CHECK_STR(kept, STR("kept"));
    uint8_t *again = arena_alloc(&arena, 200);
    for (size_t k = 0; k < 200; k++) CHECK(again[k] == 0);
    arena_rewind(&arena, start);
    CHECK(arena.head == NULL);
    arena_done(&arena);
}

static void an_arena_without_a_block_size_has_one(void)
{
    struct arena zero = {0};
    CHECK(arena_new(&zero, uint64_t) != NULL);
    CHECK(zero.total_bytes >= 4096);
    const uint32_t numbers[3] = {1, 2, 3};
    const uint32_t *copy = arena_copy(&zero, numbers, sizeof(numbers));
    CHECK(copy != numbers && copy[2] == 3);
    uint16_t *many = arena_array(&zero, uint16_t, 10000);
    many[9999] = 1;
    arena_done(&zero);
}

int main(void)
{
    RUN(pieces_are_zeroed_aligned_and_do_not_overlap);
    RUN(rewinding_gives_back_what_came_after_the_mark_and_keeps_what_came_before);
    RUN(an_arena_without_a_block_size_has_one);
    return 0;
}
