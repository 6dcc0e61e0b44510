/* What a view notices of Delta's markets: patterns in who trades and cancels, and proposers that reorder the DEX lane. */
#include "network/ledger/market_view.h"
#include "network/node/node_priv.h"

/* ---- patterns that the ledger found (PT-A-024): told when the block is final ---- */

#define PATTERNS_A_BLOCK 16

void node_watch_market(struct node *node, const struct ledger_state *state, const struct hash *block)
{
    struct market_pattern patterns[PATTERNS_A_BLOCK];
    if (node_chain(node) != CHAIN_DELTA) return;
    const size_t count = MIN(market_patterns(state, patterns, PATTERNS_A_BLOCK), (size_t)PATTERNS_A_BLOCK);
    for (size_t i = 0; i < count; i++) node_alert(node, patterns[i].type, ledger_height(state), block, &patterns[i].subject);
}

/* ---- the order of the DEX lane (api 2.4, PT-A-020) ---- */

/* Whether txs[late] stands before txs[i] and came more than `skew_ms` after it, going by `at`. The latest so far is remembered. */
struct order_scan {
    uint64_t skew_ms, latest_ms;
    size_t latest;
};
static bool scan_next(struct order_scan *scan, size_t i, uint64_t at_ms)
{
    if (at_ms + scan->skew_ms < scan->latest_ms) return true;
    if (at_ms > scan->latest_ms) {
        scan->latest_ms = at_ms;
        scan->latest = i;
    }
    return false;
}

static bool in_dex_lane(const struct tx *tx)
{
    const struct kind_row *row = kind_find(tx->kind);
    return row && row->lane == LANE_DEX;
}

/* By when a node of this process first had them: cheap, and enough to see that nothing is wrong. */
static bool order_is_suspect(const struct block *block, uint64_t skew_ms)
{
    struct order_scan scan = {.skew_ms = skew_ms};
    for (uint32_t i = 0; i < block->txs_count; i++) {
        const struct tx *tx = block->txs[i];
        if (tx->received_ms != 0 && in_dex_lane(tx) && scan_next(&scan, i, tx->received_ms)) return true;
    }
    return false;
}

void node_watch_lane(struct node *node, const struct block *block)
{
    if (node_chain(node) != CHAIN_DELTA || block->txs_count < 2) return;
    if (address_eq(&block->header.proposer, &node->self->address)) return;
    struct order_scan scan = {.skew_ms = ledger_params(node_state(node, false))->order_skew_ms};
    if (!order_is_suspect(block, scan.skew_ms)) return;
    for (uint32_t i = 0; i < block->txs_count; i++) {
        uint64_t at_ms;
        const struct tx *tx = block->txs[i];
        if (!in_dex_lane(tx) || !mempool_ready_at(node->pool, &tx->id, &at_ms)) continue;
        if (!scan_next(&scan, i, at_ms)) continue;
        node_alert(node, "FRONT_RUN_PATTERN", block->header.height, &block->hash, &block->header.proposer);
        return; /* one a block */
    }
}
