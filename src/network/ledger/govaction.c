/* What proposals decide: checked when one is made, done when it is executed. */
#include "core/codec/binary.h"
#include "network/ledger/governance_priv.h"

/* The value a parameter_change sets: within the bounds of its row, and at peace with the other parameters. */
static enum code parameter_check(const struct params *params, const struct action *action, uint64_t *out_value,
                                 enum receipt_field *field)
{
    struct err err;
    struct params changed = *params;
    const struct param_row *row = param_find(action->key);
    *field = RECEIPT_FIELD_ACTION_KEY;
    if (row == NULL) return CODE_INVALID_FORMAT;
    *field = RECEIPT_FIELD_ACTION_VALUE;
    if (!params_set(&changed, action->key, action->value, &err) || !params_check(&changed, &err)) return CODE_INVALID_FORMAT;
    *out_value = params_get(&changed, row);
    return CODE_NONE;
}

enum code action_check(struct exec *x, const struct action *action)
{
    enum receipt_field field = RECEIPT_FIELD_ACTION;
    enum code code = CODE_NONE;
    uint64_t value;
    switch (action->type) {
    case ACTION_PARAMETER_CHANGE: code = parameter_check(&x->work->params, action, &value, &field); break;
    case ACTION_TREASURY_ALLOCATION:
        field = RECEIPT_FIELD_ACTION_AMOUNT;
        if (amount_is_zero(action->amount)) code = CODE_AMOUNT_NOT_POSITIVE;
        else if (action->dest_chain != CHAIN_ALPHA && action->dest_chain != CHAIN_DELTA) code = CODE_INVALID_FORMAT;
        break;
    case ACTION_VALIDATOR_EJECTION:
        field = RECEIPT_FIELD_ACTION_VALIDATOR;
        if (!staking_validator_exists(&x->work->objects, &action->validator)) code = CODE_VALIDATOR_NOT_FOUND;
        break;
    case ACTION_NETWORK_UPGRADE:
        if (action->height <= x->work->frame->height) code = CODE_INVALID_FORMAT; /* that block is made already */
        break;
    case ACTION_TEXT: break;
    }
    return code == CODE_NONE ? CODE_NONE : refuse(x, code, field);
}

static void payment_note(struct work *work, const struct proposal *p)
{
    struct gov_counts counts = gov_counts(&work->objects);
    struct okey key = gov_index(GOV_PAID);
    struct buf value = {0};
    counts.payments++;
    okey_u32(&key, counts.payments);
    bin_put_bytes(&value, &p->id, sizeof(p->id));
    bin_put_bytes(&value, &p->action.recipient, sizeof(p->action.recipient));
    bin_put_u128(&value, p->action.amount.units);
    bin_put_u32(&value, work->frame->height);
    work_set(work, &key, buf_str(&value));
    buf_done(&value);
    gov_counts_put(work, &counts);
}

static enum code treasury_pay(struct work *work, const struct proposal *p, enum receipt_field *field)
{
    const enum chain_id here = work->parent->chain;
    if (p->action.dest_chain != here) return CODE_NONE; /* the other chain's treasury pays, when it is told */
    *field = RECEIPT_FIELD_ACTION_AMOUNT;
    if (!treasury_take(work, p->action.amount)) return CODE_INSUFFICIENT_BALANCE;
    money_give(work, &p->action.recipient, chain_fee_token(here), p->action.amount);
    payment_note(work, p);
    return CODE_NONE;
}

static void upgrade_note(struct work *work, const struct proposal *p)
{
    const struct okey key = okey_of_text(SPACE_PARAM, "upgrade");
    struct buf value = {0};
    bin_put_u32(&value, p->action.height);
    bin_put_u32(&value, p->action.version);
    bin_put_bytes(&value, &p->id, sizeof(p->id));
    work_set(work, &key, buf_str(&value));
    buf_done(&value);
}

enum code action_apply(struct work *work, const struct proposal *p, enum receipt_field *field)
{
    static const struct hash none;
    enum code code;
    uint64_t value;
    *field = RECEIPT_FIELD_PROPOSAL;
    switch (p->action.type) {
    case ACTION_PARAMETER_CHANGE:
        code = parameter_check(&work->params, &p->action, &value, field);
        if (code == CODE_NONE) work_put_param(work, param_find(p->action.key), value);
        return code;
    case ACTION_TREASURY_ALLOCATION: return treasury_pay(work, p, field);
    case ACTION_VALIDATOR_EJECTION:
        *field = RECEIPT_FIELD_ACTION_VALIDATOR;
        /* Bonds live on Alpha; it tells Delta by a message of its own. */
        return work->parent->chain == CHAIN_ALPHA ? staking_eject(work, &p->action.validator, 0, &none) : CODE_NONE;
    case ACTION_NETWORK_UPGRADE: upgrade_note(work, p); return CODE_NONE;
    case ACTION_TEXT: return CODE_NONE;
    }
    UNREACHABLE();
}
