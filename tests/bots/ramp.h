/* Ramp: what tests of the off-ramp do on a village: a bot with a reviewer's roles, behaviours lived, withdrawals looked at. */
#ifndef BOTS_RAMP_H
#define BOTS_RAMP_H

#include "tester/client/delta_offramp.h"
#include "village.h"

static struct village *v;
static uint64_t numbers;

#define SETS(...) ((const char *const[]){__VA_ARGS__, NULL})

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

static struct op live_on(struct village_track *track, uint32_t bot)
{
    const struct op op = village_once(v, track, bot, numbers++);
    printf("%-24s %s " STR_FMT " %s\n", track->spec->name, op_status_text(op.status), STR_ARG(code_text(op.code)), op.note);
    return op;
}

static struct op live(uint32_t bot, const char *behavior, const char *const *sets)
{
    struct village_track *track = arena_new(&v->arena, struct village_track);
    village_track(v, track, behavior, sets);
    const struct op op = live_on(track, bot);
    for (uint32_t i = 0; i < track->track.claims_count; i++)
        printf("    %-55s %3" PRIu64 " held, %" PRIu64 " broken\n", track->track.claims[i].name, track->track.claims[i].held, track->track.claims[i].broken);
    return op;
}

static void live_done(uint32_t bot, const char *behavior, const char *const *sets)
{
    const struct op op = live(bot, behavior, sets);
    check_done(&op);
}

static inline void live_refused(uint32_t bot, const char *behavior, const char *const *sets, enum code code)
{
    const struct op op = live(bot, behavior, sets);
    CHECK_U64(op.status, OP_REFUSED);
    CHECK_STR(code_text(op.code), code_text(code));
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
