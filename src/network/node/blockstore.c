#include "network/node/blockstore.h"

#include "network/node/told_priv.h"

#define SEEN_BYTES ((COMMITTEE_MEMBERS_MAX + 7) / 8)

/* What one final block says about its committee. */
struct attendance {
    struct committee *committee;
    uint8_t *voted; /* bit of a member index */
};
struct blockstore {
    struct map by_hash; /* hash -> struct stored * */
    VEC(struct stored *) all;    /* by number */
    VEC(struct stored *) finals; /* by height */
    VEC(struct stored *) posts;  /* those with a post-state, by time of execution; posts_first on */
    size_t posts_first;
    uint32_t pruned_below; /* final blocks below this height are pruned */
    struct map committees; /* hash -> struct committee * */
    VEC(struct stored_epoch *) epochs;
    struct map epoch_of; /* hash of the base -> struct stored_epoch * */
    VEC(uint32_t) checkpoints;
    struct stored *newest; /* the last of them, with its post-state; NULL: none, or it was taken back */
    struct poststate *newest_post;
    struct map participants; /* address -> struct participation */
    struct attendance ring[PARTICIPATION_WINDOW_MAX];
    uint64_t ring_put;
    struct txindex *index;
    struct blockstore_limits limits;
    struct blockstore_stats stats;
    uint64_t held_bytes; /* what the bodies, and what receipts tell of them, take in memory */
};

static uint64_t body_held_bytes(const struct block *block)
{
    return block->txs_bytes + (uint64_t)block->txs_count * (sizeof(struct tx) + sizeof(struct tx *));
}

const struct hash *stored_tx_id(const struct stored *stored, uint32_t place)
{
    ASSERT(place < stored_txs_count(stored));
    return stored->pruned ? &stored->ids[place] : &stored->block->txs[place]->id;
}

static const struct hash *index_id(void *ctx, uint32_t block, uint32_t place)
{
    const struct blockstore *store = ctx;
    return stored_tx_id(store->all.data[block], place);
}

struct blockstore *blockstore_new(struct block *genesis, struct poststate *post, const struct blockstore_limits *limits)
{
    ASSERT(limits->participation_window <= PARTICIPATION_WINDOW_MAX);
    struct blockstore *store = base_alloc(sizeof(*store));
    store->limits = *limits;
    store->limits.history_blocks = MAX(limits->history_blocks, HISTORY_BLOCKS_MIN);
    map_init(&store->by_hash, sizeof(struct hash), sizeof(struct stored *));
    map_init(&store->committees, sizeof(struct hash), sizeof(struct committee *));
    map_init(&store->epoch_of, sizeof(struct hash), sizeof(struct stored_epoch *));
    map_init(&store->participants, sizeof(struct address), sizeof(struct participation));
    store->index = txindex_new(index_id, store);
    struct stored *first = blockstore_put(store, genesis);
    first->final = true;
    first->final_at_ms = genesis->header.timestamp_ms;
    first->post = poststate_ref(post); /* never let go: a wiped node starts from it */
    vec_push(&store->finals, first);
    store->pruned_below = 1;
    return store;
}

static void epoch_free(struct stored_epoch *epoch)
{
    committee_unref(epoch->committee);
    committee_unref(epoch->previous);
    certificate_unref(epoch->base_certificate);
    finality_unref(epoch->proof);
    base_free(epoch);
}

static void stored_free(struct stored *stored)
{
    block_unref(stored->block);
    certificate_unref(stored->certificate);
    poststate_unref(stored->post);
    base_free(stored->ids);
    told_forget(stored);
    base_free(stored->receipts);
    base_free(stored);
}

void blockstore_free(struct blockstore *store)
{
    if (!store) return;
    for (size_t i = 0; i < store->all.count; i++) stored_free(store->all.data[i]);
    for (size_t i = map_next(&store->committees, 0); i != MAP_END; i = map_next(&store->committees, i + 1))
        committee_unref(*(struct committee **)map_value_at(&store->committees, i));
    for (size_t i = 0; i < store->epochs.count; i++) epoch_free(store->epochs.data[i]);
    vec_done(&store->epochs);
    for (size_t i = 0; i < ARRAY_LEN(store->ring); i++) {
        committee_unref(store->ring[i].committee);
        base_free(store->ring[i].voted);
    }
    poststate_unref(store->newest_post);
    txindex_free(store->index);
    map_done(&store->by_hash);
    map_done(&store->committees);
    map_done(&store->epoch_of);
    map_done(&store->participants);
    vec_done(&store->all);
    vec_done(&store->finals);
    vec_done(&store->posts);
    vec_done(&store->checkpoints);
    base_free(store);
}

