/* Records of the bridge as bytes: what is known of the other chain, its blocks, and every message sent and received. */
#include "network/ledger/bridge_priv.h"

#include "core/codec/binary.h"

struct okey bridge_key(const char *text) { return okey_of_text(SPACE_PARAM, text); }

struct okey bridge_index(char what)
{
    struct okey key = okey(INDEX_BRIDGE);
    okey_u8(&key, (uint8_t)what);
    return key;
}

static bool record_at(const struct ordmap *objects, const struct okey *key, struct bin_reader *r)
{
    struct str value;
    if (!ordmap_get(objects, okey_view(key), &value)) return false;
    *r = bin_reader_of(value.data, value.len);
    return true;
}

static void record_set(struct work *work, const struct okey *key, struct buf *value)
{
    work_set(work, key, buf_str(value));
    buf_done(value);
}

static bool settled(const struct bin_reader *r)
{
    const bool sound = bin_done(r);
    ASSERT(sound); /* only this file writes there */
    return true;
}

/* ---- records ---- */

bool source_get(const struct ordmap *objects, struct source *out)
{
    const struct okey key = bridge_key("bridge/source");
    struct bin_reader r;
    if (!record_at(objects, &key, &r)) return false;
    memset(out, 0, sizeof(*out));
    out->domain.chain = (enum chain_id)bin_get_u8(&r);
    out->domain.network_id = bin_get_u16(&r);
    out->own.chain = (enum chain_id)bin_get_u8(&r);
    out->own.network_id = bin_get_u16(&r);
    out->epoch = bin_get_u64(&r);
    bin_get_bytes(&r, &out->committee, sizeof(out->committee));
    out->height_max = bin_get_u32(&r);
    out->sequence = bin_get_u64(&r);
    out->sequence_max = bin_get_u64(&r);
    out->waiting = bin_get_u32(&r);
    out->failed = bin_get_u64(&r);
    out->learned = bin_get_u32(&r);
    return settled(&r);
}

void source_put(struct work *work, const struct source *source)
{
    const struct okey key = bridge_key("bridge/source");
    struct buf value = {0};
    bin_put_u8(&value, (uint8_t)source->domain.chain);
    bin_put_u16(&value, source->domain.network_id);
    bin_put_u8(&value, (uint8_t)source->own.chain);
    bin_put_u16(&value, source->own.network_id);
    bin_put_u64(&value, source->epoch);
    bin_put_bytes(&value, &source->committee, sizeof(source->committee));
    bin_put_u32(&value, source->height_max);
    bin_put_u64(&value, source->sequence);
    bin_put_u64(&value, source->sequence_max);
    bin_put_u32(&value, source->waiting);
    bin_put_u64(&value, source->failed);
    bin_put_u32(&value, source->learned);
    record_set(work, &key, &value);
}

static struct okey path_key(const struct hash *committee)
{
    struct okey key = bridge_key("bridge/path/");
    okey_hash(&key, committee);
    return key;
}

bool path_get(const struct ordmap *objects, const struct hash *committee, struct path_entry *out)
{
    const struct okey key = path_key(committee);
    struct bin_reader r;
    if (!record_at(objects, &key, &r)) return false;
    out->epoch = bin_get_u64(&r);
    out->first = bin_get_u32(&r);
    out->last = bin_get_u32(&r);
    out->ended = bin_get_u32(&r);
    bin_get_bytes(&r, &out->before, sizeof(out->before));
    return settled(&r);
}

void path_put(struct work *work, const struct hash *committee, const struct path_entry *entry)
{
    const struct okey key = path_key(committee);
    struct buf value = {0};
    bin_put_u64(&value, entry->epoch);
    bin_put_u32(&value, entry->first);
    bin_put_u32(&value, entry->last);
    bin_put_u32(&value, entry->ended);
    bin_put_bytes(&value, &entry->before, sizeof(entry->before));
    record_set(work, &key, &value);
}

static struct okey block_key(uint32_t height)
{
    struct okey key = bridge_key("bridge/block/");
    okey_u32(&key, height);
    return key;
}

bool source_block_get(const struct ordmap *objects, uint32_t height, struct source_block *out)
{
    const struct okey key = block_key(height);
    struct bin_reader r;
    if (!record_at(objects, &key, &r)) return false;
    bin_get_bytes(&r, &out->hash, sizeof(out->hash));
    bin_get_bytes(&r, &out->state_root, sizeof(out->state_root));
    bin_get_bytes(&r, &out->messages_root, sizeof(out->messages_root));
    bin_get_bytes(&r, &out->next_committee, sizeof(out->next_committee));
    out->message_count = bin_get_u32(&r);
    out->epoch_end = bin_get_bool(&r);
    out->timestamp_ms = bin_get_u64(&r);
    return settled(&r);
}

