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

bool address_guess(struct str text, struct address *out)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    enum { SEPARATOR = 2, SYMBOLS = 52 };
    if (text.len < SEPARATOR + 1 + SYMBOLS) return false;
    uint32_t bits = 0, held = 0;
    size_t bytes = 0;
    for (size_t i = SEPARATOR + 1; i < SEPARATOR + 1 + SYMBOLS; i++) {
        const char c = text.data[i];
        const char *at = c != 0 ? strchr(alphabet, c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) : NULL;
        if (at == NULL) return false;
        bits = bits << 5 | (uint32_t)(at - alphabet);
        held += 5;
        if (held >= 8 && bytes < sizeof(out->b)) out->b[bytes++] = (uint8_t)(bits >> (held -= 8));
    }
    return bytes == sizeof(out->b);
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
