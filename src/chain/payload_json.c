/* The JSON form of payloads, by the table. */
#include <stdio.h>

#include "chain/field_priv.h"
#include "chain/payload_priv.h"
#include "core/codec/diags.h"

/* ---- reading ---- */

struct parsing {
    const struct tx_rules *rules;
    struct arena *arena;
    struct apierror *error;
};

static enum code members_read(const struct parsing *p, const struct payload_field *fields, const struct json *object,
                              const struct field_path *path, void *out);

static enum code value_refuse(const struct parsing *p, enum code code, const struct field_path *path)
{
    return payload_refuse(p->error, code, path, "%s: " STR_FMT, path->text, STR_ARG(code_message(code)));
}

#define MEMBERS_MAX 16
static size_t names_of(const struct payload_field *fields, struct str out[MEMBERS_MAX])
{
    size_t count = 0;
    for (; fields[count].type != FIELD_END; count++) {
        ASSERT(count < MEMBERS_MAX);
        out[count] = fields[count].name;
    }
    return count;
}

static enum code unknown_member(const struct parsing *p, const struct payload_field *fields, const struct field_path *path,
                                struct str name)
{
    struct str known[MEMBERS_MAX];
    const size_t count = names_of(fields, known);
    struct field_path full = *path;
    path_member(&full, str_sub(name, 0, MIN(name.len, (size_t)40)));
    (void)payload_refuse(p->error, CODE_UNKNOWN_FIELD, &full, "there is no member '%s' here", full.text);
    const struct str near = did_you_mean(name, known, count);
    if (near.len > 0 && p->error != NULL) apierror_suggest(p->error, "did you mean '%s." STR_FMT "'?", path->text, STR_ARG(near));
    return CODE_UNKNOWN_FIELD;
}

enum code payload_names_check(const struct payload_field *fields, const struct json *object, const struct field_path *path,
                              struct apierror *error)
{
    const struct parsing p = {.error = error};
    for (const struct json *member = object->child; member != NULL; member = member->next) {
        const struct payload_field *field = fields;
        while (field->type != FIELD_END && !str_eq(field->name, member->key)) field++;
        if (field->type == FIELD_END) return unknown_member(&p, fields, path, member->key);
    }
    return CODE_NONE;
}

static enum code missing_check(const struct parsing *p, const struct payload_field *fields, const struct json *object,
                               const struct field_path *path)
{
    struct field_path first = {""};
    char all[120] = "";
    for (const struct payload_field *field = fields; field->type != FIELD_END; field++) {
        if (json_find(object, field->name) != NULL) continue;
        struct field_path full = *path;
        path_member(&full, field->name);
        if (first.text[0] == 0) first = full;
        const size_t used = strlen(all);
        (void)snprintf(all + used, sizeof(all) - used, "%s%s", used > 0 ? ", " : "", full.text);
    }
    return first.text[0] == 0 ? CODE_NONE : payload_refuse(p->error, CODE_MISSING_FIELD, &first, "missing: %s", all);
}

static enum code list_read(const struct parsing *p, const struct payload_field *field, const struct json *node,
                           const struct field_path *path, void *out)
{
    struct any_list *list = out;
    if (!json_is(node, JSON_ARRAY)) return value_refuse(p, CODE_INVALID_FIELD_TYPE, path);
    if (node->count > field->max)
        return payload_refuse(p->error, CODE_FIELD_TOO_LONG, path, "%u items; at most %u are taken", node->count, field->max);
    const size_t bytes = (size_t)MAX(node->count, 1u) * field->item_size;
    list->items = arena_alloc(p->arena, bytes);
    memset(list->items, 0, bytes);
    list->count = node->count;
    uint32_t i = 0;
    for (const struct json *item = node->child; item != NULL; item = item->next, i++) {
        struct field_path inner = *path;
        path_item(&inner, i);
        const enum code code = members_read(p, field->item, item, &inner, (char *)list->items + (size_t)i * field->item_size);
        if (code != CODE_NONE) return code;
    }
    return CODE_NONE;
}

static enum code text_read(const struct parsing *p, const struct payload_field *field, const struct json *node, struct str *out)
{
    const enum code code = field_str(node, out);
    if (code != CODE_NONE) return code;
    if (out->len > field->max && !p->rules->truncate) return CODE_FIELD_TOO_LONG;
    for (size_t i = 0; i < out->len; i++)
        if ((uint8_t)out->data[i] < 0x20 || out->data[i] == 0x7f) return CODE_INVALID_FORMAT;
    return CODE_NONE;
}

