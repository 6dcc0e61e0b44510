#include "chain/vote.h"

#include "chain/field_priv.h"
#include "core/codec/binary.h"

void vote_encode(const struct vote *vote, uint8_t out[VOTE_BYTES])
{
    memcpy(out, "ADVT", 4);
    out[4] = 1;
    out[5] = (uint8_t)vote->domain.chain;
    bin_store_u16(out + 6, vote->domain.network_id);
    bin_store_u32(out + 8, vote->height);
    bin_store_u64(out + 12, vote->round);
    memcpy(out + 20, vote->block_hash.b, 32);
    memcpy(out + 52, vote->voter.b, 32);
}

void vote_encode_signed(const struct vote *vote, uint8_t out[VOTE_SIGNED_BYTES])
{
    vote_encode(vote, out);
    memcpy(out + VOTE_BYTES, vote->signature.b, sizeof(vote->signature.b));
}

bool vote_decode_signed(const uint8_t bytes[VOTE_SIGNED_BYTES], struct vote *out)
{
    enum chain_id chain;
    if (memcmp(bytes, "ADVT\x01", 5) != 0 || !chain_of_byte(bytes[5], &chain)) return false;
    memset(out, 0, sizeof(*out));
    out->domain = (struct domain){chain, bin_load_u16(bytes + 6)};
    out->height = bin_load_u32(bytes + 8);
    out->round = bin_load_u64(bytes + 12);
    memcpy(out->block_hash.b, bytes + 20, 32);
    memcpy(out->voter.b, bytes + 52, 32);
    memcpy(out->signature.b, bytes + VOTE_BYTES, sizeof(out->signature.b));
    return true;
}

struct hash vote_digest(const struct vote *vote)
{
    uint8_t bytes[VOTE_BYTES];
    vote_encode(vote, bytes);
    return hash_tagged(VOTE_TAG, bytes, sizeof(bytes));
}

void vote_sign(struct vote *vote, struct sign_suite suite, const struct seckey *key)
{
    const struct hash digest = vote_digest(vote);
    vote->signature = sign_digest(suite, key, VOTE_SIGN_TAG, &digest);
}

bool vote_check(const struct vote *vote, const struct pubkey *key, const struct verifier *verifier)
{
    const struct hash digest = vote_digest(vote);
    return verifier_ask(verifier, key, VOTE_SIGN_TAG, &digest, &vote->signature);
}

void vote_write_members(const struct vote *vote, struct json_writer *w)
{
    json_put_member_str(w, STR("chain"), chain_text(vote->domain.chain));
    json_put_member_u64(w, STR("network_id"), vote->domain.network_id);
    json_put_member_u64(w, STR("height"), vote->height);
    json_put_member_u64(w, STR("round"), vote->round);
    put_hex(w, STR("block_hash"), vote->block_hash.b, 32);
    put_address(w, STR("voter"), &vote->voter, vote->domain.chain);
    put_hex(w, STR("signature"), vote->signature.b, sizeof(vote->signature.b));
}

void vote_write(const struct vote *vote, struct json_writer *w)
{
    json_object(w);
    vote_write_members(vote, w);
    json_object_end(w);
}

bool vote_read(const struct json *node, struct vote *out, struct apierror *error)
{
    struct strict_reader r = {.object = node, .error = error};
    struct vote vote = {0};
    vote.domain.chain = strict_chain(&r, STR("chain"));
    vote.domain.network_id = (uint16_t)strict_u64(&r, STR("network_id"), UINT16_MAX);
    vote.height = (uint32_t)strict_u64(&r, STR("height"), UINT32_MAX);
    vote.round = strict_u64(&r, STR("round"), JSON_INT_MAX);
    strict_hex(&r, STR("block_hash"), vote.block_hash.b, 32);
    vote.voter = strict_address(&r, STR("voter"), vote.domain.chain);
    strict_hex(&r, STR("signature"), vote.signature.b, sizeof(vote.signature.b));
    if (r.bad) return false;
    *out = vote;
    return true;
}
