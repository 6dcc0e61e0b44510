#include "network/node/node_priv.h"

#include "world/http/router.h"

/* What a route of the table is to a node. Without `serve` it is known and not in this build. */
struct route {
    void (*serve)(struct rest *rest);
    const char *feature; /* of a route that is not in this build: what a refusal names */
    enum rest_work work;
};

#define ROUTE(id, method, pattern, ...) {id, method, "/{n}/" pattern, &(const struct route){__VA_ARGS__}}
#define GET(pattern, name) ROUTE(#name, HTTP_GET, pattern, .serve = rest_##name)
#define POST(pattern, name) ROUTE(#name, HTTP_POST, pattern, .serve = rest_##name)
#define POST_SIGNED(pattern, name, asks) ROUTE(#name, HTTP_POST, pattern, .serve = rest_##name, .work = asks)
#define LATER(method, pattern, names) ROUTE(names, method, pattern, .feature = names)

/* The routes of both chains (api 4.2, 4.3, 4.4), then those of one alone; the hot ones stand first. */
static const struct http_route routes[] = {
    POST_SIGNED("transaction/broadcast", tx_broadcast, REST_TX),
    GET("transaction/{}", tx_get),
    GET("block/height/latest", block_height_latest),
    GET("block/height/finalized", block_height_finalized),
    GET("account/{}", account),
    GET("block/hash/latest", block_hash_latest),
    GET("block/latest", block_latest),
    GET("block/{}", block_get),
    GET("block/{}/transactions", block_transactions),
    GET("blocks", blocks),
    GET("height/{}", height_of),
    POST_SIGNED("transaction/broadcast/batch", tx_batch, REST_BATCH),
    GET("transaction/{}/proof", tx_proof),
    GET("memoryPool/transactions", pool_ids),
    GET("memoryPool/transactions/{}", pool_get),
    GET("memoryPool/entries", pool_entries),
    GET("memoryPool/stats", pool_stats),
    GET("stateRoot/latest", state_root_latest),
    GET("stateRoot/{}", state_root_at),
    GET("statePath/{}", state_path),
    GET("committee/latest", committee_latest),
    GET("committee/{}", committee_at),
    GET("peers/all", peers_all),
    GET("peers/count", peers_count),
    GET("peers/all/metrics", peers_metrics),
    GET("sync_status", sync_status),
    GET("node/info", node_info),
    GET("validators", validators),
    GET("validators/{}", validator),
    GET("supply", supply),
    GET("finality/{}", finality),
    GET("evidence", evidence_list),
    POST("evidence", evidence_post),
    GET("evidence/{}", evidence_get),
    GET("consensus/votes/{}", votes_at),
    GET("consensus/round", round),
    GET("consensus/template", template),
    POST("consensus/proposal", submit_proposal),
    POST("consensus/vote", submit_vote),
    POST("consensus/timeout", submit_timeout),
    GET("forks", forks),
    GET("checkpoints", checkpoints),
    GET("alerts", alerts),
    LATER(HTTP_GET, "delegators/{}", "staking"),
    LATER(HTTP_GET, "crosschain/locks/{}", "cross_chain"),
    LATER(HTTP_GET, "crosschain/messages", "cross_chain"),
    LATER(HTTP_GET, "crosschain/messages/{}/proof", "cross_chain"),
    LATER(HTTP_GET, "crosschain/status", "cross_chain"),
    LATER(HTTP_GET, "events", "event_stream"),
    LATER(HTTP_GET, "governance/proposals", "governance"),
    LATER(HTTP_GET, "governance/proposals/{}", "governance"),
    LATER(HTTP_GET, "governance/proposals/{}/votes", "governance"),
    LATER(HTTP_POST, "governance/proposals/{}/vote", "governance"),
    LATER(HTTP_POST, "governance/proposals/{}/execute", "governance"),
    LATER(HTTP_GET, "governance/power/{}", "governance"),
    LATER(HTTP_GET, "governance/parameters", "governance"),
};

