/* Tracks without a behaviour: what the loader makes of the mixes of roles. */
#include "core/base/check.h"
#include "tester/scenario/load.h"

static struct buf printed;

static struct plan *load(const char *bots, const char *phase)
{
    static char text[4096];
    (void)snprintf(text, sizeof(text),
                   "scenario:\n  metadata: {id: MIX-001, name: mixes, type: functional, duration: 5m}\n  setup:\n    network: {validators: 4}\n    bots:\n%s"
                   "  phases:\n    - {name: live, duration: 5m, %s}\n  success_criteria:\n    - error_rate: \"< 1%%\"\n",
                   bots, phase);
    struct diags diags;
    diags_init(&diags);
    struct plan *plan = scenario_load(STR("mix"), STR("s.yaml"), str_of(text), &LOAD_AS_WRITTEN, &diags);
    buf_clear(&printed);
    diags_print(&diags, &printed);
    diags_done(&diags);
    buf_put_char(&printed, 0);
    printed.len--;
    return plan;
}

static bool told(const char *text) { return strstr((const char *)printed.data, text) != NULL; }

#define FOUR_CASUAL "      - {id: \"c-{1-4}\", role: general_user, variant: casual, wallet_ax: 50_000_000}\n"
#define TWO_MAKERS "      - {id: \"m-{1-2}\", role: trader, variant: market_maker, wallet_dx: 900_000_000, wallet_sax: 900_000_000}\n"

static const struct plan_track *track_of(const struct plan *plan, const char *behavior)
{
    for (uint32_t i = 0; i < plan->phases[0].tracks_count; i++)
        if (strcmp(plan->phases[0].tracks[i].behavior->name, behavior) == 0) return &plan->phases[0].tracks[i];
    CHECK_FAIL("no track of %s", behavior);
}

static uint64_t micro(const struct plan *plan, const char *behavior) { return rate_micro_per_second(track_of(plan, behavior)->schedule.rate); }

static void a_mix_is_a_track_for_each_of_its_behaviours_with_its_share_of_the_pace(void)
{
    struct plan *plan = load(FOUR_CASUAL, "bots: c-*");
    CHECK(plan != NULL);
    CHECK_U64(plan->phases[0].tracks_count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        const struct plan_track *track = &plan->phases[0].tracks[i];
        CHECK(track->paced && track->mix != 0 && track->mix == plan->phases[0].tracks[0].mix);
        CHECK_U64(track->bots_count, 4);
        CHECK_U64(track->schedule.arrivals, ARRIVALS_POISSON);
    }
    CHECK_U64(micro(plan, "transfer.simple"), 12500); /* three quarters of one a minute */
    CHECK_U64(micro(plan, "query.balance"), 3333);
    CHECK_U64(micro(plan, "query.mempool"), 833);
    plan_free(plan);
}

static void a_rate_that_is_given_takes_the_place_of_the_pace(void)
{
    struct plan *plan = load(FOUR_CASUAL, "bots: c-*, rate: 2/s");
    CHECK_U64(micro(plan, "transfer.simple"), 1500000);
    plan_free(plan);
    plan = load(FOUR_CASUAL TWO_MAKERS, "bots: \"c-*, m-*\", rate: 6/s total");
    CHECK(plan != NULL);
    const struct plan_track *transfers = track_of(plan, "transfer.simple"), *quotes = track_of(plan, "dex.maintain_quotes");
    CHECK(transfers->schedule.total);
    CHECK_U64(rate_micro_per_second(transfers->schedule.rate), 3000000); /* four of six bots, three quarters */
    CHECK(!quotes->paced);                                              /* a service */
    CHECK_U64(quotes->bots_count, 2);
    plan_free(plan);
}

static void another_track_may_not_claim_a_bot_that_lives_by_a_mix(void)
{
    struct plan *plan = load(FOUR_CASUAL, "bots: c-*, concurrent: [{bots: c-1, behavior: query.balance, rate: 1/s}]");
    CHECK(plan == NULL && told("two tracks of the phase claim bot 'c-1'"));
    plan = load(FOUR_CASUAL, "bots: \"c-{1-2}\", concurrent: [{bots: \"c-{2-4}\"}]");
    CHECK(plan == NULL && told("two tracks of the phase claim bot 'c-2'"));
}

static void what_needs_a_behaviour_is_refused_with_the_place(void)
{
    CHECK(load(FOUR_CASUAL, "bots: c-*, params: {amount: 5}") == NULL && told("'params' needs a behavior"));
    CHECK(load(FOUR_CASUAL, "bots: c-*, expect_error: INVALID_NONCE") == NULL && told("'expect_error' needs a behavior"));
    CHECK(load(FOUR_CASUAL TWO_MAKERS, "bots: c-*, concurrent: [{bots: m-*, assertions: [{error_rate: 0}]}]") == NULL && told("belong to the phase"));
    CHECK(load("      - {id: r, role: relay, variant: honest}\n", "bots: r") == NULL && told("has no mix to live by: name a behavior") && told("s.yaml:"));
}

static void a_variant_has_parameters_of_its_own(void)
{
    struct plan *plan = load("      - {id: \"a-{1-2}\", role: governor, variant: abstainer, wallet_ax: 50_000_000, stake: 1_000_000}\n", "bots: a-*");
    CHECK(plan != NULL);
    const struct plan_track *votes = track_of(plan, "governance.vote");
    size_t row;
    CHECK(param_specs_find(votes->behavior->params, STR("choice"), &row));
    CHECK_STR(votes->args[row].text, STR("abstain"));
    plan_free(plan);
}

static void a_mix_that_this_build_has_not_whole_is_refused(void)
{
    const struct role *role = role_find(STR("validator"));
    const bool whole = role_mix_missing(role_variant_find(role, STR("byzantine"))) == NULL;
    struct plan *plan = load("      - {id: \"b-{1-2}\", role: validator, variant: byzantine, wallet_ax: 50_000_000}\n", "bots: b-*");
    CHECK((plan != NULL) == whole);
    if (!whole) CHECK(told("lives by 'byzantine.mixed' among others, which is not in this build"));
    plan_free(plan);
}

static void who_states_no_wallet_gets_the_variants_and_who_states_one_must_do_with_it(void)
{
    struct plan *plan = load("      - {id: \"c-{1-4}\", role: general_user, variant: casual}\n", "bots: c-*");
    CHECK(plan != NULL && plan->groups[0].wallet_ax == 10000000 && plan->groups[0].wallet_dx == 0);
    plan_free(plan);
    plan = load("      - {id: \"c-{1-4}\", role: general_user, variant: casual, wallet_dx: 5}\n", "bots: c-*, rate: 10/s");
    CHECK(plan == NULL && told("their wallet_ax is 0"));
    plan = load("      - {id: \"c-{1-4}\", role: general_user, variant: casual}\n", "bots: c-*, behavior: query.balance, rate: 1/m");
    CHECK(plan != NULL && plan->groups[0].wallet_ax == 0);
    plan_free(plan);
}

int main(void)
{
    RUN(a_mix_is_a_track_for_each_of_its_behaviours_with_its_share_of_the_pace);
    RUN(a_rate_that_is_given_takes_the_place_of_the_pace);
    RUN(another_track_may_not_claim_a_bot_that_lives_by_a_mix);
    RUN(what_needs_a_behaviour_is_refused_with_the_place);
    RUN(a_variant_has_parameters_of_its_own);
    RUN(a_mix_that_this_build_has_not_whole_is_refused);
    RUN(who_states_no_wallet_gets_the_variants_and_who_states_one_must_do_with_it);
    buf_done(&printed);
    return 0;
}
