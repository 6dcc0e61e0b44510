#include "network/consensus/guard_priv.h"

/* ---- asking ---- */

static void ask(struct replica *r, uint32_t from, uint32_t height)
{
    r->asking = true;
    r->asked_peer = from;
    r->asked_from = height;
    r->ask_until = instant_add(r->now.now, duration_ms(r->params.round_timeout_ms));
    send_peer(r, from, message_of_sync_request(r->domain, height, MESSAGE_BLOCKS_MAX, &r->root->block->hash));
}

void sync_ahead(struct replica *r, uint32_t from, uint32_t height)
{
    if (from == NOBODY || (height != 0 && height <= twig_height(r->root))) return;
    r->target_height = MAX(r->target_height, height);
    if (!r->asking) ask(r, from, twig_height(r->root) + 1);
}

void sync_poll(struct replica *r)
{
    const struct committee *committee = r->epoch.committee;
    for (uint32_t i = 0; i < committee->count; i++) {
        const struct address *to = &committee->members[r->polls++ % committee->count].address;
        if (address_eq(to, &r->validator)) continue;
        r->asking = true;
        r->asked_peer = NOBODY;
        r->asked_from = twig_height(r->root) + 1;
        r->ask_until = instant_add(r->now.now, duration_ms(r->params.round_timeout_ms));
        send_validator(r, to, message_of_sync_request(r->domain, r->asked_from, MESSAGE_BLOCKS_MAX, &r->root->block->hash));
        return;
    }
}

void sync_want(struct replica *r, const struct hash *hash, uint32_t height, uint32_t from)
{
    for (size_t i = 0; i < r->wants.count; i++)
        if (hash_eq(&r->wants.data[i].hash, hash)) return;
    r->target_height = MAX(r->target_height, height);
    if (height > twig_height(r->head) + 2) sync_ahead(r, from, height);
    if (r->wants.count == WANTS_MAX) vec_remove(&r->wants, 0);
    const struct instant retry_at = instant_add(r->now.now, duration_ms(r->params.round_timeout_ms / 2));
    vec_push(&r->wants, ((struct want){.hash = *hash, .height = height, .from = from, .retry_at = retry_at}));
    if (r->started) send_peer(r, from, message_of_block_request(r->domain, hash));
}

void sync_got(struct replica *r, const struct hash *hash)
{
    for (size_t i = 0; i < r->wants.count; i++) {
        if (!hash_eq(&r->wants.data[i].hash, hash)) continue;
        vec_remove(&r->wants, i);
        return;
    }
}

/* A member that has the block: who signed its certificate; else whoever comes next in the committee. */
static const struct address *holder_of(struct replica *r, const struct want *want)
{
    const struct committee *committee = r->epoch.committee;
    struct certificate *const *loose = map_find(&r->loose, &want->hash);
    for (uint32_t k = 0; k < committee->count; k++) {
        const uint32_t member = (want->tries + k + (uint32_t)r->round) % committee->count;
        if (address_eq(&committee->members[member].address, &r->validator)) continue;
        if (loose == NULL || certificate_has_signer(*loose, member)) return &committee->members[member].address;
    }
    return NULL;
}

static bool want_done(const struct replica *r, const struct want *want)
{
    return want->tries >= WANT_TRIES_MAX || want->height <= twig_height(r->root) || tree_find(r, &want->hash) != NULL;
}

