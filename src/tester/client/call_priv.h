/* Call: one exchange of a client, from path to typed answer. For the room's own eyes. */
#ifndef CLIENT_CALL_PRIV_H
#define CLIENT_CALL_PRIV_H

#include "chain/wire/wire.h"
#include "tester/client/answer.h"

#define CALL_HEADERS_MAX 3
#define CALL_PATH_MAX 224

struct call {
    struct http_client *http;
    struct str origin;
    struct http_request request;
    struct http_header headers[CALL_HEADERS_MAX];
    char path[CALL_PATH_MAX];
    char query[128];
};

/* Makes the exchange and fills `out`; true: status 2xx. */
bool ask_make(struct call *call, struct instant deadline, struct answer *out) FIBER;
/* The same, and the object in this shape; NULL unless ANSWER_OK. `http_wanted`: 200 or 202. */
const void *ask_object(struct call *call, const struct wire *wire, uint16_t http_wanted, struct instant deadline,
                       struct answer *out) FIBER;
void ask_header(struct call *call, struct str name, struct str value);
/* Adds the opaque cursor to the query, escaped. A server whose cursors do not fit gets one cut short, and its refusal is told. */
void ask_cursor(struct call *call, struct str cursor);
/* The answer is not what the contract says; keeps the exchange. Returns NULL. `fault` must be a literal or live in the exchange.
 */
const void *ask_fault(struct answer *out, const char *fault);

#endif
