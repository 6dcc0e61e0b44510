#include "network/devnet/devnet_priv.h"

/* What each action of the chaos API reads from its params and does (api 5.2). */

/* ---- reading params ---- */

bool deed_refuse(struct deed *deed, const char *field, const char *why)
{
    call_refuse_with(&deed->admin->call, CODE_INVALID_PARAMETER, field, "%s", why);
    return false;
}

bool deed_targets_read(struct deed *deed, const struct json *node, const char *field, struct target_set eligible, struct target_set *out)
{
    struct err err;
    return targets_parse(node, deed->net->count, &eligible, &deed->net->rng, out, &err) || deed_refuse(deed, field, err.text);
}

bool deed_targets(struct deed *deed, enum seat_state drawn_from, struct target_set *out)
{
    return deed_targets_read(deed, json_find(deed->params, STR("targets")), "params.targets", validators_in(deed->net, deed->chains, drawn_from), out);
}

/* Absent leaves *out alone. */
bool deed_number(struct deed *deed, const char *name, uint64_t max, uint64_t *out)
{
    const struct json *node = json_find(deed->params, str_of(name));
    uint64_t value;
    if (!node) return true;
    if (!json_u64(node, &value) || value > max) return deed_refuse(deed, name, "not a whole number within its bounds");
    *out = value;
    return true;
}

static bool signed_of(struct deed *deed, const char *name, int64_t bound, int64_t *out)
{
    const struct json *node = json_find(deed->params, str_of(name));
    int64_t value;
    if (!node) return true;
    if (!json_i64(node, &value) || value > bound || value < -bound) return deed_refuse(deed, name, "not a whole number within its bounds");
    *out = value;
    return true;
}

bool deed_wanted(struct deed *deed, const char *name)
{
    return json_find(deed->params, str_of(name)) != NULL || deed_refuse(deed, name, "is missing");
}

/* Walks over the seats of these validators on the chains that the action is about. */
#define EACH_SEAT(deed, targets, chain, i)                                  \
    EACH_CHAIN((deed)->net, chain)                                          \
    for (uint32_t i = 0; i < (deed)->net->count; i++)                       \
        if (chains_has((deed)->chains, chain) && target_has((targets), i))

/* ---- links ---- */

#define MS_MAX UINT64_C(86400000)

static bool links_of(struct deed *deed)
{
    const struct target_set running = validators_in(deed->net, deed->chains, SEAT_RUNNING);
    const struct json *from = json_find(deed->params, STR("from")), *to = json_find(deed->params, STR("to"));
    for (uint32_t i = 0; i < deed->net->count; i++) { /* left out: everybody */
        target_add(&deed->from, i);
        target_add(&deed->to, i);
    }
    if (from && !deed_targets_read(deed, from, "params.from", running, &deed->from)) return false;
    return !to || deed_targets_read(deed, to, "params.to", running, &deed->to);
}

static bool links_set(struct deed *deed, enum fault_kind kind, const struct link_fault *fault)
{
    EACH_CHAIN(deed->net, chain) if (chains_has(deed->chains, chain)) (void)faults_set(chain->faults, kind, deed->id, &deed->from, &deed->to, fault);
    deed->lasts = true;
    return true;
}

static bool begin_latency(struct deed *deed)
{
    uint64_t delay = 0, jitter = 0;
    if (!deed_wanted(deed, "delay_ms") || !links_of(deed) || !deed_number(deed, "delay_ms", MS_MAX, &delay) || !deed_number(deed, "jitter_ms", MS_MAX, &jitter))
        return false;
    return links_set(deed, FAULT_LATENCY, &(struct link_fault){.delay_ns = delay * NS_PER_MS, .jitter_ns = jitter * NS_PER_MS});
}

static bool begin_loss(struct deed *deed)
{
    uint64_t rate = 0, burst = 0, every = 0;
    struct str model = STR("random");
    const struct json *model_node = json_find(deed->params, STR("model"));
    if (model_node && (!json_str(model_node, &model) || (!str_eq(model, STR("random")) && !str_eq(model, STR("burst")))))
        return deed_refuse(deed, "model", "model is random or burst");
    if (!deed_wanted(deed, "rate_bps") || !links_of(deed) || !deed_number(deed, "rate_bps", 10000, &rate)) return false;
    if (str_eq(model, STR("burst"))) {
        if (!deed_wanted(deed, "burst_ms") || !deed_wanted(deed, "every_ms")) return false;
        if (!deed_number(deed, "burst_ms", MS_MAX, &burst) || !deed_number(deed, "every_ms", MS_MAX, &every)) return false;
        if (burst == 0 || every < burst) return deed_refuse(deed, "burst_ms", "a burst is longer than nothing and not longer than every_ms");
    }
    return links_set(deed, FAULT_LOSS, &(struct link_fault){.loss_bps = (uint32_t)rate, .burst_ns = burst * NS_PER_MS, .every_ns = every * NS_PER_MS});
}

