#include "network/node/call.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/codec/json.h"
#include "network/node/limiter.h"

#define REQUEST_ID_MAX 64
#define RETRY_AFTER STR("1")

static bool request_id_ok(struct str id)
{
    if (id.len == 0 || id.len > REQUEST_ID_MAX) return false;
    for (size_t i = 0; i < id.len; i++) {
        const char c = id.data[i];
        const bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (!ok) return false;
    }
    return true;
}

static void header_add(struct http_response *response, struct str name, struct str value)
{
    ASSERT(response->headers_count < ARRAY_LEN(response->headers));
    response->headers[response->headers_count++] = (struct http_header){name, value};
}

/* Decimal text without printf: these headers stand on every answer. */
static struct str u64_text(struct arena *arena, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    return (struct str){arena_copy(arena, digits + at, sizeof(digits) - at), sizeof(digits) - at};
}

static struct str made_id(const struct call *call)
{
    struct str number = u64_text(call->arena, call->made_id);
    if (call->view.node.len == 0) return number;
    char *text = arena_alloc(call->arena, call->view.node.len + 1 + number.len);
    memcpy(text, call->view.node.data, call->view.node.len);
    text[call->view.node.len] = '-';
    memcpy(text + call->view.node.len + 1, number.data, number.len);
    return (struct str){text, call->view.node.len + 1 + number.len};
}

static void headers_common(const struct call *call, struct http_response *response)
{
    const struct str sent = http_header_find(call->request->headers, call->request->headers_count, STR("x-request-id"));
    header_add(response, STR("x-adnet-api"), STR("2"));
    header_add(response, STR("x-request-id"), request_id_ok(sent) ? sent : made_id(call));
    if (call->limited) {
        header_add(response, STR("ratelimit-limit"), u64_text(call->arena, call->limit));
        header_add(response, STR("ratelimit-remaining"), u64_text(call->arena, call->remaining));
    }
    if (call->view.node.len == 0) return;
    header_add(response, STR("x-node"), call->view.node);
    if (!call->read_only) return;
    header_add(response, STR("x-height"), u64_text(call->arena, call->view.height));
    header_add(response, STR("x-finalized-height"), u64_text(call->arena, call->view.finalized));
}

void call_answer(struct call *call, uint16_t status, const struct wire *wire, void *object)
{
    struct http_response response = {0};
    headers_common(call, &response);
    wire_respond_on(call->chain, call->exchange, &response, status, wire, object);
}

void call_answer_bare(struct call *call, const struct wire *wire, void *object, struct str next_cursor)
{
    struct http_response response = {0};
    headers_common(call, &response);
    if (next_cursor.data) header_add(&response, STR("x-next-cursor"), next_cursor);
    wire_respond_on(call->chain, call->exchange, &response, 200, wire, object);
}

void call_answer_json(struct call *call, uint16_t status, struct str body)
{
    struct http_response response = {.status = status, .body = body};
    headers_common(call, &response);
    header_add(&response, STR("content-type"), STR("application/json"));
    http_respond(call->exchange, &response);
}

void call_stream(struct call *call, struct str content_type)
{
    struct http_response response = {.status = 200};
    headers_common(call, &response);
    header_add(&response, STR("content-type"), content_type);
    header_add(&response, STR("cache-control"), STR("no-store"));
    http_stream_open(call->exchange, &response);
}

static void refuse(struct call *call, struct http_response *response, const struct apierror *error)
{
    headers_common(call, response);
    if (code_has_retry_after(error->code)) header_add(response, STR("retry-after"), call->retry_s ? u64_text(call->arena, call->retry_s) : RETRY_AFTER);
    if (error->code == CODE_UNAUTHORIZED) header_add(response, STR("www-authenticate"), STR("Bearer"));
    struct apierror bare;
    if (call->opaque) {
        (void)apierror_set(&bare, CODE_INTERNAL, NULL, "internal error");
        error = &bare;
    }
    response->status = code_http(error->code);
    ASSERT(response->status >= 400);
    response->shape = &wire_error;
    response->object = arena_copy(call->arena, error, sizeof(*error));
    http_respond(call->exchange, response);
}

void call_refuse(struct call *call, const struct apierror *error)
{
    struct http_response response = {0};
    refuse(call, &response, error);
}

void call_refuse_with(struct call *call, enum code code, const char *field, const char *fmt, ...)
{
    char message[sizeof(((struct apierror *)0)->message)];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    struct apierror error;
    (void)apierror_set(&error, code, field, "%s", message);
    call_refuse(call, &error);
}

void call_refuse_method(struct call *call, struct str allow)
{
    struct http_response response = {0};
    struct apierror error;
    header_add(&response, STR("allow"), allow);
    (void)apierror_set(&error, CODE_METHOD_NOT_ALLOWED, NULL, "this route takes " STR_FMT, STR_ARG(allow));
    apierror_suggest(&error, "use " STR_FMT, STR_ARG(allow));
    refuse(call, &response, &error);
}

void call_refuse_version(struct call *call, struct str rest)
{
    struct http_response response = {0};
    struct apierror error;
    header_add(&response, STR("deprecation"), STR("true"));
    header_add(&response, STR("link"), str_fmt(call->arena, "</v2" STR_FMT ">; rel=\"successor-version\"", STR_ARG(rest)));
    (void)apierror_set(&error, CODE_API_VERSION_RETIRED, NULL, "revision 1 of the API is retired");
    apierror_suggest(&error, "use /v2, or no prefix");
    refuse(call, &response, &error);
}

