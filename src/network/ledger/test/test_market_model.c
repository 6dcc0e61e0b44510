/* Random sequences against a model that is slow and obviously right: one list of orders, searched from end to end for every
 * match. After every block: every balance, every receipt, every order's fill, the shape of the books and the conservation of money.
 * usage: test_market_model [operations] [seed] */
#include "market_fixture.h"

enum { TRADERS = 8, KEPT = 300 };

struct model_order {
    struct hash id;
    size_t owner, pair;
    enum side side;
    uint64_t price, quantity, filled;
    u128 locked;
    bool open;
    uint32_t closed; /* height */
    enum order_status status;
};
struct model {
    u128 free[TRADERS][TOKEN_COUNT], locked[TRADERS][TOKEN_COUNT];
    u128 reserve[3][2], shares[3], own[3][TRADERS]; /* [pair][0 base, 1 quote] */
    uint64_t trades[3], last[3];
    VEC(struct model_order) orders;
    uint32_t height;
};
static struct model model;
static struct town town;
static struct rng rng;

static const char *const names[3] = {"DX/sAX", "DX/USD", "sAX/USD"};
static const enum token bases[3] = {TOKEN_DX, TOKEN_DX, TOKEN_SAX}, quotes[3] = {TOKEN_SAX, TOKEN_USD, TOKEN_USD};

static u128 cost_of(uint64_t quantity, uint64_t price) { return (u128)quantity * price / 1000000; }
static u128 fee_of(u128 cost) { return (cost * 5 + 9999) / 10000; }

/* ---- the model's book ---- */

static struct model_order *model_best(size_t pair, enum side side)
{
    struct model_order *best = NULL;
    for (size_t i = 0; i < model.orders.count; i++) { /* in the order in which they came */
        struct model_order *o = &model.orders.data[i];
        if (!o->open || o->pair != pair || o->side != side) continue;
        if (!best || (side == SIDE_BUY ? o->price > best->price : o->price < best->price)) best = o;
    }
    return best;
}

static enum token model_lock_token(const struct model_order *o) { return o->side == SIDE_BUY ? quotes[o->pair] : bases[o->pair]; }

static void model_close(struct model_order *o, enum order_status status)
{
    model.free[o->owner][model_lock_token(o) - 1] += o->locked;
    model.locked[o->owner][model_lock_token(o) - 1] -= o->locked;
    o->locked = 0;
    o->open = false;
    o->closed = model.height;
    o->status = status;
}

static enum code model_place(size_t who, const struct ask *ask, size_t pair, struct hash id)
{
    const enum token base = bases[pair], quote = quotes[pair];
    u128 *gold = model.free[who];
    if (ask->type == ORDER_MARKET ? ask->price != 0 : ask->price == 0) return CODE_INVALID_PRICE;
    if (ask->quantity < 1000) return CODE_AMOUNT_TOO_SMALL;
    if (ask->side == SIDE_SELL && gold[base - 1] < ask->quantity) return CODE_INSUFFICIENT_BALANCE;
    if (ask->side == SIDE_BUY && ask->type == ORDER_LIMIT && gold[quote - 1] < cost_of(ask->quantity, ask->price))
        return CODE_INSUFFICIENT_BALANCE;
    const enum side other = ask->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    uint64_t filled = 0, first = 0;
    u128 turnover = 0;
    for (;;) {
        struct model_order *best = model_best(pair, other);
        const bool meets = best && (ask->type == ORDER_MARKET ||
                                    (ask->side == SIDE_BUY ? best->price <= ask->price : best->price >= ask->price));
        if (meets && ask->tif == TIF_POST_ONLY) return CODE_WOULD_CROSS;
        if (!meets || filled == ask->quantity) break;
        if (first == 0) first = best->price;
        if (best->owner == who) {
            model_close(best, ORDER_CANCELLED);
            continue;
        }
        const uint64_t n = MIN(ask->quantity - filled, best->quantity - best->filled);
        const u128 cost = cost_of(n, best->price), fee = fee_of(cost);
        const size_t maker = best->owner;
        if (ask->side == SIDE_BUY) {
            if (gold[quote - 1] < cost + fee) return CODE_INSUFFICIENT_BALANCE;
            gold[quote - 1] -= cost + fee;
            gold[base - 1] += n;
            model.locked[maker][base - 1] -= n;
            best->locked -= n;
            model.free[maker][quote - 1] += cost;
        } else {
            if (gold[base - 1] < n) return CODE_INSUFFICIENT_BALANCE;
            gold[base - 1] -= n;
            gold[quote - 1] += cost - fee;
            model.locked[maker][quote - 1] -= cost;
            best->locked -= cost;
            model.free[maker][base - 1] += n;
        }
        best->filled += n;
        best->status = ORDER_PARTIALLY_FILLED;
        filled += n;
        turnover += (u128)best->price * n;
        model.trades[pair]++;
        model.last[pair] = best->price;
        if (best->filled == best->quantity) model_close(best, ORDER_FILLED);
    }
    if (ask->type == ORDER_MARKET && filled == 0) return CODE_NO_LIQUIDITY;
    if (ask->tif == TIF_FOK && filled < ask->quantity) return CODE_NO_LIQUIDITY;
    if (ask->type == ORDER_MARKET && ask->slippage > 0) {
        const u128 up = (u128)first * (10000u + ask->slippage) / 10000;
        const u128 down = ((u128)first * (10000u - MIN(ask->slippage, 10000)) + 9999) / 10000;
        if (ask->side == SIDE_BUY ? turnover > up * filled : turnover < down * filled) return CODE_SLIPPAGE_EXCEEDED;
    }
    struct model_order order = {.id = id,
                                .owner = who,
                                .pair = pair,
                                .side = ask->side,
                                .price = ask->price,
                                .quantity = ask->quantity,
                                .filled = filled,
                                .closed = model.height,
                                .status = filled == ask->quantity ? ORDER_FILLED : ORDER_CANCELLED};
    if (filled < ask->quantity && ask->type == ORDER_LIMIT && (ask->tif == TIF_GTC || ask->tif == TIF_POST_ONLY)) {
        order.locked = ask->side == SIDE_SELL ? ask->quantity - filled : cost_of(ask->quantity - filled, ask->price);
        const enum token token = model_lock_token(&order);
        if (gold[token - 1] < order.locked) return CODE_INSUFFICIENT_BALANCE;
        gold[token - 1] -= order.locked;
        model.locked[who][token - 1] += order.locked;
        order.open = true;
        order.status = filled > 0 ? ORDER_PARTIALLY_FILLED : ORDER_OPEN;
    }
    vec_push(&model.orders, order);
    return CODE_NONE;
}

