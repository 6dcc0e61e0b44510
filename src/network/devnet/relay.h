/* Relay: actors that carry messages between the two chains of a devnet (api 6.5). Each is attached to a validator of either chain, sees
 * what that one's view has final, and pays for its deliveries from an account of its own. The first relay carries everything at once;
 * the others watch, and bring what has not come for a while. Nothing on either chain believes them. */
#ifndef DEVNET_RELAY_H
#define DEVNET_RELAY_H

#include "chain/address.h"
#include "chain/ipc.h"
#include "core/crypto/sign.h"
#include "world/fiber/env.h"

#define RELAYS_MAX 8
#define RELAY_GRANT UINT64_C(1000000000000) /* of each chain's fee token, at genesis */

struct devnet;
struct relays;

struct seckey relay_key(uint64_t seed, uint32_t i, struct sign_suite suite); /* of relay1, relay2 ...: i from 0 */

/* Begins to work at once. The network has both chains. */
struct relays *relays_new(struct devnet *net, uint32_t count, struct sign_suite suite);
void relays_free(struct relays *relays); /* NULL is fine */
void relays_rewind(struct relays *relays); /* the chains have gone back: what they remember of messages is void */

/* ---- weather: what goes wrong on their way. By the chain that a message comes from. ---- */
enum relay_fault { RELAY_DELAY, RELAY_DROP, RELAY_REORDER, RELAY_DUPLICATE, RELAY_CENSOR, RELAY_FAULTS };
#define RELAY_CENSOR_IDS_MAX 64
struct relay_weather {
    uint32_t id; /* of the chaos; 0: none */
    uint64_t delay_ms, jitter_ms;
    uint32_t rate_bps;
    uint64_t count;  /* drop: at most so many; UINT64_MAX: any */
    bool redeliver;  /* drop: comes again later */
    uint32_t window; /* reorder: held back until up to so many later ones have gone */
    uint32_t copies;
    uint32_t types;  /* censor: bits by enum ipc_type; 0 and no ids: all */
    struct hash ids[RELAY_CENSOR_IDS_MAX]; /* of messages, locks or burns */
    uint32_t ids_count;
};
void relays_weather(struct relays *relays, enum chain_id source, enum relay_fault fault, const struct relay_weather *weather);
void relays_clear(struct relays *relays, uint32_t id);           /* that chaos is over */
bool relays_active(const struct relays *relays, uint32_t id);
/* Hands a message in that no block holds: what the destination says. */
enum code relays_forge(struct relays *relays, enum chain_id source, struct str message);

struct relay_counters {
    uint64_t deliveries, messages, claims, refused, gaps; /* submitted; gaps: alerts raised */
};
struct relay_counters relays_counters(const struct relays *relays);

#endif
