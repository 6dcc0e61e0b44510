/* Pool: memory for the versions of one structure, in pieces of many sizes that come and go by the thousand. Freed pieces wait in lists by
 * size and are handed out again; the system gets everything back when the last reference goes. One thread. Sanitizer builds take each piece
 * from the system, so that they see what is used after it was freed. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "core/base/attr.h"

struct pool;

struct pool *pool_new(void); /* with one reference */
void pool_ref(struct pool *pool);
void pool_unref(struct pool *pool);

void *pool_take(struct pool *pool, size_t bytes); /* not cleared, aligned to 16 bytes */
void pool_give(struct pool *pool, void *piece, size_t bytes); /* `bytes` as it was taken */

#endif