enum { AHEAD = 8 };
struct stored *blockstore_put(struct blockstore *store, struct block *block)
{
    bool fresh;
    struct stored **slot = map_put(&store->by_hash, &block->hash, &fresh);
    if (!fresh) return *slot;
    struct stored *stored = base_alloc(sizeof(*stored));
    stored->block = block_ref(block);
    stored->number = (uint32_t)store->all.count;
    stored->txs_bytes = block->txs_bytes;
    *slot = stored;
    vec_push(&store->all, stored);
    store->stats.blocks++;
    store->stats.bodies++;
    store->stats.body_bytes += block->txs_bytes;
    store->held_bytes += body_held_bytes(block);
    for (uint32_t i = 0; i < block->txs_count; i++) {
        if (i + AHEAD < block->txs_count) txindex_prefetch(store->index, &block->txs[i + AHEAD]->id);
        txindex_put(store->index, &block->txs[i]->id, stored->number, i);
    }
    return stored;
}

struct stored *blockstore_find(const struct blockstore *store, const struct hash *hash)
{
    struct stored *const *slot = map_find(&store->by_hash, hash);
    return slot ? *slot : NULL;
}

struct stored *blockstore_number(const struct blockstore *store, uint32_t number)
{
    ASSERT(number < store->all.count);
    return store->all.data[number];
}

void blockstore_certify(struct stored *stored, struct certificate *certificate)
{
    if (!stored->certificate) stored->certificate = certificate_ref(certificate);
}

/* Post-states of blocks far below the highest final one are let go; a view that is still there executes anew. */
static void posts_let_go(struct blockstore *store)
{
    const uint32_t height = blockstore_height(store);
    while (store->posts_first < store->posts.count) {
        struct stored *stored = store->posts.data[store->posts_first];
        if (stored_height(stored) + POSTSTATES_KEPT >= height) break;
        poststate_unref(stored->post);
        stored->post = NULL;
        store->posts_first++;
    }
    if (store->posts_first < 1024 || store->posts_first * 2 < store->posts.count) return;
    memmove(store->posts.data, store->posts.data + store->posts_first, (store->posts.count - store->posts_first) * sizeof(*store->posts.data));
    store->posts.count -= store->posts_first;
    store->posts_first = 0;
}

void blockstore_executed(struct blockstore *store, struct stored *stored, struct poststate *post)
{
    if (stored->post) return;
    stored->post = poststate_ref(post);
    vec_push(&store->posts, stored);
}

static struct receipt plain_success(const struct tx *tx)
{
    struct receipt receipt = {0};
    if (!tx_charge(tx, &receipt.fee_charged)) receipt.fee_charged = AMOUNT_MAX;
    return receipt;
}

static void receipts_keep(struct stored *stored, const struct ledger_result *result)
{
    VEC(struct stored_receipt) odd = {0};
    for (uint32_t i = 0; i < result->transaction_count; i++) {
        const struct receipt plain = plain_success(stored->block->txs[i]);
        if (!receipt_eq(&plain, &result->receipts[i])) vec_push(&odd, ((struct stored_receipt){i, result->receipts[i]}));
    }
    stored->receipts = odd.data;
    stored->receipts_count = (uint32_t)odd.count;
    told_keep(stored, result);
}

bool stored_receipt(const struct stored *stored, uint32_t place, struct receipt *out)
{
    if (stored->post && place < stored->post->result->transaction_count) {
        *out = stored->post->result->receipts[place];
        return true;
    }
    if (!stored->final) return false;
    for (uint32_t i = 0; i < stored->receipts_count; i++) {
        if (stored->receipts[i].place != place) continue;
        *out = stored->receipts[i].receipt;
        return true;
    }
    if (stored->pruned) return false;
    *out = plain_success(stored->block->txs[place]);
    return true;
}

static void told_drop(struct blockstore *store, struct stored *stored)
{
    store->held_bytes -= told_bytes(stored);
    told_forget(stored);
}

