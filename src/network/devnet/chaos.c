#include "network/devnet/devnet_priv.h"

/* The chaos API (api 5.2): a table of actions, each a function that reads its params and makes it so. */

struct deed {
    struct admin *admin;
    struct devnet *net;
    const struct json *params; /* NULL: none */
    uint32_t id;
    bool lasts; /* set by an action that stays in effect until it is ended */
    /* Links: what the action puts on them. */
    struct target_set from, to;
};
struct chaos_row {
    const char *action;
    bool (*begin)(struct deed *deed); /* false: refused, and answered. NULL: known, not in this build */
    void (*end)(struct devnet *net, uint32_t id);
    bool (*active)(const struct devnet *net, uint32_t id); /* whether anything of it is left */
};

/* ---- reading params ---- */

static bool refuse(struct deed *deed, const char *field, const char *why)
{
    call_refuse_with(&deed->admin->call, CODE_INVALID_PARAMETER, field, "%s", why);
    return false;
}

static bool targets_read(struct deed *deed, const struct json *node, const char *field, struct target_set eligible, struct target_set *out)
{
    struct err err;
    return targets_parse(node, deed->net->count, &eligible, &deed->net->rng, out, &err) || refuse(deed, field, err.text);
}

static bool targets_of(struct deed *deed, enum validator_state drawn_from, struct target_set *out)
{
    return targets_read(deed, json_find(deed->params, STR("targets")), "params.targets", validators_in(deed->net, drawn_from), out);
}

/* Absent leaves *out alone. */
static bool number_of(struct deed *deed, const char *name, uint64_t max, uint64_t *out)
{
    const struct json *node = json_find(deed->params, str_of(name));
    uint64_t value;
    if (!node) return true;
    if (!json_u64(node, &value) || value > max) return refuse(deed, name, "not a whole number within its bounds");
    *out = value;
    return true;
}

static bool signed_of(struct deed *deed, const char *name, int64_t bound, int64_t *out)
{
    const struct json *node = json_find(deed->params, str_of(name));
    int64_t value;
    if (!node) return true;
    if (!json_i64(node, &value) || value > bound || value < -bound) return refuse(deed, name, "not a whole number within its bounds");
    *out = value;
    return true;
}

static bool wanted(struct deed *deed, const char *name)
{
    return json_find(deed->params, str_of(name)) != NULL || refuse(deed, name, "is missing");
}

/* ---- links ---- */

#define MS_MAX UINT64_C(86400000)

static bool links_of(struct deed *deed)
{
    const struct target_set running = validators_in(deed->net, VALIDATOR_RUNNING);
    const struct json *from = json_find(deed->params, STR("from")), *to = json_find(deed->params, STR("to"));
    for (uint32_t i = 0; i < deed->net->count; i++) { /* left out: everybody */
        target_add(&deed->from, i);
        target_add(&deed->to, i);
    }
    if (from && !targets_read(deed, from, "params.from", running, &deed->from)) return false;
    return !to || targets_read(deed, to, "params.to", running, &deed->to);
}

static bool links_set(struct deed *deed, enum fault_kind kind, const struct link_fault *fault)
{
    faults_set(deed->net->faults, kind, deed->id, &deed->from, &deed->to, fault);
    deed->lasts = true;
    return true;
}

static bool begin_latency(struct deed *deed)
{
    uint64_t delay = 0, jitter = 0;
    if (!wanted(deed, "delay_ms") || !links_of(deed) || !number_of(deed, "delay_ms", MS_MAX, &delay) || !number_of(deed, "jitter_ms", MS_MAX, &jitter))
        return false;
    return links_set(deed, FAULT_LATENCY, &(struct link_fault){.delay_ns = delay * NS_PER_MS, .jitter_ns = jitter * NS_PER_MS});
}

