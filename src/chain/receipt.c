#include "chain/receipt.h"

#include "chain/field_priv.h"
#include "core/codec/binary.h"

static const struct str fields[] = {
    {"", 0},
#define R(constant, path) {"" path, sizeof(path) - 1},
    RECEIPT_FIELD_LIST(R)
#undef R
};
static const struct str reasons[] = {
    {"", 0},
#define R(constant, text) {"" text, sizeof(text) - 1},
    RECEIPT_REASON_LIST(R)
#undef R
};

bool receipt_eq(const struct receipt *a, const struct receipt *b)
{
    return a->code == b->code && a->field == b->field && a->reason == b->reason && a->index == b->index && a->steps == b->steps && amount_eq(a->fee_charged, b->fee_charged) &&
           amount_eq(a->available, b->available) && amount_eq(a->required, b->required);
}

size_t receipt_leaf(const struct hash *id, const struct receipt *receipt, uint8_t out[RECEIPT_LEAF_BYTES_MAX])
{
    const struct str code = code_text((enum code)receipt->code);
    ASSERT(code.len <= 64);
    memcpy(out, id->b, sizeof(id->b));
    out[32] = receipt_success(receipt) ? 1 : 0;
    bin_store_u128(out + 33, receipt->fee_charged.units);
    bin_store_u16(out + 49, (uint16_t)code.len);
    if (code.len > 0) memcpy(out + 51, code.data, code.len);
    return 51 + code.len;
}

static const char *advice(enum code code)
{
    switch (code) {
    case CODE_INSUFFICIENT_BALANCE: return "top up or lower the amount";
    case CODE_INVALID_TOKEN_FOR_CHAIN: return "use a token of this chain";
    case CODE_INSUFFICIENT_STAKE: return "stake more, or lower the amount";
    case CODE_INSUFFICIENT_DEPOSIT: return "raise the deposit";
    case CODE_INSUFFICIENT_MARGIN: return "add margin, or lower size or leverage";
    case CODE_TIMELOCK_NOT_EXPIRED: return "wait for the eta_height";
    case CODE_SLIPPAGE_EXCEEDED: return "allow more slippage, or trade less at once";
    case CODE_ORACLE_STALE: return "wait until enough feeds have reported";
    default: return NULL;
    }
}

void receipt_error(const struct receipt *receipt, struct apierror *out)
{
    const enum code code = (enum code)receipt->code;
    const struct str field = fields[receipt->field], message = code_message(code);
    const bool figures = !amount_is_zero(receipt->required) || code == CODE_INSUFFICIENT_BALANCE;
    if (figures) {
        char available[AMOUNT_TEXT], required[AMOUNT_TEXT];
        (void)amount_text(receipt->available, available); /* only the text is wanted */
        (void)amount_text(receipt->required, required);
        if (code == CODE_INSUFFICIENT_BALANCE)
            apierror_set(out, code, field.data, "balance %s is below %s", available, required);
        else if (code == CODE_TIMELOCK_NOT_EXPIRED)
            apierror_set(out, code, field.data, "eta_height is %s, the height %s", required, available);
        else
            apierror_set(out, code, field.data, STR_FMT ": %s where %s is needed", STR_ARG(message), available, required);
        apierror_detail_amount(out, "available", receipt->available);
        apierror_detail_amount(out, "required", receipt->required);
    } else {
        apierror_set(out, code, field.data, STR_FMT, STR_ARG(message));
    }
    if (advice(code) != NULL) apierror_suggest(out, "%s", advice(code));
    if (receipt->reason == RECEIPT_REASON_NONE) return;
    apierror_detail_str(out, "reason", reasons[receipt->reason]);
    if (receipt->reason == RECEIPT_REASON_SIGNATURE) apierror_detail_u64(out, "index", receipt->index);
}

static void events_write(const struct receipt *receipt, const struct tx *tx, struct str told, struct json_writer *w)
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
    if (told.len > 0 && receipt_success(receipt)) json_put_raw(w, told);
    json_array_end(w);
}

void receipt_write(const struct receipt *receipt, const struct tx *tx, struct str told, struct json_writer *w)
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
    events_write(receipt, tx, told, w);
    json_object_end(w);
}

static bool read_error(const struct json *node, struct receipt *out)
{
    struct apierror error;
    if (!apierror_read(node, &error)) return false;
    out->code = (uint16_t)error.code;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (str_eq(fields[i], str_of(error.field))) out->field = (uint8_t)i;
    const struct str reason = apierror_detail_find(&error, STR("reason"));
    for (size_t i = 1; i < ARRAY_LEN(reasons); i++)
        if (str_eq(reasons[i], reason)) out->reason = (uint8_t)i;
    uint64_t index = 0;
    if (str_to_u64(apierror_detail_find(&error, STR("index")), &index)) out->index = (uint32_t)index;
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

struct str receipt_read_told(const struct json *node, struct arena *arena)
{
    const struct json *events = json_find(node, STR("events"));
    struct buf text = {0};
    for (const struct json *event = json_is(events, JSON_ARRAY) ? events->child : NULL; event != NULL; event = event->next) {
        struct str type = {0};
        if (json_str(json_find(event, STR("type")), &type) && str_eq(type, STR("transfer"))) continue; /* the envelope says it */
        if (text.len > 0) buf_put_char(&text, ',');
        struct json_writer w = json_writer_of(&text);
        json_put_tree(&w, event);
    }
    const struct str told = text.len > 0 ? str_dup(arena, buf_str(&text)) : (struct str){0};
    buf_done(&text);
    return told;
}
