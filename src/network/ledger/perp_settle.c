/* Perpetuals: liquidation, funding, and what keeps a vault above the profits it owes. */
#include "core/codec/binary.h"
#include "network/ledger/perp_priv.h"

/* ---- walking over the open positions of one side, by entry ----
 * The key is copied: what the walk does may change the map. */
struct walk {
    struct okey prefix, key;
};

static bool walk_take(struct walk *walk, bool found, const struct ordmap_entry *entry, struct hash *out_id)
{
    if (!found) return false;
    walk->key.len = (uint16_t)entry->key.len;
    memcpy(walk->key.b, entry->key.data, entry->key.len);
    *out_id = perp_id_of_key(entry->key);
    return true;
}
static bool walk_first(const struct work *work, size_t market, enum side side, struct walk *walk, struct hash *out_id)
{
    struct ordmap_entry entry;
    walk->prefix = perp_entry_key(market, side);
    const bool found = ordmap_first(&work->objects, okey_view(&walk->prefix), &entry);
    return walk_take(walk, found, &entry, out_id);
}
static bool walk_next(const struct work *work, struct walk *walk, struct hash *out_id)
{
    struct ordmap_entry entry;
    const bool found = ordmap_next(&work->objects, okey_view(&walk->prefix), okey_view(&walk->key), &entry);
    return walk_take(walk, found, &entry, out_id);
}
static void load_open(const struct work *work, const struct hash *id, struct perp_position *out)
{
    const bool found = perp_position_load(&work->objects, id, out);
    ASSERT(found && out->status == POSITION_OPEN); /* what the index names is there */
}

/* ---- liquidation ---- */

static void liquidation_tell(struct exec *x, const struct hash *id, const struct perp_position *p, const struct perp_closing *closing,
                             uint64_t mark, uint64_t liquidation_price)
{
    const struct liquidation_view view = {.position_id = *id,
                                          .owner = p->owner,
                                          .market = perp_names[p->market],
                                          .liquidator = x->sender,
                                          .size = p->size,
                                          .mark_price = mark,
                                          .liquidation_price = liquidation_price,
                                          .reward = {closing->reward},
                                          .shortfall = {closing->shortfall},
                                          .height = p->closed};
    work_event(x->work, EVENT_PERP_LIQUIDATION, &shape_liquidation, &view);
    struct okey key = perp_liquidation_key();
    okey_u32(&key, view.height);
    okey_hash(&key, id);
    struct buf bytes = {0};
    bin_put_u8(&bytes, p->market);
    bin_put_bytes(&bytes, &view.owner, sizeof(view.owner));
    bin_put_bytes(&bytes, &view.liquidator, sizeof(view.liquidator));
    bin_put_u64(&bytes, view.size);
    bin_put_u64(&bytes, mark);
    bin_put_u64(&bytes, liquidation_price);
    bin_put_u128(&bytes, closing->reward);
    bin_put_u128(&bytes, closing->shortfall);
    work_set(x->work, &key, buf_str(&bytes));
    buf_done(&bytes);
}

/* What decides: the oracle's price. With the switch the last trade of the spot pair. */
static uint64_t liquidation_mark(const struct work *work, size_t market, uint64_t oracle)
{
    if (guard_mark_oracle(work->rules)) return oracle;
    const uint64_t last = book_last_price(&work->objects, oracle_names[market]);
    return last != 0 ? last : oracle;
}

enum code perp_liquidate_apply(struct exec *x)
{
    const struct hash *id = &x->payload->id.id;
    struct work *work = x->work;
    const struct params *params = &work->params;
    struct perp_position p;
    struct oracle_reading reading;
    if (!perp_position_load(&work->objects, id, &p)) return refuse(x, CODE_POSITION_NOT_FOUND, RECEIPT_FIELD_POSITION_ID);
    if (p.status != POSITION_OPEN) return refuse(x, CODE_POSITION_CLOSED, RECEIPT_FIELD_POSITION_ID);
    oracle_read(&work->objects, work->rules, params, p.market, work_now_ms(work), &reading);
    if (!reading.fresh) return refuse(x, CODE_ORACLE_STALE, RECEIPT_FIELD_POSITION_ID);
    const uint64_t mark = liquidation_mark(work, p.market, reading.price);
    const uint64_t price = perp_liquidation_price(p.side, p.size, p.entry, p.margin, params->mmr_bps);
    if (!guard_liquidatable(work->rules, perp_is_liquidatable(p.side, price, mark)))
        return refuse(x, CODE_NOT_LIQUIDATABLE, RECEIPT_FIELD_POSITION_ID);
    const struct perp_position before = p;
    struct perp_market m;
    struct perp_closing closing;
    perp_market_load(&work->objects, p.market, &m);
    perp_take_out(&m, &p, p.size, mark, params->liquidation_reward_bps, params->insurance_share_bps, &closing);
    p.status = POSITION_LIQUIDATED;
    p.closed = work->parent->height + 1;
    perp_pay(work, &p.owner, closing.owner);
    perp_pay(work, &x->sender, closing.reward);
    perp_market_store(work, p.market, &m);
    perp_position_store(work, id, &p, &before);
    perp_tell(work, id, &p, mark);
    liquidation_tell(x, id, &p, &closing, mark, price);
    return CODE_NONE;
}

