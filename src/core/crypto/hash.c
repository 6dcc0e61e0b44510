#include "core/crypto/hash.h"

#include <blake2.h>
#include <sodium.h>

_Static_assert(sizeof(((struct hasher *)0)->state) >= sizeof(crypto_generichash_state), "hasher holds libsodium's state");
_Static_assert(_Alignof(struct hasher) >= _Alignof(crypto_generichash_state), "hasher is aligned for it");

/* libsodium picks the fastest code for this processor here; results do not depend on it. */
__attribute__((constructor)) static void crypto_start(void) { ASSERT(sodium_init() >= 0); }

struct hash hash_tagged(const char *tag, const void *data, size_t bytes)
{
    const size_t tag_bytes = strlen(tag);
    uint8_t joined[256]; /* most inputs are small: one call over one piece is the fast way */
    ASSERT(tag_bytes <= HASH_TAG_BYTES_MAX);
    if (1 + tag_bytes + bytes > sizeof(joined)) {
        struct hasher hasher;
        hasher_init(&hasher, tag);
        hasher_add(&hasher, data, bytes);
        return hasher_final(&hasher);
    }
    joined[0] = (uint8_t)tag_bytes;
    memcpy(joined + 1, tag, tag_bytes);
    if (bytes > 0) memcpy(joined + 1 + tag_bytes, data, bytes);
    struct hash out;
    crypto_generichash(out.b, sizeof(out.b), joined, 1 + tag_bytes + bytes, NULL, 0);
    return out;
}

static crypto_generichash_state *state_of(struct hasher *hasher) { return (crypto_generichash_state *)(void *)hasher->state; }

void hasher_init(struct hasher *hasher, const char *tag)
{
    const size_t tag_bytes = strlen(tag);
    ASSERT(tag_bytes <= HASH_TAG_BYTES_MAX);
    crypto_generichash_init(state_of(hasher), NULL, 0, sizeof(struct hash));
    hasher_add_u8(hasher, (uint8_t)tag_bytes);
    hasher_add(hasher, tag, tag_bytes);
}

void hasher_add(struct hasher *hasher, const void *data, size_t bytes)
{
    if (bytes > 0) crypto_generichash_update(state_of(hasher), data, bytes);
}

void hasher_add_u8(struct hasher *hasher, uint8_t value) { hasher_add(hasher, &value, 1); }

static void add_little_endian(struct hasher *hasher, uint64_t value, size_t bytes)
{
    uint8_t wire[8];
    for (size_t i = 0; i < bytes; i++) wire[i] = (uint8_t)(value >> (8 * i));
    hasher_add(hasher, wire, bytes);
}

void hasher_add_u32(struct hasher *hasher, uint32_t value) { add_little_endian(hasher, value, 4); }
void hasher_add_u64(struct hasher *hasher, uint64_t value) { add_little_endian(hasher, value, 8); }

struct hash hasher_final(struct hasher *hasher)
{
    struct hash out;
    crypto_generichash_final(state_of(hasher), out.b, sizeof(out.b));
    return out;
}

struct hash hash_blake2s(const void *data, size_t bytes)
{
    struct hash out;
    const int refused = blake2s(out.b, data, NULL, sizeof(out.b), bytes, 0);
    ASSERT(refused == 0);
    return out;
}
