/* The binary form of payloads, by the table. */
#include "chain/payload.h"

#include <stdarg.h>
#include <stdio.h>

#include "chain/payload_priv.h"
#include "core/codec/binary.h"

/* ---- faults ---- */

void path_member(struct field_path *path, struct str name)
{
    size_t used = strlen(path->text); /* met for every field of every transaction: no printf */
    if (used > 0 && used + 1 < sizeof(path->text)) path->text[used++] = '.';
    const size_t fits = MIN(name.len, sizeof(path->text) - 1 - used);
    memcpy(path->text + used, name.data, fits);
    path->text[used + fits] = '\0';
}

void path_item(struct field_path *path, uint32_t index)
{
    const size_t used = strlen(path->text);
    (void)snprintf(path->text + used, sizeof(path->text) - used, "[%u]", index);
}

enum code payload_refuse(struct apierror *error, enum code code, const struct field_path *path, const char *fmt, ...)
{
    char message[120];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    if (error != NULL) (void)apierror_set(error, code, path->text, "%s", message);
    return code;
}

uint32_t payload_max(const struct payload_field *field, const struct tx_rules *rules)
{
    return field->max == PROGRAM_SOURCE_BYTES_MAX && rules->any_program_size ? TX_BYTES_MAX : field->max;
}

enum code payload_too_long(const struct payload_field *field)
{
    return field->max == PROGRAM_SOURCE_BYTES_MAX ? CODE_PROGRAM_TOO_LARGE : CODE_FIELD_TOO_LONG;
}

static enum code positive(const struct payload_field *field, bool zero, const struct tx_rules *rules)
{
    return zero && !field->zero_allowed && !rules->allow_zero_amount ? CODE_AMOUNT_NOT_POSITIVE : CODE_NONE;
}

enum code payload_value_check(const struct payload_field *field, const void *value, const struct tx_rules *rules)
{
    switch (field->type) {
    case FIELD_AMOUNT: return positive(field, amount_is_zero(*(const struct amount *)value), rules);
    case FIELD_PX:
    case FIELD_QTY:
        if (*(const uint64_t *)value > PX_MAX) return CODE_AMOUNT_OUT_OF_RANGE;
        return positive(field, *(const uint64_t *)value == 0, rules);
    case FIELD_U16: return field->max != 0 && *(const uint16_t *)value > field->max ? CODE_INVALID_FORMAT : CODE_NONE;
    case FIELD_U32: return field->max != 0 && *(const uint32_t *)value > field->max ? CODE_INVALID_FORMAT : CODE_NONE;
    case FIELD_TOKEN: {
        enum token token;
        return token_of_byte(*(const uint8_t *)value, &token) ? CODE_NONE : CODE_INVALID_FORMAT;
    }
    case FIELD_ENUM:
        for (const struct payload_choice *choice = field->choices; choice->name.len > 0; choice++)
            if (choice->value == *(const uint8_t *)value) return CODE_NONE;
        return CODE_INVALID_FORMAT;
    default: return CODE_NONE;
    }
}

/* ---- decoding ---- */

struct decoding {
    struct bin_reader r;
    const struct tx_rules *rules;
    struct arena *arena;
    struct apierror *error;
    enum code cut; /* what too few or too many bytes are called */
};

static enum code cut_short(struct decoding *d)
{
    static const struct field_path whole = {"payload"};
    return payload_refuse(d->error, d->cut, &whole, "the payload is cut short or has bytes left over");
}

static enum code fields_decode(struct decoding *d, const struct payload_field *fields, const struct field_path *path, void *out);

static enum code list_decode(struct decoding *d, const struct payload_field *field, const struct field_path *path, void *out)
{
    struct any_list *list = out;
    const uint16_t count = bin_get_u16(&d->r);
    if (d->r.bad) return cut_short(d);
    if (count > field->max)
        return payload_refuse(d->error, CODE_FIELD_TOO_LONG, path, "%u items; at most %u are taken", count, field->max);
    if (count > bin_left(&d->r)) return cut_short(d); /* an item takes a byte at least */
    list->items = arena_alloc(d->arena, (size_t)MAX(count, 1u) * field->item_size);
    memset(list->items, 0, (size_t)MAX(count, 1u) * field->item_size);
    list->count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct field_path inner = *path;
        path_item(&inner, i);
        const enum code code = fields_decode(d, field->item, &inner, (char *)list->items + (size_t)i * field->item_size);
        if (code != CODE_NONE) return code;
    }
    return CODE_NONE;
}

