/* A small Delta for tests: seven oracles, an officer, a settler and traders with DX and USD; one validator. */
#ifndef LEDGER_TEST_PORT_H
#define LEDGER_TEST_PORT_H

#include "chain/payload.h"
#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/base/vec.h"
#include "network/ledger/ledger.h"
#include "network/ledger/offramp_view.h"
#include "network/ledger/oracle_view.h"
#include "network/ledger/perps_view.h"

enum { PORT_PEOPLE = 32, PORT_OFFICER = 7, PORT_SETTLER = 8, PORT_TRADER = 9, PORT_FEE = 2000 };
#define PORT_DX ((u128)1000000000000)
#define PORT_USD ((u128)1000000000000)
#define PORT_SIM ((struct sign_suite){SIGN_SIMULATED})
#define PORT_TIME UINT64_C(1767225600000)

struct port {
    struct ledger_rules rules;
    struct seckey keys[PORT_PEOPLE];
    struct address people[PORT_PEOPLE];
    uint64_t nonces[PORT_PEOPLE];
    struct ledger_validator validator;
    struct ledger_state *state;
    uint64_t now_ms; /* of the next block */
    VEC(struct tx *) txs;
    struct ledger_result *result; /* of the last block */
    struct hash last_id;
};

static inline struct hash tx_id_at(const struct port *port, size_t i) { return port->txs.data[i]->id; }

static inline void port_key(uint64_t n, struct seckey *key)
{
    uint8_t seed[32] = {0};
    memcpy(seed, &n, sizeof(n));
    seckey_from_seed(PORT_SIM, seed, key);
}

static inline void port_init(struct port *port, u128 insurance, const struct params *params)
{
    memset(port, 0, sizeof(*port));
    port->rules.domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET);
    port->now_ms = PORT_TIME;
    struct ledger_grant grants[2 * PORT_PEOPLE];
    struct ledger_role_order roles[9];
    memset(roles, 0, sizeof(roles));
    for (size_t i = 0; i < PORT_PEOPLE; i++) {
        port_key(i + 1, &port->keys[i]);
        port->people[i] = address_of_key(&port->keys[i].pub);
        grants[2 * i] = (struct ledger_grant){port->people[i], {TOKEN_DX, {PORT_DX}}};
        grants[2 * i + 1] = (struct ledger_grant){port->people[i], {TOKEN_USD, {PORT_USD}}};
    }
    for (size_t i = 0; i < 9; i++) {
        const enum ledger_role role =
            i < 7 ? LEDGER_ROLE_ORACLE : i == PORT_OFFICER ? LEDGER_ROLE_KYC_OFFICER : LEDGER_ROLE_SETTLER;
        roles[i] = (struct ledger_role_order){.address = port->people[i], .role = role, .grant = true};
    }
    struct seckey v;
    port_key(1000, &v);
    port->validator.address = address_of_key(&v.pub);
    port->validator.consensus_key = v.pub;
    snprintf(port->validator.name, sizeof(port->validator.name), "v1");
    struct params own;
    params_init(&own, PROFILE_TEST, CHAIN_DELTA);
    const struct ledger_genesis genesis = {.params = params != NULL ? params : &own,
                                           .grants = grants,
                                           .grants_count = 2 * PORT_PEOPLE,
                                           .validators = &port->validator,
                                           .validators_count = 1,
                                           .roles = roles,
                                           .roles_count = 9,
                                           .insurance = {insurance}};
    struct err err;
    port->state = ledger_genesis(&port->rules, &genesis, &err);
    if (port->state == NULL) CHECK_FAIL("%s", err.text);
}

static inline void port_done(struct port *port)
{
    ledger_result_unref(port->result);
    ledger_state_unref(port->state);
    vec_done(&port->txs);
}

/* One more transaction for the next block; gives its id. */
static inline struct hash port_add(struct port *port, size_t who, enum kind kind, const union payload *payload)
{
    static struct apierror error;
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = port->rules.domain,
                                 .kind = kind,
                                 .nonce = port->nonces[who]++,
                                 .fee = AMOUNT(PORT_FEE),
                                 .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, PORT_SIM, &port->keys[who], &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    vec_push(&port->txs, tx);
    return tx->id;
}

/* Runs what was added; the state moves on. Time passes by half a second. */
static inline const struct ledger_result *port_run(struct port *port, const struct ledger_orders *orders)
{
    const uint32_t height = ledger_height(port->state) + 1;
    const struct ledger_frame frame = {
        .height = height, .round = height, .timestamp_ms = port->now_ms, .proposer = port->validator.address};
    ledger_result_unref(port->result);
    port->result = ledger_execute(&port->rules, port->state, &frame, orders, port->txs.data, port->txs.count);
    for (size_t i = 0; i < port->txs.count; i++) tx_unref(port->txs.data[i]);
    vec_clear(&port->txs);
    if (port->result->verdict != LEDGER_GOOD) CHECK_FAIL("%s", ledger_verdict_text(port->result->verdict).data);
    ledger_state_unref(port->state);
    port->state = ledger_state_ref(port->result->state);
    port->now_ms += 500;
    return port->result;
}

/* A block of this alone: what its receipt says. */
static inline enum code port_do(struct port *port, size_t who, enum kind kind, const union payload *payload)
{
    port->last_id = port_add(port, who, kind, payload);
    return (enum code)port_run(port, NULL)->receipts[0].code;
}
static inline enum receipt_field port_field(const struct port *port) { return (enum receipt_field)port->result->receipts[0].field; }

/* Time passes, in a block without transactions. */
static inline void port_wait(struct port *port, uint64_t ms)
{
    port->now_ms += ms;
    (void)port_run(port, NULL);
}

/* All seven report. */
static inline void port_price(struct port *port, struct str asset, uint64_t price)
{
    for (size_t i = 0; i < 7; i++) {
        union payload p = {.oracle_submit = {.asset = asset, .price = price, .timestamp_ms = port->now_ms, .source = STR("test")}};
        (void)port_add(port, i, KIND_ORACLE_SUBMIT, &p);
    }
    const struct ledger_result *result = port_run(port, NULL);
    for (size_t i = 0; i < 7; i++) CHECK_U64(result->receipts[i].code, CODE_NONE);
}

static inline u128 port_free(const struct port *port, size_t who, enum token token)
{
    struct ledger_account account;
    ledger_account_get(port->state, &port->people[who], &account);
    return account.balances[token - 1].free.units;
}

/* The record adds up, and is what a walk over all entries finds. */
static inline void port_check_supply(const struct port *port)
{
    static struct supply kept, walked;
    ledger_supply(port->state, &kept);
    CHECK(ledger_supply_walk(port->state, &walked));
    CHECK_U64(kept.tokens_count, 3);
    for (size_t i = 0; i < 3; i++) {
        CHECK(kept.tokens[i].ok);
#define S(name) CHECK(amount_eq(kept.tokens[i].name, walked.tokens[i].name));
        SUPPLY_FLOWS(S)
        SUPPLY_HOLDINGS(S)
#undef S
    }
}
static inline struct supply_token port_supply(const struct port *port, enum token token)
{
    static struct supply supply;
    ledger_supply(port->state, &supply);
    for (size_t i = 0; i < supply.tokens_count; i++)
        if (supply.tokens[i].token == token) return supply.tokens[i];
    CHECK_FAIL("no such token");
}

#endif
