/* The family `ipc`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const char *const target_known[] = {"one", "all", NULL};
static const char *const kinds_known[] = {"block_finalized",    "lock_transaction",  "burn_transaction", "governance_executed",
                                          "validator_ejection", "governance_mirror", "governance_tally", NULL};

static const struct param_spec censor_params[] = {
    {"duration", PARAM_DURATION, "60s", NULL},
    {"target", PARAM_CHOICE, "all", target_known},
    {0},
};
static const struct param_spec forge_params[] = {
    {"kinds", PARAM_LIST,
     "[block_finalized, lock_transaction, burn_transaction, governance_executed, validator_ejection, governance_mirror, "
     "governance_tally]",
     kinds_known},
    {0},
};
static const struct param_spec reorder_params[] = {
    {"depth", PARAM_COUNT, "5", NULL},
    {"pairs", PARAM_COUNT, "10", NULL},
    {0},
};
static const struct param_spec replay_params[] = {
    {"copies", PARAM_COUNT, "10", NULL},
    {"gap_messages", PARAM_COUNT, "20000", NULL},
    {"kinds", PARAM_LIST,
     "[block_finalized, lock_transaction, burn_transaction, governance_executed, validator_ejection, governance_mirror, "
     "governance_tally]",
     kinds_known},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "ipc.censor",
     .summary = "drop messages of chosen senders while acknowledging them",
     .roles = "relay/rogue, observer",
     .pattern = "PT-A-017",
     .params = censor_params},
    {.name = "ipc.forge",
     .summary = "inject a message that has no source block",
     .roles = "relay/rogue, observer",
     .pattern = "PT-A-035",
     .params = forge_params},
    {.name = "ipc.reorder",
     .summary = "deliver later messages before earlier ones",
     .roles = "relay/rogue, observer",
     .pattern = "PT-A-016",
     .params = reorder_params},
    {.name = "ipc.replay",
     .summary = "deliver an applied message again",
     .roles = "relay/rogue, observer",
     .pattern = "PT-A-015",
     .params = replay_params},
};

const struct behavior_family behavior_ipc = {"ipc", specs, ARRAY_LEN(specs)};
