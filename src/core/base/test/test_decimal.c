#include "core/base/check.h"
#include "core/base/decimal.h"

/* Tries to sneak in what people mistype: two points, trailing point, too many places, doubled underscores, overflow. */
static void a_decimal_is_read_exactly_or_refused(void)
{
    uint64_t v;
    CHECK(decimal_parse(STR("10.1"), 3, &v));
    CHECK_U64(v, 10100);
    CHECK(decimal_parse(STR("50_000"), 0, &v));
    CHECK_U64(v, 50000);
    CHECK(decimal_parse(STR("18446744073709551615"), 0, &v));
    static const char *const bad[] = {"", ".", "1.", ".5", "1.2.3", "1.2345", "-1", "+1", "1e3", "_1", "1_", "1__0", "1.0_1", "18446744073709551616"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!decimal_parse(str_of(bad[i]), 3, &v));
}

static void a_fraction_is_one_at_most(void)
{
    uint64_t v;
    CHECK(fraction_parse(STR("95%"), &v));
    CHECK_U64(v, 950000000);
    CHECK(fraction_parse(STR("0.95"), &v));
    CHECK_U64(v, 950000000);
    CHECK(fraction_parse(STR("0.5%"), &v));
    CHECK_U64(v, 5000000);
    CHECK(!fraction_parse(STR("101%"), &v));
    CHECK(!fraction_parse(STR("1.1"), &v));
    CHECK(!fraction_parse(STR("%"), &v));
}

static void an_amount_fills_128_bits_and_no_more(void)
{
    u128 v;
    CHECK(amount_text_parse(STR("340282366920938463463374607431768211455"), &v));
    CHECK(v == U128_MAX);
    CHECK(!amount_text_parse(STR("340282366920938463463374607431768211456"), &v));
    CHECK(amount_text_parse(STR("50_000_000"), &v));
    CHECK_U64(v, 50000000);
    CHECK(!amount_text_parse(STR("5__0"), &v) && !amount_text_parse(STR(""), &v) && !amount_text_parse(STR("1.0"), &v));
}

int main(void)
{
    RUN(a_decimal_is_read_exactly_or_refused);
    RUN(a_fraction_is_one_at_most);
    RUN(an_amount_fills_128_bits_and_no_more);
    return 0;
}
