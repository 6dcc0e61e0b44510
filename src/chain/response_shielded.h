/* What the routes of the shielded pool answer (X8, X9, X10, X26, X27), and what it tells: one struct and one shape each. Alpha only. */
#ifndef CHAIN_RESPONSE_SHIELDED_H
#define CHAIN_RESPONSE_SHIELDED_H

#include "chain/response.h"

enum note_kind { NOTE_OF_DEPOSIT, NOTE_OF_TRANSFER, NOTE_OF_WITHDRAW }; /* which kind made it */

struct note_view { /* X8 */
    uint32_t index, height;
    struct hash transaction_id; /* zero: of genesis */
    uint16_t output;
    enum note_kind kind;
    struct hash one_time_key, commitment, tx_key;
    struct str enc; /* 8 bytes */
    bool finalized;
};
struct shielded_state_view { /* X9 */
    uint32_t height, notes, nullifiers;
    struct amount pool;
    uint16_t ring_size;
    uint32_t note_maturity_blocks, proof_window_blocks;
};
struct nullifier_status { /* X10 */
    bool spent, pending;
    struct opt_u32 height;
    struct opt_hash transaction_id;
};
struct shielded_count { /* X26 */
    uint32_t height, notes;
};
struct nullifier_view { /* X27 */
    struct hash nullifier;
    uint32_t height;
    struct hash transaction_id;
};
extern const struct shape shape_note_list, shape_shielded_state, shape_nullifier_status, shape_shielded_count, shape_nullifier_list;

/* ---- events ---- */
struct shielded_receipt { /* in the receipt */
    struct str type;      /* "shielded" */
    struct str kind;      /* of the transaction */
    uint32_t first_index; /* of its notes */
    uint16_t outputs;
    struct bare_hash *nullifiers;
    uint32_t nullifiers_count;
    bool has_amount;
    struct amount amount;   /* public: of a deposit or a withdrawal */
    struct amount_item *values; /* what its notes say they hold, where they say it (vuln.shielded-plaintext-receipt) */
    uint32_t values_count;
    bool has_values;
};
struct shielded_note_event { /* shielded.note */
    uint32_t first_index, count, height;
};
struct shielded_nullifier_event { /* shielded.nullifier */
    struct hash nullifier;
    uint32_t height;
};
extern const struct shape shape_shielded_receipt, shape_shielded_note_event, shape_shielded_nullifier_event;

#endif
