/* The off-ramp, lived: registrations from nothing to a decision and back, withdrawals from a request to money or its return, shares that hold
 * over all, services that stand for a phase, and what must be refused. */
#include "drawn.h"
#include "ramp.h"

#define REVIEWER 0u
#define SETTLER 1u

static void who_is_not_approved_is_refused_by_what_it_is(void)
{
    live_refused(2, "d007.offramp", NULL, CODE_KYC_REQUIRED);
    live_done(2, "d007.kyc_register", NULL);
    CHECK_U64(kyc_of(2), KYC_PENDING);
    live_refused(2, "d007.kyc_register", NULL, CODE_ALREADY_REGISTERED);
    live_refused(2, "d007.offramp", NULL, CODE_KYC_PENDING);
    live_skipped(2, "d007.kyc_resubmit", NULL);
    live_done(REVIEWER, "d007.kyc_review", SETS("approve_fraction=0"));
    CHECK_U64(kyc_of(2), KYC_REJECTED);
    live_refused(2, "d007.offramp", NULL, CODE_KYC_REJECTED);
    live_done(2, "d007.kyc_resubmit", NULL);
    live_done(REVIEWER, "d007.kyc_review", SETS("approve_fraction=1"));
    CHECK_U64(kyc_of(2), KYC_APPROVED);
    live_refused(2, "d007.kyc_register", NULL, CODE_ALREADY_REGISTERED);
    live_skipped(2, "d007.kyc_resubmit", NULL);
    live_skipped(3, "d007.kyc_resubmit", NULL);
}

static void a_withdrawal_is_settled(void)
{
    live_done(2, "d007.offramp", NULL);
    live_skipped(2, "d007.offramp", SETS("once=true"));
    live_done(SETTLER, "d007.settle", SETS("delay=2s"));
    CHECK_U64(ramp_of(2), OFFRAMP_SETTLED);
    live_skipped(2, "d007.retry_settlement", NULL);
    live_skipped(2, "d007.offramp", SETS("once=true"));
    live_done(2, "d007.offramp", SETS("amount=[70000, 90000]", "currency=EUR"));
    live_done(REVIEWER, "d007.settle", NULL); /* it may, too */
}

static void what_failed_comes_back_in_full(void)
{
    live_done(2, "d007.offramp", NULL);
    live_done(SETTLER, "d007.settle", SETS("success_fraction=0"));
    CHECK_U64(ramp_of(2), OFFRAMP_FAILED);
    live_done(2, "d007.retry_settlement", SETS("retries=0"));
    CHECK_U64(ramp_of(2), OFFRAMP_CANCELLED);
}

static void a_retry_is_settled_by_who_serves(void)
{
    struct village_track *service = arena_new(&v->arena, struct village_track);
    struct gate gate = {0};
    struct op served;
    live_done(2, "d007.offramp", NULL);
    live_done(SETTLER, "d007.settle", SETS("success_fraction=0"));
    village_track(v, service, "d007.settle", NULL);
    service->track.standing = true;
    village_begin(v, service, SETTLER, v->numbers++, (struct str){0}, &served, &gate);
    live_done(2, "d007.retry_settlement", NULL);
    CHECK_U64(ramp_of(2), OFFRAMP_SETTLED);
    service->track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    check_done(&served);
    CHECK_U64(served.transactions, 1);
}

/* The bank refuses for good: three retries, then the money comes back. */
static void after_three_retries_it_is_returned(void)
{
    struct village_track *service = arena_new(&v->arena, struct village_track);
    struct gate gate = {0};
    struct op served;
    live_done(2, "d007.offramp", NULL);
    village_track(v, service, "d007.settle", SETS("success_fraction=0"));
    service->track.standing = true;
    village_begin(v, service, SETTLER, v->numbers++, (struct str){0}, &served, &gate);
    while (ramp_of(2) != OFFRAMP_FAILED) fiber_sleep(v->env, duration_ms(500));
    const struct op op = live(2, "d007.retry_settlement", NULL);
    check_done(&op);
    CHECK_U64(op.transactions, 4);
    CHECK_U64(ramp_of(2), OFFRAMP_CANCELLED);
    service->track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    check_done(&served);
    CHECK_U64(served.transactions, 5);
}

