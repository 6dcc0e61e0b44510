/* Reproducible secret seeds, for test networks only: whoever knows the number knows the keys. */
#ifndef CRYPTO_DERIVE_H
#define CRYPTO_DERIVE_H

#include "core/base/str.h"

enum { DERIVE_NAME_BYTES_MAX = 256 };

/* H("adnet/dev-key/v1", u64 network_rng || str name): "v1", "v1/consensus", "oracle1", "treasury" ... */
void derive_dev_seed(uint64_t network_rng, struct str name, uint8_t out[32]);
/* H("adnet/bot-key/v1", u64 run_rng || str bot_id). */
void derive_bot_seed(uint64_t run_rng, struct str bot_id, uint8_t out[32]);

#endif
