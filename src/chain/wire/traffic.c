#include "chain/wire/traffic.h"

#include <stdio.h>

#include "chain/event.h"
#include "chain/ipc.h"
#include "chain/response_bridge.h"
#include "chain/route.h"
#include "chain/wire/wire.h"
#include "world/http/router.h"

enum { LISTENERS = 4, KINDS_MAX = 80, MESSAGES_MAX = 8 };
static const enum route_listener listeners[LISTENERS] = {ROUTE_ALPHA, ROUTE_DELTA, ROUTE_ADNET, ROUTE_ADMIN};

struct traffic {
    size_t routes_count;
    uint64_t *routes, *successes;    /* by place in the table: requests, and those that were not refused */
    uint64_t (*route_codes)[CODE_COUNT];
    uint64_t codes[CODE_COUNT], kinds[KINDS_MAX], messages[MESSAGES_MAX], events[EVENT_TYPE_COUNT];
    struct http_route *rows[LISTENERS];
    struct router *routers[LISTENERS];
};

static void router_make(struct traffic *traffic, size_t which)
{
    const enum route_listener listener = listeners[which];
    const bool chain = listener == ROUTE_ALPHA || listener == ROUTE_DELTA;
    size_t count = 0;
    traffic->rows[which] = base_alloc(traffic->routes_count * sizeof(struct http_route));
    for (size_t i = 0; route_at(i) != NULL; i++) {
        const struct route_row *row = route_at(i);
        if (row->listener != listener && !(chain && row->listener == ROUTE_BOTH)) continue;
        traffic->rows[which][count++] = (struct http_route){row->id, http_method_of(row->method), row->pattern, (const void *)(uintptr_t)(i + 1)};
    }
    traffic->routers[which] = router_new(traffic->rows[which], count);
}

struct traffic *traffic_new(void)
{
    struct traffic *traffic = base_alloc(sizeof(*traffic));
    while (route_at(traffic->routes_count) != NULL) traffic->routes_count++;
    traffic->routes = base_alloc(traffic->routes_count * sizeof(*traffic->routes));
    traffic->successes = base_alloc(traffic->routes_count * sizeof(*traffic->successes));
    traffic->route_codes = base_alloc(traffic->routes_count * sizeof(*traffic->route_codes));
    for (size_t i = 0; i < LISTENERS; i++) router_make(traffic, i);
    return traffic;
}

void traffic_free(struct traffic *traffic)
{
    if (traffic == NULL) return;
    for (size_t i = 0; i < LISTENERS; i++) {
        router_free(traffic->routers[i]);
        base_free(traffic->rows[i]);
    }
    base_free(traffic->routes);
    base_free(traffic->successes);
    base_free(traffic->route_codes);
    base_free(traffic);
}

/* ---- counting ---- */

static bool listener_of(struct str origin, size_t *out)
{
    for (size_t i = 0; i < LISTENERS; i++)
        if (str_eq(origin, route_listener_text(listeners[i]))) return *out = i, true;
    return false;
}

static void code_count(struct traffic *traffic, size_t route, enum code code)
{
    if (code == CODE_NONE) return;
    traffic->codes[code]++;
    if (route < traffic->routes_count) traffic->route_codes[route][code]++;
}

static void kind_count(struct traffic *traffic, uint16_t kind)
{
    for (size_t i = 0; i < KINDS_MAX && kind_at(i) != NULL; i++)
        if (kind_at(i)->kind == kind) traffic->kinds[i]++;
}

/* A transaction that is a body of text: its kind is read where both forms state it. */
static void kind_of_text(struct traffic *traffic, struct str body, enum chain_id chain)
{
    static const struct str mark = {"\"kind\":\"", 8};
    if (body.len > 10 && memcmp(body.data, "ADTX", 4) == 0) {
        kind_count(traffic, (uint16_t)((uint8_t)body.data[8] | (uint8_t)body.data[9] << 8));
        return;
    }
    for (size_t i = 0; i + mark.len < body.len && i < 4096; i++) {
        if (memcmp(body.data + i, mark.data, mark.len) != 0) continue;
        struct str name, rest;
        const struct kind_row *row =
            str_cut(str_sub(body, i + mark.len, 40), '"', &name, &rest) ? kind_find_name(chain, name) : NULL;
        if (row != NULL) kind_count(traffic, (uint16_t)row->kind);
        return;
    }
}

