/* INV-09, shielded soundness: every key image once, and a pool that is what went in less what came out, never below nothing. Fed with
 * final blocks in order; part of struct judge, which says when it is violated. */
#ifndef INVARIANT_JUDGE_SHIELDED_H
#define INVARIANT_JUDGE_SHIELDED_H

#include "chain/response.h"
#include "core/base/map.h"
#include "core/base/vec.h"
#include "tester/invariant/pool_record.h"

struct judge;
struct pool_reached { /* the pool behind the block at `height`, until the next of these */
    uint32_t height;
    struct hash mover; /* the last transaction that moved it */
    u128 pool;
};
struct judge_shielded {
    struct map images; /* key image -> u32 height it was spent at */
    u128 deposited, withdrawn, fees;
    VEC(struct pool_reached) reached;
    struct pool_record record; /* of all blocks so far */
    bool blind;      /* a block's receipts were not shown: what the pool is nobody knows from there on */
    VEC(struct pool_reached) waiting; /* stated by a node for heights that are not read yet */
    u128 off;                         /* stated less what it should be, modulo 2^128, as it was told last */
};
void judge_shielded_init(struct judge_shielded *shielded);
void judge_shielded_done(struct judge_shielded *shielded);

/* A final block, proven, with its transactions and receipts. Receipts that are not those of its header prove nothing: a bad proof. */
void judge_shielded_block(struct judge *judge, const struct block_view *block);
/* What a node says the pool holds at a final height. */
void judge_shielded_supply(struct judge *judge, const struct supply *supply);

#endif
