/* Tries to make blocks execute otherwise than the rules say: genesis, transfers, batches, fees, nonces, verdicts, roots. */
#include "core/crypto/merkle.h"
#include "network/ledger/test/fixture.h"

static void genesis_holds_what_it_was_given(void)
{
    static struct town town;
    town_init(&town, 4);
    static struct supply supply;
    ledger_supply(town.state, &supply);
    const u128 stake = town.params.genesis_stake;
    CHECK(supply.tokens[0].genesis.units == (u128)PEOPLE * PEOPLE_BALANCE + 4 * stake + 5000);
    CHECK(supply.tokens[0].free.units == (u128)PEOPLE * PEOPLE_BALANCE);
    CHECK(supply.tokens[0].bonded.units == 4 * stake);
    CHECK(supply.tokens[0].treasury.units == 5000);
    town_check_supply(&town, true);
    CHECK(town_free(&town, 7) == PEOPLE_BALANCE);
    CHECK_U64(town_account(&town, 7).nonce, 0);
    CHECK_U64(ledger_validators_count(town.state), 4);
    struct ledger_validator v;
    CHECK(ledger_validator_find(town.state, &town.validators[2].address, &v));
    CHECK(v.self_bonded.units == stake);
    CHECK_STR(str_of(v.name), STR("v3"));
    CHECK(!ledger_validator_find(town.state, &town.people[0].address, &v));
    town_done(&town);
}

static void genesis_does_not_depend_on_the_order_of_its_lists(void)
{
    static struct town a, b;
    town_init(&a, 4);
    town_init(&b, 4);
    static struct ledger_grant grants[PEOPLE + 1];
    for (size_t i = 0; i < PEOPLE; i++)
        grants[i] =
            (struct ledger_grant){b.people[PEOPLE - 1 - i].address, {TOKEN_AX, AMOUNT(PEOPLE_BALANCE - (i == 3 ? 5 : 0))}};
    grants[PEOPLE] = (struct ledger_grant){b.people[PEOPLE - 4].address, {TOKEN_AX, AMOUNT(5)}};
    struct ledger_validator backwards[4] = {b.validators[3], b.validators[1], b.validators[2], b.validators[0]};
    const struct ledger_genesis genesis = {&b.params, grants, PEOPLE + 1, backwards, 4, AMOUNT(5000)};
    struct err err;
    struct ledger_state *state = ledger_genesis(&b.rules, &genesis, &err);
    const struct hash one = ledger_state_root(a.state), other = ledger_state_root(state);
    CHECK(hash_eq(&one, &other));
    ledger_state_unref(state);
    town_done(&a);
    town_done(&b);
}

static void what_genesis_stakes_and_deposits_is_part_of_the_supply(void)
{
    static struct town town;
    town_init(&town, 2);
    const struct ledger_stake stakes[3] = {{town.people[0].address, AMOUNT(700)}, {town.people[1].address, AMOUNT(40)}, {town.people[0].address, AMOUNT(2)}};
    const struct ledger_governor governors[2] = {{town.people[1].address, AMOUNT(0)}, {town.people[2].address, AMOUNT(12345678)}};
    struct ledger_genesis genesis = {.params = &town.params, .validators = town.validators, .validators_count = 2, .stakes = stakes, .stakes_count = 3,
                                     .governors = governors, .governors_count = 2};
    struct supply kept, walked;
    struct err err;
    struct ledger_state *state = ledger_genesis(&town.rules, &genesis, &err);
    CHECK(state != NULL);
    ledger_supply(state, &kept);
    CHECK(ledger_supply_walk(state, &walked));
    const struct supply_token *ax = &kept.tokens[0], *again = &walked.tokens[0];
    CHECK_U64((uint64_t)ax->staked.units, 742);
    CHECK_U64((uint64_t)ax->deposits.units, town.params.min_governor_deposit + 12345678);
    CHECK(amount_eq(ax->staked, again->staked) && amount_eq(ax->deposits, again->deposits) && amount_eq(ax->genesis, again->genesis));
    CHECK_U64((uint64_t)ax->genesis.units, 742 + town.params.min_governor_deposit + 12345678 + 2 * town.params.genesis_stake);
    ledger_state_unref(state);
    const struct ledger_governor twice[2] = {governors[0], governors[0]};
    genesis.governors = twice;
    CHECK(ledger_genesis(&town.rules, &genesis, &err) == NULL);
    CHECK_U64(err.code, ERR_CONFLICT);
    town_done(&town);
}

