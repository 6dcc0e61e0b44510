/* INV-03 bridge solvency, INV-04 bridge uniqueness, INV-08 order of messages: what both chains' final blocks, records and proven claims
 * say, held against each other. Nothing is asked here; watch_bridge.h reads. Part of struct judge. */
#ifndef INVARIANT_JUDGE_BRIDGE_H
#define INVARIANT_JUDGE_BRIDGE_H

#include "chain/response_bridge.h"
#include "core/base/map.h"
#include "core/base/time.h"
#include "core/base/vec.h"

struct judge;

/* A lock or burn, and what became of it. */
struct crossing {
    struct amount sent, paid;
    struct address to;      /* whom it is for */
    struct hash claim;      /* the transaction that claimed it last */
    uint64_t sequence;      /* of its message; 0: none seen */
    struct instant sent_seen, paid_seen;
    uint32_t sent_height, payments;
    bool is_sent, told;
    bool automatic;         /* relays were asked to claim it */
};
/* A message that is final where it was sent. */
struct crossing_message {
    struct hash id;
    struct instant seen;
    uint32_t there; /* the destination's final height at that time */
    bool executed, told;
};
struct crossing_claim {
    struct hash id;
    enum chain_id source;
};
struct judge_bridge {
    VEC(struct crossing_claim) claims; /* whose proven state nobody has looked at yet */
    struct map crossings[2];   /* by source chain - 1: id -> struct crossing */
    struct map messages[2];    /* likewise: u64 sequence -> struct crossing_message */
    u128 sent[2], paid[2];     /* sums of what was locked (burned), and of what was claimed for it */
    uint64_t applied[2];       /* the last message seen executed at its destination */
    uint64_t oldest[2];        /* no message below it waits */
    uint64_t executed_at[2];   /* when that was, by the destination's clock */
    bool told_sum[2];
    VEC(struct hash) open[2];  /* by source - 1, as they came: crossings of which not everything that belongs together was seen */
    uint64_t unclaimed[2];     /* likewise: sent with the wish to be claimed, and not claimed */
    uint64_t homeless[2];      /* claimed, and nothing that was claimed has been read */
    uint32_t moved[2];         /* by chain - 1: the last block that locked, burned or claimed */
    uint32_t balanced[2];      /* likewise: as far as the books were compared */
};
void judge_bridge_init(struct judge_bridge *bridge);
void judge_bridge_done(struct judge_bridge *bridge);

/* A final block of either chain, proven, with transactions and receipts (others are passed over). What was claimed in it is put down
 * in `claims`, to be looked up. */
void judge_bridge_block(struct judge *judge, enum chain_id chain, const struct block_view *block, struct instant now);
/* What a proven state says that a claim paid. */
void judge_bridge_claim(struct judge *judge, enum chain_id source, const struct hash *id, const struct address *paid_to,
                        struct amount amount, uint32_t height);
/* A record of what `source` sent, final there; and of what the other chain has executed. `there`: the destination's final height. */
void judge_bridge_sent(struct judge *judge, enum chain_id source, const struct ipc_record *record, uint32_t there, struct instant now);
void judge_bridge_executed(struct judge *judge, enum chain_id source, const struct ipc_record *record);
/* What had time enough and is still open: payments without a source, sources without a message, messages that nobody brought.
 * `heights`: both chains' final heights, by chain - 1. */
void judge_bridge_settle(struct judge *judge, const uint32_t heights[2], struct instant now);
/* What has no counterpart in what was read so far: locks and burns that relays were asked to claim and nobody has, claims of nothing. */
uint64_t judge_bridge_orphans(const struct judge *judge);
/* No orphans; and where everything that was sent has been claimed, the chains' own books were compared. */
bool judge_bridge_is_settled(const struct judge *judge);

#endif
