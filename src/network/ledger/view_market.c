#include "core/codec/binary.h"
#include "network/ledger/market_priv.h"
#include "network/ledger/market_view.h"

bool market_exists(struct str pair)
{
    size_t i;
    return pair_find(pair, &i);
}

static struct str name_of(size_t pair) { return str_of(pair_at(pair)->name); }

struct str market_name(struct str pair)
{
    size_t i;
    return pair_find(pair, &i) ? name_of(i) : pair;
}

static struct okey key_of(struct str bytes)
{
    struct okey key = {.len = (uint16_t)bytes.len};
    memcpy(key.b, bytes.data, bytes.len);
    return key;
}

static uint64_t be64(const char *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof(v));
    return __builtin_bswap64(v);
}

/* ---- DS1 ---- */

/* Levels of one side, the best first. Quantities beyond what the text can carry are cut. */
static uint32_t levels_read(const struct ordmap *objects, size_t pair, uint8_t side, uint32_t depth, struct book_level *out)
{
    const struct okey prefix = level_prefix(pair, side);
    struct ordmap_entry entry;
    uint32_t count = 0;
    bool more = ordmap_first(objects, okey_view(&prefix), &entry);
    while (more) {
        const uint64_t shown = be64(entry.key.data + 4), price = side == SIDE_BUY ? ~shown : shown;
        if (count == 0 || out[count - 1].price != price) {
            if (count == depth) break;
            out[count++] = (struct book_level){.price = price};
        }
        struct hash id;
        struct order order;
        memcpy(&id, entry.value.data, sizeof(id));
        const bool found = order_load(objects, &id, &order);
        ASSERT(found);
        struct book_level *level = &out[count - 1];
        level->quantity = (uint64_t)MIN((u128)level->quantity + order_remaining(&order), (u128)INT64_MAX);
        level->orders++;
        const struct okey at = key_of(entry.key);
        more = ordmap_next(objects, okey_view(&prefix), okey_view(&at), &entry);
    }
    return count;
}

bool market_book_view(const struct ledger_state *state, struct str pair, uint32_t depth, struct arena *arena, struct book_view *out)
{
    size_t i;
    if (!pair_find(pair, &i)) return false;
    const struct ordmap *objects = ledger_objects(state);
    struct spot spot;
    spot_load(objects, &spot);
    *out = (struct book_view){.pair = name_of(i), .sequence = spot.pairs[i].changes, .height = ledger_height(state)};
    out->bids = arena_array(arena, struct book_level, MAX(depth, 1u));
    out->asks = arena_array(arena, struct book_level, MAX(depth, 1u));
    out->bids_count = levels_read(objects, i, SIDE_BUY, depth, out->bids);
    out->asks_count = levels_read(objects, i, SIDE_SELL, depth, out->asks);
    return true;
}

/* ---- DS4, DS5 ---- */

static void order_show(const struct order *order, struct arena *arena, struct order_view *out)
{
    *out = (struct order_view){.order_id = order->id,
                               .owner = order->owner,
                               .pair = name_of(order->pair),
                               .side = order->side,
                               .order_type = order->type,
                               .tif = order->tif,
                               .price = order->price,
                               .quantity = order->quantity,
                               .filled = order->filled,
                               .remaining = order_remaining(order),
                               .status = (enum order_status)order->status,
                               .client_id = order->client_id,
                               .created_height = {true, order->created},
                               .updated_height = {true, order->updated},
                               .fills_count = order->fills_count};
    if (order->filled > 0) out->average_price = (struct opt_u64){true, (uint64_t)(order->turnover / order->filled)};
    out->fills = arena_array(arena, struct order_fill, MAX(order->fills_count, 1u));
    for (uint32_t i = 0; i < order->fills_count; i++) {
        char id[TRADE_ID_BYTES];
        const struct fill *fill = &order->fills[i];
        out->fills[i] = (struct order_fill){.trade_id = str_dup(arena, trade_id(order->pair, fill->trade, id)),
                                            .price = fill->price,
                                            .quantity = fill->quantity,
                                            .height = fill->height};
    }
}

bool market_order_view(const struct ledger_state *state, const struct hash *id, struct arena *arena, struct order_view *out)
{
    struct order order;
    if (!order_load(ledger_objects(state), id, &order)) return false;
    order_show(&order, arena, out);
    return true;
}

