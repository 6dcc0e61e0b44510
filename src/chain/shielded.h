/* Shielded: what the payload of a shielded kind must be by itself, whatever the chain holds (shielded 6, steps 2 to 7), and what its
 * ring signatures sign. Wire values and those of core/crypto's shield units are the same bytes. */
#ifndef CHAIN_SHIELDED_H
#define CHAIN_SHIELDED_H

#include "chain/payload.h"
#include "core/crypto/clsag.h"
#include "core/crypto/rangeproof.h"

#define SHIELDED_VALUE_MAX UINT64_MAX

static inline bool shielded_is(uint16_t kind)
{
    return kind == KIND_SHIELDED_DEPOSIT || kind == KIND_SHIELDED_TRANSFER || kind == KIND_SHIELDED_WITHDRAW;
}
static inline bool shielded_is_spend(uint16_t kind) { return kind == KIND_SHIELDED_TRANSFER || kind == KIND_SHIELDED_WITHDRAW; }

_Static_assert(sizeof(struct wire_note) == sizeof(struct shield_note), "a note is its bytes");
static inline const struct shield_note *shielded_note(const struct wire_note *note) { return (const struct shield_note *)(const void *)note; }
static inline const struct point *shielded_point(const struct hash *bytes) { return (const struct point *)(const void *)bytes; }
static inline const struct scalar *shielded_scalar(const struct hash *bytes) { return (const struct scalar *)(const void *)bytes; }

/* Steps 2 to 7 of a decoded payload: CODE_NONE, or the code of the first that fails, with `error` (may be NULL). */
enum code shielded_check(enum kind kind, const union payload *payload, struct amount fee, struct amount tip,
                         const struct tx_rules *rules, struct apierror *error) MUST_CHECK;

/* M of a spend, from the transaction's unsigned (or signed) bytes up to its signatures: `header` are its first 96, `prefix` is its
 * payload up to the count of signatures. */
struct hash shielded_message(const struct tx *tx, const struct payload_shielded_spend *spend);

/* What the pool is to pay of fee and tip: 0 for other kinds, and where the sender pays. `tx` has passed tx_decode. */
struct amount shielded_pool_fee(const struct tx *tx);
/* The key images of a spend, into `out`; 0 for other kinds. `tx` has passed tx_decode. */
size_t shielded_key_images(const struct tx *tx, struct hash out[SHIELDED_INPUTS_MAX]);

/* What there is to check in the proofs of a spend. */
struct shielded_shape {
    uint32_t inputs, members; /* ring signatures, and the members of all their rings together */
    uint32_t outputs;         /* values that its range proof is about */
};
/* Reads no more of a signed transaction's bytes than that takes. False: they are no spend, or end too early. */
bool shielded_shape_peek(struct str bytes, struct shielded_shape *out) MUST_CHECK;

#endif
