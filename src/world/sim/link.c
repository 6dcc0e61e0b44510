/* Packets on their way: links with latency and faults, then the receiver's cores. */
#include "world/sim/sim_priv.h"

static struct link *link_find(const struct sim_host *from, uint32_t to)
{
    return to < from->links.count ? from->links.data[to] : NULL;
}

static struct link *link_at(struct sim *sim, struct sim_host *from, const struct sim_host *to)
{
    struct link *link = link_find(from, to->number);
    if (link) return link;
    while (from->links.count <= to->number) vec_push(&from->links, NULL);
    link = arena_new(&sim->arena, struct link);
    from->links.data[to->number] = link;
    if (from != to) {
        const bool client = from->client || to->client;
        link->latency_ns = client ? sim->model.client_latency_ns : sim->model.node_latency_ns;
        link->jitter_ns = client ? sim->model.client_jitter_ns : sim->model.node_jitter_ns;
    }
    link->stats.latency_ns = link->latency_ns;
    return link;
}

bool sim_link_set(struct env *env, struct host from, struct host to, const struct link_fault *fault)
{
    struct sim *sim = sim_of(env);
    struct link *link = link_at(sim, sim_host_at(sim, from), sim_host_at(sim, to));
    if (!fault) {
        link->fault = NULL;
        return true;
    }
    if (!link->fault_room) link->fault_room = arena_new(&sim->arena, struct link_fault);
    *link->fault_room = *fault;
    link->fault = link->fault_room;
    link->fault_since_ns = sim->now.ns;
    return true;
}

struct link_stats sim_link_stats(const struct env *env, struct host from, struct host to)
{
    const struct sim *sim = sim_of(env);
    const struct link *link = link_find(sim_host_at(sim, from), sim_host_at(sim, to)->number);
    return link ? link->stats : (struct link_stats){0};
}

static uint64_t spread(struct rng *rng, uint64_t base, uint64_t jitter)
{
    if (!jitter) return base;
    const uint64_t moved = base + rng_below(rng, 2 * jitter + 1);
    return moved > jitter ? moved - jitter : 0;
}

static void packet_lose(struct packet *packet, uint32_t to, enum packet_loss why)
{
    if (packet->class->lost) packet->class->lost(packet, to, why);
    packet_unref(packet);
}

static bool link_loses(struct sim *sim, const struct link *link)
{
    const struct link_fault *fault = link->fault;
    if (fault->blocked) return true;
    if (!fault->loss_bps) return false;
    if (fault->burst_ns && fault->every_ns && (sim->now.ns - link->fault_since_ns) % fault->every_ns >= fault->burst_ns)
        return false;
    return rng_chance_bps(&sim->rng_link, fault->loss_bps);
}

/* When the packet arrives, with what the link's fault does to it. */
static uint64_t arrival_of(struct sim *sim, struct link *link, const struct packet *packet, bool *out_in_order)
{
    struct rng *rng = &sim->rng_link;
    uint64_t at = sim->now.ns + spread(rng, link->latency_ns, link->jitter_ns);
    *out_in_order = true;
    const struct link_fault *fault = link->fault;
    if (!fault) return at;
    if (fault->kbps) {
        const uint64_t start = MAX(link->busy_until_ns, sim->now.ns);
        link->busy_until_ns = start + (uint64_t)packet->bytes * 8 * NS_PER_MS / fault->kbps;
        at += link->busy_until_ns - sim->now.ns;
    }
    at += spread(rng, fault->delay_ns, fault->jitter_ns);
    if (fault->reorder_bps && rng_chance_bps(rng, fault->reorder_bps)) {
        at += fault->window_ns ? rng_below(rng, fault->window_ns + 1) : 0;
        *out_in_order = false;
    }
    return at;
}

static void schedule(struct sim *sim, struct delivery *delivery, uint64_t at)
{
    delivery->at = at;
    delivery->order = sim_order(sim);
    calendar_push(&sim->calendar, delivery);
}

static void send_once(struct sim *sim, struct link *link, const struct sim_host *from, const struct sim_host *to,
                      struct packet *packet, bool copy)
{
    bool in_order;
    uint64_t at = arrival_of(sim, link, packet, &in_order);
    if (in_order) {
        at = MAX(at, link->arrival_last_ns + 1);
        link->arrival_last_ns = at;
    }
    struct delivery *delivery = calendar_take(&sim->calendar);
    *delivery = (struct delivery){
        .packet = packet,
        .sent_ns = sim->now.ns,
        .sequence = link->sequence,
        .from = from->number,
        .to = to->number,
        .incarnation = to->incarnation,
        .copy = copy,
        .corrupt = link->fault && link->fault->corrupt_bps && rng_chance_bps(&sim->rng_link, link->fault->corrupt_bps),
    };
    schedule(sim, delivery, at);
}

