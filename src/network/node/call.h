/* Call: one REST request on its way to an answer: its query checked, its answer with the headers that the contract puts on every
 * response (api 1.5, 1.7). Knows nothing of nodes; whoever answers hands in what stands in X-Height and X-Node. */
#ifndef NODE_CALL_H
#define NODE_CALL_H

#include "chain/wire/wire.h"
#include "network/ledger/weakness.h"

#define CALL_LIMIT_DEFAULT 50 /* of page<T>; bare arrays: 1000 and 10,000 */
#define CALL_LIMIT_MAX 500
#define CALL_BARE_LIMIT_DEFAULT 1000
#define CALL_BARE_LIMIT_MAX 10000
#define CALL_BODY_MAX (1u << 20)

/* What a read was computed at. */
struct call_view {
    struct str node; /* empty: no view answered (routing errors of a listener) */
    uint32_t height, finalized;
};

struct call {
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    struct call_view view;
    uint64_t made_id; /* makes X-Request-Id when the client sent none: unique for `view.node` */
    bool read_only;   /* X-Height ... only on reads */
    bool opaque;      /* refusals say nothing (vuln.opaque-errors) */
    bool limited;     /* RateLimit-* ... only where a limit is set */
    uint64_t limit, remaining, retry_s; /* retry_s 0: the usual */
    enum chain_id chain; /* whose addresses it speaks of; 0: no chain's (admin, Adnet), as Alpha */
};

/* ---- answers: each answers the exchange, which is gone afterwards ---- */
void call_answer(struct call *call, uint16_t status, const struct wire *wire, void *object);
/* The same with X-Next-Cursor (data NULL: none). */
void call_answer_bare(struct call *call, const struct wire *wire, void *object, struct str next_cursor);
void call_answer_json(struct call *call, uint16_t status, struct str body); /* body in call->arena */
/* Opens a streamed body; the exchange stays the caller's. */
void call_stream(struct call *call, struct str content_type);
void call_refuse(struct call *call, const struct apierror *error);
void call_refuse_with(struct call *call, enum code code, const char *field, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* 405 with the methods in `allow`, "GET, POST". */
void call_refuse_method(struct call *call, struct str allow);
/* 410 for /v1/<rest>. */
void call_refuse_version(struct call *call, struct str rest);
/* The body of a refusal that http itself makes (400, 413, 414, 431): for http_limits.refuse. */
void call_refuse_status(struct http_exchange *exchange, uint16_t status);

/* Whether the listener takes one more from this asker; false after refusing with RATE_LIMITED. */
struct limiter;
struct limits;
bool call_limit(struct call *call, struct limiter *limiter, const struct limits *limits, const struct weaknesses *weak, struct instant now) MUST_CHECK;

/* ---- query: each answers false after refusing with INVALID_PARAMETER. Absent leaves *out alone. ---- */
bool call_query_str(struct call *call, const char *name, struct str *out, bool *out_has) MUST_CHECK;
bool call_query_u64(struct call *call, const char *name, uint64_t min, uint64_t max, uint64_t *out) MUST_CHECK;
bool call_query_bool(struct call *call, const char *name, bool *out) MUST_CHECK;
/* limit and cursor. *from is the position behind the cursor, 0 without one. */
bool call_query_page(struct call *call, bool bare, uint32_t *out_limit, uint64_t *out_from) MUST_CHECK;
struct str call_cursor(struct call *call, uint64_t next); /* the cursor that call_query_page takes back */

/* ---- path and body ---- */
bool call_hash_parse(struct str text, struct hash *out) MUST_CHECK; /* 64 lower-case hex digits */
bool call_height_parse(struct str text, uint32_t *out) MUST_CHECK;  /* "0" or [1-9][0-9]*, at most 2^32 - 1 */
enum call_media { CALL_MEDIA_JSON, CALL_MEDIA_BYTES, CALL_MEDIA_OTHER };
enum call_media call_media(const struct call *call);
const struct json *call_json(struct call *call) MUST_CHECK; /* NULL after refusing (415, PARSE_ERROR) */

#endif
