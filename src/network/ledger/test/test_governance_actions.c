/* What decided proposals do: the five actions, each as it was decided or not at all. */
#include "network/ledger/test/governed.h"

/* ---- the five actions ---- */

static void the_treasury_pays_what_was_decided_or_nothing(void)
{
    static struct arena arena;
    struct treasury_view view;
    governed();
    arena_init(&arena, 0);
    struct action action = {.type = ACTION_TREASURY_ALLOCATION, .dest_chain = CHAIN_ALPHA, .recipient = town.people[7].address, .amount = AMOUNT(4000)};
    const struct hash id = queued(&action);
    gov_blocks(&town, GOV_TIMELOCK - 1);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_NONE);
    CHECK(town_free(&town, 7) == PEOPLE_BALANCE + 4000);
    CHECK(gov_treasury(&town) == 1000);
    governance_treasury(town.state, &arena, &view);
    CHECK_U64(view.allocations_count, 1);
    CHECK(address_eq(&view.allocations[0].recipient, &town.people[7].address));
    CHECK(view.allocations[0].amount.units == 4000);
    CHECK(view.balances[0].amount.units == 1000);
    gov_check_supply(&town);
    gov_blocks(&town, GOVERNOR_PAUSE_BLOCKS);
    const struct hash second = queued(&action);
    gov_blocks(&town, GOV_TIMELOCK);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &second), CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(gov_status(&town, &second), PROPOSAL_QUEUED);
    CHECK(gov_treasury(&town) == 1000);
    gov_check_supply(&town);
    arena_done(&arena);
    town_done(&town);
}

static void an_ejected_validator_is_jailed(void)
{
    governed();
    const struct action action = {.type = ACTION_VALIDATOR_EJECTION, .validator = town.validators[0].address};
    const struct hash id = queued(&action);
    gov_blocks(&town, GOV_TIMELOCK);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_NONE);
    struct ledger_validator v;
    CHECK(ledger_validator_find(town.state, &town.validators[0].address, &v));
    CHECK(v.jailed);
    town_done(&town);
}

static void an_upgrade_and_pending_parameters_are_told(void)
{
    static struct arena arena;
    struct gov_parameters_view view;
    governed();
    arena_init(&arena, 0);
    const struct action upgrade = {.type = ACTION_NETWORK_UPGRADE, .height = 5000, .version = 3};
    const struct hash id = queued(&upgrade);
    gov_blocks(&town, GOV_TIMELOCK);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_NONE);
    gov_blocks(&town, GOVERNOR_PAUSE_BLOCKS);
    const struct action change = gov_parameter("amm_fee_bps", "31");
    const struct hash second = queued(&change);
    governance_parameters(town.state, &arena, &view);
    CHECK_U64(view.pending_count, 1);
    CHECK_STR(view.pending[0].key, STR("amm_fee_bps"));
    CHECK_STR(view.pending[0].value, STR("31"));
    CHECK(hash_eq(&view.pending[0].proposal_id, &second));
    CHECK_U64(view.pending[0].effective_height, gov_view(&town, &second).eta_height.value);
    struct err err;
    const struct json *all = json_parse(&arena, view.parameters, &err);
    CHECK_STR(json_find(all, STR("amm_fee_bps"))->text, STR("30"));
    CHECK_STR(json_find(all, STR("upgrade_height"))->text, STR("5000"));
    CHECK_STR(json_find(all, STR("upgrade_version"))->text, STR("3"));
    arena_done(&arena);
    town_done(&town);
}

/* A parameter that a proposal changes decides nothing about proposals made before. */
static void a_change_of_the_timelock_leaves_what_is_queued(void)
{
    governed();
    CHECK_U64(gov_register(&town, 1, GOV_DEPOSIT), CODE_NONE);
    const struct action none = gov_parameter("timelock_blocks", "0");
    struct hash second;
    const struct hash id = proposed(&none);
    CHECK_U64(gov_propose(&town, 1, GOV_PROPOSAL, false, &gov_text, &second), CODE_NONE);
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
    gov_until(&town, gov_view(&town, &second).voting_start_height);
    CHECK_U64(gov_vote(&town, 0, &second, CHOICE_YES), CODE_NONE);
    gov_until(&town, gov_view(&town, &second).voting_end_height + 1);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_QUEUE, &id), CODE_NONE);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_QUEUE, &second), CODE_NONE);
    gov_until(&town, gov_view(&town, &id).eta_height.value - 1);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_NONE);
    CHECK_U64(ledger_params(town.state)->timelock_blocks, 0);
    CHECK(ledger_height(town.state) < gov_view(&town, &second).eta_height.value);
    CHECK_U64(gov_admit(&town, 5, KIND_PROPOSAL_EXECUTE, &(union payload){.id = {second}}), CODE_NONE); /* eta is the next block */
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &second), CODE_NONE);
    town_done(&town);
}

int main(void)
{
    RUN(the_treasury_pays_what_was_decided_or_nothing);
    RUN(an_ejected_validator_is_jailed);
    RUN(an_upgrade_and_pending_parameters_are_told);
    RUN(a_change_of_the_timelock_leaves_what_is_queued);
    return 0;
}
