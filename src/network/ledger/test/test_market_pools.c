/* Pools and flash loans, one claim at a time; the rules of each kind in the order of api 2.9. */
#include "market_day.h"

/* ---- pools ---- */

static void pools_give_shares_and_take_them_back(void)
{
    begin();
    CHECK_U64(add(2, "DX/USD", 1000000, 2000000, 1000000).code, CODE_NONE);
    struct pool_view pool;
    CHECK(market_pool_view(town.state, STR("DX-USD"), SIDE_BUY, AMOUNT(20000), &pool));
    CHECK_U64(pool.price, 2000000);
    CHECK_U64(pool.providers, 1);
    CHECK(pool.has_quote && pool.amount_out.units == UINT64_C(1000000) * 19940 / (2000000 + 19940));
    CHECK_U64(add(3, "DX/USD", 500000, 2000000, 500000).code, CODE_NONE); /* takes 1,000,000 of the quote offered */
    CHECK(market_free(&town, 3, TOKEN_USD) == MARKET_BALANCE - 1000000);
    CHECK_U64(swap(4, "DX/USD", SIDE_BUY, 30000, 1).code, CODE_NONE);
    CHECK_U64(swap(4, "DX/USD", SIDE_SELL, 10000, 1).code, CODE_NONE);
    CHECK_U64(take_out(3, "DX/USD", 500001, 0, 0).code, CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(take_out(3, "DX/USD", 500000, 0, 0).code, CODE_NONE);
    CHECK(market_free(&town, 3, TOKEN_USD) + market_free(&town, 3, TOKEN_DX) * 2 > 3 * (u128)MARKET_BALANCE - 10 * MARKET_FEE);
    CHECK_U64(take_out(2, "DX/USD", 1000000, 0, 0).code, CODE_NONE);
    CHECK(market_pool_view(town.state, STR("DX/USD"), SIDE_BUY, AMOUNT(20000), &pool));
    CHECK(pool.shares.units == 0 && pool.base_reserve.units == 0 && pool.quote_reserve.units == 0);
    CHECK(pool.providers == 0 && !pool.has_quote && pool.price == 0);
    end();
}

static void pools_answer_their_codes_in_order(void)
{
    begin();
    CHECK_U64(add(2, "DX/EUR", 1, 1, 0).code, CODE_MARKET_NOT_FOUND);
    CHECK_U64(take_out(2, "DX/EUR", 1, 0, 0).code, CODE_MARKET_NOT_FOUND);
    CHECK_U64(swap(2, "DX/EUR", SIDE_BUY, 1, 0).code, CODE_MARKET_NOT_FOUND);
    CHECK_U64(take_out(2, "DX/USD", 1, 0, 0).code, CODE_NO_LIQUIDITY);
    CHECK_U64(swap(2, "DX/USD", SIDE_BUY, 1, 0).code, CODE_NO_LIQUIDITY);
    CHECK_U64(add(2, "DX/USD", 1000000, 1000000, 1000001).code, CODE_SLIPPAGE_EXCEEDED);
    CHECK_U64(add(2, "DX/USD", 2 * MARKET_BALANCE, 1, 1).code, CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(add(2, "DX/USD", 1000000, 1000000, 1000000).code, CODE_NONE);
    CHECK_U64(swap(3, "DX/USD", SIDE_SELL, 1000, 1000).code, CODE_SLIPPAGE_EXCEEDED);
    CHECK_U64(swap(3, "DX/USD", SIDE_SELL, 2 * MARKET_BALANCE, 1000).code, CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(take_out(2, "DX/USD", 1000, 1001, 0).code, CODE_SLIPPAGE_EXCEEDED);
    CHECK_U64(take_out(2, "DX/USD", 1000, 0, 1001).code, CODE_SLIPPAGE_EXCEEDED);
    end();
}

static void a_swap_stands_on_the_tape(void)
{
    begin();
    (void)add(2, "sAX/USD", 1000000, 3000000, 0);
    const struct done done = swap(3, "sAX-USD", SIDE_SELL, 10000, 0);
    struct page page;
    struct market_range range = {.limit = 10};
    CHECK(market_trades_view(town.state, STR("sAX/USD"), 0, &range, &arena, &page));
    const struct trade_view *trade = page.items;
    CHECK_U64(page.count, 1);
    CHECK_U64(trade->source, TRADE_AMM);
    CHECK_U64(trade->quantity, 10000);
    CHECK(!trade->taker_order.has && hash_eq(&trade->maker_order, &done.id));
    market_pairs_view(town.state, &arena, &page);
    CHECK_U64(page.count, 3);
    CHECK_U64(((struct pair_view *)page.items)[2].last_price.value, trade->price);
    CHECK(!((struct pair_view *)page.items)[0].last_price.has);
    end();
}

/* ---- flash loans ---- */

struct op {
    enum kind kind;
    union payload payload;
};
static struct done borrow(size_t who, enum token token, uint64_t amount, const struct op *ops, uint32_t count)
{
    struct flash_op items[4];
    struct buf bytes[4] = {{0}};
    for (uint32_t i = 0; i < count; i++) {
        if (payload_row(ops[i].kind)) payload_encode(ops[i].kind, &ops[i].payload, &bytes[i]);
        items[i] = (struct flash_op){(uint16_t)ops[i].kind, buf_str(&bytes[i])};
    }
    const union payload loan = {.flash_loan = {.token = (uint8_t)token, .amount = AMOUNT(amount), .ops = {items, count}}};
    const struct done done = market_do(&town, who, KIND_DELTA_FLASH_LOAN, &loan);
    for (uint32_t i = 0; i < count; i++) buf_done(&bytes[i]);
    return done;
}

static void a_flash_loan_is_paid_back_with_its_fee_or_never_was(void)
{
    begin();
    (void)add(2, "DX/USD", 5000000, 5000000, 0);
    (void)add(2, "sAX/USD", 5000000, 9000000, 0);
    CHECK_U64(borrow(3, TOKEN_USD, 9000000, NULL, 0).code, CODE_NONE);
    CHECK(market_free(&town, 3, TOKEN_USD) == MARKET_BALANCE - 8100);
    struct pool_view pool;
    CHECK(market_pool_view(town.state, STR("sAX/USD"), 0, AMOUNT(0), &pool));
    CHECK(pool.quote_reserve.units == 9008100);
    /* All that the borrower has, and the loan, goes elsewhere. */
    const struct op away = {KIND_DELTA_TRANSFER,
                            {.transfer = {.to = town.people[5].address, .token = TOKEN_USD, .amount = AMOUNT(MARKET_BALANCE)}}};
    const struct done gone = borrow(3, TOKEN_USD, 9000000, &away, 1);
    CHECK_U64(gone.code, CODE_FLASH_LOAN_NOT_REPAID);
    CHECK(gone.receipt.required.units == 9008100);
    CHECK(market_free(&town, 5, TOKEN_USD) == MARKET_BALANCE && market_free(&town, 3, TOKEN_USD) == MARKET_BALANCE - 8100);
    end();
}

static void flash_loans_answer_their_codes_in_order(void)
{
    begin();
    const struct op cancel = {KIND_ORDER_CANCEL, {.id = {{{1}}}}};
    const struct op order = {KIND_ORDER_PLACE,
                             {.order_place = {.pair = STR("DX/EUR"), .side = SIDE_BUY, .order_type = ORDER_LIMIT, .price = 1, .quantity = 1000, .tif = TIF_GTC}}};
    const struct op alien = {(enum kind)0x0101, {.transfer = {.token = TOKEN_AX, .amount = AMOUNT(1)}}};
    CHECK_U64(borrow(3, TOKEN_AX, 1000, &cancel, 1).code, CODE_INVALID_TOKEN_FOR_CHAIN);
    const struct done kind = borrow(3, TOKEN_USD, 1000, &cancel, 1);
    CHECK_U64(kind.code, CODE_UNKNOWN_KIND);
    CHECK_U64(kind.receipt.field, RECEIPT_FIELD_OPS);
    CHECK_U64(borrow(3, TOKEN_USD, 1000, &alien, 1).code, CODE_UNKNOWN_KIND);
    CHECK_U64(borrow(3, TOKEN_USD, 1000, &order, 1).code, CODE_NO_LIQUIDITY);
    (void)add(2, "DX/USD", 5000000, 5000000, 0);
    CHECK_U64(borrow(3, TOKEN_USD, 5000001, &order, 1).code, CODE_NO_LIQUIDITY);
    CHECK_U64(borrow(3, TOKEN_USD, 5000000, &order, 1).code, CODE_MARKET_NOT_FOUND);
    end();
}

/* Dumping a loan on the pool it came from moves the price, and the next operation moves it back: nothing is made of it. */
static void operations_in_a_loan_trade_and_are_orders_of_their_own(void)
{
    begin();
    (void)add(2, "DX/USD", 5000000, 5000000, 0);
    (void)limit(2, SIDE_SELL, 1000000, 10000);
    const struct op ops[3] = {
        {KIND_AMM_SWAP, {.amm_swap = {STR("DX/USD"), SIDE_BUY, AMOUNT(1000000), AMOUNT(0)}}},
        {KIND_ORDER_PLACE,
         {.order_place = {.pair = STR("DX/sAX"), .side = SIDE_BUY, .order_type = ORDER_LIMIT, .price = 1000000, .quantity = 4000, .tif = TIF_GTC}}},
        {KIND_ORDER_PLACE,
         {.order_place = {.pair = STR("DX/sAX"), .side = SIDE_BUY, .order_type = ORDER_LIMIT, .price = 900000, .quantity = 4000, .tif = TIF_GTC}}}};
    CHECK_U64(borrow(3, TOKEN_USD, 4000000, ops, 3).code, CODE_NONE);
    struct market_range range = {.limit = 10};
    struct page page;
    market_orders_view(town.state, &town.people[3].address, STR(""), NULL, &range, &arena, &page);
    CHECK_U64(page.count, 2);
    const struct order_view *orders = page.items;
    CHECK_U64(orders[0].status, ORDER_OPEN);
    CHECK_U64(orders[1].status, ORDER_FILLED);
    CHECK(!hash_eq(&orders[0].order_id, &orders[1].order_id));
    end();
}

int main(void)
{
    arena_init(&arena, 64 << 10);
    RUN(pools_give_shares_and_take_them_back);
    RUN(pools_answer_their_codes_in_order);
    RUN(a_swap_stands_on_the_tape);
    RUN(a_flash_loan_is_paid_back_with_its_fee_or_never_was);
    RUN(flash_loans_answer_their_codes_in_order);
    RUN(operations_in_a_loan_trade_and_are_orders_of_their_own);
    arena_done(&arena);
    return 0;
}
