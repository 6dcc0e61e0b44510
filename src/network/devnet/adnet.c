#include <inttypes.h>

#include "network/devnet/devnet_priv.h"
#include "network/ledger/bridge_view.h"

/* The Adnet listener (api 4.5): health and status of both chains; what a chain knows itself the gateway node of Alpha answers. */

static struct node *gateway_node(const struct devchain *chain)
{
    uint32_t i;
    if (!chain || !devchain_gateway(chain, &i)) return NULL;
    const struct seat *seat = &chain->seats[i];
    return seat->state == SEAT_RUNNING ? seat->node : NULL;
}

/* ---- what stands between the chains ---- */

static struct bridge_sight sight_of(struct node *node, struct node *other)
{
    return (struct bridge_sight){.state = node_state(node, false),
                                 .other = node_state(other, false),
                                 .final_height = node_final_height(node),
                                 .other_final_height = node_final_height(other)};
}

static struct amount minus(struct amount a, struct amount b)
{
    struct amount left;
    return amount_sub(a, b, &left) ? left : AMOUNT(0); /* one view is ahead of the other */
}

/* Milliseconds that the oldest message has waited which `from` has sent and `to` has not executed. */
static uint64_t oldest_pending_ms(const struct ledger_state *from, const struct ledger_state *to, uint64_t now_ms)
{
    struct bridge_inbox inbox;
    struct bridge_sent sent;
    bridge_inbox(to, &inbox);
    if (!bridge_sent_at(from, inbox.sequence + 1, &sent)) return 0;
    return now_ms > sent.emitted_ms ? now_ms - sent.emitted_ms : 0;
}

static void bridge_fill(struct node *alpha, struct node *delta, uint64_t now_ms, struct status_view *view)
{
    const struct bridge_sight sight = sight_of(alpha, delta);
    struct ipc_status_view ipc;
    struct supply supply;
    struct amount locked, unlocked, minted = {0}, burned = {0};
    bridge_status(&sight, &ipc);
    bridge_lock_sums(sight.state, &locked, &unlocked);
    ledger_supply(sight.other, &supply);
    for (uint32_t i = 0; i < supply.tokens_count; i++) {
        if (supply.tokens[i].token != TOKEN_SAX) continue;
        minted = supply.tokens[i].bridge_minted;
        burned = supply.tokens[i].bridge_burned;
    }
    view->locked = minus(locked, unlocked);
    view->minted = minus(minted, burned);
    view->in_flight_lock = minus(locked, minted);
    view->in_flight_burn = minus(burned, unlocked);
    view->pending_messages = ipc.in.pending + ipc.out.pending;
    view->oldest_pending_ms = MAX(oldest_pending_ms(sight.state, sight.other, now_ms), oldest_pending_ms(sight.other, sight.state, now_ms));
}

static bool bridge_moves(struct node *alpha, struct node *delta)
{
    struct ipc_status_view ipc;
    const struct bridge_sight sight = sight_of(alpha, delta);
    bridge_status(&sight, &ipc);
    return !ipc.in.halted && !ipc.out.halted;
}

/* ---- U1, U2 ---- */

/* What runs is judged: on a network of Alpha alone the absent chain and bridge take nothing from its health. */
static void health(struct devnet *net, struct call *call)
{
    struct devchain *delta_chain = devnet_chain(net, CHAIN_DELTA);
    struct node *alpha = gateway_node(&net->chains[0]), *delta = gateway_node(delta_chain);
    struct health_view *view = arena_new(call->arena, struct health_view);
    view->alpha = alpha && node_is_live(alpha);
    view->delta = delta && node_is_live(delta);
    view->ipc = view->alpha && view->delta && bridge_moves(alpha, delta);
    view->uptime_ms = instant_ms(env_now(net->env)) - net->started_ms;
    const bool all = view->alpha && (!delta_chain || (view->delta && view->ipc)), none = !view->alpha && !view->delta;
    view->status = all ? HEALTH_OK : none ? HEALTH_DOWN : HEALTH_DEGRADED;
    call_answer(call, none ? 503 : 200, &wire_health, view);
}

static bool chain_fill(const struct devchain *chain, struct node *node, struct arena *arena, struct chain_status *out)
{
    if (!node) return false;
    const uint64_t tenths = node_tps_tenths(node);
    *out = (struct chain_status){
        .network = network_text(chain->network),
        .network_id = chain->space->rules.domain.network_id,
        .height = node_height(node),
        .finalized_height = node_final_height(node),
        .round = node_round(node),
        .validators = (uint32_t)ledger_validators_count(node_state(node, false)),
        .active_validators = node_members(node),
        .tps = str_fmt(arena, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10),
        .mempool = (uint32_t)mempool_count(node_pool(node)),
    };
    return true;
}

static void status(struct devnet *net, struct call *call)
{
    struct devchain *delta_chain = devnet_chain(net, CHAIN_DELTA);
    struct node *alpha = gateway_node(&net->chains[0]), *delta = gateway_node(delta_chain);
    struct status_view *view = arena_new(call->arena, struct status_view);
    view->version = STR(HOUSE_VERSION);
    view->api = 2;
    view->has_alpha = chain_fill(&net->chains[0], alpha, call->arena, &view->alpha);
    view->has_delta = chain_fill(delta_chain, delta, call->arena, &view->delta);
    if (alpha && delta) bridge_fill(alpha, delta, instant_ms(env_now(net->env)), view);
    call_answer(call, 200, &wire_status, view);
}

/* ---- the listener ---- */

static void receive(void *ctx, struct host from, struct packet *packet)
{
    (void)from;
    struct devnet *net = ctx;
    if (packet->class != &http_packet_class) return;
    struct http_exchange *exchange = http_packet_exchange(packet, &node_http_limits);
    if (!exchange) return;
    struct call call = {.exchange = exchange, .request = http_request(exchange), .arena = http_arena(exchange), .made_id = ++net->answers};
    const struct str path = call.request->path, plain = str_starts(path, STR("/v2/")) ? str_sub(path, 3, path.len) : path;
    struct node *alpha = gateway_node(&net->chains[0]);
    const bool is_health = call.request->method == HTTP_GET && str_eq(plain, STR("/health"));
    if (!is_health && !call_limit(&call, &net->adnet_limiter, &net->adnet_limits, &net->chains[0].space->rules.weak, env_now(net->env))) return;
    if (is_health) health(net, &call);
    else if (call.request->method == HTTP_GET && str_eq(plain, STR("/status"))) status(net, &call);
    else if (alpha) node_serve_adnet(alpha, exchange);
    else call_refuse_with(&call, CODE_NODE_UNAVAILABLE, NULL, "the node that would answer is down");
}

const struct host_ops adnet_host_ops = {.receive = receive};

struct host adnet_pick(void *ctx, struct str path)
{
    (void)path;
    return ((const struct devnet *)ctx)->adnet;
}
