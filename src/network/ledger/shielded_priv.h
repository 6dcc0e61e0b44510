/* Shielded pool: what it keeps, and how a spend is judged. For the ledger's own eyes.
 *
 *     SPACE_NOTE       u32 index (little-endian)   note(104) ‖ u32 height
 *     SPACE_NULLIFIER  key image                   u32 height
 *     SPACE_PARAM      "shielded"                  u128 deposited ‖ u128 withdrawn ‖ u128 fees paid by the pool
 *     INDEX_SHIELDED   'n' ‖ u32 index             id of its transaction ‖ u16 output ‖ u16 kind
 *                      'p' ‖ one-time key          u32 index
 *                      'h' ‖ u32 height            u32 notes up to that height (where that grew)
 *                      'x' ‖ u32 number            key image ‖ id of the transaction that spent it ‖ u32 height; in chain order
 *                      'i' ‖ key image             u32 number
 *                      'y' ‖ u32 height            u32 key images up to that height (where that grew)
 *                      'c'                         u32 notes ‖ u32 nullifiers */
#ifndef LEDGER_SHIELDED_PRIV_H
#define LEDGER_SHIELDED_PRIV_H

#include "chain/shielded.h"
#include "core/crypto/shield_suite.h"
#include "network/ledger/family_priv.h"
#include "network/ledger/guard_shielded_priv.h"
#include "network/ledger/proofcache.h"

struct pool_counts {
    uint32_t notes, nullifiers;
};
struct pool_sums {
    u128 deposited, withdrawn, fees;
};
struct pool_note {
    struct shield_note note;
    uint32_t height;
};
struct pool_origin { /* of a note */
    struct hash id;
    uint16_t output;
    enum kind kind;
};

struct pool_counts pool_counts(const struct ordmap *objects);
struct pool_sums pool_sums(const struct ordmap *objects);
static inline u128 pool_balance(const struct pool_sums *sums) { return sums->deposited - sums->withdrawn - sums->fees; }
bool pool_note(const struct ordmap *objects, uint32_t index, struct pool_note *out) MUST_CHECK;
bool pool_note_origin(const struct ordmap *objects, uint32_t index, struct pool_origin *out) MUST_CHECK;
bool pool_has_key(const struct ordmap *objects, const struct hash *one_time_key);
uint32_t pool_notes_up_to(const struct ordmap *objects, uint32_t height);
bool pool_nullifier(const struct ordmap *objects, const struct hash *image, uint32_t *out_height, struct hash *out_id) MUST_CHECK;
struct pool_spent {
    struct hash image, id;
    uint32_t height;
};
bool pool_nullifier_at(const struct ordmap *objects, uint32_t number, struct pool_spent *out) MUST_CHECK;
uint32_t pool_nullifiers_up_to(const struct ordmap *objects, uint32_t height);

/* Answers the note's index. */
uint32_t pool_note_add(struct work *work, const struct wire_note *note, uint32_t height, const struct pool_origin *origin);
void pool_nullifier_add(struct work *work, const struct hash *image, uint32_t height, const struct hash *id);
void pool_sums_set(struct work *work, const struct pool_sums *sums);

/* Steps 8 to 18 of shielded 6 on the state as it is now. CODE_NONE, or the code of the first that fails, said in the receipt. */
enum code spend_check(struct exec *x, const struct payload_shielded_spend *spend) MUST_CHECK;
/* Steps 8 to 15 alone; fills members[i][j] with what stands in the rings, where they exist. */
enum code spend_check_cheap(struct exec *x, const struct payload_shielded_spend *spend, struct clsag_member (*members)[CLSAG_RING_MAX]) MUST_CHECK;
struct hash rings_hash(const struct payload_shielded_spend *spend, struct clsag_member (*members)[CLSAG_RING_MAX]);
/* Steps 16 and 17, whatever the switches say: what fails first. */
struct proof_answer sums_and_signatures(const struct ledger_rules *rules, const struct tx *tx, const struct payload_shielded_spend *spend,
                                        struct clsag_member (*members)[CLSAG_RING_MAX]);
struct rangeproof_check range_check(const struct payload_shielded_spend *spend, struct point commitments[SHIELDED_OUTPUTS_MAX]);
/* Looks ahead at spends that will be executed or admitted on this state, and remembers in rules->proofs what their proofs are worth:
 * ring signatures one by one, then the range proofs of those that passed, all in one batch (shielded 4). What fails a cheap step is
 * left alone; nothing is decided here. Without a memory, or with a switch on that skips proofs, nothing is done. */
void shielded_foresee(struct work *work, struct tx *const *txs, size_t count);
/* Step 13 for one or more notes. */
enum code notes_check(struct exec *x, const struct wire_note *notes, uint32_t count, enum receipt_field field) MUST_CHECK;

#endif
