/* The tables behind response_dex.h, members in the order of the contract. */
#include "chain/response_dex.h"

#include "chain/payload.h"
#include "chain/shape_table_priv.h"

NAMES(token_names, TOKEN_AX, "AX", "sAX", "DX", "USD");
NAMES(side_names, SIDE_BUY, "buy", "sell");
NAMES(type_names, ORDER_LIMIT, "limit", "market");
NAMES(tif_names, TIF_GTC, "gtc", "ioc", "fok", "post_only");
NAMES(order_status_names, ORDER_PENDING, "pending", "open", "partially_filled", "filled", "cancelled", "rejected");
NAMES(source_names, TRADE_BOOK, "book", "amm");

struct str order_status_text(enum order_status status) { return str_of(order_status_names_list[status]); }

bool order_status_parse(struct str text, enum order_status *out)
{
    for (uint32_t i = 0; i < order_status_names.count; i++) {
        if (!str_eq(text, str_of(order_status_names_list[i]))) continue;
        *out = (enum order_status)i;
        return true;
    }
    return false;
}

static const struct shape_field level_fields[] = {F(struct book_level, PX, price), F(struct book_level, PX, quantity),
                                                  F(struct book_level, U32, orders)};
INNER(shape_level, "level", struct book_level, level_fields);
static const struct shape_field book_fields[] = {F(struct book_view, STR, pair), ARRAY(struct book_view, bids, shape_level),
                                                 ARRAY(struct book_view, asks, shape_level), F(struct book_view, U64, sequence),
                                                 F(struct book_view, U32, height)};
SHAPE(shape_book, "OrderBook", struct book_view, book_fields);

static const struct shape_field fill_fields[] = {F(struct order_fill, STR, trade_id), F(struct order_fill, PX, price),
                                                 F(struct order_fill, PX, quantity), F(struct order_fill, U32, height)};
INNER(shape_fill, "fill", struct order_fill, fill_fields);
static const struct shape_field order_fields[] = {
    F(struct order_view, HASH, order_id),
    F(struct order_view, ADDRESS, owner),
    F(struct order_view, STR, pair),
    ENUM(struct order_view, side, side_names),
    ENUM(struct order_view, order_type, type_names),
    ENUM(struct order_view, tif, tif_names),
    F(struct order_view, PX, price),
    F(struct order_view, PX, quantity),
    F(struct order_view, PX, filled),
    F(struct order_view, PX, remaining),
    OPT(struct order_view, PX, average_price),
    ENUM(struct order_view, status, order_status_names),
    F(struct order_view, U64, client_id),
    OPT(struct order_view, U32, created_height),
    OPT(struct order_view, U32, updated_height),
    ARRAY(struct order_view, fills, shape_fill),
};
SHAPE(shape_order, "Order", struct order_view, order_fields);
PAGE(shape_order_page, "page of Order", shape_order);

static const struct shape_field trade_fields[] = {
    F(struct trade_view, STR, trade_id),      F(struct trade_view, U64, sequence),
    F(struct trade_view, PX, price),          F(struct trade_view, PX, quantity),
    ENUM(struct trade_view, taker_side, side_names), F(struct trade_view, HASH, maker_order),
    OPT(struct trade_view, HASH, taker_order), ENUM(struct trade_view, source, source_names),
    F(struct trade_view, U32, height),        F(struct trade_view, U32, index),
    F(struct trade_view, U64, timestamp),
};
SHAPE(shape_trade, "Trade", struct trade_view, trade_fields);
PAGE(shape_trade_page, "page of Trade", shape_trade);

static const struct shape_field pair_fields[] = {
    F(struct pair_view, STR, pair),        ENUM(struct pair_view, base, token_names), ENUM(struct pair_view, quote, token_names),
    F(struct pair_view, PX, tick),         F(struct pair_view, PX, min_quantity),     F(struct pair_view, U16, maker_bps),
    F(struct pair_view, U16, taker_bps),   F(struct pair_view, U16, amm_fee_bps),     F(struct pair_view, BOOL, halted),
    OPT(struct pair_view, PX, last_price),
};
INNER(shape_pair, "Pair", struct pair_view, pair_fields);
BARE_LIST(shape_pair_list, "list of Pair", shape_pair);

static const struct shape_field quote_fields[] = {F(struct pool_view, AMOUNT, amount_out),
                                                  F(struct pool_view, U32, price_impact_bps)};
INNER(shape_quote, "quote", struct pool_view, quote_fields);
static const struct shape_field pool_fields[] = {
    F(struct pool_view, STR, pair),
    F(struct pool_view, AMOUNT, base_reserve),
    F(struct pool_view, AMOUNT, quote_reserve),
    F(struct pool_view, AMOUNT, shares),
    F(struct pool_view, U16, fee_bps),
    F(struct pool_view, PX, price),
    F(struct pool_view, U32, providers),
    {.name = "quote",
     .type = SHAPE_OBJECT,
     .offset = 0,
     .maybe = true,
     .has_at = offsetof(struct pool_view, has_quote) + 1,
     .of = &shape_quote},
};
SHAPE(shape_spot_pool, "Pool", struct pool_view, pool_fields);

static const struct shape_field order_event_fields[] = {F(struct order_event, HASH, order_id),
                                                        ENUM(struct order_event, status, order_status_names),
                                                        F(struct order_event, PX, remaining)};
SHAPE(shape_order_event, "order event", struct order_event, order_event_fields);
