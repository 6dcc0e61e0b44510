#include "network/devnet/devnet_priv.h"
#include "network/devnet/join.h"
#include "network/devnet/relay.h"

/* Snapshot, restore and reset (api 5.1). */

#define SNAPSHOTS_MAX 16 /* then the oldest one goes */

static void snapshot_done(struct devsnapshot *snapshot)
{
    for (uint32_t i = 0; i < DEVCHAINS_MAX; i++) node_snapshot_free(snapshot->chains[i]);
}

void snapshots_free(struct devnet *net)
{
    for (size_t i = 0; i < net->snapshots.count; i++) snapshot_done(&net->snapshots.data[i]);
    vec_done(&net->snapshots);
}

static struct str snapshot_json(struct arena *arena, uint32_t id, const uint32_t heights[DEVCHAINS_MAX], bool delta)
{
    if (!delta) return str_fmt(arena, "{\"snapshot_id\":\"s%u\",\"heights\":{\"alpha\":%u}}", id, heights[0]);
    return str_fmt(arena, "{\"snapshot_id\":\"s%u\",\"heights\":{\"alpha\":%u,\"delta\":%u}}", id, heights[0], heights[1]);
}

void devnet_admin_snapshot(struct admin *admin)
{
    struct devnet *net = admin->net;
    if (net->snapshots.count == SNAPSHOTS_MAX) {
        snapshot_done(&net->snapshots.data[0]);
        vec_remove(&net->snapshots, 0);
    }
    struct devsnapshot snapshot = {.id = ++net->snapshots_last};
    uint32_t heights[DEVCHAINS_MAX] = {0};
    EACH_CHAIN(net, chain) {
        const size_t i = (size_t)(chain - net->chains);
        snapshot.chains[i] = node_space_snapshot(chain->space);
        heights[i] = node_snapshot_height(snapshot.chains[i]);
    }
    vec_push(&net->snapshots, snapshot);
    const struct str json = snapshot_json(admin->call.arena, snapshot.id, heights, net->chains_count > 1);
    devnet_log(net, STR("snapshot"), NULL, STR_FMT, STR_ARG(json));
    call_answer_json(&admin->call, 200, json);
}

/* Who was up comes up again, who was paused is paused again, who was crashed finds its disk as of the snapshot. */
static void chain_restore(struct devchain *chain, const struct node_snapshot *snapshot)
{
    const uint32_t count = devnet_nodes(chain->net);
    struct seat *before = base_alloc(sizeof(*before) * count);
    memcpy(before, chain->seats, sizeof(*before) * count);
    for (uint32_t i = 0; i < count; i++) {
        if (before[i].state == SEAT_PAUSED) seat_resume(chain, i);
        seat_stop(chain, i, true);
    }
    node_space_restore(chain->space, snapshot);
    for (uint32_t i = 0; i < count; i++) chain->seats[i].height = chain->seats[i].final_height = node_snapshot_height(snapshot);
    for (uint32_t i = 0; i < count; i++) {
        if (before[i].state == SEAT_CRASHED) continue;
        seat_start(chain, i, false);
        if (before[i].state != SEAT_PAUSED) continue;
        seat_pause(chain, i);
        chain->seats[i].paused_by = before[i].paused_by;
    }
    base_free(before);
}

static void timeline_answer(struct admin *admin)
{
    call_answer_json(&admin->call, 200, str_fmt(admin->call.arena, "{\"timeline\":%u}", admin->net->timeline));
}

static bool step_refused(struct admin *admin)
{
    if (!admin->net->step) return false;
    call_refuse_with(&admin->call, CODE_FORBIDDEN, NULL, "a step is under way");
    return true;
}

static struct devsnapshot *snapshot_named(struct devnet *net, struct str text)
{
    uint64_t id;
    if (!str_starts(text, STR("s")) || !str_to_u64(str_sub(text, 1, text.len), &id)) return NULL;
    for (size_t i = 0; i < net->snapshots.count; i++)
        if (net->snapshots.data[i].id == id) return &net->snapshots.data[i];
    return NULL;
}

void devnet_admin_restore(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct json *body = call_json(&admin->call);
    struct str text;
    if (!body || step_refused(admin)) return;
    const struct json *node = json_find(body, STR("snapshot_id"));
    if (!node || !json_str(node, &text)) {
        call_refuse_with(&admin->call, node ? CODE_INVALID_FIELD_TYPE : CODE_MISSING_FIELD, "snapshot_id", "snapshot_id is what /snapshot answered");
        return;
    }
    const struct devsnapshot *snapshot = snapshot_named(net, text);
    if (!snapshot) {
        call_refuse_with(&admin->call, CODE_INVALID_PARAMETER, "snapshot_id", "no such snapshot is kept");
        return;
    }
    EACH_CHAIN(net, chain) chain_restore(chain, snapshot->chains[chain - net->chains]);
    if (net->relays) relays_rewind(net->relays);
    if (net->joins) joins_rewind(net->joins);
    net->timeline++;
    devnet_log(net, STR("restore"), body, "{\"timeline\":%u}", net->timeline);
    timeline_answer(admin);
}

void devnet_admin_reset(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct json *body = call_json(&admin->call);
    struct err err;
    uint64_t seed = net->seed, validators = net->count;
    if (!body || step_refused(admin)) return;
    const struct json *rng = json_find(body, STR("rng")), *count = json_find(body, STR("validators"));
    if (rng && !json_u64(rng, &seed)) {
        call_refuse_with(&admin->call, CODE_INVALID_FIELD_TYPE, "rng", "rng is a whole number");
        return;
    }
    if (count && !json_u64(count, &validators)) {
        call_refuse_with(&admin->call, CODE_INVALID_FIELD_TYPE, "validators", "validators is a whole number");
        return;
    }
    if (validators > DEVNET_VALIDATORS_MAX) {
        call_refuse_with(&admin->call, CODE_INVALID_PARAMETER, "validators", "at most %u validators run here", DEVNET_VALIDATORS_MAX);
        return;
    }
    const bool made = devnet_reset(net, seed, (uint32_t)validators, &err);
    ASSERT(made); /* the same configuration stood before, and the count is checked */
    devnet_log(net, STR("reset"), body, "{\"timeline\":%u}", net->timeline);
    timeline_answer(admin);
}