/* The newest entry of an owner's open or closed orders below `from` (0: of all). */
static bool owned_below(const struct ordmap *objects, const struct address *owner, bool open, uint64_t from,
                        struct ordmap_entry *out)
{
    struct okey prefix = owned_key(owner, open, 0);
    prefix.len -= 8;
    if (from == 0) return ordmap_last(objects, okey_view(&prefix), out);
    const struct okey key = owned_key(owner, open, from);
    return ordmap_previous(objects, okey_view(&prefix), okey_view(&key), out);
}

static uint64_t owned_sequence(const struct ordmap_entry *entry) { return be64(entry->key.data + entry->key.len - 8); }

void market_orders_view(const struct ledger_state *state, const struct address *owner, struct str pair,
                        const enum order_status *status, struct market_range *range, struct arena *arena, struct page *out)
{
    const struct ordmap *objects = ledger_objects(state);
    struct order_view *items = arena_array(arena, struct order_view, range->limit);
    size_t wanted = PAIR_COUNT;
    uint64_t from = range->from;
    *out = (struct page){.items = items};
    range->next = 0;
    if (pair.len > 0 && !pair_find(pair, &wanted)) return;
    const bool rests = status != NULL && (*status == ORDER_OPEN || *status == ORDER_PARTIALLY_FILLED); /* history has none of those, */
    const bool ended = status != NULL && !rests;                                                       /* and what rests none of the others */
    for (;;) {
        struct ordmap_entry open, closed;
        const bool has_open = !ended && owned_below(objects, owner, true, from, &open);
        const bool has_closed = !rests && owned_below(objects, owner, false, from, &closed);
        if (!has_open && !has_closed) return;
        const bool takes_open = has_open && (!has_closed || owned_sequence(&open) > owned_sequence(&closed));
        const struct ordmap_entry *entry = takes_open ? &open : &closed;
        const uint64_t sequence = owned_sequence(entry);
        if (out->count == range->limit) {
            range->next = sequence + 1;
            return;
        }
        from = sequence;
        if (wanted < PAIR_COUNT && (uint8_t)entry->value.data[32] != wanted) continue;
        struct hash id;
        struct order order;
        memcpy(&id, entry->value.data, sizeof(id));
        const bool found = order_load(objects, &id, &order);
        ASSERT(found);
        if (status == NULL || order.status == *status) order_show(&order, arena, &items[out->count++]);
    }
}

/* ---- DS6 ---- */

bool market_trades_view(const struct ledger_state *state, struct str pair, uint32_t since_height, struct market_range *range,
                        struct arena *arena, struct page *out)
{
    size_t i;
    if (!pair_find(pair, &i)) return false;
    const struct ordmap *objects = ledger_objects(state);
    struct trade_view *items = arena_array(arena, struct trade_view, range->limit);
    struct spot spot;
    struct trade trade;
    spot_load(objects, &spot);
    *out = (struct page){.items = items};
    uint64_t sequence = range->from == 0 ? spot.pairs[i].trades : MIN(range->from - 1, spot.pairs[i].trades);
    range->next = 0;
    for (; sequence > 0 && trade_load(objects, i, sequence, &trade) && trade.height >= since_height; sequence--) {
        if (out->count == range->limit) {
            range->next = sequence + 1;
            return true;
        }
        char id[TRADE_ID_BYTES];
        items[out->count++] = (struct trade_view){.trade_id = str_dup(arena, trade_id(i, sequence, id)),
                                                  .sequence = sequence,
                                                  .price = trade.price,
                                                  .quantity = trade.quantity,
                                                  .taker_side = trade.taker_side,
                                                  .maker_order = trade.maker_order,
                                                  .taker_order = {trade.source == TRADE_BOOK, trade.taker_order},
                                                  .source = (enum trade_source)trade.source,
                                                  .height = trade.height,
                                                  .index = trade.index,
                                                  .timestamp = trade.timestamp};
    }
    return true;
}

/* ---- DS7, DS8 ---- */

