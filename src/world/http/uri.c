/* Small readers of targets and headers. */
#include "world/http/http.h"

bool http_query_find(struct str query, struct str name, struct str *out)
{
    while (query.len) {
        struct str pair, key, value;
        (void)str_cut(query, '&', &pair, &query);
        (void)str_cut(pair, '=', &key, &value);
        if (!str_eq(key, name)) continue;
        *out = value;
        return true;
    }
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool http_unescape(struct arena *arena, struct str text, struct str *out)
{
    size_t at;
    if (!str_find(text, '%', &at)) {
        *out = text;
        return true;
    }
    char *plain = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '%') {
            plain[len++] = text.data[i];
            continue;
        }
        if (text.len - i < 3) return false;
        const int high = hex_digit(text.data[i + 1]), low = hex_digit(text.data[i + 2]);
        if (high < 0 || low < 0) return false;
        plain[len++] = (char)(high << 4 | low);
        i += 2;
    }
    *out = (struct str){plain, len};
    return true;
}

struct str http_header_find(const struct http_header *headers, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(headers[i].name, name)) return headers[i].value;
    return (struct str){0};
}

enum http_method http_method_of(const char *text)
{
    if (strcmp(text, "GET") == 0) return HTTP_GET;
    if (strcmp(text, "POST") == 0) return HTTP_POST;
    return strcmp(text, "PUT") == 0 ? HTTP_PUT : HTTP_DELETE;
}
