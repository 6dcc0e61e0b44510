/* Orders, pools and flash loans, one claim at a time; the rules of each kind in the order of api 2.9; the switches. */
#include "market_fixture.h"

#include "network/ledger/market_priv.h"
#include "network/ledger/oracle_priv.h"

static struct town town;
static struct arena arena;

static void begin(void)
{
    market_init(&town);
    arena_reset(&arena);
}
static void end(void)
{
    market_check_supply(&town, true);
    town_done(&town);
}

static struct order_view order_of(struct hash id)
{
    struct order_view view;
    CHECK(market_order_view(town.state, &id, &arena, &view));
    return view;
}
static struct book_view book_of(const char *pair)
{
    struct book_view view;
    CHECK(market_book_view(town.state, str_of(pair), 50, &arena, &view));
    return view;
}
static struct done limit(size_t who, enum side side, uint64_t price, uint64_t quantity)
{
    return market_order(&town, who, (struct ask){.side = side, .price = price, .quantity = quantity});
}
static struct done market(size_t who, enum side side, uint64_t quantity, uint16_t slippage)
{
    return market_order(&town, who, (struct ask){.side = side, .type = ORDER_MARKET, .quantity = quantity, .slippage = slippage});
}
static struct done add(size_t who, const char *pair, uint64_t base, uint64_t quote, uint64_t min)
{
    const union payload payload = {.amm_add = {str_of(pair), AMOUNT(base), AMOUNT(quote), AMOUNT(min)}};
    return market_do(&town, who, KIND_AMM_ADD, &payload);
}
static struct done swap(size_t who, const char *pair, enum side side, uint64_t in, uint64_t min)
{
    const union payload payload = {.amm_swap = {str_of(pair), (uint8_t)side, AMOUNT(in), AMOUNT(min)}};
    return market_do(&town, who, KIND_AMM_SWAP, &payload);
}
static struct done take_out(size_t who, const char *pair, uint64_t shares, uint64_t min_base, uint64_t min_quote)
{
    const union payload payload = {.amm_remove = {str_of(pair), AMOUNT(shares), AMOUNT(min_base), AMOUNT(min_quote)}};
    return market_do(&town, who, KIND_AMM_REMOVE, &payload);
}
static void idle(uint32_t blocks)
{
    for (uint32_t i = 0; i < blocks; i++) ledger_result_unref(town_run(&town, NULL, NULL, 0));
}

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

/* ---- the surcharge (api 2.4) ---- */

static enum code cancel_admitted(size_t who, struct amount fee)
{
    const struct ledger_account account = town_account(&town, who);
    struct buf bytes = {0};
    const union payload payload = {0};
    payload_encode(KIND_ORDER_CANCEL_ALL, &payload, &bytes);
    const struct tx_spec spec = {
        .domain = town.rules.domain, .kind = KIND_ORDER_CANCEL_ALL, .nonce = account.nonce, .fee = fee, .payload = buf_str(&bytes)};
    struct tx *tx = town_sign(&town, who, &spec);
    const struct ledger_sender sender = {.account = &account};
    const struct ledger_moment moment = {
        .params = ledger_params(town.state), .height = ledger_height(town.state) + 1, .now_ms = TOWN_TIME, .state = town.state};
    static struct apierror error;
    const enum code code = ledger_admit(&town.rules, &sender, &moment, tx, &error);
    tx_unref(tx);
    buf_done(&bytes);
    return code;
}

static void cancel_in_bulk(size_t who, int orders)
{
    for (int i = 0; i < orders; i++) (void)limit(who, SIDE_BUY, 900000u + (unsigned)i, 2000);
    const union payload all = {0};
    (void)market_do(&town, who, KIND_ORDER_CANCEL_ALL, &all);
}

