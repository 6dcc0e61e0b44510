/* The off-ramp (D007, PT-L-080 and PT-L-081): rows alone. d007_kyc.c has what is done about registrations, d007_ramp.c about withdrawals. */
#include "tester/behavior/d007_priv.h"

static const struct param_spec kyc_params[] = {
    {"approve_fraction", PARAM_FRACTION, "0.9", NULL},
    {0},
};
static const struct param_spec ramp_params[] = {
    {"amount", PARAM_AMOUNT, "50000", NULL}, {"currency", PARAM_TEXT, "USD", NULL},
    {"delay", PARAM_DURATION, "0s", NULL},   {"once", PARAM_BOOL, "false", NULL},
    {"retries", PARAM_COUNT, "3", NULL},     {"success_fraction", PARAM_FRACTION, "1.0", NULL},
    {0},
};

#define D007_TX_BYTES (TX_BYTES_MIN + 160) /* no payload of these kinds is longer */
static u128 fee_max(const struct act *plan) { return crew_fee(plan->crew, CHAIN_DELTA, D007_TX_BYTES).units; }
static u128 offramp_max(const struct act *plan) { return act_amount(plan, "amount") + fee_max(plan); }
static u128 settle_max(const struct act *plan) { return 2 * fee_max(plan); }
static u128 retry_max(const struct act *plan) { return (act_u64(plan, "retries") + 1) * fee_max(plan); }

#define ROW(key, what, of, table, does, spends)                                                                                                      \
    {                                                                                                                                                \
        .name = "d007." key, .summary = what, .roles = "general_user, kyc_reviewer", .pattern = of, .transaction = true, .params = table, .step = does, \
        .settle = wallets_settle, .spend_max = spends, .spend_token = TOKEN_DX                                                                       \
    }
static const struct behavior_spec specs[] = {
    ROW("kyc_register", "register a synthetic identity", "PT-L-080", kyc_params, d007_kyc_register, fee_max),
    ROW("kyc_resubmit", "register again after a rejection", "PT-L-080", kyc_params, d007_kyc_resubmit, fee_max),
    ROW("kyc_review", "decide registrations", "PT-L-080", kyc_params, d007_kyc_review, fee_max),
    ROW("offramp", "open a withdrawal", "PT-L-081", ramp_params, d007_offramp, offramp_max),
    ROW("retry_settlement", "retry a failed settlement", "PT-L-081", ramp_params, d007_retry_settlement, retry_max),
    ROW("settle", "settle withdrawals", "PT-L-081", ramp_params, d007_settle, settle_max),
};

const struct behavior_family behavior_d007 = {"d007", specs, ARRAY_LEN(specs)};
