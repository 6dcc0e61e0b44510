/* Town: a devnet in a simulated world, and one client fiber that talks to it: what the tests of this room and the sweep stand on. */
#ifndef DEVNET_TEST_TOWN_H
#define DEVNET_TEST_TOWN_H

#include "core/base/check.h"
#include "core/crypto/derive.h"
#include "chain/wire/test/keep.h"
#include "chain/wire/test/listen.h"
#include "chain/wire/wire.h"
#include "network/devnet/devnet.h"
#include "world/sim/sim.h"

#define TOWN_TOKEN "0123456789abcdef"
#define TOWN_BOTS 8

struct town_config {
    uint32_t validators;
    uint64_t seed;
    enum http_wire wire;
    bool ed25519; /* else simulated signatures */
    bool manual;
    bool delta; /* both chains; each bot gets DX too */
    bool listens; /* reads the event streams of the gateways all along */
    bool production; /* of the profiles of parameters */
    const struct devnet_parameter *parameters;
    size_t parameters_count;
};
struct town {
    struct sim *sim;
    struct env *env;
    struct http_net *http;
    struct devnet *net;
    struct http_client *client;
    struct host self;
    struct sign_suite suite;
    struct seckey bots[TOWN_BOTS];
    struct address addresses[TOWN_BOTS];
    uint64_t nonces[TOWN_BOTS];
    void (*body)(struct town *town);
    void *ctx;
    volatile bool done;
    struct listener alpha_listener, delta_listener;
    bool listens, both;
    struct hash digest;
    uint64_t events;
};

static void town_receive(void *ctx, struct host from, struct packet *packet)
{
    struct town *town = ctx;
    if (http_is_answer(packet)) http_client_receive(town->client, from, packet);
}
static const struct host_ops town_ops = {.receive = town_receive};

static void town_fiber(void *arg)
{
    struct town *town = arg;
    if (town->listens) listener_start(&town->alpha_listener, town->env, town->client, "alpha", "/testnet/events");
    if (town->listens && town->both) listener_start(&town->delta_listener, town->env, town->client, "delta", "/mainnet/events");
    town->body(town);
    listener_stop(&town->alpha_listener);
    listener_stop(&town->delta_listener);
    town->done = true;
}

/* Boots, runs `body` on a fiber until it returns (at most a simulated day), tears down. */
static inline struct town town_run(struct town_config config, void (*body)(struct town *town), void *ctx)
{
    struct town town = {.body = body, .ctx = ctx, .listens = config.listens, .both = config.delta, .suite = {config.ed25519 ? SIGN_ED25519 : SIGN_SIMULATED}};
    struct devnet_grant grants[2 * TOWN_BOTS];
    struct err err;
    town.sim = sim_new(config.seed, sim_model_default(), NULL);
    town.env = sim_env(town.sim);
    town.http = http_net_new(town.env, config.wire);
    town.self = env_host_open(town.env, STR("client"), &town_ops, &town);
    sim_host_is_client(town.sim, town.self);
    town.client = http_client_new(town.http, town.self);
    struct traffic *traffic = traffic_new();
    traffic_watch(traffic, town.client);
    for (uint32_t i = 0; i < TOWN_BOTS; i++) {
        uint8_t seed[32];
        char name[16];
        snprintf(name, sizeof(name), "bot-%u", i);
        derive_bot_seed(config.seed, str_of(name), seed);
        seckey_from_seed(town.suite, seed, &town.bots[i]);
        town.addresses[i] = address_of_key(&town.bots[i].pub);
        grants[i] = (struct devnet_grant){town.addresses[i], {TOKEN_AX, AMOUNT(1000000000)}};
        grants[TOWN_BOTS + i] = (struct devnet_grant){town.addresses[i], {TOKEN_DX, AMOUNT(1000000000)}};
    }
    const struct devnet_config net = {
        .validators = config.validators,
        .seed = config.seed,
        .simulated = !config.ed25519,
        .manual = config.manual,
        .admin_token = STR(TOWN_TOKEN),
        .parameters = config.parameters,
        .parameters_count = config.parameters_count,
        .grants = grants,
        .grants_count = config.delta ? 2 * TOWN_BOTS : TOWN_BOTS,
        .delta = config.delta,
        .production = config.production,
    };
    if (!devnet_new(town.env, town.http, &net, &town.net, &err)) CHECK_FAIL("no devnet: %s", err.text);
    (void)fiber_spawn(town.env, town_fiber, &town);
    (void)sim_run(town.sim, instant_add(INSTANT_GENESIS, duration_s(86400)), &town.done);
    CHECK(town.done);
    town.digest = sim_digest(town.sim);
    town.events = sim_events(town.sim);
    http_client_free(town.client);
    traffic_keep(traffic);
    traffic_free(traffic);
    http_net_free(town.http);
    devnet_free(town.net);
    sim_free(town.sim);
    return town;
}

