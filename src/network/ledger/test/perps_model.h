/* Perps model: perpetuals and oracles as lists that are added up anew for every question. Slow, and obviously right. */
#ifndef LEDGER_TEST_PERPS_MODEL_H
#define LEDGER_TEST_PERPS_MODEL_H

#include "network/ledger/test/port.h"

enum { TRADERS = 8, FIRST = PORT_TRADER, SLOTS = 400, STEPS = 3500, OPS = 32 };

static struct port port;
static struct rng rng;
static struct arena arena;

/* ---- the slow model: everything is a list, everything is added up anew ---- */
struct place { /* a position */
    struct hash id;
    size_t owner, market;
    bool is_long, is_open, was_liquidated;
    uint64_t size, entry;
    uint32_t leverage;
    u128 margin;
    __int128 funding;
};
static struct place places[SLOTS];
static size_t places_count;
static u128 usd[PORT_PEOPLE], vaults[2];
static struct report {
    bool given, flagged;
    uint64_t price, at;
} reports[2][7];
static uint64_t last_price[2], halted_until[2];
static struct move {
    uint64_t span, price;
} moves[2][200000];
static size_t moves_from[2], moves_count[2];
static uint32_t funded_height[2];
static uint64_t funded_ms[2];
static u128 sum[2], funded_sum[2];
static uint64_t sum_ms[2];
static uint64_t counts[8]; /* what happened, so that nothing goes untried */

static inline bool fresh(size_t a, size_t i, uint64_t now) { return reports[a][i].given && reports[a][i].at + 60000 > now; }
static inline bool apart(uint64_t p, uint64_t q, uint64_t bps) { return (u128)(p > q ? p - q : q - p) * 10000 > (u128)q * bps; }
static inline size_t taken(size_t a, uint64_t now, bool flagged_too, size_t except, uint64_t out[7])
{
    size_t n = 0;
    for (size_t i = 0; i < 7; i++)
        if (i != except && fresh(a, i, now) && (flagged_too || !reports[a][i].flagged)) out[n++] = reports[a][i].price;
    return n;
}
static inline uint64_t median(const uint64_t *p, size_t n)
{
    uint64_t at[2] = {0, 0};
    for (size_t half = 0; half < 2; half++)
        for (size_t i = 0; i < n; i++) {
            size_t below = 0, same = 0;
            for (size_t k = 0; k < n; k++) below += p[k] < p[i], same += p[k] == p[i];
            if (below <= (n - 1 + half) / 2 && (n - 1 + half) / 2 < below + same) at[half] = p[i];
        }
    return at[0] + (at[1] - at[0]) / 2;
}
static inline bool price_of(size_t a, uint64_t now, uint64_t *out)
{
    uint64_t p[7];
    const size_t n = taken(a, now, false, 9, p);
    if (n < 4) return false;
    *out = median(p, n);
    return true;
}

static inline enum code model_report(size_t a, size_t i, uint64_t price, uint64_t stated, uint64_t now)
{
    uint64_t p[7];
    if (price == 0) return CODE_INVALID_PRICE;
    if (stated > now ? stated - now > 5000 : now - stated >= 60000) return CODE_TIMESTAMP_OUT_OF_RANGE;
    size_t n = taken(a, now, false, i, p);
    const uint64_t others = n > 0 ? median(p, n) : price;
    if (n >= 4 && apart(price, others, 5000)) return CODE_PRICE_OUTLIER;
    reports[a][i] = (struct report){true, apart(price, others, 500), price, stated < now ? stated : now};
    if (taken(a, now, false, 9, p) < 4 && (n = taken(a, now, true, 9, p)) >= 4) {
        const uint64_t all = median(p, n);
        for (size_t k = 0; k < 7; k++)
            if (fresh(a, k, now)) reports[a][k].flagged = apart(reports[a][k].price, all, 500);
    }
    uint64_t q;
    if (!price_of(a, now, &q)) return CODE_NONE;
    sum[a] += (u128)last_price[a] * (now - sum_ms[a]);
    sum_ms[a] = now;
    last_price[a] = q;
    bool jump = false;
    for (size_t k = moves_from[a]; k < moves_count[a]; k++) {
        if (moves[a][k].span + 30 < now / 10000) {
            moves_from[a] = k + 1;
            continue;
        }
        jump |= apart(q, moves[a][k].price, 3000);
    }
    if (jump) {
        moves_from[a] = moves_count[a];
        halted_until[a] = now + 300000;
        counts[6]++;
    }
    CHECK(moves_count[a] < ARRAY_LEN(moves[a]));
    moves[a][moves_count[a]++] = (struct move){now / 10000, q};
    return CODE_NONE;
}

