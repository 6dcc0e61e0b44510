/* The family `mev`: arbitrage is a way to trade; the others are attacks, known by name and parameters. */
#include "tester/behavior/mev_priv.h"

static const struct param_spec arbitrage_params[] = {
    {"min_profit_bps", PARAM_COUNT, "50", NULL},
    {0},
};
static const struct param_spec front_run_params[] = {
    {"reaction", PARAM_DURATION, "50ms", NULL},
    {"tip_premium_pct", PARAM_COUNT, "50", NULL},
    {"unwind", PARAM_BOOL, "true", NULL},
    {"victim_size", PARAM_AMOUNT, "50000", NULL},
    {0},
};
static const struct param_spec liquidation_snipe_params[] = {
    {"margin_offset_bps", PARAM_LIST, "[\"-50\", \"-1\", \"0\", \"+1\", \"+50\"]", NULL},
    {"positions", PARAM_COUNT, "20", NULL},
    {0},
};
static const struct param_spec sandwich_params[] = {
    {"back_premium_pct", PARAM_COUNT, "10", NULL},
    {"front_premium_pct", PARAM_COUNT, "30", NULL},
    {"victim_max_slippage_bps", PARAM_COUNT, "50", NULL},
    {"victim_size", PARAM_AMOUNT, "[50000, 200000]", NULL},
    {0},
};

#define CYCLE_BYTES 256u
static u128 cycle_spend(const struct act *plan) { return crew_fee(plan->crew, CHAIN_DELTA, TX_BYTES_MIN + CYCLE_BYTES).units; }

static const struct behavior_spec specs[] = {
    {.name = "mev.arbitrage",
     .summary = "trade a price cycle",
     .roles = "trader",
     .pattern = "PT-L-074",
     .transaction = true,
     .params = arbitrage_params,
     .step = mev_arbitrage,
     .spend_max = cycle_spend,
     .spend_token = TOKEN_DX},
    {.name = "mev.front_run",
     .summary = "overtake a large order by a higher tip",
     .roles = "trader",
     .pattern = "PT-A-020",
     .params = front_run_params},
    {.name = "mev.liquidation_snipe",
     .summary = "liquidate healthy, stale or own positions",
     .roles = "trader",
     .pattern = "PT-A-022",
     .params = liquidation_snipe_params},
    {.name = "mev.sandwich",
     .summary = "buy before and sell after a victim",
     .roles = "trader",
     .pattern = "PT-A-021",
     .params = sandwich_params},
};

const struct behavior_family behavior_mev = {"mev", specs, ARRAY_LEN(specs)};
