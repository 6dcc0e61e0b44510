#include "network/node/node_priv.h"

/* ---- the liar beside a replica: what it asks of this node, and what it makes leave ---- */

#define LATER_MAX 4096 /* messages held back; more leave at once */

struct later {
    struct later *next;
    struct node *node;
    struct packet *packet;
    struct liar_peers to;
    struct timer timer;
};

static void deliver(struct node *node, struct packet *packet, const struct liar_peers *to)
{
    for (uint32_t i = 0; i < node->space->peers_count; i++)
        if (i != node->index && liar_peers_has(to, i)) node_send_to(node, packet, i);
}

static void later_free(struct later *later)
{
    struct later **link = &later->node->later;
    while (*link != later) link = &(*link)->next;
    *link = later->next;
    later->node->later_count--;
    env_timer_cancel(later->node->space->env, &later->timer);
    packet_unref(later->packet);
    base_free(later);
}

static void later_fire(struct timer *timer)
{
    struct later *later = CONTAINER_OF(timer, struct later, timer);
    if (!later->node->paused) deliver(later->node, later->packet, &later->to);
    later_free(later);
}

static void tell(struct node *node, const struct liar_out *out)
{
    struct packet *packet = node_packet_new(out->message);
    if (out->delay_ms == 0 || node->later_count >= LATER_MAX) {
        deliver(node, packet, &out->to);
        packet_unref(packet);
        return;
    }
    struct later *later = base_alloc(sizeof(*later));
    *later = (struct later){.next = node->later, .node = node, .packet = packet, .to = out->to, .timer = TIMER(later_fire)};
    node->later = later;
    node->later_count++;
    env_timer_set(node->space->env, &later->timer, instant_add(env_now(node->space->env), duration_ms(out->delay_ms)));
}

static void tell_all(struct node *node)
{
    for (size_t i = 0; i < liar_outs_count(node->liar); i++) tell(node, liar_out_at(node->liar, i));
}

void node_send_later(struct node *node, struct packet *packet, uint32_t peer, struct duration delay)
{
    struct later *later = base_alloc(sizeof(*later));
    *later = (struct later){.next = node->later, .node = node, .packet = packet_ref(packet), .timer = TIMER(later_fire)};
    liar_peers_add(&later->to, peer);
    node->later = later;
    node->later_count++;
    env_timer_set(node->space->env, &later->timer, instant_add(env_now(node->space->env), delay));
}

bool node_lies(struct node *node, struct message *message, enum replica_to to, uint32_t peer)
{
    if (!node->liar || liar_idle(node->liar)) return false;
    struct liar_peers set = {0};
    if (to == REPLICA_TO_ALL)
        for (uint32_t i = 0; i < node->space->peers_count; i++) liar_peers_add(&set, i);
    else liar_peers_add(&set, peer);
    liar_send(node->liar, message, &set);
    tell_all(node);
    return true;
}

void node_lie_hear(struct node *node, const struct message *message)
{
    if (!node->liar) return;
    liar_hear(node->liar, message);
    tell_all(node);
}

struct mempool_room node_lie_room(const struct node *node, struct mempool_room room, const struct params *params)
{
    return node->liar && liar_has(node->liar, LIAR_CENSOR) ? mempool_room_of(params) : room; /* what it leaves out others take the place of */
}

size_t node_lie_choose(struct node *node, struct tx **txs, size_t count) { return node->liar ? liar_choose(node->liar, txs, count) : count; }

void node_lie_serve(struct node *node)
{
    if (!node->liar || node->paused) return;
    liar_serve(node->liar);
    tell_all(node);
}

/* ---- what the liar asks ---- */

static bool execute(void *ctx, struct header *header, struct tx *const *txs, size_t txs_count)
{
    struct node *node = ctx;
    struct stored *parent = blockstore_find(node->space->store, &header->parent_hash);
    struct poststate *before = parent ? node_post_of(node, parent) : NULL;
    if (!before) return false;
    const struct ledger_frame frame = {
        .height = header->height, .round = header->round, .timestamp_ms = header->timestamp_ms, .proposer = header->proposer, .parent_hash = header->parent_hash};
    struct poststate *after = executor_run(node->space->executor, before, &frame, node_orders_at(node->space, header->height), txs, txs_count);
    const bool good = poststate_is_good(after);
    if (good) node_header_fill(header, after->result);
    poststate_unref(after);
    return good;
}

static void keep(void *ctx, struct block *block)
{
    struct node *node = ctx;
    (void)blockstore_put(node->space->store, block);
}

static const struct committee *committee(void *ctx)
{
    const struct node *node = ctx;
    struct replica_status status;
    replica_status(node->replica, &status);
    return status.committee;
}

static bool peer_of(void *ctx, const struct address *validator, uint32_t *out)
{
    const struct node *node = ctx;
    const uint32_t *found = map_find(&node->space->by_address, validator);
    if (found) *out = *found;
    return found != NULL;
}

void node_lie(struct node *node, struct liar *liar)
{
    node->liar = liar;
    if (liar) liar_attach(liar, &(const struct liar_host){.ctx = node, .execute = execute, .committee = committee, .peer_of = peer_of, .keep = keep});
}

void node_lie_done(struct node *node)
{
    while (node->later) later_free(node->later);
    if (node->liar) liar_attach(node->liar, &(const struct liar_host){0});
}
