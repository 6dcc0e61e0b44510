/* Shield source: the bytes that provers and wallets take for random, from a seed (shielded 1): the ChaCha20 key stream (RFC 8439)
 * under the seed, nonce 0, counter from 0, byte by byte without gaps. The same seed gives the same bytes; the library's own
 * generator is never asked. Holds a secret: clear it with source_wipe. */
#ifndef CRYPTO_SHIELD_SOURCE_H
#define CRYPTO_SHIELD_SOURCE_H

#include "core/crypto/shield_group.h"

struct source {
    uint8_t key[32], block[64];
    uint32_t counter, used; /* blocks made, bytes of the last one given */
};

struct source source_of(const uint8_t seed[32]);
struct source source_of_wide(struct wide_hasher *hasher); /* the seed is the first 32 bytes of the final */
void source_wipe(struct source *source);

/* At most 2^32 blocks, which nobody lives to see. */
void source_bytes(struct source *source, void *out, size_t bytes);
struct scalar source_scalar(struct source *source);              /* 64 bytes mod L; again when 0 */
uint64_t source_below(struct source *source, uint64_t bound);    /* shielded 9; bound > 0 */
uint64_t source_count(const struct source *source);              /* bytes given so far */

#endif
