/* The constant product pools (api 2.7): adding, removing, swapping. */
#include "network/ledger/market_priv.h"

#include "core/codec/binary.h"

#define AMM_BYTES (3 * 16 + 4)

static struct okey amm_key(size_t pair) { return okey_of_text(SPACE_POOL, pair_at(pair)->name); }

/* The shares of one provider: the pool's ident, '/', the provider's address as text. */
static struct okey shares_key(size_t pair, const struct address *provider)
{
    char text[ADDRESS_TEXT];
    struct okey key = amm_key(pair);
    address_text(provider, CHAIN_DELTA, text);
    okey_u8(&key, '/');
    okey_bytes(&key, text, ADDRESS_TEXT - 1);
    return key;
}

void amm_load(const struct ordmap *objects, size_t pair, struct amm *out)
{
    const struct okey key = amm_key(pair);
    struct str value;
    *out = (struct amm){0};
    if (!ordmap_get(objects, okey_view(&key), &value)) return;
    ASSERT(value.len == AMM_BYTES); /* only amm_store writes there */
    const uint8_t *at = (const uint8_t *)value.data;
    *out = (struct amm){bin_load_u128(at), bin_load_u128(at + 16), bin_load_u128(at + 32), bin_load_u32(at + 48)};
}

void amm_store(struct work *work, size_t pair, const struct amm *amm)
{
    const struct okey key = amm_key(pair);
    uint8_t bytes[AMM_BYTES];
    bin_store_u128(bytes, amm->base);
    bin_store_u128(bytes + 16, amm->quote);
    bin_store_u128(bytes + 32, amm->shares);
    bin_store_u32(bytes + 48, amm->providers);
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
}

static u128 shares_of(const struct work *work, size_t pair, const struct address *provider)
{
    const struct okey key = shares_key(pair, provider);
    struct str value;
    return work_get(work, &key, &value) ? bin_load_u128((const uint8_t *)value.data) : 0;
}

static void shares_put(struct work *work, size_t pair, const struct address *provider, u128 shares)
{
    const struct okey key = shares_key(pair, provider);
    uint8_t bytes[16];
    bin_store_u128(bytes, shares);
    if (shares > 0) work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
    else work_remove(work, &key);
}

uint64_t amm_price(const struct amm *amm)
{
    u128 price;
    if (amm_is_empty(amm) || !u128_mul_div(amm->quote, TOKEN_UNITS_PER_WHOLE, amm->base, &price)) return 0;
    return (uint64_t)MIN(price, (u128)INT64_MAX);
}

bool amm_out(u128 in, u128 out, u128 amount, uint64_t fee_bps, u128 *result)
{
    u128 paid, sum;
    if (!u128_mul_div(amount, 10000 - fee_bps, 10000, &paid)) return false;
    return u128_add(in, paid, &sum) && u128_mul_div(out, paid, sum, result);
}

static void pool_put_in(struct work *work, const struct pair *pair, u128 base, u128 quote)
{
    HOLDING(work, pair->base, pools) += base;
    HOLDING(work, pair->quote, pools) += quote;
}

/* ceil(a * b / c); false when the floor does not fit. The remainder is below c, so it is right modulo 2^128. */
static bool mul_div_up(u128 a, u128 b, u128 c, u128 *out)
{
    u128 down;
    if (!u128_mul_div(a, b, c, &down)) return false;
    const u128 remainder = a * b - down * c;
    *out = down + (remainder != 0);
    return true;
}

/* What a provider gets for what it offers, and how much of it is taken: in the pool's own proportion, rounded for the pool. */
static bool amm_offer(const struct amm *amm, u128 base, u128 quote, u128 *shares, u128 *take_base, u128 *take_quote)
{
    if (amm_is_empty(amm)) { /* the first sets the price; a share is a unit of base then */
        *shares = *take_base = base;
        *take_quote = quote;
        return true;
    }
    u128 by_base, by_quote, sum;
    const bool base_fits = u128_mul_div(base, amm->shares, amm->base, &by_base);
    const bool quote_fits = u128_mul_div(quote, amm->shares, amm->quote, &by_quote);
    if (!base_fits && !quote_fits) return false;
    *shares = MIN(base_fits ? by_base : U128_MAX, quote_fits ? by_quote : U128_MAX);
    if (!u128_add(amm->shares, *shares, &sum)) return false;
    return mul_div_up(*shares, amm->base, amm->shares, take_base) && mul_div_up(*shares, amm->quote, amm->shares, take_quote);
}

enum code amm_add_apply(struct exec *x)
{
    const struct payload_amm_add *asked = &x->payload->amm_add;
    struct work *work = x->work;
    size_t i;
    struct amm amm;
    u128 shares, base, quote;
    if (!pair_find(asked->pair, &i)) return refuse(x, CODE_MARKET_NOT_FOUND, RECEIPT_FIELD_PAIR);
    const struct pair *pair = pair_at(i);
    amm_load(&work->objects, i, &amm);
    if (!amm_offer(&amm, asked->base_amount.units, asked->quote_amount.units, &shares, &base, &quote))
        return refuse(x, CODE_NO_LIQUIDITY, RECEIPT_FIELD_BASE_AMOUNT);
    if (shares == 0 || !guard_slippage(work->rules, shares >= asked->min_shares.units))
        return refuse(x, CODE_SLIPPAGE_EXCEEDED, RECEIPT_FIELD_MIN_SHARES);
    enum code code = money_take(x, &x->sender, pair->base, (struct amount){base}, RECEIPT_FIELD_BASE_AMOUNT);
    if (code == CODE_NONE) code = money_take(x, &x->sender, pair->quote, (struct amount){quote}, RECEIPT_FIELD_QUOTE_AMOUNT);
    if (code != CODE_NONE) return code;
    const u128 before = shares_of(work, i, &x->sender);
    amm.base += base, amm.quote += quote, amm.shares += shares;
    amm.providers += before == 0;
    pool_put_in(work, pair, base, quote);
    shares_put(work, i, &x->sender, before + shares);
    amm_store(work, i, &amm);
    return CODE_NONE;
}

