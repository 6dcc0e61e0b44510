#include "network/devnet/devnet_priv.h"

/* The actions of the chaos API that trouble a node without stopping it (api 5.2). */

#define EACH_SEAT(chain, i) for (uint32_t i = 0; i < (chain)->net->count; i++)

void seat_trouble(struct devchain *chain, uint32_t i)
{
    const struct seat *seat = &chain->seats[i];
    if (seat->memory_by) node_memory_limit(seat->node, seat->memory_bytes);
    if (seat->flooded_by) node_flood(seat->node, seat->sybils);
}

/* ---- disk_full ---- */

#define DISK_BYTES (UINT64_C(1) << 30) /* what used_percent is of */

static bool begin_disk_full(struct deed *deed)
{
    struct target_set targets;
    uint64_t free_bytes = 0, used = 100;
    if (!deed_targets(deed, SEAT_RUNNING, &targets) || !deed_number(deed, "free_bytes", UINT64_C(1) << 50, &free_bytes)) return false;
    if (!deed_number(deed, "used_percent", 100, &used)) return false;
    const bool percent = json_find(deed->params, STR("used_percent")) != NULL;
    if (percent && json_find(deed->params, STR("free_bytes"))) return deed_refuse(deed, "used_percent", "free_bytes or used_percent, not both");
    if (percent) free_bytes = DISK_BYTES / 100 * (100 - used);
    EACH_CHAIN(deed->net, chain) {
        if (!chains_has(deed->chains, chain)) continue;
        EACH_SEAT(chain, i) {
            if (!target_has(&targets, i)) continue;
            chain->seats[i].full_by = deed->id;
            env_disk_limit(deed->net->env, chain->seats[i].host, free_bytes);
            deed->lasts = true;
        }
    }
    return true;
}

static void end_disk_full(struct devchain *chain, uint32_t id)
{
    EACH_SEAT(chain, i) {
        struct seat *seat = &chain->seats[i];
        if (seat->full_by != id) continue;
        seat->full_by = 0;
        env_disk_limit(chain->net->env, seat->host, UINT64_MAX);
        if (seat->node) node_disk_freed(seat->node);
    }
}

static bool active_disk_full(const struct devchain *chain, uint32_t id)
{
    EACH_SEAT(chain, i)
        if (chain->seats[i].full_by == id) return true;
    return false;
}

/* ---- memory_limit ---- */

static void memory_set(struct devchain *chain, uint32_t i, uint32_t id, uint64_t bytes)
{
    struct seat *seat = &chain->seats[i];
    seat->memory_by = id;
    seat->memory_bytes = bytes;
    if (seat->node) node_memory_limit(seat->node, bytes);
}

static bool begin_memory_limit(struct deed *deed)
{
    struct target_set targets;
    uint64_t bytes = 0;
    if (!deed_wanted(deed, "bytes") || !deed_targets(deed, SEAT_RUNNING, &targets) || !deed_number(deed, "bytes", UINT64_C(1) << 50, &bytes)) return false;
    if (bytes == 0) return deed_refuse(deed, "bytes", "bytes is 1 or more");
    EACH_CHAIN(deed->net, chain) {
        if (!chains_has(deed->chains, chain)) continue;
        EACH_SEAT(chain, i) {
            if (!target_has(&targets, i)) continue;
            memory_set(chain, i, deed->id, bytes);
            deed->lasts = true;
        }
    }
    return true;
}

static void end_memory_limit(struct devchain *chain, uint32_t id)
{
    EACH_SEAT(chain, i)
        if (chain->seats[i].memory_by == id) memory_set(chain, i, 0, 0);
}

static bool active_memory_limit(const struct devchain *chain, uint32_t id)
{
    EACH_SEAT(chain, i)
        if (chain->seats[i].memory_by == id) return true;
    return false;
}

/* ---- peers ---- */

#define SYBILS_MAX 10000

static void flood_set(struct devchain *chain, uint32_t i, uint32_t id, uint32_t sybils)
{
    struct seat *seat = &chain->seats[i];
    seat->flooded_by = id;
    seat->sybils = sybils;
    if (seat->node) node_flood(seat->node, sybils);
}

static bool begin_peer_flood(struct deed *deed)
{
    struct target_set targets;
    uint64_t sybils = 0;
    const struct target_set running = validators_in(deed->net, deed->chains, SEAT_RUNNING);
    if (!deed_wanted(deed, "sybils") || !deed_number(deed, "sybils", SYBILS_MAX, &sybils)) return false;
    if (!deed_targets_read(deed, json_find(deed->params, STR("target")), "params.target", running, &targets)) return false;
    if (sybils == 0) return deed_refuse(deed, "sybils", "sybils is 1 or more");
    EACH_CHAIN(deed->net, chain) {
        if (!chains_has(deed->chains, chain)) continue;
        EACH_SEAT(chain, i) {
            if (!target_has(&targets, i)) continue;
            flood_set(chain, i, deed->id, (uint32_t)sybils);
            deed->lasts = true;
        }
    }
    return true;
}

static void end_peer_flood(struct devchain *chain, uint32_t id)
{
    EACH_SEAT(chain, i) {
        if (chain->seats[i].flooded_by != id) continue;
        flood_set(chain, i, 0, 0);
        const uint32_t peer = (i + 1) % chain->net->count;
        if (chain->seats[i].state == SEAT_RUNNING && peer != i) node_sync_with(chain->seats[i].node, peer);
    }
}

