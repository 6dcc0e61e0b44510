/* Exchanges between bots on fibers and one server in the simulated world, in both wires. */
#include "world/http/http.h"

#include "core/base/check.h"
#include "world/fiber/chan.h"
#include "world/sim/sim.h"

/* ---- an object with a shape ---- */
struct number {
    uint64_t value;
    uint32_t refs;
};
static uint64_t numbers_alive;
static void number_encode(const void *object, struct buf *out)
{
    buf_printf(out, "%" PRIu64, ((const struct number *)object)->value);
}
static const void *number_decode(struct arena *arena, struct str body, struct err *err)
{
    (void)arena;
    struct number *number = base_alloc(sizeof(*number));
    if (!str_to_u64(body, &number->value)) {
        base_free(number);
        (void)err_set(err, ERR_PARSE, "not a number");
        return NULL;
    }
    number->refs = 1;
    numbers_alive++;
    return number;
}
static uint64_t number_ident(const void *object)
{
    return ((const struct number *)object)->value;
}
static const void *number_hold(const void *object)
{
    ((struct number *)(uintptr_t)object)->refs++;
    return object;
}
static void number_drop(const void *object)
{
    struct number *number = (struct number *)(uintptr_t)object;
    if (--number->refs) return;
    numbers_alive--;
    base_free(number);
}
static struct number *number_new(uint64_t value)
{
    struct number *number = base_alloc(sizeof(*number));
    *number = (struct number){value, 1};
    numbers_alive++;
    return number;
}
static const struct http_shape number_shape = {
    .name = "number",
    .content_type = "text/plain",
    .encode = number_encode,
    .decode = number_decode,
    .ident = number_ident,
    .hold = number_hold,
    .drop = number_drop,
};

/* ---- the world ---- */
struct pending {
    struct timer timer;
    struct http_exchange *exchange;
    struct pending *next;
};
static struct pending *pendings; /* what the server has promised to answer later */
static struct sim *sim;
static struct env *env;
static struct http_net *net;
static struct http_client *client;
static struct host server, home;
static uint64_t refused, gone, received;
static struct http_exchange *held;

static void refuse(struct http_exchange *exchange, uint16_t status)
{
    refused = status;
    http_respond(exchange, &(struct http_response){.status = status, .body = STR("{\"error\":{}}")});
}
static const struct http_limits limits = {.uri_max = 1000, .refuse = refuse};

static void answer_late(struct timer *timer)
{
    struct pending *pending = CONTAINER_OF(timer, struct pending, timer);
    struct pending **at = &pendings;
    while (*at != pending) at = &(*at)->next;
    *at = pending->next;
    gone += http_is_gone(pending->exchange);
    http_respond(pending->exchange, &(struct http_response){.status = 200, .body = STR("\"late\"")});
}

/* A server that dies forgets what it has promised. */
static void crash_server(void)
{
    for (; pendings; pendings = pendings->next) env_timer_cancel(env, &pendings->timer);
    env_host_down(env, server, true);
}

static uint64_t server_cost(void *ctx, struct host from, const struct packet *packet)
{
    (void)ctx, (void)from;
    struct http_exchange *exchange = http_packet_peek(packet);
    struct err err;
    if (!exchange) return 1000;
    if (http_request(exchange)->method != HTTP_POST) return 2000;
    const struct number *number = http_request_object(exchange, &number_shape, &err);
    return number ? 50000 + number->value % 1000 : 3000;
}

