#include "core/codec/binary.h"
#include "network/ledger/perp_priv.h"
#include "network/ledger/perps_view.h"

struct str gain_text(struct arena *arena, struct gain gain)
{
    char digits[U128_TEXT];
    (void)u128_text(gain.units, digits); /* the length is not needed */
    return str_fmt(arena, "%s%s", gain.loss && gain.units > 0 ? "-" : "", digits);
}

size_t ledger_perp_markets_count(void) { return PERP_MARKETS; }
bool ledger_perp_market_find(struct str name, size_t *out) { return perp_find(name, out); }

static void reading_of(const struct ledger_state *state, const struct ledger_rules *rules, size_t market, struct oracle_reading *out)
{
    oracle_read(&state->objects, rules, &state->params, market, state->clock.timestamp_ms, out);
}

void ledger_perp_market(const struct ledger_state *state, const struct ledger_rules *rules, size_t market, struct perp_market_view *out)
{
    struct perp_market m;
    struct oracle_reading reading;
    perp_market_load(&state->objects, market, &m);
    reading_of(state, rules, market, &reading);
    const uint64_t index = perp_index_price(&m, &reading, state->clock.timestamp_ms);
    *out = (struct perp_market_view){
        .market = perp_names[market],
        .oracle_asset = oracle_names[market],
        .mark_price = reading.price,
        .index_price = index,
        .long_interest = {m.size[0]},
        .short_interest = {m.size[1]},
        .max_leverage = PERP_LEVERAGE_MAX,
        .mmr_bps = (uint16_t)state->params.mmr_bps,
        .funding_rate_e9 = perp_funding_rate(reading.price, index, state->params.funding_cap_bps),
        .next_funding_height = m.funded_height + (uint32_t)state->params.funding_interval_blocks,
        .insurance_fund = {perp_insurance(&m)},
        .halted = reading.halted,
    };
}

void perp_position_view(const struct perp_position *p, const struct hash *id, uint64_t mark, uint64_t mmr_bps, struct arena *arena,
                        struct position_view *out)
{
    const bool is_open = p->status == POSITION_OPEN;
    const struct gain pnl = is_open ? perp_pnl(p->side, p->size, p->entry, mark) : (struct gain){false, 0};
    *out = (struct position_view){
        .position_id = *id,
        .owner = p->owner,
        .pair = perp_names[p->market],
        .side = (uint32_t)p->side,
        .size = p->size,
        .leverage = p->leverage,
        .entry_price = p->entry,
        .mark_price = mark,
        .liquidation_price = perp_liquidation_price(p->side, p->size, p->entry, p->margin, mmr_bps),
        .margin = {p->margin},
        .unrealized_pnl = gain_text(arena, pnl),
        .funding_paid = gain_text(arena, p->funding),
        .status = p->status,
        .opened_height = {true, p->opened},
        .closed_height = {!is_open, p->closed},
    };
    if (!is_open || p->realized.units > 0) out->realized_pnl = gain_text(arena, p->realized);
}

bool ledger_position(const struct ledger_state *state, const struct ledger_rules *rules, const struct hash *id, struct arena *arena,
                     struct position_view *out)
{
    struct perp_position p;
    struct oracle_reading reading;
    if (!perp_position_load(&state->objects, id, &p)) return false;
    reading_of(state, rules, p.market, &reading);
    perp_position_view(&p, id, reading.price, state->params.mmr_bps, arena, out);
    return true;
}

