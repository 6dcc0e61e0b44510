#include "chain/ids.h"

static const uint16_t network_ids[2][2] = {{13, 8}, {23, 18}}; /* [chain - 1][network] */

struct str chain_text(enum chain_id chain) { return chain == CHAIN_ALPHA ? STR("alpha") : STR("delta"); }

bool chain_parse(struct str text, enum chain_id *out)
{
    const bool alpha = str_eq(text, STR("alpha"));
    if (!alpha && !str_eq(text, STR("delta"))) return false;
    *out = alpha ? CHAIN_ALPHA : CHAIN_DELTA;
    return true;
}

bool chain_of_byte(uint8_t byte, enum chain_id *out)
{
    if (byte != CHAIN_ALPHA && byte != CHAIN_DELTA) return false;
    *out = (enum chain_id)byte;
    return true;
}

enum chain_id chain_other(enum chain_id chain) { return chain == CHAIN_ALPHA ? CHAIN_DELTA : CHAIN_ALPHA; }

struct str network_text(enum network network) { return network == NETWORK_TESTNET ? STR("testnet") : STR("mainnet"); }

bool network_parse(struct str text, enum network *out)
{
    const bool testnet = str_eq(text, STR("testnet"));
    if (!testnet && !str_eq(text, STR("mainnet"))) return false;
    *out = testnet ? NETWORK_TESTNET : NETWORK_MAINNET;
    return true;
}

uint16_t network_id_of(enum chain_id chain, enum network network)
{
    ASSERT(chain == CHAIN_ALPHA || chain == CHAIN_DELTA);
    return network_ids[chain - 1][network];
}

bool network_of_id(enum chain_id chain, uint16_t network_id, enum network *out)
{
    ASSERT(chain == CHAIN_ALPHA || chain == CHAIN_DELTA);
    for (int network = NETWORK_TESTNET; network <= NETWORK_MAINNET; network++) {
        if (network_ids[chain - 1][network] != network_id) continue;
        *out = (enum network)network;
        return true;
    }
    return false;
}

struct domain domain_of(enum chain_id chain, enum network network)
{
    return (struct domain){chain, network_id_of(chain, network)};
}

bool domain_eq(struct domain a, struct domain b) { return a.chain == b.chain && a.network_id == b.network_id; }
