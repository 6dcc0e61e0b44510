#include "network/node/node_priv.h"

#include "network/node/presign.h"
#include "network/node/prevote.h"

/* ---- clock ---- */

static int64_t skew_ns(const struct node *node)
{
    const int64_t since_us = (int64_t)(instant_since(env_now(node->space->env), node->skew_since).ns / NS_PER_US);
    return node->offset_ms * (int64_t)NS_PER_MS + since_us * node->drift_ppm / 1000;
}

uint64_t node_clock_ms(const struct node *node)
{
    return (uint64_t)((int64_t)env_now(node->space->env).ns + skew_ns(node)) / NS_PER_MS;
}

struct replica_time node_time(const struct node *node)
{
    return (struct replica_time){.now = env_now(node->space->env), .clock_ms = node_clock_ms(node)};
}

void node_skew(struct node *node, int64_t offset_ms, int64_t drift_ppm)
{
    node->offset_ms = offset_ms;
    node->drift_ppm = drift_ppm;
    node->skew_since = env_now(node->space->env);
}

int64_t node_clock_offset_ms(const struct node *node) { return skew_ns(node) / (int64_t)NS_PER_MS; }

/* ---- the host ---- */

static void foresee(void *ctx, const struct packet *packet)
{
    const struct node *node = ctx;
    if (packet->class == &node_packet_class) {
        struct message *message = CONTAINER_OF(packet, const struct node_packet, packet)->message;
        if (message->type == MESSAGE_VOTE) prevote_begin(node->space, replica_committee(node->replica), &message->vote);
        if (message->type == MESSAGE_PROPOSAL) replica_foresee(node->replica, message->proposal.block);
        return;
    }
    struct http_exchange *exchange = packet->class == &http_packet_class ? http_packet_peek(packet) : NULL;
    if (!exchange || rest_work_of(node->space, http_request(exchange)) != REST_TX) return;
    struct tx *tx = node_request_tx(exchange);
    if (tx) presign_begin(node->space, tx);
}

static void receive(void *ctx, struct host from, struct packet *packet)
{
    struct node *node = ctx;
    if (node->paused) return;
    if (packet->class == &http_packet_class) {
        struct http_exchange *exchange = http_packet_exchange(packet, node_limits(node->space));
        if (exchange) node_serve(node, exchange);
        return;
    }
    if (packet->class != &node_packet_class) return;
    struct node_packet *own = CONTAINER_OF(packet, struct node_packet, packet);
    uint32_t peer;
    if (!node_space_peer(node->space, from, &peer) || !node_hears(node, peer)) return;
    node_heard(node, peer);
    if (own->message->type == MESSAGE_TXS) {
        node_gossip_take(node, own);
        return;
    }
    if (own->message->type == MESSAGE_VOTE) prevote_join(node->space, &own->message->vote);
    node_lie_hear(node, own->message);
    if (own->message->type == MESSAGE_BLOCKS) node->sync.blocks_taken += own->message->blocks.count;
    replica_receive(node->replica, node_time(node), peer, own->message);
    node_perform(node);
}

static void overflow(void *ctx, struct host from, struct packet *packet)
{
    (void)from;
    struct node *node = ctx;
    if (packet->class != &http_packet_class) return;
    struct http_exchange *exchange = http_packet_exchange(packet, &node_http_limits);
    if (!exchange) return;
    struct call call = node_call(node, exchange);
    call.request = http_request(exchange);
    call_refuse_with(&call, CODE_OVERLOADED, NULL, "this node's queue is full");
}

const struct host_ops node_host_ops = {.cost_ns = node_cost_ns, .receive = receive, .foresee = foresee, .overflow = overflow};

static void wake_fire(struct timer *timer)
{
    struct node *node = CONTAINER_OF(timer, struct node, wake);
    node->wake_at = INSTANT_NEVER;
    if (node->paused) return;
    replica_tick(node->replica, node_time(node));
    node_perform(node);
    node_watch_peers(node);
}

/* ---- what the pool tells ---- */

static void tx_entered(void *ctx, const struct tx *tx, enum lane lane, uint64_t arrival)
{
    struct node *node = ctx;
    tell_pending(node, tx, lane, arrival);
    if (map_count(&node->dropped) > 0) {
        struct dropped *again = map_find(&node->dropped, &tx->id);
        if (again) { /* it is back: what was said of it no longer holds */
            tx_unref(again->tx);
            (void)map_remove(&node->dropped, &tx->id);
        }
    }
}

