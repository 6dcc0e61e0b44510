/* Guards of the spot markets: each is one line, and asks the switch that removes it. For the ledger's own eyes. */
#ifndef LEDGER_GUARD_MARKET_PRIV_H
#define LEDGER_GUARD_MARKET_PRIV_H

#include "network/ledger/guard_priv.h"

/* The bound that a trader set on its price holds. */
static inline bool guard_slippage(const struct ledger_rules *rules, bool within)
{
    return within || position_hints(rules);
}
/* Whether the markets are watched: no order meets one of its owner, cancelling in bulk costs more, patterns are told. */
static inline bool guard_manipulation(const struct ledger_rules *rules)
{
    return !off(rules, WEAKNESS_FREE_CANCEL_AND_SELF_TRADE);
}
/* At one price the first that came is the first served. */
static inline bool guard_time_priority(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_BREAK_TIME_PRIORITY); }
static inline bool guard_order_owner(const struct ledger_rules *rules, const struct address *owner, const struct address *sender)
{
    return address_eq(owner, sender) || off(rules, WEAKNESS_CANCEL_ANY_ORDER);
}

#endif
