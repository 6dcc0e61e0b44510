/* Perpetuals: positions of isolated margin against one vault a market. Every position is opened and closed at the oracle's price; its
 * counterparty is the vault, which holds all margins and the insurance fund. For the ledger's own eyes.
 *
 * State map, space position: ident the market's name: u128 long ‖ u128 short (open sizes) ‖ u128 long ‖ u128 short (sums of notionals at
 * entry) ‖ u128 margins ‖ u128 vault ‖ u32 open ‖ u32 funded_height ‖ u64 funded_ms ‖ u128 funded_sum.
 * Ident the position's id: address ‖ u8 market ‖ u8 side ‖ u8 status ‖ u32 leverage ‖ u64 size ‖ u64 entry ‖ u128 margin ‖ gain funding ‖ gain
 * realized ‖ u32 opened ‖ u32 closed, a gain being u8 loss ‖ u128. Positions that are closed go after PERP_PAST_BLOCKS. */
#ifndef LEDGER_PERP_PRIV_H
#define LEDGER_PERP_PRIV_H

#include "chain/response_perps.h"
#include "network/ledger/oracle_priv.h"

enum {
    PERP_MARKETS = 2,
    PERP_LEVERAGE_MAX = 20,
    PERP_PAST_BLOCKS = 10000, /* closed positions, liquidations */
    PERP_FUNDING_PAST = 1000, /* settlements a market that are remembered */
};
extern const struct str perp_names[PERP_MARKETS]; /* the i-th is of the i-th asset of oracles */
_Static_assert((int)PERP_MARKETS == (int)ORACLE_ASSETS, "a market for every asset");
bool perp_find(struct str name, size_t *out) MUST_CHECK; /* '/' passes for '-' */

struct perp_market {
    u128 size[2], entry[2]; /* [side - 1] */
    u128 margins, vault;    /* vault - margins: the insurance fund, less what was paid out ahead of losses still open */
    uint32_t open;
    uint32_t funded_height;
    uint64_t funded_ms; /* 0: nobody has opened yet */
    u128 funded_sum;
};
struct perp_position {
    struct address owner;
    uint8_t market;
    enum side side;
    enum position_status status;
    uint32_t leverage;
    uint64_t size, entry;
    u128 margin;
    struct gain funding;  /* paid; a loss here: received */
    struct gain realized; /* what closing it brought over the margin it gave back */
    uint32_t opened, closed;
};

/* perp_store.c */
struct okey perp_market_key(size_t market);
struct okey perp_position_key(const struct hash *id);
/* Indexes: by entry among the open ones of a side · by owner · of the past by height. */
struct okey perp_entry_key(size_t market, enum side side);
struct okey perp_owner_key(const struct address *owner);
struct okey perp_funding_key(size_t market);
struct okey perp_liquidation_key(void);
struct hash perp_id_of_key(struct str key); /* the last 32 bytes */
void perp_market_load(const struct ordmap *objects, size_t market, struct perp_market *out);
void perp_market_store(struct work *work, size_t market, const struct perp_market *m);
bool perp_position_load(const struct ordmap *objects, const struct hash *id, struct perp_position *out) MUST_CHECK;
/* Writes the position and keeps its indexes: `before` is what stood there (NULL: nothing). */
void perp_position_store(struct work *work, const struct hash *id, const struct perp_position *p, const struct perp_position *before);
void perp_past_prune(struct work *work);

/* perp_value.c: pure */
struct gain perp_market_equity(const struct perp_market *m, uint64_t mark); /* of all its positions together */
u128 perp_insurance(const struct perp_market *m);
struct perp_closing {
    u128 owner, reward, shortfall; /* what is paid to whom, and what the margin did not cover */
    struct gain realized;
};
/* Takes `size` (at most the position's) out of market and position at `mark`; payments leave the vault. Profit is cut to what the
 * vault can spare beside the worth of all others; margin is not cut for it. reward_bps > 0: a liquidation, with so much of the
 * smaller notional at most going off, insurance_bps of that to the vault. The position keeps its size when it closes altogether. */
void perp_take_out(struct perp_market *m, struct perp_position *p, uint64_t size, uint64_t mark, uint64_t reward_bps,
                   uint64_t insurance_bps, struct perp_closing *out);
void perp_put_in(struct perp_market *m, const struct perp_position *p); /* a new position: its margin enters the vault */
uint64_t perp_index_price(const struct perp_market *m, const struct oracle_reading *reading, uint64_t now_ms);

/* perp_view.c */
void perp_position_view(const struct perp_position *p, const struct hash *id, uint64_t mark, uint64_t mmr_bps, struct arena *arena,
                        struct position_view *out);
struct str gain_text(struct arena *arena, struct gain gain);

/* perp_settle.c */
enum code perp_liquidate_apply(struct exec *x);
enum code funding_settle_apply(struct exec *x);
void perp_block_end(struct work *work);

/* perp.c */
void perp_tell(struct work *work, const struct hash *id, const struct perp_position *p, uint64_t mark);
void perp_pay(struct work *work, const struct address *who, u128 units); /* out of the vault's holding; the market's own figure is moved */

#endif
