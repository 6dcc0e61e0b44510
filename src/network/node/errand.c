#include "network/node/node_priv.h"

/* What those who stand beside a validator (relays) ask of its node. */

bool node_submit(struct node *node, struct tx *tx, struct apierror *error)
{
    struct mempool_ack ack;
    return rest_admit(node, tx, &ack, error);
}

uint64_t node_pending_nonce(struct node *node, const struct address *sender) { return mempool_pending_nonce(node->pool, sender); }

struct finality_proof *node_finality(struct node *node, uint32_t height)
{
    return height > 0 && height <= node_final_height(node) ? replica_finality_proof(node->replica, height) : NULL;
}

bool node_epoch_end(struct node *node, uint64_t epoch, uint32_t *out_height, struct committee **out_next)
{
    const struct blockstore *store = node->space->store;
    for (size_t i = 0; blockstore_epoch_at(store, i); i++) {
        const struct stored_epoch *next = blockstore_epoch_at(store, i);
        if (!next->committee || next->committee->epoch != epoch + 1) continue;
        const uint32_t height = stored_height(next->base);
        if (height > node_final_height(node) || node_block_at(node, height) != next->base) return false;
        *out_height = height;
        *out_next = next->committee;
        return true;
    }
    return false;
}

void node_alert_raise(struct node *node, const char *type, const struct hash *subject)
{
    node_alert(node, type, node_height(node), subject, NULL);
}

size_t node_findings(const struct node *node) { return node->evidence.count; }

void node_finding_at(const struct node *node, size_t i, struct hash *out_id, struct evidence *out)
{
    *out_id = node->evidence.data[i].id;
    *out = node->evidence.data[i].evidence;
}
