#include "world/http/router.h"

#include "core/base/check.h"

static const struct http_route routes[] = {
    {"height", HTTP_GET, "/{n}/block/height/latest", "the row"},
    {"latest", HTTP_GET, "/{n}/block/latest", NULL},
    {"block", HTTP_GET, "/{n}/block/{ref}", NULL},
    {"block-txs", HTTP_GET, "/{n}/block/{ref}/transactions", NULL},
    {"broadcast", HTTP_POST, "/{n}/transaction/broadcast", NULL},
    {"transaction", HTTP_GET, "/{n}/transaction/{id}", NULL},
    {"proposals", HTTP_GET, "/{n}/governance/proposals", NULL},
    {"propose", HTTP_POST, "/{n}/governance/proposals", NULL},
    {"chaos-end", HTTP_DELETE, "/admin/v1/chaos/{id}", NULL},
    {"mapping", HTTP_GET, "/{n}/program/{program}/mapping/{name}/{key}", NULL},
};
static struct router *router;
static struct router_match match;

static void finds(enum http_method method, const char *path, const char *id, size_t params)
{
    CHECK(router_find(router, method, str_of(path), &match) == ROUTER_FOUND);
    CHECK_STR(str_of(match.route->id), str_of(id));
    CHECK_U64(match.params.count, params);
}
static void is_unknown(const char *path)
{
    CHECK(router_find(router, HTTP_GET, str_of(path), &match) == ROUTER_UNKNOWN);
}

static void every_pattern_finds_its_route_and_its_parameters(void)
{
    finds(HTTP_GET, "/testnet/block/height/latest", "height", 1);
    CHECK_STR(str_of(match.route->row), STR("the row"));
    finds(HTTP_GET, "/testnet/block/latest", "latest", 1);
    finds(HTTP_GET, "/testnet/block/17", "block", 2);
    CHECK_STR(match.params.values[0], STR("testnet"));
    CHECK_STR(match.params.values[1], STR("17"));
    finds(HTTP_GET, "/testnet/program/p/mapping/%20n/k", "mapping", 4);
    CHECK_STR(match.params.values[2], STR("%20n"));
    finds(HTTP_POST, "/testnet/governance/proposals", "propose", 1);
    finds(HTTP_DELETE, "/admin/v1/chaos/c9", "chaos-end", 1);
}
static void a_literal_that_leads_nowhere_is_a_parameter(void)
{
    finds(HTTP_GET, "/admin/block/latest", "latest", 1);
    CHECK_STR(match.params.values[0], STR("admin"));
    finds(HTTP_GET, "/testnet/block/height", "block", 2);
    CHECK_STR(match.params.values[1], STR("height"));
    finds(HTTP_GET, "/testnet/block/height/transactions", "block-txs", 2);
}
static void a_path_that_is_not_there_is_unknown(void)
{
    is_unknown("");
    is_unknown("/");
    is_unknown("testnet/block/latest");
    is_unknown("/testnet");
    is_unknown("/testnet/block");
    is_unknown("/testnet/block/");
    is_unknown("/testnet/block/latest/");
    is_unknown("//block/latest");
    is_unknown("/testnet//latest");
    is_unknown("/testnet/Block/latest");
    is_unknown("/a/b/c/d/e/f/g/h/i");
}
static void another_method_is_told_what_is_allowed(void)
{
    CHECK(router_find(router, HTTP_PUT, STR("/testnet/governance/proposals"), &match) == ROUTER_METHOD);
    CHECK_STR(str_of(match.allow), STR("GET, POST"));
    CHECK(router_find(router, HTTP_GET, STR("/testnet/transaction/broadcast"), &match) == ROUTER_METHOD);
    CHECK_STR(str_of(match.allow), STR("POST"));
    CHECK(router_find(router, HTTP_OTHER, STR("/admin/v1/chaos/x"), &match) == ROUTER_METHOD);
    CHECK_STR(str_of(match.allow), STR("DELETE"));
}

int main(void)
{
    router = router_new(routes, ARRAY_LEN(routes));
    RUN(every_pattern_finds_its_route_and_its_parameters);
    RUN(a_literal_that_leads_nowhere_is_a_parameter);
    RUN(a_path_that_is_not_there_is_unknown);
    RUN(another_method_is_told_what_is_allowed);
    router_free(router);
    return 0;
}
