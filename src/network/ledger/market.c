/* The records of the spot markets: pairs, orders, trades, and their bytes. */
#include "network/ledger/market_priv.h"

#include <stdio.h>

#include "core/codec/binary.h"
#include "network/ledger/oracle_priv.h"

static const struct pair pairs[PAIR_COUNT] = {
    {"DX/sAX", TOKEN_DX, TOKEN_SAX, {"DX/USD", "sAX/USD"}},
    {"DX/USD", TOKEN_DX, TOKEN_USD, {"DX/USD", NULL}},
    {"sAX/USD", TOKEN_SAX, TOKEN_USD, {"sAX/USD", NULL}},
};

const struct pair *pair_at(size_t i)
{
    ASSERT(i < PAIR_COUNT);
    return &pairs[i];
}

bool pair_find(struct str text, size_t *out)
{
    char name[8];
    if (text.len >= sizeof(name)) return false;
    for (size_t i = 0; i < text.len; i++) name[i] = text.data[i] == '-' ? '/' : text.data[i];
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        if (!str_eq((struct str){name, text.len}, str_of(pairs[i].name))) continue;
        *out = i;
        return true;
    }
    return false;
}

bool pair_halted(const struct ordmap *objects, uint64_t now_ms, const struct pair *pair)
{
    bool halted = false;
    for (size_t i = 0; i < ARRAY_LEN(pair->assets) && !halted; i++) {
        struct str value;
        if (pair->assets[i] == NULL) continue;
        const struct okey key = okey_of_text(SPACE_ORACLE, pair->assets[i]);
        if (!ordmap_get(objects, okey_view(&key), &value)) continue;
        struct oracle_asset *asset = base_alloc(sizeof(*asset)); /* too large for a fiber's stack */
        halted = oracle_asset_decode(value, asset) && asset->halted_until_ms > now_ms;
        base_free(asset);
    }
    return halted;
}

/* ---- arithmetic ---- */

static u128 part_of(u128 notional, uint64_t bps) { return notional / 10000 * bps + notional % 10000 * bps / 10000; }
u128 maker_fee(u128 notional, uint64_t bps) { return part_of(notional, bps); }
u128 taker_fee(u128 notional, uint64_t bps) { return part_of(notional, bps) + (notional % 10000 * bps % 10000 != 0); }

u128 order_lock(const struct order *order)
{
    const uint64_t rest = order_remaining(order);
    if (order->side == SIDE_SELL) return rest;
    const u128 cost = notional(rest, order->price);
    return cost + maker_fee(cost, order->maker_bps);
}

/* ---- the record of all pairs ---- */

#define SPOT_BYTES (8 + PAIR_COUNT * 24)

void spot_load(const struct ordmap *objects, struct spot *out)
{
    const struct okey key = okey_of_text(SPACE_PARAM, "spot");
    struct str value;
    *out = (struct spot){0};
    if (!ordmap_get(objects, okey_view(&key), &value)) return;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    out->orders = bin_get_u64(&r);
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        out->pairs[i].changes = bin_get_u64(&r);
        out->pairs[i].trades = bin_get_u64(&r);
        out->pairs[i].last_price = bin_get_u64(&r);
    }
    ASSERT(bin_done(&r)); /* only spot_store writes there */
}

void spot_store(struct work *work, const struct spot *spot)
{
    const struct okey key = okey_of_text(SPACE_PARAM, "spot");
    uint8_t bytes[SPOT_BYTES];
    bin_store_u64(bytes, spot->orders);
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        bin_store_u64(bytes + 8 + 24 * i, spot->pairs[i].changes);
        bin_store_u64(bytes + 16 + 24 * i, spot->pairs[i].trades);
        bin_store_u64(bytes + 24 + 24 * i, spot->pairs[i].last_price);
    }
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
}

uint64_t book_last_price(const struct ordmap *objects, struct str pair)
{
    size_t i;
    struct spot spot;
    if (!pair_find(pair, &i)) return 0;
    spot_load(objects, &spot);
    return spot.pairs[i].last_price;
}

/* ---- orders ---- */

#define ORDER_FIXED_BYTES (32 + 5 + 2 + 24 + 48 + 16 + 8 + 4)
#define FILL_BYTES 28

static struct okey order_okey(const struct hash *id)
{
    struct okey key = okey(SPACE_ORDER);
    okey_hash(&key, id);
    return key;
}

