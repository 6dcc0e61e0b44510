/* Exchanges a second in both wires, as bots make them: POST of an object of about 200 bytes, answered with a small one. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "core/base/vec.h"
#include "world/http/http.h"
#include "world/sim/sim.h"

enum { BOTS = 100, EXCHANGES = 5000 };

struct payload {
    uint64_t number;
    uint8_t bytes[192];
};
static void encode(const void *object, struct buf *out)
{
    buf_put(out, object, sizeof(struct payload));
}
static const void *decode(struct arena *arena, struct str body, struct err *err)
{
    if (body.len != sizeof(struct payload)) {
        (void)err_set(err, ERR_PARSE, "length");
        return NULL;
    }
    return arena_copy(arena, body.data, body.len);
}
static uint64_t ident(const void *object)
{
    return ((const struct payload *)object)->number;
}
static const struct http_shape shape = {
    .name = "payload", .content_type = "application/octet-stream", .encode = encode, .decode = decode, .ident = ident};

static uint64_t wall_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static struct env *env;
static struct http_client *client;
static struct host server;
static uint64_t sum;

static void refuse(struct http_exchange *exchange, uint16_t status)
{
    http_respond(exchange, &(struct http_response){.status = status});
}
static const struct http_limits limits = {.refuse = refuse};
static uint64_t cost_ns(void *ctx, struct host from, const struct packet *packet)
{
    (void)ctx, (void)from, (void)packet;
    return 2000;
}
static void server_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx, (void)from;
    struct http_exchange *exchange = http_packet_exchange(packet, &limits);
    struct err err;
    const struct payload *payload = exchange ? http_request_object(exchange, &shape, &err) : NULL;
    if (!payload) return;
    struct payload *answer = arena_new(http_arena(exchange), struct payload);
    answer->number = payload->number + 1;
    http_respond(
        exchange,
        &(struct http_response){
            .status = 202, .headers = {{STR("x-node"), STR("v1")}}, .headers_count = 1, .shape = &shape, .object = answer});
}
static const struct host_ops server_ops = {.cost_ns = cost_ns, .receive = server_receive};
static void home_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx;
    http_client_receive(client, from, packet);
}
static const struct host_ops home_ops = {.receive = home_receive};
static struct host pick(void *ctx, struct str path)
{
    (void)ctx, (void)path;
    return server;
}

static void bot(void *arg)
{
    struct payload payload = {.number = (uintptr_t)arg};
    struct err err;
    for (int i = 0; i < EXCHANGES; i++) {
        payload.number += 1000;
        const struct http_request request = {
            .method = HTTP_POST, .path = STR("/testnet/transaction/broadcast"), .shape = &shape, .object = &payload};
        struct http_exchange *exchange;
        if (!http_call(client, STR("alpha"), &request, instant_add(env_now(env), duration_s(5)), &exchange, &err)) continue;
        const struct payload *answer = http_response_object(exchange, &shape, &err);
        sum += answer ? answer->number - payload.number : 0;
        http_exchange_free(exchange);
    }
}

static double bench(const char *name, enum http_wire wire)
{
    struct sim *sim = sim_new(1, sim_model_default(), NULL);
    env = sim_env(sim);
    server = env_host_open(env, STR("v1"), &server_ops, NULL);
    const struct host home = env_host_open(env, STR("bots"), &home_ops, NULL);
    sim_host_is_client(sim, home);
    struct http_net *net = http_net_new(env, wire);
    http_net_listen(net, STR("alpha"), pick, NULL);
    client = http_client_new(net, home);
    sum = 0;
    for (uintptr_t i = 0; i < BOTS; i++) (void)fiber_spawn(env, bot, (void *)i);
    const uint64_t start = wall_ns();
    (void)sim_run(sim, INSTANT_NEVER, NULL);
    const double took = (double)(wall_ns() - start);
    printf("%-12s %7.1f ns an exchange  %9.0f exchanges/s  (%" PRIu64 " answered)\n", name, took / (BOTS * EXCHANGES),
           BOTS * EXCHANGES * 1e9 / took, sum);
    http_client_free(client);
    http_net_free(net);
    sim_free(sim);
    return took;
}

int main(void)
{
    const double by_struct = bench("struct wire", WIRE_STRUCT), by_text = bench("text wire", WIRE_TEXT);
    printf("text / struct %5.1f\n", by_text / by_struct);
    return 0;
}
