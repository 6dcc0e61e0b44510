/* Shielded wallets on a whole network: deposits, transfers and withdrawals by the routes alone, what each route answers about them,
 * refusals, and every habit that a planted switch spoils. */
#include "wallets.h"

static void a_round_here(struct village *v)
{
    struct two two;
    struct answer answer;
    two_init(v, &two);
    CHECK(two.a.habits.waits && two.a.habits.denominations && two.a.habits.decoys == DECOY_RECENT);
    CHECK_U64(two.a.terms.ring_size, 11);
    CHECK_U64(shieldwallet_amount(&two.a, 123456), 100000);
    CHECK_U64(shieldwallet_amount(&two.a, 9999), 0);
    deposit(v, 0, &two.a, 1000000);
    deposit(v, 1, &two.a, 100000);
    fiber_sleep(v->env, duration_s(4)); /* as old as notes must be */
    scan(v, &two.a);
    CHECK_U64(shieldwallet_balance(&two.a), 1100000);
    CHECK_U64(two.shelf.notes.count, 130); /* genesis has 128 */
    CHECK(pool_of(v) == 1100000);

    const struct shield_order pay = {.kind = KIND_SHIELDED_TRANSFER, .to = two.b.keys.address, .amount = 250000};
    struct shield_spend made;
    CHECK_U64(shieldwallet_spend(&two.a, &pay, v->crew.suite, &made), SHIELD_OK);
    CHECK_U64(made.tx->size, 1668);
    CHECK_U64(send(v, made.tx), CODE_NONE);
    const struct nullifier_status *status = alpha_nullifier(&v->crew.alpha, &made.truth[0].nullifier, soon(v), &answer);
    CHECK(status != NULL && status->pending && !status->spent);
    answer_done(&answer);
    shieldwallet_release(&two.a, &made); /* a rival spend of the same note, by another fresh key, over the same ring */
    struct shield_spend rival;
    const struct shield_order big = {.kind = KIND_SHIELDED_TRANSFER, .to = two.b.keys.address, .amount = 900000};
    CHECK_U64(shieldwallet_spend(&two.a, &big, v->crew.suite, &rival), SHIELD_OK);
    CHECK(hash_eq(&rival.truth[0].nullifier, &made.truth[0].nullifier) && !address_eq(&rival.tx->sender, &made.tx->sender));
    CHECK(memcmp(rival.truth[0].ring, made.truth[0].ring, sizeof(made.truth[0].ring)) == 0);
    CHECK_U64(send(v, rival.tx), CODE_NULLIFIER_SPENT); /* it waits */
    CHECK(receipt_success(&(struct receipt){.code = follow(v, made.tx).code}));
    CHECK_U64(send(v, rival.tx), CODE_NULLIFIER_SPENT); /* it is spent */
    status = alpha_nullifier(&v->crew.alpha, &made.truth[0].nullifier, soon(v), &answer);
    CHECK(status != NULL && status->spent && hash_eq(&status->transaction_id.value, &made.tx->id));
    const uint32_t spent_height = status->height.value;
    answer_done(&answer);
    const uint64_t fee = (uint64_t)made.tx->fee.units;
    still_told(v, &made.tx->id);
    tx_unref(rival.tx);
    tx_unref(made.tx);

    fiber_sleep(v->env, duration_s(4));
    scan(v, &two.a);
    scan(v, &two.b);
    CHECK_U64(shieldwallet_balance(&two.b), 250000);
    CHECK_U64(shieldwallet_balance(&two.a), 1100000 - 250000 - fee);
    CHECK(pool_of(v) == 1100000 - fee);

    struct seckey fresh = {{0}};
    const struct address receiver = shieldwallet_receiver(&two.b, v->crew.suite, &v->bots[2]->identity.address, &fresh);
    CHECK(!address_eq(&receiver, &v->bots[2]->identity.address));
    spend(v, &two.b, &(struct shield_order){.kind = KIND_SHIELDED_WITHDRAW, .withdraw_to = receiver, .amount = 100000});
    const struct account_view *account = alpha_account(&v->crew.alpha, &receiver, soon(v), &answer);
    CHECK(account != NULL && account->balances_count == 1 && account->balances[0].free.units == 100000);
    answer_done(&answer);

    const struct shielded_state_view *state = alpha_shielded_state(&v->crew.alpha, soon(v), &answer);
    CHECK(state != NULL && state->notes == 134 && state->nullifiers == 2 && state->ring_size == 11);
    answer_done(&answer);
    uint32_t count;
    CHECK(alpha_shielded_count(&v->crew.alpha, 0, soon(v), &count, &answer));
    CHECK_U64(count, 128);
    answer_done(&answer);
    CHECK(!alpha_shielded_count(&v->crew.alpha, 99999, soon(v), &count, &answer));
    CHECK_U64(answer.code, CODE_BLOCK_NOT_FOUND);
    answer_done(&answer);
    const struct page *page = alpha_nullifiers(&v->crew.alpha, spent_height, 1, STR(""), soon(v), &answer);
    CHECK(page != NULL && page->count == 1 && page->next_cursor.len > 0);
    CHECK(((const struct nullifier_view *)page->items)[0].height == spent_height);
    answer_done(&answer);
    page = alpha_nullifiers(&v->crew.alpha, spent_height + 1, 0, STR(""), soon(v), &answer);
    CHECK(page != NULL && page->count == 1);
    answer_done(&answer);
    page = alpha_notes_from_height(&v->crew.alpha, 1, 0, soon(v), &answer);
    CHECK(page != NULL && page->count == 6 && ((const struct note_view *)page->items)[0].index == 128);
    CHECK_U64(((const struct note_view *)page->items)[2].kind, NOTE_OF_TRANSFER);
    answer_done(&answer);
    two_done(&two);
}
static void money_goes_round_the_pool(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 5, .ax = 10000000}, a_round_here));
}

