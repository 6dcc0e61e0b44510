/* ipc_deliver: messages of the other chain, each with its proof, in order, each once (api 6.5). */
#include "network/ledger/bridge_priv.h"

#include "core/crypto/merkle.h"
#include "chain/response_bridge.h"

/* A message of the delivery, decoded. */
struct brought {
    struct ipc_message message;
    struct str bytes;
    uint32_t index;
};

bool message_stands(const struct source_block *block, uint32_t index, struct str bytes, const struct hash *siblings,
                    uint32_t siblings_count)
{
    struct merkle_proof proof = {
        .root = block->messages_root, .index = index, .count = block->message_count, .siblings_count = siblings_count};
    if (siblings_count > MERKLE_LEVELS_MAX) return false;
    if (siblings_count > 0) memcpy(proof.siblings, siblings, siblings_count * sizeof(*siblings));
    const struct hash leaf = merkle_leaf(bytes.data, bytes.len);
    return merkle_verify(&proof, &leaf) == MERKLE_OK;
}

/* Each message is one of ours, from that block. */
static enum code messages_prove(struct exec *x, const struct source_block *block, struct brought *brought)
{
    const struct ledger_rules *rules = x->work->rules;
    const struct payload_ipc_deliver *payload = &x->payload->ipc_deliver;
    for (uint32_t i = 0; i < payload->messages.count; i++) {
        const struct relayed *relayed = &payload->messages.items[i];
        struct ipc_message *message = &brought[i].message;
        if (!ipc_decode(relayed->message, message) || message->type == IPC_BLOCK_FINALIZED ||
            !domain_eq(message->source, rules->peer) || !domain_eq(message->destination, rules->domain))
            return refuse_for(x, CODE_INVALID_PROOF, RECEIPT_FIELD_MESSAGES, RECEIPT_REASON_MESSAGE);
        const bool stands = message->source_height == payload->height &&
                            message_stands(block, relayed->index, relayed->message, relayed->proof.items, relayed->proof.count);
        if (!guard_message_source(rules, guard_proof(rules, stands))) {
            x->receipt->index = i;
            return refuse_for(x, CODE_INVALID_PROOF, RECEIPT_FIELD_MESSAGES, RECEIPT_REASON_MERKLE);
        }
        brought[i].bytes = relayed->message;
        brought[i].index = relayed->index;
    }
    return CODE_NONE;
}

static bool sequence_known(const struct work *work, const struct source *source, uint64_t sequence)
{
    uint32_t index;
    bool done;
    struct str bytes;
    return sequence <= source->sequence || waiting_get(&work->objects, sequence, &index, &done, &bytes);
}

static void tell(struct work *work, enum event_type type, const struct ipc_message *message, struct str bytes)
{
    const struct ipc_event event = {
        .message_id = ipc_id(bytes), .sequence = message->sequence, .type = message->type, .direction = DIRECTION_IN};
    work_event(work, type, &shape_ipc_event, &event);
}

/* Executes one message, whatever its sequence; the record of its arrival says what came of it. */
static void message_run(struct exec *x, struct source *source, const struct brought *brought)
{
    struct work *work = x->work;
    struct arrival arrival;
    struct str bytes;
    source_put(work, source); /* families may read it */
    const enum code code = message_execute(work, &brought->message);
    if (!arrival_get(&work->objects, brought->message.sequence, &arrival, &bytes))
        arrival = (struct arrival){.source_height = brought->message.source_height,
                                   .index = brought->index,
                                   .delivered_height = work->frame->height,
                                   .delivered_ms = work->frame->timestamp_ms};
    arrival.executed_height = work->frame->height;
    arrival.executed_ms = work->frame->timestamp_ms;
    arrival.code = (uint16_t)code;
    arrival.attempts++;
    arrival.transaction = x->id;
    arrival_put(work, brought->message.sequence, &arrival, brought->bytes);
    if (code != CODE_NONE) source->failed++;
    const bool transfer = brought->message.type == IPC_LOCK_TRANSACTION || brought->message.type == IPC_BURN_TRANSACTION;
    if (transfer && code == CODE_NONE) {
        struct claimable known;
        const bool found = claimable_get(&work->objects, &brought->message.body.transfer.id, &known);
        ASSERT(found);
        known.index = brought->index;
        claimable_put(work, &brought->message.body.transfer.id, &known);
    }
    tell(work, code == CODE_NONE ? EVENT_IPC_EXECUTED : EVENT_IPC_FAILED, &brought->message, brought->bytes);
}