static void request_count(struct traffic *traffic, struct http_exchange *exchange, enum chain_id chain)
{
    const struct http_request *request = http_request(exchange);
    if (request->method != HTTP_POST) return;
    if (request->shape == &wire_transaction)
        kind_count(traffic, ((const struct tx *)request->object)->kind);
    else if (request->shape == NULL)
        kind_of_text(traffic, request->body, chain);
}

static void tx_count(struct traffic *traffic, size_t route, const struct tx_view *view)
{
    code_count(traffic, route, view->dropped_reason);
    if (view->has_receipt) code_count(traffic, route, (enum code)view->receipt.code);
}

static const void *object_of(struct http_exchange *exchange, const struct wire *wire, enum chain_id chain)
{
    const struct http_shape *shape = chain == CHAIN_DELTA ? &wire->http_delta : &wire->http;
    const struct http_response *response = http_response(exchange);
    return response->object != NULL && response->shape == shape ? response->object : NULL;
}

/* Answers that are objects (struct wire); as text they are told apart by their route, and read no further than the code. */
static void answer_count(struct traffic *traffic, size_t route, struct http_exchange *exchange, enum chain_id chain)
{
    const struct tx_view *view = object_of(exchange, &wire_tx, chain);
    const struct batch_ack *batch = object_of(exchange, &wire_batch_ack, chain);
    const struct page *records = object_of(exchange, &wire_ipc_record_page, chain);
    if (view != NULL) tx_count(traffic, route, view);
    for (uint32_t i = 0; batch != NULL && i < batch->results_count; i++) code_count(traffic, route, batch->results[i].error.code);
    for (uint32_t i = 0; records != NULL && i < records->count; i++) {
        const uint32_t type = (uint32_t)((const struct ipc_record *)records->items)[i].type;
        if (type < MESSAGES_MAX) traffic->messages[type]++;
    }
}

static void answered(void *ctx, struct str origin, struct http_exchange *exchange)
{
    struct traffic *traffic = ctx;
    size_t listener;
    if (!listener_of(origin, &listener)) return;
    const struct http_request *request = http_request(exchange);
    const enum chain_id chain = listeners[listener] == ROUTE_DELTA ? CHAIN_DELTA : CHAIN_ALPHA;
    struct router_match match;
    size_t route = SIZE_MAX;
    if (router_find(traffic->routers[listener], request->method, route_path(request->path), &match) == ROUTER_FOUND) {
        route = (size_t)(uintptr_t)match.route->row - 1;
        traffic->routes[route]++;
    }
    request_count(traffic, exchange, chain);
    if (http_response(exchange)->status < 400) {
        if (route < traffic->routes_count) traffic->successes[route]++;
        answer_count(traffic, route, exchange, chain);
        return;
    }
    struct err err;
    const struct apierror *error = http_response_object(exchange, &wire_error, &err);
    if (error != NULL) code_count(traffic, route, error->code);
}

/* Server-Sent Events: a line "event: TYPE" for each. */
static void streamed(void *ctx, struct str bytes)
{
    struct traffic *traffic = ctx;
    struct str line, rest;
    for (; bytes.len > 0; bytes = rest) {
        enum event_type type;
        if (!str_cut(bytes, '\n', &line, &rest)) line = bytes, rest = (struct str){0};
        if (str_starts(line, STR("event: ")) && event_type_parse(str_sub(line, 7, line.len), &type)) traffic->events[type]++;
    }
}

void traffic_watch(struct traffic *traffic, struct http_client *client)
{
    http_client_watch(client, &(struct http_watcher){answered, streamed, traffic});
}

/* ---- text ---- */

