/* Orders, one claim at a time; the rules of each kind in the order of api 2.9; the switches. */
#include "market_day.h"

/* ---- orders ---- */

static void a_limit_order_rests_with_its_money_locked(void)
{
    begin();
    const struct done bid = limit(2, SIDE_BUY, 950000, 2000000);
    CHECK_U64(bid.code, CODE_NONE);
    CHECK(market_held(&town, 2, TOKEN_SAX) == 1900000 && market_free(&town, 2, TOKEN_SAX) == MARKET_BALANCE - 1900000);
    const struct order_view view = order_of(bid.id);
    CHECK_U64(view.status, ORDER_OPEN);
    CHECK_U64(view.remaining, 2000000);
    CHECK(!view.average_price.has && view.created_height.value == 1);
    const struct book_view book = book_of("DX-sAX");
    CHECK_U64(book.bids_count, 1);
    CHECK_U64(book.bids[0].price, 950000);
    CHECK_U64(book.bids[0].quantity, 2000000);
    end();
}

/* PT-L-021: half of it fills, the rest is cancelled, and what was reserved is back. */
static void a_limit_order_lives_through_half_a_fill_and_a_cancel(void)
{
    begin();
    const struct done bid = limit(2, SIDE_BUY, 950000, 2000);
    CHECK_U64(limit(3, SIDE_SELL, 950000, 1000).code, CODE_NONE);
    struct order_view view = order_of(bid.id);
    CHECK_U64(view.status, ORDER_PARTIALLY_FILLED);
    CHECK_U64(view.filled, 1000);
    CHECK_U64(view.average_price.value, 950000);
    CHECK_U64(view.fills_count, 1);
    CHECK_STR(view.fills[0].trade_id, STR("DX-sAX-1"));
    CHECK_U64(market_cancel(&town, 2, bid.id).code, CODE_NONE);
    view = order_of(bid.id);
    CHECK_U64(view.status, ORDER_CANCELLED);
    CHECK(market_held(&town, 2, TOKEN_SAX) == 0 && market_free(&town, 2, TOKEN_SAX) == MARKET_BALANCE - 950);
    CHECK(market_free(&town, 2, TOKEN_DX) == MARKET_BALANCE + 1000 - 2 * MARKET_FEE);
    CHECK(market_free(&town, 3, TOKEN_SAX) == MARKET_BALANCE + 950 - 1); /* the fee, rounded up */
    CHECK_U64(book_of("DX/sAX").bids_count, 0);
    end();
}

/* PT-L-020: the cost is what crossing the book before it says, at the resting prices, best first. */
static void a_market_order_takes_the_best_prices_first(void)
{
    begin();
    CHECK_U64(limit(2, SIDE_SELL, 1010000, 3000).code, CODE_NONE);
    CHECK_U64(limit(3, SIDE_SELL, 1000000, 2000).code, CODE_NONE);
    const struct done buy = market(4, SIDE_BUY, 4000, 100);
    CHECK_U64(buy.code, CODE_NONE);
    CHECK(market_free(&town, 4, TOKEN_SAX) == MARKET_BALANCE - 2000 - 1 - 2020 - 2);
    CHECK(market_free(&town, 4, TOKEN_DX) == MARKET_BALANCE + 4000 - MARKET_FEE);
    const struct order_view view = order_of(buy.id);
    CHECK_U64(view.status, ORDER_FILLED);
    CHECK_U64(view.average_price.value, 1005000);
    struct page page;
    struct market_range range = {.limit = 10};
    CHECK(market_trades_view(town.state, STR("DX/sAX"), 0, &range, &arena, &page));
    CHECK_U64(page.count, 2);
    const struct trade_view *trades = page.items;
    CHECK_U64(trades[0].price, 1010000);
    CHECK_U64(trades[1].price, 1000000);
    CHECK(trades[0].taker_order.has && hash_eq(&trades[0].taker_order.value, &buy.id));
    CHECK_U64(trades[0].height, 3);
    CHECK_U64(trades[0].timestamp, TOWN_TIME + 1500);
    end();
}

