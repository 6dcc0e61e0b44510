/* Any bytes as a target: its query's values and escapes, and the router's way through its path. The first byte cuts the rest into
 * path and query. */
#include "core/base/check.h"
#include "world/http/router.h"

static const struct http_route routes[] = {
    {"a", HTTP_GET, "/{n}/block/{ref}", NULL},
    {"b", HTTP_GET, "/{n}/block/latest", NULL},
    {"c", HTTP_POST, "/a/b/c", NULL},
    {"d", HTTP_GET, "/{n}/block/{ref}/transactions", NULL},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes < 1) return 0;
    const struct str all = {(const char *)data + 1, bytes - 1}, path = str_sub(all, 0, data[0]),
                     query = str_sub(all, data[0], SIZE_MAX);
    struct arena arena;
    arena_init(&arena, 0);
    struct str value, plain;
    if (http_query_find(query, STR("limit"), &value)) {
        CHECK(!value.len || (value.data >= query.data && value.data + value.len <= query.data + query.len));
        size_t at;
        CHECK(!str_find(value, '&', &at));
    }
    if (http_unescape(&arena, query, &plain)) {
        CHECK(plain.len <= query.len);
        /* Escaping everything gives the same text back. */
        char *escaped = arena_alloc(&arena, 3 * plain.len + 1);
        for (size_t i = 0; i < plain.len; i++) (void)snprintf(escaped + 3 * i, 4, "%%%02X", (unsigned char)plain.data[i]);
        CHECK(http_unescape(&arena, (struct str){escaped, 3 * plain.len}, &value));
        CHECK_STR(value, plain);
    }
    struct router *router = router_new(routes, ARRAY_LEN(routes));
    struct router_match match;
    if (router_find(router, HTTP_GET, path, &match) == ROUTER_FOUND)
        for (size_t i = 0; i < match.params.count; i++) {
            const struct str param = match.params.values[i];
            CHECK(param.len > 0 && param.data > path.data && param.data + param.len <= path.data + path.len &&
                  !memchr(param.data, '/', param.len));
        }
    router_free(router);
    arena_done(&arena);
    return 0;
}
