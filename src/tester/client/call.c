#include <inttypes.h>
#include <stdio.h>

#include "tester/client/call_priv.h"

#define VIEW_BYTES_MAX 48 /* names of views come from the network, too: a longer one is cut, and nobody answers to it */

char *ask_put(char *at, const char *end, struct str text)
{
    ASSERT(text.len < (size_t)(end - at));
    if (text.len > 0) memcpy(at, text.data, text.len);
    at[text.len] = '\0';
    return at + text.len;
}

/* No printf: thousands of fibers stand on this frame. */
void ask_begin(struct call *call, const struct alpha *alpha, enum http_method method, struct str route, struct str tail)
{
    call->http = alpha->http;
    call->origin = alpha->origin;
    call->chain = alpha_chain(alpha);
    call->request = (struct http_request){.method = method};
    call->query[0] = '\0';
    const char *end = call->path + sizeof(call->path);
    char *at = call->path;
    if (alpha->view.len > 0) at = ask_put(ask_put(at, end, STR("/node/")), end, str_sub(alpha->view, 0, VIEW_BYTES_MAX));
    at = ask_put(ask_put(ask_put(at, end, STR("/")), end, network_text(alpha->network)), end, STR("/"));
    (void)ask_put(ask_put(at, end, route), end, tail); /* the end is not needed */
    if (alpha->client_id.len > 0) ask_header(call, STR("x-client-id"), alpha->client_id);
}

uint16_t alpha_knock(const struct alpha *alpha, struct str path, struct instant deadline, struct answer *out)
{
    struct call call = {.http = alpha->http, .origin = alpha->origin, .chain = alpha_chain(alpha), .request = {.method = HTTP_GET}};
    (void)ask_put(call.path, call.path + sizeof(call.path), str_sub(path, 0, CALL_PATH_MAX - 1)); /* the end is not needed */
    (void)ask_make(&call, deadline, out); /* a refusal is an answer, too */
    return out->http;
}

void ask_path(struct call *call, const struct alpha *alpha, enum http_method method, const char *fmt, ...)
{
    char rest[CALL_PATH_MAX];
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(rest, sizeof(rest), fmt, args);
    va_end(args);
    ASSERT(len >= 0 && (size_t)len < sizeof(rest));
    ask_begin(call, alpha, method, (struct str){rest, (size_t)len}, (struct str){0});
}

void ask_query(struct call *call, const char *fmt, ...)
{
    size_t len = strlen(call->query);
    if (len > 0) call->query[len++] = '&';
    va_list args;
    va_start(args, fmt);
    const int more = vsnprintf(call->query + len, sizeof(call->query) - len, fmt, args);
    va_end(args);
    ASSERT(more > 0 && len + (size_t)more < sizeof(call->query));
}

struct hex32 ask_hex(const struct hash *hash)
{
    struct hex32 hex;
    str_hex(hash->b, sizeof(hash->b), hex.text);
    hex.text[64] = '\0';
    return hex;
}

void ask_page(struct call *call, uint32_t limit, struct str cursor)
{
    if (limit > 0) ask_query(call, "limit=%" PRIu32, limit);
    if (cursor.len > 0) ask_cursor(call, cursor);
}

const void *ask_get(struct call *call, const struct wire *wire, struct instant deadline, struct answer *out)
{
    return ask_object(call, wire, 200, deadline, out);
}

struct str ask_next_cursor(const struct answer *out)
{
    const struct http_response *response = http_response(out->exchange);
    return http_header_find(response->headers, response->headers_count, STR("x-next-cursor"));
}
