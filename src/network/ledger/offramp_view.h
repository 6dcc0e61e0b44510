/* Views of identity checks and withdrawals (DR2, DR5, X12), and roles, computed from a state. */
#ifndef LEDGER_OFFRAMP_VIEW_H
#define LEDGER_OFFRAMP_VIEW_H

#include "chain/response_offramp.h"
#include "network/ledger/ledger.h"

bool ledger_kyc(const struct ledger_state *state, const struct address *who, struct arena *arena, struct kyc_view *out) MUST_CHECK;
bool ledger_offramp(const struct ledger_state *state, const struct hash *id, struct arena *arena, struct offramp_view *out) MUST_CHECK;
/* Requests of an owner, newest first, `skip` of them left out, at most `max`. */
uint32_t ledger_offramps(const struct ledger_state *state, const struct address *owner, size_t skip, size_t max, struct arena *arena,
                         struct offramp_view **out);

#endif
