/* Family of perpetuals: opening, closing, margin. Liquidation and funding: perp_settle.c. */
#include "network/ledger/perp_priv.h"

void perp_tell(struct work *work, const struct hash *id, const struct perp_position *p, uint64_t mark)
{
    struct arena_mark before = arena_mark_take(&work->arena);
    struct position_view view;
    perp_position_view(p, id, mark, work->params.mmr_bps, &work->arena, &view);
    work_event(work, EVENT_PERP_POSITION, &shape_position, &view);
    arena_rewind(&work->arena, before);
}

void perp_pay(struct work *work, const struct address *who, u128 units)
{
    HOLDING(work, TOKEN_USD, perp_vault) -= units;
    money_give(work, who, TOKEN_USD, (struct amount){units});
}

static void read_market(const struct work *work, size_t market, struct oracle_reading *out)
{
    oracle_read(&work->objects, work->rules, &work->params, market, work_now_ms(work), out);
}

/* Worse than the limit for somebody who buys (or sells). 0: no limit. */
static bool slips(bool buys, uint64_t mark, uint64_t limit) { return limit != 0 && (buys ? mark > limit : mark < limit); }

static enum code open_apply(struct exec *x)
{
    const struct payload_perp_open *p = &x->payload->perp_open;
    struct work *work = x->work;
    size_t market;
    struct oracle_reading reading;
    if (!perp_find(p->market, &market)) return refuse(x, CODE_MARKET_NOT_FOUND, RECEIPT_FIELD_MARKET);
    read_market(work, market, &reading);
    if (reading.halted) return refuse(x, CODE_CIRCUIT_BREAKER_OPEN, RECEIPT_FIELD_MARKET);
    if (!guard_leverage(work->rules, p->leverage, PERP_LEVERAGE_MAX))
        return refuse(x, CODE_LEVERAGE_EXCEEDS_LIMIT, RECEIPT_FIELD_LEVERAGE);
    if (!reading.fresh) return refuse(x, CODE_ORACLE_STALE, RECEIPT_FIELD_MARKET);
    if (slips(p->side == SIDE_BUY, reading.price, p->limit_price))
        return refuse(x, CODE_SLIPPAGE_EXCEEDED, RECEIPT_FIELD_LIMIT_PRICE);
    const u128 margin = perp_margin_of(perp_notional(p->size, reading.price), p->leverage);
    if (margin == 0) return refuse_lack(x, CODE_INSUFFICIENT_MARGIN, RECEIPT_FIELD_SIZE, AMOUNT(0), AMOUNT(1));
    if (money_take(x, &x->sender, TOKEN_USD, (struct amount){margin}, RECEIPT_FIELD_SIZE) != CODE_NONE) return CODE_INSUFFICIENT_MARGIN;
    HOLDING(work, TOKEN_USD, perp_vault) += margin;
    const struct perp_position position = {.owner = x->sender,
                                           .market = (uint8_t)market,
                                           .side = (enum side)p->side,
                                           .status = POSITION_OPEN,
                                           .leverage = p->leverage,
                                           .size = p->size,
                                           .entry = reading.price,
                                           .margin = margin,
                                           .opened = work->parent->height + 1};
    struct perp_market m;
    perp_market_load(&work->objects, market, &m);
    perp_put_in(&m, &position);
    if (m.funded_ms == 0) { /* the first ever: from here on there is something to fund */
        m.funded_ms = work_now_ms(work);
        m.funded_sum = reading.sum;
        m.funded_height = work->parent->height + 1;
    }
    perp_market_store(work, market, &m);
    perp_position_store(work, &x->id, &position, NULL);
    perp_tell(work, &x->id, &position, reading.price);
    return CODE_NONE;
}

static enum code owned(struct exec *x, const struct hash *id, struct perp_position *out)
{
    if (!perp_position_load(&x->work->objects, id, out)) return refuse(x, CODE_POSITION_NOT_FOUND, RECEIPT_FIELD_POSITION_ID);
    if (!address_eq(&out->owner, &x->sender)) return refuse(x, CODE_NOT_OWNER, RECEIPT_FIELD_SENDER);
    if (out->status != POSITION_OPEN) return refuse(x, CODE_POSITION_CLOSED, RECEIPT_FIELD_POSITION_ID);
    return CODE_NONE;
}