static void body(struct village *village)
{
    v = village;
    live_skipped(REVIEWER, "d007.kyc_review", NULL); /* nothing there */
    live_done(3, "d007.kyc_register", NULL);
    live_refused(REVIEWER, "d007.kyc_review", NULL, CODE_FORBIDDEN); /* no officer yet */
    roles_grant(REVIEWER);
    roles_grant(SETTLER);
    live_done(REVIEWER, "d007.kyc_review", SETS("approve_fraction=1"));
    live_skipped(3, "d007.offramp", SETS("amount=900000000000")); /* it has not as much */
}

/* It says so, and does not wait for ever; whoever comes later settles it. */
static void a_retry_that_nobody_settles_times_out(void)
{
    live_done(2, "d007.offramp", NULL);
    live_done(SETTLER, "d007.settle", SETS("success_fraction=0"));
    CHECK_U64(live(2, "d007.retry_settlement", NULL).status, OP_TIMED_OUT);
    CHECK_U64(ramp_of(2), OFFRAMP_APPROVED);
    live_done(SETTLER, "d007.settle", NULL);
    CHECK_U64(ramp_of(2), OFFRAMP_SETTLED);
}

static void wallets_agree(void)
{
    const struct postconditions found = village_settle(v);
    if (found.violations > 0 || found.unknown > 0) CHECK_FAIL("%s", found.note);
    CHECK(found.samples > 0);
}

static void whole_life(struct village *village)
{
    v = village;
    roles_grant(REVIEWER);
    roles_grant(SETTLER);
    who_is_not_approved_is_refused_by_what_it_is();
    a_withdrawal_is_settled();
    what_failed_comes_back_in_full();
    a_retry_is_settled_by_who_serves();
    after_three_retries_it_is_returned();
    a_retry_that_nobody_settles_times_out();
    wallets_agree();
}

static struct village_config config_of(uint32_t bots, uint64_t seed, enum http_wire wire)
{
    return (struct village_config){.validators = 4, .bots = bots, .seed = seed, .ax = 1000000, .dx = 10000000, .wire = wire, .simulated = true};
}

static void roles_are_needed_and_money_is(void) { village_free(village_run(config_of(4, 31, WIRE_TEXT), body)); }
static void the_off_ramp_is_lived(void) { village_free(village_run(config_of(4, 32, WIRE_STRUCT), whole_life)); }

/* ---- a reviewer by its role ---- */

/* Whatever its mix draws finds something to do. */
static void mix(struct village *village)
{
    const struct role *role = role_find(STR("kyc_reviewer"));
    uint32_t fresh = 2, drawn[2] = {0, 0};
    struct rng rng;
    v = village;
    roles_grant(REVIEWER);
    approved(1, REVIEWER);
    rng_init(&rng, 12);
    CHECK(role_mix_missing(&role->variants[0]) == NULL);
    for (uint32_t i = 0; i < 10; i++) {
        const struct behavior_spec *spec = mix_drawn(&role->variants[0], &rng);
        const bool reviews = strcmp(spec->name, "d007.kyc_review") == 0;
        CHECK(spec->step != NULL && role_allows(role, &role->variants[0], spec));
        CHECK(reviews || strcmp(spec->name, "d007.settle") == 0);
        drawn[reviews]++;
        if (reviews) live_done(fresh++, "d007.kyc_register", NULL);
        else live_done(1, "d007.offramp", NULL);
        live_done(REVIEWER, spec->name, NULL);
    }
    CHECK(drawn[0] > 0 && drawn[1] > 0);
    wallets_agree();
}
static void a_reviewers_mix_is_lived(void) { village_free(village_run(config_of(12, 35, WIRE_STRUCT), mix)); }

/* ---- many at once ---- */

#define USERS 40u
#define REVIEWERS 4u

