/* Wallets: two shielded wallets of a village, and what they send by the routes alone. */
#ifndef BOTS_WALLETS_H
#define BOTS_WALLETS_H

#include "tester/bot/shieldwallet.h"
#include "village.h"

struct two {
    struct note_shelf shelf;
    struct shieldwallet a, b;
};

static inline struct instant soon(const struct village *v) { return village_in(v, duration_s(30)); }

static inline void two_init(struct village *v, struct two *two)
{
    struct answer answer;
    note_shelf_init(&two->shelf);
    shieldwallet_init(&two->a, &two->shelf, (const uint8_t[32]){1});
    shieldwallet_init(&two->b, &two->shelf, (const uint8_t[32]){2});
    two->a.suite = two->b.suite = v->crew.shield;
    CHECK(shieldwallet_learn(&two->a, &v->crew.alpha, soon(v), &answer));
    CHECK(shieldwallet_learn(&two->b, &v->crew.alpha, soon(v), &answer));
}
static inline void two_done(struct two *two)
{
    shieldwallet_done(&two->a);
    shieldwallet_done(&two->b);
    note_shelf_done(&two->shelf);
}

static inline void scan(struct village *v, struct shieldwallet *wallet)
{
    struct answer answer;
    if (!shieldwallet_scan(wallet, &v->crew.alpha, soon(v), &answer)) CHECK_FAIL("scan: %s", answer_status_text(answer.status));
}

/* The code of sending it. */
static inline enum code send(struct village *v, const struct tx *tx)
{
    struct answer answer;
    const enum code code = alpha_broadcast(&v->crew.alpha, tx, soon(v), &answer) != NULL ? CODE_NONE : answer.code;
    answer_done(&answer);
    return code;
}

static inline struct receipt follow(struct village *v, const struct tx *tx)
{
    struct answer answer;
    const struct tx_view *view = alpha_transaction(&v->crew.alpha, &tx->id, TX_WAIT_FINALIZED, duration_s(20), soon(v), &answer);
    CHECK(view != NULL);
    CHECK_U64(view->status, TX_FINALIZED);
    const struct receipt receipt = view->receipt;
    CHECK(memmem(view->told.data, view->told.len, "\"type\":\"shielded\"", 17) != NULL && memmem(view->told.data, view->told.len, "\"first_index\":", 14) != NULL);
    CHECK(memmem(view->told.data, view->told.len, "nullifiers", 10) != NULL && memmem(view->told.data, view->told.len, "values", 6) == NULL);
    answer_done(&answer);
    return receipt;
}

/* A bot's deposit, final. */
static inline void deposit(struct village *v, uint32_t bot, struct shieldwallet *wallet, uint64_t amount)
{
    struct answer answer;
    struct apierror error;
    struct buf payload = {0};
    const struct account_view *account = alpha_account(&v->crew.alpha, &v->bots[bot]->identity.address, soon(v), &answer);
    CHECK(account != NULL);
    const uint64_t nonce = account->pending_nonce;
    answer_done(&answer);
    shieldwallet_deposit(wallet, amount, &payload);
    const struct tx_spec spec = {.domain = v->crew.domain, .kind = KIND_SHIELDED_DEPOSIT, .nonce = nonce, .fee = crew_fee(&v->crew, CHAIN_ALPHA, DEPOSIT_BYTES),
                                 .payload = buf_str(&payload)};
    struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[bot]->identity.key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    CHECK_U64(send(v, tx), CODE_NONE);
    CHECK(receipt_success(&(struct receipt){.code = follow(v, tx).code}));
    tx_unref(tx);
    buf_done(&payload);
}

/* The same receipt long after the state of its block was let go. */
static inline void still_told(struct village *v, const struct hash *id)
{
    struct answer answer;
    fiber_sleep(v->env, duration_s(30));
    const struct tx_view *view = alpha_transaction(&v->crew.alpha, id, TX_WAIT_NONE, (struct duration){0}, soon(v), &answer);
    CHECK(view != NULL && view->has_receipt);
    CHECK(memmem(view->told.data, view->told.len, "\"kind\":\"shielded_transfer\"", 26) != NULL);
    answer_done(&answer);
}

static inline u128 pool_of(struct village *v)
{
    struct answer answer;
    const struct supply *supply = alpha_supply(&v->crew.alpha, false, soon(v), &answer);
    CHECK(supply != NULL && supply->tokens[0].ok);
    const u128 held = supply->tokens[0].shielded.units;
    answer_done(&answer);
    return held;
}

/* Spends, sends, follows to the end. */
static inline void spend(struct village *v, struct shieldwallet *wallet, const struct shield_order *order)
{
    struct shield_spend made;
    CHECK_U64(shieldwallet_spend(wallet, order, v->crew.suite, &made), SHIELD_OK);
    CHECK_U64(send(v, made.tx), CODE_NONE);
    const struct receipt receipt = follow(v, made.tx);
    CHECK(receipt_success(&receipt));
    tx_unref(made.tx);
}

#endif