void market_pairs_view(const struct ledger_state *state, struct arena *arena, struct page *out)
{
    const struct ordmap *objects = ledger_objects(state);
    const struct params *params = ledger_params(state);
    struct pair_view *items = arena_array(arena, struct pair_view, PAIR_COUNT);
    struct spot spot;
    spot_load(objects, &spot);
    *out = (struct page){.items = items, .count = PAIR_COUNT};
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        const struct pair *pair = pair_at(i);
        items[i] = (struct pair_view){.pair = name_of(i),
                                      .base = pair->base,
                                      .quote = pair->quote,
                                      .tick = params->order_tick,
                                      .min_quantity = params->min_order_quantity,
                                      .maker_bps = (uint16_t)params->maker_bps,
                                      .taker_bps = (uint16_t)params->taker_bps,
                                      .amm_fee_bps = (uint16_t)params->amm_fee_bps,
                                      .halted = pair_halted(objects, ledger_timestamp_ms(state), pair),
                                      .last_price = {spot.pairs[i].last_price != 0, spot.pairs[i].last_price}};
    }
}

bool market_pool_view(const struct ledger_state *state, struct str pair, uint32_t side, struct amount amount_in, struct pool_view *out)
{
    size_t i;
    struct amm amm;
    u128 got, fair;
    if (!pair_find(pair, &i)) return false;
    const struct params *params = ledger_params(state);
    amm_load(ledger_objects(state), i, &amm);
    *out = (struct pool_view){.pair = name_of(i),
                              .base_reserve = {amm.base},
                              .quote_reserve = {amm.quote},
                              .shares = {amm.shares},
                              .fee_bps = (uint16_t)params->amm_fee_bps,
                              .price = amm_price(&amm),
                              .providers = amm.providers};
    if (side == 0 || amm_is_empty(&amm)) return true;
    const u128 in = side == SIDE_BUY ? amm.quote : amm.base, reserve = side == SIDE_BUY ? amm.base : amm.quote;
    if (!amm_out(in, reserve, amount_in.units, params->amm_fee_bps, &got)) return true;
    if (!u128_mul_div(amount_in.units, reserve, in, &fair) || fair == 0) return true;
    u128 lost;
    if (!u128_mul_div(fair - MIN(got, fair), 10000, fair, &lost)) return true;
    out->has_quote = true;
    out->amount_out.units = got;
    out->price_impact_bps = (uint32_t)lost;
    return true;
}

/* ---- audits and alerts ---- */

void market_locked(const struct ledger_state *state, struct amount out[TOKEN_COUNT])
{
    const struct ordmap *objects = ledger_objects(state);
    memset(out, 0, TOKEN_COUNT * sizeof(out[0]));
    for (size_t pair = 0; pair < PAIR_COUNT; pair++)
        for (uint8_t side = SIDE_BUY; side <= SIDE_SELL; side++) {
            const struct okey prefix = level_prefix(pair, side);
            struct ordmap_entry entry;
            bool more = ordmap_first(objects, okey_view(&prefix), &entry);
            while (more) {
                struct hash id;
                struct order order;
                memcpy(&id, entry.value.data, sizeof(id));
                if (order_load(objects, &id, &order))
                    out[(side == SIDE_BUY ? pair_at(pair)->quote : pair_at(pair)->base) - 1].units += order.locked;
                const struct okey at = key_of(entry.key);
                more = ordmap_next(objects, okey_view(&prefix), okey_view(&at), &entry);
            }
        }
}

size_t market_patterns(const struct ledger_state *state, struct market_pattern *out, size_t max)
{
    static const char *const types[] = {[MARKET_SPOOFING] = "SPOOFING", [MARKET_WASH_TRADE] = "WASH_TRADE"};
    const struct ordmap *objects = ledger_objects(state);
    struct okey prefix = book_key(BOOK_ALERTS);
    okey_u32(&prefix, ledger_height(state));
    struct ordmap_entry entry;
    size_t count = 0;
    bool more = ordmap_first(objects, okey_view(&prefix), &entry);
    for (; more; count++) {
        if (count < max) {
            out[count].type = types[(uint8_t)entry.value.data[0]];
            memcpy(&out[count].subject, entry.value.data + 1, 32);
            memcpy(&out[count].other, entry.value.data + 33, 32);
        }
        const struct okey at = key_of(entry.key);
        more = ordmap_next(objects, okey_view(&prefix), okey_view(&at), &entry);
    }
    return count;
}
