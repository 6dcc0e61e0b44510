#include "network/node/node_priv.h"

/* ---- what the admin API does to a node beside stopping it: messages kept back, peers crowded out, memory, answers spoiled ---- */

/* ---- messages kept back so that tentative blocks are replaced (reorg) ---- */

void node_reorg_begin(struct node_space *space, uint32_t depth)
{
    struct node_reorg *reorg = &space->reorg;
    struct replica_status status = {0};
    uint32_t running = 0, leader;
    for (uint32_t i = 0; i < space->peers_count; i++) {
        struct replica_status one;
        if (!space->peers[i].node) continue;
        replica_status(space->peers[i].node->replica, &one);
        if (running++ == 0 || one.round > status.round) status = one;
    }
    if (running == 0 || !status.committee) return;
    *reorg = (struct node_reorg){.depth = depth, .round = status.round + 2, .proposer = UINT32_MAX, .witness = UINT32_MAX};
    bool collects[NODE_PEERS_MAX] = {false};
    for (uint64_t ahead = 1; ahead <= 4; ahead++) {
        if (!committee_leader(status.committee, reorg->round + ahead, &leader)) continue;
        const uint32_t *peer = map_find(&space->by_address, &status.committee->members[leader].address);
        if (!peer || *peer >= NODE_PEERS_MAX) continue;
        if (ahead == 1) reorg->proposer = *peer;
        collects[*peer] = true;
    }
    const uint32_t quorum = status.committee->count * 2 / 3 + 1; /* two may know only when the others suffice without them */
    for (uint32_t i = 0; depth == 2 && status.committee->count - 2 >= quorum && i < space->peers_count && reorg->witness == UINT32_MAX; i++)
        if (space->peers[i].node && !collects[i]) reorg->witness = i;
    const uint64_t patience_ms = 4 * space->params.round_timeout_ms + 4 * space->params.block_interval_ms;
    reorg->until = instant_add(env_now(space->env), duration_ms(patience_ms));
    if (reorg->proposer == UINT32_MAX) reorg->depth = 0;
}

/* Depth 1: votes for the block reach nobody in time. Depth 2: they reach its successor's proposer alone, and what that one makes of them
 * one more view. */
static bool keeps(const struct node_reorg *reorg, const struct message *message, uint32_t from, uint32_t to)
{
    const bool vote = message->type == MESSAGE_VOTE;
    if (reorg->depth == 1) return vote && message->vote.round == reorg->round;
    if (vote) return message->vote.round == reorg->round ? to != reorg->proposer : message->vote.round == reorg->round + 1;
    const bool knows = from == reorg->proposer || from == reorg->witness;
    if (!knows || to == reorg->proposer || to == reorg->witness) return false;
    if (message->type == MESSAGE_PROPOSAL) return message->proposal.block->header.round > reorg->round;
    if (message->type == MESSAGE_TIMEOUT) return message->timeout.timeout.round >= reorg->round;
    return message->type == MESSAGE_BLOCKS;
}

bool node_reorg_keeps(struct node *node, struct packet *packet, uint32_t peer)
{
    struct node_reorg *reorg = &node->space->reorg;
    if (reorg->depth == 0) return false;
    const struct instant now = env_now(node->space->env);
    if (!instant_before(now, reorg->until)) {
        reorg->depth = 0;
        return false;
    }
    const struct message *message = CONTAINER_OF(packet, const struct node_packet, packet)->message;
    if (!keeps(reorg, message, node->index, peer)) return false;
    node_send_later(node, packet, peer, instant_since(reorg->until, now));
    return true;
}

/* ---- peers: slots, groups, anchors ---- */

#define SYBILS_A_GROUP 5  /* of one network group that a node takes in */
#define SLOTS_SPARE 16    /* for whoever knocks, beside its own peers */
#define ANCHORS 2         /* peers that inbound traffic cannot displace */

/* Limits of addresses and groups, and anchors, hold. */
static bool guard_diversity(const struct node *node) { return !weakness_on(&node->space->rules.weak, WEAKNESS_NO_PEER_DIVERSITY); }

static bool is_anchor(const struct node *node, uint32_t peer)
{
    const uint32_t n = node->space->peers_count;
    return (peer + n - node->index) % n <= ANCHORS;
}

