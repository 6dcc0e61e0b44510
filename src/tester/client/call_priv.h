/* Call: one exchange of a client, from path to typed answer. For the room's own eyes. */
#ifndef CLIENT_CALL_PRIV_H
#define CLIENT_CALL_PRIV_H

#include "chain/wire/wire.h"
#include "tester/client/alpha.h"
#include "tester/client/answer.h"

#define CALL_HEADERS_MAX 3
#define CALL_PATH_MAX 224

struct adnet;

struct call {
    struct http_client *http;
    struct str origin;
    enum chain_id chain; /* that is asked; 0: neither, its answers speak as Alpha's */
    struct http_request request;
    struct http_header headers[CALL_HEADERS_MAX];
    char path[CALL_PATH_MAX];
    char query[128];
};

/* Starts a call of a chain: the path by view and network, then `route` and `tail`. */
void ask_begin(struct call *call, const struct alpha *alpha, enum http_method method, struct str route, struct str tail);
/* The same with a formatted rest. A path that does not fit is a bug: all parts are bounded. */
void ask_path(struct call *call, const struct alpha *alpha, enum http_method method, const char *fmt, ...) PRINTF_LIKE(4, 5);
char *ask_put(char *at, const char *end, struct str text); /* copies, closes with 0, tells where that is */
void ask_query(struct call *call, const char *fmt, ...) PRINTF_LIKE(2, 3); /* adds "name=value" */
void ask_page(struct call *call, uint32_t limit, struct str cursor);       /* 0, empty: not sent */
struct hex32 {
    char text[65];
};
struct hex32 ask_hex(const struct hash *hash);
/* ask_object with 200. */
const void *ask_get(struct call *call, const struct wire *wire, struct instant deadline, struct answer *out) FIBER;
struct str ask_next_cursor(const struct answer *out); /* bare arrays carry it in a header */

/* Makes the exchange and fills `out`; true: status 2xx. */
bool ask_make(struct call *call, struct instant deadline, struct answer *out) FIBER;
/* The same, and the object in this shape; NULL unless ANSWER_OK. `http_wanted`: 200 or 202. */
const void *ask_object(struct call *call, const struct wire *wire, uint16_t http_wanted, struct instant deadline,
                       struct answer *out) FIBER;
/* Starts a call of the Adnet listener. */
void ask_adnet(struct call *call, const struct adnet *adnet, enum http_method method, struct str path);
/* U1: an object also with 503. */
const struct health_view *ask_health(struct call *call, struct instant deadline, struct answer *out) FIBER;
void ask_header(struct call *call, struct str name, struct str value);
/* Adds the opaque cursor to the query, escaped. A server whose cursors do not fit gets one cut short, and its refusal is told. */
void ask_cursor(struct call *call, struct str cursor);
/* The answer is not what the contract says; keeps the exchange. Returns NULL. `fault` must be a literal or live in the exchange.
 */
const void *ask_fault(struct answer *out, const char *fault);

#endif
