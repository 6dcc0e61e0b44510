#include "chain/shielded.h"

#include <stdarg.h>
#include <stdio.h>

#include "chain/tx_priv.h"
#include "core/codec/binary.h"

static enum code refuse(struct apierror *error, enum code code, const char *field, const char *fmt, ...) PRINTF_LIKE(4, 5);
static enum code refuse(struct apierror *error, enum code code, const char *field, const char *fmt, ...)
{
    char message[120];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    if (error != NULL) (void)apierror_set(error, code, field, "%s", message);
    return code;
}

/* Step 2: counts and lengths. */
static enum code sizes_check(const struct payload_shielded_spend *s, struct apierror *error)
{
    if (s->inputs.count == 0) return refuse(error, CODE_INVALID_FORMAT, "payload.inputs", "a spend has at least one input");
    if (s->outputs.count == 0) return refuse(error, CODE_INVALID_FORMAT, "payload.outputs", "a spend has at least one output");
    if (s->signatures.count != s->inputs.count)
        return refuse(error, CODE_INVALID_FORMAT, "payload.signatures", "%u signatures for %u inputs", s->signatures.count, s->inputs.count);
    if (s->range_proof.len != rangeproof_bytes(s->outputs.count))
        return refuse(error, CODE_INVALID_FORMAT, "payload.range_proof", "%zu bytes; a proof over %u outputs has %zu", s->range_proof.len,
                      s->outputs.count, rangeproof_bytes(s->outputs.count));
    for (uint32_t i = 0; i < s->inputs.count; i++)
        if (s->signatures.items[i].len != clsag_bytes(s->inputs.items[i].ring.count))
            return refuse(error, CODE_INVALID_FORMAT, "payload.signatures", "signature %u has %zu bytes; over a ring of %u it has %zu", i,
                          s->signatures.items[i].len, s->inputs.items[i].ring.count, clsag_bytes(s->inputs.items[i].ring.count));
    return CODE_NONE;
}

static bool note_is_canonical(const struct wire_note *note)
{
    return point_valid(shielded_point(&note->one_time_key)) && point_valid(shielded_point(&note->commitment)) &&
           point_valid(shielded_point(&note->tx_key));
}

/* Step 3: every point and scalar. */
static enum code encodings_check(const struct payload_shielded_spend *s, struct apierror *error)
{
    for (uint32_t i = 0; i < s->inputs.count; i++)
        if (!point_valid(shielded_point(&s->inputs.items[i].key_image)) || !point_valid(shielded_point(&s->inputs.items[i].pseudo)))
            return refuse(error, CODE_INVALID_FORMAT, "payload.inputs", "input %u has a point that is not canonical, or the identity", i);
    for (uint32_t i = 0; i < s->outputs.count; i++)
        if (!note_is_canonical(&s->outputs.items[i]))
            return refuse(error, CODE_INVALID_FORMAT, "payload.outputs", "output %u has a point that is not canonical, or the identity", i);
    if (!rangeproof_well_formed(s->range_proof, s->outputs.count))
        return refuse(error, CODE_INVALID_FORMAT, "payload.range_proof", "a point or scalar in it is not canonical");
    for (uint32_t i = 0; i < s->signatures.count; i++)
        if (!clsag_well_formed(s->signatures.items[i], s->inputs.items[i].ring.count))
            return refuse(error, CODE_INVALID_FORMAT, "payload.signatures", "signature %u has a point or scalar that is not canonical", i);
    return CODE_NONE;
}

/* Step 4. */
static enum code rings_check(const struct payload_shielded_spend *s, struct apierror *error)
{
    for (uint32_t i = 0; i < s->inputs.count; i++)
        for (uint32_t j = 1; j < s->inputs.items[i].ring.count; j++)
            if (s->inputs.items[i].ring.items[j - 1] >= s->inputs.items[i].ring.items[j])
                return refuse(error, CODE_INVALID_FORMAT, "payload.inputs", "the ring of input %u does not ascend", i);
    return CODE_NONE;
}

/* Step 5, for what is public. */
static enum code amount_check(struct amount amount, bool may_be_zero, const char *field, struct apierror *error)
{
    if (amount.units > SHIELDED_VALUE_MAX) return refuse(error, CODE_AMOUNT_OUT_OF_RANGE, field, "amounts in the pool are at most 2^64 - 1");
    if (amount.units == 0 && !may_be_zero) return refuse(error, CODE_AMOUNT_NOT_POSITIVE, field, "the amount must be positive");
    return CODE_NONE;
}

/* Step 6. */
static enum code images_check(const struct payload_shielded_spend *s, const struct tx_rules *rules, struct apierror *error)
{
    for (uint32_t i = 1; i < s->inputs.count; i++) {
        const int order = hash_cmp(&s->inputs.items[i - 1].key_image, &s->inputs.items[i].key_image);
        if (order > 0) return refuse(error, CODE_INVALID_FORMAT, "payload.inputs", "inputs ascend by key image");
        if (order == 0 && !rules->allow_equal_key_images)
            return refuse(error, CODE_NULLIFIER_SPENT, "payload.inputs", "inputs %u and %u spend the same note", i - 1, i);
    }
    return CODE_NONE;
}

