/* The arithmetic of api 2.7, by hand and against a slow reading of the same sentences. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "tester/behavior/perp_terms.h"

static void figures_by_hand(void)
{
    /* 10,000 units at 2.0: N = 20,000; 5x: 4,000; MM = 500; long (20000 - 4000 + 500) / 10000 = 1.65; short (20000 + 4000 - 500) / 10000 = 2.35 */
    CHECK(terms_notional(10000, 2000000) == 20000);
    CHECK(terms_margin(20000, 5) == 4000 && terms_margin(20001, 5) == 4001 && terms_margin(1, 20) == 1);
    CHECK_U64(terms_liquidation_price(SIDE_BUY, 10000, 2000000, 4000, 250), 1650000);
    CHECK_U64(terms_liquidation_price(SIDE_SELL, 10000, 2000000, 4000, 250), 2350000);
    CHECK_U64(terms_liquidation_price(SIDE_BUY, 10000, 2000000, 30000, 250), 0); /* never */
    CHECK_U64(terms_liquidation_price(SIDE_BUY, 3, 1000000, 1, 0), 666667);      /* a long's is rounded up ... */
    CHECK_U64(terms_liquidation_price(SIDE_SELL, 3, 1000000, 2, 0), 1666666);    /* ... a short's down */
    CHECK(terms_is_unsafe(SIDE_BUY, 1650000, 1650000) && !terms_is_unsafe(SIDE_BUY, 1650000, 1650001));
    CHECK(terms_is_unsafe(SIDE_SELL, 2350000, 2350000) && !terms_is_unsafe(SIDE_SELL, 2350000, 2349999));
    struct profit pnl = terms_pnl(SIDE_SELL, 10000, 2000000, 2100000);
    CHECK(pnl.minus && pnl.units == 1000);
    CHECK(!terms_pnl(SIDE_BUY, 10000, 2000000, 2100000).minus);
    pnl = terms_realized(pnl, 300); /* no more than the margin is lost */
    CHECK(pnl.minus && pnl.units == 300);
}

static void the_liquidation_price_is_where_the_worth_is_maintenance(void)
{
    struct rng rng;
    rng_init(&rng, 11);
    for (int i = 0; i < 20000; i++) {
        const uint64_t size = rng_range(&rng, 1, 1000000), entry = rng_range(&rng, 10000, 5000000), mmr = 250;
        const uint32_t leverage = (uint32_t)rng_range(&rng, 1, 20);
        const u128 n = terms_notional(size, entry), margin = terms_margin(n, leverage), mm = terms_maintenance(n, mmr);
        const uint64_t l = terms_liquidation_price(SIDE_BUY, size, entry, margin, mmr), s = terms_liquidation_price(SIDE_SELL, size, entry, margin, mmr);
        /* Long: the least price p with p * size >= (N - M + MM) * 10^6. Short: the greatest with p * size <= (N + M - MM) * 10^6. */
        const u128 below = n + mm > margin ? (n + mm - margin) * 1000000 : 0, above = (n + margin - mm) * 1000000;
        CHECK((u128)l * size >= below && (l == 0 || (u128)(l - 1) * size < below));
        CHECK((u128)s * size <= above && (u128)(s + 1) * size > above);
    }
}

static void what_does_not_fit_is_clamped(void)
{
    const uint64_t most = INT64_MAX;
    CHECK_U64(terms_liquidation_price(SIDE_SELL, 1, most, terms_margin(terms_notional(1, most), 1), 250), most);
    CHECK(terms_notional(U128_MAX, most) == U128_MAX);
    CHECK_U64(terms_liquidation_price(SIDE_BUY, 0, 5, 5, 250), 0);
}

static void signed_decimals_are_strict(void)
{
    static const char *const bad[] = {"", "-", "-0", "+1", "01", "-01", "1.5", " 1", "1 ", "--1", "0x1"};
    struct profit out;
    char text[PROFIT_TEXT];
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!profit_parse(str_of(bad[i]), &out));
    CHECK(profit_parse(STR("-12"), &out) && out.minus && out.units == 12);
    profit_text(out, text);
    CHECK_STR(str_of(text), STR("-12"));
    CHECK(profit_parse(STR("0"), &out) && !out.minus);
    profit_text(out, text);
    CHECK_STR(str_of(text), STR("0"));
}

static void sums_are_those_of_small_numbers(void)
{
    for (int a = -5; a <= 5; a++)
        for (int b = -5; b <= 5; b++) {
            const struct profit x = {a < 0, (u128)(a < 0 ? -a : a)}, y = {b < 0, (u128)(b < 0 ? -b : b)}, sum = profit_add(x, y);
            CHECK(sum.minus == (a + b < 0) && sum.units == (u128)(a + b < 0 ? -(a + b) : a + b));
            CHECK_U64((uint64_t)(profit_cmp(x, y) + 1), (uint64_t)((a > b) - (a < b) + 1));
            CHECK(profit_cmp(profit_negate(x), (struct profit){-a < 0, x.units}) == 0);
        }
}

int main(void)
{
    RUN(figures_by_hand);
    RUN(the_liquidation_price_is_where_the_worth_is_maintenance);
    RUN(what_does_not_fit_is_clamped);
    RUN(signed_decimals_are_strict);
    RUN(sums_are_those_of_small_numbers);
    return 0;
}