static inline u128 notional(u128 size, uint64_t price) { return size * price / 1000000; }
static __int128 pnl_of(const struct place *p, uint64_t size, uint64_t mark)
{
    const __int128 in = (__int128)notional(size, p->entry), out = (__int128)notional(size, mark);
    return p->is_long ? out - in : in - out;
}
static inline u128 needed(u128 n, uint32_t leverage) { return (n + leverage - 1) / leverage; }

/* What all open positions but one are worth together, sides summed before they are rounded. */
static __int128 worth_of_others(size_t market, const struct place *but, uint64_t but_left, uint64_t mark)
{
    u128 sizes[2] = {0, 0}, entries[2] = {0, 0}, margins = 0;
    for (size_t i = 0; i < places_count; i++) {
        const struct place *p = &places[i];
        if (!p->is_open || p->market != market) continue;
        const uint64_t size = p == but ? but_left : p->size;
        sizes[!p->is_long] += size;
        entries[!p->is_long] += notional(size, p->entry);
        if (p != but) margins += p->margin;
        else if (but_left > 0) margins += p->margin - p->margin * (p->size - but_left) / p->size;
    }
    return (__int128)margins + (__int128)notional(sizes[0], mark) - (__int128)entries[0] + (__int128)entries[1] - (__int128)notional(sizes[1], mark);
}

/* What comes out of the vault for `size` of a position, before any reward. */
static inline u128 model_value(const struct place *p, uint64_t size, uint64_t mark)
{
    const u128 margin = size == p->size ? p->margin : p->margin * size / p->size;
    const __int128 pnl = pnl_of(p, size, mark), equity = (__int128)margin + pnl;
    u128 worth = equity > 0 ? (u128)equity : 0;
    if (pnl > 0) {
        const __int128 others = worth_of_others(p->market, p, p->size - size, mark);
        const __int128 spare = (__int128)vaults[p->market] - (others > 0 ? others : 0) - (__int128)margin;
        const u128 profit = spare <= 0 ? 0 : (u128)(spare < pnl ? spare : pnl);
        if (profit < (u128)pnl) counts[5]++;
        worth = margin + profit;
    }
    return worth < vaults[p->market] ? worth : vaults[p->market];
}

static inline void model_shrink(struct place *p, uint64_t size)
{
    if (size == p->size) {
        p->is_open = false;
        p->margin = 0;
        return;
    }
    p->margin -= p->margin * size / p->size;
    p->size -= size;
}

/* ---- the operations: the model's answer, and the transaction ---- */
struct op {
    enum kind kind;
    size_t who;
    union payload payload;
    enum code expected;
    struct hash id;
    struct place *place;
};
static struct op ops[OPS];
static size_t ops_count;

static inline struct place *some_place(void) /* mostly one that is open */
{
    struct place *p = NULL;
    for (int i = 0; i < 2 && places_count > 0 && (p == NULL || !p->is_open); i++) p = &places[rng_below(&rng, places_count)];
    return p;
}

static inline uint64_t liquidation_price(const struct place *p)
{
    const __int128 n = (__int128)notional(p->size, p->entry), mm = n * 250 / 10000;
    const __int128 x = (p->is_long ? n - (__int128)p->margin + mm : n + (__int128)p->margin - mm) * 1000000;
    if (x <= 0) return 0;
    return (uint64_t)(p->is_long ? (x + p->size - 1) / p->size : x / p->size);
}

