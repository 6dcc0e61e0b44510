/* Papers: a synthetic person for a bot: what a registration and a withdrawal are about and what nobody may read on a chain. The same bot
 * has the same person in every run of a seed. What goes to the chain are hashes, each with a salt of its own, so that nobody tries out
 * names. */
#ifndef BEHAVIOR_D007_PAPERS_H
#define BEHAVIOR_D007_PAPERS_H

#include "tester/bot/bot.h"

struct papers {
    char name[48], birth[16], passport[16], street[64], account[32]; /* terminated */
    char country[3];                                                 /* told by the contract */
    struct hash salt;
};

struct papers papers_of(const struct bot *bot);
/* `attempt` from 1: papers that were rejected are handed in again corrected, and hash otherwise. */
struct hash papers_profile(const struct papers *papers, uint32_t attempt);
struct hash papers_documents(const struct papers *papers, uint32_t attempt);
struct hash papers_bank(const struct papers *papers);

/* Which field stands in the text, as it is or in hex ("a passport number"); NULL: none. */
const char *papers_found(const struct papers *papers, struct str text);
/* From now on they are looked for in all that is public (canary.h). Before any use of them. */
void papers_plant(struct crew *crew, const struct papers *papers);

#endif
