/* Tries to pass a block off as ordered in which a transaction stands behind one of a lower tip that it could have gone before, or a payment behind an order. */
#include "core/base/check.h"
#include "tester/scenario/run_priv.h"

static struct tx txs[4];
static struct tx_view views[4];

static void put(size_t i, uint8_t sender, uint64_t nonce, uint64_t tip, enum kind kind)
{
    memset(&txs[i], 0, sizeof(txs[i]));
    txs[i].sender.b[0] = sender;
    txs[i].nonce = nonce;
    txs[i].tip = AMOUNT(tip);
    txs[i].kind = kind;
    views[i] = (struct tx_view){.envelope = &txs[i]};
}

static void the_general_part_goes_by_tip(void)
{
    put(0, 1, 0, 9, KIND_DELTA_TRANSFER);
    put(1, 2, 0, 5, KIND_DELTA_TRANSFER);
    put(2, 3, 0, 5, KIND_DELTA_TRANSFER);
    CHECK(lanes_in_order(views, 3));
    put(2, 3, 0, 6, KIND_DELTA_TRANSFER);
    CHECK(!lanes_in_order(views, 3));
}

static void who_waits_for_its_own_nonce_may_stand_behind_less(void)
{
    put(0, 1, 0, 3, KIND_DELTA_TRANSFER);
    put(1, 1, 1, 9, KIND_DELTA_TRANSFER); /* not ready before its first stood */
    put(2, 2, 0, 2, KIND_DELTA_TRANSFER);
    CHECK(lanes_in_order(views, 3));
    put(1, 2, 0, 2, KIND_DELTA_TRANSFER);
    put(2, 1, 1, 9, KIND_DELTA_TRANSFER); /* it was ready when the second was taken */
    CHECK(!lanes_in_order(views, 3));
}

static void orders_come_last_and_tips_do_not_move_them(void)
{
    put(0, 1, 0, 0, KIND_DELTA_TRANSFER);
    put(1, 2, 0, 0, KIND_ORDER_PLACE);
    put(2, 3, 0, 9, KIND_ORDER_PLACE);
    CHECK(lanes_in_order(views, 3));
    put(2, 3, 0, 0, KIND_DELTA_TRANSFER);
    CHECK(!lanes_in_order(views, 3));
    CHECK(lanes_in_order(views, 1) && lanes_in_order(views, 0));
}

int main(void)
{
    RUN(the_general_part_goes_by_tip);
    RUN(who_waits_for_its_own_nonce_may_stand_behind_less);
    RUN(orders_come_last_and_tips_do_not_move_them);
    return 0;
}
