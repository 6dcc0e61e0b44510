/* The family `governance`: its rows. Steps of the legitimate ones stand in governance_*.c, by part; a row without one is known by name. */
#include "tester/behavior/governance_priv.h"

static const char *const methods_known[] = {"direct", "timestamp", "admin_route", "amend", "ipc_path", NULL};
static const char *const scope_known[] = {"one", "passed", NULL};
static const char *const modes_known[] = {"pad", "whitewash", "unbond_race", "hover", "suppress", NULL};
static const char *const quality_known[] = {"trivial", "duplicate", "malformed", NULL};
static const char *const timing_known[] = {"burst", "last_block", NULL};
static const char *const scope_known2[] = {"one", "all", "asked", NULL};
static const char *const chain_known[] = {"alpha", "delta", NULL};
static const char *const wait_known[] = {"timelock", "voting", "none", NULL}; /* for what it waits before it tries */
static const char *const failing_known[] = {"delta", "alpha", "none", NULL};

/* What a draft asks for, by name among the others: governance_propose.c says what is drawn where nothing is given. */
#define DRAFT_AMOUNT {"amount", PARAM_AMOUNT, "10000000", NULL}
#define DRAFT_KEY {"key", PARAM_TEXT, "taker_bps", NULL}
#define DRAFT_RECIPIENT {"recipient", PARAM_TEXT, NULL, NULL}
#define DRAFT_VALUE {"value", PARAM_TEXT, NULL, NULL}
#define DRAFT_TAIL                                                                                                               \
    {"upgrade_after", PARAM_COUNT, "200", NULL}, {"validator", PARAM_TEXT, NULL, NULL}, DRAFT_VALUE,                             \
    {                                                                                                                            \
        "version", PARAM_COUNT, "3", NULL                                                                                        \
    }

/* Fees, and the deposit, which stays away as long as the proposal lives. */
#define FEES_A_TRANSACTION 1000u
#define DEPOSIT_USUAL 1000000u
#define VOTES_AT_ONCE 100u
static u128 proposer_spend(const struct act *plan)
{
    (void)plan;
    return 2 * DEPOSIT_USUAL + 20 * FEES_A_TRANSACTION;
}
static u128 voter_spend(const struct act *plan)
{
    (void)plan;
    return VOTES_AT_ONCE * FEES_A_TRANSACTION;
}

static const struct param_spec bypass_timelock_params[] = {
    {"attempts", PARAM_COUNT, "50", NULL},
    {"methods", PARAM_LIST, "[direct, timestamp, admin_route, amend, ipc_path]", methods_known},
    {0},
};
static const struct param_spec delegate_params[] = {
    {"to", PARAM_TEXT, NULL, NULL},
    {0},
};
static const struct param_spec execute_params[] = {
    {"proposal", PARAM_TEXT, NULL, NULL},
    {"scope", PARAM_CHOICE, "one", scope_known},
    {"wait", PARAM_CHOICE, "timelock", wait_known},
    {0},
};
static const struct param_spec flash_loan_vote_params[] = {
    {"loan_amount", PARAM_COUNT, "10", NULL},
    {"same_tx", PARAM_BOOL, "true", NULL},
    {0},
};
static const struct param_spec gci_manipulation_params[] = {
    {"modes", PARAM_LIST, "[pad, whitewash, unbond_race, hover, suppress]", modes_known},
    {"threshold", PARAM_COUNT, "3000", NULL},
    {0},
};
static const struct param_spec joint_params[] = {
    {"campaign", PARAM_COUNT, "0", NULL},
    {"failing", PARAM_CHOICE, "delta", failing_known},
    DRAFT_KEY,
    {"quorum", PARAM_FRACTION, "33.34%", NULL},
    DRAFT_VALUE,
    {0},
};
static const struct param_spec parameter_update_params[] = {
    DRAFT_AMOUNT,
    {"campaign", PARAM_COUNT, "0", NULL},
    DRAFT_KEY,
    DRAFT_RECIPIENT,
    {"types", PARAM_LIST, "[parameter_change, treasury_allocation, validator_ejection, network_upgrade]", gov_types},
    DRAFT_TAIL,
    {0},
};
static const struct param_spec proposal_spam_params[] = {
    {"interval", PARAM_DURATION, "0s", NULL},
    {"quality", PARAM_CHOICE, "trivial", quality_known},
    {"spam_count", PARAM_COUNT, "1000", NULL},
    {0},
};
static const struct param_spec propose_params[] = {
    DRAFT_AMOUNT,
    {"joint", PARAM_BOOL, "false", NULL},
    DRAFT_KEY,
    {"proposal_type", PARAM_CHOICE, "parameter_change", gov_types},
    DRAFT_RECIPIENT,
    {"title", PARAM_TEXT, "proposal", NULL},
    DRAFT_TAIL,
    {0},
};
static const struct param_spec propose_and_vote_params[] = {
    DRAFT_AMOUNT,
    {"campaign", PARAM_COUNT, "0", NULL},
    DRAFT_KEY,
    {"proposal_type", PARAM_CHOICE, "parameter_change", gov_types},
    DRAFT_RECIPIENT,
    {"timelock_blocks", PARAM_COUNT, NULL, NULL},
    DRAFT_TAIL,
    {"vote", PARAM_CHOICE, "yes", gov_choices},
    {"voting_period_blocks", PARAM_COUNT, NULL, NULL},
    {0},
};
static const struct param_spec registration_spam_params[] = {
    {"registrations", PARAM_COUNT, "500", NULL},
    {0},
};
static const struct param_spec sybil_vote_params[] = {
    {"honest_stake", PARAM_AMOUNT, "1000000", NULL},
    {"identities", PARAM_COUNT, "100", NULL},
    {"stake_per_identity", PARAM_AMOUNT, "1000", NULL},
    {"timing", PARAM_CHOICE, "burst", timing_known},
    {0},
};
static const struct param_spec timelocked_execute_params[] = {
    DRAFT_AMOUNT,
    {"campaign", PARAM_COUNT, "0", NULL},
    DRAFT_KEY,
    {"proposal_type", PARAM_CHOICE, "parameter_change", gov_types},
    DRAFT_RECIPIENT,
    {"timelock_blocks", PARAM_COUNT, NULL, NULL},
    DRAFT_TAIL,
    {0},
};
static const struct param_spec vote_params[] = {
    {"chain", PARAM_CHOICE, "alpha", chain_known},
    {"choice", PARAM_CHOICE, "yes", gov_choices},
    {"proposal", PARAM_TEXT, NULL, NULL},
    {"refuse", PARAM_FRACTION, "0", NULL},
    {"scope", PARAM_CHOICE, "one", scope_known2},
    {"silent", PARAM_FRACTION, "0", NULL},
    {"weights", PARAM_WEIGHTS, NULL, gov_choices},
    {0},
};
static const struct param_spec vote_buying_params[] = {
    {"accept_fraction", PARAM_FRACTION, "0.3", NULL},
    {"amount_at_stake", PARAM_AMOUNT, "50000000", NULL},
    {"bribe", PARAM_AMOUNT, "100000", NULL},
    {"targets", PARAM_COUNT, "50", NULL},
    {0},
};
static const struct param_spec vote_spam_params[] = {
    {"votes_per_bot_per_min", PARAM_COUNT, "100", NULL},
    {0},
};

