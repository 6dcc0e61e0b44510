/* Pools as a bot sees them: readings, the contract's arithmetic, and replays between two readings. For the room's own eyes. */
#ifndef BEHAVIOR_DEX_POOL_H
#define BEHAVIOR_DEX_POOL_H

#include "tester/behavior/dex_priv.h"

struct dex_pool {
    u128 base, quote, shares;
    uint32_t fee_bps, providers;
    uint32_t height; /* of the state that was read; 0: the target does not say */
};
/* What one transaction did to a pool: what went in, or came out. */
struct dex_pool_deed {
    u128 base, quote, shares;
    bool found, known; /* known: the replay went through to its end */
};
bool dex_pool_read(struct act *act, const struct dex_pair *pair, struct dex_pool *out, struct op *op) FIBER MUST_CHECK;
/* Swaps in `pool`; false: beyond 128 bits, or the pool is empty. `in` is quote when it buys. */
bool dex_pool_swap(struct dex_pool *pool, enum side side, u128 in, struct dex_pool_deed *out) MUST_CHECK;
/* Reads the pool again, computes it from `before` through the blocks in between, and claims that both agree. *out is what the
 * transaction that landed did. known false: too many blocks lie between, they hold what is not replayed here, or `before` was read of a
 * branch that is gone (the transaction came after it and lies at or below it); nothing was claimed then. False: op says why. */
bool dex_pool_replay(struct act *act, const struct dex_pair *pair, const struct dex_pool *before, const struct landing *landing,
                     struct dex_pool_deed *out, struct op *op) FIBER MUST_CHECK;

#endif
