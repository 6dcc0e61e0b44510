/* Rate limits: who asks too often is refused with the time to wait, others are not, liveness always answers, and the planted switch takes
 * the limit away. */
#include "town.h"

static struct http_exchange *ask_as(struct town *town, const char *origin, const char *path, const char *client)
{
    const struct http_header headers[] = {{STR("x-client-id"), str_of(client)}};
    return town_call(town, str_of(origin), &(struct http_request){.method = HTTP_GET, .path = str_of(path), .headers = headers, .headers_count = client[0] != 0});
}

static uint64_t header_number(struct http_exchange *exchange, const char *name)
{
    uint64_t value;
    const struct http_response *response = http_response(exchange);
    const struct str text = http_header_find(response->headers, response->headers_count, str_of(name));
    return str_to_u64(text, &value) ? value : UINT64_MAX;
}

/* How many of `count` questions asked at once are refused. */
static uint32_t refused_of(struct town *town, uint32_t count, const char *origin, const char *path, const char *client)
{
    uint32_t refused = 0;
    for (uint32_t i = 0; i < count; i++) {
        const enum code code = town_code(ask_as(town, origin, path, client));
        CHECK(code == CODE_NONE || code == CODE_RATE_LIMITED);
        refused += code == CODE_RATE_LIMITED;
    }
    return refused;
}

static void limits_put(struct town *town, const char *body)
{
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, "limits", body)), 200);
}

#define HEIGHT "/testnet/block/height/latest"

static void limited_here(struct town *town)
{
    struct http_exchange *exchange = ask_as(town, "alpha", HEIGHT, "a");
    CHECK_U64(header_number(exchange, "ratelimit-limit"), UINT64_MAX); /* off by default */
    http_exchange_free(exchange);
    limits_put(town, "{\"listener\":\"alpha\",\"per_client_rps\":2,\"burst\":5}");
    exchange = ask_as(town, "alpha", HEIGHT, "a");
    CHECK_U64(header_number(exchange, "ratelimit-limit"), 2);
    CHECK_U64(header_number(exchange, "ratelimit-remaining"), 4);
    http_exchange_free(exchange);
    CHECK_U64(refused_of(town, 10, "alpha", HEIGHT, "a"), 6);
    exchange = ask_as(town, "alpha", HEIGHT, "a");
    CHECK_U64(http_response(exchange)->status, 429);
    CHECK_U64(header_number(exchange, "retry-after"), 1);
    CHECK_U64(header_number(exchange, "ratelimit-remaining"), 0);
    CHECK_U64(town_code(exchange), CODE_RATE_LIMITED);
    CHECK_U64(refused_of(town, 5, "alpha", HEIGHT, "b"), 0);                /* another client */
    CHECK_U64(refused_of(town, 5, "alpha", HEIGHT, ""), 0);                 /* counted by its address */
    CHECK_U64(refused_of(town, 5, "alpha", "/node/v2" HEIGHT, "a"), 0);     /* another node counts for itself */
    CHECK_U64(refused_of(town, 20, "alpha", "/testnet/node/info", "a"), 0); /* liveness */
    CHECK_U64(refused_of(town, 20, "adnet", "/status", "a"), 0);            /* another listener */
    town_sleep(town, 1100);
    CHECK_U64(refused_of(town, 3, "alpha", HEIGHT, "a"), 1); /* two tokens have grown */
}

static void who_asks_too_often_is_refused(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 1}, limited_here, NULL);
    (void)town_run((struct town_config){.validators = 4, .seed = 1, .wire = WIRE_TEXT}, limited_here, NULL);
}

static void peers_here(struct town *town)
{
    limits_put(town, "{\"listener\":\"alpha\",\"per_peer_rps\":4,\"burst\":4}");
    uint32_t refused = 0;
    char client[8];
    for (uint32_t i = 0; i < 20; i++) { /* a new name each time does not help */
        snprintf(client, sizeof(client), "c%u", i);
        refused += refused_of(town, 1, "alpha", HEIGHT, client);
    }
    CHECK(refused >= 15);
    limits_put(town, "{\"listener\":\"adnet\",\"per_client_rps\":1}");
    CHECK_U64(refused_of(town, 5, "adnet", "/status", "x"), 4);
    CHECK_U64(refused_of(town, 5, "adnet", "/health", "x"), 0);
    limits_put(town, "{\"listener\":\"alpha\",\"per_peer_rps\":0,\"mempool_capacity\":50}");
    CHECK_U64(refused_of(town, 20, "alpha", HEIGHT, "a"), 0);
    struct http_exchange *exchange = town_admin(town, HTTP_GET, "limits", "");
    const struct str body = http_response_body(exchange);
    CHECK(memmem(body.data, body.len, "\"mempool_capacity\":50", 21) != NULL);
    http_exchange_free(exchange);
}

static void a_peer_is_counted_whatever_it_calls_itself(void) { (void)town_run((struct town_config){.validators = 4, .seed = 2}, peers_here, NULL); }

static void switch_here(struct town *town)
{
    limits_put(town, "{\"listener\":\"alpha\",\"per_client_rps\":1}");
    CHECK_U64(refused_of(town, 10, "alpha", HEIGHT, "a"), 9);
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, "switches/vuln.no-api-rate-limit", "{\"enabled\":true}")), 200);
    CHECK_U64(refused_of(town, 10, "alpha", HEIGHT, "a"), 0);
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, "switches/vuln.no-api-rate-limit", "{\"enabled\":false}")), 200);
    CHECK(refused_of(town, 10, "alpha", HEIGHT, "a") >= 8);
}

static void the_switch_takes_the_limit_away(void) { (void)town_run((struct town_config){.validators = 4, .seed = 3}, switch_here, NULL); }

static void order_here(struct town *town)
{
    limits_put(town, "{\"listener\":\"alpha\",\"per_peer_rps\":1}");
    CHECK_U64(refused_of(town, 10, "alpha", HEIGHT, "a"), 9);
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, "switches/vuln.verify-before-cheap-checks", "{\"enabled\":true}")), 200);
    CHECK_U64(refused_of(town, 10, "alpha", HEIGHT, "a"), 0);
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, "switches/vuln.verify-before-cheap-checks", "{\"enabled\":false}")), 200);
    CHECK(refused_of(town, 10, "alpha", HEIGHT, "a") >= 8);
}

static void a_peer_has_no_quota_where_proofs_come_first(void) { (void)town_run((struct town_config){.validators = 4, .seed = 4}, order_here, NULL); }

int main(void)
{
    RUN(who_asks_too_often_is_refused);
    RUN(a_peer_is_counted_whatever_it_calls_itself);
    RUN(the_switch_takes_the_limit_away);
    RUN(a_peer_has_no_quota_where_proofs_come_first);
    return 0;
}
