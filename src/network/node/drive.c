#include "network/node/node_priv.h"

#include "network/node/presign.h"

/* ---- packets ---- */

static void packet_free(struct packet *packet)
{
    struct node_packet *own = CONTAINER_OF(packet, struct node_packet, packet);
    message_unref(own->message);
    bundle_unref(own->bundle);
    base_free(own);
}

static uint64_t packet_ident(const struct packet *packet) { return message_ident(CONTAINER_OF(packet, const struct node_packet, packet)->message); }

const struct packet_class node_packet_class = {.name = "message", .free = packet_free, .ident = packet_ident};

struct packet *node_packet_new(struct message *message)
{
    struct node_packet *own = base_alloc(sizeof(*own));
    own->packet = (struct packet){.class = &node_packet_class, .bytes = message->wire_bytes, .refs = 1};
    own->message = message_ref(message);
    return &own->packet;
}

void node_send_to(struct node *node, struct packet *packet, uint32_t peer)
{
    struct node_space *space = node->space;
    if (!node_hears(node, peer) || node_reorg_keeps(node, packet, peer)) return;
    space->counters.messages++;
    space->counters.message_bytes += packet->bytes;
    env_send(space->env, node->host, space->peers[peer].host, packet_ref(packet));
}

void node_send_packet(struct node *node, struct packet *packet)
{
    for (uint32_t i = 0; i < node->space->peers_count; i++)
        if (i != node->index) node_send_to(node, packet, i);
}

void node_send_all(struct node *node, struct message *message)
{
    struct packet *packet = node_packet_new(message);
    node_send_packet(node, packet);
    packet_unref(packet);
}

bool node_sync(struct node *node)
{
    if (node->votes_pending) journal_votes(&node->journal, replica_votes(node->replica));
    node->votes_pending = false;
    if (!journal_sync(&node->journal)) return false;
    struct node_peer *self = node->self;
    if (self->disk_final == node->final) return true;
    poststate_unref(self->disk_post);
    self->disk_post = poststate_ref(node->final_post);
    self->disk_final = node->final;
    return true;
}

static void send_action(struct node *node, const struct replica_action *action)
{
    if (!node_sync(node)) return; /* what is not on disk must not be known to others */
    if (action->send.message->type == MESSAGE_SYNC_REQUEST)
        node->sync.asked_lowest = MIN(node->sync.asked_lowest, action->send.message->sync_request.from_height);
    switch (action->send.to) {
    case REPLICA_TO_ALL:
        if (!node_lies(node, action->send.message, REPLICA_TO_ALL, UINT32_MAX)) node_send_all(node, action->send.message);
        return;
    case REPLICA_TO_VALIDATOR:
    case REPLICA_TO_PEER:
        break;
    }
    uint32_t peer = action->send.peer;
    if (action->send.to == REPLICA_TO_VALIDATOR) {
        const uint32_t *found = map_find(&node->space->by_address, &action->send.validator);
        if (!found) return;
        peer = *found;
    }
    if (peer >= node->space->peers_count || peer == node->index || node_lies(node, action->send.message, REPLICA_TO_PEER, peer)) return;
    struct packet *packet = node_packet_new(action->send.message);
    node_send_to(node, packet, peer);
    packet_unref(packet);
}

/* ---- execution ---- */

const struct ledger_orders *node_orders_at(const struct node_space *space, uint32_t height)
{
    const struct node_orders *orders = map_count(&space->orders) > 0 ? map_find(&space->orders, &height) : NULL;
    return orders ? &orders->orders : NULL;
}

static struct poststate *post_known(const struct node *node, const struct stored *stored)
{
    if (node->final_post && stored == node->final) return node->final_post;
    return stored->post;
}

struct poststate *node_post_of(struct node *node, struct stored *stored)
{
    struct blockstore *store = node->space->store;
    VEC(struct stored *) missing = {0};
    struct poststate *post = NULL;
    for (struct stored *at = stored; at; at = blockstore_find(store, &at->block->header.parent_hash)) {
        post = post_known(node, at);
        if (post) break;
        if (at->pruned) goto done;
        vec_push(&missing, at);
    }
    while (post && missing.count > 0) {
        struct stored *at = vec_pop(&missing);
        struct poststate *next = executor_run_block(node->space->executor, post, at->block, node_orders_at(node->space, stored_height(at)));
        if (poststate_is_good(next)) blockstore_executed(store, at, next);
        poststate_unref(next);
        post = at->post;
    }
done:
    vec_done(&missing);
    return post;
}

