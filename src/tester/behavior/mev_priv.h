/* Mev: the rows whose steps are in files of their own. */
#ifndef BEHAVIOR_MEV_PRIV_H
#define BEHAVIOR_MEV_PRIV_H

#include "tester/behavior/families_priv.h"

void mev_arbitrage(struct act *act, struct op *op) FIBER;

#endif
