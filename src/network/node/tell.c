/* What a view tells its event log, from blocks, transactions and committees (api 6.7). All of it is for readers alone: without one
 * nothing is made. */
#include "network/node/node_priv.h"

static struct block_event block_event(const struct block *block)
{
    const struct header *header = &block->header;
    return (struct block_event){.height = header->height,
                                .hash = block->hash,
                                .parent_hash = header->parent_hash,
                                .round = header->round,
                                .proposer = header->proposer,
                                .transaction_count = header->transaction_count};
}

void tell_block(struct node *node, enum event_type type, const struct block *block)
{
    if (!node->events || header_is_closing(&block->header)) return; /* closing blocks have no place in the chain */
    const struct block_event event = block_event(block);
    events_add(node->events, type, &shape_block_event, &event);
}

static void tell_txs(struct node *node, enum event_type type, const struct stored *stored, const struct ledger_result *result)
{
    for (uint32_t i = 0; i < result->transaction_count; i++) {
        const struct receipt *receipt = &result->receipts[i];
        const struct tx_event event = {.transaction_id = *stored_tx_id(stored, i),
                                       .height = stored_height(stored),
                                       .index = i,
                                       .success = receipt_success(receipt),
                                       .code = (enum code)receipt->code};
        events_add(node->events, type, &shape_tx_event, &event);
    }
}

void tell_included(struct node *node, struct stored *stored)
{
    if (!events_keeps(node->events, EVENT_TX_INCLUDED) || stored_txs_count(stored) == 0) return;
    const struct poststate *post = node_post_of(node, stored);
    if (post) tell_txs(node, EVENT_TX_INCLUDED, stored, post->result);
}

/* With finality come the facts of the ledger: they are never taken back. */
void tell_final(struct node *node, struct stored *stored, const struct ledger_result *result)
{
    if (!node->events) return;
    tell_block(node, EVENT_BLOCK_FINALIZED, stored->block);
    if (events_keeps(node->events, EVENT_TX_FINALIZED)) tell_txs(node, EVENT_TX_FINALIZED, stored, result);
    for (uint32_t i = 0; i < result->events_count; i++)
        if (result->events[i].type != EVENT_SHIELDED) events_add_text(node->events, result->events[i].type, result->events[i].data);
}

void tell_reorg(struct node *node, const struct stored *from, const struct stored *to, uint32_t ancestor_height, uint32_t depth)
{
    if (!node->events) return;
    const struct reorg_event event = {*stored_hash(from), *stored_hash(to), ancestor_height, depth};
    events_add(node->events, EVENT_CHAIN_REORG, &shape_reorg_event, &event);
}

void tell_pending(struct node *node, const struct tx *tx, enum lane lane, uint64_t arrival)
{
    if (!events_keeps(node->events, EVENT_TX_PENDING)) return;
    const struct kind_row *kind = kind_find(tx->kind);
    const struct tx_pending_event event = {.transaction_id = tx->id,
                                           .kind = kind ? kind->name : STR(""),
                                           .sender = tx->sender,
                                           .nonce = tx->nonce,
                                           .fee = tx->fee,
                                           .tip = tx->tip,
                                           .size = tx->size,
                                           .lane = lane,
                                           .arrival = {arrival > 0, arrival}};
    events_add(node->events, EVENT_TX_PENDING, &shape_tx_pending_event, &event);
}

void tell_dropped(struct node *node, const struct hash *id, enum code reason)
{
    if (!events_keeps(node->events, EVENT_TX_DROPPED)) return;
    const struct tx_dropped_event event = {*id, reason};
    events_add(node->events, EVENT_TX_DROPPED, &shape_tx_dropped_event, &event);
}

/* Members of one that are not in the other. */
static uint32_t members_without(const struct committee *of, const struct committee *without, struct arena *arena, struct address_item **out)
{
    uint32_t count = 0, index;
    *out = arena_array(arena, struct address_item, of ? of->count : 0);
    for (uint32_t i = 0; of && i < of->count; i++)
        if (!without || !committee_find(without, &of->members[i].address, &index)) (*out)[count++].value = of->members[i].address;
    return count;
}

void tell_committee(struct node *node, const struct replica_epoch *epoch)
{
    if (!node->events || !epoch->committee) return;
    struct arena arena;
    arena_init(&arena, 0);
    struct committee_event event = {.epoch = epoch->committee->epoch, .committee_hash = epoch->committee->hash};
    event.added_count = members_without(epoch->committee, epoch->previous, &arena, &event.added);
    event.removed_count = members_without(epoch->previous, epoch->committee, &arena, &event.removed);
    events_add(node->events, EVENT_COMMITTEE_CHANGED, &shape_committee_event, &event);
    arena_done(&arena);
}

void tell_evidence(struct node *node, const struct node_evidence *found)
{
    if (!node->events) return;
    struct evidence_view view;
    node_evidence_view(found, &view);
    events_add(node->events, EVENT_EVIDENCE_ADDED, &shape_evidence, &view);
}

void tell_alert(struct node *node, size_t index)
{
    if (!node->events) return;
    struct arena arena;
    struct alert_view view;
    arena_init(&arena, 0);
    node_alert_view(node, index, &arena, &view);
    events_add(node->events, EVENT_ALERT, &shape_alert, &view);
    arena_done(&arena);
}

/* ---- X22 ---- */

void rest_events(struct rest *rest)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    struct str types = {0};
    uint64_t mask, from = UINT64_MAX, last;
    bool has;
    if (!call_query_str(call, "types", &types, &has)) return;
    if (!events_types_parse(has ? types : (struct str){0}, &mask)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "types", "types is a list of event types, each may end in *");
        return;
    }
    if (!call_query_u64(call, "from", 0, JSON_INT_MAX, &from)) return;
    const struct str resume = http_header_find(call->request->headers, call->request->headers_count, STR("last-event-id"));
    if (resume.len > 0) {
        if (!str_to_u64(resume, &last) || last > JSON_INT_MAX) {
            call_refuse_with(call, CODE_INVALID_PARAMETER, "Last-Event-ID", "Last-Event-ID is the id of an event");
            return;
        }
        from = last + 1;
    }
    if (!node->events) node->events = events_new(node->space->env, node->space->texts, node_chain(node), MAX(node->self->events_next, 1));
    call_stream(call, STR("text/event-stream"));
    events_read(node->events, call->exchange, mask, from);
}
