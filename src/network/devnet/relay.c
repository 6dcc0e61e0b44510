#include "network/devnet/relay.h"

#include <stdio.h>

#include "chain/payload.h"
#include "core/crypto/derive.h"
#include "core/crypto/merkle.h"
#include "network/devnet/devnet_priv.h"
#include "network/devnet/relay_lane.h"

#define TICK_MS 100
#define PATIENCE_MS 10000 /* a relay leaves its predecessor that much time */
#define GAP_MS 6000       /* a final message that nobody brings for so long is a gap, ... */
#define GAP_BLOCKS 3      /* ... or for so many blocks of the destination */

struct relay {
    struct seckey key;
    struct address address;
    struct relay_lane lanes[2]; /* by source chain - 1 */
};
struct gap {
    uint64_t sequence, told; /* that is missing; that the alert was about */
    struct instant since;
};
struct relays {
    struct devnet *net;
    struct sign_suite suite;
    uint32_t count;
    struct relay relays[RELAYS_MAX];
    struct timer timer;
    struct rng rng;
    struct arena arena;
    struct relay_weather weather[2][RELAY_FAULTS]; /* by source chain - 1 */
    struct gap gaps[2];
    struct relay_counters counters;
};

/* Who carries from where to where, as one relay sees it in this tick. */
struct way {
    struct relays *relays;
    struct relay *relay;
    uint32_t index;
    struct relay_lane *lane;
    struct lane_sight sight;
    enum chain_id source;
    struct node *from, *to;
    uint64_t sends, bytes; /* that may still go in this tick */
};

/* The others work, gaps are pulled and told: off with vuln.single-trusted-relay. */
static bool guard_other_relays(const struct relays *relays, enum chain_id destination)
{
    const struct devchain *chain = devnet_chain(relays->net, destination);
    return !weakness_on(&chain->space->rules.weak, WEAKNESS_SINGLE_TRUSTED_RELAY);
}

struct seckey relay_key(uint64_t seed, uint32_t i, struct sign_suite suite)
{
    char name[24];
    uint8_t secret[32];
    struct seckey key;
    snprintf(name, sizeof(name), "relay%u", i + 1);
    derive_dev_seed(seed, str_of(name), secret);
    seckey_from_seed(suite, secret, &key);
    return key;
}

/* The first running validator from the relay's own place on. NULL: nobody runs. */
static struct node *attached(const struct relays *relays, uint32_t index, enum chain_id id)
{
    const struct devchain *chain = devnet_chain(relays->net, id);
    const uint32_t count = relays->net->count;
    for (uint32_t step = 0; step < count; step++) {
        const uint32_t i = (index * count / relays->count + step) % count;
        if (chain->seats[i].state == SEAT_RUNNING && chain->seats[i].node) return chain->seats[i].node;
    }
    return NULL;
}

/* ---- sending ---- */

static bool submit(struct way *way, enum kind kind, const union payload *payload)
{
    const struct params *params = ledger_params(way->sight.to_head);
    struct apierror error;
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    struct tx_spec spec = {.domain = devnet_chain(way->relays->net, chain_other(way->source))->space->rules.domain,
                           .kind = kind,
                           .nonce = node_pending_nonce(way->to, &way->relay->address),
                           .payload = buf_str(&bytes)};
    spec.fee = AMOUNT(params->min_fee_base + params->min_fee_per_byte * tx_spec_size(&spec));
    struct tx *tx = tx_build(&spec, way->relays->suite, &way->relay->key, &error);
    const size_t size = tx_spec_size(&spec);
    const bool taken = tx && node_submit(way->to, tx, &error);
    if (!taken) way->relays->counters.refused++;
    tx_unref(tx);
    buf_done(&bytes);
    way->sends -= MIN(way->sends, 1);
    way->bytes -= MIN(way->bytes, size);
    return taken;
}

/* A relay sends ahead of answers, within bounds: of its transactions as many wait as half of what the destination lets one account have waiting,
 * and what goes in one tick fits into a block. */
static void allowance_find(struct way *way)
{
    const struct params *params = ledger_params(way->sight.to_head);
    struct ledger_account account;
    ledger_account_get(way->sight.to_head, &way->relay->address, &account);
    const uint64_t next = node_pending_nonce(way->to, &way->relay->address), waiting = next - MIN(next, account.nonce);
    const uint64_t most = MAX(params->max_pending_per_sender / 2, 1);
    way->sends = most - MIN(most, waiting);
    way->bytes = params->max_block_bytes;
}
static bool may_send(const struct way *way) { return way->sends > 0 && way->bytes > 0; }