static void server_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx, (void)from;
    received++;
    struct http_exchange *exchange = http_packet_exchange(packet, &limits);
    if (!exchange) return;
    const struct http_request *request = http_request(exchange);
    struct err err = {0};
    struct http_response response = {.status = 200, .headers = {{STR("x-node"), STR("v1")}}, .headers_count = 1};
    if (str_eq(request->path, STR("/double"))) {
        CHECK_STR(http_header_find(request->headers, request->headers_count, STR("content-type")), STR("text/plain"));
        const struct number *number = http_request_object(exchange, &number_shape, &err);
        if (!number) {
            response.status = 400;
            response.body = STR("{\"error\":{\"code\":\"PARSE_ERROR\"}}");
            http_respond(exchange, &response);
            return;
        }
        struct number *twice = arena_new(http_arena(exchange), struct number);
        twice->value = 2 * number->value;
        twice->refs = 1000; /* lives in the arena */
        response.shape = &number_shape;
        response.object = twice;
        http_respond(exchange, &response);
    } else if (str_eq(request->path, STR("/slow"))) {
        struct str text;
        uint64_t ms = 0;
        CHECK(http_query_find(request->query, STR("ms"), &text) && str_to_u64(text, &ms));
        struct pending *pending = arena_new(http_arena(exchange), struct pending);
        *pending = (struct pending){TIMER(answer_late), exchange, pendings};
        pendings = pending;
        env_timer_set(env, &pending->timer, instant_add(env_now(env), duration_ms(ms)));
    } else if (str_eq(request->path, STR("/never"))) {
        held = exchange;
    } else {
        response.status = 404;
        response.body = str_fmt(http_arena(exchange), "{\"error\":\"" STR_FMT "\"}", STR_ARG(request->path));
        http_respond(exchange, &response);
    }
}
static const struct host_ops server_ops = {.cost_ns = server_cost, .receive = server_receive};

static void home_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx;
    http_client_receive(client, from, packet);
}
static const struct host_ops home_ops = {.receive = home_receive};
static struct host pick(void *ctx, struct str path)
{
    (void)ctx;
    return str_eq(path, STR("/nobody")) ? (struct host){0} : server;
}

static void begin(uint64_t seed, enum http_wire wire)
{
    sim = sim_new(seed, sim_model_default(), NULL);
    env = sim_env(sim);
    server = env_host_open(env, STR("v1"), &server_ops, NULL);
    home = env_host_open(env, STR("bots"), &home_ops, NULL);
    sim_host_is_client(sim, home);
    net = http_net_new(env, wire);
    http_net_listen(net, STR("alpha"), pick, NULL);
    client = http_client_new(net, home);
    refused = gone = received = 0;
}
static struct hash finish(size_t live)
{
    CHECK(!sim_run(sim, INSTANT_NEVER, NULL));
    CHECK_U64(sched_live(env->sched), 0);
    CHECK_U64(http_net_live(net), live);
    const struct hash digest = sim_digest(sim);
    http_client_free(client);
    http_net_free(net);
    sim_free(sim);
    CHECK_U64(numbers_alive, 0);
    return digest;
}

static struct instant in_ms(uint64_t ms)
{
    return instant_add(env_now(env), duration_ms(ms));
}
static const enum http_wire wires[] = {WIRE_STRUCT, WIRE_TEXT};

/* ---- claims ---- */
static struct err err;
static uint16_t get(const char *path, const char *query, uint64_t deadline_ms, struct http_exchange **out)
{
    const struct http_request request = {.method = HTTP_GET, .path = str_of(path), .query = str_of(query)};
    err = (struct err){0};
    *out = NULL;
    if (!http_call(client, STR("alpha"), &request, in_ms(deadline_ms), out, &err)) return 0;
    return http_response(*out)->status;
}

