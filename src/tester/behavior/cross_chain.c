/* The family `cross_chain`: known by name and parameters; a later storey gives its rows their steps. */
#include "tester/behavior/families_priv.h"

static const char *const variant_known[] = {"same_id", "concurrent_locks", "lock_then_transfer", NULL};
static const char *const types_known[] = {"fake_lock",  "amount",     "recipient",       "second_preimage",
                                          "short_path", "stale_root", "bad_certificate", NULL};

static const struct param_spec await_finality_params[] = {
    {"finality_depth", PARAM_COUNT, "3", NULL},
    {0},
};
static const struct param_spec burn_unlock_params[] = {
    {"amount", PARAM_AMOUNT, NULL, NULL},
    {0},
};
static const struct param_spec bypass_finality_params[] = {
    {"amount", PARAM_AMOUNT, "500000", NULL},
    {"claim_depth", PARAM_COUNT, "[0, 2]", NULL},
    {0},
};
static const struct param_spec double_mint_params[] = {
    {"amount", PARAM_AMOUNT, "500000", NULL},
    {"k", PARAM_COUNT, "2", NULL},
    {"variant", PARAM_CHOICE, "same_id", variant_known},
    {0},
};
static const struct param_spec forge_proof_params[] = {
    {"attempts_per_type", PARAM_COUNT, "10", NULL},
    {"types", PARAM_LIST, "[fake_lock, amount, recipient, second_preimage, short_path, stale_root, bad_certificate]",
     types_known},
    {0},
};
static const struct param_spec lock_params[] = {
    {"amount", PARAM_AMOUNT, "500000", NULL},
    {0},
};
static const struct param_spec mint_params[] = {
    {"lock_id", PARAM_TEXT, NULL, NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "cross_chain.await_finality",
     .summary = "submit, record inclusion, wait until final",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-013",
     .params = await_finality_params},
    {.name = "cross_chain.burn_unlock",
     .summary = "burn sAX on Delta and unlock AX on Alpha",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-014",
     .params = burn_unlock_params},
    {.name = "cross_chain.bypass_finality",
     .summary = "claim a mint before its lock is final",
     .roles = "general_user/malicious, relay/rogue",
     .pattern = "PT-A-011",
     .params = bypass_finality_params},
    {.name = "cross_chain.double_mint",
     .summary = "redeem one lock receipt twice on Delta",
     .roles = "general_user/malicious, relay/rogue",
     .pattern = "PT-A-010",
     .params = double_mint_params},
    {.name = "cross_chain.forge_proof",
     .summary = "claim with a forged Merkle proof or certificate",
     .roles = "general_user/malicious, relay/rogue",
     .pattern = "PT-A-014",
     .params = forge_proof_params},
    {.name = "cross_chain.lock",
     .summary = "lock AX on Alpha",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-010",
     .params = lock_params},
    {.name = "cross_chain.lock_mint",
     .summary = "lock AX on Alpha and mint sAX on Delta",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-010",
     .params = lock_params},
    {.name = "cross_chain.mint",
     .summary = "claim the mint of a lock on Delta",
     .roles = "general_user, trader, relay",
     .pattern = "PT-L-010",
     .params = mint_params},
};

const struct behavior_family behavior_cross_chain = {"cross_chain", specs, ARRAY_LEN(specs)};
