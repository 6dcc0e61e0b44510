/* Tries to get a bad signature accepted: every flipped bit, and signatures that satisfy the equation but break a rule of strict
 * verification, built from scalars and points of small order. And the published vectors. */
#include <sodium.h>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/sign.h"

static const struct sign_suite ed25519 = {SIGN_ED25519}, simulated = {SIGN_SIMULATED};
static const char tag[] = "adnet/tx-sig/v1";

/* L, the order of the base point. */
static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                  0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
/* The eight points of small order, then encodings of two of them that are not canonical. */
static const char *const small_order[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static struct seckey key_of(struct sign_suite suite, uint8_t first)
{
    uint8_t seed[32];
    for (size_t i = 0; i < 32; i++) seed[i] = (uint8_t)(first + i);
    struct seckey key;
    seckey_from_seed(suite, seed, &key);
    return key;
}

static void check_vector(const struct seckey *key, const char *sig_tag, const char *digest_hex, const char *sig_hex)
{
    struct hash digest;
    CHECK(str_unhex(str_of(digest_hex), digest.b, 32));
    const struct signature sig = sign_digest(ed25519, key, sig_tag, &digest);
    CHECK_HEX(sig.b, 64, sig_hex);
    CHECK(sign_verify(ed25519, &key->pub, sig_tag, &digest, &sig));
}

static void the_published_keys_and_signatures_come_out(void)
{
    const struct seckey a = key_of(ed25519, 0), b = key_of(ed25519, 32);
    CHECK_HEX(a.pub.b, 32, "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
    CHECK_HEX(b.pub.b, 32, "29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7");
    const struct hash payload = hash_blake2s(a.pub.b, 32);
    CHECK_HEX(payload.b, 32, "bc4e7908ec08920102e7faf0898e7f4f71b24a5cc1b812e88c390794d557fcfa");
    check_vector(&a, tag, "7146e5ad2d5ab938fbd3e7692700bf2aed5d19e510147ae643e26b1bba6840b4",
                 "d0e67e323f5e7c38d057fb5626c2a234c5b8a9f1eaf99d13b3c183a2475a8198"
                 "39b030f34969014c2a0302441aced902c45992209f0f1237f256faf41608820c");
    check_vector(&b, tag, "524d4d4aff613e03b6e24323f6000ad16ab96a968dfbc70ee135e194d5400714",
                 "6749b7a6aba4b0da8ca0931c3551689bbf23bcb01110e9040f4a478a8c4200ca"
                 "c6c5da03cc73ec9ef253fb642eae0a8fe643c02c1419f98141eb70e6827c480c");
    check_vector(&a, "adnet/proposal-sig/v1", "c4b2fe7f781f62e1378b15dd48e8c73345cb2efa7dc226efe90eccd0adbaa473",
                 "681ae8c870db0b27f91ac002f700855ada357276bc9a35a5a8b716e9b602139f"
                 "ffe83f797904585f6421b8b3e07881cd93b5eff27679697e17e0e79f71566b00");
    check_vector(&a, "adnet/vote-sig/v1", "28da33db85a2646fef34405261623eb5c4d434621cf4dda11a52d76778ea9d46",
                 "76e3a0b43b0f968cb6b8379fcff6821b1ad0227feda77cfc3bbd60be34b9dff0"
                 "8d7724126faa303b205d4c4693d2488147b5a33e89493c00c94853dc2565f70f");
    check_vector(&a, "adnet/timeout-sig/v1", "6ece95886e0f4be28a647f53f8a54170e17f2dd4786c13322bbceda7cddca9b1",
                 "00bc4d7ab110a8ca892eeae651c1bd97ef7bdd5ffbaa8839213ff491adf09841"
                 "db71838b75e19ff52b91ce5fdceeedecd617f8051d34a5ea4ca64b745f661500");
}

static void check_every_flipped_bit(struct sign_suite suite)
{
    const struct seckey key = key_of(suite, 7);
    const struct hash digest = hash_tagged("t", "m", 1);
    const struct signature sig = sign_digest(suite, &key, tag, &digest);
    CHECK(sign_verify(suite, &key.pub, tag, &digest, &sig));
    for (size_t bit = 0; bit < 512; bit++) {
        struct signature bad_sig = sig;
        bad_sig.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(!sign_verify(suite, &key.pub, tag, &digest, &bad_sig));
        if (bit >= 256) continue;
        struct pubkey bad_key = key.pub;
        bad_key.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(!sign_verify(suite, &bad_key, tag, &digest, &sig));
        struct hash bad_digest = digest;
        bad_digest.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(!sign_verify(suite, &key.pub, tag, &bad_digest, &sig));
    }
    CHECK(!sign_verify(suite, &key.pub, "adnet/vote-sig/v1", &digest, &sig));
}

static void a_flipped_bit_anywhere_is_refused(void) { check_every_flipped_bit(ed25519); }
static void a_flipped_bit_is_refused_in_simulation_too(void) { check_every_flipped_bit(simulated); }

/* k = SHA-512(R || A || S(tag, digest)) mod L, as the verifier computes it. */
static void challenge(const uint8_t r[32], const uint8_t a[32], const struct hash *digest, uint8_t out[32])
{
    uint8_t wide[64];
    const uint8_t tag_bytes = sizeof(tag) - 1;
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, r, 32);
    crypto_hash_sha512_update(&state, a, 32);
    crypto_hash_sha512_update(&state, &tag_bytes, 1);
    crypto_hash_sha512_update(&state, (const uint8_t *)tag, tag_bytes);
    crypto_hash_sha512_update(&state, digest->b, 32);
    crypto_hash_sha512_final(&state, wide);
    crypto_core_ed25519_scalar_reduce(out, wide);
}

/* The secret scalar of a key, mod L. */
static void secret_scalar(const struct seckey *key, uint8_t out[32])
{
    uint8_t wide[64] = {0}, hashed[64];
    crypto_hash_sha512(hashed, key->seed, 32);
    memcpy(wide, hashed, 32);
    wide[0] &= 248;
    wide[31] &= 127;
    wide[31] |= 64;
    crypto_core_ed25519_scalar_reduce(out, wide);
}

static void s_above_the_order_is_refused(void)
{
    const struct seckey key = key_of(ed25519, 1);
    const struct hash digest = hash_tagged("t", "malleable", 9);
    struct signature sig = sign_digest(ed25519, &key, tag, &digest);
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)sig.b[32 + i] + order[i];
        sig.b[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    CHECK_U64(carry, 0);
    CHECK(!sign_verify(ed25519, &key.pub, tag, &digest, &sig));
}

/* S = k * a satisfies S * B = R + k * A for R = 0, and after multiplying by the cofactor for the others. */
static void r_of_small_order_is_refused(void)
{
    const struct seckey key = key_of(ed25519, 2);
    const struct hash digest = hash_tagged("t", "r", 1);
    for (size_t i = 0; i < ARRAY_LEN(small_order); i++) {
        struct signature sig;
        uint8_t k[32], a[32], left[32], right[32];
        CHECK(str_unhex(str_of(small_order[i]), sig.b, 32));
        challenge(sig.b, key.pub.b, &digest, k);
        secret_scalar(&key, a);
        crypto_core_ed25519_scalar_mul(sig.b + 32, k, a);
        CHECK(crypto_scalarmult_ed25519_base_noclamp(left, sig.b + 32) == 0);
        CHECK(crypto_scalarmult_ed25519_noclamp(right, k, key.pub.b) == 0);
        CHECK(memcmp(left, right, 32) == 0);
        CHECK(!sign_verify(ed25519, &key.pub, tag, &digest, &sig));
    }
}

/* With A of small order, R = r * B and S = r, any message verifies whose k is a multiple of that order. */
static void a_public_key_of_small_order_is_refused(void)
{
    const struct hash digest = hash_tagged("t", "a", 1);
    struct rng rng;
    rng_init(&rng, 4);
    for (size_t i = 0; i < ARRAY_LEN(small_order); i++) {
        struct pubkey pub;
        struct signature sig;
        uint8_t k[32];
        CHECK(str_unhex(str_of(small_order[i]), pub.b, 32));
        do {
            uint8_t wide[64];
            rng_bytes(&rng, wide, sizeof(wide));
            crypto_core_ed25519_scalar_reduce(sig.b + 32, wide);
            CHECK(crypto_scalarmult_ed25519_base_noclamp(sig.b, sig.b + 32) == 0);
            challenge(sig.b, pub.b, &digest, k);
        } while (k[0] % 8 != 0);
        CHECK(!sign_verify(ed25519, &pub, tag, &digest, &sig));
    }
}

/* R off by a point of small order: right after multiplying by the cofactor, wrong without. */
static void only_the_equation_without_cofactor_counts(void)
{
    const struct seckey key = key_of(ed25519, 3);
    const struct hash digest = hash_tagged("t", "c", 1);
    for (size_t i = 0; i < 8; i++) {
        struct signature sig;
        uint8_t torsion[32], r[32], nonce[64] = {5, (uint8_t)i}, k[32], a[32], ka[32];
        CHECK(str_unhex(str_of(small_order[i]), torsion, 32));
        crypto_core_ed25519_scalar_reduce(r, nonce);
        CHECK(crypto_scalarmult_ed25519_base_noclamp(sig.b, r) == 0);
        if (i > 0) CHECK(crypto_core_ed25519_add(sig.b, sig.b, torsion) == 0);
        challenge(sig.b, key.pub.b, &digest, k);
        secret_scalar(&key, a);
        crypto_core_ed25519_scalar_mul(ka, k, a);
        crypto_core_ed25519_scalar_add(sig.b + 32, r, ka);
        CHECK(sign_verify(ed25519, &key.pub, tag, &digest, &sig) == (i == 0)); /* the first adds nothing */
    }
}

static void the_schemes_do_not_accept_each_other(void)
{
    const struct seckey real = key_of(ed25519, 9), fake = key_of(simulated, 9);
    const struct hash digest = hash_tagged("t", "m", 1);
    const struct signature a = sign_digest(ed25519, &real, tag, &digest), b = sign_digest(simulated, &fake, tag, &digest);
    CHECK(!pubkey_eq(&real.pub, &fake.pub));
    CHECK(!sign_verify(simulated, &real.pub, tag, &digest, &a));
    CHECK(!sign_verify(ed25519, &fake.pub, tag, &digest, &b));
    CHECK_STR(str_of(sign_scheme_text(SIGN_ED25519)), STR("ed25519"));
    CHECK_STR(str_of(sign_scheme_text(SIGN_SIMULATED)), STR("simulated"));
}

static void a_wiped_key_is_gone(void)
{
    struct seckey key = key_of(ed25519, 9);
    seckey_wipe(&key);
    static const struct seckey zero;
    CHECK(memcmp(&key, &zero, sizeof(key)) == 0);
}

int main(void)
{
    RUN(the_published_keys_and_signatures_come_out);
    RUN(a_flipped_bit_anywhere_is_refused);
    RUN(a_flipped_bit_is_refused_in_simulation_too);
    RUN(s_above_the_order_is_refused);
    RUN(r_of_small_order_is_refused);
    RUN(a_public_key_of_small_order_is_refused);
    RUN(only_the_equation_without_cofactor_counts);
    RUN(the_schemes_do_not_accept_each_other);
    RUN(a_wiped_key_is_gone);
    return 0;
}
