/* Tries to vote, decide and execute otherwise than the rules of governance allow; each rule in its order. */
#include "network/ledger/test/governed.h"

/* ---- governors ---- */

static void a_governor_registers_once_with_a_deposit(void)
{
    gov_alpha(&town);
    const union payload low = {.governor_register = {.deposit = AMOUNT(GOV_DEPOSIT - 1)}};
    const struct receipt receipt = gov_receipt(&town, 0, KIND_GOVERNOR_REGISTER, &low, NULL);
    CHECK_U64(receipt.code, CODE_INSUFFICIENT_DEPOSIT);
    CHECK_U64(receipt.field, RECEIPT_FIELD_DEPOSIT);
    CHECK(receipt.required.units == GOV_DEPOSIT);
    CHECK(town_free(&town, 0) == PEOPLE_BALANCE - GOV_FEE);
    CHECK_U64(gov_register(&town, 0, 2 * PEOPLE_BALANCE), CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT + 7), CODE_NONE);
    CHECK(gov_holding_deposits(&town) == GOV_DEPOSIT + 7);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_ALREADY_REGISTERED);
    CHECK_U64(gov_register(&town, 0, 1), CODE_ALREADY_REGISTERED); /* asked before the deposit is looked at */
    const struct governor_view view = gov_governor(&town, 0);
    CHECK(view.active && !view.revoked);
    CHECK_U64(view.conduct, CONDUCT_START);
    CHECK(view.deposit.units == GOV_DEPOSIT + 7);
    gov_check_supply(&town);
    town_done(&town);
}

static void a_resigned_deposit_comes_back_when_a_bond_would(void)
{
    gov_alpha(&town);
    CHECK_U64(gov_do(&town, 0, KIND_GOVERNOR_RESIGN, &(union payload){0}), CODE_NOT_A_GOVERNOR);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
    CHECK_U64(gov_do(&town, 0, KIND_GOVERNOR_RESIGN, &(union payload){0}), CODE_NONE);
    const uint32_t resigned = ledger_height(town.state);
    const u128 before = town_free(&town, 0);
    CHECK(!gov_governor(&town, 0).active);
    CHECK_U64(gov_do(&town, 1, KIND_GOVERNOR_RESIGN, &(union payload){0}), CODE_NOT_A_GOVERNOR);
    gov_until(&town, resigned + GOV_UNBONDING - 1);
    CHECK(town_free(&town, 0) == before);
    gov_check_supply(&town);
    gov_blocks(&town, 1);
    CHECK(town_free(&town, 0) == before + GOV_DEPOSIT);
    CHECK(gov_holding_deposits(&town) == 0);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE); /* and may come back */
    CHECK_U64(gov_governor(&town, 0).registered_height, ledger_height(town.state));
    gov_check_supply(&town);
    town_done(&town);
}

static void governors_are_listed_by_registration(void)
{
    static struct arena arena;
    struct page page;
    bool more;
    gov_alpha(&town);
    arena_init(&arena, 0);
    for (size_t i = 5; i > 0; i--) CHECK_U64(gov_register(&town, i, GOV_DEPOSIT), CODE_NONE);
    CHECK_U64(gov_do(&town, 4, KIND_GOVERNOR_RESIGN, &(union payload){0}), CODE_NONE);
    governance_governors(town.state, 1, 2, &arena, &page, &more);
    const struct address_item *items = page.items;
    CHECK_U64(page.count, 2);
    CHECK(more);
    CHECK(address_eq(&items[0].value, &town.people[3].address));
    CHECK(address_eq(&items[1].value, &town.people[2].address));
    arena_done(&arena);
    town_done(&town);
}

/* ---- making proposals ---- */

static void proposals_are_refused_in_the_contracts_order(void)
{
    struct hash id;
    governed();
    CHECK_U64(gov_propose(&town, 1, 1, false, &gov_text, &id), CODE_NOT_A_GOVERNOR);
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL - 1, false, &gov_text, &id), CODE_INSUFFICIENT_DEPOSIT);
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
    const struct action nobody = {.type = ACTION_VALIDATOR_EJECTION, .validator = town.people[7].address};
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &nobody, &id), CODE_PROPOSAL_LIMIT); /* before the action is looked at */
    gov_check_supply(&town);
    town_done(&town);
}

