#include "network/node/node_priv.h"

/* A history rewritten by those who hold keys of the committee of its time: empty blocks on a block that has long been final, each certified by
 * whoever is in the plot, rounds whose leader is not in it passed by their timeouts. It ends where the epoch would. */

struct plot {
    struct node *node;
    const struct seckey *const *keys; /* by peer; NULL: not in it */
    const struct committee *committee;
    uint32_t *signers; /* members that are in it, ascending */
    uint32_t signers_count;
    struct signature *signatures;
    uint64_t *high_rounds;
};

static const struct seckey *key_of(const struct plot *plot, uint32_t member)
{
    const uint32_t *peer = map_find(&plot->node->space->by_address, &plot->committee->members[member].address);
    return peer ? plot->keys[*peer] : NULL;
}

static struct certificate *certify(const struct plot *plot, const struct block *block)
{
    for (uint32_t i = 0; i < plot->signers_count; i++) {
        struct vote vote = {.domain = block->header.domain,
                            .height = block->header.height,
                            .round = block->header.round,
                            .block_hash = block->hash,
                            .voter = plot->committee->members[plot->signers[i]].address};
        vote_sign(&vote, plot->node->space->suite, key_of(plot, plot->signers[i]));
        plot->signatures[i] = vote.signature;
    }
    return certificate_new(block->header.height, block->header.round, &block->hash, plot->committee, plot->signers, plot->signatures, plot->signers_count);
}

static struct timeoutcert *time_out(const struct plot *plot, uint64_t round, struct certificate *high)
{
    for (uint32_t i = 0; i < plot->signers_count; i++) {
        struct timeout timeout = {.domain = plot->node->space->rules.domain,
                                  .round = round,
                                  .high_round = high ? high->round : 0,
                                  .voter = plot->committee->members[plot->signers[i]].address};
        timeout_sign(&timeout, plot->node->space->suite, key_of(plot, plot->signers[i]));
        plot->high_rounds[i] = timeout.high_round;
        plot->signatures[i] = timeout.signature;
    }
    return timeoutcert_new(round, plot->committee, high, plot->signers, plot->high_rounds, plot->signatures, plot->signers_count);
}

/* The next block of the plot on `parent`; its post-state goes to *out_post. NULL: it cannot be. */
static struct block *block_on(const struct plot *plot, const struct certified_block *parent, struct poststate *before, struct poststate **out_post)
{
    struct node_space *space = plot->node->space;
    const struct header *over = &parent->block->header;
    struct header header = {.domain = space->rules.domain,
                            .height = over->height + 1,
                            .round = over->round + 1,
                            .timestamp_ms = over->timestamp_ms + space->params.block_interval_ms,
                            .justify_round = over->round,
                            .parent_hash = parent->block->hash,
                            .justify_hash = parent->block->hash,
                            .committee_hash = plot->committee->hash,
                            .next_committee_hash = plot->committee->hash};
    uint32_t leader = 0;
    while (!committee_leader(plot->committee, header.round, &leader) || !key_of(plot, leader))
        if (++header.round > over->round + 2 * plot->committee->count) return NULL;
    header.proposer = plot->committee->members[leader].address;
    const struct ledger_frame frame = {
        .height = header.height, .round = header.round, .timestamp_ms = header.timestamp_ms, .proposer = header.proposer, .parent_hash = header.parent_hash};
    struct poststate *after = executor_run(space->executor, before, &frame, node_orders_at(space, header.height), NULL, 0);
    if (!poststate_is_good(after)) {
        poststate_unref(after);
        return NULL;
    }
    node_header_fill(&header, after->result);
    const struct hash hash = header_hash(&header);
    const struct signature signature = header_sign(&hash, space->suite, key_of(plot, leader));
    struct timeoutcert *tc = header.round > over->round + 1 ? time_out(plot, header.round - 1, parent->certificate) : NULL;
    struct block *block = block_new(&header, &signature, parent->certificate, tc, NULL, 0);
    timeoutcert_unref(tc);
    *out_post = after;
    return block;
}

/* The first height of the epoch that `height` is in. */
static uint32_t epoch_first(const struct blockstore *store, uint32_t height)
{
    uint32_t first = 1;
    for (size_t i = 0; i < blockstore_checkpoints(store) && blockstore_checkpoint_at(store, i) < height; i++) first = blockstore_checkpoint_at(store, i) + 1;
    return first;
}

static size_t rewrite(const struct plot *plot, struct certified_block parent, struct poststate *before, size_t length, struct certified_block *out)
{
    size_t count = 0;
    poststate_ref(before);
    while (count < length) {
        struct poststate *after = NULL;
        struct block *block = block_on(plot, &parent, before, &after);
        if (!block) break;
        out[count] = (struct certified_block){block, certify(plot, block)};
        parent = out[count++];
        poststate_unref(before);
        before = after;
    }
    poststate_unref(before);
    return count;
}

size_t node_fork_make(struct node *node, const struct seckey *const *keys, uint32_t from_height, uint32_t length, struct certified_block *out)
{
    struct blockstore *store = node->space->store;
    const uint32_t height = MAX(from_height, 1);
    struct stored *parent = blockstore_at(store, height - 1);
    struct poststate *before = parent ? node_post_of(node, parent) : NULL;
    const struct header *over = parent ? &parent->block->header : NULL;
    const struct committee *committee = over ? blockstore_committee(store, &over->next_committee_hash) : NULL;
    if (!before || !committee) return 0;
    const uint64_t last = (uint64_t)epoch_first(store, height) + ledger_params(poststate_state(before))->epoch_blocks - 2;
    if (last < height) return 0;
    struct plot plot = {.node = node, .keys = keys, .committee = committee};
    plot.signers = base_alloc(sizeof(*plot.signers) * committee->count);
    plot.signatures = base_alloc(sizeof(*plot.signatures) * committee->count);
    plot.high_rounds = base_alloc(sizeof(*plot.high_rounds) * committee->count);
    for (uint32_t i = 0; i < committee->count; i++)
        if (key_of(&plot, i)) plot.signers[plot.signers_count++] = i;
    const struct certified_block base = {parent->block, parent->certificate};
    const size_t count = plot.signers_count ? rewrite(&plot, base, before, MIN((uint64_t)length, last - height + 1), out) : 0;
    base_free(plot.signers);
    base_free(plot.signatures);
    base_free(plot.high_rounds);
    return count;
}