/* ---- requests; each answers an exchange that the caller frees, or NULL when nobody answered ---- */

static inline struct http_exchange *town_call(struct town *town, struct str origin, const struct http_request *request)
{
    struct http_exchange *exchange;
    struct err err;
    const struct instant deadline = instant_add(env_now(town->env), duration_s(60));
    return http_call(town->client, origin, request, deadline, &exchange, &err) ? exchange : NULL;
}

static inline struct http_exchange *town_get_on(struct town *town, struct str origin, const char *path_and_query)
{
    struct str path, query;
    (void)str_cut(str_of(path_and_query), '?', &path, &query);
    return town_call(town, origin, &(struct http_request){.method = HTTP_GET, .path = path, .query = query});
}
static inline struct http_exchange *town_get(struct town *town, const char *path_and_query) { return town_get_on(town, STR("alpha"), path_and_query); }

static inline struct http_exchange *town_admin(struct town *town, enum http_method method, const char *path, const char *body)
{
    char full[160];
    struct str cut, query;
    (void)str_cut(str_of(path), '?', &cut, &query);
    snprintf(full, sizeof(full), "/admin/v1/" STR_FMT, STR_ARG(cut));
    const struct http_header headers[] = {{STR("authorization"), STR("Bearer " TOWN_TOKEN)}, {STR("content-type"), STR("application/json")}};
    return town_call(town, STR("admin"), &(struct http_request){.method = method, .path = str_of(full), .query = query, .headers = headers, .headers_count = 2, .body = str_of(body)});
}

static inline uint16_t town_status(struct http_exchange *exchange)
{
    const uint16_t status = exchange ? http_response(exchange)->status : 0;
    http_exchange_free(exchange);
    return status;
}

/* The code of a refusal, CODE_NONE for a 2xx; frees the exchange. */
static inline enum code town_code(struct http_exchange *exchange)
{
    struct err err;
    if (!exchange) return CODE_NODE_UNAVAILABLE;
    const uint16_t status = http_response(exchange)->status;
    enum code code = CODE_NONE;
    if (status >= 300) {
        const struct apierror *error = http_response_object(exchange, &wire_error, &err);
        CHECK(error != NULL);
        CHECK_U64(code_http(error->code), status);
        CHECK(error->message[0] != 0);
        code = error->code;
    }
    http_exchange_free(exchange);
    return code;
}

static inline void town_chaos(struct town *town, const char *json)
{
    struct http_exchange *exchange = town_admin(town, HTTP_POST, "chaos", json);
    CHECK(exchange != NULL);
    if (http_response(exchange)->status != 200) CHECK_FAIL("chaos %s: " STR_FMT, json, STR_ARG(http_response_body(exchange)));
    http_exchange_free(exchange);
}

static inline void town_switch(struct town *town, const char *name, bool on)
{
    char path[80];
    snprintf(path, sizeof(path), "switches/%s", name);
    CHECK_U64(town_code(town_admin(town, HTTP_PUT, path, on ? "{\"enabled\":true}" : "{\"enabled\":false}")), CODE_NONE);
}

