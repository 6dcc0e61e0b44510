/* Response, bridge: what DC1, DC4, X5, X6, X7, X15 and X25 answer (api 4.3, 4.4, 6.5), and what ipc.* events tell (6.7). */
#ifndef CHAIN_RESPONSE_BRIDGE_H
#define CHAIN_RESPONSE_BRIDGE_H

#include "chain/response.h"

enum ipc_direction { DIRECTION_IN, DIRECTION_OUT }; /* as the answering chain sees it */
enum ipc_status { IPC_EMITTED, IPC_FINAL, IPC_DELIVERED, IPC_EXECUTED, IPC_FAILED };
enum claim_status { CLAIM_SEEN, CLAIM_FINAL, CLAIM_PAID };
enum lock_status { LOCK_LOCKED = 1, LOCK_RELEASED = 2 }; /* as in the state entry of api 6.4 */

struct ipc_event {
    struct hash message_id;
    uint64_t sequence;
    uint32_t type; /* enum ipc_type of ipc.h */
    enum ipc_direction direction;
};

/* ---- DC4, X7 ---- */
struct ipc_record {
    struct hash message_id;
    uint64_t sequence;
    uint32_t type; /* enum ipc_type of ipc.h */
    enum chain_id source_chain, destination_chain;
    uint32_t source_height, message_index;
    struct str bytes;   /* of the message */
    struct str decoded; /* one JSON object: ipc_write_body */
    enum ipc_status status;
    uint64_t emitted_at;
    struct opt_u64 delivered_at, executed_at;
    struct opt_hash execute_transaction_id;
    uint32_t attempts;
    enum code error; /* CODE_NONE = null */
};

/* ---- DC1, X6: what came over the bridge and can be claimed. An address of the other chain is text. ---- */
struct lock_in_view { /* DC1 */
    struct hash lock_id;
    struct str sender; /* ax1... */
    struct address recipient;
    struct amount amount;
    uint32_t source_height, message_index;
    enum claim_status status; /* seen, final, minted */
    struct opt_hash mint_transaction_id;
    struct opt_u32 minted_height;
};
struct unlock_view { /* X6 */
    struct hash burn_id;
    struct address recipient;
    struct amount amount;
    enum claim_status status; /* seen, final, unlocked */
    struct opt_hash transaction_id;
};

/* ---- X5 ---- */
struct lock_view {
    struct hash lock_id;
    struct address sender;
    struct str recipient; /* dx1... */
    struct amount amount;
    uint32_t height;
    enum lock_status status;
    bool finalized;
};

/* ---- X15 ---- */
struct ipc_proof_view {
    struct hash message_id;
    uint32_t height;
    struct hash block_hash;
    struct merkle_proof proof;
};

/* ---- X25 ---- */
struct ipc_half {
    uint64_t last_emitted, last_final, last_delivered, last_executed;
    uint32_t pending;  /* final and not executed */
    uint64_t rejected; /* executed without success */
    bool halted;       /* something is pending and nothing has been executed for as long as the alert waits */
};
struct ipc_status_view {
    struct ipc_half in, out;
};

extern const struct shape shape_ipc_event, shape_ipc_record, shape_ipc_record_page, shape_lock_in, shape_unlock, shape_lock,
    shape_ipc_proof, shape_ipc_status;

struct str ipc_direction_text(enum ipc_direction direction);
bool ipc_direction_parse(struct str text, enum ipc_direction *out) MUST_CHECK;

#endif
