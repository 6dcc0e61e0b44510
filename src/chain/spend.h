/* Spend: builds the payloads of shielded transactions (shielded 2 to 5, 8) from what a wallet knows. Pure; all that is random comes
 * from the caller's source. Rules are not looked at: adversaries build nonsense with it too. */
#ifndef CHAIN_SPEND_H
#define CHAIN_SPEND_H

#include "chain/shielded.h"
#include "core/crypto/shield_suite.h"

enum { SPEND_TAG_AT = 6, SPEND_TAG_BYTES = 2 }; /* of a constant tag, in a note's enc: the first bytes of the address's spend key */

struct spend_input {
    struct shield_owned owned;   /* the note to spend, */
    struct shield_note note;     /* as it stands in the chain, */
    const uint32_t *ring;        /* and its ring, ascending, */
    const struct clsag_member *members; /* with what stands there */
    uint32_t ring_count, real;   /* real: its place in the ring */
};
struct spend_output {
    struct shield_address to;
    uint64_t value;
};
struct spend_plan {
    const struct tx_spec *spec; /* the envelope: domain, kind, nonce, fee, tip ...; its payload is not looked at */
    uint32_t ref_height;
    struct amount pool_fee;
    struct address to;    /* withdraw */
    struct amount amount; /* withdraw */
    const struct spend_input *inputs;
    uint32_t inputs_count; /* 1 ... SHIELDED_INPUTS_MAX */
    const struct spend_output *outputs;
    uint32_t outputs_count; /* 1 ... SHIELDED_OUTPUTS_MAX */
    bool plain;             /* write values unmasked (vuln.shielded-plaintext-receipt) */
    bool constant_tag;      /* every note carries the tag of its address (vuln.static-receive-address) */
    struct shield_suite suite; /* the network's */
};

/* Size of the signed transaction, for the fee. */
size_t spend_bytes(enum kind kind, uint32_t inputs, uint32_t ring, uint32_t outputs);
/* Appends the payload; outputs and inputs are put in the order they need (outputs at random). `key` will sign the envelope. */
void spend_build(const struct spend_plan *plan, const struct pubkey *key, struct source *source, struct buf *out);

/* The same in steps, for who has its range proof made by somebody else. What is begun must be ended or dropped; plan and source stay
 * where they are until then. */
struct spend_making;
struct spend_making *spend_begin(const struct spend_plan *plan, struct source *source);
struct spend_statement { /* what a range proof is about; borrowed */
    const struct shield_opening *openings;
    const struct point *commitments;
    uint32_t count;
};
struct spend_statement spend_statement(const struct spend_making *making);
void spend_prove(struct spend_making *making);
bool spend_proof_take(struct spend_making *making, struct str proof) MUST_CHECK; /* instead; false: it does not hold */
void spend_end(struct spend_making *making, const struct pubkey *key, struct buf *out);
void spend_drop(struct spend_making *making); /* accepts NULL */

#define DEPOSIT_BYTES 316 /* of the signed transaction */
struct deposit_plan {
    struct shield_address to;
    uint64_t amount;
    bool plain, constant_tag; /* as above */
    struct shield_suite suite;
};
void deposit_build(const struct deposit_plan *plan, struct source *source, struct buf *out);

#endif
