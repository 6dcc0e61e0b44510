/* Delta, perpetuals: the DeltaOS client's calls DP1 to DP10 (D4 to D6 among them). As alpha.h says: calls answer NULL unless out->status
 * is ANSWER_OK, and what they return is borrowed from `out`. `delta` must name Delta. */
#ifndef CLIENT_DELTA_PERPS_H
#define CLIENT_DELTA_PERPS_H

#include "chain/response_perps.h"
#include "tester/client/alpha.h"

const struct page *delta_perp_markets(const struct alpha *delta, struct instant deadline, struct answer *out) FIBER; /* DP1 */
const struct perp_market_view *delta_perp_market(const struct alpha *delta, struct str market, struct instant deadline,
                                                 struct answer *out) FIBER; /* DP2 */
/* D4. `status` empty: those that are open; "all": all of them. */
const struct page *delta_positions(const struct alpha *delta, const struct address *owner, struct str status, struct instant deadline,
                                   struct answer *out) FIBER;
/* The same, `limit` at a time (0: 1000, at most 10000); *out_next (borrowed from `out`) is where the next ones begin; empty: these were the last. */
const struct page *delta_positions_from(const struct alpha *delta, const struct address *owner, struct str status, uint32_t limit,
                                        struct str cursor, struct str *out_next, struct instant deadline, struct answer *out) FIBER;
const struct position_view *delta_position(const struct alpha *delta, const struct hash *id, struct instant deadline,
                                           struct answer *out) FIBER; /* DP4; the answer's id is checked */
/* D5, D6, DP7, DP8: the signed transaction of the kind; the acknowledgement's ids are checked. `id`: of the position. */
const struct object_ack *delta_position_open(const struct alpha *delta, const struct tx *tx, struct instant deadline,
                                             struct answer *out) FIBER;
const struct object_ack *delta_position_close(const struct alpha *delta, const struct hash *id, const struct tx *tx,
                                              struct instant deadline, struct answer *out) FIBER;
const struct tx_ack *delta_position_margin(const struct alpha *delta, const struct hash *id, const struct tx *tx,
                                           struct instant deadline, struct answer *out) FIBER;
const struct tx_ack *delta_position_liquidate(const struct alpha *delta, const struct hash *id, const struct tx *tx,
                                              struct instant deadline, struct answer *out) FIBER;
/* DP9, DP10; items are struct funding_view and struct liquidation_view. */
const struct page *delta_fundings(const struct alpha *delta, struct str market, uint32_t limit, struct str cursor,
                                  struct instant deadline, struct answer *out) FIBER;
const struct page *delta_liquidations(const struct alpha *delta, uint32_t limit, struct str cursor, struct instant deadline,
                                      struct answer *out) FIBER;

#endif
