#include "network/node/limiter.h"

#include "core/crypto/hash.h"
#include "network/ledger/guard_entry.h"

#define TOKEN UINT64_C(1000000000) /* one request; tokens grow by the rate each ns */
#define IDLE_NS_MAX (UINT64_C(3600) * NS_PER_S)
#define CLIENT_ID_MAX 64
_Static_assert(IDLE_NS_MAX <= UINT64_MAX / LIMITER_RPS_MAX / 2, "an hour's tokens fit");

struct bucket {
    uint64_t tokens;
    struct instant at;
};

/* Whoever asks too often is refused: off with vuln.no-api-rate-limit. */
static bool guard_rate(const struct weaknesses *weak, bool within) { return within || weakness_on(weak, WEAKNESS_NO_API_RATE_LIMIT); }

void limiter_init(struct limiter *limiter) { map_init(&limiter->buckets, sizeof(struct hash), sizeof(struct bucket)); }
void limiter_done(struct limiter *limiter) { map_done(&limiter->buckets); }

static struct bucket *bucket_at(struct limiter *limiter, const struct hash *who, uint64_t rps, uint64_t room, struct instant now)
{
    bool fresh;
    if (map_count(&limiter->buckets) >= LIMITER_BUCKETS_MAX && !map_find(&limiter->buckets, who)) {
        limiter_done(limiter);
        limiter_init(limiter);
    }
    struct bucket *bucket = map_put(&limiter->buckets, who, &fresh);
    if (fresh) *bucket = (struct bucket){room, now};
    const uint64_t idle_ns = MIN(instant_since(now, bucket->at).ns, IDLE_NS_MAX);
    bucket->tokens = MIN(bucket->tokens + idle_ns * rps, room);
    bucket->at = now;
    return bucket;
}

static uint64_t room_of(const struct limits *limits, uint64_t rps) { return (limits->burst > 0 ? limits->burst : MAX(rps, (uint64_t)1)) * TOKEN; }

static void look(struct limit_verdict *verdict, const struct bucket *bucket, uint64_t rps)
{
    const uint64_t left = bucket->tokens / TOKEN;
    if (!verdict->limited || left < verdict->remaining) {
        verdict->limit = rps;
        verdict->remaining = left;
    }
    verdict->limited = true;
    if (bucket->tokens >= TOKEN) return;
    verdict->refused = true;
    verdict->retry_s = MAX(verdict->retry_s, (TOKEN - bucket->tokens + rps * NS_PER_S - 1) / (rps * NS_PER_S));
}

struct limit_verdict limiter_ask(struct limiter *limiter, const struct limits *limits, const struct weaknesses *weak,
                                 const struct http_exchange *exchange, struct instant now)
{
    struct limit_verdict verdict = {0};
    const struct http_request *request = http_request(exchange);
    const uint32_t peer = http_asker(exchange).number;
    const struct hash address = hash_tagged("node/peer", &peer, sizeof(peer));
    struct hash client = hash_tagged("node/client", &peer, sizeof(peer));
    const struct str id = http_header_find(request->headers, request->headers_count, STR("x-client-id"));
    if (id.len > 0) client = hash_tagged("node/client-id", id.data, MIN(id.len, (size_t)CLIENT_ID_MAX));
    const struct hash *const who[2] = {&client, &address};
    const uint64_t rps[2] = {limits->per_client_rps, limits->per_peer_rps};
    for (size_t i = 0; i < 2; i++)
        if (rps[i] > 0 && (i == 0 || guard_cheap_first(weak))) look(&verdict, bucket_at(limiter, who[i], rps[i], room_of(limits, rps[i]), now), rps[i]);
    verdict.refused = verdict.limited && !guard_rate(weak, !verdict.refused);
    for (size_t i = 0; !verdict.refused && i < 2; i++) {
        struct bucket *bucket = rps[i] > 0 ? map_find(&limiter->buckets, who[i]) : NULL;
        if (bucket) bucket->tokens -= MIN(bucket->tokens, TOKEN);
    }
    if (!verdict.refused && verdict.remaining > 0) verdict.remaining--; /* this one */
    return verdict;
}