/* `count` executions by the bots from `first` on, in turn; all begun at once. */
static void many(const char *behavior, const char *const *sets, uint32_t first, uint32_t bots, uint32_t count, uint64_t *by_status)
{
    struct village_track *track = arena_new(&v->arena, struct village_track);
    struct op *ops = arena_array(&v->arena, struct op, count);
    struct gate gate = {0};
    village_track(v, track, behavior, sets);
    for (uint32_t i = 0; i < count; i++) village_begin(v, track, first + i % bots, i, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(900))));
    memset(by_status, 0, sizeof(*by_status) * OP_STATUS_COUNT);
    for (uint32_t i = 0; i < count; i++) {
        by_status[ops[i].status]++;
        if (ops[i].status != OP_DONE && ops[i].status != OP_SKIPPED && !(ops[i].status == OP_REFUSED && ops[i].code == CODE_KYC_REJECTED))
            CHECK_FAIL("%s by %u: %s " STR_FMT " %s", behavior, ops[i].bot, op_status_text(ops[i].status), STR_ARG(code_text(ops[i].code)), ops[i].note);
    }
}

static void crowd(struct village *village)
{
    uint64_t by[OP_STATUS_COUNT];
    v = village;
    for (uint32_t i = 0; i < REVIEWERS; i++) roles_grant(USERS + i);
    many("d007.kyc_register", NULL, 0, USERS, USERS, by);
    CHECK_U64(by[OP_DONE], USERS);
    many("d007.kyc_review", NULL, USERS, REVIEWERS, USERS, by);
    CHECK_U64(by[OP_DONE], USERS);
    uint32_t in = 0;
    for (uint32_t i = 0; i < USERS; i++) in += kyc_of(i) == KYC_APPROVED;
    CHECK_U64(in, USERS * 9 / 10); /* to the one */
    many("d007.offramp", NULL, 0, USERS, USERS, by);
    CHECK_U64(by[OP_DONE], in);
    CHECK_U64(by[OP_REFUSED], USERS - in);
    many("d007.settle", SETS("success_fraction=95%", "delay=30s"), USERS, REVIEWERS, in, by);
    CHECK_U64(by[OP_DONE], in);
    uint32_t failed = 0;
    for (uint32_t i = 0; i < USERS; i++) failed += kyc_of(i) == KYC_APPROVED && ramp_of(i) == OFFRAMP_FAILED;
    CHECK(failed >= 1 && failed <= 2); /* 34.2 of 36 are paid */
    many("d007.retry_settlement", SETS("retries=0"), 0, USERS, USERS, by);
    CHECK_U64(by[OP_DONE], failed);
    CHECK_U64(by[OP_SKIPPED], USERS - failed);
    wallets_agree();
}

static void shares_hold_over_all(void) { village_free(village_run(config_of(USERS + REVIEWERS, 33, WIRE_STRUCT), crowd)); }

/* ---- without Delta, without the feature ---- */

static void alone(struct village *village)
{
    v = village;
    for (const char *const *key = SETS("d007.kyc_register", "d007.kyc_resubmit", "d007.kyc_review", "d007.offramp", "d007.retry_settlement", "d007.settle"); *key != NULL; key++)
        CHECK_U64(live(0, *key, NULL).status, OP_UNSUPPORTED);
}
static void without_delta_nothing_is_done(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 1, .seed = 34, .ax = 1000000, .wire = WIRE_STRUCT, .simulated = true}, alone));
}

/* The claims before must have used all of the family. */
static void no_row_was_left_out(void)
{
    for (size_t i = 0; behavior_name_at(i).len > 0; i++)
        if (str_starts(behavior_name_at(i), STR("d007.")) && !village_ran[i]) CHECK_FAIL(STR_FMT " is run by no test", STR_ARG(behavior_name_at(i)));
}

int main(void)
{
    RUN(roles_are_needed_and_money_is);
    RUN(the_off_ramp_is_lived);
    RUN(a_reviewers_mix_is_lived);
    RUN(shares_hold_over_all);
    RUN(without_delta_nothing_is_done);
    RUN(no_row_was_left_out);
    return 0;
}
