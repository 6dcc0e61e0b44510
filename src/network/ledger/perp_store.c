#include "core/codec/binary.h"
#include "network/ledger/perp_priv.h"

const struct str perp_names[PERP_MARKETS] = {{"DX-PERP", 7}, {"sAX-PERP", 8}};

bool perp_find(struct str name, size_t *out)
{
    for (size_t i = 0; i < PERP_MARKETS; i++) {
        const struct str known = perp_names[i];
        bool same = name.len == known.len;
        for (size_t k = 0; same && k < name.len; k++) same = name.data[k] == known.data[k] || (known.data[k] == '-' && name.data[k] == '/');
        if (same) return *out = i, true;
    }
    return false;
}

/* ---- keys ---- */

struct okey perp_market_key(size_t market)
{
    struct okey key = okey(SPACE_POSITION);
    okey_bytes(&key, perp_names[market].data, perp_names[market].len);
    return key;
}
struct okey perp_position_key(const struct hash *id)
{
    struct okey key = okey(SPACE_POSITION);
    okey_hash(&key, id);
    return key;
}

static struct okey index_key(char which)
{
    struct okey key = okey(INDEX_PERPS);
    okey_u8(&key, (uint8_t)which);
    return key;
}
struct okey perp_entry_key(size_t market, enum side side)
{
    struct okey key = index_key('e');
    okey_u8(&key, (uint8_t)market);
    okey_u8(&key, (uint8_t)side);
    return key;
}
struct okey perp_owner_key(const struct address *owner)
{
    struct okey key = index_key('o');
    okey_address(&key, owner);
    return key;
}
struct okey perp_funding_key(size_t market)
{
    struct okey key = index_key('f');
    okey_u8(&key, (uint8_t)market);
    return key;
}
struct okey perp_liquidation_key(void) { return index_key('l'); }

struct hash perp_id_of_key(struct str key)
{
    struct hash id;
    ASSERT(key.len >= sizeof(id));
    memcpy(&id, key.data + key.len - sizeof(id), sizeof(id));
    return id;
}

static struct okey entry_key(const struct perp_position *p, const struct hash *id)
{
    struct okey key = perp_entry_key(p->market, p->side);
    okey_u64(&key, p->entry);
    okey_hash(&key, id);
    return key;
}
static struct okey owner_key(const struct perp_position *p, const struct hash *id)
{
    struct okey key = perp_owner_key(&p->owner);
    okey_u32(&key, p->opened);
    okey_hash(&key, id);
    return key;
}
static struct okey closed_key(const struct perp_position *p, const struct hash *id)
{
    struct okey key = index_key('c');
    okey_u32(&key, p->closed);
    okey_hash(&key, id);
    return key;
}

/* ---- bytes ---- */

static void gain_put(struct buf *out, struct gain gain)
{
    bin_put_u8(out, gain.loss);
    bin_put_u128(out, gain.units);
}
static struct gain gain_get(struct bin_reader *r)
{
    const bool loss = bin_get_bool(r);
    return (struct gain){loss, bin_get_u128(r)};
}

void perp_market_load(const struct ordmap *objects, size_t market, struct perp_market *out)
{
    const struct okey key = perp_market_key(market);
    struct str value;
    memset(out, 0, sizeof(*out));
    if (!ordmap_get(objects, okey_view(&key), &value)) return;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    for (size_t i = 0; i < 2; i++) out->size[i] = bin_get_u128(&r);
    for (size_t i = 0; i < 2; i++) out->entry[i] = bin_get_u128(&r);
    out->margins = bin_get_u128(&r);
    out->vault = bin_get_u128(&r);
    out->open = bin_get_u32(&r);
    out->funded_height = bin_get_u32(&r);
    out->funded_ms = bin_get_u64(&r);
    out->funded_sum = bin_get_u128(&r);
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only perp_market_store writes there */
}