/* ---- funding ----
 * The side that pays gives |rate| of its notional at mark, each position at most its margin; the other side shares exactly that by
 * size, odd units going to the first by entry and id. Nothing is paid when a side is empty. */

static u128 funding_collect(struct work *work, size_t market, enum side side, uint64_t mark, uint64_t rate_e9)
{
    struct walk walk;
    struct hash id;
    u128 total = 0;
    for (bool more = walk_first(work, market, side, &walk, &id); more; more = walk_next(work, &walk, &id)) {
        struct perp_position p;
        load_open(work, &id, &p);
        const u128 due = MIN(units_share(perp_notional(p.size, mark), rate_e9, RATE_UNIT), p.margin);
        if (due == 0) continue;
        const struct perp_position before = p;
        p.margin -= due;
        p.funding = gain_add(p.funding, (struct gain){false, due});
        total += due;
        perp_position_store(work, &id, &p, &before);
    }
    return total;
}

static void funding_share(struct work *work, size_t market, enum side side, u128 total, u128 sizes)
{
    struct walk walk;
    struct hash id;
    u128 odd = total;
    for (bool more = walk_first(work, market, side, &walk, &id); more; more = walk_next(work, &walk, &id)) {
        struct perp_position p;
        load_open(work, &id, &p);
        odd -= units_share(total, p.size, sizes);
    }
    for (bool more = walk_first(work, market, side, &walk, &id); more; more = walk_next(work, &walk, &id)) {
        struct perp_position p;
        load_open(work, &id, &p);
        const struct perp_position before = p;
        u128 share = units_share(total, p.size, sizes);
        if (odd > 0) {
            share++;
            odd--;
        }
        p.margin += share;
        p.funding = gain_add(p.funding, (struct gain){share > 0, share});
        perp_position_store(work, &id, &p, &before);
    }
    ASSERT(odd == 0); /* fewer odd units than positions */
}

static void funding_remember(struct work *work, size_t market, const struct funding_view *view, struct gain by_longs)
{
    struct okey key = perp_funding_key(market), oldest_key;
    const struct okey prefix = key;
    okey_u32(&key, view->height);
    struct buf bytes = {0};
    bin_put_u64(&bytes, view->timestamp);
    bin_put_u64(&bytes, (uint64_t)view->rate_e9);
    bin_put_u64(&bytes, view->mark_price);
    bin_put_u64(&bytes, view->index_price);
    bin_put_u8(&bytes, by_longs.loss);
    bin_put_u128(&bytes, by_longs.units);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
    const uint64_t kept = PERP_FUNDING_PAST * MAX(work->params.funding_interval_blocks, 1u);
    struct ordmap_entry oldest;
    if (view->height <= kept || !ordmap_first(&work->objects, okey_view(&prefix), &oldest)) return;
    struct okey limit = prefix;
    okey_u32(&limit, (uint32_t)(view->height - kept));
    if (str_cmp(oldest.key, okey_view(&limit)) >= 0) return;
    oldest_key.len = (uint16_t)oldest.key.len;
    memcpy(oldest_key.b, oldest.key.data, oldest.key.len);
    work_remove(work, &oldest_key);
}

enum code funding_settle_apply(struct exec *x)
{
    struct work *work = x->work;
    size_t market;
    struct perp_market m;
    struct oracle_reading reading;
    if (!perp_find(x->payload->market.market, &market)) return refuse(x, CODE_MARKET_NOT_FOUND, RECEIPT_FIELD_MARKET);
    const uint64_t now_ms = work_now_ms(work);
    const uint32_t height = work->parent->height + 1;
    perp_market_load(&work->objects, market, &m);
    oracle_read(&work->objects, work->rules, &work->params, market, now_ms, &reading);
    const bool due = height >= (uint64_t)m.funded_height + work->params.funding_interval_blocks;
    if (!due || !reading.fresh) return refuse(x, CODE_NOT_DUE, RECEIPT_FIELD_MARKET);
    if (x->rehearsal) return CODE_NONE; /* the rest is a walk over every position, and cannot fail */
    const uint64_t index = perp_index_price(&m, &reading, now_ms);
    const int64_t rate = perp_funding_rate(reading.price, index, work->params.funding_cap_bps);
    const bool longs_pay = rate > 0;
    u128 paid = 0;
    if (rate != 0 && m.size[0] > 0 && m.size[1] > 0) {
        const uint64_t rate_e9 = (uint64_t)(longs_pay ? rate : -rate);
        paid = funding_collect(work, market, longs_pay ? SIDE_BUY : SIDE_SELL, reading.price, rate_e9);
        if (paid > 0) funding_share(work, market, longs_pay ? SIDE_SELL : SIDE_BUY, paid, m.size[longs_pay ? 1 : 0]);
    }
    m.funded_height = height;
    m.funded_ms = now_ms;
    m.funded_sum = reading.sum;
    perp_market_store(work, market, &m);
    const struct gain by_longs = {!longs_pay && paid > 0, paid};
    const struct funding_view view = {.market = perp_names[market],
                                      .height = height,
                                      .timestamp = now_ms,
                                      .rate_e9 = rate,
                                      .mark_price = reading.price,
                                      .index_price = index,
                                      .paid_by_longs = gain_text(&work->arena, by_longs)};
    work_event(work, EVENT_PERP_FUNDING, &shape_funding, &view);
    funding_remember(work, market, &view, by_longs);
    return CODE_NONE;
}

