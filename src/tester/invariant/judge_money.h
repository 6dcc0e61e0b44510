/* INV-05, conservation, block by block: what exists of a token is what its holdings hold. Fed with final blocks in order and with the
 * supply stated for final heights; a sum that goes wrong is told at the height where it does, with the transactions that can have moved
 * what is wrong. Part of struct judge. */
#ifndef INVARIANT_JUDGE_MONEY_H
#define INVARIANT_JUDGE_MONEY_H

#include "chain/response.h"
#include "core/base/vec.h"

struct judge;

/* A transaction of a block that no reading covers yet. */
struct mover {
    struct hash id;
    uint32_t height;
    uint16_t kind;
};
struct judge_money { /* of one chain */
    VEC(struct mover) movers;
    VEC(struct supply) waiting; /* stated for heights whose blocks are not read yet, by height */
    struct supply last;         /* all zero: none yet */
    u128 gap[TOKEN_COUNT];      /* sources less sinks less holdings at `last`, modulo 2^128; told when it changes */
    uint32_t read_height;
};
void judge_money_init(struct judge_money *money);
void judge_money_done(struct judge_money *money);

void judge_money_block(struct judge *judge, enum chain_id chain, const struct block_view *block);
/* What a node states for its final height; judged as soon as that block is read. Older than the last one: ignored. */
void judge_money_supply(struct judge *judge, enum chain_id chain, const struct supply *supply);
/* What another view states for a height on the way to `next`: each token's gap is either the one there was, or the one there is then.
 * A view that lies about sums can so move a violation to an earlier block, and neither make nor hide one. */
bool judge_money_between(const struct judge_money *money, const struct supply *between, const struct supply *next);

#endif