void sync_tick(struct replica *r)
{
    if (r->asking && !instant_before(r->now.now, r->ask_until)) {
        r->asking = false;
        if (r->asked_peer == NOBODY || r->target_height <= twig_height(r->head))
            r->target_height = 0; /* nobody stood by it */
        else
            sync_poll(r);
    }
    for (size_t i = 0; i < r->wants.count;) {
        struct want *want = &r->wants.data[i];
        if (want_done(r, want)) {
            vec_remove(&r->wants, i);
            continue;
        }
        i++;
        if (instant_before(r->now.now, want->retry_at)) continue;
        want->retry_at = instant_add(r->now.now, duration_ms(r->params.round_timeout_ms));
        want->tries++;
        const struct address *holder = holder_of(r, want);
        if (holder == NULL) continue;
        send_validator(r, holder, message_of_block_request(r->domain, &want->hash));
        if (want->tries < 2) continue; /* one block will not do: its branch, then */
        const struct hash have = r->root->block->hash;
        send_validator(r, holder, message_of_sync_request(r->domain, twig_height(r->root) + 1, MESSAGE_BLOCKS_MAX, &have));
    }
}

struct instant sync_due(const struct replica *r)
{
    struct instant due = r->asking ? r->ask_until : INSTANT_NEVER;
    for (size_t i = 0; i < r->wants.count; i++)
        if (instant_before(r->wants.data[i].retry_at, due)) due = r->wants.data[i].retry_at;
    return due;
}

void sync_blocks(struct replica *r, uint32_t from, const struct message_blocks *in)
{
    const bool answer = r->asking && (from == r->asked_peer || r->asked_peer == NOBODY);
    const uint32_t final_before = twig_height(r->root);
    uint32_t reached = 0;
    if (!final_stands(r)) r->target_height = MAX(r->target_height, in->head_height);
    for (uint32_t i = 0; i < in->count; i++) {
        const struct arrival arrival = {.block = in->items[i].block, .certificate = in->items[i].certificate, .from = from};
        (void)admit_block(r, &arrival);
        if (tree_find(r, &in->items[i].block->hash) != NULL) reached = in->items[i].block->header.height;
    }
    if (in->proof != NULL) (void)proof_take(r, in->proof, from);
    r->target_height = MAX(r->target_height, in->head_height);
    if (!answer) return;
    const bool more = in->head_height > twig_height(r->head);
    if (twig_height(r->root) > final_before) {
        r->asking = false;
        if (more) ask(r, from, twig_height(r->root) + 1);
    } else if (reached >= r->asked_from) {
        r->asking = false;
        if (more && in->head_height > reached) ask(r, from, reached + 1); /* many blocks and none final: go on from the last */
    } /* else nothing came of it: whoever it was is not asked again before the time is up */
    if (!r->asking) r->target_height = 0;
}

/* ---- beginning again, which only a planted switch allows ---- */

void sync_rival(struct replica *r, uint32_t from)
{
    if (final_stands(r) || from == NOBODY || r->target_height <= twig_height(r->head)) return;
    r->rewind_from = from;
}

void sync_rewind(struct replica *r)
{
    const uint32_t from = r->rewind_from;
    r->rewind_from = NOBODY;
    for (size_t i = 0; i < r->parked.count; i++) {
        block_unref(r->parked.data[i].block);
        certificate_unref(r->parked.data[i].certificate);
        finality_unref(r->parked.data[i].proof);
    }
    vec_clear(&r->parked);
    vec_clear(&r->wants);
    for (size_t i = 0; i < r->tallies.count; i++) tally_free(r->tallies.data[i].tally);
    vec_clear(&r->tallies);
    for (size_t i = map_next(&r->loose, 0); i != MAP_END; i = map_next(&r->loose, i + 1))
        certificate_unref(*(struct certificate **)map_value_at(&r->loose, i));
    map_clear(&r->loose);
    map_clear(&r->refused);
    timeouts_clear(r);
    epoch_set(r, &r->first);
    tree_clear(r);
    r->root = r->head = tree_add(r, r->first.base.block, NULL, r->first.committee, 1);
    finality_unref(r->root_proof);
    r->root_proof = NULL;
    certificate_unref(r->high);
    r->high = NULL;
    r->lock = (struct votestate_lock){r->root->block->hash, 0, 0};
    r->votes.epoch = r->first.committee == NULL ? 0 : r->first.committee->epoch;
    r->votes.lock = r->lock;
    certificate_unref(r->votes.high);
    r->votes.high = NULL;
    vec_clear(&r->absent);
    round_leader(r);
    action_block(r, REPLICA_REWOUND, r->root->block, NULL);
    ask(r, from, 1);
}

