/* The bridge between two ledgers: money that crosses stays the same money, every rule answers its code, in its order, and a chain
 * believes of the other only what is proven. */
#include "network/ledger/test/bridge_town.h"

static struct hash lock_id_of(const struct bt *bt, uint64_t sequence, enum chain_id from)
{
    struct ipc_message message;
    CHECK(ipc_decode(bt_message_bytes(&bt->ends[from - 1], sequence), &message));
    return message.body.transfer.id;
}

static void a_lock_is_minted_burned_and_unlocked(void)
{
    struct bt *bt = bt_new(NULL);
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 500000)), CODE_NONE);
    CHECK_U64(bt_supply(bt, TOKEN_AX).bridge_locked.units, 500000);
    const struct hash lock = lock_id_of(bt, 1, CHAIN_ALPHA);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE);
    CHECK_U64(bt_free_of(bt, CHAIN_DELTA, 1, TOKEN_SAX), 0); /* only claimable */
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 2, &lock)), CODE_NONE); /* anybody may claim: it goes to whom it is for */
    CHECK_U64(bt_free_of(bt, CHAIN_DELTA, 1, TOKEN_SAX), 500000);
    CHECK_U64(bt_free_of(bt, CHAIN_DELTA, 2, TOKEN_SAX), 0);
    CHECK_U64(bt_supply(bt, TOKEN_SAX).bridge_minted.units, 500000);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_burn(bt, 1, 0, 500000)), CODE_NONE);
    CHECK_U64(bt_supply(bt, TOKEN_SAX).bridge_burned.units, 500000);
    CHECK_U64(bt_supply(bt, TOKEN_SAX).total.units, 0);
    const u128 before = bt_free_of(bt, CHAIN_ALPHA, 0, TOKEN_AX);
    CHECK_U64(bt_deliver(bt, CHAIN_DELTA, 1), CODE_NONE);
    const struct hash burn = lock_id_of(bt, 1, CHAIN_DELTA);
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_claim(bt, CHAIN_ALPHA, 3, &burn)), CODE_NONE);
    CHECK_U64(bt_free_of(bt, CHAIN_ALPHA, 0, TOKEN_AX) - before, 500000);
    CHECK_U64(bt_supply(bt, TOKEN_AX).bridge_locked.units, 0);
    bt_free(bt);
}

static void views_tell_how_far_a_lock_has_come(void)
{
    struct bt *bt = bt_new(NULL);
    struct bridge_sight delta = {.state = NULL};
    struct lock_in_view in;
    struct lock_view lock;
    struct hash unknown = {{7}};
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 500000)), CODE_NONE);
    const struct hash id = lock_id_of(bt, 1, CHAIN_ALPHA);
    delta.state = bt->ends[1].state;
    CHECK(!bridge_lock_in_view(&delta, &id, &bt->arena, &in)); /* Delta alone knows nothing yet */
    delta.other = bt->ends[0].state;
    CHECK(bridge_lock_in_view(&delta, &id, &bt->arena, &in) && in.status == CLAIM_SEEN && in.source_height == 1);
    CHECK(!bridge_lock_in_view(&delta, &unknown, &bt->arena, &in));
    struct bridge_sight alpha = {.state = bt->ends[0].state, .final_height = 0};
    CHECK(bridge_lock_view(&alpha, &id, &bt->arena, &lock) && lock.status == LOCK_LOCKED && !lock.finalized && lock.height == 1);
    alpha.final_height = 1;
    CHECK(bridge_lock_view(&alpha, &id, &bt->arena, &lock) && lock.finalized);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE);
    delta = (struct bridge_sight){.state = bt->ends[1].state};
    CHECK(bridge_lock_in_view(&delta, &id, &bt->arena, &in) && in.status == CLAIM_FINAL && !in.minted_height.has);
    CHECK(str_starts(in.sender, STR("ax1")) && amount_eq(in.amount, AMOUNT(500000)));
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 1, &id)), CODE_NONE);
    delta.state = bt->ends[1].state;
    CHECK(bridge_lock_in_view(&delta, &id, &bt->arena, &in) && in.status == CLAIM_PAID && in.minted_height.value == 2);
    struct unlock_view unlock;
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_burn(bt, 1, 0, 500000)), CODE_NONE);
    const struct hash burn = lock_id_of(bt, 1, CHAIN_DELTA);
    CHECK_U64(bt_deliver(bt, CHAIN_DELTA, 1), CODE_NONE);
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_claim(bt, CHAIN_ALPHA, 0, &burn)), CODE_NONE);
    alpha.state = bt->ends[0].state;
    CHECK(bridge_unlock_view(&alpha, &burn, &unlock) && unlock.status == CLAIM_PAID && unlock.transaction_id.has);
    CHECK(bridge_lock_view(&alpha, &id, &bt->arena, &lock) && lock.status == LOCK_RELEASED);
    bt_free(bt);
}

