/* Ids: which chain of which network something belongs to. */
#ifndef CHAIN_IDS_H
#define CHAIN_IDS_H

#include "core/base/str.h"

enum chain_id { CHAIN_ALPHA = 1, CHAIN_DELTA = 2 };
enum network { NETWORK_TESTNET, NETWORK_MAINNET };

/* A domain is what signed bytes are bound to. */
struct domain {
    enum chain_id chain;
    uint16_t network_id; /* Alpha 13 testnet, 8 mainnet; Delta 23 testnet, 18 mainnet */
};

struct str chain_text(enum chain_id chain); /* "alpha", "delta" */
bool chain_parse(struct str text, enum chain_id *out) MUST_CHECK;
bool chain_of_byte(uint8_t byte, enum chain_id *out) MUST_CHECK;
enum chain_id chain_other(enum chain_id chain);

struct str network_text(enum network network); /* "testnet", "mainnet": the path segment */
bool network_parse(struct str text, enum network *out) MUST_CHECK;
uint16_t network_id_of(enum chain_id chain, enum network network);
bool network_of_id(enum chain_id chain, uint16_t network_id, enum network *out) MUST_CHECK;

struct domain domain_of(enum chain_id chain, enum network network);
bool domain_eq(struct domain a, struct domain b);

#endif
