/* Shield note: keys of the shielded pool, notes made for an address, found again by its owner, and commitments (shielded 2). */
#ifndef CRYPTO_SHIELD_NOTE_H
#define CRYPTO_SHIELD_NOTE_H

#include "core/crypto/shield_source.h"

struct shield_address {
    struct point view, spend; /* A, B */
};
struct shield_viewer { /* may look, not spend */
    struct scalar view;
    struct point spend;
};
struct shield_keys {
    struct scalar view, spend; /* a, b */
    struct shield_address address;
};
/* As it stands in transactions, in the state and in X8. */
struct shield_note {
    struct point one_time_key, commitment, tx_key; /* P, C, R */
    uint8_t enc[8];
};
_Static_assert(sizeof(struct shield_note) == 104, "a note is 104 bytes");
struct shield_opening { /* what only its owner (and who made it) knows */
    uint64_t value;
    struct scalar blinding;
};
struct shield_owned {
    struct shield_opening opening;
    struct scalar secret; /* x: P = x*G */
};

struct shield_keys shield_keys_draw(struct source *source); /* a, then b */
struct shield_viewer shield_viewer_of(const struct shield_keys *keys);

/* Notes that nobody can spend, for pools to begin with: hashes to the group, written down when the program is built. */
enum { SHIELD_GENESIS_NOTES = 128 };
extern const struct shield_note shield_genesis_notes[SHIELD_GENESIS_NOTES];

/* value*H + blinding*G */
struct point shield_commit(u128 value, const struct scalar *blinding);

/* A note of `value` at position `output` of its transaction; draws r. */
void shield_note_make(struct source *source, const struct shield_address *to, uint64_t value, uint32_t output, struct shield_note *out,
                      struct shield_opening *out_opening);

/* Whether the note is the viewer's, by its key; then what is in it. False also for a note whose commitment is not to what it
 * says: nobody can spend it as such. The points of the note are valid. */
bool shield_note_open(const struct shield_viewer *viewer, const struct shield_note *note, uint32_t output, struct shield_opening *out) MUST_CHECK;
/* The same for who may spend. */
bool shield_note_own(const struct shield_keys *keys, const struct shield_note *note, uint32_t output, struct shield_owned *out) MUST_CHECK;
struct point shield_key_image(const struct scalar *secret, const struct point *one_time_key); /* x * Hp(P) */

#endif
