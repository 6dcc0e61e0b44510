#include "chain/field_priv.h"

enum code field_u64(const struct json *node, uint64_t max, uint64_t *out)
{
    if (!json_is(node, JSON_NUMBER)) return CODE_INVALID_FIELD_TYPE;
    uint64_t value;
    if (!json_u64(node, &value) || value > max) return CODE_INVALID_FORMAT;
    *out = value;
    return CODE_NONE;
}

enum code field_str(const struct json *node, struct str *out)
{
    return json_str(node, out) ? CODE_NONE : CODE_INVALID_FIELD_TYPE;
}

bool hex_is_lower(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return text.len % 2 == 0;
}

enum code field_hex(const struct json *node, void *out, size_t bytes)
{
    if (!json_is(node, JSON_STRING)) return CODE_INVALID_FIELD_TYPE;
    return str_unhex(node->text, out, bytes) ? CODE_NONE : CODE_INVALID_FORMAT;
}

enum code field_amount(const struct json *node, struct amount *out)
{
    if (!json_is(node, JSON_STRING)) return CODE_INVALID_FIELD_TYPE;
    return amount_parse(node->text, out);
}

enum code field_address(const struct json *node, enum chain_id chain, struct address *out)
{
    if (!json_is(node, JSON_STRING)) return CODE_INVALID_FIELD_TYPE;
    return address_parse(node->text, chain, out);
}

enum code field_address_by(const struct json *node, enum chain_id chain, const struct tx_rules *rules, struct address *out)
{
    const enum code code = field_address(node, chain, out);
    if (code == CODE_NONE || !rules->any_address || !json_is(node, JSON_STRING)) return code;
    return address_guess(node->text, out) ? CODE_NONE : code;
}

enum code field_amount_by(const struct json *node, const struct tx_rules *rules, struct amount *out)
{
    const enum code code = field_amount(node, out);
    if (code != CODE_AMOUNT_NEGATIVE || !rules->signed_amounts) return code;
    struct amount magnitude;
    if (amount_parse(str_sub(node->text, 1, node->text.len), &magnitude) != CODE_NONE) return code;
    out->units = -magnitude.units;
    return CODE_NONE;
}

const struct json *field_coerced(const struct json *node, enum json_type wanted, const struct tx_rules *rules, struct json *room)
{
    if (node == NULL || !rules->lenient || node->type == wanted) return node;
    if (node->type != JSON_NUMBER && node->type != JSON_STRING) return node;
    *room = *node;
    room->type = wanted;
    return room;
}

enum code field_token(const struct json *node, enum token *out)
{
    if (!json_is(node, JSON_STRING)) return CODE_INVALID_FIELD_TYPE;
    return token_parse(node->text, out) ? CODE_NONE : CODE_INVALID_FORMAT;
}

enum code field_blob(const struct json *node, size_t bytes_max, struct arena *arena, struct str *out)
{
    if (!json_is(node, JSON_STRING)) return CODE_INVALID_FIELD_TYPE;
    if (!hex_is_lower(node->text)) return CODE_INVALID_FORMAT;
    const size_t bytes = node->text.len / 2;
    if (bytes > bytes_max) return CODE_FIELD_TOO_LONG;
    char *data = arena_alloc(arena, bytes + 1);
    if (!str_unhex(node->text, data, bytes)) return CODE_INVALID_FORMAT;
    *out = (struct str){data, bytes};
    return CODE_NONE;
}

static const struct json *member(struct member_reader *r, struct str key) { return json_find(r->object, key); }

uint64_t member_u64(struct member_reader *r, struct str key, uint64_t max)
{
    uint64_t value = 0;
    if (field_u64(member(r, key), max, &value) != CODE_NONE) r->bad = true;
    return value;
}

void member_hex(struct member_reader *r, struct str key, void *out, size_t bytes)
{
    if (field_hex(member(r, key), out, bytes) == CODE_NONE) return;
    memset(out, 0, bytes);
    r->bad = true;
}

struct amount member_amount(struct member_reader *r, struct str key)
{
    struct amount value = AMOUNT(0);
    if (field_amount(member(r, key), &value) != CODE_NONE) r->bad = true;
    return value;
}

enum chain_id member_chain(struct member_reader *r, struct str key)
{
    struct str text;
    enum chain_id chain = CHAIN_ALPHA;
    if (field_str(member(r, key), &text) != CODE_NONE || !chain_parse(text, &chain)) r->bad = true;
    return chain;
}

struct address member_address(struct member_reader *r, struct str key, enum chain_id chain)
{
    struct address address = {0};
    if (field_address(member(r, key), chain, &address) != CODE_NONE) r->bad = true;
    return address;
}

/* The member, or NULL with the fault told. */
static const struct json *strict_member(struct strict_reader *r, struct str key)
{
    if (r->bad) return NULL;
    const struct json *node = json_find(r->object, key);
    if (node != NULL) return node;
    r->bad = true;
    if (!json_is(r->object, JSON_OBJECT))
        apierror_set(r->error, CODE_INVALID_FIELD_TYPE, NULL, "an object is expected");
    else
        apierror_set(r->error, CODE_MISSING_FIELD, key.data, "missing: %s", key.data);
    return NULL;
}

static void strict_take(struct strict_reader *r, struct str key, enum code code)
{
    if (code == CODE_NONE) return;
    r->bad = true;
    apierror_set(r->error, code, key.data, "%s: %s", key.data, code_message(code).data);
}

uint64_t strict_u64(struct strict_reader *r, struct str key, uint64_t max)
{
    uint64_t value = 0;
    const struct json *node = strict_member(r, key);
    if (node != NULL) strict_take(r, key, field_u64(node, max, &value));
    return value;
}

void strict_hex(struct strict_reader *r, struct str key, void *out, size_t bytes)
{
    const struct json *node = strict_member(r, key);
    if (node != NULL) strict_take(r, key, field_hex(node, out, bytes));
}

enum chain_id strict_chain(struct strict_reader *r, struct str key)
{
    enum chain_id chain = CHAIN_ALPHA;
    struct str text;
    const struct json *node = strict_member(r, key);
    if (node == NULL) return chain;
    enum code code = field_str(node, &text);
    if (code == CODE_NONE && !chain_parse(text, &chain)) code = CODE_INVALID_CHAIN_ID;
    strict_take(r, key, code);
    return chain;
}

struct address strict_address(struct strict_reader *r, struct str key, enum chain_id chain)
{
    struct address address = {0};
    const struct json *node = strict_member(r, key);
    if (node != NULL) strict_take(r, key, field_address(node, chain, &address));
    return address;
}

void put_amount(struct json_writer *w, struct str key, struct amount amount)
{
    json_key(w, key);
    json_put_u128_str(w, amount.units);
}

void put_hex(struct json_writer *w, struct str key, const void *data, size_t bytes)
{
    json_key(w, key);
    json_put_hex(w, data, bytes);
}

void put_address(struct json_writer *w, struct str key, const struct address *address, enum chain_id chain)
{
    char text[ADDRESS_TEXT];
    address_text(address, chain, text);
    json_key(w, key);
    json_put_str(w, (struct str){text, ADDRESS_TEXT - 1});
}