static enum code model_cancel(size_t who, const struct hash *id)
{
    for (size_t i = 0; i < model.orders.count; i++) {
        struct model_order *o = &model.orders.data[i];
        if (!hash_eq(&o->id, id)) continue;
        if (o->owner != who) return CODE_NOT_OWNER;
        if (!o->open) return CODE_ORDER_NOT_OPEN;
        model_close(o, ORDER_CANCELLED);
        return CODE_NONE;
    }
    return CODE_ORDER_NOT_FOUND;
}

static enum code model_cancel_all(size_t who, size_t pair)
{
    for (size_t i = 0; i < model.orders.count; i++) {
        struct model_order *o = &model.orders.data[i];
        if (o->open && o->owner == who && (pair == 3 || o->pair == pair)) model_close(o, ORDER_CANCELLED);
    }
    return CODE_NONE;
}

/* ---- the model's pools: figures here stay far below 2^64, so plain products do ---- */

static enum code model_add(size_t who, size_t p, u128 base, u128 quote, u128 min)
{
    u128 shares = base, take_base = base, take_quote = quote;
    if (model.shares[p] > 0 && model.reserve[p][0] > 0 && model.reserve[p][1] > 0) {
        shares = MIN(base * model.shares[p] / model.reserve[p][0], quote * model.shares[p] / model.reserve[p][1]);
        take_base = (shares * model.reserve[p][0] + model.shares[p] - 1) / model.shares[p];
        take_quote = (shares * model.reserve[p][1] + model.shares[p] - 1) / model.shares[p];
    }
    if (shares == 0 || shares < min) return CODE_SLIPPAGE_EXCEEDED;
    if (model.free[who][bases[p] - 1] < take_base || model.free[who][quotes[p] - 1] < take_quote) return CODE_INSUFFICIENT_BALANCE;
    model.free[who][bases[p] - 1] -= take_base;
    model.free[who][quotes[p] - 1] -= take_quote;
    model.reserve[p][0] += take_base;
    model.reserve[p][1] += take_quote;
    model.shares[p] += shares;
    model.own[p][who] += shares;
    return CODE_NONE;
}

static enum code model_remove(size_t who, size_t p, u128 shares)
{
    if (model.shares[p] == 0) return CODE_NO_LIQUIDITY;
    if (shares > model.own[p][who]) return CODE_INSUFFICIENT_BALANCE;
    const u128 base = shares * model.reserve[p][0] / model.shares[p], quote = shares * model.reserve[p][1] / model.shares[p];
    model.reserve[p][0] -= base;
    model.reserve[p][1] -= quote;
    model.shares[p] -= shares;
    model.own[p][who] -= shares;
    model.free[who][bases[p] - 1] += base;
    model.free[who][quotes[p] - 1] += quote;
    return CODE_NONE;
}

