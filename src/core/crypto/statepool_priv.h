/* Memory for the versions of one state map: pieces of many sizes that come and go by the thousand. Freed pieces wait in lists by
 * size and are handed out again; the system gets everything back when the last version goes. Sanitizer builds take each piece
 * from the system, so that they see what is used after it was freed. */
#ifndef CRYPTO_STATEPOOL_PRIV_H
#define CRYPTO_STATEPOOL_PRIV_H

#include "core/base/attr.h"

struct statepool;

struct statepool *statepool_new(void); /* with one reference */
void statepool_ref(struct statepool *pool);
void statepool_unref(struct statepool *pool);

void *statepool_take(struct statepool *pool, size_t bytes); /* not cleared, aligned to 16 bytes */
void statepool_give(struct statepool *pool, void *piece, size_t bytes); /* `bytes` as it was taken */

#endif
