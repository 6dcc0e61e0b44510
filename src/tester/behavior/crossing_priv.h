/* For the eyes of crossing.c and crossing_carry.c. */
#ifndef BEHAVIOR_CROSSING_PRIV_H
#define BEHAVIOR_CROSSING_PRIV_H

#include "tester/behavior/crossing.h"

/* A transaction of the crossing on the chain it goes to, followed to its end. The crossing's own id and instants are those of the lock or burn; what
 * this one did to them is undone. `tolerant`: that somebody was faster, or not everything is there yet, is no failure. */
bool crossing_send_over(struct act *act, struct crossing *crossing, enum kind kind, const union payload *payload, bool tolerant, struct op *op) FIBER;

/* What no relay brings the bot brings itself: the ends of epochs that the other chain does not know, up to the block of its message and in order, since
 * no other committee is believed there; then the proof that this block is final, and its message. Where the message is too far ahead of what has come,
 * the proof alone. False: op says. */
bool crossing_carry(struct act *act, struct crossing *crossing, struct op *op) FIBER MUST_CHECK;

#endif
