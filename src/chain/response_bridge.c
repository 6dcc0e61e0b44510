/* The tables behind response_bridge.h, members in the order of the contract. */
#include "chain/response_bridge.h"

#include "chain/ipc.h"
#include "chain/shape_table_priv.h"

NAMES(chain_names, CHAIN_ALPHA, "alpha", "delta");
NAMES(type_names, IPC_BLOCK_FINALIZED, "block_finalized", "lock_transaction", "burn_transaction", "governance_executed",
      "validator_ejection", "governance_mirror", "governance_tally");
NAMES(direction_names, DIRECTION_IN, "in", "out");
NAMES(status_names, IPC_EMITTED, "emitted", "final", "delivered", "executed", "failed");
NAMES(mint_names, CLAIM_SEEN, "seen", "final", "minted");
NAMES(unlock_names, CLAIM_SEEN, "seen", "final", "unlocked");
NAMES(lock_names, LOCK_LOCKED, "locked", "released");

struct str ipc_direction_text(enum ipc_direction direction) { return str_of(direction_names_list[direction]); }

bool ipc_direction_parse(struct str text, enum ipc_direction *out)
{
    for (uint32_t i = 0; i < direction_names.count; i++) {
        if (!str_eq(text, str_of(direction_names_list[i]))) continue;
        *out = (enum ipc_direction)i;
        return true;
    }
    return false;
}

static const struct shape_field event_fields[] = {F(struct ipc_event, HASH, message_id), F(struct ipc_event, U64, sequence),
                                                  ENUM(struct ipc_event, type, type_names),
                                                  ENUM(struct ipc_event, direction, direction_names)};
SHAPE(shape_ipc_event, "ipc event", struct ipc_event, event_fields);

static const struct shape_field record_fields[] = {
    F(struct ipc_record, HASH, message_id),
    F(struct ipc_record, U64, sequence),
    ENUM(struct ipc_record, type, type_names),
    ENUM(struct ipc_record, source_chain, chain_names),
    ENUM(struct ipc_record, destination_chain, chain_names),
    F(struct ipc_record, U32, source_height),
    F(struct ipc_record, U32, message_index),
    F(struct ipc_record, HEX, bytes),
    F(struct ipc_record, RAW, decoded),
    ENUM(struct ipc_record, status, status_names),
    F(struct ipc_record, U64, emitted_at),
    OPT(struct ipc_record, U64, delivered_at),
    OPT(struct ipc_record, U64, executed_at),
    OPT(struct ipc_record, HASH, execute_transaction_id),
    F(struct ipc_record, U32, attempts),
    MAYBE(struct ipc_record, CODE, error),
};
SHAPE(shape_ipc_record, "IpcRecord", struct ipc_record, record_fields);
PAGE(shape_ipc_record_page, "page of IpcRecord", shape_ipc_record);

static const struct shape_field lock_in_fields[] = {
    F(struct lock_in_view, HASH, lock_id),
    F(struct lock_in_view, STR, sender),
    F(struct lock_in_view, ADDRESS, recipient),
    F(struct lock_in_view, AMOUNT, amount),
    F(struct lock_in_view, U32, source_height),
    F(struct lock_in_view, U32, message_index),
    ENUM(struct lock_in_view, status, mint_names),
    OPT(struct lock_in_view, HASH, mint_transaction_id),
    OPT(struct lock_in_view, U32, minted_height),
};
SHAPE(shape_lock_in, "Lock", struct lock_in_view, lock_in_fields);

static const struct shape_field unlock_fields[] = {F(struct unlock_view, HASH, burn_id), F(struct unlock_view, ADDRESS, recipient),
                                                   F(struct unlock_view, AMOUNT, amount),
                                                   ENUM(struct unlock_view, status, unlock_names),
                                                   OPT(struct unlock_view, HASH, transaction_id)};
SHAPE(shape_unlock, "Unlock", struct unlock_view, unlock_fields);

static const struct shape_field lock_fields[] = {
    F(struct lock_view, HASH, lock_id), F(struct lock_view, ADDRESS, sender),       F(struct lock_view, STR, recipient),
    F(struct lock_view, AMOUNT, amount), F(struct lock_view, U32, height), ENUM(struct lock_view, status, lock_names),
    F(struct lock_view, BOOL, finalized)};
SHAPE(shape_lock, "AlphaLock", struct lock_view, lock_fields);

static const struct shape_field proof_fields[] = {F(struct ipc_proof_view, HASH, message_id), F(struct ipc_proof_view, U32, height),
                                                  F(struct ipc_proof_view, HASH, block_hash),
                                                  OBJECT(struct ipc_proof_view, proof, shape_merkle_proof)};
SHAPE(shape_ipc_proof, "MessageProof", struct ipc_proof_view, proof_fields);

static const struct shape_field half_fields[] = {
    F(struct ipc_half, U64, last_emitted), F(struct ipc_half, U64, last_final), F(struct ipc_half, U64, last_delivered),
    F(struct ipc_half, U64, last_executed), F(struct ipc_half, U32, pending),   F(struct ipc_half, U64, rejected),
    F(struct ipc_half, BOOL, halted)};
INNER(shape_ipc_half, "direction", struct ipc_half, half_fields);
static const struct shape_field ipc_status_fields[] = {OBJECT(struct ipc_status_view, in, shape_ipc_half),
                                                       OBJECT(struct ipc_status_view, out, shape_ipc_half)};
SHAPE(shape_ipc_status, "IpcStatus", struct ipc_status_view, ipc_status_fields);
