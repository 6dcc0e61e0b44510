#include "chain/params.h"

#include <inttypes.h>

#define U32 UINT64_C(0xffffffff)
#define DAY_MS UINT64_C(86400000)
#define BIG UINT64_C(1000000000000000)

/* P(name, min, max, test Alpha, test Delta, production Alpha, production Delta); SAME: one value everywhere. */
#define SAME(name, min, max, value) P(name, min, max, value, value, value, value)
#define PROFILES(name, min, max, test, production) P(name, min, max, test, test, production, production)
#define P(name, min, max, test_a, test_d, production_a, production_d)                                                            \
    {                                                                                                                            \
        {#name, sizeof(#name) - 1}, offsetof(struct params, name), min, max, {test_a, test_d}, { production_a, production_d }    \
    }

static const struct param_row rows[] = {
    P(block_interval_ms, 1, DAY_MS, 500, 500, 10000, 1000),
    P(round_timeout_ms, 1, DAY_MS, 1000, 1000, 20000, 2000),
    P(round_timeout_max_ms, 1, DAY_MS, 4000, 4000, 80000, 8000),
    SAME(max_block_transactions, 1, 10000, 10000),
    SAME(max_block_bytes, 1024, 4194304, 4194304),
    SAME(max_tx_bytes, 256, 1048576, 1048576),
    SAME(genesis_stake, 1, BIG, 10000000),
    SAME(max_clock_skew_ms, 1, DAY_MS, 120000),
    PROFILES(max_block_skew_ms, 1, DAY_MS, 5000, 15000),
    SAME(max_validators, 1, 1000, 200),
    PROFILES(epoch_blocks, 1, U32, 100, 1000),
    SAME(finality_depth, 3, 3, 3),
    SAME(min_fee_base, 0, BIG, 100),
    SAME(min_fee_per_byte, 0, BIG, 1),
    SAME(storage_fee_per_byte, 0, BIG, 10),
    SAME(max_pending_per_sender, 1, 1000000, 1024),
    SAME(nonce_window, 1, 1000000, 64),
    SAME(mempool_capacity, 1, 10000000, 10000),
    SAME(order_skew_ms, 0, DAY_MS, 1000),
    PROFILES(voting_delay_blocks, 0, U32, 1, 60),
    PROFILES(voting_period_blocks, 1, U32, 100, 8640),
    PROFILES(timelock_blocks, 0, U32, 50, 60480),
    SAME(quorum_bps, 0, 10000, 3334),
    SAME(threshold_bps, 0, 10000, 5000),
    PROFILES(unbonding_blocks, 0, U32, 200, 120960),
    SAME(max_steps, 1, U32, 100000),
    SAME(program_storage_bytes, 0, U32, 1048576),
    PROFILES(funding_interval_blocks, 1, U32, 120, 28800),
    SAME(funding_cap_bps, 0, 10000, 75),
    SAME(mmr_bps, 0, 10000, 250),
    SAME(liquidation_reward_bps, 0, 10000, 100),
    SAME(insurance_share_bps, 0, 10000, 5000),
    SAME(maker_bps, 0, 10000, 0),
    SAME(taker_bps, 0, 10000, 5),
    SAME(amm_fee_bps, 0, 10000, 30),
    SAME(flash_loan_fee_bps, 0, 10000, 9),
    SAME(order_tick, 1, BIG, 1),
    SAME(min_order_quantity, 1, BIG, 1000),
    SAME(max_deviation_bps, 0, 10000, 500),
    SAME(reject_deviation_bps, 0, 1000000, 5000),
    SAME(max_age_ms, 1, DAY_MS, 60000),
    SAME(min_feeds, 1, 100, 4),
    SAME(breaker_bps, 0, 10000, 3000),
    SAME(breaker_window_ms, 1, DAY_MS, 300000),
    PROFILES(downtime_window_blocks, 1, U32, 100, 1000),
    SAME(downtime_bps, 0, 10000, 3000),
    SAME(slash_equivocation_bps, 0, 10000, 10000),
    SAME(slash_invalid_proposal_bps, 0, 10000, 500),
    SAME(slash_downtime_bps, 0, 10000, 10),
    SAME(epoch_reward, 0, BIG, 1000000),
    SAME(unrevealed_penalty_bps, 0, 10000, 1000),
    SAME(min_validator_stake, 1, BIG, 10000000),
    SAME(min_governor_deposit, 0, BIG, 10000000),
    SAME(min_vote_stake, 0, BIG, 100000),
    SAME(proposal_deposit, 0, BIG, 1000000),
    SAME(ring_size, 2, 64, 11),
    SAME(note_maturity_blocks, 4, U32, 4),
    SAME(proof_window_blocks, 1, U32, 100),
    SAME(features, 0, 15, 15),
};
_Static_assert(sizeof(struct params) == ARRAY_LEN(rows) * sizeof(uint64_t), "a row for every parameter");

const struct param_row *param_at(size_t i) { return i < ARRAY_LEN(rows) ? &rows[i] : NULL; }

struct str param_name_at(size_t i) { return i < ARRAY_LEN(rows) ? rows[i].name : (struct str){0}; }

const struct param_row *param_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq(rows[i].name, name)) return &rows[i];
    return NULL;
}