static struct str kind_name(size_t i, char room[64])
{
    const struct kind_row *row = kind_at(i);
    const int len = snprintf(room, 64, STR_FMT "/" STR_FMT, STR_ARG(chain_text(row->chain)), STR_ARG(row->name));
    return (struct str){room, (size_t)len};
}

static void codes_write(const uint64_t *codes, struct json_writer *w)
{
    json_object(w);
    for (size_t i = 1; i < CODE_COUNT; i++)
        if (codes[i] > 0) json_put_member_u64(w, code_text((enum code)i), codes[i]);
    json_object_end(w);
}

void traffic_write(const struct traffic *traffic, struct json_writer *w)
{
    char room[64];
    json_object(w);
    json_key(w, STR("endpoints"));
    json_object(w);
    for (size_t i = 0; i < traffic->routes_count; i++)
        if (traffic->routes[i] > 0) json_put_member_u64(w, str_of(route_at(i)->id), traffic->routes[i]);
    json_object_end(w);
    json_key(w, STR("endpoint_successes"));
    json_object(w);
    for (size_t i = 0; i < traffic->routes_count; i++)
        if (traffic->successes[i] > 0) json_put_member_u64(w, str_of(route_at(i)->id), traffic->successes[i]);
    json_object_end(w);
    json_key(w, STR("endpoint_codes"));
    json_object(w);
    for (size_t i = 0; i < traffic->routes_count; i++) {
        bool any = false;
        for (size_t k = 1; k < CODE_COUNT && !any; k++) any = traffic->route_codes[i][k] > 0;
        if (!any) continue;
        json_key(w, str_of(route_at(i)->id));
        codes_write(traffic->route_codes[i], w);
    }
    json_object_end(w);
    json_key(w, STR("codes"));
    codes_write(traffic->codes, w);
    json_key(w, STR("kinds"));
    json_object(w);
    for (size_t i = 0; i < KINDS_MAX && kind_at(i) != NULL; i++)
        if (traffic->kinds[i] > 0) json_put_member_u64(w, kind_name(i, room), traffic->kinds[i]);
    json_object_end(w);
    json_key(w, STR("messages"));
    json_object(w);
    for (size_t i = IPC_BLOCK_FINALIZED; i <= IPC_GOVERNANCE_TALLY; i++)
        if (traffic->messages[i] > 0) json_put_member_u64(w, ipc_type_text((enum ipc_type)i), traffic->messages[i]);
    json_object_end(w);
    json_key(w, STR("events"));
    json_object(w);
    for (size_t i = 0; i < EVENT_TYPE_COUNT; i++)
        if (traffic->events[i] > 0) json_put_member_u64(w, event_type_text((enum event_type)i), traffic->events[i]);
    json_object_end(w);
    json_object_end(w);
}

static uint64_t count_of(const struct json *node)
{
    uint64_t count;
    return json_u64(node, &count) ? count : 0;
}

static void codes_add(uint64_t *codes, const struct json *object)
{
    enum code code;
    for (const struct json *node = object != NULL ? object->child : NULL; node != NULL; node = node->next)
        if (code_parse(node->key, &code)) codes[code] += count_of(node);
}

static void routes_add(struct traffic *traffic, const struct json *document)
{
    const struct json *endpoints = json_find(document, STR("endpoints")), *codes = json_find(document, STR("endpoint_codes"));
    const struct json *successes = json_find(document, STR("endpoint_successes"));
    for (size_t i = 0; i < traffic->routes_count; i++) {
        traffic->routes[i] += count_of(json_find(endpoints, str_of(route_at(i)->id)));
        traffic->successes[i] += count_of(json_find(successes, str_of(route_at(i)->id)));
        codes_add(traffic->route_codes[i], json_find(codes, str_of(route_at(i)->id)));
    }
}