static const struct http_route routes_alpha[] = {
    LATER(HTTP_GET, "program/{}", "programs"),
    LATER(HTTP_GET, "program/{}/mappings", "programs"),
    LATER(HTTP_GET, "program/{}/mapping/{}/{}", "programs"),
    LATER(HTTP_GET, "programs", "programs"),
    LATER(HTTP_GET, "find/transactionID/deployment/{}", "programs"),
    LATER(HTTP_POST, "program/{}/estimate", "programs"),
    LATER(HTTP_GET, "governors", "governance"),
    LATER(HTTP_GET, "governors/{}", "governance"),
    LATER(HTTP_POST, "governance/proposals", "governance"),
    LATER(HTTP_POST, "governance/proposals/{}/queue", "governance"),
    LATER(HTTP_GET, "governance/treasury", "governance"),
    LATER(HTTP_GET, "crosschain/unlocks/{}", "cross_chain"),
    LATER(HTTP_GET, "shielded/notes", "shielded"),
    LATER(HTTP_GET, "shielded/state", "shielded"),
    LATER(HTTP_GET, "shielded/nullifier/{}", "shielded"),
    LATER(HTTP_GET, "shielded/nullifiers", "shielded"),
    LATER(HTTP_GET, "shielded/count/{}", "shielded"),
    LATER(HTTP_GET, "names/{}", "names"),
};

static const struct http_route routes_delta[] = {
    LATER(HTTP_GET, "dex/orderbook/{}", "dex"),
    LATER(HTTP_POST, "dex/order", "dex"),
    LATER(HTTP_POST, "dex/order/{}/cancel", "dex"),
    LATER(HTTP_GET, "dex/order/{}", "dex"),
    LATER(HTTP_GET, "dex/orders/{}", "dex"),
    LATER(HTTP_GET, "dex/trades/{}", "dex"),
    LATER(HTTP_GET, "dex/pairs", "dex"),
    LATER(HTTP_GET, "dex/pool/{}", "dex"),
    LATER(HTTP_GET, "perpetuals/markets", "perpetuals"),
    LATER(HTTP_GET, "perpetuals/market/{}", "perpetuals"),
    LATER(HTTP_GET, "perpetuals/positions/{}", "perpetuals"),
    LATER(HTTP_GET, "perpetuals/position/{}", "perpetuals"),
    LATER(HTTP_POST, "perpetuals/open", "perpetuals"),
    LATER(HTTP_POST, "perpetuals/close/{}", "perpetuals"),
    LATER(HTTP_POST, "perpetuals/margin/{}", "perpetuals"),
    LATER(HTTP_POST, "perpetuals/liquidate/{}", "perpetuals"),
    LATER(HTTP_GET, "perpetuals/funding/{}", "perpetuals"),
    LATER(HTTP_GET, "perpetuals/liquidations", "perpetuals"),
    LATER(HTTP_GET, "oracle/price/{}", "oracle"),
    LATER(HTTP_GET, "oracle/prices", "oracle"),
    LATER(HTTP_POST, "oracle/submit", "oracle"),
    LATER(HTTP_GET, "oracle/feeds/{}", "oracle"),
    LATER(HTTP_POST, "offramp/kyc", "offramp"),
    LATER(HTTP_GET, "offramp/kyc/{}", "offramp"),
    LATER(HTTP_POST, "offramp/kyc/{}/review", "offramp"),
    LATER(HTTP_POST, "offramp/request", "offramp"),
    LATER(HTTP_GET, "offramp/request/{}", "offramp"),
    LATER(HTTP_POST, "offramp/request/{}/settle", "offramp"),
    LATER(HTTP_GET, "offramp/requests/{}", "offramp"),
    LATER(HTTP_POST, "crosschain/mint", "cross_chain"),
    LATER(HTTP_POST, "crosschain/burn", "cross_chain"),
    LATER(HTTP_GET, "governance/mirror/{}", "governance"),
};