static void records_and_status_tell_every_message(void)
{
    struct bt *bt = bt_new(NULL);
    for (size_t i = 0; i < 3; i++) CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, i, i, 1000 + i)), CODE_NONE);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 3), CODE_NONE); /* waits for 2 */
    const struct bridge_sight delta = {.state = bt->ends[1].state, .other = bt->ends[0].state, .other_final_height = 2};
    const struct bridge_sight alpha = {.state = bt->ends[0].state, .other = bt->ends[1].state, .final_height = 2};
    struct ipc_record records[8];
    bool more;
    uint64_t next;
    CHECK_U64(bridge_records(&delta, DIRECTION_IN, 0, 0, 8, &bt->arena, records, &more, &next), 2);
    CHECK(!more && next == 3 && records[0].status == IPC_EXECUTED && records[1].status == IPC_DELIVERED && records[1].sequence == 3);
    CHECK(records[0].execute_transaction_id.has && !records[1].execute_transaction_id.has && records[0].emitted_at == TOWN_TIME + 500);
    CHECK_U64(bridge_records(&alpha, DIRECTION_OUT, 0, 0, 8, &bt->arena, records, &more, &next), 3);
    CHECK(records[0].status == IPC_EXECUTED && records[1].status == IPC_FINAL && records[2].status == IPC_DELIVERED);
    CHECK_U64(bridge_records(&alpha, DIRECTION_OUT, 1, IPC_LOCK_TRANSACTION, 1, &bt->arena, records, &more, &next), 1);
    CHECK(more && next == 2 && records[0].sequence == 2);
    CHECK_U64(bridge_records(&alpha, DIRECTION_OUT, 0, IPC_VALIDATOR_EJECTION, 8, &bt->arena, records, &more, &next), 0);
    CHECK_U64(bridge_records(&delta, DIRECTION_IN, 0, IPC_BLOCK_FINALIZED, 8, &bt->arena, records, &more, &next), 2);
    CHECK(records[0].sequence == 0 && records[0].source_height == 1 && records[1].source_height == 3);
    struct ipc_status_view status;
    bridge_status(&delta, &status);
    CHECK_U64(status.in.last_emitted, 3);
    CHECK_U64(status.in.last_final, 2);
    CHECK_U64(status.in.last_delivered, 3);
    CHECK_U64(status.in.last_executed, 1);
    CHECK_U64(status.in.pending, 1);
    bridge_status(&alpha, &status);
    CHECK_U64(status.out.last_executed, 1);
    bt_free(bt);
}

static void the_proof_of_a_message_leads_to_its_block(void)
{
    struct bt *bt = bt_new(NULL);
    struct tx *txs[] = {bt_lock(bt, 0, 1, 5), bt_lock(bt, 1, 1, 6), bt_lock(bt, 2, 1, 7)};
    ledger_result_unref(bt_run(bt, CHAIN_ALPHA, txs, 3, NULL));
    for (uint64_t sequence = 1; sequence <= 3; sequence++) {
        struct ipc_proof_view proof;
        uint64_t at;
        uint32_t height, index;
        const struct str bytes = bt_message_bytes(&bt->ends[0], sequence);
        const struct hash id = ipc_id(bytes), leaf = merkle_leaf(bytes.data, bytes.len);
        CHECK(bridge_sent_find(bt->ends[0].state, &id, &at, &height, &index) && at == sequence && height == 1);
        CHECK(bridge_message_proof(bt->ends[0].state, sequence, &bt->arena, &proof));
        CHECK(merkle_verify(&proof.proof, &leaf) == MERKLE_OK && hash_eq(&proof.proof.root, &bt->ends[0].headers[1].messages_root));
        CHECK(hash_eq(&proof.message_id, &id) && proof.height == 1 && proof.proof.index == sequence - 1);
    }
    bt_free(bt);
}

