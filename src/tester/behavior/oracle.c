/* Oracles. Honest feeds: oracle_report.c. */
#include "tester/behavior/families_priv.h"
#include "tester/behavior/oracle_priv.h"

static const struct param_spec flash_loan_price_params[] = {
    {"leverage", PARAM_COUNT, "10", NULL},
    {"loan", PARAM_AMOUNT, "100000000", NULL},
    {0},
};
static const struct param_spec submit_outlier_params[] = {
    {"factor", PARAM_PRICE, "5.0", NULL},
    {"seats", PARAM_COUNT, "3", NULL},
    {0},
};
static const struct param_spec submit_price_params[] = {
    {"asset", PARAM_TEXT, "DX/USD", NULL},
    {"every", PARAM_DURATION, "10s", NULL},
    {"price", PARAM_PRICE, NULL, NULL},
    {0},
};
static const struct param_spec submit_stale_params[] = {
    {"age", PARAM_DURATION, "1h", NULL},
    {"seats", PARAM_COUNT, "3", NULL},
    {0},
};
static const struct param_spec sybil_feed_params[] = {
    {"unseated", PARAM_COUNT, "20", NULL},
    {0},
};

/* Of one report: how long one stands the plan alone does not say. */
static u128 report_fees(const struct act *plan) { return crew_fee(plan->crew, CHAIN_DELTA, TX_BYTES_MIN + 100).units; }

static const struct behavior_spec specs[] = {
    {.name = "oracle.flash_loan_price",
     .summary = "move spot by a flash loan and read it as price",
     .roles = "oracle",
     .pattern = "PT-A-023",
     .params = flash_loan_price_params},
    {.name = "oracle.submit_outlier",
     .summary = "report a price far from the others",
     .roles = "oracle",
     .pattern = "PT-A-023",
     .params = submit_outlier_params},
    {.name = "oracle.submit_price",
     .summary = "report a price, again and again while it stands",
     .roles = "oracle",
     .pattern = "PT-L-073",
     .transaction = true,
     .params = submit_price_params,
     .step = oracle_submit_price,
     .spend_max = report_fees,
     .spend_token = TOKEN_DX},
    {.name = "oracle.submit_stale",
     .summary = "report an hour-old price as new",
     .roles = "oracle",
     .pattern = "PT-A-023",
     .params = submit_stale_params},
    {.name = "oracle.sybil_feed",
     .summary = "report without a seat",
     .roles = "oracle",
     .pattern = "PT-A-023",
     .params = sybil_feed_params},
};

const struct behavior_family behavior_oracle = {"oracle", specs, ARRAY_LEN(specs)};
