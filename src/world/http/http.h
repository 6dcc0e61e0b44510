/* Http: requests and responses between a client fiber and a node, over any env.
 *
 * One exchange = one request and its response. Bodies are either bytes or an object with a shape that says how to write it as
 * bytes and read it back. In `sim` an exchange may go the short way (objects are handed over as they are: WIRE_STRUCT) or as full
 * HTTP/1.1 text through our own formatter and http_parser (WIRE_TEXT); both take the same virtual time and fold the same bytes
 * into the run digest. A raw body (bytes without object) always goes as text. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "world/fiber/fiber.h"
#include "world/http/http_text.h"

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_OTHER };
enum http_wire { WIRE_STRUCT, WIRE_TEXT };

/* How an object becomes a body and comes back. `decode` allocates in the arena. */
struct http_shape {
    const char *name;
    const char *content_type; /* "application/json" or "application/octet-stream" */
    void (*encode)(const void *object, struct buf *out);
    const void *(*decode)(struct arena *arena, struct str body, struct err *err);
    /* 64 bits of the object's canonical bytes for the digest (request bodies); NULL: hash of the encoding. */
    uint64_t (*ident)(const void *object);
    /* Request objects: a caller that gave up may be gone before the request arrives. `hold` takes a reference and returns what
     * travels; `drop` gives it back when the exchange ends. NULL: the object outlives the exchange anyway. */
    const void *(*hold)(const void *object);
    void (*drop)(const void *object);
};

struct http_request {
    enum http_method method;
    struct str method_text; /* for HTTP_OTHER */
    struct str path, query; /* path without '?', percent-encoded as sent; query may be empty */
    const struct http_header *headers;
    size_t headers_count;
    const struct http_shape *shape; /* of `object`; NULL: `body` is the body */
    const void *object;
    struct str body;
};
struct http_response {
    uint16_t status;
    struct http_header headers[12];
    size_t headers_count;
    const struct http_shape *shape;
    const void *object;
    struct str body;
};

/* An exchange owns an arena in which both sides may allocate what the other reads, and a list of things to release with it. In
 * both wires a request or response with a shape has its content-type among the headers; headers that only frame a message are
 * never there. */
struct http_exchange;
struct arena *http_arena(struct http_exchange *exchange);
const struct http_request *http_request(const struct http_exchange *exchange);
struct host http_asker(const struct http_exchange *exchange); /* whose request it is: its address, to a server */
void http_keep(struct http_exchange *exchange, void (*release)(void *), void *thing);

/* ---- server side: event-driven, no fiber needed ---- */
/* http_packet_exchange: the exchange that a packet of class http_packet_class carries to a host (call it in host_ops.receive). In
 * text wire it parses the bytes; NULL: malformed, already answered with 400, 408 (incomplete), 413, 414 or 431 and the JSON error
 * body made by `refuse`; or a copy of what has already come, which needs nothing. */
extern const struct packet_class http_packet_class, http_answer_class, http_chunk_class;
struct http_limits {
    size_t body_max, uri_max, headers_max;                           /* 0: 1 MiB, 8 KiB, 16 KiB, and never more */
    void (*refuse)(struct http_exchange *exchange, uint16_t status); /* writes the error answer, by http_respond */
};
struct http_exchange *http_packet_exchange(struct packet *packet, const struct http_limits *limits);
/* The same before it is received, for costs (on arrival) and foresight (when sent), in both wires; borrowed, not to be answered.
 * NULL: malformed. What it shows is the same in both wires if objects are asked for by http_request_object. */
struct http_exchange *http_packet_peek(const struct packet *packet);
/* The request's object in this shape: handed over as it is, or decoded from the body once and kept (a decoded object is given to
 * shape->drop with the exchange). NULL and err: it is not one. */
const void *http_request_object(struct http_exchange *exchange, const struct http_shape *shape, struct err *err);
/* The request's body as bytes (encoding the object if need be), in the exchange's arena. */
struct str http_request_body(struct http_exchange *exchange);

/* Answers once, now or later. Body as object+shape or bytes; it, and the headers' text, must live in http_arena(exchange), be
 * kept or be static. The exchange is the world's afterwards. When the host goes down, all it has not answered is taken from it:
 * whoever dies answers before env_host_down or not at all. */
void http_respond(struct http_exchange *exchange, const struct http_response *response);
/* An answer whose body comes piece by piece and may have no end (Server-Sent Events). http_stream_open sends status and headers of
 * `response` (no body); the exchange stays the server's until http_stream_end, or until its host goes down. `items` is what the
 * server counts its pieces by; http_stream_behind: of those put, how many the client has not read. */
