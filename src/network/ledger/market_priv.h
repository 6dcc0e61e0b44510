/* Market: the three spot pairs of Delta: an order book and a constant product pool each (api 2.4, 2.7). For the ledger's own eyes.
 *
 * What stands in the state root (integers little-endian):
 *   order  ident id                    struct order, see order_encode
 *   pool   ident "DX/sAX"              u128 base ‖ u128 quote ‖ u128 shares ‖ u32 providers
 *   pool   ident "DX/sAX/" ‖ dx text   u128 shares of one provider
 *   param  ident "spot"                u64 orders so far ‖ for each pair: u64 changes of its book, u64 trades so far, u64 last price
 * and beside it, under INDEX_BOOK (a u8 of enum book_part first) and INDEX_TRADES, what the parts below say.
 *
 * Prices are quote units for 1,000,000 base units; notional(q, p) = floor(q * p / 1,000,000). A buyer that rests has
 * notional + maker fee locked, a seller its quantity. Fees are taken in the quote token: the taker's is rounded up, the maker's
 * down (so that what a resting buyer locked always covers its fills), and both are the proposer's, as all fees on Delta. */
#ifndef LEDGER_MARKET_PRIV_H
#define LEDGER_MARKET_PRIV_H

#include "chain/response_dex.h"
#include "network/ledger/family_priv.h"
#include "network/ledger/guard_market_priv.h"

#define PAIR_COUNT 3
struct pair {
    const char *name;
    enum token base, quote;
    const char *assets[2]; /* of the oracle: whose breaker halts market orders; NULL: none */
};
const struct pair *pair_at(size_t i);                     /* i < PAIR_COUNT */
bool pair_find(struct str text, size_t *out) MUST_CHECK;  /* "DX/sAX", "DX-sAX" */

/* The breaker of an asset behind it is open: market orders, which take any price, wait; the rest goes on. */
bool pair_halted(const struct ordmap *objects, uint64_t now_ms, const struct pair *pair);

#define ORDER_KEPT_BLOCKS 300   /* closed orders are remembered that long */
#define TRADES_KEPT 10000       /* of a pair */
#define CANCEL_WINDOW_BLOCKS 100
#define CANCELS_A_DOUBLING 50

/* ---- the record of all pairs ---- */
struct spot_pair {
    uint64_t changes, trades, last_price;
};
struct spot {
    uint64_t orders;
    struct spot_pair pairs[PAIR_COUNT];
};
void spot_load(const struct ordmap *objects, struct spot *out);
void spot_store(struct work *work, const struct spot *spot);

/* ---- orders ---- */
struct fill {
    uint64_t trade, price, quantity;
    uint32_t height;
};
struct order {
    struct hash id;
    struct address owner;
    uint8_t pair, side, type, tif;
    uint8_t status; /* enum order_status */
    uint16_t maker_bps; /* at the time it was placed */
    uint64_t price, quantity, filled;
    u128 turnover; /* sum of price * quantity of its fills */
    u128 locked;   /* while it rests */
    u128 refund;   /* what it got back when it was closed */
    uint64_t client_id, sequence;
    uint32_t created, updated;
    uint32_t fills_count;
    struct fill fills[ORDER_FILLS_MAX]; /* the last of them, oldest first */
};
static inline bool order_is_open(const struct order *order)
{
    return order->status == ORDER_OPEN || order->status == ORDER_PARTIALLY_FILLED;
}
static inline uint64_t order_remaining(const struct order *order) { return order->quantity - order->filled; }
bool order_load(const struct ordmap *objects, const struct hash *id, struct order *out) MUST_CHECK;
void order_store(struct work *work, const struct order *order);

