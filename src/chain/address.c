#include "chain/address.h"

#include "core/crypto/bech32.h"

static const char *hrp_of(enum chain_id chain) { return chain == CHAIN_ALPHA ? "ax" : "dx"; }

struct str address_hrp(enum chain_id chain) { return str_of(hrp_of(chain)); }

struct address address_of_key(const struct pubkey *key)
{
    const struct hash hash = hash_blake2s(key->b, sizeof(key->b));
    struct address address;
    memcpy(address.b, hash.b, sizeof(address.b));
    return address;
}

void address_text(const struct address *address, enum chain_id chain, char out[ADDRESS_TEXT])
{
    const size_t len = bech32_encode(hrp_of(chain), address->b, sizeof(address->b), out);
    ASSERT(len == ADDRESS_TEXT - 1);
}

enum code address_parse(struct str text, enum chain_id chain, struct address *out)
{
    struct address address;
    const enum bech32_verdict verdict =
        bech32_decode(text, hrp_of(chain), hrp_of(chain_other(chain)), address.b, sizeof(address.b));
    switch (verdict) {
    case BECH32_OK: *out = address; return CODE_NONE;
    case BECH32_INVALID: return CODE_INVALID_ADDRESS;
    case BECH32_OTHER_HRP: return CODE_INVALID_CHAIN_ID;
    }
    UNREACHABLE();
}

enum code address_parse_any(struct str text, enum chain_id *out_chain, struct address *out)
{
    struct address address;
    enum code code = address_parse(text, CHAIN_ALPHA, &address);
    enum chain_id chain = CHAIN_ALPHA;
    if (code == CODE_INVALID_CHAIN_ID) {
        chain = CHAIN_DELTA;
        code = address_parse(text, CHAIN_DELTA, &address);
    }
    if (code != CODE_NONE) return CODE_INVALID_ADDRESS;
    *out = address;
    *out_chain = chain;
    return CODE_NONE;
}
