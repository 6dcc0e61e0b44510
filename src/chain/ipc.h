/* Ipc: the messages that cross the bridge (api 6.5). */
#ifndef CHAIN_IPC_H
#define CHAIN_IPC_H

#include "chain/payload.h"

#define IPC_BYTES_MAX 512
#define IPC_WINDOW 256 /* sequences beyond the last executed one that a chain keeps for the gap to close */

enum ipc_type {
    IPC_BLOCK_FINALIZED = 1, /* both ways; relay level: sequence 0, no leaf */
    IPC_LOCK_TRANSACTION = 2,
    IPC_BURN_TRANSACTION = 3,
    IPC_GOVERNANCE_EXECUTED = 4,
    IPC_VALIDATOR_EJECTION = 5,
    IPC_GOVERNANCE_MIRROR = 6,
    IPC_GOVERNANCE_TALLY = 7
};
struct ipc_block_finalized {
    uint32_t height;
    struct hash block_hash, state_root, messages_root, next_committee_hash;
};
struct ipc_transfer { /* lock_transaction, burn_transaction */
    struct hash id;   /* lock_id, burn_id */
    struct address sender, recipient;
    struct amount amount;
    bool automatic; /* auto_mint, auto_unlock */
};
struct ipc_governance_executed {
    struct hash proposal;
    uint8_t outcome; /* 1 executed, 2 defeated, 3 cancelled */
    struct action action;
};
struct ipc_ejection {
    struct address validator;
    uint8_t reason; /* enum evidence_type; 0: by a proposal */
    struct hash evidence_id;
};
struct ipc_mirror {
    struct hash proposal;
    uint32_t voting_blocks, timelock_blocks;
    bool joint;
    struct action action;
};
struct ipc_tally {
    struct hash proposal;
    struct amount yes, no, abstain;
    bool passed;
};
union ipc_body {
    struct ipc_block_finalized block_finalized;
    struct ipc_transfer transfer;
    struct ipc_governance_executed governance_executed;
    struct ipc_ejection ejection;
    struct ipc_mirror mirror;
    struct ipc_tally tally;
};
struct ipc_message {
    enum ipc_type type;
    struct domain source, destination;
    uint64_t sequence; /* from 1, without gaps, per direction; 0: block_finalized */
    uint32_t source_height;
    union ipc_body body;
};

struct str ipc_type_text(enum ipc_type type); /* "lock_transaction" */
bool ipc_type_parse(struct str text, enum ipc_type *out) MUST_CHECK;
void ipc_encode(const struct ipc_message *message, struct buf *out);
/* Canonical: what it takes, encoding gives again. Strings of an action are borrowed from `bytes`. */
bool ipc_decode(struct str bytes, struct ipc_message *out) MUST_CHECK;
struct hash ipc_id(struct str bytes); /* message_id of the encoded message */
void ipc_write_body(const struct ipc_message *message, struct json_writer *w); /* `decoded` of an IpcRecord: one object */

#endif
