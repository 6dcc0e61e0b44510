/* The family of stakes: kinds that move between free, staked, bonded and unbonding, and delegation of votes. */
#include "core/codec/binary.h"
#include "network/ledger/staking_priv.h"

static enum code stake_lacks(struct exec *x, struct amount available, struct amount required)
{
    return refuse_lack(x, CODE_INSUFFICIENT_STAKE, RECEIPT_FIELD_AMOUNT, available, required);
}

static enum code stake_apply(struct exec *x)
{
    const struct amount amount = x->payload->amount.amount;
    const enum code code = money_take(x, &x->sender, x->work->fee_token, amount, RECEIPT_FIELD_AMOUNT);
    if (code != CODE_NONE) return code;
    stake_change(x->work, &x->sender, STAKE_STAKED, amount, false);
    return CODE_NONE;
}

/* What of its stake an account may move now: nothing while it is frozen. */
static struct amount staked_movable(const struct exec *x, struct stake_entry *stake)
{
    (void)stake_get(&x->work->objects, &x->sender, stake);
    return stake_is_frozen(x->work, stake) ? AMOUNT(0) : stake->staked;
}

static enum code unstake_apply(struct exec *x)
{
    const struct amount amount = x->payload->amount.amount;
    struct stake_entry stake;
    const struct amount movable = staked_movable(x, &stake);
    if (amount_cmp(movable, amount) < 0) return stake_lacks(x, movable, amount);
    stake_change(x->work, &x->sender, STAKE_STAKED, amount, true);
    unbonding_add(x->work, &x->sender, NULL, amount);
    return CODE_NONE;
}

static enum code bond_apply(struct exec *x)
{
    const struct payload_bond *p = &x->payload->bond;
    struct stake_entry stake;
    if (!staking_validator_exists(&x->work->objects, &p->validator))
        return refuse(x, CODE_VALIDATOR_NOT_FOUND, RECEIPT_FIELD_VALIDATOR);
    const struct amount movable = staked_movable(x, &stake);
    if (amount_cmp(movable, p->amount) < 0) return stake_lacks(x, movable, p->amount);
    stake_change(x->work, &x->sender, STAKE_STAKED, p->amount, true);
    stake_change(x->work, &x->sender, STAKE_BONDED, p->amount, false);
    bond_change(x->work, &p->validator, &x->sender, p->amount, false);
    return CODE_NONE;
}

static enum code unbond_apply(struct exec *x)
{
    const struct payload_bond *p = &x->payload->bond;
    struct stake_entry stake;
    struct bond_entry bond;
    if (!staking_validator_exists(&x->work->objects, &p->validator))
        return refuse(x, CODE_VALIDATOR_NOT_FOUND, RECEIPT_FIELD_VALIDATOR);
    (void)bond_get(&x->work->objects, &p->validator, &x->sender, &bond);
    (void)stake_get(&x->work->objects, &x->sender, &stake);
    const struct amount movable = stake_is_frozen(x->work, &stake) ? AMOUNT(0) : bond.amount;
    if (amount_cmp(movable, p->amount) < 0) return stake_lacks(x, movable, p->amount);
    stake_change(x->work, &x->sender, STAKE_BONDED, p->amount, true);
    bond_change(x->work, &p->validator, &x->sender, p->amount, true);
    unbonding_add(x->work, &x->sender, &p->validator, p->amount);
    return CODE_NONE;
}

static enum code vote_delegate_apply(struct exec *x)
{
    const struct address *to = &x->payload->vote_delegate.to;
    struct stake_entry stake;
    if (address_eq(to, &x->sender)) return refuse(x, CODE_INVALID_ADDRESS, RECEIPT_FIELD_TO);
    if (governance_revoked(x->work->rules, &x->work->objects, &x->sender))
        return refuse(x, CODE_GOVERNANCE_REVOKED, RECEIPT_FIELD_SENDER); /* nobody else votes with that weight either */
    (void)stake_get(&x->work->objects, &x->sender, &stake);
    if (amount_is_zero(stake_own(&stake)))
        return refuse_lack(x, CODE_INSUFFICIENT_STAKE, RECEIPT_FIELD_SENDER, AMOUNT(0), AMOUNT(1));
    stake_delegate(x->work, &x->sender, to);
    return CODE_NONE;
}

static enum code vote_undelegate_apply(struct exec *x)
{
    stake_delegate(x->work, &x->sender, NULL);
    return CODE_NONE;
}

