/* Checked numbers at their edges, and the wide division against multiplying back. */
#include "core/base/check.h"
#include "core/base/num.h"
#include "core/base/rng.h"

static void nothing_wraps(void)
{
    uint64_t n = 9;
    u128 w = 9;
    CHECK(!u64_add(UINT64_MAX, 1, &n) && !u64_sub(0, 1, &n) && !u64_mul(UINT64_MAX, 2, &n));
    CHECK(!u128_add(U128_MAX, 1, &w) && !u128_sub(0, 1, &w) && !u128_mul(U128_MAX, 2, &w));
    CHECK(u64_add(UINT64_MAX, 0, &n) && n == UINT64_MAX);
    CHECK(u128_sub(5, 5, &w) && w == 0);
}

static u128 random_u128(struct rng *rng) { return (((u128)rng_u64(rng) << 64) | rng_u64(rng)) >> rng_below(rng, 128); }

/* q = floor(a * b / c) when q * c <= a * b < (q + 1) * c; checked modulo 2^128 with the remainder a * b - q * c < c. */
static void the_wide_quotient_leaves_a_remainder_below_the_divisor(void)
{
    struct rng rng;
    rng_init(&rng, 9);
    size_t fits = 0;
    for (size_t i = 0; i < 200000; i++) {
        const u128 a = random_u128(&rng), b = random_u128(&rng), c = random_u128(&rng);
        u128 q;
        if (!u128_mul_div(a, b, c, &q)) continue;
        fits++;
        CHECK(a * b - q * c < c); /* both sides wrap alike; the true remainder is below 2^128 */
        CHECK(a != 0 && b != 0 ? q <= MAX(a, b) || c < MIN(a, b) : q == 0);
    }
    CHECK(fits > 50000);
}

static void known_quotients(void)
{
    u128 q;
    CHECK(u128_mul_div(U128_MAX, U128_MAX, U128_MAX, &q) && q == U128_MAX);
    CHECK(u128_mul_div(U128_MAX, 2, 4, &q) && q == U128_MAX / 2);
    CHECK(u128_mul_div(U128_MAX, 3, U128_MAX - 1, &q) && q == 3);
    CHECK(u128_mul_div((u128)1 << 127, 6, 4, &q) && q == ((u128)3 << 126));
    CHECK(u128_mul_div(7, 3, 2, &q) && q == 10);
    CHECK(u128_mul_div(0, U128_MAX, 5, &q) && q == 0);
    q = 77;
    CHECK(!u128_mul_div(U128_MAX, 2, 1, &q));
    CHECK(!u128_mul_div(U128_MAX, U128_MAX, U128_MAX - 1, &q));
    CHECK(!u128_mul_div(1, 1, 0, &q));
    CHECK(q == 77);
}

static void decimals_go_both_ways(void)
{
    char text[U128_TEXT];
    u128 back;
    CHECK_U64(u128_text(U128_MAX, text), 39);
    CHECK_STR(str_of(text), STR("340282366920938463463374607431768211455"));
    CHECK(u128_parse(str_of(text), &back) && back == U128_MAX);
    CHECK_U64(u128_text(0, text), 1);
    CHECK_STR(str_of(text), STR("0"));
    struct rng rng;
    rng_init(&rng, 10);
    for (size_t i = 0; i < 10000; i++) {
        const u128 value = random_u128(&rng);
        const size_t len = u128_text(value, text);
        CHECK_U64(len, strlen(text));
        CHECK(u128_parse((struct str){text, len}, &back) && back == value);
    }
}

static void what_is_not_a_decimal_is_refused(void)
{
    static const char *const bad[] = {"", "-1", "+1", "01", "00", "1.5", " 1", "1 ", "1e9", "340282366920938463463374607431768211456",
                                      "999999999999999999999999999999999999999", "1000000000000000000000000000000000000000", "x"};
    u128 value = 3;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!u128_parse(str_of(bad[i]), &value));
    CHECK(value == 3);
}

int main(void)
{
    RUN(nothing_wraps);
    RUN(the_wide_quotient_leaves_a_remainder_below_the_divisor);
    RUN(known_quotients);
    RUN(decimals_go_both_ways);
    RUN(what_is_not_a_decimal_is_refused);
    return 0;
}
