/* The family `net`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const struct param_spec eclipse_params[] = {
    {"attackers", PARAM_COUNT, "100", NULL},
    {"poison_ratio", PARAM_FRACTION, "0.9", NULL},
    {"slots", PARAM_COUNT, "8", NULL},
    {"victims", PARAM_COUNT, "5", NULL},
    {0},
};
static const struct param_spec monopolise_params[] = {
    {"attackers", PARAM_COUNT, "100", NULL},
    {"slots", PARAM_COUNT, "8", NULL},
    {"victims", PARAM_COUNT, "5", NULL},
    {0},
};
static const struct param_spec poison_peers_params[] = {
    {"attackers", PARAM_COUNT, "100", NULL},
    {"poison_ratio", PARAM_FRACTION, "0.9", NULL},
    {"victims", PARAM_COUNT, "5", NULL},
    {0},
};
static const struct param_spec serve_fake_chain_params[] = {
    {"attackers", PARAM_COUNT, "100", NULL},
    {"victims", PARAM_COUNT, "5", NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "net.eclipse",
     .summary = "cut a victim off from honest peers",
     .roles = "validator/byzantine, general_user/malicious",
     .pattern = "PT-A-035",
     .params = eclipse_params},
    {.name = "net.monopolise",
     .summary = "occupy a victim's slots",
     .roles = "validator/byzantine, general_user/malicious",
     .pattern = "PT-A-035",
     .params = monopolise_params},
    {.name = "net.poison_peers",
     .summary = "pollute a victim's address book",
     .roles = "validator/byzantine, general_user/malicious",
     .pattern = "PT-A-035",
     .params = poison_peers_params},
    {.name = "net.serve_fake_chain",
     .summary = "serve a fake chain to a victim",
     .roles = "validator/byzantine, general_user/malicious",
     .pattern = "PT-A-035",
     .params = serve_fake_chain_params},
};

const struct behavior_family behavior_net = {"net", specs, ARRAY_LEN(specs)};
