/* Address: who an account belongs to. BLAKE2s-256 of an Ed25519 public key; one key has one address, written
 * `ax1...` on Alpha and `dx1...` on Delta (bech32, 61 characters). */
#ifndef CHAIN_ADDRESS_H
#define CHAIN_ADDRESS_H

#include "chain/code.h"
#include "chain/ids.h"
#include "core/crypto/sign.h"

struct address {
    uint8_t b[32];
};

#define ADDRESS_TEXT 62 /* 61 characters and the terminator */

struct address address_of_key(const struct pubkey *key);
static inline bool address_eq(const struct address *a, const struct address *b) { return memcmp(a, b, 32) == 0; }
static inline int address_cmp(const struct address *a, const struct address *b) { return memcmp(a, b, 32); }
void address_text(const struct address *address, enum chain_id chain, char out[ADDRESS_TEXT]);
struct str address_hrp(enum chain_id chain); /* "ax", "dx" */

/* CODE_NONE; INVALID_ADDRESS; INVALID_CHAIN_ID for a valid address of the other chain. All-upper-case is accepted. */
enum code address_parse(struct str text, enum chain_id chain, struct address *out) MUST_CHECK;
/* The payload of what looks like an address, whatever its checksum, case and HRP say. False: not even that. */
bool address_guess(struct str text, struct address *out) MUST_CHECK;
/* Either HRP; tells which. CODE_NONE or INVALID_ADDRESS. */
enum code address_parse_any(struct str text, enum chain_id *out_chain, struct address *out) MUST_CHECK;

#endif
