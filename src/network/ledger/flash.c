/* Flash loans (api 2.6, 2.7): money lent for the length of one transaction, whose operations run in between.
 *
 * Where it comes from: on Alpha the treasury; on Delta the pool that has most of the token (the first in the order of pairs among
 * equals). The pool's reserves stand as they are meanwhile, so that a loan does not move the price it trades at: what is lent is
 * missing from the holdings alone, for as long as the transaction runs. The fee stays with the lender. */
#include "network/ledger/market_priv.h"

/* The lender's pool on Delta; false: no pool has that much. */
static bool lender_find(const struct work *work, enum token token, u128 amount, size_t *out)
{
    u128 most = 0;
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        const struct pair *pair = pair_at(i);
        struct amm amm;
        if (pair->base != token && pair->quote != token) continue;
        amm_load(&work->objects, i, &amm);
        const u128 reserve = pair->base == token ? amm.base : amm.quote;
        if (amm_is_empty(&amm) || reserve <= most) continue;
        most = reserve;
        *out = i;
    }
    return most >= amount;
}

static void lender_fee(struct work *work, size_t pair, enum token token, u128 fee)
{
    struct amm amm;
    amm_load(&work->objects, pair, &amm);
    *(pair_at(pair)->base == token ? &amm.base : &amm.quote) += fee;
    amm_store(work, pair, &amm);
}

static bool ops_allowed(const struct exec *x, const struct payload_flash_loan *loan, uint32_t *out_index)
{
    for (uint32_t i = 0; i < loan->ops.count; i++) {
        const struct kind_row *row = kind_find(loan->ops.items[i].kind);
        *out_index = i;
        if (row == NULL || !row->flash_loan || row->chain != x->work->rules->domain.chain) return false;
    }
    return true;
}

static struct hash op_id(const struct hash *id, uint16_t index)
{
    uint8_t bytes[34];
    memcpy(bytes, id, 32);
    bytes[32] = (uint8_t)index, bytes[33] = (uint8_t)(index >> 8);
    return hash_tagged("adnet/flash-op/v1", bytes, sizeof(bytes));
}

static enum code op_run(struct exec *x, const struct flash_op *op, uint16_t index)
{
    const struct tx_rules rules = ledger_tx_rules(x->work->rules);
    union payload *payload = arena_new(&x->work->arena, union payload);
    enum code code = payload_decode((enum kind)op->kind, op->payload, &rules, &x->work->arena, payload, NULL);
    if (code == CODE_NONE) {
        struct exec inner = *x;
        inner.verdict_only = false; /* the next one builds on what it leaves */
        inner.id = op_id(&x->id, index);
        inner.payload = payload;
        inner.in_flash_loan = true;
        code = exec_apply(&inner, (enum kind)op->kind);
    }
    if (code == CODE_NONE) return code;
    x->receipt->index = index;
    return refuse(x, code, RECEIPT_FIELD_OPS);
}

enum code flash_loan_apply(struct exec *x)
{
    const struct payload_flash_loan *loan = &x->payload->flash_loan;
    struct work *work = x->work;
    const bool delta = work->rules->domain.chain == CHAIN_DELTA;
    const enum token token = delta ? (enum token)loan->token : TOKEN_AX;
    const u128 amount = loan->amount.units;
    uint32_t index = 0;
    size_t pair = 0;
    if (token_chain(token) != work->rules->domain.chain) return refuse(x, CODE_INVALID_TOKEN_FOR_CHAIN, RECEIPT_FIELD_TOKEN);
    if (!ops_allowed(x, loan, &index)) {
        x->receipt->index = index;
        return refuse(x, CODE_UNKNOWN_KIND, RECEIPT_FIELD_OPS);
    }
    const bool lent = delta ? lender_find(work, token, amount, &pair) : treasury_take(work, loan->amount);
    if (!lent) return refuse(x, CODE_NO_LIQUIDITY, RECEIPT_FIELD_AMOUNT);
    if (delta) HOLDING(work, token, pools) -= amount;
    money_give(work, &x->sender, token, loan->amount);
    for (uint32_t i = 0; i < loan->ops.count; i++) {
        const enum code code = op_run(x, &loan->ops.items[i], (uint16_t)i);
        if (code != CODE_NONE) return code;
    }
    const u128 fee = maker_fee(amount, work->params.flash_loan_fee_bps); /* rounded down, as all that says nothing */
    struct amount *free = &work_account(work, &x->sender)->now.balances[token - 1].free;
    const struct amount due = amount_add_clamped(loan->amount, (struct amount){fee});
    if (free->units < due.units) return refuse_lack(x, CODE_FLASH_LOAN_NOT_REPAID, RECEIPT_FIELD_AMOUNT, *free, due);
    free->units -= due.units;
    if (delta) {
        HOLDING(work, token, pools) += due.units;
        lender_fee(work, pair, token, fee);
    } else {
        treasury_give(work, due);
    }
    return CODE_NONE;
}
