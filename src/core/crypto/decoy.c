#include "core/crypto/decoy.h"

#include <stdlib.h>

/* The octave of the oldest of `eligible` notes: the largest o with 2^o - 1 < eligible. */
static uint32_t octave_last(uint32_t eligible)
{
    uint32_t o = 0;
    while (o < 31 && ((uint64_t)1 << (o + 1)) - 1 < eligible) o++;
    return o;
}

uint32_t decoy_rank(struct source *source, uint32_t eligible)
{
    const uint64_t o = source_below(source, (uint64_t)octave_last(eligible) + 1);
    const uint64_t lo = ((uint64_t)1 << o) - 1, hi = MIN(((uint64_t)1 << (o + 1)) - 1, eligible);
    return (uint32_t)(lo + source_below(source, hi - lo));
}

static bool is_in(const uint32_t *ring, uint32_t count, uint32_t index)
{
    for (uint32_t i = 0; i < count; i++)
        if (ring[i] == index) return true;
    return false;
}

static uint32_t draw(struct source *source, enum decoy_law law, uint32_t eligible, uint32_t size, uint64_t draws)
{
    switch (law) {
    case DECOY_RECENT:
        if (draws < 64 * (uint64_t)size) return eligible - 1 - decoy_rank(source, eligible);
        break;
    case DECOY_UNIFORM: break;
    case DECOY_NEWEST: return eligible - 1 - (uint32_t)draws; /* at most `size` of them are asked for */
    }
    return (uint32_t)source_below(source, eligible);
}

static int u32_cmp(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

bool decoy_draw(struct source *source, enum decoy_law law, uint32_t eligible, uint32_t real, uint32_t size, uint32_t *out)
{
    if (eligible < size || real >= eligible || size == 0) return false;
    uint32_t count = 0;
    out[count++] = real;
    for (uint64_t draws = 0; count < size; draws++) {
        const uint32_t index = draw(source, law, eligible, size, draws);
        if (!is_in(out, count, index)) out[count++] = index;
    }
    qsort(out, count, sizeof(out[0]), u32_cmp);
    return true;
}