void perp_market_store(struct work *work, size_t market, const struct perp_market *m)
{
    struct buf bytes = {0};
    for (size_t i = 0; i < 2; i++) bin_put_u128(&bytes, m->size[i]);
    for (size_t i = 0; i < 2; i++) bin_put_u128(&bytes, m->entry[i]);
    bin_put_u128(&bytes, m->margins);
    bin_put_u128(&bytes, m->vault);
    bin_put_u32(&bytes, m->open);
    bin_put_u32(&bytes, m->funded_height);
    bin_put_u64(&bytes, m->funded_ms);
    bin_put_u128(&bytes, m->funded_sum);
    const struct okey key = perp_market_key(market);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
}

bool perp_position_load(const struct ordmap *objects, const struct hash *id, struct perp_position *out)
{
    const struct okey key = perp_position_key(id);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    memset(out, 0, sizeof(*out));
    bin_get_bytes(&r, &out->owner, sizeof(out->owner));
    out->market = bin_get_u8(&r);
    out->side = (enum side)bin_get_u8(&r);
    out->status = (enum position_status)bin_get_u8(&r);
    out->leverage = bin_get_u32(&r);
    out->size = bin_get_u64(&r);
    out->entry = bin_get_u64(&r);
    out->margin = bin_get_u128(&r);
    out->funding = gain_get(&r);
    out->realized = gain_get(&r);
    out->opened = bin_get_u32(&r);
    out->closed = bin_get_u32(&r);
    const bool sound = bin_done(&r) && out->market < PERP_MARKETS;
    ASSERT(sound); /* only perp_position_store writes there */
    return true;
}

static void index_add(struct work *work, const struct okey key) { work_set(work, &key, (struct str){"", 0}); }

void perp_position_store(struct work *work, const struct hash *id, const struct perp_position *p, const struct perp_position *before)
{
    struct buf bytes = {0};
    bin_put_bytes(&bytes, &p->owner, sizeof(p->owner));
    bin_put_u8(&bytes, p->market);
    bin_put_u8(&bytes, (uint8_t)p->side);
    bin_put_u8(&bytes, (uint8_t)p->status);
    bin_put_u32(&bytes, p->leverage);
    bin_put_u64(&bytes, p->size);
    bin_put_u64(&bytes, p->entry);
    bin_put_u128(&bytes, p->margin);
    gain_put(&bytes, p->funding);
    gain_put(&bytes, p->realized);
    bin_put_u32(&bytes, p->opened);
    bin_put_u32(&bytes, p->closed);
    const struct okey key = perp_position_key(id);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
    if (before == NULL) {
        index_add(work, entry_key(p, id));
        index_add(work, owner_key(p, id));
    } else if (before->status == POSITION_OPEN && p->status != POSITION_OPEN) {
        const struct okey entry = entry_key(p, id);
        work_remove(work, &entry);
        index_add(work, closed_key(p, id));
    }
}

/* The past is forgotten a few things a block: more than come about in the long run only if every transaction closes a position. */
void perp_past_prune(struct work *work)
{
    const uint32_t height = work->parent->height + 1;
    if (height <= PERP_PAST_BLOCKS) return;
    const struct okey closed = index_key('c'), liquidations = index_key('l');
    for (int i = 0; i < 256; i++) {
        struct ordmap_entry oldest;
        struct okey limit = closed;
        okey_u32(&limit, height - PERP_PAST_BLOCKS);
        if (!ordmap_first(&work->objects, okey_view(&closed), &oldest) || str_cmp(oldest.key, okey_view(&limit)) >= 0) break;
        const struct hash id = perp_id_of_key(oldest.key);
        struct perp_position p;
        const bool found = perp_position_load(&work->objects, &id, &p);
        ASSERT(found); /* what is closed has an entry until here */
        const struct okey keys[] = {closed_key(&p, &id), owner_key(&p, &id), perp_position_key(&id)};
        for (size_t k = 0; k < ARRAY_LEN(keys); k++) work_remove(work, &keys[k]);
    }
    for (int i = 0; i < 256; i++) {
        struct ordmap_entry oldest;
        struct okey limit = liquidations, key;
        okey_u32(&limit, height - PERP_PAST_BLOCKS);
        if (!ordmap_first(&work->objects, okey_view(&liquidations), &oldest) || str_cmp(oldest.key, okey_view(&limit)) >= 0) break;
        key.len = (uint16_t)oldest.key.len;
        memcpy(key.b, oldest.key.data, oldest.key.len);
        work_remove(work, &key);
    }
}