/* ---- parts of INDEX_BOOK ---- */
enum book_part {
    BOOK_LEVELS = 1, /* u8 pair ‖ u8 side ‖ u64 price (bids: its complement) ‖ u64 sequence -> id: the best first */
    BOOK_OWNED,      /* owner ‖ u8 open ‖ u64 sequence -> id ‖ u8 pair */
    BOOK_CLOSED,     /* u32 height ‖ u64 sequence -> id: when to forget it */
    BOOK_CANCELLED,  /* owner ‖ u32 height -> u32 orders it cancelled unfilled in that block */
    BOOK_ACTIVITY,   /* owner -> struct activity (watch.c) */
    BOOK_ALERTS,     /* u32 height ‖ u32 n -> u8 enum market_alert ‖ subject ‖ other: the last CANCEL_WINDOW_BLOCKS */
};
struct okey book_key(enum book_part part);
struct okey level_prefix(size_t pair, uint8_t side);
struct okey level_key(const struct order *order);
struct okey owned_key(const struct address *owner, bool open, uint64_t sequence);

/* ---- trades: INDEX_TRADES ‖ u8 pair ‖ u64 sequence ---- */
struct trade {
    uint64_t price, quantity, timestamp;
    uint8_t taker_side, source;
    struct hash maker_order, taker_order;
    uint32_t height, index;
};
struct okey trade_key(size_t pair, uint64_t sequence);
bool trade_load(const struct ordmap *objects, size_t pair, uint64_t sequence, struct trade *out) MUST_CHECK;
#define TRADE_ID_BYTES 32
struct str trade_id(size_t pair, uint64_t sequence, char out[TRADE_ID_BYTES]); /* "DX-sAX-17" */
/* Prints a trade: the tape, last price, dex.trade. Gives its sequence. */
uint64_t trade_print(struct work *work, struct spot *spot, size_t pair, struct trade *trade);

/* ---- the pools ---- */
struct amm {
    u128 base, quote, shares;
    uint32_t providers;
};
void amm_load(const struct ordmap *objects, size_t pair, struct amm *out); /* zero: nobody has added to it */
void amm_store(struct work *work, size_t pair, const struct amm *amm);
static inline bool amm_is_empty(const struct amm *amm) { return amm->shares == 0 || amm->base == 0 || amm->quote == 0; }
/* floor(out * in' / (in + in')), in' = floor(amount * (10000 - fee_bps) / 10000). False: the pool cannot take that much. */
bool amm_out(u128 in, u128 out, u128 amount, uint64_t fee_bps, u128 *result) MUST_CHECK;
uint64_t amm_price(const struct amm *amm); /* of one whole base token; 0: empty */

/* ---- arithmetic ---- */
static inline u128 notional(uint64_t quantity, uint64_t price) { return (u128)quantity * price / TOKEN_UNITS_PER_WHOLE; }
u128 taker_fee(u128 notional, uint64_t bps); /* rounded up */
u128 maker_fee(u128 notional, uint64_t bps); /* rounded down */
u128 order_lock(const struct order *order);  /* what the rest of it must have locked */

/* ---- what the kinds do ---- */
enum code order_place_apply(struct exec *x);
enum code order_cancel_apply(struct exec *x);
enum code order_cancel_all_apply(struct exec *x);
enum code amm_add_apply(struct exec *x);
enum code amm_remove_apply(struct exec *x);
enum code amm_swap_apply(struct exec *x);
enum code flash_loan_apply(struct exec *x);
struct amount cancel_least_fee(const struct exec *x, struct amount by_size);
/* Closes an order that rests: gives back what is locked, takes it off the book, tells. `by`: who cancelled it, NULL: nobody. */
void order_close(struct work *work, struct spot *spot, struct order *order, enum order_status status, const struct address *by);
void order_told(struct work *work, const struct order *order);

/* ---- watch.c: patterns ---- */
enum market_alert { MARKET_SPOOFING = 1, MARKET_WASH_TRADE = 2 };
void watch_trade(struct work *work, const struct address *maker, const struct address *taker);
void watch_cancel(struct work *work, const struct address *owner);
uint32_t cancelled_recently(const struct ordmap *objects, const struct address *owner, uint32_t height);

#endif