static void claims_are_refused_in_the_order_of_the_rules(void)
{
    struct bt *bt = bt_new(NULL);
    enum receipt_field field;
    const struct hash nothing = {{9}};
    for (enum chain_id chain = CHAIN_ALPHA; chain <= CHAIN_DELTA; chain++) {
        const enum code code = bt_do_field(bt, chain, bt_claim(bt, chain, 0, &nothing), &field);
        CHECK_U64(code, chain == CHAIN_ALPHA ? CODE_BURN_NOT_FOUND : CODE_LOCK_NOT_FOUND);
        CHECK_U64(field, chain == CHAIN_ALPHA ? RECEIPT_FIELD_BURN_ID : RECEIPT_FIELD_LOCK_ID);
    }
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 500000)), CODE_NONE);
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 70)), CODE_NONE);
    union payload claim = bt_claim_proof(bt, CHAIN_DELTA, 1);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &claim)), CODE_SOURCE_NOT_FINAL);
    union payload wrong = claim;
    wrong.claim.source_id = nothing; /* the block is looked at before the message */
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &wrong)), CODE_SOURCE_NOT_FINAL);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 2), CODE_NONE); /* the second one's block; 1 is missing: it waits */
    union payload ahead = bt_claim_proof(bt, CHAIN_DELTA, 2);
    wrong = ahead;
    wrong.claim.source_id = nothing;
    CHECK_U64(bt_do_field(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &wrong), &field), CODE_INVALID_PROOF);
    CHECK_U64(field, RECEIPT_FIELD_MESSAGE);
    wrong = ahead;
    wrong.claim.message_index = 1;
    CHECK_U64(bt_do_field(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &wrong), &field), CODE_INVALID_PROOF);
    CHECK_U64(field, RECEIPT_FIELD_PROOF);
    const struct hash waiting = lock_id_of(bt, 2, CHAIN_ALPHA);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 1, &waiting)), CODE_LOCK_NOT_FOUND); /* its turn has not come ... */
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &ahead)), CODE_NONE); /* ... but a proof needs no turn */
    CHECK_U64(bt_free_of(bt, CHAIN_DELTA, 1, TOKEN_SAX), 70);
    CHECK_U64(bt_do_field(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &ahead), &field), CODE_UNLOCK_ID_ALREADY_USED);
    CHECK_U64(field, RECEIPT_FIELD_LOCK_ID);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE); /* both execute now; the claimed one stays claimed */
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim(bt, CHAIN_DELTA, 1, &waiting)), CODE_UNLOCK_ID_ALREADY_USED);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 2, &claim)), CODE_NONE);
    CHECK_U64(bt_supply(bt, TOKEN_SAX).total.units, 500070);
    bt_free(bt);
}

/* Every byte of message and siblings, and the index, against a true claim. */
static void no_altered_claim_is_paid(void)
{
    struct bt *bt = bt_new(NULL);
    struct tx *txs[] = {bt_lock(bt, 0, 1, 5), bt_lock(bt, 1, 1, 6), bt_lock(bt, 2, 1, 7)};
    ledger_result_unref(bt_run(bt, CHAIN_ALPHA, txs, 3, NULL));
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE);
    const union payload good = bt_claim_proof(bt, CHAIN_DELTA, 2);
    size_t tried = 0;
    for (size_t i = 0; i < good.claim.message.len; i++, tried++) {
        char bytes[IPC_BYTES_MAX];
        memcpy(bytes, good.claim.message.data, good.claim.message.len);
        bytes[i] ^= 1;
        union payload bad = good;
        bad.claim.message.data = bytes;
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &bad)), CODE_INVALID_PROOF);
    }
    for (size_t i = 0; i < good.claim.proof.count * 32; i++, tried++) {
        union payload bad = good;
        struct hash siblings[4];
        memcpy(siblings, good.claim.proof.items, good.claim.proof.count * 32);
        ((uint8_t *)siblings)[i] ^= 1;
        bad.claim.proof.items = siblings;
        CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &bad)), CODE_INVALID_PROOF);
    }
    CHECK_U64(bt_supply(bt, TOKEN_SAX).total.units, 0);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_claim_tx(bt, CHAIN_DELTA, 1, &good)), CODE_NONE);
    printf("     %zu altered claims refused\n", tried);
    bt_free(bt);
}

