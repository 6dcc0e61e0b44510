/* INV-10 is fed vaults that do not cover, and liquidations above the margin. */
#include "blocks.h"

static void a_vault_that_covers_is_fine_and_one_unit_short_is_told_once(void)
{
    start();
    judge_perps_vault(&judge, 5, AMOUNT(1000), AMOUNT(100), 1000);
    CHECK_U64(told, 0);
    judge_perps_vault(&judge, 6, AMOUNT(1000), AMOUNT(100), 1001);
    CHECK_U64(told, 1);
    CHECK(last.invariant == 10 && last.height == 6 && strstr(last.text, "1001"));
    judge_perps_vault(&judge, 7, AMOUNT(1000), AMOUNT(100), 1002);
    CHECK_U64(told, 1);
    judge_perps_vault(&judge, 8, AMOUNT(1002), AMOUNT(100), 1002);
    judge_perps_vault(&judge, 9, AMOUNT(1002), AMOUNT(1003), 0); /* insurance that is not there */
    CHECK_U64(told, 2);
    CHECK_U64(judge.state[10].samples, 5);
    finish();
}

static struct hash position(uint32_t height, uint8_t who, enum side side)
{
    const union payload open = {.perp_open = {.market = STR("DX-PERP"), .side = (uint8_t)side, .size = 5, .leverage = 3}};
    struct tx *txs[] = {make(who, KIND_PERP_OPEN, &open)};
    const struct hash id = txs[0]->id;
    give(CHAIN_DELTA, height, txs, 1);
    return id;
}
static struct hash liquidate(uint32_t height, const struct hash *id)
{
    const union payload payload = {.id = {*id}};
    struct tx *txs[] = {make(4, KIND_PERP_LIQUIDATE, &payload)};
    const struct hash by = txs[0]->id;
    give(CHAIN_DELTA, height, txs, 1);
    return by;
}
static void says(const struct hash *id, uint32_t height, uint64_t mark, uint64_t price)
{
    const struct liquidation_view view = {.position_id = *id, .market = STR("DX-PERP"), .mark_price = mark, .liquidation_price = price, .height = height};
    judge_perps_liquidation(&judge, &view, height);
    judge_perps_liquidation(&judge, &view, height); /* read again at the next look */
}

static void liquidations_at_or_below_the_margin_are_fine(void)
{
    start();
    const struct hash l = position(1, 0, SIDE_BUY), s = position(2, 1, SIDE_SELL);
    (void)liquidate(3, &l);
    (void)liquidate(4, &s);
    CHECK(judge.perps.due && judge.perps.owners.count == 2);
    says(&l, 3, 90, 90);
    says(&s, 4, 110, 105);
    CHECK_U64(told, 0);
    CHECK_U64(judge.state[10].samples, 2);
    finish();
}

static void a_liquidation_above_the_margin_is_told_on_either_side(void)
{
    start();
    const struct hash l = position(1, 0, SIDE_BUY), s = position(2, 1, SIDE_SELL);
    const struct hash by_l = liquidate(3, &l), by_s = liquidate(4, &s);
    says(&l, 3, 91, 90);
    CHECK_U64(told, 1);
    CHECK(hash_eq(&last.subject, &by_l) && last.height == 3 && strstr(last.text, "mark 91, liquidation price 90"));
    says(&s, 4, 104, 105);
    CHECK_U64(told, 2);
    CHECK(hash_eq(&last.subject, &by_s) && last.height == 4);
    finish();
}

static void a_liquidation_that_is_not_final_waits(void)
{
    start();
    const struct hash l = position(1, 0, SIDE_BUY);
    const struct liquidation_view view = {.position_id = l, .mark_price = 91, .liquidation_price = 90, .height = 3};
    judge_perps_liquidation(&judge, &view, 2);
    judge_perps_liquidation(&judge, &view, 3); /* its block is not read */
    CHECK_U64(told, 0);
    (void)liquidate(3, &l);
    judge_perps_liquidation(&judge, &view, 3);
    CHECK_U64(told, 1);
    finish();
}

static void only_profits_are_owed(void)
{
    const struct position_view profit = {.unrealized_pnl = STR("17")}, loss = {.unrealized_pnl = STR("-17")};
    CHECK_U64((uint64_t)perps_profit(&profit), 17);
    CHECK_U64((uint64_t)perps_profit(&loss), 0);
}

int main(void)
{
    RUN(a_vault_that_covers_is_fine_and_one_unit_short_is_told_once);
    RUN(liquidations_at_or_below_the_margin_are_fine);
    RUN(a_liquidation_above_the_margin_is_told_on_either_side);
    RUN(a_liquidation_that_is_not_final_waits);
    RUN(only_profits_are_owed);
    return 0;
}
