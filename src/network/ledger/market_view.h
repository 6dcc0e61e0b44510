/* Market views: what DS1 to DS8 say of a state (api 4.3). Answers live in the arena; nothing is kept. */
#ifndef LEDGER_MARKET_VIEW_H
#define LEDGER_MARKET_VIEW_H

#include "chain/response_dex.h"
#include "network/ledger/ledger.h"

/* "DX/sAX", "DX-sAX": a pair of this network. */
bool market_exists(struct str pair);
struct str market_name(struct str pair); /* with '/'; what is no pair is given back as it is */

/* Each answers false when there is no such pair; `depth` levels a side. */
bool market_book_view(const struct ledger_state *state, struct str pair, uint32_t depth, struct arena *arena,
                      struct book_view *out) MUST_CHECK;
/* side 0: without a quote. A quote for an amount that the pool cannot take is left out. */
bool market_pool_view(const struct ledger_state *state, struct str pair, uint32_t side, struct amount amount_in,
                      struct pool_view *out) MUST_CHECK;
void market_pairs_view(const struct ledger_state *state, struct arena *arena, struct page *out);

/* Pages, newest first. */
struct market_range {
    uint64_t from;  /* items older than this one; 0: from the newest */
    uint32_t limit;
    uint64_t next;  /* set: `from` of the next page; 0: this was the last */
};
/* struct trade_view of a pair, down to `since_height`. False: no such pair. */
bool market_trades_view(const struct ledger_state *state, struct str pair, uint32_t since_height, struct market_range *range,
                        struct arena *arena, struct page *out) MUST_CHECK;
/* struct order_view of an owner's orders: all that rest, and what was closed in the last ORDER_KEPT_BLOCKS. `pair` empty: of all;
 * `status` NULL: in any. */
void market_orders_view(const struct ledger_state *state, const struct address *owner, struct str pair,
                        const enum order_status *status, struct market_range *range, struct arena *arena, struct page *out);
bool market_order_view(const struct ledger_state *state, const struct hash *id, struct arena *arena,
                       struct order_view *out) MUST_CHECK; /* false: none, or forgotten */

/* What resting orders have locked, [token - 1]: for audits. Costs the whole book. */
void market_locked(const struct ledger_state *state, struct amount out[TOKEN_COUNT]);

/* Patterns that the block of this state completed (X24). Returns how many; at most `max` are written. */
struct market_pattern {
    const char *type; /* "SPOOFING", "WASH_TRADE" */
    struct address subject, other;
};
size_t market_patterns(const struct ledger_state *state, struct market_pattern *out, size_t max);

#endif
