/* What can be read of the shielded pool in a state (X8, X9, X10, X26, X27). */
#ifndef LEDGER_SHIELDED_VIEW_H
#define LEDGER_SHIELDED_VIEW_H

#include "chain/response_shielded.h"
#include "network/ledger/ledger.h"

/* Notes from `from` on, at most `limit`, into `out`. Those at or below `finalized` are final. */
uint32_t ledger_notes_view(const struct ledger_state *state, uint32_t from, uint32_t limit, uint32_t finalized, struct arena *arena,
                           struct note_view *out);
/* The index of the first note at or above a height; the number of notes when there is none. */
uint32_t ledger_notes_from_height(const struct ledger_state *state, uint32_t height);
uint32_t ledger_notes_count(const struct ledger_state *state, uint32_t height); /* of those at or below it */
void ledger_shielded_view(const struct ledger_state *state, struct shielded_state_view *out);
/* spent, height and transaction_id; whether one waits is the pool's to say. */
void ledger_nullifier_view(const struct ledger_state *state, const struct hash *image, struct nullifier_status *out);
/* Spent key images in chain order, from number `from` on; at most `limit`. */
uint32_t ledger_nullifiers_view(const struct ledger_state *state, uint32_t from, uint32_t limit, struct nullifier_view *out);
uint32_t ledger_nullifiers_from_height(const struct ledger_state *state, uint32_t height); /* as of notes */
/* Spent in this state, and no switch lets it be spent again. */
bool ledger_key_image_refused(const struct ledger_rules *rules, const struct ledger_state *state, const struct hash *image);

#endif
