#include "world/http/http_priv.h"

enum { ARENA_BLOCK_BYTES = 2048, WIRE_KEEP_BYTES = 65536 };

static void request_free(struct packet *packet)
{
    exchange_release(CONTAINER_OF(packet, struct http_exchange, request_packet));
}
static void answer_free(struct packet *packet)
{
    exchange_release(CONTAINER_OF(packet, struct http_exchange, answer_packet));
}

/* The host was not there: the news takes as long back as the request took there. */
static void request_lost(struct packet *packet, uint32_t to, enum packet_loss why)
{
    (void)to;
    struct http_exchange *exchange = CONTAINER_OF(packet, struct http_exchange, request_packet);
    if (why != LOSS_HOST || !exchange->at_host) return;
    exchange_leave_host(exchange);
    exchange_reset_after(exchange, instant_since(env_now(exchange->net->env), exchange->sent).ns);
}

static void answer_soon(const struct packet *packet)
{
    const struct http_exchange *exchange = CONTAINER_OF((uintptr_t)packet, const struct http_exchange, answer_packet);
    base_prefetch(exchange, sizeof(*exchange));
    if (exchange->waiter) fiber_prefetch(exchange->waiter);
}

const struct packet_class http_packet_class = {.name = "http.request", .free = request_free, .lost = request_lost};
const struct packet_class http_answer_class = {.name = "http.answer", .free = answer_free, .soon = answer_soon};

static void reset_fired(struct timer *timer)
{
    struct http_exchange *exchange = CONTAINER_OF(timer, struct http_exchange, reset);
    if (exchange->outcome == EXCHANGE_OPEN) exchange->outcome = EXCHANGE_RESET;
    else if (exchange->streaming) exchange->stream_lost = true;
    else return;
    if (exchange->waiter) fiber_wake(exchange->net->env, exchange->waiter);
}

void exchange_reset_after(struct http_exchange *exchange, uint64_t ns)
{
    const bool open = exchange->outcome == EXCHANGE_OPEN || (exchange->streaming && !exchange->stream_ended);
    if (!exchange->client_holds || !open || exchange->reset.node.slot) return;
    struct env *env = exchange->net->env;
    env_timer_set(env, &exchange->reset, instant_add(env_now(env), (struct duration){ns}));
}

static struct http_exchange *pool_take(struct http_net *net)
{
    struct http_exchange *exchange = net->pool;
    if (!exchange) {
        exchange = base_alloc(sizeof(*exchange));
        arena_init(&exchange->arena, ARENA_BLOCK_BYTES);
        return exchange;
    }
    net->pool = exchange->next;
    base_prefetch(net->pool, sizeof(*exchange)); /* for the next one */
    const struct arena arena = exchange->arena;
    const struct buf wire = exchange->wire;
    *exchange = (struct http_exchange){.arena = arena, .wire = wire};
    return exchange;
}

static void pool_give(struct http_net *net, struct http_exchange *exchange)
{
#ifdef HOUSE_SANITIZED
    /* No reuse: a sanitizer is to see who touches an exchange after its end. */
    (void)net;
    arena_done(&exchange->arena);
    buf_done(&exchange->wire);
    base_free(exchange);
#else
    arena_reset(&exchange->arena);
    if (exchange->wire.cap > WIRE_KEEP_BYTES)
        buf_done(&exchange->wire);
    else
        buf_clear(&exchange->wire);
    exchange->next = net->pool;
    net->pool = exchange;
#endif
}

struct http_exchange *exchange_new(struct http_net *net, struct host from, struct host to)
{
    struct http_exchange *exchange = pool_take(net);
    exchange->net = net;
    exchange->from = from;
    exchange->to = to;
    exchange->holders = 1;
    exchange->client_holds = true;
    exchange->reset = TIMER(reset_fired);
    exchange->next = net->live;
    if (exchange->next) exchange->next->previous = exchange;
    net->live = exchange;
    net->live_count++;
    return exchange;
}

void exchange_release(struct http_exchange *exchange)
{
    ASSERT(exchange->holders > 0);
    if (--exchange->holders) return;
    struct http_net *net = exchange->net;
    ASSERT(!exchange->waiter && !exchange->client_holds && !exchange->server_holds);
    exchange_leave_host(exchange);
    if (exchange->reset.node.slot) env_timer_cancel(net->env, &exchange->reset);
    for (struct keep *keep = exchange->keeps; keep; keep = keep->next) {
        if (keep->release)
            keep->release(keep->thing);
        else
            keep->drop(keep->thing);
    }
    if (exchange->held_shape) exchange->held_shape->drop(exchange->held);
    buf_done(&exchange->stream_in);
    if (exchange->previous)
        exchange->previous->next = exchange->next;
    else
        net->live = exchange->next;
    if (exchange->next) exchange->next->previous = exchange->previous;
    net->live_count--;
    pool_give(net, exchange);
    if (net->closed && net->live_count == 0) net_destroy(net);
}