static bool signatures_good(struct node *node, const struct block *block)
{
    if (!ledger_wants_signature(&node->space->rules)) return true;
    for (uint32_t i = 0; i < block->txs_count; i++)
        if (!presign_check(node->space, block->txs[i])) return false;
    return true;
}

/* The committee of the epoch that follows when `height` fills the present one; a reference. NULL: it does not. */
static struct committee *next_committee(const struct replica_place *place, uint32_t height, const struct ledger_state *parent,
                                        const struct ledger_state *after)
{
    if ((uint64_t)height - place->epoch_first_height + 1 != ledger_params(parent)->epoch_blocks) return NULL;
    const uint64_t epoch = place->committee->epoch + 1, start = place->round + 1;
    struct committee *next = ledger_next_committee(after, epoch, start);
    return next ? next : committee_rebase(place->committee, epoch, start);
}

/* A block is voted for when executing it gives what its header says. */
static bool guard_execution(const struct node_space *space, const struct poststate *after, const struct header *header)
{
    return poststate_matches(after, header) || weakness_on(&space->rules.weak, WEAKNESS_ATTEST_WITHOUT_EXECUTION);
}

static enum code execute(void *ctx, const struct replica_place *place, struct block *block, struct replica_outcome *out)
{
    struct node *node = ctx;
    struct node_space *space = node->space;
    struct stored *parent = blockstore_find(space->store, &place->parent->hash);
    struct poststate *before = parent ? node_post_of(node, parent) : NULL;
    if (!before) return CODE_INVALID_BLOCK;
    struct stored *known = blockstore_find(space->store, &block->hash);
    if (!(known && known->valid) && !signatures_good(node, block)) return CODE_INVALID_SIGNATURE;
    struct poststate *after = executor_run_block(space->executor, before, block, node_orders_at(space, block->header.height));
    enum code code = CODE_INVALID_BLOCK;
    if (poststate_is_good(after) && guard_execution(space, after, &block->header)) {
        code = CODE_NONE;
        struct stored *stored = known ? known : blockstore_put(space->store, block);
        stored->valid = true;
        blockstore_executed(space->store, stored, after);
        space->counters.height_max = MAX(space->counters.height_max, block->header.height);
        out->next_committee = next_committee(place, block->header.height, poststate_state(before), poststate_state(after));
    }
    poststate_unref(after);
    return code;
}

/* How many transactions this block may take: the room of the rules, and what the admin API's block_capacity leaves of it. */
static struct mempool_room room_at(const struct node *node, const struct replica_place *place, const struct params *params)
{
    struct mempool_room room = mempool_room_of(params);
    const uint64_t rate = node->space->capacity_per_s;
    if (rate != 0) {
        const uint64_t gap_ms = place->timestamp_ms > place->parent->header.timestamp_ms ? place->timestamp_ms - place->parent->header.timestamp_ms : 1;
        const uint64_t most = MAX(rate * MIN(gap_ms, 2 * params->block_interval_ms) / 1000, 1);
        room.transactions = (uint32_t)MIN(room.transactions, most);
    }
    return room;
}

