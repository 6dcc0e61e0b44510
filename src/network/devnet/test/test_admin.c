/* The admin API: who may use it, what it answers, and that what it changes is seen from outside. */
#include "town.h"

static enum code admin(struct town *town, enum http_method method, const char *path, const char *body) { return town_code(town_admin(town, method, path, body)); }

static void without_token(struct town *town)
{
    const struct http_header wrong[] = {{STR("authorization"), STR("Bearer 0123456789abcdeF")}};
    const struct http_header basic[] = {{STR("authorization"), STR("Basic 0123456789abcdef")}};
    struct http_request request = {.method = HTTP_GET, .path = STR("/admin/v1/info")};
    struct http_exchange *exchange = town_call(town, STR("admin"), &request);
    CHECK_STR(http_header_find(http_response(exchange)->headers, http_response(exchange)->headers_count, STR("www-authenticate")), STR("Bearer"));
    CHECK_U64(town_code(exchange), CODE_UNAUTHORIZED);
    request.headers = wrong;
    request.headers_count = 1;
    CHECK_U64(town_code(town_call(town, STR("admin"), &request)), CODE_UNAUTHORIZED);
    request.headers = basic;
    CHECK_U64(town_code(town_call(town, STR("admin"), &request)), CODE_UNAUTHORIZED);
    CHECK_U64(town_code(town_get(town, "/admin/v1/info")), CODE_UNKNOWN_METHOD); /* not on the public listener */
}

static void only_the_token_opens(void) { (void)town_run((struct town_config){.validators = 1, .seed = 1}, without_token, NULL); }

