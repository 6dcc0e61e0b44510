/* Params: the parameters of a chain (api 11), by name, with the defaults of both profiles. */
#ifndef CHAIN_PARAMS_H
#define CHAIN_PARAMS_H

#include "chain/amount.h"
#include "core/base/arena.h"
#include "core/base/err.h"

enum profile { PROFILE_TEST, PROFILE_PRODUCTION };

/* One chain's values. All are u64 so that the table can reach them; amounts here are far below 2^64. */
struct params {
    uint64_t block_interval_ms, round_timeout_ms, round_timeout_max_ms;
    uint64_t max_block_transactions, max_block_bytes, max_tx_bytes;
    uint64_t genesis_stake;
    uint64_t max_clock_skew_ms, max_block_skew_ms;
    uint64_t max_validators, epoch_blocks, finality_depth;
    uint64_t min_fee_base, min_fee_per_byte, storage_fee_per_byte;
    uint64_t max_pending_per_sender, nonce_window, mempool_capacity, order_skew_ms;
    uint64_t voting_delay_blocks, voting_period_blocks, timelock_blocks;
    uint64_t quorum_bps, threshold_bps;
    uint64_t unbonding_blocks;
    uint64_t max_steps, program_storage_bytes;
    uint64_t funding_interval_blocks, funding_cap_bps;
    uint64_t mmr_bps, liquidation_reward_bps, insurance_share_bps;
    uint64_t maker_bps, taker_bps, amm_fee_bps, flash_loan_fee_bps;
    uint64_t order_tick, min_order_quantity;
    uint64_t max_deviation_bps, reject_deviation_bps, max_age_ms, min_feeds, breaker_bps, breaker_window_ms;
    uint64_t downtime_window_blocks, downtime_bps;
    uint64_t slash_equivocation_bps, slash_invalid_proposal_bps, slash_downtime_bps;
    uint64_t epoch_reward;
    uint64_t unrevealed_penalty_bps;
    uint64_t min_validator_stake, min_governor_deposit, min_vote_stake, proposal_deposit;
    uint64_t ring_size, note_maturity_blocks, proof_window_blocks;
    uint64_t features; /* bits of chain/feature.h */
};

struct param_row {
    struct str name;
    uint16_t offset; /* of the u64 in struct params */
    uint64_t min, max;
    uint64_t test[2], production[2]; /* [0] Alpha, [1] Delta */
};

const struct param_row *param_find(struct str name); /* NULL: no such parameter */
const struct param_row *param_at(size_t i);          /* NULL behind the last; in the order of the contract */
struct str param_name_at(size_t i);                  /* empty behind the last */

void params_init(struct params *out, enum profile profile, enum chain_id chain);
uint64_t params_get(const struct params *params, const struct param_row *row);
/* Sets one by name. ERR_NOT_FOUND, ERR_PARSE, or ERR_LIMIT outside [min, max]. Relations between parameters are checked by
 * params_check. */
bool params_set(struct params *params, struct str name, struct str value, struct err *err) MUST_CHECK;
bool params_set_u64(struct params *params, struct str name, uint64_t value, struct err *err) MUST_CHECK;
bool params_check(const struct params *params, struct err *err) MUST_CHECK;

struct str profile_text(enum profile profile); /* "test", "production" */
bool profile_parse(struct str text, enum profile *out) MUST_CHECK;

/* min_fee_base + min_fee_per_byte * size. */
struct amount params_min_fee(const struct params *params, size_t size);

#endif
