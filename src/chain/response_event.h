/* Response, events: what the event stream tells of blocks, transactions and committees (api 6.7). What families tell is in their
 * own response headers; evidence and alerts are as X16 and X24. */
#ifndef CHAIN_RESPONSE_EVENT_H
#define CHAIN_RESPONSE_EVENT_H

#include "chain/event.h"
#include "chain/kind.h"
#include "chain/response.h"

struct block_event { /* block.* */
    uint32_t height;
    struct hash hash, parent_hash;
    uint64_t round;
    struct address proposer;
    uint32_t transaction_count;
};
struct reorg_event { /* chain.reorg */
    struct hash from, to;
    uint32_t ancestor_height, depth;
};
struct tx_pending_event { /* tx.pending */
    struct hash transaction_id;
    struct str kind;
    struct address sender;
    uint64_t nonce;
    struct amount fee, tip;
    uint32_t size;
    enum lane lane;
    struct opt_u64 arrival; /* left out while it waits for an earlier one */
};
struct tx_event { /* tx.included, tx.finalized */
    struct hash transaction_id;
    uint32_t height, index;
    bool success;
    enum code code; /* left out with success */
};
struct tx_dropped_event { /* tx.dropped */
    struct hash transaction_id;
    enum code reason;
};
struct committee_event { /* committee.changed */
    uint64_t epoch;
    struct hash committee_hash;
    struct address_item *added, *removed;
    uint32_t added_count, removed_count;
};
struct gap_event { /* gap: events that are no longer kept */
    uint64_t from, to;
};
struct alert_view { /* X24, alert */
    uint64_t sequence;
    struct str type, subject;
    uint32_t height;
    uint64_t at;
    struct str details; /* one JSON object */
};
extern const struct shape shape_block_event, shape_reorg_event, shape_tx_pending_event, shape_tx_event, shape_tx_dropped_event,
    shape_committee_event, shape_gap_event, shape_alert, shape_alert_page;

#endif
