/* Certificate: more than two thirds of a committee's stake voted for one block. Immutable and shared; references counted
 * without locks. Always canonical: no bit past the members, one signature a set bit, in index order. */
#ifndef CHAIN_CERTIFICATE_H
#define CHAIN_CERTIFICATE_H

#include "chain/committee.h"
#include "chain/verdict.h"
#include "chain/verifier.h"
#include "chain/vote.h"

struct certificate {
    uint32_t refs;
    uint32_t height;
    uint64_t round;
    struct hash block_hash;
    struct hash committee_hash;
    uint16_t bitmap_bytes; /* ceil(members / 8) */
    uint16_t count;        /* signatures */
    uint32_t checked;      /* memo of certificate_verify: see there */
    bool digested;         /* memo of certificate_digest: `digest` is it */
    struct hash digest;
    const uint8_t *bitmap; /* member i = bit i mod 8 of byte i / 8 */
    const struct signature *signatures;
};

/* certificate_new copies. `signers` are member indices, ascending, without repeats. */
struct certificate *certificate_new(uint32_t height, uint64_t round, const struct hash *block_hash,
                                    const struct committee *committee, const uint32_t *signers,
                                    const struct signature *signatures, size_t count);
struct certificate *certificate_ref(struct certificate *certificate); /* accepts NULL */
void certificate_unref(struct certificate *certificate);              /* accepts NULL */
bool certificate_eq(const struct certificate *a, const struct certificate *b);
bool certificate_has_signer(const struct certificate *certificate, uint32_t index);
/* Recomputed from the committee; zero when the bitmap does not fit it. */
struct amount certificate_power(const struct certificate *certificate, const struct committee *committee);

/* certificate_verify decides by api 6.2 whether `certificate` proves that `committee` voted for its block in `domain`:
 * canonical form, committee hash, quorum, then every signature. The answer GOOD is remembered in the certificate together
 * with the committee and domain it was found for, so a shared certificate is verified once a process. */
enum verdict certificate_verify(const struct certificate *certificate, const struct committee *committee, struct domain domain,
                                const struct verifier *verifier) MUST_CHECK;

/* u32 height ‖ u64 round ‖ block_hash ‖ committee_hash ‖ u16 bitmap length ‖ bitmap ‖ signatures. */
void certificate_encode(const struct certificate *certificate, struct buf *out);
/* H("adnet/certificate/v1", its encoding), computed once: what stands for it where it would be hashed again and again. */
struct hash certificate_digest(const struct certificate *certificate);
size_t certificate_bytes(const struct certificate *certificate);
struct certificate *certificate_decode(struct bin_reader *r) MUST_CHECK; /* NULL on a fault */

/* `power` in the JSON form needs the committee. Reading ignores it: verifiers recompute. */
void certificate_write(const struct certificate *certificate, struct amount power, struct json_writer *w);
struct certificate *certificate_read(const struct json *node, struct amount *out_power) MUST_CHECK; /* NULL on a fault */

#endif
