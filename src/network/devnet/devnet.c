#include "network/devnet/devnet_priv.h"

#include <stdio.h>

#include "core/crypto/derive.h"
#include "world/http/router.h"

#define SIGCACHE_CHECKS (1u << 17)
#define HISTORY_BYTES (UINT64_C(2) << 30)
#define GOSSIP_TICK_MS_MAX 10000

/* ---- configuration ---- */

static bool own_parameter(struct devnet *net, const struct devnet_parameter *parameter, bool *out_known, struct err *err)
{
    const bool tick = str_eq(parameter->name, STR("gossip_tick_ms")), history = str_eq(parameter->name, STR("history_blocks"));
    *out_known = tick || history;
    if (!*out_known) return true;
    uint64_t value;
    if (!str_to_u64(parameter->value, &value)) return err_set(err, ERR_PARSE, "parameter " STR_FMT " is not a whole number", STR_ARG(parameter->name));
    if (tick && value > GOSSIP_TICK_MS_MAX) return err_set(err, ERR_LIMIT, "gossip_tick_ms is above %u", GOSSIP_TICK_MS_MAX);
    if (history && (value < HISTORY_BLOCKS_MIN || value > UINT32_MAX))
        return err_set(err, ERR_LIMIT, "history_blocks is below %u or above 2^32 - 1", HISTORY_BLOCKS_MIN);
    if (tick) net->gossip_tick_ms = value;
    else net->history_blocks = value;
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
    params_init(&net->genesis_params, config->production ? PROFILE_PRODUCTION : PROFILE_TEST, CHAIN_ALPHA);
    for (size_t i = 0; i < config->parameters_count; i++) {
        bool known;
        if (!own_parameter(net, &config->parameters[i], &known, err)) return false;
        if (!known && !params_set(&net->genesis_params, config->parameters[i].name, config->parameters[i].value, err)) return false;
    }
    return params_check(&net->genesis_params, err);
}

/* ---- keys and genesis ---- */

static void keys_make(struct devnet *net, struct sign_suite suite)
{
    uint8_t seed[32];
    for (uint32_t i = 0; i < devnet_nodes(net); i++) {
        struct validator *validator = &net->validators[i];
        char consensus[NODE_NAME_MAX + 16];
        if (net->count) snprintf(validator->name, sizeof(validator->name), "v%u", i + 1);
        else snprintf(validator->name, sizeof(validator->name), "observer");
        snprintf(consensus, sizeof(consensus), "%s/consensus", validator->name);
        derive_dev_seed(net->seed, str_of(validator->name), seed);
        seckey_from_seed(suite, seed, &validator->account);
        derive_dev_seed(net->seed, str_of(consensus), seed);
        seckey_from_seed(suite, seed, &validator->consensus);
        validator->address = address_of_key(&validator->account.pub);
    }
}

static struct ledger_state *genesis_state(struct devnet *net, const struct ledger_rules *rules, const struct devnet_config *config, struct err *err)
{
    struct ledger_validator *validators = base_alloc(sizeof(*validators) * MAX(net->count, 1));
    struct ledger_grant *grants = base_alloc(sizeof(*grants) * MAX(config->grants_count, 1));
    for (uint32_t i = 0; i < net->count; i++) {
        validators[i] = (struct ledger_validator){.address = net->validators[i].address, .consensus_key = net->validators[i].consensus.pub};
        memcpy(validators[i].name, net->validators[i].name, sizeof(net->validators[i].name));
    }
    for (size_t i = 0; i < config->grants_count; i++)
        grants[i] = (struct ledger_grant){.to = config->grants[i].address, .money = config->grants[i].money};
    const struct ledger_genesis genesis = {.params = &net->genesis_params,
                                           .grants = grants,
                                           .grants_count = config->grants_count,
                                           .validators = validators,
                                           .validators_count = net->count};
    struct ledger_state *state = ledger_genesis(rules, &genesis, err);
    base_free(validators);
    base_free(grants);
    return state;
}

static struct block *genesis_block(const struct devnet *net, struct domain domain, struct ledger_state *state, const struct committee *committee)
{
    struct header header = {.domain = domain, .timestamp_ms = instant_ms(env_now(net->env)), .state_root = ledger_state_root(state)};
    if (committee) header.committee_hash = header.next_committee_hash = committee->hash;
    const struct signature none = {0};
    return block_new(&header, &none, NULL, NULL, NULL, 0);
}