static void a_round_by_text_here(struct village *v) { a_round_here(v); }
static void money_goes_round_by_text(void)
{
    village_free(village_run((struct village_config){.validators = 1, .bots = 3, .seed = 6, .ax = 10000000, .wire = WIRE_TEXT, .simulated = true},
                             a_round_by_text_here));
}

/* ---- refusals, by the routes ---- */

/* A spend made by hand, so that one thing in it can be wrong. */
struct craft {
    enum kind kind;
    uint32_t note, ring_count, ref_height; /* note: position in the wallet */
    uint64_t nonce, pool_fee, amount;
    const struct seckey *key;
    bool unknown_member, wrong_key, taken_output;
};

static struct craft craft_of(const struct two *two, uint32_t note, const struct seckey *key, uint64_t nonce)
{
    return (struct craft){.kind = KIND_SHIELDED_TRANSFER, .note = note, .ring_count = 11, .ref_height = two->shelf.ref_height, .nonce = nonce,
                          .pool_fee = 3000, .key = key};
}

static void output_take(const struct two *two, struct buf *payload, enum kind kind)
{
    struct arena arena;
    union payload read;
    struct buf out = {0};
    const struct tx_rules rules = {0};
    arena_init(&arena, 0);
    CHECK_U64(payload_decode(kind, buf_str(payload), &rules, &arena, &read, NULL), CODE_NONE);
    memcpy(&read.shielded_spend.outputs.items[0].one_time_key, &two->shelf.notes.data[3].note.one_time_key, 32);
    payload_encode(kind, &read, &out);
    buf_done(payload);
    *payload = out;
    arena_done(&arena);
}

/* The signed bytes. */
static void craft_make(struct village *v, struct two *two, const struct craft *c, struct buf *out)
{
    const struct own_note *own = &two->a.notes.data[c->note];
    struct clsag_member members[CLSAG_RING_MAX];
    uint32_t ring[CLSAG_RING_MAX], count = 0;
    for (; count + 1 < c->ring_count; count++) ring[count] = count;
    ring[count++] = own->index;
    for (uint32_t i = 0; i < count; i++)
        members[i] = (struct clsag_member){two->shelf.notes.data[ring[i]].note.one_time_key, two->shelf.notes.data[ring[i]].note.commitment};
    struct spend_input input = {.owned = own->owned, .note = two->shelf.notes.data[own->index].note, .ring = ring, .members = members,
                                .ring_count = count, .real = count - 1};
    if (c->wrong_key) input.owned.secret = scalar_of(77);
    if (c->unknown_member) ring[count - 1] = 99999;
    const struct spend_output outputs[] = {{two->a.keys.address, own->owned.opening.value - c->amount - c->pool_fee}, {two->a.keys.address, 0}};
    struct tx_spec spec = {.domain = v->crew.domain, .kind = c->kind, .nonce = c->nonce, .fee = AMOUNT(3000)};
    const struct spend_plan plan = {.spec = &spec, .ref_height = c->ref_height, .pool_fee = AMOUNT(c->pool_fee), .amount = AMOUNT(c->amount),
                                    .inputs = &input, .inputs_count = 1, .outputs = outputs, .outputs_count = 2};
    struct buf payload = {0}, bytes = {0};
    spend_build(&plan, &c->key->pub, &two->a.source, &payload);
    if (c->taken_output) output_take(two, &payload, c->kind);
    spec.payload = buf_str(&payload);
    tx_spec_encode(&spec, &c->key->pub, &bytes);
    tx_sign_raw(buf_str(&bytes), v->crew.suite, c->key, out);
    buf_done(&payload);
    buf_done(&bytes);
}

