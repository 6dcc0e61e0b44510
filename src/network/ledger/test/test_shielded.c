/* The shielded pool: what its three kinds do, every refusal of shielded 6 in its order, and money that is neither made nor lost. Forgeries and
 * switches are in test_shielded_forgery.c. */
#include "chain/feature.h"
#include "shielded_town.h"

/* ---- success ---- */

static void a_deposit_moves_money_into_the_pool_and_adds_a_note(void)
{
    struct pool p;
    pool_init(&p, 0);
    const struct amount before = pool_free(&p, 1);
    struct tx *tx = pool_deposit(&p, 1, 100000);
    CHECK_U64(pool_block(&p, &tx, 1), CODE_NONE);
    const struct pool_counts counts = pool_counts(ledger_objects(p.town.state));
    CHECK_U64(counts.notes, 1);
    CHECK_U64(counts.nullifiers, 0);
    CHECK_U64(before.units - pool_free(&p, 1).units, 100000 + FEE);
    CHECK_U64(pool_held(&p), 100000);
    CHECK_U64(p.wallet.count, 1);
    CHECK_U64(p.wallet.notes[0].owned.opening.value, 100000);
    pool_done(&p);
}

static void a_transfer_spends_notes_and_the_recipient_finds_his(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 2);
    want.outputs[0].value = 60000;
    want.outputs[1].value = 40000;
    struct tx *tx = pool_spend(&p, &want);
    CHECK_U64(tx->size, 1668); /* the published size of 1 -> 2 */
    CHECK_U64(pool_block(&p, &tx, 1), CODE_NONE);
    const struct pool_counts counts = pool_counts(ledger_objects(p.town.state));
    CHECK_U64(counts.notes, 14);
    CHECK_U64(counts.nullifiers, 1);
    CHECK_U64(pool_held(&p), 12 * 100000);
    uint64_t sum = 0;
    for (uint32_t i = 12; i < p.wallet.count; i++) sum += p.wallet.notes[i].owned.opening.value;
    CHECK_U64(sum, 100000);
    pool_done(&p);
}

static void a_withdrawal_pays_and_hides_its_change(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 2, 1);
    want.kind = KIND_SHIELDED_WITHDRAW;
    want.to = p.town.people[9].address;
    want.amount = 150000;
    want.outputs[0].value = 50000;
    const struct amount before = pool_free(&p, 9);
    struct tx *tx = pool_spend(&p, &want);
    CHECK_U64(pool_block(&p, &tx, 1), CODE_NONE);
    CHECK_U64(pool_free(&p, 9).units - before.units, 150000);
    CHECK_U64(pool_held(&p), 12 * 100000 - 150000);
    CHECK_U64(pool_counts(ledger_objects(p.town.state)).nullifiers, 2);
    pool_done(&p);
}

static void a_fresh_key_without_funds_spends_when_the_pool_pays(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 2);
    want.sender = STRANGER;
    want.nonce = 0;
    want.pool_fee = FEE;
    want.outputs[0].value = 100000 - FEE;
    want.outputs[1].value = 0;
    struct tx *tx = pool_spend(&p, &want);
    CHECK_U64(pool_admit_code(&p, tx), CODE_NONE);
    const struct amount rewards = pool_rewards(&p);
    CHECK_U64(pool_block(&p, &tx, 1), CODE_NONE);
    CHECK_U64(pool_held(&p), 12 * 100000 - FEE);
    CHECK_U64(pool_rewards(&p).units - rewards.units, FEE);
    pool_done(&p);
}

static void largest_shapes_verify(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 4, 4);
    for (uint32_t i = 0; i < 4; i++) want.outputs[i].value = 100000;
    struct tx *tx = pool_spend(&p, &want);
    CHECK_U64(tx->size, 3530);
    CHECK_U64(pool_block(&p, &tx, 1), CODE_NONE);
    pool_done(&p);
}

/* ---- refusals, in the order of the table ---- */

