/* Parameters are read strictly, drawn within their range, and every fault names its place. */
#include "core/base/check.h"
#include "tester/bot/arg.h"

static const char *const sides[] = {"buy", "sell", NULL};
static struct arena arena;

static bool parse(enum param_type type, const char *text, struct arg *out)
{
    const struct param_spec spec = {"p", type, NULL,
                                    type == PARAM_CHOICE || type == PARAM_LIST || type == PARAM_WEIGHTS ? sides : NULL};
    struct err err = {0};
    const bool good = arg_parse(&spec, str_of(text), &arena, out, &err);
    CHECK(good || err.text[0] != '\0');
    return good;
}

static void numbers_have_one_form_each(void)
{
    struct arg arg;
    CHECK(parse(PARAM_AMOUNT, "1_000", &arg) && arg.lo == 1000 && arg.hi == 1000);
    CHECK(parse(PARAM_AMOUNT, "340282366920938463463374607431768211455", &arg) && arg.lo == U128_MAX);
    CHECK(parse(PARAM_COUNT, "20", &arg) && arg.lo == 20);
    CHECK(parse(PARAM_DURATION, "1m30s", &arg) && arg.lo == 90000000000u);
    CHECK(parse(PARAM_FRACTION, "95%", &arg) && arg.lo == 9500);
    CHECK(parse(PARAM_FRACTION, "0.3", &arg) && arg.lo == 3000);
    CHECK(parse(PARAM_PRICE, "0.95", &arg) && arg.lo == 950000);
    CHECK(parse(PARAM_BOOL, "true", &arg) && arg.lo == 1);
    CHECK(parse(PARAM_AMOUNT, "[5, 9]", &arg) && arg.lo == 5 && arg.hi == 9);
    CHECK(parse(PARAM_TEXT, "{length: 1024}", &arg) && arg.filler && arg.lo == 1024);
    CHECK(parse(PARAM_CHOICE, "buy", &arg));
    CHECK_STR(arg.text, STR("buy"));
    CHECK(parse(PARAM_LIST, "[sell, buy]", &arg) && arg.words_count == 2);
    CHECK(parse(PARAM_WEIGHTS, "{buy: 3, sell: 0}", &arg) && arg.words_count == 2);
}

static void nonsense_is_refused(void)
{
    static const struct {
        enum param_type type;
        const char *text;
    } bad[] = {
        {PARAM_AMOUNT, "-1"},
        {PARAM_AMOUNT, "1.5"},
        {PARAM_AMOUNT, "01"},
        {PARAM_AMOUNT, "340282366920938463463374607431768211456"},
        {PARAM_AMOUNT, "1__0"},
        {PARAM_AMOUNT, "[9, 5]"},
        {PARAM_AMOUNT, "[1]"},
        {PARAM_AMOUNT, "[1, 2, 3]"},
        {PARAM_AMOUNT, "~"},
        {PARAM_COUNT, "18446744073709551616"},
        {PARAM_COUNT, "_1"},
        {PARAM_DURATION, "90"},
        {PARAM_DURATION, "5x"},
        {PARAM_FRACTION, "101%"},
        {PARAM_FRACTION, "1.5"},
        {PARAM_FRACTION, "0.00001"},
        {PARAM_PRICE, "1.1234567"},
        {PARAM_BOOL, "yes"},
        {PARAM_CHOICE, "by"},
        {PARAM_CHOICE, "[buy]"},
        {PARAM_LIST, "[buy, hold]"},
        {PARAM_LIST, "{buy: 1}"},
        {PARAM_WEIGHTS, "{buy: 0}"},
        {PARAM_WEIGHTS, "[buy]"},
        {PARAM_WEIGHTS, "{buy: -1}"},
        {PARAM_TEXT, "{len: 5}"},
        {PARAM_TEXT, "{length: 99999999}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct arg arg;
        if (parse(bad[i].type, bad[i].text, &arg)) CHECK_FAIL("%s '%s' was taken", param_type_text(bad[i].type), bad[i].text);
    }
}

static void a_choice_that_is_nearly_right_gets_a_suggestion(void)
{
    struct diags diags;
    diags_init(&diags);
    const struct yaml *root = yaml_parse(&arena, STR("f.yaml"), STR("side: bye\n"), &diags);
    const struct param_spec spec = {"side", PARAM_CHOICE, NULL, sides};
    struct arg arg;
    CHECK(!arg_read(&spec, yaml_find(root, STR("side")), &arena, &arg, &diags));
    CHECK_U64(diags.errors_count, 1);
    CHECK_STR(diags.items.data[0].suggestion, STR("buy"));
    CHECK_U64(diags.items.data[0].place.column, 7);
    diags_done(&diags);
}

static void draws_stay_in_range_and_reach_both_ends(void)
{
    struct rng rng;
    rng_init(&rng, 4);
    const struct arg arg = {.given = true, .lo = 5, .hi = 8};
    uint32_t seen = 0;
    for (int i = 0; i < 200; i++) {
        const u128 value = arg_draw(&arg, &rng);
        CHECK(value >= 5 && value <= 8);
        seen |= 1u << (uint32_t)value;
    }
    CHECK_U64(seen, 0x1e0);
    const struct arg wide = {.given = true, .lo = 1, .hi = U128_MAX};
    bool high = false;
    for (int i = 0; i < 50; i++) high = high || arg_draw(&wide, &rng) > (u128)UINT64_MAX << 32;
    CHECK(high);
    const struct arg all = {.given = true, .lo = 0, .hi = UINT64_MAX};
    (void)arg_draw(&all, &rng);
}

static void words_are_drawn_by_weight(void)
{
    struct rng rng;
    rng_init(&rng, 4);
    struct arg arg;
    CHECK(parse(PARAM_WEIGHTS, "{buy: 3, sell: 1}", &arg));
    int buys = 0;
    for (int i = 0; i < 4000; i++) buys += str_eq(arg_draw_word(&arg, &rng), STR("buy"));
    CHECK(buys > 2800 && buys < 3200);
}

static void filler_has_its_length(void)
{
    struct rng rng;
    rng_init(&rng, 4);
    const struct arg arg = {.given = true, .filler = true, .lo = 1024, .hi = 1024};
    const struct str text = arg_text(&arg, &rng, &arena);
    CHECK_U64(text.len, 1024);
    CHECK(str_is_utf8(text));
}

int main(void)
{
    arena_init(&arena, 0);
    RUN(numbers_have_one_form_each);
    RUN(nonsense_is_refused);
    RUN(a_choice_that_is_nearly_right_gets_a_suggestion);
    RUN(draws_stay_in_range_and_reach_both_ends);
    RUN(words_are_drawn_by_weight);
    RUN(filler_has_its_length);
    arena_done(&arena);
    return 0;
}
