/* Mix: what a bench's bots do on Delta. Beside the bench, since payloads and what a boot brings in name things alike. */
#ifndef BENCH_MIX_H
#define BENCH_MIX_H

#include "tester/bot/act.h"

/* With a chance of `percent` in 100 the execution goes to Delta: half of those are limit orders about one price, a fifth market orders, a tenth each
 * swaps, positions opened and closed, and transfers, which are left to the caller. True: it was done, op says how it ended. */
bool mix_delta(struct act *act, uint64_t percent, struct op *op) FIBER;
/* What the pool begins with: to be run once, before. */
void mix_liquidity(struct act *act, struct op *op) FIBER;

#endif
