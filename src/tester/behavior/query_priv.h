/* Queries: the rows whose steps are in files of their own. */
#ifndef BEHAVIOR_QUERY_PRIV_H
#define BEHAVIOR_QUERY_PRIV_H

#include "tester/behavior/families_priv.h"

extern const struct param_spec query_order_params[], query_market_params[];
void query_order(struct act *act, struct op *op) FIBER;
void query_orderbook(struct act *act, struct op *op) FIBER;
void query_trades(struct act *act, struct op *op) FIBER;

#endif
