/* Forged spends of the shielded pool: every byte, the eight kinds of forgery, and what each switch lets through. */
#include "chain/feature.h"
#include "shielded_town.h"

/* ---- every byte counts ---- */

static void no_changed_byte_is_accepted(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 2);
    want.outputs[0].value = 90000;
    want.outputs[1].value = 10000;
    struct tx *good = pool_spend(&p, &want);
    CHECK_U64(pool_admit_code(&p, good), CODE_NONE);
    const size_t payload = TX_HEADER_BYTES + tx_payload(good).len;
    uint8_t *bytes = malloc(payload);
    for (size_t i = 0; i < payload; i++) {
        if (i >= 64 && i < 100) continue; /* the key is resigned with; the length frames */
        memcpy(bytes, good->bytes, payload);
        bytes[i] ^= (uint8_t)(1u << (i % 8));
        struct tx *forged = pool_resign(&p, bytes, payload, want.sender);
        if (forged == NULL) continue; /* refused as it is read */
        CHECK(pool_verdict(&p, forged) != CODE_NONE);
        tx_unref(forged);
    }
    free(bytes);
    tx_unref(good);
    pool_done(&p);
}

/* ---- the eight kinds of forgery ---- */

static uint8_t *writable(struct str bytes) { return (uint8_t *)(uintptr_t)bytes.data; } /* of an edit: in its arena */

static void the_eight_forgeries_are_refused(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 2);
    want.outputs[0].value = 90000;
    want.outputs[1].value = 10000;
    struct tx *good = pool_spend(&p, &want);
    struct edit e = {0};
    edit_init(&e, good);
    struct payload_shielded_spend *s = &e.payload.shielded_spend;
    struct rng rng; /* 1: random bytes */
    rng_init(&rng, 5);
    rng_bytes(&rng, writable(s->signatures.items[0]), 416);
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good); /* 2: one bit of the range proof flipped (a scalar that stays canonical) */
    writable(s->range_proof)[32 * 6] ^= 1;
    CHECK_U64(edit_verdict(&e, &p), CODE_INVALID_PROOF);
    struct spend_want wrong = want; /* 3: signed with another key */
    wrong.wrong_key = true;
    CHECK_U64(pool_try_reason(&p, &wrong, RECEIPT_REASON_SIGNATURE), CODE_INVALID_PROOF);
    edit_init(&e, good); /* 4: another circuit: a transfer's signatures in a withdrawal */
    e.spec.kind = KIND_SHIELDED_WITHDRAW;
    s->amount = AMOUNT(1);
    s->to = p.town.people[3].address;
    CHECK_U64(edit_verdict(&e, &p), CODE_INVALID_PROOF);
    edit_init(&e, good); /* 5: malleated */
    edit_add_order(writable(s->signatures.items[0]) + 32);
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good); /* 6: replayed by another sender */
    e.signer = 8;
    e.spec.nonce = p.nonces[8];
    CHECK_U64(edit_verdict(&e, &p), CODE_INVALID_PROOF);
    struct spend_want inflated = want; /* 7: more than there is, and less than nothing */
    inflated.outputs[0].value = 100001;
    inflated.outputs[1].value = 0;
    CHECK_U64(pool_try_reason(&p, &inflated, RECEIPT_REASON_BALANCE), CODE_INVALID_PROOF);
    inflated.outputs[0].value = UINT64_MAX;
    inflated.outputs[1].value = 100001;
    CHECK_U64(pool_try_reason(&p, &inflated, RECEIPT_REASON_BALANCE), CODE_INVALID_PROOF);
    inflated = want;
    inflated.negative = 5;
    CHECK_U64(pool_try_reason(&p, &inflated, RECEIPT_REASON_RANGE), CODE_INVALID_PROOF);
    edit_init(&e, good); /* 8: encodings that are not canonical */
    writable(s->signatures.items[0])[31] |= 0x80;
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good); /* and: the proof of these two outputs for the two exchanged */
    const struct wire_note first = s->outputs.items[0];
    s->outputs.items[0] = s->outputs.items[1];
    s->outputs.items[1] = first;
    CHECK_U64(edit_verdict(&e, &p), CODE_INVALID_PROOF);
    edit_init(&e, good); /* and: one member of the ring replaced by another note there is */
    s->inputs.items[0].ring.items[10] = 11; /* the ring was 0 to 10 */
    CHECK_U64(edit_verdict(&e, &p), CODE_INVALID_PROOF);
    edit_done(&e);
    tx_unref(good);
    pool_done(&p);
}

