#include "chain/evidence.h"

#include "core/codec/binary.h"

_Static_assert(VOTE_SIGNED_BYTES <= HEADER_SIGNED_BYTES, "a part holds either");

static const struct str type_names[] = {
    {"", 0}, {"double_vote", 11}, {"double_proposal", 15}, {"invalid_proposal", 16}, {"downtime", 8}};

struct str evidence_type_text(enum evidence_type type)
{
    ASSERT(type >= EVIDENCE_DOUBLE_VOTE && type <= EVIDENCE_DOWNTIME);
    return type_names[type];
}

bool evidence_type_parse(struct str text, enum evidence_type *out)
{
    for (int type = EVIDENCE_DOUBLE_VOTE; type <= EVIDENCE_DOWNTIME; type++) {
        if (!str_eq(text, type_names[type])) continue;
        *out = (enum evidence_type)type;
        return true;
    }
    return false;
}

/* The exact lengths of both parts. */
static void part_bytes(enum evidence_type type, size_t *out_first, size_t *out_second)
{
    switch (type) {
    case EVIDENCE_DOUBLE_VOTE: *out_first = *out_second = VOTE_SIGNED_BYTES; return;
    case EVIDENCE_DOUBLE_PROPOSAL: *out_first = *out_second = HEADER_SIGNED_BYTES; return;
    case EVIDENCE_INVALID_PROPOSAL:
        *out_first = HEADER_SIGNED_BYTES;
        *out_second = 1;
        return;
    case EVIDENCE_DOWNTIME: *out_first = *out_second = sizeof(uint64_t); return;
    }
    UNREACHABLE();
}

bool evidence_of_bytes(enum evidence_type type, struct str first, struct str second, struct evidence *out)
{
    size_t first_bytes, second_bytes;
    part_bytes(type, &first_bytes, &second_bytes);
    if (first.len != first_bytes || second.len != second_bytes) return false;
    const bool ordered = type == EVIDENCE_DOUBLE_VOTE || type == EVIDENCE_DOUBLE_PROPOSAL;
    if (ordered && str_cmp(first, second) > 0) {
        const struct str swap = first;
        first = second;
        second = swap;
    }
    memset(out, 0, sizeof(*out));
    out->type = type;
    out->first_bytes = (uint16_t)first.len;
    out->second_bytes = (uint16_t)second.len;
    memcpy(out->first, first.data, first.len);
    memcpy(out->second, second.data, second.len);
    return true;
}

static struct evidence of_parts(enum evidence_type type, const void *first, size_t first_bytes, const void *second,
                                size_t second_bytes)
{
    struct evidence evidence;
    const bool fits = evidence_of_bytes(type, (struct str){first, first_bytes}, (struct str){second, second_bytes}, &evidence);
    ASSERT(fits);
    return evidence;
}

static void signed_header(const struct header *header, const struct signature *signature, uint8_t out[HEADER_SIGNED_BYTES])
{
    header_encode(header, out);
    memcpy(out + HEADER_BYTES, signature->b, sizeof(signature->b));
}

struct evidence evidence_of_votes(const struct vote *a, const struct vote *b)
{
    uint8_t first[VOTE_SIGNED_BYTES], second[VOTE_SIGNED_BYTES];
    vote_encode_signed(a, first);
    vote_encode_signed(b, second);
    return of_parts(EVIDENCE_DOUBLE_VOTE, first, sizeof(first), second, sizeof(second));
}

struct evidence evidence_of_headers(const struct header *a, const struct signature *a_signature, const struct header *b,
                                    const struct signature *b_signature)
{
    uint8_t first[HEADER_SIGNED_BYTES], second[HEADER_SIGNED_BYTES];
    signed_header(a, a_signature, first);
    signed_header(b, b_signature, second);
    return of_parts(EVIDENCE_DOUBLE_PROPOSAL, first, sizeof(first), second, sizeof(second));
}

struct evidence evidence_of_wrong_parent(const struct header *header, const struct signature *signature)
{
    uint8_t first[HEADER_SIGNED_BYTES];
    const uint8_t flavour = FLAVOUR_WRONG_PARENT;
    signed_header(header, signature, first);
    return of_parts(EVIDENCE_INVALID_PROPOSAL, first, sizeof(first), &flavour, 1);
}