static void one_governor_makes_one_proposal_in_a_hundred_blocks_and_has_three_open(void)
{
    struct hash id;
    struct params params = gov_params(CHAIN_ALPHA);
    params.voting_period_blocks = 1000;
    gov_town_init(&town, CHAIN_ALPHA, &params);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
    for (uint32_t i = 0; i < GOVERNOR_OPEN_MAX; i++) {
        CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
        const uint32_t made = ledger_height(town.state);
        gov_until(&town, made + GOVERNOR_PAUSE_BLOCKS - 2);
        CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_PROPOSAL_LIMIT);
    }
    gov_blocks(&town, GOVERNOR_PAUSE_BLOCKS);
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_PROPOSAL_LIMIT);
    struct arena arena;
    struct page page;
    uint64_t next;
    arena_init(&arena, 0);
    governance_proposals(&town.rules, town.state, &(struct governance_filter){0}, 0, 10, &arena, &page, &next);
    const struct gov_proposal_view *items = page.items;
    CHECK_U64(page.count, 3);
    CHECK_U64(next, 0);
    CHECK(items[0].created_height > items[1].created_height);
    CHECK_U64(gov_on(&town, 0, KIND_PROPOSAL_CANCEL, &items[2].proposal_id), CODE_NONE);
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE); /* one less is open */
    arena_done(&arena);
    town_done(&town);
}

