/* What the units about names share. For the room's own eyes. */
#ifndef BEHAVIOR_NAME_PRIV_H
#define BEHAVIOR_NAME_PRIV_H

#include "chain/response_names.h"
#include "tester/behavior/families_priv.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"

/* X11, without its strings. False: op says why. */
bool name_read(struct act *act, struct str name, struct name_view *out) FIBER;
/* Survey: what blocks show of one auction since it was opened. `name` must outlive it. */
struct name_survey;
struct name_survey *name_survey_new(struct str name);
void name_survey_free(struct name_survey *survey);
/* Reads the blocks up to `height` (0: the last final one), back to the opening, or to what was read before. False: op says why. */
bool name_survey_read(struct act *act, struct name_survey *survey, uint32_t height) FIBER;
/* All that INV-14 says of an auction that `landing` finalized, held against its survey up to there and the accounts around that block. */
bool name_claim_auction(struct act *act, struct name_survey *survey, const struct landing *landing) FIBER;

#endif
