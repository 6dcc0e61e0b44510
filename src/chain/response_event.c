#include "chain/response_event.h"

#include "chain/shape_table_priv.h"

NAMES(lane_names, LANE_GENERAL, "general", "dex");

static const struct shape_field block_fields[] = {F(struct block_event, U32, height),       F(struct block_event, HASH, hash),
                                                  F(struct block_event, HASH, parent_hash), F(struct block_event, U64, round),
                                                  F(struct block_event, ADDRESS, proposer), F(struct block_event, U32, transaction_count)};
SHAPE(shape_block_event, "block event", struct block_event, block_fields);

static const struct shape_field reorg_fields[] = {F(struct reorg_event, HASH, from), F(struct reorg_event, HASH, to),
                                                  F(struct reorg_event, U32, ancestor_height), F(struct reorg_event, U32, depth)};
SHAPE(shape_reorg_event, "chain.reorg", struct reorg_event, reorg_fields);

static const struct shape_field pending_fields[] = {F(struct tx_pending_event, HASH, transaction_id),
                                                    F(struct tx_pending_event, STR, kind),
                                                    F(struct tx_pending_event, ADDRESS, sender),
                                                    F(struct tx_pending_event, U64, nonce),
                                                    F(struct tx_pending_event, AMOUNT, fee),
                                                    F(struct tx_pending_event, AMOUNT, tip),
                                                    F(struct tx_pending_event, U32, size),
                                                    ENUM(struct tx_pending_event, lane, lane_names),
                                                    {.name = "arrival",
                                                     .type = SHAPE_U64,
                                                     .offset = offsetof(struct tx_pending_event, arrival.value),
                                                     .maybe = true,
                                                     .absent = true,
                                                     .has_at = offsetof(struct tx_pending_event, arrival.has) + 1}};
SHAPE(shape_tx_pending_event, "tx.pending", struct tx_pending_event, pending_fields);

static const struct shape_field tx_event_fields[] = {
    F(struct tx_event, HASH, transaction_id), F(struct tx_event, U32, height), F(struct tx_event, U32, index), F(struct tx_event, BOOL, success),
    {.name = "code", .type = SHAPE_CODE, .offset = offsetof(struct tx_event, code), .maybe = true, .absent = true}};
SHAPE(shape_tx_event, "tx event", struct tx_event, tx_event_fields);

static const struct shape_field dropped_fields[] = {F(struct tx_dropped_event, HASH, transaction_id), F(struct tx_dropped_event, CODE, reason)};
SHAPE(shape_tx_dropped_event, "tx.dropped", struct tx_dropped_event, dropped_fields);

static const struct shape_field address_item_fields[] = {F(struct address_item, ADDRESS, value)};
static const struct shape shape_address_item = {.name = "address", .bytes = sizeof(struct address_item), .fields_count = 1, .fields = address_item_fields, .bare = true};
static const struct shape_field committee_fields[] = {F(struct committee_event, U64, epoch), F(struct committee_event, HASH, committee_hash),
                                                      ARRAY(struct committee_event, added, shape_address_item),
                                                      ARRAY(struct committee_event, removed, shape_address_item)};
SHAPE(shape_committee_event, "committee.changed", struct committee_event, committee_fields);

static const struct shape_field gap_fields[] = {F(struct gap_event, U64, from), F(struct gap_event, U64, to)};
SHAPE(shape_gap_event, "gap", struct gap_event, gap_fields);

static const struct shape_field alert_fields[] = {F(struct alert_view, U64, sequence), F(struct alert_view, STR, type),
                                                  F(struct alert_view, STR, subject),  F(struct alert_view, U32, height),
                                                  F(struct alert_view, U64, at),       F(struct alert_view, RAW, details)};
SHAPE(shape_alert, "Alert", struct alert_view, alert_fields);
PAGE(shape_alert_page, "page of Alert", shape_alert);