static uint64_t double_of(uint64_t value, uint64_t deadline_ms)
{
    struct number *number = number_new(value);
    const struct http_header headers[] = {{STR("x-request-id"), STR("r1")}};
    const struct http_request request = {.method = HTTP_POST,
                                         .path = STR("/double"),
                                         .headers = headers,
                                         .headers_count = 1,
                                         .shape = &number_shape,
                                         .object = number};
    struct http_exchange *exchange;
    uint64_t result = 0;
    err = (struct err){0};
    const bool ok = http_call(client, STR("alpha"), &request, in_ms(deadline_ms), &exchange, &err);
    number_drop(number); /* who gave up is gone */
    if (!ok) return 0;
    const struct http_response *response = http_response(exchange);
    CHECK_U64(response->status, 200);
    CHECK_STR(http_header_find(response->headers, response->headers_count, STR("x-node")), STR("v1"));
    CHECK_STR(http_header_find(response->headers, response->headers_count, STR("content-type")), STR("text/plain"));
    const struct number *twice = http_response_object(exchange, &number_shape, &err);
    CHECK(twice && twice == http_response_object(exchange, &number_shape, &err));
    result = twice->value;
    char text[32];
    (void)snprintf(text, sizeof(text), "%" PRIu64, result);
    CHECK_STR(http_response_body(exchange), str_of(text));
    http_exchange_free(exchange);
    return result;
}

static void talks(void *arg)
{
    (void)arg;
    const struct instant start = env_now(env);
    CHECK_U64(double_of(21, 100), 42);
    const uint64_t took = instant_since(env_now(env), start).ns;
    CHECK(took >= 1650 * NS_PER_US && took <= 2500 * NS_PER_US);
    struct http_exchange *exchange;
    CHECK_U64(get("/missing", "", 100, &exchange), 404);
    CHECK_STR(http_response_body(exchange), STR("{\"error\":\"/missing\"}"));
    CHECK_STR(http_header_find(http_response(exchange)->headers, http_response(exchange)->headers_count, STR("content-type")),
              STR("application/json"));
    CHECK(!http_response_object(exchange, &number_shape, &err));
    http_exchange_free(exchange);
    CHECK_U64(get("/slow", "ms=20", 100, &exchange), 200);
    CHECK_STR(http_response_body(exchange), STR("\"late\""));
    http_exchange_free(exchange);
}
static void an_exchange_gives_the_answer_in_both_wires(void)
{
    for (size_t w = 0; w < 2; w++) {
        begin(1, wires[w]);
        (void)fiber_spawn(env, talks, NULL);
        (void)finish(0);
    }
}

static void gives_up(void *arg)
{
    (void)arg;
    struct http_exchange *exchange;
    CHECK_U64(get("/slow", "ms=50", 10, &exchange), 0);
    CHECK_U64(err.code, ERR_TIMEOUT);
    CHECK_U64(get("/never", "", 10, &exchange), 0);
    CHECK_U64(double_of(3, 1), 0); /* before it can arrive and come back */
    CHECK_U64(err.code, ERR_TIMEOUT);
}
static void who_gives_up_leaves_nothing_behind(void)
{
    for (size_t w = 0; w < 2; w++) {
        begin(2, wires[w]);
        (void)fiber_spawn(env, gives_up, NULL);
        CHECK(!sim_run(sim, in_ms(1000), NULL));
        CHECK_U64(gone, 1);
        CHECK_U64(http_net_live(net), 1);
        CHECK(http_is_gone(held));
        crash_server(); /* the one that was never answered dies with its host */
        (void)finish(0);
    }
}

static void meets_nobody(void *arg)
{
    (void)arg;
    struct http_exchange *exchange;
    struct instant start = env_now(env);
    CHECK_U64(get("/nobody", "", 100, &exchange), 0);
    CHECK_U64(err.code, ERR_UNAVAILABLE);
    CHECK_U64(instant_since(env_now(env), start).ns, 2 * NS_PER_MS);
    CHECK_U64(get("/nobody", "", 1, &exchange), 0);
    CHECK_U64(err.code, ERR_TIMEOUT);
    const struct http_request request = {.path = STR("/x")};
    CHECK(!http_net_has(net, STR("delta")));
    CHECK(!http_call(client, STR("delta"), &request, in_ms(100), &exchange, &err));
    CHECK_U64(err.code, ERR_UNAVAILABLE);
    env_host_down(env, server, false);
    start = env_now(env);
    CHECK_U64(get("/missing", "", 100, &exchange), 0);
    CHECK_U64(err.code, ERR_UNAVAILABLE);
    const uint64_t took = instant_since(env_now(env), start).ns;
    CHECK(took >= 1600 * NS_PER_US && took <= 2400 * NS_PER_US);
    env_host_up(env, server, NULL);
    CHECK_U64(get("/missing", "", 100, &exchange), 404);
    http_exchange_free(exchange);
}
static void who_is_down_refuses_after_a_round_trip(void)
{
    for (size_t w = 0; w < 2; w++) {
        begin(3, wires[w]);
        (void)fiber_spawn(env, meets_nobody, NULL);
        (void)finish(0);
    }
}

