#include <math.h>
#include <stdio.h>

#include "core/codec/json.h"

struct json_writer json_writer_of(struct buf *out) { return (struct json_writer){.out = out}; }
struct json_writer json_writer_pretty(struct buf *out) { return (struct json_writer){.out = out, .pretty = true}; }

static void new_line(struct json_writer *w)
{
    buf_put_char(w->out, '\n');
    for (uint32_t i = 0; i < w->depth; i++) buf_put(w->out, "  ", 2);
}

/* What goes in front of a value or a key. */
static void before_item(struct json_writer *w)
{
    if (w->keyed) {
        w->keyed = false;
        return;
    }
    if (w->filled) buf_put_char(w->out, ',');
    if (w->pretty && w->depth > 0) new_line(w);
    w->filled = true;
}

static void open_with(struct json_writer *w, char c)
{
    ASSERT(w->depth < JSON_DEPTH_MAX);
    before_item(w);
    buf_put_char(w->out, c);
    w->depth++;
    w->filled = false;
}

static void close_with(struct json_writer *w, char c)
{
    ASSERT(w->depth > 0);
    ASSERT(!w->keyed);
    w->depth--;
    if (w->pretty && w->filled) new_line(w);
    buf_put_char(w->out, c);
    w->filled = true;
}

void json_object(struct json_writer *w) { open_with(w, '{'); }
void json_object_end(struct json_writer *w) { close_with(w, '}'); }
void json_array(struct json_writer *w) { open_with(w, '['); }
void json_array_end(struct json_writer *w) { close_with(w, ']'); }

void json_key(struct json_writer *w, struct str key)
{
    ASSERT(!w->keyed);
    before_item(w);
    uint8_t *at = buf_grow(w->out, key.len + (w->pretty ? 4 : 3));
    *at++ = '"';
    memcpy(at, key.data, key.len);
    at += key.len;
    *at++ = '"';
    *at++ = ':';
    if (w->pretty) *at = ' ';
    w->keyed = true;
}

void json_put_raw(struct json_writer *w, struct str json)
{
    before_item(w);
    buf_put_str(w->out, json);
}

void json_put_null(struct json_writer *w) { json_put_raw(w, STR("null")); }

void json_put_bool(struct json_writer *w, bool value) { json_put_raw(w, value ? STR("true") : STR("false")); }

void json_put_u64(struct json_writer *w, uint64_t value)
{
    char text[20];
    size_t at = sizeof(text);
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    json_put_raw(w, (struct str){text + at, sizeof(text) - at});
}

void json_put_i64(struct json_writer *w, int64_t value)
{
    if (value >= 0) {
        json_put_u64(w, (uint64_t)value);
        return;
    }
    before_item(w);
    buf_put_char(w->out, '-');
    w->keyed = true; /* the digits belong to the value that has begun */
    json_put_u64(w, -(uint64_t)value);
}

void json_put_double(struct json_writer *w, double value)
{
    if (!isfinite(value)) {
        json_put_null(w);
        return;
    }
    char text[336];
    int len = snprintf(text, sizeof(text), "%.6f", value);
    ASSERT(len > 0 && (size_t)len < sizeof(text));
    while (text[len - 1] == '0') len--;
    if (text[len - 1] == '.') len--;
    const struct str shown = {text, (size_t)len};
    json_put_raw(w, str_eq(shown, STR("-0")) ? STR("0") : shown);
}

static void put_escape(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"': buf_put(out, "\\\"", 2); break;
    case '\\': buf_put(out, "\\\\", 2); break;
    case '\n': buf_put(out, "\\n", 2); break;
    case '\t': buf_put(out, "\\t", 2); break;
    case '\r': buf_put(out, "\\r", 2); break;
    default: buf_printf(out, "\\u%04x", c); break;
    }
}

/* Bytes of the well-formed character at the start of `s`; 0 when there is none. */
static size_t char_bytes(struct str s)
{
    for (size_t bytes = 1; bytes <= 4 && bytes <= s.len; bytes++)
        if (str_is_utf8((struct str){s.data, bytes})) return bytes;
    return 0;
}

static void put_escaped(struct buf *out, struct str text)
{
    const bool clean = str_is_utf8(text);
    size_t from = 0;
    for (size_t i = 0; i < text.len;) {
        const unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\' && (c < 0x80 || clean)) {
            i++;
            continue;
        }
        buf_put(out, text.data + from, i - from);
        if (c < 0x80) {
            put_escape(out, c);
            i++;
        } else {
            const size_t bytes = char_bytes(str_sub(text, i, 4));
            if (bytes > 0)
                buf_put(out, text.data + i, bytes);
            else
                buf_put(out, "\xef\xbf\xbd", 3);
            i += bytes > 0 ? bytes : 1;
        }
        from = i;
    }
    buf_put(out, text.data + from, text.len - from);
}

/* Nothing to escape and nothing to check: ASCII without quotes, backslashes and control characters. */
static bool is_plain(struct str text)
{
    bool plain = true;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        plain &= (c >= 0x20) & (c < 0x80) & (c != '"') & (c != '\\');
    }
    return plain;
}

void json_put_str(struct json_writer *w, struct str text)
{
    before_item(w);
    if (is_plain(text)) {
        uint8_t *at = buf_grow(w->out, text.len + 2);
        at[0] = '"';
        if (text.len > 0) memcpy(at + 1, text.data, text.len);
        at[text.len + 1] = '"';
        return;
    }
    buf_put_char(w->out, '"');
    put_escaped(w->out, text);
    buf_put_char(w->out, '"');
}

void json_put_hex(struct json_writer *w, const void *data, size_t bytes)
{
    before_item(w);
    uint8_t *at = buf_grow(w->out, 2 * bytes + 2);
    at[0] = '"';
    str_hex(data, bytes, (char *)at + 1);
    at[2 * bytes + 1] = '"';
}

void json_put_u128_str(struct json_writer *w, u128 value)
{
    char text[U128_TEXT];
    const size_t len = u128_text(value, text);
    before_item(w);
    uint8_t *at = buf_grow(w->out, len + 2);
    at[0] = '"';
    memcpy(at + 1, text, len);
    at[len + 1] = '"';
}

void json_put_tree(struct json_writer *w, const struct json *node)
{
    if (node == NULL) {
        json_put_null(w);
        return;
    }
    switch (node->type) {
    case JSON_NULL: json_put_null(w); break;
    case JSON_BOOL: json_put_bool(w, node->boolean); break;
    case JSON_NUMBER: json_put_raw(w, node->text); break;
    case JSON_STRING: json_put_str(w, node->text); break;
    case JSON_ARRAY:
        json_array(w);
        for (const struct json *item = node->child; item != NULL; item = item->next) json_put_tree(w, item);
        json_array_end(w);
        break;
    case JSON_OBJECT:
        json_object(w);
        for (const struct json *member = node->child; member != NULL; member = member->next) {
            before_item(w);
            buf_put_char(w->out, '"');
            put_escaped(w->out, member->key);
            buf_put(w->out, w->pretty ? "\": " : "\":", w->pretty ? 3 : 2);
            w->keyed = true;
            json_put_tree(w, member);
        }
        json_object_end(w);
        break;
    }
}

void json_put_member_str(struct json_writer *w, struct str key, struct str text)
{
    json_key(w, key);
    json_put_str(w, text);
}

void json_put_member_u64(struct json_writer *w, struct str key, uint64_t value)
{
    json_key(w, key);
    json_put_u64(w, value);
}

void json_put_member_bool(struct json_writer *w, struct str key, bool value)
{
    json_key(w, key);
    json_put_bool(w, value);
}