static enum kind deliver_kind(enum chain_id destination) { return destination == CHAIN_ALPHA ? KIND_ALPHA_IPC_DELIVER : KIND_DELTA_IPC_DELIVER; }

static struct str kept(struct arena *arena, struct buf *bytes)
{
    const struct str copy = str_dup(arena, buf_str(bytes));
    buf_done(bytes);
    return copy;
}

/* A reference on the proof of a final block: as the relay's own validator has it, else as any other that runs: histories that began with a checkpoint
 * have no older blocks. NULL: nobody can prove it now. */
static struct finality_proof *proof_of(const struct way *way, uint32_t height)
{
    const struct devchain *chain = devnet_chain(way->relays->net, way->source);
    struct finality_proof *proof = node_finality(way->from, height);
    for (uint32_t i = 0; !proof && height <= node_final_height(way->from) && i < way->relays->net->count; i++)
        if (chain->seats[i].state == SEAT_RUNNING && chain->seats[i].node) proof = node_finality(chain->seats[i].node, height);
    return proof;
}
/* The same of the end of an epoch. */
static bool epoch_end_of(const struct way *way, uint64_t epoch, uint32_t *out_height, struct committee **out_next)
{
    const struct devchain *chain = devnet_chain(way->relays->net, way->source);
    if (node_epoch_end(way->from, epoch, out_height, out_next)) return true;
    for (uint32_t i = 0; node_sync_state(way->from).base_height > 0 && i < way->relays->net->count; i++)
        if (chain->seats[i].state == SEAT_RUNNING && chain->seats[i].node && node_epoch_end(chain->seats[i].node, epoch, out_height, out_next)) return true;
    return false;
}

/* The proof of the block, where the destination does not know it yet, and its next committee, where it ends an epoch. False: it cannot
 * be proven now, or its turn has not come (ends of epochs go in order). */
static bool block_pack(struct way *way, uint32_t height, struct payload_ipc_deliver *out)
{
    out->height = height;
    if (bridge_knows_block(way->sight.to_head, height)) return true;
    struct finality_proof *proof = proof_of(way, height);
    if (!proof) return false;
    const bool ends = header_is_epoch_end(&proof->headers[0]);
    struct buf bytes = {0};
    finality_encode(proof, &bytes);
    finality_unref(proof);
    out->proof = kept(&way->relays->arena, &bytes);
    if (!ends) return true;
    uint32_t end;
    struct committee *next;
    if (!epoch_end_of(way, way->sight.inbox.epoch, &end, &next) || end != height) return false;
    buf_init(&bytes);
    committee_encode(next, &bytes);
    out->next_committee = kept(&way->relays->arena, &bytes);
    return true;
}

static void message_pack(struct way *way, const struct parcel *parcel, struct relayed *out)
{
    struct bridge_sent sent;
    struct ipc_proof_view proof;
    struct arena *arena = &way->relays->arena;
    const bool found = bridge_sent_at(way->sight.from_final, parcel->sequence, &sent) && sent.sequence == parcel->sequence &&
                       bridge_message_proof(way->sight.from_final, parcel->sequence, arena, &proof);
    ASSERT(found); /* it was, when the parcel was made, and what is kept is kept long */
    out->index = sent.index;
    out->message = str_dup(arena, sent.bytes);
    out->proof.items = arena_copy(arena, proof.proof.siblings, sizeof(proof.proof.siblings[0]) * proof.proof.siblings_count);
    out->proof.count = proof.proof.siblings_count;
}

/* Those of the same block go together. */
static void send_block(struct way *way, uint32_t height)
{
    struct relay_lane *lane = way->lane;
    union payload payload = {.ipc_deliver = {.height = height}};
    struct payload_ipc_deliver *deliver = &payload.ipc_deliver;
    const bool packed = block_pack(way, height, deliver);
    deliver->messages.items = arena_array(&way->relays->arena, struct relayed, PAYLOAD_MESSAGES_MAX);
    for (size_t i = 0; i < lane->parcels.count && deliver->messages.count < PAYLOAD_MESSAGES_MAX; i++) {
        struct parcel *parcel = &lane->parcels.data[i];
        if (parcel->height != height || !parcel_goes(lane, &way->sight, parcel)) continue;
        if (packed) message_pack(way, parcel, &deliver->messages.items[deliver->messages.count++]);
        parcel->due = lane_later(way->sight.now, packed ? LANE_RESEND_MS : TICK_MS);
        parcel->until = 0;
    }
    if (!packed) return;
    const struct relay_weather *duplicate = sight_weather(&way->sight, RELAY_DUPLICATE);
    const uint32_t copies = duplicate && sight_drawn(&way->sight, duplicate->rate_bps) ? duplicate->copies : 0;
    for (uint32_t i = 0; i <= copies; i++) {
        if (!submit(way, deliver_kind(chain_other(way->source)), &payload)) continue;
        way->relays->counters.deliveries++;
        way->relays->counters.messages += deliver->messages.count;
    }
}