static enum code choice_read(const struct payload_field *field, const struct json *node, uint8_t *out)
{
    struct str text;
    const enum code code = field_str(node, &text);
    if (code != CODE_NONE) return code;
    for (const struct payload_choice *choice = field->choices; choice->name.len > 0; choice++)
        if (str_eq(choice->name, text)) return *out = choice->value, CODE_NONE;
    return CODE_INVALID_FORMAT;
}

/* px and qty: decimal strings up to 2^63 - 1. */
static enum code price_read(const struct json *node, uint64_t *out)
{
    struct amount amount;
    const enum code code = field_amount(node, &amount);
    if (code != CODE_NONE) return code;
    if (amount.units > PX_MAX) return CODE_AMOUNT_OUT_OF_RANGE;
    *out = (uint64_t)amount.units;
    return CODE_NONE;
}

static enum code number_read(const struct payload_field *field, const struct json *node, void *out)
{
    uint64_t value = 0;
    const uint64_t max = field->type == FIELD_U16 ? UINT16_MAX : field->type == FIELD_U32 ? UINT32_MAX : JSON_INT_MAX;
    const enum code code = field_u64(node, max, &value);
    if (field->type == FIELD_U16) *(uint16_t *)out = (uint16_t)value;
    if (field->type == FIELD_U32) *(uint32_t *)out = (uint32_t)value;
    if (field->type == FIELD_U64) *(uint64_t *)out = value;
    return code;
}

static enum code bool_read(const struct json *node, bool *out)
{
    return json_bool(node, out) ? CODE_NONE : CODE_INVALID_FIELD_TYPE;
}

static enum code token_read(const struct json *node, uint8_t *out)
{
    enum token token = TOKEN_AX;
    const enum code code = field_token(node, &token);
    *out = (uint8_t)token;
    return code;
}

static enum code plain_read(const struct parsing *p, const struct payload_field *field, const struct json *node, void *out)
{
    switch (field->type) {
    case FIELD_AX: return field_address_by(node, CHAIN_ALPHA, p->rules, out);
    case FIELD_DX: return field_address_by(node, CHAIN_DELTA, p->rules, out);
    case FIELD_TOKEN: return token_read(node, out);
    case FIELD_AMOUNT: return field_amount_by(node, p->rules, out);
    case FIELD_PX:
    case FIELD_QTY: return price_read(node, out);
    case FIELD_BOOL: return bool_read(node, out);
    case FIELD_U16:
    case FIELD_U32:
    case FIELD_U64: return number_read(field, node, out);
    case FIELD_HASH:
    case FIELD_PUBKEY: return field_hex(node, out, 32);
    case FIELD_B8: return field_hex(node, out, 8);
    case FIELD_ENUM: return choice_read(field, node, out);
    case FIELD_STR: return text_read(p, field, node, out);
    case FIELD_HEX: {
        const enum code code = field_blob(node, p->rules->truncate ? TX_BYTES_MAX : payload_max(field, p->rules), p->arena, out);
        return code == CODE_FIELD_TOO_LONG ? payload_too_long(field) : code;
    }
    default: UNREACHABLE();
    }
}

static bool is_number(enum payload_type type) { return type == FIELD_U16 || type == FIELD_U32 || type == FIELD_U64; }

static enum code field_read(const struct parsing *p, const struct payload_field *field, const struct json *node,
                            const struct field_path *path, void *out)
{
    struct json guess;
    if (node == NULL && p->rules->default_missing) return CODE_NONE; /* the struct is zero already */
    node = field_coerced(node, is_number(field->type) ? JSON_NUMBER : JSON_STRING, p->rules, &guess);
    if (field->type == FIELD_LIST) return list_read(p, field, node, path, out);
    if (field->type == FIELD_OBJECT) return members_read(p, field->item, node, path, out);
    if (field->type == FIELD_ACTION) return action_read(node, path->text, out, p->error);
    enum code code = plain_read(p, field, node, out);
    if (code == CODE_NONE) code = payload_value_check(field, out, p->rules);
    return code == CODE_NONE ? code : value_refuse(p, code, path);
}