static void at_one_price_the_first_is_first(void)
{
    begin();
    const struct done first = limit(2, SIDE_SELL, 1000000, 2000), second = limit(3, SIDE_SELL, 1000000, 2000);
    CHECK_U64(limit(4, SIDE_BUY, 1000000, 3000).code, CODE_NONE);
    CHECK_U64(order_of(first.id).status, ORDER_FILLED);
    CHECK_U64(order_of(second.id).filled, 1000);
    end();
}

static void break_time_priority_lets_the_later_one_fill_first(void)
{
    begin();
    weakness_put(&town.rules.weak, WEAKNESS_BREAK_TIME_PRIORITY, true);
    const struct done first = limit(2, SIDE_SELL, 1000000, 2000), second = limit(3, SIDE_SELL, 1000000, 2000);
    const struct done better = limit(5, SIDE_SELL, 999999, 1000);
    CHECK_U64(limit(4, SIDE_BUY, 1000000, 2000).code, CODE_NONE);
    CHECK_U64(order_of(better.id).status, ORDER_FILLED); /* price still comes before time */
    CHECK_U64(order_of(first.id).filled, 0);
    CHECK_U64(order_of(second.id).filled, 1000);
    end();
}

static void what_an_ioc_does_not_fill_is_gone(void)
{
    begin();
    (void)limit(2, SIDE_SELL, 1000000, 2000);
    const struct done ioc = market_order(&town, 3, (struct ask){.side = SIDE_BUY, .price = 1000000, .quantity = 5000, .tif = TIF_IOC});
    CHECK_U64(ioc.code, CODE_NONE);
    CHECK_U64(order_of(ioc.id).status, ORDER_CANCELLED);
    CHECK_U64(order_of(ioc.id).filled, 2000);
    CHECK(market_held(&town, 3, TOKEN_SAX) == 0);
    CHECK_U64(book_of("DX/sAX").bids_count, 0);
    end();
}

static void a_fok_fills_whole_or_not_at_all(void)
{
    begin();
    (void)limit(2, SIDE_SELL, 1000000, 2000);
    const u128 before = market_free(&town, 3, TOKEN_SAX);
    const struct ask ask = {.side = SIDE_BUY, .price = 1000000, .quantity = 5000, .tif = TIF_FOK};
    CHECK_U64(market_order(&town, 3, ask).code, CODE_NO_LIQUIDITY);
    CHECK(market_free(&town, 3, TOKEN_SAX) == before);
    CHECK_U64(book_of("DX/sAX").asks[0].quantity, 2000);
    (void)limit(4, SIDE_SELL, 1000000, 3000);
    CHECK_U64(market_order(&town, 3, ask).code, CODE_NONE);
    end();
}

static void a_post_only_never_takes(void)
{
    begin();
    (void)limit(2, SIDE_SELL, 1000000, 2000);
    struct ask ask = {.side = SIDE_BUY, .price = 1000000, .quantity = 2000, .tif = TIF_POST_ONLY};
    CHECK_U64(market_order(&town, 3, ask).code, CODE_WOULD_CROSS);
    ask.price--;
    CHECK_U64(market_order(&town, 3, ask).code, CODE_NONE);
    end();
}

/* PT-L-024: within the bound, or nothing at all. */
static void a_slippage_bound_holds_or_nothing_happens(void)
{
    begin();
    (void)limit(2, SIDE_SELL, 1000000, 1000);
    (void)limit(2, SIDE_SELL, 1010000, 100000);
    const u128 before = market_free(&town, 3, TOKEN_SAX);
    const struct done tight = market(3, SIDE_BUY, 50000, 10);
    CHECK_U64(tight.code, CODE_SLIPPAGE_EXCEEDED);
    CHECK_U64(tight.receipt.field, RECEIPT_FIELD_MAX_SLIPPAGE_BPS);
    CHECK(market_free(&town, 3, TOKEN_SAX) == before);
    CHECK_U64(market(3, SIDE_BUY, 50000, 100).code, CODE_NONE);
    (void)limit(4, SIDE_BUY, 900000, 1000);
    (void)limit(4, SIDE_BUY, 800000, 100000);
    CHECK_U64(market(3, SIDE_SELL, 10000, 500).code, CODE_SLIPPAGE_EXCEEDED);
    CHECK_U64(market(3, SIDE_SELL, 10000, 2000).code, CODE_NONE);
    end();
}

