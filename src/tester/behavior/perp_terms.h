/* Terms: the arithmetic of perpetuals as the contract writes it (api 2.7), computed by whoever trades, to be held against what the chain says.
 * Pure; whole numbers only, floor unless said otherwise; what does not fit is clamped. It shares nothing with the network's own. */
#ifndef BEHAVIOR_PERP_TERMS_H
#define BEHAVIOR_PERP_TERMS_H

#include "chain/payload.h"
#include "core/base/num.h"

/* What somebody gains, a loss with its sign. Zero has none. */
struct profit {
    bool minus;
    u128 units;
};
#define PROFIT_TEXT (U128_TEXT + 1)
struct profit profit_of(u128 plus, u128 minus); /* plus - minus */
struct profit profit_add(struct profit a, struct profit b);
struct profit profit_negate(struct profit a);
int profit_cmp(struct profit a, struct profit b);
/* "-12", "0", "7": what a signed decimal of the contract may look like. */
bool profit_parse(struct str text, struct profit *out) MUST_CHECK;
void profit_text(struct profit profit, char out[PROFIT_TEXT]);

u128 terms_notional(u128 size, uint64_t price);         /* floor(size * price / 10^6) */
u128 terms_margin(u128 notional, uint32_t leverage);    /* ceil(notional / leverage) */
u128 terms_maintenance(u128 notional, uint64_t mmr_bps);
/* Long ceil((N - M + MM) * 10^6 / size), at least 0; short floor((N + M - MM) * 10^6 / size), at least 0, at most 2^63 - 1. */
uint64_t terms_liquidation_price(enum side side, uint64_t size, uint64_t entry, u128 margin, uint64_t mmr_bps);
bool terms_is_unsafe(enum side side, uint64_t liquidation_price, uint64_t mark);
struct profit terms_pnl(enum side side, uint64_t size, uint64_t entry, uint64_t exit);
/* What closing brings beside the margin: the PnL, but no loss beyond the margin. */
struct profit terms_realized(struct profit pnl, u128 margin);

#endif