static enum code craft_send(struct village *v, struct two *two, const struct craft *c, struct hash *out_id)
{
    struct answer answer;
    struct buf bytes = {0};
    craft_make(v, two, c, &bytes);
    *out_id = tx_id_of(str_sub(buf_str(&bytes), 0, bytes.len - TX_SIGNATURE_BYTES));
    const bool taken = alpha_broadcast_raw(&v->crew.alpha, buf_str(&bytes), STR("application/octet-stream"), soon(v), &answer) != NULL;
    const enum code code = taken ? CODE_NONE : answer.code;
    answer_done(&answer);
    buf_done(&bytes);
    return code;
}

static enum code deposit_send(struct village *v, uint32_t bot, uint64_t nonce, struct str payload)
{
    struct apierror error;
    const struct tx_spec spec = {.domain = v->crew.domain, .kind = KIND_SHIELDED_DEPOSIT, .nonce = nonce, .fee = AMOUNT(1000), .payload = payload};
    struct tx *tx = tx_build(&spec, v->crew.suite, &v->bots[bot]->identity.key, &error);
    CHECK(tx != NULL);
    const enum code code = send(v, tx);
    if (code == CODE_NONE) (void)follow(v, tx);
    tx_unref(tx);
    return code;
}

static void refused_here(struct village *v)
{
    struct two two;
    struct seckey stranger;
    struct hash id;
    two_init(v, &two);
    struct buf payload = {0};
    shieldwallet_deposit(&two.a, 1000000, &payload);
    payload.data[0] ^= 1; /* another amount than the commitment's */
    CHECK_U64(deposit_send(v, 0, 0, buf_str(&payload)), CODE_INVALID_PROOF);
    payload.data[0] ^= 1;
    CHECK_U64(deposit_send(v, 0, 0, buf_str(&payload)), CODE_NONE);
    CHECK_U64(deposit_send(v, 1, 0, buf_str(&payload)), CODE_ALREADY_EXISTS); /* its key squatted upon */
    buf_done(&payload);
    deposit(v, 1, &two.a, 1000000);
    fiber_sleep(v->env, duration_s(4));
    scan(v, &two.a);
    CHECK_U64(two.a.notes.count, 2);
    seckey_from_seed(v->crew.suite, (const uint8_t[32]){8}, &stranger);
    const struct craft good = craft_of(&two, 0, &stranger, 0);
    struct craft c = good;
    c.pool_fee = 2999;
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_FIELD_MISMATCH);
    c = good;
    c.ref_height += 3;
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_UNKNOWN_ANCHOR);
    c = good;
    c.ring_count = 10;
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_RING_TOO_SMALL);
    c = good;
    c.ring_count = 12;
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_INVALID_FORMAT);
    c = good;
    c.unknown_member = true;
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_UNKNOWN_RING_MEMBER);
    c = good;
    c.taken_output = true;
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_ALREADY_EXISTS);
    c = good;
    c.wrong_key = true;
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_INVALID_PROOF);
    c.kind = KIND_SHIELDED_WITHDRAW;
    c.amount = 5;
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_INVALID_PROOF);

    /* Behind a nonce gap it is not tried; when it would be included, there is nobody to charge: it is dropped, and says why. */
    c = craft_of(&two, 1, &stranger, 1);
    c.wrong_key = true;
    struct hash forged, first;
    CHECK_U64(craft_send(v, &two, &c, &forged), CODE_NONE);
    CHECK_U64(craft_send(v, &two, &good, &first), CODE_NONE);
    fiber_sleep(v->env, duration_s(6));
    struct answer answer;
    const struct tx_view *view = alpha_transaction(&v->crew.alpha, &first, TX_WAIT_NONE, (struct duration){0}, soon(v), &answer);
    CHECK(view != NULL && view->status == TX_FINALIZED && receipt_success(&view->receipt));
    answer_done(&answer);
    view = alpha_transaction(&v->crew.alpha, &forged, TX_WAIT_NONE, (struct duration){0}, soon(v), &answer);
    CHECK(view != NULL && view->status == TX_STATUS_DROPPED);
    CHECK_U64(view->dropped_reason, CODE_INVALID_PROOF);
    answer_done(&answer);

    fiber_sleep(v->env, duration_s(15)); /* more than twenty blocks */
    c = craft_of(&two, 1, &stranger, 1);
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_PROOF_EXPIRED);
    scan(v, &two.a);
    c = craft_of(&two, 0, &stranger, 1);
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_NULLIFIER_SPENT);
    c = craft_of(&two, 1, &stranger, 1);
    CHECK_U64(craft_send(v, &two, &c, &id), CODE_NONE);
    two_done(&two);
}
static void every_refusal_of_the_pool_is_given(void)
{
    static const struct devnet_parameter parameters[] = {{{"proof_window_blocks", 19}, {"20", 2}}};
    village_free(village_run((struct village_config){.validators = 1, .bots = 3, .seed = 8, .ax = 10000000, .simulated = true, .parameters = parameters,
                                                     .parameters_count = 1}, refused_here));
}

