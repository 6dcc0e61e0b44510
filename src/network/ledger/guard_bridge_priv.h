/* Guards of the bridge: each is one line, and asks the switch that removes it. For the ledger's own eyes. */
#ifndef LEDGER_GUARD_BRIDGE_PRIV_H
#define LEDGER_GUARD_BRIDGE_PRIV_H

#include "network/ledger/guard_priv.h"

/* One claim for each lock and for each burn. */
static inline bool guard_claim_fresh(const struct ledger_rules *rules, bool claimed)
{
    return !claimed || off(rules, WEAKNESS_NO_UNLOCK_ID_UNIQUENESS);
}
/* A claim needs a source block that is known as final here. */
static inline bool guard_source_final(const struct ledger_rules *rules, bool final)
{
    return final || off(rules, WEAKNESS_MINT_ON_INCLUSION);
}
/* Merkle proofs of claims and the certificates behind them. */
static inline bool guard_proof(const struct ledger_rules *rules, bool holds)
{
    return holds || off(rules, WEAKNESS_SKIP_MERKLE_VERIFICATION);
}
/* A claim without a proof needs a record of what it claims. */
static inline bool guard_source_entry(const struct ledger_rules *rules, bool known)
{
    return known || off(rules, WEAKNESS_UNLOCK_UNKNOWN_ID);
}
/* A message that is delivered stands in the final block it names. */
static inline bool guard_message_source(const struct ledger_rules *rules, bool proven)
{
    return proven || off(rules, WEAKNESS_IPC_ACCEPT_FORGED);
}
/* Each sequence takes effect once. */
static inline bool guard_sequence_fresh(const struct ledger_rules *rules, bool fresh)
{
    return fresh || off(rules, WEAKNESS_NO_IPC_SEQUENCE_CHECK);
}
/* Sequences take effect in their order, and wait for it within the window. */
static inline bool guard_sequence_order(const struct ledger_rules *rules, bool in_order)
{
    return in_order || off(rules, WEAKNESS_IPC_APPLY_ON_ARRIVAL);
}
/* Every lock, the n-th from 1, sends its message. */
static inline bool guard_lock_message(const struct ledger_rules *rules, uint64_t n)
{
    return n % 20 != 0 || !off(rules, WEAKNESS_DROP_BRIDGE_MESSAGE);
}

#endif
