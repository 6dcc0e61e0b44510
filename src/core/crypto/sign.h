/* Signatures over tagged digests: S(tag, d) = u8 len(tag) || tag || d for a 32-byte d.
 *
 * Two schemes stand behind one interface, chosen by a value that is passed in:
 *   SIGN_ED25519    RFC 8032, pure. Verification is strict and cofactorless: S < L, canonical encodings, a public
 *                   key or R of small order is refused.
 *   SIGN_SIMULATED  for very long simulated runs: the public key is a hash of the seed, a signature is 64 bytes of
 *                   a hash keyed by the PUBLIC key. Anyone who knows a public key can sign for it. It is NOT
 *                   secure and never meant for anything but a simulated network, whose bots do not try.
 *
 * Pure functions: same input, same output, no shared state; safe on any thread, but that a suite with a helper signs on its
 * helper's thread alone. Signing and verifying take up to 4 KiB of stack. */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include "core/crypto/hash.h"

enum sign_scheme { SIGN_ED25519, SIGN_SIMULATED };

struct pubkey {
    uint8_t b[32];
};
struct signature {
    uint8_t b[64];
};

/* Expanded by what signing needs beside the seed, so it is made once and kept. Clear with seckey_wipe. */
struct seckey {
    uint8_t seed[32];
    struct pubkey pub;
};

/* A signature whose bytes nobody needs yet. sign_promise_keep ends it. */
struct sign_promise {
    struct signature (*keep)(struct sign_promise *promise);
};

/* Who helps those who sign: hears of every signature they are given, and may make some of them elsewhere, ahead of the need. A signature is
 * determined by key, tag and digest (RFC 8032, 5.1.6), so nobody can tell where it was made. `tag` is a literal. */
struct sign_helper {
    void (*made)(void *ctx, const struct pubkey *key, const char *tag, const struct hash *digest, const struct signature *signature);
    /* The next three together, or none. */
    struct sign_promise *(*promise)(void *ctx, const struct seckey *key, const char *tag, const struct hash *digest);
    void (*foresee)(void *ctx, const struct seckey *key, const char *tag, const struct hash *digest);
    bool (*foreseen)(void *ctx, const struct pubkey *key, const char *tag, const struct hash *digest, struct signature *out);
    void *ctx;
};

struct sign_suite {
    enum sign_scheme scheme;
    const struct sign_helper *helper; /* outlives the suite; NULL: nobody helps. Not asked when a signature is verified */
};

void seckey_from_seed(struct sign_suite suite, const uint8_t seed[32], struct seckey *out);
void seckey_wipe(struct seckey *key);

struct signature sign_digest(struct sign_suite suite, const struct seckey *key, const char *tag, const struct hash *digest);
/* sign_digest, begun now and to be had from sign_promise_keep, once, whenever its bytes are needed; every promise is kept. NULL: nobody would
 * make it elsewhere. */
struct sign_promise *sign_promise(struct sign_suite suite, const struct seckey *key, const char *tag, const struct hash *digest) MUST_CHECK;
struct signature sign_promise_keep(struct sign_promise *promise);
/* sign_digest will probably be asked for this before long. */
void sign_foresee(struct sign_suite suite, const struct seckey *key, const char *tag, const struct hash *digest);
bool sign_verify(struct sign_suite suite, const struct pubkey *key, const char *tag, const struct hash *digest,
                 const struct signature *signature) MUST_CHECK;

/* The same with S reduced below the group's order: what a verifier that does not insist on it takes for the same signature. */
struct signature signature_reduced(const struct signature *signature);
static inline bool pubkey_eq(const struct pubkey *a, const struct pubkey *b) { return memcmp(a->b, b->b, sizeof(a->b)) == 0; }
const char *sign_scheme_text(enum sign_scheme scheme); /* "ed25519", "simulated" */

#endif
