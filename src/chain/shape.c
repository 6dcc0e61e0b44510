#include "chain/shape.h"

#include "chain/field_priv.h"

struct context {
    enum chain_id chain;
    struct arena *arena;
    struct err *err;
};

static const void *at(const void *value, uint32_t offset) { return (const char *)value + offset; }
static void *at_mutable(void *value, uint32_t offset) { return (char *)value + offset; }

static uint32_t count_of(const struct shape_field *field, const void *value)
{
    return *(const uint32_t *)at(value, field->count_at);
}

static const void *items_of(const struct shape_field *field, const void *value)
{
    const void *place = at(value, field->offset);
    return field->type == SHAPE_LIST ? place : *(void *const *)place;
}

static struct str told_of(const struct shape_field *field, const void *value)
{
    return field->items_max != 0 ? *(const struct str *)at(value, field->items_max) : (struct str){0};
}

/* Whether the value has nothing there: null, or left out. */
static bool is_null(const struct shape_field *field, const void *value)
{
    if (!field->maybe) return false;
    if (field->has_at != 0) return !*(const bool *)at(value, field->has_at - 1);
    const void *place = at(value, field->offset);
    switch (field->type) {
    case SHAPE_STR:
    case SHAPE_RAW:
    case SHAPE_HEX: return ((const struct str *)place)->data == NULL;
    case SHAPE_CODE: return *(const enum code *)place == CODE_NONE;
    case SHAPE_ERROR: return ((const struct apierror *)place)->code == CODE_NONE;
    case SHAPE_TX:
    case SHAPE_COMMITTEE:
    case SHAPE_FINALITY:
    case SHAPE_CERTIFICATE:
    case SHAPE_TIMEOUTCERT: return *(void *const *)place == NULL; /* the pointer stands first in the views */
    case SHAPE_BOOL:
    case SHAPE_U8:
    case SHAPE_U16:
    case SHAPE_U32:
    case SHAPE_U64:
    case SHAPE_I64:
    case SHAPE_HASH:
    case SHAPE_SIGNATURE:
    case SHAPE_PUBKEY:
    case SHAPE_ADDRESS:
    case SHAPE_AX:
    case SHAPE_DX:
    case SHAPE_AMOUNT:
    case SHAPE_PX:
    case SHAPE_ENUM:
    case SHAPE_RECEIPT:
    case SHAPE_OBJECT:
    case SHAPE_ARRAY:
    case SHAPE_LIST:
    case SHAPE_CODE_COUNTS:
    case SHAPE_HEADER: break;
    }
    UNREACHABLE(); /* a table names `maybe` without `has_at` */
}

/* ---- writing ---- */

static void write_items(const struct shape_field *field, const void *value, enum chain_id chain, struct json_writer *w)
{
    const struct shape *of = field->of;
    const char *item = items_of(field, value);
    const uint32_t count = count_of(field, value);
    json_array(w);
    for (uint32_t i = 0; i < count; i++, item += of->bytes) shape_write(of, item, chain, w);
    json_array_end(w);
}

static void write_code_counts(const struct shape_field *field, const void *value, struct json_writer *w)
{
    const struct code_count *counts = items_of(field, value);
    const uint32_t count = count_of(field, value);
    json_object(w);
    for (uint32_t i = 0; i < count; i++) json_put_member_u64(w, code_text(counts[i].code), counts[i].count);
    json_object_end(w);
}

static void write_header(const struct header *header, struct json_writer *w)
{
    uint8_t bytes[HEADER_BYTES];
    header_encode(header, bytes);
    json_put_hex(w, bytes, sizeof(bytes));
}

static void write_address(const struct address *address, enum chain_id chain, struct json_writer *w)
{
    char text[ADDRESS_TEXT];
    address_text(address, chain, text);
    json_put_str(w, (struct str){text, ADDRESS_TEXT - 1});
}

static void write_enum(const struct shape_names *names, uint32_t value, struct json_writer *w)
{
    ASSERT(value >= names->first && value - names->first < names->count);
    json_put_str(w, str_of(names->names[value - names->first]));
}