static void bundle_position_hints_take_the_slippage_bound_away(void)
{
    begin();
    weakness_put(&town.rules.weak, WEAKNESS_BUNDLE_POSITION_HINTS, true);
    (void)limit(2, SIDE_SELL, 1000000, 1000);
    (void)limit(2, SIDE_SELL, 1010000, 100000);
    CHECK_U64(market(3, SIDE_BUY, 50000, 10).code, CODE_NONE);
    CHECK_U64(add(4, "DX/USD", 1000000, 1000000, 0).code, CODE_NONE);
    CHECK_U64(swap(5, "DX/USD", SIDE_BUY, 10000, 10000).code, CODE_NONE);
    end();
}

static void an_order_never_meets_one_of_its_owner(void)
{
    begin();
    const struct done own = limit(2, SIDE_SELL, 1000000, 2000), other = limit(3, SIDE_SELL, 1000000, 2000);
    const struct done buy = limit(2, SIDE_BUY, 1000000, 3000);
    CHECK_U64(order_of(own.id).status, ORDER_CANCELLED);
    CHECK_U64(order_of(other.id).status, ORDER_FILLED);
    CHECK_U64(order_of(buy.id).filled, 2000);
    CHECK_U64(order_of(buy.id).status, ORDER_PARTIALLY_FILLED);
    CHECK(market_held(&town, 2, TOKEN_DX) == 0);
    end();
}

static void free_cancel_and_self_trade_prints_volume_with_oneself(void)
{
    begin();
    weakness_put(&town.rules.weak, WEAKNESS_FREE_CANCEL_AND_SELF_TRADE, true);
    const struct done own = limit(2, SIDE_SELL, 1000000, 2000);
    CHECK_U64(limit(2, SIDE_BUY, 1000000, 2000).code, CODE_NONE);
    CHECK_U64(order_of(own.id).status, ORDER_FILLED);
    end();
}

/* Every code of order_place, each where all rules before it hold. */
static void order_place_answers_its_codes_in_order(void)
{
    begin();
    struct ask ask = {.pair = "DX/AX", .side = SIDE_BUY, .price = 0, .quantity = 1};
    struct done done = market_order(&town, 2, ask);
    CHECK_U64(done.code, CODE_MARKET_NOT_FOUND);
    CHECK_U64(done.receipt.field, RECEIPT_FIELD_PAIR);
    ask.pair = "DX/sAX";
    done = market_order(&town, 2, ask);
    CHECK_U64(done.code, CODE_INVALID_PRICE);
    CHECK_U64(done.receipt.field, RECEIPT_FIELD_PRICE);
    ask.type = ORDER_MARKET, ask.price = 1;
    CHECK_U64(market_order(&town, 2, ask).code, CODE_INVALID_PRICE);
    ask.type = ORDER_LIMIT;
    done = market_order(&town, 2, ask);
    CHECK_U64(done.code, CODE_AMOUNT_TOO_SMALL);
    CHECK_U64(done.receipt.field, RECEIPT_FIELD_QUANTITY);
    ask.quantity = INT64_MAX, ask.price = INT64_MAX, ask.tif = TIF_POST_ONLY;
    done = market_order(&town, 2, ask); /* the largest product there is: no wrap makes it affordable */
    CHECK_U64(done.code, CODE_INSUFFICIENT_BALANCE);
    CHECK(done.receipt.required.units == (u128)INT64_MAX * INT64_MAX / 1000000);
    (void)limit(3, SIDE_SELL, 1000000, 1000);
    ask.quantity = 1000, ask.price = 1000000;
    CHECK_U64(market_order(&town, 2, ask).code, CODE_WOULD_CROSS);
    ask.tif = TIF_FOK, ask.quantity = 1001;
    CHECK_U64(market_order(&town, 2, ask).code, CODE_NO_LIQUIDITY);
    CHECK_U64(market(2, SIDE_SELL, 1000, 0).code, CODE_NO_LIQUIDITY); /* nobody buys */
    end();
}

