/* Code: every error code of the contract, with its HTTP status and the stages it may appear in. The only list.
 *
 * Stages: S static, A admission against the head state, X in a receipt, R read or transport, D only as
 * `dropped_reason` (HTTP 0). */
#ifndef CHAIN_CODE_H
#define CHAIN_CODE_H

#include "core/base/str.h"

#define CODE_LIST(C)                        \
    C(PARSE_ERROR, 400, "S")                \
    C(INVALID_FORMAT, 400, "S")             \
    C(INVALID_FIELD_TYPE, 400, "S")         \
    C(MISSING_FIELD, 400, "S")              \
    C(UNKNOWN_FIELD, 400, "S")              \
    C(FIELD_TOO_LONG, 400, "S")             \
    C(INVALID_ADDRESS, 400, "S")            \
    C(UNSUPPORTED_VERSION, 400, "S")        \
    C(UNKNOWN_KIND, 400, "S")               \
    C(INVALID_CHAIN_ID, 400, "S")           \
    C(NETWORK_MISMATCH, 400, "S")           \
    C(AMOUNT_NOT_POSITIVE, 400, "S")        \
    C(AMOUNT_NEGATIVE, 400, "S")            \
    C(AMOUNT_OUT_OF_RANGE, 400, "S")        \
    C(AMOUNT_TOO_SMALL, 400, "S")           \
    C(FIELD_MISMATCH, 400, "S")             \
    C(SENDER_MISMATCH, 400, "S")            \
    C(INVALID_PRICE, 400, "S")              \
    C(INVALID_NAME, 400, "S")               \
    C(INVALID_PROGRAM, 400, "S")            \
    C(INVALID_PARAMETER, 400, "R")          \
    C(INVALID_SIGNATURE, 401, "S")          \
    C(SIGNATURE_REQUIRED, 401, "S")         \
    C(UNAUTHORIZED, 401, "R")               \
    C(FEE_TOO_LOW, 402, "A")                \
    C(FORBIDDEN, 403, "AX")                 \
    C(NOT_OWNER, 403, "AX")                 \
    C(NOT_A_GOVERNOR, 403, "AX")            \
    C(GOVERNANCE_REVOKED, 403, "AX")        \
    C(NOT_IN_VALIDATOR_SET, 403, "AX")      \
    C(ORACLE_NOT_SEATED, 403, "AX")         \
    C(INSUFFICIENT_STAKE, 403, "AX")        \
    C(KYC_REQUIRED, 403, "AX")              \
    C(KYC_PENDING, 403, "AX")               \
    C(KYC_REJECTED, 403, "AX")              \
    C(UNKNOWN_METHOD, 404, "R")             \
    C(BLOCK_NOT_FOUND, 404, "R")            \
    C(BLOCK_NOT_FINAL, 404, "R")            \
    C(TRANSACTION_NOT_FOUND, 404, "R")      \
    C(COMMITTEE_NOT_FOUND, 404, "R")        \
    C(KEY_NOT_FOUND, 404, "R")              \
    C(NODE_NOT_FOUND, 404, "R")             \
    C(EPOCH_NOT_FOUND, 404, "R")            \
    C(CHAOS_NOT_FOUND, 404, "R")            \
    C(SWITCH_NOT_FOUND, 404, "R")           \
    C(EVIDENCE_NOT_FOUND, 404, "R")         \
    C(PROGRAM_NOT_FOUND, 404, "RAX")        \
    C(FUNCTION_NOT_FOUND, 404, "RAX")       \
    C(MAPPING_NOT_FOUND, 404, "RAX")        \
    C(PROPOSAL_NOT_FOUND, 404, "RAX")       \
    C(VALIDATOR_NOT_FOUND, 404, "RAX")      \
    C(GOVERNOR_NOT_FOUND, 404, "RAX")       \
    C(LOCK_NOT_FOUND, 404, "RAX")           \
    C(BURN_NOT_FOUND, 404, "RAX")           \
    C(MESSAGE_NOT_FOUND, 404, "RAX")        \
    C(MARKET_NOT_FOUND, 404, "RAX")         \
    C(ORDER_NOT_FOUND, 404, "RAX")          \
    C(POSITION_NOT_FOUND, 404, "RAX")       \
    C(ASSET_NOT_FOUND, 404, "RAX")          \
    C(REQUEST_NOT_FOUND, 404, "RAX")        \
    C(KYC_NOT_FOUND, 404, "RAX")            \
    C(NAME_NOT_FOUND, 404, "RAX")           \
    C(COMMITMENT_NOT_FOUND, 404, "RAX")     \
    C(METHOD_NOT_ALLOWED, 405, "R")         \
    C(REQUEST_TIMEOUT, 408, "R")            \
    C(TX_ALREADY_KNOWN, 409, "A")           \
    C(NONCE_TOO_LOW, 409, "A")              \
    C(NONCE_CONFLICT, 409, "A")             \
    C(NONCE_TOO_HIGH, 409, "A")             \
    C(UNLOCK_ID_ALREADY_USED, 409, "AX")    \
    C(SOURCE_NOT_FINAL, 409, "AX")          \
    C(ALREADY_VOTED, 409, "AX")             \
    C(ALREADY_EXECUTED, 409, "AX")          \
    C(ALREADY_REGISTERED, 409, "AX")        \
    C(ALREADY_EXISTS, 409, "AX")            \
    C(VOTING_NOT_STARTED, 409, "AX")        \
    C(VOTING_PERIOD_ENDED, 409, "AX")       \
    C(TIMELOCK_NOT_EXPIRED, 409, "AX")      \
    C(PROPOSAL_NOT_EXECUTABLE, 409, "AX")   \
    C(AUCTION_PHASE_MISMATCH, 409, "AX")    \
    C(NOT_DUE, 409, "AX")                   \
    C(ORDER_NOT_OPEN, 409, "AX")            \
    C(POSITION_CLOSED, 409, "AX")           \
    C(REQUEST_CLOSED, 409, "AX")            \
    C(NULLIFIER_SPENT, 409, "AX")           \
    C(NOT_LIQUIDATABLE, 409, "AX")          \
    C(IPC_DUPLICATE, 409, "AX")             \
    C(IPC_OUT_OF_ORDER, 409, "AX")          \
    C(EQUIVOCATION, 409, "R")               \
    C(CHECKPOINT_CONFLICT, 409, "R")        \
    C(TX_EXPIRED, 410, "AX")                \
    C(PROOF_EXPIRED, 410, "AX")             \
    C(API_VERSION_RETIRED, 410, "R")        \
    C(BODY_TOO_LARGE, 413, "R")             \
    C(TX_TOO_LARGE, 413, "S")               \
    C(PROGRAM_TOO_LARGE, 413, "S")          \
    C(URI_TOO_LONG, 414, "R")               \
    C(UNSUPPORTED_MEDIA_TYPE, 415, "R")     \
    C(HEADERS_TOO_LARGE, 431, "R")          \
    C(INVALID_TOKEN_FOR_CHAIN, 422, "AX")   \
    C(INSUFFICIENT_BALANCE, 422, "AX")      \
    C(INSUFFICIENT_DEPOSIT, 422, "AX")      \
    C(INSUFFICIENT_MARGIN, 422, "AX")       \
    C(LEVERAGE_EXCEEDS_LIMIT, 422, "AX")    \
    C(NO_LIQUIDITY, 422, "AX")              \
    C(SLIPPAGE_EXCEEDED, 422, "AX")         \
    C(WOULD_CROSS, 422, "AX")               \
    C(INVALID_PROOF, 422, "AX")             \
    C(UNKNOWN_ANCHOR, 422, "AX")            \
    C(UNKNOWN_RING_MEMBER, 422, "AX")       \
    C(RING_TOO_SMALL, 422, "AX")            \
    C(INVALID_EVIDENCE, 422, "AX")          \
    C(PRICE_OUTLIER, 422, "AX")             \
    C(TIMESTAMP_OUT_OF_RANGE, 422, "AX")    \
    C(BELOW_RESERVE, 422, "AX")             \
    C(REVEAL_MISMATCH, 422, "AX")           \
    C(NOT_WINNER, 422, "AX")                \
    C(STEP_LIMIT, 422, "AX")                \
    C(STORAGE_LIMIT_EXCEEDED, 422, "AX")    \
    C(ASSERTION_FAILED, 422, "AX")          \
    C(VALIDATOR_JAILED, 422, "AX")          \
    C(NOTHING_TO_CLAIM, 422, "AX")          \
    C(FLASH_LOAN_NOT_REPAID, 422, "AX")     \
    C(INVALID_BLOCK, 422, "R")              \
    C(ATTESTATION_HEIGHT_MISMATCH, 422, "R") \
    C(RATE_LIMITED, 429, "R")               \
    C(PROPOSAL_LIMIT, 429, "A")             \
    C(ACCOUNT_PENDING_LIMIT, 429, "A")      \
    C(INTERNAL, 500, "R")                   \
    C(FEATURE_NOT_AVAILABLE, 501, "R")      \
    C(MEMPOOL_FULL, 503, "A")               \
    C(ORACLE_STALE, 503, "AX")              \
    C(CIRCUIT_BREAKER_OPEN, 503, "AX")      \
    C(NODE_UNAVAILABLE, 503, "R")           \
    C(NODE_SYNCING, 503, "R")               \
    C(OVERLOADED, 503, "R")                 \
    C(NOT_ENOUGH_DISK, 507, "R")            \
    C(TX_EVICTED, 0, "D")                   \
    C(TX_DROPPED, 0, "D")

enum code {
    CODE_NONE, /* nothing is wrong */
#define C(name, http, stages) CODE_##name,
    CODE_LIST(C)
#undef C
    CODE_COUNT
};

struct str code_text(enum code code); /* "INSUFFICIENT_BALANCE"; empty for CODE_NONE */
bool code_parse(struct str text, enum code *out) MUST_CHECK;
uint16_t code_http(enum code code);
struct str code_stages(enum code code);
bool code_has_retry_after(enum code code); /* every 429 and 503 */
/* A short sentence for people, used where nothing more exact is known: "the balance is too low". */
struct str code_message(enum code code);
struct str code_at(size_t i); /* the i-th name, empty behind the last: for did_you_mean_by */

#endif
