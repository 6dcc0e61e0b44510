#include "core/base/vec.h"

void *vec_grow(void *data, size_t item_bytes, size_t count_min, size_t *cap)
{
    if (count_min <= *cap) return data;
    size_t next = *cap > 0 ? *cap + *cap / 2 : 8;
    next = MAX(next, count_min);
    ASSERT(next <= SIZE_MAX / 2 / item_bytes);
    *cap = next;
    return base_realloc(data, next * item_bytes);
}
