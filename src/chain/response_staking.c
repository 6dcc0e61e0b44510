/* The tables behind response_staking.h, members in the order of the contract. */
#include "chain/response_staking.h"

#include "chain/shape_table_priv.h"

NAMES(reward_names, REWARD_ACCRUAL, "accrual", "claim", "slash");
NAMES(status_names, TX_PENDING, "pending", "included", "certified", "finalized", "dropped");
NAMES(stage_names, TX_STAGE_M1, "m1", "pq", "m2");

static const struct shape_field delegator_fields[] = {F(struct delegator_view, ADDRESS, address),
                                                      F(struct delegator_view, AMOUNT, amount)};
INNER(shape_delegator, "delegator", struct delegator_view, delegator_fields);
PAGE(shape_delegator_page, "page of delegators", shape_delegator);

static const struct shape_field pending_fields[] = {F(struct reward_pending, ADDRESS, validator),
                                                    F(struct reward_pending, AMOUNT, amount),
                                                    F(struct reward_pending, U32, since_height)};
INNER(shape_pending, "pending reward", struct reward_pending, pending_fields);
static const struct shape_field rewards_fields[] = {
    F(struct rewards_view, ADDRESS, address), ARRAY(struct rewards_view, pending, shape_pending),
    F(struct rewards_view, AMOUNT, total), F(struct rewards_view, AMOUNT, claimed)};
SHAPE(shape_rewards, "Rewards", struct rewards_view, rewards_fields);

static const struct shape_field event_fields[] = {
    F(struct reward_event, ADDRESS, validator),    F(struct reward_event, AMOUNT, amount),
    ENUM(struct reward_event, kind, reward_names), F(struct reward_event, U64, epoch),
    F(struct reward_event, U32, height),           OPT(struct reward_event, HASH, transaction_id)};
INNER(shape_reward, "reward", struct reward_event, event_fields);
PAGE(shape_reward_page, "page of rewards", shape_reward);

static const struct shape_field claim_ack_fields[] = {
    NAMED(struct claim_ack, "transaction_id", HASH, ack.transaction_id),
    {.name = "status", .type = SHAPE_ENUM, .offset = offsetof(struct claim_ack, ack.status), .of = &status_names},
    {.name = "stage", .type = SHAPE_ENUM, .offset = offsetof(struct claim_ack, ack.stage), .of = &stage_names},
    NAMED(struct claim_ack, "nonce", U64, ack.nonce),
    F(struct claim_ack, AMOUNT, amount)};
SHAPE(shape_claim_ack, "TxAck with amount", struct claim_ack, claim_ack_fields);

static const struct shape_field epoch_validator_fields[] = {
    F(struct epoch_validator, ADDRESS, address),         F(struct epoch_validator, AMOUNT, stake),
    F(struct epoch_validator, U16, uptime_bps),          F(struct epoch_validator, AMOUNT, commission),
    F(struct epoch_validator, AMOUNT, delegators_share), F(struct epoch_validator, AMOUNT, total)};
INNER(shape_epoch_validator, "validator's rewards", struct epoch_validator, epoch_validator_fields);
static const struct shape_field epoch_fields[] = {
    F(struct epoch_rewards, U64, epoch),      F(struct epoch_rewards, U32, start_height),
    F(struct epoch_rewards, U32, end_height), F(struct epoch_rewards, AMOUNT, issued),
    F(struct epoch_rewards, AMOUNT, fees),    ARRAY(struct epoch_rewards, validators, shape_epoch_validator)};
SHAPE(shape_epoch_rewards, "EpochRewards", struct epoch_rewards, epoch_fields);
