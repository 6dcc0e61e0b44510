/* INV-07, governance: what was executed had passed, and not before its time; every voter is counted once, with its weight at the
 * snapshot. Fed with final blocks in order, which say what there is to look at, and with what a client then reads of it; part of struct
 * judge, which says when it is violated. */
#ifndef INVARIANT_JUDGE_GOVERNANCE_H
#define INVARIANT_JUDGE_GOVERNANCE_H

#include "chain/response_governance.h"
#include "core/base/map.h"
#include "core/base/vec.h"

struct judge;
struct governance_due { /* a proposal to look at */
    struct hash id;
    uint32_t height; /* as soon as this height is read */
};
struct judge_governance {
    struct map voted;                /* proposal ‖ voter -> u32 height of its vote, from blocks */
    VEC(struct governance_due) due;  /* whoever reads takes them out */
};
void judge_governance_init(struct judge_governance *governance);
void judge_governance_done(struct judge_governance *governance);

/* A final block, proven, with its transactions and their receipts. */
void judge_governance_block(struct judge *judge, const struct block_view *block);
/* The next proposal to look at now that `height` is read. False: none. */
bool judge_governance_due(struct judge *judge, uint32_t height, struct hash *out);
/* Look at it again then: its voting was not over. */
void judge_governance_later(struct judge *judge, const struct hash *id, uint32_t height);
/* What a client reads of one proposal: all its votes, and for each the voter's weight at the snapshot (AG10), in the same order. */
void judge_governance_proposal(struct judge *judge, const struct gov_proposal_view *proposal, const struct ballot_view *ballots,
                               const struct amount *weights, size_t count);

#endif
