/* What the parts of tx share. */
#ifndef CHAIN_TX_PRIV_H
#define CHAIN_TX_PRIV_H

#include "chain/tx.h"

/* Offsets of the canonical header (api 2.2). */
enum {
    TX_AT_VERSION = 4,
    TX_AT_CHAIN = 5,
    TX_AT_NETWORK = 6,
    TX_AT_KIND = 8,
    TX_AT_FLAGS = 10,
    TX_AT_NONCE = 12,
    TX_AT_FEE = 20,
    TX_AT_TIP = 36,
    TX_AT_VALID_UNTIL = 52,
    TX_AT_TIMESTAMP = 56,
    TX_AT_KEY = 64,
    TX_AT_PAYLOAD_LEN = 96,
};

/* Offsets inside the payload of a transfer and of a batch. */
enum { TRANSFER_AT_TOKEN = 32, TRANSFER_AT_AMOUNT = 33, TRANSFER_AT_MEMO_LEN = 49, TRANSFER_AT_MEMO = 53 };
enum { BATCH_AT_COUNT = 1, BATCH_AT_OUTPUTS = 3, BATCH_OUTPUT_BYTES = 48 };

static inline bool tx_is_transfer(uint16_t kind) { return kind == KIND_ALPHA_TRANSFER || kind == KIND_DELTA_TRANSFER; }
static inline bool tx_is_batch(uint16_t kind) { return kind == KIND_ALPHA_BATCH_TRANSFER || kind == KIND_DELTA_BATCH_TRANSFER; }

bool tx_check_flags(uint64_t flags, const struct tx_rules *rules, struct apierror *error) MUST_CHECK;
struct tx *tx_alloc(size_t size); /* one reference, `size` bytes of room, nothing filled in */
/* Checks and fills everything from tx->bytes; the signature bytes may still be missing. On false the tx is only good for
 * tx_unref. */
bool tx_fill(struct tx *tx, const struct tx_rules *rules, struct apierror *error) MUST_CHECK;
/* The values of the header that are the same for both forms, in the order of api 2.5. */
bool tx_check_header(uint64_t version, struct domain domain, const struct tx_rules *rules, struct apierror *error) MUST_CHECK;
bool tx_check_kind(const struct kind_row *row, enum chain_id chain, struct str name, struct apierror *error) MUST_CHECK;

#endif