static void cancelling_in_bulk_costs_double_and_double_again(void)
{
    begin();
    const struct amount least = AMOUNT(100 + TX_BYTES_MIN + 2), twice = AMOUNT(2 * least.units), four = AMOUNT(4 * least.units);
    CHECK_U64(cancel_admitted(2, AMOUNT(least.units - 1)), CODE_FEE_TOO_LOW);
    cancel_in_bulk(2, 49);
    CHECK_U64(cancel_admitted(2, least), CODE_NONE);
    cancel_in_bulk(2, 1);
    CHECK_U64(cancel_admitted(2, AMOUNT(twice.units - 1)), CODE_FEE_TOO_LOW);
    CHECK_U64(cancel_admitted(2, twice), CODE_NONE);
    CHECK_U64(cancel_admitted(3, least), CODE_NONE);
    cancel_in_bulk(2, 50);
    CHECK_U64(cancel_admitted(2, AMOUNT(four.units - 1)), CODE_FEE_TOO_LOW);
    CHECK_U64(cancel_admitted(2, four), CODE_NONE);
    weakness_put(&town.rules.weak, WEAKNESS_FREE_CANCEL_AND_SELF_TRADE, true);
    CHECK_U64(cancel_admitted(2, least), CODE_NONE);
    weakness_put(&town.rules.weak, WEAKNESS_FREE_CANCEL_AND_SELF_TRADE, false);
    idle(100);
    CHECK_U64(cancel_admitted(2, least), CODE_NONE);
    end();
}

/* ---- patterns ---- */

static size_t patterns_in(struct market_pattern *out)
{
    return market_patterns(town.state, out, 8);
}

static void placing_and_taking_back_is_told(void)
{
    begin();
    struct market_pattern patterns[8];
    idle(99); /* to the beginning of a window */
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 49; i++) (void)limit(2, SIDE_BUY, 900000u + (unsigned)i, 2000);
        const union payload all = {0};
        CHECK_U64(market_do(&town, 2, KIND_ORDER_CANCEL_ALL, &all).code, CODE_NONE);
    }
    CHECK_U64(patterns_in(patterns), 0);
    end();
    begin();
    for (int round = 0; round < 2; round++) {
        struct tx *txs[60];
        const uint64_t nonce = town_account(&town, 2).nonce;
        for (int i = 0; i < 60; i++) {
            const struct ask ask = {.side = SIDE_BUY, .price = 900000u + (unsigned)i, .quantity = 2000};
            const union payload payload = ask_payload(&ask);
            txs[i] = market_tx(&town, 2, nonce + (unsigned)i, KIND_ORDER_PLACE, &payload);
        }
        ledger_result_unref(town_run(&town, NULL, txs, 60));
        const union payload all = {0};
        CHECK_U64(market_do(&town, 2, KIND_ORDER_CANCEL_ALL, &all).code, CODE_NONE);
        CHECK_U64(patterns_in(patterns), round);
    }
    CHECK(strcmp(patterns[0].type, "SPOOFING") == 0 && address_eq(&patterns[0].subject, &town.people[2].address));
    end();
}

static size_t wash(int rounds, bool others)
{
    struct market_pattern patterns[8];
    size_t told = 0;
    for (int i = 0; i < rounds; i++) {
        const size_t seller = i % 2 ? 2 : 3, buyer = others && i % 3 == 0 ? 4 + (size_t)i % 5 : 5 - seller;
        CHECK_U64(limit(seller, SIDE_SELL, 1000000, 2000).code, CODE_NONE);
        CHECK_U64(limit(buyer, SIDE_BUY, 1000000, 2000).code, CODE_NONE);
        told += patterns_in(patterns);
    }
    return told;
}

static void two_accounts_that_trade_with_each_other_alone_are_told(void)
{
    begin();
    CHECK_U64(wash(40, false), 1);
    end();
    begin();
    CHECK_U64(wash(40, true), 0); /* others trade too: no pattern */
    end();
    begin();
    weakness_put(&town.rules.weak, WEAKNESS_FREE_CANCEL_AND_SELF_TRADE, true);
    CHECK_U64(wash(40, false), 0);
    end();
}

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
    RUN(cancelling_in_bulk_costs_double_and_double_again);
    RUN(placing_and_taking_back_is_told);
    RUN(two_accounts_that_trade_with_each_other_alone_are_told);
    RUN(pools_give_shares_and_take_them_back);
    RUN(pools_answer_their_codes_in_order);
    RUN(a_swap_stands_on_the_tape);
    RUN(a_flash_loan_is_paid_back_with_its_fee_or_never_was);
    RUN(flash_loans_answer_their_codes_in_order);
    RUN(operations_in_a_loan_trade_and_are_orders_of_their_own);
    RUN(orders_are_listed_newest_first_in_pages);
    RUN(delta_moves_all_of_its_tokens);
    arena_done(&arena);
    return 0;
}