static const struct {
    enum http_method method;
    const char *path, *body;
    enum code code;
} calls[] = {
    {HTTP_GET, "info", "", CODE_NONE},
    {HTTP_GET, "nodes", "", CODE_NONE},
    {HTTP_GET, "parameters", "", CODE_NONE},
    {HTTP_GET, "log", "", CODE_NONE},
    {HTTP_GET, "log?limit=1", "", CODE_NONE},
    {HTTP_GET, "audit", "", CODE_NONE},
    {HTTP_GET, "audit?at=head", "", CODE_NONE},
    {HTTP_GET, "audit?at=noon", "", CODE_INVALID_PARAMETER},
    {HTTP_GET, "limits", "", CODE_NONE},
    {HTTP_PUT, "limits", "{}", CODE_MISSING_FIELD},
    {HTTP_PUT, "limits", "{\"listener\":\"gamma\"}", CODE_INVALID_PARAMETER},
    {HTTP_PUT, "limits", "{\"listener\":\"alpha\",\"burst\":\"x\"}", CODE_INVALID_FIELD_TYPE},
    {HTTP_PUT, "limits", "{\"listener\":\"adnet\",\"mempool_capacity\":5}", CODE_INVALID_PARAMETER},
    {HTTP_GET, "chaos", "", CODE_NONE},
    {HTTP_DELETE, "chaos", "", CODE_NONE},
    {HTTP_DELETE, "chaos/c99", "", CODE_CHAOS_NOT_FOUND},
    {HTTP_DELETE, "chaos/x", "", CODE_CHAOS_NOT_FOUND},
    {HTTP_GET, "switches", "", CODE_NONE},
    {HTTP_GET, "switches/vuln.skip-balance-check", "", CODE_NONE},
    {HTTP_GET, "switches/vuln.none", "", CODE_SWITCH_NOT_FOUND},
    {HTTP_PUT, "switches/vuln.none", "{\"enabled\":true}", CODE_SWITCH_NOT_FOUND},
    {HTTP_PUT, "switches/vuln.skip-balance-check", "{}", CODE_MISSING_FIELD},
    {HTTP_PUT, "switches/vuln.skip-balance-check", "{\"enabled\":true}", CODE_NONE},
    {HTTP_PUT, "switches/vuln.skip-balance-check", "{\"enabled\":false}", CODE_NONE},
    {HTTP_PUT, "byzantine", "{}", CODE_MISSING_FIELD},
    {HTTP_POST, "roles", "{}", CODE_FEATURE_NOT_AVAILABLE},
    {HTTP_POST, "restore", "{}", CODE_MISSING_FIELD},
    {HTTP_POST, "restore", "{\"snapshot_id\":1}", CODE_INVALID_FIELD_TYPE},
    {HTTP_POST, "restore", "{\"snapshot_id\":\"s9\"}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "reset", "{\"validators\":201}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "reset", "{\"rng\":\"x\"}", CODE_INVALID_FIELD_TYPE},
    {HTTP_GET, "nonsense", "", CODE_UNKNOWN_METHOD},
    {HTTP_POST, "info", "{}", CODE_METHOD_NOT_ALLOWED},
    {HTTP_POST, "faucet", "{", CODE_PARSE_ERROR},
    {HTTP_POST, "faucet", "{}", CODE_MISSING_FIELD},
    {HTTP_POST, "faucet", "{\"grants\":[]}", CODE_FIELD_TOO_LONG},
    {HTTP_POST, "faucet", "{\"address\":\"ax1x\",\"token\":\"AX\",\"amount\":\"1\"}", CODE_INVALID_ADDRESS},
    {HTTP_POST, "faucet", "{\"address\":\"ax1x\",\"token\":\"DX\",\"amount\":\"1\"}", CODE_FEATURE_NOT_AVAILABLE},
    {HTTP_POST, "step", "{\"blocks\":1}", CODE_FORBIDDEN}, /* not in manual mode */
    {HTTP_POST, "step", "{\"blocks\":0}", CODE_INVALID_FORMAT},
    {HTTP_POST, "mode", "{\"mode\":\"warp\"}", CODE_INVALID_FORMAT},
    {HTTP_PUT, "parameters", "{\"no_such\":1}", CODE_UNKNOWN_FIELD},
    {HTTP_PUT, "parameters", "{\"min_fee_base\":\"x\"}", CODE_INVALID_FIELD_TYPE},
    {HTTP_POST, "chaos", "{}", CODE_MISSING_FIELD},
    {HTTP_POST, "chaos", "{\"action\":\"ipc_delay\"}", CODE_FEATURE_NOT_AVAILABLE},
    {HTTP_POST, "chaos", "{\"action\":\"crash\",\"params\":{}}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "chaos", "{\"action\":\"crash\",\"params\":{\"targets\":\"v9\"}}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "chaos", "{\"action\":\"crash\",\"params\":{\"targets\":\"v1\",\"method\":\"axe\"}}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "chaos", "{\"action\":\"crash\",\"chain\":\"delta\",\"params\":{\"targets\":\"v1\"}}", CODE_FEATURE_NOT_AVAILABLE},
    {HTTP_POST, "chaos", "{\"action\":\"loss\",\"params\":{\"rate_bps\":10001}}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "chaos", "{\"action\":\"loss\",\"params\":{\"rate_bps\":100,\"model\":\"burst\"}}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "chaos", "{\"action\":\"latency\",\"params\":{}}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "chaos", "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1\"],[\"v1\"]]}}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "chaos", "{\"action\":\"cpu_limit\",\"params\":{\"targets\":\"v1\",\"percent\":0}}", CODE_INVALID_PARAMETER},
    {HTTP_POST, "chaos", "{\"action\":\"corrupt\",\"params\":{\"rate_bps\":1},\"duration_ms\":0}", CODE_INVALID_PARAMETER},
};

static void all_calls(struct town *town)
{
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        const enum code got = admin(town, calls[i].method, calls[i].path, calls[i].body);
        if (got != calls[i].code) CHECK_FAIL("%s %s: " STR_FMT ", not " STR_FMT, calls[i].path, calls[i].body, STR_ARG(code_text(got)), STR_ARG(code_text(calls[i].code)));
    }
}

static void every_call_answers_or_refuses(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 1}, all_calls, NULL);
    (void)town_run((struct town_config){.validators = 4, .seed = 1, .wire = WIRE_TEXT}, all_calls, NULL);
}

/* ---- faucet: money from nowhere, on record ---- */

static struct amount balance(struct town *town, uint32_t bot)
{
    struct err err;
    char path[120], text[ADDRESS_TEXT];
    address_text(&town->addresses[bot], CHAIN_ALPHA, text);
    snprintf(path, sizeof(path), "/testnet/account/%s", text);
    struct http_exchange *exchange = town_get(town, path);
    const struct account_view *account = wire_object(exchange, &wire_account, &err);
    CHECK(account != NULL && account->balances_count == 1);
    const struct amount free = account->balances[0].free;
    http_exchange_free(exchange);
    return free;
}

static void faucet_here(struct town *town)
{
    struct err err;
    struct hash id;
    char body[200], text[ADDRESS_TEXT];
    const struct amount before = balance(town, 3);
    address_text(&town->addresses[3], CHAIN_ALPHA, text);
    snprintf(body, sizeof(body), "{\"address\":\"%s\",\"token\":\"AX\",\"amount\":\"12345\"}", text);
    struct http_exchange *exchange = town_admin(town, HTTP_POST, "faucet", body);
    const struct admin_faucet *granted = wire_object(exchange, &wire_admin_faucet, &err);
    CHECK(granted != NULL);
    CHECK_U64(granted->granted, 1);
    const uint32_t height = granted->effective_height;
    CHECK(height > town_height(town));
    http_exchange_free(exchange);
    while (town_final(town) < height) town_sleep(town, 100);
    CHECK_U64(balance(town, 3).units - before.units, 12345);
    exchange = town_get(town, "/testnet/supply?finalized=true");
    const struct supply *supply = wire_object(exchange, &wire_supply, &err);
    CHECK(supply != NULL && supply->tokens_count == 1 && supply->tokens[0].ok);
    CHECK_U64(supply->tokens[0].faucet_minted.units, 12345);
    http_exchange_free(exchange);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    CHECK_U64(town_tx_status(town, &id, "finalized"), TX_FINALIZED);
    town_check_audit(town, "audit");
    town_check_audit(town, "audit?at=head");
    /* A wiped node executes the grant again when it catches up. */
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"v1\",\"wipe\":true}}");
    town_sleep(town, 5000);
    CHECK(town_u32(town, "/node/v1/testnet/block/height/finalized") >= height);
    CHECK_U64(balance(town, 3).units - before.units, 12345);
}

static void the_faucet_is_on_record(void) { (void)town_run((struct town_config){.validators = 4, .seed = 1}, faucet_here, NULL); }

/* ---- manual mode ---- */

static void steps_here(struct town *town)
{
    struct err err;
    town_sleep(town, 5000);
    CHECK_U64(town_height(town), 0);
    for (uint32_t i = 1; i <= 3; i++) {
        struct http_exchange *exchange = town_admin(town, HTTP_POST, "step", "{\"blocks\":5}");
        const struct admin_step *step = wire_object(exchange, &wire_admin_step, &err);
        CHECK(step != NULL && step->heights_count == 1);
        CHECK_U64(step->heights[0].height, 5 * i);
        http_exchange_free(exchange);
        town_sleep(town, 5000);
        CHECK_U64(town_height(town), 5 * i);
    }
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v3-v4\"}}");
    struct http_exchange *exchange = town_admin(town, HTTP_POST, "step", "{\"blocks\":5}");
    const struct admin_step *step = wire_object(exchange, &wire_admin_step, &err);
    CHECK(step != NULL && step->heights[0].height <= 17); /* no quorum, no blocks */
    http_exchange_free(exchange);
    CHECK_U64(town_status(town_admin(town, HTTP_DELETE, "chaos", "")), 200);
    CHECK_U64(admin(town, HTTP_POST, "mode", "{\"mode\":\"auto\"}"), CODE_NONE);
    town_sleep(town, 10000);
    CHECK(town_final(town) > 20);
}

static void manual_mode_makes_the_blocks_asked_for(void) { (void)town_run((struct town_config){.validators = 4, .seed = 1, .manual = true}, steps_here, NULL); }

/* ---- parameters ---- */

static void parameters_here(struct town *town)
{
    struct hash id;
    CHECK_U64(admin(town, HTTP_PUT, "parameters", "{\"parameters\":{\"min_fee_base\":5000,\"block_interval_ms\":\"250\"}}"), CODE_NONE);
    town_sleep(town, 3000);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_FEE_TOO_LOW);
    const uint32_t height = town_height(town);
    town_sleep(town, 10000);
    CHECK(town_height(town) > height + 30); /* it was 500 ms a block */
}

static void parameters_change_for_everybody_at_one_block(void) { (void)town_run((struct town_config){.validators = 4, .seed = 1}, parameters_here, NULL); }

/* ---- gateway ---- */

static struct str node_name(struct town *town, char out[16])
{
    struct http_exchange *exchange = town_get(town, "/testnet/node/info");
    const struct str name = http_header_find(http_response(exchange)->headers, http_response(exchange)->headers_count, STR("x-node"));
    snprintf(out, 16, STR_FMT, STR_ARG(name));
    http_exchange_free(exchange);
    return str_of(out);
}

static void gateways(struct town *town)
{
    char name[16];
    CHECK_STR(node_name(town, name), STR("v1"));
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v1\"}}");
    CHECK_STR(node_name(town, name), STR("v2"));
    town_chaos(town, "{\"action\":\"pause\",\"params\":{\"targets\":\"v2\"}}");
    CHECK_STR(node_name(town, name), STR("v3"));
    town_chaos(town, "{\"action\":\"resume\",\"params\":{\"targets\":\"v2\"}}");
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":\"v1\"}}");
    town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1-v2\"],[\"v5-v7\"],[\"v3-v4\"]]}}");
    CHECK_STR(node_name(town, name), STR("v5"));
    town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v4-v6\"],[\"v1-v3\"]]}}"); /* 3, 3 and v7: equal ones, v1's */
    CHECK_STR(node_name(town, name), STR("v1"));
    town_chaos(town, "{\"action\":\"heal\"}");
    CHECK_U64(town_code(town_get(town, "/node/v2/testnet/node/info")), CODE_NONE);
}