enum code amm_remove_apply(struct exec *x)
{
    const struct payload_amm_remove *asked = &x->payload->amm_remove;
    struct work *work = x->work;
    size_t i;
    struct amm amm;
    u128 base, quote;
    if (!pair_find(asked->pair, &i)) return refuse(x, CODE_MARKET_NOT_FOUND, RECEIPT_FIELD_PAIR);
    amm_load(&work->objects, i, &amm);
    if (amm.shares == 0) return refuse(x, CODE_NO_LIQUIDITY, RECEIPT_FIELD_SHARES);
    const u128 own = shares_of(work, i, &x->sender), shares = asked->shares.units;
    if (shares > own) return refuse_lack(x, CODE_INSUFFICIENT_BALANCE, RECEIPT_FIELD_SHARES, (struct amount){own}, asked->shares);
    const bool fits = u128_mul_div(shares, amm.base, amm.shares, &base) && u128_mul_div(shares, amm.quote, amm.shares, &quote);
    ASSERT(fits); /* shares are at most all of them */
    if (!guard_slippage(work->rules, base >= asked->min_base.units)) return refuse(x, CODE_SLIPPAGE_EXCEEDED, RECEIPT_FIELD_MIN_BASE);
    if (!guard_slippage(work->rules, quote >= asked->min_quote.units))
        return refuse(x, CODE_SLIPPAGE_EXCEEDED, RECEIPT_FIELD_MIN_QUOTE);
    const struct pair *pair = pair_at(i);
    amm.base -= base, amm.quote -= quote, amm.shares -= shares;
    amm.providers -= shares == own;
    pool_put_in(work, pair, -base, -quote);
    money_give(work, &x->sender, pair->base, (struct amount){base});
    money_give(work, &x->sender, pair->quote, (struct amount){quote});
    shares_put(work, i, &x->sender, own - shares);
    amm_store(work, i, &amm);
    return CODE_NONE;
}

/* The tape speaks in base tokens and their price; what does not fit there is cut. */
static void swap_print(struct exec *x, size_t pair, uint8_t side, u128 base, u128 quote)
{
    u128 price;
    struct spot spot;
    if (base == 0 || !u128_mul_div(quote, TOKEN_UNITS_PER_WHOLE, base, &price)) price = INT64_MAX;
    struct trade trade = {.price = (uint64_t)MIN(price, (u128)INT64_MAX),
                          .quantity = (uint64_t)MIN(base, (u128)INT64_MAX),
                          .taker_side = side,
                          .source = TRADE_AMM,
                          .maker_order = x->id};
    spot_load(&x->work->objects, &spot);
    (void)trade_print(x->work, &spot, pair, &trade);
    spot_store(x->work, &spot);
}

enum code amm_swap_apply(struct exec *x)
{
    const struct payload_amm_swap *asked = &x->payload->amm_swap;
    struct work *work = x->work;
    size_t i;
    struct amm amm;
    u128 out;
    if (!pair_find(asked->pair, &i)) return refuse(x, CODE_MARKET_NOT_FOUND, RECEIPT_FIELD_PAIR);
    amm_load(&work->objects, i, &amm);
    if (amm_is_empty(&amm)) return refuse(x, CODE_NO_LIQUIDITY, RECEIPT_FIELD_PAIR);
    const struct pair *pair = pair_at(i);
    const bool buys = asked->side == SIDE_BUY;
    const enum token token_in = buys ? pair->quote : pair->base, token_out = buys ? pair->base : pair->quote;
    u128 *in_reserve = buys ? &amm.quote : &amm.base, *out_reserve = buys ? &amm.base : &amm.quote;
    enum code code = money_take(x, &x->sender, token_in, asked->amount_in, RECEIPT_FIELD_AMOUNT_IN);
    if (code != CODE_NONE) return code;
    if (!amm_out(*in_reserve, *out_reserve, asked->amount_in.units, work->params.amm_fee_bps, &out))
        return refuse(x, CODE_NO_LIQUIDITY, RECEIPT_FIELD_AMOUNT_IN);
    if (out == 0 || !guard_slippage(work->rules, out >= asked->min_out.units))
        return refuse(x, CODE_SLIPPAGE_EXCEEDED, RECEIPT_FIELD_MIN_OUT);
    *in_reserve += asked->amount_in.units;
    *out_reserve -= out;
    HOLDING(work, token_in, pools) += asked->amount_in.units;
    HOLDING(work, token_out, pools) -= out;
    money_give(work, &x->sender, token_out, (struct amount){out});
    amm_store(work, i, &amm);
    swap_print(x, i, asked->side, buys ? out : asked->amount_in.units, buys ? asked->amount_in.units : out);
    return CODE_NONE;
}