static void waits_for_the_dying(void *arg)
{
    const char *path = arg;
    struct http_exchange *exchange;
    CHECK_U64(get(path, "ms=500", 10000, &exchange), 0);
    CHECK_U64(err.code, ERR_UNAVAILABLE);
    CHECK(env_now(env).ns <= INSTANT_GENESIS.ns + 105 * NS_PER_MS);
}
static void a_host_that_dies_resets_what_it_holds(void)
{
    for (size_t w = 0; w < 2; w++) {
        begin(4, wires[w]);
        (void)fiber_spawn(env, waits_for_the_dying, "/never");
        (void)fiber_spawn(env, waits_for_the_dying, "/never");
        CHECK(!sim_run(sim, in_ms(100), NULL));
        (void)fiber_spawn(env, waits_for_the_dying, "/never"); /* on its way at the crash */
        sched_run(env->sched);
        crash_server();
        (void)finish(0);
    }
}

static void asks_through_weather(void *arg)
{
    const uint64_t number = (uintptr_t)arg;
    for (uint64_t i = 0; i < 10; i++) {
        (void)double_of(number * 100 + i, 5 + number);
        struct http_exchange *exchange;
        if (get("/slow", number % 2 ? "ms=1" : "ms=6", 5 + number, &exchange)) http_exchange_free(exchange);
        const uint64_t outcome[2] = {number, err.code};
        env_fold(env, outcome, sizeof(outcome));
        const struct http_request raw = {.method = HTTP_PUT,
                                         .path = STR("/double"),
                                         .headers = &(struct http_header){STR("content-type"), STR("text/plain")},
                                         .headers_count = 1,
                                         .body = STR("17")};
        if (http_call(client, STR("alpha"), &raw, in_ms(20), &exchange, &err)) {
            CHECK_STR(http_response_body(exchange), STR("34"));
            http_exchange_free(exchange);
        }
    }
}
static struct hash weather_digest(uint64_t seed, enum http_wire wire)
{
    begin(seed, wire);
    const struct link_fault fault = {
        .loss_bps = 500, .duplicate_bps = 1000, .reorder_bps = 1000, .window_ns = 3 * NS_PER_MS, .kbps = 20000};
    CHECK(env_link_set(env, home, server, &fault));
    CHECK(env_link_set(env, server, home, &fault));
    for (uintptr_t i = 1; i <= 20; i++) (void)fiber_spawn(env, asks_through_weather, (void *)i);
    CHECK(!sim_run(sim, in_ms(20), NULL));
    crash_server();
    CHECK(!sim_run(sim, in_ms(7), NULL));
    env_host_up(env, server, NULL);
    CHECK(!sim_run(sim, in_ms(60), NULL));
    CHECK(received > 200);
    return finish(0);
}
static void both_wires_give_one_digest_in_any_weather(void)
{
    struct hash last = {0};
    for (uint64_t seed = 1; seed <= 10; seed++) {
        const struct hash by_struct = weather_digest(seed, WIRE_STRUCT), by_text = weather_digest(seed, WIRE_TEXT);
        CHECK(hash_eq(&by_struct, &by_text));
        CHECK(!hash_eq(&by_struct, &last));
        last = by_struct;
    }
}

