/* Tide: how far a chain has come, as bots wait for it. One fiber a chain follows the stream of final blocks while somebody waits, so
 * that a thousand bots that wait for one height cost one connection. Where the stream fails it asks for the height instead. */
#ifndef BOT_TIDE_H
#define BOT_TIDE_H

#include "tester/bot/act.h"

/* Waits until the gateway has told that height final; what it reached is in *out_height (may be NULL). False: the deadline passed
 * or the crew is stopping. */
bool tide_await(struct act *act, enum chain_id chain, uint32_t height, struct instant deadline, uint32_t *out_height) FIBER MUST_CHECK;
/* Waits for the next final block behind the one it knows: for conditions that only a block can change.
 *
 *     while (!(met = condition(...)) && tide_next(act, chain, deadline)) {}
 */
bool tide_next(struct act *act, enum chain_id chain, struct instant deadline) FIBER MUST_CHECK;

#endif