static inline enum code model_open(const struct op *op, uint64_t now)
{
    const struct payload_perp_open *o = &op->payload.perp_open;
    const size_t a = str_eq(o->market, STR("DX-PERP")) ? 0 : 1;
    uint64_t mark;
    if (now < halted_until[a]) return CODE_CIRCUIT_BREAKER_OPEN;
    if (o->leverage < 1 || o->leverage > 20) return CODE_LEVERAGE_EXCEEDS_LIMIT;
    if (!price_of(a, now, &mark)) return CODE_ORACLE_STALE;
    if (o->limit_price != 0 && (o->side == SIDE_BUY ? mark > o->limit_price : mark < o->limit_price)) return CODE_SLIPPAGE_EXCEEDED;
    const u128 margin = needed(notional(o->size, mark), o->leverage);
    if (margin == 0 || margin > usd[op->who]) return CODE_INSUFFICIENT_MARGIN;
    if (funded_ms[a] == 0) {
        funded_ms[a] = now;
        funded_height[a] = ledger_height(port.state) + 1;
        funded_sum[a] = sum[a] + (u128)last_price[a] * (now - sum_ms[a]);
    }
    usd[op->who] -= margin;
    vaults[a] += margin;
    places[places_count++] = (struct place){.id = op->id, .owner = op->who, .market = a, .is_long = o->side == SIDE_BUY, .is_open = true,
                                            .size = o->size, .entry = mark, .leverage = o->leverage, .margin = margin};
    return CODE_NONE;
}
static inline enum code model_close(const struct op *op, uint64_t now)
{
    struct place *p = op->place;
    uint64_t mark;
    const uint64_t limit = op->payload.perp_close.limit_price, asked = op->payload.perp_close.size;
    if (p->owner != op->who) return CODE_NOT_OWNER;
    if (!p->is_open) return CODE_POSITION_CLOSED;
    if (!price_of(p->market, now, &mark)) return CODE_ORACLE_STALE;
    if (limit != 0 && (p->is_long ? mark < limit : mark > limit)) return CODE_SLIPPAGE_EXCEEDED;
    const uint64_t size = asked == 0 || asked > p->size ? p->size : asked;
    const u128 worth = model_value(p, size, mark);
    vaults[p->market] -= worth;
    usd[p->owner] += worth;
    model_shrink(p, size);
    return CODE_NONE;
}
static inline enum code model_margin(const struct op *op, uint64_t now)
{
    struct place *p = op->place;
    const u128 amount = op->payload.perp_margin.amount.units;
    uint64_t mark;
    if (p->owner != op->who) return CODE_NOT_OWNER;
    if (!p->is_open) return CODE_POSITION_CLOSED;
    if (op->payload.perp_margin.direction == MARGIN_ADD) {
        if (amount > usd[op->who]) return CODE_INSUFFICIENT_BALANCE;
        usd[op->who] -= amount;
        vaults[p->market] += amount;
        p->margin += amount;
        return CODE_NONE;
    }
    if (!price_of(p->market, now, &mark)) return CODE_ORACLE_STALE;
    const __int128 pnl = pnl_of(p, p->size, mark);
    const __int128 left = (__int128)p->margin - (__int128)amount;
    if (left < (__int128)needed(notional(p->size, p->entry), p->leverage) - (pnl < 0 ? pnl : 0) || amount > vaults[p->market])
        return CODE_INSUFFICIENT_MARGIN;
    p->margin -= amount;
    vaults[p->market] -= amount;
    usd[op->who] += amount;
    return CODE_NONE;
}
static inline enum code model_liquidate(const struct op *op, uint64_t now)
{
    struct place *p = op->place;
    uint64_t mark;
    if (!p->is_open) return CODE_POSITION_CLOSED;
    if (!price_of(p->market, now, &mark)) return CODE_ORACLE_STALE;
    const uint64_t at = liquidation_price(p);
    if (p->is_long ? mark > at : mark < at) return CODE_NOT_LIQUIDATABLE;
    const u128 a = notional(p->size, p->entry), b = notional(p->size, mark), cap = (a < b ? a : b) * 100 / 10000;
    const u128 worth = model_value(p, p->size, mark), penalty = worth < cap ? worth : cap, kept = penalty * 5000 / 10000;
    vaults[p->market] -= worth - kept;
    usd[p->owner] += worth - penalty;
    usd[op->who] += penalty - kept;
    model_shrink(p, p->size);
    p->was_liquidated = true;
    counts[3]++;
    return CODE_NONE;
}