static void write_field(const struct shape_field *field, const void *value, enum chain_id chain, struct json_writer *w)
{
    const void *place = at(value, field->offset);
    switch (field->type) {
    case SHAPE_BOOL: json_put_bool(w, *(const bool *)place); return;
    case SHAPE_U8: json_put_u64(w, *(const uint8_t *)place); return;
    case SHAPE_U16: json_put_u64(w, *(const uint16_t *)place); return;
    case SHAPE_U32: json_put_u64(w, *(const uint32_t *)place); return;
    case SHAPE_U64: json_put_u64(w, *(const uint64_t *)place); return;
    case SHAPE_I64: json_put_i64(w, *(const int64_t *)place); return;
    case SHAPE_STR: json_put_str(w, *(const struct str *)place); return;
    case SHAPE_RAW: json_put_raw(w, *(const struct str *)place); return;
    case SHAPE_HEX: json_put_hex(w, ((const struct str *)place)->data, ((const struct str *)place)->len); return;
    case SHAPE_HASH: json_put_hex(w, place, sizeof(struct hash)); return;
    case SHAPE_SIGNATURE: json_put_hex(w, place, sizeof(struct signature)); return;
    case SHAPE_PUBKEY: json_put_hex(w, place, sizeof(struct pubkey)); return;
    case SHAPE_ADDRESS: write_address(place, field->count_at ? *(const enum chain_id *)at(value, field->count_at) : chain, w); return;
    case SHAPE_AX: write_address(place, CHAIN_ALPHA, w); return;
    case SHAPE_DX: write_address(place, CHAIN_DELTA, w); return;
    case SHAPE_AMOUNT: json_put_u128_str(w, ((const struct amount *)place)->units); return;
    case SHAPE_PX: json_put_u128_str(w, *(const uint64_t *)place); return;
    case SHAPE_ENUM: write_enum(field->of, *(const uint32_t *)place, w); return;
    case SHAPE_CODE: json_put_str(w, code_text(*(const enum code *)place)); return;
    case SHAPE_ERROR: apierror_write_inner(place, w); return;
    case SHAPE_RECEIPT: receipt_write(place, *(struct tx *const *)at(value, field->count_at), told_of(field, value), w); return;
    case SHAPE_OBJECT: shape_write(field->of, place, chain, w); return;
    case SHAPE_ARRAY:
    case SHAPE_LIST: write_items(field, value, chain, w); return;
    case SHAPE_CODE_COUNTS: write_code_counts(field, value, w); return;
    case SHAPE_TX: tx_to_json(*(struct tx *const *)place, w); return;
    case SHAPE_CERTIFICATE: {
        const struct certificate_view *view = place;
        certificate_write(view->certificate, view->power, w);
        return;
    }
    case SHAPE_TIMEOUTCERT: {
        const struct timeoutcert_view *view = place;
        timeoutcert_write(view->tc, view->power, view->high_power, w);
        return;
    }
    case SHAPE_COMMITTEE: committee_write(*(struct committee *const *)place, chain, w); return;
    case SHAPE_FINALITY: finality_write(*(struct finality_proof *const *)place, w); return;
    case SHAPE_HEADER: write_header(place, w); return;
    }
}

void shape_write(const struct shape *shape, const void *value, enum chain_id chain, struct json_writer *w)
{
    if (!shape->bare) json_object(w);
    for (uint32_t i = 0; i < shape->fields_count; i++) {
        const struct shape_field *field = &shape->fields[i];
        const bool null = is_null(field, value);
        if (null && field->absent) continue;
        if (!shape->bare) json_key(w, str_of(field->name));
        if (null)
            json_put_null(w);
        else
            write_field(field, value, chain, w);
    }
    if (!shape->bare) json_object_end(w);
}

/* ---- reading ---- */

static bool read_shape(const struct shape *shape, const struct json *node, const struct context *c, void *out) MUST_CHECK;

static bool refuse(const struct context *c, enum code code)
{
    return code == CODE_NONE || err_set(c->err, ERR_PARSE, STR_FMT, STR_ARG(code_message(code)));
}

static bool read_whole(const struct context *c, const struct json *node, uint64_t max, uint64_t *out)
{
    return refuse(c, field_u64(node, max, out));
}

static bool read_int(const struct shape_field *field, const struct json *node, const struct context *c, void *place)
{
    uint64_t whole;
    switch (field->type) {
    case SHAPE_U8:
        if (!read_whole(c, node, UINT8_MAX, &whole)) return false;
        *(uint8_t *)place = (uint8_t)whole;
        return true;
    case SHAPE_U16:
        if (!read_whole(c, node, UINT16_MAX, &whole)) return false;
        *(uint16_t *)place = (uint16_t)whole;
        return true;
    case SHAPE_U32:
        if (!read_whole(c, node, UINT32_MAX, &whole)) return false;
        *(uint32_t *)place = (uint32_t)whole;
        return true;
    default: return read_whole(c, node, JSON_INT_MAX, place);
    }
}

