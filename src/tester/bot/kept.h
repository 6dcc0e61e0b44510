/* Kept: transactions that a bot has signed to be sent later, by itself or by another. As long as one may still run as it was meant, the
 * bot's money and nonce are held for it. */
#ifndef BOT_KEPT_H
#define BOT_KEPT_H

#include "chain/tx.h"
#include "core/base/vec.h"
#include "tester/bot/wallet.h"

#define KEPT_MAX 1024
struct kept {
    struct tx *tx; /* a reference */
    struct spend spend;
    bool held;   /* the spend is open: it was not sent yet */
    bool booked; /* its end is in the wallet, or somebody follows it who will see to that */
};
struct kept_txs {
    VEC(struct kept) txs; /* by making */
};

void kept_done(struct kept_txs *kept);
/* Takes over the reference. Of those that are booked the oldest makes room. False: KEPT_MAX wait to be sent. */
bool kept_add(struct kept_txs *kept, struct tx *tx, const struct spend *spend) MUST_CHECK;
bool kept_has_room(const struct kept_txs *kept);
/* Borrowed, until the next one is added. NULL: not here. */
struct kept *kept_find(const struct kept_txs *kept, const struct hash *id);
struct kept *kept_oldest(const struct kept_txs *kept); /* that is held; NULL: none */

#endif