/* Walks in the order of the ledger's index: by entry, then id. */
static inline int place_order(const struct place *a, const struct place *b)
{
    if (a->entry != b->entry) return a->entry < b->entry ? -1 : 1;
    return memcmp(&a->id, &b->id, sizeof(a->id));
}
static inline size_t side_of(size_t market, bool longs, struct place *out[SLOTS])
{
    size_t n = 0;
    for (size_t i = 0; i < places_count; i++)
        if (places[i].is_open && places[i].market == market && places[i].is_long == longs) out[n++] = &places[i];
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (place_order(out[k], out[i]) < 0) {
                struct place *t = out[i];
                out[i] = out[k];
                out[k] = t;
            }
    return n;
}
static inline enum code model_fund(const struct op *op, uint64_t now)
{
    const size_t a = str_eq(op->payload.market.market, STR("DX-PERP")) ? 0 : 1;
    const uint32_t height = ledger_height(port.state) + 1;
    uint64_t mark;
    if (height < funded_height[a] + 120 || !price_of(a, now, &mark)) return CODE_NOT_DUE;
    const u128 upto = sum[a] + (u128)last_price[a] * (now - sum_ms[a]);
    const uint64_t index = funded_ms[a] == 0 || now == funded_ms[a] ? mark : (uint64_t)((upto - funded_sum[a]) / (now - funded_ms[a]));
    const __int128 raw = ((__int128)mark - (__int128)index) * 1000000000 / index;
    const __int128 rate = raw > 7500000 ? 7500000 : raw < -7500000 ? -7500000 : raw;
    struct place *pay[SLOTS], *get[SLOTS];
    const size_t pays = side_of(a, rate > 0, pay), gets = side_of(a, rate <= 0, get);
    if (rate != 0 && pays > 0 && gets > 0) {
        u128 total = 0, sizes = 0, given = 0;
        for (size_t i = 0; i < pays; i++) {
            u128 due = notional(pay[i]->size, mark) * (u128)(rate < 0 ? -rate : rate) / 1000000000;
            if (due > pay[i]->margin) due = pay[i]->margin;
            pay[i]->margin -= due;
            pay[i]->funding += (__int128)due;
            total += due;
        }
        for (size_t i = 0; i < gets; i++) sizes += get[i]->size;
        for (size_t i = 0; i < gets; i++) given += total * get[i]->size / sizes;
        for (size_t i = 0; i < gets; i++) {
            const u128 share = total * get[i]->size / sizes + (i < total - given);
            get[i]->margin += share;
            get[i]->funding -= (__int128)share;
        }
        if (total > 0) counts[4]++;
    }
    funded_height[a] = height;
    funded_ms[a] = now;
    funded_sum[a] = upto;
    return CODE_NONE;
}

/* Those in profit go, most a unit first, while the vault holds less than all profits. */
static inline void model_block_end(void)
{
    for (size_t market = 0; market < 2; market++) {
        uint64_t mark = last_price[market];
        (void)price_of(market, port.now_ms, &mark); /* stale: the last one */
        __int128 owed = 0;
        for (size_t i = 0; i < places_count; i++) {
            const __int128 pnl = places[i].is_open && places[i].market == market ? pnl_of(&places[i], places[i].size, mark) : 0;
            if (pnl > 0) owed += pnl;
        }
        while (owed > (__int128)vaults[market]) {
            struct place *best = NULL;
            uint64_t most = 0;
            for (int longs = 1; longs >= 0; longs--) {
                struct place *side[SLOTS];
                const size_t n = side_of(market, longs, side);
                if (n == 0) continue;
                struct place *p = longs ? side[0] : side[n - 1];
                const uint64_t gain = longs ? (mark > p->entry ? mark - p->entry : 0) : (p->entry > mark ? p->entry - mark : 0);
                if (gain > most) best = p, most = gain;
            }
            if (best == NULL) break;
            const __int128 pnl = pnl_of(best, best->size, mark);
            const u128 worth = model_value(best, best->size, mark);
            vaults[market] -= worth;
            usd[best->owner] += worth;
            model_shrink(best, best->size);
            if (pnl > 0) owed -= pnl;
            counts[7]++;
        }
    }
}

#endif
