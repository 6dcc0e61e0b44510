#include "network/node/node_priv.h"

static struct stored *final_at(const struct node *node, uint32_t height)
{
    if (map_count(&node->overrides) > 0) {
        struct stored *const *own = map_find(&node->overrides, &height);
        if (own) return *own;
    }
    if (node->base && height < stored_height(node->base)) return NULL; /* others of the process may have it */
    return blockstore_at(node->space->store, height);
}

struct committee *node_committee_of(const struct node *node, const struct hash *hash)
{
    struct replica_status status;
    replica_status(node->replica, &status);
    if (status.committee && hash_eq(&status.committee->hash, hash)) return status.committee;
    return blockstore_committee(node->space->store, hash);
}

struct stored *node_block_at(const struct node *node, uint32_t height)
{
    if (height <= stored_height(node->final)) return final_at(node, height);
    struct replica_found found;
    return replica_block_at(node->replica, height, &found) ? blockstore_find(node->space->store, &found.block->hash) : NULL;
}

enum block_status node_status_of(const struct node *node, struct stored *stored)
{
    const uint32_t height = stored_height(stored);
    if (height <= stored_height(node->final)) return final_at(node, height) == stored ? BLOCK_FINALIZED : BLOCK_ORPHANED;
    struct replica_found found;
    if (!replica_block_of(node->replica, stored_hash(stored), &found)) return BLOCK_ORPHANED;
    if (header_is_closing(&stored->block->header)) return BLOCK_ORPHANED;
    switch (found.state) {
    case REPLICA_FINALIZED:
        return BLOCK_FINALIZED;
    case REPLICA_CERTIFIED:
        return BLOCK_CERTIFIED;
    case REPLICA_TENTATIVE:
        return node_block_at(node, height) == stored ? BLOCK_TENTATIVE : BLOCK_ORPHANED;
    case REPLICA_STRAY:
        return BLOCK_ORPHANED;
    }
    UNREACHABLE();
}

struct stored *node_block_of(const struct node *node, const struct hash *hash, enum block_status *out_status)
{
    struct stored *stored = blockstore_find(node->space->store, hash);
    if (!stored) return NULL;
    struct replica_found found;
    const bool final = stored_height(stored) <= stored_height(node->final) && final_at(node, stored_height(stored)) == stored;
    const bool known = final || replica_block_of(node->replica, hash, &found) || map_find(&node->orphans, hash) != NULL;
    if (!known) return NULL; /* another node of the process has it */
    *out_status = node_status_of(node, stored);
    return stored;
}

bool node_on_chain(void *ctx, uint32_t height, const struct hash *hash)
{
    const struct node *node = ctx;
    struct stored *stored = blockstore_find(node->space->store, hash);
    if (!stored || stored_height(stored) != height) return false;
    if (height <= stored_height(node->final)) return final_at(node, height) == stored;
    /* Down from the pool's head, which may differ from the preferred one while a block is being built. */
    const struct block *block = node->pool_head;
    while (block && block->header.height > height) {
        struct stored *parent = blockstore_find(node->space->store, &block->header.parent_hash);
        block = parent ? parent->block : NULL;
    }
    return block == stored->block;
}

bool node_tx_executed(void *ctx, const struct hash *id)
{
    const struct node *node = ctx;
    const struct blockstore *store = node->space->store;
    for (struct txindex_hit hit = blockstore_tx_first(store, id); hit.found; hit = blockstore_tx_next(store, id, hit)) {
        struct stored *stored = blockstore_number(store, hit.block);
        if (node_on_chain(ctx, stored_height(stored), stored_hash(stored))) return true;
    }
    return false;
}

bool node_executed(void *ctx, const struct hash *id)
{
    struct node *node = ctx;
    const struct blockstore *store = node->space->store;
    for (struct txindex_hit hit = blockstore_tx_first(store, id); hit.found; hit = blockstore_tx_next(store, id, hit)) {
        const struct stored *stored = blockstore_number(store, hit.block);
        if (node_on_chain(node, stored_height(stored), stored_hash(stored))) return true;
    }
    return false;
}

/* Only what is in a final block is told as finalized. */
static enum tx_status guard_finalized(const struct node *node, enum block_status status)
{
    if (status == BLOCK_FINALIZED || weakness_on(&node->space->rules.weak, WEAKNESS_REPORT_INCLUDED_AS_FINAL)) return TX_FINALIZED;
    return status == BLOCK_CERTIFIED ? TX_CERTIFIED : TX_INCLUDED;
}

