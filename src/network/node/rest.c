#include "network/node/node_priv.h"

#include "network/ledger/guard_api.h"
#include "world/http/router.h"

/* ---- who serves what ---- */

#define SERVE(id, name) {id, rest_##name, REST_PLAIN}
#define TAKE(id, name) {id, rest_##name, REST_TX} /* a signed transaction */

/* The routes of both chains: AB1 stands for dAB1, too. */
static const struct rest_handler chain_handlers[] = {
    SERVE("AB1", block_height_latest),
    SERVE("AB2", block_hash_latest),
    SERVE("AB3", block_latest),
    SERVE("AB4", block_height_finalized),
    SERVE("AB5", block_get),
    SERVE("AB6", block_transactions),
    SERVE("AB7", blocks),
    SERVE("AB8", height_of),
    TAKE("AT1", tx_broadcast),
    SERVE("AT2", tx_get),
    {"AT3", rest_tx_batch, REST_BATCH},
    SERVE("AM1", pool_ids),
    SERVE("AM2", pool_get),
    SERVE("AM3", pool_entries),
    SERVE("AM4", pool_stats),
    SERVE("AS1", state_root_latest),
    SERVE("AS2", state_root_at),
    SERVE("AS3", state_path),
    SERVE("AS4", account),
    SERVE("AS5", committee_at),
    SERVE("AS6", committee_latest),
    SERVE("AN1", peers_all),
    SERVE("AN2", peers_count),
    SERVE("AN3", peers_metrics),
    SERVE("AN4", sync_status),
    SERVE("AN5", node_info),
    SERVE("X1", validators),
    SERVE("X2", validator),
    SERVE("X4", supply),
    SERVE("X13", finality),
    SERVE("X14", tx_proof),
    SERVE("X16", evidence_list),
    SERVE("X16b", evidence_get),
    SERVE("X16c", evidence_post),
    SERVE("X17", votes_at),
    SERVE("X18", round),
    SERVE("X19", template),
    SERVE("X20", submit_proposal),
    SERVE("X20b", submit_vote),
    SERVE("X20c", submit_timeout),
    SERVE("X21", forks),
    SERVE("X22", events),
    SERVE("X23", checkpoints),
    SERVE("X24", alerts),
    {NULL, NULL, REST_PLAIN},
};

/* A table a family, closed by an empty row; declared in node_priv.h. */
static const struct rest_handler *const tables[] = {
    chain_handlers,
    rest_governance_handlers,
    rest_shielded_handlers,
    rest_bridge_handlers,
    rest_perps_handlers,
    rest_oracle_handlers,
    rest_offramp_handlers,
    rest_names_handlers,
    rest_staking_handlers,
    dex_handlers,
};

/* A row of the contract, as the router keeps it. Without a handler it is known and not in this build. */
struct route {
    const struct route_row *row;
    const struct rest_handler *handler; /* NULL: none */
};
struct rest_table {
    struct router *router;
    struct http_route *routes;
    struct route *rows;
    size_t count;
};

static const struct rest_handler *handler_find(const char *id)
{
    const char *plain = id[0] == 'd' ? id + 1 : id;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        for (const struct rest_handler *handler = tables[i]; handler->id; handler++)
            if (strcmp(handler->id, plain) == 0) return handler;
    return NULL;
}

struct rest_table *rest_table_new(enum route_listener listener)
{
    size_t count = 0;
    while (route_at(count)) count++;
    struct rest_table *table = base_alloc(sizeof(*table));
    table->routes = base_alloc(sizeof(*table->routes) * count);
    table->rows = base_alloc(sizeof(*table->rows) * count);
    for (size_t i = 0; i < count; i++) {
        const struct route_row *row = route_at(i);
        const bool chains = row->listener == ROUTE_BOTH && (listener == ROUTE_ALPHA || listener == ROUTE_DELTA);
        if (row->listener != listener && !chains) continue;
        table->rows[table->count] = (struct route){row, handler_find(row->id)};
        table->routes[table->count] = (struct http_route){row->id, http_method_of(row->method), row->pattern, &table->rows[table->count]};
        table->count++;
    }
    table->router = router_new(table->routes, table->count);
    return table;
}

void rest_table_free(struct rest_table *table)
{
    if (!table) return;
    router_free(table->router);
    base_free(table->routes);
    base_free(table->rows);
    base_free(table);
}

struct call node_call(struct node *node, struct http_exchange *exchange)
{
    return (struct call){
        .exchange = exchange,
        .request = http_request(exchange),
        .arena = http_arena(exchange),
        .view = {.node = str_of(node->self->name), .height = node_height(node), .finalized = node_final_height(node)},
        .made_id = ++node->requests,
        .chain = node_chain(node),
        .opaque = !guard_telling(&node->space->rules),
    };
}

