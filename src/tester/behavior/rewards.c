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
    uint32_t epoch_end; /* height of the newest one; 0: none has ended */
};

static bool epoch_read(struct act *act, uint32_t *out, struct op *op)
{
    struct answer answer;
    uint64_t wait_ns = 0;
    const struct epoch_rewards *view;
    do view = adnet_epoch_rewards(&act->crew->adnet, UINT64_MAX, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait_ns));
    const bool none = view == NULL && answer.status == ANSWER_REFUSED && answer.code == CODE_EPOCH_NOT_FOUND;
    *out = view != NULL ? view->end_height : 0;
    const bool told = view != NULL || none || act_fail(op, &answer);
    answer_done(&answer);
    return told;
}

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
    const bool told = view != NULL;
    if (told) *out = (struct earned){.pending = view->total, .claimed = view->claimed};
    else (void)act_fail(op, &answer); /* op tells */
    answer_done(&answer);
    return told && epoch_read(act, &out->epoch_end, op); /* behind: an epoch that ended in between is seen */
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

/* Nothing is left, so that a second claim is refused; unless an epoch has ended since: what came with it is another's sum. */
static void claim_again(struct act *act, const struct send_plan *plan, const struct earned *after, const struct landing *landing, struct op *op)
{
    const bool ended = after->epoch_end > landing->height;
    if (!act_claim(act, "nothing is pending afterwards", ended || amount_is_zero(after->pending), "claimed at height %" PRIu32, landing->height) || ended) return;
    struct landing second = {0};
    struct earned now;
    const bool refused = act_send_refused(act, plan, CODE_NOTHING_TO_CLAIM, &second, op);
    const bool taken = !refused && op->status == OP_POSTCONDITION;
    if (taken && earned_read(act, &now, op) && now.epoch_end > landing->height) { /* an epoch's end came in just before */
        op->status = OP_DONE;
        op->note[0] = '\0';
        return;
    }
    (void)act_claim_refused(act, "a second claim pays nothing", refused); /* op tells */
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
    if (op->status == OP_DONE) claim_again(act, &plan, &after, &landing, op);
    if (restake || op->status != OP_DONE) return;
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
