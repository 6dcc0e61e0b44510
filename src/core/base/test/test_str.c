/* Strings at their edges: empty ones, clamped pieces, strict numbers, malformed UTF-8, hex. */
#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/base/rng.h"

static void comparison_is_bytewise_and_shorter_first(void)
{
    CHECK(str_eq(STR(""), (struct str){NULL, 0}));
    CHECK(!str_eq(STR("a"), STR("b")) && !str_eq(STR("a"), STR("ab")));
    CHECK(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0 && str_cmp(STR("x"), STR("x")) == 0);
    CHECK(str_cmp(STR("\x7f"), STR("\x80")) < 0);
    CHECK_U64(str_of(NULL).len, 0);
    CHECK(str_starts(STR("abc"), STR("ab")) && !str_starts(STR("ab"), STR("abc")) && str_starts(STR("x"), STR("")));
    CHECK(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("bc"), STR("abc")) && str_ends(STR("x"), STR("")));
}

static void pieces_are_clamped(void)
{
    CHECK_STR(str_sub(STR("abcdef"), 2, 3), STR("cde"));
    CHECK_STR(str_sub(STR("abcdef"), 4, 100), STR("ef"));
    CHECK_STR(str_sub(STR("abcdef"), 100, 1), STR(""));
    CHECK_STR(str_sub(STR("abcdef"), 1, SIZE_MAX), STR("bcdef"));
    CHECK_STR(str_trim(STR(" \t a b\r\n")), STR("a b"));
    CHECK_STR(str_trim(STR(" \n ")), STR(""));
    size_t at = 99;
    CHECK(str_find(STR("a=b=c"), '=', &at) && at == 1);
    CHECK(!str_find(STR(""), 'x', &at) && at == 1);
    struct str head, rest;
    CHECK(str_cut(STR("k:v:w"), ':', &head, &rest));
    CHECK_STR(head, STR("k"));
    CHECK_STR(rest, STR("v:w"));
    CHECK(str_cut(STR("k:"), ':', &head, &rest) && rest.len == 0);
    CHECK(!str_cut(STR("kv"), ':', &head, &rest));
    CHECK_STR(head, STR("kv"));
    CHECK_STR(rest, STR(""));
}

static void unsigned_numbers_are_strict(void)
{
    uint64_t n = 7;
    CHECK(str_to_u64(STR("0"), &n) && n == 0);
    CHECK(str_to_u64(STR("18446744073709551615"), &n) && n == UINT64_MAX);
    static const char *const bad[] = {"", "-1", "+1", "01", "00", " 1", "1 ", "1.0", "1e3", "0x1", "a", "18446744073709551616",
                                      "99999999999999999999", "184467440737095516150"};
    n = 5;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!str_to_u64(str_of(bad[i]), &n));
    CHECK_U64(n, 5);
}

static void signed_numbers_are_strict(void)
{
    int64_t n;
    CHECK(str_to_i64(STR("-9223372036854775808"), &n) && n == INT64_MIN);
    CHECK(str_to_i64(STR("9223372036854775807"), &n) && n == INT64_MAX);
    CHECK(str_to_i64(STR("0"), &n) && n == 0);
    CHECK(str_to_i64(STR("-1"), &n) && n == -1);
    static const char *const bad[] = {"", "-", "-0", "+1", "--1", "-01", "9223372036854775808", "-9223372036854775809"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!str_to_i64(str_of(bad[i]), &n));
}

static void utf8_must_be_well_formed(void)
{
    static const char *const good[] = {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf", "a\xc3\xa9z"};
    static const char *const bad[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
                                      "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "ok\xfe", "\xf0\x90\x80"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) CHECK(str_is_utf8(str_of(good[i])));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!str_is_utf8(str_of(bad[i])));
}

static void copies_end_in_a_zero(void)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct str piece = str_sub(STR("hello world"), 0, 5), copy = str_dup(&arena, piece);
    CHECK(strcmp(copy.data, "hello") == 0 && copy.data != piece.data);
    const struct str text = str_fmt(&arena, "%d-%s-" STR_FMT, 7, "x", STR_ARG(piece));
    CHECK_STR(text, STR("7-x-hello"));
    const struct str wide = str_fmt(&arena, "%5000d", 1);
    CHECK_U64(wide.len, 5000);
    CHECK(wide.data[4999] == '1' && wide.data[5000] == '\0');
    arena_done(&arena);
}

static void distance_counts_edits_and_swaps(void)
{
    CHECK_U64(str_distance(STR(""), STR("")), 0);
    CHECK_U64(str_distance(STR("abc"), STR("")), 3);
    CHECK_U64(str_distance(STR("behavior"), STR("behaviour")), 1);
    CHECK_U64(str_distance(STR("transfer"), STR("trasnfer")), 1);
    CHECK_U64(str_distance(STR("kitten"), STR("sitting")), 3);
    char many[200];
    memset(many, 'a', sizeof(many));
    CHECK_U64(str_distance((struct str){many, 200}, (struct str){many, 100}), 0); /* both cut */
    CHECK_U64(str_distance((struct str){many, 200}, STR("")), 64);
}

static void hex_goes_both_ways_and_is_strict(void)
{
    struct rng rng;
    rng_init(&rng, 3);
    for (size_t bytes = 0; bytes < 40; bytes++) {
        uint8_t data[40], back[40];
        char text[80];
        rng_bytes(&rng, data, bytes);
        str_hex(data, bytes, text);
        CHECK(str_unhex((struct str){text, 2 * bytes}, back, bytes));
        CHECK(memcmp(data, back, bytes) == 0);
    }
    uint8_t out[2] = {9, 9};
    static const char *const bad[] = {"", "00", "000", "00000", "0G00", "ABCD", "00 0", "abcg"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!str_unhex(str_of(bad[i]), out, 2));
    CHECK(out[0] == 9 && out[1] == 9);
}

int main(void)
{
    RUN(comparison_is_bytewise_and_shorter_first);
    RUN(pieces_are_clamped);
    RUN(unsigned_numbers_are_strict);
    RUN(signed_numbers_are_strict);
    RUN(utf8_must_be_well_formed);
    RUN(copies_end_in_a_zero);
    RUN(distance_counts_edits_and_swaps);
    RUN(hex_goes_both_ways_and_is_strict);
    return 0;
}
