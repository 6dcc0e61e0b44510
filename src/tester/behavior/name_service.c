/* The family `name_service`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const struct param_spec claim_name_params[] = {
    {"bid", PARAM_AMOUNT, "[100000, 1000000]", NULL}, {"commit_window", PARAM_COUNT, "20", NULL},
    {"delay", PARAM_DURATION, "[0s, 5s]", NULL},      {"names", PARAM_LIST, NULL, NULL},
    {"reserve", PARAM_AMOUNT, "100000", NULL},        {"reveal_fraction", PARAM_FRACTION, "1.0", NULL},
    {"reveal_window", PARAM_COUNT, "20", NULL},       {0},
};

static const struct behavior_spec specs[] = {
    {.name = "name_service.claim_name",
     .summary = "claim a name that was won",
     .roles = "general_user",
     .pattern = "PT-L-060",
     .params = claim_name_params},
    {.name = "name_service.commit_bid",
     .summary = "commit a sealed bid",
     .roles = "general_user",
     .pattern = "PT-L-060",
     .params = claim_name_params},
    {.name = "name_service.create_auction",
     .summary = "open an auction",
     .roles = "general_user",
     .pattern = "PT-L-060",
     .params = claim_name_params},
    {.name = "name_service.finalize",
     .summary = "finalise an auction",
     .roles = "general_user",
     .pattern = "PT-L-060",
     .params = claim_name_params},
    {.name = "name_service.reveal_bid",
     .summary = "reveal a bid",
     .roles = "general_user",
     .pattern = "PT-L-060",
     .params = claim_name_params},
};

const struct behavior_family behavior_name_service = {"name_service", specs, ARRAY_LEN(specs)};
