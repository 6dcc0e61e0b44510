#include "network/devnet/devnet_priv.h"
#include "network/devnet/relay.h"

/* The ipc_* actions of the chaos API (api 5.2): weather and hostility on the way between the chains. */

#define MS_MAX UINT64_C(86400000)

static bool refuse(struct deed *deed, const char *field, const char *why)
{
    call_refuse_with(&deed->admin->call, CODE_INVALID_PARAMETER, field, "%s", why);
    return false;
}

static bool number(struct deed *deed, const char *name, uint64_t max, uint64_t *out)
{
    const struct json *node = json_find(deed->params, str_of(name));
    uint64_t value;
    if (!node) return true;
    if (!json_u64(node, &value) || value > max) return refuse(deed, name, "not a whole number within its bounds");
    *out = value;
    return true;
}

/* Which sources; bits by chain. */
static bool direction_of(struct deed *deed, uint32_t *out_chains)
{
    struct str text;
    const struct json *node = json_find(deed->params, STR("direction"));
    if (!deed->net->relays) {
        call_refuse_with(&deed->admin->call, CODE_FEATURE_NOT_AVAILABLE, "action", "no relay works on this network");
        return false;
    }
    *out_chains = CHAINS_ALPHA | CHAINS_DELTA;
    if (!json_str(node, &text)) return refuse(deed, "direction", "direction is alpha_to_delta, delta_to_alpha or both");
    if (str_eq(text, STR("alpha_to_delta"))) *out_chains = CHAINS_ALPHA;
    else if (str_eq(text, STR("delta_to_alpha"))) *out_chains = CHAINS_DELTA;
    else if (!str_eq(text, STR("both"))) return refuse(deed, "direction", "direction is alpha_to_delta, delta_to_alpha or both");
    return true;
}

static bool set(struct deed *deed, uint32_t chains, enum relay_fault fault, struct relay_weather *weather)
{
    weather->id = deed->id;
    if (chains & CHAINS_ALPHA) relays_weather(deed->net->relays, CHAIN_ALPHA, fault, weather);
    if (chains & CHAINS_DELTA) relays_weather(deed->net->relays, CHAIN_DELTA, fault, weather);
    deed->lasts = true;
    return true;
}

static bool rate_of(struct deed *deed, uint32_t *out)
{
    uint64_t rate = 10000;
    if (!number(deed, "rate_bps", 10000, &rate)) return false;
    *out = (uint32_t)rate;
    return true;
}

static bool begin_delay(struct deed *deed)
{
    struct relay_weather weather = {.id = 0};
    uint32_t chains;
    if (!direction_of(deed, &chains) || !number(deed, "delay_ms", MS_MAX, &weather.delay_ms) || !number(deed, "jitter_ms", MS_MAX, &weather.jitter_ms))
        return false;
    if (weather.delay_ms + weather.jitter_ms == 0) return refuse(deed, "delay_ms", "is missing");
    return set(deed, chains, RELAY_DELAY, &weather);
}

static bool begin_drop(struct deed *deed)
{
    struct relay_weather weather = {.count = UINT64_MAX};
    uint32_t chains;
    const struct json *redeliver = json_find(deed->params, STR("redeliver"));
    if (!direction_of(deed, &chains) || !rate_of(deed, &weather.rate_bps) || !number(deed, "count", JSON_INT_MAX, &weather.count)) return false;
    if (redeliver && !json_bool(redeliver, &weather.redeliver)) return refuse(deed, "redeliver", "is true or false");
    return set(deed, chains, RELAY_DROP, &weather);
}

static bool begin_reorder(struct deed *deed)
{
    struct relay_weather weather = {.id = 0};
    uint32_t chains;
    uint64_t window = 5;
    if (!direction_of(deed, &chains) || !rate_of(deed, &weather.rate_bps) || !number(deed, "window", IPC_WINDOW, &window)) return false;
    if (window == 0) return refuse(deed, "window", "is 1 to 256");
    weather.window = (uint32_t)window;
    return set(deed, chains, RELAY_REORDER, &weather);
}

static bool begin_duplicate(struct deed *deed)
{
    struct relay_weather weather = {.id = 0};
    uint32_t chains;
    uint64_t copies = 1;
    if (!direction_of(deed, &chains) || !rate_of(deed, &weather.rate_bps) || !number(deed, "copies", 16, &copies)) return false;
    weather.copies = (uint32_t)copies;
    return set(deed, chains, RELAY_DUPLICATE, &weather);
}

static bool types_of(struct deed *deed, uint32_t *out)
{
    const struct json *list = json_find(deed->params, STR("types"));
    if (list && !json_is(list, JSON_ARRAY)) return refuse(deed, "types", "is a list of numbers");
    for (const struct json *item = list ? list->child : NULL; item; item = item->next) {
        uint64_t type;
        if (!json_u64(item, &type) || type < IPC_BLOCK_FINALIZED || type > IPC_GOVERNANCE_TALLY) return refuse(deed, "types", "types are 1 to 7");
        *out |= 1u << type;
    }
    return true;
}

static bool begin_censor(struct deed *deed)
{
    struct relay_weather weather = {.id = 0};
    uint32_t chains;
    if (!direction_of(deed, &chains) || !types_of(deed, &weather.types)) return false;
    const struct json *ids = json_find(deed->params, STR("ids"));
    if (ids && (!json_is(ids, JSON_ARRAY) || ids->count > RELAY_CENSOR_IDS_MAX)) return refuse(deed, "ids", "is a list of at most 64 ids");
    for (const struct json *item = ids ? ids->child : NULL; item; item = item->next) {
        struct str text;
        if (!json_str(item, &text) || !call_hash_parse(text, &weather.ids[weather.ids_count])) return refuse(deed, "ids", "an id is 64 lower-case hex digits");
        weather.ids_count++;
    }
    return set(deed, chains, RELAY_CENSOR, &weather);
}

static bool begin_forge(struct deed *deed)
{
    uint32_t chains;
    struct str text;
    char bytes[IPC_BYTES_MAX];
    if (!direction_of(deed, &chains)) return false;
    const bool is_text = json_str(json_find(deed->params, STR("message")), &text);
    if (!is_text || text.len == 0 || text.len > 2 * sizeof(bytes) || !str_unhex(text, bytes, text.len / 2))
        return refuse(deed, "message", "is hex of at most 512 bytes");
    const struct str message = {bytes, text.len / 2};
    if (chains & CHAINS_ALPHA) (void)relays_forge(deed->net->relays, CHAIN_ALPHA, message); /* that it is refused is the point */
    if (chains & CHAINS_DELTA) (void)relays_forge(deed->net->relays, CHAIN_DELTA, message);
    return true;
}

static void end(struct devchain *chain, uint32_t id) { relays_clear(chain->net->relays, id); }
static bool active(const struct devchain *chain, uint32_t id) { return chain->net->relays && relays_active(chain->net->relays, id); }

const struct chaos_row relay_chaos_rows[] = {
    {"ipc_delay", begin_delay, end, active},   {"ipc_drop", begin_drop, end, active},
    {"ipc_reorder", begin_reorder, end, active}, {"ipc_duplicate", begin_duplicate, end, active},
    {"ipc_censor", begin_censor, end, active}, {"ipc_forge", begin_forge, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};
