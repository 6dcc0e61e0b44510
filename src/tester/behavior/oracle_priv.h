/* What the behaviours of oracles share. For the room's own eyes. */
#ifndef BEHAVIOR_ORACLE_PRIV_H
#define BEHAVIOR_ORACLE_PRIV_H

#include "tester/behavior/behavior.h"

#define ORACLE_ASSETS 2
#define ORACLE_SEATS 7

struct oracle_asset_known {
    struct str name, path; /* "DX/USD", "DX-USD" */
    uint64_t base;         /* what it is worth on a network of ours, about */
};
extern const struct oracle_asset_known oracle_assets[ORACLE_ASSETS];

/* What honest feeds of this run see at that instant. `base` 0: the asset's own. */
uint64_t oracle_reference(const struct crew *crew, size_t asset, uint64_t base, struct instant at);
/* The median, an even count's being the floor of the middle two's mean. Sorts. count > 0. */
uint64_t oracle_median_of(uint64_t *prices, size_t count);

void oracle_submit_price(struct act *act, struct op *op) FIBER;

#endif