enum rest_work rest_work_of(const struct node_space *space, const struct http_request *request)
{
    struct router_match match;
    if (request->method != HTTP_POST) return REST_PLAIN;
    if (router_find(space->rest->router, HTTP_POST, route_path(request->path), &match) != ROUTER_FOUND) return REST_PLAIN;
    const struct rest_handler *handler = ((const struct route *)match.route->row)->handler;
    return handler ? handler->work : REST_PLAIN;
}

static void refuse_unknown(struct call *call, struct str path)
{
    const char *here = call->chain == CHAIN_DELTA ? "DeltaOS" : "this listener", *there = call->chain == CHAIN_DELTA ? "AlphaOS" : "DeltaOS";
    const enum route_listener other = call->chain == CHAIN_DELTA ? ROUTE_ALPHA : ROUTE_DELTA;
    const struct str method = call->request->method == HTTP_POST ? STR("POST") : STR("GET");
    if (route_match(other, method, path)) call_refuse_with(call, CODE_UNKNOWN_METHOD, NULL, "%s has no such route; %s has", here, there);
    else call_refuse_with(call, CODE_UNKNOWN_METHOD, NULL, "%s has no route %.80s", here, str_fmt(call->arena, STR_FMT, STR_ARG(call->request->path)).data);
}

/* Who asks whether a node lives is always answered (api 1.6). */
static bool is_liveness(const char *id) { return strcmp(id, "AN5") == 0 || strcmp(id, "dAN5") == 0; }

/* Finds the row and serves it, or refuses. What comes over the Adnet listener has been counted there. */
static void dispatch(struct rest *rest, const struct rest_table *table, struct str path, bool of_chain)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    struct router_match match;
    const enum router_result found = router_find(table->router, call->request->method, path, &match);
    if (found != ROUTER_FOUND && !guard_routing(&rest->node->space->rules)) {
        call_answer_json(call, 200, STR(""));
        return;
    }
    const bool exempt = !of_chain || (found == ROUTER_FOUND && is_liveness(match.route->id));
    if (!exempt && !call_limit(call, &node->limiter, &node->space->limits, &node->space->rules.weak, env_now(node->space->env))) return;
    switch (found) {
    case ROUTER_UNKNOWN:
        refuse_unknown(call, path);
        return;
    case ROUTER_METHOD:
        call_refuse_method(call, str_dup(call->arena, str_of(match.allow)));
        return;
    case ROUTER_FOUND:
        break;
    }
    const struct str network = network_text(rest->node->space->network);
    const struct route *route = match.route->row;
    rest->row = route->row;
    rest->args = match.params.values + of_chain;
    if (of_chain && !str_eq(match.params.values[0], network))
        call_refuse_with(call, CODE_NETWORK_MISMATCH, "n", "this node runs " STR_FMT, STR_ARG(network));
    else if (!route->handler)
        call_refuse_with(call, CODE_FEATURE_NOT_AVAILABLE, NULL, "%s, %s: not available on this network", route->row->id, route->row->does);
    else if (!guard_feature(&rest->node->space->rules, ledger_params(node_state(rest->node, false)), feature_of_route(route->row->id)))
        call_refuse_with(call, CODE_FEATURE_NOT_AVAILABLE, NULL, "feature " STR_FMT " is switched off on this network",
                         STR_ARG(feature_text(feature_of_route(route->row->id))));
    else
        route->handler->serve(rest);
}

static void serve(struct node *node, struct http_exchange *exchange, const struct rest_table *table, bool of_chain)
{
    struct rest rest = {.node = node, .call = node_call(node, exchange)};
    struct call *call = &rest.call;
    struct str path = call->request->path;
    const bool retired = str_eq(path, STR("/v1")) || str_starts(path, STR("/v1/"));
    if (retired && !guard_retirement(&node->space->rules)) path = str_sub(path, 3, path.len);
    else if (retired) {
        call_refuse_version(call, str_sub(path, 3, path.len));
        return;
    }
    call->read_only = call->request->method == HTTP_GET;
    dispatch(&rest, table, route_path(path), of_chain);
}

void rest_serve(struct node *node, struct http_exchange *exchange) { serve(node, exchange, node->space->rest, true); }

void node_serve_adnet(struct node *node, struct http_exchange *exchange)
{
    node->space->counters.requests++;
    serve(node, exchange, node->space->adnet, false);
}

void node_serve(struct node *node, struct http_exchange *exchange)
{
    node->space->counters.requests++;
    if (!node_spoils(node, exchange)) rest_serve(node, exchange);
}

static const struct http_limits boundless = {
    .body_max = 64u << 20,
    .uri_max = 8u << 10,
    .headers_max = 16u << 10,
    .refuse = call_refuse_status,
};
const struct http_limits *node_limits(const struct node_space *space)
{
    return ledger_tx_rules(&space->rules).any_size ? &boundless : &node_http_limits;
}

const struct http_limits node_http_limits = {
    .body_max = CALL_BODY_MAX,
    .uri_max = 8u << 10,
    .headers_max = 16u << 10,
    .refuse = call_refuse_status,
};
