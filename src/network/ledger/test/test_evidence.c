/* Evidence on the chain: what is proof and what is not, whom it costs what, and what the switch takes away. */
#include "staking_fixture.h"

static struct town town;
static struct arena arena;

static struct vote vote_of(const struct person *by, uint64_t round, uint8_t block, struct domain domain)
{
    struct vote vote = {.domain = domain, .height = 3, .round = round, .voter = by->address};
    memset(&vote.block_hash, block, sizeof(vote.block_hash));
    vote_sign(&vote, SIM, &by->key);
    return vote;
}

static struct header header_of(const struct person *by, uint64_t round, uint8_t block, struct signature *out)
{
    struct header header = {
        .domain = town.rules.domain, .height = 3, .round = round, .justify_round = round - 1, .proposer = by->address};
    memset(&header.state_root, block, sizeof(header.state_root));
    const struct hash hash = header_hash(&header);
    *out = header_sign(&hash, SIM, &by->key);
    return header;
}

static union payload pay_evidence(const struct evidence *evidence)
{
    return (union payload){.evidence = {(uint8_t)evidence->type,
                                        {(const char *)evidence->first, evidence->first_bytes},
                                        {(const char *)evidence->second, evidence->second_bytes}}};
}
static struct receipt submit(const struct evidence *evidence)
{
    const union payload payload = pay_evidence(evidence);
    return town_do(&town, &town.people[9], KIND_ALPHA_EVIDENCE_SUBMIT, &payload);
}

static struct evidence double_vote(const struct person *by, uint64_t round)
{
    const struct vote a = vote_of(by, round, 1, town.rules.domain), b = vote_of(by, round, 2, town.rules.domain);
    return evidence_of_votes(&a, &b);
}

/* A delegator and something unbonding: all of it answers. */
static void town_with_bonds(void)
{
    staking_town(&town, 4);
    const struct address v = town.validators[1].address;
    CHECK_U64(town_do(&town, &town.people[0], KIND_ALPHA_STAKE, PAY_AMOUNT(9000)).code, CODE_NONE);
    CHECK_U64(town_do(&town, &town.people[0], KIND_BOND, PAY_BOND(v, 8000)).code, CODE_NONE);
    CHECK_U64(town_do(&town, &town.people[0], KIND_UNBOND, PAY_BOND(v, 3000)).code, CODE_NONE);
}

static void equivocation_costs_bond_and_seat(void)
{
    town_with_bonds();
    const struct person v = validator_person(1);
    const struct evidence evidence = double_vote(&v, 2);
    const union payload payload = pay_evidence(&evidence);
    struct tx *txs[] = {kind_tx(&town, &town.people[9], 0, KIND_ALPHA_EVIDENCE_SUBMIT, &payload)};
    struct ledger_result *result = town_run(&town, NULL, txs, 1);
    CHECK_U64(result->succeeded, 1);
    CHECK_U64(result->message_count, 1); /* Delta is told */
    struct ipc_message message;
    CHECK(ipc_decode(result->messages[0], &message));
    CHECK(message.type == IPC_VALIDATOR_EJECTION && message.body.ejection.reason == EVIDENCE_DOUBLE_VOTE);
    CHECK(address_eq(&message.body.ejection.validator, &v.address));
    uint32_t told = 0;
    for (uint32_t i = 0; i < result->events_count; i++) told += result->events[i].type == EVENT_EVIDENCE_ADDED;
    CHECK_U64(told, 1);
    ledger_result_unref(result);
    town_check_supply(&town, true);
    const struct ledger_validator after = validator_at(&town, &v.address);
    CHECK(after.jailed && after.jailed_until == UINT32_MAX);
    CHECK_U64(after.bonded.units, 0);
    CHECK_U64(after.slashed.units, 10000 + 8000);
    CHECK_U64(held(&town).slashed_burned.units, 18000);
    CHECK_U64(held(&town).unbonding.units, 0);
    struct account_view view = account_at(&town, &town.people[0].address);
    CHECK_U64(view.staked.units, 1000); /* what was not bonded there stays */
    CHECK_U64(view.bonded_count + view.unbonding_count, 0);
    CHECK_U64(weight_of(&town, &town.people[0].address), 1000);
    struct committee *next = ledger_next_committee(town.state, 1, 9);
    uint32_t index;
    CHECK(next->count == 3 && !committee_find(next, &v.address, &index));
    committee_unref(next);
    struct evidence_view seen;
    const struct hash id = evidence_id(&evidence);
    CHECK(staking_evidence_find(town.state, &id, &arena, &seen));
    CHECK(seen.jailed && seen.slashed.units == 18000 && seen.reporter.has && seen.included_height.has && seen.round == 2);
    CHECK(address_eq(&seen.reporter.value, &town.people[9].address) && address_eq(&seen.validator, &v.address));
    CHECK(staking_evidence_at(town.state, 0, &arena, &seen) && hash_eq(&seen.evidence_id, &id));
    CHECK(!staking_evidence_at(town.state, 1, &arena, &seen));
    CHECK_U64(submit(&evidence).code, CODE_ALREADY_EXISTS);
    const struct evidence other = double_vote(&v, 3);
    CHECK_U64(submit(&other).code, CODE_INVALID_EVIDENCE); /* nothing of it is left */
    town_pass(&town, 12);                                  /* what was unbonding comes not */
    CHECK_U64(held(&town).slashed_burned.units, 18000);
    town_done(&town);
}