static void an_impossible_genesis_is_refused(void)
{
    static struct town town;
    town_init(&town, 1);
    struct err err;
    const struct ledger_grant foreign = {town.people[0].address, {TOKEN_DX, AMOUNT(1)}};
    const struct ledger_grant huge[2] = {{town.people[0].address, {TOKEN_AX, AMOUNT_MAX}},
                                         {town.people[1].address, {TOKEN_AX, AMOUNT(1)}}};
    const struct ledger_validator twice[2] = {town.validators[0], town.validators[0]};
    struct ledger_genesis genesis = {.params = &town.params, .grants = &foreign, .grants_count = 1};
    CHECK(ledger_genesis(&town.rules, &genesis, &err) == NULL);
    CHECK_U64(err.code, ERR_UNSUPPORTED);
    genesis = (struct ledger_genesis){.params = &town.params, .grants = huge, .grants_count = 2};
    CHECK(ledger_genesis(&town.rules, &genesis, &err) == NULL);
    CHECK_U64(err.code, ERR_LIMIT);
    genesis = (struct ledger_genesis){.params = &town.params, .validators = twice, .validators_count = 2};
    CHECK(ledger_genesis(&town.rules, &genesis, &err) == NULL);
    CHECK_U64(err.code, ERR_CONFLICT);
    genesis = (struct ledger_genesis){
        .params = &town.params, .grants = huge, .grants_count = 1, .validators = twice, .validators_count = 1};
    CHECK(ledger_genesis(&town.rules, &genesis, &err) == NULL);
    CHECK_U64(err.code, ERR_LIMIT);
    town_done(&town);
}

static void a_transfer_moves_money_and_pays_the_proposer(void)
{
    static struct town town;
    town_init(&town, 2);
    struct tx *txs[] = {town_pay(&town, 0, 1, 0, 250, 7)};
    struct ledger_result *result = town_run(&town, NULL, txs, 1);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    CHECK_U64(result->succeeded, 1);
    CHECK(receipt_success(&result->receipts[0]));
    CHECK(result->receipts[0].fee_charged.units == 1007);
    CHECK(town_free(&town, 0) == PEOPLE_BALANCE - 250 - 1007);
    CHECK(town_free(&town, 1) == PEOPLE_BALANCE + 250);
    CHECK_U64(town_account(&town, 0).nonce, 1);
    CHECK_U64(town_account(&town, 1).nonce, 0);
    struct ledger_validator v;
    CHECK(ledger_validator_find(town.state, &town.validators[0].address, &v));
    CHECK(v.pending_rewards.units == 1007);
    CHECK(ledger_validator_find(town.state, &town.validators[1].address, &v));
    CHECK(v.pending_rewards.units == 0);
    town_check_supply(&town, true);
    ledger_result_unref(result);
    town_done(&town);
}

static void a_transfer_to_oneself_costs_only_the_fee(void)
{
    static struct town town;
    town_init(&town, 1);
    struct tx *txs[] = {town_pay(&town, 3, 3, 0, PEOPLE_BALANCE - 1000, 0)};
    struct ledger_result *result = town_run(&town, NULL, txs, 1);
    CHECK_U64(result->succeeded, 1);
    CHECK(town_free(&town, 3) == PEOPLE_BALANCE - 1000);
    town_check_supply(&town, true);
    ledger_result_unref(result);
    town_done(&town);
}

