/* Objects and index entries: their keys, and writing them. */
#include "core/codec/binary.h"
#include "network/ledger/family_priv.h"

struct okey okey(unsigned space_or_index)
{
    ASSERT(space_or_index > 0 && space_or_index < 256);
    return (struct okey){.b = {(uint8_t)space_or_index}, .len = 1};
}

void okey_bytes(struct okey *key, const void *bytes, size_t len)
{
    ASSERT(len <= (size_t)(OKEY_MAX - key->len));
    if (len > 0) memcpy(key->b + key->len, bytes, len);
    key->len = (uint16_t)(key->len + len);
}

static void put_big_endian(struct okey *key, u128 v, size_t bytes)
{
    uint8_t b[16];
    for (size_t i = 0; i < bytes; i++) b[i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
    okey_bytes(key, b, bytes);
}

void okey_u8(struct okey *key, uint8_t v) { put_big_endian(key, v, 1); }
void okey_u16(struct okey *key, uint16_t v) { put_big_endian(key, v, 2); }
void okey_u32(struct okey *key, uint32_t v) { put_big_endian(key, v, 4); }
void okey_u64(struct okey *key, uint64_t v) { put_big_endian(key, v, 8); }
void okey_u128(struct okey *key, u128 v) { put_big_endian(key, v, 16); }

void okey_str(struct okey *key, struct str text)
{
    uint8_t len[2];
    bin_store_u16(len, (uint16_t)text.len);
    okey_bytes(key, len, sizeof(len));
    okey_bytes(key, text.data, text.len);
}

struct okey okey_of_text(unsigned space, const char *ident)
{
    struct okey key = okey(space);
    okey_bytes(&key, ident, strlen(ident));
    return key;
}

/* Where the keys of the state root end and those of indexes begin. */
static bool is_in_root(const struct okey *key) { return key->b[0] < INDEX_BASE; }

void work_set(struct work *work, const struct okey *key, struct str value)
{
    ASSERT(value.len > 0 || !is_in_root(key));
    vec_push(&work->changed, ordmap_put_noted(&work->objects, okey_view(key), value));
}

void work_remove(struct work *work, const struct okey *key)
{
    struct ordmap_change change;
    if (ordmap_remove_noted(&work->objects, okey_view(key), &change)) vec_push(&work->changed, change);
}

void work_put_validator(struct work *work, const struct ledger_validator *validator)
{
    struct okey key = okey(SPACE_VALIDATOR);
    okey_address(&key, &validator->address);
    struct buf bytes = {0};
    validator_encode(validator, &bytes);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
}

bool work_validator(const struct ordmap *objects, const struct address *address, struct ledger_validator *out)
{
    struct okey key = okey(SPACE_VALIDATOR);
    okey_address(&key, address);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    const bool sound = validator_decode(value, out);
    ASSERT(sound); /* only validator_encode writes there */
    out->address = *address;
    return true;
}

void work_put_param(struct work *work, const struct param_row *row, uint64_t value)
{
    memcpy((char *)&work->params + row->offset, &value, sizeof(value));
    struct okey key = okey(SPACE_PARAM);
    okey_bytes(&key, row->name.data, row->name.len);
    uint8_t bytes[8];
    bin_store_u64(bytes, value);
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
}

static struct okey token_okey(const char *what, enum token token)
{
    struct okey key = okey_of_text(SPACE_PARAM, what);
    const struct str name = token_text(token);
    okey_bytes(&key, name.data, name.len);
    return key;
}
struct okey tally_okey(enum token token) { return token_okey("supply/", token); }
struct okey treasury_okey(enum token token) { return token_okey("treasury/", token); }
