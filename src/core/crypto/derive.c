#include "core/crypto/derive.h"

#include "core/crypto/hash.h"
#include "core/crypto/wipe.h"

static void derive(const char *tag, uint64_t number, struct str name, uint8_t out[32])
{
    ASSERT(name.len <= DERIVE_NAME_BYTES_MAX);
    struct hasher hasher;
    hasher_init(&hasher, tag);
    hasher_add_u64(&hasher, number);
    const uint8_t len[2] = {(uint8_t)name.len, (uint8_t)(name.len >> 8)};
    hasher_add(&hasher, len, sizeof(len));
    hasher_add(&hasher, name.data, name.len);
    struct hash seed = hasher_final(&hasher);
    memcpy(out, seed.b, sizeof(seed.b));
    crypto_wipe(&seed, sizeof(seed));
}

void derive_dev_seed(uint64_t network_rng, struct str name, uint8_t out[32]) { derive("adnet/dev-key/v1", network_rng, name, out); }

void derive_bot_seed(uint64_t run_rng, struct str bot_id, uint8_t out[32]) { derive("adnet/bot-key/v1", run_rng, bot_id, out); }