void http_stream_open(struct http_exchange *exchange, const struct http_response *response);
void http_stream_put(struct http_exchange *exchange, struct str bytes, uint32_t items); /* not empty; copied */
uint64_t http_stream_behind(const struct http_exchange *exchange);
void http_stream_end(struct http_exchange *exchange);
void http_prefetch(const struct http_exchange *exchange); /* it will be answered before long */
bool http_is_gone(const struct http_exchange *exchange); /* the client gave up: answering is pointless but harmless */

/* ---- who answers where ---- */
/* A net maps origins ("alpha", "admin", ...) to hosts. The network's side listens with a pick function that chooses the host for
 * each request; the tester's side opens clients. Shared by both wings, owned by whoever boots them. It is freed before its world;
 * what is on its way then ends with the world. */
struct http_net;
struct http_net *http_net_new(struct env *env, enum http_wire wire);
void http_net_free(struct http_net *net);
/* The longest body of a request that is read at all as text; beyond it the answer is 413, unread. 0: 1 MiB, as it begins. */
void http_net_body_max(struct http_net *net, size_t bytes);
/* `pick` answers the host for this path (number 0: nobody there, connection refused). Listening again replaces; NULL ends it. */
void http_net_listen(struct http_net *net, struct str origin, struct host (*pick)(void *ctx, struct str path), void *ctx);
bool http_net_has(const struct http_net *net, struct str origin);
size_t http_net_live(const struct http_net *net); /* exchanges that have not ended */

/* ---- client side ---- */
struct http_client;
static inline bool http_is_answer(const struct packet *packet) /* an answer, or a piece of a streamed one */
{
    return packet->class == &http_answer_class || packet->class == &http_chunk_class;
}
struct http_client *http_client_new(struct http_net *net,
                                    struct host self); /* `self` must deliver what http_is_answer to http_client_receive */
void http_client_free(struct http_client *client);
/* Who is told of every answer that comes, before the caller is, and of every stretch of a streamed one that is read. Must not
 * suspend, and keeps nothing. NULL functions: nobody is. */
struct http_watcher {
    void (*answered)(void *ctx, struct str origin, struct http_exchange *exchange);
    void (*streamed)(void *ctx, struct str bytes);
    void *ctx;
};
void http_client_watch(struct http_client *client, const struct http_watcher *watcher);
const struct http_watcher *http_client_watcher(const struct http_client *client); /* for whoever puts itself before another */
void http_client_receive(struct http_client *client, struct host from, struct packet *packet);

/* Sends the request and waits for the answer. The request is copied as far as needed (see http_shape.hold for its object). True:
 * *out holds a response of any status; the caller frees the exchange. False: ERR_UNAVAILABLE (nobody there, or the host went
 * down; after a round trip), ERR_TIMEOUT (deadline first), ERR_PARSE (garbage came back). */
bool http_call(struct http_client *client, struct str origin, const struct http_request *request, struct instant deadline,
               struct http_exchange **out, struct err *err) FIBER MUST_CHECK;
/* The same with a request that is any bytes at all, sent to whoever serves `path`. */
bool http_call_raw(struct http_client *client, struct str origin, struct str path, struct str bytes, struct instant deadline,
                   struct http_exchange **out, struct err *err) FIBER MUST_CHECK;
const struct http_response *http_response(const struct http_exchange *exchange);
/* The body of this answer is streamed: read it before freeing the exchange, which ends it at any time. http_stream_read appends
 * what has come to `out` and waits for something if nothing has: MORE; END: the server has ended it, all is read; LOST: the host
 * went down, or sent what is no HTTP; LATE: nothing came before the deadline. */
enum http_stream_result { HTTP_STREAM_MORE, HTTP_STREAM_END, HTTP_STREAM_LOST, HTTP_STREAM_LATE };
bool http_is_stream(const struct http_exchange *exchange);
enum http_stream_result http_stream_read(struct http_exchange *exchange, struct instant deadline, struct buf *out) FIBER MUST_CHECK;
void http_exchange_free(struct http_exchange *exchange); /* NULL is fine */
/* The response's object in this shape: handed over as it is, or decoded from the body into the exchange's arena. NULL and err: it
 * is not one. */
const void *http_response_object(struct http_exchange *exchange, const struct http_shape *shape, struct err *err);
/* The response's body as bytes (encoding the object if need be), in the exchange's arena. */
struct str http_response_body(struct http_exchange *exchange);

/* ---- helpers both sides use ---- */
enum http_method http_method_of(const char *text); /* "GET", "POST", "PUT"; DELETE for anything else */
bool http_query_find(struct str query, struct str name, struct str *out);  /* still percent-encoded */
bool http_unescape(struct arena *arena, struct str text, struct str *out); /* false: bad escape; '+' stays '+' */
struct str http_header_find(const struct http_header *headers, size_t count, struct str name); /* empty when absent */

#endif
