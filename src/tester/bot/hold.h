/* Hold: what bots of a crew have in hand, so that two that look at the same chain do not do the same thing twice: a position somebody is
 * about to close, a registration somebody is deciding. By the id of the thing; advisory: it binds nobody else on the network. */
#ifndef BOT_HOLD_H
#define BOT_HOLD_H

#include "tester/bot/bot.h"

/* False: somebody has it in hand. Each that is taken is let go by whoever took it. */
bool hold_take(struct crew *crew, const struct hash *id) MUST_CHECK;
bool hold_is(const struct crew *crew, const struct hash *id); /* somebody has it in hand */
void hold_drop(struct crew *crew, const struct hash *id);

#endif
