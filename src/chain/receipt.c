#include "chain/receipt.h"

#include "chain/field_priv.h"
#include "core/codec/binary.h"

static const struct str fields[] = {
    [RECEIPT_FIELD_NONE] = {"", 0},
    [RECEIPT_FIELD_AMOUNT] = {"payload.amount", 14},
    [RECEIPT_FIELD_TOKEN] = {"payload.token", 13},
    [RECEIPT_FIELD_FEE] = {"fee", 3},
    [RECEIPT_FIELD_OUTPUTS] = {"payload.outputs", 15},
    [RECEIPT_FIELD_NONCE] = {"nonce", 5},
    [RECEIPT_FIELD_VALID_UNTIL] = {"valid_until", 11},
};
_Static_assert(ARRAY_LEN(fields) == RECEIPT_FIELD_COUNT, "a path for every field");

bool receipt_eq(const struct receipt *a, const struct receipt *b)
{
    return a->code == b->code && a->field == b->field && a->steps == b->steps && amount_eq(a->fee_charged, b->fee_charged) &&
           amount_eq(a->available, b->available) && amount_eq(a->required, b->required);
}

size_t receipt_leaf(const struct hash *id, const struct receipt *receipt, uint8_t out[RECEIPT_LEAF_BYTES_MAX])
{
    const struct str code = code_text(receipt->code);
    ASSERT(code.len <= 64);
    memcpy(out, id->b, sizeof(id->b));
    out[32] = receipt_success(receipt) ? 1 : 0;
    bin_store_u128(out + 33, receipt->fee_charged.units);
    bin_store_u16(out + 49, (uint16_t)code.len);
    if (code.len > 0) memcpy(out + 51, code.data, code.len);
    return 51 + code.len;
}

void receipt_error(const struct receipt *receipt, struct apierror *out)
{
    const struct str field = fields[receipt->field], message = code_message(receipt->code);
    if (receipt->code != CODE_INSUFFICIENT_BALANCE) {
        apierror_set(out, receipt->code, field.data, STR_FMT, STR_ARG(message));
        if (receipt->code == CODE_INVALID_TOKEN_FOR_CHAIN) apierror_suggest(out, "use a token of this chain");
        return;
    }
    char available[AMOUNT_TEXT], required[AMOUNT_TEXT];
    (void)amount_text(receipt->available, available); /* only the text is wanted */
    (void)amount_text(receipt->required, required);
    apierror_set(out, receipt->code, field.data, "balance %s is below %s", available, required);
    apierror_suggest(out, "top up or lower the amount");
    apierror_detail_amount(out, "available", receipt->available);
    apierror_detail_amount(out, "required", receipt->required);
}

static void events_write(const struct receipt *receipt, const struct tx *tx, struct json_writer *w)
{
    json_array(w);
    for (size_t i = 0; tx != NULL && receipt_success(receipt) && i < tx->outputs_count; i++) {
        const struct tx_output output = tx_output_at(tx, i);
        char from[ADDRESS_TEXT], to[ADDRESS_TEXT];
        address_text(&tx->sender, (enum chain_id)tx->chain, from);
        address_text(&output.to, (enum chain_id)tx->chain, to);
        json_object(w);
        json_put_member_str(w, STR("type"), STR("transfer"));
        json_put_member_str(w, STR("from"), str_of(from));
        json_put_member_str(w, STR("to"), str_of(to));
        json_put_member_str(w, STR("token"), token_text((enum token)tx->token));
        put_amount(w, STR("amount"), output.amount);
        json_object_end(w);
    }
    json_array_end(w);
}

void receipt_write(const struct receipt *receipt, const struct tx *tx, struct json_writer *w)
{
    json_object(w);
    json_put_member_bool(w, STR("success"), receipt_success(receipt));
    json_key(w, STR("error"));
    if (receipt_success(receipt)) {
        json_put_null(w);
    } else {
        struct apierror error;
        receipt_error(receipt, &error);
        apierror_write_inner(&error, w);
    }
    put_amount(w, STR("fee_charged"), receipt->fee_charged);
    json_put_member_u64(w, STR("steps"), receipt->steps);
    json_key(w, STR("events"));
    events_write(receipt, tx, w);
    json_object_end(w);
}

static bool read_error(const struct json *node, struct receipt *out)
{
    struct apierror error;
    if (!apierror_read(node, &error)) return false;
    out->code = error.code;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (str_eq(fields[i], str_of(error.field))) out->field = (enum receipt_field)i;
    const struct str available = apierror_detail_find(&error, STR("available"));
    const struct str required = apierror_detail_find(&error, STR("required"));
    if (available.len > 0 && amount_parse(available, &out->available) != CODE_NONE) return false;
    return required.len == 0 || amount_parse(required, &out->required) == CODE_NONE;
}

bool receipt_read(const struct json *node, struct receipt *out)
{
    struct receipt receipt = {0};
    struct member_reader r = {.object = node};
    bool success;
    if (!json_bool(json_find(node, STR("success")), &success)) return false;
    const struct json *error = json_find(node, STR("error"));
    if (!success && !read_error(error, &receipt)) return false;
    if (success && error != NULL && error->type != JSON_NULL) return false;
    receipt.fee_charged = member_amount(&r, STR("fee_charged"));
    receipt.steps = (uint32_t)member_u64(&r, STR("steps"), UINT32_MAX);
    if (r.bad) return false;
    *out = receipt;
    return true;
}
