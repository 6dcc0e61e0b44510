/* A town that governs itself: small stakes and deposits, short votings; and one on Delta beside it. */
#ifndef LEDGER_TEST_GOVERNANCE_FIXTURE_H
#define LEDGER_TEST_GOVERNANCE_FIXTURE_H

#include "network/ledger/governance_priv.h"
#include "network/ledger/governance_view.h"
#include "network/ledger/test/fixture.h"

enum { GOV_DELAY = 2, GOV_PERIOD = 6, GOV_TIMELOCK = 4, GOV_UNBONDING = 30, GOV_EPOCH = 1000 };
enum { GOV_DEPOSIT = 5000, GOV_PROPOSAL = 700, GOV_VOTE_STAKE = 100, GOV_FEE = 600 };

static inline struct params gov_params(enum chain_id chain)
{
    struct params params;
    params_init(&params, PROFILE_TEST, chain);
    params.voting_delay_blocks = GOV_DELAY;
    params.voting_period_blocks = GOV_PERIOD;
    params.timelock_blocks = GOV_TIMELOCK;
    params.unbonding_blocks = GOV_UNBONDING;
    params.epoch_blocks = GOV_EPOCH;
    params.min_governor_deposit = GOV_DEPOSIT;
    params.proposal_deposit = GOV_PROPOSAL;
    params.min_vote_stake = GOV_VOTE_STAKE;
    params.genesis_stake = 1000;
    params.epoch_reward = 0;
    params.downtime_window_blocks = UINT32_MAX;
    return params;
}

/* The same people on the chain asked for, with its fee token; the other chain is the peer. */
static inline void gov_town_init(struct town *town, enum chain_id chain, const struct params *params)
{
    static struct ledger_grant grants[PEOPLE];
    memset(town, 0, sizeof(*town));
    town->rules.domain = domain_of(chain, chain == CHAIN_ALPHA ? NETWORK_TESTNET : NETWORK_MAINNET);
    town->rules.peer = domain_of(chain == CHAIN_ALPHA ? CHAIN_DELTA : CHAIN_ALPHA,
                                 chain == CHAIN_ALPHA ? NETWORK_MAINNET : NETWORK_TESTNET);
    town->params = *params;
    for (size_t i = 0; i < PEOPLE; i++) {
        person_init(&town->people[i], i + 1);
        grants[i] = (struct ledger_grant){town->people[i].address, {chain_fee_token(chain), AMOUNT(PEOPLE_BALANCE)}};
    }
    struct person v;
    person_init(&v, 1000);
    town->validators[0].address = v.address;
    town->validators[0].consensus_key = v.key.pub;
    snprintf(town->validators[0].name, sizeof(town->validators[0].name), "v1");
    town->validators_count = 1;
    const struct ledger_genesis genesis = {
        .params = &town->params, .grants = grants, .grants_count = PEOPLE, .validators = town->validators, .validators_count = 1, .treasury = AMOUNT(5000)};
    struct err err;
    town->state = ledger_genesis(&town->rules, &genesis, &err);
    if (town->state == NULL) CHECK_FAIL("%s", err.text);
}

static inline void gov_alpha(struct town *town)
{
    const struct params params = gov_params(CHAIN_ALPHA);
    gov_town_init(town, CHAIN_ALPHA, &params);
}

static inline struct tx *gov_tx_at(const struct town *town, size_t from, uint64_t nonce, enum kind kind, const union payload *payload)
{
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    if (bytes.len == 0) buf_put_char(&bytes, 0), bytes.len = 0;
    struct tx_spec spec = {.domain = town->rules.domain, .kind = kind, .nonce = nonce, .fee = AMOUNT(GOV_FEE), .payload = buf_str(&bytes)};
    struct tx *tx = town_sign(town, from, &spec);
    buf_done(&bytes);
    return tx;
}
static inline struct tx *gov_tx(const struct town *town, size_t from, enum kind kind, const union payload *payload)
{
    return gov_tx_at(town, from, town_account(town, from).nonce, kind, payload);
}

/* One block with one transaction; its receipt. *out_id: the transaction's. */
static inline struct receipt gov_receipt(struct town *town, size_t from, enum kind kind, const union payload *payload, struct hash *out_id)
{
    struct tx *txs[] = {gov_tx(town, from, kind, payload)};
    if (out_id != NULL) *out_id = txs[0]->id;
    struct ledger_result *result = town_run(town, NULL, txs, 1);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    const struct receipt receipt = result->receipts[0];
    ledger_result_unref(result);
    return receipt;
}
static inline enum code gov_do(struct town *town, size_t from, enum kind kind, const union payload *payload)
{
    return (enum code)gov_receipt(town, from, kind, payload, NULL).code;
}
static inline void gov_blocks(struct town *town, uint32_t count)
{
    while (count-- > 0) {
        struct ledger_result *result = town_run(town, NULL, NULL, 0);
        CHECK_U64(result->verdict, LEDGER_GOOD);
        ledger_result_unref(result);
    }
}
/* Empty blocks until the state stands at `height`. */
static inline void gov_until(struct town *town, uint32_t height)
{
    CHECK(ledger_height(town->state) <= height);
    gov_blocks(town, height - ledger_height(town->state));
}

