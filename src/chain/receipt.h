/* Receipt: what executing a transaction did. Small and plain: a ledger keeps one for every transaction. */
#ifndef CHAIN_RECEIPT_H
#define CHAIN_RECEIPT_H

#include "chain/tx.h"
#include "core/base/buf.h"
#include "core/codec/json.h"
#include "core/crypto/hash.h"

/* Which field a failed execution complains about: R(constant, path). */
#define RECEIPT_FIELD_LIST(R) \
    R(AMOUNT, "payload.amount") \
    R(TOKEN, "payload.token") \
    R(FEE, "fee") \
    R(OUTPUTS, "payload.outputs") \
    R(NONCE, "nonce") \
    R(VALID_UNTIL, "valid_until") \
    R(KIND, "kind") \
    R(SENDER, "sender") \
    R(TO, "payload.to") \
    R(VALIDATOR, "payload.validator") \
    R(CONSENSUS_KEY, "payload.consensus_key") \
    R(NAME, "payload.name") \
    R(COMMISSION_BPS, "payload.commission_bps") \
    R(STAKE, "payload.stake") \
    R(RESTAKE, "payload.restake") \
    R(DEPOSIT, "payload.deposit") \
    R(METADATA, "payload.metadata") \
    R(TITLE, "payload.title") \
    R(BODY_HASH, "payload.body_hash") \
    R(JOINT, "payload.joint") \
    R(ACTION, "payload.action") \
    R(PROPOSAL, "payload.proposal") \
    R(CHOICE, "payload.choice") \
    R(PROGRAM, "payload.program") \
    R(SOURCE, "payload.source") \
    R(FUNCTION, "payload.function") \
    R(INPUTS, "payload.inputs") \
    R(NOTE, "payload.note") \
    R(BLINDING, "payload.blinding") \
    R(REF_HEIGHT, "payload.ref_height") \
    R(POOL_FEE, "payload.pool_fee") \
    R(RANGE_PROOF, "payload.range_proof") \
    R(SIGNATURES, "payload.signatures") \
    R(RECIPIENT, "payload.recipient") \
    R(AUTO_MINT, "payload.auto_mint") \
    R(BURN_ID, "payload.burn_id") \
    R(LOCK_ID, "payload.lock_id") \
    R(SOURCE_HEIGHT, "payload.source_height") \
    R(MESSAGE_INDEX, "payload.message_index") \
    R(MESSAGE, "payload.message") \
    R(PROOF, "payload.proof") \
    R(NEXT_COMMITTEE, "payload.next_committee") \
    R(HEIGHT, "payload.height") \
    R(MESSAGES, "payload.messages") \
    R(MIN_BID, "payload.min_bid") \
    R(COMMIT_BLOCKS, "payload.commit_blocks") \
    R(REVEAL_BLOCKS, "payload.reveal_blocks") \
    R(COMMITMENT, "payload.commitment") \
    R(BID, "payload.bid") \
    R(SALT, "payload.salt") \
    R(TYPE, "payload.type") \
    R(FIRST, "payload.first") \
    R(SECOND, "payload.second") \
    R(OPS, "payload.ops") \
    R(PAIR, "payload.pair") \
    R(SIDE, "payload.side") \
    R(ORDER_TYPE, "payload.order_type") \
    R(PRICE, "payload.price") \
    R(QUANTITY, "payload.quantity") \
    R(TIF, "payload.tif") \
    R(MAX_SLIPPAGE_BPS, "payload.max_slippage_bps") \
    R(CLIENT_ID, "payload.client_id") \
    R(ORDER_ID, "payload.order_id") \
    R(BASE_AMOUNT, "payload.base_amount") \
    R(QUOTE_AMOUNT, "payload.quote_amount") \
    R(MIN_SHARES, "payload.min_shares") \
    R(SHARES, "payload.shares") \
    R(MIN_BASE, "payload.min_base") \
    R(MIN_QUOTE, "payload.min_quote") \
    R(AMOUNT_IN, "payload.amount_in") \
    R(MIN_OUT, "payload.min_out") \
    R(MARKET, "payload.market") \
    R(SIZE, "payload.size") \
    R(LEVERAGE, "payload.leverage") \
    R(LIMIT_PRICE, "payload.limit_price") \
    R(POSITION_ID, "payload.position_id") \
    R(DIRECTION, "payload.direction") \
    R(ASSET, "payload.asset") \
    R(TIMESTAMP, "payload.timestamp") \
    R(BOND, "payload.bond") \
    R(PROFILE_HASH, "payload.profile_hash") \
    R(DOCUMENTS_HASH, "payload.documents_hash") \
    R(COUNTRY, "payload.country") \
    R(SUBJECT, "payload.subject") \
    R(REGISTRATION, "payload.registration") \
    R(DECISION, "payload.decision") \
    R(REASON, "payload.reason") \
    R(CURRENCY, "payload.currency") \
    R(BANK_HASH, "payload.bank_hash") \
    R(REQUEST_ID, "payload.request_id") \
    R(APPROVE, "payload.approve") \
    R(OUTCOME, "payload.outcome") \
    R(REFERENCE, "payload.reference") \
    R(ACTION_KEY, "payload.action.key") \
    R(ACTION_VALUE, "payload.action.value") \
    R(ACTION_VALIDATOR, "payload.action.validator") \
    R(ACTION_AMOUNT, "payload.action.amount")

