/* Identity: who a bot is. One Ed25519 key derived from the run's seed and the bot's id (api 3.3), one address on both chains. */
#ifndef BOT_IDENTITY_H
#define BOT_IDENTITY_H

#include "chain/address.h"
#include "core/codec/json.h"
#include "core/crypto/sign.h"

struct identity {
    struct str id; /* "user-1"; borrowed, outlives the identity */
    struct seckey key;
    struct address address;
};

/* The same seed and id give the same identity in every run. `id` is 1 to 200 bytes. */
void identity_init(struct identity *out, uint64_t run_rng, struct str id, struct sign_suite suite);
/* A network's actor of that name ("oracle1", "kyc1"), by its development key (api 3.3). */
void identity_of_actor(struct identity *out, uint64_t network_rng, struct str name, struct sign_suite suite);
void identity_wipe(struct identity *identity);
/* {"id","public_key","alpha_address","delta_address"} */
void identity_write(const struct identity *identity, struct json_writer *w);

#endif
