/* What the bridge shows: computed from states, never from what a relay says. */
#include "network/ledger/bridge_view.h"

#include "core/codec/binary.h"
#include "core/crypto/merkle.h"
#include "network/ledger/bridge_priv.h"

#define HALTED_AFTER_MS 60000

static struct str address_str(const struct address *address, enum chain_id chain, struct arena *arena)
{
    char text[ADDRESS_TEXT];
    address_text(address, chain, text);
    return str_dup(arena, str_of(text));
}

/* ---- locks and burns ---- */

bool bridge_lock_view(const struct bridge_sight *sight, const struct hash *lock_id, struct arena *arena, struct lock_view *out)
{
    const struct okey key = lock_key(lock_id);
    struct str value;
    if (!ordmap_get(ledger_objects(sight->state), okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    struct address recipient;
    memset(out, 0, sizeof(*out));
    out->lock_id = *lock_id;
    bin_get_bytes(&r, &out->sender, sizeof(out->sender));
    bin_get_bytes(&r, &recipient, sizeof(recipient));
    out->amount.units = bin_get_u128(&r);
    out->height = bin_get_u32(&r);
    out->status = (enum lock_status)bin_get_u8(&r);
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only the bridge writes there */
    out->recipient = address_str(&recipient, CHAIN_DELTA, arena);
    out->finalized = out->height <= sight->final_height;
    return true;
}

/* A message about this id that waits for a gap. */
static bool waiting_find(const struct ordmap *objects, const struct hash *id, struct claimable *out)
{
    const struct okey prefix = bridge_key("bridge/wait/");
    struct ordmap_entry entry;
    for (bool more = ordmap_first(objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(objects, okey_view(&prefix), entry.key, &entry)) {
        struct ipc_message message;
        if (entry.value.len < 5 || !ipc_decode(str_sub(entry.value, 5, entry.value.len), &message)) continue;
        const bool transfer = message.type == IPC_LOCK_TRANSACTION || message.type == IPC_BURN_TRANSACTION;
        if (!transfer || !hash_eq(&message.body.transfer.id, id)) continue;
        const struct ipc_transfer *body = &message.body.transfer;
        *out = (struct claimable){.sequence = message.sequence,
                                  .height = message.source_height,
                                  .index = bin_load_u32((const uint8_t *)entry.value.data),
                                  .sender = body->sender,
                                  .recipient = body->recipient,
                                  .amount = body->amount,
                                  .automatic = body->automatic};
        return true;
    }
    return false;
}

/* One that the other chain has sent and this one has not been told of. */
static bool sent_find(const struct ledger_state *other, const struct hash *id, struct claimable *out)
{
    uint64_t sequence, ms;
    uint32_t height, index;
    struct str bytes;
    struct ipc_message message;
    if (other == NULL) return false;
    const struct ordmap *objects = ledger_objects(other);
    if (!sent_sequence(objects, 't', id, &sequence) || !sent_get(objects, sequence, &height, &index, &ms, &bytes)) return false;
    if (!ipc_decode(bytes, &message)) return false;
    const struct ipc_transfer *body = &message.body.transfer;
    *out = (struct claimable){.sequence = sequence,
                              .height = height,
                              .index = index,
                              .sender = body->sender,
                              .recipient = body->recipient,
                              .amount = body->amount,
                              .automatic = body->automatic};
    return true;
}

/* How far a lock or burn has come here. */
static bool claim_find(const struct bridge_sight *sight, const struct hash *id, struct claimable *out, enum claim_status *status,
                       struct claim_record *claim)
{
    const struct ordmap *objects = ledger_objects(sight->state);
    if (claim_record_get(objects, id, claim)) {
        *out = claim->of;
        *status = CLAIM_PAID;
        return true;
    }
    *status = CLAIM_FINAL;
    if (claimable_get(objects, id, out)) return true;
    *status = CLAIM_SEEN;
    return waiting_find(objects, id, out) || sent_find(sight->other, id, out);
}

bool bridge_lock_in_view(const struct bridge_sight *sight, const struct hash *lock_id, struct arena *arena, struct lock_in_view *out)
{
    struct claimable known;
    struct claim_record claim;
    enum claim_status status;
    if (!claim_find(sight, lock_id, &known, &status, &claim)) return false;
    *out = (struct lock_in_view){.lock_id = *lock_id,
                                 .sender = address_str(&known.sender, CHAIN_ALPHA, arena),
                                 .recipient = known.recipient,
                                 .amount = known.amount,
                                 .source_height = known.height,
                                 .message_index = known.index,
                                 .status = status};
    if (status != CLAIM_PAID) return true;
    out->mint_transaction_id = (struct opt_hash){true, claim.transaction};
    out->minted_height = (struct opt_u32){true, claim.height};
    return true;
}

bool bridge_unlock_view(const struct bridge_sight *sight, const struct hash *burn_id, struct unlock_view *out)
{
    struct claimable known;
    struct claim_record claim;
    enum claim_status status;
    if (!claim_find(sight, burn_id, &known, &status, &claim)) return false;
    *out = (struct unlock_view){.burn_id = *burn_id, .recipient = known.recipient, .amount = known.amount, .status = status};
    if (status == CLAIM_PAID) out->transaction_id = (struct opt_hash){true, claim.transaction};
    return true;
}

/* ---- records ---- */

static void record_of_bytes(struct str bytes, struct arena *arena, struct ipc_record *out)
{
    struct ipc_message message;
    const bool sound = ipc_decode(bytes, &message);
    ASSERT(sound); /* only messages are kept */
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    ipc_write_body(&message, &w);
    memset(out, 0, sizeof(*out));
    out->message_id = ipc_id(bytes);
    out->sequence = message.sequence;
    out->type = message.type;
    out->source_chain = message.source.chain;
    out->destination_chain = message.destination.chain;
    out->source_height = message.source_height;
    out->bytes = str_dup(arena, bytes);
    out->decoded = str_dup(arena, buf_str(&text));
    out->error = CODE_NONE;
    buf_done(&text);
}

/* What became of a message at its destination. */
static void record_arrived(struct ipc_record *record, const struct arrival *arrival)
{
    record->delivered_at = (struct opt_u64){true, arrival->delivered_ms};
    record->attempts = arrival->attempts;
    record->status = IPC_DELIVERED;
    if (arrival->executed_height == 0) return;
    record->executed_at = (struct opt_u64){true, arrival->executed_ms};
    record->execute_transaction_id = (struct opt_hash){true, arrival->transaction};
    record->status = arrival->code == CODE_NONE ? IPC_EXECUTED : IPC_FAILED;
    record->error = (enum code)arrival->code;
}

static bool record_in(const struct bridge_sight *sight, uint64_t sequence, struct arena *arena, struct ipc_record *out)
{
    const struct ordmap *objects = ledger_objects(sight->state);
    struct arrival arrival;
    struct source_block block;
    struct str bytes;
    if (!arrival_get(objects, sequence, &arrival, &bytes)) return false;
    record_of_bytes(bytes, arena, out);
    out->message_index = arrival.index;
    if (source_block_get(objects, arrival.source_height, &block)) out->emitted_at = block.timestamp_ms;
    record_arrived(out, &arrival);
    return true;
}

static bool record_out(const struct bridge_sight *sight, uint64_t sequence, struct arena *arena, struct ipc_record *out)
{
    struct str bytes, there;
    struct arrival arrival;
    uint32_t height, index;
    uint64_t ms;
    if (!sent_get(ledger_objects(sight->state), sequence, &height, &index, &ms, &bytes)) return false;
    record_of_bytes(bytes, arena, out);
    out->message_index = index;
    out->emitted_at = ms;
    out->status = height <= sight->final_height ? IPC_FINAL : IPC_EMITTED;
    if (sight->other != NULL && arrival_get(ledger_objects(sight->other), sequence, &arrival, &there) && str_eq(bytes, there))
        record_arrived(out, &arrival);
    return true;
}

/* block_finalized: by the height of the block it is about. */
static bool record_block(const struct ledger_state *destination, uint32_t height, const struct str value, struct arena *arena,
                         struct ipc_record *out)
{
    const struct ordmap *objects = ledger_objects(destination);
    struct source source;
    struct source_block block;
    if (!source_get(objects, &source) || !source_block_get(objects, height, &block)) return false;
    const struct ipc_message message = {.type = IPC_BLOCK_FINALIZED,
                                        .source = source.domain,
                                        .destination = source.own,
                                        .source_height = height,
                                        .body.block_finalized = {.height = height,
                                                                 .block_hash = block.hash,
                                                                 .state_root = block.state_root,
                                                                 .messages_root = block.messages_root,
                                                                 .next_committee_hash = block.next_committee}};
    struct buf bytes = {0};
    ipc_encode(&message, &bytes);
    record_of_bytes(buf_str(&bytes), arena, out);
    buf_done(&bytes);
    struct bin_reader r = bin_reader_of(value.data, value.len);
    struct arrival arrival = {.executed_height = 1, .attempts = 1};
    arrival.delivered_ms = arrival.executed_ms = bin_get_u64(&r);
    arrival.delivered_height = arrival.executed_height = bin_get_u32(&r);
    bin_get_bytes(&r, &arrival.transaction, sizeof(arrival.transaction));
    out->emitted_at = block.timestamp_ms;
    record_arrived(out, &arrival);
    return true;
}

static uint32_t block_records(const struct ledger_state *destination, uint64_t after, uint32_t limit, struct arena *arena,
                              struct ipc_record *out, bool *out_more, uint64_t *out_next)
{
    uint32_t count = 0;
    *out_more = false;
    if (destination == NULL || after >= UINT32_MAX) return 0;
    const struct okey prefix = bridge_index('b');
    struct okey from = prefix;
    okey_u32(&from, (uint32_t)after);
    struct ordmap_entry entry;
    for (bool more = ordmap_next(ledger_objects(destination), okey_view(&prefix), okey_view(&from), &entry); more;
         more = ordmap_next(ledger_objects(destination), okey_view(&prefix), entry.key, &entry)) {
        const uint8_t *at = (const uint8_t *)entry.key.data + 2;
        const uint32_t height = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
        if (count == limit) {
            *out_more = true;
            break;
        }
        if (!record_block(destination, height, entry.value, arena, &out[count])) continue;
        count++;
        *out_next = height;
    }
    return count;
}

uint32_t bridge_records(const struct bridge_sight *sight, enum ipc_direction direction, uint64_t after, unsigned type, uint32_t limit,
                        struct arena *arena, struct ipc_record *out, bool *out_more, uint64_t *out_next)
{
    *out_next = after;
    const bool in = direction == DIRECTION_IN;
    if (type == IPC_BLOCK_FINALIZED) return block_records(in ? sight->state : sight->other, after, limit, arena, out, out_more, out_next);
    const struct okey prefix = bridge_index(in ? 'i' : 'o');
    struct okey from = prefix;
    okey_u64(&from, after);
    struct ordmap_entry entry;
    uint32_t count = 0;
    *out_more = false;
    const struct ordmap *objects = ledger_objects(sight->state);
    for (bool more = ordmap_next(objects, okey_view(&prefix), okey_view(&from), &entry); more;
         more = ordmap_next(objects, okey_view(&prefix), entry.key, &entry)) {
        uint64_t sequence = 0;
        for (size_t i = 0; i < 8; i++) sequence = sequence << 8 | (uint8_t)entry.key.data[2 + i];
        struct ipc_record record;
        if (!(in ? record_in(sight, sequence, arena, &record) : record_out(sight, sequence, arena, &record))) continue;
        if (type != 0 && record.type != type) continue;
        if (count == limit) {
            *out_more = true;
            break;
        }
        out[count++] = record;
        *out_next = sequence;
    }
    return count;
}

/* ---- proofs ---- */

bool bridge_sent_find(const struct ledger_state *state, const struct hash *message_id, uint64_t *out_sequence, uint32_t *out_height,
                      uint32_t *out_index)
{
    uint64_t ms;
    struct str bytes;
    const struct ordmap *objects = ledger_objects(state);
    return sent_sequence(objects, 'm', message_id, out_sequence) &&
           sent_get(objects, *out_sequence, out_height, out_index, &ms, &bytes);
}

bool bridge_message_proof(const struct ledger_state *state, uint64_t sequence, struct arena *arena, struct ipc_proof_view *out)
{
    const struct ordmap *objects = ledger_objects(state);
    uint32_t height, index, at_height, at_index, count = 0;
    uint64_t ms;
    struct str bytes;
    if (!sent_get(objects, sequence, &height, &index, &ms, &bytes) || index >= sequence) return false;
    memset(out, 0, sizeof(*out));
    out->message_id = ipc_id(bytes);
    out->height = height;
    const uint64_t first = sequence - index;
    while (sent_get(objects, first + count, &at_height, &at_index, &ms, &bytes) && at_height == height) count++;
    if (index >= count) return false; /* the block's first messages are no longer kept */
    struct hash *leaves = arena_array(arena, struct hash, count);
    for (uint32_t i = 0; i < count; i++) {
        const bool found = sent_get(objects, first + i, &at_height, &at_index, &ms, &bytes);
        ASSERT(found);
        leaves[i] = merkle_leaf(bytes.data, bytes.len);
    }
    merkle_prove(leaves, count, index, &out->proof);
    return true;
}

/* ---- status, and what relays ask ---- */

uint64_t bridge_sent(const struct ledger_state *state)
{
    const struct okey prefix = bridge_index('o');
    struct ordmap_entry entry;
    uint64_t sequence = 0;
    if (!ordmap_last(ledger_objects(state), okey_view(&prefix), &entry)) return 0;
    for (size_t i = 0; i < 8; i++) sequence = sequence << 8 | (uint8_t)entry.key.data[2 + i];
    return sequence;
}

bool bridge_sent_at(const struct ledger_state *state, uint64_t sequence, struct bridge_sent *out)
{
    const struct okey prefix = bridge_index('o');
    struct okey key = prefix;
    struct ordmap_entry entry;
    okey_u64(&key, sequence);
    const struct ordmap *objects = ledger_objects(state);
    if (!ordmap_ceiling(objects, okey_view(&key), &entry) || !str_starts(entry.key, okey_view(&prefix))) return false;
    uint64_t at = 0;
    for (size_t i = 0; i < 8; i++) at = at << 8 | (uint8_t)entry.key.data[2 + i];
    out->sequence = at;
    return sent_get(objects, at, &out->height, &out->index, &out->emitted_ms, &out->bytes);
}

/* The last message sent in a block not above `height`. */
static uint64_t sent_until(const struct ledger_state *state, uint32_t height)
{
    struct bridge_sent sent;
    uint64_t sequence = bridge_sent(state);
    while (sequence > 0 && bridge_sent_at(state, sequence, &sent) && sent.sequence == sequence && sent.height > height) sequence--;
    return sequence;
}

void bridge_inbox(const struct ledger_state *state, struct bridge_inbox *out)
{
    struct source source;
    memset(out, 0, sizeof(*out));
    if (!source_get(ledger_objects(state), &source)) return;
    *out = (struct bridge_inbox){.epoch = source.epoch,
                                 .committee = source.committee,
                                 .height_max = source.height_max,
                                 .sequence = source.sequence,
                                 .sequence_max = source.sequence_max,
                                 .waiting = source.waiting,
                                 .failed = source.failed};
}

bool bridge_has(const struct ledger_state *state, uint64_t sequence)
{
    struct source source;
    uint32_t index;
    bool done;
    struct str bytes;
    const struct ordmap *objects = ledger_objects(state);
    return source_get(objects, &source) && (sequence <= source.sequence || waiting_get(objects, sequence, &index, &done, &bytes));
}

bool bridge_knows_block(const struct ledger_state *state, uint32_t height)
{
    struct source_block block;
    return source_block_get(ledger_objects(state), height, &block);
}

bool bridge_claimed(const struct ledger_state *state, const struct hash *id)
{
    const struct okey key = claim_key(id);
    struct str value;
    return ordmap_get(ledger_objects(state), okey_view(&key), &value);
}

bool bridge_claimable(const struct ledger_state *state, const struct hash *id, bool *out_automatic, struct amount *out_amount)
{
    struct claimable known;
    if (!claimable_get(ledger_objects(state), id, &known)) return false;
    *out_automatic = known.automatic;
    *out_amount = known.amount;
    return true;
}

void bridge_lock_sums(const struct ledger_state *state, struct amount *out_locked, struct amount *out_unlocked)
{
    const struct lock_sums sums = lock_sums_get(ledger_objects(state));
    *out_locked = sums.locked;
    *out_unlocked = sums.unlocked;
}

/* One direction: who sends (NULL: not known here) and who receives. */
static void half_fill(const struct ledger_state *from, uint32_t from_final, const struct ledger_state *to, struct ipc_half *out)
{
    struct bridge_inbox inbox;
    memset(out, 0, sizeof(*out));
    if (to != NULL) {
        bridge_inbox(to, &inbox);
        out->last_delivered = inbox.sequence_max;
        out->last_executed = inbox.sequence;
        out->rejected = inbox.failed;
    }
    out->last_emitted = from != NULL ? bridge_sent(from) : out->last_delivered;
    out->last_final = from != NULL ? sent_until(from, from_final) : out->last_delivered;
    out->pending = out->last_final > out->last_executed ? (uint32_t)(out->last_final - out->last_executed) : 0;
    struct bridge_sent oldest;
    if (from == NULL || to == NULL || out->pending == 0 || !bridge_sent_at(from, out->last_executed + 1, &oldest)) return;
    out->halted = ledger_timestamp_ms(from) > oldest.emitted_ms + HALTED_AFTER_MS;
}

void bridge_status(const struct bridge_sight *sight, struct ipc_status_view *out)
{
    half_fill(sight->other, sight->other_final_height, sight->state, &out->in);
    half_fill(sight->state, sight->final_height, sight->other, &out->out);
}