struct router *rest_router_new(enum chain_id chain)
{
    struct router *router = router_new(routes, ARRAY_LEN(routes));
    if (chain == CHAIN_DELTA) router_add(router, routes_delta, ARRAY_LEN(routes_delta));
    else router_add(router, routes_alpha, ARRAY_LEN(routes_alpha));
    return router;
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
    };
}

/* The part behind `/v2` and `/node/{name}`; the listener has chosen the node by that name already. */
static struct str path_of(struct str path)
{
    struct str head, rest = path;
    if (str_starts(path, STR("/v2/"))) rest = str_sub(path, 3, path.len);
    if (str_starts(rest, STR("/node/"))) {
        struct str behind = str_sub(rest, 6, rest.len), tail;
        if (!str_cut(behind, '/', &head, &tail)) return STR("");
        rest = str_sub(behind, head.len, behind.len);
    }
    return rest;
}

enum rest_work rest_work_of(const struct node_space *space, const struct http_request *request)
{
    struct router_match match;
    if (request->method != HTTP_POST) return REST_PLAIN;
    if (router_find(space->router, HTTP_POST, path_of(request->path), &match) != ROUTER_FOUND) return REST_PLAIN;
    return ((const struct route *)match.route->row)->work;
}

/* `path` is a route of the other chain. */
static bool is_elsewhere(enum chain_id chain, enum http_method method, struct str path)
{
    struct router_match match;
    struct router *other = rest_router_new(chain_other(chain));
    const bool known = router_find(other, method, path, &match) != ROUTER_UNKNOWN;
    router_free(other);
    return known;
}

static void refuse_unknown(struct call *call, struct str path)
{
    const char *here = call->chain == CHAIN_DELTA ? "DeltaOS" : "AlphaOS", *there = call->chain == CHAIN_DELTA ? "AlphaOS" : "DeltaOS";
    if (is_elsewhere(call->chain, call->request->method, path)) call_refuse_with(call, CODE_UNKNOWN_METHOD, NULL, "%s has no such route; %s has", here, there);
    else call_refuse_with(call, CODE_UNKNOWN_METHOD, NULL, "%s has no route %.80s", here, str_fmt(call->arena, STR_FMT, STR_ARG(call->request->path)).data);
}

void rest_serve(struct node *node, struct http_exchange *exchange)
{
    struct rest rest = {.node = node, .call = node_call(node, exchange)};
    struct call *call = &rest.call;
    const struct str path = call->request->path, own = path_of(path);
    if (str_eq(path, STR("/v1")) || str_starts(path, STR("/v1/"))) {
        call_refuse_version(call, str_sub(path, 3, path.len));
        return;
    }
    call->read_only = call->request->method == HTTP_GET;
    struct router_match match;
    switch (router_find(node->space->router, call->request->method, own, &match)) {
    case ROUTER_UNKNOWN:
        refuse_unknown(call, own);
        return;
    case ROUTER_METHOD:
        call_refuse_method(call, str_dup(call->arena, str_of(match.allow)));
        return;
    case ROUTER_FOUND:
        break;
    }
    const struct str network = network_text(node->space->network);
    const struct route *route = match.route->row;
    rest.args = match.params.values + 1;
    if (!str_eq(match.params.values[0], network)) call_refuse_with(call, CODE_NETWORK_MISMATCH, "n", "this node runs " STR_FMT, STR_ARG(network));
    else if (!route->serve) call_refuse_with(call, CODE_FEATURE_NOT_AVAILABLE, NULL, "%s: not available on this network", route->feature);
    else route->serve(&rest);
}

void node_serve(struct node *node, struct http_exchange *exchange)
{
    node->space->counters.requests++;
    rest_serve(node, exchange);
}

const struct http_limits node_http_limits = {
    .body_max = CALL_BODY_MAX,
    .uri_max = 8u << 10,
    .headers_max = 16u << 10,
    .refuse = call_refuse_status,
};