void staking_freeze(struct work *work, const struct address *who)
{
    const uint64_t until = (uint64_t)work_height(work) + work->params.unbonding_blocks;
    stake_freeze(work, who, (uint32_t)MIN(until, UINT32_MAX));
    unbonding_postpone(work, who, (uint32_t)MIN(until, UINT32_MAX));
}

/* ---- the family ---- */

static const struct family_kind kinds[] = {
    {KIND_ALPHA_STAKE, stake_apply},
    {KIND_ALPHA_UNSTAKE, unstake_apply},
    {KIND_BOND, bond_apply},
    {KIND_UNBOND, unbond_apply},
    {KIND_VALIDATOR_REGISTER, validator_register_apply},
    {KIND_VALIDATOR_UPDATE, validator_update_apply},
    {KIND_VALIDATOR_EXIT, validator_exit_apply},
    {KIND_VALIDATOR_UNJAIL, validator_unjail_apply},
    {KIND_REWARDS_CLAIM, rewards_claim_apply},
    {KIND_VOTE_DELEGATE, vote_delegate_apply},
    {KIND_VOTE_UNDELEGATE, vote_undelegate_apply},
    {KIND_ALPHA_EVIDENCE_SUBMIT, evidence_submit_apply},
    {KIND_DELTA_STAKE, stake_apply},
    {KIND_DELTA_UNSTAKE, unstake_apply},
    {KIND_DELTA_EVIDENCE_SUBMIT, evidence_submit_apply},
};

static void block_begin(struct work *work)
{
    turns_block_begin(work);
    unbonding_release(work);
}

static void epoch_end(struct work *work)
{
    rewards_epoch_end(work);
    turns_epoch_end(work);
    stake_total_note(work); /* what downtime has cost */
}

/* What others have at stake from the start, made for them as their free money is. */
static bool genesis_stakes(struct work *work, const struct ledger_genesis *genesis, struct err *err)
{
    struct amount *made = &work->tallies[work->fee_token - 1].token.genesis;
    for (size_t i = 0; i < genesis->stakes_count; i++) {
        if (!amount_add(*made, genesis->stakes[i].amount, made)) return err_set(err, ERR_LIMIT, "genesis stakes add up to more than 2^128 - 1");
        stake_change(work, &genesis->stakes[i].who, STAKE_STAKED, genesis->stakes[i].amount, false);
    }
    return true;
}

/* What validators begin with; the core has counted it. A bond that is nobody's could go nowhere. */
static bool genesis(struct work *work, const struct ledger_genesis *genesis, struct err *err)
{
    struct ledger_validator v;
    staking_token_note(work);
    for (size_t i = 0; i < genesis->validators_count; i++) {
        const bool found = work_validator(&work->objects, &genesis->validators[i].address, &v);
        ASSERT(found); /* the core has put it there */
        if (!amount_eq(v.self_bonded, v.bonded))
            return err_set(err, ERR_CONFLICT, "a genesis validator has a bond that is not its own");
        validator_key_note(work, &v.consensus_key, &v.address);
        if (work->parent->chain == CHAIN_ALPHA) stake_seed(work, &v);
    }
    if (!genesis_stakes(work, genesis, err)) return false;
    stake_total_note(work);
    return true;
}

static u128 audit_sum(const struct ordmap *objects, enum staking_tag tag, size_t at)
{
    static const struct address none;
    struct okey prefix = staking_key(tag, &none);
    struct ordmap_entry entry;
    u128 sum = 0;
    prefix.len -= sizeof(none);
    for (bool more = ordmap_first(objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(objects, okey_view(&prefix), entry.key, &entry))
        sum += bin_load_u128((const uint8_t *)entry.value.data + at);
    return sum;
}

/* Every stake, unclaimed share and unbonding amount, summed up anew; bonds and accrued fees are with the validators. */
static void audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    struct supply_token *held = &holdings[staking_token(objects) - 1];
    held->staked.units += audit_sum(objects, TAG_STAKE, 0);
    held->rewards.units += audit_sum(objects, TAG_BOND, 16);
    held->unbonding.units += audit_sum(objects, TAG_UNBONDING, 0);
}

const struct family family_staking = {
    .name = "staking",
    .kinds = kinds,
    .kinds_count = ARRAY_LEN(kinds),
    .genesis = genesis,
    .block_begin = block_begin,
    .block_end = stake_total_note,
    .epoch_end = epoch_end,
    .audit = audit,
};
