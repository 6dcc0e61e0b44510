#include "network/node/node_priv.h"

struct pending_orders {
    uint32_t height;
    struct node_orders orders; /* its arrays are the snapshot's own */
};
struct node_snapshot {
    struct stored *final;
    struct poststate *post;
    struct hash epoch_base;  /* zero: the first epoch */
    uint64_t epoch;          /* of the committee in force above it */
    struct params params;
    VEC(struct pending_orders) pending; /* for heights above */
};

static struct node_orders orders_copy(const struct node_orders *from)
{
    const struct ledger_orders *orders = &from->orders;
    struct node_orders copy = {.grants = base_alloc(sizeof(*copy.grants) * MAX(orders->grants_count, (size_t)1)),
                               .settings = base_alloc(sizeof(*copy.settings) * MAX(orders->settings_count, (size_t)1)),
                               .roles = base_alloc(sizeof(*copy.roles) * MAX(orders->roles_count, (size_t)1))};
    if (orders->grants_count) memcpy(copy.grants, orders->grants, sizeof(*copy.grants) * orders->grants_count);
    if (orders->settings_count) memcpy(copy.settings, orders->settings, sizeof(*copy.settings) * orders->settings_count);
    if (orders->roles_count) memcpy(copy.roles, orders->roles, sizeof(*copy.roles) * orders->roles_count);
    copy.orders = *orders;
    copy.orders.roles = copy.roles;
    copy.orders.grants = copy.grants;
    copy.orders.settings = copy.settings;
    return copy;
}

static void orders_done(struct node_orders *orders)
{
    base_free(orders->grants);
    base_free(orders->settings);
    base_free(orders->roles);
}

/* The last final block that a chain can go on from: the end of an epoch only once the next one has begun. */
static struct stored *last_base(const struct node_space *space)
{
    struct stored *final = blockstore_at(space->store, blockstore_height(space->store));
    const bool ends = header_is_epoch_end(&final->block->header) && !blockstore_epoch(space->store, stored_hash(final));
    return ends ? blockstore_at(space->store, stored_height(final) - 1) : final;
}

/* The epoch in force above a final block; NULL: the first. */
static const struct stored_epoch *epoch_above(const struct node_space *space, const struct stored *final)
{
    const struct stored_epoch *found = NULL, *epoch;
    for (size_t i = 0; (epoch = blockstore_epoch_at(space->store, i)) != NULL; i++)
        if (stored_height(epoch->base) < stored_height(final) || epoch->base == final) found = epoch;
    return found;
}

struct node_snapshot *node_space_snapshot(struct node_space *space)
{
    struct node_snapshot *snapshot = base_alloc(sizeof(*snapshot));
    snapshot->final = last_base(space);
    ASSERT(snapshot->final->post); /* it is among the newest */
    snapshot->post = poststate_ref(snapshot->final->post);
    const struct stored_epoch *epoch = epoch_above(space, snapshot->final);
    if (epoch) snapshot->epoch_base = *stored_hash(epoch->base);
    snapshot->epoch = epoch && epoch->committee ? epoch->committee->epoch : space->committee ? space->committee->epoch : 0;
    snapshot->params = space->params;
    for (size_t i = map_next(&space->orders, 0); i != MAP_END; i = map_next(&space->orders, i + 1)) {
        const uint32_t height = *(const uint32_t *)map_key_at(&space->orders, i);
        if (height > stored_height(snapshot->final))
            vec_push(&snapshot->pending, ((struct pending_orders){height, orders_copy(map_value_at(&space->orders, i))}));
    }
    return snapshot;
}

void node_snapshot_free(struct node_snapshot *snapshot)
{
    if (!snapshot) return;
    for (size_t i = 0; i < snapshot->pending.count; i++) orders_done(&snapshot->pending.data[i].orders);
    vec_done(&snapshot->pending);
    poststate_unref(snapshot->post);
    base_free(snapshot);
}

uint32_t node_snapshot_height(const struct node_snapshot *snapshot) { return stored_height(snapshot->final); }

/* ---- going back ---- */

static void orders_rewind(struct node_space *space, const struct node_snapshot *snapshot)
{
    VEC(uint32_t) above = {0};
    for (size_t i = map_next(&space->orders, 0); i != MAP_END; i = map_next(&space->orders, i + 1)) {
        const uint32_t height = *(const uint32_t *)map_key_at(&space->orders, i);
        if (height > node_snapshot_height(snapshot)) vec_push(&above, height);
    }
    for (size_t i = 0; i < above.count; i++) {
        orders_done(map_find(&space->orders, &above.data[i]));
        (void)map_remove(&space->orders, &above.data[i]);
    }
    vec_done(&above);
    for (size_t i = 0; i < snapshot->pending.count; i++) {
        struct node_orders *orders = map_put(&space->orders, &snapshot->pending.data[i].height, NULL);
        *orders = orders_copy(&snapshot->pending.data[i].orders);
    }
}

