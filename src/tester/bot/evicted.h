/* Evicted: transactions that the view a bot talks to has dropped to make room. Their money and nonces are free again, but pools differ: another
 * view may still have them, and run them before what the bot put in their places. Then they are booked as what they are: its own, and final. */
#ifndef BOT_EVICTED_H
#define BOT_EVICTED_H

#include "tester/bot/bot.h"

#define EVICTED_MAX 4096 /* of a bot on a chain; the oldest is forgotten beyond */

void evicted_note(struct bot *bot, enum chain_id chain, struct tx *tx, const struct spend *spend); /* takes a reference */
/* Another of the bot's is final with this nonce: those that had it before never run. */
void evicted_forget(struct bot *bot, enum chain_id chain, uint64_t nonce);
/* Asks for those of the bot with this nonce (EVICTED_ALL: with any), and books in its wallet and the receivers' those that are final, which are then
 * forgotten. */
#define EVICTED_ALL UINT64_MAX
void evicted_book(struct crew *crew, struct bot *bot, enum chain_id chain, uint64_t nonce, struct instant deadline) FIBER;
/* At the end: all that ran are booked, the others forgotten. The account's nonce says whether any did. */
void evicted_settle(struct crew *crew, struct bot *bot, enum chain_id chain, struct instant deadline) FIBER;

#endif
