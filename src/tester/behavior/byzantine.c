/* The family `byzantine`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const char *const rounds_known[] = {"all", "own", NULL};
static const char *const weights_known[] = {"equivocate", "withhold", "propose_invalid", "censor", NULL};
static const char *const types_known[] = {
    "bad_state_root", "invalid_transaction", "wrong_parent", "future_timestamp", "oversize", "bad_signature", NULL};

static const struct param_spec censor_params[] = {
    {"colluders", PARAM_COUNT, "26", NULL},
    {"txs", PARAM_COUNT, "50", NULL},
    {0},
};
static const struct param_spec deep_reorg_params[] = {
    {"depth", PARAM_COUNT, "10", NULL},
    {"spend", PARAM_AMOUNT, "50000000", NULL},
    {"split", PARAM_TEXT, "53/27", NULL},
    {0},
};
static const struct param_spec equivocate_params[] = {
    {"rounds", PARAM_CHOICE, "all", rounds_known},
    {"split", PARAM_FRACTION, "50%", NULL},
    {"validators", PARAM_COUNT, "1", NULL},
    {0},
};
static const struct param_spec fork_history_params[] = {
    {"extra_length", PARAM_COUNT, "100", NULL},
    {"fork_height", PARAM_COUNT, "0", NULL},
    {0},
};
static const struct param_spec grind_leader_params[] = {
    {"attempts", PARAM_COUNT, "100", NULL},
    {0},
};
static const struct param_spec long_range_params[] = {
    {"extra_length", PARAM_COUNT, "100", NULL},
    {"fork_height", PARAM_COUNT, "0", NULL},
    {"new_nodes", PARAM_COUNT, "10", NULL},
    {"old_keys", PARAM_COUNT, "54", NULL},
    {0},
};
static const struct param_spec mixed_params[] = {
    {"coordinated", PARAM_BOOL, "true", NULL},
    {"weights", PARAM_WEIGHTS, "{equivocate: 30, withhold: 40, propose_invalid: 30}", weights_known},
    {0},
};
static const struct param_spec propose_invalid_params[] = {
    {"each", PARAM_COUNT, "5", NULL},
    {"types", PARAM_LIST, "[bad_state_root, invalid_transaction, wrong_parent, future_timestamp, oversize, bad_signature]",
     types_known},
    {0},
};
static const struct param_spec withhold_params[] = {
    {"validators", PARAM_COUNT, "8", NULL},
    {"withhold_fraction", PARAM_FRACTION, "0.8", NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "byzantine.censor",
     .summary = "leave out transactions of a target",
     .roles = "validator/byzantine",
     .pattern = "PT-A-031",
     .params = censor_params},
    {.name = "byzantine.deep_reorg",
     .summary = "build a private branch and demand its adoption",
     .roles = "validator/byzantine",
     .pattern = "PT-A-013",
     .params = deep_reorg_params},
    {.name = "byzantine.equivocate",
     .summary = "sign two blocks or votes for one round",
     .roles = "validator/byzantine",
     .pattern = "PT-A-030",
     .params = equivocate_params},
    {.name = "byzantine.fork_history",
     .summary = "sign a rival history with old keys",
     .roles = "validator/byzantine",
     .pattern = "PT-A-034",
     .params = fork_history_params},
    {.name = "byzantine.grind_leader",
     .summary = "try to influence the proposer schedule",
     .roles = "validator/byzantine",
     .pattern = "PT-A-034",
     .params = grind_leader_params},
    {.name = "byzantine.long_range",
     .summary = "serve a forged history to nodes",
     .roles = "validator/byzantine",
     .pattern = "PT-A-034",
     .params = long_range_params},
    {.name = "byzantine.mixed",
     .summary = "several misbehaviours by weight",
     .roles = "validator/byzantine",
     .params = mixed_params},
    {.name = "byzantine.propose_invalid",
     .summary = "propose blocks that break a rule",
     .roles = "validator/byzantine",
     .pattern = "PT-A-032",
     .params = propose_invalid_params},
    {.name = "byzantine.withhold",
     .summary = "stay silent or answer late",
     .roles = "validator/byzantine",
     .pattern = "PT-A-033",
     .params = withhold_params},
};

const struct behavior_family behavior_byzantine = {"byzantine", specs, ARRAY_LEN(specs)};
