#include "network/devnet/relay_lane.h"

#define PARCELS_MAX 4096
#define AUTOS_MAX 8192

void lane_rewind(struct relay_lane *lane)
{
    lane_done(lane);
    *lane = (struct relay_lane){.next = 1};
}

void lane_done(struct relay_lane *lane)
{
    vec_done(&lane->parcels);
    vec_done(&lane->autos);
}

/* ---- weather ---- */

const struct relay_weather *sight_weather(const struct lane_sight *sight, enum relay_fault fault)
{
    const struct relay_weather *weather = &sight->weather[fault];
    return weather->id ? weather : NULL;
}

bool sight_drawn(const struct lane_sight *sight, uint32_t rate_bps) { return rate_bps > 0 && rng_below(sight->rng, 10000) < rate_bps; }

static bool is_censored(const struct lane_sight *sight, const struct parcel *parcel)
{
    const struct relay_weather *censor = sight_weather(sight, RELAY_CENSOR);
    if (!censor || !sight->is_exposed) return false;
    if (censor->types == 0 && censor->ids_count == 0) return true;
    if (censor->types >> parcel->type & 1) return true;
    for (uint32_t i = 0; i < censor->ids_count; i++)
        if (hash_eq(&censor->ids[i], &parcel->id) || hash_eq(&censor->ids[i], &parcel->about)) return true;
    return false;
}

static uint64_t delay_of(const struct lane_sight *sight)
{
    const struct relay_weather *delay = sight_weather(sight, RELAY_DELAY);
    if (!delay) return 0;
    return delay->delay_ms + (delay->jitter_ms > 0 ? rng_below(sight->rng, delay->jitter_ms + 1) : 0);
}

static void weather_apply(const struct lane_sight *sight, struct parcel *parcel)
{
    parcel->due = lane_later(sight->now, sight->patience_ms + delay_of(sight));
    const struct relay_weather *reorder = sight_weather(sight, RELAY_REORDER);
    if (reorder && reorder->window > 0 && sight_drawn(sight, reorder->rate_bps)) parcel->until = parcel->sequence + 1 + rng_below(sight->rng, reorder->window);
    struct relay_weather *drop = &sight->weather[RELAY_DROP];
    if (!drop->id || drop->count == 0 || !sight->is_exposed || !sight_drawn(sight, drop->rate_bps)) return;
    if (drop->count != UINT64_MAX) drop->count--;
    if (drop->redeliver) parcel->due = lane_later(parcel->due, LANE_RESEND_MS);
    else parcel->lost = true;
}

/* ---- what is under way ---- */

static bool is_transfer(uint32_t type) { return type == IPC_LOCK_TRANSACTION || type == IPC_BURN_TRANSACTION; }

void lane_discover(struct relay_lane *lane, const struct lane_sight *sight)
{
    const uint64_t last = bridge_sent(sight->from_final);
    struct bridge_sent sent;
    struct ipc_message message;
    while (lane->next <= last && lane->parcels.count < PARCELS_MAX && bridge_sent_at(sight->from_final, lane->next, &sent)) {
        lane->next = sent.sequence + 1;
        if (!ipc_decode(sent.bytes, &message)) continue;
        struct parcel parcel = {.sequence = sent.sequence, .height = sent.height, .type = message.type, .id = ipc_id(sent.bytes)};
        if (is_transfer(message.type)) parcel.about = message.body.transfer.id;
        weather_apply(sight, &parcel);
        vec_push(&lane->parcels, parcel);
        if (!is_transfer(message.type) || !message.body.transfer.automatic || lane->autos.count >= AUTOS_MAX) continue;
        vec_push(&lane->autos, ((struct automatic){message.body.transfer.id, sent.sequence, lane_later(sight->now, sight->patience_ms)}));
    }
}

void lane_prune(struct relay_lane *lane, const struct lane_sight *sight)
{
    const uint32_t height = ledger_height(sight->to_final);
    size_t kept_count = 0;
    if (height == lane->pruned) return;
    lane->pruned = height;
    for (size_t i = 0; i < lane->parcels.count; i++)
        if (!bridge_has(sight->to_final, lane->parcels.data[i].sequence)) lane->parcels.data[kept_count++] = lane->parcels.data[i];
    lane->parcels.count = kept_count;
    kept_count = 0;
    for (size_t i = 0; i < lane->autos.count; i++)
        if (!bridge_claimed(sight->to_final, &lane->autos.data[i].id)) lane->autos.data[kept_count++] = lane->autos.data[i];
    lane->autos.count = kept_count;
}

bool parcel_goes(const struct relay_lane *lane, const struct lane_sight *sight, const struct parcel *parcel)
{
    if (parcel->lost || !lane_is_due(parcel->due, sight->now) || is_censored(sight, parcel)) return false;
    if (parcel->until >= lane->next && !lane_is_due(lane_later(parcel->due, LANE_RESEND_MS), sight->now)) return false;
    return parcel->sequence <= sight->inbox.sequence + IPC_WINDOW && !bridge_has(sight->to_head, parcel->sequence);
}

bool lane_epoch_goes(struct relay_lane *lane, const struct lane_sight *sight)
{
    if (lane->epoch_seen != sight->inbox.epoch + 1) { /* seen for the first time */
        lane->epoch_seen = sight->inbox.epoch + 1;
        lane->epoch_due = lane_later(sight->now, sight->patience_ms + delay_of(sight));
    }
    const struct parcel block = {.type = IPC_BLOCK_FINALIZED};
    if (!lane_is_due(lane->epoch_due, sight->now) || is_censored(sight, &block)) return false;
    lane->epoch_due = lane_later(sight->now, LANE_RESEND_MS);
    return true;
}