/* ---- habits ---- */

static void spoil(struct village *v, const char *name, bool on)
{
    struct err err;
    struct http_exchange *exchange;
    char path[96];
    snprintf(path, sizeof(path), "/admin/v1/switches/%s", name);
    const struct http_header headers[] = {{STR("authorization"), STR("Bearer " VILLAGE_TOKEN)}, {STR("content-type"), STR("application/json")}};
    const struct http_request request = {.method = HTTP_PUT, .path = str_of(path), .headers = headers, .headers_count = 2,
                                         .body = on ? STR("{\"enabled\":true}") : STR("{\"enabled\":false}")};
    CHECK(http_call(v->crew.alpha.http, STR("admin"), &request, soon(v), &exchange, &err));
    CHECK_U64(http_response(exchange)->status, 200);
    http_exchange_free(exchange);
}

static struct shield_habits habits(struct village *v)
{
    struct note_shelf shelf;
    struct shieldwallet wallet;
    struct answer answer;
    note_shelf_init(&shelf);
    shieldwallet_init(&wallet, &shelf, (const uint8_t[32]){9});
    CHECK(shieldwallet_learn(&wallet, &v->crew.alpha, soon(v), &answer));
    const struct shield_habits out = wallet.habits;
    CHECK((shieldwallet_wait(&wallet).ns > 0) == out.waits);
    CHECK_U64(shieldwallet_amount(&wallet, 123456), out.denominations ? 100000 : 123456);
    struct seckey key;
    const struct address own = {{7}}, receiver = shieldwallet_receiver(&wallet, v->crew.suite, &own, &key);
    CHECK(address_eq(&receiver, &own) == !out.fresh_receiver);
    struct buf payload = {0};
    shieldwallet_deposit(&wallet, 777, &payload);
    struct shield_note note;
    memcpy(&note, payload.data + 16, sizeof(note));
    CHECK((memcmp(note.enc, (const uint8_t[8]){9, 3}, 8) == 0) == !out.masked);
    CHECK((memcmp(note.enc + SPEND_TAG_AT, &wallet.keys.address.spend, SPEND_TAG_BYTES) == 0) == !out.fresh_receiver);
    buf_done(&payload);
    shieldwallet_done(&wallet);
    note_shelf_done(&shelf);
    return out;
}

