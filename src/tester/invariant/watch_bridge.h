/* Watch of the bridge: reads Delta's final blocks with their proofs, and both chains' messages and claims, on a fiber of its own, and
 * feeds the judge. Alpha's blocks come to the judge by the observer. */
#ifndef INVARIANT_WATCH_BRIDGE_H
#define INVARIANT_WATCH_BRIDGE_H

#include "tester/client/alpha.h"
#include "tester/invariant/judge.h"

struct watch_bridge_config {
    struct env *env;
    struct alpha alpha, delta;
    struct trust_genesis genesis; /* Delta's */
    struct verifier verifier;
    struct duration interval;
};
struct watch_bridge;
struct watch_bridge *watch_bridge_new(const struct watch_bridge_config *config, struct judge *judge); /* the judge is borrowed */
void watch_bridge_free(struct watch_bridge *watch); /* NULL is fine; its fiber has ended, or its env runs no more */
void watch_bridge_start(struct watch_bridge *watch);
/* Ends its fiber after one more look at everything. */
void watch_bridge_finish(struct watch_bridge *watch) FIBER;
const struct trust *watch_bridge_trust(const struct watch_bridge *watch); /* in Delta; borrowed */
/* Told of each block of Delta as observer_on_block says. */
void watch_bridge_on_block(struct watch_bridge *watch, void (*call)(void *context, enum chain_id chain, const struct block_view *block), void *context);
uint32_t watch_bridge_read(const struct watch_bridge *watch); /* Delta's blocks are read up to here */

#endif