/* ---- switches: each guard holds when off, and is gone when on ---- */

static void without_the_key_image_check_a_note_is_spent_twice(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 1);
    want.outputs[0].value = 100000;
    struct tx *first = pool_spend(&p, &want);
    CHECK_U64(pool_block(&p, &first, 1), CODE_NONE);
    want.nonce = p.nonces[want.sender];
    CHECK_U64(pool_try(&p, &want), CODE_NULLIFIER_SPENT);
    pool_switch(&p, WEAKNESS_NO_KEY_IMAGE_CHECK, true);
    CHECK_U64(pool_try(&p, &want), CODE_NONE);
    CHECK(ledger_tx_rules(&p.town.rules).allow_equal_key_images);
    pool_done(&p);
}

static void without_proofs_a_stranger_spends(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 1);
    want.outputs[0].value = 100000;
    want.wrong_key = true;
    CHECK_U64(pool_try(&p, &want), CODE_INVALID_PROOF);
    pool_switch(&p, WEAKNESS_SKIP_PROOF_VERIFICATION, true);
    CHECK_U64(pool_try(&p, &want), CODE_NONE);
    pool_switch(&p, WEAKNESS_SKIP_PROOF_VERIFICATION, false); /* and nothing of that was remembered */
    CHECK_U64(pool_try(&p, &want), CODE_INVALID_PROOF);
    pool_done(&p);
}

static void without_range_proofs_money_is_made_of_nothing(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 2);
    want.outputs[0].value = 90000;
    want.outputs[1].value = 10000;
    want.negative = 100000; /* one note of 190000, and one of -90000 */
    CHECK_U64(pool_try(&p, &want), CODE_INVALID_PROOF);
    pool_switch(&p, WEAKNESS_NO_RANGE_PROOF_CHECK, true);
    CHECK_U64(pool_try(&p, &want), CODE_NONE);
    pool_done(&p);
}

static void without_the_ring_rule_a_ring_of_one_will_do(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 1);
    want.outputs[0].value = 100000;
    want.ring_count = 1;
    CHECK_U64(pool_try(&p, &want), CODE_RING_TOO_SMALL);
    pool_switch(&p, WEAKNESS_RING_SIZE_ONE, true);
    CHECK_U64(pool_try(&p, &want), CODE_NONE);
    pool_done(&p);
}

static bool told(const struct pool *p, const char *what)
{
    for (uint32_t i = 0; i < p->last->events_count; i++)
        if (memmem(p->last->events[i].data.data, p->last->events[i].data.len, what, strlen(what)) != NULL) return true;
    return false;
}

static void receipts_are_silent_unless_they_are_made_to_talk(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 2);
    want.outputs[0].value = 77123;
    want.outputs[1].value = 22877;
    want.plain = true;
    struct tx *tx = pool_spend(&p, &want);
    CHECK_U64(pool_block(&p, &tx, 1), CODE_NONE);
    CHECK(told(&p, "\"type\":\"shielded\"") && told(&p, "\"kind\":\"shielded_transfer\"") && told(&p, "\"first_index\":12"));
    CHECK(!told(&p, "77123") && !told(&p, "values") && !told(&p, "amount"));
    pool_switch(&p, WEAKNESS_SHIELDED_PLAINTEXT_RECEIPT, true);
    want = spend_want(&p, 1, 2);
    want.first = 1;
    want.outputs[0].value = 77123;
    want.outputs[1].value = 22877;
    want.plain = true;
    tx = pool_spend(&p, &want);
    CHECK_U64(pool_block(&p, &tx, 1), CODE_NONE);
    CHECK(told(&p, "\"77123\"") && told(&p, "\"22877\""));
    pool_done(&p);
}

static void every_claim(void)
{
    RUN(no_changed_byte_is_accepted);
    RUN(the_eight_forgeries_are_refused);
    RUN(without_the_key_image_check_a_note_is_spent_twice);
    RUN(without_proofs_a_stranger_spends);
    RUN(without_range_proofs_money_is_made_of_nothing);
    RUN(without_the_ring_rule_a_ring_of_one_will_do);
    RUN(receipts_are_silent_unless_they_are_made_to_talk);
}

int main(void)
{
    every_claim();
    pool_suite.scheme = SHIELD_SIMULATED;
    every_claim();
    return 0;
}