static void the_gateway_is_the_lowest_of_the_largest_partition(void) { (void)town_run((struct town_config){.validators = 7, .seed = 1}, gateways, NULL); }

/* ---- what peers' counters show of faults ---- */

static struct peer_view peer_of(struct town *town, const char *view, size_t i)
{
    struct err err;
    char path[96];
    snprintf(path, sizeof(path), "/node/%s/testnet/peers/all/metrics", view);
    struct http_exchange *exchange = town_get(town, path);
    const struct page *page = wire_object(exchange, &wire_peer_list, &err);
    CHECK(page != NULL && i < page->count);
    const struct peer_view peer = ((const struct peer_view *)page->items)[i];
    http_exchange_free(exchange);
    return peer;
}

static void counters(struct town *town)
{
    town_sleep(town, 2000);
    town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1\"]]}}");
    town_sleep(town, 500);
    const struct peer_view before = peer_of(town, "v2", 0); /* v1, as v2 sees it */
    town_sleep(town, 8000);
    const struct peer_view after = peer_of(town, "v2", 0);
    CHECK_U64(after.received, before.received);
    CHECK(after.dropped > before.dropped);
    CHECK(after.partition != peer_of(town, "v2", 1).partition);
    town_chaos(town, "{\"action\":\"heal\"}");
    town_chaos(town, "{\"action\":\"latency\",\"params\":{\"delay_ms\":200}}");
    town_sleep(town, 8000);
    const struct peer_view slow = peer_of(town, "v2", 0);
    CHECK(slow.received > after.received);
    CHECK(slow.latency_ms >= 150);
    town_chaos(town, "{\"action\":\"duplicate\",\"params\":{\"rate_bps\":5000,\"copies\":1}}");
    town_sleep(town, 8000);
    CHECK(peer_of(town, "v2", 0).duplicates > slow.duplicates);
}

static void faults_show_in_the_peers_counters(void) { (void)town_run((struct town_config){.validators = 4, .seed = 1}, counters, NULL); }

int main(void)
{
    RUN(only_the_token_opens);
    RUN(every_call_answers_or_refuses);
    RUN(the_faucet_is_on_record);
    RUN(manual_mode_makes_the_blocks_asked_for);
    RUN(parameters_change_for_everybody_at_one_block);
    RUN(the_gateway_is_the_lowest_of_the_largest_partition);
    RUN(faults_show_in_the_peers_counters);
    return 0;
}