static void deliveries_are_refused_in_the_order_of_the_rules(void)
{
    struct bt *bt = bt_new(NULL);
    enum receipt_field field;
    for (size_t i = 0; i < 2; i++) CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, i, i, 10)), CODE_NONE);
    bt_empty(bt, CHAIN_ALPHA, 2);
    struct bt_delivery d = bt_delivery(bt, CHAIN_ALPHA, 1, false);
    bt_carry(bt, &d, CHAIN_ALPHA, 1);
    CHECK_U64(bt_do_field(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d), &field), CODE_SOURCE_NOT_FINAL);
    CHECK_U64(field, RECEIPT_FIELD_HEIGHT);
    struct finality_proof *weak = bt_prove(bt, CHAIN_ALPHA, 1, 2); /* two of four sign: no quorum */
    struct buf bytes = {0};
    finality_encode(weak, &bytes);
    finality_unref(weak);
    d.payload.ipc_deliver.proof = buf_str(&bytes);
    CHECK_U64(bt_do_field(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d), &field), CODE_INVALID_PROOF);
    CHECK_U64(field, RECEIPT_FIELD_PROOF);
    d = bt_delivery(bt, CHAIN_ALPHA, 1, true);
    d.payload.ipc_deliver.next_committee = STR("x"); /* it ends no epoch */
    CHECK_U64(bt_do_field(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d), &field), CODE_INVALID_PROOF);
    CHECK_U64(field, RECEIPT_FIELD_NEXT_COMMITTEE);
    d = bt_delivery(bt, CHAIN_ALPHA, 1, true);
    d.payload.ipc_deliver.height = 2; /* a proof of another block */
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d)), CODE_INVALID_PROOF);
    d = bt_delivery(bt, CHAIN_ALPHA, 1, true);
    bt_carry(bt, &d, CHAIN_ALPHA, 2); /* a message of another block */
    CHECK_U64(bt_do_field(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d), &field), CODE_INVALID_PROOF);
    CHECK_U64(field, RECEIPT_FIELD_MESSAGES);
    d = bt_delivery(bt, CHAIN_ALPHA, 1, true);
    bt_carry(bt, &d, CHAIN_ALPHA, 1);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d)), CODE_NONE);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 4, &d)), CODE_IPC_DUPLICATE);
    d.payload.ipc_deliver.proof.len = 0; /* the block is known by now */
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 4, &d)), CODE_IPC_DUPLICATE);
    buf_done(&bytes);
    bt_free(bt);
}

static void the_window_is_256_messages_wide(void)
{
    struct bt *bt = bt_new(NULL);
    for (int i = 0; i < 258; i++) CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 1)), CODE_NONE);
    bt_empty(bt, CHAIN_ALPHA, 2);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 257), CODE_IPC_OUT_OF_ORDER); /* nothing is executed: at most 256 */
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 256), CODE_NONE);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 256), CODE_IPC_DUPLICATE);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 1), CODE_NONE);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 257), CODE_NONE);
    CHECK_U64(bt_deliver(bt, CHAIN_ALPHA, 258), CODE_IPC_OUT_OF_ORDER);
    struct bridge_inbox inbox;
    bridge_inbox(bt->ends[1].state, &inbox);
    CHECK_U64(inbox.sequence, 1);
    CHECK_U64(inbox.waiting, 2);
    bt_free(bt);
}

/* Genesis -> committee of five -> of three: each epoch end proven by the committee before it, none skipped. */
static void committees_follow_each_other(void)
{
    struct bt *bt = bt_new(NULL);
    struct bt_end *alpha = bt_end(bt, CHAIN_ALPHA);
    struct committee *five = bt_committee(bt, 5, 1, 4), *three = bt_committee(bt, 3, 2, 9);
    struct committee *delta = ledger_next_committee(bt->ends[1].state, 1, 1);
    CHECK_U64(delta->count, 4);
    committee_unref(delta);
    ledger_result_unref(bt_run(bt, CHAIN_ALPHA, NULL, 0, five));
    struct bt_delivery first = bt_delivery(bt, CHAIN_ALPHA, 1, true), wrong = first;
    wrong.payload.ipc_deliver.next_committee = (struct str){NULL, 0};
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &wrong)), CODE_INVALID_PROOF);
    struct tx *lock = bt_lock(bt, 0, 1, 9);
    ledger_result_unref(bt_run(bt, CHAIN_ALPHA, &lock, 1, NULL));
    bt_empty(bt, CHAIN_ALPHA, 2);
    struct bt_delivery later = bt_delivery(bt, CHAIN_ALPHA, 2, true); /* by a committee that Delta has not heard of */
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &later)), CODE_INVALID_PROOF);
    ledger_result_unref(bt_run(bt, CHAIN_ALPHA, NULL, 0, three));
    struct bt_delivery second = bt_delivery(bt, CHAIN_ALPHA, 5, true);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &second)), CODE_INVALID_PROOF); /* out of turn */
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &first)), CODE_NONE);
    delta = ledger_next_committee(bt->ends[1].state, 1, 1); /* what the block before did not know does not count yet */
    CHECK_U64(delta->count, 4);
    committee_unref(delta);
    bt_empty(bt, CHAIN_DELTA, 1);
    delta = ledger_next_committee(bt->ends[1].state, 1, 1);
    CHECK_U64(delta->count, 5);
    CHECK(strcmp(delta->members[0].name, "") != 0);
    committee_unref(delta);
    CHECK_U64(ledger_validators_count(bt->ends[1].state), 5);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &second)), CODE_NONE);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &later)), CODE_NONE); /* an older block, its committee still young */
    struct bridge_inbox inbox;
    bridge_inbox(bt->ends[1].state, &inbox);
    CHECK_U64(inbox.epoch, 2);
    CHECK(hash_eq(&inbox.committee, &alpha->committee->hash));
    committee_unref(five);
    committee_unref(three);
    bt_free(bt);
}

