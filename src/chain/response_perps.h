/* Response, perpetuals: what DP1 to DP10 answer (api 4.3), and what perp.position, perp.liquidation and perp.funding tell (api 6.7). */
#ifndef CHAIN_RESPONSE_PERPS_H
#define CHAIN_RESPONSE_PERPS_H

#include "chain/response.h"

/* ---- DP1, DP2 ---- */
struct perp_market_view {
    struct str market, oracle_asset;
    uint64_t mark_price, index_price; /* 0: none yet */
    struct amount long_interest, short_interest; /* base units */
    uint32_t max_leverage;
    uint16_t mmr_bps;
    int64_t funding_rate_e9; /* as it would be settled now; positive: longs pay */
    uint32_t next_funding_height;
    struct amount insurance_fund;
    bool halted;
};

/* ---- DP3, DP4, perp.position ---- */
enum position_status { POSITION_PENDING, POSITION_OPEN, POSITION_CLOSED, POSITION_LIQUIDATED, POSITION_REJECTED };
struct position_view {
    struct hash position_id;
    struct address owner;
    struct str pair;  /* the market */
    uint32_t side;    /* enum side of payload.h: 1 long, 2 short */
    uint64_t size;    /* what is open; of one that is closed: what was */
    uint32_t leverage;
    uint64_t entry_price, mark_price, liquidation_price;
    struct amount margin;
    struct str unrealized_pnl, funding_paid; /* signed decimals */
    enum position_status status;
    struct opt_u32 opened_height, closed_height;
    struct str realized_pnl; /* signed decimal; data NULL = null */
};

/* ---- DP9, perp.funding ---- */
struct funding_view {
    struct str market; /* of the event; DP9 leaves it out: data NULL */
    uint32_t height;
    uint64_t timestamp;
    int64_t rate_e9;
    uint64_t mark_price, index_price;
    struct str paid_by_longs; /* signed decimal */
};

/* ---- DP10, perp.liquidation ---- */
struct liquidation_view {
    struct hash position_id;
    struct address owner;
    struct str market;
    struct address liquidator;
    uint64_t size, mark_price, liquidation_price;
    struct amount reward, shortfall;
    uint32_t height;
};

extern const struct shape shape_perp_market, shape_perp_market_list, shape_position, shape_position_list, shape_funding,
    shape_funding_page, shape_liquidation, shape_liquidation_page;

struct str position_status_text(enum position_status status);
bool position_status_parse(struct str text, enum position_status *out) MUST_CHECK;

#endif
