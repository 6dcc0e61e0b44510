/* A small network for tests: accounts with simulated keys, one validator unless said otherwise. */
#ifndef LEDGER_TEST_FIXTURE_H
#define LEDGER_TEST_FIXTURE_H

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/base/vec.h"
#include "network/ledger/ledger.h"

enum { PEOPLE = 64, PEOPLE_BALANCE = 1000000 };

struct person {
    struct seckey key;
    struct address address;
};

struct town {
    struct ledger_rules rules;
    struct params params;
    struct person people[PEOPLE];
    struct ledger_validator validators[4];
    size_t validators_count;
    struct ledger_state *state;
};

#define SIM ((struct sign_suite){SIGN_SIMULATED})
#define TOWN_TIME UINT64_C(1767225600000)

static inline void person_init(struct person *person, uint64_t n)
{
    uint8_t seed[32] = {0};
    memcpy(seed, &n, sizeof(n));
    seckey_from_seed(SIM, seed, &person->key);
    person->address = address_of_key(&person->key.pub);
}

/* People each have PEOPLE_BALANCE; `validators` of the four bond the genesis stake. */
static inline void town_init_notes(struct town *town, size_t validators, const struct params *params, uint32_t shielded_notes)
{
    memset(town, 0, sizeof(*town));
    town->rules.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET);
    town->params = *params;
    static struct ledger_grant grants[PEOPLE];
    for (size_t i = 0; i < PEOPLE; i++) {
        person_init(&town->people[i], i + 1);
        grants[i] = (struct ledger_grant){town->people[i].address, {TOKEN_AX, AMOUNT(PEOPLE_BALANCE)}};
    }
    for (size_t i = 0; i < validators; i++) {
        struct person v;
        person_init(&v, 1000 + i);
        town->validators[i].address = v.address;
        town->validators[i].consensus_key = v.key.pub;
        snprintf(town->validators[i].name, sizeof(town->validators[i].name), "v%zu", i + 1);
    }
    town->validators_count = validators;
    const struct ledger_genesis genesis = {.params = &town->params,
                                           .grants = grants,
                                           .grants_count = PEOPLE,
                                           .validators = town->validators,
                                           .validators_count = validators,
                                           .treasury = AMOUNT(5000),
                                           .shielded_notes = shielded_notes};
    struct err err;
    town->state = ledger_genesis(&town->rules, &genesis, &err);
    if (town->state == NULL) CHECK_FAIL("%s", err.text);
}

static inline void town_init_params(struct town *town, size_t validators, const struct params *params)
{
    town_init_notes(town, validators, params, 0);
}

static inline void town_init(struct town *town, size_t validators)
{
    struct params params;
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    town_init_params(town, validators, &params);
}

static inline void town_done(struct town *town) { ledger_state_unref(town->state); }

static inline struct tx_spec town_spec(const struct town *town, uint64_t nonce)
{
    return (struct tx_spec){.domain = town->rules.domain,
                            .kind = KIND_ALPHA_TRANSFER,
                            .nonce = nonce,
                            .fee = AMOUNT(1000),
                            .token = TOKEN_AX,
                            .to = town->people[1].address,
                            .amount = AMOUNT(10)};
}

static inline struct tx *town_sign(const struct town *town, size_t from, const struct tx_spec *spec)
{
    static struct apierror error;
    struct tx *tx = tx_build(spec, SIM, &town->people[from].key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    return tx;
}

/* A transfer of `amount` with fee 1000 and `tip`. */
static inline struct tx *town_pay(const struct town *town, size_t from, size_t to, uint64_t nonce, u128 amount, u128 tip)
{
    struct tx_spec spec = town_spec(town, nonce);
    spec.to = town->people[to].address;
    spec.amount.units = amount;
    spec.tip.units = tip;
    return town_sign(town, from, &spec);
}

static inline struct ledger_frame town_frame(const struct town *town)
{
    const uint32_t height = ledger_height(town->state) + 1;
    return (struct ledger_frame){
        .height = height, .round = height, .timestamp_ms = TOWN_TIME + height * 500, .proposer = town->validators[0].address};
}

/* Runs a block of these transactions on the town's state, which moves on when the verdict is good. Releases the transactions. */
static inline struct ledger_result *town_run(struct town *town, const struct ledger_orders *orders, struct tx **txs, size_t count)
{
    const struct ledger_frame frame = town_frame(town);
    struct ledger_result *result = ledger_execute(&town->rules, town->state, &frame, orders, txs, count);
    for (size_t i = 0; i < count; i++) tx_unref(txs[i]);
    if (result->verdict == LEDGER_GOOD) {
        ledger_state_unref(town->state);
        town->state = ledger_state_ref(result->state);
    }
    return result;
}

static inline struct ledger_account town_account(const struct town *town, size_t person)
{
    struct ledger_account account;
    ledger_account_get(town->state, &town->people[person].address, &account);
    return account;
}
static inline u128 town_free(const struct town *town, size_t person)
{
    return town_account(town, person).balances[TOKEN_AX - 1].free.units;
}

/* The record adds up, and is what a walk over all entries finds. */
static inline void town_check_supply(const struct town *town, bool ok)
{
    static struct supply kept, walked;
    ledger_supply(town->state, &kept);
    CHECK(ledger_supply_walk(town->state, &walked));
    CHECK_U64(kept.tokens_count, 1);
    CHECK(kept.tokens[0].ok == ok);
    CHECK(amount_eq(kept.tokens[0].free, walked.tokens[0].free));
    CHECK(amount_eq(kept.tokens[0].bonded, walked.tokens[0].bonded));
    CHECK(amount_eq(kept.tokens[0].rewards, walked.tokens[0].rewards));
    CHECK(amount_eq(kept.tokens[0].treasury, walked.tokens[0].treasury));
    CHECK(amount_eq(kept.tokens[0].total, walked.tokens[0].total));
}

#endif
