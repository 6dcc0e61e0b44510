/* Wallet: what a bot knows of its money and of its nonces, so that it may have many transactions in flight without asking.
 *
 * Balances are u128 and checked. `settled` is what the bot's final transactions leave it with; what is in flight is reserved.
 * A nonce lane a chain hands out the next nonce, lowest hole first: a refused or dropped transaction leaves a hole that the next
 * one fills. The wallet never guesses: what contradicts the chain is for wallet_resync.
 *
 * It doubles as the ledger of PT-L-070: start + received - spent of final transactions is what the chain must show in the end,
 * and their number is the nonce. */
#ifndef BOT_WALLET_H
#define BOT_WALLET_H

#include "chain/amount.h"

/* Of one token. */
struct purse {
    struct amount settled;  /* start + received - spent by final transactions */
    struct amount reserved; /* by those in flight */
    bool loose;             /* others move it too (fills, rewards, pools): `settled` is the chain's last word, not a sum to be held
                               against it */
};

struct lane_nonces {
    uint64_t next;     /* never handed out yet */
    uint64_t executed; /* final transactions of ours: the nonce the chain must show when nothing is in flight */
    uint32_t in_flight;
    uint32_t holes_count, holes_cap; /* never more than were in flight at once */
    uint64_t *holes;                 /* ascending; handed out again before `next`. Allocated when the first appears */
};

struct wallet {
    struct purse purses[TOKEN_COUNT + 1]; /* by enum token */
    struct lane_nonces lanes[2];          /* Alpha, Delta */
    uint32_t resyncs;                     /* how often it had lost track */
};

void wallet_init(struct wallet *wallet);
void wallet_done(struct wallet *wallet);

/* Money that came from outside the bot's own transactions: genesis, faucet, a transfer to it that is final. False: beyond 2^128
 * - 1. */
bool wallet_receive(struct wallet *wallet, struct money money) MUST_CHECK;
struct amount wallet_available(const struct wallet *wallet, enum token token); /* settled - reserved, at least 0 */

/* The chain's word for a loose purse; what is in flight stays reserved, also where the chain has taken it out already. */
void wallet_restate(struct wallet *wallet, struct money money);

/* What a transaction in flight holds: taken before it is signed, given back in exactly one of the ways below. */
struct spend {
    enum chain_id chain;
    uint64_t nonce;
    struct money amount; /* what leaves beside the fee */
    struct money fee;    /* fee + tip, in the chain's fee token */
    bool open;
};
/* Reserves amount and fee and takes a nonce. False: not affordable; nothing changed. */
bool wallet_reserve(struct wallet *wallet, enum chain_id chain, struct money amount, struct money fee,
                    struct spend *out) MUST_CHECK;
/* Final: fee charged and, when it succeeded, the amount gone. `charged` is the receipt's fee. */
void wallet_settle(struct wallet *wallet, struct spend *spend, bool success, struct amount charged);
/* Never executed (refused, dropped): the money is free again, the nonce is a hole to be filled. */
void wallet_release(struct wallet *wallet, struct spend *spend);
/* Never executed by us, and the nonce is not ours to use again (the chain has another transaction there). */
void wallet_forfeit(struct wallet *wallet, struct spend *spend);

/* Final, and it was never reserved: sent past the wallet by somebody. */
void wallet_note(struct wallet *wallet, const struct spend *spend, bool success, struct amount charged);

/* A nonce that was forfeited, and that the chain shows to be free after all: a hole again. Not for one that is in flight. */
void wallet_reclaim(struct wallet *wallet, enum chain_id chain, uint64_t nonce);

/* A nonce below `nonce` that nobody holds: transactions above it cannot run. False: none. */
bool wallet_hole_below(const struct wallet *wallet, enum chain_id chain, uint64_t nonce, uint64_t *out);
bool wallet_is_quiet(const struct wallet *wallet); /* nothing in flight on either lane */

/* Takes the chain's word for the lane after a contradiction: `chain_next` is the nonce the account will execute next,
 * `pending_next` the one behind its contiguous pending ones. Holes below chain_next vanish; when nothing is in flight the lane
 * goes on from pending_next. Counts a resync. */
void wallet_resync(struct wallet *wallet, enum chain_id chain, uint64_t chain_next, uint64_t pending_next);

#endif