static enum code model_swap(size_t who, size_t p, enum side side, u128 in, u128 min)
{
    if (model.shares[p] == 0 || model.reserve[p][0] == 0 || model.reserve[p][1] == 0) return CODE_NO_LIQUIDITY;
    const size_t from = side == SIDE_BUY ? 1 : 0;
    const enum token token_in = from ? quotes[p] : bases[p], token_out = from ? bases[p] : quotes[p];
    if (model.free[who][token_in - 1] < in) return CODE_INSUFFICIENT_BALANCE;
    const u128 paid = in * 9970 / 10000, out = model.reserve[p][1 - from] * paid / (model.reserve[p][from] + paid);
    if (out == 0 || out < min) return CODE_SLIPPAGE_EXCEEDED;
    model.free[who][token_in - 1] -= in;
    model.free[who][token_out - 1] += out;
    model.reserve[p][from] += in;
    model.reserve[p][1 - from] -= out;
    model.trades[p]++;
    const u128 base = from ? out : in, quote = from ? in : out;
    model.last[p] = (uint64_t)(quote * 1000000 / base);
    return CODE_NONE;
}

/* ---- operations ---- */

static const struct model_order *recent_order(void)
{
    const size_t count = model.orders.count, span = MIN(count, (size_t)60);
    return &model.orders.data[count - 1 - rng_below(&rng, span)];
}

/* Draws an operation, asks the model, and gives the transaction that asks the ledger. A failed one changes nothing, so the
 * model's state is put back then. */
struct drawn {
    struct tx *tx;
    enum code code;
};

static enum code draw_order(size_t who, union payload *payload, enum kind *kind, struct ask *ask)
{
    static const enum tif tifs[] = {TIF_GTC, TIF_GTC, TIF_GTC, TIF_IOC, TIF_FOK, TIF_POST_ONLY};
    const size_t pair = rng_below(&rng, 3);
    const uint64_t middle = 900000 + 100000 * pair;
    (void)who;
    *ask = (struct ask){.pair = names[pair],
                        .side = rng_chance_bps(&rng, 5000) ? SIDE_BUY : SIDE_SELL,
                        .type = rng_chance_bps(&rng, 2000) ? ORDER_MARKET : ORDER_LIMIT,
                        .quantity = 1000 + rng_below(&rng, 20000000),
                        .tif = tifs[rng_below(&rng, ARRAY_LEN(tifs))]};
    if (rng_chance_bps(&rng, 100)) ask->quantity = rng_below(&rng, 1000) + 1;
    if (rng_chance_bps(&rng, 100)) ask->quantity = MARKET_BALANCE * (1 + rng_below(&rng, 1000));
    if (ask->type == ORDER_LIMIT) ask->price = middle - 10000 + 500 * rng_below(&rng, 41) + (rng_chance_bps(&rng, 500) ? rng_below(&rng, 499) : 0);
    else if (rng_chance_bps(&rng, 7000)) ask->slippage = (uint16_t)rng_below(&rng, 150);
    *payload = ask_payload(ask);
    *kind = KIND_ORDER_PLACE;
    return CODE_NONE;
}

static struct model_order *saved_orders;
static size_t saved_count, saved_room;
static struct model saved;

static void model_save(void)
{
    saved = model;
    if (saved_room < model.orders.count) {
        saved_room = model.orders.count * 2;
        saved_orders = realloc(saved_orders, saved_room * sizeof(*saved_orders));
    }
    saved_count = model.orders.count;
    if (saved_count) memcpy(saved_orders, model.orders.data, saved_count * sizeof(*saved_orders));
}

static void model_put_back(void)
{
    struct model_order *data = model.orders.data;
    const size_t cap = model.orders.cap;
    model = saved;
    model.orders.data = data;
    model.orders.cap = cap;
    model.orders.count = saved_count;
    if (saved_count) memcpy(data, saved_orders, saved_count * sizeof(*saved_orders));
}

