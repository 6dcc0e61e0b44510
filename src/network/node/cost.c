/* What a node's work takes in virtual time (DESIGN 3): known from the packet alone, when it is taken from the queue. */
#include "chain/shielded.h"
#include "core/codec/binary.h"
#include "network/node/node_priv.h"

#define TX_BYTES_TYPICAL 220 /* by which a batch's transactions are counted before it is opened */

struct node_costs node_costs_default(void)
{
    return (struct node_costs){
        .signature_ns = 50 * NS_PER_US,
        .transaction_ns = 5 * NS_PER_US,
        .message_ns = 2 * NS_PER_US,
        .ring_member_ns = 380 * NS_PER_US,
        .range_value_ns = 10500 * NS_PER_US,
        .range_proof_ns = 2300 * NS_PER_US,
    };
}

/* Proofs of spends that are checked together. */
struct proofs {
    uint64_t members, ranges, values_max;
};

static void proofs_add(struct proofs *proofs, struct str bytes)
{
    struct shielded_shape shape;
    if (!shielded_shape_peek(bytes, &shape)) return;
    proofs->members += shape.members;
    proofs->values_max = MAX(proofs->values_max, shape.outputs);
    proofs->ranges++;
}

static uint64_t proofs_ns(const struct node_costs *costs, const struct proofs *proofs)
{
    return proofs->members * costs->ring_member_ns + proofs->values_max * costs->range_value_ns + proofs->ranges * costs->range_proof_ns;
}

static void proofs_add_block(struct proofs *proofs, const struct node *node, const struct block *block)
{
    if (node_chain(node) != CHAIN_ALPHA) return;
    for (uint32_t i = 0; i < block->txs_count; i++)
        if (shielded_is_spend(block->txs[i]->kind) && map_find(&node->proved, &block->txs[i]->id) == NULL) proofs_add(proofs, tx_bytes(block->txs[i]));
}

static uint64_t certificate_checks(const struct node *node, const struct certificate *certificate)
{
    if (!certificate) return 0;
    const struct certificate *high = replica_votes(node->replica)->high;
    return high && high->round >= certificate->round ? 0 : certificate->count;
}

static uint64_t message_cost_ns(const struct node *node, const struct node_packet *packet)
{
    const struct message *message = packet->message;
    const struct node_costs *costs = &node->space->costs;
    uint64_t checks = 0, applied = 0, proving = 0;
    switch (message->type) {
    case MESSAGE_PROPOSAL: {
        struct proofs proofs = {0};
        checks = 1 + certificate_checks(node, message->proposal.block->justify);
        if (message->proposal.block->tc) checks += message->proposal.block->tc->count;
        applied = message->proposal.block->txs_count;
        proofs_add_block(&proofs, node, message->proposal.block);
        proving = proofs_ns(costs, &proofs);
        break;
    }
    case MESSAGE_VOTE:
        checks = 1;
        break;
    case MESSAGE_TIMEOUT:
        checks = 1 + certificate_checks(node, message->timeout.high);
        break;
    case MESSAGE_TXS:
        checks = node_gossip_checks(node, packet);
        break;
    case MESSAGE_FINALITY:
        for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) checks += certificate_checks(node, message->finality->certificates[i]);
        break;
    case MESSAGE_BLOCKS:
        for (uint32_t i = 0; i < message->blocks.count; i++) {
            const struct certified_block *item = &message->blocks.items[i];
            struct proofs proofs = {0};
            checks += 1 + certificate_checks(node, item->certificate) + item->block->txs_count;
            applied += item->block->txs_count;
            proofs_add_block(&proofs, node, item->block);
            proving += proofs_ns(costs, &proofs);
        }
        break;
    case MESSAGE_SYNC_REQUEST:
    case MESSAGE_BLOCK_REQUEST:
    case MESSAGE_TYPE_COUNT:
        break;
    }
    return costs->message_ns + checks * costs->signature_ns + applied * costs->transaction_ns + proving;
}

/* Signed bytes in a body, one transaction or a bundle. */
static void proofs_add_body(struct proofs *proofs, struct http_exchange *exchange, enum rest_work work)
{
    if (work == REST_TX) {
        const struct tx *tx = node_request_tx(exchange);
        if (tx && shielded_is_spend(tx->kind)) proofs_add(proofs, tx_bytes(tx));
        return;
    }
    const struct http_request *request = http_request(exchange);
    if (!str_eq(http_header_find(request->headers, request->headers_count, STR("content-type")), STR("application/octet-stream"))) return;
    const struct str body = http_request_body(exchange);
    struct bin_reader r = bin_reader_of(body.data, body.len);
    const uint32_t count = bin_get_u32(&r);
    for (uint32_t i = 0; i < MIN(count, NODE_BATCH_MAX) && !r.bad; i++) proofs_add(proofs, bin_get_blob(&r, TX_BYTES_MAX));
}

static uint64_t request_cost_ns(const struct node *node, const struct packet *packet)
{
    struct http_exchange *exchange = http_packet_peek(packet);
    const struct node_costs *costs = &node->space->costs;
    if (!exchange) return costs->message_ns;
    const enum rest_work work = rest_work_of(node->space, http_request(exchange));
    if (work == REST_PLAIN) return costs->message_ns;
    struct proofs proofs = {0};
    if (node_chain(node) == CHAIN_ALPHA) proofs_add_body(&proofs, exchange, work);
    const uint64_t signatures = work == REST_TX ? 1 : packet->bytes / TX_BYTES_TYPICAL;
    return costs->message_ns + signatures * costs->signature_ns + proofs_ns(costs, &proofs);
}

uint64_t node_cost_ns(void *ctx, struct host from, const struct packet *packet)
{
    (void)from;
    if (packet->class == &node_packet_class) return message_cost_ns(ctx, CONTAINER_OF(packet, const struct node_packet, packet));
    return packet->class == &http_packet_class ? request_cost_ns(ctx, packet) : 0;
}

/* ---- spends whose proofs this view has checked: those that came to it by REST ---- */

#define PROVED_MAX 16384 /* forgetting costs virtual time alone */

void node_proved(struct node *node, const struct tx *tx)
{
    if (!shielded_is_spend(tx->kind)) return;
    if (map_count(&node->proved) == PROVED_MAX) map_clear(&node->proved);
    (void)map_put(&node->proved, &tx->id, NULL);
}
