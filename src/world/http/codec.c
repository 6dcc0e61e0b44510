/* Bodies as objects and as bytes, requests and responses as text, and what of them goes into the run digest. Nothing here may
 * make the two wires differ in time or identity: sizes are estimates of the request, not of its encoding. */
#include "core/base/map.h"
#include "world/http/http_priv.h"

enum { HEAD_BYTES = 256, OBJECT_BYTES = 512 }; /* estimates, for bandwidth */

static const char *const method_names[] = {
    [HTTP_GET] = "GET",
    [HTTP_POST] = "POST",
    [HTTP_PUT] = "PUT",
    [HTTP_DELETE] = "DELETE",
};

static uint64_t mix(uint64_t hash, uint64_t value)
{
    const uint64_t both[2] = {hash, value};
    return map_hash(both, sizeof(both));
}

static struct str method_text(const struct http_request *request)
{
    return request->method == HTTP_OTHER ? request->method_text : str_of(method_names[request->method]);
}

static bool method_is_plain(const struct http_request *request)
{
    return request->method != HTTP_OTHER;
}

/* The caller's headers, with the content type behind them when the body has a shape and they name none. */
static size_t headers_copy(struct arena *arena, const struct http_header *from, size_t count, const struct http_shape *shape,
                           struct http_header *to)
{
    for (size_t i = 0; i < count; i++) to[i] = (struct http_header){str_dup(arena, from[i].name), str_dup(arena, from[i].value)};
    if (!shape || http_header_find(from, count, STR("content-type")).len) return count;
    to[count] = (struct http_header){STR("content-type"), str_of(shape->content_type)};
    return count + 1;
}

static void request_take(struct http_exchange *exchange, const struct http_request *request)
{
    struct arena *arena = &exchange->arena;
    char *target = arena_alloc(arena, request->path.len + request->query.len + 1);
    memcpy(target, request->path.data, request->path.len);
    if (request->query.len) memcpy(target + request->path.len, request->query.data, request->query.len);
    exchange->request = *request;
    exchange->request.path = (struct str){target, request->path.len};
    exchange->request.query = (struct str){target + request->path.len, request->query.len};
    if (request->headers_count || request->shape) {
        struct http_header *headers = arena_array(arena, struct http_header, request->headers_count + 1);
        exchange->request.headers_count = headers_copy(arena, request->headers, request->headers_count, request->shape, headers);
        exchange->request.headers = headers;
    }
    if (!request->shape || !request->shape->hold) return;
    exchange->request.object = exchange->held = request->shape->hold(request->object);
    exchange->held_shape = request->shape;
}

static void request_write(struct http_exchange *exchange, const struct http_request *request, struct str body)
{
    const struct http_message message = {
        .method = method_text(request),
        .path = request->path,
        .query = request->query,
        .keep_alive = true,
        .headers = request->headers,
        .headers_count = request->headers_count,
        .body = body,
    };
    const bool typed = request->shape && !http_header_find(request->headers, request->headers_count, STR("content-type")).len;
    http_text_put_request(&exchange->wire, STR("adnet"), &message, typed ? str_of(request->shape->content_type) : STR(""));
}

void exchange_fill_request(struct http_exchange *exchange, const struct http_request *request)
{
    struct buf *scratch = &exchange->net->scratch;
    const struct http_shape *shape = request->shape;
    ASSERT(!shape || request->object);
    /* What our own encoder would not have produced always goes as text. */
    exchange->text = exchange->net->wire == WIRE_TEXT || (!shape && request->body.len) || !method_is_plain(request) ||
                     !http_text_is_plain(request->path, request->query, request->headers, request->headers_count);
    struct str body = request->body;
    if (shape && (exchange->text || !shape->ident)) {
        buf_clear(scratch);
        shape->encode(request->object, scratch);
        body = buf_str(scratch);
    }
    uint64_t ident = mix(map_hash(request->path.data, request->path.len), map_hash(request->query.data, request->query.len));
    ident = mix(ident, request->method);
    if (shape && shape->ident)
        ident = mix(ident, shape->ident(request->object));
    else if (body.len)
        ident = mix(ident, map_hash(body.data, body.len));
    exchange->request_packet.ident = ident;
    exchange->request_packet.bytes =
        (uint32_t)(HEAD_BYTES + request->path.len + request->query.len + (shape ? OBJECT_BYTES : body.len));
    if (exchange->text)
        request_write(exchange, request, body);
    else
        request_take(exchange, request);
}

void exchange_fill_raw(struct http_exchange *exchange, struct str bytes)
{
    exchange->text = true;
    buf_put_str(&exchange->wire, bytes);
    exchange->request_packet.ident = map_hash(bytes.data, bytes.len);
    exchange->request_packet.bytes = (uint32_t)bytes.len;
}

static enum http_method method_of(struct str text)
{
    for (size_t i = 0; i < ARRAY_LEN(method_names); i++)
        if (str_eq(text, str_of(method_names[i]))) return (enum http_method)i;
    return HTTP_OTHER;
}