static void tx_dropped(void *ctx, const struct tx *tx, enum code reason)
{
    struct node *node = ctx;
    bool fresh;
    tell_dropped(node, &tx->id, reason);
    struct dropped *dropped = map_put(&node->dropped, &tx->id, &fresh);
    dropped->reason = reason;
    if (fresh) {
        dropped->tx = tx_ref((struct tx *)(uintptr_t)tx);
        vec_push(&node->dropped_order, tx->id);
    }
    if (node->dropped_order.count - node->dropped_first > DROPPED_MAX) {
        const struct hash oldest = node->dropped_order.data[node->dropped_first++];
        struct dropped *gone = map_find(&node->dropped, &oldest);
        if (gone) {
            tx_unref(gone->tx);
            (void)map_remove(&node->dropped, &oldest);
        }
        if (node->dropped_first == DROPPED_MAX) {
            memmove(node->dropped_order.data, node->dropped_order.data + DROPPED_MAX, sizeof(struct hash) * (node->dropped_order.count - DROPPED_MAX));
            node->dropped_order.count -= DROPPED_MAX;
            node->dropped_first = 0;
        }
    }
    if (map_find(&node->waiters, &tx->id) == NULL) return;
    vec_push(&node->dropped_news, tx->id); /* the pool must not be asked from here: a moment later */
    env_timer_set(node->space->env, &node->drops, env_now(node->space->env));
}

static void drops_fire(struct timer *timer)
{
    struct node *node = CONTAINER_OF(timer, struct node, drops);
    if (node->paused) return;
    for (size_t i = 0; i < node->dropped_news.count; i++) waiters_dropped(node, &node->dropped_news.data[i]);
    vec_clear(&node->dropped_news);
}

/* ---- the head ---- */

static struct stored *parent_of(struct node *node, const struct stored *stored)
{
    return blockstore_find(node->space->store, &stored->block->header.parent_hash);
}

/* The last block that both have in common. */
static struct stored *ancestor_of(struct node *node, struct stored *a, struct stored *b)
{
    while (a != b && a && b) {
        if (stored_height(a) >= stored_height(b)) a = parent_of(node, a);
        else b = parent_of(node, b);
    }
    return a == b ? a : NULL;
}

/* Moves the pool to another head; transactions of blocks that are left behind wait again. */
void node_pool_follow(struct node *node, struct stored *to)
{
    struct stored *from = blockstore_find(node->space->store, &node->pool_head->hash);
    if (from == to) return;
    struct poststate *post = node_post_of(node, to);
    if (!post) return;
    struct stored *ancestor = ancestor_of(node, from, to);
    node->pool_head = to->block;
    mempool_head_set(node->pool, &(struct mempool_head){.state = (struct ledger_state *)(uintptr_t)poststate_state(post), .hash = *stored_hash(to)});
    for (struct stored *left = from; left && left != ancestor; left = parent_of(node, left)) {
        if (left->block->txs_count == 0) continue;
        struct bundle *bundle = bundle_new(left->block->txs, left->block->txs_count);
        mempool_return(node->pool, bundle, node_clock_ms(node));
        bundle_unref(bundle);
    }
}

/* For readers: what is left behind, then what is on the branch now, from below. */
static void branch_told(struct node *node, struct stored *from, struct stored *to)
{
    struct stored *ancestor = ancestor_of(node, from, to);
    if (!ancestor) return;
    const uint32_t depth = stored_height(from) - stored_height(ancestor);
    if (depth > 0) tell_reorg(node, from, to, stored_height(ancestor), depth);
    VEC(struct stored *) path = {0};
    for (struct stored *at = to; at && at != ancestor; at = parent_of(node, at)) vec_push(&path, at);
    while (path.count > 0) tell_included(node, vec_pop(&path));
    vec_done(&path);
}

/* Votes and offers of a block. Whether there are any is the same for all views: the first one looks. */
static void block_watch(struct node *node, struct stored *stored, const struct block *block)
{
    if (stored->sights == SIGHTS_NONE) return;
    stored->sights = SIGHTS_NONE;
    for (uint32_t i = 0; i < block->txs_count; i++) {
        if (!node_watches(block->txs[i])) continue;
        stored->sights = SIGHTS_SOME;
        node_watch_vote(node, block->txs[i]);
        node_watch_offer(node, block->txs[i]);
    }
}

