#include "world/http/http_text.h"

#include <http_parser.h>

#include "core/base/vec.h"

/* A header as offsets into `head`, which may move while it grows. */
struct span {
    size_t name, name_len, value, value_len;
};

struct http_text {
    http_parser parser;
    enum http_text_kind kind;
    struct http_text_limits limits;
    enum http_text_state state;
    uint16_t fault;
    bool keep_alive, in_value;
    struct buf url, head, body;
    VEC(struct span) spans;
    size_t spans_kept; /* those before the body; trailers are read and forgotten */
};

static struct http_text *text_of(http_parser *parser)
{
    return parser->data;
}

/* What a callback returns to make the parser stop. */
static int refuse(struct http_text *text, uint16_t status)
{
    if (text->state == HTTP_TEXT_MORE) {
        text->state = HTTP_TEXT_BAD;
        text->fault = status;
    }
    return -1;
}

static int on_url(http_parser *parser, const char *at, size_t bytes)
{
    struct http_text *text = text_of(parser);
    if (text->url.len + bytes > text->limits.uri_max) return refuse(text, 414);
    buf_put(&text->url, at, bytes);
    return 0;
}

static int head_put(struct http_text *text, const char *at, size_t bytes)
{
    if (text->head.len + bytes > text->limits.headers_max) return refuse(text, 431);
    buf_put(&text->head, at, bytes);
    return 0;
}

static int on_header_field(http_parser *parser, const char *at, size_t bytes)
{
    struct http_text *text = text_of(parser);
    if (memchr(at, ' ', bytes)) return refuse(text, 400); /* the parser is lenient here, and that is how requests are smuggled */
    if (text->spans.count == 0 || text->in_value) {
        if (text->spans.count == HTTP_HEADERS_COUNT_MAX) return refuse(text, 431);
        vec_push(&text->spans, ((struct span){.name = text->head.len}));
        text->in_value = false;
    }
    if (head_put(text, at, bytes) != 0) return -1;
    vec_last(&text->spans).name_len += bytes;
    return 0;
}

static int on_header_value(http_parser *parser, const char *at, size_t bytes)
{
    struct http_text *text = text_of(parser);
    if (text->spans.count == 0) return refuse(text, 400);
    if (!text->in_value) vec_last(&text->spans).value = text->head.len;
    text->in_value = true;
    if (head_put(text, at, bytes) != 0) return -1;
    vec_last(&text->spans).value_len += bytes;
    return 0;
}

static int on_headers_complete(http_parser *parser)
{
    struct http_text *text = text_of(parser);
    parser->upgrade = 0; /* we offer none: such a message is like any other */
    if (parser->flags & F_CONTENTLENGTH && parser->content_length > text->limits.body_max) return refuse(text, 413);
    text->keep_alive = http_should_keep_alive(parser) != 0;
    text->spans_kept = text->spans.count;
    return 0;
}

static int on_body(http_parser *parser, const char *at, size_t bytes)
{
    struct http_text *text = text_of(parser);
    if (text->body.len + bytes > text->limits.body_max) return refuse(text, 413);
    buf_put(&text->body, at, bytes);
    return 0;
}

static int on_message_complete(http_parser *parser)
{
    struct http_text *text = text_of(parser);
    text->state = HTTP_TEXT_DONE;
    http_parser_pause(parser, 1); /* what follows is another message */
    return 0;
}

static const http_parser_settings settings = {
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

struct http_text *http_text_new(enum http_text_kind kind, struct http_text_limits limits)
{
    struct http_text *text = base_alloc(sizeof(*text));
    text->kind = kind;
    text->limits.body_max = limits.body_max ? limits.body_max : HTTP_BODY_MAX;
    text->limits.uri_max = limits.uri_max ? limits.uri_max : HTTP_URI_MAX;
    text->limits.headers_max = limits.headers_max ? limits.headers_max : HTTP_HEADERS_MAX;
    http_text_reset(text);
    return text;
}

void http_text_free(struct http_text *text)
{
    if (!text) return;
    buf_done(&text->url);
    buf_done(&text->head);
    buf_done(&text->body);
    vec_done(&text->spans);
    base_free(text);
}

void http_text_reset(struct http_text *text)
{
    http_parser_init(&text->parser, text->kind == HTTP_TEXT_REQUEST ? HTTP_REQUEST : HTTP_RESPONSE);
    text->parser.data = text;
    text->state = HTTP_TEXT_MORE;
    text->fault = 0;
    text->keep_alive = text->in_value = false;
    text->spans_kept = 0;
    buf_clear(&text->url);
    buf_clear(&text->head);
    buf_clear(&text->body);
    vec_clear(&text->spans);
}

size_t http_text_feed(struct http_text *text, const void *data, size_t bytes)
{
    if (text->state != HTTP_TEXT_MORE || bytes == 0) return 0;
    const size_t used = http_parser_execute(&text->parser, &settings, data, bytes);
    const enum http_errno error = HTTP_PARSER_ERRNO(&text->parser);
    if (text->state == HTTP_TEXT_DONE) return used;
    if (error != HPE_OK)
        (void)refuse(text, error == HPE_HEADER_OVERFLOW ? 431 : 400);
    else if (used != bytes)
        (void)refuse(text, 400);
    return used;
}

void http_text_end(struct http_text *text)
{
    if (text->state != HTTP_TEXT_MORE) return;
    (void)http_parser_execute(&text->parser, &settings, NULL, 0);
    if (text->state == HTTP_TEXT_MORE) (void)refuse(text, 400);
}

enum http_text_state http_text_state(const struct http_text *text)
{
    return text->state;
}
uint16_t http_text_fault(const struct http_text *text)
{
    return text->fault;
}

/* Path and query of a target in origin form (/path?query#fragment) or absolute form (http://host/path...); others are all path.
 */
static void target_split(struct str target, struct str *path, struct str *query)
{
    const struct str schemes[] = {STR("http://"), STR("https://")};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (!str_starts(target, schemes[i])) continue;
        size_t at = schemes[i].len;
        while (at < target.len && target.data[at] != '/' && target.data[at] != '?' && target.data[at] != '#') at++;
        target = str_sub(target, at, SIZE_MAX);
    }
    struct str fragment;
    (void)str_cut(target, '#', &target, &fragment);
    (void)str_cut(target, '?', path, query);
}

