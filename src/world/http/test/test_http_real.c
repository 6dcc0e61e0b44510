/* The same code in wall time: exchanges over the real loop, in both wires. */
#include "core/base/check.h"
#include "world/http/http.h"
#include "world/real/loop.h"

static struct env *env;
static struct http_client *client;
static struct host server, home;
static uint64_t answered;

static void refuse(struct http_exchange *exchange, uint16_t status)
{
    http_respond(exchange, &(struct http_response){.status = status});
}
static const struct http_limits limits = {.refuse = refuse};

static void server_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx, (void)from;
    struct http_exchange *exchange = http_packet_exchange(packet, &limits);
    if (!exchange || str_eq(http_request(exchange)->path, STR("/never"))) return;
    http_respond(exchange, &(struct http_response){.status = 200, .body = STR("{}")});
}
static void home_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx;
    http_client_receive(client, from, packet);
}
static const struct host_ops server_ops = {.receive = server_receive}, home_ops = {.receive = home_receive};

static struct host pick(void *ctx, struct str path)
{
    (void)ctx, (void)path;
    return server;
}

static void asks(void *arg)
{
    (void)arg;
    struct http_exchange *exchange;
    struct err err;
    for (int i = 0; i < 100; i++) {
        const struct http_request request = {.method = HTTP_GET, .path = STR("/x")};
        CHECK(http_call(client, STR("alpha"), &request, instant_add(env_now(env), duration_s(60)), &exchange, &err));
        CHECK_STR(http_response_body(exchange), STR("{}"));
        http_exchange_free(exchange);
        answered++;
    }
    const struct http_request never = {.method = HTTP_GET, .path = STR("/never")};
    CHECK(!http_call(client, STR("alpha"), &never, instant_add(env_now(env), duration_ms(5)), &exchange, &err));
    CHECK_U64(err.code, ERR_TIMEOUT);
    env_host_down(env, server, false); /* takes the unanswered one with it */
    CHECK(!http_call(client, STR("alpha"), &never, instant_add(env_now(env), duration_s(60)), &exchange, &err));
    CHECK_U64(err.code, ERR_UNAVAILABLE);
}

static void exchanges_work_in_wall_time(void)
{
    for (enum http_wire wire = WIRE_STRUCT; wire <= WIRE_TEXT; wire++) {
        struct real_loop *loop = real_loop_new(1, STR(""), NULL);
        env = real_loop_env(loop);
        server = env_host_open(env, STR("server"), &server_ops, NULL);
        home = env_host_open(env, STR("home"), &home_ops, NULL);
        struct http_net *net = http_net_new(env, wire);
        http_net_listen(net, STR("alpha"), pick, NULL);
        client = http_client_new(net, home);
        answered = 0;
        (void)fiber_spawn(env, asks, NULL);
        CHECK(!real_loop_run(loop, INSTANT_NEVER, NULL));
        CHECK_U64(answered, 100);
        CHECK_U64(http_net_live(net), 0);
        http_client_free(client);
        http_net_free(net);
        real_loop_free(loop);
    }
}

int main(void)
{
    RUN(exchanges_work_in_wall_time);
    return 0;
}
