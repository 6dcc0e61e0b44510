#include "tester/behavior/perp_terms.h"

#define PRICE_UNIT 1000000u
#define PRICE_MOST ((uint64_t)INT64_MAX)
#define BPS 10000u

static u128 plus(u128 a, u128 b)
{
    u128 sum;
    return u128_add(a, b, &sum) ? sum : U128_MAX;
}
static u128 minus(u128 a, u128 b) { return a > b ? a - b : 0; }
static u128 share(u128 a, u128 part, u128 of)
{
    u128 out;
    return u128_mul_div(a, part, of, &out) ? out : U128_MAX;
}

struct profit profit_of(u128 more, u128 less)
{
    return more >= less ? (struct profit){false, more - less} : (struct profit){true, less - more};
}

struct profit profit_add(struct profit a, struct profit b)
{
    if (a.minus == b.minus) return (struct profit){a.minus && plus(a.units, b.units) > 0, plus(a.units, b.units)};
    return a.minus ? profit_of(b.units, a.units) : profit_of(a.units, b.units);
}

struct profit profit_negate(struct profit a) { return (struct profit){!a.minus && a.units > 0, a.units}; }

int profit_cmp(struct profit a, struct profit b)
{
    if (a.minus != b.minus) return a.minus ? -1 : 1;
    const int cmp = a.units < b.units ? -1 : a.units > b.units;
    return a.minus ? -cmp : cmp;
}

bool profit_parse(struct str text, struct profit *out)
{
    const bool signed_text = text.len > 0 && text.data[0] == '-';
    u128 units;
    if (!u128_parse(str_sub(text, signed_text, text.len), &units) || (signed_text && units == 0)) return false;
    *out = (struct profit){signed_text, units};
    return true;
}

void profit_text(struct profit profit, char out[PROFIT_TEXT])
{
    out[0] = '-';
    (void)u128_text(profit.units, out + profit.minus); /* the length is not needed */
}

u128 terms_notional(u128 size, uint64_t price) { return share(size, price, PRICE_UNIT); }

u128 terms_margin(u128 notional, uint32_t leverage)
{
    const u128 by = MAX(leverage, 1u);
    return notional / by + (notional % by != 0);
}

u128 terms_maintenance(u128 notional, uint64_t mmr_bps) { return share(notional, mmr_bps, BPS); }

uint64_t terms_liquidation_price(enum side side, uint64_t size, uint64_t entry, u128 margin, uint64_t mmr_bps)
{
    const u128 n = terms_notional(size, entry), mm = terms_maintenance(n, mmr_bps);
    if (size == 0) return 0;
    const u128 worth = side == SIDE_BUY ? minus(plus(n, mm), margin) : minus(plus(n, margin), mm);
    u128 price = share(worth, PRICE_UNIT, size);
    if (side == SIDE_BUY && price < U128_MAX / size && price * size < worth * PRICE_UNIT) price++;
    return price > PRICE_MOST ? PRICE_MOST : (uint64_t)price;
}

bool terms_is_unsafe(enum side side, uint64_t liquidation_price, uint64_t mark)
{
    return side == SIDE_BUY ? mark <= liquidation_price : mark >= liquidation_price;
}

struct profit terms_pnl(enum side side, uint64_t size, uint64_t entry, uint64_t exit)
{
    const u128 in = terms_notional(size, entry), out = terms_notional(size, exit);
    return side == SIDE_BUY ? profit_of(out, in) : profit_of(in, out);
}

struct profit terms_realized(struct profit pnl, u128 margin)
{
    const struct profit most = profit_negate((struct profit){false, margin});
    return profit_cmp(pnl, most) < 0 ? most : pnl;
}
