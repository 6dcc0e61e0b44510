/* Adnet: the client of the unified listener (api 4.5): health and status of both chains. As with struct alpha: plain value,
 * borrowed texts, a deadline on every call, results borrowed from `out` until answer_done. */
#ifndef CLIENT_ADNET_H
#define CLIENT_ADNET_H

#include "chain/response_adnet.h"
#include "tester/client/answer.h"

struct adnet {
    struct http_client *http;
    struct str origin;    /* "adnet" */
    struct str client_id; /* X-Client-Id; empty: none is sent */
};

/* U1. It answers with 503 and the same body when the network is down: that is an answer, too (ANSWER_OK, out->http 503). */
const struct health_view *adnet_health(const struct adnet *adnet, struct instant deadline, struct answer *out) FIBER;
const struct status_view *adnet_status(const struct adnet *adnet, struct instant deadline, struct answer *out) FIBER; /* U2 */

#endif
