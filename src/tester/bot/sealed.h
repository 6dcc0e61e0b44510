/* Sealed: the bids on names that a bot has committed to. The chain has only their hashes until they are revealed, so the bot keeps what
 * opens them. */
#ifndef BOT_SEALED_H
#define BOT_SEALED_H

#include "chain/address.h"
#include "chain/amount.h"
#include "core/base/vec.h"
#include "core/crypto/hash.h"

#define SEALED_NAME_MAX 32
struct sealed_bid {
    char name[SEALED_NAME_MAX + 1];
    struct amount bid, deposit;
    struct hash salt, commitment;
    bool revealed, withheld; /* withheld: decided once, for good */
    bool settled;            /* its bidder has looked for the name */
};
struct sealed_bids {
    VEC(struct sealed_bid) bids; /* by commit */
};

/* H("adnet/bid/v1", str name ‖ bidder ‖ bid u128 ‖ salt) (api 2.6). */
struct hash sealed_commitment(struct str name, const struct address *bidder, struct amount bid, const struct hash *salt);

#endif
