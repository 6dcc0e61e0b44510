/* The family `spam`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const char *const endpoints_known[] = {"height", "peers", "mempool", NULL};
static const char *const mix_known[] = {"bad_signature", "bad_proof", "heavy_program", "heavy_query", NULL};
static const char *const fee_known[] = {"minimum", "zero", NULL};

static const struct param_spec api_flood_params[] = {
    {"endpoints", PARAM_LIST, "[height, peers, mempool]", endpoints_known},
    {"slow_sockets", PARAM_COUNT, "2000", NULL},
    {0},
};
static const struct param_spec cpu_burn_params[] = {
    {"mix", PARAM_LIST, "[bad_signature, bad_proof, heavy_program, heavy_query]", mix_known},
    {0},
};
static const struct param_spec mempool_flood_params[] = {
    {"fee", PARAM_CHOICE, "minimum", fee_known},
    {0},
};
static const struct param_spec storage_bomb_params[] = {
    {"deployments_per_bot", PARAM_COUNT, "5", NULL},
    {"program_size", PARAM_COUNT, "10485760", NULL},
    {"target_growth", PARAM_COUNT, "1073741824", NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "spam.api_flood",
     .summary = "flood costly reads, slow and idle connections",
     .roles = "general_user/malicious",
     .pattern = "PT-A-052",
     .params = api_flood_params},
    {.name = "spam.cpu_burn",
     .summary = "flood what is costly to check",
     .roles = "general_user/malicious",
     .pattern = "PT-A-053",
     .params = cpu_burn_params},
    {.name = "spam.mempool_flood",
     .summary = "flood valid minimum-fee transfers",
     .roles = "general_user/malicious",
     .pattern = "PT-A-050",
     .params = mempool_flood_params},
    {.name = "spam.storage_bomb",
     .summary = "deploy and grow programs",
     .roles = "general_user/malicious",
     .pattern = "PT-A-051",
     .params = storage_bomb_params},
};

const struct behavior_family behavior_spam = {"spam", specs, ARRAY_LEN(specs)};
