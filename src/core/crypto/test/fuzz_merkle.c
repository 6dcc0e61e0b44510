/* Proofs from anywhere: index, count and sibling count (u32 each), leaf, root, then up to 32 siblings. No proof under the
 * root of a fixed list may show a leaf that is not in it. */
#include "core/base/check.h"
#include "core/crypto/merkle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { LEAVES = 5, HEAD_BYTES = 12 + 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes < HEAD_BYTES) return 0;
    struct merkle_proof proof = {.siblings_count = 0};
    struct hash leaf, leaves[LEAVES];
    memcpy(&proof.index, data, 4);
    memcpy(&proof.count, data + 4, 4);
    memcpy(&proof.siblings_count, data + 8, 4);
    memcpy(&leaf, data + 12, 32);
    memcpy(&proof.root, data + 44, 32);
    memcpy(proof.siblings, data + HEAD_BYTES, MIN(bytes - HEAD_BYTES, sizeof(proof.siblings)));
    for (size_t i = 0; i < LEAVES; i++) {
        const char letter = (char)('a' + i);
        leaves[i] = merkle_leaf(&letter, 1);
    }
    const struct hash root = merkle_root_of(leaves, LEAVES);
    if (merkle_verify(&proof, &leaf) != MERKLE_OK || !hash_eq(&root, &proof.root)) return 0;
    CHECK(proof.index < LEAVES);
    CHECK(hash_eq(&leaf, &leaves[proof.index]));
    return 0;
}
