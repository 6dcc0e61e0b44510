#include "network/devnet/actors.h"
#include "network/devnet/devnet_priv.h"

#include <stdio.h>

#include "network/devnet/genesis.h"
#include "network/devnet/join.h"
#include "network/devnet/relay.h"
#include "network/devnet/watch.h"
#include "world/http/router.h"

#define SIGCACHE_CHECKS (1u << 17)
#define GOSSIP_TICK_MS_MAX 10000
#define ORACLE_INTERVAL_MS 10000
#define ORACLE_INTERVAL_MS_MIN 100
#define ORACLE_INTERVAL_MS_MAX 3600000

/* ---- configuration ---- */

static bool own_parameter(struct devnet *net, const struct devnet_parameter *parameter, bool *out_known, struct err *err)
{
    const bool tick = str_eq(parameter->name, STR("gossip_tick_ms")), history = str_eq(parameter->name, STR("history_blocks"));
    const bool relays = str_eq(parameter->name, STR("relays"));
    const bool oracles = str_eq(parameter->name, STR("oracle_interval_ms"));
    const bool treasury = str_eq(parameter->name, STR("genesis_treasury"));
    *out_known = tick || history || relays || oracles || treasury;
    if (!*out_known) return true;
    uint64_t value;
    if (!str_to_u64(parameter->value, &value)) return err_set(err, ERR_PARSE, "parameter " STR_FMT " is not a whole number", STR_ARG(parameter->name));
    if (tick && value > GOSSIP_TICK_MS_MAX) return err_set(err, ERR_LIMIT, "gossip_tick_ms is above %u", GOSSIP_TICK_MS_MAX);
    if (history && (value < HISTORY_BLOCKS_MIN || value > UINT32_MAX))
        return err_set(err, ERR_LIMIT, "history_blocks is below %u or above 2^32 - 1", HISTORY_BLOCKS_MIN);
    if (relays && value > RELAYS_MAX) return err_set(err, ERR_LIMIT, "relays is above %u", RELAYS_MAX);
    if (oracles && value > 0 && (value < ORACLE_INTERVAL_MS_MIN || value > ORACLE_INTERVAL_MS_MAX))
        return err_set(err, ERR_LIMIT, "oracle_interval_ms is 0 (none), or %u to %u", ORACLE_INTERVAL_MS_MIN, ORACLE_INTERVAL_MS_MAX);
    if (tick) net->gossip_tick_ms = value;
    else if (relays) net->relays_count = value;
    else if (oracles) net->oracle_interval_ms = value;
    else if (treasury) net->genesis_treasury = value;
    else net->history_blocks = value;
    return true;
}

static bool standings_check(const struct devnet_config *config, struct err *err)
{
    uint32_t oracles = 0;
    for (size_t i = 0; i < config->standings_count; i++) {
        const struct devnet_standing *standing = &config->standings[i];
        oracles += standing->kind == DEVNET_ORACLE;
        if (standing->kind == DEVNET_VALIDATOR && (standing->validator == 0 || standing->validator > config->validators))
            return err_set(err, ERR_NOT_FOUND, "a standing is of validator %u, and there are %u", standing->validator, config->validators);
    }
    if (oracles > FEEDS) return err_set(err, ERR_LIMIT, "%u oracles are more than the %d seats", oracles, FEEDS);
    return true;
}

static bool configure(struct devnet *net, const struct devnet_config *config, struct err *err)
{
    if (config->validators > DEVNET_VALIDATORS_MAX)
        return err_set(err, ERR_LIMIT, "%u validators are more than %u", config->validators, DEVNET_VALIDATORS_MAX);
    if (config->admin_token.len > 0 && config->admin_token.len < DEVNET_TOKEN_MIN)
        return err_set(err, ERR_LIMIT, "an admin token has at least %u characters", DEVNET_TOKEN_MIN);
    net->gossip_tick_ms = 10;
    net->history_blocks = 1000000;
    net->relays_count = 2;
    net->oracle_interval_ms = ORACLE_INTERVAL_MS;
    EACH_CHAIN(net, chain) params_init(&chain->genesis_params, config->production ? PROFILE_PRODUCTION : PROFILE_TEST, chain->chain);
    for (size_t i = 0; i < config->parameters_count; i++) {
        bool known;
        const struct devnet_parameter *parameter = &config->parameters[i];
        if (!own_parameter(net, parameter, &known, err)) return false;
        if (known) continue;
        EACH_CHAIN(net, chain) if (!params_set(&chain->genesis_params, parameter->name, parameter->value, err)) return false;
    }
    EACH_CHAIN(net, chain) if (!params_check(&chain->genesis_params, err)) return false;
    for (size_t i = 0; i < config->grants_count; i++)
        if (!devnet_chain(net, token_chain(config->grants[i].money.token))) return err_set(err, ERR_UNSUPPORTED, "grant %zu is of a token of a chain that does not run", i);
    return standings_check(config, err);
}