static struct drawn draw(size_t who, uint64_t nonce)
{
    union payload payload;
    enum kind kind = KIND_ORDER_PLACE;
    struct ask ask = {0};
    const size_t pair = rng_below(&rng, 3);
    const uint64_t dice = rng_below(&rng, 100);
    struct drawn drawn = {0};
    memset(&payload, 0, sizeof(payload));
    if (dice < 70 || model.orders.count == 0) {
        (void)draw_order(who, &payload, &kind, &ask);
    } else if (dice < 80) {
        kind = KIND_ORDER_CANCEL;
        payload.id.id = recent_order()->id;
        if (rng_chance_bps(&rng, 500)) payload.id.id.b[0] ^= 1;
    } else if (dice < 82) {
        kind = KIND_ORDER_CANCEL_ALL;
        payload.order_cancel_all.pair = rng_chance_bps(&rng, 5000) ? str_of(names[pair]) : STR("");
    } else if (dice < 86) {
        kind = KIND_AMM_ADD;
        payload.amm_add = (struct payload_amm_add){
            str_of(names[pair]), AMOUNT(1 + rng_below(&rng, 100000000)), AMOUNT(1 + rng_below(&rng, 100000000)), AMOUNT(rng_below(&rng, 1000))};
    } else if (dice < 89) {
        kind = KIND_AMM_REMOVE;
        const u128 own = model.own[pair][who];
        payload.amm_remove = (struct payload_amm_remove){
            .pair = str_of(names[pair]), .shares = AMOUNT(1 + rng_below(&rng, (uint64_t)own + 2 + (rng_chance_bps(&rng, 1000) ? 1000 : 0)))};
    } else {
        kind = KIND_AMM_SWAP;
        payload.amm_swap = (struct payload_amm_swap){str_of(names[pair]), (uint8_t)(1 + rng_below(&rng, 2)),
                                                     AMOUNT(1 + rng_below(&rng, 10000000)), AMOUNT(rng_below(&rng, 2000000))};
    }
    drawn.tx = market_tx(&town, who, nonce, kind, &payload);
    model.free[who][TOKEN_DX - 1] -= MARKET_FEE;
    model_save();
    switch (kind) {
    case KIND_ORDER_PLACE: {
        size_t asked = 0;
        while (ask.pair != names[asked]) asked++;
        drawn.code = model_place(who, &ask, asked, drawn.tx->id);
        break;
    }
    case KIND_ORDER_CANCEL: drawn.code = model_cancel(who, &payload.id.id); break;
    case KIND_ORDER_CANCEL_ALL: drawn.code = model_cancel_all(who, payload.order_cancel_all.pair.len ? pair : 3); break;
    case KIND_AMM_ADD:
        drawn.code = model_add(who, pair, payload.amm_add.base_amount.units, payload.amm_add.quote_amount.units,
                               payload.amm_add.min_shares.units);
        break;
    case KIND_AMM_REMOVE: drawn.code = model_remove(who, pair, payload.amm_remove.shares.units); break;
    default:
        drawn.code = model_swap(who, pair, (enum side)payload.amm_swap.side, payload.amm_swap.amount_in.units,
                                payload.amm_swap.min_out.units);
    }
    if (drawn.code != CODE_NONE) model_put_back();
    return drawn;
}

/* ---- comparing ---- */

static void compare(struct arena *arena, uint64_t operations, bool walk)
{
    for (size_t who = 0; who < TRADERS; who++) {
        const struct ledger_account account = town_account(&town, who);
        for (size_t t = TOKEN_SAX - 1; t < TOKEN_COUNT; t++)
            if (account.balances[t].free.units != model.free[who][t] || account.balances[t].locked.units != model.locked[who][t])
                CHECK_FAIL("after %" PRIu64 " operations trader %zu has other %s than the model", operations, who,
                           token_text((enum token)(t + 1)).data);
    }
    for (size_t p = 0; p < 3; p++) {
        struct book_view book;
        struct pool_view pool;
        CHECK(market_book_view(town.state, str_of(names[p]), 1, arena, &book));
        if (book.bids_count && book.asks_count) CHECK(book.bids[0].price < book.asks[0].price);
        const struct model_order *bid = model_best(p, SIDE_BUY), *ask = model_best(p, SIDE_SELL);
        CHECK_U64(book.bids_count, bid != NULL);
        CHECK_U64(book.asks_count, ask != NULL);
        if (bid) CHECK_U64(book.bids[0].price, bid->price);
        if (ask) CHECK_U64(book.asks[0].price, ask->price);
        CHECK(market_pool_view(town.state, str_of(names[p]), 0, AMOUNT(0), &pool));
        CHECK(pool.base_reserve.units == model.reserve[p][0] && pool.quote_reserve.units == model.reserve[p][1]);
        CHECK(pool.shares.units == model.shares[p]);
    }
    if (model.orders.count > 0) {
        const struct model_order *o = recent_order();
        struct order_view view;
        CHECK(market_order_view(town.state, &o->id, arena, &view));
        CHECK_U64(view.filled, o->filled);
        CHECK_U64(view.status, o->status);
    }
    market_check_supply(&town, walk);
}