static void a_hundred_proposals_are_open_at_most(void)
{
    struct hash id;
    struct params params = gov_params(CHAIN_ALPHA);
    params.voting_period_blocks = 3000;
    gov_town_init(&town, CHAIN_ALPHA, &params);
    for (size_t i = 0; i < 51; i++) CHECK_U64(gov_register(&town, i, GOV_DEPOSIT), CODE_NONE);
    for (size_t i = 0; i < 50; i++) CHECK_U64(gov_propose(&town, i, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
    gov_blocks(&town, GOVERNOR_PAUSE_BLOCKS);
    for (size_t i = 0; i < 50; i++) CHECK_U64(gov_propose(&town, i, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
    CHECK_U64(gov_propose(&town, 50, GOV_PROPOSAL, false, &gov_text, &id), CODE_PROPOSAL_LIMIT);
    gov_check_supply(&town);
    town_done(&town);
}

static void actions_are_checked_when_they_are_proposed(void)
{
    const struct {
        struct action action;
        enum code code;
        enum receipt_field field;
    } rows[] = {
        {gov_parameter("no_such_thing", "1"), CODE_INVALID_FORMAT, RECEIPT_FIELD_ACTION_KEY},
        {gov_parameter("quorum_bps", "10001"), CODE_INVALID_FORMAT, RECEIPT_FIELD_ACTION_VALUE},
        {gov_parameter("quorum_bps", "x"), CODE_INVALID_FORMAT, RECEIPT_FIELD_ACTION_VALUE},
        {gov_parameter("round_timeout_ms", "400"), CODE_INVALID_FORMAT, RECEIPT_FIELD_ACTION_VALUE}, /* below the block interval */
        {{.type = ACTION_VALIDATOR_EJECTION}, CODE_VALIDATOR_NOT_FOUND, RECEIPT_FIELD_ACTION_VALIDATOR},
        {{.type = ACTION_NETWORK_UPGRADE, .height = 3, .version = 2}, CODE_INVALID_FORMAT, RECEIPT_FIELD_ACTION},
    };
    governed();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const union payload payload = {
            .proposal_create = {.title = STR("t"), .deposit = AMOUNT(GOV_PROPOSAL), .action = rows[i].action}};
        const struct receipt receipt = gov_receipt(&town, 0, KIND_PROPOSAL_CREATE, &payload, NULL);
        CHECK_U64(receipt.code, rows[i].code);
        CHECK_U64(receipt.field, rows[i].field);
    }
    CHECK(gov_holding_deposits(&town) == GOV_DEPOSIT);
    gov_check_supply(&town);
    town_done(&town);
}

/* ---- a whole life ---- */

static void a_proposal_lives_from_pending_to_executed(void)
{
    governed();
    struct hash id;
    const struct action action = gov_parameter("taker_bps", "7");
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &action, &id), CODE_NONE);
    const uint32_t created = ledger_height(town.state);
    struct gov_proposal_view view = gov_view(&town, &id);
    CHECK_U64(view.status, PROPOSAL_PENDING);
    CHECK_U64(view.snapshot_height, created);
    CHECK_U64(view.voting_start_height, created + GOV_DELAY);
    CHECK_U64(view.voting_end_height, created + GOV_DELAY + GOV_PERIOD - 1);
    CHECK_U64(view.tally.total_weight.units, 91500);
    CHECK_STR(view.action, STR("{\"type\":\"parameter_change\",\"key\":\"taker_bps\",\"value\":\"7\"}"));
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_VOTING_NOT_STARTED);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_PENDING);
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_ACTIVE);
    CHECK_U64(gov_vote(&town, 1, &id, CHOICE_NO), CODE_NONE);
    CHECK_U64(gov_vote(&town, 2, &id, CHOICE_ABSTAIN), CODE_NONE);
    gov_until(&town, view.voting_end_height);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_ACTIVE);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_QUEUE, &id), CODE_NONE); /* the very next block */
    view = gov_view(&town, &id);
    CHECK_U64(view.status, PROPOSAL_QUEUED);
    CHECK(view.tally.yes.units == 60000 && view.tally.no.units == 30000 && view.tally.abstain.units == 500);
    CHECK(view.tally.quorum_met);
    CHECK_U64(view.eta_height.value, ledger_height(town.state) + GOV_TIMELOCK);
    CHECK(gov_holding_deposits(&town) == GOV_DEPOSIT); /* the proposal's is back */
    gov_until(&town, view.eta_height.value - 2);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_TIMELOCK_NOT_EXPIRED);
    CHECK_U64(ledger_params(town.state)->taker_bps, 5);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_NONE);
    CHECK_U64(ledger_params(town.state)->taker_bps, 7);
    view = gov_view(&town, &id);
    CHECK_U64(view.status, PROPOSAL_EXECUTED);
    CHECK_U64(view.executed_height.value, view.eta_height.value);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_ALREADY_EXECUTED);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_QUEUE, &id), CODE_ALREADY_EXECUTED);
    CHECK_U64(gov_on(&town, 0, KIND_PROPOSAL_CANCEL, &id), CODE_ALREADY_EXECUTED);
    gov_check_supply(&town);
    town_done(&town);
}

static void votes_are_refused_in_the_contracts_order(void)
{
    governed();
    CHECK_U64(gov_vote(&town, 9, &nothing, CHOICE_YES), CODE_PROPOSAL_NOT_FOUND);
    const struct hash id = proposed(&gov_text);
    const union payload yes = {.vote = {.proposal = id, .choice = CHOICE_YES}};
    const struct receipt poor = gov_receipt(&town, 9, KIND_PROPOSAL_VOTE, &yes, NULL);
    CHECK_U64(poor.code, CODE_INSUFFICIENT_STAKE);
    CHECK_U64(poor.field, RECEIPT_FIELD_SENDER);
    CHECK_U64(gov_stake(&town, 9, 50000), CODE_NONE); /* too late for this one */
    CHECK_U64(gov_vote(&town, 9, &id, CHOICE_YES), CODE_INSUFFICIENT_STAKE);
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
    const struct receipt again = gov_receipt(&town, 0, KIND_PROPOSAL_VOTE, &yes, NULL);
    CHECK_U64(again.code, CODE_ALREADY_VOTED);
    CHECK_U64(again.field, RECEIPT_FIELD_PROPOSAL);
    CHECK_U64(gov_admit(&town, 0, KIND_PROPOSAL_VOTE, &yes), CODE_ALREADY_VOTED);
    gov_until(&town, gov_view(&town, &id).voting_end_height - 1);
    CHECK_U64(gov_vote(&town, 1, &id, CHOICE_NO), CODE_NONE); /* in the last block */
    CHECK_U64(gov_vote(&town, 2, &id, CHOICE_NO), CODE_VOTING_PERIOD_ENDED);
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_NO), CODE_VOTING_PERIOD_ENDED); /* before its first vote is remembered */
    CHECK(gov_view(&town, &id).tally.no.units == 30000);
    CHECK_U64(gov_governor(&town, 0).votes, 1);
    town_done(&town);
}