static void static_refusals_have_their_codes(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 2, 2);
    want.outputs[0].value = 100000;
    want.outputs[1].value = 100000;
    struct tx *good = pool_spend(&p, &want);
    struct edit e = {0};
    edit_init(&e, good);
    struct payload_shielded_spend *s = &e.payload.shielded_spend;
    CHECK_U64(edit_code(&e, &p), CODE_NONE); /* as it is: taken */
    s->inputs.count = 0;
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    s->outputs.count = 0;
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    s->signatures.count = 1;
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    s->range_proof.len -= 32;
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    s->signatures.items[1].len -= 32;
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    memset(&s->inputs.items[0].key_image, 0, 32);
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    memset(&s->inputs.items[1].key_image, 0xff, 32);
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    s->inputs.items[1].key_image.b[31] |= 0x80; /* another spelling of a key image */
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    s->inputs.items[0].ring.items[3] = s->inputs.items[0].ring.items[4];
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    s->pool_fee = (struct amount){(u128)1 << 64};
    CHECK_U64(edit_code(&e, &p), CODE_AMOUNT_OUT_OF_RANGE);
    edit_init(&e, good);
    const struct wire_input first = s->inputs.items[0];
    s->inputs.items[0] = s->inputs.items[1];
    s->inputs.items[1] = first;
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, good);
    s->inputs.items[1].key_image = s->inputs.items[0].key_image;
    CHECK_U64(edit_code(&e, &p), CODE_NULLIFIER_SPENT);
    edit_init(&e, good);
    s->pool_fee = AMOUNT(FEE - 1);
    CHECK_U64(edit_code(&e, &p), CODE_FIELD_MISMATCH);
    edit_done(&e);
    tx_unref(good);
    pool_done(&p);
}

static void amounts_of_deposits_and_withdrawals_are_positive_and_fit(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct tx *deposit = pool_deposit(&p, 1, 100000);
    struct edit e = {0};
    edit_init(&e, deposit);
    CHECK_U64(edit_code(&e, &p), CODE_NONE);
    e.payload.shielded_deposit.amount = AMOUNT(0);
    CHECK_U64(edit_code(&e, &p), CODE_AMOUNT_NOT_POSITIVE);
    e.payload.shielded_deposit.amount = (struct amount){(u128)1 << 64};
    CHECK_U64(edit_code(&e, &p), CODE_AMOUNT_OUT_OF_RANGE);
    edit_init(&e, deposit);
    memset(&e.payload.shielded_deposit.blinding, 0xff, 32);
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_init(&e, deposit);
    memset(&e.payload.shielded_deposit.note.tx_key, 0, 32);
    CHECK_U64(edit_code(&e, &p), CODE_INVALID_FORMAT);
    edit_done(&e);
    tx_unref(deposit);
    struct spend_want want = spend_want(&p, 1, 1);
    want.kind = KIND_SHIELDED_WITHDRAW;
    want.amount = 40000;
    want.outputs[0].value = 60000;
    struct tx *withdraw = pool_spend(&p, &want);
    edit_init(&e, withdraw);
    CHECK_U64(edit_code(&e, &p), CODE_NONE);
    e.payload.shielded_spend.amount = AMOUNT(0);
    CHECK_U64(edit_code(&e, &p), CODE_AMOUNT_NOT_POSITIVE);
    e.payload.shielded_spend.amount = (struct amount){(u128)1 << 64};
    CHECK_U64(edit_code(&e, &p), CODE_AMOUNT_OUT_OF_RANGE);
    edit_done(&e);
    tx_unref(withdraw);
    pool_done(&p);
}

