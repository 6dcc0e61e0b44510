/* A made-up network of six views that does what it is asked, or says so and does nothing: proofs must tell the two apart. */
#include "tester/chaos/weather.h"

#include <stdio.h>

#include "chain/wire/wire.h"
#include "core/base/check.h"
#include "tester/chaos/weather_priv.h"
#include "world/sim/sim.h"

#define VIEWS 6

static struct sim *sim;
static struct env *env;
static struct host server, self;
static struct http_client *client;
static volatile bool done;
static bool does_nothing;   /* answers "ok" to every action and leaves all as it is */
static bool frozen;         /* heights stand still */
static bool down[VIEWS + 1];
static bool cut, slow;
static struct instant cut_at, heal_at;

static void respond_error(struct http_exchange *exchange, enum code code)
{
    struct apierror *error = arena_new(http_arena(exchange), struct apierror);
    (void)apierror_set(error, code, NULL, "no");
    const struct http_response response = {.status = code_http(code), .shape = &wire_error, .object = error};
    http_respond(exchange, &response);
}

static void respond(struct http_exchange *exchange, const struct wire *wire, void *object)
{
    struct http_response response = {0};
    wire_respond(exchange, &response, 200, wire, object);
}

/* Packets that passed, or were dropped, between views 1-3 and 4-6 since the beginning: 10 a second on each link. */
static uint64_t ticks(struct instant from, struct instant to) { return instant_since(to, from).ns / (NS_PER_S / 10); }

static void peer_fill(struct peer_view *peer, uint32_t of, uint32_t other, struct arena *arena)
{
    const struct instant now = env_now(env);
    *peer = (struct peer_view){.peer = STR("p:1"), .name = str_fmt(arena, "v%u", other), .latency_ms = slow ? 110 : 10};
    const uint64_t all = ticks(INSTANT_GENESIS, now);
    const bool across = (of <= 3) != (other <= 3);
    if (across && cut_at.ns != 0) {
        const uint64_t lost = ticks(cut_at, cut ? now : heal_at);
        peer->dropped = lost;
        peer->received = all - lost;
    } else {
        peer->received = all;
    }
}

static void serve_view(struct http_exchange *exchange, uint32_t view, struct str route)
{
    struct arena *arena = http_arena(exchange);
    if (down[view]) {
        respond_error(exchange, CODE_NODE_UNAVAILABLE);
    } else if (str_eq(route, STR("sync_status"))) {
        struct sync_status *status = arena_new(arena, struct sync_status);
        status->current_height = frozen ? 7 : (uint32_t)(instant_since(env_now(env), INSTANT_GENESIS).ns / (NS_PER_S / 2));
        respond(exchange, &wire_sync_status, status);
    } else if (str_eq(route, STR("peers/all/metrics"))) {
        struct page *page = arena_new(arena, struct page);
        struct peer_view *items = arena_array(arena, struct peer_view, VIEWS);
        for (uint32_t i = 1; i <= VIEWS; i++)
            if (i != view) peer_fill(&items[page->count++], view, i, arena);
        page->items = items;
        respond(exchange, &wire_peer_list, page);
    } else {
        respond_error(exchange, CODE_UNKNOWN_METHOD);
    }
}

static bool body_has(struct http_exchange *exchange, const char *part)
{
    struct str body = http_request_body(exchange);
    const struct str text = str_dup(http_arena(exchange), body);
    return strstr(text.data, part) != NULL;
}

static void serve_admin(struct http_exchange *exchange)
{
    if (!does_nothing) {
        if (body_has(exchange, "\"crash\"")) down[2] = true;
        if (body_has(exchange, "\"restart\"")) down[2] = false;
        if (body_has(exchange, "\"partition\"")) cut = true, cut_at = env_now(env);
        if (body_has(exchange, "\"heal\"")) cut = false, heal_at = env_now(env);
        if (body_has(exchange, "\"latency\"")) slow = true;
    }
    struct chaos_entry *entry = arena_new(http_arena(exchange), struct chaos_entry);
    entry->chaos_id = STR("c1");
    entry->started_at = instant_ms(env_now(env));
    respond(exchange, &wire_chaos_entry, entry);
}

static void refuse(struct http_exchange *exchange, uint16_t status)
{
    (void)status;
    respond_error(exchange, CODE_PARSE_ERROR);
}