/* Texts are copied: the value outlives the document it was read from. */
static bool read_text(const struct json *node, const struct context *c, struct str *out)
{
    struct str text;
    if (!refuse(c, field_str(node, &text))) return false;
    *out = str_dup(c->arena, text);
    return true;
}

static bool read_raw(const struct json *node, const struct context *c, struct str *out)
{
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    json_put_tree(&w, node);
    *out = str_dup(c->arena, buf_str(&text));
    buf_done(&text);
    return true;
}

static bool read_enum(const struct shape_names *names, const struct json *node, const struct context *c, uint32_t *out)
{
    struct str text;
    if (!refuse(c, field_str(node, &text))) return false;
    for (uint32_t i = 0; i < names->count; i++) {
        if (!str_eq(text, str_of(names->names[i]))) continue;
        *out = names->first + i;
        return true;
    }
    return err_set(c->err, ERR_PARSE, "'" STR_FMT "' is none of its names", STR_ARG(text));
}

static bool read_code(const struct json *node, const struct context *c, enum code *out)
{
    struct str text;
    if (!refuse(c, field_str(node, &text))) return false;
    return code_parse(text, out) || err_set(c->err, ERR_PARSE, "there is no code '" STR_FMT "'", STR_ARG(text));
}

static bool read_items(const struct shape_field *field, const struct json *node, const struct context *c, void *out)
{
    const struct shape *of = field->of;
    const uint32_t most = field->items_max == 0 ? SHAPE_ITEMS_MAX : field->items_max;
    if (!json_is(node, JSON_ARRAY)) return refuse(c, CODE_INVALID_FIELD_TYPE);
    if (node->count > most) return err_set(c->err, ERR_LIMIT, "%u items; at most %u are read", node->count, most);
    char *item = at_mutable(out, field->offset);
    if (field->type == SHAPE_ARRAY) {
        item = arena_alloc(c->arena, MAX((size_t)node->count * of->bytes, (size_t)1));
        *(void **)at_mutable(out, field->offset) = item;
    }
    uint32_t *count = at_mutable(out, field->count_at);
    *count = 0;
    for (const struct json *child = node->child; child != NULL; child = child->next, item += of->bytes) {
        if (!read_shape(of, child, c, item)) return err_wrap(c->err, "item %u", *count);
        ++*count; /* counted once complete, so that what was read can be released */
    }
    return true;
}

static bool read_code_counts(const struct shape_field *field, const struct json *node, const struct context *c, void *out)
{
    if (!json_is(node, JSON_OBJECT)) return refuse(c, CODE_INVALID_FIELD_TYPE);
    if (node->count > CODE_COUNT) return refuse(c, CODE_FIELD_TOO_LONG);
    struct code_count *counts = arena_array(c->arena, struct code_count, MAX(node->count, 1u));
    uint32_t count = 0;
    for (const struct json *member = node->child; member != NULL; member = member->next) {
        if (!code_parse(member->key, &counts[count].code)) continue; /* a code of a later revision */
        if (!read_whole(c, member, JSON_INT_MAX, &counts[count].count)) return false;
        count++;
    }
    *(struct code_count **)at_mutable(out, field->offset) = counts;
    *(uint32_t *)at_mutable(out, field->count_at) = count;
    return true;
}

static bool read_tx(const struct json *node, const struct context *c, struct tx **out)
{
    struct apierror error;
    const struct tx_rules any = {0};
    *out = tx_from_json(node, &any, &error);
    return *out != NULL || err_set(c->err, ERR_PARSE, "%s: %s", error.field, error.message);
}

static bool found(const struct context *c, const void *object)
{
    return object != NULL || err_set(c->err, ERR_PARSE, "it is malformed");
}

static bool read_header(const struct json *node, const struct context *c, struct header *out)
{
    uint8_t bytes[HEADER_BYTES];
    if (!refuse(c, field_hex(node, bytes, sizeof(bytes)))) return false;
    return header_decode(bytes, out) || err_set(c->err, ERR_PARSE, "this is no header");
}

static bool read_px(const struct json *node, const struct context *c, uint64_t *out)
{
    struct amount amount;
    if (!refuse(c, field_amount(node, &amount))) return false;
    if (amount.units > INT64_MAX) return refuse(c, CODE_AMOUNT_OUT_OF_RANGE);
    *out = (uint64_t)amount.units;
    return true;
}

