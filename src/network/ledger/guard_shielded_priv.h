/* Guards of the shielded pool: each is one line, and asks the switch that removes it. For the ledger's own eyes. */
#ifndef LEDGER_GUARD_SHIELDED_PRIV_H
#define LEDGER_GUARD_SHIELDED_PRIV_H

#include "network/ledger/guard_priv.h"

/* A key image is spent once: in the chain, among those that wait, in one transaction. */
static inline bool guard_key_image(const struct ledger_rules *rules, bool fresh)
{
    return fresh || off(rules, WEAKNESS_NO_KEY_IMAGE_CHECK);
}
/* Openings, sums and ring signatures hold. */
static inline bool guard_shielded_proof(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_SKIP_PROOF_VERIFICATION); }
static inline bool guard_range_proof(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_NO_RANGE_PROOF_CHECK); }
static inline bool guard_proof_window(const struct ledger_rules *rules, uint32_t age, uint64_t window)
{
    return age <= window || off(rules, WEAKNESS_NO_PROOF_EXPIRY);
}
static inline bool guard_ring_size(const struct ledger_rules *rules, uint32_t size, uint64_t wanted)
{
    return size == wanted || off(rules, WEAKNESS_RING_SIZE_ONE);
}
/* Receipts say nothing of what notes hold. */
static inline bool guard_shielded_silence(const struct ledger_rules *rules)
{
    return !off(rules, WEAKNESS_SHIELDED_PLAINTEXT_RECEIPT);
}

#endif
