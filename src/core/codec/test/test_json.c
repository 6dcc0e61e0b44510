#include "core/codec/json.h"

#include <cjson/cJSON.h>

#include "core/base/check.h"
#include "core/base/rng.h"

static struct arena arena;
static struct err last;

static const struct json *parse(struct str text)
{
    arena_reset(&arena);
    return json_parse(&arena, text, &last);
}

static void what_rfc_8259_allows_is_read(void)
{
    const struct json *doc =
        parse(STR(" {\"a\" : [1, -0, 1.5e+3, true,false ,null], \"\\u00e9\\n\":\"x\\ud83d\\ude00\\/\", \"o\":{} }\n"));
    CHECK(doc != NULL);
    CHECK_U64(doc->count, 3);
    const struct json *a = json_find(doc, STR("a"));
    CHECK_U64(a->count, 6);
    uint64_t one = 0;
    CHECK(json_u64(json_at(a, 0), &one) && one == 1);
    CHECK_STR(json_at(a, 2)->text, STR("1.5e+3"));
    double d = 0;
    CHECK(json_double(json_at(a, 2), &d) && d == 1500.0);
    CHECK(json_at(a, 3)->boolean && !json_at(a, 4)->boolean);
    CHECK(json_is(json_at(a, 5), JSON_NULL));
    CHECK(json_at(a, 6) == NULL);
    CHECK_STR(json_find(doc, STR("\xc3\xa9\n"))->text, STR("x\xf0\x9f\x98\x80/"));
    CHECK(json_find(json_find(doc, STR("o")), STR("none")) == NULL);
    CHECK(json_find(json_find(doc, STR("none")), STR("none")) == NULL);
}

static void what_it_does_not_is_refused(void)
{
    static const struct str bad[] = {STR(""),
                                     STR(" "),
                                     STR("01"),
                                     STR("-"),
                                     STR("-01"),
                                     STR("1."),
                                     STR(".5"),
                                     STR("+1"),
                                     STR("1e"),
                                     STR("1e+"),
                                     STR("0x1"),
                                     STR("nul"),
                                     STR("True"),
                                     STR("NaN"),
                                     STR("'a'"),
                                     STR("\""),
                                     STR("\"\\"),
                                     STR("\"\\x\""),
                                     STR("\"\\u12g4\""),
                                     STR("\"\\ud800\""),
                                     STR("\"\\udc00\""),
                                     STR("\"\\ud800\\u0041\""),
                                     STR("\"\n\""),
                                     STR("\"\t\""),
                                     STR("\"\x00\""),
                                     STR("\"\\n\x01\""),
                                     STR("\"\xff\""),
                                     STR("\"\xc0\xaf\""),
                                     STR("\"\xed\xa0\x80\""),
                                     STR("\"\\n\xff\""),
                                     STR("["),
                                     STR("[1"),
                                     STR("[1,"),
                                     STR("[1,]"),
                                     STR("[,1]"),
                                     STR("[1 2]"),
                                     STR("{"),
                                     STR("{\"a\"}"),
                                     STR("{\"a\":}"),
                                     STR("{\"a\":1,}"),
                                     STR("{a:1}"),
                                     STR("{\"a\":1 \"b\":2}"),
                                     STR("{\"a\":1,\"a\":2}"),
                                     STR("{\"a\":1,\"\\u0061\":2}"),
                                     STR("1 2"),
                                     STR("{}x"),
                                     STR("[]]"),
                                     STR("]"),
                                     STR("}"),
                                     STR(":"),
                                     STR(","),
                                     STR("\xef\xbb\xbf{}"),
                                     STR("{}\x00"),
                                     STR("[1]//c"),
                                     STR("\"a"),
                                     STR("\"a\\\"")};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (parse(bad[i]) != NULL) CHECK_FAIL("\"" STR_FMT "\" was read", STR_ARG(bad[i]));
}

static void integers_are_exact_or_refused(void)
{
    uint64_t u = 7;
    int64_t i = 7;
    CHECK(json_u64(parse(STR("9007199254740991")), &u) && u == JSON_INT_MAX);
    CHECK(!json_u64(parse(STR("9007199254740992")), &u));
    CHECK(!json_u64(parse(STR("18446744073709551616")), &u));
    CHECK(!json_u64(parse(STR("1.0")), &u) && !json_u64(parse(STR("1e3")), &u) && !json_u64(parse(STR("-1")), &u));
    CHECK(!json_u64(parse(STR("\"1\"")), &u));
    CHECK(json_i64(parse(STR("-9007199254740991")), &i) && i == -(int64_t)JSON_INT_MAX);
    CHECK(!json_i64(parse(STR("-9007199254740992")), &i));
    CHECK_U64(u, JSON_INT_MAX); /* failures left it alone */
}

static void depth_has_a_limit(void)
{
    char text[2 * JSON_DEPTH_MAX + 4];
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    CHECK(parse((struct str){text, 2 * JSON_DEPTH_MAX}) != NULL);
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    CHECK(parse((struct str){text, 2 * JSON_DEPTH_MAX + 2}) == NULL);
}

static void a_late_duplicate_among_many_keys_is_found(void)
{
    struct buf text = {0};
    buf_put_char(&text, '{');
    for (int i = 0; i < 5000; i++) buf_printf(&text, "\"k%d\":%d,", i, i);
    struct buf twice = {0};
    buf_put_str(&twice, buf_str(&text));
    buf_put_str(&text, STR("\"last\":1}"));
    buf_put_str(&twice, STR("\"k17\":1}"));
    CHECK(parse(buf_str(&text)) != NULL);
    CHECK(parse(buf_str(&twice)) == NULL);
    buf_done(&text);
    buf_done(&twice);
}

