/* Response, oracles: what DO1, DO2 and DO4 answer (api 4.3), and what oracle.updated tells (api 6.7). */
#ifndef CHAIN_RESPONSE_ORACLE_H
#define CHAIN_RESPONSE_ORACLE_H

#include "chain/response.h"

/* ---- DO1, DO2 ---- */
struct oracle_price_view {
    struct str asset;
    uint64_t price, timestamp; /* 0: there was none yet */
    uint32_t height;
    uint16_t feeds_used;
    bool stale;
};

/* ---- DO4 ---- */
struct oracle_feed_view {
    struct address feed;
    struct str source;
    struct opt_u64 price, timestamp;
    bool fresh, outlier;
    struct amount bond;
    uint64_t submissions, outliers;
};
struct oracle_past {
    uint32_t height;
    uint64_t median;
    uint16_t feeds_used;
};
struct oracle_feeds_view {
    struct str asset;
    uint64_t median; /* 0: none yet */
    uint64_t max_deviation_bps, max_age_ms;
    uint32_t min_feeds;
    struct oracle_feed_view *feeds;
    uint32_t feeds_count;
    struct oracle_past *history; /* newest first */
    uint32_t history_count;
};
#define ORACLE_PAST_MAX 100

/* ---- oracle.updated ---- */
struct oracle_event {
    struct str asset;
    uint64_t price;
    uint16_t feeds_used;
};

extern const struct shape shape_oracle_price, shape_oracle_price_list, shape_oracle_feeds, shape_oracle_event;

#endif
