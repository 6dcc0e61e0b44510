#include "chain/feature.h"
#include "network/node/node_priv.h"

/* ---- Sync and peers: AN1 to AN5 ---- */

#define PEER_PORT 3330

/* Every peer has a loopback address of its own, so that rules about addresses and groups keep their meaning. */
static struct str peer_text(struct arena *arena, uint32_t index)
{
    return str_fmt(arena, "127.%u.%u.%u:%u", 1 + index / 62500, 1 + index / 250 % 250, 1 + index % 250, PEER_PORT);
}

/* Hostile peers come from one group of addresses. */
static struct str sybil_text(struct arena *arena, uint32_t number) { return str_fmt(arena, "127.200.%u.%u:%u", number / 250, 1 + number % 250, PEER_PORT); }

void rest_peers_all(struct rest *rest)
{
    uint32_t limit;
    uint64_t from;
    struct call *call = &rest->call;
    const struct node_space *space = rest->node->space;
    if (!call_query_page(call, true, &limit, &from)) return;
    struct str_list *list = arena_new(call->arena, struct str_list);
    list->items = arena_array(call->arena, struct str_item, (size_t)space->peers_count + node_sybils(rest->node));
    for (uint64_t i = from; i < space->peers_count + node_sybils(rest->node); i++) {
        if (i == rest->node->index || (i < space->peers_count && !node_hears(rest->node, (uint32_t)i))) continue;
        if (list->count == limit) {
            list->next_cursor = call_cursor(call, i);
            break;
        }
        list->items[list->count++].value =
            i < space->peers_count ? peer_text(call->arena, (uint32_t)i) : sybil_text(call->arena, (uint32_t)(i - space->peers_count));
    }
    call_answer_bare(call, &wire_str_list, list, list->next_cursor);
}

void rest_peers_count(struct rest *rest)
{
    struct bare_u32 *answer = arena_new(rest->call.arena, struct bare_u32);
    for (uint32_t i = 0; i < rest->node->space->peers_count; i++) answer->value += i != rest->node->index && node_hears(rest->node, i);
    answer->value += node_sybils(rest->node);
    call_answer(&rest->call, 200, &wire_u32, answer);
}

void rest_peers_metrics(struct rest *rest)
{
    struct node *node = rest->node;
    const struct node_space *space = node->space;
    struct arena *arena = rest->call.arena;
    struct page *page = arena_new(arena, struct page);
    struct peer_view *items = arena_array(arena, struct peer_view, (size_t)space->peers_count + node_sybils(node));
    *page = (struct page){.items = items};
    for (uint32_t i = 0; i < space->peers_count; i++) {
        if (i == node->index || !node_hears(node, i)) continue;
        const struct node_peer *peer = &space->peers[i];
        const struct link_stats in = env_link_stats(space->env, peer->host, node->host), out = env_link_stats(space->env, node->host, peer->host);
        items[page->count++] = (struct peer_view){
            .peer = peer_text(arena, i),
            .name = str_of(peer->name),
            .address = {true, peer->address},
            .inbound = i < node->index,
            .height = peer->node ? node_height(peer->node) : 0,
            .latency_ms = (uint32_t)(in.latency_ns / NS_PER_MS),
            .sent = out.sent,
            .received = in.received,
            .dropped = in.dropped,
            .duplicates = in.duplicates,
            .out_of_order = in.out_of_order,
            .connected_at = node->started_ms,
            .partition = space->partition_of ? space->partition_of(space->partition_ctx, i) : 0,
        };
    }
    for (uint32_t i = 0; i < node_sybils(node); i++)
        items[page->count++] = (struct peer_view){.peer = sybil_text(arena, i), .inbound = true, .connected_at = node->started_ms};
    call_answer_bare(&rest->call, &wire_peer_list, page, page->next_cursor);
}

