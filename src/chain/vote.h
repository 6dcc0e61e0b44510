/* Vote: one validator's signed yes to one block. 84 signed bytes. */
#ifndef CHAIN_VOTE_H
#define CHAIN_VOTE_H

#include "chain/address.h"
#include "chain/apierror.h"
#include "chain/verifier.h"

#define VOTE_BYTES 84
#define VOTE_SIGNED_BYTES (VOTE_BYTES + 64)
#define VOTE_TAG "adnet/vote/v1"
#define VOTE_SIGN_TAG "adnet/vote-sig/v1"

struct vote {
    struct domain domain;
    uint32_t height;
    uint64_t round;
    struct hash block_hash;
    struct address voter;
    struct signature signature;
};

void vote_encode(const struct vote *vote, uint8_t out[VOTE_BYTES]); /* without the signature */
void vote_encode_signed(const struct vote *vote, uint8_t out[VOTE_SIGNED_BYTES]);
bool vote_decode_signed(const uint8_t bytes[VOTE_SIGNED_BYTES], struct vote *out) MUST_CHECK;
struct hash vote_digest(const struct vote *vote);
void vote_sign(struct vote *vote, struct sign_suite suite, const struct seckey *key);
bool vote_check(const struct vote *vote, const struct pubkey *key, const struct verifier *verifier) MUST_CHECK;

void vote_write(const struct vote *vote, struct json_writer *w); /* the SignedVote shape */
void vote_write_members(const struct vote *vote, struct json_writer *w);
bool vote_read(const struct json *node, struct vote *out, struct apierror *error) MUST_CHECK;

#endif
