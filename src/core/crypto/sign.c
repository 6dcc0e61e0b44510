#include "core/crypto/sign.h"

#include <sodium.h>

#include "core/crypto/wipe.h"

enum { SIGNED_BYTES_MAX = 1 + HASH_TAG_BYTES_MAX + 32 };

_Static_assert(sizeof(struct seckey) == crypto_sign_SECRETKEYBYTES, "a seckey is libsodium's: seed, then public key");
_Static_assert(offsetof(struct seckey, pub) == crypto_sign_SEEDBYTES, "a seckey is libsodium's: seed, then public key");

void seckey_from_seed(struct sign_suite suite, const uint8_t seed[32], struct seckey *out)
{
    struct seckey key;
    memcpy(key.seed, seed, sizeof(key.seed));
    switch (suite.scheme) {
    case SIGN_ED25519: {
        uint8_t pair[crypto_sign_SECRETKEYBYTES];
        crypto_sign_seed_keypair(key.pub.b, pair, seed);
        crypto_wipe(pair, sizeof(pair));
        break;
    }
    case SIGN_SIMULATED: {
        const struct hash hash = hash_tagged("adnet/simulated-key/v1", seed, 32);
        memcpy(key.pub.b, hash.b, sizeof(key.pub.b));
        break;
    }
    }
    *out = key;
    crypto_wipe(&key, sizeof(key));
}

void seckey_wipe(struct seckey *key) { crypto_wipe(key, sizeof(*key)); }

/* S(tag, d) into `out`, which has room for SIGNED_BYTES_MAX; returns its bytes. */
static size_t signed_bytes(const char *tag, const struct hash *digest, uint8_t *out)
{
    const size_t tag_bytes = strlen(tag);
    ASSERT(tag_bytes <= HASH_TAG_BYTES_MAX);
    out[0] = (uint8_t)tag_bytes;
    memcpy(out + 1, tag, tag_bytes);
    memcpy(out + 1 + tag_bytes, digest->b, sizeof(digest->b));
    return 1 + tag_bytes + sizeof(digest->b);
}

static struct signature simulated(const struct pubkey *pub, const char *tag, const struct hash *digest)
{
    uint8_t keyed[sizeof(*pub) + SIGNED_BYTES_MAX];
    memcpy(keyed, pub->b, sizeof(*pub));
    const size_t bytes = sizeof(*pub) + signed_bytes(tag, digest, keyed + sizeof(*pub));
    struct signature out;
    crypto_generichash(out.b, sizeof(out.b), keyed, bytes, NULL, 0);
    return out;
}

static struct signature ed25519(const struct seckey *key, const char *tag, const struct hash *digest)
{
    uint8_t text[SIGNED_BYTES_MAX];
    const size_t bytes = signed_bytes(tag, digest, text);
    struct signature out;
    crypto_sign_detached(out.b, NULL, text, bytes, (const uint8_t *)key);
    return out;
}

struct signature sign_digest(struct sign_suite suite, const struct seckey *key, const char *tag, const struct hash *digest)
{
    const struct sign_helper *helper = suite.helper;
    struct signature out;
    if (helper == NULL || helper->foreseen == NULL || !helper->foreseen(helper->ctx, &key->pub, tag, digest, &out))
        out = suite.scheme == SIGN_SIMULATED ? simulated(&key->pub, tag, digest) : ed25519(key, tag, digest);
    if (helper != NULL) helper->made(helper->ctx, &key->pub, tag, digest, &out);
    return out;
}

struct sign_promise *sign_promise(struct sign_suite suite, const struct seckey *key, const char *tag, const struct hash *digest)
{
    const struct sign_helper *helper = suite.helper;
    return helper == NULL || helper->promise == NULL ? NULL : helper->promise(helper->ctx, key, tag, digest);
}

struct signature sign_promise_keep(struct sign_promise *promise) { return promise->keep(promise); }

void sign_foresee(struct sign_suite suite, const struct seckey *key, const char *tag, const struct hash *digest)
{
    const struct sign_helper *helper = suite.helper;
    if (helper != NULL && helper->foresee != NULL) helper->foresee(helper->ctx, key, tag, digest);
}

bool sign_verify(struct sign_suite suite, const struct pubkey *key, const char *tag, const struct hash *digest,
                 const struct signature *signature)
{
    if (suite.scheme == SIGN_SIMULATED) {
        const struct signature want = simulated(key, tag, digest);
        return memcmp(want.b, signature->b, sizeof(want.b)) == 0;
    }
    uint8_t text[SIGNED_BYTES_MAX];
    const size_t bytes = signed_bytes(tag, digest, text);
    /* libsodium refuses S >= L, a public key that is not canonical or of small order, and R of small order; R is compared
     * as bytes with its canonical encoding, without the cofactor. test_sign.c tries each. */
    return crypto_sign_verify_detached(signature->b, text, bytes, key->b) == 0;
}

const char *sign_scheme_text(enum sign_scheme scheme)
{
    switch (scheme) {
    case SIGN_ED25519: return "ed25519";
    case SIGN_SIMULATED: return "simulated";
    }
    UNREACHABLE();
}

struct signature signature_reduced(const struct signature *signature)
{
    struct signature out = *signature;
    uint8_t wide[64] = {0};
    memcpy(wide, signature->b + 32, 32);
    crypto_core_ed25519_scalar_reduce(out.b + 32, wide);
    return out;
}
