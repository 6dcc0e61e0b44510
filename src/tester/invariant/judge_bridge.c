#include "tester/invariant/judge_bridge.h"

#include <inttypes.h>

#include "chain/ipc.h"
#include "chain/payload.h"
#include "tester/invariant/judge.h"

#define GRACE_S 20u       /* the two chains are read one after the other */
#define DEADLINE_S 60u    /* a final message is executed within it, ... */
#define DEADLINE_BLOCKS 60u /* ... if its destination makes blocks meanwhile */

void judge_bridge_init(struct judge_bridge *bridge)
{
    *bridge = (struct judge_bridge){.oldest = {1, 1}};
    for (size_t s = 0; s < 2; s++) {
        map_init(&bridge->crossings[s], sizeof(struct hash), sizeof(struct crossing));
        map_init(&bridge->messages[s], sizeof(uint64_t), sizeof(struct crossing_message));
    }
}

void judge_bridge_done(struct judge_bridge *bridge)
{
    vec_done(&bridge->claims);
    for (size_t s = 0; s < 2; s++) {
        map_done(&bridge->crossings[s]);
        map_done(&bridge->messages[s]);
    }
}

struct short_id {
    char text[17];
};
static struct short_id short_of(const struct hash *hash)
{
    struct short_id id;
    str_hex(hash->b, 8, id.text);
    id.text[16] = 0;
    return id;
}
static const char *what(enum chain_id source) { return source == CHAIN_ALPHA ? "lock" : "burn"; }

/* ---- INV-03, INV-04 ---- */

static void sum_judge(struct judge *judge, enum chain_id source, uint32_t height, const struct hash *subject)
{
    struct judge_bridge *bridge = &judge->bridge;
    const size_t s = source - 1u;
    judge->state[3].samples++;
    if (bridge->paid[s] <= bridge->sent[s] || bridge->told_sum[s]) return;
    char paid[U128_TEXT], sent[U128_TEXT];
    u128_text(bridge->paid[s], paid);
    u128_text(bridge->sent[s], sent);
    bridge->told_sum[s] = true;
    judge_violation(judge, 3, height, subject, "%s was paid out for %ss of %s: transaction %s takes more than stands behind it", paid, what(source), sent,
                    short_of(subject).text);
}

static void sent_take(struct judge *judge, enum chain_id source, uint32_t height, const struct tx *tx, const struct address *to, struct amount amount,
                      struct instant now)
{
    struct judge_bridge *bridge = &judge->bridge;
    struct crossing *crossing = map_put(&bridge->crossings[source - 1], &tx->id, NULL);
    crossing->is_sent = true;
    crossing->sent = amount;
    crossing->to = *to;
    crossing->sent_height = height;
    crossing->sent_seen = now;
    bridge->sent[source - 1] += amount.units;
}

static void claim_take(struct judge *judge, enum chain_id source, uint32_t height, const struct tx *tx, const struct payload_claim *claim, struct instant now)
{
    struct judge_bridge *bridge = &judge->bridge;
    struct crossing *crossing = map_put(&bridge->crossings[source - 1], &claim->source_id, NULL);
    struct ipc_message message;
    struct amount amount = crossing->sent;
    if (claim->message.len > 0 && ipc_decode(claim->message, &message)) amount = message.body.transfer.amount;
    judge->state[4].samples++;
    if (crossing->payments++ > 0)
        judge_violation(judge, 4, height, &tx->id, "block %" PRIu32 ": transaction %s pays %s %s again", height, short_of(&tx->id).text, what(source),
                        short_of(&claim->source_id).text);
    if (crossing->is_sent && !amount_eq(amount, crossing->sent))
        judge_violation(judge, 4, height, &tx->id, "block %" PRIu32 ": transaction %s pays another amount than %s %s is of", height, short_of(&tx->id).text,
                        what(source), short_of(&claim->source_id).text);
    crossing->claim = tx->id;
    crossing->paid = amount;
    crossing->paid_seen = now;
    bridge->paid[source - 1] += amount.units;
    if (crossing->is_sent) sum_judge(judge, source, height, &tx->id);
}

static void transaction_take(struct judge *judge, enum chain_id chain, uint32_t height, const struct tx *tx, struct instant now)
{
    const enum kind kind = (enum kind)tx->kind;
    if (kind != KIND_BRIDGE_LOCK && kind != KIND_BURN && kind != KIND_MINT_CLAIM && kind != KIND_BRIDGE_UNLOCK_CLAIM) return;
    struct arena arena;
    union payload payload;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    if (kind == KIND_BRIDGE_LOCK) sent_take(judge, chain, height, tx, &payload.bridge_lock.recipient, payload.bridge_lock.amount, now);
    else if (kind == KIND_BURN) sent_take(judge, chain, height, tx, &payload.burn.recipient, payload.burn.amount, now);
    else {
        claim_take(judge, chain_other(chain), height, tx, &payload.claim, now);
        vec_push(&judge->bridge.claims, ((struct crossing_claim){payload.claim.source_id, chain_other(chain)}));
    }
    arena_done(&arena);
}

void judge_bridge_block(struct judge *judge, enum chain_id chain, const struct block_view *block, struct instant now)
{
    if (block->transactions_count == 0 || !receipts_are_proven(block)) return;
    for (uint32_t i = 0; i < block->transactions_count; i++) {
        const struct tx_view *view = &block->transactions[i];
        if (receipt_success(&view->receipt)) transaction_take(judge, chain, block->header.height, view->envelope, now);
    }
}