void sim_send(struct env *env, struct host from_host, struct host to_host, struct packet *packet)
{
    struct sim *sim = sim_of(env);
    struct sim_host *from = sim_host_at(sim, from_host), *to = sim_host_at(sim, to_host);
    if (!from->up) {
        packet_unref(packet);
        return;
    }
    struct link *link = link_at(sim, from, to);
    link->stats.sent++;
    if (to->up && to->ops->foresee) to->ops->foresee(to->ctx, packet);
    uint32_t copies = 0;
    if (link->fault) {
        if (link_loses(sim, link)) {
            link->stats.dropped++;
            link->sequence++;
            packet_lose(packet, to->number, LOSS_LINK);
            return;
        }
        if (link->fault->duplicate_bps && rng_chance_bps(&sim->rng_link, link->fault->duplicate_bps))
            copies = MAX(link->fault->copies, 1u);
    }
    send_once(sim, link, from, to, packet, false);
    for (uint32_t i = 0; i < copies; i++) send_once(sim, link, from, to, packet_ref(packet), true);
    link->sequence++;
}

static void count_arrival(struct sim *sim, struct link *link, const struct delivery *delivery)
{
    link->stats.received++;
    if (delivery->copy)
        link->stats.duplicates++;
    else if (delivery->sequence < link->sequence_seen)
        link->stats.out_of_order++;
    link->sequence_seen = MAX(link->sequence_seen, delivery->sequence + 1);
    link->stats.latency_ns = (7 * link->stats.latency_ns + (sim->now.ns - delivery->sent_ns)) / 8;
}

/* When a core will have done the packet's work; now, when there is none. */
static uint64_t work_until(struct sim *sim, struct sim_host *to, struct link *link, const struct delivery *delivery)
{
    uint64_t done = sim->now.ns;
    if (to->cores && to->ops->cost_ns) {
        const uint64_t cost = to->ops->cost_ns(to->ctx, (struct host){delivery->from}, delivery->packet);
        if (cost) {
            size_t least = 0;
            for (size_t i = 1; i < to->cores; i++)
                if (to->core_free_ns[i] < to->core_free_ns[least]) least = i;
            done = MAX(to->core_free_ns[least], done) + cost * 100 / to->percent;
            to->core_free_ns[least] = done;
        }
    }
    /* Between nodes a link is one connection: what came first is answered first, though another core may be quicker. A client
     * host stands for many connections. */
    if (!to->client && !sim->hosts.data[delivery->from - 1]->client) {
        done = MAX(done, link->done_last_ns + 1);
        link->done_last_ns = done;
    }
    return done;
}

static void receive(struct sim *sim, struct sim_host *to, struct delivery *delivery)
{
    struct packet *packet = delivery->packet;
    const uint32_t from = delivery->from;
    calendar_give(&sim->calendar, delivery);
    digest_delivery(&sim->digest, sim->now.ns, from, to->number, packet);
    to->ops->receive(to->ctx, (struct host){from}, packet);
    packet_unref(packet);
}

static void drop(struct sim *sim, struct link *link, struct delivery *delivery, enum packet_loss why)
{
    link->stats.dropped++;
    struct packet *packet = delivery->packet;
    const uint32_t to = delivery->to;
    calendar_give(&sim->calendar, delivery);
    packet_lose(packet, to, why);
}

void sim_deliver(struct sim *sim, struct delivery *delivery)
{
    struct sim_host *to = sim->hosts.data[delivery->to - 1];
    struct link *link = sim->hosts.data[delivery->from - 1]->links.data[delivery->to];
    const struct delivery *next = calendar_next(&sim->calendar);
    if (next && next->packet->class->soon) next->packet->class->soon(next->packet);
    if (!to->up || to->incarnation != delivery->incarnation) {
        drop(sim, link, delivery, LOSS_HOST);
        return;
    }
    if (delivery->queued) {
        to->queued--;
        receive(sim, to, delivery);
        return;
    }
    if (delivery->corrupt || (link->fault && link->fault->blocked)) {
        drop(sim, link, delivery, LOSS_LINK);
        return;
    }
    count_arrival(sim, link, delivery);
    if (to->cores && to->queued >= to->queue_max) {
        link->stats.dropped++;
        struct packet *packet = delivery->packet;
        const struct host from = {delivery->from};
        calendar_give(&sim->calendar, delivery);
        if (to->ops->overflow) to->ops->overflow(to->ctx, from, packet);
        packet_unref(packet);
        return;
    }
    const uint64_t done = work_until(sim, to, link, delivery);
    if (done == sim->now.ns) {
        receive(sim, to, delivery);
        return;
    }
    delivery->queued = true;
    to->queued++;
    schedule(sim, delivery, done);
}