void call_refuse_status(struct http_exchange *exchange, uint16_t status)
{
    struct call call = {.exchange = exchange, .request = http_request(exchange), .arena = http_arena(exchange)};
    enum code code = CODE_PARSE_ERROR;
    if (status == 413) {
        /* Over the limit on a broadcast route the code speaks of the transaction. */
        const bool broadcast = str_ends(call.request->path, STR("/transaction/broadcast")) ||
                               str_ends(call.request->path, STR("/transaction/broadcast/batch"));
        code = broadcast ? CODE_TX_TOO_LARGE : CODE_BODY_TOO_LARGE;
    }
    if (status == 414) code = CODE_URI_TOO_LONG;
    if (status == 431) code = CODE_HEADERS_TOO_LARGE;
    if (status == 408) code = CODE_REQUEST_TIMEOUT;
    call_refuse_with(&call, code, NULL, STR_FMT, STR_ARG(code_message(code)));
}

bool call_limit(struct call *call, struct limiter *limiter, const struct limits *limits, const struct weaknesses *weak, struct instant now)
{
    if (limits->per_client_rps == 0 && limits->per_peer_rps == 0) return true;
    const struct limit_verdict verdict = limiter_ask(limiter, limits, weak, call->exchange, now);
    call->limited = verdict.limited;
    call->limit = verdict.limit;
    call->remaining = verdict.remaining;
    call->retry_s = verdict.retry_s;
    if (verdict.refused) call_refuse_with(call, CODE_RATE_LIMITED, NULL, "this listener takes %" PRIu64 " requests a second from one asker", verdict.limit);
    return !verdict.refused;
}

bool call_query_str(struct call *call, const char *name, struct str *out, bool *out_has)
{
    struct str text;
    *out_has = false;
    if (!http_query_find(call->request->query, str_of(name), &text)) return true;
    if (!http_unescape(call->arena, text, out)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, name, "%s is not percent-encoded text", name);
        return false;
    }
    *out_has = true;
    return true;
}

bool call_query_u64(struct call *call, const char *name, uint64_t min, uint64_t max, uint64_t *out)
{
    struct str text;
    bool has;
    uint64_t value;
    if (!call_query_str(call, name, &text, &has)) return false;
    if (!has) return true;
    if (!str_to_u64(text, &value) || value < min || value > max) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, name, "%s is not a whole number from %" PRIu64 " to %" PRIu64, name, min, max);
        return false;
    }
    *out = value;
    return true;
}

bool call_query_bool(struct call *call, const char *name, bool *out)
{
    struct str text;
    bool has;
    if (!call_query_str(call, name, &text, &has)) return false;
    if (!has) return true;
    const bool yes = str_eq(text, STR("true")), no = str_eq(text, STR("false"));
    if (!yes && !no) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, name, "%s is neither true nor false", name);
        return false;
    }
    *out = yes;
    return true;
}

bool call_query_page(struct call *call, bool bare, uint32_t *out_limit, uint64_t *out_from)
{
    uint64_t limit = bare ? CALL_BARE_LIMIT_DEFAULT : CALL_LIMIT_DEFAULT, from = 0;
    struct str cursor;
    bool has;
    if (!call_query_u64(call, "limit", 1, bare ? CALL_BARE_LIMIT_MAX : CALL_LIMIT_MAX, &limit)) return false;
    if (!call_query_str(call, "cursor", &cursor, &has)) return false;
    uint8_t bytes[8];
    if (has) {
        if (cursor.len != 17 || cursor.data[0] != 'c' || !str_unhex(str_sub(cursor, 1, 16), bytes, sizeof(bytes))) {
            call_refuse_with(call, CODE_INVALID_PARAMETER, "cursor", "cursor is not one that this route gave");
            return false;
        }
        memcpy(&from, bytes, sizeof(from));
    }
    *out_limit = (uint32_t)limit;
    *out_from = from;
    return true;
}

struct str call_cursor(struct call *call, uint64_t next)
{
    char *text = arena_alloc(call->arena, 17);
    text[0] = 'c';
    str_hex(&next, sizeof(next), text + 1);
    return (struct str){text, 17};
}

bool call_hash_parse(struct str text, struct hash *out) { return text.len == 64 && str_unhex(text, out->b, sizeof(out->b)); }

bool call_height_parse(struct str text, uint32_t *out)
{
    uint64_t value;
    if (!str_to_u64(text, &value) || value > UINT32_MAX) return false;
    *out = (uint32_t)value;
    return true;
}

enum call_media call_media(const struct call *call)
{
    if (call->request->shape) return str_eq(str_of(call->request->shape->content_type), STR("application/json")) ? CALL_MEDIA_JSON : CALL_MEDIA_BYTES;
    struct str type = http_header_find(call->request->headers, call->request->headers_count, STR("content-type")), parameters;
    (void)str_cut(type, ';', &type, &parameters); /* "; charset=utf-8" says nothing new */
    type = str_trim(type);
    if (str_eq(type, STR("application/json"))) return CALL_MEDIA_JSON;
    if (str_eq(type, STR("application/octet-stream"))) return CALL_MEDIA_BYTES;
    return CALL_MEDIA_OTHER;
}

const struct json *call_json(struct call *call)
{
    struct err err;
    if (call_media(call) != CALL_MEDIA_JSON) {
        call_refuse_with(call, CODE_UNSUPPORTED_MEDIA_TYPE, NULL, "this route takes application/json");
        return NULL;
    }
    const struct json *node = json_parse(call->arena, http_request_body(call->exchange), &err);
    if (!node) call_refuse_with(call, CODE_PARSE_ERROR, NULL, "the body is not JSON: %s", err.text);
    return node;
}
