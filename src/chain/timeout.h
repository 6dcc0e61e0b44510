/* Timeout: one validator's signed word that a round ended for it without a certificate. 56 signed bytes. */
#ifndef CHAIN_TIMEOUT_H
#define CHAIN_TIMEOUT_H

#include "chain/address.h"
#include "chain/apierror.h"
#include "chain/verifier.h"

#define TIMEOUT_BYTES 56
#define TIMEOUT_SIGNED_BYTES (TIMEOUT_BYTES + 64)
#define TIMEOUT_TAG "adnet/timeout/v1"
#define TIMEOUT_SIGN_TAG "adnet/timeout-sig/v1"

struct timeout {
    struct domain domain;
    uint64_t round;
    uint64_t high_round; /* of the highest certificate its sender knew; 0: genesis */
    struct address voter;
    struct signature signature;
};

void timeout_encode(const struct timeout *timeout, uint8_t out[TIMEOUT_BYTES]);
void timeout_encode_signed(const struct timeout *timeout, uint8_t out[TIMEOUT_SIGNED_BYTES]);
bool timeout_decode_signed(const uint8_t bytes[TIMEOUT_SIGNED_BYTES], struct timeout *out) MUST_CHECK;
struct hash timeout_digest(const struct timeout *timeout);
void timeout_sign(struct timeout *timeout, struct sign_suite suite, const struct seckey *key);
bool timeout_check(const struct timeout *timeout, const struct pubkey *key, const struct verifier *verifier) MUST_CHECK;

void timeout_write(const struct timeout *timeout, struct json_writer *w); /* the SignedTimeout shape */
bool timeout_read(const struct json *node, struct timeout *out, struct apierror *error) MUST_CHECK;

#endif
