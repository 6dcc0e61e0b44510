/* Pools: liquidity that is provided and taken out again (PT-L-022).
 *
 * The target tells a pool as it stands (DS8), not who owns what of it, nor how it was at a height. So every claim about a pool is
 * a replay: from a reading before, through the blocks in between, every change of the pool computed here by the contract's
 * arithmetic, to a reading behind. It holds however many others come and go meanwhile. What of a pool is the bot's is what its
 * own transactions gave it. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/dex_pool.h"
#include "tester/bot/submit_priv.h"

#define REPLAY_MAX 40u /* blocks; over more of them nothing is claimed */
#define READ_TRIES 20u

/* ---- arithmetic (api 2.7) ---- */

/* ceil(a * b / c) */
static bool mul_div_up(u128 a, u128 b, u128 c, u128 *out)
{
    u128 down;
    if (!u128_mul_div(a, b, c, &down)) return false;
    *out = down + (a * b - down * c != 0);
    return true;
}

static bool pool_add(struct dex_pool *pool, u128 base, u128 quote, struct dex_pool_deed *out)
{
    u128 by_base, by_quote;
    *out = (struct dex_pool_deed){.base = base, .quote = quote, .shares = base};
    if (pool->shares != 0) {
        if (!u128_mul_div(base, pool->shares, pool->base, &by_base) || !u128_mul_div(quote, pool->shares, pool->quote, &by_quote))
            return false;
        out->shares = MIN(by_base, by_quote);
        if (!mul_div_up(out->shares, pool->base, pool->shares, &out->base) ||
            !mul_div_up(out->shares, pool->quote, pool->shares, &out->quote))
            return false;
    }
    pool->base += out->base, pool->quote += out->quote, pool->shares += out->shares;
    return true;
}

static bool pool_remove(struct dex_pool *pool, u128 shares, struct dex_pool_deed *out)
{
    out->shares = shares;
    if (shares > pool->shares || pool->shares == 0) return false;
    if (!u128_mul_div(shares, pool->base, pool->shares, &out->base) ||
        !u128_mul_div(shares, pool->quote, pool->shares, &out->quote))
        return false;
    pool->base -= out->base, pool->quote -= out->quote, pool->shares -= shares;
    return true;
}

bool dex_pool_swap(struct dex_pool *pool, enum side side, u128 in, struct dex_pool_deed *out)
{
    u128 *in_reserve = side == SIDE_BUY ? &pool->quote : &pool->base,
         *out_reserve = side == SIDE_BUY ? &pool->base : &pool->quote;
    u128 paid, got, sum;
    if (!u128_mul_div(in, DEX_BPS - pool->fee_bps, DEX_BPS, &paid) || !u128_add(*in_reserve, paid, &sum) || sum == 0)
        return false;
    if (!u128_mul_div(*out_reserve, paid, sum, &got)) return false;
    *in_reserve += in;
    *out_reserve -= got;
    *out = (struct dex_pool_deed){.base = side == SIDE_BUY ? got : in, .quote = side == SIDE_BUY ? in : got};
    return true;
}

/* ---- readings ---- */

