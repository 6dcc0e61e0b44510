/* Limiter: how many requests a second a listener takes (api 1.6): one token bucket for each X-Client-Id (else the peer's address), and one
 * for each peer address. Off until a rate is set. */
#ifndef NODE_LIMITER_H
#define NODE_LIMITER_H

#include "core/base/map.h"
#include "network/ledger/weakness.h"
#include "world/http/http.h"

#define LIMITER_BUCKETS_MAX 65536 /* then all begin anew, full */
#define LIMITER_RPS_MAX 1000000

struct limits {
    uint64_t per_client_rps, per_peer_rps; /* 0: no limit */
    uint64_t burst;                        /* tokens a bucket holds; 0: one second's */
};
struct limiter {
    struct map buckets; /* hash of who -> struct bucket */
};
struct limit_verdict {
    bool limited;              /* a limit is set: the figures below count */
    bool refused;
    uint64_t limit, remaining; /* of the bucket with the fewest left */
    uint64_t retry_s;          /* at least 1 when refused */
};

void limiter_init(struct limiter *limiter);
void limiter_done(struct limiter *limiter);
struct limit_verdict limiter_ask(struct limiter *limiter, const struct limits *limits, const struct weaknesses *weak,
                                 const struct http_exchange *exchange, struct instant now);

#endif