static void the_writer_writes_what_the_reader_reads(void)
{
    struct buf out = {0};
    struct json_writer w = json_writer_of(&out);
    json_object(&w);
    json_put_member_u64(&w, STR("max"), UINT64_MAX);
    json_put_member_str(&w, STR("text"), STR("a\"\\\n\x01\xc3\xa9\xff!"));
    json_put_member_bool(&w, STR("yes"), true);
    json_key(&w, STR("list"));
    json_array(&w);
    json_put_i64(&w, -5);
    json_put_i64(&w, INT64_MIN);
    json_put_null(&w);
    json_put_double(&w, 0.25);
    json_put_double(&w, -0.0);
    json_put_double(&w, 1e300 * 1e300);
    json_put_hex(&w, "\x01\xff", 2);
    json_put_u128_str(&w, U128_MAX);
    json_object(&w);
    json_object_end(&w);
    json_array_end(&w);
    json_object_end(&w);
    CHECK_STR(buf_str(&out),
              STR("{\"max\":18446744073709551615,\"text\":\"a\\\"\\\\\\n\\u0001\xc3\xa9\xef\xbf\xbd!\",\"yes\":true,\"list\":[-5,"
                  "-9223372036854775808,null,0.25,0,null,\"01ff\",\"340282366920938463463374607431768211455\",{}]}"));
    const struct json *doc = parse(buf_str(&out));
    CHECK(doc != NULL);
    struct buf again = {0};
    struct json_writer copy = json_writer_of(&again);
    json_put_tree(&copy, doc);
    CHECK_STR(buf_str(&again), buf_str(&out));
    buf_done(&out);
    buf_done(&again);
}

static void pretty_text_is_indented(void)
{
    struct buf out = {0};
    struct json_writer w = json_writer_pretty(&out);
    json_object(&w);
    json_put_member_u64(&w, STR("a"), 1);
    json_key(&w, STR("b"));
    json_array(&w);
    json_put_u64(&w, 2);
    json_array_end(&w);
    json_key(&w, STR("c"));
    json_object(&w);
    json_object_end(&w);
    json_object_end(&w);
    CHECK_STR(buf_str(&out), STR("{\n  \"a\": 1,\n  \"b\": [\n    2\n  ],\n  \"c\": {}\n}"));
    buf_done(&out);
}

/* Random documents, slightly broken: whatever our reader takes, an established one takes too, with the same shape. */
static bool same_shape(const struct json *ours, const cJSON *theirs)
{
    switch (ours->type) {
    case JSON_NULL: return cJSON_IsNull(theirs);
    case JSON_BOOL: return cJSON_IsBool(theirs) && (cJSON_IsTrue(theirs) != 0) == ours->boolean;
    case JSON_NUMBER: return cJSON_IsNumber(theirs);
    case JSON_STRING: return cJSON_IsString(theirs) && str_eq(str_of(theirs->valuestring), ours->text);
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    if (!(ours->type == JSON_ARRAY ? cJSON_IsArray(theirs) : cJSON_IsObject(theirs))) return false;
    const cJSON *their = theirs->child;
    for (const struct json *our = ours->child; our != NULL; our = our->next, their = their->next) {
        if (their == NULL || !same_shape(our, their)) return false;
        if (ours->type == JSON_OBJECT && !str_eq(str_of(their->string), our->key)) return false;
    }
    return their == NULL;
}

static void an_established_reader_agrees(void)
{
    static const struct str pieces[] = {STR("{"),     STR("}"),        STR("["),   STR("]"),          STR(","),    STR(":"),
                                        STR("\"a\""), STR("\"b\\n\""), STR("1"),   STR("-2.5e3"),     STR("true"), STR("null"),
                                        STR(" "),     STR("{\"k\":"),  STR("[1,"), STR("\"\\u00e9\"")};
    struct rng rng;
    rng_init(&rng, 1);
    size_t taken = 0;
    for (int round = 0; round < 200000; round++) {
        struct buf text = {0};
        const uint64_t count = rng_range(&rng, 1, 9);
        for (uint64_t i = 0; i < count; i++) buf_put_str(&text, pieces[rng_below(&rng, ARRAY_LEN(pieces))]);
        const struct json *ours = parse(buf_str(&text));
        if (ours != NULL) {
            taken++;
            buf_put_char(&text, 0);
            cJSON *theirs = cJSON_ParseWithOpts((const char *)text.data, NULL, true);
            if (theirs == NULL || !same_shape(ours, theirs)) CHECK_FAIL("disagree on %s", (const char *)text.data);
            cJSON_Delete(theirs);
        }
        buf_done(&text);
    }
    CHECK(taken > 1000);
}

int main(void)
{
    RUN(what_rfc_8259_allows_is_read);
    RUN(what_it_does_not_is_refused);
    RUN(integers_are_exact_or_refused);
    RUN(depth_has_a_limit);
    RUN(a_late_duplicate_among_many_keys_is_found);
    RUN(the_writer_writes_what_the_reader_reads);
    RUN(pretty_text_is_indented);
    RUN(an_established_reader_agrees);
    arena_done(&arena);
    return 0;
}
