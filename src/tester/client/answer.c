#include "tester/client/answer.h"

#include "tester/client/call_priv.h"

void answer_done(struct answer *answer)
{
    if (answer->exchange != NULL) http_exchange_free(answer->exchange);
    answer->exchange = NULL;
    answer->error = NULL;
    answer->fault = NULL;
}

const char *answer_status_text(enum answer_status status)
{
    switch (status) {
    case ANSWER_OK: return "ok";
    case ANSWER_REFUSED: return "refused";
    case ANSWER_UNREACHABLE: return "unreachable";
    case ANSWER_TIMED_OUT: return "timed out";
    case ANSWER_MALFORMED: return "malformed";
    }
    UNREACHABLE();
}

static struct str header_of(const struct answer *answer, struct str name)
{
    if (answer->exchange == NULL) return (struct str){0};
    const struct http_response *response = http_response(answer->exchange);
    return http_header_find(response->headers, response->headers_count, name);
}

static bool header_u32(const struct answer *answer, struct str name, uint32_t *out)
{
    uint64_t value;
    if (!str_to_u64(header_of(answer, name), &value) || value > UINT32_MAX) return false;
    *out = (uint32_t)value;
    return true;
}

bool answer_heights(const struct answer *answer, uint32_t *out_head, uint32_t *out_final)
{
    uint32_t head, final;
    if (!header_u32(answer, STR("x-height"), &head) || !header_u32(answer, STR("x-finalized-height"), &final)) return false;
    *out_head = head;
    *out_final = final;
    return true;
}

struct str answer_node(const struct answer *answer) { return header_of(answer, STR("x-node")); }

struct str answer_body(struct answer *answer)
{
    if (answer->exchange == NULL) return (struct str){0};
    return http_response_body(answer->exchange);
}

struct duration answer_retry_after(const struct answer *answer)
{
    uint32_t seconds;
    return header_u32(answer, STR("retry-after"), &seconds) ? duration_s(seconds) : (struct duration){0};
}

/* ---- one exchange ---- */

void ask_header(struct call *call, struct str name, struct str value)
{
    ASSERT(call->request.headers_count < CALL_HEADERS_MAX);
    call->headers[call->request.headers_count++] = (struct http_header){name, value};
}

void ask_cursor(struct call *call, struct str cursor)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t len = strlen(call->query);
    const char *prefix = len > 0 ? "&cursor=" : "cursor=";
    memcpy(call->query + len, prefix, strlen(prefix));
    len += strlen(prefix);
    for (size_t i = 0; i < cursor.len && len + 4 < sizeof(call->query); i++) {
        const unsigned char c = (unsigned char)cursor.data[i];
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
                           c == '.' || c == '~';
        if (!plain) call->query[len++] = '%';
        if (!plain) call->query[len++] = digits[c >> 4];
        call->query[len++] = plain ? (char)c : digits[c & 15];
    }
    call->query[len] = '\0';
}

const void *ask_fault(struct answer *out, const char *fault)
{
    out->status = ANSWER_MALFORMED;
    out->fault = fault;
    return NULL;
}

static const char *fault_keep(struct answer *out, const struct err *err)
{
    return str_dup(http_arena(out->exchange), str_of(err->text)).data;
}

/* A refusal must be an error body whose code goes with the status. */
static void refusal_read(struct answer *out, struct err *err)
{
    const struct apierror *error = http_response_object(out->exchange, &wire_error, err);
    if (error == NULL) {
        (void)ask_fault(out, fault_keep(out, err));
        return;
    }
    if (code_http(error->code) != out->http) {
        (void)ask_fault(out, "the status does not go with the error code");
        return;
    }
    out->status = ANSWER_REFUSED;
    out->code = error->code;
    out->error = error;
}

/* Not inlined: its error text must not stay on the stack of those who wait. */
__attribute__((noinline)) static void no_answer(struct answer *out, const struct err *err)
{
    switch (err->code) {
    case ERR_TIMEOUT:
        out->status = ANSWER_TIMED_OUT;
        out->fault = "no answer within the deadline";
        return;
    case ERR_PARSE: (void)ask_fault(out, "what came back is not HTTP"); return;
    default:
        out->status = ANSWER_UNREACHABLE;
        out->fault = "nobody answers there";
        return;
    }
}

/* Not inlined, as above. */
__attribute__((noinline)) static void answered_badly(struct answer *out)
{
    struct err err;
    refusal_read(out, &err);
}

/* One exchange; `out->http` is its status. False: nobody answered, and `out` says how. */
static bool exchange_make(struct call *call, struct instant deadline, struct answer *out)
{
    *out = (struct answer){0};
    call->request.path = str_of(call->path);
    call->request.query = str_of(call->query);
    call->request.headers = call->headers;
    struct err *err =
        base_alloc(sizeof(*err)); /* not on the stack: thousands wait here, and each stack is to stay within a page */
    const bool answered = http_call(call->http, call->origin, &call->request, deadline, &out->exchange, err);
    if (!answered) {
        out->exchange = NULL;
        no_answer(out, err);
    }
    base_free(err);
    if (answered) out->http = http_response(out->exchange)->status;
    return answered;
}

bool ask_make(struct call *call, struct instant deadline, struct answer *out)
{
    if (!exchange_make(call, deadline, out)) return false;
    if (out->http / 100 == 2) return true;
    answered_badly(out);
    return false;
}

__attribute__((noinline)) static const void *object_read(enum chain_id chain, const struct wire *wire, struct answer *out)
{
    struct err err;
    const void *object = wire_object_on(chain, out->exchange, wire, &err);
    if (object == NULL) return ask_fault(out, fault_keep(out, &err));
    return object;
}

const void *ask_object(struct call *call, const struct wire *wire, uint16_t http_wanted, struct instant deadline,
                       struct answer *out)
{
    if (!ask_make(call, deadline, out)) return NULL;
    if (out->http != http_wanted) return ask_fault(out, "another success status than the contract's");
    return object_read(call->chain, wire, out);
}

const struct health_view *ask_health(struct call *call, struct instant deadline, struct answer *out)
{
    if (!exchange_make(call, deadline, out)) return NULL;
    if (out->http == 200 || out->http == 503) return object_read(0, &wire_health, out);
    answered_badly(out);
    return NULL;
}
