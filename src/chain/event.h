/* Event: what a view tells its readers as it happens (api 6.7), and what a receipt lists: one struct and one shape a type. */
#ifndef CHAIN_EVENT_H
#define CHAIN_EVENT_H

#include "chain/shape.h"

/* E(constant, wire name, shape of its data): shapes that belong to a family are in that family's response header. */
#define EVENT_LIST(E)                                                                                                            \
    E(BLOCK_PROPOSED, "block.proposed")                                                                                          \
    E(BLOCK_CERTIFIED, "block.certified")                                                                                        \
    E(BLOCK_FINALIZED, "block.finalized")                                                                                        \
    E(BLOCK_ORPHANED, "block.orphaned")                                                                                          \
    E(CHAIN_REORG, "chain.reorg")                                                                                                \
    E(TX_PENDING, "tx.pending")                                                                                                  \
    E(TX_INCLUDED, "tx.included")                                                                                                \
    E(TX_FINALIZED, "tx.finalized")                                                                                              \
    E(TX_DROPPED, "tx.dropped")                                                                                                  \
    E(EVIDENCE_ADDED, "evidence.added")                                                                                          \
    E(ALERT, "alert")                                                                                                            \
    E(COMMITTEE_CHANGED, "committee.changed")                                                                                    \
    E(IPC_EMITTED, "ipc.emitted")                                                                                                \
    E(IPC_DELIVERED, "ipc.delivered")                                                                                            \
    E(IPC_EXECUTED, "ipc.executed")                                                                                              \
    E(IPC_FAILED, "ipc.failed")                                                                                                  \
    E(ORACLE_UPDATED, "oracle.updated")                                                                                          \
    E(DEX_ORDER, "dex.order")                                                                                                    \
    E(DEX_TRADE, "dex.trade")                                                                                                    \
    E(PERP_POSITION, "perp.position")                                                                                            \
    E(PERP_LIQUIDATION, "perp.liquidation")                                                                                      \
    E(PERP_FUNDING, "perp.funding")                                                                                              \
    E(GOV_PROPOSAL, "gov.proposal")                                                                                              \
    E(GOV_VOTE, "gov.vote")                                                                                                      \
    E(SHIELDED_NOTE, "shielded.note")                                                                                            \
    E(SHIELDED_NULLIFIER, "shielded.nullifier")                                                                                  \
    E(NAME_PHASE, "name.phase")                                                                                                  \
    E(OFFRAMP_STATUS, "offramp.status")                                                                                          \
    E(KYC_STATUS, "kyc.status")                                                                                                  \
    /* In receipts only. */                                                                                                      \
    E(SHIELDED, "shielded")

enum event_type {
#define E(constant, name) EVENT_##constant,
    EVENT_LIST(E)
#undef E
        EVENT_TYPE_COUNT
};
struct str event_type_text(enum event_type type);
bool event_type_parse(struct str text, enum event_type *out) MUST_CHECK;

#endif
