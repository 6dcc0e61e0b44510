/* A bot's flights against a slow list: whatever comes and goes, they stand by nonce, each once, and hold exactly one reference. */
#include "tester/bot/flights.h"

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/crypto/derive.h"

enum { NONCES = 24 };

static struct tx *tx_with(uint64_t nonce, uint64_t amount)
{
    static const struct sign_suite suite = {SIGN_SIMULATED};
    static struct seckey key;
    static bool made;
    if (!made) {
        uint8_t seed[32];
        derive_bot_seed(1, STR("user-1"), seed);
        seckey_from_seed(suite, seed, &key);
        made = true;
    }
    const struct tx_spec spec = {.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET), .kind = KIND_ALPHA_TRANSFER, .nonce = nonce, .fee = AMOUNT(1000),
                                 .token = TOKEN_AX, .to = address_of_key(&key.pub), .amount = AMOUNT(amount)};
    struct apierror error;
    struct tx *tx = tx_build(&spec, suite, &key, &error);
    CHECK(tx != NULL);
    return tx;
}

static void check_same(const struct flights *flights, struct tx *const model[NONCES])
{
    size_t count = 0;
    for (uint64_t n = 0; n < NONCES; n++) count += model[n] != NULL;
    CHECK_U64(flights->txs.count, count);
    for (uint64_t from = 0; from <= NONCES; from++) {
        uint64_t n = from;
        while (n < NONCES && model[n] == NULL) n++;
        CHECK(flights_from(flights, from) == (n < NONCES ? model[n] : NULL));
    }
}

static void they_stand_by_nonce_whatever_comes_and_goes(void)
{
    struct tx *txs[NONCES][2], *model[NONCES] = {0};
    struct flights flights = {0};
    struct rng rng;
    rng_init(&rng, 5);
    for (uint64_t n = 0; n < NONCES; n++)
        for (uint64_t v = 0; v < 2; v++) txs[n][v] = tx_with(n, v + 1);
    for (int step = 0; step < 3000; step++) {
        const uint64_t n = rng_below(&rng, NONCES), v = rng_below(&rng, 2), what = rng_below(&rng, 16);
        if (what == 0) {
            flights_forget_below(&flights, n);
            for (uint64_t i = 0; i < n; i++) model[i] = NULL;
        } else if (what < 8) {
            flights_add(&flights, txs[n][v]);
            model[n] = txs[n][v];
        } else {
            flights_remove(&flights, txs[n][v]);
            if (model[n] == txs[n][v]) model[n] = NULL;
        }
        check_same(&flights, model);
    }
    flights_done(&flights);
    for (uint64_t n = 0; n < NONCES; n++)
        for (uint64_t v = 0; v < 2; v++) {
            CHECK_U64(txs[n][v]->refs, 1);
            tx_unref(txs[n][v]);
        }
}

int main(void)
{
    RUN(they_stand_by_nonce_whatever_comes_and_goes);
    return 0;
}
