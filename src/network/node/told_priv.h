/* What the receipts of a block tell beside transfers (api 2: events of a receipt). For the store's own eyes; stored_told in
 * blockstore.h reads it. */
#ifndef NODE_TOLD_PRIV_H
#define NODE_TOLD_PRIV_H

#include "network/node/blockstore.h"

void told_keep(struct stored *stored, const struct ledger_result *result); /* once, when it is final */
void told_forget(struct stored *stored);                                   /* nothing kept: nothing happens */
uint64_t told_bytes(const struct stored *stored);                          /* of memory that it takes */

#endif
