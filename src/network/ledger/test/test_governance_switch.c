/* The planted switches of governance: off, each guard holds; on, it is gone, and nothing else is. */
#include "network/ledger/test/governance_fixture.h"

static struct town town;

/* Persons 0 (a governor) and 1 hold 60000 and 30000. */
static void governed_with(enum weakness weakness, bool on)
{
    gov_alpha(&town);
    weakness_put(&town.rules.weak, weakness, on);
    CHECK_U64(gov_stake(&town, 0, 60000), CODE_NONE);
    CHECK_U64(gov_stake(&town, 1, 30000), CODE_NONE);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
}
static struct hash proposed(void)
{
    struct hash id;
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
    gov_until(&town, gov_view(&town, &id).voting_start_height - 1);
    return id;
}
static void closed(const struct hash *id) { gov_until(&town, gov_view(&town, id).voting_end_height + 1); }
static struct hash queued(void)
{
    const struct hash id = proposed();
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
    closed(&id);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_QUEUE, &id), CODE_NONE);
    return id;
}
static enum code either(bool on, enum code code) { return on ? CODE_NONE : code; }

static void heads_are_counted_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        governed_with(WEAKNESS_ONE_IDENTITY_ONE_VOTE, on);
        for (size_t i = 10; i < 13; i++) CHECK_U64(gov_stake(&town, i, 2), CODE_NONE); /* below the least */
        const struct hash id = proposed();
        for (size_t i = 10; i < 13; i++) CHECK_U64(gov_vote(&town, i, &id, CHOICE_YES), either(on, CODE_INSUFFICIENT_STAKE));
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_NO), CODE_NONE);
        CHECK(gov_view(&town, &id).tally.yes.units == (on ? 3u : 0u));
        CHECK(gov_view(&town, &id).tally.no.units == (on ? 1u : 60000u));
        closed(&id);
        CHECK_U64(gov_status(&town, &id), on ? PROPOSAL_SUCCEEDED : PROPOSAL_DEFEATED);
        town_done(&town);
    }
}

static void stake_that_comes_after_the_snapshot_counts_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        governed_with(WEAKNESS_LIVE_VOTE_WEIGHT, on);
        const struct hash id = proposed();
        CHECK_U64(gov_stake(&town, 9, 90000), CODE_NONE);
        CHECK_U64(gov_stake(&town, 0, 1000), CODE_NONE);
        CHECK_U64(gov_vote(&town, 9, &id, CHOICE_YES), either(on, CODE_INSUFFICIENT_STAKE));
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_NO), CODE_NONE);
        CHECK(gov_view(&town, &id).tally.yes.units == (on ? 90000u : 0u));
        CHECK(gov_view(&town, &id).tally.no.units == (on ? 61000u : 60000u));
        town_done(&town);
    }
}

static void proposals_without_end_are_made_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        struct hash id;
        governed_with(WEAKNESS_NO_PROPOSAL_LIMITS, on);
        CHECK_U64(gov_propose(&town, 0, 1, false, &gov_text, &id), either(on, CODE_INSUFFICIENT_DEPOSIT));
        CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), CODE_NONE);
        for (int i = 0; i < 4; i++) CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, &gov_text, &id), either(on, CODE_PROPOSAL_LIMIT));
        CHECK_U64(gov_propose(&town, 1, GOV_PROPOSAL, false, &gov_text, &id), CODE_NOT_A_GOVERNOR);
        gov_check_supply(&town);
        town_done(&town);
    }
}

static void governors_without_a_deposit_register_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        struct hash id;
        governed_with(WEAKNESS_FREE_GOVERNOR_REGISTRATION, on);
        CHECK_U64(gov_register(&town, 7, 1), either(on, CODE_INSUFFICIENT_DEPOSIT));
        CHECK_U64(gov_propose(&town, 7, 1, false, &gov_text, &id), on ? CODE_INSUFFICIENT_DEPOSIT : CODE_NOT_A_GOVERNOR);
        gov_check_supply(&town);
        town_done(&town);
    }
}

/* The pool lets repeats in; the block refuses them all the same. */
static void a_vote_is_sent_again_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        governed_with(WEAKNESS_UNMETERED_VOTE_RESUBMISSION, on);
        const struct hash id = proposed();
        const union payload yes = {.vote = {.proposal = id, .choice = CHOICE_YES}};
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
        CHECK_U64(gov_admit(&town, 0, KIND_PROPOSAL_VOTE, &yes), either(on, CODE_ALREADY_VOTED));
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_ALREADY_VOTED);
        CHECK(gov_view(&town, &id).tally.yes.units == 60000);
        town_done(&town);
    }
}

static void a_second_vote_counts_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        governed_with(WEAKNESS_NO_VOTER_DEDUP, on);
        const struct hash id = proposed();
        const union payload no = {.vote = {.proposal = id, .choice = CHOICE_NO}};
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
        CHECK_U64(gov_admit(&town, 0, KIND_PROPOSAL_VOTE, &no), either(on, CODE_ALREADY_VOTED));
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), either(on, CODE_ALREADY_VOTED));
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_NO), either(on, CODE_ALREADY_VOTED));
        CHECK(gov_view(&town, &id).tally.yes.units == (on ? 120000u : 60000u));
        town_done(&town);
    }
}