static void weight_below_the_minimum_does_not_vote(void)
{
    gov_alpha(&town);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
    CHECK_U64(gov_stake(&town, 1, GOV_VOTE_STAKE - 1), CODE_NONE);
    CHECK_U64(gov_stake(&town, 2, GOV_VOTE_STAKE), CODE_NONE);
    const struct hash id = proposed(&gov_text);
    CHECK_U64(gov_vote(&town, 1, &id, CHOICE_YES), CODE_INSUFFICIENT_STAKE);
    CHECK_U64(gov_vote(&town, 2, &id, CHOICE_YES), CODE_NONE);
    town_done(&town);
}

static void delegated_weight_votes_with_whom_it_was_given_to(void)
{
    governed();
    const union payload to = {.vote_delegate = {town.people[2].address}};
    CHECK_U64(gov_do(&town, 1, KIND_VOTE_DELEGATE, &to), CODE_NONE);
    const struct hash id = proposed(&gov_text);
    CHECK_U64(gov_vote(&town, 1, &id, CHOICE_NO), CODE_INSUFFICIENT_STAKE);
    CHECK_U64(gov_vote(&town, 2, &id, CHOICE_YES), CODE_NONE);
    CHECK(gov_view(&town, &id).tally.yes.units == 30500);
    struct ballot_view ballot;
    CHECK(governance_vote_of(town.state, &id, &town.people[2].address, &ballot));
    CHECK(ballot.weight.units == 30500 && ballot.choice == CHOICE_YES);
    CHECK(!governance_vote_of(town.state, &id, &town.people[1].address, &ballot));
    town_done(&town);
}

/* What one weighed at any height of before, and of what. */
static void power_is_told_for_every_height(void)
{
    struct power_view view;
    governed(); /* 1 staked in block 2 */
    const union payload to = {.vote_delegate = {town.people[2].address}};
    CHECK_U64(gov_do(&town, 1, KIND_VOTE_DELEGATE, &to), CODE_NONE);
    const uint32_t delegated = ledger_height(town.state);
    gov_blocks(&town, 20);
    governance_power(town.state, &town.people[1].address, 1, &view);
    CHECK(view.own.units == 0 && view.weight.units == 0);
    governance_power(town.state, &town.people[1].address, delegated - 1, &view);
    CHECK(view.own.units == 30000 && view.weight.units == 30000 && view.delegated_out.units == 0);
    governance_power(town.state, &town.people[1].address, delegated, &view);
    CHECK(view.own.units == 30000 && view.weight.units == 0 && view.delegated_out.units == 30000);
    governance_power(town.state, &town.people[2].address, delegated, &view);
    CHECK(view.own.units == 500 && view.weight.units == 30500 && view.delegated_in.units == 30000);
    governance_power(town.state, &town.people[2].address, delegated - 1, &view);
    CHECK(view.own.units == 500 && view.weight.units == 500 && view.delegated_in.units == 0);
    town_done(&town);
}

