/* Stakes, bonds, delegation and validators: what each kind moves, and each of its refusals in the order of api 2.9. */
#include "staking_fixture.h"

static struct town town;

static void what_is_staked_comes_back_after_unbonding(void)
{
    staking_town(&town, 1);
    const struct person *p = &town.people[0];
    CHECK_U64(town_do(&town, p, KIND_ALPHA_STAKE, PAY_AMOUNT(5000)).code, CODE_NONE);
    CHECK_U64(town_free(&town, 0), PEOPLE_BALANCE - 2000 - 5000);
    CHECK_U64(held(&town).staked.units, 5000);
    CHECK_U64(account_at(&town, &p->address).staked.units, 5000);
    CHECK_U64(weight_of(&town, &p->address), 5000);
    CHECK_U64(town_do(&town, p, KIND_ALPHA_UNSTAKE, PAY_AMOUNT(2000)).code, CODE_NONE);
    const uint32_t release = ledger_height(town.state) + 10;
    struct account_view view = account_at(&town, &p->address);
    CHECK_U64(view.staked.units, 3000);
    CHECK_U64(view.unbonding_count, 1);
    CHECK_U64(view.unbonding[0].amount.units, 2000);
    CHECK_U64(view.unbonding[0].release_height, release);
    CHECK_U64(weight_of(&town, &p->address), 3000);
    const u128 before = town_free(&town, 0);
    while (ledger_height(town.state) + 1 < release) town_pass(&town, 1);
    CHECK_U64(town_free(&town, 0), before);
    CHECK_U64(held(&town).unbonding.units, 2000);
    town_pass(&town, 1);
    CHECK_U64(town_free(&town, 0), before + 2000);
    CHECK_U64(held(&town).unbonding.units, 0);
    CHECK_U64(account_at(&town, &p->address).unbonding_count, 0);
    town_done(&town);
}

