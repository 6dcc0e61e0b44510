/* Shieldbot: what a bot has in the shielded pool: its wallet, and the processor it proves with; and what the bots of a run share: the
 * chain's notes, and the tape. */
#ifndef BOT_SHIELDBOT_H
#define BOT_SHIELDBOT_H

#include "tester/bot/act.h"
#include "tester/bot/shieldtape.h"
#include "tester/bot/shieldwallet.h"

#define SHIELDBOT_CORES 4 /* of a client's machine, in virtual time; in real time there is one thread */

struct shieldbot {
    struct shieldwallet wallet;
    struct instant core_free[SHIELDBOT_CORES];
    uint64_t proved;  /* proofs that were given to its cores */
    uint32_t proving; /* of them, under way */
    uint32_t sharers; /* operations under way that take any note */
    bool alone;       /* one that counts on its own notes is: nobody else takes any */
};
struct shieldbot *shieldbot_of(struct bot *bot); /* made at the first call, its keys from the bot's identity; bot_free frees it */
void shieldbot_free(struct shieldbot *shieldbot); /* accepts NULL */
/* Waits as long as proving takes on the first of its cores that is free (provecost.h). */
void shieldbot_prove(struct bot *bot, uint32_t inputs, uint32_t ring, uint32_t outputs) FIBER;

struct shield_commons {
    struct note_shelf shelf;
    struct shield_tape tape;
};
struct shield_commons *shield_commons_of(struct crew *crew); /* made at the first call */

#endif