void judge_bridge_claim(struct judge *judge, enum chain_id source, const struct hash *id, const struct address *paid_to, struct amount amount, uint32_t height)
{
    const struct crossing *crossing = map_find(&judge->bridge.crossings[source - 1], id);
    if (crossing == NULL || !crossing->is_sent) return; /* told when its time is over */
    judge->state[4].samples++;
    if (amount_eq(amount, crossing->sent) && address_eq(paid_to, &crossing->to)) return;
    judge_violation(judge, 4, height, &crossing->claim, "at height %" PRIu32 " the claim of %s %s has paid %s than it is of", height, what(source),
                    short_of(id).text, amount_eq(amount, crossing->sent) ? "somebody else" : "another amount");
}

/* ---- INV-08 ---- */

void judge_bridge_sent(struct judge *judge, enum chain_id source, const struct ipc_record *record, uint32_t there, struct instant now)
{
    struct judge_bridge *bridge = &judge->bridge;
    bool fresh;
    struct crossing_message *message = map_put(&bridge->messages[source - 1], &record->sequence, &fresh);
    if (!fresh) return;
    *message = (struct crossing_message){.id = record->message_id, .seen = now, .there = there};
    struct ipc_message decoded;
    if (!ipc_decode(record->bytes, &decoded) || (decoded.type != IPC_LOCK_TRANSACTION && decoded.type != IPC_BURN_TRANSACTION)) return;
    struct crossing *crossing = map_put(&bridge->crossings[source - 1], &decoded.body.transfer.id, NULL);
    crossing->sequence = record->sequence;
}

void judge_bridge_executed(struct judge *judge, enum chain_id source, const struct ipc_record *record)
{
    struct judge_bridge *bridge = &judge->bridge;
    const size_t s = source - 1u;
    judge->state[8].samples++;
    if (record->sequence != bridge->applied[s] + 1)
        judge_violation(judge, 8, 0, &record->message_id, "message %" PRIu64 " of %s is executed behind %" PRIu64, record->sequence, chain_text(source).data,
                        bridge->applied[s]);
    if (record->attempts > 1)
        judge_violation(judge, 8, 0, &record->message_id, "message %" PRIu64 " of %s was executed %" PRIu32 " times", record->sequence, chain_text(source).data,
                        record->attempts);
    if (record->executed_at.value < bridge->executed_at[s])
        judge_violation(judge, 8, 0, &record->message_id, "message %" PRIu64 " of %s was executed before the one in front of it", record->sequence,
                        chain_text(source).data);
    struct crossing_message *message = map_find(&bridge->messages[s], &record->sequence);
    if (message != NULL && !hash_eq(&message->id, &record->message_id))
        judge_violation(judge, 8, 0, &record->message_id, "message %" PRIu64 " of %s is executed as another one than was sent", record->sequence,
                        chain_text(source).data);
    if (message != NULL) message->executed = true;
    bridge->applied[s] = record->sequence;
    bridge->executed_at[s] = record->executed_at.value;
}

/* ---- what is late ---- */

static bool is_past(struct instant since, uint64_t seconds, struct instant now) { return since.ns + seconds * NS_PER_S <= now.ns; }

static void crossing_settle(struct judge *judge, enum chain_id source, const struct hash *id, struct crossing *crossing, struct instant now)
{
    if (crossing->told) return;
    if (crossing->payments > 0 && !crossing->is_sent && is_past(crossing->paid_seen, GRACE_S, now)) {
        crossing->told = true;
        judge_violation(judge, 3, 0, &crossing->claim, "transaction %s was paid for %s %s, which no final block holds", short_of(&crossing->claim).text,
                        what(source), short_of(id).text);
        judge_violation(judge, 4, 0, &crossing->claim, "transaction %s claims %s %s, which does not exist", short_of(&crossing->claim).text, what(source),
                        short_of(id).text);
    } else if (crossing->is_sent && crossing->sequence == 0 && is_past(crossing->sent_seen, GRACE_S, now)) {
        crossing->told = true;
        judge_violation(judge, 8, crossing->sent_height, id, "%s %s of block %" PRIu32 " never sent its message", what(source), short_of(id).text,
                        crossing->sent_height);
    }
}

static void messages_settle(struct judge *judge, enum chain_id source, uint32_t there, struct instant now)
{
    struct judge_bridge *bridge = &judge->bridge;
    uint64_t *oldest = &bridge->oldest[source - 1];
    struct crossing_message *message;
    while ((message = map_find(&bridge->messages[source - 1], oldest)) != NULL && (message->executed || *oldest <= bridge->applied[source - 1])) (*oldest)++;
    if (message == NULL || message->told) return;
    if (!is_past(message->seen, DEADLINE_S, now) || there < message->there + DEADLINE_BLOCKS) return;
    message->told = true;
    judge_violation(judge, 8, 0, &message->id, "message %" PRIu64 " of %s has been final for %us and is not executed", *oldest, chain_text(source).data,
                    DEADLINE_S);
}

void judge_bridge_settle(struct judge *judge, const uint32_t heights[2], struct instant now)
{
    struct judge_bridge *bridge = &judge->bridge;
    for (enum chain_id source = CHAIN_ALPHA; source <= CHAIN_DELTA; source++) {
        const struct map *crossings = &bridge->crossings[source - 1];
        for (size_t i = map_next(crossings, 0); i != MAP_END; i = map_next(crossings, i + 1))
            crossing_settle(judge, source, map_key_at(crossings, i), map_value_at(crossings, i), now);
        messages_settle(judge, source, heights[chain_other(source) - 1], now);
    }
}