static void refusals_of_the_chain_have_their_codes_in_order(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 1);
    want.outputs[0].value = 100000;
    const struct spend_want good = want;
    want.ref_height = pool_height(&p) + 1 - 3; /* 8: one block too young */
    CHECK_U64(pool_try(&p, &want), CODE_UNKNOWN_ANCHOR);
    want = good;
    want.ring_count = 10; /* 11 */
    CHECK_U64(pool_try(&p, &want), CODE_RING_TOO_SMALL);
    want = good;
    want.ring_count = 12;
    CHECK_U64(pool_try(&p, &want), CODE_INVALID_FORMAT);
    want = good;
    want.unknown_member = true; /* 12 */
    CHECK_U64(pool_try(&p, &want), CODE_UNKNOWN_RING_MEMBER);
    want = good;
    want.ref_height = 0; /* 12: the notes are younger */
    CHECK_U64(pool_try(&p, &want), CODE_UNKNOWN_RING_MEMBER);
    want = good;
    want.break_balance = true; /* 16 */
    CHECK_U64(pool_try_reason(&p, &want, RECEIPT_REASON_BALANCE), CODE_INVALID_PROOF);
    want = good;
    want.wrong_key = true; /* 17 */
    CHECK_U64(pool_try_reason(&p, &want, RECEIPT_REASON_SIGNATURE), CODE_INVALID_PROOF);
    want = good;
    want.kind = KIND_SHIELDED_WITHDRAW; /* 15 */
    want.amount = 12 * 100000 + 1;
    CHECK_U64(pool_try_reason(&p, &want, RECEIPT_REASON_POOL), CODE_INVALID_PROOF);
    want = good;
    struct tx *spent = pool_spend(&p, &want); /* 9 */
    CHECK_U64(pool_block(&p, &spent, 1), CODE_NONE);
    want.nonce = p.nonces[want.sender];
    CHECK_U64(pool_try(&p, &want), CODE_NULLIFIER_SPENT);
    pool_done(&p);
}

static void a_proof_grows_old(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 1);
    want.outputs[0].value = 100000;
    pool_wait(&p, want.ref_height + 100);
    CHECK_U64(pool_height(&p) + 1 - want.ref_height, 101);
    CHECK_U64(pool_try(&p, &want), CODE_PROOF_EXPIRED);
    pool_switch(&p, WEAKNESS_NO_PROOF_EXPIRY, true);
    CHECK_U64(pool_try(&p, &want), CODE_NONE);
    pool_done(&p);
}

static void a_one_time_key_exists_once(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct tx *first = pool_deposit(&p, 1, 5000), *same;
    struct edit e = {0};
    edit_init(&e, first);
    e.spec.nonce = p.nonces[2];
    e.signer = 2;
    CHECK_U64(pool_block(&p, &first, 1), CODE_NONE);
    same = edit_build(&e, &p);
    CHECK(same != NULL);
    CHECK_U64(pool_admit_code(&p, same), CODE_ALREADY_EXISTS);
    tx_unref(same);
    edit_done(&e);
    pool_done(&p);
}

static void a_deposit_opens_to_its_amount(void)
{
    struct pool p;
    pool_init(&p, 0);
    struct tx *deposit = pool_deposit(&p, 1, 5000);
    struct edit e = {0};
    edit_init(&e, deposit);
    e.payload.shielded_deposit.amount = AMOUNT(4999);
    CHECK_U64(edit_code(&e, &p), CODE_NONE); /* well formed */
    struct tx *forged = edit_build(&e, &p);
    CHECK_U64(pool_admit_code(&p, forged), CODE_INVALID_PROOF);
    pool_switch(&p, WEAKNESS_SKIP_PROOF_VERIFICATION, true);
    CHECK_U64(pool_admit_code(&p, forged), CODE_NONE);
    tx_unref(forged);
    edit_done(&e);
    tx_unref(deposit);
    pool_done(&p);
}

static void a_proof_is_looked_at_last_unless_its_switch_is_on(void)
{
    struct pool p;
    pool_init(&p, 0);
    struct tx *deposit = pool_deposit(&p, 1, 5000);
    struct edit e = {0};
    edit_init(&e, deposit);
    e.payload.shielded_deposit.amount = AMOUNT(4999);
    e.spec.nonce = 100000;
    struct tx *forged = edit_build(&e, &p);
    CHECK_U64(pool_admit_code(&p, forged), CODE_NONCE_TOO_HIGH);
    pool_switch(&p, WEAKNESS_VERIFY_BEFORE_CHEAP_CHECKS, true);
    CHECK_U64(pool_admit_code(&p, forged), CODE_INVALID_PROOF);
    CHECK_U64(pool_admit_code(&p, deposit), CODE_NONE); /* what is sound still passes */
    pool_switch(&p, WEAKNESS_VERIFY_BEFORE_CHEAP_CHECKS, false);
    CHECK_U64(pool_admit_code(&p, forged), CODE_NONCE_TOO_HIGH);
    tx_unref(forged);
    edit_done(&e);
    tx_unref(deposit);
    pool_done(&p);
}