static void host_add(struct http_exchange *exchange)
{
    struct http_net *net = exchange->net;
    while (net->at_host.count <= exchange->to.number) vec_push(&net->at_host, NULL);
    struct http_exchange **first = &net->at_host.data[exchange->to.number];
    exchange->at_host = true;
    exchange->host_previous = NULL;
    exchange->host_next = *first;
    if (*first) (*first)->host_previous = exchange;
    *first = exchange;
}

void exchange_leave_host(struct http_exchange *exchange)
{
    if (!exchange->at_host) return;
    exchange->at_host = false;
    if (exchange->host_previous)
        exchange->host_previous->host_next = exchange->host_next;
    else
        exchange->net->at_host.data[exchange->to.number] = exchange->host_next;
    if (exchange->host_next) exchange->host_next->host_previous = exchange->host_previous;
}

void exchange_send_request(struct http_exchange *exchange)
{
    struct env *env = exchange->net->env;
    exchange->sent = env_now(env);
    exchange->request_packet.class = &http_packet_class;
    exchange->request_packet.refs = 1;
    exchange->holders++;
    host_add(exchange);
    env_send(env, exchange->from, exchange->to, &exchange->request_packet);
}

struct arena *http_arena(struct http_exchange *exchange)
{
    return &exchange->arena;
}
const struct http_request *http_request(const struct http_exchange *exchange)
{
    return &exchange->request;
}
struct host http_asker(const struct http_exchange *exchange)
{
    return exchange->from;
}
const struct http_response *http_response(const struct http_exchange *exchange)
{
    return &exchange->response;
}

void http_keep(struct http_exchange *exchange, void (*release)(void *), void *thing)
{
    struct keep *keep = arena_new(&exchange->arena, struct keep);
    *keep = (struct keep){.next = exchange->keeps, .release = release, .thing = thing};
    exchange->keeps = keep;
}

/* ---- server ---- */

struct http_exchange *http_packet_peek(const struct packet *packet)
{
    ASSERT(packet->class == &http_packet_class);
    struct http_exchange *exchange = CONTAINER_OF((uintptr_t)packet, struct http_exchange, request_packet);
    exchange_parse_request(exchange);
    return exchange->fault ? NULL : exchange;
}

static uint16_t beyond(const struct http_exchange *exchange, const struct http_limits *limits)
{
    const struct http_request *request = &exchange->request;
    if (limits->uri_max && request->path.len + request->query.len > limits->uri_max) return 414;
    size_t headers = 0;
    for (size_t i = 0; i < request->headers_count; i++) headers += request->headers[i].name.len + request->headers[i].value.len;
    if (limits->headers_max && headers > limits->headers_max) return 431;
    return limits->body_max && request->body.len > limits->body_max ? 413 : 0;
}

struct http_exchange *http_packet_exchange(struct packet *packet, const struct http_limits *limits)
{
    ASSERT(packet->class == &http_packet_class);
    struct http_exchange *exchange = CONTAINER_OF(packet, struct http_exchange, request_packet);
    if (exchange->taken || !exchange->at_host) return NULL;
    exchange->taken = true;
    exchange->server_holds = true;
    exchange->holders++;
    exchange_parse_request(exchange);
    if (!exchange->fault) exchange->fault = beyond(exchange, limits);
    if (!exchange->fault) return exchange;
    exchange->holders++; /* to look at it afterwards */
    limits->refuse(exchange, exchange->fault);
    ASSERT(!exchange->server_holds); /* refuse answers */
    exchange_release(exchange);
    return NULL;
}

void http_respond(struct http_exchange *exchange, const struct http_response *response)
{
    ASSERT(exchange->server_holds); /* received, not answered yet, and its host has not died since */
    exchange_fill_response(exchange, response);
    exchange_leave_host(exchange);
    exchange->answer_packet.class = &http_answer_class;
    exchange->answer_packet.refs = 1;
    exchange->holders++;
    exchange->server_holds = false;
    env_send(exchange->net->env, exchange->to, exchange->from, &exchange->answer_packet);
    exchange_release(exchange);
}

void http_prefetch(const struct http_exchange *exchange)
{
    base_prefetch(exchange, sizeof(*exchange));
}
bool http_is_gone(const struct http_exchange *exchange)
{
    return !exchange->client_holds;
}