static void send_messages(struct way *way)
{
    struct relay_lane *lane = way->lane;
    for (size_t i = 0; i < lane->parcels.count && may_send(way); i++)
        if (parcel_goes(lane, &way->sight, &lane->parcels.data[i])) send_block(way, lane->parcels.data[i].height);
}

static void send_epoch_end(struct way *way)
{
    struct relay_lane *lane = way->lane;
    uint32_t height;
    struct committee *next;
    if (!epoch_end_of(way, way->sight.inbox.epoch, &height, &next)) return;
    if (!lane_epoch_goes(lane, &way->sight)) return;
    union payload payload = {.ipc_deliver = {.height = height}};
    if (!block_pack(way, height, &payload.ipc_deliver) || payload.ipc_deliver.proof.len == 0) return;
    if (submit(way, deliver_kind(chain_other(way->source)), &payload)) way->relays->counters.deliveries++;
}

static void send_claims(struct way *way)
{
    struct relay_lane *lane = way->lane;
    const enum kind kind = way->source == CHAIN_ALPHA ? KIND_MINT_CLAIM : KIND_BRIDGE_UNLOCK_CLAIM;
    for (size_t i = 0; i < lane->autos.count && may_send(way); i++) {
        struct automatic *automatic = &lane->autos.data[i];
        struct amount amount;
        bool asked;
        if (automatic->sequence > way->sight.inbox.sequence || !lane_is_due(automatic->due, way->sight.now)) continue;
        if (bridge_claimed(way->sight.to_head, &automatic->id)) continue;
        if (!bridge_claimable(way->sight.to_head, &automatic->id, &asked, &amount)) continue;
        const union payload payload = {.claim = {.source_id = automatic->id}};
        automatic->due = lane_later(way->sight.now, LANE_RESEND_MS);
        if (submit(way, kind, &payload)) way->relays->counters.claims++;
    }
}

static bool way_find(struct relays *relays, uint32_t index, enum chain_id source, struct way *way)
{
    const enum chain_id destination = chain_other(source);
    *way = (struct way){.relays = relays,
                        .relay = &relays->relays[index],
                        .index = index,
                        .lane = &relays->relays[index].lanes[source - 1],
                        .sight = {.now = env_now(relays->net->env),
                                  .weather = relays->weather[source - 1],
                                  .rng = &relays->rng,
                                  .patience_ms = index * PATIENCE_MS,
                                  .is_exposed = index + 1 < relays->count || relays->count == 1},
                        .source = source,
                        .from = attached(relays, index, source),
                        .to = attached(relays, index, destination)};
    if (!way->from || !way->to) return false;
    way->sight.from_final = node_state(way->from, true);
    way->sight.to_head = node_state(way->to, false);
    way->sight.to_final = node_state(way->to, true);
    if (!way->sight.from_final || !way->sight.to_head || !way->sight.to_final) return false;
    bridge_inbox(way->sight.to_head, &way->sight.inbox);
    allowance_find(way);
    return true;
}

static void lane_run(struct relays *relays, uint32_t index, enum chain_id source)
{
    struct way way;
    if (index > 0 && !guard_other_relays(relays, chain_other(source))) return;
    if (!way_find(relays, index, source, &way)) return;
    lane_discover(way.lane, &way.sight);
    lane_prune(way.lane, &way.sight);
    send_epoch_end(&way);
    send_messages(&way);
    send_claims(&way);
}

/* ---- gaps ---- */