void source_block_put(struct work *work, uint32_t height, const struct source_block *block)
{
    const struct okey key = block_key(height);
    struct buf value = {0};
    bin_put_bytes(&value, &block->hash, sizeof(block->hash));
    bin_put_bytes(&value, &block->state_root, sizeof(block->state_root));
    bin_put_bytes(&value, &block->messages_root, sizeof(block->messages_root));
    bin_put_bytes(&value, &block->next_committee, sizeof(block->next_committee));
    bin_put_u32(&value, block->message_count);
    bin_put_u8(&value, block->epoch_end);
    bin_put_u64(&value, block->timestamp_ms);
    record_set(work, &key, &value);
}

static struct okey known_key(const struct hash *id)
{
    struct okey key = bridge_key("bridge/known/");
    okey_hash(&key, id);
    return key;
}

static struct claimable claimable_read(struct bin_reader *r)
{
    struct claimable out;
    memset(&out, 0, sizeof(out));
    out.sequence = bin_get_u64(r);
    out.height = bin_get_u32(r);
    out.index = bin_get_u32(r);
    bin_get_bytes(r, &out.sender, sizeof(out.sender));
    bin_get_bytes(r, &out.recipient, sizeof(out.recipient));
    out.amount.units = bin_get_u128(r);
    out.automatic = bin_get_bool(r);
    return out;
}

static void claimable_write(const struct claimable *claimable, struct buf *value)
{
    bin_put_u64(value, claimable->sequence);
    bin_put_u32(value, claimable->height);
    bin_put_u32(value, claimable->index);
    bin_put_bytes(value, &claimable->sender, sizeof(claimable->sender));
    bin_put_bytes(value, &claimable->recipient, sizeof(claimable->recipient));
    bin_put_u128(value, claimable->amount.units);
    bin_put_u8(value, claimable->automatic);
}

bool claimable_get(const struct ordmap *objects, const struct hash *id, struct claimable *out)
{
    const struct okey key = known_key(id);
    struct bin_reader r;
    if (!record_at(objects, &key, &r)) return false;
    *out = claimable_read(&r);
    return settled(&r);
}

void claimable_put(struct work *work, const struct hash *id, const struct claimable *claimable)
{
    const struct okey key = known_key(id);
    struct buf value = {0};
    claimable_write(claimable, &value);
    record_set(work, &key, &value);
}

static struct okey index_of_id(char what, const struct hash *id)
{
    struct okey key = bridge_index(what);
    okey_hash(&key, id);
    return key;
}

bool claim_record_get(const struct ordmap *objects, const struct hash *id, struct claim_record *out)
{
    const struct okey key = index_of_id('c', id);
    struct bin_reader r;
    if (!record_at(objects, &key, &r)) return false;
    bin_get_bytes(&r, &out->transaction, sizeof(out->transaction));
    out->height = bin_get_u32(&r);
    out->of = claimable_read(&r);
    return settled(&r);
}

void claim_record_put(struct work *work, const struct hash *id, const struct claim_record *record)
{
    const struct okey key = index_of_id('c', id);
    struct buf value = {0};
    bin_put_bytes(&value, &record->transaction, sizeof(record->transaction));
    bin_put_u32(&value, record->height);
    claimable_write(&record->of, &value);
    record_set(work, &key, &value);
}

/* ---- what was sent ---- */

static struct okey sent_key(uint64_t sequence)
{
    struct okey key = bridge_index('o');
    okey_u64(&key, sequence);
    return key;
}

bool sent_get(const struct ordmap *objects, uint64_t sequence, uint32_t *out_height, uint32_t *out_index, uint64_t *out_ms,
              struct str *bytes)
{
    const struct okey key = sent_key(sequence);
    struct bin_reader r;
    if (!record_at(objects, &key, &r)) return false;
    *out_height = bin_get_u32(&r);
    *out_index = bin_get_u32(&r);
    *out_ms = bin_get_u64(&r);
    bytes->len = bin_left(&r);
    bytes->data = (const char *)bin_take(&r, bytes->len);
    return settled(&r);
}

static void sent_forget(struct work *work, uint64_t sequence)
{
    uint32_t height, index;
    uint64_t ms;
    struct str bytes;
    if (!sent_get(&work->objects, sequence, &height, &index, &ms, &bytes)) return;
    const struct hash id = ipc_id(bytes);
    const struct okey by_id = index_of_id('m', &id), key = sent_key(sequence);
    work_remove(work, &by_id);
    work_remove(work, &key);
}

void sent_put(struct work *work, uint32_t index, struct str bytes, const struct ipc_message *message)
{
    const struct okey key = sent_key(message->sequence);
    struct buf value = {0};
    bin_put_u32(&value, work->frame->height);
    bin_put_u32(&value, index);
    bin_put_u64(&value, work->frame->timestamp_ms);
    buf_put_str(&value, bytes);
    record_set(work, &key, &value);
    uint8_t sequence[8];
    bin_store_u64(sequence, message->sequence);
    const struct str number = {(const char *)sequence, sizeof(sequence)};
    const struct hash id = ipc_id(bytes);
    const struct okey by_id = index_of_id('m', &id), by_transfer = index_of_id('t', &message->body.transfer.id);
    work_set(work, &by_id, number);
    if (message->type == IPC_LOCK_TRANSACTION || message->type == IPC_BURN_TRANSACTION) work_set(work, &by_transfer, number);
    if (message->sequence > BRIDGE_HISTORY_MAX) sent_forget(work, message->sequence - BRIDGE_HISTORY_MAX);
}

