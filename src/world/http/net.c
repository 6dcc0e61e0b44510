/* Who answers where, and the clients who ask. */
#include "world/http/http_priv.h"

/* How long it takes to learn that nobody is there, when there is not even a host whose link would tell. */
#define REFUSED_AFTER duration_ms(2)

static void host_went_down(struct host_watch *watch, struct host host)
{
    struct http_net *net = CONTAINER_OF(watch, struct http_net, watch);
    if (host.number >= net->at_host.count) return;
    for (struct http_exchange *exchange = net->at_host.data[host.number], *next; exchange; exchange = next) {
        next = exchange->host_next;
        exchange_leave_host(exchange);
        exchange_reset_after(exchange, env_link_stats(net->env, exchange->from, exchange->to).latency_ns);
        if (!exchange->server_holds) continue;
        exchange->server_holds = false;
        exchange_release(exchange);
    }
}

struct http_net *http_net_new(struct env *env, enum http_wire wire)
{
    struct http_net *net = base_alloc(sizeof(*net));
    net->env = env;
    net->wire = wire;
    net->watch.down = host_went_down;
    arena_init(&net->arena, 0);
    env_host_watch(env, &net->watch);
    net->request_reader = http_text_new(HTTP_TEXT_REQUEST, (struct http_text_limits){0});
    net->response_reader = http_text_new(HTTP_TEXT_RESPONSE, (struct http_text_limits){.body_max = (size_t)64 << 20});
    return net;
}

void http_net_body_max(struct http_net *net, size_t bytes)
{
    http_text_free(net->request_reader);
    net->request_reader = http_text_new(HTTP_TEXT_REQUEST, (struct http_text_limits){.body_max = bytes});
}

void net_destroy(struct http_net *net)
{
    for (struct http_exchange *exchange = net->pool, *next; exchange; exchange = next) {
        next = exchange->next;
        arena_done(&exchange->arena);
        buf_done(&exchange->wire);
        base_free(exchange);
    }
    http_text_free(net->request_reader);
    http_text_free(net->response_reader);
    buf_done(&net->scratch);
    vec_done(&net->at_host);
    vec_done(&net->listeners);
    arena_done(&net->arena);
    base_free(net);
}

void http_net_free(struct http_net *net)
{
    if (!net) return;
    env_host_unwatch(net->env, &net->watch);
    for (struct http_exchange *exchange = net->live, *next; exchange; exchange = next) {
        next = exchange->next;
        exchange_leave_host(exchange);
        env_timer_cancel(net->env, &exchange->reset);
        exchange->waiter = NULL; /* a fiber that never goes on */
        const uint32_t holders = (uint32_t)exchange->client_holds + (uint32_t)exchange->server_holds;
        exchange->client_holds = exchange->server_holds = false;
        for (uint32_t i = 0; i < holders; i++) exchange_release(exchange);
    }
    net->closed = true;
    if (net->live_count == 0) net_destroy(net); /* else with the last packet on its way */
}

static struct listener *listener_find(const struct http_net *net, struct str origin)
{
    for (size_t i = 0; i < net->listeners.count; i++)
        if (str_eq(net->listeners.data[i].origin, origin)) return &net->listeners.data[i];
    return NULL;
}

void http_net_listen(struct http_net *net, struct str origin, struct host (*pick)(void *ctx, struct str path), void *ctx)
{
    struct listener *listener = listener_find(net, origin);
    if (!listener) {
        vec_push(&net->listeners, ((struct listener){.origin = str_dup(&net->arena, origin)}));
        listener = &vec_last(&net->listeners);
    }
    listener->pick = pick;
    listener->ctx = ctx;
}

bool http_net_has(const struct http_net *net, struct str origin)
{
    const struct listener *listener = listener_find(net, origin);
    return listener && listener->pick;
}

size_t http_net_live(const struct http_net *net)
{
    return net->live_count;
}

struct http_client *http_client_new(struct http_net *net, struct host self)
{
    struct http_client *client = base_alloc(sizeof(*client));
    client->net = net;
    client->self = self;
    return client;
}