/* ---- boot ---- */

static uint32_t partition_of(void *ctx, uint32_t peer)
{
    const struct devchain *chain = ctx;
    return chain->net->count ? faults_group(chain->faults, peer) : 0;
}

static struct node *sibling_of(void *ctx, uint32_t peer)
{
    const struct devchain *chain = ctx;
    const struct devchain *other = devnet_chain(chain->net, chain_other(chain->chain));
    return other && peer < devnet_nodes(chain->net) && other->seats[peer].state == SEAT_RUNNING ? other->seats[peer].node : NULL;
}

static void host_open(struct devchain *chain, uint32_t i)
{
    struct devnet *net = chain->net;
    const struct validator *validator = &net->validators[i];
    struct seat *seat = &chain->seats[i];
    char name[NODE_NAME_MAX + 24];
    char again[16] = "";
    if (net->timeline > 0) snprintf(again, sizeof(again), "#%u", net->timeline); /* hosts live as long as the world */
    snprintf(name, sizeof(name), "%s%s%s", validator->name, chain->chain == CHAIN_ALPHA ? "" : "/delta", again);
    seat->host = env_host_open(net->env, str_of(name), &node_host_ops, NULL);
    env_host_down(net->env, seat->host, false); /* until its node starts */
    chain->hosts[i] = seat->host;
    struct node_peer peer = {.host = seat->host, .address = validator->address};
    memcpy(peer.name, validator->name, sizeof(peer.name));
    node_space_peer_add(chain->space, &peer);
}

static void hosts_open(struct devchain *chain)
{
    const struct devnet *net = chain->net;
    for (uint32_t i = 0; i < devnet_nodes(net); i++) host_open(chain, i);
    chain->faults = faults_new(net->env, chain->hosts, net->count);
    chain->space->on_head = admin_step_head;
    chain->space->on_head_ctx = chain;
    chain->space->sibling = sibling_of;
    chain->space->sibling_ctx = chain;
    chain->space->partition_of = partition_of;
    chain->space->partition_ctx = chain;
}

static void adnet_open(struct devnet *net)
{
    limiter_init(&net->adnet_limiter);
    net->adnet = env_host_open(net->env, STR("adnet"), &adnet_host_ops, net);
    env_host_cores(net->env, net->adnet, 0, 100, NODE_QUEUE_MAX);
    http_net_listen(net->http, STR("adnet"), adnet_pick, net);
}

static void admin_open(struct devnet *net, struct str token)
{
    net->admin_router = admin_router_new();
    net->admin = env_host_open(net->env, STR("admin"), &admin_host_ops, net);
    env_host_cores(net->env, net->admin, 0, 100, NODE_QUEUE_MAX);
    if (token.len == 0) return;
    net->token = base_alloc(token.len + 1);
    net->token_len = token.len;
    memcpy(net->token, token.data, token.len);
    http_net_listen(net->http, STR("admin"), admin_pick, net);
}

static void chains_init(struct devnet *net, const struct devnet_config *config)
{
    net->chains_count = config->delta ? 2 : 1;
    net->chains[0] = (struct devchain){.net = net, .chain = CHAIN_ALPHA, .network = config->network};
    if (config->delta) net->chains[1] = (struct devchain){.net = net, .chain = CHAIN_DELTA, .network = NETWORK_MAINNET};
}

/* As whoever lent the cache signs, and heard by who hears that one. */
static struct sign_suite devnet_suite(const struct devnet *net)
{
    return sigcache_suite(net->own_sigcache ? net->own_sigcache : net->config.sigcache);
}

/* Keys, spaces, hosts and nodes of a network of `net->count` validators from `net->seed`. On false, what was made is devnet_free's. */
static bool network_make(struct devnet *net, struct err *err)
{
    const struct devnet_config *config = &net->config;
    const struct sign_suite suite = devnet_suite(net);
    net->validators = base_alloc(sizeof(*net->validators) * DEVNET_VALIDATORS_MAX);
    for (uint32_t i = 0; i < devnet_nodes(net); i++) genesis_keys(net, i, suite);
    EACH_CHAIN(net, chain) {
        chain->seats = base_alloc(sizeof(*chain->seats) * DEVNET_VALIDATORS_MAX);
        chain->hosts = base_alloc(sizeof(*chain->hosts) * DEVNET_VALIDATORS_MAX);
        if (!genesis_space(chain, config, suite, err)) return false;
    }
    struct rng rng;
    rng_init(&rng, net->seed);
    net->rng = rng_split(&rng, STR("devnet/draws"), 0);
    net->started_ms = instant_ms(env_now(net->env));
    EACH_CHAIN(net, chain) hosts_open(chain);
    return true;
}

