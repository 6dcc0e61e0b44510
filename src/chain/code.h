/* Code: every error code of the contract, with its HTTP status and the stages it may appear in. The only list.
 *
 * Stages: S static, A admission against the head state, X in a receipt, R read or transport, D only as
 * `dropped_reason` (HTTP 0). The last column is the sentence for people when nothing more exact is known. */
#ifndef CHAIN_CODE_H
#define CHAIN_CODE_H

#include "core/base/str.h"

#define CODE_LIST(C)                                                                                                             \
    C(PARSE_ERROR, 400, "S", "this cannot be parsed")                                                                            \
    C(INVALID_FORMAT, 400, "S", "the value is malformed")                                                                        \
    C(INVALID_FIELD_TYPE, 400, "S", "the value has the wrong type")                                                              \
    C(MISSING_FIELD, 400, "S", "a required field is missing")                                                                    \
    C(UNKNOWN_FIELD, 400, "S", "there is no such field")                                                                         \
    C(FIELD_TOO_LONG, 400, "S", "the value is too long")                                                                         \
    C(INVALID_ADDRESS, 400, "S", "this is not an address")                                                                       \
    C(UNSUPPORTED_VERSION, 400, "S", "this version is not supported")                                                            \
    C(UNKNOWN_KIND, 400, "S", "there is no such kind of transaction on this chain")                                              \
    C(INVALID_CHAIN_ID, 400, "S", "this belongs to the other chain")                                                             \
    C(NETWORK_MISMATCH, 400, "S", "this belongs to another network")                                                             \
    C(AMOUNT_NOT_POSITIVE, 400, "S", "the amount must be positive")                                                              \
    C(AMOUNT_NEGATIVE, 400, "S", "the amount is negative")                                                                       \
    C(AMOUNT_OUT_OF_RANGE, 400, "S", "the amount is out of range")                                                               \
    C(AMOUNT_TOO_SMALL, 400, "S", "the amount is too small")                                                                     \
    C(FIELD_MISMATCH, 400, "S", "two statements of the same thing differ")                                                       \
    C(SENDER_MISMATCH, 400, "S", "the sender is not the address of the public key")                                              \
    C(INVALID_PRICE, 400, "S", "the price is not valid")                                                                         \
    C(INVALID_NAME, 400, "S", "the name is not valid")                                                                           \
    C(INVALID_PROGRAM, 400, "S", "the program is not valid")                                                                     \
    C(INVALID_PARAMETER, 400, "R", "a parameter is not valid")                                                                   \
    C(INVALID_SIGNATURE, 401, "S", "the signature does not hold")                                                                \
    C(SIGNATURE_REQUIRED, 401, "S", "a signed transaction is required")                                                          \
    C(UNAUTHORIZED, 401, "R", "the token is missing or wrong")                                                                   \
    C(FEE_TOO_LOW, 402, "A", "the fee is below the minimum")                                                                     \
    C(FORBIDDEN, 403, "AX", "this is not allowed")                                                                               \
    C(NOT_OWNER, 403, "AX", "the sender does not own this")                                                                      \
    C(NOT_A_GOVERNOR, 403, "AX", "the sender is not a governor")                                                                 \
    C(GOVERNANCE_REVOKED, 403, "AX", "governance revoked")                                                                       \
    C(NOT_IN_VALIDATOR_SET, 403, "AX", "not a member of the validator set")                                                      \
    C(ORACLE_NOT_SEATED, 403, "AX", "oracle not seated")                                                                         \
    C(INSUFFICIENT_STAKE, 403, "AX", "insufficient stake")                                                                       \
    C(KYC_REQUIRED, 403, "AX", "kyc required")                                                                                   \
    C(KYC_PENDING, 403, "AX", "kyc pending")                                                                                     \
    C(KYC_REJECTED, 403, "AX", "kyc rejected")                                                                                   \
    C(UNKNOWN_METHOD, 404, "R", "there is no such route")                                                                        \
    C(BLOCK_NOT_FOUND, 404, "R", "there is no such block here")                                                                  \
    C(BLOCK_NOT_FINAL, 404, "R", "the block is not final")                                                                       \
    C(TRANSACTION_NOT_FOUND, 404, "R", "there is no such transaction here")                                                      \
    C(COMMITTEE_NOT_FOUND, 404, "R", "there is no such committee")                                                               \
    C(KEY_NOT_FOUND, 404, "R", "there is no such key")                                                                           \
    C(NODE_NOT_FOUND, 404, "R", "there is no such node")                                                                         \
    C(EPOCH_NOT_FOUND, 404, "R", "there is no such epoch")                                                                       \
    C(CHAOS_NOT_FOUND, 404, "R", "there is no such chaos")                                                                       \
    C(SWITCH_NOT_FOUND, 404, "R", "there is no such switch")                                                                     \
    C(EVIDENCE_NOT_FOUND, 404, "R", "there is no such evidence")                                                                 \
    C(PROGRAM_NOT_FOUND, 404, "RAX", "there is no such program")                                                                 \
    C(FUNCTION_NOT_FOUND, 404, "RAX", "there is no such function")                                                               \
    C(MAPPING_NOT_FOUND, 404, "RAX", "there is no such mapping")                                                                 \
    C(PROPOSAL_NOT_FOUND, 404, "RAX", "there is no such proposal")                                                               \
    C(VALIDATOR_NOT_FOUND, 404, "RAX", "there is no such validator")                                                             \
    C(GOVERNOR_NOT_FOUND, 404, "RAX", "there is no such governor")                                                               \
    C(LOCK_NOT_FOUND, 404, "RAX", "there is no such lock")                                                                       \
    C(BURN_NOT_FOUND, 404, "RAX", "there is no such burn")                                                                       \
    C(MESSAGE_NOT_FOUND, 404, "RAX", "there is no such message")                                                                 \
    C(MARKET_NOT_FOUND, 404, "RAX", "there is no such market")                                                                   \
    C(ORDER_NOT_FOUND, 404, "RAX", "there is no such order")                                                                     \
    C(POSITION_NOT_FOUND, 404, "RAX", "there is no such position")                                                               \
    C(ASSET_NOT_FOUND, 404, "RAX", "there is no such asset")                                                                     \
    C(REQUEST_NOT_FOUND, 404, "RAX", "there is no such request")                                                                 \
    C(KYC_NOT_FOUND, 404, "RAX", "there is no such kyc")                                                                         \
    C(NAME_NOT_FOUND, 404, "RAX", "there is no such name")                                                                       \
    C(COMMITMENT_NOT_FOUND, 404, "RAX", "there is no such commitment")                                                           \
    C(METHOD_NOT_ALLOWED, 405, "R", "the route does not take this method")                                                       \
    C(REQUEST_TIMEOUT, 408, "R", "the request took too long")                                                                    \
    C(TX_ALREADY_KNOWN, 409, "A", "the transaction is known already")                                                            \
    C(NONCE_TOO_LOW, 409, "A", "the nonce has been used")                                                                        \
    C(NONCE_CONFLICT, 409, "A", "another transaction with this nonce is waiting")                                                \
    C(NONCE_TOO_HIGH, 409, "A", "the nonce is too far ahead")                                                                    \
    C(UNLOCK_ID_ALREADY_USED, 409, "AX", "unlock id already used")                                                               \
    C(SOURCE_NOT_FINAL, 409, "AX", "source not final")                                                                           \
    C(ALREADY_VOTED, 409, "AX", "already voted")                                                                                 \
    C(ALREADY_EXECUTED, 409, "AX", "already executed")                                                                           \
    C(ALREADY_REGISTERED, 409, "AX", "already registered")                                                                       \
    C(ALREADY_EXISTS, 409, "AX", "already exists")                                                                               \
    C(VOTING_NOT_STARTED, 409, "AX", "voting not started")                                                                       \
    C(VOTING_PERIOD_ENDED, 409, "AX", "voting period ended")                                                                     \
    C(TIMELOCK_NOT_EXPIRED, 409, "AX", "timelock not expired")                                                                   \
    C(PROPOSAL_NOT_EXECUTABLE, 409, "AX", "proposal not executable")                                                             \
    C(AUCTION_PHASE_MISMATCH, 409, "AX", "auction phase mismatch")                                                               \
    C(NOT_DUE, 409, "AX", "not due")                                                                                             \
    C(ORDER_NOT_OPEN, 409, "AX", "order not open")                                                                               \
    C(POSITION_CLOSED, 409, "AX", "position closed")                                                                             \
    C(REQUEST_CLOSED, 409, "AX", "request closed")                                                                               \
    C(NULLIFIER_SPENT, 409, "AX", "nullifier spent")                                                                             \
    C(NOT_LIQUIDATABLE, 409, "AX", "not liquidatable")                                                                           \
    C(IPC_DUPLICATE, 409, "AX", "ipc duplicate")                                                                                 \
    C(IPC_OUT_OF_ORDER, 409, "AX", "ipc out of order")                                                                           \
    C(EQUIVOCATION, 409, "R", "this contradicts something signed in the same round")                                             \
    C(CHECKPOINT_CONFLICT, 409, "R", "this contradicts a final block")                                                           \
    C(TX_EXPIRED, 410, "AX", "the transaction has expired")                                                                      \
    C(PROOF_EXPIRED, 410, "AX", "proof expired")                                                                                 \
    C(API_VERSION_RETIRED, 410, "R", "this revision of the interface is retired")                                                \
    C(BODY_TOO_LARGE, 413, "R", "the body is too large")                                                                         \
    C(TX_TOO_LARGE, 413, "S", "the transaction is too large")                                                                    \
    C(PROGRAM_TOO_LARGE, 413, "S", "program too large")                                                                          \
    C(URI_TOO_LONG, 414, "R", "the path is too long")                                                                            \
    C(UNSUPPORTED_MEDIA_TYPE, 415, "R", "this media type is not taken here")                                                     \
    C(HEADERS_TOO_LARGE, 431, "R", "the headers are too large")                                                                  \
    C(INVALID_TOKEN_FOR_CHAIN, 422, "AX", "the token does not exist on this chain")                                              \
    C(INSUFFICIENT_BALANCE, 422, "AX", "the balance is too low")                                                                 \
    C(INSUFFICIENT_DEPOSIT, 422, "AX", "insufficient deposit")                                                                   \
    C(INSUFFICIENT_MARGIN, 422, "AX", "insufficient margin")                                                                     \
    C(LEVERAGE_EXCEEDS_LIMIT, 422, "AX", "leverage exceeds limit")                                                               \
    C(NO_LIQUIDITY, 422, "AX", "no liquidity")                                                                                   \
    C(SLIPPAGE_EXCEEDED, 422, "AX", "slippage exceeded")                                                                         \
    C(WOULD_CROSS, 422, "AX", "would cross")                                                                                     \
    C(INVALID_PROOF, 422, "AX", "the proof does not hold")                                                                       \
    C(UNKNOWN_ANCHOR, 422, "AX", "unknown anchor")                                                                               \
    C(UNKNOWN_RING_MEMBER, 422, "AX", "unknown ring member")                                                                     \
    C(RING_TOO_SMALL, 422, "AX", "ring too small")                                                                               \
    C(INVALID_EVIDENCE, 422, "AX", "the evidence proves nothing")                                                                \
    C(PRICE_OUTLIER, 422, "AX", "price outlier")                                                                                 \
    C(TIMESTAMP_OUT_OF_RANGE, 422, "AX", "the timestamp is too far from the clock")                                              \
    C(BELOW_RESERVE, 422, "AX", "below reserve")                                                                                 \
    C(REVEAL_MISMATCH, 422, "AX", "reveal mismatch")                                                                             \
    C(NOT_WINNER, 422, "AX", "not winner")                                                                                       \
    C(STEP_LIMIT, 422, "AX", "step limit")                                                                                       \
    C(STORAGE_LIMIT_EXCEEDED, 422, "AX", "storage limit exceeded")                                                               \
    C(ASSERTION_FAILED, 422, "AX", "assertion failed")                                                                           \
    C(VALIDATOR_JAILED, 422, "AX", "validator jailed")                                                                           \
    C(NOTHING_TO_CLAIM, 422, "AX", "nothing to claim")                                                                           \
    C(FLASH_LOAN_NOT_REPAID, 422, "AX", "flash loan not repaid")                                                                 \
    C(INVALID_BLOCK, 422, "R", "the block breaks a rule")                                                                        \
    C(ATTESTATION_HEIGHT_MISMATCH, 422, "R", "the height is not that of the block")                                              \
    C(RATE_LIMITED, 429, "R", "too many requests")                                                                               \
    C(PROPOSAL_LIMIT, 429, "A", "proposal limit")                                                                                \
    C(ACCOUNT_PENDING_LIMIT, 429, "A", "too many transactions of the sender are waiting")                                        \
    C(INTERNAL, 500, "R", "a defect of the node")                                                                                \
    C(FEATURE_NOT_AVAILABLE, 501, "R", "known, but not available on this network")                                               \
    C(MEMPOOL_FULL, 503, "A", "the mempool is full")                                                                             \
    C(ORACLE_STALE, 503, "AX", "oracle stale")                                                                                   \
    C(CIRCUIT_BREAKER_OPEN, 503, "AX", "circuit breaker open")                                                                   \
    C(NODE_UNAVAILABLE, 503, "R", "the node is down")                                                                            \
    C(NODE_SYNCING, 503, "R", "the node is catching up")                                                                         \
    C(OVERLOADED, 503, "R", "the node is overloaded")                                                                            \
    C(NOT_ENOUGH_DISK, 507, "R", "the disk of the node is full")                                                                 \
    C(TX_EVICTED, 0, "D", "evicted from a full mempool")                                                                         \
    C(TX_DROPPED, 0, "D", "dropped")

enum code {
    CODE_NONE, /* nothing is wrong */
#define C(name, http, stages, message) CODE_##name,
    CODE_LIST(C)
#undef C
        CODE_COUNT
};

struct str code_text(enum code code); /* "INSUFFICIENT_BALANCE"; empty for CODE_NONE */
bool code_parse(struct str text, enum code *out) MUST_CHECK;
uint16_t code_http(enum code code);
struct str code_stages(enum code code);
bool code_has_retry_after(enum code code); /* every 429 and 503 */
struct str code_message(enum code code);
struct str code_at(size_t i); /* the i-th name, empty behind the last: for did_you_mean_by */

#endif
