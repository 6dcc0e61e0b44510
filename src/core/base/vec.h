/* Vec: a growable array of any type.
 *
 *     VEC(struct bot *) bots = {0};
 *     vec_push(&bots, bot);
 *     for (size_t i = 0; i < bots.count; i++) use(bots.data[i]);
 *     vec_done(&bots);
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "core/base/attr.h"

#define VEC(type)          \
    struct {               \
        type *data;        \
        size_t count, cap; \
    }
#define vec_push(v, item) (vec_reserve((v), 1), (v)->data[(v)->count++] = (item))
#define vec_pop(v) ((v)->data[--(v)->count])
#define vec_last(v) ((v)->data[(v)->count - 1])
#define vec_reserve(v, more) \
    ((v)->data = vec_grow((v)->data, sizeof(*(v)->data), (v)->count + (more), &(v)->cap))
#define vec_clear(v) ((void)((v)->count = 0))
#define vec_done(v) (base_free((v)->data), (v)->data = NULL, (v)->count = (v)->cap = 0)
/* Removes item i, keeping the order of the others. */
#define vec_remove(v, i)                                                                              \
    (__builtin_memmove((v)->data + (i), (v)->data + (i) + 1, ((v)->count - (i) - 1) * sizeof(*(v)->data)), \
     (void)(v)->count--)

void *vec_grow(void *data, size_t item_bytes, size_t count_min, size_t *cap);

#endif
