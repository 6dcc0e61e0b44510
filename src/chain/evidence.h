/* Evidence: proof that a validator broke a rule, checkable from its own signatures. */
#ifndef CHAIN_EVIDENCE_H
#define CHAIN_EVIDENCE_H

#include "chain/block.h"

#define EVIDENCE_PART_BYTES_MAX 1024

enum evidence_type {
    EVIDENCE_DOUBLE_VOTE = 1,
    EVIDENCE_DOUBLE_PROPOSAL = 2,
    EVIDENCE_INVALID_PROPOSAL = 3,
    EVIDENCE_DOWNTIME = 4
};
/* Flavours of invalid_proposal (api 5.3); only WRONG_PARENT can be proven from a header alone. */
enum evidence_flavour {
    FLAVOUR_BAD_STATE_ROOT = 1,
    FLAVOUR_INVALID_TRANSACTION,
    FLAVOUR_WRONG_PARENT,
    FLAVOUR_FUTURE_TIMESTAMP,
    FLAVOUR_OVERSIZE,
    FLAVOUR_BAD_SIGNATURE
};

struct evidence {
    enum evidence_type type;
    uint16_t first_bytes, second_bytes;
    uint8_t first[HEADER_SIGNED_BYTES]; /* signed vote, signed header, or u64 */
    uint8_t second[HEADER_SIGNED_BYTES];
};

/* What a piece of evidence says, once it is well formed. */
struct evidence_claim {
    struct domain domain;
    struct address accused;
    uint32_t height;
    uint64_t round;
};

struct str evidence_type_text(enum evidence_type type);
bool evidence_type_parse(struct str text, enum evidence_type *out) MUST_CHECK;

struct evidence evidence_of_votes(const struct vote *a, const struct vote *b); /* put in order */
struct evidence evidence_of_headers(const struct header *a, const struct signature *a_signature, const struct header *b,
                                    const struct signature *b_signature);
struct evidence evidence_of_wrong_parent(const struct header *header, const struct signature *signature);
/* Takes any bytes, swaps the parts where the type wants them in order. False: longer than any evidence of that type is. */
bool evidence_of_bytes(enum evidence_type type, struct str first, struct str second, struct evidence *out) MUST_CHECK;
struct hash evidence_id(const struct evidence *evidence);

/* Whether the parts contradict each other as the type demands (signatures apart). `final_parent` (may be NULL) is the header of
 * the final block that an invalid_proposal names as its parent. False: proves nothing. Downtime is never proven by bytes. */
bool evidence_claim(const struct evidence *evidence, const struct header *final_parent, struct evidence_claim *out) MUST_CHECK;
/* The claim, and both signatures valid under `key`, the accused's consensus key of that round. */
bool evidence_check(const struct evidence *evidence, const struct header *final_parent, const struct pubkey *key,
                    const struct verifier *verifier) MUST_CHECK;

#endif
