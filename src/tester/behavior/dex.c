/* The family `dex`: spot trading and liquidity on Delta. Its steps are in the files dex_*.c. */
#include "tester/behavior/dex_priv.h"

static const char *const pair_known[] = {"DX/sAX", "DX/USD", "sAX/USD", NULL};
static const char *const side_known[] = {"buy", "sell", NULL};
static const char *const order_types_known[] = {"market", "limit", NULL};
static const char *const side_known2[] = {"alternate", "buy", "sell", NULL};

/* Beyond the catalogue's: `amount` of each order placed to be cancelled; `order` that somebody placed before. */
static const struct param_spec cancel_all_params[] = {
    {"amount", PARAM_AMOUNT, "1000", NULL},
    {"k", PARAM_COUNT, "20", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {0},
};
static const struct param_spec cancel_order_params[] = {
    {"amount", PARAM_AMOUNT, "1000", NULL},
    {"k", PARAM_COUNT, "20", NULL},
    {"order", PARAM_TEXT, NULL, NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {0},
};
/* Beyond the catalogue's: `behind`, a second order at the same price, which has to wait (0: none); `exact`: nobody else trades,
 * so what is filled is what was agreed; `patience` for the counter-fill. */
static const struct param_spec limit_order_params[] = {
    {"amount", PARAM_AMOUNT, "2000", NULL},
    {"behind", PARAM_AMOUNT, "1000", NULL},
    {"exact", PARAM_BOOL, "false", NULL},
    {"fill_fraction", PARAM_FRACTION, "0.5", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {"patience", PARAM_DURATION, "30s", NULL},
    {"price", PARAM_PRICE, "0.95", NULL},
    {"side", PARAM_CHOICE, "buy", side_known},
    {0},
};
/* Beyond the catalogue's: `withdraw` what still stands in the end. */
static const struct param_spec maintain_quotes_params[] = {
    {"levels", PARAM_COUNT, "10", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {"refresh", PARAM_DURATION, "10s", NULL},
    {"size", PARAM_AMOUNT, "1000", NULL},
    {"spread_bps", PARAM_COUNT, "20", NULL},
    {"withdraw", PARAM_BOOL, "false", NULL},
    {0},
};
static const struct param_spec market_order_params[] = {
    {"amount", PARAM_AMOUNT, "1000", NULL},
    {"max_slippage_bps", PARAM_COUNT, "50", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},
    {"side", PARAM_CHOICE, "buy", side_known},
    {0},
};
/* Without `quote_amount`: as much as goes with the base at the pool's price. `hold: 0s`: it stays. `trade`: base that another bot
 * of the track sells to the pool meanwhile (0: nobody does). */
static const struct param_spec provide_liquidity_params[] = {
    {"base_amount", PARAM_AMOUNT, "100000", NULL}, {"hold", PARAM_DURATION, "60s", NULL},
    {"pair", PARAM_CHOICE, "DX/sAX", pair_known},  {"quote_amount", PARAM_AMOUNT, NULL, NULL},
    {"trade", PARAM_AMOUNT, "1000", NULL},         {0},
};
/* Without `shares`: all that the bot's own transactions gave it. */
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
/* Beyond the catalogue's: one trade in `check_every` is held against order, tape and balances, the others against their receipts
 * alone; a trader that finds more than `resting_max` of its orders resting takes them back. */
static const struct param_spec spot_trade_params[] = {
    {"cancel_fraction", PARAM_FRACTION, "0.3", NULL},
    {"check_every", PARAM_COUNT, "16", NULL},
    {"max_slippage_bps", PARAM_COUNT, "50", NULL},
    {"order_types", PARAM_WEIGHTS, "{market: 40, limit: 60}", order_types_known},
    {"pairs", PARAM_LIST, "[DX/sAX]", pair_known},
    {"resting_max", PARAM_COUNT, "20", NULL},
    {"side", PARAM_CHOICE, "alternate", side_known2},
    {"size", PARAM_AMOUNT, "[1000, 10000]", NULL},
    {0},
};
static const struct param_spec wash_trade_params[] = {
    {"wash_trades", PARAM_COUNT, "200", NULL},
    {0},
};

/* Fees; what is traded comes back as something else. */
#define ORDER_BYTES 64u /* of the payload of an order, a cancel or a pool's kind, at most */
static u128 fees_of(const struct act *plan, u128 transactions)
{
    return crew_fee(plan->crew, CHAIN_DELTA, TX_BYTES_MIN + ORDER_BYTES).units * transactions;
}
static u128 args_hi(const struct act *plan, const char *param, u128 max)
{
    size_t index;
    if (param_specs_find(plan->track->params, str_of(param), &index) == NULL) return 0;
    const struct arg *args = plan->args != NULL ? plan->args : plan->track->args;
    return MIN(args[index].hi, max);
}
static u128 one_order_spend(const struct act *plan) { return fees_of(plan, 1); }
static u128 trade_spend(const struct act *plan) { return fees_of(plan, 2); } /* and a cancel, sometimes */
static u128 life_spend(const struct act *plan) { return fees_of(plan, 4); }  /* two orders, two cancels */
static u128 cancel_spend(const struct act *plan) { return fees_of(plan, MAX(args_hi(plan, "k", 100), (u128)1) + 4); }
static u128 pool_spend(const struct act *plan) { return fees_of(plan, 2); }
/* As long as its phase lasts, which a plan of one execution does not know: a refresh. */
static u128 quotes_spend(const struct act *plan) { return fees_of(plan, 2 * args_hi(plan, "levels", 100) + 1); }

static const struct behavior_spec specs[] = {
    {.name = "dex.cancel_all",
     .summary = "cancel every open order",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-023",
     .params = cancel_all_params,
     .transaction = true,
     .step = dex_cancel_all,
     .spend_max = cancel_spend,
     .spend_token = TOKEN_DX},
    {.name = "dex.cancel_order",
     .summary = "place orders and cancel one",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-023",
     .params = cancel_order_params,
     .transaction = true,
     .step = dex_cancel_order,
     .spend_max = cancel_spend,
     .spend_token = TOKEN_DX},
    {.name = "dex.limit_order",
     .summary = "a limit order through its life",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-021",
     .params = limit_order_params,
     .transaction = true,
     .step = dex_limit_order,
     .spend_max = life_spend,
     .spend_token = TOKEN_DX},
    {.name = "dex.maintain_quotes",
     .summary = "quote both sides and refresh",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-021",
     .params = maintain_quotes_params,
     .transaction = true,
     .step = dex_maintain_quotes,
     .spend_max = quotes_spend,
     .spend_token = TOKEN_DX},
    {.name = "dex.market_order",
     .summary = "a market order with bounded slippage",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-020",
     .params = market_order_params,
     .transaction = true,
     .step = dex_market_order,
     .spend_max = one_order_spend,
     .spend_token = TOKEN_DX},
    {.name = "dex.provide_liquidity",
     .summary = "add to a pool",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-022",
     .params = provide_liquidity_params,
     .transaction = true,
     .step = dex_provide_liquidity,
     .spend_max = pool_spend,
     .spend_token = TOKEN_DX},
    {.name = "dex.remove_liquidity",
     .summary = "leave a pool",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-022",
     .params = remove_liquidity_params,
     .transaction = true,
     .step = dex_remove_liquidity,
     .spend_max = pool_spend,
     .spend_token = TOKEN_DX},
    {.name = "dex.slippage_guard",
     .summary = "a market order with a tight bound in a thin book",
     .roles = "trader, liquidity_provider",
     .pattern = "PT-L-024",
     .params = slippage_guard_params,
     .transaction = true,
     .step = dex_slippage_guard,
     .spend_max = one_order_spend,
     .spend_token = TOKEN_DX},
    {.name = "dex.spoof",
     .summary = "large orders away from touch, cancelled before they trade",
     .roles = "trader",
     .pattern = "PT-A-024",
     .params = spoof_params},
    {.name = "dex.spot_trade",
     .summary = "a weighted mix of market and limit orders and cancels",
     .roles = "trader, liquidity_provider",
     .params = spot_trade_params,
     .transaction = true,
     .step = dex_spot_trade,
     .spend_max = trade_spend,
     .spend_token = TOKEN_DX},
    {.name = "dex.wash_trade",
     .summary = "trade with oneself between two accounts",
     .roles = "trader",
     .pattern = "PT-A-024",
     .params = wash_trade_params},
};

const struct behavior_family behavior_dex = {"dex", specs, ARRAY_LEN(specs)};
