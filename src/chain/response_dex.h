/* Response, spot markets: what DS1 to DS8 answer (api 4.3), and what dex.order and dex.trade tell (api 6.7). */
#ifndef CHAIN_RESPONSE_DEX_H
#define CHAIN_RESPONSE_DEX_H

#include "chain/response.h"

enum order_status {
    ORDER_PENDING,
    ORDER_OPEN,
    ORDER_PARTIALLY_FILLED,
    ORDER_FILLED,
    ORDER_CANCELLED,
    ORDER_REJECTED
};
enum trade_source { TRADE_BOOK, TRADE_AMM };

/* ---- DS1 ---- */
struct book_level {
    uint64_t price, quantity; /* micro-units; base units, at most INT64_MAX */
    uint32_t orders;
};
struct book_view {
    struct str pair;
    struct book_level *bids, *asks; /* high to low, low to high */
    uint32_t bids_count, asks_count;
    uint64_t sequence; /* of changes of this book */
    uint32_t height;
};

/* ---- DS4, DS5 ---- */
struct order_fill {
    struct str trade_id;
    uint64_t price, quantity;
    uint32_t height;
};
struct order_view {
    struct hash order_id;
    struct address owner;
    struct str pair;
    uint32_t side, order_type, tif; /* enum side, enum order_type, enum tif of payload.h */
    uint64_t price, quantity, filled, remaining;
    struct opt_u64 average_price; /* floor */
    enum order_status status;
    uint64_t client_id;
    struct opt_u32 created_height, updated_height;
    struct order_fill *fills; /* oldest first; the last ORDER_FILLS_MAX of them */
    uint32_t fills_count;
};
#define ORDER_FILLS_MAX 32

/* ---- DS6, dex.trade ---- */
struct trade_view {
    struct str trade_id;
    uint64_t sequence; /* of the pair's trades, from 1 */
    uint64_t price, quantity;
    uint32_t taker_side; /* enum side */
    struct hash maker_order; /* the pool's trades: the transaction that swapped */
    struct opt_hash taker_order; /* the pool's trades: none */
    enum trade_source source;
    uint32_t height, index; /* index: of the transaction in its block */
    uint64_t timestamp;     /* of the block */
};

/* ---- DS7 ---- */
struct pair_view {
    struct str pair;
    enum token base, quote;
    uint64_t tick, min_quantity;
    uint16_t maker_bps, taker_bps, amm_fee_bps;
    bool halted; /* the breaker of an oracle asset behind it is open: no market orders */
    struct opt_u64 last_price;
};

/* ---- DS8 ---- */
struct pool_view {
    struct str pair;
    struct amount base_reserve, quote_reserve, shares;
    uint16_t fee_bps;
    uint64_t price; /* 0: the pool is empty */
    uint32_t providers;
    bool has_quote;
    struct amount amount_out;
    uint32_t price_impact_bps;
};

/* ---- dex.order ---- */
struct order_event {
    struct hash order_id;
    enum order_status status;
    uint64_t remaining;
};

/* DS2 and DS3 answer shape_order_ack of response.h. */
extern const struct shape shape_book, shape_order, shape_order_page, shape_trade, shape_trade_page,
    shape_pair_list, shape_spot_pool, shape_order_event;

struct str order_status_text(enum order_status status);
bool order_status_parse(struct str text, enum order_status *out) MUST_CHECK;

#endif