static bool begin_reorder(struct deed *deed)
{
    uint64_t rate = 0, window = 0;
    if (!deed_wanted(deed, "rate_bps") || !deed_wanted(deed, "window_ms") || !links_of(deed)) return false;
    if (!deed_number(deed, "rate_bps", 10000, &rate) || !deed_number(deed, "window_ms", MS_MAX, &window)) return false;
    return links_set(deed, FAULT_REORDER, &(struct link_fault){.reorder_bps = (uint32_t)rate, .window_ns = window * NS_PER_MS});
}

static bool begin_duplicate(struct deed *deed)
{
    uint64_t rate = 0, copies = 1;
    if (!deed_wanted(deed, "rate_bps") || !links_of(deed) || !deed_number(deed, "rate_bps", 10000, &rate) || !deed_number(deed, "copies", 100, &copies)) return false;
    return links_set(deed, FAULT_DUPLICATE, &(struct link_fault){.duplicate_bps = (uint32_t)rate, .copies = (uint32_t)copies});
}

static bool begin_corrupt(struct deed *deed)
{
    uint64_t rate = 0;
    if (!deed_wanted(deed, "rate_bps") || !links_of(deed) || !deed_number(deed, "rate_bps", 10000, &rate)) return false;
    return links_set(deed, FAULT_CORRUPT, &(struct link_fault){.corrupt_bps = (uint32_t)rate});
}

static bool begin_bandwidth(struct deed *deed)
{
    uint64_t kbps = 0;
    if (!deed_wanted(deed, "kbps") || !links_of(deed) || !deed_number(deed, "kbps", UINT32_MAX, &kbps)) return false;
    if (kbps == 0) return deed_refuse(deed, "kbps", "kbps is 1 or more");
    return links_set(deed, FAULT_BANDWIDTH, &(struct link_fault){.kbps = kbps});
}

static void end_links(struct devchain *chain, uint32_t id) { faults_end(chain->faults, id); }
static bool active_links(const struct devchain *chain, uint32_t id) { return faults_has(chain->faults, id); }

/* ---- partition ---- */

static bool begin_partition(struct deed *deed)
{
    struct devnet *net = deed->net;
    const struct json *groups = json_find(deed->params, STR("groups"));
    if (!json_is(groups, JSON_ARRAY)) return deed_refuse(deed, "params.groups", "groups is a list of lists of targets");
    uint32_t group[DEVNET_VALIDATORS_MAX] = {0}, number = 0;
    const struct target_set running = validators_in(net, deed->chains, SEAT_RUNNING);
    for (const struct json *item = groups->child; item; item = item->next) {
        struct target_set members;
        number++;
        if (!deed_targets_read(deed, item, "params.groups", running, &members)) return false;
        for (uint32_t i = 0; i < net->count; i++) {
            if (!target_has(&members, i)) continue;
            if (group[i] != 0) return deed_refuse(deed, "params.groups", "a validator is named in two groups");
            group[i] = number;
        }
    }
    for (uint32_t i = 0; i < net->count; i++)
        if (group[i] == 0) group[i] = number + 1; /* whoever is not named */
    EACH_CHAIN(net, chain) if (chains_has(deed->chains, chain)) faults_partition(chain->faults, deed->id, group, number + 1);
    deed->lasts = true;
    return true;
}

/* Each talks to one of another group that it was cut off from: the rest comes with the next rounds. */
static void heal(struct devchain *chain, uint32_t id)
{
    uint32_t group[DEVNET_VALIDATORS_MAX];
    const uint32_t count = chain->net->count;
    if (faults_partition_id(chain->faults) != id) return;
    for (uint32_t i = 0; i < count; i++) group[i] = faults_group(chain->faults, i);
    faults_end(chain->faults, id);
    for (uint32_t i = 0; i < count; i++) {
        if (chain->seats[i].state != SEAT_RUNNING) continue;
        for (uint32_t step = 1; step < count; step++) {
            const uint32_t peer = (i + step) % count;
            if (group[peer] == group[i] || chain->seats[peer].state != SEAT_RUNNING) continue;
            node_sync_with(chain->seats[i].node, peer);
            break;
        }
    }
}

