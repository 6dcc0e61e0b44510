/* INV-14, auctions: the winner is the highest valid reveal (the earliest commit on ties), the price the second highest or min_bid, and
 * the deposits that went in go out again. Fed with Alpha's final blocks in order, with what X11 says of a finalized name, and with
 * the deposits stated for final heights. Part of struct judge. */
#ifndef INVARIANT_JUDGE_AUCTION_H
#define INVARIANT_JUDGE_AUCTION_H

#include "chain/response_names.h"
#include "core/base/map.h"
#include "core/base/vec.h"

struct judge;

struct auction_bid {
    struct address bidder;
    struct hash commitment;
    struct amount deposit, bid;
    bool revealed;
};
struct auction_seen {
    char name[33];
    uint8_t name_len;
    bool finalized, has_winner;
    bool alone; /* nothing else moved deposits in the block that finalized it */
    struct amount min_bid, price, deposits; /* the price that is right; the sum of what went in */
    struct address winner;
    struct hash finalize;  /* the transaction */
    uint32_t commit_end, reveal_end, finalized_height;
    VEC(struct auction_bid) bids; /* by commit */
};
struct auction_deposits { /* the holding, as stated for a height */
    uint32_t height;
    u128 held;
};
struct judge_auction {
    VEC(struct auction_seen *) auctions; /* a name may have several, one behind the other */
    VEC(uint32_t) due;                   /* finalized: whoever reads looks at X11 of them */
    VEC(struct auction_deposits) stated; /* newest last; a few */
    bool others; /* governance moves deposits too, also when a vote is over: what went out is then not one auction's */
};
void judge_auction_init(struct judge_auction *auction);
void judge_auction_done(struct judge_auction *auction);

void judge_auction_block(struct judge *judge, const struct block_view *block);
/* What X11 says now; `number` is of `due`. */
void judge_auction_name(struct judge *judge, uint32_t number, const struct name_view *view);
/* By how much a block may lower the deposits: told by what was stated for it and the one before. */
void judge_auction_supply(struct judge *judge, const struct supply *supply);

#endif
