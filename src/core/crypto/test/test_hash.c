/* Tries the tagged hash against its published vector, and the streaming form against the whole one. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/hash.h"
#include "core/crypto/wipe.h"

static void the_tagged_hash_of_nothing_is_the_published_one(void)
{
    const struct hash hash = hash_tagged("adnet/test/v1", "", 0);
    CHECK_HEX(hash.b, 32, "ec1604bffc0d0edb91442af36ecb0e81958026817235487f26dfec87e08eefef");
}

static void pieces_hash_as_the_whole_does(void)
{
    uint8_t data[2000];
    struct rng rng;
    rng_init(&rng, 3);
    rng_bytes(&rng, data, sizeof(data));
    for (size_t bytes = 0; bytes <= sizeof(data); bytes += 1 + bytes / 7) {
        const struct hash whole = hash_tagged("adnet/test/v1", data, bytes);
        struct hasher hasher;
        hasher_init(&hasher, "adnet/test/v1");
        for (size_t at = 0; at < bytes;) {
            const size_t take = (size_t)rng_range(&rng, 1, bytes - at);
            hasher_add(&hasher, data + at, take);
            at += take;
        }
        const struct hash pieces = hasher_final(&hasher);
        CHECK(hash_eq(&whole, &pieces));
    }
}

static void numbers_are_added_little_endian(void)
{
    static const uint8_t wire[] = {7, 0x44, 0x33, 0x22, 0x11, 8, 7, 6, 5, 4, 3, 2, 1};
    struct hasher hasher;
    hasher_init(&hasher, "t");
    hasher_add_u8(&hasher, 7);
    hasher_add_u32(&hasher, 0x11223344);
    hasher_add_u64(&hasher, UINT64_C(0x0102030405060708));
    const struct hash pieces = hasher_final(&hasher), whole = hash_tagged("t", wire, sizeof(wire));
    CHECK(hash_eq(&whole, &pieces));
}

static void the_tag_and_its_length_separate_domains(void)
{
    const struct hash a = hash_tagged("ab", "c", 1), b = hash_tagged("a", "bc", 2), c = hash_tagged("ab", "d", 1);
    CHECK(!hash_eq(&a, &b) && !hash_eq(&a, &c));
}

static void hashes_compare_as_bytes(void)
{
    struct hash a = {{0}}, b = {{0}};
    CHECK(hash_is_zero(&a) && hash_eq(&a, &b) && hash_cmp(&a, &b) == 0);
    b.b[31] = 1;
    CHECK(!hash_is_zero(&b) && !hash_eq(&a, &b) && hash_cmp(&a, &b) < 0);
    a.b[0] = 0x80;
    CHECK(hash_cmp(&a, &b) > 0);
}

static void blake2s_is_the_published_one(void)
{
    const struct hash hash = hash_blake2s("abc", 3); /* RFC 7693, appendix B */
    CHECK_HEX(hash.b, 32, "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
}

static void wiping_leaves_nothing(void)
{
    uint8_t secret[40];
    memset(secret, 0xa5, sizeof(secret));
    crypto_wipe(secret, 39);
    for (size_t i = 0; i < 39; i++) CHECK_U64(secret[i], 0);
    CHECK_U64(secret[39], 0xa5);
    crypto_wipe(NULL, 0);
}

int main(void)
{
    RUN(the_tagged_hash_of_nothing_is_the_published_one);
    RUN(pieces_hash_as_the_whole_does);
    RUN(numbers_are_added_little_endian);
    RUN(the_tag_and_its_length_separate_domains);
    RUN(hashes_compare_as_bytes);
    RUN(blake2s_is_the_published_one);
    RUN(wiping_leaves_nothing);
    return 0;
}
