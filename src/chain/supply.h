/* Supply: what exists of a token and where it is (X4), and the sum that must hold. */
#ifndef CHAIN_SUPPLY_H
#define CHAIN_SUPPLY_H

#include "chain/amount.h"

/* Every amount of X4 in its order: S(name), sources and sinks first, holdings from `free` on. */
#define SUPPLY_FLOWS(S) S(genesis) S(faucet_minted) S(issued) S(bridge_minted) S(bridge_burned) S(slashed_burned)
#define SUPPLY_HOLDINGS(S)                                                                                                       \
    S(free)                                                                                                                      \
    S(locked) S(staked) S(bonded) S(unbonding) S(rewards) S(treasury) S(bridge_locked) S(shielded) S(deposits) S(pools)          \
        S(perp_vault) S(escrow) S(oracle_bonds)

struct supply_token {
    enum token token;
    bool ok;             /* expected = held = total */
    struct amount total; /* what the flows say */
#define S(name) struct amount name;
    SUPPLY_FLOWS(S)
    SUPPLY_HOLDINGS(S)
#undef S
};

struct supply {
    uint32_t height, finalized_height;
    uint32_t tokens_count;
    struct supply_token tokens[TOKEN_COUNT];
};

/* genesis + faucet_minted + issued + bridge_minted - bridge_burned - slashed_burned; false when that is negative or too large. */
bool supply_expected(const struct supply_token *token, struct amount *out) MUST_CHECK;
/* The sum of the holdings; false when too large. */
bool supply_held(const struct supply_token *token, struct amount *out) MUST_CHECK;
/* Fills `total` and `ok` from the rest. Returns ok. */
bool supply_settle(struct supply_token *token);

#endif
