/* The tables behind response_oracle.h, members in the order of the contract. */
#include "chain/response_oracle.h"

#include "chain/shape_table_priv.h"

static const struct shape_field price_fields[] = {
    F(struct oracle_price_view, STR, asset),  F(struct oracle_price_view, PX, price),       F(struct oracle_price_view, U64, timestamp),
    F(struct oracle_price_view, U32, height), F(struct oracle_price_view, U16, feeds_used), F(struct oracle_price_view, BOOL, stale),
};
SHAPE(shape_oracle_price, "OraclePrice", struct oracle_price_view, price_fields);
BARE_LIST(shape_oracle_price_list, "list of OraclePrice", shape_oracle_price);

static const struct shape_field feed_fields[] = {
    F(struct oracle_feed_view, ADDRESS, feed),    F(struct oracle_feed_view, STR, source),
    OPT(struct oracle_feed_view, PX, price),      OPT(struct oracle_feed_view, U64, timestamp),
    F(struct oracle_feed_view, BOOL, fresh),      F(struct oracle_feed_view, BOOL, outlier),
    F(struct oracle_feed_view, AMOUNT, bond),     F(struct oracle_feed_view, U64, submissions),
    F(struct oracle_feed_view, U64, outliers),
};
INNER(shape_oracle_feed, "feed", struct oracle_feed_view, feed_fields);
static const struct shape_field past_fields[] = {F(struct oracle_past, U32, height), F(struct oracle_past, PX, median),
                                                 F(struct oracle_past, U16, feeds_used)};
INNER(shape_oracle_past, "past price", struct oracle_past, past_fields);
static const struct shape_field feeds_fields[] = {
    F(struct oracle_feeds_view, STR, asset),
    F(struct oracle_feeds_view, PX, median),
    F(struct oracle_feeds_view, U64, max_deviation_bps),
    F(struct oracle_feeds_view, U64, max_age_ms),
    F(struct oracle_feeds_view, U32, min_feeds),
    ARRAY(struct oracle_feeds_view, feeds, shape_oracle_feed),
    ARRAY(struct oracle_feeds_view, history, shape_oracle_past),
};
SHAPE(shape_oracle_feeds, "OracleFeeds", struct oracle_feeds_view, feeds_fields);

static const struct shape_field event_fields[] = {F(struct oracle_event, STR, asset), F(struct oracle_event, PX, price),
                                                  F(struct oracle_event, U16, feeds_used)};
SHAPE(shape_oracle_event, "oracle event", struct oracle_event, event_fields);
