#include "network/ledger/proofcache.h"
#include "network/node/bookcache.h"
#include "network/node/texts.h"
#include "network/node/node_priv.h"
#include "network/node/presign.h"
#include "network/node/prevote.h"

#define SPENDS_REMEMBERED 65536

struct node_space *node_space_new(const struct node_space_config *config)
{
    struct node_space *space = base_alloc(sizeof(*space));
    space->env = config->env;
    space->network = config->network;
    space->params = *config->params;
    space->rules.domain = domain_of(config->chain, config->network);
    space->suite = config->suite;
    space->costs = config->costs ? *config->costs : node_costs_default();
    space->sigcache = config->sigcache;
    space->verifier = verifier_of_cache(config->sigcache);
    space->rules.peer = config->peer;
    space->rules.verifier = space->verifier;
    space->rules.shield = config->shield;
    space->rest = rest_table_new(config->chain == CHAIN_DELTA ? ROUTE_DELTA : ROUTE_ALPHA);
    if (config->chain == CHAIN_ALPHA) space->adnet = rest_table_new(ROUTE_ADNET);
    space->rules.proofs = proofcache_new(SPENDS_REMEMBERED);
    space->books = bookcache_new();
    space->texts = texts_new();
    space->executor = executor_new(&space->rules);
    space->genesis = block_ref(config->genesis);
    space->committee = config->committee ? committee_ref(config->committee) : NULL;
    space->gossip_tick_ns = config->gossip_tick_ns;
    struct poststate *post = executor_genesis(space->executor, config->genesis_state);
    space->store = blockstore_new(config->genesis, post, &config->limits);
    poststate_unref(post);
    if (space->committee) blockstore_committee_put(space->store, space->committee);
    space->peers = base_alloc(sizeof(*space->peers) * NODE_PEERS_MAX);
    map_init(&space->orders, sizeof(uint32_t), sizeof(struct node_orders));
    map_init(&space->by_address, sizeof(struct address), sizeof(uint32_t));
    map_init(&space->presigned, sizeof(void *), sizeof(struct presign *));
    prevote_init(space);
    node_fundings_init(space);
    return space;
}

void node_space_peer_add(struct node_space *space, const struct node_peer *peer)
{
    ASSERT(space->peers_count < NODE_PEERS_MAX);
    const uint32_t i = space->peers_count++;
    space->peers[i] = *peer;
    *(uint32_t *)map_put(&space->by_address, &peer->address, NULL) = i;
    while (space->by_host.count <= peer->host.number) vec_push(&space->by_host, 0);
    space->by_host.data[peer->host.number] = i + 1;
}

bool node_space_peer(const struct node_space *space, struct host host, uint32_t *out)
{
    if (host.number >= space->by_host.count || space->by_host.data[host.number] == 0) return false;
    *out = space->by_host.data[host.number] - 1;
    return true;
}

void node_space_free(struct node_space *space)
{
    if (!space) return;
    presign_forget_all(space);
    prevote_done(space);
    node_lates_free(space);
    base_free((void *)(uintptr_t)space->checkpoint.bytes.data);
    for (size_t i = map_next(&space->orders, 0); i != MAP_END; i = map_next(&space->orders, i + 1)) {
        struct node_orders *orders = map_value_at(&space->orders, i);
        base_free(orders->grants);
        base_free(orders->settings);
        base_free(orders->roles);
    }
    for (uint32_t i = 0; i < space->peers_count; i++) {
        ASSERT(!space->peers[i].node);
        poststate_unref(space->peers[i].disk_post);
    }
    for (struct waiter *waiter; (waiter = space->waiters_spare) != NULL;) {
        space->waiters_spare = waiter->next;
        base_free(waiter);
    }
    vec_done(&space->liars);
    map_done(&space->orders);
    map_done(&space->by_address);
    vec_done(&space->by_host);
    map_done(&space->presigned);
    map_done(&space->fundings);
    bookcache_free(space->books);
    texts_free(space->texts);
    blockstore_free(space->store);
    executor_free(space->executor);
    rest_table_free(space->rest);
    rest_table_free(space->adnet);
    proofcache_free(space->rules.proofs);
    block_unref(space->genesis);
    committee_unref(space->committee);
    base_free(space->peers);
    base_free(space);
}

void node_space_order(struct node_space *space, uint32_t height, const struct ledger_grant *grants, size_t grants_count,
                      const struct ledger_setting *settings, size_t settings_count)
{
    ASSERT(height > space->counters.height_max);
    struct node_orders *orders = map_put(&space->orders, &height, NULL);
    const size_t had_grants = orders->orders.grants_count, had_settings = orders->orders.settings_count;
    orders->grants = base_realloc(orders->grants, sizeof(*grants) * MAX(had_grants + grants_count, 1));
    orders->settings = base_realloc(orders->settings, sizeof(*settings) * MAX(had_settings + settings_count, 1));
    if (grants_count) memcpy(orders->grants + had_grants, grants, sizeof(*grants) * grants_count);
    if (settings_count) memcpy(orders->settings + had_settings, settings, sizeof(*settings) * settings_count);
    orders->orders.grants = orders->grants;
    orders->orders.grants_count = had_grants + grants_count;
    orders->orders.settings = orders->settings;
    orders->orders.settings_count = had_settings + settings_count;
}

void node_space_order_role(struct node_space *space, uint32_t height, const struct ledger_role_order *role)
{
    node_space_order(space, height, NULL, 0, NULL, 0);
    struct node_orders *orders = map_find(&space->orders, &height);
    const size_t had = orders->orders.roles_count;
    orders->roles = base_realloc(orders->roles, sizeof(*role) * (had + 1));
    orders->roles[had] = *role;
    orders->orders.roles = orders->roles;
    orders->orders.roles_count = had + 1;
}
