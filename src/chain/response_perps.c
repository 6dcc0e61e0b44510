/* The tables behind response_perps.h, members in the order of the contract. */
#include "chain/response_perps.h"

#include "chain/payload.h"
#include "chain/shape_table_priv.h"

NAMES(side_names, SIDE_BUY, "long", "short");
NAMES(position_status_names, POSITION_PENDING, "pending", "open", "closed", "liquidated", "rejected");

struct str position_status_text(enum position_status status) { return str_of(position_status_names_list[status]); }

bool position_status_parse(struct str text, enum position_status *out)
{
    for (uint32_t i = 0; i < position_status_names.count; i++)
        if (str_eq(text, str_of(position_status_names_list[i]))) return *out = (enum position_status)i, true;
    return false;
}

static const struct shape_field market_fields[] = {
    F(struct perp_market_view, STR, market),
    F(struct perp_market_view, STR, oracle_asset),
    F(struct perp_market_view, PX, mark_price),
    F(struct perp_market_view, PX, index_price),
    F(struct perp_market_view, AMOUNT, long_interest),
    F(struct perp_market_view, AMOUNT, short_interest),
    F(struct perp_market_view, U32, max_leverage),
    F(struct perp_market_view, U16, mmr_bps),
    F(struct perp_market_view, I64, funding_rate_e9),
    F(struct perp_market_view, U32, next_funding_height),
    F(struct perp_market_view, AMOUNT, insurance_fund),
    F(struct perp_market_view, BOOL, halted),
};
SHAPE(shape_perp_market, "PerpMarket", struct perp_market_view, market_fields);
BARE_LIST(shape_perp_market_list, "list of PerpMarket", shape_perp_market);

static const struct shape_field position_fields[] = {
    F(struct position_view, HASH, position_id),
    F(struct position_view, ADDRESS, owner),
    F(struct position_view, STR, pair),
    ENUM(struct position_view, side, side_names),
    F(struct position_view, PX, size),
    F(struct position_view, U32, leverage),
    F(struct position_view, PX, entry_price),
    F(struct position_view, PX, mark_price),
    F(struct position_view, PX, liquidation_price),
    F(struct position_view, AMOUNT, margin),
    F(struct position_view, STR, unrealized_pnl),
    F(struct position_view, STR, funding_paid),
    ENUM(struct position_view, status, position_status_names),
    OPT(struct position_view, U32, opened_height),
    OPT(struct position_view, U32, closed_height),
    MAYBE(struct position_view, STR, realized_pnl),
};
SHAPE(shape_position, "Position", struct position_view, position_fields);
BARE_LIST(shape_position_list, "list of Position", shape_position);

static const struct shape_field funding_fields[] = {
    {.name = "market", .type = SHAPE_STR, .offset = offsetof(struct funding_view, market), .maybe = true, .absent = true},
    F(struct funding_view, U32, height),
    F(struct funding_view, U64, timestamp),
    F(struct funding_view, I64, rate_e9),
    F(struct funding_view, PX, mark_price),
    F(struct funding_view, PX, index_price),
    F(struct funding_view, STR, paid_by_longs),
};
SHAPE(shape_funding, "Funding", struct funding_view, funding_fields);
PAGE(shape_funding_page, "page of Funding", shape_funding);

static const struct shape_field liquidation_fields[] = {
    F(struct liquidation_view, HASH, position_id),
    F(struct liquidation_view, ADDRESS, owner),
    F(struct liquidation_view, STR, market),
    F(struct liquidation_view, ADDRESS, liquidator),
    F(struct liquidation_view, PX, size),
    F(struct liquidation_view, PX, mark_price),
    F(struct liquidation_view, PX, liquidation_price),
    F(struct liquidation_view, AMOUNT, reward),
    F(struct liquidation_view, AMOUNT, shortfall),
    F(struct liquidation_view, U32, height),
};
SHAPE(shape_liquidation, "Liquidation", struct liquidation_view, liquidation_fields);
PAGE(shape_liquidation_page, "page of Liquidation", shape_liquidation);
