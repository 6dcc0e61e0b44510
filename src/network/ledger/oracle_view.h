/* Views of oracles (DO1, DO2, DO4), computed from a state at the time of its block. */
#ifndef LEDGER_ORACLE_VIEW_H
#define LEDGER_ORACLE_VIEW_H

#include "chain/response_oracle.h"
#include "network/ledger/ledger.h"

size_t ledger_oracle_assets_count(void);
struct str ledger_oracle_name(size_t asset); /* "DX/USD"; static */
bool ledger_oracle_find(struct str name, size_t *out) MUST_CHECK; /* either of '-' and '/' */
void ledger_oracle_price(const struct ledger_state *state, const struct ledger_rules *rules, size_t asset, struct oracle_price_view *out);
/* The price in force at `height`, from the history kept. False: nothing of so long ago. */
bool ledger_oracle_price_at(const struct ledger_state *state, size_t asset, uint32_t height, struct oracle_price_view *out) MUST_CHECK;
void ledger_oracle_feeds(const struct ledger_state *state, const struct ledger_rules *rules, size_t asset, size_t history_max,
                         struct arena *arena, struct oracle_feeds_view *out);
/* Who of the seated reported something that does not count, in the block of this state: for the alert. Gives how many, at most `max`. */
size_t ledger_oracle_strays(const struct ledger_state *state, size_t asset, struct address *out, size_t max);

#endif