void rest_sync_status(struct rest *rest)
{
    struct node *node = rest->node;
    struct replica_status status;
    struct replica_fork forks[16];
    replica_status(node->replica, &status);
    struct sync_status *view = arena_new(rest->call.arena, struct sync_status);
    *view = (struct sync_status){
        .is_syncing = status.is_syncing,
        .current_height = node_height(node),
        .target_height = MAX(status.target_height, node_height(node)),
        .finalized_height = node_final_height(node),
        .round = status.round,
        .peers = node->space->peers_count - (node->space->peers_count > 0),
        .last_block_at = node->last_block_ms ? node->last_block_ms : node->head->block->header.timestamp_ms,
        .fork_count = (uint32_t)replica_forks(node->replica, forks, ARRAY_LEN(forks)),
        .reorg_count = node->reorgs,
        .deepest_reorg = node->deepest_reorg,
    };
    if (view->fork_count > 0) view->fork_count--; /* the preferred branch is not a fork */
    call_answer(&rest->call, 200, &wire_sync_status, view);
}

static void switches_fill(const struct node_space *space, struct arena *arena, struct node_info *out)
{
    out->switches = arena_array(arena, struct str_item, WEAKNESS_COUNT);
    for (size_t i = 0; weakness_at(i); i++)
        if (weakness_on(&space->rules.weak, weakness_at(i)->weakness)) out->switches[out->switches_count++].value = weakness_at(i)->name;
}

static void features_fill(const struct params *params, struct arena *arena, struct node_info *out)
{
    out->features = arena_array(arena, struct str_item, 8);
    for (unsigned bit = 1; bit <= FEATURES_ALL; bit <<= 1)
        if ((params->features & bit) != 0) out->features[out->features_count++].value = feature_text((enum feature)bit);
}

/* What wallets deposit and withdraw by default, so that amounts tell nobody apart (shielded 8). */
static void denominations_fill(struct arena *arena, struct node_info *out)
{
    static const uint64_t values[] = {10000, 100000, 1000000, 10000000, 100000000, 1000000000};
    out->denominations = arena_array(arena, struct amount_item, ARRAY_LEN(values));
    for (; out->denominations_count < ARRAY_LEN(values); out->denominations_count++)
        out->denominations[out->denominations_count].value = AMOUNT(values[out->denominations_count]);
}

void rest_node_info(struct rest *rest)
{
    struct node *node = rest->node;
    const struct params *params = ledger_params(node_state(node, false));
    struct node_info *info = arena_new(rest->call.arena, struct node_info);
    *info = (struct node_info){
        .name = str_of(node->self->name),
        .address = node->self->address,
        .version = STR(HOUSE_VERSION),
        .api = 2,
        .chain = node_chain(node),
        .network = network_text(node->space->network),
        .network_id = node->space->rules.domain.network_id,
        .genesis_hash = node->space->genesis->hash,
        .block_interval_ms = params->block_interval_ms,
        .finality_depth = (uint32_t)params->finality_depth,
        .epoch_blocks = (uint32_t)params->epoch_blocks,
        .unbonding_blocks = (uint32_t)params->unbonding_blocks,
        .voting_delay_blocks = (uint32_t)params->voting_delay_blocks,
        .voting_period_blocks = (uint32_t)params->voting_period_blocks,
        .timelock_blocks = (uint32_t)params->timelock_blocks,
        .min_fee_base = AMOUNT(params->min_fee_base),
        .min_fee_per_byte = AMOUNT(params->min_fee_per_byte),
        .min_validator_stake = AMOUNT(params->min_validator_stake),
        .min_governor_deposit = AMOUNT(params->min_governor_deposit),
        .min_vote_stake = AMOUNT(params->min_vote_stake),
        .max_tx_bytes = (uint32_t)params->max_tx_bytes,
        .max_block_bytes = (uint32_t)params->max_block_bytes,
        .max_block_transactions = (uint32_t)params->max_block_transactions,
        .mempool_capacity = (uint32_t)params->mempool_capacity,
        .ring_size = (uint16_t)params->ring_size,
        .note_maturity_blocks = (uint32_t)params->note_maturity_blocks,
        .proof_window_blocks = (uint32_t)params->proof_window_blocks,
    };
    denominations_fill(rest->call.arena, info);
    features_fill(params, rest->call.arena, info);
    switches_fill(node->space, rest->call.arena, info);
    call_answer(&rest->call, 200, &wire_node_info, info);
}
