/* The family `dex`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const char *const pair_known[] = {"DX/sAX", "DX/USD", "sAX/USD", NULL};
static const char *const side_known[] = {"buy", "sell", NULL};
static const char *const order_types_known[] = {"market", "limit", NULL};
static const char *const side_known2[] = {"alternate", "buy", "sell", NULL};

static const struct param_spec cancel_all_params[] = {
    {"k", PARAM_COUNT, "20", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {0},
};
static const struct param_spec limit_order_params[] = {
    {"amount", PARAM_AMOUNT, "2000", NULL},       {"fill_fraction", PARAM_FRACTION, "0.5", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known}, {"price", PARAM_PRICE, "0.95", NULL},
    {"side", PARAM_CHOICE, "buy", side_known},    {0},
};
static const struct param_spec maintain_quotes_params[] = {
    {"levels", PARAM_COUNT, "10", NULL},  {"pair", PARAM_CHOICE, "DX/sAX", pair_known}, {"refresh", PARAM_DURATION, "10s", NULL},
    {"size", PARAM_AMOUNT, "1000", NULL}, {"spread_bps", PARAM_COUNT, "20", NULL},      {0},
};
static const struct param_spec market_order_params[] = {
    {"amount", PARAM_AMOUNT, "1000", NULL},
    {"max_slippage_bps", PARAM_COUNT, "50", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {"side", PARAM_CHOICE, "buy", side_known},
    {0},
};
static const struct param_spec provide_liquidity_params[] = {
    {"base_amount", PARAM_AMOUNT, NULL, NULL},
    {"hold", PARAM_DURATION, "60s", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {"quote_amount", PARAM_AMOUNT, NULL, NULL},
    {0},
};
static const struct param_spec remove_liquidity_params[] = {
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {"shares", PARAM_AMOUNT, NULL, NULL},
    {0},
};
static const struct param_spec slippage_guard_params[] = {
    {"amount", PARAM_AMOUNT, "1000", NULL},
    {"max_slippage_bps", PARAM_COUNT, "10", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {0},
};
static const struct param_spec spoof_params[] = {
    {"cancel_after", PARAM_DURATION, "200ms", NULL},
    {"order_size", PARAM_COUNT, "10", NULL},
    {0},
};
static const struct param_spec spot_trade_params[] = {
    {"cancel_fraction", PARAM_FRACTION, "0.3", NULL},
    {"max_slippage_bps", PARAM_COUNT, "50", NULL},
    {"order_types", PARAM_WEIGHTS, "{market: 40, limit: 60}", order_types_known},
    {"pairs", PARAM_LIST, "[DX/sAX]", pair_known},
    {"side", PARAM_CHOICE, "alternate", side_known2},
    {"size", PARAM_AMOUNT, "[1000, 10000]", NULL},
    {0},
};
static const struct param_spec wash_trade_params[] = {
    {"wash_trades", PARAM_COUNT, "200", NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "dex.cancel_all",
     .summary = "cancel every open order",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-023",
     .params = cancel_all_params},
    {.name = "dex.cancel_order",
     .summary = "place orders and cancel one",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-023",
     .params = cancel_all_params},
    {.name = "dex.limit_order",
     .summary = "a limit order through its life",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-021",
     .params = limit_order_params},
    {.name = "dex.maintain_quotes",
     .summary = "quote both sides and refresh",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-021",
     .params = maintain_quotes_params},
    {.name = "dex.market_order",
     .summary = "a market order with bounded slippage",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-020",
     .params = market_order_params},
    {.name = "dex.provide_liquidity",
     .summary = "add to a pool",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-022",
     .params = provide_liquidity_params},
    {.name = "dex.remove_liquidity",
     .summary = "leave a pool",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-022",
     .params = remove_liquidity_params},
    {.name = "dex.slippage_guard",
     .summary = "a market order with a tight bound in a thin book",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-024",
     .params = slippage_guard_params},
    {.name = "dex.spoof",
     .summary = "large orders away from touch, cancelled before they trade",
     .roles = "trader",
     .pattern = "PT-A-024",
     .params = spoof_params},
    {.name = "dex.spot_trade",
     .summary = "a weighted mix of market and limit orders and cancels",
     .roles = "trader, liquidity_provider",
     .params = spot_trade_params},
    {.name = "dex.wash_trade",
     .summary = "trade with oneself between two accounts",
     .roles = "trader",
     .pattern = "PT-A-024",
     .params = wash_trade_params},
};

const struct behavior_family behavior_dex = {"dex", specs, ARRAY_LEN(specs)};