void node_head_to(struct node *node, struct block *block)
{
    struct stored *to = blockstore_put(node->space->store, block), *from = node->head;
    node->head = to;
    node_pool_follow(node, to);
    block_watch(node, to, block);
    if (node->events) branch_told(node, from, to);
    if (map_count(&node->waiters) == 0) return;
    struct stored *ancestor = ancestor_of(node, from, to);
    for (struct stored *at = to; at && at != ancestor; at = parent_of(node, at)) {
        const enum block_status status = node_status_of(node, at);
        waiters_block(node, at, status == BLOCK_CERTIFIED ? TX_CERTIFIED : status == BLOCK_FINALIZED ? TX_FINALIZED : TX_INCLUDED);
    }
}

/* ---- life ---- */

static void replica_make(struct node *node, const struct seckey *key, struct replica_checkpoint checkpoint)
{
    struct node_space *space = node->space;
    struct replica_ledger ledger = node_replica_ledger;
    struct replica_store store = node_replica_store;
    ledger.ctx = store.ctx = node;
    const struct replica_config config = {
        .domain = space->rules.domain,
        .params = &space->params,
        .genesis = space->genesis,
        .committee = space->committee,
        .key = key,
        .validator = node->self->address,
        .suite = space->suite,
        .verifier = space->verifier,
        .ledger = ledger,
        .store = store,
        .checkpoint = checkpoint,
    };
    node->replica = replica_new(&config);
}

static void head_init(struct node *node)
{
    struct replica_status status;
    replica_status(node->replica, &status);
    node->head = blockstore_put(node->space->store, status.head);
    struct poststate *post = node_post_of(node, node->head);
    ASSERT(post);
    node->pool_head = node->head->block;
    const struct mempool_host host = {
        .context = node, .on_chain = node_on_chain, .executed = node_tx_executed, .entered = tx_entered, .dropped = tx_dropped};
    node->pool = mempool_new(&node->space->rules, &host,
                             &(struct mempool_head){.state = (struct ledger_state *)(uintptr_t)poststate_state(post), .hash = *stored_hash(node->head)});
}

struct node *node_new(struct node_space *space, const struct node_config *config)
{
    struct node *node = base_alloc(sizeof(*node));
    node->space = space;
    node->index = config->index;
    node->self = &space->peers[config->index];
    node->host = config->host;
    node->held = config->held;
    node->wake = TIMER(wake_fire);
    node->gossip = TIMER(node_gossip_fire);
    node->drops = TIMER(drops_fire);
    node->announce = TIMER(node_announce_fire);
    node->final_at = env_now(space->env);
    node->wake_at = INSTANT_NEVER;
    node->sync.asked_lowest = UINT32_MAX;
    node_skew(node, config->offset_ms, config->drift_ppm);
    node->started_ms = instant_ms(env_now(space->env));
    limiter_init(&node->limiter);
    map_init(&node->overrides, sizeof(uint32_t), sizeof(struct stored *));
    map_init(&node->strikes, sizeof(struct address), sizeof(uint32_t));
    node_cohorts_init(&node->cohorts);
    node->life = ++space->lives;
    map_init(&node->waiters, sizeof(struct hash), sizeof(struct waiter *));
    map_init(&node->dropped, sizeof(struct hash), sizeof(struct dropped));
    map_init(&node->proved, sizeof(struct hash), 0);
    map_init(&node->orphans, sizeof(struct hash), sizeof(uint8_t));
    journal_init(&node->journal, space->env, config->host);
    node->self->node = node;
    env_host_up(space->env, config->host, node);
    struct votestate votes;
    const enum journal_votes_state state = journal_votes_read(&node->journal, space->rules.domain, &node->self->address, &votes);
    /* A key whose vote state is lost never signs again: the node goes on as an observer. */
    node->signs = state != JOURNAL_VOTES_LOST && config->key;
    replica_make(node, node->signs ? config->key : NULL, node_begin(node, config->checkpoint));
    node_restore(node, state == JOURNAL_VOTES_GOOD ? &votes : NULL);
    if (state == JOURNAL_VOTES_GOOD) votestate_done(&votes);
    head_init(node);
    if (node->held) replica_hold(node->replica, node_time(node), true);
    if (config->external) replica_set_external(node->replica, node_time(node), true);
    const struct node_signed *outside = &node->self->outside;
    if (outside->voted || outside->proposed || outside->timed_out)
        replica_note_signed(node->replica, outside->voted, outside->proposed, outside->timed_out);
    node_lie(node, config->liar);
    node_switches_changed(node);
    replica_start(node->replica, node_time(node));
    node_perform(node);
    return node;
}

