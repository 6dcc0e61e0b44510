/* Streamed answers: the head as any answer, then pieces in packets of their own, in order as their link keeps it. In text wire a
 * piece is one chunk of HTTP's chunked coding. */
#include <stdio.h>

#include "core/base/map.h"
#include "world/http/http_priv.h"

struct piece {
    struct packet packet;
    struct http_exchange *exchange; /* held */
    uint32_t items;
    size_t bytes;
    char data[];
};
enum { FRAME_BYTES = 24 }; /* around a chunk; an estimate, for bandwidth */

static void piece_free(struct packet *packet)
{
    struct piece *piece = CONTAINER_OF(packet, struct piece, packet);
    exchange_release(piece->exchange);
    base_free(piece);
}

const struct packet_class http_chunk_class = {.name = "http.chunk", .free = piece_free};

struct http_exchange *stream_exchange(struct packet *packet) { return CONTAINER_OF(packet, struct piece, packet)->exchange; }

/* ---- server ---- */

void http_stream_open(struct http_exchange *exchange, const struct http_response *response)
{
    ASSERT(exchange->server_holds && !exchange->streaming);
    ASSERT(!response->shape && response->body.len == 0);
    exchange->streaming = true;
    exchange_fill_response(exchange, response);
    exchange->answer_packet.class = &http_answer_class;
    exchange->answer_packet.refs = 1;
    exchange->holders++;
    env_send(exchange->net->env, exchange->to, exchange->from, &exchange->answer_packet);
}

/* An empty `bytes` is the end, as in the coding. */
static void piece_send(struct http_exchange *exchange, struct str bytes, uint32_t items)
{
    char head[24] = {0}, tail[] = "\r\n";
    size_t framing = 0;
    if (exchange->text) framing = (size_t)snprintf(head, sizeof(head), "%zx\r\n", bytes.len);
    struct piece *piece = base_alloc(sizeof(*piece) + bytes.len + sizeof(head) + sizeof(tail));
    piece->packet = (struct packet){.class = &http_chunk_class,
                                    .ident = map_hash(bytes.data ? bytes.data : "", bytes.len),
                                    .bytes = (uint32_t)(bytes.len + FRAME_BYTES),
                                    .refs = 1};
    piece->exchange = exchange;
    piece->items = items;
    char *at = piece->data;
    memcpy(at, head, framing);
    if (bytes.len > 0) memcpy(at + framing, bytes.data, bytes.len);
    at += framing + bytes.len;
    if (exchange->text) {
        memcpy(at, tail, 2);
        at += 2;
    }
    piece->bytes = (size_t)(at - piece->data);
    exchange->holders++;
    env_send(exchange->net->env, exchange->to, exchange->from, &piece->packet);
}

void http_stream_put(struct http_exchange *exchange, struct str bytes, uint32_t items)
{
    ASSERT(exchange->server_holds && exchange->streaming && bytes.len > 0);
    if (http_is_gone(exchange)) return;
    exchange->stream_put += items;
    piece_send(exchange, bytes, items);
}

uint64_t http_stream_behind(const struct http_exchange *exchange) { return exchange->stream_put - exchange->stream_read; }

void http_stream_end(struct http_exchange *exchange)
{
    ASSERT(exchange->server_holds && exchange->streaming);
    if (!http_is_gone(exchange)) piece_send(exchange, (struct str){0}, 0);
    exchange_leave_host(exchange);
    exchange->server_holds = false;
    exchange_release(exchange);
}

/* ---- client ---- */

/* The data of one chunk. False: this is none. */
static bool chunk_read(struct str text, struct str *out)
{
    size_t size = 0, at = 0;
    for (; at < text.len && at < 8 && text.data[at] != '\r'; at++) {
        const char c = text.data[at];
        const bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'f';
        if (!digit && !letter) return false;
        size = size * 16 + (size_t)(digit ? c - '0' : c - 'a' + 10);
    }
    if (at == 0 || text.len != at + 2 + size + 2) return false;
    if (memcmp(text.data + at, "\r\n", 2) != 0 || memcmp(text.data + at + 2 + size, "\r\n", 2) != 0) return false;
    *out = (struct str){text.data + at + 2, size};
    return true;
}

void stream_receive(struct http_exchange *exchange, struct packet *packet)
{
    const struct piece *piece = CONTAINER_OF(packet, struct piece, packet);
    struct str data = {piece->data, piece->bytes};
    if (!exchange->client_holds || exchange->stream_ended || exchange->stream_lost) return;
    if (exchange->text && !chunk_read(data, &data)) exchange->stream_lost = true;
    else if (data.len == 0) exchange->stream_ended = true;
    else buf_put_str(&exchange->stream_in, data);
    exchange->stream_come += piece->items;
    if (exchange->waiter) fiber_wake(exchange->net->env, exchange->waiter);
}

bool http_is_stream(const struct http_exchange *exchange) { return exchange->streaming; }

enum http_stream_result http_stream_read(struct http_exchange *exchange, struct instant deadline, struct buf *out)
{
    struct env *env = exchange->net->env;
    ASSERT(exchange->client_holds && exchange->streaming && !exchange->waiter);
    exchange->waiter = fiber_self();
    while (exchange->stream_in.len == 0 && !exchange->stream_ended && !exchange->stream_lost)
        if (!fiber_park(env, deadline)) break;
    exchange->waiter = NULL;
    if (exchange->stream_in.len > 0) {
        buf_put_str(out, buf_str(&exchange->stream_in));
        if (exchange->watcher.streamed) exchange->watcher.streamed(exchange->watcher.ctx, buf_str(&exchange->stream_in));
        buf_clear(&exchange->stream_in);
        exchange->stream_read = exchange->stream_come;
        return HTTP_STREAM_MORE;
    }
    return exchange->stream_ended ? HTTP_STREAM_END : exchange->stream_lost ? HTTP_STREAM_LOST : HTTP_STREAM_LATE;
}
