/* Image: a whole state as bytes, for a node that starts from a checkpoint instead of executing every block. What stands in the state root is
 * checked against it; the index entries of the families do not stand there (family_priv.h), so whoever hands a checkpoint over states their digest
 * beside the block's hash. Nothing of an image is used before both are found right.
 *
 * u8 version 1 ‖ u8 chain ‖ u32 height ‖ u32 n ‖ n × (u16 length ‖ key ‖ u32 length ‖ value) of everything but accounts, keys ascending
 * ‖ u32 m ‖ m × (key(32) ‖ u16 length ‖ entry) of accounts, keys ascending. */
#ifndef LEDGER_IMAGE_H
#define LEDGER_IMAGE_H

#include "network/ledger/ledger.h"

struct ledger_image_digests {
    struct hash root;    /* of the state */
    struct hash derived; /* of the index entries: H over each key and value, in order */
};

/* Appends the image of `state`, and says what it must be checked against. */
void ledger_image_write(const struct ledger_state *state, struct buf *out, struct ledger_image_digests *out_digests);
/* What an image amounts to, whatever it claims. False: not an image. */
bool ledger_image_digests(struct str image, struct ledger_image_digests *out) MUST_CHECK;
/* The state of an image that has these digests: a new reference. NULL: it is not one, has others, is of another chain or height, or holds what no
 * ledger writes. */
struct ledger_state *ledger_image_read(struct str image, enum chain_id chain, uint32_t height, const struct ledger_image_digests *wanted) MUST_CHECK;

#endif