static bool begin_loss(struct deed *deed)
{
    uint64_t rate = 0, burst = 0, every = 0;
    struct str model = STR("random");
    const struct json *model_node = json_find(deed->params, STR("model"));
    if (model_node && (!json_str(model_node, &model) || (!str_eq(model, STR("random")) && !str_eq(model, STR("burst")))))
        return refuse(deed, "model", "model is random or burst");
    if (!wanted(deed, "rate_bps") || !links_of(deed) || !number_of(deed, "rate_bps", 10000, &rate)) return false;
    if (str_eq(model, STR("burst"))) {
        if (!wanted(deed, "burst_ms") || !wanted(deed, "every_ms")) return false;
        if (!number_of(deed, "burst_ms", MS_MAX, &burst) || !number_of(deed, "every_ms", MS_MAX, &every)) return false;
        if (burst == 0 || every < burst) return refuse(deed, "burst_ms", "a burst is longer than nothing and not longer than every_ms");
    }
    return links_set(deed, FAULT_LOSS, &(struct link_fault){.loss_bps = (uint32_t)rate, .burst_ns = burst * NS_PER_MS, .every_ns = every * NS_PER_MS});
}

static bool begin_reorder(struct deed *deed)
{
    uint64_t rate = 0, window = 0;
    if (!wanted(deed, "rate_bps") || !wanted(deed, "window_ms") || !links_of(deed)) return false;
    if (!number_of(deed, "rate_bps", 10000, &rate) || !number_of(deed, "window_ms", MS_MAX, &window)) return false;
    return links_set(deed, FAULT_REORDER, &(struct link_fault){.reorder_bps = (uint32_t)rate, .window_ns = window * NS_PER_MS});
}

static bool begin_duplicate(struct deed *deed)
{
    uint64_t rate = 0, copies = 1;
    if (!wanted(deed, "rate_bps") || !links_of(deed) || !number_of(deed, "rate_bps", 10000, &rate) || !number_of(deed, "copies", 100, &copies)) return false;
    return links_set(deed, FAULT_DUPLICATE, &(struct link_fault){.duplicate_bps = (uint32_t)rate, .copies = (uint32_t)copies});
}

static bool begin_corrupt(struct deed *deed)
{
    uint64_t rate = 0;
    if (!wanted(deed, "rate_bps") || !links_of(deed) || !number_of(deed, "rate_bps", 10000, &rate)) return false;
    return links_set(deed, FAULT_CORRUPT, &(struct link_fault){.corrupt_bps = (uint32_t)rate});
}

static bool begin_bandwidth(struct deed *deed)
{
    uint64_t kbps = 0;
    if (!wanted(deed, "kbps") || !links_of(deed) || !number_of(deed, "kbps", UINT32_MAX, &kbps)) return false;
    if (kbps == 0) return refuse(deed, "kbps", "kbps is 1 or more");
    return links_set(deed, FAULT_BANDWIDTH, &(struct link_fault){.kbps = kbps});
}

static void end_links(struct devnet *net, uint32_t id) { faults_end(net->faults, id); }
static bool active_links(const struct devnet *net, uint32_t id) { return faults_has(net->faults, id); }

/* ---- partition ---- */

static bool begin_partition(struct deed *deed)
{
    struct devnet *net = deed->net;
    const struct json *groups = json_find(deed->params, STR("groups"));
    if (!json_is(groups, JSON_ARRAY)) return refuse(deed, "params.groups", "groups is a list of lists of targets");
    uint32_t group[DEVNET_VALIDATORS_MAX] = {0}, number = 0;
    const struct target_set running = validators_in(net, VALIDATOR_RUNNING);
    for (const struct json *item = groups->child; item; item = item->next) {
        struct target_set members;
        number++;
        if (!targets_read(deed, item, "params.groups", running, &members)) return false;
        for (uint32_t i = 0; i < net->count; i++) {
            if (!target_has(&members, i)) continue;
            if (group[i] != 0) return refuse(deed, "params.groups", "a validator is named in two groups");
            group[i] = number;
        }
    }
    for (uint32_t i = 0; i < net->count; i++)
        if (group[i] == 0) group[i] = number + 1; /* whoever is not named */
    faults_partition(net->faults, deed->id, group);
    deed->lasts = true;
    return true;
}