void exchange_parse_request(struct http_exchange *exchange)
{
    if (!exchange->text || exchange->parsed) return;
    exchange->parsed = true;
    struct http_text *reader = exchange->net->request_reader;
    http_text_reset(reader);
    (void)http_text_feed(reader, exchange->wire.data,
                         exchange->wire.len); /* what follows a message on its connection is not looked at */
    switch (http_text_state(reader)) {
    case HTTP_TEXT_MORE: exchange->fault = 408; return;
    case HTTP_TEXT_BAD: {
        struct str path, query; /* who refuses it may say different things on different routes */
        exchange->fault = http_text_fault(reader);
        http_text_target(reader, &path, &query);
        exchange->request.path = str_dup(&exchange->arena, path);
        exchange->request.query = str_dup(&exchange->arena, query);
        return;
    }
    case HTTP_TEXT_DONE: break;
    }
    struct http_message message;
    http_text_take(reader, &exchange->arena, &message);
    exchange->request = (struct http_request){
        .method = method_of(message.method),
        .method_text = message.method,
        .path = message.path,
        .query = message.query,
        .headers = message.headers,
        .headers_count = message.headers_count,
        .body = message.body,
    };
}

void exchange_fill_response(struct http_exchange *exchange, const struct http_response *response)
{
    ASSERT(response->status >= 200 && response->status < 600);
    ASSERT(!response->shape || response->object);
    struct http_response *mine = &exchange->response;
    *mine = *response;
    const bool body = mine->shape || mine->body.len;
    if (body && mine->headers_count < ARRAY_LEN(mine->headers) &&
        !http_header_find(mine->headers, mine->headers_count, STR("content-type")).len)
        mine->headers[mine->headers_count++] =
            (struct http_header){STR("content-type"), mine->shape ? str_of(mine->shape->content_type) : STR("application/json")};
    exchange->answer_packet.ident = mine->status;
    exchange->answer_packet.bytes = (uint32_t)(HEAD_BYTES + (mine->shape ? OBJECT_BYTES : mine->body.len));
    if (!exchange->text) return;
    struct buf *scratch = &exchange->net->scratch;
    struct http_message message = {.status = mine->status,
                                   .keep_alive = true,
                                   .chunked = exchange->streaming,
                                   .headers = mine->headers,
                                   .headers_count = mine->headers_count,
                                   .body = mine->body};
    if (mine->shape) {
        buf_clear(scratch);
        mine->shape->encode(mine->object, scratch);
        message.body = buf_str(scratch);
    }
    buf_clear(&exchange->wire);
    http_text_put_response(&exchange->wire, &message, STR(""));
}

bool exchange_parse_response(struct http_exchange *exchange)
{
    if (!exchange->text) return true;
    struct http_text *reader = exchange->net->response_reader;
    http_text_reset(reader);
    (void)http_text_feed(reader, exchange->wire.data, exchange->wire.len);
    if (exchange->streaming) (void)http_text_feed(reader, "0\r\n\r\n", 5); /* the head is read as a message of its own */
    http_text_end(reader);
    if (http_text_state(reader) != HTTP_TEXT_DONE) return false;
    struct http_message message;
    http_text_take(reader, &exchange->arena, &message);
    struct http_response *response = &exchange->response;
    *response = (struct http_response){.status = message.status, .body = message.body};
    response->headers_count = MIN(message.headers_count, ARRAY_LEN(response->headers));
    for (size_t i = 0; i < response->headers_count; i++) response->headers[i] = message.headers[i];
    return true;
}

/* ---- bodies ---- */

struct decoding {
    const struct http_shape *shape;
    struct arena *arena;
    struct str body;
    struct err *err;
    const void *object;
};

static void decode_deep(void *arg)
{
    struct decoding *decoding = arg;
    decoding->object = decoding->shape->decode(decoding->arena, decoding->body, decoding->err);
}

static const void *decode(struct http_exchange *exchange, const struct http_shape *shape, struct str body, struct err *err)
{
    if (!shape->decode) {
        (void)err_set(err, ERR_UNSUPPORTED, "%s cannot be read", shape->name);
        return NULL;
    }
    struct decoding decoding = {shape, &exchange->arena, body, err, NULL};
    fiber_call_deep(decode_deep, &decoding);
    if (decoding.object && shape->drop) {
        struct keep *keep = arena_new(&exchange->arena, struct keep);
        *keep = (struct keep){.next = exchange->keeps, .drop = shape->drop, .thing = (void *)(uintptr_t)decoding.object};
        exchange->keeps = keep;
    }
    return decoding.object;
}

static struct str body_of(struct http_exchange *exchange, const struct http_shape *shape, const void *object, struct str body)
{
    if (!shape) return body;
    struct buf *scratch = &exchange->net->scratch;
    buf_clear(scratch);
    shape->encode(object, scratch);
    return str_dup(&exchange->arena, buf_str(scratch));
}

struct str http_request_body(struct http_exchange *exchange)
{
    struct http_request *request = &exchange->request;
    if (request->shape && !request->body.data) request->body = body_of(exchange, request->shape, request->object, request->body);
    return request->body;
}

struct str http_response_body(struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    if (response->shape && !response->body.data)
        response->body = body_of(exchange, response->shape, response->object, response->body);
    return response->body;
}

const void *http_request_object(struct http_exchange *exchange, const struct http_shape *shape, struct err *err)
{
    if (exchange->request.shape == shape) return exchange->request.object;
    if (exchange->request_shape == shape) return exchange->request_object;
    const void *object = decode(exchange, shape, http_request_body(exchange), err);
    if (!object) return NULL;
    exchange->request_shape = shape;
    exchange->request_object = object;
    return object;
}

const void *http_response_object(struct http_exchange *exchange, const struct http_shape *shape, struct err *err)
{
    if (exchange->response.shape == shape) return exchange->response.object;
    if (exchange->response_shape == shape) return exchange->response_object;
    const void *object = decode(exchange, shape, http_response_body(exchange), err);
    if (!object) return NULL;
    exchange->response_shape = shape;
    exchange->response_object = object;
    return object;
}
