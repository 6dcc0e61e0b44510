/* Delta in the small, for tests of its markets: people with some of every token, one validator, and a transaction at a time. */
#ifndef LEDGER_TEST_MARKET_FIXTURE_H
#define LEDGER_TEST_MARKET_FIXTURE_H

#include "chain/payload.h"
#include "fixture.h"
#include "network/ledger/market_view.h"

#define MARKET_BALANCE UINT64_C(1000000000000)
#define MARKET_FEE 1000

static inline void market_init(struct town *town)
{
    memset(town, 0, sizeof(*town));
    town->rules.domain = domain_of(CHAIN_DELTA, NETWORK_MAINNET);
    params_init(&town->params, PROFILE_TEST, CHAIN_DELTA);
    static struct ledger_grant grants[PEOPLE * 3];
    for (size_t i = 0; i < PEOPLE; i++) {
        person_init(&town->people[i], i + 1);
        for (size_t k = 0; k < 3; k++)
            grants[3 * i + k] = (struct ledger_grant){town->people[i].address, {(enum token)(TOKEN_SAX + k), AMOUNT(MARKET_BALANCE)}};
    }
    struct person v;
    person_init(&v, 1000);
    town->validators[0] = (struct ledger_validator){.address = v.address, .consensus_key = v.key.pub, .name = "v1"};
    town->validators_count = 1;
    const struct ledger_genesis genesis = {.params = &town->params,
                                           .grants = grants,
                                           .grants_count = PEOPLE * 3,
                                           .validators = town->validators,
                                           .validators_count = 1,
                                           .treasury = AMOUNT(5000)};
    struct err err;
    town->state = ledger_genesis(&town->rules, &genesis, &err);
    if (town->state == NULL) CHECK_FAIL("%s", err.text);
}

static inline struct tx *market_tx(const struct town *town, size_t who, uint64_t nonce, enum kind kind, const union payload *payload)
{
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {
        .domain = town->rules.domain, .kind = kind, .nonce = nonce, .fee = AMOUNT(MARKET_FEE), .payload = buf_str(&bytes)};
    struct tx *tx = town_sign(town, who, &spec);
    buf_done(&bytes);
    return tx;
}

/* The sums add up. */
static inline void market_check_supply(const struct town *town, bool walk)
{
    static struct supply kept, walked;
    ledger_supply(town->state, &kept);
    for (uint32_t i = 0; i < kept.tokens_count; i++)
        if (!kept.tokens[i].ok) {
            struct amount held = {0};
            const bool fits = supply_held(&kept.tokens[i], &held);
            char total[AMOUNT_TEXT], sum[AMOUNT_TEXT];
            (void)amount_text(kept.tokens[i].total, total);
            (void)amount_text(held, sum);
            CHECK_FAIL("%s: %s should be there, %s is (%d)", token_text(kept.tokens[i].token).data, total, sum, fits);
        }
    if (!walk) return;
    CHECK(ledger_supply_walk(town->state, &walked));
    for (uint32_t i = 0; i < kept.tokens_count; i++) {
        CHECK(amount_eq(kept.tokens[i].free, walked.tokens[i].free));
        CHECK(amount_eq(kept.tokens[i].locked, walked.tokens[i].locked));
        CHECK(amount_eq(kept.tokens[i].pools, walked.tokens[i].pools));
        CHECK(amount_eq(kept.tokens[i].treasury, walked.tokens[i].treasury));
    }
}

struct done {
    enum code code;
    struct hash id;
    struct receipt receipt;
};
/* A block of one transaction by `who`. */
static inline struct done market_do(struct town *town, size_t who, enum kind kind, const union payload *payload)
{
    struct tx *tx = market_tx(town, who, town_account(town, who).nonce, kind, payload);
    const struct hash id = tx->id;
    struct ledger_result *result = town_run(town, NULL, &tx, 1);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    const struct done done = {(enum code)result->receipts[0].code, id, result->receipts[0]};
    ledger_result_unref(result);
    return done;
}

struct ask {
    const char *pair;
    enum side side;
    enum order_type type;
    uint64_t price, quantity;
    enum tif tif;
    uint16_t slippage;
};
static inline union payload ask_payload(const struct ask *ask)
{
    return (union payload){.order_place = {.pair = str_of(ask->pair ? ask->pair : "DX/sAX"),
                                           .side = (uint8_t)ask->side,
                                           .order_type = (uint8_t)(ask->type ? ask->type : ORDER_LIMIT),
                                           .price = ask->price,
                                           .quantity = ask->quantity,
                                           .tif = (uint8_t)(ask->tif ? ask->tif : TIF_GTC),
                                           .max_slippage_bps = ask->slippage}};
}
static inline struct done market_order(struct town *town, size_t who, struct ask ask)
{
    const union payload payload = ask_payload(&ask);
    return market_do(town, who, KIND_ORDER_PLACE, &payload);
}
static inline struct done market_cancel(struct town *town, size_t who, struct hash id)
{
    const union payload payload = {.id = {id}};
    return market_do(town, who, KIND_ORDER_CANCEL, &payload);
}
static inline u128 market_free(const struct town *town, size_t who, enum token token)
{
    return town_account(town, who).balances[token - 1].free.units;
}
static inline u128 market_held(const struct town *town, size_t who, enum token token)
{
    return town_account(town, who).balances[token - 1].locked.units;
}

#endif
