#include "chain/timeout.h"

#include "chain/field_priv.h"
#include "core/codec/binary.h"

void timeout_encode(const struct timeout *timeout, uint8_t out[TIMEOUT_BYTES])
{
    memcpy(out, "ADTO", 4);
    out[4] = 1;
    out[5] = (uint8_t)timeout->domain.chain;
    bin_store_u16(out + 6, timeout->domain.network_id);
    bin_store_u64(out + 8, timeout->round);
    bin_store_u64(out + 16, timeout->high_round);
    memcpy(out + 24, timeout->voter.b, 32);
}

void timeout_encode_signed(const struct timeout *timeout, uint8_t out[TIMEOUT_SIGNED_BYTES])
{
    timeout_encode(timeout, out);
    memcpy(out + TIMEOUT_BYTES, timeout->signature.b, sizeof(timeout->signature.b));
}

bool timeout_decode_signed(const uint8_t bytes[TIMEOUT_SIGNED_BYTES], struct timeout *out)
{
    enum chain_id chain;
    if (memcmp(bytes, "ADTO\x01", 5) != 0 || !chain_of_byte(bytes[5], &chain)) return false;
    memset(out, 0, sizeof(*out));
    out->domain = (struct domain){chain, bin_load_u16(bytes + 6)};
    out->round = bin_load_u64(bytes + 8);
    out->high_round = bin_load_u64(bytes + 16);
    memcpy(out->voter.b, bytes + 24, 32);
    memcpy(out->signature.b, bytes + TIMEOUT_BYTES, sizeof(out->signature.b));
    return true;
}

struct hash timeout_digest(const struct timeout *timeout)
{
    uint8_t bytes[TIMEOUT_BYTES];
    timeout_encode(timeout, bytes);
    return hash_tagged(TIMEOUT_TAG, bytes, sizeof(bytes));
}

void timeout_sign(struct timeout *timeout, struct sign_suite suite, const struct seckey *key)
{
    const struct hash digest = timeout_digest(timeout);
    timeout->signature = sign_digest(suite, key, TIMEOUT_SIGN_TAG, &digest);
}

bool timeout_check(const struct timeout *timeout, const struct pubkey *key, const struct verifier *verifier)
{
    const struct hash digest = timeout_digest(timeout);
    return verifier_ask(verifier, key, TIMEOUT_SIGN_TAG, &digest, &timeout->signature);
}

void timeout_write(const struct timeout *timeout, struct json_writer *w)
{
    json_object(w);
    json_put_member_str(w, STR("chain"), chain_text(timeout->domain.chain));
    json_put_member_u64(w, STR("network_id"), timeout->domain.network_id);
    json_put_member_u64(w, STR("round"), timeout->round);
    json_put_member_u64(w, STR("high_round"), timeout->high_round);
    put_address(w, STR("voter"), &timeout->voter, timeout->domain.chain);
    put_hex(w, STR("signature"), timeout->signature.b, sizeof(timeout->signature.b));
    json_object_end(w);
}

bool timeout_read(const struct json *node, struct timeout *out, struct apierror *error)
{
    struct strict_reader r = {.object = node, .error = error};
    struct timeout timeout = {0};
    timeout.domain.chain = strict_chain(&r, STR("chain"));
    timeout.domain.network_id = (uint16_t)strict_u64(&r, STR("network_id"), UINT16_MAX);
    timeout.round = strict_u64(&r, STR("round"), JSON_INT_MAX);
    timeout.high_round = strict_u64(&r, STR("high_round"), JSON_INT_MAX);
    timeout.voter = strict_address(&r, STR("voter"), timeout.domain.chain);
    strict_hex(&r, STR("signature"), timeout.signature.b, sizeof(timeout.signature.b));
    if (r.bad) return false;
    *out = timeout;
    return true;
}
