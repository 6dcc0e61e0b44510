/* INV-13, escrow: each withdrawal is in exactly one of escrow, settled, returned; what escrow holds is what the open ones are of; only
 * approved owners are settled. Fed with Delta's final blocks in order, with the escrow stated for final heights, and with what a client
 * reads of one withdrawal. Part of struct judge. */
#ifndef INVARIANT_JUDGE_ESCROW_H
#define INVARIANT_JUDGE_ESCROW_H

#include "chain/response_offramp.h"
#include "core/base/map.h"
#include "core/base/vec.h"

struct judge;

struct withdrawal {
    struct address owner;
    struct amount amount;
    enum offramp_status status;
    uint32_t height; /* of its last step */
};
struct escrow_reached { /* behind the block at `height` */
    uint32_t height;
    struct hash mover; /* the last transaction that had to do with a withdrawal */
    u128 held;
};
struct judge_escrow {
    struct map withdrawals; /* request id -> struct withdrawal */
    struct map approved;    /* address -> u8 */
    VEC(struct escrow_reached) reached; /* where something happened, by height */
    VEC(struct escrow_reached) waiting; /* stated for heights whose blocks are not read yet */
    VEC(struct hash) due;   /* settled or returned: whoever reads looks at them */
    u128 held, off;         /* off: stated less held, modulo 2^128, as it was told last */
    uint32_t read_height;
    bool blind; /* a block's receipts were not shown */
};
void judge_escrow_init(struct judge_escrow *escrow);
void judge_escrow_done(struct judge_escrow *escrow);

void judge_escrow_block(struct judge *judge, const struct block_view *block);
void judge_escrow_supply(struct judge *judge, const struct supply *supply);
/* What DR5 says of a withdrawal now. */
void judge_escrow_withdrawal(struct judge *judge, const struct offramp_view *view);

#endif