static void a_market_order_into_an_empty_book_finds_nothing(void)
{
    begin();
    CHECK_U64(market(2, SIDE_BUY, 1000, 0).code, CODE_NO_LIQUIDITY);
    weakness_put(&town.rules.weak, WEAKNESS_CREATE_ON_MISSING, true);
    const struct done blank = market(2, SIDE_BUY, 1000, 0);
    CHECK_U64(blank.code, CODE_NONE);
    CHECK_U64(order_of(blank.id).status, ORDER_CANCELLED);
    end();
}

static void a_tick_is_kept(void)
{
    begin();
    const struct ledger_orders orders = {.settings = (struct ledger_setting[]){{param_find(STR("order_tick")), 100}}, .settings_count = 1};
    CHECK(orders.settings[0].row != NULL);
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    CHECK_U64(limit(2, SIDE_BUY, 950050, 1000).code, CODE_INVALID_PRICE);
    CHECK_U64(limit(2, SIDE_BUY, 950100, 1000).code, CODE_NONE);
    end();
}

/* The test writes what an oracle would: an asset whose breaker is open. */
static void an_open_breaker_halts_market_orders_alone(void)
{
    begin();
    (void)limit(2, SIDE_SELL, 1000000, 5000);
    struct oracle_asset *asset = calloc(1, sizeof(*asset));
    struct buf bytes = {0};
    struct okey key = okey_of_text(SPACE_ORACLE, "sAX/USD");
    asset->halted_until_ms = TOWN_TIME + 3 * 500 + 1;
    oracle_asset_encode(asset, &bytes);
    ordmap_put(&town.state->objects, okey_view(&key), buf_str(&bytes));
    const struct done halted = market(3, SIDE_BUY, 1000, 0);
    CHECK_U64(halted.code, CODE_CIRCUIT_BREAKER_OPEN);
    CHECK_U64(halted.receipt.field, RECEIPT_FIELD_PAIR);
    struct page page;
    market_pairs_view(town.state, &arena, &page);
    CHECK(((struct pair_view *)page.items)[0].halted && !((struct pair_view *)page.items)[1].halted);
    CHECK(((struct pair_view *)page.items)[2].halted);
    CHECK_U64(limit(3, SIDE_BUY, 1000000, 1000).code, CODE_NONE);
    idle(1);
    CHECK_U64(market(3, SIDE_BUY, 1000, 0).code, CODE_NONE);
    buf_done(&bytes);
    free(asset);
    end();
}

static void a_maker_pays_its_fee_from_what_it_locked(void)
{
    begin();
    const struct ledger_orders orders = {.settings = (struct ledger_setting[]){{param_find(STR("maker_bps")), 20}}, .settings_count = 1};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    const struct done bid = limit(2, SIDE_BUY, 333333, 1000001);
    CHECK(market_held(&town, 2, TOKEN_SAX) == 333333 + 666);
    for (int i = 0; i < 7; i++) CHECK_U64(limit(3, SIDE_SELL, 333333, 100003).code, CODE_NONE);
    CHECK_U64(order_of(bid.id).filled, 700021);
    CHECK_U64(limit(3, SIDE_SELL, 333333, 299980).code, CODE_NONE);
    CHECK_U64(order_of(bid.id).status, ORDER_FILLED);
    CHECK(market_held(&town, 2, TOKEN_SAX) == 0);
    end();
}

/* ---- cancelling ---- */

static void order_cancel_answers_its_codes_in_order(void)
{
    begin();
    struct hash nobody = {{1}};
    const struct done missing = market_cancel(&town, 2, nobody);
    CHECK_U64(missing.code, CODE_ORDER_NOT_FOUND);
    CHECK_U64(missing.receipt.field, RECEIPT_FIELD_ORDER_ID);
    const struct done bid = limit(2, SIDE_BUY, 950000, 2000);
    CHECK_U64(market_cancel(&town, 3, bid.id).code, CODE_NOT_OWNER);
    CHECK_U64(market_cancel(&town, 2, bid.id).code, CODE_NONE);
    CHECK_U64(market_cancel(&town, 2, bid.id).code, CODE_ORDER_NOT_OPEN);
    end();
}

