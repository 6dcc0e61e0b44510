/* Book: all positions of a crew's bots, as D4 lists them: what somebody who watches over positions, or adds up what they paid, looks at. */
#ifndef BEHAVIOR_PERP_BOOK_H
#define BEHAVIOR_PERP_BOOK_H

#include "core/base/vec.h"
#include "tester/behavior/perp_priv.h"

struct perp_book {
    VEC(struct position_seen) positions; /* by bot, then by age */
};
void perp_book_done(struct perp_book *book);
/* Reads it anew. `status` empty: the open ones; "all". `pair` empty: every market. False: somebody's could not be read; op says. */
bool perp_book_read(struct act *act, struct perp_book *book, struct str status, struct str pair, struct op *op) FIBER MUST_CHECK;

#endif
