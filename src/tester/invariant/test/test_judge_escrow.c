/* INV-13 is fed the lives of withdrawals, and then lies: escrow that leaks, owners nobody approved, steps that cannot be. */
#include "blocks.h"

static struct hash sent(uint32_t height, uint8_t who, enum kind kind, const union payload *payload)
{
    struct tx *txs[] = {make(who, kind, payload)};
    const struct hash id = txs[0]->id;
    give(CHAIN_DELTA, height, txs, 1);
    return id;
}

static void escrow_is(uint32_t height, uint64_t units)
{
    struct supply supply = {.finalized_height = height, .tokens_count = 1};
    supply.tokens[0] = (struct supply_token){.token = TOKEN_DX, .genesis = AMOUNT(units), .escrow = AMOUNT(units), .total = AMOUNT(units), .ok = true};
    judge_chain_supply(&judge, CHAIN_DELTA, &supply);
}

static void approve_owner(uint32_t height, uint8_t who)
{
    const union payload review = {.kyc_review = {address_of(who), {{1}}, KYC_APPROVE, 0}};
    (void)sent(height, 5, KIND_KYC_REVIEW, &review);
}
static struct hash request(uint32_t height, uint8_t who, uint64_t amount)
{
    const union payload payload = {.offramp_request = {AMOUNT(amount), STR("USD"), {{7}}}};
    return sent(height, who, KIND_OFFRAMP_REQUEST, &payload);
}
static void approve(uint32_t height, struct hash id)
{
    const union payload payload = {.offramp_approve = {id, true}};
    (void)sent(height, 5, KIND_OFFRAMP_APPROVE, &payload);
}
static struct hash settle(uint32_t height, struct hash id, enum settle_outcome outcome)
{
    const union payload payload = {.offramp_settle = {id, (uint8_t)outcome, STR("ref")}};
    return sent(height, 6, KIND_OFFRAMP_SETTLE, &payload);
}
static struct hash with_id(uint32_t height, uint8_t who, enum kind kind, struct hash id)
{
    const union payload payload = {.id = {id}};
    return sent(height, who, kind, &payload);
}

static void honest_withdrawals_violate_nothing(void)
{
    start();
    approve_owner(1, 0);
    escrow_is(1, 0);
    const struct hash a = request(2, 0, 1000), b = request(3, 0, 50);
    escrow_is(3, 1050);
    approve(4, a);
    approve(5, b);
    (void)settle(6, a, SETTLE_FAILURE);
    escrow_is(6, 1050);
    (void)with_id(7, 0, KIND_OFFRAMP_RETRY, a);
    (void)settle(8, a, SETTLE_SUCCESS);
    escrow_is(8, 50);
    (void)settle(9, b, SETTLE_FAILURE);
    (void)with_id(10, 0, KIND_OFFRAMP_CANCEL, b);
    escrow_is(10, 0);
    const struct offramp_view view = {.request_id = a, .amount = AMOUNT(1000), .status = OFFRAMP_SETTLED, .updated_height = 8};
    judge_escrow_withdrawal(&judge, &view);
    CHECK_U64(judge.state[13].violations, 0);
    CHECK(judge.state[13].samples >= 14);
    CHECK_U64(judge.escrow.due.count, 4);
    finish();
}

static void a_failed_settlement_that_keeps_one_unit_is_told(void)
{
    start();
    approve_owner(1, 0);
    const struct hash id = request(2, 0, 1000);
    approve(3, id);
    escrow_is(3, 1000);
    const struct hash by = settle(4, id, SETTLE_FAILURE);
    CHECK_U64(told, 0);
    escrow_is(4, 999);
    CHECK_U64(judge.state[13].violations, 1);
    CHECK_U64(judge.escrow.off + 1, 0);
    CHECK(strstr(judge.state[13].note, "block 4") && strstr(judge.state[13].note, "999"));
    escrow_is(4, 999); /* once */
    CHECK_U64(judge.state[13].violations, 1);
    (void)by;
    const struct offramp_view view = {.request_id = id, .amount = AMOUNT(1000), .status = OFFRAMP_FAILED, .updated_height = 4, .escrow = AMOUNT(999)};
    judge_escrow_withdrawal(&judge, &view);
    CHECK_U64(judge.state[13].violations, 2);
    finish();
}

static void the_transaction_that_moved_escrow_is_named(void)
{
    start();
    approve_owner(1, 0);
    const struct hash id = request(2, 0, 1000);
    approve(3, id);
    const struct hash by = settle(4, id, SETTLE_SUCCESS);
    escrow_is(4, 1);
    CHECK_U64(judge.state[13].violations, 1);
    char text[17] = {0};
    str_hex(by.b, 8, text);
    CHECK(strstr(judge.state[13].note, text));
    finish();
}

static void an_owner_nobody_approved_is_told(void)
{
    start();
    const struct hash id = request(1, 0, 10);
    CHECK_U64(judge.state[13].violations, 1);
    CHECK(hash_eq(&last.subject, &id) && strstr(last.text, "never approved"));
    approve(2, id);
    const struct hash by = settle(3, id, SETTLE_SUCCESS);
    CHECK_U64(judge.state[13].violations, 2);
    CHECK(hash_eq(&last.subject, &by) && strstr(last.text, "settles"));
    finish();
}

static void a_step_that_cannot_be_is_told(void)
{
    start();
    approve_owner(1, 0);
    const struct hash id = request(2, 0, 10);
    (void)settle(3, id, SETTLE_SUCCESS); /* nobody approved it */
    CHECK_U64(judge.state[13].violations, 1);
    (void)with_id(4, 0, KIND_OFFRAMP_CANCEL, id); /* settled and returned */
    CHECK_U64(judge.state[13].violations, 2);
    (void)with_id(5, 0, KIND_OFFRAMP_CANCEL, (struct hash){{8}}); /* never requested */
    CHECK_U64(judge.state[13].violations, 3);
    finish();
}

static void what_failed_counts_for_nothing(void)
{
    start();
    const union payload payload = {.offramp_request = {AMOUNT(10), STR("USD"), {{7}}}};
    struct tx *txs[] = {make(0, KIND_OFFRAMP_REQUEST, &payload)};
    struct shown shown;
    show(&shown, CHAIN_DELTA, 1, txs, 1, 0);
    feed(&shown);
    escrow_is(1, 0);
    CHECK_U64(told, 0);
    CHECK_U64(judge.state[13].samples, 0);
    tx_unref(txs[0]);
    finish();
}

int main(void)
{
    RUN(honest_withdrawals_violate_nothing);
    RUN(a_failed_settlement_that_keeps_one_unit_is_told);
    RUN(the_transaction_that_moved_escrow_is_named);
    RUN(an_owner_nobody_approved_is_told);
    RUN(a_step_that_cannot_be_is_told);
    RUN(what_failed_counts_for_nothing);
    return 0;
}
