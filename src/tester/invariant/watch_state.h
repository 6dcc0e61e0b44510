/* Watch of the state: reads both chains' supply behind every final block, and what there is to see of names, withdrawals, positions and
 * accounts, on a fiber of its own, and feeds the judge. Blocks come to the judge by the observer and by watch_bridge.h. */
#ifndef INVARIANT_WATCH_STATE_H
#define INVARIANT_WATCH_STATE_H

#include "tester/client/alpha.h"
#include "tester/invariant/judge.h"

struct watch_state_config {
    struct env *env;
    struct alpha alpha, delta;       /* delta.http NULL: there is none */
    const struct trust *trust_delta; /* whoever reads Delta's blocks proves them with it; borrowed, NULL without Delta */
    uint32_t validators;             /* views "v1" ... */
    struct duration interval;
};
struct watch_state;
struct watch_state *watch_state_new(const struct watch_state_config *config, struct judge *judge); /* the judge is borrowed */
void watch_state_free(struct watch_state *watch); /* NULL is fine; its fiber has ended, or its env runs no more */
void watch_state_start(struct watch_state *watch);
/* Ends its fiber, then looks once more at everything. */
void watch_state_finish(struct watch_state *watch) FIBER;

#endif
