/* What the prover and the verifier of range proofs share: the transcript and the layout. For the room's own eyes. */
#ifndef CRYPTO_RANGEPROOF_PRIV_H
#define CRYPTO_RANGEPROOF_PRIV_H

#include "core/crypto/rangeproof.h"

enum { BITS_MAX = RANGEPROOF_VALUES_MAX * RANGEPROOF_BITS, ROUNDS_MAX = 8 };
_Static_assert((int)BITS_MAX == (int)SHIELD_GENERATORS, "a generator for every bit");
_Static_assert((int)BITS_MAX == 1 << (int)ROUNDS_MAX, "halved down to one");

struct proof_size {
    uint32_t values; /* M: rounded up to 1, 2, 4 */
    uint32_t bits;   /* N */
    uint32_t rounds; /* k */
};
struct proof_size proof_size(uint32_t count);

/* Offsets of 32-byte items. */
enum { AT_A, AT_S, AT_T1, AT_T2, AT_TAUX, AT_MU, AT_T, AT_ROUNDS };

struct transcript {
    uint8_t state[64];
};
struct transcript transcript_init(const struct point *commitments, uint32_t count);
/* st <- X(tag, st || a || b); answers st mod L. */
struct scalar transcript_step(struct transcript *t, const char *tag, const void *data, size_t bytes);

#endif