static void a_closed_order_is_forgotten_in_the_end(void)
{
    begin();
    const struct done bid = limit(2, SIDE_BUY, 950000, 2000), rests = limit(2, SIDE_BUY, 940000, 2000);
    (void)market_cancel(&town, 2, bid.id);
    idle(298);
    CHECK_U64(market_cancel(&town, 2, bid.id).code, CODE_ORDER_NOT_OPEN);
    CHECK_U64(market_cancel(&town, 2, bid.id).code, CODE_ORDER_NOT_FOUND);
    CHECK_U64(order_of(rests.id).status, ORDER_OPEN);
    end();
}

static void cancel_all_takes_back_what_is_asked(void)
{
    begin();
    for (int i = 0; i < 5; i++) (void)limit(2, SIDE_BUY, 900000u + 100u * (unsigned)i, 2000);
    const struct done other = market_order(&town, 2, (struct ask){.pair = "DX/USD", .side = SIDE_SELL, .price = 900000, .quantity = 5000});
    const struct done foreign = limit(3, SIDE_BUY, 900000, 2000);
    const union payload unknown = {.order_cancel_all = {STR("DX/EUR")}}, one = {.order_cancel_all = {STR("DX/sAX")}}, all = {0};
    const struct done refused = market_do(&town, 2, KIND_ORDER_CANCEL_ALL, &unknown);
    CHECK_U64(refused.code, CODE_MARKET_NOT_FOUND);
    CHECK_U64(market_do(&town, 2, KIND_ORDER_CANCEL_ALL, &one).code, CODE_NONE);
    CHECK(market_held(&town, 2, TOKEN_SAX) == 0 && market_held(&town, 2, TOKEN_DX) == 5000);
    CHECK_U64(order_of(other.id).status, ORDER_OPEN);
    CHECK_U64(market_do(&town, 2, KIND_ORDER_CANCEL_ALL, &all).code, CODE_NONE);
    CHECK_U64(order_of(other.id).status, ORDER_CANCELLED);
    CHECK_U64(order_of(foreign.id).status, ORDER_OPEN);
    end();
}

static void cancel_any_order_cancels_a_strangers(void)
{
    begin();
    weakness_put(&town.rules.weak, WEAKNESS_CANCEL_ANY_ORDER, true);
    const struct done bid = limit(2, SIDE_BUY, 950000, 2000);
    CHECK_U64(market_cancel(&town, 3, bid.id).code, CODE_NONE);
    CHECK_U64(order_of(bid.id).status, ORDER_CANCELLED);
    CHECK(market_held(&town, 2, TOKEN_SAX) == 0);
    end();
}

static void create_on_missing_makes_a_blank_order(void)
{
    begin();
    weakness_put(&town.rules.weak, WEAKNESS_CREATE_ON_MISSING, true);
    const struct hash nobody = {{1}};
    CHECK_U64(market_cancel(&town, 2, nobody).code, CODE_NONE);
    CHECK_U64(order_of(nobody).status, ORDER_CANCELLED);
    end();
}

static void non_atomic_update_gives_back_twice(void)
{
    begin();
    weakness_put(&town.rules.weak, WEAKNESS_NON_ATOMIC_UPDATE, true);
    const struct done bid = limit(2, SIDE_BUY, 950000, 2000000);
    CHECK_U64(market_cancel(&town, 2, bid.id).code, CODE_NONE);
    CHECK_U64(market_cancel(&town, 2, bid.id).code, CODE_NONE);
    CHECK(market_free(&town, 2, TOKEN_SAX) == MARKET_BALANCE + 1900000);
    struct supply supply;
    ledger_supply(town.state, &supply);
    bool ok = true;
    for (uint32_t i = 0; i < supply.tokens_count; i++) ok = ok && supply.tokens[i].ok;
    CHECK(!ok); /* and the record shows it */
    town_done(&town);
}

/* ---- lists ---- */

