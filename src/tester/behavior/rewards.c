/* Rewards: what a validator has earned, read and claimed (PT-L-042). */
#include "tester/behavior/families_priv.h"

#include <inttypes.h>

#include "tester/bot/claim.h"
#include "tester/bot/send.h"
#include "tester/client/adnet_rewards.h"

static const struct param_spec claim_params[] = {
    {"restake", PARAM_BOOL, "false", NULL},
    {0},
};

struct earned {
    struct amount pending, claimed;
};

/* U3 of the bot at its own validator. False: it was not told; op says why. */
static bool earned_read(struct act *act, struct earned *out, struct op *op)
{
    struct answer answer;
    const struct rewards_view *view;
    const struct address *self = &act->bot->identity.address;
    uint64_t wait_ns = 0;
    if (act->crew->adnet.http == NULL) {
        op->status = OP_UNSUPPORTED;
        op_note(op, "the target serves no unified interface");
        return false;
    }
    do view = adnet_rewards(&act->crew->adnet, self, self, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait_ns));
    if (view != NULL) *out = (struct earned){view->total, view->claimed};
    const bool told = act_fail(op, &answer);
    answer_done(&answer);
    return told && view != NULL;
}

static bool has_validator(const struct act *act, struct op *op)
{
    if (act->bot != NULL && act->bot->seat.number > 0) return true;
    op->status = OP_SKIPPED;
    op_note(op, "the bot carries no validator's keys");
    return false;
}

static void amount_tell(struct act *act, const char *name, struct amount amount)
{
    char text[AMOUNT_TEXT];
    act_output(act, str_of(name), (struct str){text, amount_text(amount, text)});
}

static void query(struct act *act, struct op *op)
{
    struct earned earned;
    if (!has_validator(act, op)) return;
    op->sent = env_now(act->crew->env);
    if (!earned_read(act, &earned, op)) return;
    op->admitted = env_now(act->crew->env);
    amount_tell(act, "pending", earned.pending);
    amount_tell(act, "claimed", earned.claimed);
}

/* What was pending when it ran is at least what was read before, and all of it arrives. Nothing pending: NOTHING_TO_CLAIM. */
static void claim(struct act *act, struct op *op)
{
    struct earned before, after;
    struct landing landing = {0};
    if (!has_validator(act, op) || !earned_read(act, &before, op)) return;
    const bool restake = act_flag(act, "restake");
    const union payload payload = {.rewards_claim = {.validator = act->bot->identity.address, .restake = restake}};
    const struct send_plan plan = {.kind = KIND_REWARDS_CLAIM, .payload = &payload, .loose = 1u << TOKEN_AX};
    if (!act_send(act, &plan, &landing, op) || !earned_read(act, &after, op)) return;
    struct amount paid = AMOUNT(0);
    const bool grew = amount_sub(after.claimed, before.claimed, &paid);
    act_claim(act, "what was pending is paid", grew && amount_cmp(paid, before.pending) >= 0 && !amount_is_zero(paid), "height %" PRIu32, landing.height);
    amount_tell(act, "paid", paid);
    if (restake) return;
    const struct movement movement = {.chain = CHAIN_ALPHA, .address = &act->bot->identity.address, .height = landing.height, .token = TOKEN_AX,
                                      .gained = paid, .lost = landing.receipt.fee_charged, .by = &landing.id};
    act_claim_moved(act, "the balance grows by what is paid, less the fee", &movement);
}

static u128 claim_spend(const struct act *plan) { return crew_fee(plan->crew, CHAIN_ALPHA, 300).units; }

static const struct behavior_spec specs[] = {
    {.name = "rewards.claim",
     .summary = "claim pending rewards",
     .roles = "validator",
     .pattern = "PT-L-042",
     .params = claim_params,
     .transaction = true,
     .step = claim,
     .spend_max = claim_spend},
    {.name = "rewards.query", .summary = "read pending rewards", .roles = "validator", .pattern = "PT-L-042", .step = query},
};

const struct behavior_family behavior_rewards = {"rewards", specs, ARRAY_LEN(specs)};
