/* Actors: accounts of development keys (api 3.3) that a devnet's Delta begins with: oracle1 to oracle7, kyc1, settler1, each with its role
 * and DX for fees; and the feeder, which lets the seven oracles report prices of a seeded random walk. */
#ifndef DEVNET_ACTORS_H
#define DEVNET_ACTORS_H

#include "network/devnet/devnet_priv.h"

enum { FEEDS = 7, FEED_ASSETS = 2, ACTORS = FEEDS + 2 };
#define ACTOR_DX UINT64_C(1000000000000)
#define DEVNET_INSURANCE UINT64_C(10000000000000) /* USD for each market of perpetuals */

struct actors_genesis {
    struct ledger_grant grants[ACTORS];
    struct ledger_role_order roles[ACTORS];
};
void actors_genesis(uint64_t seed, struct sign_suite suite, struct actors_genesis *out);

/* ---- the feeder ---- */
struct feeder;
/* Each feed reports every asset once in `interval_ms`; the first round at once. The first `silent` of them never do: their seats are
 * others'. `delta` is borrowed. */
struct feeder *feeder_new(struct devchain *delta, uint64_t seed, struct sign_suite suite, uint64_t interval_ms, uint32_t silent);
void feeder_free(struct feeder *feeder); /* accepts NULL */

/* What chaos does to some feeds of some assets (bits: 1 << index): in effect until ended by the same id, or replaced. */
enum feed_fault { FEED_OUTAGE, FEED_SKEW, FEED_STALE, FEED_FAULTS };
struct feed_change {
    uint32_t id, feeds, assets;
    enum feed_fault fault;
    int64_t skew_bps; /* of FEED_SKEW: added to the price ... */
    uint64_t price;   /* ... or, not 0, said in its place */
    uint64_t age_ms;  /* of FEED_STALE: taken off the time that is stated */
};
void feeder_change(struct feeder *feeder, const struct feed_change *change);
void feeder_end(struct feeder *feeder, uint32_t id);
bool feeder_active(const struct feeder *feeder, uint32_t id);
uint32_t feeder_free_feeds(const struct feeder *feeder, uint32_t assets); /* without any fault on these assets */
bool feeder_feed_parse(const struct feeder *feeder, struct str name, uint32_t *out_index) MUST_CHECK; /* "oracle3", or its address */

#endif
