/* The shielded pool (shielded.md): deposits, transfers and withdrawals. */
#include "chain/response_shielded.h"
#include "core/codec/binary.h"
#include "network/ledger/shielded_priv.h"

#define TOKEN TOKEN_AX

/* ---- telling ---- */

static void tell(struct exec *x, struct shielded_receipt *receipt, const struct wire_note *notes, const struct amount *amount)
{
    struct work *work = x->work;
    struct amount_item values[SHIELDED_OUTPUTS_MAX];
    receipt->type = STR("shielded");
    receipt->kind = kind_find(x->tx->kind)->name;
    if (amount != NULL) {
        receipt->has_amount = true;
        receipt->amount = *amount;
    }
    if (!guard_shielded_silence(work->rules)) {
        for (uint32_t i = 0; i < receipt->outputs; i++) values[i].value = AMOUNT(bin_load_u64(notes[i].enc));
        receipt->values = values;
        receipt->values_count = receipt->outputs;
        receipt->has_values = true;
    }
    work_event(work, EVENT_SHIELDED, &shape_shielded_receipt, receipt);
    const struct shielded_note_event added = {receipt->first_index, receipt->outputs, work->frame->height};
    work_event(work, EVENT_SHIELDED_NOTE, &shape_shielded_note_event, &added);
    for (uint32_t i = 0; i < receipt->nullifiers_count; i++) {
        const struct shielded_nullifier_event spent = {receipt->nullifiers[i].value, work->frame->height};
        work_event(work, EVENT_SHIELDED_NULLIFIER, &shape_shielded_nullifier_event, &spent);
    }
}

/* Adds the notes of a transaction; answers the index of the first. */
static uint32_t notes_add(struct exec *x, const struct wire_note *notes, uint32_t count)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct pool_origin origin = {x->id, (uint16_t)i, (enum kind)x->tx->kind};
        const uint32_t index = pool_note_add(x->work, &notes[i], x->work->frame->height, &origin);
        if (i == 0) first = index;
    }
    return first;
}

static void holding_follow(struct work *work, const struct pool_sums *sums)
{
    pool_sums_set(work, sums);
    HOLDING(work, TOKEN, shielded) = pool_balance(sums);
}

/* ---- the kinds ---- */

static enum code deposit_apply(struct exec *x)
{
    const struct payload_shielded_deposit *deposit = &x->payload->shielded_deposit;
    enum code code = money_take(x, &x->sender, TOKEN, deposit->amount, RECEIPT_FIELD_AMOUNT);
    if (code != CODE_NONE) return code;
    code = notes_check(x, &deposit->note, 1, RECEIPT_FIELD_NOTE);
    if (code != CODE_NONE) return code;
    const struct point want = shield_commit(deposit->amount.units, shielded_scalar(&deposit->blinding));
    if (guard_shielded_proof(x->work->rules) && !point_eq(&want, shielded_point(&deposit->note.commitment)))
        return refuse_for(x, CODE_INVALID_PROOF, RECEIPT_FIELD_NOTE, RECEIPT_REASON_OPENING);
    struct pool_sums sums = pool_sums(&x->work->objects);
    sums.deposited += deposit->amount.units;
    holding_follow(x->work, &sums);
    struct shielded_receipt told = {.first_index = notes_add(x, &deposit->note, 1), .outputs = 1};
    tell(x, &told, &deposit->note, &deposit->amount);
    return CODE_NONE;
}

static enum code spend_apply(struct exec *x)
{
    const struct payload_shielded_spend *spend = &x->payload->shielded_spend;
    const bool leaves = x->tx->kind == KIND_SHIELDED_WITHDRAW;
    const enum code code = spend_check(x, spend);
    if (code != CODE_NONE) return code;
    struct bare_hash images[SHIELDED_INPUTS_MAX];
    for (uint32_t i = 0; i < spend->inputs.count; i++) {
        images[i].value = spend->inputs.items[i].key_image;
        pool_nullifier_add(x->work, &images[i].value, x->work->frame->height, &x->id);
    }
    struct pool_sums sums = pool_sums(&x->work->objects);
    sums.withdrawn += spend->amount.units;
    sums.fees += spend->pool_fee.units;
    holding_follow(x->work, &sums);
    if (leaves) money_give(x->work, &spend->to, TOKEN, spend->amount);
    struct shielded_receipt told = {
        .first_index = notes_add(x, spend->outputs.items, spend->outputs.count),
        .outputs = (uint16_t)spend->outputs.count,
        .nullifiers = images,
        .nullifiers_count = spend->inputs.count,
    };
    tell(x, &told, spend->outputs.items, leaves ? &spend->amount : NULL);
    return CODE_NONE;
}

static bool spend_from_pool(const union payload *payload) { return !amount_is_zero(payload->shielded_spend.pool_fee); }

/* ---- genesis, audit ---- */

static bool shielded_genesis(struct work *work, const struct ledger_genesis *genesis, struct err *err)
{
    if (genesis->shielded_notes > SHIELD_GENESIS_NOTES)
        return err_set(err, ERR_LIMIT, "%u notes in genesis, at most %d", genesis->shielded_notes, SHIELD_GENESIS_NOTES);
    if (work->parent->chain != CHAIN_ALPHA) return true;
    for (uint32_t i = 0; i < genesis->shielded_notes; i++) {
        const struct pool_origin origin = {.kind = KIND_SHIELDED_DEPOSIT, .output = (uint16_t)i};
        struct wire_note note;
        memcpy(&note, &shield_genesis_notes[i], sizeof(note));
        (void)pool_note_add(work, &note, 0, &origin);
    }
    return true;
}

static void shielded_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    const struct pool_sums sums = pool_sums(objects);
    holdings[TOKEN - 1].shielded.units += pool_balance(&sums);
}

static const struct family_kind kinds[] = {
    {.kind = KIND_SHIELDED_DEPOSIT, .apply = deposit_apply},
    {.kind = KIND_SHIELDED_TRANSFER, .apply = spend_apply, .from_pool = spend_from_pool},
    {.kind = KIND_SHIELDED_WITHDRAW, .apply = spend_apply, .from_pool = spend_from_pool},
};
const struct family family_shielded = {
    .name = "shielded",
    .kinds = kinds,
    .kinds_count = ARRAY_LEN(kinds),
    .genesis = shielded_genesis,
    .foresee = shielded_foresee,
    .audit = shielded_audit,
};
