/* Guards of oracles, perpetuals, identity checks and withdrawals, as guard_priv.h has those of all. For the ledger's own eyes. */
#ifndef LEDGER_GUARD_PERPS_PRIV_H
#define LEDGER_GUARD_PERPS_PRIV_H

#include "network/ledger/guard_priv.h"

/* The price is a median, and what strays from it is refused or does not count; the switch takes the mean of everything. */
static inline bool guard_oracle_median(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_ORACLE_MEAN_PRICE); }
/* Only seats report; with the switch everybody does, and nobody looks at what the seatless say. */
static inline bool guard_oracle_seat(const struct ledger_rules *rules, bool seated)
{
    return seated || off(rules, WEAKNESS_ORACLE_OPEN_SEATS);
}
/* Old reports and old prices are refused. */
static inline bool guard_oracle_fresh(const struct ledger_rules *rules, bool fresh)
{
    return fresh || off(rules, WEAKNESS_ORACLE_ACCEPT_STALE);
}
/* No price comes from the spot market, and a jump halts perpetuals. */
static inline bool guard_oracle_separate(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_ORACLE_SPOT_SOURCE); }
/* The oracle's price decides a liquidation; with the switch the last trade does. */
static inline bool guard_mark_oracle(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_MARK_FROM_LAST_TRADE); }
static inline bool guard_liquidatable(const struct ledger_rules *rules, bool liquidatable)
{
    return liquidatable || off(rules, WEAKNESS_LIQUIDATE_WITHOUT_MARGIN_CHECK);
}
static inline bool guard_leverage(const struct ledger_rules *rules, uint32_t leverage, uint32_t most)
{
    return (leverage >= 1 && leverage <= most) || off(rules, WEAKNESS_NO_LEVERAGE_CAP);
}
static inline bool guard_kyc(const struct ledger_rules *rules, bool approved) { return approved || off(rules, WEAKNESS_NO_KYC_GATE); }
/* A failed settlement leaves the escrow whole; the switch lets 1 % go. */
static inline bool guard_escrow_whole(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_ESCROW_LEAK); }

#endif