bool traffic_add(struct traffic *traffic, struct str text, struct err *err)
{
    struct arena arena;
    char room[64];
    arena_init(&arena, 0);
    const struct json *document = json_parse(&arena, text, err);
    const bool sound = document != NULL && json_is(json_find(document, STR("endpoints")), JSON_OBJECT);
    if (sound) {
        routes_add(traffic, document);
        codes_add(traffic->codes, json_find(document, STR("codes")));
        for (size_t i = 0; i < KINDS_MAX && kind_at(i) != NULL; i++)
            traffic->kinds[i] += count_of(json_find(json_find(document, STR("kinds")), kind_name(i, room)));
        for (size_t i = IPC_BLOCK_FINALIZED; i <= IPC_GOVERNANCE_TALLY; i++)
            traffic->messages[i] += count_of(json_find(json_find(document, STR("messages")), ipc_type_text((enum ipc_type)i)));
        for (size_t i = 0; i < EVENT_TYPE_COUNT; i++)
            traffic->events[i] += count_of(json_find(json_find(document, STR("events")), event_type_text((enum event_type)i)));
    } else if (document != NULL) {
        (void)err_set(err, ERR_PARSE, "there are no endpoints in it");
    }
    arena_done(&arena);
    return sound;
}

/* ---- what was met ---- */

struct tally_up {
    struct traffic_share *shares;
    void (*tell)(void *ctx, const char *what, struct str name);
    void *ctx;
};

static void met(const struct tally_up *t, size_t share, bool is_met, struct str name)
{
    static const char *const names[TRAFFIC_SHARES] = {"endpoints", "endpoint codes", "kinds", "codes", "messages", "events", "successes"};
    if (t->shares != NULL) {
        t->shares[share].what = names[share];
        t->shares[share].all++;
        t->shares[share].met += is_met;
    } else if (!is_met) {
        t->tell(t->ctx, names[share], name);
    }
}

static void row_codes(const struct tally_up *t, const struct traffic *traffic, size_t i)
{
    struct str rest = str_of(route_at(i)->errors), word, tail;
    while (rest.len > 0) {
        enum code code;
        char name[96];
        if (!str_cut(rest, ' ', &word, &tail)) word = rest, tail = (struct str){0};
        rest = tail;
        if (!code_parse(word, &code)) continue;
        const int len = snprintf(name, sizeof(name), "%s " STR_FMT, route_at(i)->id, STR_ARG(word));
        met(t, 1, traffic->route_codes[i][code] > 0, (struct str){name, (size_t)len});
    }
}

static void walk(const struct traffic *traffic, const struct tally_up *t)
{
    char room[64];
    for (size_t i = 0; i < traffic->routes_count; i++) {
        char name[160];
        const struct route_row *row = route_at(i);
        const int len = snprintf(name, sizeof(name), "%s %s %s", row->id, row->method, row->pattern);
        met(t, 0, traffic->routes[i] > 0, (struct str){name, (size_t)len});
    }
    for (size_t i = 0; i < traffic->routes_count; i++) row_codes(t, traffic, i);
    for (size_t i = 0; i < KINDS_MAX && kind_at(i) != NULL; i++) met(t, 2, traffic->kinds[i] > 0, kind_name(i, room));
    for (size_t i = 1; i < CODE_COUNT; i++) met(t, 3, traffic->codes[i] > 0, code_text((enum code)i));
    for (size_t i = IPC_BLOCK_FINALIZED; i <= IPC_GOVERNANCE_TALLY; i++)
        met(t, 4, traffic->messages[i] > 0, ipc_type_text((enum ipc_type)i));
    for (size_t i = 0; i < EVENT_SHIELDED; i++) met(t, 5, traffic->events[i] > 0, event_type_text((enum event_type)i));
    for (size_t i = 0; i < traffic->routes_count; i++) met(t, 6, traffic->successes[i] > 0, str_of(route_at(i)->id));
}

void traffic_shares(const struct traffic *traffic, struct traffic_share out[TRAFFIC_SHARES])
{
    memset(out, 0, TRAFFIC_SHARES * sizeof(*out));
    walk(traffic, &(struct tally_up){.shares = out});
}

void traffic_missing(const struct traffic *traffic, void (*tell)(void *ctx, const char *what, struct str name), void *ctx)
{
    walk(traffic, &(struct tally_up){.tell = tell, .ctx = ctx});
}
