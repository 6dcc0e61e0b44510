/* The guards that ledger, pool and interface share on the way of a transaction in: each asks its switch here and nowhere else,
 * and whoever needs to know asks the guard. True: the guard holds. */
#ifndef LEDGER_GUARD_ENTRY_H
#define LEDGER_GUARD_ENTRY_H

#include "network/ledger/ledger.h"

/* A signature is for one chain, one network and one nonce, and each side of the bridge asks for its own. */
static inline bool guard_bound(const struct ledger_rules *rules) { return !weakness_on(&rules->weak, WEAKNESS_UNSIGNED_DOMAIN); }
static inline bool guard_own_chain(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_IGNORE_CHAIN_ID) && guard_bound(rules);
}
static inline bool guard_own_network(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_IGNORE_NETWORK_ID) && guard_bound(rules);
}
/* What costs little to ask is asked first: proofs and signatures only of what nothing else refuses, off the node's own thread. */
static inline bool guard_cheap_first(const struct weaknesses *weak)
{
    return !weakness_on(weak, WEAKNESS_VERIFY_BEFORE_CHEAP_CHECKS);
}
/* A nonce runs once. */
static inline bool guard_nonce_once(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_NO_NONCE_UNIQUENESS);
}
/* A nonce is neither below the account's nor far above it. */
static inline bool guard_nonce_bounds(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_ACCEPT_OLD_NONCE) && guard_bound(rules);
}
/* Nonces run in their order, without a gap. */
static inline bool guard_nonce_order(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_EXECUTE_ORPHANS) && guard_nonce_bounds(rules);
}
/* valid_until and the stated time are kept. */
static inline bool guard_window(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_NO_TIMESTAMP_WINDOW);
}
/* The pool has a floor for fees, a limit for each sender, and keeps whoever pays more. */
static inline bool guard_worth(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_FIFO_MEMPOOL_NO_FEE_FLOOR);
}
/* Nobody spends more than there is. */
static inline bool guard_funds(const struct ledger_rules *rules)
{
    return !weakness_on(&rules->weak, WEAKNESS_SKIP_BALANCE_CHECK);
}

#endif
