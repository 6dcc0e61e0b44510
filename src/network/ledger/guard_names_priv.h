/* Guards of programs and names: each is one line, and asks the switch that removes it. For the ledger's own eyes. */
#ifndef LEDGER_GUARD_NAMES_PRIV_H
#define LEDGER_GUARD_NAMES_PRIV_H

#include "network/ledger/guard_api.h"
#include "network/ledger/guard_priv.h"

static inline bool guard_storage_metered(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_UNMETERED_STORAGE); }
static inline bool guard_storage(const struct ledger_rules *rules, uint64_t bytes, uint64_t limit)
{
    return bytes <= limit || !guard_storage_metered(rules);
}
static inline bool guard_steps(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_UNMETERED_STEPS); }
/* The phase that an auction must be in, what a reveal must match, the reserve, who may claim. */
static inline bool guard_auction(const struct ledger_rules *rules, bool holds)
{
    return holds || off(rules, WEAKNESS_NO_AUCTION_PHASE_CHECK);
}
/* The price a winner pays: the second bid. */
static inline struct amount guard_second_price(const struct ledger_rules *rules, struct amount first, struct amount second)
{
    return off(rules, WEAKNESS_FIRST_PRICE_AUCTION) ? first : second;
}

#endif
