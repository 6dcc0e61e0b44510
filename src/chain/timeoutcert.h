/* Timeoutcert: more than two thirds of a committee's stake gave a round up. Immutable and shared. */
#ifndef CHAIN_TIMEOUTCERT_H
#define CHAIN_TIMEOUTCERT_H

#include "chain/certificate.h"
#include "chain/timeout.h"

struct timeoutcert {
    uint32_t refs;
    uint16_t bitmap_bytes, count;
    uint64_t round;
    struct hash committee_hash;
    uint32_t checked;         /* memo of timeoutcert_verify */
    struct certificate *high; /* of the largest high_round; NULL: genesis */
    const uint8_t *bitmap;
    const uint64_t *high_rounds; /* in index order */
    const struct signature *signatures;
};

/* timeoutcert_new copies; takes a reference of its own on `high` (NULL: genesis). Signers ascending, without repeats. */
struct timeoutcert *timeoutcert_new(uint64_t round, const struct committee *committee, struct certificate *high,
                                    const uint32_t *signers, const uint64_t *high_rounds, const struct signature *signatures,
                                    size_t count);
struct timeoutcert *timeoutcert_ref(struct timeoutcert *tc); /* accepts NULL */
void timeoutcert_unref(struct timeoutcert *tc);              /* accepts NULL */
bool timeoutcert_eq(const struct timeoutcert *a, const struct timeoutcert *b);
uint64_t timeoutcert_high_round(const struct timeoutcert *tc); /* the largest stated */
struct amount timeoutcert_power(const struct timeoutcert *tc, const struct committee *committee);

/* api 6.8: quorum, every signature over its own high_round, and `high` valid and of the largest. The high certificate may
 * be of the committee itself or, at the start of an epoch, of `previous` (NULL when there is none). GOOD is remembered. */
enum verdict timeoutcert_verify(const struct timeoutcert *tc, const struct committee *committee, const struct committee *previous,
                                struct domain domain, const struct verifier *verifier) MUST_CHECK;

/* u64 round ‖ committee_hash ‖ u16 bitmap length ‖ bitmap ‖ n × u64 high_round ‖ n × signature ‖ certificate? */
void timeoutcert_encode(const struct timeoutcert *tc, struct buf *out);
size_t timeoutcert_bytes(const struct timeoutcert *tc);
struct timeoutcert *timeoutcert_decode(struct bin_reader *r) MUST_CHECK;

/* Powers of the certificate itself and of its high certificate. */
void timeoutcert_write(const struct timeoutcert *tc, struct amount power, struct amount high_power, struct json_writer *w);
struct timeoutcert *timeoutcert_read(const struct json *node, struct amount *out_power, struct amount *out_high_power) MUST_CHECK;

#endif
