/* INV-11, the part that is seen from outside: receipts that are not the block's, headers that do not follow, transactions no block may hold,
 * a proven state that the blocks do not lead to. */
#include "blocks.h"

static void honest_blocks_are_valid(void)
{
    start();
    for (uint32_t height = 1; height <= 5; height++) {
        struct tx *a[] = {make_transfer(0, CHAIN_ALPHA, 5), make_transfer(1, CHAIN_ALPHA, 5)}, *d[] = {make_transfer(0, CHAIN_DELTA, 5)};
        give(CHAIN_ALPHA, height, a, 2);
        give(CHAIN_DELTA, height, d, 1);
    }
    const struct judge_validity asked = judge.validity[CHAIN_DELTA - 1];
    CHECK(asked.has_account && asked.height == 5 && asked.nonce == 5);
    judge_validity_account(&judge, CHAIN_DELTA, &asked, TRUST_OK, &(struct trust_account){.nonce = 5});
    CHECK_U64(told, 0);
    CHECK_U64(judge.state[11].samples, 5 * (1 + 2) + 5 * (1 + 1) + 1);
    finish();
}

static void receipts_of_another_block_are_told(void)
{
    struct tx *txs[] = {make_transfer(0, CHAIN_ALPHA, 5)};
    struct shown shown;
    start();
    show(&shown, CHAIN_ALPHA, 1, txs, 1, -1);
    shown.views[0].receipt.code = CODE_INSUFFICIENT_BALANCE; /* shown as failed; the root says it succeeded */
    feed(&shown);
    CHECK_U64(judge.state[11].violations, 1);
    CHECK(strstr(last.text, "receipts_root") && last.height == 1);
    tx_unref(txs[0]);
    finish();
}

static void a_header_that_does_not_follow_is_told(void)
{
    struct shown shown;
    start();
    give(CHAIN_ALPHA, 1, NULL, 0);
    show(&shown, CHAIN_ALPHA, 2, NULL, 0, -1);
    shown.block.header.timestamp_ms = 1; /* before its parent */
    feed(&shown);
    CHECK_U64(told, 1);
    show(&shown, CHAIN_ALPHA, 3, NULL, 0, -1);
    shown.block.header.round = 2; /* its parent's */
    feed(&shown);
    CHECK_U64(told, 2);
    CHECK(last.invariant == 11 && last.height == 3);
    finish();
}

static void a_transaction_that_no_block_may_hold_is_told(void)
{
    start();
    struct shown shown;
    struct tx *foreign[] = {make_transfer(0, CHAIN_DELTA, 5)}, *dear[] = {make_transfer(1, CHAIN_ALPHA, 5)};
    show(&shown, CHAIN_ALPHA, 1, foreign, 1, -1);
    feed(&shown);
    CHECK_U64(judge.state[11].violations, 1);
    CHECK(strstr(last.text, "another chain"));
    show(&shown, CHAIN_ALPHA, 2, dear, 1, -1);
    shown.views[0].receipt.fee_charged = AMOUNT(2001);
    const struct merkle list = receipts_list(&shown);
    shown.block.header.receipts_root = merkle_root(&list);
    feed(&shown);
    CHECK_U64(judge.state[11].violations, 2);
    CHECK(strstr(last.text, "more than its fee") && hash_eq(&last.subject, &dear[0]->id));
    tx_unref(foreign[0]);
    tx_unref(dear[0]);
    finish();
}

static void an_expired_transaction_is_told(void)
{
    start();
    struct apierror error;
    const struct seckey key = key_of(0);
    const struct tx_spec spec = {.domain = domain_of(CHAIN_ALPHA, NETWORK_MAINNET), .kind = KIND_ALPHA_TRANSFER, .fee = AMOUNT(2000), .token = TOKEN_AX, .to = address_of(1),
                                 .amount = AMOUNT(1), .valid_until = 4};
    struct tx *tx = tx_build(&spec, block_suite, &key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    give(CHAIN_ALPHA, 5, &tx, 1);
    CHECK_U64(judge.state[11].violations, 1);
    CHECK(strstr(last.text, "no longer valid"));
    finish();
}

static void a_state_that_its_blocks_do_not_lead_to_is_told(void)
{
    start();
    struct tx *txs[] = {make_transfer(0, CHAIN_ALPHA, 5)};
    const struct hash id = txs[0]->id;
    give(CHAIN_ALPHA, 1, txs, 1);
    const struct judge_validity asked = judge.validity[CHAIN_ALPHA - 1];
    const struct trust_account stuck = {.nonce = 0};
    judge_validity_account(&judge, CHAIN_ALPHA, &asked, TRUST_STATE, &stuck); /* proves nothing */
    CHECK_U64(told, 0);
    judge_validity_account(&judge, CHAIN_ALPHA, &asked, TRUST_OK, &stuck);
    CHECK_U64(told, 1);
    CHECK(last.invariant == 11 && hash_eq(&last.subject, &id) && strstr(last.text, "its blocks lead to 1"));
    finish();
}

int main(void)
{
    RUN(honest_blocks_are_valid);
    RUN(receipts_of_another_block_are_told);
    RUN(a_header_that_does_not_follow_is_told);
    RUN(a_transaction_that_no_block_may_hold_is_told);
    RUN(an_expired_transaction_is_told);
    RUN(a_state_that_its_blocks_do_not_lead_to_is_told);
    return 0;
}