static uint64_t *slot(struct params *params, const struct param_row *row)
{
    return (uint64_t *)(void *)((char *)params + row->offset);
}

void params_init(struct params *out, enum profile profile, enum chain_id chain)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        *slot(out, &rows[i]) = profile == PROFILE_TEST ? rows[i].test[chain - 1] : rows[i].production[chain - 1];
}

uint64_t params_get(const struct params *params, const struct param_row *row)
{
    return *(const uint64_t *)(const void *)((const char *)params + row->offset);
}

bool params_set_u64(struct params *params, struct str name, uint64_t value, struct err *err)
{
    const struct param_row *row = param_find(name);
    if (row == NULL) return err_set(err, ERR_NOT_FOUND, "there is no parameter '" STR_FMT "'", STR_ARG(name));
    if (value < row->min || value > row->max)
        return err_set(err, ERR_LIMIT, STR_FMT " is %" PRIu64 " and must be within %" PRIu64 " and %" PRIu64, STR_ARG(name),
                       value, row->min, row->max);
    *slot(params, row) = value;
    return true;
}

bool params_set(struct params *params, struct str name, struct str value, struct err *err)
{
    uint64_t number;
    if (param_find(name) == NULL) return err_set(err, ERR_NOT_FOUND, "there is no parameter '" STR_FMT "'", STR_ARG(name));
    if (!str_to_u64(value, &number))
        return err_set(err, ERR_PARSE, STR_FMT ": '" STR_FMT "' is not a whole number", STR_ARG(name), STR_ARG(value));
    return params_set_u64(params, name, number, err);
}

bool params_check(const struct params *params, struct err *err)
{
    if (params->round_timeout_max_ms < params->round_timeout_ms)
        return err_set(err, ERR_CONFLICT, "round_timeout_max_ms is below round_timeout_ms");
    if (params->round_timeout_ms <= params->block_interval_ms)
        return err_set(err, ERR_CONFLICT, "round_timeout_ms must be above block_interval_ms, or every round times out");
    if (params->max_tx_bytes > params->max_block_bytes)
        return err_set(err, ERR_CONFLICT, "max_tx_bytes is above max_block_bytes");
    if (params->max_pending_per_sender < params->nonce_window)
        return err_set(err, ERR_CONFLICT, "max_pending_per_sender is below nonce_window");
    return true;
}

struct str profile_text(enum profile profile) { return profile == PROFILE_TEST ? STR("test") : STR("production"); }

bool profile_parse(struct str text, enum profile *out)
{
    const bool test = str_eq(text, STR("test"));
    if (!test && !str_eq(text, STR("production"))) return false;
    *out = test ? PROFILE_TEST : PROFILE_PRODUCTION;
    return true;
}

struct amount params_min_fee(const struct params *params, size_t size)
{
    return AMOUNT((u128)params->min_fee_base + (u128)params->min_fee_per_byte * size);
}