static bool begin_heal(struct deed *deed)
{
    EACH_CHAIN(deed->net, chain) {
        const uint32_t id = faults_partition_id(chain->faults);
        if (id != 0 && chains_has(deed->chains, chain)) heal(chain, id);
    }
    return true;
}

/* ---- processes ---- */

static bool begin_crash(struct deed *deed)
{
    struct target_set targets;
    struct str method = STR("kill");
    const struct json *node = json_find(deed->params, STR("method"));
    if (node && (!json_str(node, &method) || (!str_eq(method, STR("kill")) && !str_eq(method, STR("graceful")))))
        return deed_refuse(deed, "method", "method is kill or graceful");
    if (!deed_targets(deed, SEAT_RUNNING, &targets)) return false;
    EACH_SEAT(deed, &targets, chain, i) {
        if (chain->seats[i].state == SEAT_CRASHED) continue;
        seat_stop(chain, i, str_eq(method, STR("graceful")));
        chain->seats[i].crashed_by = deed->id;
        deed->lasts = true;
    }
    return true;
}

static void end_crash(struct devchain *chain, uint32_t id)
{
    for (uint32_t i = 0; i < chain->net->count; i++)
        if (chain->seats[i].state == SEAT_CRASHED && chain->seats[i].crashed_by == id) seat_start(chain, i, false);
}

static bool active_crash(const struct devchain *chain, uint32_t id)
{
    for (uint32_t i = 0; i < chain->net->count; i++)
        if (chain->seats[i].state == SEAT_CRASHED && chain->seats[i].crashed_by == id) return true;
    return false;
}

static bool begin_restart(struct deed *deed)
{
    struct target_set targets;
    bool wipe = false;
    const struct json *node = json_find(deed->params, STR("wipe"));
    if (node && !json_bool(node, &wipe)) return deed_refuse(deed, "wipe", "wipe is true or false");
    if (!deed_targets(deed, SEAT_CRASHED, &targets)) return false;
    EACH_SEAT(deed, &targets, chain, i) {
        if (chain->seats[i].state != SEAT_CRASHED) seat_stop(chain, i, true);
        seat_start(chain, i, wipe);
    }
    return true;
}

static bool begin_pause(struct deed *deed)
{
    struct target_set targets;
    if (!deed_targets(deed, SEAT_RUNNING, &targets)) return false;
    EACH_SEAT(deed, &targets, chain, i) {
        if (chain->seats[i].state != SEAT_RUNNING) continue;
        seat_pause(chain, i);
        chain->seats[i].paused_by = deed->id;
        deed->lasts = true;
    }
    return true;
}

static void end_pause(struct devchain *chain, uint32_t id)
{
    for (uint32_t i = 0; i < chain->net->count; i++)
        if (chain->seats[i].state == SEAT_PAUSED && chain->seats[i].paused_by == id) seat_resume(chain, i);
}

static bool active_pause(const struct devchain *chain, uint32_t id)
{
    for (uint32_t i = 0; i < chain->net->count; i++)
        if (chain->seats[i].state == SEAT_PAUSED && chain->seats[i].paused_by == id) return true;
    return false;
}

static bool begin_resume(struct deed *deed)
{
    struct target_set targets;
    if (!deed_targets(deed, SEAT_PAUSED, &targets)) return false;
    EACH_SEAT(deed, &targets, chain, i) seat_resume(chain, i);
    return true;
}

/* ---- clocks, processors, proposers, pools ---- */

#define SKEW_MS_MAX INT64_C(86400000)
#define DRIFT_PPM_MAX INT64_C(100000)

static void skew(struct seat *seat, uint32_t id, int64_t offset_ms, int64_t drift_ppm)
{
    seat->skewed_by = id;
    seat->offset_ms = offset_ms;
    seat->drift_ppm = drift_ppm;
    if (seat->node) node_skew(seat->node, offset_ms, drift_ppm);
}

static bool begin_clock_skew(struct deed *deed)
{
    struct target_set targets;
    int64_t offset = 0, drift = 0;
    if (!deed_targets(deed, SEAT_RUNNING, &targets)) return false;
    if (!signed_of(deed, "offset_ms", SKEW_MS_MAX, &offset) || !signed_of(deed, "drift_ppm", DRIFT_PPM_MAX, &drift)) return false;
    EACH_SEAT(deed, &targets, chain, i) {
        skew(&chain->seats[i], deed->id, offset, drift);
        deed->lasts = true;
    }
    return true;
}

static void end_clock_skew(struct devchain *chain, uint32_t id)
{
    for (uint32_t i = 0; i < chain->net->count; i++)
        if (chain->seats[i].skewed_by == id) skew(&chain->seats[i], 0, 0, 0);
}