static void what_did_not_pass_is_not_queued(void)
{
    governed();
    CHECK_U64(gov_on(&town, 0, KIND_PROPOSAL_QUEUE, &nothing), CODE_PROPOSAL_NOT_FOUND);
    CHECK_U64(gov_on(&town, 0, KIND_PROPOSAL_EXECUTE, &nothing), CODE_PROPOSAL_NOT_FOUND);
    CHECK_U64(gov_on(&town, 0, KIND_PROPOSAL_CANCEL, &nothing), CODE_PROPOSAL_NOT_FOUND);
    const struct hash id = proposed(&gov_text);
    const union payload payload = {.id = {id}};
    struct receipt receipt = gov_receipt(&town, 5, KIND_PROPOSAL_QUEUE, &payload, NULL);
    CHECK_U64(receipt.code, CODE_PROPOSAL_NOT_EXECUTABLE);
    CHECK_U64(receipt.reason, RECEIPT_REASON_VOTING_OPEN);
    receipt = gov_receipt(&town, 5, KIND_PROPOSAL_EXECUTE, &payload, NULL);
    CHECK_U64(receipt.code, CODE_PROPOSAL_NOT_EXECUTABLE);
    CHECK_U64(receipt.reason, RECEIPT_REASON_VOTING_OPEN);
    const u128 treasury = gov_treasury(&town);
    gov_until(&town, gov_view(&town, &id).voting_end_height + 1);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_DEFEATED);
    CHECK(gov_treasury(&town) == treasury + GOV_PROPOSAL); /* nobody came: the deposit is lost */
    receipt = gov_receipt(&town, 5, KIND_PROPOSAL_EXECUTE, &payload, NULL);
    CHECK_U64(receipt.code, CODE_PROPOSAL_NOT_EXECUTABLE);
    CHECK_U64(receipt.reason, RECEIPT_REASON_NO_QUORUM);
    gov_check_supply(&town);
    gov_blocks(&town, GOVERNOR_PAUSE_BLOCKS);
    const struct hash second = proposed(&gov_text);
    CHECK_U64(gov_vote(&town, 0, &second, CHOICE_NO), CODE_NONE);
    const u128 before = town_free(&town, 0);
    gov_until(&town, gov_view(&town, &second).voting_end_height + 1);
    CHECK(town_free(&town, 0) == before + GOV_PROPOSAL); /* defeated, but with a quorum */
    receipt = gov_receipt(&town, 5, KIND_PROPOSAL_QUEUE, &(union payload){.id = {second}}, NULL);
    CHECK_U64(receipt.code, CODE_PROPOSAL_NOT_EXECUTABLE);
    CHECK_U64(receipt.reason, RECEIPT_REASON_DEFEATED);
    gov_check_supply(&town);
    town_done(&town);
}

static void a_tie_is_no_majority_and_quorum_counts_to_the_unit(void)
{
    struct params params = gov_params(CHAIN_ALPHA);
    params.genesis_stake = 2; /* nobody else weighs more than a crumb */
    params.quorum_bps = 5000;
    for (int more = 0; more < 2; more++) {
        gov_town_init(&town, CHAIN_ALPHA, &params);
        CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
        CHECK_U64(gov_stake(&town, 0, 1000), CODE_NONE);
        CHECK_U64(gov_stake(&town, 1, (uint64_t)(1000 + 2 * more)), CODE_NONE);
        CHECK_U64(gov_stake(&town, 2, 2000), CODE_NONE);
        const struct hash id = proposed(&gov_text);
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
        CHECK_U64(gov_vote(&town, 1, &id, CHOICE_ABSTAIN), CODE_NONE);
        CHECK(gov_view(&town, &id).tally.quorum_met == (more == 1)); /* 2000 of 4002; 2002 of 4004 */
        CHECK_U64(gov_vote(&town, 2, &id, CHOICE_NO), CODE_NONE);
        CHECK(gov_view(&town, &id).tally.quorum_met);
        town_done(&town);
    }
    params.threshold_bps = 5000;
    gov_town_init(&town, CHAIN_ALPHA, &params);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
    CHECK_U64(gov_stake(&town, 0, 1000), CODE_NONE);
    CHECK_U64(gov_stake(&town, 1, 1000), CODE_NONE);
    const struct hash id = proposed(&gov_text);
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
    CHECK_U64(gov_vote(&town, 1, &id, CHOICE_NO), CODE_NONE);
    gov_until(&town, gov_view(&town, &id).voting_end_height + 1);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_DEFEATED);
    town_done(&town);
}