/* Each talks to one of another group that it was cut off from: the rest comes with the next rounds. */
static void heal(struct devnet *net, uint32_t id)
{
    uint32_t group[DEVNET_VALIDATORS_MAX];
    if (faults_partition_id(net->faults) != id) return;
    for (uint32_t i = 0; i < net->count; i++) group[i] = faults_group(net->faults, i);
    faults_end(net->faults, id);
    for (uint32_t i = 0; i < net->count; i++) {
        if (net->validators[i].state != VALIDATOR_RUNNING) continue;
        for (uint32_t step = 1; step < net->count; step++) {
            const uint32_t peer = (i + step) % net->count;
            if (group[peer] == group[i] || net->validators[peer].state != VALIDATOR_RUNNING) continue;
            node_sync_with(net->validators[i].node, peer);
            break;
        }
    }
}

static bool begin_heal(struct deed *deed)
{
    const uint32_t id = faults_partition_id(deed->net->faults);
    if (id != 0) heal(deed->net, id);
    return true;
}

/* ---- processes ---- */

static bool begin_crash(struct deed *deed)
{
    struct target_set targets;
    struct str method = STR("kill");
    const struct json *node = json_find(deed->params, STR("method"));
    if (node && (!json_str(node, &method) || (!str_eq(method, STR("kill")) && !str_eq(method, STR("graceful")))))
        return refuse(deed, "method", "method is kill or graceful");
    if (!targets_of(deed, VALIDATOR_RUNNING, &targets)) return false;
    for (uint32_t i = 0; i < deed->net->count; i++) {
        if (!target_has(&targets, i) || deed->net->validators[i].state == VALIDATOR_CRASHED) continue;
        validator_stop(deed->net, i, str_eq(method, STR("graceful")));
        deed->net->validators[i].crashed_by = deed->id;
        deed->lasts = true;
    }
    return true;
}

static void end_crash(struct devnet *net, uint32_t id)
{
    for (uint32_t i = 0; i < net->count; i++)
        if (net->validators[i].state == VALIDATOR_CRASHED && net->validators[i].crashed_by == id) validator_start(net, i, false);
}

static bool active_crash(const struct devnet *net, uint32_t id)
{
    for (uint32_t i = 0; i < net->count; i++)
        if (net->validators[i].state == VALIDATOR_CRASHED && net->validators[i].crashed_by == id) return true;
    return false;
}

static bool begin_restart(struct deed *deed)
{
    struct target_set targets;
    bool wipe = false;
    const struct json *node = json_find(deed->params, STR("wipe"));
    if (node && !json_bool(node, &wipe)) return refuse(deed, "wipe", "wipe is true or false");
    if (!targets_of(deed, VALIDATOR_CRASHED, &targets)) return false;
    for (uint32_t i = 0; i < deed->net->count; i++) {
        if (!target_has(&targets, i)) continue;
        if (deed->net->validators[i].state != VALIDATOR_CRASHED) validator_stop(deed->net, i, true);
        validator_start(deed->net, i, wipe);
    }
    return true;
}

static bool begin_pause(struct deed *deed)
{
    struct target_set targets;
    if (!targets_of(deed, VALIDATOR_RUNNING, &targets)) return false;
    for (uint32_t i = 0; i < deed->net->count; i++) {
        if (!target_has(&targets, i) || deed->net->validators[i].state != VALIDATOR_RUNNING) continue;
        validator_pause(deed->net, i);
        deed->net->validators[i].paused_by = deed->id;
        deed->lasts = true;
    }
    return true;
}

static void end_pause(struct devnet *net, uint32_t id)
{
    for (uint32_t i = 0; i < net->count; i++)
        if (net->validators[i].state == VALIDATOR_PAUSED && net->validators[i].paused_by == id) validator_resume(net, i);
}

static bool active_pause(const struct devnet *net, uint32_t id)
{
    for (uint32_t i = 0; i < net->count; i++)
        if (net->validators[i].state == VALIDATOR_PAUSED && net->validators[i].paused_by == id) return true;
    return false;
}

