/* Tries to start bots as less, or as more, than their scenario says: stake, governors, oracles' seats, reviewers, validators and their keys. */
#include "stage.h"
#include "tester/client/alpha_governance.h"
#include "tester/client/alpha_staking.h"
#include "tester/client/delta_oracle.h"

#define HEAD(bots) "scenario:\n" \
    "  metadata: {id: UNIT-001, name: standing, type: unit, duration: 12s}\n" \
    "  setup:\n" \
    "    network: {validators: 4, params: {block_interval_ms: 200}}\n" \
    "    bots:\n" bots \
    "  phases:\n" \
    "    - {name: Pay, duration: 11s, bots: payer, behavior: transfer.simple, params: {amount: 10}, rate: 1/s}\n" \
    "  success_criteria: [{success_rate: \"== 100%\"}, {postconditions: true}]\n"
#define PAYER "      - {id: payer, role: governor, variant: passive, wallet_ax: 1000000, wallet_dx: 1000000, stake: 700000}\n"
#define ALL PAYER \
    "      - {id: \"voter-{1-2}\", role: general_user, stake: 300000}\n" \
    "      - {id: \"seer-{1-3}\", role: oracle, wallet_dx: 1000000}\n" \
    "      - {id: blind, role: oracle, variant: unseated}\n" \
    "      - {id: clerk, role: kyc_reviewer, wallet_dx: 1000000}\n" \
    "      - {id: val, role: validator, wallet_ax: 5000000, stake: 30000000}\n"

static void asks_who_is_what(struct stage *stage)
{
    const struct alpha *alpha = &stage->target.alpha, *delta = &stage->target.delta;
    const struct plan *plan = stage->plan;
    struct answer answer;
    const struct address payer = plan_bot_address(plan, 0, plan->seed, stage->target.suite);
    const struct address voter = plan_bot_address(plan, 1, plan->seed, stage->target.suite);
    const struct governor_view *governor = alpha_governor(alpha, &payer, stage_soon(stage), &answer);
    CHECK(governor != NULL && governor->active);
    CHECK_U64((uint64_t)governor->deposit.units, 10000000);
    answer_done(&answer);
    CHECK(alpha_governor(alpha, &voter, stage_soon(stage), &answer) == NULL);
    answer_done(&answer);
    for (size_t i = 0; i < 2; i++) {
        const struct account_view *account = alpha_account(i == 0 ? alpha : delta, &voter, stage_soon(stage), &answer);
        CHECK(account != NULL);
        CHECK_U64((uint64_t)account->staked.units, 300000);
        answer_done(&answer);
    }
}

static uint32_t seats_of(struct stage *stage, const struct address *who)
{
    struct answer answer;
    const struct oracle_feeds_view *view = delta_oracle_feeds(&stage->target.delta, STR("DX-USD"), 0, stage_soon(stage), &answer);
    uint32_t seats = 0;
    CHECK(view != NULL);
    for (uint32_t i = 0; i < view->feeds_count; i++) seats += address_eq(&view->feeds[i].feed, who);
    answer_done(&answer);
    return seats;
}

static void asks_about_seats(struct stage *stage)
{
    const struct plan *plan = stage->plan;
    for (uint32_t i = 3; i < 6; i++) {
        const struct address seer = plan_bot_address(plan, i, plan->seed, stage->target.suite);
        CHECK_U64(seats_of(stage, &seer), 1);
    }
    const struct address blind = plan_bot_address(plan, 6, plan->seed, stage->target.suite);
    CHECK_U64(seats_of(stage, &blind), 0);
}

static u128 bond_of_v1(struct stage *stage)
{
    struct answer answer;
    const struct page *page = alpha_validators(&stage->target.alpha, 500, (struct str){0}, stage_soon(stage), &answer);
    const struct validator_view *items = page ? page->items : NULL;
    const struct address v1 = plan_bot_address(stage->plan, 8, stage->plan->seed, stage->target.suite);
    u128 bond = 0;
    for (uint32_t i = 0; page && i < page->count; i++) {
        if (!str_eq(items[i].name, STR("v1"))) continue;
        CHECK(address_eq(&items[i].address, &v1)); /* the bot has the validator's account */
        bond = items[i].stake.units;
    }
    answer_done(&answer);
    return bond;
}

static void asks_about_validators(struct stage *stage) { CHECK_U64((uint64_t)bond_of_v1(stage), 30000000); }
static void asks_about_the_least(struct stage *stage) { CHECK_U64((uint64_t)bond_of_v1(stage), 10000000); }

static void by_genesis_bots_are_what_their_scenario_says(void)
{
    struct stage *stage = stage_run(HEAD(ALL));
    stage_expect(stage, 0);
    stage_ask(stage, asks_who_is_what);
    stage_ask(stage, asks_about_seats);
    stage_ask(stage, asks_about_validators);
    stage_free(stage);
}

static void on_a_network_that_was_there_before_they_become_it(void)
{
    struct stage *stage = base_alloc(sizeof(*stage));
    stage->plan = stage_load(HEAD(ALL));
    stage_boot(stage, false);
    stage_play(stage);
    stage_expect(stage, 0);
    stage_ask(stage, asks_who_is_what);
    stage_ask(stage, asks_about_seats);
    stage_ask(stage, asks_about_the_least); /* a validator's bond is what it has there */
    stage_free(stage);
}

int main(void)
{
    by_genesis_bots_are_what_their_scenario_says();
    on_a_network_that_was_there_before_they_become_it();
    return 0;
}