static void dropped_done(struct node *node)
{
    for (size_t i = map_next(&node->dropped, 0); i != MAP_END; i = map_next(&node->dropped, i + 1))
        tx_unref(((struct dropped *)map_value_at(&node->dropped, i))->tx);
    map_done(&node->dropped);
    map_done(&node->proved);
    vec_done(&node->dropped_order);
    vec_done(&node->dropped_news);
}

void node_free(struct node *node)
{
    if (!node) return;
    env_timer_cancel(node->space->env, &node->wake);
    env_timer_cancel(node->space->env, &node->gossip);
    env_timer_cancel(node->space->env, &node->drops);
    node_lie_done(node);
    node_announce_done(node);
    waiters_forget(node);
    if (node->events) node->self->events_next = events_next(node->events);
    events_free(node->events);
    node->events = NULL;
    mempool_free(node->pool);
    replica_free(node->replica);
    for (size_t i = 0; i < node->outgoing.count; i++) tx_unref(node->outgoing.data[i]);
    vec_done(&node->outgoing);
    dropped_done(node);
    poststate_unref(node->final_post);
    poststate_unref(node->built);
    base_free(node->build_txs);
    map_done(&node->waiters);
    map_done(&node->orphans);
    limiter_done(&node->limiter);
    map_done(&node->overrides);
    vec_done(&node->orphans_order);
    vec_done(&node->tentative);
    vec_done(&node->evidence);
    vec_done(&node->alerts);
    node_cohorts_done(&node->cohorts);
    map_done(&node->strikes);
    journal_done(&node->journal);
    node->self->node = NULL;
    node_announce_forgotten(node);
    base_free(node);
}

void node_flush(struct node *node) { (void)node_sync(node); /* a disk that refuses is as good as a kill */ }

void node_pause(struct node *node)
{
    node->paused = true;
    waiters_forget(node); /* with its host down, whoever waited here has been told that nobody answers */
    if (node->events) events_forget_readers(node->events);
}

void node_resume(struct node *node)
{
    if (!node->paused) return;
    node->paused = false;
    node_gossip_fire(&node->gossip);
    drops_fire(&node->drops);
    node_announce_fire(&node->announce);
    wake_fire(&node->wake);
}

bool node_is_paused(const struct node *node) { return node->paused; }

void node_hold(struct node *node, bool held)
{
    node->held = held;
    replica_hold(node->replica, node_time(node), held);
    node_perform(node);
}

void node_external(struct node *node, bool external)
{
    replica_set_external(node->replica, node_time(node), external);
    node_perform(node);
}

void node_params_changed(struct node *node) { replica_set_params(node->replica, &node->space->params); }
void node_pool_clear(struct node *node)
{
    mempool_clear(node->pool, CODE_TX_DROPPED);
    node_announce_forgotten(node);
}

void node_sync_with(struct node *node, uint32_t peer)
{
    replica_sync_with(node->replica, node_time(node), peer);
    node_perform(node);
}

struct node_sync node_sync_state(const struct node *node)
{
    struct node_sync sync = node->sync;
    sync.base_height = node->base ? stored_height(node->base) : 0;
    return sync;
}

uint32_t node_height(const struct node *node) { return stored_height(node->head); }
uint32_t node_final_height(const struct node *node) { return stored_height(node->final); }
struct hash node_head_hash(const struct node *node) { return *stored_hash(node->head); }

const struct ledger_state *node_state(struct node *node, bool final)
{
    struct poststate *post = final ? node->final_post : node_post_of(node, node->head);
    ASSERT(post);
    return poststate_state(post);
}

struct mempool *node_pool(struct node *node) { return node->pool; }
