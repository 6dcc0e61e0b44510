/* Auctions of names (Vickrey 1961, "Counterspeculation, Auctions, and Competitive Sealed Tenders"), as they stand in the state.
 * For the ledger's own eyes. */
#ifndef LEDGER_NAMES_PRIV_H
#define LEDGER_NAMES_PRIV_H

#include "network/ledger/family_priv.h"

enum auction_phase { AUCTION_COMMIT, AUCTION_REVEAL, AUCTION_ENDED, AUCTION_FINALIZED, AUCTION_CLAIMED };

struct auction {
    uint32_t commit_end, reveal_end; /* the last heights of either */
    struct amount min_bid;
    uint32_t commits, reveals;
    bool finalized, claimed, has_winner;
    struct address winner; /* of the highest bid revealed so far, the earliest commit on ties */
    uint32_t winner_commit;
    struct amount first, second; /* bids; second: min_bid while there is one alone */
    struct amount price;         /* once finalized */
};
struct bid { /* one commitment */
    uint32_t order; /* of the commits of this auction, from 0 */
    struct amount deposit;
    bool revealed;
    struct amount amount; /* once revealed */
};
bool auction_find(const struct ordmap *objects, struct str name, struct auction *out) MUST_CHECK;
enum auction_phase auction_phase(const struct auction *auction, uint32_t height); /* in the block at `height` */
struct str auction_phase_text(enum auction_phase phase);
/* Walks over the bids of a name: `*key` empty begins. The key holds bidder and commitment behind the prefix. */
bool auction_bid_next(const struct ordmap *objects, struct str name, struct ordmap_entry *at, struct address *bidder,
                      struct hash *commitment, struct bid *out) MUST_CHECK;

#endif
