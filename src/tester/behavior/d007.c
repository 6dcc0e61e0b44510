/* The family `d007`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const struct param_spec kyc_register_params[] = {
    {"approve_fraction", PARAM_FRACTION, "0.9", NULL},
    {0},
};
static const struct param_spec offramp_params[] = {
    {"amount", PARAM_AMOUNT, "50000", NULL},
    {"currency", PARAM_TEXT, "USD", NULL},
    {"retries", PARAM_COUNT, "3", NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "d007.kyc_register",
     .summary = "register a synthetic identity",
     .roles = "general_user, kyc_reviewer",
     .pattern = "PT-L-080",
     .params = kyc_register_params},
    {.name = "d007.kyc_resubmit",
     .summary = "register again after a rejection",
     .roles = "general_user, kyc_reviewer",
     .pattern = "PT-L-080",
     .params = kyc_register_params},
    {.name = "d007.kyc_review",
     .summary = "decide registrations",
     .roles = "general_user, kyc_reviewer",
     .pattern = "PT-L-080",
     .params = kyc_register_params},
    {.name = "d007.offramp",
     .summary = "open a withdrawal",
     .roles = "general_user, kyc_reviewer",
     .pattern = "PT-L-081",
     .params = offramp_params},
    {.name = "d007.retry_settlement",
     .summary = "retry a failed settlement",
     .roles = "general_user, kyc_reviewer",
     .pattern = "PT-L-081",
     .params = offramp_params},
    {.name = "d007.settle",
     .summary = "settle withdrawals",
     .roles = "general_user, kyc_reviewer",
     .pattern = "PT-L-081",
     .params = offramp_params},
};

const struct behavior_family behavior_d007 = {"d007", specs, ARRAY_LEN(specs)};
