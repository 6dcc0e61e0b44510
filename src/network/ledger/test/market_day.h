/* Market day: one town, and what its people do in its markets, as the tests of markets say it. */
#ifndef LEDGER_TEST_MARKET_DAY_H
#define LEDGER_TEST_MARKET_DAY_H

#include "market_fixture.h"

#include "network/ledger/market_priv.h"
#include "network/ledger/oracle_priv.h"

static struct town town;
static struct arena arena;

static inline void begin(void)
{
    market_init(&town);
    arena_reset(&arena);
}
static inline void end(void)
{
    market_check_supply(&town, true);
    town_done(&town);
}

static inline struct order_view order_of(struct hash id)
{
    struct order_view view;
    CHECK(market_order_view(town.state, &id, &arena, &view));
    return view;
}
static inline struct book_view book_of(const char *pair)
{
    struct book_view view;
    CHECK(market_book_view(town.state, str_of(pair), 50, &arena, &view));
    return view;
}
static inline struct done limit(size_t who, enum side side, uint64_t price, uint64_t quantity)
{
    return market_order(&town, who, (struct ask){.side = side, .price = price, .quantity = quantity});
}
static inline struct done market(size_t who, enum side side, uint64_t quantity, uint16_t slippage)
{
    return market_order(&town, who, (struct ask){.side = side, .type = ORDER_MARKET, .quantity = quantity, .slippage = slippage});
}
static inline struct done add(size_t who, const char *pair, uint64_t base, uint64_t quote, uint64_t min)
{
    const union payload payload = {.amm_add = {str_of(pair), AMOUNT(base), AMOUNT(quote), AMOUNT(min)}};
    return market_do(&town, who, KIND_AMM_ADD, &payload);
}
static inline struct done swap(size_t who, const char *pair, enum side side, uint64_t in, uint64_t min)
{
    const union payload payload = {.amm_swap = {str_of(pair), (uint8_t)side, AMOUNT(in), AMOUNT(min)}};
    return market_do(&town, who, KIND_AMM_SWAP, &payload);
}
static inline struct done take_out(size_t who, const char *pair, uint64_t shares, uint64_t min_base, uint64_t min_quote)
{
    const union payload payload = {.amm_remove = {str_of(pair), AMOUNT(shares), AMOUNT(min_base), AMOUNT(min_quote)}};
    return market_do(&town, who, KIND_AMM_REMOVE, &payload);
}
static inline void idle(uint32_t blocks)
{
    for (uint32_t i = 0; i < blocks; i++) ledger_result_unref(town_run(&town, NULL, NULL, 0));
}

#endif