static inline enum code gov_stake(struct town *town, size_t from, uint64_t amount)
{
    const union payload payload = {.amount = {AMOUNT(amount)}};
    return gov_do(town, from, town->rules.domain.chain == CHAIN_ALPHA ? KIND_ALPHA_STAKE : KIND_DELTA_STAKE, &payload);
}
static inline enum code gov_register(struct town *town, size_t from, uint64_t deposit)
{
    const union payload payload = {.governor_register = {.deposit = AMOUNT(deposit)}};
    return gov_do(town, from, KIND_GOVERNOR_REGISTER, &payload);
}
static inline struct action gov_parameter(const char *key, const char *value)
{
    return (struct action){.type = ACTION_PARAMETER_CHANGE, .key = str_of(key), .value = str_of(value)};
}
static const struct action gov_text = {.type = ACTION_TEXT};
static inline enum code gov_propose(struct town *town, size_t from, uint64_t deposit, bool joint, const struct action *action, struct hash *out_id)
{
    const union payload payload = {
        .proposal_create = {.title = STR("a title"), .joint = joint, .deposit = AMOUNT(deposit), .action = *action}};
    return (enum code)gov_receipt(town, from, KIND_PROPOSAL_CREATE, &payload, out_id).code;
}
static inline enum code gov_vote(struct town *town, size_t from, const struct hash *id, enum vote_choice choice)
{
    const union payload payload = {.vote = {.proposal = *id, .choice = (uint8_t)choice}};
    return gov_do(town, from, town->rules.domain.chain == CHAIN_ALPHA ? KIND_PROPOSAL_VOTE : KIND_GOV_VOTE, &payload);
}
static inline enum code gov_on(struct town *town, size_t from, enum kind kind, const struct hash *id)
{
    const union payload payload = {.id = {*id}};
    return gov_do(town, from, kind, &payload);
}

static inline struct gov_proposal_view gov_view(const struct town *town, const struct hash *id)
{
    static struct arena arena;
    static bool made;
    struct gov_proposal_view view;
    if (!made) arena_init(&arena, 1 << 16);
    made = true;
    CHECK(governance_proposal(&town->rules, town->state, id, &arena, &view));
    return view;
}
static inline enum proposal_status gov_status(const struct town *town, const struct hash *id) { return gov_view(town, id).status; }
static inline struct governor_view gov_governor(const struct town *town, size_t person)
{
    struct governor_view view;
    CHECK(governance_governor(&town->rules, town->state, &town->people[person].address, &view));
    return view;
}

/* Would the pool take it now? */
static inline enum code gov_admit(const struct town *town, size_t from, enum kind kind, const union payload *payload)
{
    struct tx *tx = gov_tx(town, from, kind, payload);
    const struct ledger_account account = town_account(town, from);
    const struct ledger_sender sender = {.account = &account};
    const struct ledger_moment moment = {.params = ledger_params(town->state), .state = town->state, .height = ledger_height(town->state) + 1};
    const enum code code = ledger_admit(&town->rules, &sender, &moment, tx, NULL);
    tx_unref(tx);
    return code;
}

/* Supply holds, and what a walk finds is what is kept. */
static inline void gov_check_supply(const struct town *town)
{
    static struct supply kept, walked;
    ledger_supply(town->state, &kept);
    CHECK(ledger_supply_walk(town->state, &walked));
    for (uint32_t i = 0; i < kept.tokens_count; i++) {
        CHECK(kept.tokens[i].ok);
        CHECK(amount_eq(kept.tokens[i].deposits, walked.tokens[i].deposits));
        CHECK(amount_eq(kept.tokens[i].treasury, walked.tokens[i].treasury));
        CHECK(amount_eq(kept.tokens[i].free, walked.tokens[i].free));
        CHECK(amount_eq(kept.tokens[i].total, walked.tokens[i].total));
    }
}
static inline u128 gov_holding_deposits(const struct town *town)
{
    static struct supply supply;
    ledger_supply(town->state, &supply);
    return supply.tokens[0].deposits.units;
}
static inline u128 gov_treasury(const struct town *town)
{
    static struct supply supply;
    ledger_supply(town->state, &supply);
    for (uint32_t i = 0; i < supply.tokens_count; i++)
        if (supply.tokens[i].token == chain_fee_token(town->rules.domain.chain)) return supply.tokens[i].treasury.units;
    return 0;
}

#endif