static enum code deposit_check(const struct payload_shielded_deposit *d, const struct tx_rules *rules, struct apierror *error)
{
    if (!note_is_canonical(&d->note))
        return refuse(error, CODE_INVALID_FORMAT, "payload.note", "it has a point that is not canonical, or the identity");
    if (!scalar_valid(shielded_scalar(&d->blinding)))
        return refuse(error, CODE_INVALID_FORMAT, "payload.blinding", "it is not below the group order");
    return amount_check(d->amount, rules->allow_zero_amount, "payload.amount", error);
}

enum code shielded_check(enum kind kind, const union payload *payload, struct amount fee, struct amount tip,
                         const struct tx_rules *rules, struct apierror *error)
{
    if (kind == KIND_SHIELDED_DEPOSIT) return deposit_check(&payload->shielded_deposit, rules, error);
    const struct payload_shielded_spend *s = &payload->shielded_spend;
    enum code code = sizes_check(s, error);
    if (code == CODE_NONE) code = encodings_check(s, error);
    if (code == CODE_NONE) code = rings_check(s, error);
    if (code == CODE_NONE) code = amount_check(s->pool_fee, true, "payload.pool_fee", error);
    if (code == CODE_NONE && kind == KIND_SHIELDED_WITHDRAW)
        code = amount_check(s->amount, rules->allow_zero_amount, "payload.amount", error);
    if (code == CODE_NONE) code = images_check(s, rules, error);
    if (code != CODE_NONE || amount_is_zero(s->pool_fee)) return code;
    struct amount charge;
    if (amount_add(fee, tip, &charge) && amount_cmp(charge, s->pool_fee) == 0) return CODE_NONE;
    return refuse(error, CODE_FIELD_MISMATCH, "payload.pool_fee", "it is neither 0 nor fee + tip");
}

struct hash shielded_message(const struct tx *tx, const struct payload_shielded_spend *spend)
{
    struct str payload = tx_payload(tx);
    size_t tail = 2;
    for (uint32_t i = 0; i < spend->signatures.count; i++) tail += 4 + spend->signatures.items[i].len;
    ASSERT(tail <= payload.len); /* it was decoded from there */
    payload.len -= tail;
    return clsag_message(tx->bytes, payload);
}

struct amount shielded_pool_fee(const struct tx *tx)
{
    if (!shielded_is_spend(tx->kind)) return AMOUNT(0);
    return (struct amount){bin_load_u128((const uint8_t *)tx_payload(tx).data + 4)}; /* behind ref_height */
}

size_t shielded_key_images(const struct tx *tx, struct hash out[SHIELDED_INPUTS_MAX])
{
    if (!shielded_is_spend(tx->kind)) return 0;
    const struct str payload = tx_payload(tx);
    struct bin_reader r = bin_reader_of(payload.data, payload.len);
    const size_t before = 4 + 16 + (tx->kind == KIND_SHIELDED_WITHDRAW ? 32 + 16 : 0);
    (void)bin_take(&r, before);
    const size_t count = bin_get_u16(&r);
    ASSERT(count <= SHIELDED_INPUTS_MAX); /* tx_decode looked */
    for (size_t i = 0; i < count; i++) {
        bin_get_bytes(&r, &out[i], sizeof(out[i]));
        (void)bin_take(&r, 32); /* pseudo */
        const size_t ring = bin_get_u16(&r);
        (void)bin_take(&r, 4 * ring);
    }
    ASSERT(!r.bad);
    return count;
}

bool shielded_shape_peek(struct str bytes, struct shielded_shape *out)
{
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    struct shielded_shape shape = {0};
    (void)bin_take(&r, TX_AT_KIND);
    const uint16_t kind = bin_get_u16(&r);
    if (r.bad || !shielded_is_spend(kind)) return false;
    (void)bin_take(&r, TX_HEADER_BYTES - TX_AT_KIND - 2);
    (void)bin_take(&r, 4 + 16 + (kind == KIND_SHIELDED_WITHDRAW ? 32 + 16 : 0));
    shape.inputs = bin_get_u16(&r);
    if (r.bad || shape.inputs > SHIELDED_INPUTS_MAX) return false;
    for (uint32_t i = 0; i < shape.inputs; i++) {
        (void)bin_take(&r, 64); /* key image, pseudo-output */
        const uint32_t members = bin_get_u16(&r);
        (void)bin_take(&r, 4 * (size_t)members);
        shape.members += members;
    }
    shape.outputs = bin_get_u16(&r);
    if (r.bad || shape.outputs > SHIELDED_OUTPUTS_MAX) return false;
    *out = shape;
    return true;
}
