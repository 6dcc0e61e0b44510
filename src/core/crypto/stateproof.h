/* Proofs about one key of the state map, and their verification; shares nothing with the map's own code but the formats.
 *
 * key = H("adnet/key/v1", u8 space || ident), value_hash = H("adnet/value/v1", value); 65,536 buckets by the first two key
 * bytes (big-endian); bucket = H("adnet/bucket/v1", u32 count || count x (key || value_hash)), keys ascending, empty =
 * all-zero; then 16 levels of node hashing as in the list tree. */
#ifndef CRYPTO_STATEPROOF_H
#define CRYPTO_STATEPROOF_H

#include "core/crypto/hash.h"

enum { STATE_LEVELS = 16, STATE_BUCKETS = 1 << STATE_LEVELS };

struct state_entry {
    struct hash key, value_hash;
};

/* The bucket list is borrowed: from the arena it was made in, or from the decoder's caller. */
struct state_proof {
    struct hash root, key;
    const struct state_entry *bucket;
    uint32_t bucket_count;
    struct hash siblings[STATE_LEVELS]; /* bottom-up */
};

enum state_proof_verdict {
    STATE_PROOF_OK,
    STATE_PROOF_BUCKET, /* keys not ascending, or one that belongs to another bucket */
    STATE_PROOF_VALUE,  /* the bucket says absent and a value was claimed, or the reverse, or another value */
    STATE_PROOF_ROOT,   /* the path does not lead to the root */
};

struct hash state_key(uint8_t space, const void *ident, size_t bytes);
struct hash state_value_hash(const void *value, size_t bytes);
struct hash state_bucket_hash(const struct state_entry *entries, uint32_t count);
static inline uint32_t state_bucket_of(const struct hash *key) { return (uint32_t)key->b[0] << 8 | key->b[1]; }

/* Says whether proof->key has exactly `value` (or is absent: value NULL) under proof->root. That the root is the right one is
 * the caller's to compare. Any bytes may be in the proof. */
enum state_proof_verdict state_proof_verify(const struct state_proof *proof, const void *value, size_t bytes) MUST_CHECK;

#endif
