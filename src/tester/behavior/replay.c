/* The family `replay`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const struct param_spec attestation_params[] = {
    {"captures", PARAM_COUNT, "50", NULL},
    {"replays_each", PARAM_COUNT, "10", NULL},
    {0},
};
static const struct param_spec batch_params[] = {
    {"batch", PARAM_COUNT, "10", NULL},
    {"captures", PARAM_COUNT, "50", NULL},
    {"replays_each", PARAM_COUNT, "10", NULL},
    {0},
};
static const struct param_spec timestamp_params[] = {
    {"captures", PARAM_COUNT, "50", NULL},
    {"replays_each", PARAM_COUNT, "10", NULL},
    {"timestamp_offsets", PARAM_LIST, "[\"-1h\", \"+1h\", now]", NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "replay.attestation",
     .summary = "present an attestation for another height",
     .roles = "general_user/malicious",
     .pattern = "PT-A-012",
     .params = attestation_params},
    {.name = "replay.batch",
     .summary = "resubmit captured transactions shuffled and in parallel",
     .roles = "general_user/malicious",
     .pattern = "PT-A-012",
     .params = batch_params},
    {.name = "replay.cross_chain",
     .summary = "resubmit captured bytes on the other chain",
     .roles = "general_user/malicious",
     .pattern = "PT-A-012",
     .params = attestation_params},
    {.name = "replay.direct",
     .summary = "resubmit captured bytes on the same chain",
     .roles = "general_user/malicious",
     .pattern = "PT-A-012",
     .params = attestation_params},
    {.name = "replay.modified",
     .summary = "resubmit captured bytes with another recipient",
     .roles = "general_user/malicious",
     .pattern = "PT-A-012",
     .params = attestation_params},
    {.name = "replay.timestamp",
     .summary = "resubmit captured bytes with a shifted timestamp",
     .roles = "general_user/malicious",
     .pattern = "PT-A-012",
     .params = timestamp_params},
};

const struct behavior_family behavior_replay = {"replay", specs, ARRAY_LEN(specs)};