static void more_than_is_staked_is_not_unstaked(void)
{
    staking_town(&town, 1);
    const struct person *p = &town.people[0];
    struct receipt receipt = town_do(&town, p, KIND_ALPHA_STAKE, PAY_AMOUNT(PEOPLE_BALANCE));
    CHECK_U64(receipt.code, CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(receipt.field, RECEIPT_FIELD_AMOUNT);
    CHECK_U64(town_do(&town, p, KIND_ALPHA_STAKE, PAY_AMOUNT(5000)).code, CODE_NONE);
    receipt = town_do(&town, p, KIND_ALPHA_UNSTAKE, PAY_AMOUNT(5001));
    CHECK_U64(receipt.code, CODE_INSUFFICIENT_STAKE);
    CHECK_U64(receipt.field, RECEIPT_FIELD_AMOUNT);
    CHECK_U64(receipt.available.units, 5000);
    CHECK_U64(receipt.required.units, 5001);
    CHECK_U64(town_do(&town, &town.people[1], KIND_ALPHA_UNSTAKE, PAY_AMOUNT(1)).code, CODE_INSUFFICIENT_STAKE);
    CHECK_U64(held(&town).staked.units, 5000);
    town_done(&town);
}

static void a_bond_needs_a_validator_then_stake(void)
{
    staking_town(&town, 2);
    const struct person *p = &town.people[0];
    const struct address v = town.validators[1].address;
    CHECK_U64(town_do(&town, p, KIND_BOND, PAY_BOND(p->address, 1)).code, CODE_VALIDATOR_NOT_FOUND);
    struct receipt receipt = town_do(&town, p, KIND_BOND, PAY_BOND(v, 1));
    CHECK_U64(receipt.code, CODE_INSUFFICIENT_STAKE);
    CHECK_U64(receipt.field, RECEIPT_FIELD_AMOUNT);
    CHECK_U64(town_do(&town, p, KIND_ALPHA_STAKE, PAY_AMOUNT(5000)).code, CODE_NONE);
    CHECK_U64(town_do(&town, p, KIND_BOND, PAY_BOND(v, 4000)).code, CODE_NONE);
    CHECK_U64(town_do(&town, p, KIND_BOND, PAY_BOND(v, 1001)).code, CODE_INSUFFICIENT_STAKE);
    struct account_view view = account_at(&town, &p->address);
    CHECK_U64(view.staked.units, 1000);
    CHECK_U64(view.bonded_count, 1);
    CHECK(address_eq(&view.bonded[0].validator, &v) && view.bonded[0].amount.units == 4000);
    CHECK_U64(weight_of(&town, &p->address), 5000);
    CHECK_U64(validator_at(&town, &v).bonded.units, 14000);
    CHECK_U64(validator_at(&town, &v).self_bonded.units, 10000);
    CHECK_U64(town_do(&town, p, KIND_UNBOND, PAY_BOND(p->address, 1)).code, CODE_VALIDATOR_NOT_FOUND);
    CHECK_U64(town_do(&town, p, KIND_UNBOND, PAY_BOND(v, 4001)).code, CODE_INSUFFICIENT_STAKE);
    CHECK_U64(town_do(&town, p, KIND_UNBOND, PAY_BOND(town.validators[0].address, 1)).code, CODE_INSUFFICIENT_STAKE);
    CHECK_U64(town_do(&town, p, KIND_UNBOND, PAY_BOND(v, 4000)).code, CODE_NONE);
    CHECK_U64(validator_at(&town, &v).bonded.units, 10000);
    CHECK_U64(held(&town).unbonding.units, 4000);
    CHECK_U64(weight_of(&town, &p->address), 1000);
    town_done(&town);
}

static union payload registration(const struct person *key, const char *name, uint64_t stake)
{
    return (union payload){.validator_register = {key->key.pub, str_of(name), 500, AMOUNT(stake)}};
}

static void a_registration_is_refused_in_order(void)
{
    staking_town(&town, 1);
    const struct person *p = &town.people[0], *other = &town.people[1], v = validator_person(0);
    struct person key;
    person_init(&key, 5000);
    union payload r = registration(&key, "-", PEOPLE_BALANCE * 2ull);
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_REGISTER, &r).code, CODE_INSUFFICIENT_BALANCE);
    r = registration(&v, "-", 1); /* somebody else's key */
    struct receipt receipt = town_do(&town, p, KIND_VALIDATOR_REGISTER, &r);
    CHECK_U64(receipt.code, CODE_ALREADY_REGISTERED);
    CHECK_U64(receipt.field, RECEIPT_FIELD_CONSENSUS_KEY);
    static const char *const bad[] = {"", "a", "-abc", "abc-", "Abc", "a_b", "a b"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        r = registration(&key, bad[i], 1);
        CHECK_U64(town_do(&town, p, KIND_VALIDATOR_REGISTER, &r).code, CODE_INVALID_NAME);
    }
    r = registration(&key, "a-1", 9999);
    receipt = town_do(&town, p, KIND_VALIDATOR_REGISTER, &r);
    CHECK_U64(receipt.code, CODE_INSUFFICIENT_STAKE);
    CHECK_U64(receipt.field, RECEIPT_FIELD_STAKE);
    CHECK_U64(receipt.required.units, 10000);
    r = registration(&key, "a-1", 10000);
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_REGISTER, &r).code, CODE_NONE);
    receipt = town_do(&town, p, KIND_VALIDATOR_REGISTER, &r);
    CHECK_U64(receipt.code, CODE_ALREADY_REGISTERED);
    CHECK_U64(receipt.field, RECEIPT_FIELD_SENDER);
    CHECK_U64(town_do(&town, other, KIND_VALIDATOR_REGISTER, &r).code, CODE_ALREADY_REGISTERED);
    CHECK_U64(held(&town).bonded.units, 20000);
    town_done(&town);
}

static bool sits(const struct address *who)
{
    uint32_t index;
    struct committee *committee = ledger_next_committee(town.state, 1, 1);
    const bool found = committee_find(committee, who, &index);
    committee_unref(committee);
    return found;
}