static void two_signed_headers_of_a_round_cost_the_same(void)
{
    town_with_bonds();
    const struct person v = validator_person(1);
    struct signature sa, sb;
    const struct header a = header_of(&v, 5, 1, &sa), b = header_of(&v, 5, 2, &sb);
    const struct evidence evidence = evidence_of_headers(&a, &sa, &b, &sb);
    CHECK_U64(submit(&evidence).code, CODE_NONE);
    CHECK_U64(validator_at(&town, &v.address).slashed.units, 18000);
    town_done(&town);
}

static void a_header_on_a_wrong_parent_costs_a_part_and_no_seat(void)
{
    town_with_bonds();
    const struct person v = validator_person(1);
    struct header header = {.domain = town.rules.domain, .height = 3, .round = 5, .justify_round = 5, .proposer = v.address};
    const struct hash hash = header_hash(&header);
    const struct signature signature = header_sign(&hash, SIM, &v.key);
    const struct evidence evidence = evidence_of_wrong_parent(&header, &signature);
    CHECK_U64(submit(&evidence).code, CODE_NONE);
    const struct ledger_validator after = validator_at(&town, &v.address);
    CHECK(!after.jailed);
    CHECK_U64(after.slashed.units, 500 + 250 + 150); /* own bond, the delegator's, what unbonds: each by itself */
    CHECK_U64(after.bonded.units, 10000 + 5000 - 750);
    CHECK_U64(held(&town).unbonding.units, 2850);
    CHECK_U64(submit(&evidence).code, CODE_ALREADY_EXISTS);
    town_done(&town);
}

/* By itself the header is fine; it does not fit the block it names. */
static void a_header_that_does_not_follow_its_final_parent_is_proof(void)
{
    staking_town(&town, 4);
    const struct person v = validator_person(1);
    struct ledger_frame frame = town_frame(&town);
    memset(&frame.parent_hash, 7, sizeof(frame.parent_hash));
    struct ledger_result *result = ledger_execute(&town.rules, town.state, &frame, NULL, NULL, 0); /* genesis has that hash */
    ledger_state_unref(town.state);
    town.state = ledger_state_ref(result->state);
    ledger_result_unref(result);
    struct header header = {.domain = town.rules.domain, .height = 1, .round = 5, .justify_round = 0, .proposer = v.address};
    header.parent_hash = header.justify_hash = frame.parent_hash;
    static const struct {
        uint32_t height;
        uint64_t justify_round;
        uint8_t parent;
        enum code code;
    } cases[] = {{1, 0, 7, CODE_INVALID_EVIDENCE}, {2, 0, 8, CODE_INVALID_EVIDENCE}, {2, 0, 7, CODE_NONE}, {1, 1, 7, CODE_NONE}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        header.height = cases[i].height;
        header.justify_round = cases[i].justify_round;
        memset(&header.parent_hash, cases[i].parent, sizeof(header.parent_hash));
        header.justify_hash = header.parent_hash;
        const struct hash hash = header_hash(&header);
        struct signature signature = header_sign(&hash, SIM, &v.key);
        const struct evidence evidence = evidence_of_wrong_parent(&header, &signature);
        signature.b[0] ^= 1;
        const struct evidence forged = evidence_of_wrong_parent(&header, &signature);
        CHECK_U64(submit(&forged).code, CODE_INVALID_EVIDENCE);
        CHECK_U64(submit(&evidence).code, cases[i].code);
    }
    CHECK_U64(validator_at(&town, &v.address).slashed.units, 500 + 475);
    town_done(&town);
}

