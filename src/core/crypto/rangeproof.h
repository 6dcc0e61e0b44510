/* Range proof: that commitments are to values in [0, 2^64), as one aggregated Bulletproof (Bünz, Bootle, Boneh, Poelstra, Wuille,
 * Maxwell, "Bulletproofs: Short Proofs for Confidential Transactions and More", 2018) over up to four, exactly as shielded 4.
 * Many are checked together for little more than a third of the time. Pure; working sets live on the heap. */
#ifndef CRYPTO_RANGEPROOF_H
#define CRYPTO_RANGEPROOF_H

#include "core/crypto/shield_note.h"

enum { RANGEPROOF_VALUES_MAX = 4, RANGEPROOF_BITS = 64, RANGEPROOF_BYTES_MAX = 800 };

/* Bytes of a proof over `count` values: 672, 736, 800, 800; 0 for a count out of 1 ... 4. */
size_t rangeproof_bytes(uint32_t count);

/* Writes rangeproof_bytes(count); `rnd` are 32 bytes of the caller's source. `commitments` are of the openings, in order. */
void rangeproof_prove(const struct shield_opening *openings, const struct point *commitments, uint32_t count, const uint8_t rnd[32],
                      uint8_t *out);

struct rangeproof_check {
    const struct point *commitments; /* valid */
    uint32_t count;                  /* 1 ... RANGEPROOF_VALUES_MAX */
    struct str proof;                /* well formed */
};
/* Length and every encoding canonical, no point the identity. */
bool rangeproof_well_formed(struct str proof, uint32_t count) MUST_CHECK;
bool rangeproof_verify(const struct rangeproof_check *check) MUST_CHECK;
/* All at once; when one fails all are looked at alone, and out_valid[i] says which hold. True: all do. */
bool rangeproof_verify_batch(const struct rangeproof_check *checks, size_t count, bool *out_valid) MUST_CHECK;

#endif