/* One chain after the other: what its nodes draw does not depend on what they are called by. */
static void network_start(struct devnet *net)
{
    EACH_CHAIN(net, chain) {
        for (uint32_t i = 0; i < devnet_nodes(net); i++) seat_start(chain, i, false);
    }
    const struct sign_suite suite = devnet_suite(net);
    if (net->chains_count > 1 && net->count > 0 && net->relays_count > 0) net->relays = relays_new(net, (uint32_t)net->relays_count, suite);
    if (net->count > 0) net->watch = watch_new(net, suite);
    if (net->count > 0) net->joins = joins_new(net, suite);
    struct devchain *delta = devnet_chain(net, CHAIN_DELTA);
    uint32_t taken = 0; /* seats of others: their holders report */
    for (size_t i = 0; i < net->config.standings_count; i++) taken += net->config.standings[i].kind == DEVNET_ORACLE;
    if (delta && net->count && net->oracle_interval_ms > 0) net->feeder = feeder_new(delta, net->seed, suite, net->oracle_interval_ms, taken);
}

/* The configuration as it is kept: with texts and lists of its own, for a reset. */
static void config_keep(struct devnet *net, const struct devnet_config *config)
{
    struct devnet_parameter *parameters = arena_array(&net->kept, struct devnet_parameter, config->parameters_count);
    struct devnet_grant *grants = arena_array(&net->kept, struct devnet_grant, config->grants_count);
    for (size_t i = 0; i < config->parameters_count; i++)
        parameters[i] = (struct devnet_parameter){str_dup(&net->kept, config->parameters[i].name), str_dup(&net->kept, config->parameters[i].value)};
    struct devnet_standing *standings = arena_array(&net->kept, struct devnet_standing, config->standings_count);
    for (size_t i = 0; i < config->grants_count; i++) grants[i] = config->grants[i];
    for (size_t i = 0; i < config->standings_count; i++) standings[i] = config->standings[i];
    net->config = *config;
    net->config.standings = standings;
    net->costs = config->costs ? *config->costs : node_costs_default();
    net->config.costs = NULL;
    net->config.parameters = parameters;
    net->config.grants = grants;
    net->config.admin_token = (struct str){0};
}

bool devnet_new(struct env *env, struct http_net *http, const struct devnet_config *config, struct devnet **out, struct err *err)
{
    struct devnet *net = base_alloc(sizeof(*net));
    net->env = env;
    net->http = http;
    net->count = config->validators;
    net->seed = config->seed;
    net->production = config->production;
    net->manual = config->manual;
    arena_init(&net->kept, 0);
    chains_init(net, config);
    if (!configure(net, config, err)) goto fail;
    config_keep(net, config);
    if (!config->sigcache) net->own_sigcache = sigcache_new((struct sign_suite){.scheme = config->simulated ? SIGN_SIMULATED : SIGN_ED25519}, SIGCACHE_CHECKS);
    if (!network_make(net, err)) goto fail;
    EACH_CHAIN(net, chain) {
        chain->front = env_host_open(env, chain->chain == CHAIN_ALPHA ? STR("front") : STR("front/delta"), &front_host_ops, chain);
        env_host_cores(env, chain->front, 0, 100, NODE_QUEUE_MAX);
    }
    network_start(net);
    EACH_CHAIN(net, chain) http_net_listen(http, chain_text(chain->chain), front_pick, chain);
    adnet_open(net);
    admin_open(net, config->admin_token);
    *out = net;
    return true;
fail:
    devnet_free(net);
    return false;
}

/* Everything but the front. */
static void chain_free(struct devchain *chain)
{
    for (uint32_t i = 0; chain->seats && i < devnet_nodes(chain->net); i++) node_free(chain->seats[i].node);
    for (uint32_t i = 0; chain->seats && i < devnet_nodes(chain->net); i++) seat_lies_free(&chain->seats[i]);
    node_space_free(chain->space);
    faults_free(chain->faults);
    base_free(chain->seats);
    base_free(chain->api_prefix);
    base_free(chain->hosts);
    chain->seats = NULL;
    chain->hosts = NULL;
    chain->space = NULL;
    chain->faults = NULL;
}

static void validators_free(struct devnet *net)
{
    for (uint32_t i = 0; net->validators && i < devnet_nodes(net); i++) {
        seckey_wipe(&net->validators[i].account);
        seckey_wipe(&net->validators[i].consensus);
    }
    base_free(net->validators);
    net->validators = NULL;
}

