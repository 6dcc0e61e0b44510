/* What the shielded pool keeps, and finding it again. */
#include "core/codec/binary.h"
#include "network/ledger/shielded_priv.h"

static struct okey index_key(char letter)
{
    struct okey key = okey(INDEX_SHIELDED);
    okey_u8(&key, (uint8_t)letter);
    return key;
}

static struct okey note_key(uint32_t index)
{
    uint8_t ident[4]; /* as on the wire: the state root has it under these bytes */
    bin_store_u32(ident, index);
    struct okey key = okey(SPACE_NOTE);
    okey_bytes(&key, ident, sizeof(ident));
    return key;
}

static struct okey numbered(char letter, uint32_t number)
{
    struct okey key = index_key(letter);
    okey_u32(&key, number);
    return key;
}

static struct okey hashed(char letter, const struct hash *hash)
{
    struct okey key = index_key(letter);
    okey_hash(&key, hash);
    return key;
}

static struct okey image_key(const struct hash *image)
{
    struct okey key = okey(SPACE_NULLIFIER);
    okey_hash(&key, image);
    return key;
}

static bool get(const struct ordmap *objects, const struct okey *key, size_t bytes, const uint8_t **out)
{
    struct str value;
    if (!ordmap_get(objects, okey_view(key), &value)) return false;
    ASSERT(value.len == bytes); /* only this file writes there */
    *out = (const uint8_t *)value.data;
    return true;
}

static void set(struct work *work, const struct okey *key, const void *bytes, size_t len)
{
    work_set(work, key, (struct str){bytes, len});
}

/* ---- reading ---- */

struct pool_counts pool_counts(const struct ordmap *objects)
{
    const struct okey key = index_key('c');
    const uint8_t *at;
    if (!get(objects, &key, 8, &at)) return (struct pool_counts){0};
    return (struct pool_counts){bin_load_u32(at), bin_load_u32(at + 4)};
}

struct pool_sums pool_sums(const struct ordmap *objects)
{
    const struct okey key = okey_of_text(SPACE_PARAM, "shielded");
    const uint8_t *at;
    if (!get(objects, &key, 48, &at)) return (struct pool_sums){0};
    return (struct pool_sums){bin_load_u128(at), bin_load_u128(at + 16), bin_load_u128(at + 32)};
}

bool pool_note(const struct ordmap *objects, uint32_t index, struct pool_note *out)
{
    const struct okey key = note_key(index);
    const uint8_t *at;
    if (!get(objects, &key, WIRE_NOTE_BYTES + 4, &at)) return false;
    memcpy(&out->note, at, WIRE_NOTE_BYTES);
    out->height = bin_load_u32(at + WIRE_NOTE_BYTES);
    return true;
}

bool pool_note_origin(const struct ordmap *objects, uint32_t index, struct pool_origin *out)
{
    const struct okey key = numbered('n', index);
    const uint8_t *at;
    if (!get(objects, &key, 36, &at)) return false;
    memcpy(&out->id, at, sizeof(out->id));
    out->output = bin_load_u16(at + 32);
    out->kind = (enum kind)bin_load_u16(at + 34);
    return true;
}

bool pool_has_key(const struct ordmap *objects, const struct hash *one_time_key)
{
    const struct okey key = hashed('p', one_time_key);
    const uint8_t *at;
    return get(objects, &key, 4, &at);
}

static uint32_t up_to(const struct ordmap *objects, char letter, uint32_t height)
{
    const struct okey prefix = index_key(letter), key = numbered(letter, height);
    struct ordmap_entry entry;
    if (!ordmap_floor(objects, okey_view(&key), &entry) || !str_starts(entry.key, okey_view(&prefix))) return 0;
    return bin_load_u32((const uint8_t *)entry.value.data);
}

uint32_t pool_notes_up_to(const struct ordmap *objects, uint32_t height) { return up_to(objects, 'h', height); }
uint32_t pool_nullifiers_up_to(const struct ordmap *objects, uint32_t height) { return up_to(objects, 'y', height); }

bool pool_nullifier_at(const struct ordmap *objects, uint32_t number, struct pool_spent *out)
{
    const struct okey key = numbered('x', number);
    const uint8_t *at;
    if (!get(objects, &key, 68, &at)) return false;
    memcpy(&out->image, at, 32);
    memcpy(&out->id, at + 32, 32);
    out->height = bin_load_u32(at + 64);
    return true;
}

bool pool_nullifier(const struct ordmap *objects, const struct hash *image, uint32_t *out_height, struct hash *out_id)
{
    const struct okey key = image_key(image), by = hashed('i', image);
    const uint8_t *at;
    if (!get(objects, &key, 4, &at)) return false;
    *out_height = bin_load_u32(at);
    struct pool_spent spent;
    const bool known = get(objects, &by, 4, &at) && pool_nullifier_at(objects, bin_load_u32(at), &spent);
    ASSERT(known); /* all three are written at once */
    *out_id = spent.id;
    return true;
}

/* ---- writing ---- */

static void counts_set(struct work *work, struct pool_counts counts)
{
    uint8_t bytes[8];
    bin_store_u32(bytes, counts.notes);
    bin_store_u32(bytes + 4, counts.nullifiers);
    const struct okey key = index_key('c');
    set(work, &key, bytes, sizeof(bytes));
}

uint32_t pool_note_add(struct work *work, const struct wire_note *note, uint32_t height, const struct pool_origin *origin)
{
    struct pool_counts counts = pool_counts(&work->objects);
    const uint32_t index = counts.notes++;
    uint8_t bytes[WIRE_NOTE_BYTES + 4];
    memcpy(bytes, note, WIRE_NOTE_BYTES);
    bin_store_u32(bytes + WIRE_NOTE_BYTES, height);
    struct okey key = note_key(index);
    set(work, &key, bytes, sizeof(bytes));
    memcpy(bytes, &origin->id, 32);
    bin_store_u16(bytes + 32, origin->output);
    bin_store_u16(bytes + 34, (uint16_t)origin->kind);
    key = numbered('n', index);
    set(work, &key, bytes, 36);
    bin_store_u32(bytes, index);
    key = hashed('p', &note->one_time_key);
    set(work, &key, bytes, 4);
    bin_store_u32(bytes, counts.notes);
    key = numbered('h', height);
    set(work, &key, bytes, 4);
    counts_set(work, counts);
    return index;
}

void pool_nullifier_add(struct work *work, const struct hash *image, uint32_t height, const struct hash *id)
{
    struct pool_counts counts = pool_counts(&work->objects);
    const uint32_t number = counts.nullifiers++;
    uint8_t bytes[68];
    bin_store_u32(bytes, height);
    struct okey key = image_key(image);
    set(work, &key, bytes, 4);
    memcpy(bytes, image, 32);
    memcpy(bytes + 32, id, 32);
    bin_store_u32(bytes + 64, height);
    key = numbered('x', number);
    set(work, &key, bytes, sizeof(bytes));
    bin_store_u32(bytes, number);
    key = hashed('i', image);
    set(work, &key, bytes, 4);
    bin_store_u32(bytes, counts.nullifiers);
    key = numbered('y', height);
    set(work, &key, bytes, 4);
    counts_set(work, counts);
}

void pool_sums_set(struct work *work, const struct pool_sums *sums)
{
    uint8_t bytes[48];
    bin_store_u128(bytes, sums->deposited);
    bin_store_u128(bytes + 16, sums->withdrawn);
    bin_store_u128(bytes + 32, sums->fees);
    const struct okey key = okey_of_text(SPACE_PARAM, "shielded");
    set(work, &key, bytes, sizeof(bytes));
}
