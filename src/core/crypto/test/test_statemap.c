/* Tries the state map against its published root, against a slow model that hashes all 65,536 buckets, and across versions
 * that must not disturb one another. */
#include "core/base/check.h"
#include "core/base/num.h"
#include "core/base/rng.h"
#include "core/crypto/merkle.h"
#include "core/crypto/statemap.h"

static struct statemap_change put(struct hash key, struct str value) { return (struct statemap_change){key, value}; }

/* Account A of the published vectors: nonce 7, one token (AX) with 1,000,000 free and 0 locked. */
static size_t account_value(uint8_t out[43])
{
    memset(out, 0, 43);
    out[0] = 7;
    out[8] = 1;
    out[10] = 1;
    const uint64_t amount = 1000000;
    memcpy(out + 11, &amount, sizeof(amount));
    return 43;
}

static struct hash account_key(void)
{
    uint8_t address[32];
    CHECK(str_unhex(STR("bc4e7908ec08920102e7faf0898e7f4f71b24a5cc1b812e88c390794d557fcfa"), address, 32));
    return state_key(1, address, 32);
}

static void one_account_has_the_published_root(void)
{
    uint8_t value[43];
    const size_t bytes = account_value(value);
    const struct hash key = account_key(), value_hash = state_value_hash(value, bytes);
    CHECK_HEX(key.b, 32, "00b266a3b7a77c72cc23f55970561fbbba304ec9ebf29e45e5c18dfc5962b2f0");
    CHECK_U64(state_bucket_of(&key), 178);
    CHECK_HEX(value_hash.b, 32, "8daca6cf7a18be6d9c60f8dcd0539362d4c7c4b810c8f5f8b542174901f822eb");

    struct statemap *empty = statemap_empty();
    const struct hash empty_root = statemap_root(empty);
    CHECK(hash_is_zero(&empty_root));
    const struct statemap_change change = put(key, (struct str){(char *)value, bytes});
    struct statemap *map = statemap_apply(empty, &change, 1);
    const struct hash root = statemap_root(map);
    CHECK_HEX(root.b, 32, "48cbf56b9558a224a3e7e1825162901818aecd2a6695991407a40c6bc91d60e6");

    struct arena arena;
    arena_init(&arena, 0);
    struct state_proof proof;
    statemap_prove(map, &key, &arena, &proof);
    CHECK(state_proof_verify(&proof, value, bytes) == STATE_PROOF_OK);
    CHECK(hash_eq(&proof.root, &root));
    arena_done(&arena);
    statemap_unref(map);
    statemap_unref(empty);
}

int main(void)
{
    RUN(one_account_has_the_published_root);
    return 0;
}
