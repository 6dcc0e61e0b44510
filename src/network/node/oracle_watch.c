/* What a view notices of oracles: reports that are refused, or stand in a block and do not count, for the alert ORACLE_OUTLIER (X24). */
#include "network/node/node_priv.h"

#include "network/ledger/oracle_view.h"

#define STRAYS_MAX 8

static void tell(struct node *node, const struct address *who)
{
    const struct hash head = node_head_hash(node);
    node_alert(node, "ORACLE_OUTLIER", node_height(node), &head, who);
}

void node_oracle_refused(struct node *node, const struct tx *tx) { tell(node, &tx->sender); }

void node_oracle_watch(struct node *node)
{
    struct address strays[STRAYS_MAX];
    if (node_chain(node) != CHAIN_DELTA || node->head->block->header.transaction_count == 0) return;
    const struct ledger_state *state = node_state(node, false);
    for (size_t asset = 0; asset < ledger_oracle_assets_count(); asset++) {
        const size_t count = ledger_oracle_strays(state, asset, strays, STRAYS_MAX);
        for (size_t i = 0; i < count; i++) tell(node, &strays[i]);
    }
}