void http_text_target(const struct http_text *text, struct str *path, struct str *query)
{
    target_split(buf_str(&text->url), path, query);
}

static bool is_framing(struct str name)
{
    switch (name.len) {
    case 4: return str_eq(name, STR("host"));
    case 10: return str_eq(name, STR("connection")) || str_eq(name, STR("keep-alive"));
    case 14: return str_eq(name, STR("content-length"));
    case 17: return str_eq(name, STR("transfer-encoding"));
    default: return false;
    }
}

static void lower(char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (text[i] >= 'A' && text[i] <= 'Z') text[i] = (char)(text[i] + ('a' - 'A'));
}

void http_text_take(struct http_text *text, struct arena *arena, struct http_message *out)
{
    ASSERT(text->state == HTTP_TEXT_DONE);
    struct http_message message = {.keep_alive = text->keep_alive, .status = (uint16_t)text->parser.status_code};
    if (text->kind == HTTP_TEXT_REQUEST) {
        message.method = str_of(http_method_str((enum http_method)text->parser.method));
        target_split(str_dup(arena, buf_str(&text->url)), &message.path, &message.query);
    }
    char *head = arena_copy(arena, text->head.data, text->head.len);
    struct http_header *headers = arena_array(arena, struct http_header, text->spans_kept);
    for (size_t i = 0; i < text->spans_kept; i++) {
        const struct span *span = &text->spans.data[i];
        lower(head + span->name, span->name_len);
        const struct http_header header = {{head + span->name, span->name_len},
                                           str_trim((struct str){head + span->value, span->value_len})};
        if (!is_framing(header.name)) headers[message.headers_count++] = header;
    }
    message.headers = headers;
    message.body = (struct str){arena_copy(arena, text->body.data, text->body.len), text->body.len};
    *out = message;
    http_text_reset(text);
}

const char *http_text_reason(uint16_t status)
{
    switch (status) {
#define REASON(number, name, text)                                                                                               \
    case number: return #text;
        HTTP_STATUS_MAP(REASON)
#undef REASON
    default: return "Unknown";
    }
}

static void put(struct buf *out, const char *text)
{
    buf_put(out, text, strlen(text));
}

static void put_headers(struct buf *out, const struct http_message *message, struct str content_type)
{
    for (size_t i = 0; i < message->headers_count; i++) {
        buf_put_str(out, message->headers[i].name);
        put(out, ": ");
        buf_put_str(out, message->headers[i].value);
        put(out, "\r\n");
    }
    if (content_type.len) {
        put(out, "content-type: ");
        buf_put_str(out, content_type);
        put(out, "\r\n");
    }
    if (!message->keep_alive) put(out, "connection: close\r\n");
    if (message->chunked) {
        put(out, "transfer-encoding: chunked\r\n\r\n");
        return;
    }
    buf_printf(out, "content-length: %zu\r\n\r\n", message->body.len);
    buf_put_str(out, message->body);
}

void http_text_put_request(struct buf *out, struct str host, const struct http_message *message, struct str content_type)
{
    buf_put_str(out, message->method);
    buf_put_char(out, ' ');
    buf_put_str(out, message->path);
    if (message->query.len) {
        buf_put_char(out, '?');
        buf_put_str(out, message->query);
    }
    put(out, " HTTP/1.1\r\nhost: ");
    buf_put_str(out, host);
    put(out, "\r\n");
    put_headers(out, message, content_type);
}

void http_text_put_response(struct buf *out, const struct http_message *message, struct str content_type)
{
    buf_printf(out, "HTTP/1.1 %u %s\r\n", message->status, http_text_reason(message->status));
    put_headers(out, message, content_type);
}

/* Without a way out of the loop: targets are nearly always plain, and so it runs several bytes at a time. */
static bool target_is_plain(struct str text, bool query)
{
    const unsigned char mark = query ? '#' : '?';
    unsigned bad = 0;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        bad |= (unsigned)((unsigned char)(c - 0x21) >= 0x7f - 0x21) | (unsigned)(c == '#') | (unsigned)(c == mark);
    }
    return bad == 0;
}

static bool name_is_plain(struct str name)
{
    if (!name.len || is_framing(name) || str_eq(name, STR("upgrade"))) return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
    }
    return true;
}

bool http_text_is_plain(struct str path, struct str query, const struct http_header *headers, size_t count)
{
    if (!path.len || path.data[0] != '/' || path.len + 1 + query.len > HTTP_URI_MAX || count > HTTP_HEADERS_COUNT_MAX - 4)
        return false;
    if (!target_is_plain(path, false) || !target_is_plain(query, true)) return false;
    size_t bytes = 128; /* what our writer adds */
    for (size_t i = 0; i < count; i++) {
        const struct str value = headers[i].value;
        bytes += headers[i].name.len + value.len;
        if (!name_is_plain(headers[i].name) || str_trim(value).len != value.len) return false;
        for (size_t c = 0; c < value.len; c++)
            if ((unsigned char)value.data[c] < ' ' || value.data[c] == 0x7f) return false;
    }
    return bytes <= HTTP_HEADERS_MAX;
}
