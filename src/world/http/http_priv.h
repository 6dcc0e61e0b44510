/* What the units of this room share: the exchange from inside. */
#ifndef HTTP_HTTP_PRIV_H
#define HTTP_HTTP_PRIV_H

#include "core/base/vec.h"
#include "world/http/http.h"

struct keep {
    struct keep *next;
    void (*release)(void *thing);
    void (*drop)(const void *object);
    void *thing;
};

enum exchange_outcome { EXCHANGE_OPEN, EXCHANGE_ANSWERED, EXCHANGE_RESET };

/* Held by its client until that frees it or gives up, by its server from http_packet_exchange to http_respond, and by each of its
 * packets while that is on its way; goes back to the pool when nobody holds it. */
struct http_client {
    struct http_net *net;
    struct host self;
    struct http_watcher watcher;
};

struct http_exchange {
    /* What is looked at first when a packet comes stands together. */
    struct packet request_packet, answer_packet;
    struct fiber *waiter;
    enum exchange_outcome outcome;
    struct http_net *net;
    struct http_exchange *previous, *next;           /* those that live; in the pool, next */
    struct http_exchange *host_previous, *host_next; /* those not answered at one host */
    uint32_t holders;
    bool client_holds, server_holds, at_host;
    bool text, parsed, taken;
    uint16_t fault; /* the text is malformed: what to answer */
    /* A streamed answer. */
    bool streaming, stream_ended, stream_lost;
    struct buf stream_in; /* come and not read */
    uint64_t stream_put, stream_come, stream_read; /* items */
    struct http_watcher watcher;
    struct host from, to;
    struct instant sent;
    struct timer reset; /* the news that the host is down is on its way */
    struct http_request request;
    struct http_response response;
    const struct http_shape *request_shape, *response_shape; /* of what was decoded */
    const void *request_object, *response_object;
    const struct http_shape *held_shape; /* hold was called; drop what it returned */
    const void *held;
    struct keep *keeps;
    struct arena arena;
    struct buf wire; /* the text that travels */
};

struct listener {
    struct str origin;
    struct host (*pick)(void *ctx, struct str path);
    void *ctx;
};

struct http_net {
    struct env *env;
    enum http_wire wire;
    struct arena arena;
    VEC(struct listener) listeners;
    struct host_watch watch;
    struct http_exchange *live, *pool;
    size_t live_count;
    VEC(struct http_exchange *) at_host; /* first of the unanswered, by host number */
    struct http_text *request_reader, *response_reader;
    struct buf scratch;
    bool closed;
};

struct http_exchange *exchange_new(struct http_net *net, struct host from, struct host to); /* held by its client */
void exchange_release(struct http_exchange *exchange);                                      /* one holder less */
void exchange_send_request(struct http_exchange *exchange);
void exchange_leave_host(struct http_exchange *exchange);
void exchange_reset_after(struct http_exchange *exchange, uint64_t ns);
void net_destroy(struct http_net *net);

/* codec.c: bodies, text and identity */
void exchange_fill_request(struct http_exchange *exchange, const struct http_request *request);
void exchange_fill_raw(struct http_exchange *exchange, struct str bytes);
void exchange_parse_request(struct http_exchange *exchange);
void exchange_fill_response(struct http_exchange *exchange, const struct http_response *response);
bool exchange_parse_response(struct http_exchange *exchange);

/* stream.c */
void stream_receive(struct http_exchange *exchange, struct packet *packet); /* of class http_chunk_class */
struct http_exchange *stream_exchange(struct packet *packet);

#endif