static void what_proves_nothing_is_refused(void)
{
    town_with_bonds();
    const struct person v = validator_person(1), stranger = town.people[20];
    struct evidence evidence = double_vote(&stranger, 2);
    CHECK_U64(submit(&evidence).code, CODE_INVALID_EVIDENCE);
    const struct vote a = vote_of(&v, 2, 1, town.rules.domain), later = vote_of(&v, 3, 2, town.rules.domain);
    evidence = evidence_of_votes(&a, &later);
    CHECK_U64(submit(&evidence).code, CODE_INVALID_EVIDENCE);
    evidence = evidence_of_votes(&a, &a);
    CHECK_U64(submit(&evidence).code, CODE_INVALID_EVIDENCE);
    const struct domain elsewhere = domain_of(CHAIN_ALPHA, NETWORK_MAINNET);
    const struct vote c = vote_of(&v, 2, 1, elsewhere), d = vote_of(&v, 2, 2, elsewhere);
    evidence = evidence_of_votes(&c, &d);
    CHECK_U64(submit(&evidence).code, CODE_INVALID_EVIDENCE);
    /* Each byte of a good one counts. */
    const struct evidence good = double_vote(&v, 2);
    for (size_t i = 0; i < good.first_bytes; i++) {
        evidence = good;
        evidence.first[i] ^= 1;
        const struct receipt receipt = submit(&evidence);
        CHECK_U64(receipt.code, CODE_INVALID_EVIDENCE);
        CHECK_U64(receipt.field, RECEIPT_FIELD_FIRST);
    }
    evidence = good;
    evidence.type = EVIDENCE_DOWNTIME; /* the chain's own word */
    CHECK_U64(submit(&evidence).code, CODE_INVALID_EVIDENCE);
    evidence = good;
    evidence.first_bytes--;
    CHECK_U64(submit(&evidence).code, CODE_INVALID_EVIDENCE);
    CHECK_U64(held(&town).slashed_burned.units, 0);
    town.rules.verifier = (struct verifier){0}; /* whoever cannot check believes nothing */
    CHECK_U64(submit(&good).code, CODE_INVALID_EVIDENCE);
    town_done(&town);
}

/* Who left is accountable for its rounds until the bond is gone, and not for rounds after it left. */
static void evidence_is_checked_by_the_committee_of_its_round(void)
{
    staking_town(&town, 4);
    const struct person v = validator_person(1);
    const struct ledger_grant grant = {v.address, {TOKEN_AX, AMOUNT(100000)}};
    const struct ledger_orders orders = {.grants = &grant, .grants_count = 1};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    CHECK_U64(town_do(&town, &v, KIND_VALIDATOR_EXIT, PAY_NOTHING).code, CODE_NONE);
    town_end_epoch(&town); /* rounds 1 to 20 were its committee's; closing blocks may have had some of the next */
    town_pass(&town, 1);
    struct evidence evidence = double_vote(&v, 2);
    const uint32_t left_at = ledger_height(town.state);
    CHECK_U64(left_at, 21);
    town_end_epoch(&town);
    town_pass(&town, 1);
    const struct evidence late = double_vote(&v, 45);
    CHECK_U64(submit(&late).code, CODE_INVALID_EVIDENCE);
    CHECK_U64(submit(&evidence).code, CODE_NONE);
    CHECK_U64(validator_at(&town, &v.address).slashed.units, 10000);
    town_done(&town);
}

static void deltas_votes_convict_on_alpha(void)
{
    town_with_bonds();
    const struct person v = validator_person(1);
    const struct vote a = vote_of(&v, 70000, 1, town.rules.peer), b = vote_of(&v, 70000, 2, town.rules.peer);
    const struct evidence evidence = evidence_of_votes(&a, &b);
    CHECK_U64(submit(&evidence).code, CODE_NONE);
    struct evidence_view seen;
    CHECK(staking_evidence_at(town.state, 0, &arena, &seen));
    CHECK_U64(seen.chain, CHAIN_DELTA);
    CHECK(validator_at(&town, &v.address).jailed);
    town_done(&town);
}

static void the_switch_lets_equivocation_go_unpunished(void)
{
    town_with_bonds();
    const struct person v = validator_person(1), w = validator_person(2);
    weakness_put(&town.rules.weak, WEAKNESS_IGNORE_EQUIVOCATION_EVIDENCE, true);
    struct evidence evidence = double_vote(&v, 2);
    CHECK_U64(submit(&evidence).code, CODE_NONE); /* it is recorded, and that is all */
    CHECK(!validator_at(&town, &v.address).jailed);
    CHECK_U64(validator_at(&town, &v.address).slashed.units, 0);
    CHECK_U64(held(&town).slashed_burned.units, 0);
    weakness_put(&town.rules.weak, WEAKNESS_IGNORE_EQUIVOCATION_EVIDENCE, false);
    evidence = double_vote(&w, 2);
    CHECK_U64(submit(&evidence).code, CODE_NONE);
    CHECK(validator_at(&town, &w.address).jailed);
    town_done(&town);
}