static bool begin_resume(struct deed *deed)
{
    struct target_set targets;
    if (!targets_of(deed, VALIDATOR_PAUSED, &targets)) return false;
    for (uint32_t i = 0; i < deed->net->count; i++)
        if (target_has(&targets, i)) validator_resume(deed->net, i);
    return true;
}

/* ---- clocks, processors, proposers, pools ---- */

#define SKEW_MS_MAX INT64_C(86400000)
#define DRIFT_PPM_MAX INT64_C(100000)

static void skew(struct validator *validator, uint32_t id, int64_t offset_ms, int64_t drift_ppm)
{
    validator->skewed_by = id;
    validator->offset_ms = offset_ms;
    validator->drift_ppm = drift_ppm;
    if (validator->node) node_skew(validator->node, offset_ms, drift_ppm);
}

static bool begin_clock_skew(struct deed *deed)
{
    struct target_set targets;
    int64_t offset = 0, drift = 0;
    if (!targets_of(deed, VALIDATOR_RUNNING, &targets)) return false;
    if (!signed_of(deed, "offset_ms", SKEW_MS_MAX, &offset) || !signed_of(deed, "drift_ppm", DRIFT_PPM_MAX, &drift)) return false;
    for (uint32_t i = 0; i < deed->net->count; i++) {
        if (!target_has(&targets, i)) continue;
        skew(&deed->net->validators[i], deed->id, offset, drift);
        deed->lasts = true;
    }
    return true;
}

static void end_clock_skew(struct devnet *net, uint32_t id)
{
    for (uint32_t i = 0; i < net->count; i++)
        if (net->validators[i].skewed_by == id) skew(&net->validators[i], 0, 0, 0);
}

static bool active_clock_skew(const struct devnet *net, uint32_t id)
{
    for (uint32_t i = 0; i < net->count; i++)
        if (net->validators[i].skewed_by == id) return true;
    return false;
}

static bool begin_cpu_limit(struct deed *deed)
{
    struct target_set targets;
    uint64_t percent = 0;
    if (!wanted(deed, "percent") || !targets_of(deed, VALIDATOR_RUNNING, &targets) || !number_of(deed, "percent", 100, &percent)) return false;
    if (percent == 0) return refuse(deed, "percent", "percent is 1 to 100");
    for (uint32_t i = 0; i < deed->net->count; i++) {
        if (!target_has(&targets, i)) continue;
        deed->net->validators[i].limited_by = deed->id;
        env_host_cores(deed->net->env, deed->net->validators[i].host, NODE_CORES, (uint32_t)percent, NODE_QUEUE_MAX);
        deed->lasts = true;
    }
    return true;
}

static void end_cpu_limit(struct devnet *net, uint32_t id)
{
    for (uint32_t i = 0; i < net->count; i++) {
        if (net->validators[i].limited_by != id) continue;
        net->validators[i].limited_by = 0;
        env_host_cores(net->env, net->validators[i].host, NODE_CORES, 100, NODE_QUEUE_MAX);
    }
}

static bool active_cpu_limit(const struct devnet *net, uint32_t id)
{
    for (uint32_t i = 0; i < net->count; i++)
        if (net->validators[i].limited_by == id) return true;
    return false;
}

static bool begin_block_capacity(struct deed *deed)
{
    uint64_t rate = 0;
    if (!wanted(deed, "tx_per_second") || !number_of(deed, "tx_per_second", UINT32_MAX, &rate)) return false;
    if (rate == 0) return refuse(deed, "tx_per_second", "tx_per_second is 1 or more");
    deed->net->space->capacity_per_s = rate;
    deed->net->block_capacity = deed->id;
    deed->lasts = true;
    return true;
}

static void end_block_capacity(struct devnet *net, uint32_t id)
{
    if (net->block_capacity == id) net->block_capacity = net->space->capacity_per_s = 0;
}

static bool active_block_capacity(const struct devnet *net, uint32_t id) { return net->block_capacity == id; }

