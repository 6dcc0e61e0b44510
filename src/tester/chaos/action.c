#include "tester/chaos/action.h"

#define P static const struct action_param
P partition_params[] = {{"groups", ACTION_PARAM_GROUPS, true, NULL}, {0}};
P crash_params[] = {{"targets", ACTION_PARAM_TARGETS, true, NULL}, {"method", ACTION_PARAM_CHOICE, false, "kill graceful"}, {0}};
P restart_params[] = {{"targets", ACTION_PARAM_TARGETS, true, NULL}, {"wipe", ACTION_PARAM_BOOL, false, NULL}, {0}};
P targets_params[] = {{"targets", ACTION_PARAM_TARGETS, true, NULL}, {0}};
#define LINK {"from", ACTION_PARAM_TARGETS, true, NULL}, {"to", ACTION_PARAM_TARGETS, true, NULL}
P latency_params[] = {LINK, {"delay_ms", ACTION_PARAM_MS, true, NULL}, {"jitter_ms", ACTION_PARAM_MS, false, NULL}, {0}};
P loss_params[] = {LINK, {"rate_bps", ACTION_PARAM_BPS, true, NULL}, {"model", ACTION_PARAM_CHOICE, false, "random burst"},
                   {"burst_ms", ACTION_PARAM_MS, false, NULL}, {"every_ms", ACTION_PARAM_MS, false, NULL}, {0}};
P reorder_params[] = {LINK, {"rate_bps", ACTION_PARAM_BPS, true, NULL}, {"window_ms", ACTION_PARAM_MS, false, NULL}, {0}};
P duplicate_params[] = {LINK, {"rate_bps", ACTION_PARAM_BPS, true, NULL}, {"copies", ACTION_PARAM_COUNT, false, NULL}, {0}};
P corrupt_params[] = {LINK, {"rate_bps", ACTION_PARAM_BPS, true, NULL}, {0}};
P bandwidth_params[] = {LINK, {"kbps", ACTION_PARAM_COUNT, true, NULL}, {0}};
P clock_skew_params[] = {{"targets", ACTION_PARAM_TARGETS, true, NULL}, {"offset_ms", ACTION_PARAM_SIGNED_MS, true, NULL},
                         {"drift_ppm", ACTION_PARAM_SIGNED, false, NULL}, {0}};
P disk_full_params[] = {{"targets", ACTION_PARAM_TARGETS, true, NULL}, {"free_bytes", ACTION_PARAM_COUNT, false, NULL},
                        {"used_percent", ACTION_PARAM_COUNT, false, NULL}, {0}};
P block_capacity_params[] = {{"tx_per_second", ACTION_PARAM_COUNT, true, NULL}, {0}};
P cpu_limit_params[] = {{"targets", ACTION_PARAM_TARGETS, true, NULL}, {"percent", ACTION_PARAM_COUNT, true, NULL}, {0}};
P memory_limit_params[] = {{"targets", ACTION_PARAM_TARGETS, true, NULL}, {"bytes", ACTION_PARAM_COUNT, true, NULL}, {0}};
#define DIRECTION {"direction", ACTION_PARAM_CHOICE, true, "alpha_to_delta delta_to_alpha both"}
P ipc_delay_params[] = {DIRECTION, {"delay_ms", ACTION_PARAM_MS, true, NULL}, {"jitter_ms", ACTION_PARAM_MS, false, NULL}, {0}};
P ipc_drop_params[] = {DIRECTION, {"rate_bps", ACTION_PARAM_BPS, true, NULL}, {"count", ACTION_PARAM_COUNT, false, NULL},
                       {"redeliver", ACTION_PARAM_BOOL, false, NULL}, {0}};
