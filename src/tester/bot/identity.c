#include "tester/bot/identity.h"

#include "core/crypto/derive.h"
#include "core/crypto/wipe.h"

void identity_of_actor(struct identity *out, uint64_t network_rng, struct str name, struct sign_suite suite)
{
    uint8_t seed[32];
    derive_dev_seed(network_rng, name, seed);
    out->id = name;
    seckey_from_seed(suite, seed, &out->key);
    out->address = address_of_key(&out->key.pub);
    crypto_wipe(seed, sizeof(seed));
}

void identity_init(struct identity *out, uint64_t run_rng, struct str id, struct sign_suite suite)
{
    ASSERT(id.len > 0 && id.len <= 200);
    uint8_t seed[32];
    derive_bot_seed(run_rng, id, seed);
    out->id = id;
    seckey_from_seed(suite, seed, &out->key);
    out->address = address_of_key(&out->key.pub);
    crypto_wipe(seed, sizeof(seed));
}

void identity_wipe(struct identity *identity) { seckey_wipe(&identity->key); }

void identity_write(const struct identity *identity, struct json_writer *w)
{
    char alpha[ADDRESS_TEXT], delta[ADDRESS_TEXT];
    address_text(&identity->address, CHAIN_ALPHA, alpha);
    address_text(&identity->address, CHAIN_DELTA, delta);
    json_object(w);
    json_put_member_str(w, STR("id"), identity->id);
    json_key(w, STR("public_key"));
    json_put_hex(w, identity->key.pub.b, sizeof(identity->key.pub.b));
    json_put_member_str(w, STR("alpha_address"), str_of(alpha));
    json_put_member_str(w, STR("delta_address"), str_of(delta));
    json_object_end(w);
}
