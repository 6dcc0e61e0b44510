/* Dex: what the files of the family share: pairs, looks at a book, orders, and what became of them. For the room's own eyes.
 *
 * Prices are quote units for 1,000,000 base units; notional(q, p) = floor(q * p / 1,000,000). A taker pays ceil(notional * bps /
 * 10000) of each of its trades, a resting order keeps notional + maker fee (buying) or its quantity (selling) locked (api 2.7).
 */
#ifndef BEHAVIOR_DEX_PRIV_H
#define BEHAVIOR_DEX_PRIV_H

#include "tester/behavior/families_priv.h"
#include "tester/bot/ask.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"
#include "tester/bot/tide.h"
#include "tester/client/delta_spot.h"

#define DEX_PRICE_ONE UINT64_C(1000000)
#define DEX_BPS 10000u
#define DEX_DEPTH 500u  /* the deepest look (DS1) */
#define DEX_LEAST 1000u /* an order's least quantity (api 11) */
#define DEX_TAPE_PAGE 100u

struct dex_pair {
    const char *name; /* "DX/sAX" */
    enum token base, quote;
};
const struct dex_pair *dex_pair_find(struct str text); /* either of '/' and '-'; NULL: none */
size_t dex_pairs(const struct dex_pair **out);
/* The pair that the parameter names, on Delta. NULL: op says why. */
const struct dex_pair *dex_begin(struct act *act, const char *param, struct op *op);
bool dex_skip(struct op *op, enum op_status status, const char *note); /* false */
/* The refusal with `code` was to be reckoned with: the op goes on as if nothing had happened. False: it ended otherwise. */
bool dex_forgive(struct op *op, enum code code);

static inline u128 dex_notional(uint64_t quantity, uint64_t price) { return (u128)quantity * price / DEX_PRICE_ONE; }
static inline u128 dex_taker_fee(u128 notional, uint64_t bps) { return (notional * bps + DEX_BPS - 1) / DEX_BPS; }
static inline bool dex_is_open(enum order_status status) { return status == ORDER_OPEN || status == ORDER_PARTIALLY_FILLED; }
static inline enum side dex_other(enum side side) { return side == SIDE_BUY ? SIDE_SELL : SIDE_BUY; }
static inline enum side dex_side(struct str word) { return str_eq(word, STR("sell")) ? SIDE_SELL : SIDE_BUY; }
static inline const char *dex_side_text(enum side side) { return side == SIDE_BUY ? "buy" : "sell"; }
/* `price` moved by `bps`, up or down, at least 1. */
uint64_t dex_shift(uint64_t price, uint64_t bps, bool up);

/* ---- a look at a book ---- */
struct dex_look {
    uint64_t sequence;
    uint32_t height, bids, asks; /* of its state; levels */
    uint64_t bid, ask;           /* the best; 0: nobody */
    /* what an order of `side` and `quantity` would meet at any price */
    uint64_t reach, worst; /* quantity; price of the last level */
    u128 turnover;         /* sum of price * quantity */
};
/* depth 0: the default. False: nobody told; op says why. */
bool dex_look(struct act *act, const struct dex_pair *pair, uint32_t depth, enum side side, uint64_t quantity,
              struct dex_look *out, struct op *op) FIBER MUST_CHECK;
/* What stands at one price. */
bool dex_level(struct act *act, const struct dex_pair *pair, enum side side, uint64_t price, struct book_level *out,
               struct op *op) FIBER MUST_CHECK;
/* The middle of the book, else its one side, else the last price, else the pool's, else 1. 0: nobody told; op says why. */
uint64_t dex_reference(struct act *act, const struct dex_pair *pair, const struct dex_look *look, struct op *op) FIBER MUST_CHECK;
static inline uint64_t dex_best(const struct dex_look *look, enum side side) { return side == SIDE_BUY ? look->ask : look->bid; }

/* ---- orders ---- */
struct dex_order {
    const struct dex_pair *pair;
    enum side side;
    enum order_type type;
    enum tif tif;
    uint64_t price; /* a market order's: what a purchase is taken to cost at most */
    uint64_t quantity;
    uint16_t slippage_bps;
};
u128 dex_reserve(const struct dex_order *order); /* what it locks while it rests, in its token, with no maker fee */
static inline enum token dex_reserve_token(const struct dex_order *order)
{
    return order->side == SIDE_BUY ? order->pair->quote : order->pair->base;
}
bool dex_order_begin(struct act *act, const struct dex_order *order, struct submission *out, struct op *op) FIBER;
bool dex_order_end(struct act *act, struct submission *submission, struct landing *out, struct op *op) FIBER;
/* To its end; counts it in op->market. */
bool dex_order_send(struct act *act, const struct dex_order *order, struct landing *out, struct op *op) FIBER;
/* A cancel costs more for who cancels much (api 2.4): paid, up to 1024 times the least fee. */
bool dex_cancel_send(struct act *act, const struct hash *id, struct landing *out, struct op *op) FIBER;
bool dex_cancel_all_send(struct act *act, const struct dex_pair *pair, struct landing *out, struct op *op) FIBER;
/* It must be refused with `wanted`, at whatever fee it takes to be asked; `claim` says that it is. False: it was not, or op says what happened instead. */
bool dex_claim_refused(struct act *act, const char *claim, const struct send_plan *plan, enum code wanted, struct op *op) FIBER;

