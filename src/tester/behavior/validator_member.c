#include "tester/behavior/validator_priv.h"

#include <inttypes.h>

#include "tester/bot/claim.h"
#include "tester/bot/send.h"
#include "tester/bot/tide.h"

/* Becoming a validator, and ceasing to be one (PT-L-043). */

#define LIFE_S 600u

struct standing {
    bool known, active;
    struct amount own;      /* bonded by itself */
    struct amount leaving;  /* of its unbonding entries */
    uint32_t release_height; /* of the last of them */
    struct amount free;
};

/* What the chain has of the bot as a validator. False: not told, and no more time. */
static bool standing_read(struct act *act, struct standing *out)
{
    struct answer answer;
    uint64_t wait_ns = 0;
    const struct alpha alpha = act_alpha(act);
    const struct address *self = &act->bot->identity.address;
    const struct account_view *account;
    *out = (struct standing){0};
    do account = alpha_account(&alpha, self, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (account == NULL && act_again(act, &answer, &wait_ns));
    for (uint32_t i = 0; account != NULL && i < account->bonded_count; i++)
        if (address_eq(&account->bonded[i].validator, self)) out->own = account->bonded[i].amount;
    for (uint32_t i = 0; account != NULL && i < account->unbonding_count; i++) {
        out->leaving = amount_add_clamped(out->leaving, account->unbonding[i].amount);
        out->release_height = MAX(out->release_height, account->unbonding[i].release_height);
    }
    for (uint32_t i = 0; account != NULL && i < account->balances_count; i++)
        if (account->balances[i].token == TOKEN_AX) out->free = account->balances[i].free;
    const bool told = account != NULL;
    answer_done(&answer);
    const struct validator_view *view = told ? alpha_validator(&alpha, self, act_deadline(act, ACT_READ_TIMEOUT), &answer) : NULL;
    if (view != NULL) {
        out->known = true;
        out->active = view->is_active;
    }
    if (told) answer_done(&answer);
    return told;
}

static bool has_keys(const struct act *act, struct op *op)
{
    if (act->bot != NULL && act->bot->seat.number > 0) return true;
    op->status = OP_SKIPPED;
    op_note(op, "the bot carries no validator's keys");
    return false;
}

/* Waits, block by block, until it votes or no longer does. */
static bool active_await(struct act *act, bool wanted, struct instant deadline, struct standing *out)
{
    do {
        if (!standing_read(act, out)) return false;
        if (out->active == wanted) return true;
    } while (tide_next(act, CHAIN_ALPHA, deadline));
    return false;
}

/* The committee counts it, with its own stake in the total that the quorum is of. */
static void claim_counted(struct act *act, struct amount stake)
{
    struct answer answer;
    uint64_t wait_ns = 0;
    uint32_t index;
    const struct committee_view *view;
    const struct alpha alpha = act_alpha(act);
    do view = alpha_committee_latest(&alpha, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait_ns));
    u128 total = 0;
    bool counted = false;
    const bool told = view != NULL || act_fail(act->op, &answer);
    for (uint32_t i = 0; view != NULL && i < view->committee->count; i++) total += view->committee->members[i].stake.units;
    if (view != NULL && committee_find(view->committee, &act->bot->identity.address, &index))
        counted = amount_cmp(view->committee->members[index].stake, stake) >= 0 && view->committee->quorum.units == total * 2 / 3 + 1;
    const uint32_t members = view != NULL ? view->committee->count : 0;
    answer_done(&answer);
    if (told) act_claim(act, "the quorum is worked out with its stake", counted, "%" PRIu32 " members", members);
}

void validator_register(struct act *act, struct op *op)
{
    struct standing now;
    struct landing landing = {0};
    if (!has_keys(act, op)) return;
    const struct instant deadline = act_deadline(act, duration_s(LIFE_S));
    const struct amount stake = {act_amount(act, "stake")};
    const union payload payload = {.validator_register = {.consensus_key = act->bot->seat.consensus.pub, .name = str_of(act->bot->seat.name),
                                                          .commission_bps = (uint16_t)MIN(act_u64(act, "commission_bps"), UINT64_C(10000)), .stake = stake}};
    const struct send_plan plan = {.kind = KIND_VALIDATOR_REGISTER, .payload = &payload, .leaves = {TOKEN_AX, stake}};
    if (!act_send(act, &plan, &landing, op)) return;
    const bool votes = active_await(act, true, deadline, &now);
    act_claim(act, "it is a member from an epoch on", votes, "registered at height %" PRIu32, landing.height);
    act_claim(act, "its stake is bonded, whole", amount_eq(now.own, stake), "registered at height %" PRIu32, landing.height);
    if (votes) claim_counted(act, stake);
}

void validator_deregister(struct act *act, struct op *op)
{
    struct standing before, now, end;
    struct landing landing = {0};
    if (!has_keys(act, op) || !standing_read(act, &before)) return;
    const struct instant deadline = act_deadline(act, duration_s(LIFE_S));
    const union payload nothing = {0};
    const struct send_plan leave = {.kind = KIND_VALIDATOR_EXIT, .payload = &nothing};
    if (!act_send(act, &leave, NULL, op)) return;
    if (!act_claim(act, "it is no member from an epoch on", active_await(act, false, deadline, &now), "v%" PRIu32, act->bot->seat.number)) return;
    const union payload bond = {.bond = {.validator = act->bot->identity.address, .amount = before.own}};
    const struct send_plan take = {.kind = KIND_UNBOND, .payload = &bond};
    if (!act_send(act, &take, &landing, op) || !standing_read(act, &now)) return;
    act_claim(act, "its bond is on its way back, whole", amount_eq(now.leaving, before.own) && amount_is_zero(now.own), "unbonded at height %" PRIu32, landing.height);
    uint32_t reached = 0;
    const bool due = tide_await(act, CHAIN_ALPHA, now.release_height, deadline, &reached) && standing_read(act, &end);
    struct amount back = AMOUNT(0);
    const bool grew = due && amount_sub(end.free, now.free, &back);
    act_claim(act, "after its time it is free again, whole", grew && amount_eq(back, before.own) && amount_is_zero(end.leaving), "at height %" PRIu32, reached);
    if (grew && !wallet_receive(&act->bot->wallet, money_of(TOKEN_AX, back))) op->status = OP_POSTCONDITION;
}