static enum code members_read(const struct parsing *p, const struct payload_field *fields, const struct json *object,
                              const struct field_path *path, void *out)
{
    if (fields[0].type != FIELD_END && fields[0].name.len == 0) /* a bare value */
        return field_read(p, &fields[0], object, path, out);
    if (!json_is(object, JSON_OBJECT)) return value_refuse(p, CODE_INVALID_FIELD_TYPE, path);
    enum code code = payload_names_check(fields, object, path, p->error);
    if (code == CODE_NONE && !p->rules->default_missing) code = missing_check(p, fields, object, path);
    for (const struct payload_field *field = fields; code == CODE_NONE && field->type != FIELD_END; field++) {
        struct field_path inner = *path;
        path_member(&inner, field->name);
        code = field_read(p, field, json_find(object, field->name), &inner, (char *)out + field->offset);
    }
    return code;
}

enum code payload_read(enum kind kind, const struct json *object, const struct tx_rules *rules, struct arena *arena,
                       union payload *out, struct apierror *error)
{
    static const struct field_path root = {"payload"};
    const struct parsing p = {rules, arena, error};
    memset(out, 0, sizeof(*out));
    const enum code code = members_read(&p, payload_row(kind)->fields, object, &root, out);
    if (kind == KIND_ALPHA_FLASH_LOAN) out->flash_loan.token = TOKEN_AX;
    return code;
}

/* ---- writing ---- */

static void members_write(const struct payload_field *fields, const void *value, struct json_writer *w);

static void list_write(const struct payload_field *field, const struct any_list *list, struct json_writer *w)
{
    json_array(w);
    for (uint32_t i = 0; i < list->count; i++)
        members_write(field->item, (const char *)list->items + (size_t)i * field->item_size, w);
    json_array_end(w);
}

static void address_write(const struct address *address, enum chain_id chain, struct json_writer *w)
{
    char text[ADDRESS_TEXT];
    address_text(address, chain, text);
    json_put_str(w, str_of(text));
}

static struct str choice_text(const struct payload_field *field, uint8_t value)
{
    for (const struct payload_choice *choice = field->choices; choice->name.len > 0; choice++)
        if (choice->value == value) return choice->name;
    return STR("");
}

static void value_write(const struct payload_field *field, const void *value, struct json_writer *w)
{
    switch (field->type) {
    case FIELD_LIST: list_write(field, value, w); return;
    case FIELD_OBJECT: members_write(field->item, value, w); return;
    case FIELD_ACTION: action_write(value, w); return;
    case FIELD_AX: address_write(value, CHAIN_ALPHA, w); return;
    case FIELD_DX: address_write(value, CHAIN_DELTA, w); return;
    case FIELD_TOKEN: json_put_str(w, token_text((enum token)*(const uint8_t *)value)); return;
    case FIELD_AMOUNT: json_put_u128_str(w, ((const struct amount *)value)->units); return;
    case FIELD_PX:
    case FIELD_QTY: json_put_u128_str(w, *(const uint64_t *)value); return;
    case FIELD_BOOL: json_put_bool(w, *(const bool *)value); return;
    case FIELD_U16: json_put_u64(w, *(const uint16_t *)value); return;
    case FIELD_U32: json_put_u64(w, *(const uint32_t *)value); return;
    case FIELD_U64: json_put_u64(w, *(const uint64_t *)value); return;
    case FIELD_HASH:
    case FIELD_PUBKEY: json_put_hex(w, value, 32); return;
    case FIELD_B8: json_put_hex(w, value, 8); return;
    case FIELD_ENUM: json_put_str(w, choice_text(field, *(const uint8_t *)value)); return;
    case FIELD_STR: json_put_str(w, *(const struct str *)value); return;
    case FIELD_HEX: json_put_hex(w, ((const struct str *)value)->data, ((const struct str *)value)->len); return;
    case FIELD_END: break;
    }
    UNREACHABLE();
}

static void members_write(const struct payload_field *fields, const void *value, struct json_writer *w)
{
    if (fields[0].type != FIELD_END && fields[0].name.len == 0) {
        value_write(&fields[0], value, w);
        return;
    }
    json_object(w);
    for (const struct payload_field *field = fields; field->type != FIELD_END; field++) {
        json_key(w, field->name);
        value_write(field, (const char *)value + field->offset, w);
    }
    json_object_end(w);
}

void payload_write(enum kind kind, const union payload *payload, struct json_writer *w)
{
    members_write(payload_row(kind)->fields, payload, w);
}
