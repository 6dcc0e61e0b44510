/* A town that stakes: any kind by its payload, one block a transaction, and what an account then has. */
#ifndef LEDGER_TEST_STAKING_FIXTURE_H
#define LEDGER_TEST_STAKING_FIXTURE_H

#include "fixture.h"
#include "network/ledger/family_priv.h"
#include "network/ledger/staking_view.h"

static struct sigcache *staking_cache; /* what evidence is checked with */

static inline struct person validator_person(size_t i)
{
    struct person person;
    person_init(&person, 1000 + i);
    return person;
}

static inline void staking_town_params(struct town *town, size_t validators, struct params *params)
{
    town_init_params(town, validators, params);
    if (staking_cache == NULL) staking_cache = sigcache_new(SIM, 1024);
    town->rules.verifier = verifier_of_cache(staking_cache);
    town->rules.peer = domain_of(CHAIN_DELTA, NETWORK_MAINNET);
}

/* Fees apart from their rewards: people are rich, an epoch long and a validator cheap, unless a test says otherwise. */
static inline struct params staking_params(void)
{
    struct params params;
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    params.genesis_stake = params.min_validator_stake = 10000;
    params.epoch_blocks = 20;
    params.unbonding_blocks = 10;
    params.epoch_reward = 1000;
    return params;
}
static inline void staking_town(struct town *town, size_t validators)
{
    struct params params = staking_params();
    staking_town_params(town, validators, &params);
}

static inline uint64_t nonce_of(const struct town *town, const struct person *person)
{
    struct ledger_account account;
    ledger_account_get(town->state, &person->address, &account);
    return account.nonce;
}

static inline struct tx *kind_tx(const struct town *town, const struct person *from, uint64_t nonce, enum kind kind,
                                 const union payload *payload)
{
    static struct apierror error;
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {
        .domain = town->rules.domain, .kind = kind, .nonce = nonce, .fee = AMOUNT(2000), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, SIM, &from->key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

/* One block with one transaction; its receipt. */
static inline struct receipt town_do(struct town *town, const struct person *from, enum kind kind, const union payload *payload)
{
    struct tx *txs[] = {kind_tx(town, from, nonce_of(town, from), kind, payload)};
    struct ledger_result *result = town_run(town, NULL, txs, 1);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    const struct receipt receipt = result->receipts[0];
    ledger_result_unref(result);
    town_check_supply(town, true);
    return receipt;
}

static inline void town_pass(struct town *town, size_t blocks)
{
    for (size_t i = 0; i < blocks; i++) {
        struct ledger_result *result = town_run(town, NULL, NULL, 0);
        CHECK_U64(result->verdict, LEDGER_GOOD);
        ledger_result_unref(result);
        town_check_supply(town, true);
    }
}
/* Empty blocks up to and with the one that fills the epoch. */
static inline void town_end_epoch(struct town *town)
{
    uint32_t first;
    const uint64_t epoch = ledger_epoch(town->state, &first);
    while (ledger_epoch(town->state, &first) == epoch) town_pass(town, 1);
}

#define PAY_AMOUNT(n) (&(const union payload){.amount = {AMOUNT(n)}})
#define PAY_BOND(who, n) (&(const union payload){.bond = {(who), AMOUNT(n)}})
#define PAY_NOTHING (&(const union payload){0})

static inline struct account_view account_at(const struct town *town, const struct address *address)
{
    static struct arena arena;
    struct account_view view;
    ledger_account_view(town->state, address, 0, &arena, &view); /* kept until the program ends */
    return view;
}
static inline struct supply_token held(const struct town *town)
{
    struct supply supply;
    ledger_supply(town->state, &supply);
    return supply.tokens[0];
}
static inline struct ledger_validator validator_at(const struct town *town, const struct address *address)
{
    struct ledger_validator v;
    if (!ledger_validator_find(town->state, address, &v)) CHECK_FAIL("no such validator");
    return v;
}
static inline u128 weight_of(const struct town *town, const struct address *address)
{
    return staking_weight(ledger_objects(town->state), address).units;
}

#endif
