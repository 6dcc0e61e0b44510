/* Shield suite: the shielded pool's proofs and notes, real or simulated behind the same interface (as sign_suite is for signatures).
 *
 *     SHIELD_REAL       clsag.h, rangeproof.h, shield_note.h
 *     SHIELD_SIMULATED  the same sizes and well-formed encodings, but a ring signature and a range proof are keyed hashes over all that
 *                       they would prove: microseconds instead of a tenth of a second. Who proves must know the secrets as ever (a
 *                       prover that does not makes bytes that do not verify), and every byte of proof and statement is bound. A note
 *                       carries a mark by which its owner finds it with one hash. Keys, key images and commitments are real.
 *
 * Simulated proofs are not secure, hide nothing from whoever knows an address, and are never meant for anything but a simulated
 * network whose bots do not try. Both sides of a network must use the same suite. Pure. */
#ifndef CRYPTO_SHIELD_SUITE_H
#define CRYPTO_SHIELD_SUITE_H

#include "core/crypto/clsag.h"
#include "core/crypto/rangeproof.h"
#include "core/crypto/shield_note.h"
#include "core/crypto/shield_scheme.h"

/* As clsag_sign, clsag_verify; rangeproof_prove, rangeproof_verify, rangeproof_verify_batch. */
void suite_ring_sign(struct shield_suite suite, const struct clsag_statement *statement, const struct clsag_secret *secret, const uint8_t rnd[32],
                     uint8_t *out);
bool suite_ring_verify(struct shield_suite suite, const struct clsag_statement *statement, struct str signature) MUST_CHECK;
void suite_range_prove(struct shield_suite suite, const struct shield_opening *openings, const struct point *commitments, uint32_t count,
                       const uint8_t rnd[32], uint8_t *out);
bool suite_range_verify(struct shield_suite suite, const struct rangeproof_check *check) MUST_CHECK;
bool suite_range_verify_batch(struct shield_suite suite, const struct rangeproof_check *checks, size_t count, bool *out_valid) MUST_CHECK;

/* As shield_note_make, shield_note_own. */
void suite_note_make(struct shield_suite suite, struct source *source, const struct shield_address *to, uint64_t value, uint32_t output,
                     struct shield_note *out, struct shield_opening *out_opening);
bool suite_note_own(struct shield_suite suite, const struct shield_keys *keys, const struct shield_note *note, uint32_t output,
                    struct shield_owned *out) MUST_CHECK;

#endif