static void prune(struct blockstore *store, struct stored *stored)
{
    if (stored->pruned) return;
    told_drop(store, stored);
    struct block *body = stored->block;
    stored->ids_count = body->txs_count;
    stored->ids = body->txs_count ? base_alloc(sizeof(*stored->ids) * body->txs_count) : NULL;
    for (uint32_t i = 0; i < body->txs_count; i++) stored->ids[i] = body->txs[i]->id;
    stored->block = block_new(&body->header, &body->proposer_signature, body->justify, body->tc, NULL, 0);
    stored->pruned = true;
    store->stats.bodies--;
    store->stats.body_bytes -= body->txs_bytes;
    store->held_bytes -= body_held_bytes(body);
    block_unref(body);
}

static void history_prune(struct blockstore *store)
{
    const uint32_t height = blockstore_height(store);
    while (store->pruned_below + HISTORY_BLOCKS_MIN < height) {
        const bool old = store->pruned_below + store->limits.history_blocks < height;
        if (!old && store->held_bytes <= store->limits.history_bytes) return;
        prune(store, store->finals.data[store->pruned_below++]);
    }
}

/* ---- participation ---- */

static struct participation *participant(struct blockstore *store, const struct address *address)
{
    return map_put(&store->participants, address, NULL);
}

static void attendance_leave(struct blockstore *store, struct attendance *attendance)
{
    if (!attendance->committee) return;
    for (uint32_t i = 0; i < attendance->committee->count; i++) {
        struct participation *who = participant(store, &attendance->committee->members[i].address);
        who->window_blocks--;
        who->window_votes -= attendance->voted[i / 8] >> (i % 8) & 1;
    }
    committee_unref(attendance->committee);
    base_free(attendance->voted);
    *attendance = (struct attendance){0};
}

static void attendance_enter(struct blockstore *store, struct stored *stored, const struct committee *committee)
{
    const struct certificate *certificate = stored->certificate;
    if (!certificate || store->limits.participation_window == 0 || (uint32_t)(committee->count + 7) / 8 != certificate->bitmap_bytes) return;
    struct attendance *attendance = &store->ring[store->ring_put++ % store->limits.participation_window];
    attendance_leave(store, attendance);
    attendance->committee = committee_ref((struct committee *)(uintptr_t)committee);
    attendance->voted = base_alloc(SEEN_BYTES);
    memcpy(attendance->voted, certificate->bitmap, certificate->bitmap_bytes);
    for (uint32_t i = 0; i < committee->count; i++) {
        struct participation *who = participant(store, &committee->members[i].address);
        const bool voted = certificate->bitmap[i / 8] >> (i % 8) & 1;
        who->votes += voted;
        who->missed_votes += !voted;
        who->window_blocks++;
        who->window_votes += voted;
    }
    participant(store, &stored->block->header.proposer)->proposed++;
    const uint64_t justify_round = stored->block->header.justify_round;
    if (justify_round < committee->start_round) return; /* opens an epoch: the rounds before went to closing blocks, which have no place */
    for (uint64_t round = justify_round + 1; round < stored->block->header.round; round++) {
        uint32_t leader;
        if (committee_leader(committee, round, &leader)) participant(store, &committee->members[leader].address)->missed_proposals++;
    }
}

struct participation blockstore_participation(const struct blockstore *store, const struct address *validator)
{
    const struct participation *found = map_find(&store->participants, validator);
    return found ? *found : (struct participation){0};
}

/* Of the certificates that views have for a block, the one its final child carries is everybody's: one object is kept instead of two. */
static void parent_certificate_share(struct blockstore *store, const struct stored *child)
{
    struct stored *parent = store->finals.data[stored_height(child) - 1];
    struct certificate *justify = child->block->justify;
    if (!justify || parent->certificate == justify || !hash_eq(&justify->block_hash, stored_hash(parent))) return;
    certificate_unref(parent->certificate);
    parent->certificate = certificate_ref(justify);
}

static void newest_set(struct blockstore *store, struct stored *stored, struct poststate *post)
{
    poststate_ref(post);
    poststate_unref(store->newest_post);
    store->newest_post = post;
    store->newest = stored;
}

struct stored *blockstore_newest(const struct blockstore *store, struct poststate **out_post)
{
    if (store->newest) *out_post = store->newest_post;
    return store->newest;
}