static void a_feature_that_is_off_is_refused_unless_its_switch_is_on(void)
{
    struct pool p;
    pool_init(&p, 0);
    struct tx *deposit = pool_deposit(&p, 1, 5000);
    struct params params = *ledger_params(p.town.state);
    params.features &= ~(uint64_t)FEATURE_SHIELDED;
    struct ledger_account account;
    ledger_account_get(p.town.state, &deposit->sender, &account);
    const struct ledger_sender sender = {.account = &account};
    const struct ledger_moment moment = {&params, pool_height(&p) + 1, 0, p.town.state};
    CHECK_U64(ledger_admit(&p.town.rules, &sender, &moment, deposit, NULL), CODE_FEATURE_NOT_AVAILABLE);
    pool_switch(&p, WEAKNESS_SILENT_FEATURE_IGNORE, true);
    CHECK_U64(ledger_admit(&p.town.rules, &sender, &moment, deposit, NULL), CODE_NONE);
    pool_switch(&p, WEAKNESS_SILENT_FEATURE_IGNORE, false);
    CHECK_U64(ledger_admit(&p.town.rules, &sender, &moment, deposit, NULL), CODE_FEATURE_NOT_AVAILABLE);
    tx_unref(deposit);
    pool_done(&p);
}

/* ---- blocks ---- */

static void a_block_with_a_failing_spend_of_the_pools_money_is_invalid(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 1);
    want.sender = STRANGER;
    want.nonce = 0;
    want.pool_fee = FEE;
    want.outputs[0].value = 100000 - FEE;
    want.wrong_key = true;
    struct tx *tx = pool_spend(&p, &want);
    struct ledger_result *result = pool_run(&p, &tx, 1);
    CHECK_U64(result->verdict, LEDGER_POOL_FEE);
    CHECK_U64(result->failed_code, CODE_INVALID_PROOF);
    CHECK_U64(result->failed_index, 0);
    ledger_result_unref(result);
    tx_unref(tx);
    want.sender = 5; /* who pays himself is charged, and stays in the block */
    want.nonce = p.nonces[5];
    want.pool_fee = 0;
    want.outputs[0].value = 100000;
    tx = pool_spend(&p, &want);
    const struct amount before = pool_free(&p, 5);
    CHECK_U64(pool_block(&p, &tx, 1), CODE_INVALID_PROOF);
    CHECK_U64(before.units - pool_free(&p, 5).units, FEE);
    CHECK_U64(pool_counts(ledger_objects(p.town.state)).notes, 12);
    pool_done(&p);
}

static void two_spends_of_one_note_in_a_block_are_one(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 1, 1);
    want.outputs[0].value = 100000;
    struct tx *txs[2] = {pool_spend(&p, &want)};
    want.sender = 6;
    want.nonce = p.nonces[6];
    txs[1] = pool_spend(&p, &want);
    struct ledger_result *result = pool_run(&p, txs, 2);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    CHECK_U64(result->receipts[0].code, CODE_NONE);
    CHECK_U64(result->receipts[1].code, CODE_NULLIFIER_SPENT);
    ledger_result_unref(result);
    tx_unref(txs[0]);
    tx_unref(txs[1]);
    pool_done(&p);
}

static void a_key_image_that_waits_is_not_taken_twice(void)
{
    struct pool p;
    pool_init(&p, 12);
    struct spend_want want = spend_want(&p, 2, 1);
    want.outputs[0].value = 200000;
    struct tx *tx = pool_spend(&p, &want);
    p.images_taken = 2;
    CHECK_U64(pool_admit_code(&p, tx), CODE_NULLIFIER_SPENT);
    p.images_taken = 0;
    CHECK_U64(pool_admit_code(&p, tx), CODE_NONE);
    want.nonce += 3; /* behind a gap it is not tried, and is refused for that all the same */
    struct tx *parked = pool_spend(&p, &want);
    CHECK_U64(pool_admit_code(&p, parked), CODE_NONE);
    p.images_taken = 1;
    CHECK_U64(pool_admit_code(&p, parked), CODE_NULLIFIER_SPENT);
    pool_switch(&p, WEAKNESS_NO_KEY_IMAGE_CHECK, true);
    CHECK_U64(pool_admit_code(&p, parked), CODE_NONE);
    tx_unref(parked);
    struct hash images[SHIELDED_INPUTS_MAX];
    CHECK_U64(shielded_key_images(tx, images), 2);
    CHECK(hash_cmp(&images[0], &images[1]) < 0);
    tx_unref(tx);
    pool_done(&p);
}

