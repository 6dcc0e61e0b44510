/* The family `node`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const struct behavior_spec specs[] = {
    {.name = "node.sync_with_checkpoint",
     .summary = "sync a new node from a trusted checkpoint",
     .roles = "observer",
     .pattern = "PT-L-075"},
};

const struct behavior_family behavior_node = {"node", specs, ARRAY_LEN(specs)};
