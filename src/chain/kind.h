/* Kind: every kind of transaction the contract knows. Kinds that this build does not execute are known by name and
 * answered with FEATURE_NOT_AVAILABLE. */
#ifndef CHAIN_KIND_H
#define CHAIN_KIND_H

#include "chain/ids.h"

enum lane { LANE_GENERAL, LANE_DEX };

/* K(constant, code, name, chain, lane, allowed inside flash_loan, in this build) */
#define KIND_LIST(K)                                                                                                             \
    K(ALPHA_TRANSFER, 0x0101, "transfer", ALPHA, GENERAL, true, true)                                                            \
    K(ALPHA_BATCH_TRANSFER, 0x0102, "batch_transfer", ALPHA, GENERAL, false, true)                                               \
    K(ALPHA_STAKE, 0x0110, "stake", ALPHA, GENERAL, true, true)                                                                 \
    K(ALPHA_UNSTAKE, 0x0111, "unstake", ALPHA, GENERAL, true, true)                                                             \
    K(BOND, 0x0112, "bond", ALPHA, GENERAL, false, true)                                                                        \
    K(UNBOND, 0x0113, "unbond", ALPHA, GENERAL, false, true)                                                                    \
    K(VALIDATOR_REGISTER, 0x0114, "validator_register", ALPHA, GENERAL, false, true)                                            \
    K(VALIDATOR_UPDATE, 0x0115, "validator_update", ALPHA, GENERAL, false, true)                                                \
    K(VALIDATOR_EXIT, 0x0116, "validator_exit", ALPHA, GENERAL, false, true)                                                    \
    K(VALIDATOR_UNJAIL, 0x0117, "validator_unjail", ALPHA, GENERAL, false, true)                                                \
    K(REWARDS_CLAIM, 0x0118, "rewards_claim", ALPHA, GENERAL, false, true)                                                      \
    K(VOTE_DELEGATE, 0x0120, "vote_delegate", ALPHA, GENERAL, false, true)                                                      \
    K(VOTE_UNDELEGATE, 0x0121, "vote_undelegate", ALPHA, GENERAL, false, true)                                                  \
    K(GOVERNOR_REGISTER, 0x0130, "governor_register", ALPHA, GENERAL, false, true)                                               \
    K(GOVERNOR_RESIGN, 0x0131, "governor_resign", ALPHA, GENERAL, false, true)                                                   \
    K(PROPOSAL_CREATE, 0x0132, "proposal_create", ALPHA, GENERAL, false, true)                                                   \
    K(PROPOSAL_VOTE, 0x0133, "proposal_vote", ALPHA, GENERAL, true, true)                                                        \
    K(PROPOSAL_QUEUE, 0x0134, "proposal_queue", ALPHA, GENERAL, false, true)                                                     \
    K(PROPOSAL_EXECUTE, 0x0135, "proposal_execute", ALPHA, GENERAL, false, true)                                                 \
    K(PROPOSAL_CANCEL, 0x0136, "proposal_cancel", ALPHA, GENERAL, false, true)                                                   \
    K(PROGRAM_DEPLOY, 0x0140, "program_deploy", ALPHA, GENERAL, false, true)                                                    \
    K(PROGRAM_EXECUTE, 0x0141, "program_execute", ALPHA, GENERAL, false, true)                                                  \
    K(SHIELDED_DEPOSIT, 0x0150, "shielded_deposit", ALPHA, GENERAL, false, true)                                                \
    K(SHIELDED_TRANSFER, 0x0151, "shielded_transfer", ALPHA, GENERAL, false, true)                                              \
    K(SHIELDED_WITHDRAW, 0x0152, "shielded_withdraw", ALPHA, GENERAL, false, true)                                              \
    K(BRIDGE_LOCK, 0x0160, "bridge_lock", ALPHA, GENERAL, false, true)                                                          \
    K(BRIDGE_UNLOCK_CLAIM, 0x0161, "bridge_unlock_claim", ALPHA, GENERAL, false, true)                                          \
    K(ALPHA_IPC_DELIVER, 0x0162, "ipc_deliver", ALPHA, GENERAL, false, true)                                                    \
    K(NAME_AUCTION_OPEN, 0x0170, "name_auction_open", ALPHA, GENERAL, false, true)                                              \
    K(NAME_COMMIT, 0x0171, "name_commit", ALPHA, GENERAL, false, true)                                                          \
    K(NAME_REVEAL, 0x0172, "name_reveal", ALPHA, GENERAL, false, true)                                                          \
    K(NAME_FINALIZE, 0x0173, "name_finalize", ALPHA, GENERAL, false, true)                                                      \
    K(NAME_CLAIM, 0x0174, "name_claim", ALPHA, GENERAL, false, true)                                                            \
    K(ALPHA_EVIDENCE_SUBMIT, 0x0180, "evidence_submit", ALPHA, GENERAL, false, true)                                            \
    K(ALPHA_FLASH_LOAN, 0x0190, "flash_loan", ALPHA, GENERAL, false, true)                                                       \
    K(DELTA_TRANSFER, 0x0201, "transfer", DELTA, GENERAL, true, true)                                                            \
    K(DELTA_BATCH_TRANSFER, 0x0202, "batch_transfer", DELTA, GENERAL, false, true)                                               \
    K(DELTA_STAKE, 0x0203, "stake", DELTA, GENERAL, true, true)                                                                 \
    K(DELTA_UNSTAKE, 0x0204, "unstake", DELTA, GENERAL, true, true)                                                             \
    K(MINT_CLAIM, 0x0210, "mint_claim", DELTA, GENERAL, false, true)                                                            \
    K(BURN, 0x0211, "burn", DELTA, GENERAL, false, true)                                                                        \
    K(DELTA_IPC_DELIVER, 0x0212, "ipc_deliver", DELTA, GENERAL, false, true)                                                    \
    K(ORDER_PLACE, 0x0220, "order_place", DELTA, DEX, true, true)                                                                \
    K(ORDER_CANCEL, 0x0221, "order_cancel", DELTA, DEX, false, true)                                                             \
    K(ORDER_CANCEL_ALL, 0x0222, "order_cancel_all", DELTA, DEX, false, true)                                                     \
    K(AMM_ADD, 0x0230, "amm_add", DELTA, DEX, true, true)                                                                        \
    K(AMM_REMOVE, 0x0231, "amm_remove", DELTA, DEX, true, true)                                                                  \
    K(AMM_SWAP, 0x0232, "amm_swap", DELTA, DEX, true, true)                                                                      \
    K(PERP_OPEN, 0x0240, "perp_open", DELTA, DEX, true, true)                                                                    \
    K(PERP_CLOSE, 0x0241, "perp_close", DELTA, DEX, true, true)                                                                  \
    K(PERP_MARGIN, 0x0242, "perp_margin", DELTA, DEX, false, true)                                                               \
    K(PERP_LIQUIDATE, 0x0243, "perp_liquidate", DELTA, DEX, false, true)                                                         \
    K(ORACLE_SUBMIT, 0x0250, "oracle_submit", DELTA, GENERAL, false, true)                                                       \
    K(ORACLE_REGISTER, 0x0251, "oracle_register", DELTA, GENERAL, false, true)                                                   \
    K(ORACLE_EXIT, 0x0252, "oracle_exit", DELTA, GENERAL, false, true)                                                           \
    K(FUNDING_SETTLE, 0x0253, "funding_settle", DELTA, GENERAL, false, true)                                                     \
    K(KYC_SUBMIT, 0x0260, "kyc_submit", DELTA, GENERAL, false, true)                                                             \
    K(KYC_REVIEW, 0x0261, "kyc_review", DELTA, GENERAL, false, true)                                                             \
    K(OFFRAMP_REQUEST, 0x0262, "offramp_request", DELTA, GENERAL, false, true)                                                   \
    K(OFFRAMP_APPROVE, 0x0263, "offramp_approve", DELTA, GENERAL, false, true)                                                   \
    K(OFFRAMP_SETTLE, 0x0264, "offramp_settle", DELTA, GENERAL, false, true)                                                     \
    K(OFFRAMP_RETRY, 0x0265, "offramp_retry", DELTA, GENERAL, false, true)                                                       \
    K(OFFRAMP_CANCEL, 0x0266, "offramp_cancel", DELTA, GENERAL, false, true)                                                     \
    K(GOV_VOTE, 0x0270, "gov_vote", DELTA, GENERAL, true, true)                                                                  \
    K(GOV_EXECUTE, 0x0271, "gov_execute", DELTA, GENERAL, false, true)                                                           \
    K(DELTA_EVIDENCE_SUBMIT, 0x0280, "evidence_submit", DELTA, GENERAL, false, true)                                            \
    K(DELTA_FLASH_LOAN, 0x0290, "flash_loan", DELTA, DEX, false, true)

enum kind {
    KIND_NONE = 0,
#define K(constant, code, name, chain, lane, flash, build) KIND_##constant = code,
    KIND_LIST(K)
#undef K
};

struct kind_row {
    enum kind kind; /* its value is the wire code */
    struct str name;
    enum chain_id chain;
    enum lane lane;
    bool flash_loan; /* may stand inside a flash_loan */
    bool in_build;
};

const struct kind_row *kind_find(uint16_t code); /* NULL: no such kind */
const struct kind_row *kind_find_name(enum chain_id chain, struct str name);
const struct kind_row *kind_at(size_t i); /* NULL behind the last */
struct str lane_text(enum lane lane);     /* "general", "dex" */
bool lane_parse(struct str text, enum lane *out) MUST_CHECK;

#endif
