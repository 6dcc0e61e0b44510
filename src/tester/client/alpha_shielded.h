/* The shielded pool by AlphaOS (X8, X9, X10, X26, X27). As in alpha.h: results are borrowed from `out`, NULL unless ANSWER_OK. A client
 * reads contiguous ranges of notes, never its ring members alone: the node would know the ring. */
#ifndef CLIENT_ALPHA_SHIELDED_H
#define CLIENT_ALPHA_SHIELDED_H

#include "chain/response_shielded.h"
#include "tester/client/alpha.h"

/* X8: struct note_view, ascending without a gap from index `from` (checked); limit 0: the default. */
const struct page *alpha_notes(const struct alpha *alpha, uint32_t from, uint32_t limit, struct instant deadline, struct answer *out) FIBER;
/* The same from the first note of a height. */
const struct page *alpha_notes_from_height(const struct alpha *alpha, uint32_t height, uint32_t limit, struct instant deadline,
                                           struct answer *out) FIBER;
const struct shielded_state_view *alpha_shielded_state(const struct alpha *alpha, struct instant deadline, struct answer *out) FIBER; /* X9 */
const struct nullifier_status *alpha_nullifier(const struct alpha *alpha, const struct hash *image, struct instant deadline,
                                               struct answer *out) FIBER; /* X10 */
/* X26: notes at or below a height. */
bool alpha_shielded_count(const struct alpha *alpha, uint32_t height, struct instant deadline, uint32_t *out_notes,
                          struct answer *out) FIBER;
/* X27: struct nullifier_view in chain order, none below the height (checked); `cursor` empty: from the first. */
const struct page *alpha_nullifiers(const struct alpha *alpha, uint32_t from_height, uint32_t limit, struct str cursor,
                                    struct instant deadline, struct answer *out) FIBER;

#endif
