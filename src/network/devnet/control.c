#include "network/devnet/devnet_priv.h"

static void seen(struct seat *seat)
{
    seat->height = node_height(seat->node);
    seat->final_height = node_final_height(seat->node);
    seat->head = node_head_hash(seat->node);
}

void seat_start(struct devchain *chain, uint32_t i, bool wipe)
{
    struct devnet *net = chain->net;
    struct seat *seat = &chain->seats[i];
    ASSERT(!seat->node);
    seat->state = SEAT_RUNNING;
    seat->crashed_by = seat->paused_by = 0;
    if (wipe) node_wipe_files(net->env, seat->host);
    const struct node_config config = {
        .index = i,
        .key = net->count ? &net->validators[i].consensus : NULL,
        .host = seat->host,
        .held = net->manual && !chain->stepping,
        .external = seat->external,
        .offset_ms = seat->offset_ms,
        .drift_ppm = seat->drift_ppm,
        .liar = seat->liar,
        .checkpoint = wipe ? node_space_checkpoint(chain->space) : NULL,
    };
    seat->node = node_new(chain->space, &config);
    seat_trouble(chain, i);
    for (uint32_t step = 1; step < net->count; step++) { /* as on meeting the others: ask the next one that is up */
        const uint32_t peer = (i + step) % net->count;
        if (chain->seats[peer].state != SEAT_RUNNING || !chain->seats[peer].node) continue;
        if (chain->seats[peer].height == 0 && node_height(chain->seats[peer].node) == 0) return; /* all at genesis */
        node_sync_with(seat->node, peer);
        return;
    }
}

void seat_stop(struct devchain *chain, uint32_t i, bool graceful)
{
    struct seat *seat = &chain->seats[i];
    if (!seat->node) return;
    seen(seat);
    if (graceful) node_flush(seat->node);
    env_host_down(chain->net->env, seat->host, !graceful);
    node_free(seat->node);
    seat->node = NULL;
    seat->state = SEAT_CRASHED;
    seat->paused_by = 0;
}

void seat_pause(struct devchain *chain, uint32_t i)
{
    struct seat *seat = &chain->seats[i];
    if (seat->state != SEAT_RUNNING) return;
    node_pause(seat->node);
    env_host_down(chain->net->env, seat->host, false);
    seat->state = SEAT_PAUSED;
}

void seat_resume(struct devchain *chain, uint32_t i)
{
    struct seat *seat = &chain->seats[i];
    if (seat->state != SEAT_PAUSED) return;
    seat->state = SEAT_RUNNING;
    seat->paused_by = 0;
    env_host_up(chain->net->env, seat->host, seat->node);
    node_resume(seat->node);
}

struct target_set validators_in(const struct devnet *net, uint32_t chains, enum seat_state state)
{
    struct target_set set = {0};
    for (uint32_t i = 0; i < net->count; i++) {
        bool all = true;
        EACH_CHAIN(net, chain) if (chains_has(chains, chain)) all = all && chain->seats[i].state == state;
        if (all) target_add(&set, i);
    }
    return set;
}

bool devchain_gateway(const struct devchain *chain, uint32_t *out_index)
{
    const uint32_t count = chain->net->count;
    if (count == 0) {
        *out_index = 0;
        return true;
    }
    if (faults_partition_id(chain->faults) == 0 && chain->seats[0].state == SEAT_RUNNING) { /* nearly always, and asked for every request */
        *out_index = 0;
        return true;
    }
    /* Groups are compared by how many of them run; walking v1 upward, the first group of a size is the one with the lowest number. */
    uint32_t running[DEVNET_VALIDATORS_MAX + 1] = {0}, best = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) running[faults_group(chain->faults, i)] += chain->seats[i].state == SEAT_RUNNING;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t group = faults_group(chain->faults, i);
        if (best == UINT32_MAX || running[group] > running[best]) best = group;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (faults_group(chain->faults, i) != best || chain->seats[i].state != SEAT_RUNNING) continue;
        *out_index = i;
        return true;
    }
    return false;
}

uint32_t devchain_height(const struct devchain *chain)
{
    uint32_t height = 0;
    for (uint32_t i = 0; i < devnet_nodes(chain->net); i++)
        if (chain->seats[i].node) height = MAX(height, node_height(chain->seats[i].node));
    return height;
}

uint32_t devchain_next_height(const struct devchain *chain)
{
    return MAX(chain->space->counters.height_max, devchain_height(chain)) + 1;
}