/* Retired keys: once the unbonding time has passed nothing that they sign is believed. */
static void a_committee_long_gone_is_not_believed(void)
{
    struct bt *bt = bt_new(NULL);
    struct committee *next = bt_committee(bt, 3, 1, 4);
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 9)), CODE_NONE);
    bt_empty(bt, CHAIN_ALPHA, 2);
    struct bt_delivery block = bt_delivery(bt, CHAIN_ALPHA, 1, true);
    ledger_result_unref(bt_run(bt, CHAIN_ALPHA, NULL, 0, next));
    struct bt_delivery end = bt_delivery(bt, CHAIN_ALPHA, 4, true);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &end)), CODE_NONE);
    const uint64_t unbonding = ledger_params(bt->ends[1].state)->unbonding_blocks;
    bt_empty(bt, CHAIN_DELTA, unbonding);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &block)), CODE_INVALID_PROOF);
    committee_unref(next);
    bt_free(bt);
}

static void an_ejection_jails_on_delta(void)
{
    struct bt *bt = bt_new(NULL);
    struct ledger_validator v;
    /* Made by hand: Alpha's own families send it for evidence and proposals. */
    struct bt_end *alpha = bt_end(bt, CHAIN_ALPHA);
    struct ipc_message message = {.type = IPC_VALIDATOR_EJECTION,
                                  .source = alpha->rules.domain,
                                  .destination = alpha->rules.peer,
                                  .sequence = 1,
                                  .source_height = 1,
                                  .body.ejection = {.validator = bt->validators[2].address, .reason = 1}};
    struct buf bytes = {0};
    ipc_encode(&message, &bytes);
    bt_empty(bt, CHAIN_ALPHA, 1);
    struct header *header = &alpha->headers[1];
    const struct hash leaf = merkle_leaf(bytes.data, bytes.len);
    header->messages_root = leaf; /* a list of one */
    header->message_count = 1;
    bt_empty(bt, CHAIN_ALPHA, 2);
    struct bt_delivery d = bt_delivery(bt, CHAIN_ALPHA, 1, true);
    d.payload.ipc_deliver.messages.count = 1;
    d.payload.ipc_deliver.messages.items[0] = (struct relayed){.index = 0, .message = buf_str(&bytes)};
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d)), CODE_NONE);
    CHECK(ledger_validator_find(bt->ends[1].state, &bt->validators[2].address, &v) && v.jailed);
    CHECK(ledger_validator_find(bt->ends[1].state, &bt->validators[1].address, &v) && !v.jailed);
    buf_done(&bytes);
    bt_free(bt);
}