bool devnet_reset(struct devnet *net, uint64_t seed, uint32_t validators, struct err *err)
{
    if (validators > DEVNET_VALIDATORS_MAX) return err_set(err, ERR_LIMIT, "%u validators are more than %u", validators, DEVNET_VALIDATORS_MAX);
    chaos_free_all(net);
    snapshots_free(net);
    relays_free(net->relays);
    watch_free(net->watch);
    joins_free(net->joins);
    feeder_free(net->feeder);
    net->relays = NULL;
    net->watch = NULL;
    net->joins = NULL;
    net->feeder = NULL;
    EACH_CHAIN(net, chain) {
        for (uint32_t i = 0; i < devnet_nodes(net); i++)
            if (chain->seats[i].state == SEAT_RUNNING) env_host_down(net->env, chain->seats[i].host, true);
        chain_free(chain);
        chain->block_capacity = 0;
    }
    validators_free(net);
    net->count = validators;
    net->seed = seed;
    net->config.seed = seed;
    net->config.validators = validators;
    net->timeline++;
    if (!configure(net, &net->config, err) || !network_make(net, err)) return false;
    network_start(net);
    return true;
}

bool devnet_grow(struct devnet *net, uint32_t add, bool enrol, uint32_t *out_height, struct err *err)
{
    const struct sign_suite suite = devnet_suite(net);
    const uint32_t first = net->count;
    if (first == 0) return err_set(err, ERR_UNSUPPORTED, "a network without validators makes no block that could let one in");
    if (add == 0 || add > DEVNET_VALIDATORS_MAX - first)
        return err_set(err, ERR_LIMIT, "at least one validator comes, and at most %u run here", DEVNET_VALIDATORS_MAX);
    net->count += add;
    for (uint32_t i = first; i < net->count; i++) genesis_keys(net, i, suite);
    EACH_CHAIN(net, chain) {
        for (uint32_t i = first; i < net->count; i++) host_open(chain, i);
        faults_grow(chain->faults, net->count);
        for (uint32_t i = 0; i < first; i++)
            if (chain->seats[i].liar) liar_peers_grow(chain->seats[i].liar, net->count);
    }
    EACH_CHAIN(net, chain) {
        for (uint32_t i = first; i < net->count; i++) seat_start(chain, i, true);
    }
    *out_height = enrol ? joins_begin(net->joins, first) : devchain_next_height(&net->chains[0]);
    return true;
}

void devnet_free(struct devnet *net)
{
    if (!net) return;
    chaos_free_all(net);
    relays_free(net->relays);
    watch_free(net->watch);
    joins_free(net->joins);
    feeder_free(net->feeder);
    snapshots_free(net);
    EACH_CHAIN(net, chain) chain_free(chain);
    validators_free(net);
    arena_done(&net->kept);
    limiter_done(&net->adnet_limiter);
    for (size_t i = 0; i < net->log.count; i++) {
        base_free(net->log.data[i].action);
        base_free(net->log.data[i].params);
        base_free(net->log.data[i].result);
    }
    vec_done(&net->log);
    if (net->step) {
        env_timer_cancel(net->env, &net->step->timer);
        env_timer_cancel(net->env, &net->step->reached);
        base_free(net->step);
    }
    router_free(net->admin_router);
    sigcache_free(net->own_sigcache);
    base_free(net->token);
    base_free(net);
}

struct devnet_genesis devnet_genesis(const struct devnet *net, enum chain_id chain)
{
    const struct devchain *own = devnet_chain((struct devnet *)(uintptr_t)net, chain);
    ASSERT(own);
    const struct node_space *space = own->space;
    return (struct devnet_genesis){.domain = space->rules.domain, .hash = space->genesis->hash, .committee = space->committee};
}

struct devnet_counters devnet_counters(const struct devnet *net)
{
    struct devnet_counters sum = {.height = devchain_height(&net->chains[0]), .finalized = blockstore_height(net->chains[0].space->store)};
    EACH_CHAIN(net, chain) {
        const struct node_counters *counters = &chain->space->counters;
        const struct executor_stats executed = executor_stats(chain->space->executor);
        const struct blockstore_stats blocks = blockstore_stats(chain->space->store);
        sum.rounds += counters->rounds;
        sum.blocks_executed += executed.executed;
        sum.transactions += blocks.transactions;
        sum.messages += counters->messages;
        sum.message_bytes += counters->message_bytes;
        sum.signatures_checked += counters->signatures_checked;
        sum.requests += counters->requests;
        sum.blocks_held += blocks.blocks;
        sum.bodies_held += blocks.bodies;
    }
    return sum;
}
