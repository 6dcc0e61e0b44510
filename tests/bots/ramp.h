/* Ramp: what tests of the off-ramp do on a village: a bot with a reviewer's roles, behaviours lived, withdrawals looked at. */
#ifndef BOTS_RAMP_H
#define BOTS_RAMP_H

#include "tester/client/delta_offramp.h"
#include "village.h"

static struct village *v;

/* Grants are in force with the next block. */
static void roles_grant(uint32_t bot)
{
    static const char *const roles[] = {"kyc_officer", "settler"};
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        struct answer answer;
        if (!admin_role_put(&v->admin, &v->bots[bot]->identity.address, str_of(roles[i]), true, village_in(v, duration_s(10)), &answer))
            CHECK_FAIL("the role is not granted");
        answer_done(&answer);
    }
    fiber_sleep(v->env, duration_s(5));
}

static inline struct op live_on(struct village_track *track, uint32_t bot)
{
    const struct op op = village_once(v, track, bot, v->numbers++);
    village_tell(track, &op);
    return op;
}

static struct op live(uint32_t bot, const char *behavior, const char *const *sets) { return village_live_told(v, bot, behavior, sets); }

static void live_done(uint32_t bot, const char *behavior, const char *const *sets)
{
    const struct op op = live(bot, behavior, sets);
    check_done(&op);
}

static inline void live_refused(uint32_t bot, const char *behavior, const char *const *sets, enum code code)
{
    const struct op op = live(bot, behavior, sets);
    check_refused(&op, code);
}

static inline void live_skipped(uint32_t bot, const char *behavior, const char *const *sets)
{
    CHECK_U64(live(bot, behavior, sets).status, OP_SKIPPED);
}

static inline enum kyc_status kyc_of(uint32_t bot)
{
    struct answer answer;
    const struct kyc_view *view = delta_kyc(&v->crew.delta, &v->bots[bot]->identity.address, village_in(v, duration_s(10)), &answer);
    CHECK(view != NULL);
    const enum kyc_status status = view->status;
    answer_done(&answer);
    return status;
}

/* Of its newest withdrawal. */
static inline enum offramp_status ramp_of(uint32_t bot)
{
    struct answer answer;
    const struct page *page = delta_offramps(&v->crew.delta, &v->bots[bot]->identity.address, 10, (struct str){0}, village_in(v, duration_s(10)), &answer);
    CHECK(page != NULL && page->count > 0);
    const enum offramp_status status = ((const struct offramp_view *)page->items)[0].status;
    answer_done(&answer);
    return status;
}

/* Registered and approved by `reviewer`. */
static inline void approved(uint32_t bot, uint32_t reviewer)
{
    live_done(bot, "d007.kyc_register", NULL);
    live_done(reviewer, "d007.kyc_review", SETS("approve_fraction=1"));
    CHECK_U64(kyc_of(bot), KYC_APPROVED);
}

#endif