bool sent_sequence(const struct ordmap *objects, char what, const struct hash *id, uint64_t *out)
{
    const struct okey key = index_of_id(what, id);
    struct bin_reader r;
    if (!record_at(objects, &key, &r)) return false;
    *out = bin_get_u64(&r);
    return settled(&r);
}

/* ---- sums of locks ---- */

struct lock_sums lock_sums_get(const struct ordmap *objects)
{
    const struct okey key = bridge_key("bridge/locks");
    struct bin_reader r;
    struct lock_sums out = {0};
    if (!record_at(objects, &key, &r)) return out;
    out.locks = bin_get_u64(&r);
    out.released = bin_get_u64(&r);
    out.locked.units = bin_get_u128(&r);
    out.unlocked.units = bin_get_u128(&r);
    (void)settled(&r); /* it asserts */
    return out;
}

void lock_sums_put(struct work *work, const struct lock_sums *sums)
{
    const struct okey key = bridge_key("bridge/locks");
    struct buf value = {0};
    bin_put_u64(&value, sums->locks);
    bin_put_u64(&value, sums->released);
    bin_put_u128(&value, sums->locked.units);
    bin_put_u128(&value, sums->unlocked.units);
    record_set(work, &key, &value);
}

static struct okey wait_key(uint64_t sequence)
{
    struct okey key = bridge_key("bridge/wait/");
    okey_u64(&key, sequence);
    return key;
}

bool waiting_get(const struct ordmap *objects, uint64_t sequence, uint32_t *out_index, bool *out_done, struct str *bytes)
{
    const struct okey key = wait_key(sequence);
    struct bin_reader r;
    if (!record_at(objects, &key, &r)) return false;
    *out_index = bin_get_u32(&r);
    *out_done = bin_get_bool(&r);
    bytes->len = bin_left(&r);
    bytes->data = (const char *)bin_take(&r, bytes->len);
    return settled(&r);
}

void waiting_put(struct work *work, uint64_t sequence, uint32_t index, bool done, struct str bytes)
{
    const struct okey key = wait_key(sequence);
    struct buf value = {0};
    bin_put_u32(&value, index);
    bin_put_u8(&value, done);
    buf_put_str(&value, bytes);
    record_set(work, &key, &value);
}

void waiting_remove(struct work *work, uint64_t sequence)
{
    const struct okey key = wait_key(sequence);
    work_remove(work, &key);
}

static struct okey arrival_key(uint64_t sequence)
{
    struct okey key = bridge_index('i');
    okey_u64(&key, sequence);
    return key;
}

bool arrival_get(const struct ordmap *objects, uint64_t sequence, struct arrival *out, struct str *bytes)
{
    const struct okey key = arrival_key(sequence);
    struct bin_reader r;
    if (!record_at(objects, &key, &r)) return false;
    out->source_height = bin_get_u32(&r);
    out->index = bin_get_u32(&r);
    out->delivered_height = bin_get_u32(&r);
    out->executed_height = bin_get_u32(&r);
    out->delivered_ms = bin_get_u64(&r);
    out->executed_ms = bin_get_u64(&r);
    out->code = bin_get_u16(&r);
    out->attempts = bin_get_u32(&r);
    bin_get_bytes(&r, &out->transaction, sizeof(out->transaction));
    bytes->len = bin_left(&r);
    bytes->data = (const char *)bin_take(&r, bytes->len);
    return settled(&r);
}

void arrival_put(struct work *work, uint64_t sequence, const struct arrival *arrival, struct str bytes)
{
    const struct okey key = arrival_key(sequence);
    struct buf value = {0};
    bin_put_u32(&value, arrival->source_height);
    bin_put_u32(&value, arrival->index);
    bin_put_u32(&value, arrival->delivered_height);
    bin_put_u32(&value, arrival->executed_height);
    bin_put_u64(&value, arrival->delivered_ms);
    bin_put_u64(&value, arrival->executed_ms);
    bin_put_u16(&value, arrival->code);
    bin_put_u32(&value, arrival->attempts);
    bin_put_bytes(&value, &arrival->transaction, sizeof(arrival->transaction));
    buf_put_str(&value, bytes);
    record_set(work, &key, &value);
    if (sequence <= BRIDGE_HISTORY_MAX) return;
    const struct okey old = arrival_key(sequence - BRIDGE_HISTORY_MAX);
    work_remove(work, &old);
}