P ipc_reorder_params[] = {DIRECTION, {"rate_bps", ACTION_PARAM_BPS, true, NULL}, {"window", ACTION_PARAM_COUNT, false, NULL}, {0}};
P ipc_duplicate_params[] = {DIRECTION, {"rate_bps", ACTION_PARAM_BPS, true, NULL}, {"copies", ACTION_PARAM_COUNT, false, NULL}, {0}};
P ipc_censor_params[] = {DIRECTION, {"types", ACTION_PARAM_LIST, false, NULL}, {"ids", ACTION_PARAM_LIST, false, NULL}, {0}};
P ipc_forge_params[] = {DIRECTION, {"message", ACTION_PARAM_TEXT, true, NULL}, {0}};
#define FEEDS {"asset", ACTION_PARAM_TEXT, true, NULL}, {"feeds", ACTION_PARAM_LIST, false, NULL}, {"count", ACTION_PARAM_COUNT, false, NULL}
P oracle_outage_params[] = {FEEDS, {0}};
P oracle_skew_params[] = {FEEDS, {"skew_bps", ACTION_PARAM_SIGNED_BPS, false, NULL}, {"price", ACTION_PARAM_TEXT, false, NULL}, {0}};
P oracle_stale_params[] = {FEEDS, {"age_ms", ACTION_PARAM_MS, true, NULL}, {0}};
P peer_flood_params[] = {{"target", ACTION_PARAM_TARGETS, true, NULL}, {"sybils", ACTION_PARAM_COUNT, true, NULL}, {0}};
P peer_isolate_params[] = {{"target", ACTION_PARAM_TARGETS, true, NULL}, {"except", ACTION_PARAM_LIST, false, NULL}, {0}};
P api_fault_params[] = {{"listener", ACTION_PARAM_TEXT, true, NULL}, {"path_prefix", ACTION_PARAM_TEXT, false, NULL},
                        {"rate_bps", ACTION_PARAM_BPS, true, NULL}, {"status", ACTION_PARAM_COUNT, false, NULL},
                        {"delay_ms", ACTION_PARAM_MS, false, NULL}, {"reset", ACTION_PARAM_BOOL, false, NULL}, {0}};
P reorg_params[] = {{"depth", ACTION_PARAM_COUNT, true, NULL}, {0}};
P clear_params[] = {{"action", ACTION_PARAM_TEXT, false, NULL}, {0}};
P set_byzantine_params[] = {
    {"targets", ACTION_PARAM_TARGETS, true, NULL},
    {"mode", ACTION_PARAM_CHOICE, false,
     "equivocate_proposal equivocate_vote withhold_votes withhold_proposals censor invalid_proposal reorder_transactions vote_all_forks "
     "old_key_fork private_branch delay_votes"},
    {"modes", ACTION_PARAM_LIST, false, NULL}, {"rate_bps", ACTION_PARAM_BPS, false, NULL}, {"delay_ms", ACTION_PARAM_MS, false, NULL},
    {"senders", ACTION_PARAM_LIST, false, NULL}, {"kinds", ACTION_PARAM_LIST, false, NULL}, {"beneficiary", ACTION_PARAM_TEXT, false, NULL},
    {"policy", ACTION_PARAM_CHOICE, false, "reverse_tip insert_own"}, {"length", ACTION_PARAM_COUNT, false, NULL},
    {"from_height", ACTION_PARAM_COUNT, false, NULL},
    {"flavour", ACTION_PARAM_CHOICE, false, "bad_state_root invalid_transaction wrong_parent future_timestamp oversize bad_signature"},
    {0}};
