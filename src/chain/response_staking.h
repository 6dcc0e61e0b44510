/* Response, staking: what X3 and U3 to U6 answer (api 4.4, 4.5). Accounts, validators and evidence are in response.h. */
#ifndef CHAIN_RESPONSE_STAKING_H
#define CHAIN_RESPONSE_STAKING_H

#include "chain/response.h"

/* ---- X3 ---- */
struct delegator_view {
    struct address address;
    struct amount amount;
};

/* ---- U3 ---- */
struct reward_pending {
    struct address validator;
    struct amount amount;
    uint32_t since_height; /* of the last claim, or of the bond */
};
struct rewards_view {
    struct address address;
    struct reward_pending *pending;
    uint32_t pending_count;
    struct amount total, claimed;
};

/* ---- U4 ---- */
enum reward_kind { REWARD_ACCRUAL, REWARD_CLAIM, REWARD_SLASH };
struct reward_event {
    struct address validator;
    struct amount amount;
    enum reward_kind kind;
    uint64_t epoch;
    uint32_t height;
    struct opt_hash transaction_id;
};

/* ---- U5 ---- */
struct claim_ack {
    struct tx_ack ack;
    struct amount amount; /* to claim in the state that admitted it */
};

/* ---- U6 ---- */
struct epoch_validator {
    struct address address;
    struct amount stake;
    uint16_t uptime_bps;
    struct amount commission, delegators_share, total; /* commission + delegators_share = total */
};
struct epoch_rewards {
    uint64_t epoch;
    uint32_t start_height, end_height;
    struct amount issued, fees;
    struct epoch_validator *validators;
    uint32_t validators_count;
};

extern const struct shape shape_delegator_page, shape_rewards, shape_reward_page, shape_claim_ack, shape_epoch_rewards;

#endif
