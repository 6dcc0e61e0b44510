#include "network/node/node_priv.h"

/* Where a node begins: with what its disk holds, else with a checkpoint, else at genesis. */

struct held {
    bool final; /* a final block above genesis */
    struct hash base;
};

static void held_record(void *ctx, const struct journal_record *record)
{
    struct held *held = ctx;
    held->final = held->final || record->type == JOURNAL_FINAL;
    if (record->type == JOURNAL_BASE) held->base = record->hash;
}

/* The post-state to go on from; a reference. Views of one process share what they have: the state that was read serves where nobody has that, and
 * everywhere in builds that check twice. */
static struct poststate *post_of(struct node_space *space, const struct stored *stored, struct ledger_state *read)
{
#ifndef HOUSE_VERIFY
    struct poststate *kept = NULL;
    if (blockstore_newest(space->store, &kept) == stored) return poststate_ref(kept);
    if (stored->post) return poststate_ref(stored->post);
#else
    (void)stored;
#endif
    return executor_genesis(space->executor, read);
}

static bool disk_put(struct node *node, const struct checkpoint *checkpoint)
{
    struct node_space *space = node->space;
    const struct hash *hash = &checkpoint->base.block->hash;
    struct stored *stored = blockstore_at(space->store, checkpoint->base.block->header.height);
    if (!stored || !hash_eq(stored_hash(stored), hash)) return false; /* other views of this process have another final block there, or none */
    const struct replica_epoch epoch = {.committee = checkpoint->next, .previous = checkpoint->previous, .base = checkpoint->base, .proof = checkpoint->proof};
    blockstore_epoch_put(space->store, &epoch);
    blockstore_certify(stored, checkpoint->base.certificate);
    poststate_unref(node->self->disk_post);
    node->self->disk_post = post_of(space, stored, checkpoint->state);
    node->self->disk_final = stored;
    const struct journal_record records[] = {{JOURNAL_BASE, *hash}, {JOURNAL_EPOCH, *hash}, {JOURNAL_FINAL, *hash}};
    journal_rewrite(&node->journal, records, ARRAY_LEN(records));
    (void)journal_sync(&node->journal); /* a disk that refuses has nothing: it begins at genesis then */
    return true;
}

struct replica_checkpoint node_begin(struct node *node, const struct node_checkpoint *given)
{
    struct checkpoint checkpoint;
    struct held held = {0};
    journal_read(&node->journal, held_record, &held);
    if (!given || held.final || !node_guard_history(node->space)) {
        const struct stored *base = hash_is_zero(&held.base) ? NULL : blockstore_find(node->space->store, &held.base);
        return base ? (struct replica_checkpoint){stored_height(base), held.base} : (struct replica_checkpoint){0};
    }
    node->sync.refused = checkpoint_read(given, &node->space->rules, &checkpoint);
    if (node->sync.refused == CODE_NONE) {
        if (!disk_put(node, &checkpoint)) node->sync.refused = CODE_CHECKPOINT_CONFLICT;
        checkpoint_done(&checkpoint);
    }
    return (struct replica_checkpoint){given->trust.height, given->trust.hash};
}

const struct node_checkpoint *node_space_checkpoint(struct node_space *space)
{
    struct poststate *post = NULL;
    const struct stored *stored = blockstore_newest(space->store, &post);
    const struct stored_epoch *epoch = stored ? blockstore_epoch(space->store, stored_hash(stored)) : NULL;
    if (!epoch || !epoch->proof) return NULL;
    struct node_checkpoint *kept = &space->checkpoint;
    if (kept->bytes.data && hash_eq(&kept->trust.hash, stored_hash(stored))) return kept;
    struct buf bytes = {0};
    const struct certified_block base = {stored->block, epoch->base_certificate};
    base_free((void *)(uintptr_t)kept->bytes.data);
    checkpoint_write(&base, epoch->proof, poststate_state(post), &bytes, &kept->trust);
    kept->bytes = buf_str(&bytes); /* the buffer is the space's now */
    return kept;
}
