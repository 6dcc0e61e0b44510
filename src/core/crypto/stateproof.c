#include "core/crypto/stateproof.h"

#include "core/crypto/merkle.h"

_Static_assert(sizeof(struct state_entry) == 64, "entries are hashed as they lie");

struct hash state_key(uint8_t space, const void *ident, size_t bytes)
{
    struct hasher hasher;
    hasher_init(&hasher, "adnet/key/v1");
    hasher_add_u8(&hasher, space);
    hasher_add(&hasher, ident, bytes);
    return hasher_final(&hasher);
}

struct hash state_value_hash(const void *value, size_t bytes) { return hash_tagged("adnet/value/v1", value, bytes); }

struct hash state_bucket_hash(const struct state_entry *entries, uint32_t count)
{
    if (count == 0) return (struct hash){{0}};
    struct hasher hasher;
    hasher_init(&hasher, "adnet/bucket/v1");
    hasher_add_u32(&hasher, count);
    hasher_add(&hasher, entries, (size_t)count * sizeof(*entries));
    return hasher_final(&hasher);
}

enum state_proof_verdict state_proof_verify(const struct state_proof *proof, const void *value, size_t bytes)
{
    const uint32_t bucket = state_bucket_of(&proof->key);
    const struct state_entry *found = NULL;
    for (uint32_t i = 0; i < proof->bucket_count; i++) {
        const struct state_entry *entry = &proof->bucket[i];
        if (state_bucket_of(&entry->key) != bucket) return STATE_PROOF_BUCKET;
        if (i > 0 && hash_cmp(&proof->bucket[i - 1].key, &entry->key) >= 0) return STATE_PROOF_BUCKET;
        if (hash_eq(&entry->key, &proof->key)) found = entry;
    }
    if ((found != NULL) != (value != NULL)) return STATE_PROOF_VALUE;
    if (found != NULL) {
        const struct hash want = state_value_hash(value, bytes);
        if (!hash_eq(&want, &found->value_hash)) return STATE_PROOF_VALUE;
    }
    struct hash node = state_bucket_hash(proof->bucket, proof->bucket_count);
    for (unsigned level = 0; level < STATE_LEVELS; level++) {
        const struct hash *sibling = &proof->siblings[level];
        node = (bucket >> level & 1) != 0 ? merkle_node(sibling, &node) : merkle_node(&node, sibling);
    }
    return hash_eq(&node, &proof->root) ? STATE_PROOF_OK : STATE_PROOF_ROOT;
}
