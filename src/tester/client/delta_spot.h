/* Delta's spot markets: the client's calls of DS1 to DS8 (api 4.3; D1 to D3). As those of alpha.h, whose struct says where they
 * go: one of Delta (`chain` CHAIN_DELTA). Pairs are "DX/sAX" or "DX-sAX". */
#ifndef CLIENT_DELTA_SPOT_H
#define CLIENT_DELTA_SPOT_H

#include "chain/response_dex.h"
#include "tester/client/alpha.h"

/* D1. depth 0: the default. Levels are checked: bids fall, asks rise, and the best bid is below the best ask. */
const struct book_view *delta_book(const struct alpha *delta, struct str pair, uint32_t depth, struct instant deadline,
                                   struct answer *out) FIBER;
/* D2: a signed order_place; the order's id is the transaction's. */
const struct object_ack *delta_order(const struct alpha *delta, const struct tx *tx, struct instant deadline,
                                     struct answer *out) FIBER;
/* D3: a signed order_cancel of `order`. */
const struct object_ack *delta_order_cancel(const struct alpha *delta, const struct hash *order, const struct tx *tx,
                                            struct instant deadline, struct answer *out) FIBER;
/* DS4. What is filled and what remains must add up. */
const struct order_view *delta_order_find(const struct alpha *delta, const struct hash *order, struct instant deadline,
                                          struct answer *out) FIBER;
/* DS5; items are struct order_view, newest first. pair and status empty: any. */
const struct page *delta_orders(const struct alpha *delta, const struct address *owner, struct str pair, struct str status,
                                uint32_t limit, struct str cursor, struct instant deadline, struct answer *out) FIBER;
/* DS6; items are struct trade_view, newest first. */
const struct page *delta_trades(const struct alpha *delta, struct str pair, uint32_t since_height, uint32_t limit, struct str cursor,
                                struct instant deadline, struct answer *out) FIBER;
const struct page *delta_pairs(const struct alpha *delta, struct instant deadline,
                               struct answer *out) FIBER; /* DS7; struct pair_view */
/* DS8. side 0 (else enum side): without a quote. */
const struct pool_view *delta_pool(const struct alpha *delta, struct str pair, uint32_t side, struct amount amount_in,
                                   struct instant deadline, struct answer *out) FIBER;

#endif