/* More than there is means all of it. */
static enum code close_apply(struct exec *x)
{
    const struct payload_perp_close *p = &x->payload->perp_close;
    struct work *work = x->work;
    struct perp_position position;
    struct oracle_reading reading;
    const enum code code = owned(x, &p->position_id, &position);
    if (code != CODE_NONE) return code;
    read_market(work, position.market, &reading);
    if (!reading.fresh) return refuse(x, CODE_ORACLE_STALE, RECEIPT_FIELD_POSITION_ID);
    if (slips(position.side == SIDE_SELL, reading.price, p->limit_price))
        return refuse(x, CODE_SLIPPAGE_EXCEEDED, RECEIPT_FIELD_LIMIT_PRICE);
    const struct perp_position before = position;
    const uint64_t size = p->size == 0 ? position.size : MIN(p->size, position.size);
    struct perp_market m;
    struct perp_closing closing;
    perp_market_load(&work->objects, position.market, &m);
    perp_take_out(&m, &position, size, reading.price, 0, 0, &closing);
    if (size == before.size) {
        position.status = POSITION_CLOSED;
        position.closed = work->parent->height + 1;
    }
    perp_pay(work, &position.owner, closing.owner);
    perp_market_store(work, position.market, &m);
    perp_position_store(work, &p->position_id, &position, &before);
    perp_tell(work, &p->position_id, &position, reading.price);
    return CODE_NONE;
}

/* What has to stay: the margin the position was opened with, and its loss so far. */
static bool can_remove(const struct perp_market *m, const struct perp_position *p, u128 amount, uint64_t mark)
{
    const struct gain pnl = perp_pnl(p->side, p->size, p->entry, mark);
    const u128 needed = units_add(perp_margin_of(perp_notional(p->size, p->entry), p->leverage), pnl.loss ? pnl.units : 0);
    return amount <= m->vault && amount <= p->margin && p->margin - amount >= needed;
}

static enum code margin_apply(struct exec *x)
{
    const struct payload_perp_margin *p = &x->payload->perp_margin;
    struct work *work = x->work;
    struct perp_position position;
    struct perp_market m;
    struct oracle_reading reading;
    enum code code = owned(x, &p->position_id, &position);
    if (code != CODE_NONE) return code;
    read_market(work, position.market, &reading);
    perp_market_load(&work->objects, position.market, &m);
    const struct perp_position before = position;
    if (p->direction == MARGIN_ADD) { /* needs no price: whoever adds is the safer for it */
        code = money_take(x, &x->sender, TOKEN_USD, p->amount, RECEIPT_FIELD_AMOUNT);
        if (code != CODE_NONE) return code;
        HOLDING(work, TOKEN_USD, perp_vault) += p->amount.units;
        m.vault += p->amount.units;
        m.margins += p->amount.units;
        position.margin += p->amount.units;
    } else {
        if (!reading.fresh) return refuse(x, CODE_ORACLE_STALE, RECEIPT_FIELD_POSITION_ID);
        if (!can_remove(&m, &position, p->amount.units, reading.price))
            return refuse_lack(x, CODE_INSUFFICIENT_MARGIN, RECEIPT_FIELD_AMOUNT, (struct amount){position.margin}, p->amount);
        m.vault -= p->amount.units;
        m.margins -= p->amount.units;
        position.margin -= p->amount.units;
        perp_pay(work, &x->sender, p->amount.units);
    }
    perp_market_store(work, position.market, &m);
    perp_position_store(work, &p->position_id, &position, &before);
    perp_tell(work, &p->position_id, &position, reading.price);
    return CODE_NONE;
}

/* The insurance funds of the markets are a gift of genesis. */
static bool perp_genesis(struct work *work, const struct ledger_genesis *genesis, struct err *err)
{
    if (work->parent->chain != CHAIN_DELTA || amount_is_zero(genesis->insurance)) return true;
    for (size_t i = 0; i < PERP_MARKETS; i++) {
        struct supply_token *usd = &work->tallies[TOKEN_USD - 1].token;
        struct amount all;
        if (!supply_expected(usd, &all) || !amount_add(all, genesis->insurance, &all))
            return err_set(err, ERR_LIMIT, "genesis insurance adds up to more than 2^128 - 1");
        usd->genesis.units += genesis->insurance.units;
        usd->perp_vault.units += genesis->insurance.units;
        const struct perp_market m = {.vault = genesis->insurance.units};
        perp_market_store(work, i, &m);
    }
    return true;
}

static void perp_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    for (size_t i = 0; i < PERP_MARKETS; i++) {
        struct perp_market m;
        perp_market_load(objects, i, &m);
        holdings[TOKEN_USD - 1].perp_vault.units += m.vault;
    }
}

static const struct family_kind kinds[] = {
    {.kind = KIND_PERP_OPEN, .apply = open_apply},
    {.kind = KIND_PERP_CLOSE, .apply = close_apply},
    {.kind = KIND_PERP_MARGIN, .apply = margin_apply},
    {.kind = KIND_PERP_LIQUIDATE, .apply = perp_liquidate_apply},
    {.kind = KIND_FUNDING_SETTLE, .apply = funding_settle_apply},
};
extern const struct family family_perps;
const struct family family_perps = {.name = "perps",
                                    .kinds = kinds,
                                    .kinds_count = ARRAY_LEN(kinds),
                                    .genesis = perp_genesis,
                                    .block_end = perp_block_end,
                                    .audit = perp_audit};
