/* Guards: each is one line, and asks the switch that removes it. For the ledger's own eyes. */
#ifndef LEDGER_GUARD_PRIV_H
#define LEDGER_GUARD_PRIV_H

#include "network/ledger/guard_entry.h"

bool tx_is_plain(const struct tx *tx); /* a transfer or a batch of them */
static inline bool off(const struct ledger_rules *rules, enum weakness weakness) { return weakness_on(&rules->weak, weakness); }

/* Amounts have no sign. Whoever reads one takes those from 2^127 on for negative. */
static inline bool guard_unsigned(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_SIGNED_AMOUNT); }
static inline bool is_negative(const struct ledger_rules *rules, u128 units) { return units >> 127 != 0 && !guard_unsigned(rules); }
static inline bool guard_size(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_NO_SIZE_LIMIT); }
/* Sums are as wide as amounts. The switch does them in 64 bits. */
static inline bool guard_wide(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_WRAPPING_ARITHMETIC); }
/* a + b; false when it does not fit. */
static inline bool guard_sum(const struct ledger_rules *rules, u128 a, u128 b, u128 *out)
{
    if (!guard_wide(rules)) return *out = (uint64_t)(a + b), true;
    if (is_negative(rules, a) || is_negative(rules, b)) return *out = a + b, true;
    return u128_add(a, b, out);
}
static inline bool guard_balance(const struct ledger_rules *rules, u128 available, u128 required)
{
    return required <= available || !guard_funds(rules) || is_negative(rules, required);
}
static inline bool guard_nonce_low(const struct ledger_rules *rules, uint64_t next, uint64_t nonce)
{
    return nonce >= next || !guard_nonce_once(rules) || !guard_nonce_bounds(rules);
}
static inline bool guard_nonce_gap(const struct ledger_rules *rules, uint64_t next, uint64_t nonce)
{
    return nonce <= next || !guard_nonce_order(rules);
}
static inline bool guard_nonce_high(const struct ledger_rules *rules, uint64_t next, uint64_t nonce, uint64_t window)
{
    return nonce < next || nonce - next <= window || !guard_nonce_bounds(rules);
}
static inline bool guard_nonce_free(const struct ledger_rules *rules, bool taken)
{
    return !taken || !guard_nonce_once(rules);
}
static inline bool guard_expiry(const struct ledger_rules *rules, uint32_t valid_until, uint32_t height)
{
    return valid_until == 0 || height <= valid_until || !guard_window(rules);
}
/* Time is what the chain says, not what a sender states. */
static inline bool guard_clock_is_the_chains(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_TIMELOCK_FROM_TX_TIMESTAMP); }
static inline bool guard_timestamp(const struct ledger_rules *rules, uint64_t stated_ms, uint64_t now_ms, uint64_t skew_ms)
{
    const uint64_t apart_ms = stated_ms > now_ms ? stated_ms - now_ms : now_ms - stated_ms;
    if (!guard_clock_is_the_chains(rules)) return true;
    return stated_ms == 0 || now_ms == 0 || apart_ms <= skew_ms || !guard_window(rules);
}
static inline bool guard_fee_floor(const struct ledger_rules *rules, struct amount fee, struct amount minimum)
{
    return amount_cmp(fee, minimum) >= 0 || !guard_worth(rules);
}
static inline bool guard_token(const struct ledger_rules *rules, enum token token)
{
    return token_chain(token) == rules->domain.chain || off(rules, WEAKNESS_TOKEN_ALIAS);
}

/* What a transaction names is there. Whoever goes on without it makes a blank one. */
static inline bool guard_exists(const struct ledger_rules *rules, bool exists)
{
    return exists || off(rules, WEAKNESS_CREATE_ON_MISSING);
}
static inline bool guard_chain(const struct ledger_rules *rules, enum chain_id chain)
{
    return chain == rules->domain.chain || !guard_own_chain(rules);
}
static inline bool guard_network(const struct ledger_rules *rules, uint16_t network_id)
{
    return network_id == rules->domain.network_id || !guard_own_network(rules);
}
/* Whether traders may buy a place in the block: hints in `flags` are taken, and bounds on prices are not kept. */
static inline bool position_hints(const struct ledger_rules *rules) { return off(rules, WEAKNESS_BUNDLE_POSITION_HINTS); }
static inline bool guard_flags(const struct ledger_rules *rules, uint16_t flags) { return flags == 0 || position_hints(rules); }
/* What may happen once has not happened yet. Whoever goes on does it again, with the money of the first time. */
static inline bool guard_once(const struct ledger_rules *rules, bool fresh) { return fresh || off(rules, WEAKNESS_NON_ATOMIC_UPDATE); }

/* Whether it is a transfer that was signed for the other chain: where signatures are for any chain, it runs here too. */
static inline bool is_replayed(const struct ledger_rules *rules, const struct tx *tx)
{
    return !guard_bound(rules) && (enum chain_id)tx->chain != rules->domain.chain && tx_is_plain(tx);
}
static inline bool guard_token_of(const struct ledger_rules *rules, const struct tx *tx)
{
    return guard_token(rules, (enum token)tx->token) || is_replayed(rules, tx);
}

/* The token that a transaction moves here: with vuln.token-alias a foreign one passes for the chain's own. */
static inline enum token token_of(const struct ledger_rules *rules, const struct tx *tx)
{
    return token_chain((enum token)tx->token) == rules->domain.chain ? (enum token)tx->token
                                                                     : chain_fee_token(rules->domain.chain);
}
/* What leaves the sender beside fee and tip; false when that is beyond 2^128 - 1. */
bool tx_total(const struct ledger_rules *rules, const struct tx *tx, u128 *out) MUST_CHECK;
/* fee + tip likewise. */
static inline bool tx_cost(const struct ledger_rules *rules, const struct tx *tx, u128 *out)
{
    return guard_sum(rules, tx->fee.units, tx->tip.units, out);
}

#endif
