/* Monitors: sample a topic and write its metrics. They need no bots; the scenario runner carries out those with `runner`. */
#include "tester/behavior/families_priv.h"
#include "tester/behavior/governance_priv.h"

static const struct param_spec params[] = {
    {"sample_every", PARAM_DURATION, "1s", NULL}, {"subjects", PARAM_LIST, "[all]", NULL}, {0}};

#define MONITOR(topic, what, is_runner)                                                                                          \
    {                                                                                                                            \
        .name = "monitor." topic, .summary = what, .roles = "observer", .observer = true, .runner = is_runner, .params = params  \
    }

static const struct behavior_spec specs[] = {
    MONITOR("auction", "phases and bids of name auctions", true),
    MONITOR("consensus", "heights, rounds, finality and forks of every view", true),
    {.name = "monitor.governance",
     .summary = "proposals and tallies",
     .roles = "observer",
     .observer = true,
     .params = params,
     .step = gov_monitor_step},
    MONITOR("ipc", "cross-chain messages and their backlog", true),
    MONITOR("mempool", "size, peak and evictions of the mempool", true),
    MONITOR("nodes", "which nodes answer, and how far they are", true),
    MONITOR("oracle", "prices, ages and the breaker", true),
    MONITOR("validators", "stakes, turns and votes of validators", true),
    MONITOR("workers", "workers of a distributed run", false),
};
const struct behavior_family behavior_monitor = {"monitor", specs, ARRAY_LEN(specs)};