/* ---- answering ---- */

void sync_answer_ended(struct replica *r, uint32_t from)
{
    if (r->epoch.proof != NULL) send_peer(r, from, message_of_finality(r->epoch.proof));
}

static struct finality_proof *proof_of_epoch_end(struct replica *r, const struct hash *hash)
{
    if (r->epoch.proof != NULL && hash_eq(hash, &r->epoch.base.block->hash)) return r->epoch.proof;
    return r->store.epoch_proof == NULL ? NULL : r->store.epoch_proof(r->store.ctx, hash);
}

/* Not so of blocks whose body the host has dropped. */
static bool is_whole(const struct certified_block *item) { return item->block->txs_count == item->block->header.transaction_count; }

/* Final blocks from the store, up to the end of an epoch. */
static size_t answer_final(struct replica *r, uint32_t height, struct certified_block *out, size_t max,
                           struct finality_proof **proof)
{
    size_t count = 0;
    while (count < max && height <= twig_height(r->root) && final_header_at(r, height, &out[count]) && is_whole(&out[count])) {
        const struct header *header = &out[count++].block->header;
        height++;
        if (!header_is_epoch_end(header) || header_is_closing(header)) continue;
        *proof = proof_of_epoch_end(r, &out[count - 1].block->hash);
        break;
    }
    return count;
}

/* The branch from above the root to the highest certified block. */
static size_t answer_branch(struct replica *r, uint32_t height, struct certified_block *out, size_t max)
{
    struct twig *top = r->high == NULL ? NULL : tree_find(r, &r->high->block_hash);
    if (top == NULL) top = r->head;
    while (top->parent != NULL && top->certificate == NULL) top = top->parent;
    size_t count = 0;
    for (uint32_t h = MAX(height, twig_height(r->root) + 1); h <= twig_height(top) && count < max; h++) {
        const struct twig *twig = top;
        while (twig_height(twig) > h) twig = twig->parent;
        out[count++] = (struct certified_block){twig->block, twig->certificate};
    }
    return count;
}

void sync_answer(struct replica *r, uint32_t from, const struct message_sync_request *in)
{
    struct certified_block items[MESSAGE_BLOCKS_MAX];
    struct finality_proof *proof = NULL;
    const size_t max = MIN(in->count_max, MESSAGE_BLOCKS_MAX);
    struct certified_block below;
    if (in->from_height == 0) return;
    size_t count = answer_final(r, in->from_height, items, max, &proof);
    if (count == 0 && final_header_at(r, in->from_height - 1, &below) && !hash_eq(&below.block->hash, &in->have) &&
        header_is_epoch_end(&below.block->header)) /* asks beyond the end of an epoch that is not final there */
        proof = proof_of_epoch_end(r, &below.block->hash);
    if (proof == NULL && in->from_height + count > twig_height(r->root))
        count += answer_branch(r, in->from_height + (uint32_t)count, items + count, max - count);
    if (count == 0 && proof == NULL) return;
    send_peer(r, from, message_of_blocks(r->domain, items, count, twig_height(r->head), proof));
}

void sync_answer_block(struct replica *r, uint32_t from, const struct hash *hash)
{
    struct certified_block item = {0};
    const struct twig *twig = tree_find(r, hash);
    if (twig != NULL) {
        item = (struct certified_block){twig->block, twig->certificate};
    } else if (r->store.block_of == NULL || !r->store.block_of(r->store.ctx, hash, &item)) {
        return;
    }
    if (!is_whole(&item)) return;
    send_peer(r, from, message_of_blocks(r->domain, &item, 1, twig_height(r->head), NULL));
}