static void a_message_that_fails_is_failed_and_the_sequence_goes_on(void)
{
    struct bt *bt = bt_new(NULL);
    struct bt_end *alpha = bt_end(bt, CHAIN_ALPHA);
    struct ipc_message message = {.type = IPC_VALIDATOR_EJECTION,
                                  .source = alpha->rules.domain,
                                  .destination = alpha->rules.peer,
                                  .sequence = 1,
                                  .source_height = 1,
                                  .body.ejection = {.validator = bt->people[0].address}}; /* no validator */
    struct buf bytes = {0};
    ipc_encode(&message, &bytes);
    bt_empty(bt, CHAIN_ALPHA, 1);
    alpha->headers[1].messages_root = merkle_leaf(bytes.data, bytes.len);
    alpha->headers[1].message_count = 1;
    bt_empty(bt, CHAIN_ALPHA, 2);
    struct bt_delivery d = bt_delivery(bt, CHAIN_ALPHA, 1, true);
    d.payload.ipc_deliver.messages.count = 1;
    d.payload.ipc_deliver.messages.items[0] = (struct relayed){.index = 0, .message = buf_str(&bytes)};
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_deliver_tx(bt, CHAIN_ALPHA, 5, &d)), CODE_NONE);
    struct ipc_record record;
    bool more;
    uint64_t next;
    const struct bridge_sight delta = {.state = bt->ends[1].state};
    CHECK_U64(bridge_records(&delta, DIRECTION_IN, 0, 0, 1, &bt->arena, &record, &more, &next), 1);
    CHECK(record.status == IPC_FAILED && record.error == CODE_VALIDATOR_NOT_FOUND);
    struct bridge_inbox inbox;
    bridge_inbox(delta.state, &inbox);
    CHECK(inbox.sequence == 1 && inbox.failed == 1);
    buf_done(&bytes);
    bt_free(bt);
}

static void sax_without_a_lock_behind_it_is_not_paid_out(void)
{
    struct bt *bt = bt_new(NULL);
    const struct ledger_grant grant = {bt->people[2].address, {TOKEN_SAX, AMOUNT(900)}};
    const struct ledger_orders orders = {.grants = &grant, .grants_count = 1};
    struct bt_end *delta = bt_end(bt, CHAIN_DELTA);
    const struct ledger_frame frame = {.height = 1, .round = 1, .timestamp_ms = TOWN_TIME + 500, .proposer = delta->committee->members[0].address};
    struct ledger_result *result = ledger_execute(&delta->rules, delta->state, &frame, &orders, NULL, 0);
    CHECK(result->verdict == LEDGER_GOOD);
    ledger_state_unref(delta->state);
    delta->state = ledger_state_ref(result->state);
    delta->headers[1] = (struct header){.domain = delta->rules.domain, .height = 1, .round = 1, .committee_hash = delta->committee->hash};
    delta->headers[1].next_committee_hash = delta->committee->hash;
    delta->headers[1].parent_hash = delta->headers[1].justify_hash = header_hash(&delta->headers[0]);
    delta->height = 1;
    delta->round = 1;
    ledger_result_unref(result);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_burn(bt, 2, 0, 900)), CODE_NONE);
    CHECK_U64(bt_deliver(bt, CHAIN_DELTA, 1), CODE_NONE);
    const struct hash burn = lock_id_of(bt, 1, CHAIN_DELTA);
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_claim(bt, CHAIN_ALPHA, 0, &burn)), CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, 900)), CODE_NONE);
    CHECK_U64(bt_do(bt, CHAIN_ALPHA, bt_claim(bt, CHAIN_ALPHA, 0, &burn)), CODE_NONE); /* not lost: it waits for backing */
    (void)bt_supply(bt, TOKEN_AX);
    bt_free(bt);
}

static void without_balance_nothing_crosses(void)
{
    struct bt *bt = bt_new(NULL);
    enum receipt_field field;
    CHECK_U64(bt_do_field(bt, CHAIN_ALPHA, bt_lock(bt, 0, 1, BT_BALANCE), &field), CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(field, RECEIPT_FIELD_AMOUNT);
    CHECK_U64(bt_do(bt, CHAIN_DELTA, bt_burn(bt, 0, 1, 1)), CODE_INSUFFICIENT_BALANCE);
    CHECK_U64(bt->ends[0].messages_count + bt->ends[1].messages_count, 0);
    CHECK_U64(bt_supply(bt, TOKEN_AX).bridge_locked.units, 0);
    bt_free(bt);
}

int main(void)
{
    RUN(a_lock_is_minted_burned_and_unlocked);
    RUN(views_tell_how_far_a_lock_has_come);
    RUN(records_and_status_tell_every_message);
    RUN(the_proof_of_a_message_leads_to_its_block);
    RUN(claims_are_refused_in_the_order_of_the_rules);
    RUN(no_altered_claim_is_paid);
    RUN(deliveries_are_refused_in_the_order_of_the_rules);
    RUN(the_window_is_256_messages_wide);
    RUN(committees_follow_each_other);
    RUN(a_committee_long_gone_is_not_believed);
    RUN(an_ejection_jails_on_delta);
    RUN(a_message_that_fails_is_failed_and_the_sequence_goes_on);
    RUN(sax_without_a_lock_behind_it_is_not_paid_out);
    RUN(without_balance_nothing_crosses);
    return 0;
}