static const struct behavior_spec specs[] = {
    {.name = "governance.bypass_timelock",
     .summary = "execute a queued proposal before its time",
     .roles = "governor/malicious, general_user/malicious",
     .pattern = "PT-A-004",
     .params = bypass_timelock_params},
    {.name = "governance.delegate_vote",
     .summary = "delegate the voting weight, let the other vote, take it back",
     .roles = "governor",
     .pattern = "PT-L-002",
     .params = delegate_params,
     .transaction = true,
     .step = gov_delegate_step,
     .spend_max = proposer_spend},
    {.name = "governance.execute",
     .summary = "queue when needed, wait for the timelock, execute",
     .roles = "governor",
     .pattern = "PT-L-001",
     .params = execute_params,
     .transaction = true,
     .step = gov_execute_step,
     .spend_max = voter_spend},
    {.name = "governance.flash_loan_vote",
     .summary = "borrow stake for one vote",
     .roles = "governor/malicious, general_user/malicious",
     .pattern = "PT-A-002",
     .params = flash_loan_vote_params},
    {.name = "governance.gci_manipulation",
     .summary = "keep power after a proven defection",
     .roles = "governor/malicious, general_user/malicious",
     .pattern = "PT-A-006",
     .params = gci_manipulation_params},
    {.name = "governance.joint",
     .summary = "a joint proposal through both chains",
     .roles = "governor",
     .pattern = "PT-L-003",
     .params = joint_params,
     .transaction = true,
     .step = gov_joint_step,
     .spend_max = proposer_spend},
    {.name = "governance.parameter_update",
     .summary = "a proposal of each action type in turn",
     .roles = "governor",
     .pattern = "PT-L-004",
     .params = parameter_update_params,
     .transaction = true,
     .step = gov_parameter_update_step,
     .spend_max = proposer_spend},
    {.name = "governance.proposal_spam",
     .summary = "flood junk, duplicate and malformed proposals",
     .roles = "governor/malicious, general_user/malicious",
     .pattern = "PT-A-003",
     .params = proposal_spam_params},
    {.name = "governance.propose",
     .summary = "create a proposal",
     .roles = "governor",
     .pattern = "PT-L-001",
     .params = propose_params,
     .transaction = true,
     .step = gov_propose_step,
     .spend_max = proposer_spend},
    {.name = "governance.propose_and_vote",
     .summary = "a proposal through its whole life",
     .roles = "governor",
     .pattern = "PT-L-001",
     .params = propose_and_vote_params,
     .transaction = true,
     .step = gov_propose_and_vote_step,
     .spend_max = proposer_spend},
    {.name = "governance.registration_spam",
     .summary = "flood governor registrations",
     .roles = "governor/malicious, general_user/malicious",
     .pattern = "PT-A-003",
     .params = registration_spam_params},
    {.name = "governance.sybil_vote",
     .summary = "vote with many small identities",
     .roles = "governor/malicious, general_user/malicious",
     .pattern = "PT-A-001",
     .params = sybil_vote_params},
    {.name = "governance.timelocked_execute",
     .summary = "execute at the first legal block",
     .roles = "governor",
     .pattern = "PT-L-005",
     .params = timelocked_execute_params,
     .transaction = true,
     .step = gov_timelocked_step,
     .spend_max = proposer_spend},
    {.name = "governance.vote",
     .summary = "vote on proposals",
     .roles = "governor",
     .pattern = "PT-L-001",
     .params = vote_params,
     .transaction = true,
     .step = gov_vote_step,
     .spend_max = voter_spend},
    {.name = "governance.vote_buying",
     .summary = "pay for provable votes",
     .roles = "governor/malicious, general_user/malicious",
     .pattern = "PT-A-005",
     .params = vote_buying_params},
    {.name = "governance.vote_spam",
     .summary = "resend and flip votes",
     .roles = "governor/malicious, general_user/malicious",
     .pattern = "PT-A-003",
     .params = vote_spam_params},
};

const struct behavior_family behavior_governance = {"governance", specs, ARRAY_LEN(specs)};
