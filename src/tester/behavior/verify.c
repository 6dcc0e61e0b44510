/* Verifiers: judge a topic from what a client can read, and set its checks. They need no bots; the scenario runner carries out
 * those with `runner`. */
#include "tester/behavior/governance_priv.h"
#include "tester/behavior/validator_priv.h"

static const char *const starts[] = {"phase_start", "run_start", NULL};
static const struct param_spec params[] = {{"drain_timeout", PARAM_DURATION, "60s", NULL},
                                           {"from", PARAM_CHOICE, "phase_start", starts},
                                           {"subjects", PARAM_LIST, "[all]", NULL},
                                           {0}};

#define VERIFY_ROW(topic, what, id, is_runner)                                                                                   \
    {                                                                                                                            \
        .name = "verify." topic, .summary = what, .roles = "observer", .pattern = id, .observer = true, .runner = is_runner,     \
        .params = params                                                                                                         \
    }

static const struct behavior_spec specs[] = {
    VERIFY_ROW("auction", "auction outcomes", NULL, true),
    VERIFY_ROW("consensus_safety", "no two final blocks at a height, nothing final replaced", NULL, true),
    VERIFY_ROW("cross_chain_atomicity", "every lock and burn is claimed at most once, amounts equal", "PT-L-012", true),
    VERIFY_ROW("execution_order", "blocks keep the order of their lanes", NULL, false),
    {.name = "verify.governance",
     .summary = "tallies, windows and timelocks",
     .roles = "observer",
     .observer = true,
     .params = params,
     .step = gov_verify_step},
    VERIFY_ROW("invariants", "every invariant this build computes", NULL, true),
    VERIFY_ROW("mev", "order and prices around large trades", NULL, false),
    VERIFY_ROW("network_health", "every live node answers and is near the head", NULL, true),
    VERIFY_ROW("privacy", "nothing private is readable", NULL, false),
    VERIFY_ROW("state_consistency", "views agree on roots, supply and accounts", NULL, true),
    {.name = "verify.validator_set",
     .summary = "stakes, ejections, slashes, quorums and rewards",
     .roles = "observer",
     .observer = true,
     .params = params,
     .step = validator_verify_step},
};
const struct behavior_family behavior_verify = {"verify", specs, ARRAY_LEN(specs)};