static bool text_is_clean(struct str text)
{
    struct buf copy = {0};
    bin_put_str(&copy, text);
    struct bin_reader r = bin_reader_of(copy.data, copy.len);
    (void)bin_get_str(&r, text.len);
    const bool clean = bin_done(&r);
    buf_done(&copy);
    return clean;
}

static enum code text_decode(struct decoding *d, const struct payload_field *field, const struct field_path *path, struct str *out)
{
    const bool is_text = field->type == FIELD_STR;
    const uint32_t len = is_text ? bin_get_u16(&d->r) : bin_get_u32(&d->r);
    if (d->r.bad) return cut_short(d);
    const uint32_t max = payload_max(field, d->rules);
    if (len > max && !d->rules->truncate) return payload_refuse(d->error, payload_too_long(field), path, "%u bytes; at most %u are taken", len, max);
    const uint8_t *bytes = bin_take(&d->r, len);
    if (bytes == NULL) return len == 0 && !d->r.bad ? (*out = STR(""), CODE_NONE) : cut_short(d);
    *out = (struct str){(const char *)bytes, MIN(len, max)};
    if (is_text && !text_is_clean(*out))
        return payload_refuse(d->error, CODE_INVALID_FORMAT, path, "not UTF-8, or with control characters");
    return CODE_NONE;
}

static enum code action_take(struct decoding *d, const struct field_path *path, struct action *out)
{
    const size_t left = bin_left(&d->r);
    if (left == 0) return cut_short(d);
    const uint8_t type = *d->r.at;
    if (type < ACTION_PARAMETER_CHANGE || type > ACTION_TEXT)
        return payload_refuse(d->error, CODE_INVALID_FORMAT, path, "action type %u is none of 1 to %d", type, ACTION_TEXT);
    action_decode(&d->r, out);
    return d->r.bad ? payload_refuse(d->error, d->cut, path, "the action is malformed or cut short") : CODE_NONE;
}

/* A value of fixed size. */
static void plain_decode(struct bin_reader *r, enum payload_type type, void *out)
{
    switch (type) {
    case FIELD_AX:
    case FIELD_DX:
    case FIELD_HASH:
    case FIELD_PUBKEY: bin_get_bytes(r, out, 32); return;
    case FIELD_B8: bin_get_bytes(r, out, 8); return;
    case FIELD_TOKEN:
    case FIELD_ENUM: *(uint8_t *)out = bin_get_u8(r); return;
    case FIELD_AMOUNT: ((struct amount *)out)->units = bin_get_u128(r); return;
    case FIELD_PX:
    case FIELD_QTY:
    case FIELD_U64: *(uint64_t *)out = bin_get_u64(r); return;
    case FIELD_U16: *(uint16_t *)out = bin_get_u16(r); return;
    case FIELD_U32: *(uint32_t *)out = bin_get_u32(r); return;
    default: UNREACHABLE();
    }
}

static enum code field_decode(struct decoding *d, const struct payload_field *field, const struct field_path *path, void *out)
{
    switch (field->type) {
    case FIELD_LIST: return list_decode(d, field, path, out);
    case FIELD_OBJECT: return fields_decode(d, field->item, path, out);
    case FIELD_STR:
    case FIELD_HEX: return text_decode(d, field, path, out);
    case FIELD_ACTION: return action_take(d, path, out);
    case FIELD_BOOL: {
        const uint8_t byte = bin_get_u8(&d->r);
        if (d->r.bad) return cut_short(d);
        if (byte > 1) return payload_refuse(d->error, CODE_INVALID_FORMAT, path, "%u is neither 0 nor 1", byte);
        *(bool *)out = byte == 1;
        return CODE_NONE;
    }
    default: break;
    }
    plain_decode(&d->r, field->type, out);
    if (d->r.bad) return cut_short(d);
    const enum code code = payload_value_check(field, out, d->rules);
    if (code == CODE_NONE) return code;
    return payload_refuse(d->error, code, path, STR_FMT, STR_ARG(code_message(code)));
}

