/* Edtable: checks of Ed25519 signatures by keys that sign often.
 *
 * A check computes S * B - h * A and compares its encoding with R. With the multiples of 256^i * A laid out once, that takes
 * additions alone, where a check that knows nothing of the key doubles 256 times: about a third of the time, for 30 KiB a key
 * (fixed-base windows: Brickell, Gordon, McCurley, Wilson, "Fast exponentiation with precomputation", 1992; signed digits of 4
 * bits, even ones and odd ones apart, as Bernstein et al. lay out B in "High-speed high-security signatures", 2011).
 *
 * Answers are those of sign_verify, for every input: strict and cofactorless (test_edtable.c holds them against each other). For
 * public values only. A table is immutable and may be read by any thread. */
#ifndef CRYPTO_EDTABLE_H
#define CRYPTO_EDTABLE_H

#include "core/crypto/sign.h"

struct edtable;

struct edtable *edtable_base_new(void); /* of B, the group's base point */
/* Of a public key. NULL: not canonical, not on the curve, or of small order; no signature by it holds. */
struct edtable *edtable_new(const struct pubkey *key);
void edtable_free(struct edtable *table); /* accepts NULL */

/* Whether `signature` is `key`'s over these bytes; `table` is that key's, `base` B's. */
bool edtable_verify(const struct edtable *base, const struct edtable *table, const struct pubkey *key, const uint8_t *bytes,
                    size_t count, const struct signature *signature) MUST_CHECK;

#endif