void http_client_watch(struct http_client *client, const struct http_watcher *watcher) { client->watcher = *watcher; }

const struct http_watcher *http_client_watcher(const struct http_client *client) { return &client->watcher; }

static bool tell(struct http_client *client, struct str origin, struct http_exchange *exchange)
{
    exchange->watcher = client->watcher;
    if (client->watcher.answered) client->watcher.answered(client->watcher.ctx, origin, exchange);
    return true;
}

void http_client_free(struct http_client *client)
{
    base_free(client);
}

void http_client_receive(struct http_client *client, struct host from, struct packet *packet)
{
    (void)from;
    ASSERT(http_is_answer(packet));
    if (packet->class == &http_chunk_class) {
        stream_receive(stream_exchange(packet), packet);
        return;
    }
    struct http_exchange *exchange = CONTAINER_OF(packet, struct http_exchange, answer_packet);
    if (exchange->outcome != EXCHANGE_OPEN) return; /* a copy, or a reset was quicker */
    exchange->outcome = EXCHANGE_ANSWERED;
    if (exchange->waiter) fiber_wake(client->net->env, exchange->waiter);
}

static bool open_exchange(struct http_client *client, struct str origin, struct str path, struct instant deadline,
                          struct http_exchange **out, struct err *err)
{
    struct http_net *net = client->net;
    const struct listener *listener = listener_find(net, origin);
    const struct host to = listener && listener->pick ? listener->pick(listener->ctx, path) : (struct host){0};
    if (to.number) {
        *out = exchange_new(net, client->self, to);
        return true;
    }
    const struct instant known = instant_add(env_now(net->env), REFUSED_AFTER);
    const bool in_time = instant_before(known, deadline);
    fiber_sleep_until(net->env, in_time ? known : deadline);
    return err_set(err, in_time ? ERR_UNAVAILABLE : ERR_TIMEOUT, "nobody answers at " STR_FMT, STR_ARG(origin));
}

static bool give_up(struct http_exchange *exchange, struct err *err, enum err_code code, const char *why)
{
    exchange->client_holds = false;
    exchange_release(exchange);
    return err_set(err, code, "%s", why);
}

static bool await_answer(struct http_exchange *exchange, struct instant deadline, struct http_exchange **out, struct err *err)
{
    struct env *env = exchange->net->env;
    exchange->waiter = fiber_self();
    exchange_send_request(exchange);
    while (exchange->outcome == EXCHANGE_OPEN)
        if (!fiber_park(env, deadline)) break;
    exchange->waiter = NULL;
    switch (exchange->outcome) {
    case EXCHANGE_OPEN: return give_up(exchange, err, ERR_TIMEOUT, "no answer before the deadline");
    case EXCHANGE_RESET: return give_up(exchange, err, ERR_UNAVAILABLE, "the host is down");
    case EXCHANGE_ANSWERED: break;
    }
    if (!exchange_parse_response(exchange)) return give_up(exchange, err, ERR_PARSE, "the answer is not HTTP");
    *out = exchange;
    return true;
}

bool http_call(struct http_client *client, struct str origin, const struct http_request *request, struct instant deadline,
               struct http_exchange **out, struct err *err)
{
    struct http_exchange *exchange;
    if (!open_exchange(client, origin, request->path, deadline, &exchange, err)) return false;
    exchange_fill_request(exchange, request);
    return await_answer(exchange, deadline, out, err) && tell(client, origin, *out);
}

bool http_call_raw(struct http_client *client, struct str origin, struct str path, struct str bytes, struct instant deadline,
                   struct http_exchange **out, struct err *err)
{
    struct http_exchange *exchange;
    if (!open_exchange(client, origin, path, deadline, &exchange, err)) return false;
    exchange_fill_raw(exchange, bytes);
    return await_answer(exchange, deadline, out, err) && tell(client, origin, *out);
}

void http_exchange_free(struct http_exchange *exchange)
{
    if (!exchange) return;
    ASSERT(exchange->client_holds);
    exchange->client_holds = false;
    exchange_release(exchange);
}
