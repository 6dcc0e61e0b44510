/* Tries to get an answer that market_book_view would not give: after orders came and went, of another pair, for another depth,
 * and when more is asked for than is held. */
#include "network/ledger/test/market_fixture.h"
#include "network/node/bookcache.h"

static struct town town;
static struct arena arena;
static const char *const names[] = {"DX-sAX", "DX/sAX", "DX-USD", "sAX-USD"};

static void check_same(struct bookcache *cache, const struct ledger_state *state, const char *pair, uint32_t depth)
{
    struct book_view plain, kept;
    CHECK(market_book_view(state, str_of(pair), depth, &arena, &plain));
    CHECK(bookcache_view(cache, state, str_of(pair), depth, &arena, &kept));
    CHECK_STR(kept.pair, plain.pair);
    CHECK_U64(kept.sequence, plain.sequence);
    CHECK_U64(kept.height, plain.height);
    CHECK_U64(kept.bids_count, plain.bids_count);
    CHECK_U64(kept.asks_count, plain.asks_count);
    for (size_t i = 0; i < plain.bids_count; i++) {
        CHECK_U64(kept.bids[i].price, plain.bids[i].price);
        CHECK_U64(kept.bids[i].quantity, plain.bids[i].quantity);
        CHECK_U64(kept.bids[i].orders, plain.bids[i].orders);
    }
    for (size_t i = 0; i < plain.asks_count; i++) {
        CHECK_U64(kept.asks[i].price, plain.asks[i].price);
        CHECK_U64(kept.asks[i].quantity, plain.asks[i].quantity);
        CHECK_U64(kept.asks[i].orders, plain.asks[i].orders);
    }
}

static void a_book_that_is_held_is_the_book_of_its_state(void)
{
    market_init(&town);
    struct bookcache *cache = bookcache_new();
    struct ledger_state *before = ledger_state_ref(town.state);
    for (uint32_t i = 0; i < 20; i++) {
        const struct ask ask = {.side = i % 3 == 0 ? SIDE_BUY : SIDE_SELL,
                                .price = i % 3 == 0 ? 900000 + 1000 * i : 1000000 + 1000 * i,
                                .quantity = 1000 + i};
        CHECK_U64(market_order(&town, i % 5, ask).code, CODE_NONE);
        for (size_t n = 0; n < ARRAY_LEN(names); n++) check_same(cache, town.state, names[n], 50);
        for (uint32_t depth = 1; depth < 4; depth++) check_same(cache, town.state, names[0], depth);
        check_same(cache, before, names[0], 50);
        check_same(cache, town.state, names[0], 50);
    }
    struct book_view view;
    CHECK(!bookcache_view(cache, town.state, STR("DX-AX"), 50, &arena, &view));
    ledger_state_unref(before);
    bookcache_free(cache);
    town_done(&town);
}

int main(void)
{
    arena_init(&arena, 0);
    RUN(a_book_that_is_held_is_the_book_of_its_state);
    arena_done(&arena);
    return 0;
}
