/* Moving money between balances and holdings. The sum of all balances of a token is at most 2^128 - 1, so a credit overflows only
 * where a switch made money; the supply record sees it. */
#include "core/codec/binary.h"
#include "network/ledger/family_priv.h"

static enum code lacking(struct exec *x, u128 available, struct amount required, enum receipt_field field)
{
    return refuse_lack(x, CODE_INSUFFICIENT_BALANCE, field, (struct amount){available}, required);
}

enum code money_take(struct exec *x, const struct address *from, enum token token, struct amount amount, enum receipt_field field)
{
    struct amount *free = &work_account(x->work, from)->now.balances[token - 1].free;
    if (!guard_balance(x->work->rules, free->units, amount.units)) return lacking(x, free->units, amount, field);
    free->units -= amount.units;
    return CODE_NONE;
}

void money_give(struct work *work, const struct address *to, enum token token, struct amount amount)
{
    if (amount.units == 0) return;
    work_account(work, to)->now.balances[token - 1].free.units += amount.units;
}

enum code money_lock(struct exec *x, const struct address *owner, enum token token, struct amount amount, enum receipt_field field)
{
    struct ledger_balance *balance = &work_account(x->work, owner)->now.balances[token - 1];
    if (!guard_balance(x->work->rules, balance->free.units, amount.units)) return lacking(x, balance->free.units, amount, field);
    balance->free.units -= amount.units;
    balance->locked.units += amount.units;
    return CODE_NONE;
}

void money_take_locked(struct work *work, const struct address *owner, enum token token, struct amount amount)
{
    if (amount.units == 0) return;
    struct amount *locked = &work_account(work, owner)->now.balances[token - 1].locked;
    ASSERT(locked->units >= amount.units); /* only what was locked is taken */
    locked->units -= amount.units;
}

void money_unlock(struct work *work, const struct address *owner, enum token token, struct amount amount)
{
    money_take_locked(work, owner, token, amount);
    money_give(work, owner, token, amount);
}

static u128 treasury_of(const struct work *work)
{
    const struct okey key = treasury_okey(work->fee_token);
    struct str value;
    return work_get(work, &key, &value) && value.len == 16 ? bin_load_u128((const uint8_t *)value.data) : 0;
}

static void treasury_set(struct work *work, u128 units)
{
    const struct okey key = treasury_okey(work->fee_token);
    uint8_t bytes[16];
    bin_store_u128(bytes, units);
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
}

void treasury_give(struct work *work, struct amount amount)
{
    treasury_set(work, treasury_of(work) + amount.units);
    HOLDING(work, work->fee_token, treasury) += amount.units;
}

bool treasury_take(struct work *work, struct amount amount)
{
    const u128 held = treasury_of(work);
    if (held < amount.units) return false;
    treasury_set(work, held - amount.units);
    HOLDING(work, work->fee_token, treasury) -= amount.units;
    return true;
}