/* What is final and does not come: every view of the destination says so. */
static void gap_watch(struct relays *relays, enum chain_id source)
{
    struct way way;
    struct bridge_sent sent;
    struct gap *gap = &relays->gaps[source - 1];
    if (!guard_other_relays(relays, chain_other(source)) || !way_find(relays, relays->count - 1, source, &way)) return;
    const uint64_t missing = way.sight.inbox.sequence + 1;
    if (!bridge_sent_at(way.sight.from_final, missing, &sent) || sent.sequence != missing) {
        gap->sequence = 0;
        return;
    }
    if (gap->sequence != missing) *gap = (struct gap){missing, gap->told, way.sight.now};
    const uint64_t patience_ms = MAX(GAP_MS, GAP_BLOCKS * ledger_params(way.sight.to_head)->block_interval_ms);
    if (gap->told == missing || !lane_is_due(lane_later(gap->since, patience_ms), way.sight.now)) return;
    gap->told = missing;
    relays->counters.gaps++;
    const struct hash id = ipc_id(sent.bytes);
    const struct devchain *chain = devnet_chain(relays->net, chain_other(source));
    for (uint32_t i = 0; i < relays->net->count; i++)
        if (chain->seats[i].node && chain->seats[i].state == SEAT_RUNNING) node_alert_raise(chain->seats[i].node, "IPC_GAP", &id);
}

/* ---- the actor ---- */

static void tick(struct timer *timer)
{
    struct relays *relays = CONTAINER_OF(timer, struct relays, timer);
    for (enum chain_id source = CHAIN_ALPHA; source <= CHAIN_DELTA; source++) {
        for (uint32_t i = 0; i < relays->count; i++) lane_run(relays, i, source);
        gap_watch(relays, source);
        arena_reset(&relays->arena);
    }
    env_timer_set(relays->net->env, timer, lane_later(env_now(relays->net->env), TICK_MS));
}

struct relays *relays_new(struct devnet *net, uint32_t count, struct sign_suite suite)
{
    ASSERT(count > 0 && count <= RELAYS_MAX && net->chains_count == 2);
    struct relays *relays = base_alloc(sizeof(*relays));
    relays->net = net;
    relays->suite = suite;
    relays->count = count;
    relays->timer = TIMER(tick);
    relays->rng = rng_split(&net->rng, STR("devnet/relays"), 0);
    arena_init(&relays->arena, 0);
    for (uint32_t i = 0; i < count; i++) {
        relays->relays[i].key = relay_key(net->seed, i, suite);
        relays->relays[i].address = address_of_key(&relays->relays[i].key.pub);
        for (size_t k = 0; k < 2; k++) lane_rewind(&relays->relays[i].lanes[k]);
    }
    env_timer_set(net->env, &relays->timer, lane_later(env_now(net->env), TICK_MS));
    return relays;
}

void relays_rewind(struct relays *relays)
{
    for (uint32_t i = 0; i < relays->count; i++) {
        for (size_t k = 0; k < 2; k++) lane_rewind(&relays->relays[i].lanes[k]);
    }
    relays->gaps[0] = relays->gaps[1] = (struct gap){0};
}

void relays_free(struct relays *relays)
{
    if (!relays) return;
    env_timer_cancel(relays->net->env, &relays->timer);
    for (uint32_t i = 0; i < relays->count; i++) {
        seckey_wipe(&relays->relays[i].key);
        for (size_t k = 0; k < 2; k++) lane_done(&relays->relays[i].lanes[k]);
    }
    arena_done(&relays->arena);
    base_free(relays);
}

void relays_weather(struct relays *relays, enum chain_id source, enum relay_fault fault, const struct relay_weather *weather)
{
    relays->weather[source - 1][fault] = *weather;
}

void relays_clear(struct relays *relays, uint32_t id)
{
    for (size_t s = 0; s < 2; s++)
        for (size_t f = 0; f < RELAY_FAULTS; f++)
            if (relays->weather[s][f].id == id) relays->weather[s][f] = (struct relay_weather){.id = 0};
}

bool relays_active(const struct relays *relays, uint32_t id)
{
    for (size_t s = 0; s < 2; s++)
        for (size_t f = 0; f < RELAY_FAULTS; f++)
            if (relays->weather[s][f].id == id) return true;
    return false;
}

enum code relays_forge(struct relays *relays, enum chain_id source, struct str bytes)
{
    struct way way;
    struct ipc_message message;
    if (!way_find(relays, 0, source, &way)) return CODE_NODE_UNAVAILABLE;
    uint32_t height = way.sight.inbox.height_max;
    if (ipc_decode(bytes, &message) && bridge_knows_block(way.sight.to_head, message.source_height)) height = message.source_height;
    struct relayed relayed = {.message = bytes};
    const union payload payload = {.ipc_deliver = {.height = height, .messages = {&relayed, 1}}};
    const uint64_t refused = relays->counters.refused;
    (void)submit(&way, deliver_kind(chain_other(source)), &payload);
    arena_reset(&relays->arena);
    return relays->counters.refused > refused ? CODE_INVALID_PROOF : CODE_NONE;
}

struct relay_counters relays_counters(const struct relays *relays) { return relays->counters; }
