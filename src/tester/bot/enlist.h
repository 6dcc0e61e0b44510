/* Enlist: what a bot becomes by transactions of its own before a run begins, on a network that was not made for it. */
#ifndef BOT_ENLIST_H
#define BOT_ENLIST_H

#include "tester/bot/bot.h"

/* `amount` of the chain's fee token goes from free to staked; a governor registers on Alpha with `deposit`. True: final with success. ERR_REFUSED says
 * how it ended. The bot must be able to pay for it. */
bool enlist_stake(struct bot *bot, enum chain_id chain, struct amount amount, struct err *err) FIBER MUST_CHECK;
bool enlist_governor(struct bot *bot, struct amount deposit, struct err *err) FIBER MUST_CHECK;

#endif
