/* What the units about names share. For the room's own eyes. */
#ifndef BEHAVIOR_NAME_PRIV_H
#define BEHAVIOR_NAME_PRIV_H

#include "chain/response_names.h"
#include "tester/behavior/families_priv.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"

/* X11, without its strings. False: op says why. */
bool name_read(struct act *act, struct str name, struct name_view *out) FIBER;
/* All that INV-14 says of an auction that `landing` finalized, held against the blocks since it was opened and the accounts around the
 * block that ended it. */
bool name_claim_auction(struct act *act, struct str name, const struct landing *landing) FIBER;

#endif
