/* Answer: how a call to the network ended. Every call of the clients fills one; the caller calls answer_done when it has read
 * what it wanted, and everything the call returned is gone then.
 *
 * A refusal is an answer in full form: its code is what bots branch on. MALFORMED is a finding: somebody answered, and not as the
 * contract says (not JSON, a member missing, a status that does not go with its code, an answer to another question). */
#ifndef CLIENT_ANSWER_H
#define CLIENT_ANSWER_H

#include "chain/apierror.h"
#include "world/http/http.h"

enum answer_status {
    ANSWER_OK,
    ANSWER_REFUSED,     /* `code`, `error` */
    ANSWER_UNREACHABLE, /* nobody there, or the connection was lost */
    ANSWER_TIMED_OUT,   /* the caller's deadline passed */
    ANSWER_MALFORMED,   /* `fault` */
};

struct answer {
    enum answer_status status;
    enum code code;                 /* REFUSED; else CODE_NONE */
    const struct apierror *error;   /* REFUSED; else NULL */
    const char *fault;              /* MALFORMED, UNREACHABLE, TIMED_OUT: one line; else NULL */
    uint16_t http;                  /* status; 0 without one */
    struct http_exchange *exchange; /* owned; NULL without an answer */
};

void answer_done(struct answer *answer);
const char *answer_status_text(enum answer_status status);
/* X-Height, X-Finalized-Height; false when the answer does not carry them. */
bool answer_heights(const struct answer *answer, uint32_t *out_head, uint32_t *out_final);
struct str answer_node(const struct answer *answer);             /* X-Node: the view that answered; empty: none */
struct str answer_body(struct answer *answer);                   /* the body as text; empty without an answer */
struct duration answer_retry_after(const struct answer *answer); /* Retry-After; 0 when absent */

#endif
