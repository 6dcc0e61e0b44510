/* Tries the list tree against published roots and a recursive model, and its proofs against every way to bend one. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/merkle.h"

enum { LEAVES_MAX = 70 };

static void letters(size_t count, struct hash *out)
{
    for (size_t i = 0; i < count; i++) {
        const char letter = (char)('a' + i);
        out[i] = merkle_leaf(&letter, 1);
    }
}

static void small_lists_have_the_published_roots(void)
{
    struct hash leaves[3];
    letters(3, leaves);
    struct hash root = merkle_root_of(leaves, 1);
    CHECK_HEX(root.b, 32, "500520eaad8fc227597827561a60ee5f456e427d798430150cd775e14528e65c");
    root = merkle_root_of(leaves, 3);
    CHECK_HEX(root.b, 32, "6c6755ba5f4b9f8165afb59c5faae604b0c7a8a790322ddc99b094700120d191");
    root = merkle_root_of(NULL, 0);
    CHECK(hash_is_zero(&root));
}

/* The definition, word for word: pad to a power of two, hash in pairs. */
static struct hash slow_root(const struct hash *leaves, size_t count, size_t from, size_t width)
{
    if (width == 1) return from < count ? leaves[from] : (struct hash){{0}};
    const struct hash pair[2] = {slow_root(leaves, count, from, width / 2), slow_root(leaves, count, from + width / 2, width / 2)};
    if (hash_is_zero(&pair[0]) && hash_is_zero(&pair[1])) return (struct hash){{0}};
    return hash_tagged("adnet/node/v1", pair, sizeof(pair));
}

static void every_small_list_has_its_root_and_proofs(void)
{
    struct hash leaves[LEAVES_MAX];
    letters(LEAVES_MAX, leaves);
    for (uint32_t count = 1; count <= LEAVES_MAX; count++) {
        size_t width = 1;
        while (width < count) width *= 2;
        const struct hash want = slow_root(leaves, count, 0, width), root = merkle_root_of(leaves, count);
        CHECK(hash_eq(&want, &root));
        for (uint32_t i = 0; i < count; i++) {
            struct merkle_proof proof;
            merkle_prove(leaves, count, i, &proof);
            CHECK(hash_eq(&proof.root, &want));
            CHECK(merkle_verify(&proof, &leaves[i]) == MERKLE_OK);
            CHECK(merkle_verify(&proof, &leaves[(i + 1) % LEAVES_MAX]) == MERKLE_ROOT);
        }
    }
}

static void a_list_of_known_length_has_the_same_root(void)
{
    for (uint32_t count = 0; count <= 1100; count += count < 40 ? 1 : 53) {
        struct merkle_list list;
        struct merkle merkle;
        merkle_list_init(&list, count);
        merkle_init(&merkle);
        for (uint32_t i = 0; i < count; i++) {
            uint8_t data[150] = {(uint8_t)i, (uint8_t)(i >> 8)};
            const size_t bytes = 2 + i % 149;
            const struct hash leaf = merkle_leaf(data, bytes);
            merkle_push(&merkle, &leaf);
            merkle_list_add(&list, data, bytes);
        }
        const struct hash want = merkle_root(&merkle), got = merkle_list_root(&list);
        CHECK(hash_eq(&want, &got));
        merkle_list_done(&list);
    }
}

static void depth_is_the_ceiling_of_the_logarithm(void)
{
    CHECK_U64(merkle_depth(0), 0);
    CHECK_U64(merkle_depth(1), 0);
    CHECK_U64(merkle_depth(2), 1);
    CHECK_U64(merkle_depth(3), 2);
    CHECK_U64(merkle_depth(4), 2);
    CHECK_U64(merkle_depth(5), 3);
    CHECK_U64(merkle_depth(UINT32_MAX), 32);
}

static void a_bent_proof_is_refused(void)
{
    struct hash leaves[5];
    letters(5, leaves);
    struct merkle_proof good, bad;
    merkle_prove(leaves, 5, 4, &good);
    CHECK_U64(good.siblings_count, 3);
    bad = good;
    bad.index = 5;
    CHECK(merkle_verify(&bad, &leaves[4]) == MERKLE_INDEX);
    bad = good;
    bad.count = 0;
    CHECK(merkle_verify(&bad, &leaves[4]) == MERKLE_INDEX);
    bad = good;
    bad.siblings_count = 2;
    CHECK(merkle_verify(&bad, &leaves[4]) == MERKLE_SIBLINGS);
    bad.siblings_count = 4;
    CHECK(merkle_verify(&bad, &leaves[4]) == MERKLE_SIBLINGS);
    bad = good;
    bad.count = 9;
    CHECK(merkle_verify(&bad, &leaves[4]) == MERKLE_SIBLINGS);
    bad = good;
    bad.siblings[0].b[0] = 1;
    CHECK(merkle_verify(&bad, &leaves[4]) == MERKLE_PADDING);
    bad = good;
    bad.siblings[2].b[0] ^= 1;
    CHECK(merkle_verify(&bad, &leaves[4]) == MERKLE_ROOT);
    bad = good;
    bad.root.b[31] ^= 1;
    CHECK(merkle_verify(&bad, &leaves[4]) == MERKLE_ROOT);
    bad = good;
    bad.index = 3;
    CHECK(merkle_verify(&bad, &leaves[4]) == MERKLE_ROOT);
}

/* Index 5 of a list said to have six items lies in the padding of the real one with five. */
static void padding_is_no_entry(void)
{
    struct hash leaves[6];
    letters(5, leaves);
    leaves[5] = (struct hash){{0}};
    struct merkle_proof proof;
    merkle_prove(leaves, 6, 5, &proof);
    const struct hash root = merkle_root_of(leaves, 5);
    CHECK(hash_eq(&proof.root, &root));
    CHECK(merkle_verify(&proof, &leaves[5]) == MERKLE_PADDING);
}

int main(void)
{
    RUN(small_lists_have_the_published_roots);
    RUN(every_small_list_has_its_root_and_proofs);
    RUN(a_list_of_known_length_has_the_same_root);
    RUN(depth_is_the_ceiling_of_the_logarithm);
    RUN(a_bent_proof_is_refused);
    RUN(padding_is_no_entry);
    return 0;
}