static bool active_peer_flood(const struct devchain *chain, uint32_t id)
{
    EACH_SEAT(chain, i)
        if (chain->seats[i].flooded_by == id) return true;
    return false;
}

static bool begin_peer_isolate(struct deed *deed)
{
    struct target_set targets, spared = {0};
    const struct target_set running = validators_in(deed->net, deed->chains, SEAT_RUNNING);
    const struct json *except = json_find(deed->params, STR("except"));
    if (!deed_targets_read(deed, json_find(deed->params, STR("target")), "params.target", running, &targets)) return false;
    if (except && !deed_targets_read(deed, except, "params.except", running, &spared)) return false;
    EACH_CHAIN(deed->net, chain) {
        if (!chains_has(deed->chains, chain)) continue;
        if (faults_isolate(chain->faults, deed->id, &targets, &spared) > 0) deed->lasts = true;
    }
    return true;
}

static void end_peer_isolate(struct devchain *chain, uint32_t id) { faults_end(chain->faults, id); }
static bool active_peer_isolate(const struct devchain *chain, uint32_t id) { return faults_has(chain->faults, id); }

/* ---- api_fault ---- */

static bool chain_of_listener(struct deed *deed, enum chain_id *out)
{
    struct str text;
    const struct json *node = json_find(deed->params, STR("listener"));
    if (!json_str(node, &text) || (!str_eq(text, STR("alpha")) && !str_eq(text, STR("delta")))) return deed_refuse(deed, "listener", "listener is alpha or delta");
    *out = str_eq(text, STR("delta")) ? CHAIN_DELTA : CHAIN_ALPHA;
    return devnet_chain(deed->net, *out) != NULL || deed_refuse(deed, "listener", "this chain does not run here");
}

static bool begin_api_fault(struct deed *deed)
{
    enum chain_id id = CHAIN_ALPHA;
    uint64_t rate = 0, status = 0, delay = 0;
    struct str prefix = STR("/");
    const struct json *given = json_find(deed->params, STR("path_prefix")), *reset = json_find(deed->params, STR("reset"));
    bool resets = false;
    if (!chain_of_listener(deed, &id) || !deed_wanted(deed, "rate_bps") || !deed_number(deed, "rate_bps", 10000, &rate)) return false;
    if (given && !json_str(given, &prefix)) return deed_refuse(deed, "path_prefix", "path_prefix is text");
    if (reset && !json_bool(reset, &resets)) return deed_refuse(deed, "reset", "reset is true or false");
    if (!deed_number(deed, "status", 599, &status) || !deed_number(deed, "delay_ms", UINT64_C(3600000), &delay)) return false;
    if (status != 0 && status < 400) return deed_refuse(deed, "status", "status is 400 to 599");
    if ((status != 0) + (delay != 0) + resets != 1) return deed_refuse(deed, "status", "one of status, delay_ms and reset says what happens");
    struct devchain *chain = devnet_chain(deed->net, id);
    base_free(chain->api_prefix);
    chain->api_prefix = base_alloc(prefix.len + 1);
    memcpy(chain->api_prefix, prefix.data, prefix.len);
    chain->api_fault = deed->id;
    chain->space->api_fault = (struct node_api_fault){.prefix = {chain->api_prefix, prefix.len},
                                                      .rate_bps = (uint32_t)rate,
                                                      .status = (uint16_t)status,
                                                      .delay_ms = delay,
                                                      .reset = resets,
                                                      .rng = rng_split(&deed->net->rng, STR("api_fault"), deed->id)};
    deed->lasts = true;
    return true;
}

static void end_api_fault(struct devchain *chain, uint32_t id)
{
    if (chain->api_fault != id) return;
    chain->api_fault = 0;
    chain->space->api_fault = (struct node_api_fault){0};
}

static bool active_api_fault(const struct devchain *chain, uint32_t id) { return chain->api_fault == id; }

/* ---- reorg ---- */

static bool begin_reorg(struct deed *deed)
{
    uint64_t depth = 0;
    if (!deed_wanted(deed, "depth") || !deed_number(deed, "depth", 2, &depth)) return false;
    if (depth == 0) return deed_refuse(deed, "depth", "depth is 1 or 2: no more than that is ever replaced");
    EACH_CHAIN(deed->net, chain)
        if (chains_has(deed->chains, chain)) node_reorg_begin(chain->space, (uint32_t)depth); /* nobody runs: there is nothing to replace */
    return true;
}

static const struct chaos_row rows[] = {
    {"disk_full", begin_disk_full, end_disk_full, active_disk_full},
    {"memory_limit", begin_memory_limit, end_memory_limit, active_memory_limit},
    {"peer_flood", begin_peer_flood, end_peer_flood, active_peer_flood},
    {"peer_isolate", begin_peer_isolate, end_peer_isolate, active_peer_isolate},
    {"api_fault", begin_api_fault, end_api_fault, active_api_fault},
    {"reorg", begin_reorg, NULL, NULL},
};

const struct chaos_row *chaos_row_of_nodes(struct str action)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq(action, str_of(rows[i].action))) return &rows[i];
    return NULL;
}
