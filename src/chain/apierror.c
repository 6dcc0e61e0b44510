#include "chain/apierror.h"

#include <stdio.h>

/* Cuts at a whole character, so that what is kept stays UTF-8. */
static void copy_text(char *to, size_t room, struct str text)
{
    size_t len = MIN(text.len, room - 1);
    while (len > 0 && len < text.len && ((unsigned char)text.data[len] & 0xc0) == 0x80) len--;
    if (len > 0) memcpy(to, text.data, len);
    to[len] = 0;
}

bool apierror_set(struct apierror *error, enum code code, const char *field, const char *fmt, ...)
{
    memset(error, 0, sizeof(*error));
    error->code = code;
    if (field != NULL) copy_text(error->field, sizeof(error->field), str_of(field));
    char text[512];
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    copy_text(error->message, sizeof(error->message), (struct str){text, len < 0 ? 0 : MIN((size_t)len, sizeof(text) - 1)});
    return false;
}

void apierror_suggest(struct apierror *error, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    copy_text(error->suggestion, sizeof(error->suggestion), (struct str){text, len < 0 ? 0 : MIN((size_t)len, sizeof(text) - 1)});
}

static void detail_add(struct apierror *error, struct str key, struct str value, bool number)
{
    if (error->details_count == APIERROR_DETAILS_MAX) return;
    struct apierror_detail *detail = &error->details[error->details_count++];
    copy_text(detail->key, sizeof(detail->key), key);
    copy_text(detail->value, sizeof(detail->value), value);
    detail->number = number;
}

void apierror_detail_str(struct apierror *error, const char *key, struct str value)
{
    detail_add(error, str_of(key), value, false);
}

void apierror_detail_u64(struct apierror *error, const char *key, uint64_t value)
{
    char text[U128_TEXT];
    const size_t len = u128_text(value, text);
    detail_add(error, str_of(key), (struct str){text, len}, true);
}

void apierror_detail_amount(struct apierror *error, const char *key, struct amount value)
{
    char text[AMOUNT_TEXT];
    const size_t len = amount_text(value, text);
    detail_add(error, str_of(key), (struct str){text, len}, false);
}

struct str apierror_detail_find(const struct apierror *error, struct str key)
{
    for (size_t i = 0; i < error->details_count; i++)
        if (str_eq(str_of(error->details[i].key), key)) return str_of(error->details[i].value);
    return (struct str){0};
}

static void put_or_null(struct json_writer *w, struct str key, const char *text)
{
    json_key(w, key);
    if (text[0] == 0)
        json_put_null(w);
    else
        json_put_str(w, str_of(text));
}

void apierror_write_inner(const struct apierror *error, struct json_writer *w)
{
    json_object(w);
    json_put_member_str(w, STR("code"), code_text(error->code));
    json_put_member_str(w, STR("message"), error->message[0] != 0 ? str_of(error->message) : code_message(error->code));
    put_or_null(w, STR("field"), error->field);
    put_or_null(w, STR("suggestion"), error->suggestion);
    if (error->details_count > 0) {
        json_key(w, STR("details"));
        json_object(w);
        for (size_t i = 0; i < error->details_count; i++) {
            const struct apierror_detail *detail = &error->details[i];
            json_key(w, str_of(detail->key));
            if (detail->number)
                json_put_raw(w, str_of(detail->value));
            else
                json_put_str(w, str_of(detail->value));
        }
        json_object_end(w);
    }
    json_object_end(w);
}

void apierror_write(const struct apierror *error, struct json_writer *w)
{
    json_object(w);
    json_key(w, STR("error"));
    apierror_write_inner(error, w);
    json_object_end(w);
}

static bool is_plain_key(struct str key)
{
    for (size_t i = 0; i < key.len; i++) {
        const char c = key.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return key.len > 0 && key.len < sizeof(((struct apierror_detail *)0)->key);
}

/* Other members of `details` are for readers that know them; what is kept can be written again as it was. */
static bool detail_is_kept(const struct json *item)
{
    if (!is_plain_key(item->key) || item->text.len >= sizeof(((struct apierror_detail *)0)->value)) return false;
    return item->type == JSON_STRING || item->type == JSON_NUMBER;
}

static bool read_text(const struct json *object, struct str key, char *out, size_t room)
{
    const struct json *node = json_find(object, key);
    if (json_is(node, JSON_NULL)) {
        out[0] = 0;
        return true;
    }
    if (!json_is(node, JSON_STRING)) return false;
    copy_text(out, room, node->text);
    return true;
}

bool apierror_read(const struct json *node, struct apierror *out)
{
    const struct json *inner = json_find(node, STR("error"));
    if (inner == NULL) inner = node;
    struct apierror error = {0};
    struct str code;
    if (!json_str(json_find(inner, STR("code")), &code) || !code_parse(code, &error.code)) return false;
    if (!read_text(inner, STR("message"), error.message, sizeof(error.message)) || error.message[0] == 0) return false;
    if (!read_text(inner, STR("field"), error.field, sizeof(error.field))) return false;
    if (!read_text(inner, STR("suggestion"), error.suggestion, sizeof(error.suggestion))) return false;
    const struct json *details = json_find(inner, STR("details"));
    if (details != NULL && details->type != JSON_OBJECT) return false;
    for (const struct json *item = details == NULL ? NULL : details->child; item != NULL; item = item->next)
        if (detail_is_kept(item)) detail_add(&error, item->key, item->text, item->type == JSON_NUMBER);
    *out = error;
    return true;
}