P clear_byzantine_params[] = {{"targets", ACTION_PARAM_TARGETS, false, NULL}, {0}};
P switch_params[] = {{"switch", ACTION_PARAM_TEXT, true, NULL}, {0}};
P advance_clock_params[] = {{"by", ACTION_PARAM_DURATION, true, NULL}, {0}};
P start_network_params[] = {{"validators", ACTION_PARAM_LATER, false, NULL}, {"genesis", ACTION_PARAM_LATER, false, NULL}, {0}};
P stop_network_params[] = {{"mode", ACTION_PARAM_CHOICE, false, "kill graceful"}, {0}};
P spawn_nodes_params[] = {{"count", ACTION_PARAM_COUNT, true, NULL}, {"mode", ACTION_PARAM_CHOICE, false, "validator candidate"}, {"genesis", ACTION_PARAM_LATER, false, NULL}, {0}};
P stop_nodes_params[] = {{"validators", ACTION_PARAM_TARGETS, true, NULL}, {"mode", ACTION_PARAM_CHOICE, false, "kill graceful"}, {0}};
P stop_coordinator_params[] = {{"at", ACTION_PARAM_TEXT, false, NULL}, {0}};
P start_coordinator_params[] = {{"recover", ACTION_PARAM_BOOL, false, NULL}, {"fallback_previous", ACTION_PARAM_BOOL, false, NULL}, {0}};
P worker_params[] = {{"worker", ACTION_PARAM_TEXT, true, NULL}, {"duration", ACTION_PARAM_DURATION, false, NULL}, {0}};
P checkpoint_params[] = {{"kind", ACTION_PARAM_CHOICE, false, "truncate bitflip empty"}, {0}};
P migrate_params[] = {{"from", ACTION_PARAM_TEXT, true, NULL}, {"to", ACTION_PARAM_TEXT, true, NULL}, {0}};
#undef P

#define API(ID, NAME, PARAMS, UNDO, MEASURE, LASTING, BUILD, SUMMARY) \
    [ID] = {ID, NAME, PARAMS, NEED_CHAOS, UNDO, MEASURE, false, LASTING, false, BUILD, SUMMARY}
#define BRIDGE(ID, NAME, PARAMS, MEASURE, LASTING, BUILD, SUMMARY) \
    [ID] = {ID, NAME, PARAMS, NEED_CHAOS, NULL, MEASURE, false, LASTING, true, BUILD, SUMMARY}
#define HARNESS(ID, NAME, PARAMS, NEED, UNDO, MEASURE, LASTING, BUILD, SUMMARY) \
    [ID] = {ID, NAME, PARAMS, NEED, UNDO, MEASURE, true, LASTING, false, BUILD, SUMMARY}