static bool space_make(struct devnet *net, const struct devnet_config *config, struct err *err)
{
    const struct sign_suite suite = {config->simulated ? SIGN_SIMULATED : SIGN_ED25519};
    const struct ledger_rules rules = {.domain = domain_of(CHAIN_ALPHA, config->network)};
    keys_make(net, suite);
    struct ledger_state *state = genesis_state(net, &rules, config, err);
    if (!state) return false;
    struct committee *committee = net->count ? ledger_next_committee(state, 0, 1) : NULL;
    struct block *genesis = genesis_block(net, rules.domain, state, committee);
    if (!config->sigcache) net->own_sigcache = sigcache_new(suite, SIGCACHE_CHECKS);
    net->space = node_space_new(&(struct node_space_config){
        .env = net->env,
        .network = config->network,
        .params = &net->genesis_params,
        .suite = suite,
        .sigcache = config->sigcache ? config->sigcache : net->own_sigcache,
        .genesis = genesis,
        .genesis_state = state,
        .committee = committee,
        .limits = {.history_blocks = (uint32_t)net->history_blocks,
                   .history_bytes = HISTORY_BYTES,
                   .participation_window = (uint32_t)MIN(net->genesis_params.downtime_window_blocks, PARTICIPATION_WINDOW_MAX)},
        .gossip_tick_ns = net->gossip_tick_ms * NS_PER_MS,
    });
    ledger_state_unref(state);
    block_unref(genesis);
    committee_unref(committee);
    return true;
}

/* ---- boot ---- */

static uint32_t partition_of(void *ctx, uint32_t peer)
{
    const struct devnet *net = ctx;
    return net->count ? faults_group(net->faults, peer) : 0;
}

static void hosts_open(struct devnet *net)
{
    struct node_peer *peers = base_alloc(sizeof(*peers) * devnet_nodes(net));
    for (uint32_t i = 0; i < devnet_nodes(net); i++) {
        struct validator *validator = &net->validators[i];
        validator->host = net->hosts[i] = env_host_open(net->env, str_of(validator->name), &node_host_ops, NULL);
        env_host_down(net->env, validator->host, false); /* until its node starts */
        peers[i] = (struct node_peer){.host = validator->host, .address = validator->address};
        memcpy(peers[i].name, validator->name, sizeof(peers[i].name));
    }
    node_space_peers(net->space, peers, devnet_nodes(net));
    base_free(peers);
    net->front = env_host_open(net->env, STR("front"), &front_host_ops, net);
    env_host_cores(net->env, net->front, 0, 100, NODE_QUEUE_MAX);
    net->admin_router = admin_router_new();
    net->admin = env_host_open(net->env, STR("admin"), &admin_host_ops, net);
    env_host_cores(net->env, net->admin, 0, 100, NODE_QUEUE_MAX);
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
    net->started_ms = instant_ms(env_now(env));
    if (!configure(net, config, err)) goto fail;
    net->validators = base_alloc(sizeof(*net->validators) * devnet_nodes(net));
    net->hosts = base_alloc(sizeof(*net->hosts) * devnet_nodes(net));
    if (!space_make(net, config, err)) goto fail;
    struct rng rng;
    rng_init(&rng, config->seed);
    net->rng = rng_split(&rng, STR("devnet/draws"), 0);
    hosts_open(net);
    net->faults = faults_new(env, net->hosts, net->count);
    net->space->on_head = admin_step_head;
    net->space->on_head_ctx = net;
    net->space->partition_of = partition_of;
    net->space->partition_ctx = net;
    for (uint32_t i = 0; i < devnet_nodes(net); i++) validator_start(net, i, false);
    http_net_listen(http, STR("alpha"), front_pick, net);
    if (config->admin_token.len > 0) {
        net->token = base_alloc(config->admin_token.len + 1);
        net->token_len = config->admin_token.len;
        memcpy(net->token, config->admin_token.data, net->token_len);
        http_net_listen(http, STR("admin"), admin_pick, net);
    }
    *out = net;
    return true;
fail:
    devnet_free(net);
    return false;
}

void devnet_free(struct devnet *net)
{
    if (!net) return;
    chaos_free_all(net);
    for (uint32_t i = 0; net->validators && i < devnet_nodes(net); i++) {
        node_free(net->validators[i].node);
        seckey_wipe(&net->validators[i].account);
        seckey_wipe(&net->validators[i].consensus);
    }
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
    node_space_free(net->space);
    router_free(net->admin_router);
    faults_free(net->faults);
    sigcache_free(net->own_sigcache);
    base_free(net->validators);
    base_free(net->hosts);
    base_free(net->token);
    base_free(net);
}

struct devnet_genesis devnet_genesis(const struct devnet *net)
{
    const struct node_space *space = net->space;
    return (struct devnet_genesis){.domain = space->rules.domain, .hash = space->genesis->hash, .committee = space->committee};
}

struct devnet_counters devnet_counters(const struct devnet *net)
{
    const struct node_counters *counters = &net->space->counters;
    const struct executor_stats executed = executor_stats(net->space->executor);
    const struct blockstore_stats blocks = blockstore_stats(net->space->store);
    return (struct devnet_counters){
        .rounds = counters->rounds,
        .height = devnet_height(net),
        .finalized = blockstore_height(net->space->store),
        .blocks_executed = executed.executed,
        .transactions = blocks.transactions,
        .messages = counters->messages,
        .message_bytes = counters->message_bytes,
        .signatures_checked = counters->signatures_checked,
        .requests = counters->requests,
        .blocks_held = blocks.blocks,
        .bodies_held = blocks.bodies,
    };
}
