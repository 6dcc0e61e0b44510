#include "network/node/node_priv.h"

/* What the journal says, while it is read. */
struct recall {
    struct node *node;
    struct stored *final;
    struct stored *base;
    const struct stored_epoch *epoch;
    VEC(struct certified_block) blocks; /* in the order they were stored: parents before children */
    uint64_t own_round; /* the last round it has made a block in, as far as these tell */
};

static void recall_record(void *ctx, const struct journal_record *record)
{
    struct recall *recall = ctx;
    struct blockstore *store = recall->node->space->store;
    struct stored *stored = blockstore_find(store, &record->hash);
    if (!stored) return; /* not a block of this network's */
    switch (record->type) {
    case JOURNAL_BLOCK:
        vec_push(&recall->blocks, ((struct certified_block){stored->block, NULL}));
        if (address_eq(&stored->block->header.proposer, &recall->node->self->address))
            recall->own_round = MAX(recall->own_round, stored->block->header.round);
        return;
    case JOURNAL_CERTIFICATE:
        for (size_t i = recall->blocks.count; i-- > 0;)
            if (recall->blocks.data[i].block == stored->block) recall->blocks.data[i].certificate = stored->certificate;
        return;
    case JOURNAL_FINAL:
        recall->final = stored;
        return;
    case JOURNAL_BASE:
        recall->base = stored;
        return;
    case JOURNAL_EPOCH:
        recall->epoch = blockstore_epoch(store, &record->hash);
        return;
    }
}

/* The post-state after its last final block, as its disk keeps it. */
static void final_init(struct node *node, struct stored *final)
{
    node->final = final;
    if (node->self->disk_final == final) node->final_post = poststate_ref(node->self->disk_post);
    struct poststate *post = node_post_of(node, final);
    ASSERT(post); /* its block or an older state is always there: see POSTSTATES_KEPT and disk_post */
    if (!node->final_post) node->final_post = poststate_ref(post);
}

void node_restore(struct node *node, const struct votestate *votes)
{
    struct blockstore *store = node->space->store;
    struct recall recall = {.node = node, .final = blockstore_at(store, 0)};
    journal_read(&node->journal, recall_record, &recall);
    node->base = recall.base;
    final_init(node, recall.final);
    VEC(struct certified_block) above = {0};
    for (size_t i = 0; i < recall.blocks.count; i++) {
        const struct certified_block *item = &recall.blocks.data[i];
        const bool closing = header_is_closing(&item->block->header);
        if (item->block->header.height <= stored_height(recall.final) && !closing) continue;
        vec_push(&above, *item);
        vec_push(&node->tentative, blockstore_find(store, &item->block->hash));
    }
    struct replica_epoch epoch;
    if (recall.epoch) {
        epoch = (struct replica_epoch){.committee = recall.epoch->committee,
                                       .previous = recall.epoch->previous,
                                       .base = {recall.epoch->base->block, recall.epoch->base_certificate},
                                       .proof = recall.epoch->proof};
        node->epoch_base = *stored_hash(recall.epoch->base);
    }
    const bool has_final = stored_height(recall.final) > 0;
    /* A disk may have taken its own block and then refused the vote state that covers it. The block never left, and is there again:
     * a second one in that round would convict its maker. */
    struct votestate known;
    if (votes != NULL) votestate_copy(&known, votes);
    else if (recall.own_round > 0) votestate_init(&known, node->space->rules.domain, &node->self->address);
    if (votes != NULL || recall.own_round > 0) known.proposed_round = MAX(known.proposed_round, recall.own_round);
    const struct replica_restored restored = {
        .votes = votes != NULL || recall.own_round > 0 ? &known : NULL,
        .epoch = recall.epoch ? &epoch : NULL,
        .final = {has_final ? recall.final->block : NULL, has_final ? recall.final->certificate : NULL},
        .tentative = above.data,
        .tentative_count = above.count,
    };
    replica_restore(node->replica, &restored);
    if (votes != NULL || recall.own_round > 0) votestate_done(&known);
    vec_done(&above);
    vec_done(&recall.blocks);
}
