/* Costs: what work takes in the simulator, by name: defaults, changed with --cost NAME=DURATION, printed in every report. */
#ifndef CLI_COSTS_H
#define CLI_COSTS_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "network/node/costs.h"
#include "tester/bot/provecost.h"
#include "tester/report/report.h"

struct costs {
    struct node_costs node;
    struct prove_costs prove;
};
enum { COSTS_COUNT = 8 };

struct costs costs_default(void);
/* ERR_PARSE: no such name (with the ones there are), no duration, or one beyond an hour. */
bool costs_set(struct costs *costs, struct str name_value, struct err *err) MUST_CHECK;
void costs_rows(const struct costs *costs, struct arena *arena, struct report_model out[COSTS_COUNT]);

#endif