static void the_senders_clock_ends_a_timelock_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        governed_with(WEAKNESS_TIMELOCK_FROM_TX_TIMESTAMP, on);
        const struct hash id = queued();
        const union payload payload = {.id = {id}};
        struct buf bytes = {0};
        payload_encode(KIND_PROPOSAL_EXECUTE, &payload, &bytes);
        struct tx_spec spec = {.domain = town.rules.domain, .kind = KIND_PROPOSAL_EXECUTE, .nonce = town_account(&town, 5).nonce, .fee = AMOUNT(GOV_FEE),
                               .timestamp_ms = TOWN_TIME + 3600 * 1000, .payload = buf_str(&bytes)};
        struct tx *tx = town_sign(&town, 5, &spec);
        const struct ledger_account account = town_account(&town, 5);
        const struct ledger_sender sender = {.account = &account};
        const struct ledger_moment moment = {.params = ledger_params(town.state), .state = town.state, .height = ledger_height(town.state) + 1, .now_ms = TOWN_TIME + 20000};
        CHECK_U64(ledger_admit(&town.rules, &sender, &moment, tx, NULL), either(on, CODE_TIMESTAMP_OUT_OF_RANGE));
        struct ledger_result *result = town_run(&town, NULL, &tx, 1); /* a hostile proposer does not ask the pool */
        CHECK_U64(result->receipts[0].code, either(on, CODE_TIMELOCK_NOT_EXPIRED));
        CHECK(ledger_height(town.state) < gov_view(&town, &id).eta_height.value);
        ledger_result_unref(result);
        if (on == 1) CHECK_U64(gov_status(&town, &id), PROPOSAL_EXECUTED);
        if (on == 0) CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_EXECUTE, &id), CODE_TIMELOCK_NOT_EXPIRED); /* nor without a time */
        buf_done(&bytes);
        town_done(&town);
    }
}

static void a_timelock_is_skipped_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        governed_with(WEAKNESS_NO_TIMELOCK_CHECK, on);
        const struct hash id = queued();
        const struct receipt receipt = gov_receipt(&town, 5, KIND_PROPOSAL_EXECUTE, &(union payload){.id = {id}}, NULL);
        CHECK_U64(receipt.code, either(on, CODE_TIMELOCK_NOT_EXPIRED));
        if (on == 0) CHECK(receipt.required.units == gov_view(&town, &id).eta_height.value); /* its message names it */
        CHECK_U64(gov_status(&town, &id), on ? PROPOSAL_EXECUTED : PROPOSAL_QUEUED);
        town_done(&town);
    }
}

static void a_resolved_proposal_takes_votes_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        governed_with(WEAKNESS_VOTE_ANY_STATE, on);
        const struct hash id = queued();
        CHECK_U64(gov_vote(&town, 1, &id, CHOICE_NO), either(on, CODE_VOTING_PERIOD_ENDED));
        CHECK(gov_view(&town, &id).tally.no.units == (on ? 30000u : 0u));
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_NO), on ? CODE_ALREADY_VOTED : CODE_VOTING_PERIOD_ENDED);
        town_done(&town);
    }
}

static void a_block_too_late_is_in_time_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        governed_with(WEAKNESS_VOTE_WINDOW_OFF_BY_ONE, on);
        const struct hash id = proposed();
        CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
        gov_until(&town, gov_view(&town, &id).voting_end_height);
        CHECK_U64(gov_vote(&town, 1, &id, CHOICE_NO), either(on, CODE_VOTING_PERIOD_ENDED));
        CHECK(gov_view(&town, &id).tally.no.units == (on ? 30000u : 0u));
        CHECK_U64(gov_vote(&town, 2, &id, CHOICE_NO), CODE_VOTING_PERIOD_ENDED);
        town_done(&town);
    }
}

static void votes_without_stake_count_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        governed_with(WEAKNESS_VOTE_WITHOUT_STAKE, on);
        CHECK_U64(gov_stake(&town, 8, GOV_VOTE_STAKE - 1), CODE_NONE);
        const struct hash id = proposed();
        CHECK_U64(gov_vote(&town, 9, &id, CHOICE_YES), either(on, CODE_INSUFFICIENT_STAKE));
        CHECK_U64(gov_vote(&town, 8, &id, CHOICE_YES), either(on, CODE_INSUFFICIENT_STAKE));
        CHECK(gov_view(&town, &id).tally.yes.units == (on ? GOV_VOTE_STAKE : 0u)); /* 1 and 99 */
        struct ballot_view ballot;
        CHECK(governance_vote_of(town.state, &id, &town.people[9].address, &ballot) == (on == 1));
        town_done(&town);
    }
}

static void anybody_proposes_only_with_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        struct hash id;
        governed_with(WEAKNESS_OPEN_PROPOSALS, on);
        CHECK_U64(gov_propose(&town, 9, GOV_PROPOSAL, false, &gov_text, &id), either(on, CODE_NOT_A_GOVERNOR));
        CHECK_U64(gov_propose(&town, 9, GOV_PROPOSAL, false, &gov_text, &id), on ? CODE_PROPOSAL_LIMIT : CODE_NOT_A_GOVERNOR);
        gov_check_supply(&town);
        town_done(&town);
    }
}

int main(void)
{
    RUN(heads_are_counted_only_with_the_switch);
    RUN(stake_that_comes_after_the_snapshot_counts_only_with_the_switch);
    RUN(proposals_without_end_are_made_only_with_the_switch);
    RUN(governors_without_a_deposit_register_only_with_the_switch);
    RUN(a_vote_is_sent_again_only_with_the_switch);
    RUN(a_second_vote_counts_only_with_the_switch);
    RUN(the_senders_clock_ends_a_timelock_only_with_the_switch);
    RUN(a_timelock_is_skipped_only_with_the_switch);
    RUN(a_resolved_proposal_takes_votes_only_with_the_switch);
    RUN(a_block_too_late_is_in_time_only_with_the_switch);
    RUN(votes_without_stake_count_only_with_the_switch);
    RUN(anybody_proposes_only_with_the_switch);
    return 0;
}