/* ---- what became of them ---- */
struct dex_fills {
    bool told;                /* the order was told of */
    enum order_status status; /* last told */
    uint64_t remaining;
    uint32_t count;      /* trades it took */
    uint64_t quantity;   /* of them */
    u128 turnover, cost; /* sum of price * quantity; of notionals */
    u128 fees;           /* of the taker */
    uint64_t first_price, last_price, first_sequence, last_sequence;
    uint64_t makers;  /* the orders it met, summed up: what the tape has to name, too */
    bool outwards;    /* each price is no better than the one before */
    uint32_t crossed; /* resting orders of the same owner that it met and that were cancelled: what they held came back with it */
};
/* What the transaction `landing->id` placed and took at once, by the events of its receipt. */
void dex_fills_read(const struct landing *landing, enum side side, uint64_t taker_bps, struct dex_fills *out);
/* How many orders the transaction cancelled that way; `id` NULL: of all, else whether it is among them. */
uint32_t dex_cancelled_count(const struct landing *landing, const struct hash *id, uint64_t *out_remaining);
struct dex_fees {
    uint64_t taker_bps, maker_bps;
};
bool dex_fees_read(struct act *act, const struct dex_pair *pair, struct dex_fees *out, struct op *op) FIBER MUST_CHECK;

/* Which order was met in which trade: one number for all of them, whatever their order. */
uint64_t dex_maker_mark(const struct trade_view *trade);
/* Whether the answer comes from behind `height`; the answer is released then and a while has passed. */
bool dex_is_behind(struct act *act, struct answer *answer, uint32_t height, uint64_t *wait_ns, uint32_t *tries) FIBER;

struct dex_state { /* of an order, DS4 */
    enum order_status status;
    enum side side;
    uint64_t price, quantity, filled, remaining, average;
    u128 fills_cost; /* sum of notionals of its fills, where all of them are told */
    bool fills_whole;
    uint32_t created;
    struct address owner;
};
/* By a view that has come to `height` at least: another may answer that is a little behind. 0: any. */
bool dex_state_read(struct act *act, const struct hash *id, uint32_t height, struct dex_state *out,
                    struct op *op) FIBER MUST_CHECK;
/* Waits until it has left `pending` and is filled by `filled` at least or no longer open. False: the deadline passed, or op says
 * why. */
bool dex_state_await(struct act *act, const struct hash *id, uint64_t filled, struct instant deadline, struct dex_state *out,
                     struct op *op) FIBER MUST_CHECK;

/* Claims the movements of the account. Blocks in which other transactions or trades with its resting orders moved it claim
 * nothing. False: it does not hold, or could not be read; op says. */
bool dex_claim_moves(struct act *act, const char *claim, const struct dex_pair *pair, const struct moves *moves) FIBER;

/* The tape since the order's height: back to its first trade where that is known, else as far as one page goes. */
struct dex_taped {
    const struct hash *order;
    uint32_t since_height;
    uint64_t first_sequence; /* of its trades; 0: not known */
};
struct dex_tape {
    uint64_t as_taker, as_maker; /* quantity of the trades in which it is that */
    uint64_t makers;             /* the orders it met as a taker, as dex_fills sums them up */
    uint32_t trades;
    bool whole;   /* it was read to where it was to be */
    bool ordered; /* no trade passed over an older order at its price, no taker went back to a better price */
    char note[64];
};
bool dex_tape_read(struct act *act, const struct dex_pair *pair, const struct dex_taped *what, struct dex_tape *out,
                   struct op *op) FIBER MUST_CHECK;

void dex_output_id(struct act *act, const char *name, const struct hash *id);
void dex_output_u64(struct act *act, const char *name, uint64_t value);

/* ---- takers and makers, over the bus ---- */
/* "quote/DX/sAX/buy": asked by who finds nobody that buys; the request is the quantity, the reply the price. */
struct dex_topic {
    char text[BUS_TOPIC_BYTES_MAX];
};
struct dex_topic dex_topic_of(const char *stem, const struct dex_pair *pair, enum side side);
/* Asks once. ASK_OK: somebody quotes, or did. */
enum ask_result dex_quote_ask(struct act *act, const struct dex_pair *pair, enum side side, uint64_t quantity,
                              struct instant deadline) FIBER;
/* The book shows somebody to trade with, if need be because a maker was asked to quote. False: nobody did until the deadline; op
 * says so. */
bool dex_look_served(struct act *act, const struct dex_pair *pair, enum side side, uint64_t quantity, struct instant deadline,
                     struct dex_look *out, struct op *op) FIBER MUST_CHECK;

/* ---- steps ---- */
void dex_market_order(struct act *act, struct op *op) FIBER;
void dex_slippage_guard(struct act *act, struct op *op) FIBER;
void dex_limit_order(struct act *act, struct op *op) FIBER;
void dex_cancel_order(struct act *act, struct op *op) FIBER;
void dex_cancel_all(struct act *act, struct op *op) FIBER;
void dex_spot_trade(struct act *act, struct op *op) FIBER;
void dex_maintain_quotes(struct act *act, struct op *op) FIBER;
void dex_provide_liquidity(struct act *act, struct op *op) FIBER;
void dex_remove_liquidity(struct act *act, struct op *op) FIBER;

/* One order at any price, with its claims: what dex.market_order is and dex.spot_trade has among others. `whole`: also those that
 * cost requests of their own. */
struct dex_taking {
    const struct dex_pair *pair;
    enum side side;
    uint64_t quantity;
    uint16_t slippage_bps;
    bool whole;
};
void dex_take(struct act *act, const struct dex_taking *taking, const struct dex_look *before, struct op *op) FIBER;

#endif
