#include "core/base/check.h"
#include "world/http/http.h"

static struct str value;
static void finds(const char *query, const char *name, const char *want)
{
    CHECK(http_query_find(str_of(query), str_of(name), &value));
    CHECK_STR(value, str_of(want));
}
static void a_query_gives_the_first_value_of_a_name(void)
{
    finds("limit=5&cursor=x%20", "limit", "5");
    finds("limit=5&cursor=x%20", "cursor", "x%20");
    finds("a=1&a=2", "a", "1");
    finds("flag&b=", "flag", "");
    finds("flag&b=", "b", "");
    finds("eq=a=b", "eq", "a=b");
    CHECK(!http_query_find(STR("limits=5"), STR("limit"), &value));
    CHECK(!http_query_find(STR(""), STR("limit"), &value));
}
static void escapes_are_undone_or_refused(void)
{
    struct arena arena;
    arena_init(&arena, 0);
    CHECK(http_unescape(&arena, STR("a%2Fb%c3%A9+"), &value));
    CHECK_STR(value, STR("a/b\xc3\xa9+"));
    CHECK(http_unescape(&arena, STR("plain"), &value));
    CHECK_STR(value, STR("plain"));
    CHECK(!http_unescape(&arena, STR("%2"), &value));
    CHECK(!http_unescape(&arena, STR("abc%"), &value));
    CHECK(!http_unescape(&arena, STR("%zz"), &value));
    arena_done(&arena);
}
static void a_header_is_found_by_its_lower_case_name(void)
{
    const struct http_header headers[] = {{STR("x-node"), STR("v1")}, {STR("x-height"), STR("7")}};
    CHECK_STR(http_header_find(headers, 2, STR("x-height")), STR("7"));
    CHECK_STR(http_header_find(headers, 2, STR("x-heigh")), STR(""));
}
int main(void)
{
    RUN(a_query_gives_the_first_value_of_a_name);
    RUN(escapes_are_undone_or_refused);
    RUN(a_header_is_found_by_its_lower_case_name);
    return 0;
}
