/* The family of transfers, and of what belongs to no other. */
#include "core/codec/binary.h"
#include "network/ledger/family_priv.h"

/* transfer and batch_transfer: a transfer is a batch of one. All outputs or none. */
static enum code transfer_apply(struct exec *x)
{
    const struct tx *tx = x->tx;
    const struct ledger_rules *rules = x->work->rules;
    if (!guard_token_of(rules, tx)) return refuse(x, CODE_INVALID_TOKEN_FOR_CHAIN, RECEIPT_FIELD_TOKEN);
    const enum token token = token_of(rules, tx);
    struct amount *free = &work_account(x->work, &x->sender)->now.balances[token - 1].free;
    const u128 cost = token == x->work->fee_token ? x->receipt->fee_charged.units : 0;
    u128 total = 0, required = 0;
    const bool fits = tx_total(rules, tx, &total);
    if (!fits || !guard_balance(rules, free->units, total)) {
        const struct amount available = {free->units + cost};
        if (!fits || !u128_add(cost, total, &required)) required = U128_MAX;
        const enum receipt_field field = kind_find(tx->kind)->name.len > 8 ? RECEIPT_FIELD_OUTPUTS : RECEIPT_FIELD_AMOUNT;
        return refuse_lack(x, CODE_INSUFFICIENT_BALANCE, field, available, (struct amount){required});
    }
    free->units -= total;
    for (size_t i = 0; i < tx->outputs_count; i++) {
        const struct tx_output output = tx_output_at(tx, i);
        work_account(x->work, &output.to)->now.balances[token - 1].free.units += output.amount.units;
    }
    return CODE_NONE;
}

/* Inside a flash loan there is no transaction of its own to look at. */
static enum code inner_transfer_apply(struct exec *x)
{
    const struct payload_transfer *payload = &x->payload->transfer;
    const enum token token = (enum token)payload->token;
    if (!guard_token(x->work->rules, token)) return refuse(x, CODE_INVALID_TOKEN_FOR_CHAIN, RECEIPT_FIELD_TOKEN);
    const enum code code = money_take(x, &x->sender, token, payload->amount, RECEIPT_FIELD_AMOUNT);
    if (code == CODE_NONE) money_give(x->work, &payload->to, token, payload->amount);
    return code;
}

static enum code any_transfer_apply(struct exec *x) { return x->in_flash_loan ? inner_transfer_apply(x) : transfer_apply(x); }

/* Validators' bonds and pending rewards, and the treasury. */
static void core_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    static const char prefix[] = {SPACE_VALIDATOR};
    const struct str validators = {prefix, 1};
    struct ordmap_entry entry;
    for (bool more = ordmap_first(objects, validators, &entry); more; more = ordmap_next(objects, validators, entry.key, &entry)) {
        struct ledger_validator v;
        const bool sound = validator_decode(entry.value, &v);
        ASSERT(sound);
        holdings[TOKEN_AX - 1].bonded.units += v.bonded.units;
        holdings[TOKEN_AX - 1].rewards.units += v.pending_rewards.units;
    }
    for (enum token token = TOKEN_AX; token <= TOKEN_COUNT; token++) {
        const struct okey key = treasury_okey(token);
        struct str value;
        if (ordmap_get(objects, okey_view(&key), &value) && value.len == 16)
            holdings[token - 1].treasury.units += bin_load_u128((const uint8_t *)value.data);
    }
}

static const struct family_kind kinds[] = {
    {.kind = KIND_ALPHA_TRANSFER, .apply = any_transfer_apply},
    {.kind = KIND_ALPHA_BATCH_TRANSFER, .apply = any_transfer_apply},
    {.kind = KIND_DELTA_TRANSFER, .apply = any_transfer_apply},
    {.kind = KIND_DELTA_BATCH_TRANSFER, .apply = any_transfer_apply},
};

extern const struct family family_core;
const struct family family_core = {.name = "core", .kinds = kinds, .kinds_count = ARRAY_LEN(kinds), .audit = core_audit};