/* ---- the vault covers the profits it owes (INV-10) ---- */

/* The position of a side with the most profit a unit; false: none has any. */
static bool best_of(const struct work *work, size_t market, enum side side, uint64_t mark, struct hash *out_id, uint64_t *out_gain)
{
    const struct okey prefix = perp_entry_key(market, side);
    struct ordmap_entry entry;
    const bool found = side == SIDE_BUY ? ordmap_first(&work->objects, okey_view(&prefix), &entry)
                                        : ordmap_last(&work->objects, okey_view(&prefix), &entry);
    if (!found) return false;
    *out_id = perp_id_of_key(entry.key);
    struct perp_position p;
    load_open(work, out_id, &p);
    *out_gain = side == SIDE_BUY ? (mark > p.entry ? mark - p.entry : 0) : (p.entry > mark ? p.entry - mark : 0);
    return *out_gain > 0;
}

/* At least the sum of all profits: as if every position had the best entry of its side. */
static u128 profits_bound(const struct work *work, size_t market, const struct perp_market *m, uint64_t mark)
{
    u128 bound = m->open; /* floors */
    for (enum side side = SIDE_BUY; side <= SIDE_SELL; side++) {
        struct hash id;
        uint64_t gain;
        if (best_of(work, market, side, mark, &id, &gain)) bound = units_add(bound, units_add(perp_notional(m->size[side - 1], gain), 1));
    }
    return bound;
}

static u128 profits_sum(const struct work *work, size_t market, uint64_t mark)
{
    u128 sum = 0;
    for (enum side side = SIDE_BUY; side <= SIDE_SELL; side++) {
        struct walk walk;
        struct hash id;
        for (bool more = walk_first(work, market, side, &walk, &id); more; more = walk_next(work, &walk, &id)) {
            struct perp_position p;
            load_open(work, &id, &p);
            const struct gain pnl = perp_pnl(p.side, p.size, p.entry, mark);
            if (!pnl.loss) sum = units_add(sum, pnl.units);
        }
    }
    return sum;
}

/* Closes the most profitable positions until the vault holds what the others are owed. */
static void deleverage(struct work *work, size_t market, struct perp_market *m, uint64_t mark)
{
    u128 owed = profits_sum(work, market, mark);
    while (owed > m->vault) {
        struct hash ids[2];
        uint64_t gains[2] = {0, 0};
        for (enum side side = SIDE_BUY; side <= SIDE_SELL; side++)
            if (!best_of(work, market, side, mark, &ids[side - 1], &gains[side - 1])) gains[side - 1] = 0;
        if (gains[0] == 0 && gains[1] == 0) break;
        const struct hash id = ids[gains[0] >= gains[1] ? 0 : 1];
        struct perp_position p;
        struct perp_closing closing;
        load_open(work, &id, &p);
        const struct perp_position before = p;
        const struct gain pnl = perp_pnl(p.side, p.size, p.entry, mark);
        perp_take_out(m, &p, p.size, mark, 0, 0, &closing);
        p.status = POSITION_CLOSED;
        p.closed = work->parent->height + 1;
        perp_pay(work, &p.owner, closing.owner);
        perp_position_store(work, &id, &p, &before);
        perp_tell(work, &id, &p, mark);
        owed = pnl.loss ? owed : units_minus(owed, pnl.units);
    }
    perp_market_store(work, market, m);
}

void perp_block_end(struct work *work)
{
    if (work->parent->chain != CHAIN_DELTA) return;
    for (size_t market = 0; market < PERP_MARKETS; market++) {
        struct perp_market m;
        struct oracle_reading reading;
        perp_market_load(&work->objects, market, &m);
        if (m.open == 0) continue;
        oracle_read(&work->objects, work->rules, &work->params, market, work_now_ms(work), &reading);
        if (profits_bound(work, market, &m, reading.price) > m.vault) deleverage(work, market, &m, reading.price);
    }
    perp_past_prune(work);
}
