/* Bookcache: order books as they were asked for lately. A book is a function of the state, and hundreds of traders ask for the same few
 * between two blocks; so what was read from a state is read once for all views of a process. Answers are those of market_book_view. */
#ifndef NODE_BOOKCACHE_H
#define NODE_BOOKCACHE_H

#include "network/ledger/market_view.h"

#define BOOKCACHE_BOOKS 8 /* held, with a reference on the state of each */

struct bookcache;
struct bookcache *bookcache_new(void);
void bookcache_free(struct bookcache *cache); /* accepts NULL */
/* As market_book_view; what comes out lives in the arena. */
bool bookcache_view(struct bookcache *cache, const struct ledger_state *state, struct str pair, uint32_t depth, struct arena *arena,
                    struct book_view *out) MUST_CHECK;

#endif
