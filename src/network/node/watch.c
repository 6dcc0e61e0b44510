#include "network/node/node_priv.h"

/* ---- what an honest node notices about others, and says by X24 ---- */

void node_alert(struct node *node, const char *type, uint32_t height, const struct hash *block, const struct address *who)
{
    if (node->alerts.count >= FINDINGS_MAX) return;
    vec_push(&node->alerts, ((struct node_alert){.at = node_clock_ms(node), .height = height, .type = type, .subject = *block, .has_who = who != NULL}));
    if (who) vec_last(&node->alerts).who = *who;
    tell_alert(node, node->alerts.count - 1);
}

static bool alerted_since(const struct node *node, const char *type, const struct address *who, uint32_t height)
{
    for (size_t i = node->alerts.count; i-- > 0;) {
        const struct node_alert *alert = &node->alerts.data[i];
        if (strcmp(alert->type, type) == 0 && alert->has_who && address_eq(&alert->who, who)) return alert->height >= height;
    }
    return false;
}

/* ---- LOW_PARTICIPATION: whose vote is hardly ever in a certificate ---- */

#define PARTICIPATION_BLOCKS 40 /* of its membership, before anything is said */
#define PARTICIPATION_BPS 2500  /* certificates are of the first two thirds: whoever votes in time is in that share of them */

void node_watch_final(struct node *node, const struct stored *stored)
{
    const uint32_t height = stored_height(stored);
    if (height % 10 != 0) return;
    const struct committee *committee = node_committee_of(node, &stored->block->header.committee_hash);
    for (uint32_t i = 0; committee && i < committee->count; i++) {
        const struct address *who = &committee->members[i].address;
        const struct participation part = blockstore_participation(node->space->store, who);
        if (part.window_blocks < PARTICIPATION_BLOCKS || part.window_votes * UINT64_C(10000) >= (uint64_t)part.window_blocks * PARTICIPATION_BPS) continue;
        if (!alerted_since(node, "LOW_PARTICIPATION", who, height > 200 ? height - 200 : 0)) node_alert(node, "LOW_PARTICIPATION", height, stored_hash(stored), who);
    }
}

/* ---- CENSORSHIP_SUSPECTED: an old transaction left out where a later one of no higher tip was taken ---- */

#define WAITED_BLOCKS 2 /* so long a transaction has been around when it is passed over, and before the one that is taken */
#define SUSPECTS_MAX 4 /* transactions looked after in one block */
#define BLOCKS_BACK 8
#define STRIKES 2      /* blocks of one proposer, before anything is said */

static bool passed_over(const struct block *block, const struct tx *tx, uint64_t waited_ms)
{
    if (block->header.timestamp_ms < tx->received_ms + waited_ms) return false;
    for (uint32_t i = 0; i < block->txs_count; i++) {
        const struct tx *other = block->txs[i];
        if (kind_find(other->kind)->lane == LANE_GENERAL && other->received_ms > tx->received_ms + waited_ms && amount_cmp(other->tip, tx->tip) <= 0) return true;
    }
    return false;
}

static void strike(struct node *node, const struct block *block)
{
    bool fresh;
    uint32_t *strikes = map_put(&node->strikes, &block->header.proposer, &fresh);
    const struct address *who = &block->header.proposer;
    const uint32_t height = block->header.height;
    if (++*strikes < STRIKES) return;
    *strikes = 0;
    if (!alerted_since(node, "CENSORSHIP_SUSPECTED", who, height > 200 ? height - 200 : 0)) node_alert(node, "CENSORSHIP_SUSPECTED", height, &block->hash, who);
}

void node_watch_chosen(struct node *node, const struct block *parent, struct tx *const *txs, size_t count)
{
    const uint64_t now_ms = node_clock_ms(node), waited_ms = WAITED_BLOCKS * node->space->params.block_interval_ms;
    const struct tx *suspects[SUSPECTS_MAX];
    size_t found = 0;
    if (!node_guard_rotation(node->space)) return;
    for (size_t i = 0; i < MIN(count, 64) && found < SUSPECTS_MAX; i++)
        if (kind_find(txs[i]->kind)->lane == LANE_GENERAL && txs[i]->received_ms != 0 && now_ms > txs[i]->received_ms + waited_ms) suspects[found++] = txs[i];
    struct stored *at = found ? blockstore_find(node->space->store, &parent->hash) : NULL;
    for (uint32_t back = 0; at && !at->pruned && stored_height(at) > node->struck && back < BLOCKS_BACK; back++) {
        bool guilty = false;
        for (size_t i = 0; i < found; i++) guilty = guilty || passed_over(at->block, suspects[i], waited_ms);
        if (guilty && !address_eq(&at->block->header.proposer, &node->self->address)) strike(node, at->block);
        at = blockstore_find(node->space->store, &at->block->header.parent_hash);
    }
    node->struck = parent->header.height;
}
