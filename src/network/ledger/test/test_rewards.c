/* Rewards: issued by turns kept, commission first, by bond, to the unit; claimed once; told for as long as it is kept. */
#include "staking_fixture.h"

static struct town town;
static struct arena arena;

/* A block by validator `proposer` in `round`, whatever its turn is. */
static void block_by(size_t proposer, uint64_t round)
{
    struct ledger_frame frame = town_frame(&town);
    frame.proposer = town.validators[proposer].address;
    frame.round = round;
    struct ledger_result *result = ledger_execute(&town.rules, town.state, &frame, NULL, NULL, 0);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    ledger_state_unref(town.state);
    town.state = ledger_state_ref(result->state);
    ledger_result_unref(result);
    town_check_supply(&town, true);
}

static u128 claimable(const struct address *who, const struct address *validator)
{
    return staking_claimable(town.state, who, validator).units;
}

static void an_epoch_issues_a_reward_a_member_and_shares_the_fees(void)
{
    staking_town(&town, 2);
    const struct person *a = &town.people[0], *b = &town.people[1];
    const struct address v = town.validators[0].address, w = town.validators[1].address;
    struct person vp = validator_person(0);
    const struct ledger_grant grant = {vp.address, {TOKEN_AX, AMOUNT(100000)}};
    const struct ledger_orders orders = {.grants = &grant, .grants_count = 1};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    const union payload update = {.validator_update = {1000, STR("one")}};
    CHECK_U64(town_do(&town, &vp, KIND_VALIDATOR_UPDATE, &update).code, CODE_NONE);
    CHECK_U64(town_do(&town, a, KIND_ALPHA_STAKE, PAY_AMOUNT(3000)).code, CODE_NONE);
    CHECK_U64(town_do(&town, a, KIND_BOND, PAY_BOND(v, 3000)).code, CODE_NONE);
    CHECK_U64(town_do(&town, b, KIND_ALPHA_STAKE, PAY_AMOUNT(7001)).code, CODE_NONE);
    CHECK_U64(town_do(&town, b, KIND_BOND, PAY_BOND(v, 7001)).code, CODE_NONE);
    CHECK_U64(claimable(&a->address, &v), 0);
    CHECK_U64(validator_at(&town, &v).pending_rewards.units, 10000);
    town_end_epoch(&town); /* all of it proposed by v */
    const u128 total = 1000 + 10000, commission = total / 10, rest = total - commission, bonded = 10000 + 3000 + 7001;
    CHECK_U64(claimable(&a->address, &v), rest * 3000 / bonded);
    CHECK_U64(claimable(&b->address, &v), rest * 7001 / bonded);
    CHECK_U64(claimable(&v, &v), total - rest * 3000 / bonded - rest * 7001 / bonded);
    CHECK_U64(claimable(&w, &w), 1000); /* no turn was its, so it missed none */
    CHECK_U64(held(&town).issued.units, 2000);
    CHECK_U64(held(&town).rewards.units, 12000);
    CHECK_U64(validator_at(&town, &v).pending_rewards.units, 0);
    CHECK_U64(staking_pending_at(&(struct ledger_validator){.pending_rewards = AMOUNT(1), .shares_pending = AMOUNT(2)}).units, 3);
    struct epoch_rewards epoch;
    CHECK(staking_epoch_rewards(town.state, UINT64_MAX, &arena, &epoch));
    CHECK_U64(epoch.epoch, 0);
    CHECK_U64(epoch.start_height, 1);
    CHECK_U64(epoch.end_height, 20);
    CHECK_U64(epoch.issued.units, 2000);
    CHECK_U64(epoch.fees.units, 10000);
    CHECK_U64(epoch.validators_count, 2);
    const struct epoch_validator *row = &epoch.validators[address_eq(&epoch.validators[0].address, &v) ? 0 : 1];
    CHECK_U64(row->commission.units, commission);
    CHECK_U64(row->delegators_share.units, rest);
    CHECK_U64(row->total.units, total);
    CHECK_U64(row->stake.units, 10000); /* in the committee of that epoch */
    CHECK_U64(row->uptime_bps, 10000);
    CHECK(!staking_epoch_rewards(town.state, 1, &arena, &epoch));
    town_done(&town);
}

static void who_misses_turns_is_paid_for_those_it_kept(void)
{
    struct params params = staking_params();
    params.epoch_blocks = 6;
    staking_town_params(&town, 4, &params);
    struct committee *committee = ledger_next_committee(town.state, 0, 1);
    uint64_t round = 0;
    uint32_t leader, down;
    CHECK(committee_leader(committee, 4, &down));
    for (size_t blocks = 0; blocks < 6;) { /* rounds 1 to 8, without those of one member */
        CHECK(committee_leader(committee, ++round, &leader));
        if (leader == down) continue;
        size_t i = 0;
        while (!address_eq(&town.validators[i].address, &committee->members[leader].address)) i++;
        block_by(i, round);
        blocks++;
    }
    CHECK_U64(round, 7);
    struct epoch_rewards epoch;
    CHECK(staking_epoch_rewards(town.state, 0, &arena, &epoch));
    CHECK_U64(epoch.issued.units, 3000);
    for (uint32_t i = 0; i < 4; i++) CHECK_U64(epoch.validators[i].uptime_bps, i == down ? 0 : 10000);
    CHECK_U64(claimable(&committee->members[down].address, &committee->members[down].address), 0);
    committee_unref(committee);
    town_done(&town);
}

