/* The family `validator`: rows and parameters; steps are in validator_steps.c. Rows without one are known by name. */
#include "tester/behavior/families_priv.h"
#include "tester/behavior/validator_priv.h"

static const struct param_spec attest_params[] = {
    {"uptime_target", PARAM_FRACTION, "100%", NULL},
    {0},
};
static const struct param_spec participate_params[] = {
    {"attest", PARAM_BOOL, "true", NULL},
    {"propose", PARAM_BOOL, "true", NULL},
    {"reward_claim_interval", PARAM_DURATION, NULL, NULL},
    {"uptime_target", PARAM_FRACTION, "1.0", NULL},
    {0},
};
static const struct param_spec propose_block_params[] = {
    {"bond", PARAM_AMOUNT, "10000000", NULL},
    {0},
};
static const struct param_spec register_params[] = {
    {"commission_bps", PARAM_COUNT, "500", NULL},
    {"stake", PARAM_AMOUNT, "50000000", NULL},
    {0},
};
static const struct param_spec sign_checkpoint_params[] = {
    {"height", PARAM_TEXT, "head-1000", NULL},
    {0},
};
static const struct param_spec sync_params[] = {
    {"from_height", PARAM_COUNT, "0", NULL},
    {0},
};

static u128 leave_spend(const struct act *plan) { return 2 * crew_fee(plan->crew, CHAIN_ALPHA, 300).units; }
static u128 register_spend(const struct act *plan) { return act_amount(plan, "stake") + crew_fee(plan->crew, CHAIN_ALPHA, 400).units; }

static const struct behavior_spec specs[] = {
    {.name = "validator.attest",
     .summary = "verify, sign and gossip each proposal",
     .roles = "validator",
     .pattern = "PT-L-041",
     .drives = true,
     .params = attest_params,
     .step = validator_attest},
    {.name = "validator.deregister",
     .summary = "exit and unbond",
     .roles = "validator",
     .pattern = "PT-L-043",
     .transaction = true,
     .step = validator_deregister,
     .spend_max = leave_spend},
    {.name = "validator.participate", .summary = "propose and attest", .roles = "validator", .drives = true, .params = participate_params, .step = validator_participate},
    {.name = "validator.propose_block",
     .summary = "propose at the own turn",
     .roles = "validator",
     .pattern = "PT-L-040",
     .drives = true,
     .params = propose_block_params,
     .step = validator_propose_block},
    {.name = "validator.register",
     .summary = "register and become active",
     .roles = "validator",
     .pattern = "PT-L-043",
     .params = register_params,
     .transaction = true,
     .step = validator_register,
     .spend_max = register_spend},
    {.name = "validator.sign_checkpoint",
     .summary = "vouch for the newest epoch end at a height or below",
     .roles = "validator",
     .params = sign_checkpoint_params,
     .step = validator_sign_checkpoint},
    {.name = "validator.sync",
     .summary = "bring the own node up to its peers and follow its chain from a height",
     .roles = "validator",
     .params = sync_params,
     .step = validator_sync},
};

const struct behavior_family behavior_validator = {"validator", specs, ARRAY_LEN(specs)};
