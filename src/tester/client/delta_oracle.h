/* Delta, oracles: the DeltaOS client's calls DO1 to DO4 (D7 among them). Rules of use: delta_perps.h. `asset` is written with '-'. */
#ifndef CLIENT_DELTA_ORACLE_H
#define CLIENT_DELTA_ORACLE_H

#include "chain/response_oracle.h"
#include "tester/client/alpha.h"

/* D7. `fresh`: a stale price is refused with ORACLE_STALE. */
const struct oracle_price_view *delta_oracle_price(const struct alpha *delta, struct str asset, bool fresh, struct instant deadline,
                                                   struct answer *out) FIBER;
/* What was in force after the block at that height; price 0: it is not remembered. */
const struct oracle_price_view *delta_oracle_price_at(const struct alpha *delta, struct str asset, uint32_t height,
                                                      struct instant deadline, struct answer *out) FIBER;
const struct page *delta_oracle_prices(const struct alpha *delta, struct instant deadline, struct answer *out) FIBER; /* DO2 */
const struct tx_ack *delta_oracle_submit(const struct alpha *delta, const struct tx *tx, struct instant deadline,
                                         struct answer *out) FIBER; /* DO3; the acknowledgement's id is checked */
const struct oracle_feeds_view *delta_oracle_feeds(const struct alpha *delta, struct str asset, uint32_t history,
                                                   struct instant deadline, struct answer *out) FIBER; /* DO4 */

#endif
