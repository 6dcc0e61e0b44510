/* Governors: a village whose bots are at stake and registered, as a scenario's governors are from the genesis on. */
#ifndef BOTS_GOVERNORS_H
#define BOTS_GOVERNORS_H

#include "tester/bot/send.h"
#include "tester/client/alpha_governance.h"
#include "village.h"

enum { GOVERNOR_DEPOSIT = 10000000 };

struct governor_deed {
    enum chain_id chain;
    enum kind kind;
    union payload payload;
    u128 leaves;
};

static inline void governor_do(struct village *v, uint32_t bot, struct governor_deed deed)
{
    struct track track = {.bots = v->indices, .bots_count = v->config.bots};
    struct act act;
    rng_init(&track.rng, 1);
    act_init(&act, &v->crew, &track, v->bots[bot], env_now(v->env), 0);
    struct op op = {.intended = env_now(v->env), .marked = env_now(v->env)};
    act.op = &op;
    if (!act_on(&act, deed.chain, &op)) CHECK_FAIL("no such chain");
    const struct send_plan plan = {.kind = deed.kind, .payload = &deed.payload,
                                   .leaves = money_of(chain_fee_token(deed.chain), AMOUNT(deed.leaves))};
    (void)act_send(&act, &plan, NULL, &op);
    check_done(&op);
}

static inline void governor_stake(struct village *v, uint32_t bot, enum chain_id chain, u128 amount)
{
    governor_do(v, bot, (struct governor_deed){chain, chain == CHAIN_DELTA ? KIND_DELTA_STAKE : KIND_ALPHA_STAKE, {.amount = {AMOUNT(amount)}}, amount});
}
static inline void governor_register(struct village *v, uint32_t bot)
{
    governor_do(v, bot, (struct governor_deed){CHAIN_ALPHA, KIND_GOVERNOR_REGISTER, {.governor_register = {.deposit = AMOUNT(GOVERNOR_DEPOSIT)}}, GOVERNOR_DEPOSIT});
}

/* Tells what a track claimed; every one of `claims` (NULL-terminated) must have been made and have held. */
static inline void governor_claims(const struct village_track *track, const struct op *op, const char *const *claims)
{
    check_done(op);
    village_tell(track, op);
    fflush(stdout);
    if (claims != NULL) village_check_held(track, claims);
}

#endif