/* PT-L-043: register, active, exit, unbond, all of it back. */
static void a_validator_comes_and_goes_with_its_stake(void)
{
    staking_town(&town, 1);
    const struct person *p = &town.people[0];
    struct person key;
    person_init(&key, 5000);
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_EXIT, PAY_NOTHING).code, CODE_NOT_IN_VALIDATOR_SET);
    union payload r = registration(&key, "new-one", 50000);
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_REGISTER, &r).code, CODE_NONE);
    CHECK(sits(&p->address));
    CHECK_U64(account_at(&town, &p->address).roles_count, 1);
    CHECK_U64(validator_at(&town, &p->address).commission_bps, 500);
    const union payload update = {.validator_update = {700, STR("newer")}};
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_UPDATE, &update).code, CODE_NONE);
    CHECK_U64(validator_at(&town, &p->address).commission_bps, 700);
    CHECK_STR(str_of(validator_at(&town, &p->address).name), STR("newer"));
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_UNJAIL, PAY_NOTHING).code, CODE_NONE); /* it is not jailed */
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_EXIT, PAY_NOTHING).code, CODE_NONE);
    CHECK(!sits(&p->address));
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_EXIT, PAY_NOTHING).code, CODE_NOT_IN_VALIDATOR_SET);
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_UPDATE, &update).code, CODE_NOT_IN_VALIDATOR_SET);
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_UNJAIL, PAY_NOTHING).code, CODE_NOT_IN_VALIDATOR_SET);
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_REGISTER, &r).code, CODE_ALREADY_REGISTERED); /* its bond is still there */
    CHECK_U64(town_do(&town, p, KIND_UNBOND, PAY_BOND(p->address, 50000)).code, CODE_NONE);
    const u128 before = town_free(&town, 0);
    town_pass(&town, 10);
    CHECK_U64(town_free(&town, 0), before + 50000);
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_REGISTER, &r).code, CODE_NONE); /* and may come again */
    CHECK(sits(&p->address));
    town_done(&town);
}

static void delegated_weight_counts_once_and_at_its_height(void)
{
    staking_town(&town, 1);
    const struct person *a = &town.people[0], *b = &town.people[1], *c = &town.people[2];
    const union payload to_a = {.vote_delegate = {a->address}}, to_b = {.vote_delegate = {b->address}},
                        to_c = {.vote_delegate = {c->address}};
    struct receipt receipt = town_do(&town, a, KIND_VOTE_DELEGATE, &to_a);
    CHECK_U64(receipt.code, CODE_INVALID_ADDRESS);
    CHECK_U64(receipt.field, RECEIPT_FIELD_TO);
    CHECK_U64(town_do(&town, a, KIND_VOTE_DELEGATE, &to_b).code, CODE_INSUFFICIENT_STAKE);
    CHECK_U64(town_do(&town, a, KIND_ALPHA_STAKE, PAY_AMOUNT(3000)).code, CODE_NONE);
    CHECK_U64(town_do(&town, b, KIND_ALPHA_STAKE, PAY_AMOUNT(500)).code, CODE_NONE);
    const uint32_t before = ledger_height(town.state);
    CHECK_U64(town_do(&town, a, KIND_VOTE_DELEGATE, &to_b).code, CODE_NONE);
    CHECK_U64(weight_of(&town, &a->address), 0);
    CHECK_U64(weight_of(&town, &b->address), 3500);
    CHECK(account_at(&town, &a->address).delegate.has);
    CHECK_U64(town_do(&town, b, KIND_VOTE_DELEGATE, &to_c).code, CODE_NONE); /* its own 500: what came to it stays */
    CHECK_U64(weight_of(&town, &b->address), 3000);
    CHECK_U64(weight_of(&town, &c->address), 500);
    CHECK_U64(town_do(&town, a, KIND_ALPHA_STAKE, PAY_AMOUNT(100)).code, CODE_NONE); /* follows */
    CHECK_U64(weight_of(&town, &b->address), 3100);
    const uint32_t middle = ledger_height(town.state);
    CHECK_U64(town_do(&town, a, KIND_VOTE_DELEGATE, &to_c).code, CODE_NONE); /* moves */
    CHECK_U64(weight_of(&town, &b->address), 0);
    CHECK_U64(weight_of(&town, &c->address), 3600);
    CHECK_U64(town_do(&town, a, KIND_VOTE_UNDELEGATE, PAY_NOTHING).code, CODE_NONE);
    CHECK_U64(town_do(&town, b, KIND_VOTE_UNDELEGATE, PAY_NOTHING).code, CODE_NONE);
    CHECK_U64(town_do(&town, c, KIND_VOTE_UNDELEGATE, PAY_NOTHING).code, CODE_NONE); /* nothing to take back */
    CHECK_U64(weight_of(&town, &a->address), 3100);
    CHECK_U64(weight_of(&town, &b->address), 500);
    CHECK_U64(weight_of(&town, &c->address), 0);
    const struct ordmap *objects = ledger_objects(town.state);
    CHECK_U64(staking_weight_at(objects, &a->address, before).units, 3000);
    CHECK_U64(staking_weight_at(objects, &b->address, before).units, 500);
    CHECK_U64(staking_weight_at(objects, &b->address, middle).units, 3100);
    CHECK_U64(staking_weight_at(objects, &a->address, 0).units, 0);
    CHECK_U64(staking_total_weight_at(objects, 0).units, 10000);
    CHECK_U64(staking_total_weight_at(objects, before).units, 13500);
    CHECK_U64(staking_total_weight_at(objects, ledger_height(town.state)).units, 13600);
    town_done(&town);
}

