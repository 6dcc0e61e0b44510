/* What positions are worth, and what leaves a vault with them. Pure. */
#include "network/ledger/perp_priv.h"

static size_t at(enum side side) { return side == SIDE_BUY ? 0 : 1; }

struct gain perp_market_equity(const struct perp_market *m, uint64_t mark)
{
    const u128 plus = units_add(units_add(m->margins, perp_notional(m->size[0], mark)), m->entry[1]);
    return gain_of(plus, units_add(m->entry[0], perp_notional(m->size[1], mark)));
}

u128 perp_insurance(const struct perp_market *m) { return units_minus(m->vault, m->margins); }

void perp_put_in(struct perp_market *m, const struct perp_position *p)
{
    m->size[at(p->side)] = units_add(m->size[at(p->side)], p->size);
    m->entry[at(p->side)] = units_add(m->entry[at(p->side)], perp_notional(p->size, p->entry));
    m->margins += p->margin;
    m->vault += p->margin;
    m->open++;
}

/* Out of the sums; gives the margin that goes with it. */
static u128 sums_reduce(struct perp_market *m, struct perp_position *p, uint64_t size)
{
    const uint64_t left = p->size - size;
    const u128 entry = units_minus(perp_notional(p->size, p->entry), perp_notional(left, p->entry));
    const u128 margin = left == 0 ? p->margin : units_share(p->margin, size, p->size);
    m->size[at(p->side)] = units_minus(m->size[at(p->side)], size);
    m->entry[at(p->side)] = units_minus(m->entry[at(p->side)], entry);
    m->margins -= margin;
    p->margin -= margin;
    if (left == 0)
        m->open--;
    else
        p->size = left;
    return margin;
}

void perp_take_out(struct perp_market *m, struct perp_position *p, uint64_t size, uint64_t mark, uint64_t reward_bps,
                   uint64_t insurance_bps, struct perp_closing *out)
{
    ASSERT(size > 0 && size <= p->size && p->status == POSITION_OPEN);
    const struct gain pnl = perp_pnl(p->side, size, p->entry, mark);
    const u128 notional = MIN(perp_notional(size, p->entry), perp_notional(size, mark));
    memset(out, 0, sizeof(*out));
    const u128 margin = sums_reduce(m, p, size);
    u128 worth = gain_onto(margin, pnl, &out->shortfall);
    if (worth > margin) { /* profit: what the vault has beside the worth of all others and this margin */
        const struct gain others = perp_market_equity(m, mark);
        const u128 spare = units_minus(m->vault, units_add(others.loss ? 0 : others.units, margin));
        worth = margin + MIN(worth - margin, spare);
    }
    worth = MIN(worth, m->vault);
    const u128 penalty = MIN(worth, units_share(notional, reward_bps, BPS)), kept = units_share(penalty, insurance_bps, BPS);
    out->reward = penalty - kept;
    out->owner = worth - penalty;
    out->realized = gain_of(out->owner, margin);
    p->realized = gain_add(p->realized, out->realized);
    m->vault -= out->reward + out->owner;
}

/* The mean price since funding was last settled, weighted by time. */
uint64_t perp_index_price(const struct perp_market *m, const struct oracle_reading *reading, uint64_t now_ms)
{
    if (m->funded_ms == 0 || now_ms <= m->funded_ms) return reading->price;
    return (uint64_t)((reading->sum - m->funded_sum) / (now_ms - m->funded_ms));
}
