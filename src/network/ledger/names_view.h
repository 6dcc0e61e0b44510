/* What can be read of names and programs: answers of X11 and AP1 to AP6, computed from a state. Lists go to the arena; texts are
 * borrowed from the state, which the caller holds. */
#ifndef LEDGER_NAMES_VIEW_H
#define LEDGER_NAMES_VIEW_H

#include "chain/response_names.h"
#include "chain/payload.h"
#include "network/ledger/ledger.h"

/* False: no such name. Phases are those of the next block. */
bool ledger_name_view(const struct ledger_state *state, struct str name, struct name_view *out) MUST_CHECK;

bool ledger_program_view(const struct ledger_state *state, struct str name, struct arena *arena,
                         struct program_view *out) MUST_CHECK; /* false: no such program */
/* Newest first, `skip` left out at the front; those of `owner` alone where it is not NULL. Answers how many it wrote; *out_more:
 * there are others behind. */
uint32_t ledger_programs(const struct ledger_state *state, const struct address *owner, uint64_t skip, uint32_t limit,
                         struct program_item *out, bool *out_more);
/* CODE_NONE, PROGRAM_NOT_FOUND or MAPPING_NOT_FOUND. out->value.has is false where nothing was ever set. */
enum code ledger_mapping_get(const struct ledger_state *state, struct str program, struct str mapping, u128 key,
                             struct mapping_value *out) MUST_CHECK;

/* What a transaction of one of the two kinds by `sender` would cost and do in the next block. `payload` as it would be sent; its
 * size goes into the fee. */
void ledger_program_estimate(const struct ledger_rules *rules, const struct ledger_state *state, enum kind kind,
                             const union payload *payload, const struct address *sender, struct program_estimate *out);

#endif