/* The audit that `query` ("audit", "audit?at=head") asks for finds nothing. */
static inline void town_check_audit(struct town *town, const char *query)
{
    struct err err;
    struct http_exchange *exchange = town_admin(town, HTTP_GET, query, "");
    const struct audit_view *audit = wire_object(exchange, &wire_audit, &err);
    CHECK(audit && audit->ok);
    http_exchange_free(exchange);
}

/* A bare number, as AB1 and AB4 answer; UINT32_MAX when nobody does. */
static inline uint32_t town_u32(struct town *town, const char *path)
{
    struct err err;
    struct http_exchange *exchange = town_get(town, path);
    if (!exchange) return UINT32_MAX;
    const struct bare_u32 *value = http_response(exchange)->status == 200 ? wire_object(exchange, &wire_u32, &err) : NULL;
    const uint32_t number = value ? value->value : UINT32_MAX;
    http_exchange_free(exchange);
    return number;
}
static inline uint32_t town_height(struct town *town) { return town_u32(town, "/testnet/block/height/latest"); }
static inline uint32_t town_final(struct town *town) { return town_u32(town, "/testnet/block/height/finalized"); }

/* The final height of one view of Alpha. */
static inline uint32_t town_final_of(struct town *town, uint32_t view)
{
    char path[80];
    snprintf(path, sizeof(path), "/node/v%u/testnet/block/height/finalized", view);
    return town_u32(town, path);
}

static inline void town_sleep(struct town *town, uint64_t ms) { fiber_sleep(town->env, duration_ms(ms)); }

/* ---- transactions ---- */

static inline struct tx *town_transfer(struct town *town, uint32_t from, uint32_t to, uint64_t nonce, uint64_t amount)
{
    struct apierror error;
    const struct tx_spec spec = {
        .domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET),
        .kind = KIND_ALPHA_TRANSFER,
        .nonce = nonce,
        .fee = AMOUNT(2000),
        .token = TOKEN_AX,
        .to = town->addresses[to],
        .amount = AMOUNT(amount),
    };
    struct tx *tx = tx_build(&spec, town->suite, &town->bots[from], &error);
    if (!tx) CHECK_FAIL("no transfer: %s", error.message);
    return tx;
}

static inline struct http_exchange *town_broadcast(struct town *town, const char *prefix, struct tx *tx)
{
    char path[96];
    snprintf(path, sizeof(path), "%s/testnet/transaction/broadcast", prefix);
    return town_call(town, STR("alpha"), &(struct http_request){.method = HTTP_POST, .path = str_of(path), .shape = &wire_transaction, .object = tx});
}

/* Submits and says what the gateway said; the id goes to *out_id. */
static inline enum code town_pay(struct town *town, uint32_t from, uint32_t to, uint64_t amount, struct hash *out_id)
{
    struct tx *tx = town_transfer(town, from, to, town->nonces[from], amount);
    *out_id = tx->id;
    const enum code code = town_code(town_broadcast(town, "", tx));
    if (code == CODE_NONE) town->nonces[from]++;
    tx_unref(tx);
    return code;
}

/* The status after waiting for `wait` (NULL: at once); TX_STATUS_DROPPED + 1 when it is unknown. */
static inline uint32_t town_tx_status(struct town *town, const struct hash *id, const char *wait)
{
    struct err err;
    char path[200], hex[65] = {0};
    str_hex(id->b, 32, hex);
    snprintf(path, sizeof(path), "/testnet/transaction/%s%s%s", hex, wait ? "?wait=" : "", wait ? wait : "");
    struct http_exchange *exchange = town_get(town, path);
    if (!exchange) return TX_STATUS_DROPPED + 1;
    const struct tx_view *view = http_response(exchange)->status == 200 ? wire_object(exchange, &wire_tx, &err) : NULL;
    const uint32_t status = view ? view->status : TX_STATUS_DROPPED + 1;
    http_exchange_free(exchange);
    return status;
}

#endif