static bool read_field(const struct shape_field *field, const struct json *node, const struct context *c, void *out)
{
    void *place = at_mutable(out, field->offset);
    switch (field->type) {
    case SHAPE_BOOL: return json_bool(node, place) || refuse(c, CODE_INVALID_FIELD_TYPE);
    case SHAPE_U8:
    case SHAPE_U16:
    case SHAPE_U32:
    case SHAPE_U64: return read_int(field, node, c, place);
    case SHAPE_I64: return json_i64(node, place) || refuse(c, CODE_INVALID_FORMAT);
    case SHAPE_STR: return read_text(node, c, place);
    case SHAPE_RAW: return read_raw(node, c, place);
    case SHAPE_HEX: return refuse(c, field_blob(node, TX_BYTES_MAX, c->arena, place));
    case SHAPE_HASH: return refuse(c, field_hex(node, place, sizeof(struct hash)));
    case SHAPE_SIGNATURE: return refuse(c, field_hex(node, place, sizeof(struct signature)));
    case SHAPE_PUBKEY: return refuse(c, field_hex(node, place, sizeof(struct pubkey)));
    case SHAPE_ADDRESS:
        return refuse(c, field_address(node, field->count_at ? *(enum chain_id *)at_mutable(out, field->count_at) : c->chain, place));
    case SHAPE_AX: return refuse(c, field_address(node, CHAIN_ALPHA, place));
    case SHAPE_DX: return refuse(c, field_address(node, CHAIN_DELTA, place));
    case SHAPE_AMOUNT: return refuse(c, field_amount(node, place));
    case SHAPE_PX: return read_px(node, c, place);
    case SHAPE_ENUM: return read_enum(field->of, node, c, place);
    case SHAPE_CODE: return read_code(node, c, place);
    case SHAPE_ERROR: return apierror_read(node, place) || err_set(c->err, ERR_PARSE, "this is no error body");
    case SHAPE_RECEIPT:
        if (field->items_max != 0) *(struct str *)at_mutable(out, field->items_max) = receipt_read_told(node, c->arena);
        return receipt_read(node, place) || err_set(c->err, ERR_PARSE, "this is no receipt");
    case SHAPE_OBJECT: return read_shape(field->of, node, c, place);
    case SHAPE_ARRAY:
    case SHAPE_LIST: return read_items(field, node, c, out);
    case SHAPE_CODE_COUNTS: return read_code_counts(field, node, c, out);
    case SHAPE_TX: return read_tx(node, c, place);
    case SHAPE_CERTIFICATE: {
        struct certificate_view *view = place;
        return found(c, view->certificate = certificate_read(node, &view->power));
    }
    case SHAPE_TIMEOUTCERT: {
        struct timeoutcert_view *view = place;
        return found(c, view->tc = timeoutcert_read(node, &view->power, &view->high_power));
    }
    case SHAPE_COMMITTEE: return found(c, *(struct committee **)place = committee_read(node, c->chain));
    case SHAPE_FINALITY: return found(c, *(struct finality_proof **)place = finality_read(node));
    case SHAPE_HEADER: return read_header(node, c, place);
    }
    UNREACHABLE();
}

static bool read_member(const struct shape *shape, const struct shape_field *field, const struct json *node,
                        const struct context *c, void *out)
{
    const struct json *member = shape->bare ? node : json_find(node, str_of(field->name));
    if (member == NULL) return field->absent || err_set(c->err, ERR_PARSE, "it is missing");
    if (field->maybe && member->type == JSON_NULL) return true;
    if (!read_field(field, member, c, out)) return false;
    if (field->has_at != 0) *(bool *)at_mutable(out, field->has_at - 1) = true;
    return true;
}

static void release(const struct shape *shape, void *value);

/* `out` is zero. On false it holds nothing. */
static bool read_shape(const struct shape *shape, const struct json *node, const struct context *c, void *out)
{
    if (!shape->bare && !json_is(node, JSON_OBJECT)) return refuse(c, CODE_INVALID_FIELD_TYPE);
    for (uint32_t i = 0; i < shape->fields_count; i++) {
        if (read_member(shape, &shape->fields[i], node, c, out)) continue;
        release(shape, out);
        return shape->bare ? false : err_wrap(c->err, "%s", shape->fields[i].name);
    }
    return true;
}

bool shape_read(const struct shape *shape, const struct json *node, enum chain_id chain, struct arena *arena, void *out,
                struct err *err)
{
    const struct context c = {chain, arena, err};
    memset(out, 0, shape->bytes);
    if (node == NULL) return err_set(err, ERR_PARSE, "%s: nothing to read", shape->name);
    return read_shape(shape, node, &c, out) || err_wrap(err, "%s", shape->name);
}

