#include "chain/wire/wire.h"

static void object_encode(const struct shape *shape, enum chain_id chain, const void *object, struct buf *out)
{
    struct json_writer w = json_writer_of(out);
    shape_write(shape, object, chain, &w);
}

static const void *object_decode(const struct shape *shape, enum chain_id chain, struct arena *arena, struct str body,
                                 struct err *err)
{
    const struct json *node = json_parse(arena, body, err);
    if (node == NULL) return NULL;
    void *object = arena_alloc(arena, shape->bytes);
    return shape_read(shape, node, chain, arena, object, err) ? object : NULL;
}

#define CODEC(name, side, chain)                                                                                                 \
    static void encode_##side##_##name(const void *object, struct buf *out) { object_encode(&shape_##name, chain, object, out); } \
    static const void *decode_##side##_##name(struct arena *arena, struct str body, struct err *err)                            \
    {                                                                                                                            \
        return object_decode(&shape_##name, chain, arena, body, err);                                                            \
    }
#define HTTP(name, side)                                                                                                         \
    {                                                                                                                            \
        #name, "application/json", encode_##side##_##name, decode_##side##_##name, NULL, NULL, NULL                              \
    }
#define W(name)                                                                                                                  \
    CODEC(name, alpha, CHAIN_ALPHA)                                                                                              \
    CODEC(name, delta, CHAIN_DELTA)                                                                                              \
    static void release_##name(void *object) { shape_done(&shape_##name, object); }                                              \
    const struct wire wire_##name = {                                                                                            \
        .http = HTTP(name, alpha), .http_delta = HTTP(name, delta), .shape = &shape_##name, .release = release_##name};
WIRE_LIST(W)
#undef W

static void error_encode(const void *object, struct buf *out)
{
    struct json_writer w = json_writer_of(out);
    apierror_write(object, &w);
}

static const void *error_decode(struct arena *arena, struct str body, struct err *err)
{
    const struct json *node = json_parse(arena, body, err);
    if (node == NULL) return NULL;
    struct apierror *error = arena_new(arena, struct apierror);
    if (!apierror_read(node, error)) {
        (void)err_set(err, ERR_PARSE, "not an error body of the contract");
        return NULL;
    }
    return error;
}

const struct http_shape wire_error = {"error", "application/json", error_encode, error_decode, NULL, NULL, NULL};

static void transaction_encode(const void *object, struct buf *out) { buf_put_str(out, tx_bytes(object)); }

static const void *transaction_decode(struct arena *arena, struct str body, struct err *err)
{
    (void)arena;
    static const struct tx_rules any = {0};
    struct apierror error;
    struct tx *tx = tx_decode(body, &any, &error);
    if (tx == NULL) (void)err_set(err, ERR_PARSE, "%s", error.message);
    return tx;
}

static uint64_t transaction_ident(const void *object)
{
    uint64_t ident;
    memcpy(&ident, ((const struct tx *)object)->id.b, sizeof(ident));
    return ident;
}

static const void *transaction_hold(const void *object) { return tx_ref((struct tx *)(uintptr_t)object); }
static void transaction_drop(const void *object) { tx_unref((struct tx *)(uintptr_t)object); }

const struct http_shape wire_transaction = {
    .name = "transaction",
    .content_type = "application/octet-stream",
    .encode = transaction_encode,
    .decode = transaction_decode,
    .ident = transaction_ident,
    .hold = transaction_hold,
    .drop = transaction_drop,
};

static const struct http_shape *http_of(const struct wire *wire, enum chain_id chain)
{
    return chain == CHAIN_DELTA ? &wire->http_delta : &wire->http;
}

void wire_respond_on(enum chain_id chain, struct http_exchange *exchange, struct http_response *response, uint16_t status,
                     const struct wire *wire, void *object)
{
    http_keep(exchange, wire->release, object);
    response->status = status;
    response->shape = http_of(wire, chain);
    response->object = object;
    http_respond(exchange, response);
}

void wire_respond(struct http_exchange *exchange, struct http_response *response, uint16_t status, const struct wire *wire,
                  void *object)
{
    wire_respond_on(CHAIN_ALPHA, exchange, response, status, wire, object);
}

const void *wire_object_on(enum chain_id chain, struct http_exchange *exchange, const struct wire *wire, struct err *err)
{
    const bool handed_over = http_response(exchange)->object != NULL;
    const void *object = http_response_object(exchange, http_of(wire, chain), err);
    if (object != NULL && !handed_over) http_keep(exchange, wire->release, (void *)(uintptr_t)object);
    return object;
}

const void *wire_object(struct http_exchange *exchange, const struct wire *wire, struct err *err)
{
    return wire_object_on(CHAIN_ALPHA, exchange, wire, err);
}