static bool active_clock_skew(const struct devchain *chain, uint32_t id)
{
    for (uint32_t i = 0; i < chain->net->count; i++)
        if (chain->seats[i].skewed_by == id) return true;
    return false;
}

static bool begin_cpu_limit(struct deed *deed)
{
    struct target_set targets;
    uint64_t percent = 0;
    if (!deed_wanted(deed, "percent") || !deed_targets(deed, SEAT_RUNNING, &targets) || !deed_number(deed, "percent", 100, &percent)) return false;
    if (percent == 0) return deed_refuse(deed, "percent", "percent is 1 to 100");
    EACH_SEAT(deed, &targets, chain, i) {
        chain->seats[i].limited_by = deed->id;
        env_host_cores(deed->net->env, chain->seats[i].host, NODE_CORES, (uint32_t)percent, NODE_QUEUE_MAX);
        deed->lasts = true;
    }
    return true;
}

static void end_cpu_limit(struct devchain *chain, uint32_t id)
{
    for (uint32_t i = 0; i < chain->net->count; i++) {
        if (chain->seats[i].limited_by != id) continue;
        chain->seats[i].limited_by = 0;
        env_host_cores(chain->net->env, chain->seats[i].host, NODE_CORES, 100, NODE_QUEUE_MAX);
    }
}

static bool active_cpu_limit(const struct devchain *chain, uint32_t id)
{
    for (uint32_t i = 0; i < chain->net->count; i++)
        if (chain->seats[i].limited_by == id) return true;
    return false;
}

static bool begin_block_capacity(struct deed *deed)
{
    uint64_t rate = 0;
    if (!deed_wanted(deed, "tx_per_second") || !deed_number(deed, "tx_per_second", UINT32_MAX, &rate)) return false;
    if (rate == 0) return deed_refuse(deed, "tx_per_second", "tx_per_second is 1 or more");
    EACH_CHAIN(deed->net, chain) {
        if (!chains_has(deed->chains, chain)) continue;
        chain->space->capacity_per_s = rate;
        chain->block_capacity = deed->id;
    }
    deed->lasts = true;
    return true;
}

static void end_block_capacity(struct devchain *chain, uint32_t id)
{
    if (chain->block_capacity == id) chain->block_capacity = chain->space->capacity_per_s = 0;
}

static bool active_block_capacity(const struct devchain *chain, uint32_t id) { return chain->block_capacity == id; }

static bool begin_mempool_clear(struct deed *deed)
{
    struct target_set targets;
    if (!deed_targets(deed, SEAT_RUNNING, &targets)) return false;
    EACH_SEAT(deed, &targets, chain, i) if (chain->seats[i].node) node_pool_clear(chain->seats[i].node);
    return true;
}

/* ---- the table ---- */

static const struct chaos_row chaos_rows[] = {
    {"partition", begin_partition, heal, active_links},
    {"heal", begin_heal, NULL, NULL},
    {"crash", begin_crash, end_crash, active_crash},
    {"restart", begin_restart, NULL, NULL},
    {"pause", begin_pause, end_pause, active_pause},
    {"resume", begin_resume, NULL, NULL},
    {"latency", begin_latency, end_links, active_links},
    {"loss", begin_loss, end_links, active_links},
    {"reorder", begin_reorder, end_links, active_links},
    {"duplicate", begin_duplicate, end_links, active_links},
    {"corrupt", begin_corrupt, end_links, active_links},
    {"bandwidth", begin_bandwidth, end_links, active_links},
    {"clock_skew", begin_clock_skew, end_clock_skew, active_clock_skew},
    {"block_capacity", begin_block_capacity, end_block_capacity, active_block_capacity},
    {"cpu_limit", begin_cpu_limit, end_cpu_limit, active_cpu_limit},
    {"oracle_outage", begin_oracle_outage, end_oracle, active_oracle},
    {"oracle_skew", begin_oracle_skew, end_oracle, active_oracle},
    {"oracle_stale", begin_oracle_stale, end_oracle, active_oracle},
    {"mempool_clear", begin_mempool_clear, NULL, NULL},
};

const struct chaos_row *chaos_row_find(struct str action)
{
    for (size_t i = 0; i < ARRAY_LEN(chaos_rows); i++)
        if (str_eq(action, str_of(chaos_rows[i].action))) return &chaos_rows[i];
    for (const struct chaos_row *row = relay_chaos_rows; row->action; row++)
        if (str_eq(action, str_of(row->action))) return row;
    return chaos_row_of_nodes(action);
}
