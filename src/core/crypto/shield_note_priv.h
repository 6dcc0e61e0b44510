/* Notes behind their shared secret ss, however that came to be. For the room's own eyes. */
#ifndef CRYPTO_SHIELD_NOTE_PRIV_H
#define CRYPTO_SHIELD_NOTE_PRIV_H

#include "core/crypto/shield_note.h"

/* Everything of a note but its tx_key. */
void note_fill(const struct point *ss, const struct point *spend, uint64_t value, uint32_t output, struct shield_note *out,
               struct shield_opening *out_opening);
/* Whether it is that spend key's, and says what it commits to; k to out_key. */
bool note_open(const struct point *ss, const struct point *spend, const struct shield_note *note, uint32_t output, struct shield_opening *out,
               struct scalar *out_key) MUST_CHECK;

#endif