const struct action_spec action_specs[ACTION_IDS] = {
    API(ACTION_PARTITION, "partition", partition_params, "heal", NULL, true, true,
        "groups that do not hear each other; validators that none names are a last group"),
    API(ACTION_HEAL, "heal", NULL, NULL, NULL, false, true,
        "ends all partitions"),
    API(ACTION_CRASH, "crash", crash_params, "restart", NULL, true, true,
        "validators stop at once (kill) or in order (graceful)"),
    API(ACTION_RESTART, "restart", restart_params, NULL, NULL, false, true,
        "crashed ones come back, with wipe without blocks, state and pool"),
    API(ACTION_PAUSE, "pause", targets_params, "resume", NULL, true, true,
        "validators stand still"),
    API(ACTION_RESUME, "resume", targets_params, NULL, NULL, false, true,
        "they go on"),
    API(ACTION_LATENCY, "latency", latency_params, NULL, "delay_ms", true, true,
        "messages between them take longer"),
    API(ACTION_LOSS, "loss", loss_params, NULL, "rate_bps", true, true,
        "messages between them are lost, at random or in bursts"),
    API(ACTION_REORDER, "reorder", reorder_params, NULL, "rate_bps", true, true,
        "messages between them overtake each other"),
    API(ACTION_DUPLICATE, "duplicate", duplicate_params, NULL, "rate_bps", true, true,
        "messages between them come more than once"),
    API(ACTION_CORRUPT, "corrupt", corrupt_params, NULL, "rate_bps", true, true,
        "messages between them arrive damaged"),
    API(ACTION_BANDWIDTH, "bandwidth", bandwidth_params, NULL, "kbps", true, true,
        "the links between them are narrow"),
    API(ACTION_CLOCK_SKEW, "clock_skew", clock_skew_params, NULL, "offset_ms", true, true,
        "their clocks are off, and drift"),
    API(ACTION_DISK_FULL, "disk_full", disk_full_params, NULL, NULL, true, true,
        "their disks are full"),
    API(ACTION_BLOCK_CAPACITY, "block_capacity", block_capacity_params, NULL, "tx_per_second", true, true,
        "proposers take no more than this"),
    API(ACTION_CPU_LIMIT, "cpu_limit", cpu_limit_params, NULL, "percent", true, false,
        "their processors are slow"),
    API(ACTION_MEMORY_LIMIT, "memory_limit", memory_limit_params, NULL, "bytes", true, true,
        "their pools have less room"),
    BRIDGE(ACTION_IPC_DELAY, "ipc_delay", ipc_delay_params, "delay_ms", true, true,
        "messages of the bridge take longer"),
    BRIDGE(ACTION_IPC_DROP, "ipc_drop", ipc_drop_params, "rate_bps", true, true,
        "messages of the bridge are dropped"),
    BRIDGE(ACTION_IPC_REORDER, "ipc_reorder", ipc_reorder_params, "rate_bps", true, true,
        "messages of the bridge overtake each other"),
    BRIDGE(ACTION_IPC_DUPLICATE, "ipc_duplicate", ipc_duplicate_params, "rate_bps", true, true,
        "messages of the bridge come twice"),
    BRIDGE(ACTION_IPC_CENSOR, "ipc_censor", ipc_censor_params, NULL, true, true,
        "messages of these types or ids are withheld"),
    BRIDGE(ACTION_IPC_FORGE, "ipc_forge", ipc_forge_params, NULL, false, true,
        "a message that no block sent"),
    BRIDGE(ACTION_ORACLE_OUTAGE, "oracle_outage", oracle_outage_params, NULL, true, true,
        "feeds are silent"),
    BRIDGE(ACTION_ORACLE_SKEW, "oracle_skew", oracle_skew_params, "skew_bps", true, true,
        "feeds report prices that are off"),
    BRIDGE(ACTION_ORACLE_STALE, "oracle_stale", oracle_stale_params, "age_ms", true, true,
        "feeds report old prices"),
    API(ACTION_PEER_FLOOD, "peer_flood", peer_flood_params, NULL, "sybils", true, true,
        "a view is flooded with connections"),
    API(ACTION_PEER_ISOLATE, "peer_isolate", peer_isolate_params, NULL, NULL, true, true,
        "a view loses all peers but these"),
    API(ACTION_MEMPOOL_CLEAR, "mempool_clear", targets_params, NULL, NULL, false, true,
        "their pools forget what waits"),
    BRIDGE(ACTION_API_FAULT, "api_fault", api_fault_params, "rate_bps", true, true,
        "a door answers with errors, late, or not at all"),
    API(ACTION_REORG, "reorg", reorg_params, NULL, "depth", false, true,
        "replaces so many blocks that are not final"),
    HARNESS(ACTION_CLEAR, "clear", clear_params, NEED_CHAOS, NULL, NULL, false, true,
        "ends faults: one, one kind (ipc_*), or all"),
    HARNESS(ACTION_SET_BYZANTINE, "set_byzantine", set_byzantine_params, NEED_BYZANTINE, "clear_byzantine", NULL, true, true,
        "validators break the rules as the mode says"),
    HARNESS(ACTION_CLEAR_BYZANTINE, "clear_byzantine", clear_byzantine_params, NEED_BYZANTINE, NULL, NULL, false, true,
        "they keep them again"),
    HARNESS(ACTION_ENABLE_VULNERABILITY, "enable_vulnerability", switch_params, NEED_SWITCHES, "disable_vulnerability", NULL, true, true,
        "switches a planted weakness on"),
    HARNESS(ACTION_DISABLE_VULNERABILITY, "disable_vulnerability", switch_params, NEED_SWITCHES, NULL, NULL, false, true,
        "switches it off"),
    HARNESS(ACTION_ADVANCE_CLOCK, "advance_clock", advance_clock_params, NEED_ADMIN, NULL, "by", false, true,
        "time passes at once"),
    HARNESS(ACTION_ROTATE_LOGS, "rotate_logs", NULL, NEED_DEVNET, NULL, NULL, false, false,
        "logs begin anew"),
    HARNESS(ACTION_START_NETWORK, "start_network", start_network_params, NEED_DEVNET, NULL, NULL, false, true,
        "nodes that were stopped come back"),
    HARNESS(ACTION_STOP_NETWORK, "stop_network", stop_network_params, NEED_DEVNET, "start_network", NULL, true, true,
        "all nodes stop"),
    HARNESS(ACTION_SPAWN_NODES, "spawn_nodes", spawn_nodes_params, NEED_DEVNET, NULL, "count", false, true,
        "more nodes"),
    HARNESS(ACTION_STOP_NODES, "stop_nodes", stop_nodes_params, NEED_DEVNET, "start_network", NULL, true, true,
        "some nodes stop"),
    HARNESS(ACTION_CRASH_COORDINATOR, "crash_coordinator", stop_coordinator_params, NEED_DISTRIBUTED, "start_coordinator", NULL, true, false,
        "the coordinator dies"),
    HARNESS(ACTION_STOP_COORDINATOR, "stop_coordinator", stop_coordinator_params, NEED_DISTRIBUTED, "start_coordinator", NULL, true, false,
        "the coordinator stops in order"),
    HARNESS(ACTION_START_COORDINATOR, "start_coordinator", start_coordinator_params, NEED_DISTRIBUTED, NULL, NULL, false, false,
        "the coordinator comes back"),
    HARNESS(ACTION_CRASH_WORKER, "crash_worker", worker_params, NEED_DISTRIBUTED, "start_worker", NULL, true, false,
        "a worker dies"),
    HARNESS(ACTION_START_WORKER, "start_worker", worker_params, NEED_DISTRIBUTED, NULL, NULL, false, false,
        "a worker comes back"),
    HARNESS(ACTION_DROP_WORKER_LINKS, "drop_worker_links", worker_params, NEED_DISTRIBUTED, NULL, NULL, false, false,
        "a worker is cut off"),
    HARNESS(ACTION_CORRUPT_CHECKPOINT, "corrupt_checkpoint", checkpoint_params, NEED_DISTRIBUTED, NULL, NULL, false, false,
        "the coordinator's checkpoint is damaged"),
    HARNESS(ACTION_MIGRATE_BOTS, "migrate_bots", migrate_params, NEED_DISTRIBUTED, NULL, NULL, false, false,
        "bots move to another worker"),
};