void order_store(struct work *work, const struct order *order)
{
    uint8_t bytes[ORDER_FIXED_BYTES + ORDER_FILLS_MAX * FILL_BYTES], *at = bytes;
    memcpy(at, &order->owner, 32);
    const uint8_t small[5] = {order->pair, order->side, order->type, order->tif, order->status};
    memcpy(at + 32, small, sizeof(small));
    bin_store_u16(at + 37, order->maker_bps);
    bin_store_u64(at + 39, order->price);
    bin_store_u64(at + 47, order->quantity);
    bin_store_u64(at + 55, order->filled);
    bin_store_u128(at + 63, order->turnover);
    bin_store_u128(at + 79, order->locked);
    bin_store_u128(at + 95, order->refund);
    bin_store_u64(at + 111, order->client_id);
    bin_store_u64(at + 119, order->sequence);
    bin_store_u32(at + 127, order->created);
    bin_store_u32(at + 131, order->updated);
    bin_store_u32(at + 135, order->fills_count);
    at += ORDER_FIXED_BYTES;
    for (uint32_t i = 0; i < order->fills_count; i++, at += FILL_BYTES) {
        bin_store_u64(at, order->fills[i].trade);
        bin_store_u64(at + 8, order->fills[i].price);
        bin_store_u64(at + 16, order->fills[i].quantity);
        bin_store_u32(at + 24, order->fills[i].height);
    }
    const struct okey key = order_okey(&order->id);
    work_set(work, &key, (struct str){(const char *)bytes, (size_t)(at - bytes)});
}
_Static_assert(ORDER_FIXED_BYTES == 139, "the offsets above");

bool order_load(const struct ordmap *objects, const struct hash *id, struct order *out)
{
    const struct okey key = order_okey(id);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    ASSERT(value.len >= ORDER_FIXED_BYTES); /* only order_store writes there */
    const uint8_t *at = (const uint8_t *)value.data;
    out->id = *id;
    memcpy(&out->owner, at, 32);
    out->pair = at[32], out->side = at[33], out->type = at[34], out->tif = at[35], out->status = at[36];
    out->maker_bps = bin_load_u16(at + 37);
    out->price = bin_load_u64(at + 39);
    out->quantity = bin_load_u64(at + 47);
    out->filled = bin_load_u64(at + 55);
    out->turnover = bin_load_u128(at + 63);
    out->locked = bin_load_u128(at + 79);
    out->refund = bin_load_u128(at + 95);
    out->client_id = bin_load_u64(at + 111);
    out->sequence = bin_load_u64(at + 119);
    out->created = bin_load_u32(at + 127);
    out->updated = bin_load_u32(at + 131);
    out->fills_count = bin_load_u32(at + 135);
    ASSERT(out->fills_count <= ORDER_FILLS_MAX && value.len == ORDER_FIXED_BYTES + out->fills_count * FILL_BYTES);
    at += ORDER_FIXED_BYTES;
    for (uint32_t i = 0; i < out->fills_count; i++, at += FILL_BYTES)
        out->fills[i] = (struct fill){bin_load_u64(at), bin_load_u64(at + 8), bin_load_u64(at + 16), bin_load_u32(at + 24)};
    return true;
}

/* ---- the book's index ---- */

struct okey book_key(enum book_part part)
{
    struct okey key = okey(INDEX_BOOK);
    okey_u8(&key, (uint8_t)part);
    return key;
}

struct okey level_prefix(size_t pair, uint8_t side)
{
    struct okey key = book_key(BOOK_LEVELS);
    okey_u8(&key, (uint8_t)pair);
    okey_u8(&key, side);
    return key;
}

struct okey level_key(const struct order *order)
{
    struct okey key = level_prefix(order->pair, order->side);
    okey_u64(&key, order->side == SIDE_BUY ? ~order->price : order->price);
    okey_u64(&key, order->sequence);
    return key;
}

struct okey owned_key(const struct address *owner, bool open, uint64_t sequence)
{
    struct okey key = book_key(BOOK_OWNED);
    okey_address(&key, owner);
    okey_u8(&key, open);
    okey_u64(&key, sequence);
    return key;
}

/* ---- trades ---- */

#define TRADE_BYTES (24 + 2 + 64 + 8)

struct okey trade_key(size_t pair, uint64_t sequence)
{
    struct okey key = okey(INDEX_TRADES);
    okey_u8(&key, (uint8_t)pair);
    okey_u64(&key, sequence);
    return key;
}

bool trade_load(const struct ordmap *objects, size_t pair, uint64_t sequence, struct trade *out)
{
    const struct okey key = trade_key(pair, sequence);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    out->price = bin_get_u64(&r);
    out->quantity = bin_get_u64(&r);
    out->timestamp = bin_get_u64(&r);
    out->taker_side = bin_get_u8(&r);
    out->source = bin_get_u8(&r);
    bin_get_bytes(&r, &out->maker_order, sizeof(out->maker_order));
    bin_get_bytes(&r, &out->taker_order, sizeof(out->taker_order));
    out->height = bin_get_u32(&r);
    out->index = bin_get_u32(&r);
    ASSERT(bin_done(&r)); /* only trade_print writes there */
    return true;
}

