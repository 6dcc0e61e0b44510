/* Finality: a proof that a block is final, that anybody can check who knows which committee to trust. Immutable, shared. */
#ifndef CHAIN_FINALITY_H
#define CHAIN_FINALITY_H

#include "chain/block.h"
#include "chain/certificate.h"

#define FINALITY_HEADERS_MAX 1000
#define FINALITY_CERTIFICATES 3

struct finality_proof {
    uint32_t refs;
    uint16_t headers_count; /* 3 ... FINALITY_HEADERS_MAX */
    uint8_t committees_count;
    uint32_t target_height; /* of headers[0] */
    struct hash target_hash;
    const struct header *headers;                            /* contiguous, ascending from the target */
    struct certificate *certificates[FINALITY_CERTIFICATES]; /* for the last three headers */
    struct committee **committees;
};

/* finality_new copies headers and takes references of its own on the rest. Committees named twice are kept once. */
struct finality_proof *finality_new(const struct header *headers, size_t headers_count,
                                    struct certificate *const certificates[FINALITY_CERTIFICATES],
                                    struct committee *const *committees, size_t committees_count);
struct finality_proof *finality_ref(struct finality_proof *proof); /* accepts NULL */
void finality_unref(struct finality_proof *proof);                 /* accepts NULL */
bool finality_eq(const struct finality_proof *a, const struct finality_proof *b);

/* finality_verify decides by api 6.2 whether the proof holds, believing only committees whose hash is among `trusted`
 * (genesis, or reached through next_committee_hash of a final epoch-end block). The trusted list is the caller's. */
enum verdict finality_verify(const struct finality_proof *proof, struct domain domain, const struct hash *trusted,
                             size_t trusted_count, const struct verifier *verifier) MUST_CHECK;

/* u16 n ‖ n headers ‖ 3 certificates ‖ u8 m ‖ m committees. */
void finality_encode(const struct finality_proof *proof, struct buf *out);
size_t finality_bytes(const struct finality_proof *proof);
struct finality_proof *finality_decode(struct bin_reader *r) MUST_CHECK; /* NULL on a fault */

void finality_write(const struct finality_proof *proof, struct json_writer *w);
struct finality_proof *finality_read(const struct json *node) MUST_CHECK; /* NULL on a fault */

#endif
