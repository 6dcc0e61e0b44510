/* Guards of staking: each is one line, and asks the switch that removes it. For the ledger's own eyes. */
#ifndef LEDGER_GUARD_STAKING_PRIV_H
#define LEDGER_GUARD_STAKING_PRIV_H

#include "network/ledger/guard_priv.h"

/* Whether proven equivocation costs its validator bond and seat. */
static inline bool guard_equivocation(const struct ledger_rules *rules)
{
    return !off(rules, WEAKNESS_IGNORE_EQUIVOCATION_EVIDENCE);
}

#endif