/* Runs a committee's rounds with one member silent, until the epoch has `epochs` times ended. */
static uint64_t run_without(uint32_t silent, uint64_t round, uint64_t epochs)
{
    uint32_t first;
    const uint64_t until = ledger_epoch(town.state, &first) + epochs;
    struct committee *committee = NULL;
    while (ledger_epoch(town.state, &first) < until) {
        if (ledger_height(town.state) + 1 == first || committee == NULL) {
            committee_unref(committee);
            committee = ledger_next_committee(town.state, ledger_epoch(town.state, &first), ledger_round(town.state) + 1);
        }
        uint32_t leader;
        CHECK(committee_leader(committee, ++round, &leader));
        const struct address *who = &committee->members[leader].address;
        if (silent < town.validators_count && address_eq(who, &town.validators[silent].address)) continue;
        struct ledger_frame frame = town_frame(&town);
        frame.proposer = *who;
        frame.round = round;
        struct ledger_result *result = ledger_execute(&town.rules, town.state, &frame, NULL, NULL, 0);
        CHECK_U64(result->verdict, LEDGER_GOOD);
        ledger_state_unref(town.state);
        town.state = ledger_state_ref(result->state);
        ledger_result_unref(result);
        town_check_supply(&town, true);
    }
    committee_unref(committee);
    return round;
}

static void a_long_silence_is_recorded_cut_and_jailed_for_a_term(void)
{
    struct params params = staking_params();
    params.genesis_stake = 20000;
    params.downtime_window_blocks = 10;
    staking_town_params(&town, 4, &params);
    const struct person v = validator_person(2);
    uint64_t round = run_without(2, 0, 1); /* some 6 of its turns: not enough to say anything */
    CHECK(!validator_at(&town, &v.address).jailed);
    round = run_without(2, round, 1);
    const struct ledger_validator down = validator_at(&town, &v.address);
    CHECK(down.jailed);
    CHECK_U64(down.slashed.units, 20);
    CHECK_U64(down.jailed_until, ledger_height(town.state) + 20);
    struct evidence_view seen;
    CHECK(staking_evidence_at(town.state, 0, &arena, &seen));
    CHECK(seen.type == EVIDENCE_DOWNTIME && seen.slashed.units == 20 && seen.jailed && !seen.reporter.has);
    CHECK(!staking_evidence_at(town.state, 1, &arena, &seen));
    const struct ledger_grant grant = {v.address, {TOKEN_AX, AMOUNT(100000)}};
    const struct ledger_orders orders = {.grants = &grant, .grants_count = 1};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    CHECK_U64(town_do(&town, &v, KIND_VALIDATOR_UNJAIL, PAY_NOTHING).code, CODE_VALIDATOR_JAILED);
    town_pass(&town, 18);
    CHECK_U64(town_do(&town, &v, KIND_VALIDATOR_UNJAIL, PAY_NOTHING).code, CODE_NONE);
    CHECK(!validator_at(&town, &v.address).jailed);
    town_done(&town);
}

/* One or two turns missed of a few say nothing (eighty validators have one or two in a hundred blocks). */
static void a_turn_or_two_eject_nobody(void)
{
    struct params params = staking_params();
    params.epoch_blocks = 4;
    staking_town_params(&town, 4, &params);
    (void)run_without(1, 0, 20); /* twenty epochs, and some 27 turns missed in a row */
    for (size_t i = 0; i < 4; i++) CHECK(!validator_at(&town, &town.validators[i].address).jailed);
    town_done(&town);
}

int main(void)
{
    RUN(equivocation_costs_bond_and_seat);
    RUN(two_signed_headers_of_a_round_cost_the_same);
    RUN(a_header_on_a_wrong_parent_costs_a_part_and_no_seat);
    RUN(a_header_that_does_not_follow_its_final_parent_is_proof);
    RUN(what_proves_nothing_is_refused);
    RUN(evidence_is_checked_by_the_committee_of_its_round);
    RUN(deltas_votes_convict_on_alpha);
    RUN(the_switch_lets_equivocation_go_unpunished);
    RUN(a_long_silence_is_recorded_cut_and_jailed_for_a_term);
    RUN(a_turn_or_two_eject_nobody);
    arena_done(&arena);
    return 0;
}
