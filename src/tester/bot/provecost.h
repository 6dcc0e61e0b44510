/* What proving a spend takes a client in virtual time: in a simulated world the processor's time passes unseen, so whoever proves
 * waits that long (DESIGN 3). All zero in real time, where proving takes what it takes. */
#ifndef BOT_PROVECOST_H
#define BOT_PROVECOST_H

#include "core/base/time.h"

struct prove_costs {
    uint64_t ring_member_ns, range_value_ns; /* a ring signature by members, a range proof by values (1, 2, 4) */
};
static inline struct prove_costs prove_costs_default(void) { return (struct prove_costs){380 * NS_PER_US, 58 * NS_PER_MS}; }

static inline struct duration prove_time(struct prove_costs costs, uint32_t inputs, uint32_t ring, uint32_t outputs)
{
    const uint64_t values = outputs <= 2 ? outputs : 4;
    return (struct duration){inputs * (uint64_t)ring * costs.ring_member_ns + values * costs.range_value_ns};
}

#endif