void node_tx_view_at(struct node *node, struct stored *stored, uint32_t place, struct arena *arena, struct tx_view *out)
{
    const enum block_status status = node_status_of(node, stored);
    struct tx *tx = stored->pruned ? NULL : stored->block->txs[place];
    *out = (struct tx_view){
        .id = *stored_tx_id(stored, place),
        .chain = node_chain(node),
        .envelope = tx ? tx_ref(tx) : NULL,
        .size = tx ? tx->size : 0,
        .received_at = tx && tx->received_ms ? tx->received_ms : stored->block->header.timestamp_ms,
        .block_height = {true, stored_height(stored)},
        .block_hash = {true, *stored_hash(stored)},
        .index = {true, place},
        .confirmations = node_height(node) - stored_height(stored) + 1,
        .included_at = {true, stored->block->header.timestamp_ms},
        .status = guard_finalized(node, status),
    };
    if (out->status == TX_FINALIZED) out->finalized_at = (struct opt_u64){true, stored->final_at_ms};
    out->has_receipt = stored_receipt(stored, place, &out->receipt);
    out->told = stored_told(stored, place, arena);
}

static bool pending_view(struct node *node, const struct hash *id, struct tx_view *out)
{
    uint64_t received_at_ms;
    const struct tx *tx = mempool_tx(node->pool, id, &received_at_ms);
    if (!tx) return false;
    *out = (struct tx_view){
        .id = *id,
        .chain = node_chain(node),
        .status = TX_PENDING,
        .envelope = tx_ref((struct tx *)(uintptr_t)tx),
        .size = tx->size,
        .received_at = received_at_ms,
    };
    return true;
}

/* Another has its nonce in a block that may yet be left behind: it is not over. */
static bool is_open(struct node *node, const struct dropped *dropped)
{
    struct ledger_account head, final;
    const struct tx *tx = dropped->tx;
    if (dropped->reason != CODE_TX_DROPPED) return false;
    ledger_account_get(node_state(node, false), &tx->sender, &head);
    ledger_account_get(node_state(node, true), &tx->sender, &final);
    return final.nonce <= tx->nonce && tx->nonce < head.nonce;
}

bool node_tx_view(struct node *node, const struct hash *id, struct arena *arena, struct tx_view *out)
{
    const struct blockstore *store = node->space->store;
    for (struct txindex_hit hit = blockstore_tx_first(store, id); hit.found; hit = blockstore_tx_next(store, id, hit)) {
        struct stored *stored = blockstore_number(store, hit.block);
        const uint32_t height = stored_height(stored);
        if (height > node_height(node) || node_block_at(node, height) != stored) continue;
        if (stored->pruned) return false; /* only its place is known, which is not enough for an answer */
        node_tx_view_at(node, stored, hit.place, arena, out);
        return true;
    }
    if (pending_view(node, id, out)) return true;
    const struct dropped *dropped = map_find(&node->dropped, id);
    if (!dropped) return false;
    const bool open = is_open(node, dropped);
    *out = (struct tx_view){
        .id = *id,
        .chain = node_chain(node),
        .status = open ? TX_PENDING : TX_STATUS_DROPPED,
        .envelope = tx_ref(dropped->tx),
        .size = dropped->tx->size,
        .received_at = dropped->tx->received_ms,
        .dropped_reason = open ? CODE_NONE : dropped->reason,
    };
    return true;
}

/* ---- figures for U1 and U2 ---- */

#define LIVE_ROUNDS 4 /* of the longest timeouts, without a final block */

bool node_is_live(const struct node *node)
{
    const struct params *params = &node->space->params;
    if (node->held || node->space->peers_count == 0 || !node->space->committee) return true;
    const uint64_t patience_ms = LIVE_ROUNDS * (params->round_timeout_max_ms + params->block_interval_ms);
    return instant_since(env_now(node->space->env), node->final_at).ns <= patience_ms * NS_PER_MS;
}

#define TPS_WINDOW_MS 10000
#define TPS_BLOCKS_MAX 1000
uint64_t node_tps_tenths(const struct node *node)
{
    const uint32_t top = node_final_height(node);
    const uint64_t until = node->final->block->header.timestamp_ms;
    uint64_t transactions = 0;
    for (uint32_t back = 0; back < TPS_BLOCKS_MAX && back < top; back++) {
        const struct stored *stored = node_block_at(node, top - back);
        if (!stored || stored->block->header.timestamp_ms + TPS_WINDOW_MS <= until) break;
        transactions += stored_txs_count(stored);
    }
    return transactions * 10000 / TPS_WINDOW_MS;
}

uint64_t node_round(const struct node *node)
{
    struct replica_status status;
    replica_status(node->replica, &status);
    return status.round;
}

uint32_t node_members(const struct node *node)
{
    struct replica_status status;
    replica_status(node->replica, &status);
    return status.committee ? status.committee->count : 0;
}
