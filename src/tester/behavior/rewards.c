/* The family `rewards`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const struct param_spec claim_params[] = {
    {"restake", PARAM_BOOL, "false", NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "rewards.claim",
     .summary = "claim pending rewards",
     .roles = "validator",
     .pattern = "PT-L-042",
     .params = claim_params},
    {.name = "rewards.query", .summary = "read pending rewards", .roles = "validator", .pattern = "PT-L-042"},
};

const struct behavior_family behavior_rewards = {"rewards", specs, ARRAY_LEN(specs)};
