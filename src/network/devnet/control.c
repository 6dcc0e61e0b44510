#include "network/devnet/devnet_priv.h"

static void seen(struct validator *validator)
{
    validator->height = node_height(validator->node);
    validator->final_height = node_final_height(validator->node);
    validator->head = node_head_hash(validator->node);
}

void validator_start(struct devnet *net, uint32_t i, bool wipe)
{
    struct validator *validator = &net->validators[i];
    ASSERT(!validator->node);
    validator->state = VALIDATOR_RUNNING;
    validator->crashed_by = validator->paused_by = 0;
    if (wipe) node_wipe_files(net->env, validator->host);
    const struct node_config config = {
        .index = i,
        .key = net->count ? &validator->consensus : NULL,
        .host = validator->host,
        .held = net->manual && !net->step,
        .external = validator->external,
        .offset_ms = validator->offset_ms,
        .drift_ppm = validator->drift_ppm,
    };
    validator->node = node_new(net->space, &config);
    for (uint32_t step = 1; step < net->count; step++) { /* as on meeting the others: ask the next one that is up */
        const uint32_t peer = (i + step) % net->count;
        if (net->validators[peer].state != VALIDATOR_RUNNING || !net->validators[peer].node) continue;
        if (net->validators[peer].height == 0 && node_height(net->validators[peer].node) == 0) return; /* all at genesis */
        node_sync_with(validator->node, peer);
        return;
    }
}

void validator_stop(struct devnet *net, uint32_t i, bool graceful)
{
    struct validator *validator = &net->validators[i];
    if (!validator->node) return;
    seen(validator);
    if (graceful) node_flush(validator->node);
    env_host_down(net->env, validator->host, !graceful);
    node_free(validator->node);
    validator->node = NULL;
    validator->state = VALIDATOR_CRASHED;
    validator->paused_by = 0;
}

void validator_pause(struct devnet *net, uint32_t i)
{
    struct validator *validator = &net->validators[i];
    if (validator->state != VALIDATOR_RUNNING) return;
    node_pause(validator->node);
    env_host_down(net->env, validator->host, false);
    validator->state = VALIDATOR_PAUSED;
}

void validator_resume(struct devnet *net, uint32_t i)
{
    struct validator *validator = &net->validators[i];
    if (validator->state != VALIDATOR_PAUSED) return;
    validator->state = VALIDATOR_RUNNING;
    validator->paused_by = 0;
    env_host_up(net->env, validator->host, validator->node);
    node_resume(validator->node);
}

struct target_set validators_in(const struct devnet *net, enum validator_state state)
{
    struct target_set set = {0};
    for (uint32_t i = 0; i < net->count; i++)
        if (net->validators[i].state == state) target_add(&set, i);
    return set;
}

bool devnet_gateway(const struct devnet *net, uint32_t *out_index)
{
    if (net->count == 0) {
        *out_index = 0;
        return true;
    }
    if (faults_partition_id(net->faults) == 0 && net->validators[0].state == VALIDATOR_RUNNING) { /* nearly always, and asked for every request */
        *out_index = 0;
        return true;
    }
    /* Groups are compared by how many of them run; walking v1 upward, the first group of a size is the one with the lowest number. */
    uint32_t running[DEVNET_VALIDATORS_MAX + 1] = {0}, best = UINT32_MAX;
    for (uint32_t i = 0; i < net->count; i++) running[faults_group(net->faults, i)] += net->validators[i].state == VALIDATOR_RUNNING;
    for (uint32_t i = 0; i < net->count; i++) {
        const uint32_t group = faults_group(net->faults, i);
        if (best == UINT32_MAX || running[group] > running[best]) best = group;
    }
    for (uint32_t i = 0; i < net->count; i++) {
        if (faults_group(net->faults, i) != best || net->validators[i].state != VALIDATOR_RUNNING) continue;
        *out_index = i;
        return true;
    }
    return false;
}

uint32_t devnet_height(const struct devnet *net)
{
    uint32_t height = 0;
    for (uint32_t i = 0; i < devnet_nodes(net); i++)
        if (net->validators[i].node) height = MAX(height, node_height(net->validators[i].node));
    return height;
}
