/* Hashes of the network: BLAKE2b-256 under a tag, and BLAKE2s-256 for addresses. Values, no state. */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "core/base/str.h"

struct hash {
    uint8_t b[32];
};

enum { HASH_TAG_BYTES_MAX = 64 };

/* H(tag, data) = BLAKE2b-256(u8 len(tag) || tag || data). The tag is ASCII text of at most HASH_TAG_BYTES_MAX bytes. */
struct hash hash_tagged(const char *tag, const void *data, size_t bytes);

/* The same in pieces: init, add any number of times, final once. Lives on the caller's stack (under 0.5 KiB). */
struct hasher {
    _Alignas(64) uint8_t state[384];
};
void hasher_init(struct hasher *hasher, const char *tag);
void hasher_add(struct hasher *hasher, const void *data, size_t bytes);
void hasher_add_u8(struct hasher *hasher, uint8_t value);
void hasher_add_u32(struct hasher *hasher, uint32_t value); /* little-endian, as all integers of the contract */
void hasher_add_u64(struct hasher *hasher, uint64_t value);
struct hash hasher_final(struct hasher *hasher);

struct hash hash_blake2s(const void *data, size_t bytes); /* unkeyed BLAKE2s-256 */

static inline bool hash_eq(const struct hash *a, const struct hash *b) { return memcmp(a->b, b->b, sizeof(a->b)) == 0; }
static inline int hash_cmp(const struct hash *a, const struct hash *b) { return memcmp(a->b, b->b, sizeof(a->b)); }
static inline bool hash_is_zero(const struct hash *a)
{
    static const struct hash zero;
    return hash_eq(a, &zero);
}

#endif
