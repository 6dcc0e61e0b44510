/* Guards of the interface: each is one line, and asks the switch that removes it. For nodes, which have the rules at hand. */
#ifndef LEDGER_GUARD_API_H
#define LEDGER_GUARD_API_H

#include "chain/feature.h"
#include "network/ledger/ledger.h"

/* A path or verb that nobody serves is refused. */
static inline bool guard_routing(const struct ledger_rules *rules) { return !weakness_on(&rules->weak, WEAKNESS_CATCH_ALL_OK); }
/* /v1 is retired. */
static inline bool guard_retirement(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_SERVE_RETIRED_API);
}
/* A refusal says what is wrong. */
static inline bool guard_telling(const struct ledger_rules *rules) { return !weakness_on(&rules->weak, WEAKNESS_OPAQUE_ERRORS); }
/* Programs cannot see votes, so that no payment on chain can hang on one; who offers such a payment is told of. */
static inline bool guard_votes_unreadable(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_TRANSFERABLE_VOTE_RECEIPT);
}
/* What is switched off on this network is refused. */
static inline bool guard_feature(const struct ledger_rules *rules, const struct params *params, enum feature feature)
{
    return (params->features & feature) == (uint64_t)feature || weakness_on(&rules->weak, WEAKNESS_SILENT_FEATURE_IGNORE);
}
/* A signature has one form: S is below the group's order. */
static inline bool guard_signature_form(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_MALLEABLE_SIGNATURES);
}

#endif
