/* One transaction a block, of any kind, by its payload: for tests of families. */
#ifndef LEDGER_TEST_ACT_H
#define LEDGER_TEST_ACT_H

#include "chain/payload.h"
#include "fixture.h"

/* Signs, runs it in a block of its own with a fee of 5000, and gives its receipt. */
static inline struct receipt act(struct town *town, size_t person, enum kind kind, const union payload *payload)
{
    struct buf bytes = {0};
    payload_encode(kind, payload, &bytes);
    struct tx_spec spec = {.domain = town->rules.domain,
                           .kind = kind,
                           .nonce = town_account(town, person).nonce,
                           .fee = AMOUNT(5000),
                           .payload = buf_str(&bytes)};
    struct tx_rules any = ledger_tx_rules(&town->rules);
    struct buf raw = {0};
    struct apierror error = {0};
    tx_spec_encode(&spec, &town->people[person].key.pub, &raw);
    struct buf signed_bytes = {0};
    tx_sign_raw(buf_str(&raw), SIM, &town->people[person].key, &signed_bytes);
    struct tx *tx = tx_decode(buf_str(&signed_bytes), &any, &error);
    if (tx == NULL) CHECK_FAIL("%s %s", error.field, error.message);
    struct ledger_result *result = town_run(town, NULL, &tx, 1);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    const struct receipt receipt = result->receipts[0];
    ledger_result_unref(result);
    buf_done(&bytes);
    buf_done(&raw);
    buf_done(&signed_bytes);
    return receipt;
}
static inline void act_is(struct town *town, size_t person, enum kind kind, const union payload *payload, enum code code,
                          enum receipt_field field)
{
    const struct receipt receipt = act(town, person, kind, payload);
    CHECK_STR(code_text((enum code)receipt.code), code_text(code));
    CHECK_U64(receipt.field, field);
    town_check_supply(town, true);
}
static inline void act_well(struct town *town, size_t person, enum kind kind, const union payload *payload)
{
    act_is(town, person, kind, payload, CODE_NONE, RECEIPT_FIELD_NONE);
}
/* Empty blocks up to and including `height`. */
static inline void wait_until(struct town *town, uint32_t height)
{
    while (ledger_height(town->state) < height) {
        struct ledger_result *result = town_run(town, NULL, NULL, 0);
        CHECK_U64(result->verdict, LEDGER_GOOD);
        ledger_result_unref(result);
    }
}

#endif