static void server_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx;
    (void)from;
    static const struct http_limits limits = {.refuse = refuse};
    struct http_exchange *exchange = http_packet_exchange(packet, &limits);
    if (!exchange) return;
    const struct str path = http_request(exchange)->path;
    struct str head, rest;
    uint64_t view;
    if (str_starts(path, STR("/admin/"))) {
        serve_admin(exchange);
    } else if (str_cut(str_sub(path, 7, path.len), '/', &head, &rest) && str_to_u64(head, &view) && view <= VIEWS) {
        (void)str_cut(rest, '/', &head, &rest); /* the network's name */
        serve_view(exchange, (uint32_t)view, rest);
    } else {
        respond_error(exchange, CODE_UNKNOWN_METHOD);
    }
}
static const struct host_ops server_ops = {.receive = server_receive};

static void client_receive(void *ctx, struct host from, struct packet *packet)
{
    (void)ctx;
    if (http_is_answer(packet)) http_client_receive(client, from, packet);
}
static const struct host_ops client_ops = {.receive = client_receive};

static struct host pick(void *ctx, struct str path)
{
    (void)ctx;
    (void)path;
    return server;
}

/* ---- one action against the made-up network ---- */

struct attempt {
    const char *name, *params;
    const struct attempt *first; /* done and awaited before; NULL: none */
    struct deed deed;
    uint32_t down_after;
    bool quorum_after;
};

static struct arena arena;

static struct chaos_action parsed(const char *name, const char *params)
{
    struct diags diags;
    struct chaos_action action;
    diags_init(&diags);
    const struct yaml *root = yaml_parse(&arena, STR("a"), str_fmt(&arena, "action: %s\nparams: %s\n", name, params), &diags);
    CHECK(root && action_parse(&arena, yaml_find(root, STR("action")), yaml_find(root, STR("params")), VIEWS, &diags, &action));
    diags_done(&diags);
    return action;
}

static void attempt_run(void *arg)
{
    struct attempt *attempt = arg;
    const struct admin admin = {client, STR("admin"), STR("0123456789abcdef")};
    const struct weather_config config = {.env = env, .alpha = {.http = client, .origin = STR("alpha")}, .admin = &admin,
                                          .capabilities = {.admin = true, .chaos = true}, .validators = VIEWS, .interval = duration_ms(500)};
    struct weather *weather = weather_new(&config);
    struct chaos_action actions[2];
    if (attempt->first) {
        actions[0] = parsed(attempt->first->name, attempt->first->params);
        (void)weather_do(weather, &actions[0]);
        fiber_sleep(env, duration_s(5));
    }
    actions[1] = parsed(attempt->name, attempt->params);
    struct deed *deed = weather_do(weather, &actions[1]);
    const struct instant patience = instant_add(env_now(env), duration_s(90));
    while (deed->state == DEED_OPEN && instant_before(env_now(env), patience)) fiber_sleep(env, duration_ms(100));
    attempt->down_after = weather_down(weather);
    attempt->quorum_after = weather_quorum(weather, NULL);
    weather_close(weather);
    attempt->deed = *deed;
    weather_free(weather);
    done = true;
}

static struct attempt attempt(const char *name, const char *params, const struct attempt *first)
{
    struct attempt out = {.name = name, .params = params, .first = first};
    memset(down, 0, sizeof(down));
    cut = slow = done = false;
    cut_at = heal_at = (struct instant){0};
    sim = sim_new(1, sim_model_default(), NULL);
    env = sim_env(sim);
    struct http_net *net = http_net_new(env, WIRE_STRUCT);
    server = env_host_open(env, STR("server"), &server_ops, NULL);
    self = env_host_open(env, STR("client"), &client_ops, NULL);
    sim_host_is_client(sim, self);
    client = http_client_new(net, self);
    http_net_listen(net, STR("alpha"), pick, NULL);
    http_net_listen(net, STR("admin"), pick, NULL);
    (void)fiber_spawn(env, attempt_run, &out);
    (void)sim_run(sim, instant_add(INSTANT_GENESIS, duration_s(3600)), &done);
    CHECK(done);
    http_client_free(client);
    http_net_free(net);
    sim_free(sim);
    return out;
}

static void is(const struct attempt *a, enum deed_state wanted, const char *says)
{
    if (a->deed.state != wanted || !strstr(a->deed.evidence, says))
        CHECK_FAIL("%s %s: state %d, evidence: %s", a->name, a->params, (int)a->deed.state, a->deed.evidence);
}

static const char halves[] = "{groups: [[v1-v3], [v4-v6]]}";