/* What waited for the one that has just been executed. */
static void waiting_run(struct exec *x, struct source *source)
{
    struct work *work = x->work;
    for (;;) { /* ends: each turn takes one of at most IPC_WINDOW away */
        struct brought next;
        bool done;
        struct str bytes;
        if (!waiting_get(&work->objects, source->sequence + 1, &next.index, &done, &bytes)) return;
        next.bytes = str_dup(&work->arena, bytes);
        waiting_remove(work, ++source->sequence);
        source->waiting--;
        if (done) continue;
        const bool sound = ipc_decode(next.bytes, &next.message);
        ASSERT(sound); /* decoded before it was put there */
        message_run(x, source, &next);
    }
}

static void message_wait(struct exec *x, struct source *source, const struct brought *brought, bool done)
{
    struct work *work = x->work;
    waiting_put(work, brought->message.sequence, brought->index, done, brought->bytes);
    source->waiting++;
    if (done) return;
    const struct arrival arrival = {.source_height = brought->message.source_height,
                                    .index = brought->index,
                                    .delivered_height = work->frame->height,
                                    .delivered_ms = work->frame->timestamp_ms,
                                    .code = CODE_NONE};
    arrival_put(work, brought->message.sequence, &arrival, brought->bytes);
}

/* One that has been here before: let through only where nobody looks at sequences. */
static void message_again(struct exec *x, struct source *source, const struct brought *brought)
{
    if (guard_sequence_fresh(x->work->rules, false)) message_run(x, source, brought);
}

static enum code message_take(struct exec *x, struct source *source, const struct brought *brought)
{
    struct work *work = x->work;
    const uint64_t sequence = brought->message.sequence;
    if (sequence_known(work, source, sequence)) return message_again(x, source, brought), CODE_NONE;
    const bool in_order = guard_sequence_order(work->rules, sequence == source->sequence + 1);
    if (!in_order && sequence - source->sequence > IPC_WINDOW) return refuse(x, CODE_IPC_OUT_OF_ORDER, RECEIPT_FIELD_MESSAGES);
    if (sequence > source->sequence_max) source->sequence_max = sequence;
    tell(work, EVENT_IPC_DELIVERED, &brought->message, brought->bytes);
    if (!in_order) return message_wait(x, source, brought, false), CODE_NONE;
    if (sequence == source->sequence + 1) source->sequence = sequence;
    else message_wait(x, source, brought, true); /* on arrival: its turn is only noted */
    message_run(x, source, brought);
    waiting_run(x, source);
    return CODE_NONE;
}

/* The record of an accepted proof: what block_finalized tells (api 6.5). */
static void block_keep(struct exec *x)
{
    struct okey key = bridge_index('b');
    okey_u32(&key, x->payload->ipc_deliver.height);
    uint8_t value[8 + 4 + 32];
    memcpy(value, &x->work->frame->timestamp_ms, 8);
    memcpy(value + 8, &x->work->frame->height, 4);
    memcpy(value + 12, &x->id, 32);
    work_set(x->work, &key, (struct str){(const char *)value, sizeof(value)});
}

enum code bridge_deliver(struct exec *x)
{
    struct work *work = x->work;
    const struct payload_ipc_deliver *payload = &x->payload->ipc_deliver;
    struct source source;
    struct source_block block;
    bool fresh = false;
    if (work->rules->peer.chain == 0) return refuse(x, CODE_FEATURE_NOT_AVAILABLE, RECEIPT_FIELD_KIND);
    const bool known = source_get(&work->objects, &source) && source_block_get(&work->objects, payload->height, &block);
    if (payload->proof.len == 0 && !known) return refuse(x, CODE_SOURCE_NOT_FINAL, RECEIPT_FIELD_HEIGHT);
    enum code code = payload->proof.len == 0 ? CODE_NONE : source_prove(x, &source, &block, &fresh);
    if (code != CODE_NONE) return code;
    struct brought *brought = arena_array(&work->arena, struct brought, payload->messages.count + 1);
    code = messages_prove(x, &block, brought);
    if (code != CODE_NONE) return code;
    bool anything = fresh;
    for (uint32_t i = 0; i < payload->messages.count && !anything; i++)
        anything = !sequence_known(work, &source, brought[i].message.sequence);
    if (!guard_sequence_fresh(work->rules, anything)) return refuse(x, CODE_IPC_DUPLICATE, RECEIPT_FIELD_MESSAGES);
    for (uint32_t i = 0; i < payload->messages.count; i++) {
        code = message_take(x, &source, &brought[i]);
        if (code != CODE_NONE) return code;
    }
    if (fresh) block_keep(x);
    source_put(work, &source);
    return CODE_NONE;
}
