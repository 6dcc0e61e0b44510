/* The family `privacy`: its rows. What users do is in privacy_steps.c; the attacks are known by name and parameters. */
#include "tester/behavior/privacy_priv.h"
#include "tester/bot/tide.h"

static const char *const methods_known[] = {"lag", "ring_age", NULL};

static const struct param_spec address_clustering_params[] = {
    {"users", PARAM_COUNT, "100", NULL},
    {0},
};
static const struct param_spec address_recycle_params[] = {
    {"transfers_per_address", PARAM_COUNT, "1", NULL},
    {0},
};
static const struct param_spec amount_analysis_params[] = {
    {"amount", PARAM_AMOUNT, "123456", NULL},
    {"tolerance", PARAM_AMOUNT, "0", NULL},
    {"window", PARAM_DURATION, "1h", NULL},
    {0},
};
static const struct param_spec batch_prove_params[] = {
    {"k", PARAM_COUNT, "8", NULL},
    {0},
};
static const struct param_spec forge_proof_params[] = {
    {"attempts_per_type", PARAM_COUNT, "25", NULL},
    {0},
};
static const struct param_spec generate_proof_params[] = {
    {"amount", PARAM_AMOUNT, "10000", NULL},
    {"ring_size", PARAM_COUNT, "11", NULL},
    {0},
};
static const struct param_spec mix_params[] = {
    {"denomination", PARAM_AMOUNT, "100000", NULL},
    {"rounds", PARAM_COUNT, "3", NULL},
    {"set", PARAM_COUNT, "11", NULL},
    {0},
};
static const struct param_spec mixer_analysis_params[] = {
    {"rounds", PARAM_COUNT, "3", NULL},
    {"set", PARAM_COUNT, "11", NULL},
    {"sybils", PARAM_COUNT, "5", NULL},
    {0},
};
static const struct param_spec timing_analysis_params[] = {
    {"methods", PARAM_LIST, "[lag, ring_age]", methods_known},
    {"trials", PARAM_COUNT, "200", NULL},
    {"window", PARAM_DURATION, "5s", NULL},
    {0},
};

/* ---- who takes notes together, and who by himself ---- */

/* False: it could not even try. */
static bool notes_await(struct act *act, bool alone, struct op *op)
{
    const struct shieldbot *own = shieldbot_of(act->bot);
    while (own->alone || (alone && own->sharers > 0))
        if (act_is_closing(act) || !tide_next(act, CHAIN_ALPHA, act->deadline)) return privacy_skip(op, "its notes were being used all the time");
    return true;
}

static void step_together(struct act *act, struct op *op, void (*step)(struct act *act, struct op *op))
{
    if (!notes_await(act, false, op)) return;
    shieldbot_of(act->bot)->sharers++;
    step(act, op);
    shieldbot_of(act->bot)->sharers--;
}

/* A mix counts on the notes that it made: an operation beside it would take them for its own. */
static void step_alone(struct act *act, struct op *op, void (*step)(struct act *act, struct op *op))
{
    if (!notes_await(act, true, op)) return;
    shieldbot_of(act->bot)->alone = true;
    step(act, op);
    shieldbot_of(act->bot)->alone = false;
}

static void shielded_transfer_step(struct act *act, struct op *op) { step_together(act, op, privacy_shielded_transfer); }
static void address_recycle_step(struct act *act, struct op *op) { step_together(act, op, privacy_address_recycle); }
static void generate_proof_step(struct act *act, struct op *op) { step_together(act, op, privacy_generate_proof); }
static void batch_prove_step(struct act *act, struct op *op) { step_together(act, op, privacy_batch_prove); }
static void mix_step(struct act *act, struct op *op) { step_alone(act, op, privacy_mix); }

static const struct behavior_spec specs[] = {
    {.name = "privacy.address_clustering",
     .summary = "cluster notes and addresses",
     .roles = "observer/analyst, general_user/malicious",
     .pattern = "PT-A-042",
     .params = address_clustering_params},
    {.name = "privacy.address_recycle",
     .summary = "one fresh address a receipt",
     .roles = "general_user, prover",
     .pattern = "PT-L-031",
     .transaction = true,
     .params = address_recycle_params,
     .step = address_recycle_step,
     .spend_max = privacy_recycle_spend_max},
    {.name = "privacy.amount_analysis",
     .summary = "match deposits and withdrawals by amount",
     .roles = "observer/analyst, general_user/malicious",
     .pattern = "PT-A-041",
     .params = amount_analysis_params},
    {.name = "privacy.batch_prove",
     .summary = "build several spends in parallel",
     .roles = "general_user, prover",
     .pattern = "PT-L-032",
     .transaction = true,
     .params = batch_prove_params,
     .step = batch_prove_step,
     .spend_max = privacy_batch_spend_max},
    {.name = "privacy.forge_proof",
     .summary = "submit forged ring signatures and range proofs",
     .roles = "observer/analyst, general_user/malicious",
     .pattern = "PT-A-043",
     .params = forge_proof_params},
    {.name = "privacy.generate_proof",
     .summary = "build a spend without sending it",
     .roles = "general_user, prover",
     .pattern = "PT-L-030",
     .transaction = true,
     .params = generate_proof_params,
     .step = generate_proof_step,
     .spend_max = privacy_spend_max},
    {.name = "privacy.mix",
     .summary = "mix a denomination over rounds",
     .roles = "general_user, prover",
     .pattern = "PT-L-033",
     .transaction = true,
     .params = mix_params,
     .step = mix_step,
     .spend_max = privacy_mix_spend_max},
    {.name = "privacy.mixer_analysis",
     .summary = "strike own notes from rings and combine the rest",
     .roles = "observer/analyst, general_user/malicious",
     .pattern = "PT-A-044",
     .params = mixer_analysis_params},
    {.name = "privacy.shielded_transfer",
     .summary = "a shielded transfer",
     .roles = "general_user, prover",
     .pattern = "PT-L-030",
     .transaction = true,
     .params = generate_proof_params,
     .step = shielded_transfer_step,
     .spend_max = privacy_spend_max},
    {.name = "privacy.timing_analysis",
     .summary = "pair deposits and withdrawals by time",
     .roles = "observer/analyst, general_user/malicious",
     .pattern = "PT-A-040",
     .params = timing_analysis_params},
};

const struct behavior_family behavior_privacy = {"privacy", specs, ARRAY_LEN(specs)};