/* ---- sharing ---- */

static void deepen(const struct shape *shape, const void *from, struct arena *arena, void *out);

static void deepen_items(const struct shape_field *field, const void *from, struct arena *arena, void *out)
{
    const struct shape *of = field->of;
    const uint32_t count = count_of(field, from);
    const char *item = items_of(field, from);
    char *copy = field->type == SHAPE_LIST ? at_mutable(out, field->offset) : arena_copy(arena, item, (size_t)count * of->bytes);
    if (field->type == SHAPE_ARRAY) *(void **)at_mutable(out, field->offset) = copy;
    for (uint32_t i = 0; i < count; i++) deepen(of, item + (size_t)i * of->bytes, arena, copy + (size_t)i * of->bytes);
}

static void deepen_field(const struct shape_field *field, const void *from, struct arena *arena, void *out)
{
    void *place = at_mutable(out, field->offset);
    switch (field->type) {
    case SHAPE_STR:
    case SHAPE_RAW:
    case SHAPE_HEX: *(struct str *)place = str_dup(arena, *(struct str *)place); return;
    case SHAPE_OBJECT: deepen(field->of, at(from, field->offset), arena, place); return;
    case SHAPE_ARRAY:
    case SHAPE_LIST: deepen_items(field, from, arena, out); return;
    case SHAPE_CODE_COUNTS:
        *(void **)place = arena_copy(arena, *(void **)place, count_of(field, from) * sizeof(struct code_count));
        return;
    case SHAPE_RECEIPT:
        if (field->items_max != 0) *(struct str *)at_mutable(out, field->items_max) = str_dup(arena, told_of(field, from));
        return;
    case SHAPE_TX: (void)tx_ref(*(struct tx **)place); return;
    case SHAPE_CERTIFICATE: (void)certificate_ref(((struct certificate_view *)place)->certificate); return;
    case SHAPE_TIMEOUTCERT: (void)timeoutcert_ref(((struct timeoutcert_view *)place)->tc); return;
    case SHAPE_COMMITTEE: (void)committee_ref(*(struct committee **)place); return;
    case SHAPE_FINALITY: (void)finality_ref(*(struct finality_proof **)place); return;
    default: return; /* plain values came with the struct */
    }
}

/* `out` is a bytewise copy of `from`: gives it texts, items and references of its own. */
static void deepen(const struct shape *shape, const void *from, struct arena *arena, void *out)
{
    for (uint32_t i = 0; i < shape->fields_count; i++)
        if (!is_null(&shape->fields[i], from)) deepen_field(&shape->fields[i], from, arena, out);
}

void shape_copy(const struct shape *shape, const void *from, struct arena *arena, void *out)
{
    memcpy(out, from, shape->bytes);
    deepen(shape, from, arena, out);
}

static void release_field(const struct shape_field *field, void *value)
{
    void *place = at_mutable(value, field->offset);
    switch (field->type) {
    case SHAPE_OBJECT: release(field->of, place); return;
    case SHAPE_ARRAY:
    case SHAPE_LIST: {
        const struct shape *of = field->of;
        char *item = field->type == SHAPE_LIST ? place : *(void **)place;
        const uint32_t count = count_of(field, value);
        for (uint32_t i = 0; i < count; i++) release(of, item + (size_t)i * of->bytes);
        return;
    }
    case SHAPE_TX:
        tx_unref(*(struct tx **)place);
        *(struct tx **)place = NULL;
        return;
    case SHAPE_CERTIFICATE:
        certificate_unref(((struct certificate_view *)place)->certificate);
        ((struct certificate_view *)place)->certificate = NULL;
        return;
    case SHAPE_TIMEOUTCERT:
        timeoutcert_unref(((struct timeoutcert_view *)place)->tc);
        ((struct timeoutcert_view *)place)->tc = NULL;
        return;
    case SHAPE_COMMITTEE:
        committee_unref(*(struct committee **)place);
        *(struct committee **)place = NULL;
        return;
    case SHAPE_FINALITY:
        finality_unref(*(struct finality_proof **)place);
        *(struct finality_proof **)place = NULL;
        return;
    default: return;
    }
}

static void release(const struct shape *shape, void *value)
{
    for (uint32_t i = 0; i < shape->fields_count; i++) release_field(&shape->fields[i], value);
}

void shape_done(const struct shape *shape, void *value)
{
    release(shape, value);
    memset(value, 0, shape->bytes);
}