static void compare_tapes(struct arena *arena)
{
    for (size_t p = 0; p < 3; p++) {
        struct market_range range = {.limit = 1};
        struct page page;
        CHECK(market_trades_view(town.state, str_of(names[p]), 0, &range, arena, &page));
        CHECK_U64(page.count, model.trades[p] > 0);
        if (page.count == 0) continue;
        CHECK_U64(((struct trade_view *)page.items)->sequence, model.trades[p]);
        CHECK_U64(((struct trade_view *)page.items)->price, model.last[p]);
    }
    struct amount locked[TOKEN_COUNT];
    u128 sums[TOKEN_COUNT] = {0};
    market_locked(town.state, locked);
    for (size_t who = 0; who < TRADERS; who++)
        for (size_t t = 0; t < TOKEN_COUNT; t++) sums[t] += model.locked[who][t];
    for (size_t t = 0; t < TOKEN_COUNT; t++) CHECK(locked[t].units == sums[t]);
}

static void model_forget(void)
{
    size_t kept = 0;
    for (size_t i = 0; i < model.orders.count; i++) {
        const struct model_order *o = &model.orders.data[i];
        if (o->open || o->closed + KEPT > model.height) model.orders.data[kept++] = *o;
    }
    model.orders.count = kept;
}

int main(int argc, char **argv)
{
    const uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 200000, seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    printf("seed %" PRIu64 "\n", seed);
    rng_init(&rng, seed);
    market_init(&town);
    for (size_t who = 0; who < TRADERS; who++)
        for (size_t t = TOKEN_SAX - 1; t < TOKEN_COUNT; t++) model.free[who][t] = MARKET_BALANCE;
    uint64_t operations = 0, succeeded = 0, blocks = 0, codes[CODE_COUNT] = {0};
    struct arena arena;
    arena_init(&arena, 64 << 10);
    while (operations < wanted) {
        struct tx *txs[24];
        enum code codes_wanted[24];
        uint64_t nonces[TRADERS];
        const size_t count = 1 + rng_below(&rng, ARRAY_LEN(txs));
        model.height = ledger_height(town.state) + 1;
        model_forget();
        for (size_t who = 0; who < TRADERS; who++) nonces[who] = town_account(&town, who).nonce;
        for (size_t i = 0; i < count; i++) {
            const size_t who = rng_below(&rng, TRADERS);
            const struct drawn drawn = draw(who, nonces[who]++);
            txs[i] = drawn.tx;
            codes_wanted[i] = drawn.code;
        }
        struct ledger_result *result = town_run(&town, NULL, txs, count);
        CHECK_U64(result->verdict, LEDGER_GOOD);
        for (size_t i = 0; i < count; i++, operations++) {
            const enum code got = (enum code)result->receipts[i].code;
            if (got != codes_wanted[i])
                CHECK_FAIL("operation %" PRIu64 ": the ledger says %s, the model %s", operations, code_text(got).data,
                           code_text(codes_wanted[i]).data);
            codes[got]++;
            succeeded += got == CODE_NONE;
        }
        ledger_result_unref(result);
        compare(&arena, operations, ++blocks % 200 == 0);
        if (blocks % 16 == 0) compare_tapes(&arena);
        arena_reset(&arena);
    }
    printf("%" PRIu64 " operations in %" PRIu64 " blocks, %" PRIu64 " succeeded; trades %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", operations, blocks,
           succeeded, model.trades[0], model.trades[1], model.trades[2]);
    for (size_t i = 0; i < CODE_COUNT; i++)
        if (codes[i] > 0 && i != CODE_NONE) printf("  %s %" PRIu64 "\n", code_text((enum code)i).data, codes[i]);
    /* What the sequences must have met to say anything. */
    static const enum code met[] = {CODE_INSUFFICIENT_BALANCE, CODE_NO_LIQUIDITY, CODE_SLIPPAGE_EXCEEDED, CODE_WOULD_CROSS,
                                    CODE_ORDER_NOT_FOUND,      CODE_NOT_OWNER,    CODE_ORDER_NOT_OPEN,    CODE_AMOUNT_TOO_SMALL};
    if (wanted >= 100000)
        for (size_t i = 0; i < ARRAY_LEN(met); i++) CHECK(codes[met[i]] > 0);
    CHECK(succeeded * 2 > operations);
    arena_done(&arena);
    vec_done(&model.orders);
    free(saved_orders);
    town_done(&town);
    printf("ok   the_book_is_what_the_slow_model_says\n");
    return 0;
}
