#include "chain/wire/wire.h"

static void object_encode(const struct shape *shape, const void *object, struct buf *out)
{
    struct json_writer w = json_writer_of(out);
    shape_write(shape, object, CHAIN_ALPHA, &w);
}

static const void *object_decode(const struct shape *shape, struct arena *arena, struct str body, struct err *err)
{
    const struct json *node = json_parse(arena, body, err);
    if (node == NULL) return NULL;
    void *object = arena_alloc(arena, shape->bytes);
    return shape_read(shape, node, CHAIN_ALPHA, arena, object, err) ? object : NULL;
}

#define W(name)                                                                                                                  \
    static void encode_##name(const void *object, struct buf *out) { object_encode(&shape_##name, object, out); }                \
    static const void *decode_##name(struct arena *arena, struct str body, struct err *err)                                      \
    {                                                                                                                            \
        return object_decode(&shape_##name, arena, body, err);                                                                   \
    }                                                                                                                            \
    static void release_##name(void *object) { shape_done(&shape_##name, object); }                                              \
    const struct wire wire_##name = {                                                                                            \
        .http = {#name, "application/json", encode_##name, decode_##name, NULL, NULL, NULL},                                     \
        .shape = &shape_##name,                                                                                                  \
        .release = release_##name,                                                                                               \
    };
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

void wire_respond(struct http_exchange *exchange, struct http_response *response, uint16_t status, const struct wire *wire,
                  void *object)
{
    http_keep(exchange, wire->release, object);
    response->status = status;
    response->shape = &wire->http;
    response->object = object;
    http_respond(exchange, response);
}

const void *wire_object(struct http_exchange *exchange, const struct wire *wire, struct err *err)
{
    const bool handed_over = http_response(exchange)->object != NULL;
    const void *object = http_response_object(exchange, &wire->http, err);
    if (object != NULL && !handed_over) http_keep(exchange, wire->release, (void *)(uintptr_t)object);
    return object;
}