static void a_failed_transfer_still_pays_and_uses_its_nonce(void)
{
    static struct town town;
    town_init(&town, 1);
    struct tx *txs[] = {town_pay(&town, 0, 1, 0, PEOPLE_BALANCE, 0), town_pay(&town, 0, 1, 1, 5, 0)};
    struct ledger_result *result = town_run(&town, NULL, txs, 2);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    CHECK_U64(result->succeeded, 1);
    CHECK_U64(result->receipts[0].code, CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(result->receipts[0].field, RECEIPT_FIELD_AMOUNT);
    CHECK(result->receipts[0].available.units == PEOPLE_BALANCE);
    CHECK(result->receipts[0].required.units == PEOPLE_BALANCE + 1000);
    CHECK(result->receipts[0].fee_charged.units == 1000);
    CHECK(town_free(&town, 0) == PEOPLE_BALANCE - 2005);
    CHECK_U64(town_account(&town, 0).nonce, 2);
    town_check_supply(&town, true);
    ledger_result_unref(result);
    town_done(&town);
}

static struct tx *batch(const struct town *town, size_t from, uint64_t nonce, const struct tx_output *outputs, uint16_t count)
{
    struct tx_spec spec = town_spec(town, nonce);
    spec.kind = KIND_ALPHA_BATCH_TRANSFER;
    spec.outputs = outputs;
    spec.outputs_count = count;
    return town_sign(town, from, &spec);
}

static void a_batch_pays_all_or_nobody(void)
{
    static struct town town;
    town_init(&town, 1);
    const struct tx_output good[] = {
        {town.people[1].address, AMOUNT(10)}, {town.people[2].address, AMOUNT(20)}, {town.people[1].address, AMOUNT(30)}};
    const struct tx_output dear[] = {{town.people[1].address, AMOUNT(10)}, {town.people[2].address, AMOUNT(PEOPLE_BALANCE)}};
    const struct tx_output huge[] = {{town.people[1].address, AMOUNT_MAX}, {town.people[2].address, AMOUNT_MAX}};
    struct tx *txs[] = {batch(&town, 0, 0, good, 3), batch(&town, 0, 1, dear, 2), batch(&town, 0, 2, huge, 2)};
    struct ledger_result *result = town_run(&town, NULL, txs, 3);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    CHECK_U64(result->receipts[0].code, CODE_NONE);
    CHECK_U64(result->receipts[1].code, CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(result->receipts[1].field, RECEIPT_FIELD_OUTPUTS);
    CHECK_U64(result->receipts[2].code, CODE_INSUFFICIENT_BALANCE);
    CHECK(amount_eq(result->receipts[2].required, AMOUNT_MAX));
    CHECK(town_free(&town, 0) == PEOPLE_BALANCE - 60 - 3000);
    CHECK(town_free(&town, 1) == PEOPLE_BALANCE + 40);
    CHECK(town_free(&town, 2) == PEOPLE_BALANCE + 20);
    town_check_supply(&town, true);
    ledger_result_unref(result);
    town_done(&town);
}

static void a_foreign_token_fails_in_its_block(void)
{
    static struct town town;
    town_init(&town, 1);
    struct tx_spec spec = town_spec(&town, 0);
    spec.token = TOKEN_SAX;
    struct tx *txs[] = {town_sign(&town, 0, &spec)};
    struct ledger_result *result = town_run(&town, NULL, txs, 1);
    CHECK_U64(result->receipts[0].code, CODE_INVALID_TOKEN_FOR_CHAIN);
    CHECK_U64(result->receipts[0].field, RECEIPT_FIELD_TOKEN);
    CHECK(town_free(&town, 0) == PEOPLE_BALANCE - 1000);
    ledger_result_unref(result);
    town_done(&town);
}

static void check_verdict(struct town *town, struct tx *first, struct tx *second, enum ledger_verdict verdict)
{
    const struct hash before = ledger_state_root(town->state);
    struct tx *txs[] = {first, second};
    struct ledger_result *result = town_run(town, NULL, txs, 2);
    CHECK_U64(result->verdict, verdict);
    CHECK_U64(result->failed_index, 1);
    CHECK(result->state == NULL);
    CHECK_U64(result->transaction_count, 0);
    const struct hash after = ledger_state_root(town->state);
    CHECK(hash_eq(&before, &after));
    ledger_result_unref(result);
}

static void what_may_not_be_included_makes_the_block_invalid(void)
{
    static struct town town;
    town_init(&town, 1);
    check_verdict(&town, town_pay(&town, 0, 1, 0, 1, 0), town_pay(&town, 0, 1, 0, 1, 1), LEDGER_NONCE);
    check_verdict(&town, town_pay(&town, 0, 1, 0, 1, 0), town_pay(&town, 0, 1, 2, 1, 0), LEDGER_NONCE);
    check_verdict(&town, town_pay(&town, 0, 1, 0, PEOPLE_BALANCE - 1999, 0), town_pay(&town, 0, 1, 1, 1, 0), LEDGER_CANNOT_PAY);
    check_verdict(&town, town_pay(&town, 0, 1, 0, 1, 0), town_pay(&town, 0, 1, 1, 1, U128_MAX), LEDGER_CANNOT_PAY);
    struct tx_spec spec = town_spec(&town, 1);
    spec.domain.network_id = 8;
    check_verdict(&town, town_pay(&town, 0, 1, 0, 1, 0), town_sign(&town, 0, &spec), LEDGER_FOREIGN);
    struct tx *unknown = town_pay(&town, 0, 1, 1, 1, 0);
    unknown->kind = 0x01ff;
    check_verdict(&town, town_pay(&town, 0, 1, 0, 1, 0), unknown, LEDGER_FOREIGN);
    town_done(&town);
}

static void a_transaction_is_included_up_to_its_last_height(void)
{
    static struct town town;
    town_init(&town, 1);
    struct tx_spec spec = town_spec(&town, 0);
    spec.valid_until = 1;
    struct tx *txs[] = {town_sign(&town, 0, &spec)};
    struct ledger_result *result = town_run(&town, NULL, txs, 1);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    ledger_result_unref(result);
    spec.nonce = 1;
    check_verdict(&town, town_pay(&town, 5, 1, 0, 1, 0), town_sign(&town, 0, &spec), LEDGER_EXPIRED);
    town_done(&town);
}

static void a_block_beyond_its_room_is_invalid(void)
{
    static struct town town;
    town_init(&town, 1);
    const struct ledger_setting small[] = {{param_find(STR("max_block_transactions")), 2}};
    const struct ledger_orders orders = {.settings = small, .settings_count = 1};
    struct ledger_result *result = town_run(&town, &orders, NULL, 0);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    CHECK_U64(ledger_params(town.state)->max_block_transactions, 2);
    ledger_result_unref(result);
    struct tx *txs[3];
    for (size_t i = 0; i < 3; i++) txs[i] = town_pay(&town, 0, 1, i, 1, 0);
    result = town_run(&town, NULL, txs, 3);
    CHECK_U64(result->verdict, LEDGER_TOO_MANY);
    CHECK_U64(result->failed_index, UINT32_MAX);
    ledger_result_unref(result);
    town_done(&town);
}

static void a_block_of_a_stranger_or_out_of_height_is_invalid(void)
{
    static struct town town;
    town_init(&town, 1);
    struct ledger_frame frame = town_frame(&town);
    frame.proposer = town.people[0].address;
    struct ledger_result *result = ledger_execute(&town.rules, town.state, &frame, NULL, NULL, 0);
    CHECK_U64(result->verdict, LEDGER_UNKNOWN_PROPOSER);
    ledger_result_unref(result);
    frame = town_frame(&town);
    frame.height++;
    result = ledger_execute(&town.rules, town.state, &frame, NULL, NULL, 0);
    CHECK_U64(result->verdict, LEDGER_WRONG_HEIGHT);
    ledger_result_unref(result);
    town_done(&town);
}

static void an_empty_block_changes_nothing_but_the_clock(void)
{
    static struct town town;
    town_init(&town, 1);
    struct supply before, after;
    ledger_supply(town.state, &before);
    struct ledger_result *result = town_run(&town, NULL, NULL, 0);
    ledger_supply(town.state, &after);
    before.height = after.height;
    CHECK(memcmp(&before, &after, sizeof(before)) == 0);
    CHECK_U64(ledger_height(town.state), 1);
    CHECK(ledger_round(town.state) > 0 && ledger_timestamp_ms(town.state) > 0);
    CHECK(hash_is_zero(&result->transactions_root) && hash_is_zero(&result->receipts_root) &&
          hash_is_zero(&result->messages_root));
    ledger_result_unref(result);
    town_done(&town);
}

static void the_faucet_creates_supply_and_records_it(void)
{
    static struct town town;
    town_init(&town, 1);
    struct person stranger;
    person_init(&stranger, 5555);
    const struct ledger_grant grants[] = {{stranger.address, {TOKEN_AX, AMOUNT(77)}},
                                          {stranger.address, {TOKEN_DX, AMOUNT(77)}},
                                          {stranger.address, {TOKEN_AX, AMOUNT_MAX}},
                                          {stranger.address, {TOKEN_AX, AMOUNT(3)}}};
    const struct ledger_orders orders = {.grants = grants, .grants_count = 4};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    struct ledger_account account;
    ledger_account_get(town.state, &stranger.address, &account);
    CHECK(account.exists);
    CHECK(account.balances[TOKEN_AX - 1].free.units == 80);
    CHECK(account.balances[TOKEN_DX - 1].free.units == 0);
    static struct supply supply;
    ledger_supply(town.state, &supply);
    CHECK(supply.tokens[0].faucet_minted.units == 80);
    town_check_supply(&town, true);
    town_done(&town);
}

static void a_parameter_out_of_bounds_is_not_set(void)
{
    static struct town town;
    town_init(&town, 1);
    const struct param_row *row = param_find(STR("epoch_blocks"));
    const struct ledger_setting settings[] = {{row, 20}, {row, row->max + 1}};
    const struct ledger_orders orders = {.settings = settings, .settings_count = row->max < UINT64_MAX ? 2 : 1};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    CHECK_U64(ledger_params(town.state)->epoch_blocks, 20);
    town_done(&town);
}

static void roots_are_those_of_the_contract(void)
{
    static struct town town;
    town_init(&town, 1);
    struct tx *txs[] = {town_pay(&town, 0, 1, 0, PEOPLE_BALANCE, 0), town_pay(&town, 2, 1, 0, 5, 0),
                        town_pay(&town, 3, 1, 0, 5, 0)};
    struct hash ids[3], leaves[3];
    for (size_t i = 0; i < 3; i++) ids[i] = txs[i]->id;
    struct ledger_result *result = town_run(&town, NULL, txs, 3);
    for (size_t i = 0; i < 3; i++) leaves[i] = merkle_leaf(&ids[i], 32);
    struct hash root = merkle_root_of(leaves, 3);
    CHECK(hash_eq(&root, &result->transactions_root));
    for (size_t i = 0; i < 3; i++) {
        uint8_t leaf[RECEIPT_LEAF_BYTES_MAX];
        const size_t bytes = receipt_leaf(&ids[i], &result->receipts[i], leaf);
        leaves[i] = merkle_leaf(leaf, bytes);
    }
    root = merkle_root_of(leaves, 3);
    CHECK(hash_eq(&root, &result->receipts_root));
    root = statemap_root(ledger_statemap(town.state));
    CHECK(hash_eq(&root, &result->state_root));
    ledger_result_unref(result);
    town_done(&town);
}

static void the_largest_committee_wins_ties_by_address(void)
{
    static struct town town;
    town_init(&town, 0);
    struct ledger_validator v[4] = {0};
    for (size_t i = 0; i < 4; i++) {
        v[i].address = town.people[i].address;
        v[i].consensus_key = town.people[i].key.pub;
        v[i].bonded = v[i].self_bonded = AMOUNT(i == 0 ? 30000000 : 20000000);
    }
    v[1].jailed = true;
    town.params.max_validators = 2;
    const struct ledger_genesis genesis = {.params = &town.params, .validators = v, .validators_count = 4};
    struct err err;
    ledger_state_unref(town.state);
    town.state = ledger_genesis(&town.rules, &genesis, &err);
    CHECK(town.state != NULL);
    struct committee *committee = ledger_next_committee(town.state, 7, 700);
    CHECK_U64(committee->count, 2);
    CHECK_U64(committee->epoch, 7);
    CHECK_U64(committee->start_round, 700);
    uint32_t index;
    CHECK(committee_find(committee, &v[0].address, &index));
    const struct address *first = address_cmp(&v[2].address, &v[3].address) < 0 ? &v[2].address : &v[3].address;
    CHECK(committee_find(committee, first, &index));
    CHECK(!committee_find(committee, &v[1].address, &index));
    committee_unref(committee);
    town_done(&town);
    town_init(&town, 0);
    CHECK(ledger_next_committee(town.state, 1, 1) == NULL);
    town_done(&town);
}

/* ---- what each switch lets through ---- */

static void with_no_balance_check_money_comes_from_nothing_and_shows(void)
{
    static struct town town;
    town_init(&town, 1);
    weakness_put(&town.rules.weak, WEAKNESS_SKIP_BALANCE_CHECK, true);
    struct tx *txs[] = {town_pay(&town, 0, 1, 0, 2 * PEOPLE_BALANCE, 0)};
    struct ledger_result *result = town_run(&town, NULL, txs, 1);
    CHECK_U64(result->succeeded, 1);
    CHECK(town_free(&town, 1) == 3 * PEOPLE_BALANCE);
    CHECK(town_free(&town, 0) == (u128)0 - PEOPLE_BALANCE - 1000);
    town_check_supply(&town, false);
    ledger_result_unref(result);
    town_done(&town);
}

static void with_wrapping_arithmetic_money_comes_from_nothing_and_shows(void)
{
    static struct town town;
    town_init(&town, 1);
    struct tx *txs[] = {town_pay(&town, 0, 1, 0, (u128)1 << 64, 0)};
    weakness_put(&town.rules.weak, WEAKNESS_WRAPPING_ARITHMETIC, true);
    struct ledger_result *result = town_run(&town, NULL, txs, 1);
    CHECK_U64(result->succeeded, 1);
    CHECK(town_free(&town, 0) == PEOPLE_BALANCE - 1000);
    CHECK(town_free(&town, 1) == PEOPLE_BALANCE + ((u128)1 << 64));
    town_check_supply(&town, false);
    ledger_result_unref(result);
    town_done(&town);
}

static void with_no_nonce_uniqueness_a_nonce_runs_twice(void)
{
    static struct town town;
    town_init(&town, 1);
    weakness_put(&town.rules.weak, WEAKNESS_NO_NONCE_UNIQUENESS, true);
    struct tx *txs[] = {town_pay(&town, 0, 1, 0, 1, 0), town_pay(&town, 0, 2, 0, 1, 0)};
    struct ledger_result *result = town_run(&town, NULL, txs, 2);
    CHECK_U64(result->succeeded, 2);
    CHECK_U64(town_account(&town, 0).nonce, 1);
    ledger_result_unref(result);
    struct tx *gap[] = {town_pay(&town, 0, 1, 9, 1, 0)};
    result = town_run(&town, NULL, gap, 1);
    CHECK_U64(result->verdict, LEDGER_NONCE);
    ledger_result_unref(result);
    town_done(&town);
}

static void with_token_alias_a_foreign_token_spends_the_own_one(void)
{
    static struct town town;
    town_init(&town, 1);
    weakness_put(&town.rules.weak, WEAKNESS_TOKEN_ALIAS, true);
    struct tx_spec spec = town_spec(&town, 0);
    spec.token = TOKEN_SAX;
    struct tx *txs[] = {town_sign(&town, 0, &spec)};
    struct ledger_result *result = town_run(&town, NULL, txs, 1);
    CHECK_U64(result->succeeded, 1);
    CHECK(town_free(&town, 1) == PEOPLE_BALANCE + 10);
    ledger_result_unref(result);
    town_done(&town);
}

int main(void)
{
    RUN(genesis_holds_what_it_was_given);
    RUN(genesis_does_not_depend_on_the_order_of_its_lists);
    RUN(what_genesis_stakes_and_deposits_is_part_of_the_supply);
    RUN(an_impossible_genesis_is_refused);
    RUN(a_transfer_moves_money_and_pays_the_proposer);
    RUN(a_transfer_to_oneself_costs_only_the_fee);
    RUN(a_failed_transfer_still_pays_and_uses_its_nonce);
    RUN(a_batch_pays_all_or_nobody);
    RUN(a_foreign_token_fails_in_its_block);
    RUN(what_may_not_be_included_makes_the_block_invalid);
    RUN(a_transaction_is_included_up_to_its_last_height);
    RUN(a_block_beyond_its_room_is_invalid);
    RUN(a_block_of_a_stranger_or_out_of_height_is_invalid);
    RUN(an_empty_block_changes_nothing_but_the_clock);
    RUN(the_faucet_creates_supply_and_records_it);
    RUN(a_parameter_out_of_bounds_is_not_set);
    RUN(roots_are_those_of_the_contract);
    RUN(the_largest_committee_wins_ties_by_address);
    RUN(with_no_balance_check_money_comes_from_nothing_and_shows);
    RUN(with_wrapping_arithmetic_money_comes_from_nothing_and_shows);
    RUN(with_no_nonce_uniqueness_a_nonce_runs_twice);
    RUN(with_token_alias_a_foreign_token_spends_the_own_one);
    return 0;
}