enum receipt_field {
    RECEIPT_FIELD_NONE,
#define R(constant, path) RECEIPT_FIELD_##constant,
    RECEIPT_FIELD_LIST(R)
#undef R
        RECEIPT_FIELD_COUNT
};

/* `details.reason` of codes that have several. */
#define RECEIPT_REASON_LIST(R)                                                                                                   \
    R(VOTING_OPEN, "voting_open")                                                                                                \
    R(NO_QUORUM, "no_quorum")                                                                                                    \
    R(DEFEATED, "defeated")                                                                                                      \
    R(NOT_QUEUED, "not_queued")                                                                                                  \
    R(OPENING, "opening")                                                                                                        \
    R(POOL, "pool")                                                                                                              \
    R(BALANCE, "balance")                                                                                                        \
    R(SIGNATURE, "signature")                                                                                                    \
    R(RANGE, "range")                                                                                                            \
    R(MERKLE, "merkle")                                                                                                          \
    R(CERTIFICATE, "certificate")                                                                                                \
    R(MESSAGE, "message")
enum receipt_reason {
    RECEIPT_REASON_NONE,
#define R(constant, text) RECEIPT_REASON_##constant,
    RECEIPT_REASON_LIST(R)
#undef R
        RECEIPT_REASON_COUNT
};

struct receipt {
    struct amount fee_charged;
    struct amount available, required; /* of INSUFFICIENT_*; else 0 */
    uint32_t steps;
    uint32_t index;               /* of the item that `reason` is about (a signature); else 0 */
    uint16_t code;                /* enum code; CODE_NONE: it succeeded */
    uint8_t field;                /* enum receipt_field */
    uint8_t reason;               /* enum receipt_reason */
};
_Static_assert(RECEIPT_FIELD_COUNT < 256, "a field fits in a byte");

static inline bool receipt_success(const struct receipt *receipt) { return receipt->code == CODE_NONE; }
bool receipt_eq(const struct receipt *a, const struct receipt *b);

/* The Merkle leaf data of api 6.4: id ‖ u8 success ‖ u128 fee_charged ‖ str code. At most RECEIPT_LEAF_BYTES_MAX. */
#define RECEIPT_LEAF_BYTES_MAX (32 + 1 + 16 + 2 + 64)
size_t receipt_leaf(const struct hash *id, const struct receipt *receipt, uint8_t out[RECEIPT_LEAF_BYTES_MAX]);

void receipt_error(const struct receipt *receipt, struct apierror *out); /* of a failed one: what its `error` member says */
/* `tx` is what it is the receipt of: a success tells its events, {type:"transfer", from, to, token, amount} for each output. NULL: none.
 * `told` are those of other kinds, as JSON objects with commas between; empty: none. */
void receipt_write(const struct receipt *receipt, const struct tx *tx, struct str told, struct json_writer *w);
bool receipt_read(const struct json *node, struct receipt *out) MUST_CHECK;
/* The events of a receipt that are no transfers, as receipt_write takes them; in the arena. Data NULL: none. */
struct str receipt_read_told(const struct json *node, struct arena *arena);

#endif
