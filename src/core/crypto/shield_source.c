#include "core/crypto/shield_source.h"

#include <sodium.h>

#include "core/crypto/wipe.h"

struct source source_of(const uint8_t seed[32])
{
    struct source out = {.used = sizeof(out.block)};
    memcpy(out.key, seed, sizeof(out.key));
    return out;
}

struct source source_of_wide(struct wide_hasher *hasher)
{
    uint8_t wide[64];
    wide_final(hasher, wide);
    const struct source out = source_of(wide);
    crypto_wipe(wide, sizeof(wide));
    return out;
}

void source_wipe(struct source *source) { crypto_wipe(source, sizeof(*source)); }

void source_bytes(struct source *source, void *out, size_t bytes)
{
    static const uint8_t nonce[crypto_stream_chacha20_ietf_NONCEBYTES];
    uint8_t *to = out;
    while (bytes > 0) {
        if (source->used == sizeof(source->block)) {
            memset(source->block, 0, sizeof(source->block));
            crypto_stream_chacha20_ietf_xor_ic(source->block, source->block, sizeof(source->block), nonce, source->counter, source->key);
            source->counter++;
            source->used = 0;
        }
        const size_t take = MIN(bytes, sizeof(source->block) - source->used);
        memcpy(to, source->block + source->used, take);
        source->used += (uint32_t)take;
        to += take;
        bytes -= take;
    }
}

struct scalar source_scalar(struct source *source)
{
    uint8_t wide[64];
    struct scalar out;
    do {
        source_bytes(source, wide, sizeof(wide));
        out = scalar_of_wide(wide);
    } while (scalar_is_zero(&out));
    crypto_wipe(wide, sizeof(wide));
    return out;
}

uint64_t source_below(struct source *source, uint64_t bound)
{
    ASSERT(bound > 0);
    for (;;) {
        uint8_t wire[8];
        uint64_t value = 0;
        source_bytes(source, wire, sizeof(wire));
        for (size_t i = 0; i < sizeof(wire); i++) value |= (uint64_t)wire[i] << (8 * i);
        if (value < UINT64_MAX - UINT64_MAX % bound) return value % bound;
    }
}

uint64_t source_count(const struct source *source)
{
    return (uint64_t)source->counter * sizeof(source->block) - (sizeof(source->block) - source->used);
}
