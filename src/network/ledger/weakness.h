/* Weakness: the planted switches, one list for the whole network under test. A switch removes one guard, so that an attack on
 * it can be shown to bite. All off on a hardened network. Each guard is one line that asks weakness_on; nothing is global: the
 * set is handed in with the rules. */
#ifndef LEDGER_WEAKNESS_H
#define LEDGER_WEAKNESS_H

#include "core/base/str.h"

/* W(constant, name, area, what is removed or changed while on, in this build: a guard of it asks) */
#define WEAKNESS_LIST(W)                                                                                                         \
    W(ONE_IDENTITY_ONE_VOTE, "vuln.one-identity-one-vote", "governance",                                                         \
      "stake weight (voters are counted), minimum stake, clustering", true)                                                      \
    W(LIVE_VOTE_WEIGHT, "vuln.live-vote-weight", "governance", "snapshot; weight read when the vote executes", true)             \
    W(NO_PROPOSAL_LIMITS, "vuln.no-proposal-limits", "governance", "deposit, per-governor and global caps", true)                \
    W(FREE_GOVERNOR_REGISTRATION, "vuln.free-governor-registration", "governance", "bond per registration", true)                \
    W(UNMETERED_VOTE_RESUBMISSION, "vuln.unmetered-vote-resubmission", "governance",                                             \
      "duplicate and rate checks on vote ingress", true)                                                                         \
    W(TIMELOCK_FROM_TX_TIMESTAMP, "vuln.timelock-from-tx-timestamp", "governance",                                               \
      "block-counted timelock; elapsed time is the transaction's own timestamp, window check off", true)                         \
    W(TRANSFERABLE_VOTE_RECEIPT, "vuln.transferable-vote-receipt", "governance",                                                 \
      "programs may read votes as mapping votes; offer alert", true)                                                            \
    W(GCI_SCORE_ONLY_TRIGGER, "vuln.gci-score-only-trigger", "governance",                                                       \
      "evidence trigger, stake lineage, unbonding freeze (score alone decides)", true)                                           \
    W(NO_UNLOCK_ID_UNIQUENESS, "vuln.no-unlock-id-uniqueness", "cross_chain", "one claim per lock and per burn", true)          \
    W(MINT_ON_INCLUSION, "vuln.mint-on-inclusion", "cross_chain", "finality of the source block", true)                         \
    W(UNSIGNED_DOMAIN, "vuln.unsigned-domain", "cross_chain",                                                                    \
      "chain, network and nonce in the signed bytes and their checks across chains", true)                                      \
    W(ATTESTATION_NO_HEIGHT_BINDING, "vuln.attestation-no-height-binding", "cross_chain", "height and round in a vote", true)    \
    W(LONGEST_CHAIN_FORK_CHOICE, "vuln.longest-chain-fork-choice", "cross_chain",                                                \
      "quorum; nodes commit alone and adopt the longer branch", true)                                                            \
    W(SKIP_MERKLE_VERIFICATION, "vuln.skip-merkle-verification", "cross_chain", "Merkle and certificate checks of claims",       \
      true)                                                                                                                     \
    W(NO_IPC_SEQUENCE_CHECK, "vuln.no-ipc-sequence-check", "cross_chain", "sequence uniqueness", true)                          \
    W(IPC_APPLY_ON_ARRIVAL, "vuln.ipc-apply-on-arrival", "cross_chain", "in-order buffer", true)                                \
    W(SINGLE_TRUSTED_RELAY, "vuln.single-trusted-relay", "cross_chain", "other relays, gap pull, gap alert", true)               \
    W(TIP_ORDERED_DEX_LANE, "vuln.tip-ordered-dex-lane", "markets", "arrival order; the DEX lane goes by tip", true)             \
    W(BUNDLE_POSITION_HINTS, "vuln.bundle-position-hints", "markets",                                                            \
      "flags 1/2 place a transaction before/after the largest trade; slippage bound", true)                                      \
    W(LIQUIDATE_WITHOUT_MARGIN_CHECK, "vuln.liquidate-without-margin-check", "markets", "eligibility at execution", true)        \
    W(ORACLE_MEAN_PRICE, "vuln.oracle-mean-price", "markets", "median; mean of all reports, outliers too", true)                 \
    W(ORACLE_OPEN_SEATS, "vuln.oracle-open-seats", "markets", "seats; anybody may report", true)                                 \
    W(ORACLE_ACCEPT_STALE, "vuln.oracle-accept-stale", "markets", "age limits of reports and prices", true)                      \
    W(ORACLE_SPOT_SOURCE, "vuln.oracle-spot-source", "markets", "separation; spot price feeds the oracle, no deviation breaker", \
      true)                                                                                                                      \
    W(FREE_CANCEL_AND_SELF_TRADE, "vuln.free-cancel-and-self-trade", "markets",                                                  \
      "cancel surcharge, self-trade prevention, both alerts", true)                                                              \
    W(MARK_FROM_LAST_TRADE, "vuln.mark-from-last-trade", "markets", "oracle mark; last trade decides liquidation", true)         \
    W(IGNORE_EQUIVOCATION_EVIDENCE, "vuln.ignore-equivocation-evidence", "consensus", "slashing and ejection", true)            \
    W(STICKY_PROPOSER, "vuln.sticky-proposer", "consensus", "rotation (proposers from the colluding set only), alert", true)     \
    W(ATTEST_WITHOUT_EXECUTION, "vuln.attest-without-execution", "consensus", "block validation before voting", true)            \
    W(UNANIMOUS_QUORUM, "vuln.unanimous-quorum", "consensus", "2/3 rule; certificates need all signers", true)                   \
    W(SYNC_LONGEST_FROM_GENESIS, "vuln.sync-longest-from-genesis", "consensus", "checkpoints, own final height on sync", true)   \
    W(NO_PEER_DIVERSITY, "vuln.no-peer-diversity", "consensus", "group limits, anchors, certificate checks on peers' headers",   \
      true)                                                                                                                      \
    W(IPC_ACCEPT_FORGED, "vuln.ipc-accept-forged", "consensus", "source check of injected messages", true)                      \
    W(NO_BOUNDARY_DELAY, "vuln.no-boundary-delay", "privacy", "wallet: random delay around deposits and withdrawals", true)     \
    W(UNIFORM_DECOYS, "vuln.uniform-decoys", "privacy", "wallet: decoys uniform over all notes", true)                          \
    W(NEWEST_ONLY_DECOYS, "vuln.newest-only-decoys", "privacy", "wallet: decoys are the newest notes", true)                    \
    W(PLAIN_SHIELD_AMOUNTS, "vuln.plain-shield-amounts", "privacy", "wallet: standard denominations", true)                     \
    W(SHIELDED_PLAINTEXT_RECEIPT, "vuln.shielded-plaintext-receipt", "privacy", "silence; note values appear in receipts",       \
      true)                                                                                                                      \
    W(STATIC_RECEIVE_ADDRESS, "vuln.static-receive-address", "privacy",                                                          \
      "wallet: fresh addresses; withdrawals to one address, constant tag in the note", true)                                    \
    W(SKIP_PROOF_VERIFICATION, "vuln.skip-proof-verification", "privacy", "ring signature check", true)                         \
    W(NO_KEY_IMAGE_CHECK, "vuln.no-key-image-check", "privacy", "key image uniqueness", true)                                   \
    W(NO_RANGE_PROOF_CHECK, "vuln.no-range-proof-check", "privacy", "range proof check", true)                                  \
    W(RING_SIZE_ONE, "vuln.ring-size-one", "privacy", "minimum ring; wallets use rings of one", true)                           \
    W(FIFO_MEMPOOL_NO_FEE_FLOOR, "vuln.fifo-mempool-no-fee-floor", "resources",                                                  \
      "fee floor, tip eviction, per-account cap; first come first kept", true)                                                   \
    W(UNMETERED_STORAGE, "vuln.unmetered-storage", "resources", "program size, storage limit and fee", true)                    \
    W(NO_API_RATE_LIMIT, "vuln.no-api-rate-limit", "resources", "limits and time-outs; one queue", true)                         \
    W(VERIFY_BEFORE_CHEAP_CHECKS, "vuln.verify-before-cheap-checks", "resources",                                                \
      "order of checks, peer quota; proofs first, on the consensus thread", true)                                               \
    W(UNMETERED_STEPS, "vuln.unmetered-steps", "resources", "step limit", true)                                                 \
    W(SKIP_SIGNATURE_CHECK, "vuln.skip-signature-check", "input", "signature check", true)                                       \
    W(MALLEABLE_SIGNATURES, "vuln.malleable-signatures", "input", "canonical and small-order checks", true)                      \
    W(TRUST_SENDER_FIELD, "vuln.trust-sender-field", "input", "sender from the key; JSON sender decides", true)                  \
    W(LENIENT_PARSER, "vuln.lenient-parser", "input", "strictness; guesses at malformed input", true)                            \
    W(DEFAULT_MISSING_FIELDS, "vuln.default-missing-fields", "input", "missing members are zero-filled", true)                   \
    W(SKIP_ADDRESS_CHECKSUM, "vuln.skip-address-checksum", "input", "checksum, case and HRP checks", true)                       \
    W(SKIP_BALANCE_CHECK, "vuln.skip-balance-check", "state", "balance check", true)                                             \
    W(NO_NONCE_UNIQUENESS, "vuln.no-nonce-uniqueness", "state", "one execution per nonce", true)                                 \
    W(ACCEPT_OLD_NONCE, "vuln.accept-old-nonce", "state", "lower and upper nonce bound", true)                                   \
    W(VOTE_ANY_STATE, "vuln.vote-any-state", "state", "status check of votes", true)                                             \
    W(NO_VOTER_DEDUP, "vuln.no-voter-dedup", "state", "one vote per voter", true)                                                \
    W(CREATE_ON_MISSING, "vuln.create-on-missing", "state", "existence; a blank object is made", true)                           \
    W(NO_TIMELOCK_CHECK, "vuln.no-timelock-check", "timing", "timelock", true)                                                   \
    W(VOTE_WINDOW_OFF_BY_ONE, "vuln.vote-window-off-by-one", "timing", "end check is one block late", true)                      \
    W(NO_PROOF_EXPIRY, "vuln.no-proof-expiry", "timing", "proof window", true)                                                  \
    W(NO_TIMESTAMP_WINDOW, "vuln.no-timestamp-window", "timing", "timestamp window, valid_until", true)                          \
    W(NO_AUCTION_PHASE_CHECK, "vuln.no-auction-phase-check", "timing", "phase, commitment, reserve and winner checks", true)    \
    W(IGNORE_CHAIN_ID, "vuln.ignore-chain-id", "domain", "chain check on ingress", true)                                         \
    W(IGNORE_NETWORK_ID, "vuln.ignore-network-id", "domain", "network check on ingress", true)                                   \
    W(TOKEN_ALIAS, "vuln.token-alias", "domain", "token check (sAX treated as AX)", true)                                        \
    W(VOTE_WITHOUT_STAKE, "vuln.vote-without-stake", "authorization", "stake check (weight at least 1)", true)                   \
    W(OPEN_PROPOSALS, "vuln.open-proposals", "authorization", "governor check", true)                                            \
    W(UNLOCK_UNKNOWN_ID, "vuln.unlock-unknown-id", "authorization", "source entry of a claim", true)                            \
    W(OPEN_PROPOSER, "vuln.open-proposer", "authorization", "membership of proposers and voters", true)                          \
    W(NO_KYC_GATE, "vuln.no-kyc-gate", "authorization", "KYC check", true)                                                       \
    W(WRAPPING_ARITHMETIC, "vuln.wrapping-arithmetic", "numbers", "overflow checks (wraps at 2^64)", true)                       \
    W(ALLOW_ZERO_AMOUNT, "vuln.allow-zero-amount", "numbers", "positive check", true)                                            \
    W(NO_SIZE_LIMIT, "vuln.no-size-limit", "numbers", "body and transaction size", true)                                         \
    W(SIGNED_AMOUNT, "vuln.signed-amount", "numbers", "sign check", true)                                                        \
    W(NO_LEVERAGE_CAP, "vuln.no-leverage-cap", "numbers", "leverage bounds", true)                                               \
    W(TRUNCATE_LONG_FIELDS, "vuln.truncate-long-fields", "numbers", "refusal; long fields are cut silently", true)               \
    W(EXECUTE_ORPHANS, "vuln.execute-orphans", "ordering", "nonce order", true)                                                  \
    W(REPORT_INCLUDED_AS_FINAL, "vuln.report-included-as-final", "ordering", "finality in status answers", true)                 \
    W(NON_ATOMIC_UPDATE, "vuln.non-atomic-update", "ordering", "atomic state change (double refund)", true)                      \
    W(CATCH_ALL_OK, "vuln.catch-all-ok", "api", "routing errors (200, empty body)", true)                                        \
    W(SILENT_FEATURE_IGNORE, "vuln.silent-feature-ignore", "api", "feature refusal", true)                                       \
    W(SERVE_RETIRED_API, "vuln.serve-retired-api", "api", "retirement of /v1", true)                                             \
    W(DROP_BRIDGE_MESSAGE, "vuln.drop-bridge-message", "cross_chain", "every 20th lock loses its message", true)                \
    W(ESCROW_LEAK, "vuln.escrow-leak", "offramp", "a failed settlement keeps 1 % of the escrow", true)                           \
    W(FIRST_PRICE_AUCTION, "vuln.first-price-auction", "names", "second price; winner pays own bid", true)                       \
    W(BREAK_TIME_PRIORITY, "vuln.break-time-priority", "markets", "later order at a price fills first", true)                    \
    W(CANCEL_ANY_ORDER, "vuln.cancel-any-order", "markets", "owner check of cancels", true)                                      \
    W(OPAQUE_ERRORS, "vuln.opaque-errors", "api", "refusals become bare 500 INTERNAL", true)

enum weakness {
#define W(constant, name, area, description, build) WEAKNESS_##constant,
    WEAKNESS_LIST(W)
#undef W
        WEAKNESS_COUNT
};

struct weaknesses {
    uint64_t bits[(WEAKNESS_COUNT + 63) / 64];
};

static inline bool weakness_on(const struct weaknesses *set, enum weakness weakness)
{
    return (set->bits[weakness / 64] >> (weakness % 64) & 1) != 0;
}
void weakness_put(struct weaknesses *set, enum weakness weakness, bool on);

struct weakness_row {
    enum weakness weakness;
    struct str name; /* "vuln.skip-balance-check" */
    struct str area, description;
    bool in_build; /* false: known, and refused until its guard exists */
};
const struct weakness_row *weakness_at(size_t i);          /* NULL behind the last */
const struct weakness_row *weakness_find(struct str name); /* NULL: no such switch */

#endif