static void spoiled_here(struct village *v)
{
    struct shield_habits h = habits(v);
    CHECK(h.waits && h.denominations && h.fresh_receiver && h.masked && h.whole_rings && h.decoys == DECOY_RECENT);
    spoil(v, "vuln.no-boundary-delay", true);
    CHECK(!habits(v).waits);
    spoil(v, "vuln.no-boundary-delay", false);
    CHECK(habits(v).waits);
    spoil(v, "vuln.plain-shield-amounts", true);
    CHECK(!habits(v).denominations);
    spoil(v, "vuln.plain-shield-amounts", false);
    spoil(v, "vuln.uniform-decoys", true);
    CHECK_U64(habits(v).decoys, DECOY_UNIFORM);
    spoil(v, "vuln.uniform-decoys", false);
    spoil(v, "vuln.newest-only-decoys", true);
    CHECK_U64(habits(v).decoys, DECOY_NEWEST);
    spoil(v, "vuln.newest-only-decoys", false);
    spoil(v, "vuln.static-receive-address", true);
    CHECK(!habits(v).fresh_receiver);
    spoil(v, "vuln.static-receive-address", false);
    spoil(v, "vuln.shielded-plaintext-receipt", true);
    CHECK(!habits(v).masked);
    spoil(v, "vuln.shielded-plaintext-receipt", false);
    h = habits(v);
    CHECK(h.waits && h.denominations && h.fresh_receiver && h.masked && h.whole_rings && h.decoys == DECOY_RECENT);

    spoil(v, "vuln.ring-size-one", true); /* the chain and the wallets at once: a ring of one is spent */
    struct two two;
    two_init(v, &two);
    CHECK(!two.a.habits.whole_rings);
    deposit(v, 0, &two.a, 100000);
    fiber_sleep(v->env, duration_s(4));
    scan(v, &two.a);
    spend(v, &two.a, &(struct shield_order){.kind = KIND_SHIELDED_TRANSFER, .to = two.b.keys.address, .amount = 1000});
    two_done(&two);
}
static void switches_spoil_the_habits_of_wallets(void)
{
    village_free(village_run((struct village_config){.validators = 1, .bots = 3, .seed = 7, .ax = 10000000, .simulated = true, .listens = true}, spoiled_here));
}

/* ---- which notes, which rings ---- */

static void shelf_fill(struct note_shelf *shelf, struct shieldwallet *wallet, uint32_t count, uint32_t every)
{
    struct source source = source_of((const uint8_t[32]){77});
    for (uint32_t i = 0; i < count; i++) {
        struct shelf_note note = {.note = shield_genesis_notes[i % SHIELD_GENESIS_NOTES], .height = 1};
        struct shield_opening opening;
        memcpy(&note.transaction_id, &i, sizeof(i));
        if (i % every == 0) shield_note_make(&source, &wallet->keys.address, 100000, 0, &note.note, &opening);
        if (i % every == 0) vec_push(&wallet->notes, ((struct own_note){.index = i}));
        if (i % every == 0) CHECK(shield_note_own(&wallet->keys, &note.note, 0, &vec_last(&wallet->notes).owned));
        vec_push(&shelf->notes, note);
    }
    shelf->ref_height = 5;
}

static void notes_of_one_transaction_do_not_stand_together(void)
{
    struct note_shelf shelf;
    struct shieldwallet wallet;
    note_shelf_init(&shelf);
    shieldwallet_init(&wallet, &shelf, (const uint8_t[32]){3});
    wallet.terms = (struct shield_terms){.ring_size = 11, .domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET)};
    shelf_fill(&shelf, &wallet, 30, 15); /* two notes of 100000 */
    struct shield_spend made;
    const struct shield_order order = {.kind = KIND_SHIELDED_TRANSFER, .to = wallet.keys.address, .amount = 150000};
    wallet.habits.pool_pays = false;
    struct seckey key;
    seckey_from_seed((struct sign_suite){SIGN_SIMULATED}, (const uint8_t[32]){1}, &key);
    struct shield_order paid = order;
    paid.sender = &key;
    shelf.notes.data[15].transaction_id = shelf.notes.data[0].transaction_id;
    CHECK_U64(shieldwallet_spend(&wallet, &paid, (struct sign_suite){SIGN_SIMULATED}, &made), SHIELD_FUNDS);
    shelf.notes.data[15].transaction_id.b[5] = 1;
    CHECK_U64(shieldwallet_spend(&wallet, &paid, (struct sign_suite){SIGN_SIMULATED}, &made), SHIELD_OK);
    CHECK_U64(made.inputs_count, 2);
    CHECK(amount_is_zero(shielded_pool_fee(made.tx)));
    CHECK_U64(shieldwallet_count(&wallet), 0);
    tx_unref(made.tx);
    shieldwallet_release(&wallet, &made);
    CHECK_U64(shieldwallet_count(&wallet), 2);
    shelf.notes.count = 10;
    CHECK_U64(shieldwallet_spend(&wallet, &paid, (struct sign_suite){SIGN_SIMULATED}, &made), SHIELD_RING);
    shieldwallet_done(&wallet);
    note_shelf_done(&shelf);
}

int main(void)
{
    RUN(money_goes_round_the_pool);
    RUN(money_goes_round_by_text);
    RUN(every_refusal_of_the_pool_is_given);
    RUN(switches_spoil_the_habits_of_wallets);
    RUN(notes_of_one_transaction_do_not_stand_together);
    return 0;
}