static void only_the_proposer_cancels_and_gets_its_deposit(void)
{
    governed();
    const struct hash id = proposed(&gov_text);
    CHECK_U64(gov_on(&town, 1, KIND_PROPOSAL_CANCEL, &id), CODE_NOT_OWNER);
    const u128 before = town_free(&town, 0);
    CHECK_U64(gov_on(&town, 0, KIND_PROPOSAL_CANCEL, &id), CODE_NONE);
    CHECK(town_free(&town, 0) == before - GOV_FEE + GOV_PROPOSAL);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_CANCELLED);
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_VOTING_PERIOD_ENDED);
    CHECK_U64(gov_on(&town, 0, KIND_PROPOSAL_CANCEL, &id), CODE_ALREADY_EXECUTED);
    gov_until(&town, gov_view(&town, &id).voting_end_height + 2);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_CANCELLED); /* its end changes nothing any more */
    gov_check_supply(&town);
    town_done(&town);
}

static void a_queued_proposal_can_be_cancelled_until_it_is_executed(void)
{
    governed();
    const struct hash id = queued(&gov_text);
    CHECK_U64(gov_on(&town, 0, KIND_PROPOSAL_CANCEL, &id), CODE_NONE);
    gov_blocks(&town, GOV_TIMELOCK);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_PROPOSAL_NOT_EXECUTABLE);
    gov_check_supply(&town);
    town_done(&town);
}

static void what_nobody_queues_or_executes_expires(void)
{
    governed();
    const struct hash id = passed(&gov_text);
    const uint32_t closed = ledger_height(town.state);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_TIMELOCK_NOT_EXPIRED); /* not queued */
    gov_until(&town, closed + GOV_UNBONDING - 1);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_SUCCEEDED);
    gov_blocks(&town, 1);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_EXPIRED);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_QUEUE, &id), CODE_PROPOSAL_NOT_EXECUTABLE);
    gov_blocks(&town, GOVERNOR_PAUSE_BLOCKS);
    const struct hash second = queued(&gov_text);
    const uint32_t eta = gov_view(&town, &second).eta_height.value;
    gov_until(&town, eta + GOV_UNBONDING);
    CHECK_U64(gov_status(&town, &second), PROPOSAL_QUEUED);
    gov_blocks(&town, 1);
    CHECK_U64(gov_status(&town, &second), PROPOSAL_EXPIRED);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &second), CODE_PROPOSAL_NOT_EXECUTABLE);
    town_done(&town);
}

int main(void)
{
    RUN(a_governor_registers_once_with_a_deposit);
    RUN(a_resigned_deposit_comes_back_when_a_bond_would);
    RUN(governors_are_listed_by_registration);
    RUN(proposals_are_refused_in_the_contracts_order);
    RUN(one_governor_makes_one_proposal_in_a_hundred_blocks_and_has_three_open);
    RUN(a_hundred_proposals_are_open_at_most);
    RUN(actions_are_checked_when_they_are_proposed);
    RUN(a_proposal_lives_from_pending_to_executed);
    RUN(votes_are_refused_in_the_contracts_order);
    RUN(weight_below_the_minimum_does_not_vote);
    RUN(delegated_weight_votes_with_whom_it_was_given_to);
    RUN(power_is_told_for_every_height);
    RUN(what_did_not_pass_is_not_queued);
    RUN(a_tie_is_no_majority_and_quorum_counts_to_the_unit);
    RUN(only_the_proposer_cancels_and_gets_its_deposit);
    RUN(a_queued_proposal_can_be_cancelled_until_it_is_executed);
    RUN(what_nobody_queues_or_executes_expires);
    return 0;
}