#define BUILD_TRIES 8
static struct poststate *build_run(struct node *node, const struct replica_place *place, struct poststate *before, size_t *out_count)
{
    const struct params *params = ledger_params(poststate_state(before));
    const struct ledger_frame frame = {.height = place->parent->header.height + 1,
                                       .round = place->round,
                                       .timestamp_ms = place->timestamp_ms,
                                       .proposer = *place->proposer,
                                       .parent_hash = place->parent->hash};
    const struct ledger_orders *orders = node_orders_at(node->space, frame.height);
    const struct mempool_room room = room_at(node, place, params);
    const struct mempool_room choice = node_lie_room(node, room, params);
    if (choice.transactions > node->build_txs_cap) {
        node->build_txs = base_realloc(node->build_txs, sizeof(struct tx *) * choice.transactions);
        node->build_txs_cap = choice.transactions;
    }
    for (int i = 0; i < BUILD_TRIES; i++) {
        const size_t count = MIN(node_lie_choose(node, node->build_txs, mempool_select(node->pool, &choice, node->build_txs)), room.transactions);
        struct poststate *after = executor_run(node->space->executor, before, &frame, orders, node->build_txs, count);
        *out_count = count;
        if (poststate_is_good(after)) return after;
        const uint32_t failed = after->result->failed_index;
        const enum code reason = after->result->verdict == LEDGER_POOL_FEE ? after->result->failed_code : CODE_TX_DROPPED;
        poststate_unref(after);
        if (failed >= count) break;
        const struct hash id = node->build_txs[failed]->id; /* the pool's idea of it was wrong: it goes, and the rest gets its block */
        (void)mempool_remove(node->pool, &id, reason);
    }
    *out_count = 0;
    struct poststate *empty = executor_run(node->space->executor, before, &frame, orders, NULL, 0);
    if (poststate_is_good(empty)) return empty;
    poststate_unref(empty);
    return NULL;
}

void node_header_fill(struct header *out, const struct ledger_result *result)
{
    out->state_root = result->state_root;
    out->transactions_root = result->transactions_root;
    out->receipts_root = result->receipts_root;
    out->messages_root = result->messages_root;
    out->transaction_count = result->transaction_count;
    out->message_count = result->message_count;
}

static bool build(void *ctx, const struct replica_place *place, struct header *out, struct tx *const **out_txs, size_t *out_txs_count,
                  struct replica_outcome *out_outcome)
{
    struct node *node = ctx;
    struct stored *parent = blockstore_find(node->space->store, &place->parent->hash);
    struct poststate *before = parent ? node_post_of(node, parent) : NULL;
    if (!before) return false;
    node_pool_follow(node, parent);
    size_t count;
    poststate_ref(before); /* selecting may let others go */
    struct poststate *after = build_run(node, place, before, &count);
    if (after) node_watch_chosen(node, place->parent, node->build_txs, count);
    if (after) {
        node_header_fill(out, after->result);
        *out_txs = node->build_txs;
        *out_txs_count = count;
        out_outcome->next_committee = next_committee(place, place->parent->header.height + 1, poststate_state(before), poststate_state(after));
        if (out_outcome->next_committee) out->next_committee_hash = out_outcome->next_committee->hash;
        node->space->counters.height_max = MAX(node->space->counters.height_max, place->parent->header.height + 1);
    }
    poststate_unref(before);
    if (node->built) poststate_unref(node->built);
    node->built = after; /* held until the replica has made the block of it */
    return after != NULL;
}

static bool is_jailed(void *ctx, const struct block *parent, const struct address *member)
{
    struct node *node = ctx;
    struct stored *stored = blockstore_find(node->space->store, &parent->hash);
    struct poststate *post = stored ? node_post_of(node, stored) : NULL;
    struct ledger_validator validator;
    return post && ledger_validator_find(poststate_state(post), member, &validator) && validator.jailed;
}

const struct replica_ledger node_replica_ledger = {.execute = execute, .build = build, .is_jailed = is_jailed};

/* ---- old blocks for the replica ---- */

static bool certified(struct stored *stored, struct certified_block *out)
{
    if (!stored) return false;
    *out = (struct certified_block){stored->block, stored->certificate};
    return true;
}

static bool store_final_at(void *ctx, uint32_t height, struct certified_block *out)
{
    const struct node *node = ctx;
    return height <= stored_height(node->final) && certified(node_block_at(node, height), out);
}

static bool store_block_of(void *ctx, const struct hash *hash, struct certified_block *out)
{
    const struct node *node = ctx;
    struct stored *stored = blockstore_find(node->space->store, hash);
    if (!stored || stored_height(stored) > stored_height(node->final) || node_block_at(node, stored_height(stored)) != stored) return false;
    return certified(stored, out);
}

static struct finality_proof *store_epoch_proof(void *ctx, const struct hash *epoch_end)
{
    const struct node *node = ctx;
    const struct stored_epoch *epoch = blockstore_epoch(node->space->store, epoch_end);
    return epoch ? epoch->proof : NULL;
}