const struct action_spec *action_find(struct str name)
{
    for (size_t i = 0; i < ACTION_IDS; i++)
        if (str_eq(str_of(action_specs[i].name), name)) return &action_specs[i];
    return NULL;
}

const char *action_renamed(struct str old_name)
{
    static const struct {
        const char *old_name, *new_name;
    } rows[] = {
        {"partition_network", "partition"},   {"heal_partition", "heal"},          {"heal_network", "heal"},
        {"crash_validators", "crash"},        {"crash_validator", "crash"},        {"restart_validators", "restart"},
        {"recover_validators", "restart"},    {"pause_validators", "pause"},       {"resume_validators", "resume"},
        {"convert_to_byzantine", "set_byzantine"}, {"inject_ipc_latency", "ipc_delay"}, {"ipc_latency", "ipc_delay"},
        {"set_network_conditions", "loss"},   {"packet_loss", "loss"},             {"inject_latency", "latency"},
        {"stop_oracle_feeds", "oracle_outage"}, {"restore_oracle_feeds", "clear"}, {"fill_disk", "disk_full"},
        {"clear_network_conditions", "clear"}, {"chaos_injection", "chaos_action"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq(str_of(rows[i].old_name), old_name)) return rows[i].new_name;
    return NULL;
}

uint32_t targets_size(const struct targets *targets, uint32_t validators)
{
    switch (targets->kind) {
    case TARGETS_NONE: return 0;
    case TARGETS_NAMED: return targets->count;
    case TARGETS_COUNT: return MIN(targets->amount, validators);
    case TARGETS_FRACTION: return targets->amount ? MAX((uint32_t)((uint64_t)validators * targets->amount / 10000), 1) : 0;
    }
    UNREACHABLE();
}

bool targets_has(const struct targets *targets, uint32_t number)
{
    for (uint32_t i = 0; i < targets->count; i++)
        if (targets->numbers[i] == number) return true;
    return false;
}
