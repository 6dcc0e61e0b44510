/* Tries to break the arithmetic of perpetuals: every formula against its plainest form, on random and on extreme numbers. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "network/ledger/perp_math_priv.h"

static struct rng rng;

static uint64_t some(unsigned bits_max) /* spread over magnitudes */
{
    const unsigned bits = 1 + (unsigned)rng_below(&rng, bits_max);
    return rng_u64(&rng) >> (64 - bits);
}

static void a_notional_is_the_floor_of_the_product(void)
{
    for (int i = 0; i < 20000; i++) {
        const uint64_t size = some(63), price = some(63);
        CHECK(perp_notional(size, price) == (u128)size * price / 1000000);
    }
    CHECK(perp_notional(1, 999999) == 0);
    CHECK(perp_notional(INT64_MAX, INT64_MAX) == (u128)INT64_MAX * INT64_MAX / 1000000);
}

static void a_margin_is_the_least_that_carries_its_notional(void)
{
    for (int i = 0; i < 20000; i++) {
        const u128 n = some(64);
        const uint32_t leverage = (uint32_t)rng_range(&rng, 1, 20);
        const u128 margin = perp_margin_of(n, leverage);
        CHECK(margin * leverage >= n);
        CHECK(margin == 0 || (margin - 1) * leverage < n);
    }
    CHECK(perp_margin_of(100, 0) == 100);
}

/* The contract's inequality, without a division: long, price * size >= (N - M + MM) * 10^6; short, price * size <= (N + M - MM) * 10^6. */
static void a_liquidation_price_is_the_first_that_satisfies_its_inequality(void)
{
    for (int i = 0; i < 50000; i++) {
        const uint64_t size = 1 + some(50), entry = 1 + some(45);
        const u128 n = perp_notional(size, entry), mm = n * 250 / 10000;
        const u128 margin = perp_margin_of(n, (uint32_t)rng_range(&rng, 1, 20)) + (rng_chance_bps(&rng, 3000) ? some(40) : 0);
        const u128 p = perp_liquidation_price(SIDE_BUY, size, entry, margin, 250);
        if (n + mm <= margin) {
            CHECK(p == 0);
        } else {
            CHECK(p * size >= (n + mm - margin) * 1000000);
            CHECK((p - 1) * size < (n + mm - margin) * 1000000);
        }
        const u128 q = perp_liquidation_price(SIDE_SELL, size, entry, margin, 250);
        const u128 room = n + margin > mm ? n + margin - mm : 0;
        CHECK(q == PRICE_MAX || (q * size <= room * 1000000 && (q + 1) * size > room * 1000000));
    }
}

/* At the liquidation price what is left is at most the maintenance margin; one step before, more than it less a rounding. */
static void who_can_be_liquidated_has_no_more_than_maintenance(void)
{
    for (int i = 0; i < 50000; i++) {
        const uint64_t size = 1000 + some(40), entry = 1000 + some(40);
        const enum side side = rng_chance_bps(&rng, 5000) ? SIDE_BUY : SIDE_SELL;
        const u128 n = perp_notional(size, entry), margin = perp_margin_of(n, (uint32_t)rng_range(&rng, 1, 20));
        const uint64_t at = perp_liquidation_price(side, size, entry, margin, 250);
        if (at == 0 || at >= PRICE_MAX) continue;
        CHECK(perp_is_liquidatable(side, at, at));
        CHECK(!perp_is_liquidatable(side, at, side == SIDE_BUY ? at + 1 : at - 1));
        const uint64_t worse = side == SIDE_BUY ? at - 1 : at + 1, better = side == SIDE_BUY ? at + 1 : at - 1;
        /* floors: within two units and a price step of the real line */
        const u128 slack = perp_notional(size, 2) + 2, mm = perp_maintenance(n, 250);
        CHECK(gain_onto(margin, perp_pnl(side, size, entry, worse), NULL) <= mm + 2);
        CHECK(gain_onto(margin, perp_pnl(side, size, entry, better), NULL) + slack >= mm);
    }
}

static void gains_add_like_whole_numbers(void)
{
    for (int i = 0; i < 20000; i++) {
        const int64_t a = (int64_t)some(40) - (int64_t)some(40), b = (int64_t)some(40) - (int64_t)some(40);
        const struct gain x = gain_of(a > 0 ? (u128)a : 0, a < 0 ? (u128)-a : 0), y = gain_of(b > 0 ? (u128)b : 0, b < 0 ? (u128)-b : 0);
        const struct gain sum = gain_add(x, y);
        CHECK((sum.loss ? -(int64_t)sum.units : (int64_t)sum.units) == a + b);
        CHECK(!sum.loss || sum.units > 0);
        u128 lack;
        const u128 on = gain_onto(1000, x, &lack);
        CHECK((int64_t)on - (int64_t)lack == 1000 + a);
    }
    CHECK(units_add(U128_MAX, 1) == U128_MAX);
    CHECK(units_share(U128_MAX, 3, 2) == U128_MAX);
    CHECK(units_share(5, 5, 0) == 0);
}

static void a_funding_rate_follows_the_premium_up_to_its_cap(void)
{
    CHECK(perp_funding_rate(1000000, 1000000, 75) == 0);
    CHECK(perp_funding_rate(1001000, 1000000, 75) == 1000000);
    CHECK(perp_funding_rate(999000, 1000000, 75) == -1000000);
    CHECK(perp_funding_rate(2000000, 1000000, 75) == 7500000);
    CHECK(perp_funding_rate(1, 1000000, 75) == -7500000);
    CHECK(perp_funding_rate(5, 0, 75) == 0);
    CHECK(perp_funding_rate(INT64_MAX, 1, 10000) == 1000000000);
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    if (argc > 1) CHECK(str_to_u64(str_of(argv[1]), &seed));
    printf("seed %" PRIu64 "\n", seed);
    rng_init(&rng, seed);
    RUN(a_notional_is_the_floor_of_the_product);
    RUN(a_margin_is_the_least_that_carries_its_notional);
    RUN(a_liquidation_price_is_the_first_that_satisfies_its_inequality);
    RUN(who_can_be_liquidated_has_no_more_than_maintenance);
    RUN(gains_add_like_whole_numbers);
    RUN(a_funding_rate_follows_the_premium_up_to_its_cap);
    return 0;
}
