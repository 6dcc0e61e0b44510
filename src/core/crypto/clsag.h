/* CLSAG: a linkable ring signature (Goodell, Noether, RandomRun, "Concise Linkable Ring Signatures and Forgery Against Adversarial
 * Keys", 2019) over notes of the shielded pool, exactly as shielded 3: it shows that somebody who owns one note of the ring
 * signed, that the pseudo-output commits to that note's value, and by the key image that the note is spent but once. */
#ifndef CRYPTO_CLSAG_H
#define CRYPTO_CLSAG_H

#include "core/crypto/hash.h"
#include "core/crypto/shield_source.h"

enum { CLSAG_RING_MAX = 64 };
static inline size_t clsag_bytes(uint32_t ring) { return 32 * ((size_t)ring + 2); } /* c_0, s_0 ... s_{n-1}, D */
#define CLSAG_BYTES_MAX (32 * (CLSAG_RING_MAX + 2))

struct clsag_member {
    struct point key, commitment; /* P_j, C_j */
};
struct clsag_statement {
    const struct clsag_member *ring;
    uint32_t count; /* 1 ... CLSAG_RING_MAX */
    struct point pseudo, key_image;
    struct hash message;
};
struct clsag_secret {
    uint32_t index;            /* of the real member */
    struct scalar secret;      /* x: its key is x*G */
    struct scalar blinding;    /* z: its commitment less the pseudo-output is z*G */
};

/* M = Hash("adnet/sh/msg/v1", the transaction's first 96 bytes || payload up to its signatures) */
#define CLSAG_HEADER_BYTES 96
struct hash clsag_message(const uint8_t header[CLSAG_HEADER_BYTES], struct str payload_prefix);

/* Writes clsag_bytes(statement->count); `rnd` are 32 bytes of the caller's source. The secret need not be true: a forger's
 * signature is made as well, and does not verify. */
void clsag_sign(const struct clsag_statement *statement, const struct clsag_secret *secret, const uint8_t rnd[32], uint8_t *out);
/* All encodings in it canonical, D not the identity. Length as clsag_bytes. */
bool clsag_well_formed(struct str signature, uint32_t ring) MUST_CHECK;
/* For a well-formed signature over valid points. */
bool clsag_verify(const struct clsag_statement *statement, struct str signature) MUST_CHECK;

#endif
