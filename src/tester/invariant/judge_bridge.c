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
        vec_done(&bridge->open[s]);
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

static struct crossing *crossing_of(struct judge_bridge *bridge, enum chain_id source, const struct hash *id)
{
    bool fresh;
    struct crossing *crossing = map_put(&bridge->crossings[source - 1], id, &fresh);
    if (fresh) vec_push(&bridge->open[source - 1], *id);
    return crossing;
}

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

struct sending { /* of a lock or burn */
    struct address to;
    struct amount amount;
    bool automatic;
};
static void sent_take(struct judge *judge, enum chain_id source, uint32_t height, const struct tx *tx, struct sending sending, struct instant now)
{
    struct judge_bridge *bridge = &judge->bridge;
    struct crossing *crossing = crossing_of(bridge, source, &tx->id);
    crossing->is_sent = true;
    crossing->automatic = sending.automatic;
    crossing->sent = sending.amount;
    crossing->to = sending.to;
    crossing->sent_height = height;
    crossing->sent_seen = now;
    bridge->sent[source - 1] += sending.amount.units;
    if (crossing->payments > 0) bridge->homeless[source - 1]--;
    else if (sending.automatic) bridge->unclaimed[source - 1]++;
}

static void claim_take(struct judge *judge, enum chain_id source, uint32_t height, const struct tx *tx, const struct payload_claim *claim, struct instant now)
{
    struct judge_bridge *bridge = &judge->bridge;
    struct crossing *crossing = crossing_of(bridge, source, &claim->source_id);
    struct ipc_message message;
    struct amount amount = crossing->sent;
    if (claim->message.len > 0 && ipc_decode(claim->message, &message)) amount = message.body.transfer.amount;
    judge->state[4].samples++;
    if (crossing->payments == 0 && !crossing->is_sent) bridge->homeless[source - 1]++;
    if (crossing->payments == 0 && crossing->is_sent && crossing->automatic) bridge->unclaimed[source - 1]--;
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
    judge->bridge.moved[chain - 1] = height;
    if (kind == KIND_BRIDGE_LOCK) {
        const struct payload_bridge_lock *lock = &payload.bridge_lock;
        sent_take(judge, chain, height, tx, (struct sending){lock->recipient, lock->amount, lock->auto_mint}, now);
    } else if (kind == KIND_BURN) {
        const struct payload_burn *burn = &payload.burn;
        sent_take(judge, chain, height, tx, (struct sending){burn->recipient, burn->amount, burn->auto_unlock}, now);
    } else {
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
    struct crossing *crossing = crossing_of(bridge, source, &decoded.body.transfer.id);
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

/* Those of which everything was seen are never looked at again. */
static void crossings_settle(struct judge *judge, enum chain_id source, struct instant now)
{
    struct judge_bridge *bridge = &judge->bridge;
    size_t kept = 0;
    for (size_t i = 0; i < bridge->open[source - 1].count; i++) {
        const struct hash id = bridge->open[source - 1].data[i];
        struct crossing *crossing = map_find(&bridge->crossings[source - 1], &id);
        crossing_settle(judge, source, &id, crossing, now);
        if (!crossing->told && (!crossing->is_sent || crossing->sequence == 0)) bridge->open[source - 1].data[kept++] = id;
    }
    bridge->open[source - 1].count = kept;
}

/* ---- the books, once nothing is under way ---- */

static const struct supply_token *stated(const struct judge *judge, enum chain_id chain, enum token token)
{
    const struct supply *supply = &judge->money[chain - 1].last;
    for (uint32_t i = 0; i < supply->tokens_count; i++)
        if (supply->tokens[i].token == token) return &supply->tokens[i];
    return NULL;
}

/* Everything that was locked and burned has been claimed, and both chains have stated their books since: what the bridge holds in AX is what was
 * minted of sAX and not burned. */
static void books_settle(struct judge *judge)
{
    struct judge_bridge *bridge = &judge->bridge;
    bool fresh = false;
    for (size_t c = 0; c < 2; c++) {
        if (bridge->sent[c] != bridge->paid[c] || bridge->moved[c] == 0 || judge->money[c].last.finalized_height < bridge->moved[c]) return;
        fresh = fresh || bridge->balanced[c] != bridge->moved[c];
    }
    const struct supply_token *ax = stated(judge, CHAIN_ALPHA, TOKEN_AX), *sax = stated(judge, CHAIN_DELTA, TOKEN_SAX);
    if (!fresh || ax == NULL || sax == NULL) return;
    memcpy(bridge->balanced, bridge->moved, sizeof(bridge->balanced));
    judge->state[3].samples++;
    const u128 out = sax->bridge_minted.units - sax->bridge_burned.units; /* modulo 2^128 */
    if (ax->bridge_locked.units == out) return;
    char locked[U128_TEXT], minted[U128_TEXT], burned[U128_TEXT];
    u128_text(ax->bridge_locked.units, locked);
    u128_text(sax->bridge_minted.units, minted);
    u128_text(sax->bridge_burned.units, burned);
    judge_violation(judge, 3, judge->money[CHAIN_ALPHA - 1].last.finalized_height, NULL,
                    "nothing is under way, and the bridge holds %s, with %s minted and %s burned", locked, minted, burned);
}

uint64_t judge_bridge_orphans(const struct judge *judge)
{
    const struct judge_bridge *bridge = &judge->bridge;
    return bridge->unclaimed[0] + bridge->unclaimed[1] + bridge->homeless[0] + bridge->homeless[1];
}

bool judge_bridge_is_settled(const struct judge *judge)
{
    const struct judge_bridge *bridge = &judge->bridge;
    bool all = true, compared = true;
    for (size_t c = 0; c < 2; c++) {
        all = all && bridge->sent[c] == bridge->paid[c] && bridge->moved[c] > 0;
        compared = compared && bridge->balanced[c] == bridge->moved[c];
    }
    return judge_bridge_orphans(judge) == 0 && (compared || !all);
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
    for (enum chain_id source = CHAIN_ALPHA; source <= CHAIN_DELTA; source++) {
        crossings_settle(judge, source, now);
        messages_settle(judge, source, heights[chain_other(source) - 1], now);
    }
    books_settle(judge);
}
