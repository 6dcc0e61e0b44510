/* Flights: a bot's signed transactions on one chain that may still run, by nonce. They are what the bot sends again, byte for byte, to a view
 * that asks for a nonce it has not heard of; and a nonce in here is never handed out a second time. */
#ifndef BOT_FLIGHTS_H
#define BOT_FLIGHTS_H

#include "chain/tx.h"
#include "core/base/vec.h"

struct flights {
    VEC(struct tx *) txs; /* ascending nonces; references */
};

void flights_done(struct flights *flights);
void flights_add(struct flights *flights, struct tx *tx); /* takes a reference; a nonce stands once */
/* It has ended. No-op when it is not there. */
void flights_remove(struct flights *flights, const struct tx *tx);
/* The first from this nonce on; borrowed. NULL: none. */
struct tx *flights_from(const struct flights *flights, uint64_t nonce);
/* Nothing below can run any more. */
void flights_forget_below(struct flights *flights, uint64_t nonce);

#endif