/* However long it goes on, an account's history is as long as somebody may ask. */
static void old_weights_are_forgotten_and_recent_ones_never(void)
{
    struct params params = staking_params();
    params.voting_delay_blocks = params.timelock_blocks = 0;
    params.voting_period_blocks = 5;
    params.epoch_blocks = 4;
    params.min_fee_base = params.min_fee_per_byte = 0;
    staking_town_params(&town, 1, &params);
    const struct person *p = &town.people[0];
    u128 at[200] = {0};
    for (uint64_t i = 1; i < 200; i++) {
        CHECK_U64(town_do(&town, p, KIND_ALPHA_STAKE, PAY_AMOUNT(i)).code, CODE_NONE);
        at[i] = at[i - 1] + i;
        for (uint32_t back = 0; back <= 10 && back < i; back++)
            CHECK_U64(staking_weight_at(ledger_objects(town.state), &p->address, (uint32_t)(i - back)).units, at[i - back]);
    }
    CHECK(ledger_objects(town.state)->count < 300); /* parameters, rewards of 50 epochs, and not 400 weights */
    town_done(&town);
}

static void delta_stakes_its_own_token(void)
{
    struct params params = staking_params();
    memset(&town, 0, sizeof(town));
    town.rules.domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET);
    person_init(&town.people[0], 1);
    const struct person v = validator_person(0), *p = &town.people[0];
    town.validators[0] = (struct ledger_validator){.address = v.address, .consensus_key = v.key.pub};
    const struct ledger_grant grant = {p->address, {TOKEN_DX, AMOUNT(100000)}};
    const struct ledger_genesis genesis = {&params, &grant, 1, town.validators, 1, AMOUNT(0)};
    struct err err;
    town.state = ledger_genesis(&town.rules, &genesis, &err);
    CHECK(town.state != NULL);
    struct tx *txs[] = {kind_tx(&town, p, 0, KIND_DELTA_STAKE, PAY_AMOUNT(5000)),
                        kind_tx(&town, p, 1, KIND_DELTA_UNSTAKE, PAY_AMOUNT(1000))};
    struct ledger_result *result = town_run(&town, NULL, txs, 2);
    CHECK_U64(result->succeeded, 2);
    ledger_result_unref(result);
    struct supply supply, walked;
    ledger_supply(town.state, &supply);
    CHECK(ledger_supply_walk(town.state, &walked));
    for (size_t i = 0; i < supply.tokens_count; i++) {
        CHECK(supply.tokens[i].ok && walked.tokens[i].ok);
        CHECK_U64(supply.tokens[i].staked.units, supply.tokens[i].token == TOKEN_DX ? 4000 : 0);
        CHECK_U64(walked.tokens[i].unbonding.units, supply.tokens[i].token == TOKEN_DX ? 1000 : 0);
        CHECK_U64(supply.tokens[i].bonded.units, 0);
    }
    CHECK_U64(weight_of(&town, &p->address), 4000);
    town_done(&town);
}

/* A failed transaction leaves nothing of what its kind did before it failed. */
static void a_refused_registration_takes_nothing_but_the_fee(void)
{
    staking_town(&town, 1);
    const struct person *p = &town.people[0];
    struct person key;
    person_init(&key, 5000);
    const union payload r = registration(&key, "UPPER", 20000);
    const u128 before = town_free(&town, 0);
    CHECK_U64(town_do(&town, p, KIND_VALIDATOR_REGISTER, &r).code, CODE_INVALID_NAME);
    CHECK_U64(town_free(&town, 0), before - 2000);
    CHECK_U64(ledger_validators_count(town.state), 1);
    town_done(&town);
}

int main(void)
{
    RUN(what_is_staked_comes_back_after_unbonding);
    RUN(more_than_is_staked_is_not_unstaked);
    RUN(a_bond_needs_a_validator_then_stake);
    RUN(a_registration_is_refused_in_order);
    RUN(a_validator_comes_and_goes_with_its_stake);
    RUN(delegated_weight_counts_once_and_at_its_height);
    RUN(old_weights_are_forgotten_and_recent_ones_never);
    RUN(delta_stakes_its_own_token);
    RUN(a_refused_registration_takes_nothing_but_the_fee);
    return 0;
}
