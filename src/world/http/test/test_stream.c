/* Streamed answers between one server and readers, in both wires: order, ends, hosts that fall, readers that leave or lag. */
#include "core/base/check.h"
#include "world/http/http.h"
#include "world/sim/sim.h"

static struct sim *sim;
static struct env *env;
static struct http_net *net;
static struct http_client *client;
static struct host server, home;
static struct http_exchange *open_stream;
static struct timer tick;
static uint64_t sent, to_send;

static void refuse(struct http_exchange *exchange, uint16_t status) { http_respond(exchange, &(struct http_response){.status = status}); }
static const struct http_limits limits = {.refuse = refuse};

static void tick_fire(struct timer *timer)
{
    (void)timer;
    char text[64];
    if (!open_stream) return;
    if (sent == to_send || http_is_gone(open_stream)) {
        http_stream_end(open_stream);
        open_stream = NULL;
        return;
    }
    const int len = snprintf(text, sizeof(text), "<%" PRIu64 ">", sent++);
    http_stream_put(open_stream, (struct str){text, (size_t)len}, 1);
    env_timer_set(env, &tick, instant_add(env_now(env), duration_ms(1)));
}

static void server_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx, (void)from;
    struct http_exchange *exchange = http_packet_exchange(packet, &limits);
    if (!exchange) return;
    CHECK(!open_stream);
    sent = 0;
    open_stream = exchange;
    http_stream_open(exchange, &(struct http_response){.status = 200, .headers = {{STR("content-type"), STR("text/event-stream")}}, .headers_count = 1});
    env_timer_set(env, &tick, env_now(env));
}
static const struct host_ops server_ops = {.receive = server_receive};
static void home_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx;
    if (http_is_answer(packet)) http_client_receive(client, from, packet);
}
static const struct host_ops home_ops = {.receive = home_receive};
static struct host pick(void *ctx, struct str path)
{
    (void)ctx, (void)path;
    return server;
}

static struct hash world(enum http_wire wire, void (*body)(void *arg))
{
    sim = sim_new(7, sim_model_default(), NULL);
    env = sim_env(sim);
    server = env_host_open(env, STR("v1"), &server_ops, NULL);
    home = env_host_open(env, STR("bots"), &home_ops, NULL);
    sim_host_is_client(sim, home);
    net = http_net_new(env, wire);
    http_net_listen(net, STR("alpha"), pick, NULL);
    client = http_client_new(net, home);
    open_stream = NULL;
    tick = TIMER(tick_fire);
    (void)fiber_spawn(env, body, NULL);
    CHECK(!sim_run(sim, INSTANT_NEVER, NULL));
    CHECK_U64(sched_live(env->sched), 0);
    CHECK_U64(http_net_live(net), 0);
    const struct hash digest = sim_digest(sim);
    http_client_free(client);
    http_net_free(net);
    sim_free(sim);
    return digest;
}

static struct instant in_ms(uint64_t ms) { return instant_add(env_now(env), duration_ms(ms)); }

static struct http_exchange *begin(uint64_t pieces)
{
    struct http_exchange *exchange;
    struct err err;
    to_send = pieces;
    if (!http_call(client, STR("alpha"), &(struct http_request){.method = HTTP_GET, .path = STR("/events")}, in_ms(100), &exchange, &err))
        CHECK_FAIL("%s", err.text);
    const struct http_response *response = http_response(exchange);
    CHECK_U64(response->status, 200);
    CHECK_STR(http_header_find(response->headers, response->headers_count, STR("content-type")), STR("text/event-stream"));
    CHECK(http_is_stream(exchange));
    return exchange;
}

static void whole_here(void *arg)
{
    (void)arg;
    struct http_exchange *exchange = begin(200);
    struct buf got = {0}, wanted = {0};
    while (http_stream_read(exchange, in_ms(100), &got) == HTTP_STREAM_MORE) continue;
    for (uint64_t i = 0; i < 200; i++) buf_printf(&wanted, "<%" PRIu64 ">", i);
    CHECK_STR(buf_str(&got), buf_str(&wanted));
    CHECK_U64(http_stream_read(exchange, in_ms(100), &got), HTTP_STREAM_END); /* and stays at its end */
    http_exchange_free(exchange);
    buf_done(&got);
    buf_done(&wanted);
}
static void pieces_come_in_order_and_end_in_both_wires(void)
{
    const struct hash object = world(WIRE_STRUCT, whole_here), text = world(WIRE_TEXT, whole_here);
    CHECK(hash_eq(&object, &text));
}

static void late_here(void *arg)
{
    (void)arg;
    struct http_exchange *exchange = begin(30);
    struct buf got = {0};
    fiber_sleep(env, duration_ms(10));
    CHECK(http_stream_behind(open_stream) >= 5); /* nobody has read */
    CHECK_U64(http_stream_read(exchange, in_ms(1), &got), HTTP_STREAM_MORE);
    CHECK(http_stream_behind(open_stream) <= 3); /* but for what is on its way */
    http_exchange_free(exchange); /* the reader leaves: the server sees it and ends */
    buf_done(&got);
    fiber_sleep(env, duration_ms(50));
    CHECK(open_stream == NULL && sent < 30);
}
static void a_reader_that_lags_or_leaves_is_seen(void)
{
    (void)world(WIRE_STRUCT, late_here);
    (void)world(WIRE_TEXT, late_here);
}

static void fall_here(void *arg)
{
    (void)arg;
    struct http_exchange *exchange = begin(1000);
    struct buf got = {0};
    CHECK_U64(http_stream_read(exchange, in_ms(20), &got), HTTP_STREAM_MORE);
    open_stream = NULL; /* taken from the server with its host */
    env_host_down(env, server, true);
    enum http_stream_result result;
    while ((result = http_stream_read(exchange, in_ms(100), &got)) == HTTP_STREAM_MORE) continue;
    CHECK_U64(result, HTTP_STREAM_LOST);
    http_exchange_free(exchange);
    buf_done(&got);
}
static void a_host_that_falls_breaks_its_streams(void)
{
    (void)world(WIRE_STRUCT, fall_here);
    (void)world(WIRE_TEXT, fall_here);
}

static void silent_here(void *arg)
{
    (void)arg;
    struct http_exchange *exchange = begin(1);
    struct buf got = {0};
    CHECK_U64(http_stream_read(exchange, in_ms(50), &got), HTTP_STREAM_MORE);
    CHECK_U64(http_stream_read(exchange, in_ms(50), &got), HTTP_STREAM_END);
    http_exchange_free(exchange);
    exchange = begin(UINT64_MAX); /* ended by the reader below */
    env_timer_cancel(env, &tick);
    buf_clear(&got);
    while (http_stream_read(exchange, in_ms(20), &got) == HTTP_STREAM_MORE) continue;
    CHECK_U64(http_stream_read(exchange, in_ms(20), &got), HTTP_STREAM_LATE);
    http_stream_end(open_stream);
    CHECK_U64(http_stream_read(exchange, in_ms(20), &got), HTTP_STREAM_END);
    http_exchange_free(exchange);
    open_stream = NULL;
    buf_done(&got);
}
static void waiting_ends_with_the_deadline(void) { (void)world(WIRE_TEXT, silent_here); }

int main(void)
{
    RUN(pieces_come_in_order_and_end_in_both_wires);
    RUN(a_reader_that_lags_or_leaves_is_seen);
    RUN(a_host_that_falls_breaks_its_streams);
    RUN(waiting_ends_with_the_deadline);
    return 0;
}