void node_flood(struct node *node, uint32_t sybils)
{
    const bool diverse = guard_diversity(node);
    const uint32_t taken = diverse ? MIN(sybils, SYBILS_A_GROUP) : sybils;
    uint32_t displaced = taken > SLOTS_SPARE ? taken - SLOTS_SPARE : 0;
    node->sybils = taken;
    node->crowded_out = (struct peer_set){0};
    for (uint32_t i = node->space->peers_count; i-- > 0 && displaced > 0;) {
        if (i == node->index || (diverse && is_anchor(node, i))) continue;
        peer_set_add(&node->crowded_out, i);
        displaced--;
    }
}

uint32_t node_sybils(const struct node *node) { return node->sybils; }
bool node_hears(const struct node *node, uint32_t peer) { return !peer_set_has(&node->crowded_out, peer); }

/* ---- alert LOW_PEER_DIVERSITY: a stalled node that hears hardly anybody ---- */

#define SILENCE_S 20

void node_heard(struct node *node, uint32_t peer)
{
    if (peer < NODE_PEERS_MAX) node->heard_at[peer] = env_now(node->space->env);
}

void node_watch_peers(struct node *node)
{
    const struct instant now = env_now(node->space->env);
    if (node->space->peers_count < 4 || instant_since(now, node->final_at).ns < SILENCE_S * NS_PER_S) return;
    if (instant_since(now, node->peers_alert_at).ns < 3 * SILENCE_S * NS_PER_S || !guard_diversity(node)) return;
    uint32_t heard = 0;
    for (uint32_t i = 0; i < MIN(node->space->peers_count, NODE_PEERS_MAX); i++)
        heard += i != node->index && instant_since(now, node->heard_at[i]).ns < SILENCE_S * NS_PER_S;
    if (heard * 3 >= node->space->peers_count - 1) return;
    node->peers_alert_at = now;
    node_alert(node, "LOW_PEER_DIVERSITY", node_height(node), &(const struct hash){{0}}, &node->self->address);
}

/* ---- memory ---- */

void node_memory_limit(struct node *node, uint64_t bytes) { node->memory_max = bytes; }
bool node_memory_has(struct node *node, uint64_t bytes)
{
    if (node->memory_max == 0) return true;
    struct mempool_stats *stats = base_alloc(sizeof(*stats));
    mempool_stats(node->pool, stats);
    const bool fits = stats->bytes + bytes <= node->memory_max;
    base_free(stats);
    return fits;
}

/* ---- answers that are spoiled ---- */

struct node_late {
    struct node_late *next;
    struct node_space *space;
    uint32_t peer;
    uint64_t life; /* the node's life it was asked in */
    struct http_exchange *exchange;
    struct timer timer;
};

static void late_free(struct node_late *late)
{
    struct node_late **link = &late->space->late;
    while (*link != late) link = &(*link)->next;
    *link = late->next;
    env_timer_cancel(late->space->env, &late->timer);
    base_free(late);
}

static void late_fire(struct timer *timer)
{
    struct node_late *late = CONTAINER_OF(timer, struct node_late, timer);
    struct node *node = late->space->peers[late->peer].node;
    struct http_exchange *exchange = late->exchange;
    const bool lives = node && !node->paused && node->life == late->life;
    late_free(late);
    if (lives) rest_serve(node, exchange); /* else its host went down, and the client was told */
}

void node_lates_free(struct node_space *space)
{
    while (space->late) late_free(space->late);
}

bool node_spoils(struct node *node, struct http_exchange *exchange)
{
    struct node_space *space = node->space;
    struct node_api_fault *fault = &space->api_fault;
    if (fault->rate_bps == 0 || !str_starts(http_request(exchange)->path, fault->prefix) || !rng_chance_bps(&fault->rng, fault->rate_bps)) return false;
    if (fault->reset) return true; /* never answered: the client's deadline ends it */
    if (fault->status != 0) {
        struct call call = node_call(node, exchange);
        call.request = http_request(exchange);
        call_answer_json(&call, fault->status, STR("{\"error\":{\"code\":\"INTERNAL\",\"message\":\"an injected fault\",\"field\":null,\"suggestion\":null}}"));
        return true;
    }
    struct node_late *late = base_alloc(sizeof(*late));
    *late = (struct node_late){.next = space->late, .space = space, .peer = node->index, .life = node->life, .exchange = exchange, .timer = TIMER(late_fire)};
    space->late = late;
    env_timer_set(space->env, &late->timer, instant_add(env_now(space->env), duration_ms(fault->delay_ms)));
    return true;
}
