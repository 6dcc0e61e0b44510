/* Delta, off-ramp: the DeltaOS client's calls DR1 to DR6 and X12. Rules of use: delta_perps.h. */
#ifndef CLIENT_DELTA_OFFRAMP_H
#define CLIENT_DELTA_OFFRAMP_H

#include "chain/response_offramp.h"
#include "tester/client/alpha.h"

/* DR1, DR3, DR4, DR6: the signed transaction of a kind the route takes; the acknowledgement's ids are checked. */
const struct object_ack *delta_kyc_submit(const struct alpha *delta, const struct tx *tx, struct instant deadline,
                                          struct answer *out) FIBER;
const struct tx_ack *delta_kyc_review(const struct alpha *delta, const struct address *subject, const struct tx *tx,
                                      struct instant deadline, struct answer *out) FIBER;
const struct object_ack *delta_offramp_request(const struct alpha *delta, const struct tx *tx, struct instant deadline,
                                               struct answer *out) FIBER;
const struct tx_ack *delta_offramp_settle(const struct alpha *delta, const struct hash *request, const struct tx *tx,
                                          struct instant deadline, struct answer *out) FIBER;
const struct kyc_view *delta_kyc(const struct alpha *delta, const struct address *who, struct instant deadline,
                                 struct answer *out) FIBER; /* DR2 */
const struct offramp_view *delta_offramp(const struct alpha *delta, const struct hash *request, struct instant deadline,
                                         struct answer *out) FIBER; /* DR5; the answer's id is checked */
const struct page *delta_offramps(const struct alpha *delta, const struct address *owner, uint32_t limit, struct str cursor,
                                  struct instant deadline, struct answer *out) FIBER; /* X12; items are struct offramp_view */

#endif
