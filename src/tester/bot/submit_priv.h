/* What the units behind submit share. For the room's own eyes. */
#ifndef BOT_SUBMIT_PRIV_H
#define BOT_SUBMIT_PRIV_H

#include "tester/bot/act.h"

#define SUBMIT_SEND_TIMEOUT duration_s(10)
#define SUBMIT_READ_TIMEOUT duration_s(10)
#define BACKOFF_FIRST_NS (250 * NS_PER_MS)
#define BACKOFF_MAX_NS (5 * NS_PER_S)

bool act_gives_up(const struct act *act);
/* Waits longer each time; `*ns` starts at 0. */
void act_backoff(const struct act *act, uint64_t *ns) FIBER;
/* The node is not serving now; asking again is all there is to do. */
bool answer_is_absence(const struct answer *answer);

/* ---- recover.c ---- */
/* The view's word for the bot's nonces, once it is not behind. False: gave up. */
bool recover_resync(struct act *act) FIBER;
/* Takes the chain's word for the loose purses of the act's chain. False: the bot has none, or nobody answered. */
bool recover_purses(struct act *act) FIBER;
/* The view finds `nonce` too far ahead. True: that is not the bot's fault, and it is to ask again later: the view is behind, or lower ones
 * of the bot's are on their way. Those the view misses it is sent, and a nonce that nobody has is freed. False: the bot lost track. */
bool recover_gap(struct act *act, uint64_t nonce) FIBER;
/* It waits at the view for long. If lower nonces are missing there, what is to be done about them is done. */
void recover_stuck(struct act *act, uint64_t nonce) FIBER;
/* Another transaction has its nonce in the view's final chain, and the view does not have this one. False also when nobody can tell now. */
bool recover_is_lost(struct act *act, const struct tx *tx) FIBER;
/* The nonce is below the account's in the final state; *out_height is where. */
bool recover_is_final(struct act *act, uint64_t nonce, uint32_t *out_height) FIBER;
/* When later transactions wait behind a hole, a filler goes out after SUBMIT_REPAIR_AFTER. */
void recover_repair(const struct act *act);

#endif