struct str trade_id(size_t pair, uint64_t sequence, char out[TRADE_ID_BYTES])
{
    const int len = snprintf(out, TRADE_ID_BYTES, "%s-%llu", pairs[pair].name, (unsigned long long)sequence);
    for (int i = 0; i < len; i++)
        if (out[i] == '/') out[i] = '-';
    return (struct str){out, (size_t)len};
}

static void trade_tell(struct work *work, size_t pair, uint64_t sequence, const struct trade *trade)
{
    char id[TRADE_ID_BYTES];
    const struct trade_view view = {.trade_id = trade_id(pair, sequence, id),
                                    .sequence = sequence,
                                    .price = trade->price,
                                    .quantity = trade->quantity,
                                    .taker_side = trade->taker_side,
                                    .maker_order = trade->maker_order,
                                    .taker_order = {trade->source == TRADE_BOOK, trade->taker_order},
                                    .source = (enum trade_source)trade->source,
                                    .height = trade->height,
                                    .index = trade->index,
                                    .timestamp = trade->timestamp};
    work_event(work, EVENT_DEX_TRADE, &shape_trade, &view);
}

uint64_t trade_print(struct work *work, struct spot *spot, size_t pair, struct trade *trade)
{
    struct spot_pair *record = &spot->pairs[pair];
    const uint64_t sequence = ++record->trades;
    record->last_price = trade->price;
    trade->height = work->frame->height;
    trade->index = work->tx_index;
    trade->timestamp = work->frame->timestamp_ms;
    uint8_t bytes[TRADE_BYTES];
    bin_store_u64(bytes, trade->price);
    bin_store_u64(bytes + 8, trade->quantity);
    bin_store_u64(bytes + 16, trade->timestamp);
    bytes[24] = trade->taker_side, bytes[25] = trade->source;
    memcpy(bytes + 26, &trade->maker_order, 32);
    memcpy(bytes + 58, &trade->taker_order, 32);
    bin_store_u32(bytes + 90, trade->height);
    bin_store_u32(bytes + 94, trade->index);
    const struct okey key = trade_key(pair, sequence);
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
    if (sequence > TRADES_KEPT) {
        const struct okey old = trade_key(pair, sequence - TRADES_KEPT);
        work_remove(work, &old);
    }
    trade_tell(work, pair, sequence, trade);
    return sequence;
}

/* ---- the family ---- */

/* What was closed long enough ago is forgotten, and so is when its owner cancelled. */
static void market_block_begin(struct work *work)
{
    const struct okey prefix = book_key(BOOK_CLOSED);
    const uint32_t height = work->frame->height;
    struct ordmap_entry entry;
    while (ordmap_first(&work->objects, okey_view(&prefix), &entry)) {
        struct bin_reader r = bin_reader_of(entry.key.data + 2, 4);
        const uint32_t closed = __builtin_bswap32(bin_get_u32(&r));
        if (closed + ORDER_KEPT_BLOCKS > height) break;
        struct okey key = {.len = (uint16_t)entry.key.len};
        memcpy(key.b, entry.key.data, entry.key.len);
        struct hash id;
        struct order order;
        memcpy(&id, entry.value.data, sizeof(id));
        const bool found = order_load(&work->objects, &id, &order);
        ASSERT(found); /* it goes with this entry */
        const struct okey object = order_okey(&id), owned = owned_key(&order.owner, false, order.sequence);
        struct okey cancelled = book_key(BOOK_CANCELLED);
        okey_address(&cancelled, &order.owner);
        okey_u32(&cancelled, closed);
        work_remove(work, &key);
        work_remove(work, &object);
        work_remove(work, &owned);
        work_remove(work, &cancelled);
    }
}

static void market_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        struct amm amm;
        amm_load(objects, i, &amm);
        holdings[pairs[i].base - 1].pools.units += amm.base;
        holdings[pairs[i].quote - 1].pools.units += amm.quote;
    }
}

static const struct family_kind kinds[] = {
    {.kind = KIND_ORDER_PLACE, .apply = order_place_apply},
    {.kind = KIND_ORDER_CANCEL, .apply = order_cancel_apply, .least_fee = cancel_least_fee},
    {.kind = KIND_ORDER_CANCEL_ALL, .apply = order_cancel_all_apply, .least_fee = cancel_least_fee},
    {.kind = KIND_AMM_ADD, .apply = amm_add_apply},
    {.kind = KIND_AMM_REMOVE, .apply = amm_remove_apply},
    {.kind = KIND_AMM_SWAP, .apply = amm_swap_apply},
    {.kind = KIND_DELTA_FLASH_LOAN, .apply = flash_loan_apply},
    {.kind = KIND_ALPHA_FLASH_LOAN, .apply = flash_loan_apply},
};
extern const struct family family_market;
const struct family family_market = {
    .name = "market",
    .kinds = kinds,
    .kinds_count = ARRAY_LEN(kinds),
    .block_begin = market_block_begin,
    .audit = market_audit,
};
