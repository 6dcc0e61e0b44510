/* The family `program`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const struct param_spec deploy_params[] = {
    {"size", PARAM_COUNT, "4096", NULL},
    {0},
};
static const struct param_spec execute_params[] = {
    {"function", PARAM_TEXT, NULL, NULL},
    {"program", PARAM_TEXT, NULL, NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "program.deploy",
     .summary = "deploy a program",
     .roles = "any funded",
     .pattern = "PT-L-071",
     .params = deploy_params},
    {.name = "program.execute",
     .summary = "call a program",
     .roles = "any funded",
     .pattern = "PT-L-072",
     .params = execute_params},
};

const struct behavior_family behavior_program = {"program", specs, ARRAY_LEN(specs)};