static struct committee *store_committee_of(void *ctx, const struct hash *hash)
{
    const struct node *node = ctx;
    return blockstore_committee(node->space->store, hash);
}

const struct replica_store node_replica_store = {.final_at = store_final_at,
                                                 .block_of = store_block_of,
                                                 .epoch_proof = store_epoch_proof,
                                                 .committee_of = store_committee_of};

/* ---- actions ---- */

static void tentative_drop(struct node *node, const struct stored *stored)
{
    for (size_t i = 0; i < node->tentative.count; i++) {
        if (node->tentative.data[i] != stored) continue;
        vec_remove(&node->tentative, i);
        return;
    }
}

static void journal_compact(struct node *node)
{
    VEC(struct journal_record) records = {0};
    if (node->base) vec_push(&records, ((struct journal_record){JOURNAL_BASE, *stored_hash(node->base)}));
    if (!hash_is_zero(&node->epoch_base)) vec_push(&records, ((struct journal_record){JOURNAL_EPOCH, node->epoch_base}));
    vec_push(&records, ((struct journal_record){JOURNAL_FINAL, *stored_hash(node->final)}));
    for (size_t i = 0; i < node->tentative.count; i++) {
        struct stored *stored = node->tentative.data[i];
        struct replica_found found;
        vec_push(&records, ((struct journal_record){JOURNAL_BLOCK, *stored_hash(stored)}));
        if (replica_block_of(node->replica, stored_hash(stored), &found) && found.certificate)
            vec_push(&records, ((struct journal_record){JOURNAL_CERTIFICATE, *stored_hash(stored)}));
    }
    journal_rewrite(&node->journal, records.data, records.count);
    node->votes_pending = node->signs; /* a disk that had failed may have refused them too: nothing leaves before they are written */
    vec_done(&records);
}

static void store_block(struct node *node, struct block *block)
{
    struct stored *stored = blockstore_put(node->space->store, block);
    node->space->counters.height_max = MAX(node->space->counters.height_max, block->header.height);
    vec_push(&node->tentative, stored);
    node_watch_lane(node, block);
    journal_put(&node->journal, JOURNAL_BLOCK, stored_hash(stored));
    tell_block(node, EVENT_BLOCK_PROPOSED, block);
}

static void store_certificate(struct node *node, struct block *block, struct certificate *certificate)
{
    struct stored *stored = blockstore_put(node->space->store, block);
    if (certificate) blockstore_certify(stored, certificate);
    journal_put(&node->journal, JOURNAL_CERTIFICATE, stored_hash(stored));
    tell_block(node, EVENT_BLOCK_CERTIFIED, block);
    if (map_count(&node->waiters) > 0 && node_block_at(node, stored_height(stored)) == stored) waiters_block(node, stored, TX_CERTIFIED);
}

static void finalize(struct node *node, struct block *block, struct certificate *certificate)
{
    struct node_space *space = node->space;
    struct stored *stored = blockstore_put(space->store, block);
    if (certificate) blockstore_certify(stored, certificate);
    struct poststate *post = node_post_of(node, stored);
    ASSERT(post && stored_height(stored) == stored_height(node->final) + 1);
    if (!blockstore_final(space->store, stored, post, node_committee_of(node, &block->header.committee_hash), instant_ms(env_now(space->env)))) {
        const uint32_t height = stored_height(stored);
        struct stored **own = map_put(&node->overrides, &height, NULL);
        *own = stored;
        space->conflict = true;
    }
    poststate_ref(post);
    poststate_unref(node->final_post);
    node->final_post = post;
    node->final = stored;
    node_announce_resumed(node);
    node_watch_final(node, stored);
    node_watch_market(node, poststate_state(post), &block->hash);
    tentative_drop(node, stored);
    journal_put(&node->journal, JOURNAL_FINAL, stored_hash(stored));
    tell_final(node, stored, post->result);
    if (map_count(&node->waiters) > 0) waiters_block(node, stored, TX_FINALIZED);
}

static void orphan(struct node *node, struct block *block)
{
    struct stored *stored = blockstore_put(node->space->store, block);
    tentative_drop(node, stored);
    bool fresh;
    (void)map_put(&node->orphans, stored_hash(stored), &fresh);
    if (!fresh) return;
    tell_block(node, EVENT_BLOCK_ORPHANED, block);
    if (node->orphans_order.count >= ORPHANS_MAX) {
        (void)map_remove(&node->orphans, &node->orphans_order.data[0]);
        vec_remove(&node->orphans_order, 0);
    }
    vec_push(&node->orphans_order, *stored_hash(stored));
}