struct hash evidence_id(const struct evidence *evidence)
{
    struct hasher hasher;
    hasher_init(&hasher, "adnet/evidence/v1");
    hasher_add_u8(&hasher, (uint8_t)evidence->type);
    hasher_add(&hasher, evidence->first, evidence->first_bytes);
    hasher_add(&hasher, evidence->second, evidence->second_bytes);
    return hasher_final(&hasher);
}

static bool claim_votes(const struct evidence *evidence, struct evidence_claim *out)
{
    struct vote a, b;
    if (!vote_decode_signed(evidence->first, &a) || !vote_decode_signed(evidence->second, &b)) return false;
    if (!domain_eq(a.domain, b.domain) || a.round != b.round || !address_eq(&a.voter, &b.voter)) return false;
    if (hash_eq(&a.block_hash, &b.block_hash)) return false;
    *out = (struct evidence_claim){a.domain, a.voter, a.height, a.round};
    return true;
}

static bool claim_headers(const struct evidence *evidence, struct evidence_claim *out)
{
    struct header a, b;
    if (!header_decode(evidence->first, &a) || !header_decode(evidence->second, &b)) return false;
    if (!domain_eq(a.domain, b.domain) || a.round != b.round || !address_eq(&a.proposer, &b.proposer)) return false;
    if (header_eq(&a, &b)) return false;
    *out = (struct evidence_claim){a.domain, a.proposer, a.height, a.round};
    return true;
}

static bool claim_wrong_parent(const struct evidence *evidence, const struct header *final_parent, struct evidence_claim *out)
{
    struct header header;
    if (evidence->second[0] != FLAVOUR_WRONG_PARENT || !header_decode(evidence->first, &header)) return false;
    bool wrong = !hash_eq(&header.parent_hash, &header.justify_hash) || header.round <= header.justify_round;
    if (!wrong && final_parent != NULL) {
        const struct hash parent = header_hash(final_parent);
        if (!hash_eq(&parent, &header.parent_hash) || !domain_eq(final_parent->domain, header.domain)) return false;
        wrong = header.height != final_parent->height + 1 || header.justify_round != final_parent->round;
    }
    if (!wrong) return false;
    *out = (struct evidence_claim){header.domain, header.proposer, header.height, header.round};
    return true;
}

bool evidence_claim(const struct evidence *evidence, const struct header *final_parent, struct evidence_claim *out)
{
    switch (evidence->type) {
    case EVIDENCE_DOUBLE_VOTE: return claim_votes(evidence, out);
    case EVIDENCE_DOUBLE_PROPOSAL: return claim_headers(evidence, out);
    case EVIDENCE_INVALID_PROPOSAL: return claim_wrong_parent(evidence, final_parent, out);
    case EVIDENCE_DOWNTIME: return false;
    }
    UNREACHABLE();
}

static bool header_bytes_check(const uint8_t bytes[HEADER_SIGNED_BYTES], const struct pubkey *key,
                               const struct verifier *verifier)
{
    struct signature signature;
    const struct hash hash = hash_tagged(BLOCK_TAG, bytes, HEADER_BYTES);
    memcpy(signature.b, bytes + HEADER_BYTES, sizeof(signature.b));
    return header_check(&hash, &signature, key, verifier);
}

static bool vote_bytes_check(const uint8_t bytes[VOTE_SIGNED_BYTES], const struct pubkey *key, const struct verifier *verifier)
{
    struct vote vote;
    return vote_decode_signed(bytes, &vote) && vote_check(&vote, key, verifier);
}

bool evidence_check(const struct evidence *evidence, const struct header *final_parent, const struct pubkey *key,
                    const struct verifier *verifier)
{
    struct evidence_claim claim;
    if (!evidence_claim(evidence, final_parent, &claim)) return false;
    switch (evidence->type) {
    case EVIDENCE_DOUBLE_VOTE:
        return vote_bytes_check(evidence->first, key, verifier) && vote_bytes_check(evidence->second, key, verifier);
    case EVIDENCE_DOUBLE_PROPOSAL:
        return header_bytes_check(evidence->first, key, verifier) && header_bytes_check(evidence->second, key, verifier);
    case EVIDENCE_INVALID_PROPOSAL: return header_bytes_check(evidence->first, key, verifier);
    case EVIDENCE_DOWNTIME: return false;
    }
    UNREACHABLE();
}
