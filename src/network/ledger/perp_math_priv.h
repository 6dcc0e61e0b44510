/* The arithmetic of perpetuals (api 2.7), pure: integers only, floor unless a name says otherwise, nothing wraps: what does not fit
 * is clamped, and no network of this earth gets there. For the ledger's own eyes. */
#ifndef LEDGER_PERP_MATH_PRIV_H
#define LEDGER_PERP_MATH_PRIV_H

#include "chain/payload.h"
#include "core/base/num.h"

#define PRICE_UNIT 1000000u /* a price is quote base units for so many base units */
#define PRICE_MAX ((uint64_t)INT64_MAX)
#define BPS 10000u
#define RATE_UNIT 1000000000 /* a rate of 1 in e9 */

/* A signed number of base units. Zero is no loss. */
struct gain {
    bool loss;
    u128 units;
};
struct gain gain_of(u128 plus, u128 minus); /* plus - minus */
struct gain gain_add(struct gain a, struct gain b);
/* units + gain, 0 where that is negative; *out_lack (may be NULL): what is missing to 0. */
u128 gain_onto(u128 units, struct gain gain, u128 *out_lack);

u128 units_add(u128 a, u128 b);                   /* clamped */
u128 units_share(u128 a, u128 part, u128 of);     /* floor(a * part / of), clamped; 0 when `of` is 0 */
static inline u128 units_minus(u128 a, u128 b) { return a > b ? a - b : 0; }

u128 perp_notional(u128 size, uint64_t price);               /* floor(size * price / 10^6) */
u128 perp_margin_of(u128 notional, uint32_t leverage);       /* ceil(notional / leverage); leverage 0 counts as 1 */
u128 perp_maintenance(u128 notional, uint64_t mmr_bps);
/* What the position earned between two prices: notional(size, exit) - notional(size, entry), or the opposite for a short. */
struct gain perp_pnl(enum side side, uint64_t size, uint64_t entry, uint64_t exit);
/* Long: ceil((N - M + MM) * 10^6 / size), not below 0. Short: floor((N + M - MM) * 10^6 / size), not below 0 and at most
 * PRICE_MAX. M: its margin. */
uint64_t perp_liquidation_price(enum side side, uint64_t size, uint64_t entry, u128 margin, uint64_t mmr_bps);
bool perp_is_liquidatable(enum side side, uint64_t liquidation_price, uint64_t mark);
/* (mark - index) / index in e9, towards zero, within ± cap: positive when longs pay. 0 without an index. */
int64_t perp_funding_rate(uint64_t mark, uint64_t index, uint64_t cap_bps);

#endif