uint32_t ledger_positions(const struct ledger_state *state, const struct ledger_rules *rules, const struct address *owner, bool every,
                          enum position_status status, size_t max, struct arena *arena, struct position_view **out)
{
    const struct okey prefix = perp_owner_key(owner);
    struct oracle_reading readings[PERP_MARKETS];
    struct ordmap_entry entry;
    uint32_t count = 0;
    VEC(struct hash) ids = {0};
    for (bool more = ordmap_first(&state->objects, okey_view(&prefix), &entry); more && ids.count < max;
         more = ordmap_next(&state->objects, okey_view(&prefix), entry.key, &entry)) {
        struct perp_position p;
        const struct hash id = perp_id_of_key(entry.key);
        if (perp_position_load(&state->objects, &id, &p) && (every || p.status == status)) vec_push(&ids, id);
    }
    for (size_t i = 0; i < PERP_MARKETS; i++) reading_of(state, rules, i, &readings[i]);
    *out = arena_array(arena, struct position_view, ids.count + 1);
    for (size_t i = 0; i < ids.count; i++) {
        struct perp_position p;
        if (!perp_position_load(&state->objects, &ids.data[i], &p)) continue;
        perp_position_view(&p, &ids.data[i], readings[p.market].price, state->params.mmr_bps, arena, &(*out)[count++]);
    }
    vec_done(&ids);
    return count;
}

uint32_t ledger_fundings(const struct ledger_state *state, size_t market, uint32_t below_height, size_t max, struct arena *arena,
                         struct funding_view **out)
{
    const struct okey prefix = perp_funding_key(market);
    struct okey from = prefix;
    okey_u32(&from, below_height == 0 ? UINT32_MAX : below_height);
    struct ordmap_entry entry;
    uint32_t count = 0;
    *out = arena_array(arena, struct funding_view, max + 1);
    for (bool more = ordmap_previous(&state->objects, okey_view(&prefix), okey_view(&from), &entry); more && count < max;
         more = ordmap_previous(&state->objects, okey_view(&prefix), entry.key, &entry)) {
        struct bin_reader r = bin_reader_of(entry.value.data, entry.value.len);
        struct funding_view *view = &(*out)[count++];
        for (size_t i = 0; i < 4; i++) view->height = view->height << 8 | (uint8_t)entry.key.data[prefix.len + i];
        view->timestamp = bin_get_u64(&r);
        view->rate_e9 = (int64_t)bin_get_u64(&r);
        view->mark_price = bin_get_u64(&r);
        view->index_price = bin_get_u64(&r);
        const bool loss = bin_get_bool(&r);
        view->paid_by_longs = gain_text(arena, (struct gain){loss, bin_get_u128(&r)});
    }
    return count;
}

static void liquidation_of(const struct ordmap_entry *entry, size_t height_at, struct liquidation_view *out, size_t *out_market)
{
    struct bin_reader r = bin_reader_of(entry->value.data, entry->value.len);
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < 4; i++) out->height = out->height << 8 | (uint8_t)entry->key.data[height_at + i];
    out->position_id = perp_id_of_key(entry->key);
    *out_market = bin_get_u8(&r) % PERP_MARKETS;
    out->market = perp_names[*out_market];
    bin_get_bytes(&r, &out->owner, sizeof(out->owner));
    bin_get_bytes(&r, &out->liquidator, sizeof(out->liquidator));
    out->size = bin_get_u64(&r);
    out->mark_price = bin_get_u64(&r);
    out->liquidation_price = bin_get_u64(&r);
    out->reward.units = bin_get_u128(&r);
    out->shortfall.units = bin_get_u128(&r);
}

uint32_t ledger_liquidations(const struct ledger_state *state, size_t market, const struct address *owner, size_t skip, size_t max,
                             struct arena *arena, struct liquidation_view **out)
{
    const struct okey prefix = perp_liquidation_key();
    struct okey from = prefix;
    okey_u32(&from, UINT32_MAX);
    struct ordmap_entry entry;
    uint32_t count = 0;
    *out = arena_array(arena, struct liquidation_view, max + 1);
    for (bool more = ordmap_previous(&state->objects, okey_view(&prefix), okey_view(&from), &entry); more && count < max;
         more = ordmap_previous(&state->objects, okey_view(&prefix), entry.key, &entry)) {
        struct liquidation_view *view = &(*out)[count];
        size_t of;
        liquidation_of(&entry, prefix.len, view, &of);
        if (market != SIZE_MAX && of != market) continue;
        if (owner != NULL && !address_eq(&view->owner, owner)) continue;
        if (skip > 0)
            skip--;
        else
            count++;
    }
    return count;
}