static void partitioned(void *arg)
{
    (void)arg;
    struct http_exchange *exchange;
    CHECK(env_link_set(env, home, server, &(struct link_fault){.blocked = true}));
    CHECK_U64(get("/missing", "", 50, &exchange), 0);
    CHECK_U64(err.code, ERR_TIMEOUT);
    CHECK(env_link_set(env, home, server, NULL));
    CHECK(env_link_set(env, server, home, &(struct link_fault){.blocked = true}));
    CHECK_U64(get("/missing", "", 50, &exchange), 0);
    CHECK_U64(err.code, ERR_TIMEOUT);
}
static void a_partition_is_silence(void)
{
    begin(5, WIRE_STRUCT);
    (void)fiber_spawn(env, partitioned, NULL);
    (void)finish(0);
}

static uint16_t raw(const char *bytes)
{
    struct http_exchange *exchange;
    refused = 0;
    CHECK(http_call_raw(client, STR("alpha"), STR("/missing"), str_of(bytes), in_ms(100), &exchange, &err));
    const uint16_t status = http_response(exchange)->status;
    http_exchange_free(exchange);
    return status;
}
static void sends_garbage(void *arg)
{
    (void)arg;
    CHECK_U64(raw("GET /missing HTTP/1.1\r\n\r\n"), 404);
    CHECK_U64(refused, 0);
    CHECK_U64(raw("nonsense\r\n\r\n"), 400);
    CHECK_U64(refused, 400);
    CHECK_U64(raw("GET /missing HTTP/1.1\r\n"), 408);
    CHECK_U64(raw("POST /double HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n"), 413);
    static char long_path[10000] = "/";
    memset(long_path + 1, 'a', sizeof(long_path) - 2);
    struct http_exchange *exchange;
    CHECK_U64(get(long_path, "", 100, &exchange), 414); /* too long for the short way as well */
    http_exchange_free(exchange);
    long_path[2000] = 0;
    CHECK_U64(get(long_path, "", 100, &exchange), 414); /* this server's own limit */
    http_exchange_free(exchange);
    CHECK_U64(get("/with space", "", 100, &exchange), 400);
    http_exchange_free(exchange);
    const struct http_request patch = {.method = HTTP_OTHER, .method_text = STR("PATCH"), .path = STR("/p")};
    CHECK(http_call(client, STR("alpha"), &patch, in_ms(100), &exchange, &err));
    CHECK_U64(http_response(exchange)->status, 404);
    CHECK_U64(http_request(exchange)->method, HTTP_OTHER);
    CHECK_STR(http_request(exchange)->method_text, STR("PATCH"));
    http_exchange_free(exchange);
}
static void garbage_is_refused_by_status(void)
{
    for (size_t w = 0; w < 2; w++) {
        begin(6, wires[w]);
        (void)fiber_spawn(env, sends_garbage, NULL);
        (void)finish(0);
    }
}

static void never_wakes(void *arg)
{
    (void)arg;
    struct http_exchange *exchange;
    (void)get("/never", "", 1000000, &exchange);
    CHECK(false);
}
static void an_abandoned_world_leaves_nothing_behind(void)
{
    for (uint64_t ms = 0; ms < 3; ms++) {
        begin(7, WIRE_STRUCT);
        for (int i = 0; i < 5; i++) (void)fiber_spawn(env, never_wakes, NULL);
        sched_run(env->sched);
        CHECK(!sim_run(sim, in_ms(ms), NULL));
        CHECK_U64(http_net_live(net), 5);
        http_client_free(client);
        http_net_free(net);
        sim_free(sim);
    }
}

int main(void)
{
    RUN(an_exchange_gives_the_answer_in_both_wires);
    RUN(who_gives_up_leaves_nothing_behind);
    RUN(who_is_down_refuses_after_a_round_trip);
    RUN(a_host_that_dies_resets_what_it_holds);
    RUN(a_partition_is_silence);
    RUN(garbage_is_refused_by_status);
    RUN(both_wires_give_one_digest_in_any_weather);
    RUN(an_abandoned_world_leaves_nothing_behind);
    return 0;
}
