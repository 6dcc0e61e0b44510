/* Views of perpetuals (DP1 to DP4, DP9, DP10), computed from a state. Texts and lists go to the arena or are static. Prices are those
 * at the time of the state's block; with an oracle gone stale, the last in force. */
#ifndef LEDGER_PERPS_VIEW_H
#define LEDGER_PERPS_VIEW_H

#include "chain/response_perps.h"
#include "network/ledger/ledger.h"

size_t ledger_perp_markets_count(void);
bool ledger_perp_market_find(struct str name, size_t *out) MUST_CHECK; /* either of '-' and '/' */
void ledger_perp_market(const struct ledger_state *state, const struct ledger_rules *rules, size_t market, struct perp_market_view *out);
bool ledger_position(const struct ledger_state *state, const struct ledger_rules *rules, const struct hash *id, struct arena *arena,
                     struct position_view *out) MUST_CHECK;
/* Positions of an owner, oldest first, at most `max`. `every` or those of a status. */
uint32_t ledger_positions(const struct ledger_state *state, const struct ledger_rules *rules, const struct address *owner, bool every,
                          enum position_status status, size_t max, struct arena *arena, struct position_view **out);
/* Settlements of a market, newest first, those below `below_height` (0: all), at most `max`. */
uint32_t ledger_fundings(const struct ledger_state *state, size_t market, uint32_t below_height, size_t max, struct arena *arena,
                         struct funding_view **out);
/* Liquidations, newest first, of a market (SIZE_MAX: any) and an owner (NULL: any), `skip` of them left out, at most `max`. */
uint32_t ledger_liquidations(const struct ledger_state *state, size_t market, const struct address *owner, size_t skip, size_t max,
                             struct arena *arena, struct liquidation_view **out);

#endif
