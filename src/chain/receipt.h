/* Receipt: what executing a transaction did. Small and plain: a ledger keeps one for every transaction. */
#ifndef CHAIN_RECEIPT_H
#define CHAIN_RECEIPT_H

#include "chain/tx.h"
#include "core/base/buf.h"
#include "core/codec/json.h"
#include "core/crypto/hash.h"

/* Which field a failed execution complains about. */
enum receipt_field {
    RECEIPT_FIELD_NONE,
    RECEIPT_FIELD_AMOUNT,
    RECEIPT_FIELD_TOKEN,
    RECEIPT_FIELD_FEE,
    RECEIPT_FIELD_OUTPUTS,
    RECEIPT_FIELD_NONCE,
    RECEIPT_FIELD_VALID_UNTIL,
    RECEIPT_FIELD_COUNT
};

struct receipt {
    struct amount fee_charged;
    struct amount available, required; /* of INSUFFICIENT_BALANCE; else 0 */
    uint32_t steps;
    enum code code; /* CODE_NONE: it succeeded */
    enum receipt_field field;
};

static inline bool receipt_success(const struct receipt *receipt) { return receipt->code == CODE_NONE; }
bool receipt_eq(const struct receipt *a, const struct receipt *b);

/* The Merkle leaf data of api 6.4: id ‖ u8 success ‖ u128 fee_charged ‖ str code. At most RECEIPT_LEAF_BYTES_MAX. */
#define RECEIPT_LEAF_BYTES_MAX (32 + 1 + 16 + 2 + 64)
size_t receipt_leaf(const struct hash *id, const struct receipt *receipt, uint8_t out[RECEIPT_LEAF_BYTES_MAX]);

void receipt_error(const struct receipt *receipt, struct apierror *out); /* of a failed one: what its `error` member says */
/* `tx` is what it is the receipt of: a success tells its events, {type:"transfer", from, to, token, amount} for each output. NULL: none. */
void receipt_write(const struct receipt *receipt, const struct tx *tx, struct json_writer *w);
bool receipt_read(const struct json *node, struct receipt *out) MUST_CHECK;

#endif
