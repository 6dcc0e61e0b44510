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

/* AlphaOS and its supplementary routes (api 4.2, 4.4); the hot ones stand first. */
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
    LATER(HTTP_GET, "program/{}", "programs"),
    LATER(HTTP_GET, "program/{}/mappings", "programs"),
    LATER(HTTP_GET, "program/{}/mapping/{}/{}", "programs"),
    LATER(HTTP_GET, "programs", "programs"),
    LATER(HTTP_GET, "find/transactionID/deployment/{}", "programs"),
    LATER(HTTP_POST, "program/{}/estimate", "programs"),
    LATER(HTTP_GET, "governors", "governance"),
    LATER(HTTP_GET, "governors/{}", "governance"),
    LATER(HTTP_GET, "governance/proposals", "governance"),
    LATER(HTTP_POST, "governance/proposals", "governance"),
    LATER(HTTP_GET, "governance/proposals/{}", "governance"),
    LATER(HTTP_GET, "governance/proposals/{}/votes", "governance"),
    LATER(HTTP_POST, "governance/proposals/{}/vote", "governance"),
    LATER(HTTP_POST, "governance/proposals/{}/queue", "governance"),
    LATER(HTTP_POST, "governance/proposals/{}/execute", "governance"),
    LATER(HTTP_GET, "governance/power/{}", "governance"),
    LATER(HTTP_GET, "governance/parameters", "governance"),
    LATER(HTTP_GET, "governance/treasury", "governance"),
    LATER(HTTP_GET, "delegators/{}", "staking"),
    LATER(HTTP_GET, "crosschain/locks/{}", "cross_chain"),
    LATER(HTTP_GET, "crosschain/unlocks/{}", "cross_chain"),
    LATER(HTTP_GET, "crosschain/messages", "cross_chain"),
    LATER(HTTP_GET, "crosschain/messages/{}/proof", "cross_chain"),
    LATER(HTTP_GET, "crosschain/status", "cross_chain"),
    LATER(HTTP_GET, "shielded/notes", "shielded"),
    LATER(HTTP_GET, "shielded/state", "shielded"),
    LATER(HTTP_GET, "shielded/nullifier/{}", "shielded"),
    LATER(HTTP_GET, "shielded/nullifiers", "shielded"),
    LATER(HTTP_GET, "shielded/count/{}", "shielded"),
    LATER(HTTP_GET, "names/{}", "names"),
    LATER(HTTP_GET, "events", "event_stream"),
};

struct router *rest_router_new(void) { return router_new(routes, ARRAY_LEN(routes)); }

struct call node_call(struct node *node, struct http_exchange *exchange)
{
    return (struct call){
        .exchange = exchange,
        .request = http_request(exchange),
        .arena = http_arena(exchange),
        .view = {.node = str_of(node->self->name), .height = node_height(node), .finalized = node_final_height(node)},
        .made_id = ++node->requests,
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

/* The second segment of the path is one of Delta's. */
static bool is_delta(struct str path)
{
    struct str network, area, rest;
    if (path.len < 2 || path.data[0] != '/' || !str_cut(str_sub(path, 1, path.len), '/', &network, &rest)) return false;
    (void)str_cut(rest, '/', &area, &rest);
    return str_eq(area, STR("dex")) || str_eq(area, STR("perpetuals")) || str_eq(area, STR("oracle")) || str_eq(area, STR("offramp"));
}

static void refuse_unknown(struct call *call, struct str path)
{
    if (is_delta(path)) call_refuse_with(call, CODE_UNKNOWN_METHOD, NULL, "AlphaOS has no such route; DeltaOS has");
    else call_refuse_with(call, CODE_UNKNOWN_METHOD, NULL, "AlphaOS has no route %.80s", str_fmt(call->arena, STR_FMT, STR_ARG(call->request->path)).data);
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
