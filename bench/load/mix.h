/* Mix: what a bench's bots do on Delta. Beside the bench, since payloads and what a boot brings in name things alike. */
#ifndef BENCH_LOAD_MIX_H
#define BENCH_LOAD_MIX_H

#include "tester/bot/act.h"

/* With a chance of `percent` in 100 the execution goes to Delta: half of those are limit orders about one price, a fifth market orders, a tenth each
 * swaps, positions opened and closed, and transfers. It returns how many transactions the operation is of, and op says how it ended; 0: a transfer, on
 * the chain that act is on, is left to the caller. */
uint32_t mix_delta(struct act *act, uint64_t percent, struct op *op) FIBER;
/* What the pool begins with: to be run once, before. */
void mix_liquidity(struct act *act, struct op *op) FIBER;

#endif