static void a_claim_pays_once_and_is_told(void)
{
    staking_town(&town, 1);
    const struct address v = town.validators[0].address;
    const struct person p = validator_person(0), *a = &town.people[0];
    const struct ledger_grant grant = {p.address, {TOKEN_AX, AMOUNT(100000)}};
    const struct ledger_orders orders = {.grants = &grant, .grants_count = 1};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    const union payload claim = {.rewards_claim = {v, false}}, nobody = {.rewards_claim = {a->address, false}},
                        again = {.rewards_claim = {v, true}};
    struct receipt receipt = town_do(&town, a, KIND_REWARDS_CLAIM, &nobody);
    CHECK_U64(receipt.code, CODE_VALIDATOR_NOT_FOUND);
    CHECK_U64(receipt.field, RECEIPT_FIELD_VALIDATOR);
    CHECK_U64(town_do(&town, a, KIND_REWARDS_CLAIM, &claim).code, CODE_NOTHING_TO_CLAIM);
    CHECK_U64(town_do(&town, &p, KIND_REWARDS_CLAIM, &claim).code, CODE_NOTHING_TO_CLAIM); /* fees wait for the epoch's end */
    town_end_epoch(&town);
    const u128 due = 1000 + 3 * 2000;
    struct rewards_view view;
    CHECK(staking_rewards(town.state, &v, NULL, &arena, &view));
    CHECK_U64(view.pending_count, 1);
    CHECK_U64(view.total.units, due);
    CHECK_U64(view.claimed.units, 0);
    struct ledger_account account;
    ledger_account_get(town.state, &v, &account);
    const u128 before = account.balances[TOKEN_AX - 1].free.units;
    CHECK_U64(town_do(&town, &p, KIND_REWARDS_CLAIM, &claim).code, CODE_NONE);
    ledger_account_get(town.state, &v, &account);
    CHECK_U64(account.balances[TOKEN_AX - 1].free.units, before - 2000 + due);
    CHECK_U64(town_do(&town, &p, KIND_REWARDS_CLAIM, &claim).code, CODE_NOTHING_TO_CLAIM);
    CHECK(staking_rewards(town.state, &v, &v, &arena, &view));
    CHECK_U64(view.pending_count, 0);
    CHECK_U64(view.claimed.units, due);
    CHECK(!staking_rewards(town.state, &v, &a->address, &arena, &view));
    town_end_epoch(&town);
    CHECK_U64(town_do(&town, &p, KIND_REWARDS_CLAIM, &again).code, CODE_NONE);
    CHECK_U64(account_at(&town, &v).staked.units, 1000 + 2 * 2000);
    struct page page;
    bool more;
    staking_reward_history(town.state, &v, 0, 3, &arena, &page, &more);
    const struct reward_event *events = page.items;
    CHECK_U64(page.count, 3);
    CHECK(more);
    CHECK(events[0].kind == REWARD_CLAIM && events[0].transaction_id.has && events[0].amount.units == 5000);
    CHECK(events[1].kind == REWARD_ACCRUAL && events[1].epoch == 1 && events[1].height == 40 && !events[1].transaction_id.has);
    CHECK(events[2].kind == REWARD_CLAIM && events[2].amount.units == due);
    staking_reward_history(town.state, &v, 3, 3, &arena, &page, &more);
    CHECK_U64(page.count, 1);
    CHECK(!more);
    town_done(&town);
}

/* Without a place in the supply for new money none is made, and what fees there are is shared. */
static void nothing_is_issued_beyond_the_largest_supply(void)
{
    staking_town(&town, 1);
    const struct supply_token all = held(&town);
    const struct ledger_grant grant = {town.people[0].address, {TOKEN_AX, AMOUNT(U128_MAX - all.total.units)}};
    const struct ledger_orders orders = {.grants = &grant, .grants_count = 1};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    town_end_epoch(&town);
    CHECK_U64(held(&town).issued.units, 0);
    town_done(&town);
}

static void only_the_newest_of_a_long_history_is_kept(void)
{
    struct params params = staking_params();
    params.epoch_blocks = 1;
    staking_town_params(&town, 1, &params);
    struct epoch_rewards epoch;
    struct page page;
    bool more;
    town_pass(&town, REWARD_HISTORY_MAX + 20);
    staking_reward_history(town.state, &town.validators[0].address, 0, 2 * REWARD_HISTORY_MAX, &arena, &page, &more);
    CHECK_U64(page.count, REWARD_HISTORY_MAX);
    CHECK(!staking_epoch_rewards(town.state, REWARD_HISTORY_MAX + 19 - REWARD_EPOCHS_MAX, &arena, &epoch));
    CHECK(staking_epoch_rewards(town.state, REWARD_HISTORY_MAX + 20 - REWARD_EPOCHS_MAX, &arena, &epoch));
    CHECK(staking_epoch_rewards(town.state, UINT64_MAX, &arena, &epoch) && epoch.epoch == REWARD_HISTORY_MAX + 19);
    town_done(&town);
}

int main(void)
{
    RUN(an_epoch_issues_a_reward_a_member_and_shares_the_fees);
    RUN(who_misses_turns_is_paid_for_those_it_kept);
    RUN(a_claim_pays_once_and_is_told);
    RUN(nothing_is_issued_beyond_the_largest_supply);
    RUN(only_the_newest_of_a_long_history_is_kept);
    arena_done(&arena);
    return 0;
}
