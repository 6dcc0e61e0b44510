/* INV-10, perpetual solvency: what the vault holds (collateral and insurance) covers every profit it owes, and nobody is liquidated above
 * the maintenance margin. Fed with Delta's final blocks (who opened what) and with what a client reads of one head. Part of struct judge. */
#ifndef INVARIANT_JUDGE_PERPS_H
#define INVARIANT_JUDGE_PERPS_H

#include "chain/response_perps.h"
#include "core/base/map.h"
#include "core/base/vec.h"

struct judge;

struct judge_perps {
    VEC(struct address) owners; /* who ever opened a position; in the order of blocks */
    struct map known;           /* address -> u8 */
    struct map sides;           /* position id -> u8 enum side */
    struct map liquidated;      /* position id -> struct hash: the transaction */
    struct map told;            /* position id -> u8: its liquidation was looked at */
    bool short_of_it;           /* told of a vault that does not cover; until it does again */
    bool due;                   /* a block held a liquidation that nobody looked at */
};
void judge_perps_init(struct judge_perps *perps);
void judge_perps_done(struct judge_perps *perps);

void judge_perps_block(struct judge *judge, const struct block_view *block);
/* All of one head: what the vault holds of USD, and the sum of the profits of open positions. */
void judge_perps_vault(struct judge *judge, uint32_t height, struct amount vault, struct amount insurance, u128 profits);
/* A liquidation, of DP10; each is looked at once. `final_height`: those above it wait. */
void judge_perps_liquidation(struct judge *judge, const struct liquidation_view *view, uint32_t final_height);
/* The profit that a position's view states; 0 where it is a loss or not a number. */
u128 perps_profit(const struct position_view *view);

#endif
