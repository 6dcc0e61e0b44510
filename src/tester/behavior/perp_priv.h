/* What the behaviours of perpetuals share: reading positions, and opening and closing them with what must hold of both. For the room's own
 * eyes. */
#ifndef BEHAVIOR_PERP_PRIV_H
#define BEHAVIOR_PERP_PRIV_H

#include "chain/response_perps.h"
#include "tester/behavior/behavior.h"
#include "tester/behavior/perp_terms.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"

#define PERP_PATIENCE duration_s(30)

/* A position as the chain told of it, in values of its own. */
struct position_seen {
    struct hash id;
    struct address owner;
    char pair[16];
    enum side side;
    uint64_t size;
    uint32_t leverage;
    uint64_t entry, mark, liquidation;
    u128 margin;
    struct profit unrealized, funding, realized;
    enum position_status status;
    uint32_t opened, closed; /* 0: not yet */
};
/* False: a number in it is none. */
bool position_of(const struct position_view *view, struct position_seen *out) MUST_CHECK;
/* DP4, asked again while nobody answers. False: op says. */
bool position_read(struct act *act, const struct hash *id, struct position_seen *out, struct op *op) FIBER MUST_CHECK;
/* What a transaction's receipt tells of the position. False: nothing, or not a position; op says. */
bool position_told(struct act *act, const struct landing *landing, const struct hash *id, struct position_seen *out, struct op *op) MUST_CHECK;

struct market_seen {
    uint64_t mark, mmr_bps;
    uint32_t max_leverage, next_funding;
    u128 long_interest, short_interest, insurance;
    bool halted;
};
/* DP2. False: op says. */
bool market_read(struct act *act, struct str market, struct market_seen *out, struct op *op) FIBER MUST_CHECK;

struct perp_order {
    struct str pair;
    enum side side;
    uint64_t size;
    uint32_t leverage;
};
/* The order that the parameters pair, side, size and leverage (one word of a list, or a number) make. */
enum side perp_side(struct str word);

/* Opens a position, and claims what holds of any that was opened: it is as asked, its margin, its liquidation price. `landing` comes with an
 * arena. False: op says. */
bool perp_enter(struct act *act, const struct perp_order *order, struct position_seen *out, struct landing *landing, struct op *op) FIBER;
/* Closes all of the position, and claims that it is closed and what that brought. `before`: how it was seen open; NULL: as it was opened. */
bool perp_leave(struct act *act, const struct hash *id, const struct position_seen *before, struct position_seen *out, struct landing *landing,
                struct op *op) FIBER;
/* The margin that a position which is closed gave back: `before` less the funding it paid since; before NULL: since it was opened. */
u128 perp_margin_back(const struct position_seen *closed, const struct position_seen *before);
/* The transaction moved the account's USD by margin and result, and its DX by the fee. */
bool perp_claim_moved(struct act *act, const char *claim, const struct landing *landing, struct amount usd_gained, struct amount usd_lost) FIBER;

/* A refusal with this code is part of the game: the op goes on as if nothing had happened. False: op stays as it is. */
bool op_forgives(struct op *op, enum code code);
void op_skip(struct op *op, const char *why);

void perp_add_margin(struct act *act, struct op *op) FIBER;
void perp_funding(struct act *act, struct op *op) FIBER;
void perp_liquidate(struct act *act, struct op *op) FIBER;
void perp_trade(struct act *act, struct op *op) FIBER;

#endif
