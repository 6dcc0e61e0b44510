#include "network/ledger/perp_math_priv.h"

struct gain gain_of(u128 plus, u128 minus)
{
    return plus >= minus ? (struct gain){false, plus - minus} : (struct gain){true, minus - plus};
}

struct gain gain_add(struct gain a, struct gain b)
{
    if (a.loss != b.loss) return a.loss ? gain_of(b.units, a.units) : gain_of(a.units, b.units);
    return (struct gain){a.loss, units_add(a.units, b.units)};
}

u128 gain_onto(u128 units, struct gain gain, u128 *out_lack)
{
    if (out_lack != NULL) *out_lack = gain.loss ? units_minus(gain.units, units) : 0;
    return gain.loss ? units_minus(units, gain.units) : units_add(units, gain.units);
}

u128 units_add(u128 a, u128 b)
{
    u128 sum;
    return u128_add(a, b, &sum) ? sum : U128_MAX;
}

u128 units_share(u128 a, u128 part, u128 of)
{
    u128 share;
    if (of == 0) return 0;
    return u128_mul_div(a, part, of, &share) ? share : U128_MAX;
}

u128 perp_notional(u128 size, uint64_t price) { return units_share(size, price, PRICE_UNIT); }

u128 perp_margin_of(u128 notional, uint32_t leverage)
{
    const u128 by = leverage == 0 ? 1 : leverage;
    return notional / by + (notional % by != 0);
}

u128 perp_maintenance(u128 notional, uint64_t mmr_bps) { return units_share(notional, mmr_bps, BPS); }

struct gain perp_pnl(enum side side, uint64_t size, uint64_t entry, uint64_t exit)
{
    const u128 in = perp_notional(size, entry), out = perp_notional(size, exit);
    return side == SIDE_BUY ? gain_of(out, in) : gain_of(in, out);
}

uint64_t perp_liquidation_price(enum side side, uint64_t size, uint64_t entry, u128 margin, uint64_t mmr_bps)
{
    const u128 n = perp_notional(size, entry), mm = perp_maintenance(n, mmr_bps);
    if (size == 0) return 0;
    u128 price;
    if (side == SIDE_BUY) {
        const u128 above = units_minus(units_add(n, mm), margin);
        price = units_share(above, PRICE_UNIT, size);
        if (above * PRICE_UNIT % size != 0) price++; /* n < 2^107: the product fits wherever the price does */
    } else {
        price = units_share(units_minus(units_add(n, margin), mm), PRICE_UNIT, size);
    }
    return price > PRICE_MAX ? PRICE_MAX : (uint64_t)price;
}

bool perp_is_liquidatable(enum side side, uint64_t liquidation_price, uint64_t mark)
{
    return side == SIDE_BUY ? mark <= liquidation_price : mark >= liquidation_price;
}

int64_t perp_funding_rate(uint64_t mark, uint64_t index, uint64_t cap_bps)
{
    if (index == 0) return 0;
    const bool up = mark >= index;
    const u128 apart = up ? mark - index : index - mark;
    const u128 cap = (u128)cap_bps * (RATE_UNIT / BPS);
    const u128 rate = apart * RATE_UNIT / index;
    const int64_t e9 = (int64_t)(rate < cap ? rate : cap);
    return up ? e9 : -e9;
}
