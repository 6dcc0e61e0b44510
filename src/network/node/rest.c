#include "network/node/node_priv.h"

#include "network/node/presign.h"

/* AlphaOS and its supplementary routes (api 4.2, 4.4). Patterns stand behind `/{n}`; `{}` takes one segment. Without `serve` the route is known
 * and not in this build. The hot ones stand first: the table is walked in order. */
struct route {
    enum http_method method;
    const char *pattern;
    void (*serve)(struct rest *rest);
    const char *feature; /* of a route that is not in this build: what a refusal names */
};

#define GET(pattern, name) {HTTP_GET, pattern, rest_##name, NULL}
#define POST(pattern, name) {HTTP_POST, pattern, rest_##name, NULL}
#define LATER(method, pattern, feature) {method, pattern, NULL, feature}

static const struct route routes[] = {
    POST("transaction/broadcast", tx_broadcast),
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
    POST("transaction/broadcast/batch", tx_batch),
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

/* Whether the segments behind the network's are those of the pattern; the arguments go to `args`. */
static bool matches(const struct route *route, const struct call *call, struct str *args)
{
    const char *pattern = route->pattern;
    for (uint32_t at = 1, arg = 0; at < call->segments_count; at++) {
        const struct str segment = call->segments[at];
        const bool any = pattern[0] == '{';
        const size_t len = any ? 2 : segment.len; /* of the pattern's part */
        if (any) args[arg++] = segment;
        else if (strncmp(pattern, segment.data, len) != 0) return false;
        pattern += len;
        if (*pattern == '\0') return at + 1 == call->segments_count;
        if (*pattern++ != '/') return false;
    }
    return false;
}

static const char *method_text(enum http_method method) { return method == HTTP_GET ? "GET" : method == HTTP_POST ? "POST" : "PUT"; }

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

static void refuse_route(struct rest *rest, const struct route *allowed, struct str allow)
{
    struct call *call = &rest->call;
    if (allowed) {
        call_refuse_method(call, allow);
        return;
    }
    const bool delta = call->segments_count > 1 && (str_eq(call->segments[1], STR("dex")) || str_eq(call->segments[1], STR("perpetuals")) ||
                                                    str_eq(call->segments[1], STR("oracle")) || str_eq(call->segments[1], STR("offramp")));
    if (delta) call_refuse_with(call, CODE_UNKNOWN_METHOD, NULL, "AlphaOS has no such route; DeltaOS has");
    else call_refuse_with(call, CODE_UNKNOWN_METHOD, NULL, "AlphaOS has no route %.80s", str_fmt(call->arena, STR_FMT, STR_ARG(call->request->path)).data);
}

void rest_serve(struct node *node, struct http_exchange *exchange)
{
    struct rest rest = {.node = node, .call = node_call(node, exchange)};
    struct call *call = &rest.call;
    const struct str path = call->request->path;
    if (str_eq(path, STR("/v1")) || str_starts(path, STR("/v1/"))) {
        call_refuse_version(call, str_sub(path, 3, path.len));
        return;
    }
    struct str allow = {0};
    const struct route *near = NULL, *hit = NULL;
    if (call_open(call, exchange, path_of(path)) && call->segments_count <= CALL_SEGMENTS_MAX) {
        for (size_t i = 0; i < ARRAY_LEN(routes) && !hit; i++) {
            if (!matches(&routes[i], call, rest.args)) continue;
            if (routes[i].method == call->request->method) hit = &routes[i];
            else if (!near || routes[i].method != near->method)
                allow = near ? str_fmt(call->arena, STR_FMT ", %s", STR_ARG(allow), method_text(routes[i].method)) : str_of(method_text(routes[i].method)), near = &routes[i];
        }
    }
    if (!hit) {
        refuse_route(&rest, near, allow);
        return;
    }
    if (!str_eq(call->segments[0], network_text(node->space->network))) {
        call_refuse_with(call, CODE_NETWORK_MISMATCH, "n", "this node runs " STR_FMT, STR_ARG(network_text(node->space->network)));
        return;
    }
    if (!hit->serve) {
        call_refuse_with(call, CODE_FEATURE_NOT_AVAILABLE, NULL, "%s: not available on this network", hit->feature);
        return;
    }
    hit->serve(&rest);
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