bool blockstore_final(struct blockstore *store, struct stored *stored, struct poststate *post, const struct committee *committee, uint64_t now_ms)
{
    const uint32_t height = stored_height(stored);
    if (height < store->finals.count) return store->finals.data[height] == stored;
    ASSERT(height == store->finals.count);
    parent_certificate_share(store, stored);
    vec_push(&store->finals, stored);
    stored->final = true;
    stored->final_at_ms = now_ms;
    receipts_keep(stored, post->result);
    store->held_bytes += told_bytes(stored);
    attendance_enter(store, stored, committee);
    if (header_is_epoch_end(&stored->block->header)) {
        vec_push(&store->checkpoints, height);
        newest_set(store, stored, post);
    }
    store->stats.transactions += stored->block->txs_count;
    posts_let_go(store);
    history_prune(store);
    return true;
}

void blockstore_rewind(struct blockstore *store, uint32_t height, bool keep_epoch)
{
    ASSERT(height <= blockstore_height(store));
    while (blockstore_height(store) > height) {
        struct stored *stored = vec_pop(&store->finals);
        store->stats.transactions -= stored_txs_count(stored);
        base_free(stored->receipts);
        stored->receipts = NULL;
        stored->receipts_count = 0;
        told_drop(store, stored);
        stored->final = false;
        stored->final_at_ms = 0;
    }
    while (store->checkpoints.count > 0 && vec_last(&store->checkpoints) > height) (void)vec_pop(&store->checkpoints);
    store->pruned_below = MIN(store->pruned_below, (uint32_t)store->finals.count);
    if (store->newest && stored_height(store->newest) > height) newest_set(store, NULL, NULL);
    for (size_t i = store->epochs.count; i-- > 0;) {
        struct stored_epoch *epoch = store->epochs.data[i];
        const uint32_t base = stored_height(epoch->base);
        if (base < height || (base == height && keep_epoch)) continue;
        (void)map_remove(&store->epoch_of, stored_hash(epoch->base));
        epoch_free(epoch);
        vec_remove(&store->epochs, i);
    }
}

struct stored *blockstore_at(const struct blockstore *store, uint32_t height)
{
    return height < store->finals.count ? store->finals.data[height] : NULL;
}

uint32_t blockstore_height(const struct blockstore *store) { return (uint32_t)store->finals.count - 1; }

struct txindex_hit blockstore_tx_first(const struct blockstore *store, const struct hash *id) { return txindex_first(store->index, id); }

struct txindex_hit blockstore_tx_next(const struct blockstore *store, const struct hash *id, struct txindex_hit hit)
{
    return txindex_next(store->index, id, hit);
}

void blockstore_committee_put(struct blockstore *store, struct committee *committee)
{
    bool fresh;
    struct committee **slot = map_put(&store->committees, &committee->hash, &fresh);
    if (fresh) *slot = committee_ref(committee);
}

struct committee *blockstore_committee(const struct blockstore *store, const struct hash *hash)
{
    struct committee *const *slot = map_find(&store->committees, hash);
    return slot ? *slot : NULL;
}

void blockstore_epoch_put(struct blockstore *store, const struct replica_epoch *epoch)
{
    bool fresh;
    struct stored_epoch **slot = map_put(&store->epoch_of, &epoch->base.block->hash, &fresh);
    if (!fresh) return;
    *slot = base_alloc(sizeof(**slot));
    **slot = (struct stored_epoch){
        .committee = epoch->committee ? committee_ref(epoch->committee) : NULL,
        .previous = epoch->previous ? committee_ref(epoch->previous) : NULL,
        .base = blockstore_put(store, epoch->base.block),
        .base_certificate = certificate_ref(epoch->base.certificate),
        .proof = finality_ref(epoch->proof),
    };
    vec_push(&store->epochs, *slot);
    if (epoch->committee) blockstore_committee_put(store, epoch->committee);
}

const struct stored_epoch *blockstore_epoch(const struct blockstore *store, const struct hash *base)
{
    struct stored_epoch *const *slot = map_find(&store->epoch_of, base);
    return slot ? *slot : NULL;
}

const struct stored_epoch *blockstore_epoch_at(const struct blockstore *store, size_t i)
{
    return i < store->epochs.count ? store->epochs.data[i] : NULL;
}

size_t blockstore_checkpoints(const struct blockstore *store) { return store->checkpoints.count; }
uint32_t blockstore_checkpoint_at(const struct blockstore *store, size_t i) { return store->checkpoints.data[i]; }
struct blockstore_stats blockstore_stats(const struct blockstore *store) { return store->stats; }