static bool begin_mempool_clear(struct deed *deed)
{
    struct target_set targets;
    if (!targets_of(deed, VALIDATOR_RUNNING, &targets)) return false;
    for (uint32_t i = 0; i < deed->net->count; i++)
        if (target_has(&targets, i) && deed->net->validators[i].node) node_pool_clear(deed->net->validators[i].node);
    return true;
}

/* ---- the table ---- */

static const struct chaos_row rows[] = {
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
    {"mempool_clear", begin_mempool_clear, NULL, NULL},
};

static void chaos_remove(struct chaos *chaos)
{
    struct devnet *net = chaos->net;
    for (size_t i = 0; i < net->chaos.count; i++) {
        if (net->chaos.data[i] != chaos) continue;
        vec_remove(&net->chaos, i);
        break;
    }
    env_timer_cancel(net->env, &chaos->timer);
    base_free(chaos->params);
    base_free(chaos);
}

/* Those of which a later action has left nothing (a restart, a repeat) are over. */
static void sweep(struct devnet *net)
{
    for (size_t i = net->chaos.count; i-- > 0;)
        if (!net->chaos.data[i]->row->active(net, net->chaos.data[i]->id)) chaos_remove(net->chaos.data[i]);
}

void chaos_end(struct chaos *chaos)
{
    struct devnet *net = chaos->net;
    chaos->row->end(net, chaos->id);
    devnet_log(net, STR("chaos_end"), NULL, "{\"chaos_id\":\"c%u\"}", chaos->id);
    chaos_remove(chaos);
    sweep(net);
}

void chaos_free_all(struct devnet *net)
{
    while (net->chaos.count > 0) chaos_remove(vec_last(&net->chaos));
    vec_done(&net->chaos);
}

static void chaos_fire(struct timer *timer) { chaos_end(CONTAINER_OF(timer, struct chaos, timer)); }

static struct chaos *chaos_begin(const struct deed *deed, const struct chaos_row *row, uint64_t now_ms, uint64_t duration_ms_)
{
    struct devnet *net = deed->net;
    struct chaos *chaos = base_alloc(sizeof(*chaos));
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    if (deed->params) json_put_tree(&w, deed->params);
    else json_put_raw(&w, STR("{}"));
    buf_put_char(&json, 0);
    *chaos = (struct chaos){.id = deed->id,
                            .net = net,
                            .row = row,
                            .params = (char *)json.data,
                            .started_ms = now_ms,
                            .ends_ms = duration_ms_ ? now_ms + duration_ms_ : 0,
                            .timer = TIMER(chaos_fire)};
    vec_push(&net->chaos, chaos);
    if (duration_ms_) env_timer_set(net->env, &chaos->timer, instant_add(env_now(net->env), duration_ms(duration_ms_)));
    return chaos;
}

static void entry_fill(struct arena *arena, const struct chaos *chaos, struct chaos_entry *out)
{
    *out = (struct chaos_entry){
        .chaos_id = str_fmt(arena, "c%u", chaos->id),
        .action = str_of(chaos->row->action),
        .chain = STR("alpha"),
        .params = str_dup(arena, str_of(chaos->params)),
        .started_at = chaos->started_ms,
        .ends_at = {chaos->ends_ms != 0, chaos->ends_ms},
    };
}

static const struct chaos_row *row_of(struct admin *admin, const struct json *body)
{
    struct str action, chain;
    if (!json_str(json_find(body, STR("action")), &action)) {
        call_refuse_with(&admin->call, json_find(body, STR("action")) ? CODE_INVALID_FIELD_TYPE : CODE_MISSING_FIELD, "action", "action is a name");
        return NULL;
    }
    const struct json *on = json_find(body, STR("chain"));
    if (on && (!json_str(on, &chain) || (!str_eq(chain, STR("alpha")) && !str_eq(chain, STR("both"))))) {
        call_refuse_with(&admin->call, CODE_FEATURE_NOT_AVAILABLE, "chain", "only alpha is on this network");
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq(action, str_of(rows[i].action))) return &rows[i];
    call_refuse_with(&admin->call, CODE_FEATURE_NOT_AVAILABLE, "action", "%.40s: not available on this network", str_dup(admin->call.arena, action).data);
    return NULL;
}