static enum code fields_decode(struct decoding *d, const struct payload_field *fields, const struct field_path *path, void *out)
{
    for (const struct payload_field *field = fields; field->type != FIELD_END; field++) {
        struct field_path inner = *path;
        if (field->name.len > 0) path_member(&inner, field->name);
        const enum code code = field_decode(d, field, &inner, (char *)out + field->offset);
        if (code != CODE_NONE) return code;
    }
    return CODE_NONE;
}

static bool is_shielded(enum kind kind)
{
    return kind == KIND_SHIELDED_DEPOSIT || kind == KIND_SHIELDED_TRANSFER || kind == KIND_SHIELDED_WITHDRAW;
}

enum code payload_decode(enum kind kind, struct str bytes, const struct tx_rules *rules, struct arena *arena, union payload *out,
                         struct apierror *error)
{
    struct decoding d = {.r = bin_reader_of(bytes.data, bytes.len), .rules = rules, .arena = arena, .error = error,
                         .cut = is_shielded(kind) ? CODE_INVALID_FORMAT : CODE_PARSE_ERROR};
    static const struct field_path root = {"payload"};
    memset(out, 0, sizeof(*out));
    const enum code code = fields_decode(&d, payload_row(kind)->fields, &root, out);
    if (code == CODE_NONE && !bin_done(&d.r)) return cut_short(&d);
    if (kind == KIND_ALPHA_FLASH_LOAN) out->flash_loan.token = TOKEN_AX;
    return code;
}

void payload_of_tx(const struct tx *tx, struct arena *arena, union payload *out)
{
    static const struct tx_rules anything = {.allow_zero_amount = true, .any_program_size = true, .truncate = true};
    const enum code code = payload_decode((enum kind)tx->kind, tx_payload(tx), &anything, arena, out, NULL);
    ASSERT(code == CODE_NONE); /* tx_decode took it, and no rules are wider than these */
}

/* ---- encoding ---- */

static void fields_encode(const struct payload_field *fields, const void *value, struct buf *out);

static void field_encode(const struct payload_field *field, const void *value, struct buf *out)
{
    switch (field->type) {
    case FIELD_LIST: {
        const struct any_list *list = value;
        bin_put_u16(out, (uint16_t)list->count);
        for (uint32_t i = 0; i < list->count; i++)
            fields_encode(field->item, (const char *)list->items + (size_t)i * field->item_size, out);
        return;
    }
    case FIELD_OBJECT: fields_encode(field->item, value, out); return;
    case FIELD_STR: bin_put_str(out, *(const struct str *)value); return;
    case FIELD_HEX: bin_put_blob(out, *(const struct str *)value); return;
    case FIELD_ACTION: action_encode(value, out); return;
    case FIELD_AX:
    case FIELD_DX:
    case FIELD_HASH:
    case FIELD_PUBKEY: bin_put_bytes(out, value, 32); return;
    case FIELD_B8: bin_put_bytes(out, value, 8); return;
    case FIELD_BOOL: bin_put_u8(out, *(const bool *)value ? 1 : 0); return;
    case FIELD_TOKEN:
    case FIELD_ENUM: bin_put_u8(out, *(const uint8_t *)value); return;
    case FIELD_AMOUNT: bin_put_u128(out, ((const struct amount *)value)->units); return;
    case FIELD_PX:
    case FIELD_QTY:
    case FIELD_U64: bin_put_u64(out, *(const uint64_t *)value); return;
    case FIELD_U16: bin_put_u16(out, *(const uint16_t *)value); return;
    case FIELD_U32: bin_put_u32(out, *(const uint32_t *)value); return;
    case FIELD_END: break;
    }
    UNREACHABLE();
}

static void fields_encode(const struct payload_field *fields, const void *value, struct buf *out)
{
    for (const struct payload_field *field = fields; field->type != FIELD_END; field++)
        field_encode(field, (const char *)value + field->offset, out);
}

void payload_encode(enum kind kind, const union payload *payload, struct buf *out)
{
    fields_encode(payload_row(kind)->fields, payload, out);
}
