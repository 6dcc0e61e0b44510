/* Traffic: random transactions of every kind, filled from the table of fields: plausible where a name or an id says what is meant, and
 * often enough wrong. */
#ifndef SWEEP_NETWORK_TRAFFIC_H
#define SWEEP_NETWORK_TRAFFIC_H

#include "chain/payload.h"
#include "core/base/rng.h"

#define TRAFFIC_IDS 64
struct traffic {
    struct rng *rng;
    const struct address *people;
    uint32_t people_count;
    struct hash ids[TRAFFIC_IDS]; /* of what was sent last: orders, proposals, locks and the rest are named by them */
    uint32_t ids_count;
};
void traffic_sent(struct traffic *traffic, const struct hash *id);
/* The payload bytes of a transaction of this kind. */
void traffic_payload(struct traffic *traffic, enum kind kind, struct buf *out);
enum kind traffic_kind(struct traffic *traffic, enum chain_id chain); /* any that is in the build, but no new validators */

#endif
