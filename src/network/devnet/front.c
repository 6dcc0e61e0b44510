#include "network/devnet/devnet_priv.h"

/* The name in `/node/{name}/...`, after an optional `/v2`. False: no such prefix. */
static bool node_name(struct str path, struct str *out)
{
    struct str rest = path, tail;
    if (str_starts(rest, STR("/v2/"))) rest = str_sub(rest, 3, rest.len);
    if (!str_starts(rest, STR("/node/"))) return false;
    (void)str_cut(str_sub(rest, 6, rest.len), '/', out, &tail);
    return true;
}

struct host front_pick(void *ctx, struct str path)
{
    const struct devchain *chain = ctx;
    struct str name;
    uint32_t i;
    bool found = node_name(path, &name) ? target_name_parse(name, chain->net->count, &i) : devchain_gateway(chain, &i);
    found = found && chain->seats[i].state == SEAT_RUNNING;
    return found ? chain->seats[i].host : chain->front;
}

static void receive(void *ctx, struct host from, struct packet *packet)
{
    (void)from;
    const struct devchain *chain = ctx;
    struct devnet *net = chain->net;
    if (packet->class != &http_packet_class) return;
    struct http_exchange *exchange = http_packet_exchange(packet, &node_http_limits);
    if (!exchange) return;
    struct call call = {.exchange = exchange, .request = http_request(exchange), .arena = http_arena(exchange), .made_id = ++net->answers, .chain = chain->chain};
    const struct str path = call.request->path;
    struct str name;
    uint32_t i;
    if (str_eq(path, STR("/v1")) || str_starts(path, STR("/v1/"))) call_refuse_version(&call, str_sub(path, 3, path.len));
    else if (node_name(path, &name) && !target_name_parse(name, net->count, &i))
        call_refuse_with(&call, CODE_NODE_NOT_FOUND, "name", "no validator has that name; there are v1 to v%u", net->count);
    else call_refuse_with(&call, CODE_NODE_UNAVAILABLE, NULL, "the node that would answer is down");
}

const struct host_ops front_host_ops = {.receive = receive};