static void epoch_began(struct node *node, const struct replica_epoch *epoch)
{
    blockstore_epoch_put(node->space->store, epoch);
    node->epoch_base = epoch->base.block->hash;
    journal_put(&node->journal, JOURNAL_EPOCH, &node->epoch_base);
    tell_committee(node, epoch);
}

static void found(struct node *node, const struct replica_action *action)
{
    if (node->evidence.count >= FINDINGS_MAX) return;
    vec_push(&node->evidence, ((struct node_evidence){.evidence = action->found.evidence,
                                                      .id = evidence_id(&action->found.evidence),
                                                      .chain = node_chain(node),
                                                      .accused = action->found.accused,
                                                      .height = action->found.height,
                                                      .round = action->found.round,
                                                      .detected_at = node_clock_ms(node)}));
    tell_evidence(node, &vec_last(&node->evidence));
}

static void head_moved(struct node *node, const struct replica_action *action)
{
    if (action->block.depth > 0) {
        node->reorgs++;
        node->deepest_reorg = MAX(node->deepest_reorg, action->block.depth);
    }
    node_head_to(node, action->block.block);
    node->last_block_ms = node_clock_ms(node);
    node_oracle_watch(node);
    if (node->space->on_head) node->space->on_head(node->space->on_head_ctx, node_height(node));
}

void node_disk_freed(struct node *node) { journal_compact(node); }

/* What was final is not any more: only on a network with a switch on. */
static void rewound(struct node *node, struct block *genesis)
{
    struct stored *stored = blockstore_put(node->space->store, genesis);
    struct poststate *post = stored->post;
    ASSERT(post); /* of genesis: never let go */
    node->final = stored;
    poststate_ref(post);
    poststate_unref(node->final_post);
    node->final_post = post;
    node->base = NULL;
    map_clear(&node->overrides);
    vec_clear(&node->tentative);
    node->epoch_base = (struct hash){0};
    node_head_to(node, genesis);
    journal_compact(node);
}

static void perform_one(struct node *node, const struct replica_action *action)
{
    switch (action->type) {
    case REPLICA_PERSIST:
        node->votes_pending = true; /* written before the next SEND leaves: until then nobody has seen what it covers */
        return;
    case REPLICA_SEND:
        send_action(node, action);
        return;
    case REPLICA_STORE_BLOCK:
        store_block(node, action->block.block);
        return;
    case REPLICA_STORE_CERTIFICATE:
        store_certificate(node, action->block.block, action->block.certificate);
        return;
    case REPLICA_STORE_EPOCH:
        epoch_began(node, action->epoch);
        return;
    case REPLICA_HEAD:
        head_moved(node, action);
        return;
    case REPLICA_FINAL:
        finalize(node, action->block.block, action->block.certificate);
        return;
    case REPLICA_ORPHANED:
        orphan(node, action->block.block);
        return;
    case REPLICA_ROUND:
        node->space->counters.rounds = MAX(node->space->counters.rounds, action->round.round);
        return;
    case REPLICA_EVIDENCE:
        found(node, action);
        return;
    case REPLICA_ALERT:
        node_alert(node, "CONFLICTING_BRANCH", action->block.block->header.height, &action->block.block->hash, NULL);
        return;
    case REPLICA_REWOUND:
        rewound(node, action->block.block);
        return;
    }
    UNREACHABLE();
}

void node_perform(struct node *node)
{
    const size_t count = replica_actions_count(node->replica);
    for (size_t i = 0; i < count; i++) perform_one(node, replica_action_at(node->replica, i));
    if (node->journal.chain_bytes > JOURNAL_BYTES_MAX) journal_compact(node);
    const struct instant wake = replica_wake(node->replica);
    if (wake.ns == node->wake_at.ns) return;
    node->wake_at = wake;
    if (wake.ns == INSTANT_NEVER.ns) env_timer_cancel(node->space->env, &node->wake);
    else env_timer_set(node->space->env, &node->wake, wake);
}
