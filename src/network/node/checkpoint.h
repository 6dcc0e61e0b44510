/* Checkpoint: the final block at the end of an epoch and all that is needed to go on from it: its certificate, the proof that it is final, the state
 * after it (ledger/image.h). A node that holds nothing final starts from one that is handed to it from outside, instead of executing every block
 * since genesis. What it comes with is checked; what it is checked against (struct checkpoint_trust) must come from whoever runs the node, never
 * from whom the bytes come (api 6.2, patterns 1).
 *
 * `ADCK` ‖ u8 version 1 ‖ u32 length ‖ a BLOCKS message of that one block, with the proof ‖ image. A body that is not kept any more is left out. */
#ifndef NODE_CHECKPOINT_H
#define NODE_CHECKPOINT_H

#include "chain/message.h"
#include "network/ledger/ledger.h"

/* What its operator states. */
struct checkpoint_trust {
    uint32_t height;
    struct hash hash;    /* of the block */
    struct hash derived; /* of the index entries of the state, which the block's state root does not cover */
};
struct node_checkpoint {
    struct checkpoint_trust trust;
    struct str bytes; /* borrowed */
};

/* All of it owned: see checkpoint_done. */
struct checkpoint {
    struct certified_block base;
    struct finality_proof *proof;
    struct committee *previous, *next; /* that made the block final; that votes above it */
    struct ledger_state *state;        /* after the block */
};

/* Appends it, and says what it must be checked against. */
void checkpoint_write(const struct certified_block *base, struct finality_proof *proof, const struct ledger_state *state, struct buf *out,
                      struct checkpoint_trust *out_trust);
/* CODE_NONE and *out: every part holds. PARSE_ERROR: not a checkpoint. CHECKPOINT_CONFLICT: of another block than is trusted, or a part of it is not that
 * block's. */
enum code checkpoint_read(const struct node_checkpoint *given, const struct ledger_rules *rules, struct checkpoint *out) MUST_CHECK;
void checkpoint_done(struct checkpoint *checkpoint);

#endif