bool dex_pool_read(struct act *act, const struct dex_pair *pair, struct dex_pool *out, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct pool_view *view;
    uint64_t wait = 0;
    uint32_t final;
    do view = delta_pool(&delta, str_of(pair->name), 0, AMOUNT(0), act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    *out = (struct dex_pool){0};
    if (view != NULL) {
        *out = (struct dex_pool){.base = view->base_reserve.units,
                                 .quote = view->quote_reserve.units,
                                 .shares = view->shares.units,
                                 .fee_bps = view->fee_bps,
                                 .providers = view->providers};
        if (!answer_heights(&answer, &out->height, &final)) out->height = 0;
    } else {
        (void)act_fail(op, &answer);
    }
    answer_done(&answer);
    return view != NULL;
}

/* ---- replay ---- */

struct replay {
    struct dex_pool pool;
    const struct dex_pair *pair;
    const struct hash *id; /* ours among them */
    struct dex_pool_deed deed;
    bool lost; /* something happened that is not replayed here */
    const struct block_view *block;
};

static void tx_replay(struct replay *r, const struct tx_view *view, struct arena *arena)
{
    const struct tx *tx = view->envelope;
    struct dex_pool_deed deed = {0};
    union payload payload;
    if (tx == NULL || !view->has_receipt || !receipt_success(&view->receipt)) {
        r->lost = r->lost || tx == NULL || !view->has_receipt;
        return;
    }
    if (tx->kind == KIND_DELTA_FLASH_LOAN) r->lost = true;
    if (tx->kind != KIND_AMM_ADD && tx->kind != KIND_AMM_REMOVE && tx->kind != KIND_AMM_SWAP) return;
    payload_of_tx(tx, arena, &payload);
    const struct str name = tx->kind == KIND_AMM_ADD      ? payload.amm_add.pair
                            : tx->kind == KIND_AMM_REMOVE ? payload.amm_remove.pair
                                                          : payload.amm_swap.pair;
    if (dex_pair_find(name) != r->pair) return;
    bool known = true;
    if (tx->kind == KIND_AMM_ADD)
        known = pool_add(&r->pool, payload.amm_add.base_amount.units, payload.amm_add.quote_amount.units, &deed);
    else if (tx->kind == KIND_AMM_REMOVE)
        known = pool_remove(&r->pool, payload.amm_remove.shares.units, &deed);
    else
        known = dex_pool_swap(&r->pool, (enum side)payload.amm_swap.side, payload.amm_swap.amount_in.units, &deed);
    r->lost = r->lost || !known;
    if (hash_eq(&view->id, r->id)) {
        r->deed = deed;
        r->deed.found = true;
    }
}

static void block_deep(void *arg)
{
    struct replay *r = arg;
    struct arena arena;
    arena_init(&arena, 0);
    for (uint32_t i = 0; i < r->block->transactions_count; i++) tx_replay(r, &r->block->transactions[i], &arena);
    arena_done(&arena);
}

static bool block_replay(struct act *act, struct replay *r, uint32_t height, struct op *op)
{
    const struct alpha delta = act_alpha(act);
    struct answer answer;
    const struct block_view *block = NULL;
    uint64_t wait = 0;
    for (uint32_t tries = 0; block == NULL && tries < READ_TRIES; tries++) {
        do block = alpha_block(&delta, height, true, act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (block == NULL && act_again(act, &answer, &wait));
        if (block != NULL || answer.status != ANSWER_REFUSED || answer.code != CODE_BLOCK_NOT_FOUND || tries + 1 == READ_TRIES)
            break;
        answer_done(&answer); /* another view may answer that is a little behind */
        act_backoff(act, &wait);
    }
    if (block != NULL) {
        r->block = block;
        fiber_call_deep(block_deep, r);
    } else {
        (void)act_fail(op, &answer);
    }
    answer_done(&answer);
    return block != NULL;
}

bool dex_pool_replay(struct act *act, const struct dex_pair *pair, const struct dex_pool *before, const struct landing *landing,
                     struct dex_pool_deed *out, struct op *op)
{
    struct dex_pool after;
    struct replay r = {.pool = *before, .pair = pair, .id = &landing->id, .lost = landing->height <= before->height};
    if (!dex_pool_read(act, pair, &after, op)) return false;
    if (before->height == 0 || after.height < before->height || after.height - before->height > REPLAY_MAX) r.lost = true;
    for (uint32_t height = before->height + 1; !r.lost && height <= after.height; height++)
        if (!block_replay(act, &r, height, op)) return false;
    *out = r.deed;
    out->known = !r.lost;
    if (r.lost) return true;
    if (!act_claim(act, "the transaction is in the blocks between", r.deed.found, "%u to %u", before->height, after.height))
        return false;
    if (!act_claim(act, "all shares make the pool's total", after.shares == r.pool.shares,
                   "%" PRIu64 ", the replay gives %" PRIu64, (uint64_t)after.shares, (uint64_t)r.pool.shares))
        return false;
    return act_claim(act, "the pool holds what was put in and not taken out",
                     after.base == r.pool.base && after.quote == r.pool.quote, "base %" PRIu64 ", the replay gives %" PRIu64,
                     (uint64_t)after.base, (uint64_t)r.pool.base);
}

/* ---- transactions ---- */

static bool pool_send(struct act *act, const struct dex_pair *pair, const struct send_plan *of, struct landing *landing,
                      struct op *op)
{
    struct send_plan plan = *of;
    plan.loose = 1u << pair->base | 1u << pair->quote;
    const bool sent = act_send(act, &plan, landing, op);
    dex_output_id(act, "tx_id", &op->tx_id);
    return sent;
}

static struct amount *own_shares(struct act *act, const struct dex_pair *pair)
{
    const struct dex_pair *all;
    (void)dex_pairs(&all); /* as many as the bot has room for */
    return &act->bot->pool_shares[pair - all];
}

/* What operations under way count on: nobody else of the bot takes it out. */
static struct amount *held_shares(struct act *act, const struct dex_pair *pair) { return &act->bot->pool_held[own_shares(act, pair) - act->bot->pool_shares]; }

/* The account's side of a deed: what came and what went, and the fee. */
static bool claim_account(struct act *act, const char *claim, const struct dex_pair *pair, const struct landing *landing,
                          const struct dex_pool_deed *deed, bool in)
{
    struct moves moves = {
        .chain = CHAIN_DELTA, .address = &act->bot->identity.address, .height = landing->height, .by = &landing->id};
    moves.free[TOKEN_DX].lost = landing->receipt.fee_charged;
    (in ? &moves.free[pair->base].lost : &moves.free[pair->base].gained)->units += deed->base;
    (in ? &moves.free[pair->quote].lost : &moves.free[pair->quote].gained)->units += deed->quote;
    return dex_claim_moves(act, claim, pair, &moves);
}

static bool pool_enter(struct act *act, const struct dex_pair *pair, u128 base, u128 quote, struct dex_pool_deed *out,
                       struct op *op)
{
    struct dex_pool before;
    struct landing landing = {0};
    if (!dex_pool_read(act, pair, &before, op)) return false;
    const union payload payload = {
        .amm_add = {.pair = str_of(pair->name), .base_amount = {base}, .quote_amount = {quote}, .min_shares = AMOUNT(1)}};
    const struct send_plan plan = {
        .kind = KIND_AMM_ADD, .payload = &payload, .leaves = money_of(pair->base, (struct amount){base})};
    if (wallet_available(&act->bot->wallet, pair->quote).units < quote && !recover_purses(act))
        return dex_skip(op, OP_SKIPPED, "the wallet cannot afford it");
    if (!pool_send(act, pair, &plan, &landing, op)) return false;
    if (!dex_pool_replay(act, pair, &before, &landing, out, op)) return false;
    if (!out->known) return true; /* what it got is not known */
    own_shares(act, pair)->units += out->shares;
    dex_output_u64(act, "shares", (uint64_t)MIN(out->shares, (u128)UINT64_MAX));
    return claim_account(act, "the deposit leaves the account", pair, &landing, out, true);
}

static bool pool_leave(struct act *act, const struct dex_pair *pair, u128 shares, struct dex_pool_deed *out, struct op *op)
{
    struct dex_pool before;
    struct landing landing = {0};
    if (!dex_pool_read(act, pair, &before, op)) return false;
    const union payload payload = {.amm_remove = {.pair = str_of(pair->name), .shares = {shares}}};
    const struct send_plan plan = {.kind = KIND_AMM_REMOVE, .payload = &payload};
    if (!pool_send(act, pair, &plan, &landing, op)) return false;
    struct amount *own = own_shares(act, pair);
    own->units -= MIN(own->units, shares);
    if (!dex_pool_replay(act, pair, &before, &landing, out, op) || !out->known) return false;
    dex_output_u64(act, "base", (uint64_t)MIN(out->base, (u128)UINT64_MAX));
    dex_output_u64(act, "quote", (uint64_t)MIN(out->quote, (u128)UINT64_MAX));
    return claim_account(act, "its part of the pool comes to the account", pair, &landing, out, false);
}

/* ---- PT-L-022 ---- */

/* Somebody trades with the pool while the liquidity is in it: another bot of the track, or the bot itself when it is alone. */
static bool trade_through(struct act *act, const struct dex_pair *pair, u128 amount, struct op *op)
{
    struct dex_pool before;
    struct landing landing = {0};
    struct dex_pool_deed deed;
    struct act other = *act;
    other.bot = act_partner(act);
    other.output = NULL;
    if (amount == 0 || !dex_pool_read(&other, pair, &before, op)) return amount == 0;
    const union payload payload = {.amm_swap = {.pair = str_of(pair->name), .side = SIDE_SELL, .amount_in = {amount}}};
    const struct send_plan plan = {
        .kind = KIND_AMM_SWAP, .payload = &payload, .leaves = money_of(pair->base, (struct amount){amount})};
    if (!pool_send(&other, pair, &plan, &landing, op)) {
        if (op->status == OP_SKIPPED) op->status = OP_DONE; /* a partner without money is no fault of the provider's */
        return op->status == OP_DONE;
    }
    if (!dex_pool_replay(&other, pair, &before, &landing, &deed, op) || !deed.known) return op->status == OP_DONE;
    struct moves moves = {
        .chain = CHAIN_DELTA, .address = &other.bot->identity.address, .height = landing.height, .by = &landing.id};
    moves.free[TOKEN_DX].lost = landing.receipt.fee_charged;
    moves.free[pair->base].lost.units += deed.base;
    moves.free[pair->quote].gained.units += deed.quote;
    return dex_claim_moves(&other, "a swap pays by the constant product", pair, &moves);
}

static bool hold_until(struct act *act, struct instant until)
{
    while (tide_next(act, CHAIN_DELTA, until)) {
    } /* until the time is over */
    return !act_gives_up(act);
}

/* Against the deposit, one unit a side aside: constant product never falls, and fees stay in it. */
static bool claim_worth(struct act *act, const struct dex_pool_deed *in, const struct dex_pool_deed *out)
{
    u128 was, is;
    const u128 base = in->base > 0 ? in->base - 1 : 0, quote = in->quote > 0 ? in->quote - 1 : 0;
    if (!u128_mul(base, quote, &was) || !u128_mul(out->base + 1, out->quote + 1, &is))
        return true; /* beyond what is compared here */
    return act_claim(act, "what comes out is worth what went in", is >= was,
                     "%" PRIu64 " and %" PRIu64 " for %" PRIu64 " and %" PRIu64, (uint64_t)out->base, (uint64_t)out->quote,
                     (uint64_t)in->base, (uint64_t)in->quote);
}

/* Where the pool has a price, the quote that goes with the base at it, and a little more against its moving. */
static bool quote_for(struct act *act, const struct dex_pair *pair, u128 base, u128 *out, struct op *op)
{
    struct dex_pool pool;
    if (!dex_pool_read(act, pair, &pool, op)) return false;
    if (pool.base == 0)
        *out = base;
    else if (!u128_mul_div(base, pool.quote, pool.base, out))
        return dex_skip(op, OP_SKIPPED, "the pool is too large");
    *out += *out / 50;
    return true;
}

void dex_provide_liquidity(struct act *act, struct op *op)
{
    struct dex_pool_deed in, out;
    const struct dex_pair *pair = dex_begin(act, "pair", op);
    if (pair == NULL) return;
    const struct duration hold = {act_u64(act, "hold")};
    const struct instant until = instant_add(env_now(act->crew->env), hold);
    const u128 base = act_amount(act, "base_amount");
    u128 quote = act_has(act, "quote_amount") ? act_amount(act, "quote_amount") : 0;
    if (!act_has(act, "quote_amount") && !quote_for(act, pair, base, &quote, op)) return;
    if (!pool_enter(act, pair, base, quote, &in, op) || hold.ns == 0 || !in.known) return;
    const struct hash tx_id = op->tx_id;
    held_shares(act, pair)->units += in.shares;
    const bool held = trade_through(act, pair, act_amount(act, "trade"), op) && hold_until(act, until), left = held && pool_leave(act, pair, in.shares, &out, op);
    held_shares(act, pair)->units -= in.shares;
    if (!left) return;
    op->tx_id = tx_id;
    (void)claim_worth(act, &in, &out); /* op tells */
}

void dex_remove_liquidity(struct act *act, struct op *op)
{
    struct dex_pool_deed out;
    const struct dex_pair *pair = dex_begin(act, "pair", op);
    if (pair == NULL) return;
    const u128 own = own_shares(act, pair)->units, held = held_shares(act, pair)->units, free = own - MIN(own, held);
    const u128 shares = act_has(act, "shares") ? act_amount(act, "shares") : free;
    if (shares == 0) {
        (void)dex_skip(op, OP_SKIPPED, "it has no shares of this pool that it does not hold for a while");
        return;
    }
    struct dex_pool left;
    if (!pool_leave(act, pair, shares, &out, op) || shares != own || !dex_pool_read(act, pair, &left, op)) return;
    const union payload payload = {.amm_remove = {.pair = str_of(pair->name), .shares = AMOUNT(1)}};
    const struct send_plan plan = {.kind = KIND_AMM_REMOVE, .payload = &payload};
    (void)dex_claim_refused(act, "who has left owns nothing more", &plan,
                            left.shares == 0 ? CODE_NO_LIQUIDITY : CODE_INSUFFICIENT_BALANCE, op); /* op tells */
}
