/* Http_text: HTTP/1.1 as text: a reader that takes bytes as they come, and writers. Knows messages, not connections: the
 * simulator's text wire and sockets both feed it. Content-Length and chunked bodies, limits, keep-alive; no compression,
 * no trailers kept, no upgrades. The tokens are http_parser's; limits and what a message is are ours. */
#ifndef HTTP_HTTP_TEXT_H
#define HTTP_HTTP_TEXT_H

#include "core/base/arena.h"
#include "core/base/buf.h"

struct http_header {
    struct str name, value; /* names in lower case */
};

enum { HTTP_BODY_MAX = 1048576, HTTP_URI_MAX = 8192, HTTP_HEADERS_MAX = 16384, HTTP_HEADERS_COUNT_MAX = 64 };
struct http_text_limits {
    size_t body_max, uri_max, headers_max; /* 0: the above */
};

/* A message that was read. Headers that only frame it are left out: host, connection, keep-alive, content-length,
 * transfer-encoding. */
struct http_message {
    struct str method, path, query; /* requests; path without '?', query without it, both as sent */
    uint16_t status;                /* responses */
    bool keep_alive;
    bool chunked; /* to be written: the body follows in chunks, `body` is empty */
    const struct http_header *headers;
    size_t headers_count;
    struct str body;
};

enum http_text_kind { HTTP_TEXT_REQUEST, HTTP_TEXT_RESPONSE };
enum http_text_state {
    HTTP_TEXT_MORE, /* the message is not complete yet */
    HTTP_TEXT_DONE, /* it is: take it */
    HTTP_TEXT_BAD,  /* it will never be: http_text_fault says what to answer */
};

struct http_text;
struct http_text *http_text_new(enum http_text_kind kind, struct http_text_limits limits);
void http_text_free(struct http_text *text);
void http_text_reset(struct http_text *text); /* forgets what it has read; for the next message or connection */

/* Reads at most `bytes`, and not beyond the end of one message; returns how many were read. */
size_t http_text_feed(struct http_text *text, const void *data, size_t bytes);
void http_text_end(
    struct http_text *text); /* the stream ended here: completes a response without length, else what is incomplete is bad */
enum http_text_state http_text_state(const struct http_text *text);
/* For HTTP_TEXT_BAD: 400 malformed, 413 body too large (known before it is read, when it declares its length), 414, 431. */
uint16_t http_text_fault(const struct http_text *text);
/* Path and query of a request whose target has been read, also of one that then went bad (empty: not that far); until the next feed. */
void http_text_target(const struct http_text *text, struct str *path, struct str *query);
/* The complete message, copied into `arena`; resets the reader. */
void http_text_take(struct http_text *text, struct arena *arena, struct http_message *out);

/* Writers. Content-Length is always written; `content_type` may be empty (none written). Headers and targets are written as they
 * are: http_text_is_plain says whether they can be read back. */
void http_text_put_request(struct buf *out, struct str host, const struct http_message *message, struct str content_type);
void http_text_put_response(struct buf *out, const struct http_message *message, struct str content_type);
const char *http_text_reason(uint16_t status);

/* Whether our reader would give this target and these headers back unchanged and within its limits. */
bool http_text_is_plain(struct str path, struct str query, const struct http_header *headers, size_t count);

#endif
