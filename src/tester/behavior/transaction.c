/* The family `transaction`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const char *const type_known[] = {"transfer", "batch_transfer", NULL};
static const char *const to_chain_known[] = {"alpha", "delta", NULL};

static const struct param_spec create_params[] = {
    {"fields", PARAM_TEXT, NULL, NULL},
    {"network_id", PARAM_COUNT, NULL, NULL},
    {"sign", PARAM_BOOL, "true", NULL},
    {"type", PARAM_CHOICE, "transfer", type_known},
    {0},
};
static const struct param_spec submit_params[] = {
    {"node", PARAM_TEXT, NULL, NULL},
    {"to_chain", PARAM_CHOICE, NULL, to_chain_known},
    {"tx", PARAM_TEXT, NULL, NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "transaction.create", .summary = "sign a transaction and keep it", .roles = "any", .params = create_params},
    {.name = "transaction.submit",
     .summary = "send a transaction that was made earlier",
     .roles = "any",
     .params = submit_params},
};

const struct behavior_family behavior_transaction = {"transaction", specs, ARRAY_LEN(specs)};