void devnet_admin_chaos_post(struct admin *admin)
{
    struct devnet *net = admin->net;
    struct call *call = &admin->call;
    const struct json *body = call_json(call);
    const struct chaos_row *row = body ? row_of(admin, body) : NULL;
    if (!row) return;
    const struct json *params = json_find(body, STR("params")), *duration = json_find(body, STR("duration_ms"));
    uint64_t duration_ms_ = 0;
    if (params && !json_is(params, JSON_OBJECT)) {
        call_refuse_with(call, CODE_INVALID_FIELD_TYPE, "params", "params is an object");
        return;
    }
    if (duration && !json_is(duration, JSON_NULL) && (!json_u64(duration, &duration_ms_) || duration_ms_ == 0 || duration_ms_ > 366 * MS_MAX)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "duration_ms", "duration_ms is a whole number above 0");
        return;
    }
    struct deed deed = {.admin = admin, .net = net, .params = params, .id = net->chaos_last + 1};
    if (!row->begin(&deed)) return;
    net->chaos_last++;
    const uint64_t now_ms = instant_ms(env_now(net->env));
    struct chaos_entry *answer = arena_new(call->arena, struct chaos_entry);
    *answer = (struct chaos_entry){.chaos_id = str_fmt(call->arena, "c%u", deed.id), .started_at = now_ms};
    if (deed.lasts) {
        const struct chaos *chaos = chaos_begin(&deed, row, now_ms, duration_ms_);
        answer->ends_at = (struct opt_u64){chaos->ends_ms != 0, chaos->ends_ms};
    }
    sweep(net);
    devnet_log(net, str_of(row->action), params, "{\"chaos_id\":\"c%u\"}", deed.id);
    call_answer(call, 200, &wire_chaos_entry, answer);
}

void devnet_admin_chaos_list(struct admin *admin)
{
    const struct devnet *net = admin->net;
    struct page *page = arena_new(admin->call.arena, struct page);
    struct chaos_entry *items = arena_array(admin->call.arena, struct chaos_entry, net->chaos.count);
    for (size_t i = 0; i < net->chaos.count; i++) entry_fill(admin->call.arena, net->chaos.data[i], &items[i]);
    *page = (struct page){.items = items, .count = (uint32_t)net->chaos.count};
    call_answer(&admin->call, 200, &wire_chaos_list, page);
}

void devnet_admin_chaos_end(struct admin *admin)
{
    struct devnet *net = admin->net;
    struct call *call = &admin->call;
    uint64_t id = 0;
    const bool named = str_starts(admin->arg, STR("c")) && str_to_u64(str_sub(admin->arg, 1, admin->arg.len), &id);
    for (size_t i = 0; named && i < net->chaos.count; i++) {
        struct chaos *chaos = net->chaos.data[i];
        if (chaos->id != id) continue;
        struct chaos_entry *answer = arena_new(call->arena, struct chaos_entry);
        entry_fill(call->arena, chaos, answer);
        answer->ends_at = (struct opt_u64){true, instant_ms(env_now(net->env))};
        chaos_end(chaos);
        call_answer(call, 200, &wire_chaos_entry, answer);
        return;
    }
    call_refuse_with(call, CODE_CHAOS_NOT_FOUND, "chaos_id", "no such chaos is active");
}

/* Everything ends; crashed nodes restart, however they came down. */
void devnet_admin_chaos_end_all(struct admin *admin)
{
    struct devnet *net = admin->net;
    while (net->chaos.count > 0) chaos_end(vec_last(&net->chaos));
    for (uint32_t i = 0; i < net->count; i++) {
        if (net->validators[i].state == VALIDATOR_PAUSED) validator_resume(net, i);
        if (net->validators[i].state == VALIDATOR_CRASHED) validator_start(net, i, false);
    }
    devnet_admin_chaos_list(admin);
}
