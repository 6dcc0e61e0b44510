#include "tester/bot/enlist.h"

#include "chain/payload.h"
#include "tester/bot/act.h"

#define PATIENCE_S 120u

static bool settle(struct bot *bot, enum chain_id chain, enum kind kind, const union payload *payload, struct money amount, struct err *err)
{
    struct crew *crew = bot->crew;
    struct track *track = base_alloc(sizeof(*track));
    track->number = EVENT_NO_ID;
    track->rng = env_rng(crew->env, STR("enlist"), bot->index);
    struct act act;
    struct op op = {.status = OP_DONE};
    struct submission submission;
    struct buf bytes = {0};
    act_init(&act, crew, track, bot, env_now(crew->env), 0);
    act.op = &op;
    act.chain = chain;
    act.deadline = instant_add(env_now(crew->env), duration_s(PATIENCE_S));
    payload_encode(kind, payload, &bytes);
    struct tx_spec spec = {.kind = kind, .payload = buf_str(&bytes), .token = amount.token, .amount = amount.amount};
    const bool ok = submit_send(&act, &spec, &submission, &op) && submit_follow(&act, &submission, &op);
    buf_done(&bytes);
    base_free(track);
    return ok || err_set(err, ERR_REFUSED, "its transaction was %s: " STR_FMT " %s", op_status_text(op.status), STR_ARG(code_text(op.code)), op.note);
}

bool enlist_stake(struct bot *bot, enum chain_id chain, struct amount amount, struct err *err)
{
    const union payload payload = {.amount = {amount}};
    const enum kind kind = chain == CHAIN_DELTA ? KIND_DELTA_STAKE : KIND_ALPHA_STAKE;
    return settle(bot, chain, kind, &payload, money_of(chain_fee_token(chain), amount), err) || err_wrap(err, "stake");
}

bool enlist_governor(struct bot *bot, struct amount deposit, struct err *err)
{
    const union payload payload = {.governor_register = {.deposit = deposit}};
    return settle(bot, CHAIN_ALPHA, KIND_GOVERNOR_REGISTER, &payload, money_of(TOKEN_AX, deposit), err) || err_wrap(err, "governor_register");
}