/* The last round that this peer's key has signed anything in, here or from outside. */
static uint64_t signed_round(const struct node_space *space, const struct node_peer *peer)
{
    struct journal journal;
    struct votestate votes;
    uint64_t round = MAX(MAX(peer->outside.voted, peer->outside.proposed), peer->outside.timed_out);
    journal_init(&journal, space->env, peer->host);
    if (journal_votes_read(&journal, space->rules.domain, &peer->address, &votes) == JOURNAL_VOTES_GOOD) {
        round = MAX(MAX(round, votes.voted_round), MAX(votes.proposed_round, votes.timed_out.round));
        round = MAX(round, votes.outside_round);
        votestate_done(&votes);
    }
    journal_done(&journal);
    return round;
}

/* What a key has signed in stays; where it stands is after the snapshot's block. A state that is lost stays lost. */
static void votes_rewind(struct journal *journal, const struct node_space *space, const struct node_peer *peer, const struct node_snapshot *snapshot,
                         uint64_t round)
{
    struct votestate votes;
    const struct stored *final = snapshot->final;
    const enum journal_votes_state state = journal_votes_read(journal, space->rules.domain, &peer->address, &votes);
    if (state == JOURNAL_VOTES_LOST) return;
    if (state == JOURNAL_VOTES_NONE) votestate_init(&votes, space->rules.domain, &peer->address);
    votes.epoch = snapshot->epoch;
    votes.round = round;
    certificate_unref(votes.high);
    votes.high = certificate_ref(final->certificate);
    votes.lock = (struct votestate_lock){*stored_hash(final), final->block->header.round, stored_height(final)};
    timeoutcert_unref(votes.entered_by);
    certificate_unref(votes.entered_certificate);
    votes.entered_by = NULL;
    votes.entered_certificate = NULL;
    journal_votes(journal, &votes);
    votestate_done(&votes);
}

static void base_find(void *ctx, const struct journal_record *record)
{
    if (record->type == JOURNAL_BASE) *(struct hash *)ctx = record->hash;
}

/* Where this disk's history begins: as it did, or, when that has been taken back, with the snapshot's block. Zero: genesis. */
static struct hash base_of(const struct node_space *space, struct journal *journal, const struct node_snapshot *snapshot)
{
    struct hash base = {{0}};
    journal_read(journal, base_find, &base);
    if (hash_is_zero(&base)) return base;
    const struct stored *stored = blockstore_find(space->store, &base);
    return stored && stored_height(stored) < node_snapshot_height(snapshot) ? base : *stored_hash(snapshot->final);
}

static void disk_rewind(struct node_space *space, struct node_peer *peer, const struct node_snapshot *snapshot, uint64_t round)
{
    struct journal journal;
    struct journal_record records[3];
    size_t count = 0;
    journal_init(&journal, space->env, peer->host);
    const struct hash base = base_of(space, &journal, snapshot);
    if (!hash_is_zero(&base)) records[count++] = (struct journal_record){JOURNAL_BASE, base};
    if (!hash_is_zero(&snapshot->epoch_base)) records[count++] = (struct journal_record){JOURNAL_EPOCH, snapshot->epoch_base};
    records[count++] = (struct journal_record){JOURNAL_FINAL, *stored_hash(snapshot->final)};
    journal_rewrite(&journal, records, count);
    if (space->committee) votes_rewind(&journal, space, peer, snapshot, round);
    (void)journal_sync(&journal); /* a full disk: the node stands where it stood, and syncs */
    journal_done(&journal);
    poststate_unref(peer->disk_post);
    peer->disk_post = poststate_ref(snapshot->post);
    peer->disk_final = snapshot->final;
}

void node_space_restore(struct node_space *space, const struct node_snapshot *snapshot)
{
    uint64_t round = space->counters.rounds;
    for (uint32_t i = 0; i < space->peers_count; i++) {
        ASSERT(!space->peers[i].node);
        round = MAX(round, signed_round(space, &space->peers[i]));
    }
    const struct hash *final = stored_hash(snapshot->final);
    blockstore_rewind(space->store, node_snapshot_height(snapshot), hash_eq(final, &snapshot->epoch_base));
    blockstore_executed(space->store, snapshot->final, snapshot->post);
    orders_rewind(space, snapshot);
    space->params = snapshot->params;
    space->counters.height_max = node_snapshot_height(snapshot);
    space->conflict = false;
    for (uint32_t i = 0; i < space->peers_count; i++) disk_rewind(space, &space->peers[i], snapshot, round + 1);
}