static void what_really_happens_is_proven(void)
{
    does_nothing = frozen = false;
    struct attempt a = attempt("crash", "{targets: v2}", NULL);
    is(&a, DEED_PROVEN, "v2 answered before and no longer does");
    CHECK_U64(a.down_after, 1);
    CHECK(a.quorum_after); /* 5 of 6 */
    a = attempt("crash", "{targets: {count: 1}}", NULL);
    is(&a, DEED_PROVEN, "v2");
    const struct attempt crash = {.name = "crash", .params = "{targets: v2}"}, partition = {.name = "partition", .params = halves};
    a = attempt("restart", "{targets: v2}", &crash);
    is(&a, DEED_PROVEN, "v2 did not answer before, answers again and moved on");
    CHECK_U64(a.down_after, 0);
    a = attempt("partition", halves, NULL);
    is(&a, DEED_PROVEN, "between groups a and b received");
    CHECK(!a.quorum_after); /* 3 and 3 of 6 */
    a = attempt("heal", "{}", &partition);
    is(&a, DEED_PROVEN, "between groups a and b received");
    CHECK(a.quorum_after);
    a = attempt("latency", "{from: '*', to: '*', delay: 100ms}", NULL);
    is(&a, DEED_PROVEN, "latency 10 -> 110 ms");
}

static void a_network_that_only_says_so_is_found_out(void)
{
    does_nothing = true;
    frozen = false;
    struct attempt a = attempt("crash", "{targets: v2}", NULL);
    is(&a, DEED_UNPROVEN, "0 of 1 views fell silent");
    CHECK_U64(a.down_after, 0);
    a = attempt("pause", "{targets: [v1, v2]}", NULL);
    is(&a, DEED_UNPROVEN, "0 of 2 views fell silent");
    a = attempt("partition", halves, NULL);
    is(&a, DEED_UNPROVEN, "not proven: between groups a and b");
    a = attempt("loss", "{from: '*', to: '*', rate: 5%}", NULL);
    is(&a, DEED_UNPROVEN, "dropped 0 -> 0");
    a = attempt("latency", "{from: '*', to: '*', delay: 100ms}", NULL);
    is(&a, DEED_UNPROVEN, "latency 10 -> 10 ms");
    does_nothing = false;
}

static void faults_of_nobody_and_of_what_is_down_have_no_effect(void)
{
    does_nothing = frozen = false;
    struct attempt a = attempt("partition", "{groups: [[]]}", NULL);
    is(&a, DEED_UNPROVEN, "parts nobody from anybody");
    a = attempt("partition", "{groups: [[v1-v6]]}", NULL);
    is(&a, DEED_UNPROVEN, "parts nobody from anybody");
    a = attempt("crash", "{targets: []}", NULL);
    is(&a, DEED_UNPROVEN, "names nobody");
    a = attempt("crash", "{targets: {count: 0}}", NULL);
    is(&a, DEED_UNPROVEN, "names nobody");
    const struct attempt crash = {.name = "crash", .params = "{targets: v2}"};
    a = attempt("crash", "{targets: v2}", &crash);
    is(&a, DEED_UNPROVEN, "silent already");
    a = attempt("restart", "{targets: v2}", NULL);
    is(&a, DEED_UNPROVEN, "every view answered already");
    a = attempt("heal", "{}", NULL);
    is(&a, DEED_UNPROVEN, "there was no partition");
}

static void a_view_that_is_back_but_stands_still_is_not_proven(void)
{
    does_nothing = false;
    frozen = true;
    const struct attempt crash = {.name = "crash", .params = "{targets: v2}"};
    const struct attempt a = attempt("restart", "{targets: v2}", &crash);
    is(&a, DEED_UNPROVEN, "1 of 1 views are back, of 0 the height moved");
    frozen = false;
}

static void flows_must_stop_and_drop(void)
{
    const struct flow before = {.received = 100, .dropped = 5, .links = 4};
    struct flow after = {.received = 100, .dropped = 9, .links = 4};
    CHECK(flow_is_cut(&before, &after) && !flow_is_healed(&before, &after));
    after.received = 101;
    CHECK(!flow_is_cut(&before, &after) && !flow_is_healed(&before, &after));
    after = (struct flow){.received = 120, .dropped = 5, .links = 4};
    CHECK(!flow_is_cut(&before, &after) && flow_is_healed(&before, &after));
    after = (struct flow){.received = 100, .dropped = 9};
    CHECK(!flow_is_cut(&before, &after)); /* nobody told anything */
    CHECK(!flow_is_cut(&before, &before) && !flow_is_healed(&before, &before));
}

int main(void)
{
    arena_init(&arena, 0);
    RUN(flows_must_stop_and_drop);
    RUN(what_really_happens_is_proven);
    RUN(a_network_that_only_says_so_is_found_out);
    RUN(faults_of_nobody_and_of_what_is_down_have_no_effect);
    RUN(a_view_that_is_back_but_stands_still_is_not_proven);
    arena_done(&arena);
    return 0;
}
