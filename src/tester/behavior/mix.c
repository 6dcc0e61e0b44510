/* The family `mix`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const char *const weights_known[] = {"transfer", "spot", "lock_mint", "shielded", NULL};

static const struct param_spec network_day_params[] = {
    {"weights", PARAM_WEIGHTS, "{transfer: 90, spot: 6, lock_mint: 3, shielded: 1}", weights_known},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "mix.network_day",
     .summary = "a day of the network: weighted transfers, trades, locks and shielded payments",
     .roles = "general_user",
     .params = network_day_params},
};

const struct behavior_family behavior_mix = {"mix", specs, ARRAY_LEN(specs)};