static void proofs_are_checked_once(void)
{
    struct pool p;
    pool_init(&p, 12);
    p.town.rules.proofs = proofcache_new(4);
    struct spend_want want = spend_want(&p, 1, 1);
    want.outputs[0].value = 100000;
    struct tx *tx = pool_spend(&p, &want);
    CHECK_U64(pool_admit_code(&p, tx), CODE_NONE);
    CHECK_U64(proofcache_stats(p.town.rules.proofs).misses, 1);
    CHECK_U64(pool_block(&p, &tx, 1), CODE_NONE);
    CHECK_U64(proofcache_stats(p.town.rules.proofs).misses, 1);
    CHECK_U64(proofcache_stats(p.town.rules.proofs).hits, 1);
    for (uint8_t i = 0; i < 9; i++) { /* bounded */
        const struct hash id = {{i}}, rings = {{0}};
        proofcache_put(p.town.rules.proofs, &id, &rings, (struct proof_answer){PROOF_SIGNATURE, i});
        struct proof_answer answer;
        CHECK(proofcache_find(p.town.rules.proofs, &id, &rings, &answer));
        CHECK(answer.state == PROOF_SIGNATURE && answer.index == i);
    }
    const struct hash gone = {{1}}, rings = {{0}};
    struct proof_answer answer;
    CHECK(!proofcache_find(p.town.rules.proofs, &gone, &rings, &answer));
    pool_done(&p);
}


static void genesis_has_the_notes_it_is_told_to_have(void)
{
    struct pool p;
    pool_init_with(&p, 0, 128);
    const struct ordmap *objects = ledger_objects(p.town.state);
    CHECK_U64(pool_counts(objects).notes, 128);
    CHECK_U64(pool_notes_up_to(objects, 0), 128);
    CHECK_U64(pool_held(&p), 0);
    struct pool_note note;
    CHECK(pool_note(objects, 127, &note) && !pool_note(objects, 128, &note));
    CHECK(point_valid(&note.note.one_time_key) && point_valid(&note.note.commitment) && point_valid(&note.note.tx_key));
    struct tx *tx = pool_deposit(&p, 1, 100000); /* a first spend finds decoys */
    CHECK_U64(pool_block(&p, &tx, 1), CODE_NONE);
    pool_wait(&p, pool_height(&p) + 4);
    struct spend_want want = spend_want(&p, 1, 1);
    want.ref_height = pool_height(&p) + 1 - 4;
    want.outputs[0].value = 100000;
    CHECK_U64(pool_try(&p, &want), CODE_NONE);
    pool_done(&p);
}

static void every_claim(void)
{
    RUN(a_deposit_moves_money_into_the_pool_and_adds_a_note);
    RUN(a_transfer_spends_notes_and_the_recipient_finds_his);
    RUN(a_withdrawal_pays_and_hides_its_change);
    RUN(a_fresh_key_without_funds_spends_when_the_pool_pays);
    RUN(largest_shapes_verify);
    RUN(static_refusals_have_their_codes);
    RUN(amounts_of_deposits_and_withdrawals_are_positive_and_fit);
    RUN(refusals_of_the_chain_have_their_codes_in_order);
    RUN(a_proof_grows_old);
    RUN(a_one_time_key_exists_once);
    RUN(a_deposit_opens_to_its_amount);
    RUN(a_proof_is_looked_at_last_unless_its_switch_is_on);
    RUN(a_feature_that_is_off_is_refused_unless_its_switch_is_on);
    RUN(a_block_with_a_failing_spend_of_the_pools_money_is_invalid);
    RUN(two_spends_of_one_note_in_a_block_are_one);
    RUN(a_key_image_that_waits_is_not_taken_twice);
    RUN(proofs_are_checked_once);
    RUN(genesis_has_the_notes_it_is_told_to_have);
}

int main(void)
{
    every_claim();
    pool_suite.scheme = SHIELD_SIMULATED;
    every_claim();
    return 0;
}