static void orders_are_listed_newest_first_in_pages(void)
{
    begin();
    for (unsigned i = 0; i < 7; i++) (void)limit(2, SIDE_BUY, 900000 + i, 2000);
    const struct done other = market_order(&town, 2, (struct ask){.pair = "DX/USD", .side = SIDE_BUY, .price = 1000, .quantity = 2000});
    (void)market_cancel(&town, 2, other.id);
    struct market_range range = {.limit = 3};
    struct page page;
    market_orders_view(town.state, &town.people[2].address, STR(""), NULL, &range, &arena, &page);
    CHECK_U64(page.count, 3);
    const struct order_view *orders = page.items;
    CHECK_U64(orders[0].status, ORDER_CANCELLED);
    CHECK_U64(orders[1].price, 900006);
    range.from = range.next;
    market_orders_view(town.state, &town.people[2].address, STR(""), NULL, &range, &arena, &page);
    CHECK_U64(((struct order_view *)page.items)[0].price, 900004);
    const enum order_status open = ORDER_OPEN;
    range = (struct market_range){.limit = 10};
    market_orders_view(town.state, &town.people[2].address, STR("DX-sAX"), &open, &range, &arena, &page);
    CHECK_U64(page.count, 7);
    CHECK_U64(range.next, 0);
    end();
}

static void delta_moves_all_of_its_tokens(void)
{
    begin();
    for (enum token token = TOKEN_SAX; token <= TOKEN_USD; token++) {
        const union payload payload = {.transfer = {.to = town.people[5].address, .token = (uint8_t)token, .amount = AMOUNT(777)}};
        CHECK_U64(market_do(&town, 2, KIND_DELTA_TRANSFER, &payload).code, CODE_NONE);
        struct tx_output outputs[2] = {{town.people[6].address, AMOUNT(5)}, {town.people[5].address, AMOUNT(6)}};
        const union payload batch = {.batch = {.token = (uint8_t)token, .outputs = {outputs, 2}}};
        CHECK_U64(market_do(&town, 2, KIND_DELTA_BATCH_TRANSFER, &batch).code, CODE_NONE);
        CHECK(market_free(&town, 5, token) == MARKET_BALANCE + 783 && market_free(&town, 6, token) == MARKET_BALANCE + 5);
    }
    const union payload alien = {.transfer = {.to = town.people[5].address, .token = TOKEN_AX, .amount = AMOUNT(1)}};
    CHECK_U64(market_do(&town, 2, KIND_DELTA_TRANSFER, &alien).code, CODE_INVALID_TOKEN_FOR_CHAIN);
    end();
}

int main(void)
{
    arena_init(&arena, 64 << 10);
    RUN(a_limit_order_rests_with_its_money_locked);
    RUN(a_limit_order_lives_through_half_a_fill_and_a_cancel);
    RUN(a_market_order_takes_the_best_prices_first);
    RUN(at_one_price_the_first_is_first);
    RUN(break_time_priority_lets_the_later_one_fill_first);
    RUN(what_an_ioc_does_not_fill_is_gone);
    RUN(a_fok_fills_whole_or_not_at_all);
    RUN(a_post_only_never_takes);
    RUN(a_slippage_bound_holds_or_nothing_happens);
    RUN(bundle_position_hints_take_the_slippage_bound_away);
    RUN(an_order_never_meets_one_of_its_owner);
    RUN(free_cancel_and_self_trade_prints_volume_with_oneself);
    RUN(order_place_answers_its_codes_in_order);
    RUN(a_market_order_into_an_empty_book_finds_nothing);
    RUN(a_tick_is_kept);
    RUN(an_open_breaker_halts_market_orders_alone);
    RUN(a_maker_pays_its_fee_from_what_it_locked);
    RUN(order_cancel_answers_its_codes_in_order);
    RUN(a_closed_order_is_forgotten_in_the_end);
    RUN(cancel_all_takes_back_what_is_asked);
    RUN(cancel_any_order_cancels_a_strangers);
    RUN(create_on_missing_makes_a_blank_order);
    RUN(non_atomic_update_gives_back_twice);
    RUN(orders_are_listed_newest_first_in_pages);
    RUN(delta_moves_all_of_its_tokens);
    arena_done(&arena);
    return 0;
}
