/* The Adnet listener: health and status of both chains, as they are and as they fall. */
#include "chain/response_adnet.h"
#include "town.h"

static const struct health_view *health(struct town *town, struct http_exchange **out)
{
    struct err err;
    *out = town_get_on(town, STR("adnet"), "/health");
    CHECK(*out != NULL);
    const struct health_view *view = wire_object(*out, &wire_health, &err);
    if (!view) CHECK_FAIL("no health: %s", err.text);
    CHECK_U64(http_response(*out)->status, view->status == HEALTH_DOWN ? 503 : 200);
    return view;
}

static void check_health(struct town *town, enum health status, bool alpha, bool delta, bool ipc)
{
    struct http_exchange *exchange;
    const struct health_view *view = health(town, &exchange);
    if (view->status != status || view->alpha != alpha || view->delta != delta || view->ipc != ipc)
        CHECK_FAIL("health is %d, alpha %d, delta %d, ipc %d", (int)view->status, view->alpha, view->delta, view->ipc);
    http_exchange_free(exchange);
}

static void both_here(struct town *town)
{
    struct err err;
    struct hash id;
    check_health(town, HEALTH_OK, true, true, true);
    for (uint32_t i = 0; i < 20; i++) CHECK_U64(town_pay(town, i % 4, 4, 100, &id), CODE_NONE);
    CHECK_U64(town_tx_status(town, &id, "finalized"), TX_FINALIZED);
    struct http_exchange *exchange = town_get_on(town, STR("adnet"), "/v2/status");
    const struct status_view *status = wire_object(exchange, &wire_status, &err);
    if (!status) CHECK_FAIL("no status: %s", err.text);
    CHECK(status->api == 2 && status->has_alpha && status->has_delta);
    CHECK_STR(status->alpha.network, STR("testnet"));
    CHECK_STR(status->delta.network, STR("mainnet"));
    CHECK_U64(status->alpha.network_id, 13);
    CHECK_U64(status->delta.network_id, 18);
    CHECK_U64(status->alpha.validators, 4);
    CHECK_U64(status->alpha.active_validators, 4);
    CHECK(status->alpha.height >= status->alpha.finalized_height && status->alpha.finalized_height > 0 && status->alpha.round > 0);
    CHECK_STR(status->alpha.tps, STR("2.0")); /* twenty in the last ten seconds */
    CHECK(str_eq(status->delta.tps, STR("1.4")) || str_eq(status->delta.tps, STR("0.0"))); /* its oracle's reports, final by now or not */
    CHECK(amount_is_zero(status->locked) && status->pending_messages == 0);
    http_exchange_free(exchange);
    CHECK_U64(town_code(town_get_on(town, STR("adnet"), "/nothing")), CODE_UNKNOWN_METHOD);
    CHECK_U64(town_code(town_get_on(town, STR("adnet"), "/v1/health")), CODE_API_VERSION_RETIRED);
    CHECK_U64(town_code(town_call(town, STR("adnet"), &(struct http_request){.method = HTTP_POST, .path = STR("/health")})), CODE_METHOD_NOT_ALLOWED);
    CHECK_U64(town_code(town_get(town, "/health")), CODE_UNKNOWN_METHOD); /* not on a chain's listener */
}

static void status_tells_of_both_chains(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 1, .delta = true}, both_here, NULL);
    (void)town_run((struct town_config){.validators = 4, .seed = 1, .delta = true, .wire = WIRE_TEXT}, both_here, NULL);
}

static void falling_here(struct town *town)
{
    town_sleep(town, 3000);
    town_chaos(town, "{\"action\":\"crash\",\"chain\":\"delta\",\"params\":{\"targets\":[\"v3\",\"v4\"]}}");
    town_sleep(town, 30000);
    check_health(town, HEALTH_DEGRADED, true, false, false); /* Delta has no quorum */
    town_chaos(town, "{\"action\":\"crash\",\"chain\":\"alpha\",\"params\":{\"targets\":[\"v1\",\"v2\",\"v3\",\"v4\"]}}");
    check_health(town, HEALTH_DOWN, false, false, false);
    CHECK_U64(town_code(town_get_on(town, STR("adnet"), "/rewards/ax1")), CODE_NODE_UNAVAILABLE);
    CHECK_U64(town_status(town_admin(town, HTTP_DELETE, "chaos", "")), 200);
    town_sleep(town, 15000);
    check_health(town, HEALTH_OK, true, true, true);
}

static void health_falls_and_comes_back(void) { (void)town_run((struct town_config){.validators = 4, .seed = 2, .delta = true}, falling_here, NULL); }

static void alone_here(struct town *town)
{
    struct err err;
    town_sleep(town, 2000);
    check_health(town, HEALTH_OK, true, false, false);
    struct http_exchange *exchange = town_get_on(town, STR("adnet"), "/status");
    const struct status_view *status = wire_object(exchange, &wire_status, &err);
    CHECK(status && status->has_alpha && !status->has_delta);
    http_exchange_free(exchange);
}

static void a_network_of_alpha_alone_is_whole(void) { (void)town_run((struct town_config){.validators = 4, .seed = 3}, alone_here, NULL); }

int main(void)
{
    RUN(status_tells_of_both_chains);
    RUN(health_falls_and_comes_back);
    RUN(a_network_of_alpha_alone_is_whole);
    return 0;
}
