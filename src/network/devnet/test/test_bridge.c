/* The bridge of a whole network: relays carry what is final, both ways, whatever the weather on their way; and the routes of the
 * contract answer. */
#include "chain/ipc.h"
#include "chain/payload.h"
#include "network/devnet/test/town.h"

static struct tx *signed_tx(struct town *town, enum kind kind, uint32_t bot, uint64_t nonce, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    const enum chain_id chain = kind_find((uint16_t)kind)->chain;
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(chain, chain == CHAIN_ALPHA ? NETWORK_TESTNET : NETWORK_MAINNET),
                                 .kind = kind,
                                 .nonce = nonce,
                                 .fee = AMOUNT(2000 + bytes.len),
                                 .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, town->suite, &town->bots[bot], &error);
    if (!tx) CHECK_FAIL("no transaction: %s", error.message);
    buf_done(&bytes);
    return tx;
}

static enum code send(struct town *town, const char *path, struct tx *tx, struct hash *out_id)
{
    if (out_id) *out_id = tx->id;
    const enum chain_id chain = (enum chain_id)tx->chain;
    const enum code code = town_code(town_call(town, chain_text(chain), &(struct http_request){.method = HTTP_POST, .path = str_of(path), .shape = &wire_transaction, .object = tx}));
    tx_unref(tx);
    return code;
}

static uint64_t delta_nonces[TOWN_BOTS];

static struct hash lock(struct town *town, uint32_t from, uint32_t to, uint64_t amount, bool automatic)
{
    struct hash id;
    const union payload payload = {.bridge_lock = {town->addresses[to], AMOUNT(amount), automatic}};
    CHECK_U64(send(town, "/testnet/transaction/broadcast", signed_tx(town, KIND_BRIDGE_LOCK, from, town->nonces[from]++, &payload), &id), CODE_NONE);
    return id;
}

static struct hash burn(struct town *town, uint32_t from, uint32_t to, uint64_t amount)
{
    struct hash id;
    const union payload payload = {.burn = {town->addresses[to], AMOUNT(amount), true}};
    CHECK_U64(send(town, "/mainnet/crosschain/burn", signed_tx(town, KIND_BURN, from, delta_nonces[from]++, &payload), &id), CODE_NONE);
    return id;
}

/* GET with an id in the path; the caller frees. */
static struct http_exchange *get_id(struct town *town, enum chain_id chain, const char *format, const struct hash *id)
{
    char path[200], hex[65] = {0};
    str_hex(id->b, 32, hex);
    snprintf(path, sizeof(path), format, hex);
    return town_get_on(town, chain_text(chain), path);
}

static const void *object(struct http_exchange *exchange, enum chain_id chain, const struct wire *wire)
{
    struct err err;
    CHECK(exchange != NULL);
    if (http_response(exchange)->status != 200) CHECK_FAIL("status %u: " STR_FMT, http_response(exchange)->status, STR_ARG(http_response_body(exchange)));
    const void *found = wire_object_on(chain, exchange, wire, &err);
    if (!found) CHECK_FAIL("%s", err.text);
    return found;
}

/* Waits until Delta has minted a lock; how long that took, in ms. 0: not within `patience_ms`. */
static uint64_t minted(struct town *town, const struct hash *id, uint64_t patience_ms)
{
    for (uint64_t waited = 0; waited < patience_ms; waited += 200) {
        struct http_exchange *exchange = get_id(town, CHAIN_DELTA, "/mainnet/crosschain/locks/%s", id);
        CHECK(exchange != NULL);
        bool done = false;
        if (http_response(exchange)->status == 200) {
            const struct lock_in_view *view = object(exchange, CHAIN_DELTA, &wire_lock_in);
            done = view->status == CLAIM_PAID;
        }
        http_exchange_free(exchange);
        if (done) return MAX(waited, 1);
        town_sleep(town, 200);
    }
    return 0;
}

static bool unlocked(struct town *town, const struct hash *id, uint64_t patience_ms)
{
    for (uint64_t waited = 0; waited < patience_ms; waited += 200) {
        struct http_exchange *exchange = get_id(town, CHAIN_ALPHA, "/testnet/crosschain/unlocks/%s", id);
        bool done = false;
        if (exchange && http_response(exchange)->status == 200) {
            const struct unlock_view *view = object(exchange, CHAIN_ALPHA, &wire_unlock);
            done = view->status == CLAIM_PAID && view->transaction_id.has;
        }
        http_exchange_free(exchange);
        if (done) return true;
        town_sleep(town, 200);
    }
    return false;
}

static u128 balance(struct town *town, enum chain_id chain, uint32_t bot, enum token token)
{
    char path[128], address[ADDRESS_TEXT];
    address_text(&town->addresses[bot], chain, address);
    snprintf(path, sizeof(path), "/%s/account/%s", chain == CHAIN_ALPHA ? "testnet" : "mainnet", address);
    struct http_exchange *exchange = town_get_on(town, chain_text(chain), path);
    const struct account_view *account = object(exchange, chain, &wire_account);
    u128 units = 0;
    for (uint32_t i = 0; i < account->balances_count; i++)
        if (account->balances[i].token == token) units = account->balances[i].free.units;
    http_exchange_free(exchange);
    return units;
}

static void crossing_here(struct town *town)
{
    memset(delta_nonces, 0, sizeof(delta_nonces));
    const struct hash id = lock(town, 0, 1, 500000, true);
    CHECK(minted(town, &id, 20000) > 0);
    CHECK_U64(balance(town, CHAIN_DELTA, 1, TOKEN_SAX), 500000);
    const u128 before = balance(town, CHAIN_ALPHA, 2, TOKEN_AX);
    const struct hash back = burn(town, 1, 2, 500000);
    CHECK(unlocked(town, &back, 20000));
    CHECK_U64(balance(town, CHAIN_ALPHA, 2, TOKEN_AX) - before, 500000);
    CHECK_U64(balance(town, CHAIN_DELTA, 1, TOKEN_SAX), 0);
    struct http_exchange *exchange = get_id(town, CHAIN_ALPHA, "/testnet/crosschain/locks/%s", &id);
    const struct lock_view *view = object(exchange, CHAIN_ALPHA, &wire_lock);
    CHECK(view->status == LOCK_RELEASED && view->finalized && amount_eq(view->amount, AMOUNT(500000)));
    http_exchange_free(exchange);
}

static void what_is_locked_is_minted_and_comes_back(void)
{
    const enum http_wire wires[] = {WIRE_STRUCT, WIRE_TEXT};
    for (size_t i = 0; i < ARRAY_LEN(wires); i++)
        (void)town_run((struct town_config){.validators = 4, .seed = 5, .delta = true, .wire = wires[i]}, crossing_here, NULL);
}

/* ---- every route of the bridge, a success and each of its codes ---- */

static void table_here(struct town *town)
{
    memset(delta_nonces, 0, sizeof(delta_nonces));
    char path[200], hex[65] = {0};
    const struct hash id = lock(town, 0, 1, 500000, false), nothing = {{1}};
    CHECK_U64(town_code(get_id(town, CHAIN_DELTA, "/mainnet/crosschain/locks/%s", &nothing)), CODE_LOCK_NOT_FOUND); /* DC1 */
    CHECK_U64(town_code(get_id(town, CHAIN_ALPHA, "/testnet/crosschain/locks/%s", &nothing)), CODE_LOCK_NOT_FOUND); /* X5 */
    CHECK_U64(town_code(get_id(town, CHAIN_ALPHA, "/testnet/crosschain/unlocks/%s", &nothing)), CODE_BURN_NOT_FOUND); /* X6 */
    CHECK_U64(town_code(get_id(town, CHAIN_ALPHA, "/testnet/crosschain/messages/%s/proof", &nothing)), CODE_MESSAGE_NOT_FOUND); /* X15 */
    CHECK_U64(town_code(town_get(town, "/testnet/crosschain/locks/xyz")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_code(town_get(town, "/testnet/crosschain/messages?direction=up")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_code(town_get(town, "/testnet/crosschain/messages?type=rumour")), CODE_INVALID_PARAMETER);
    CHECK_U64(town_code(town_get(town, "/testnet/crosschain/messages?limit=0")), CODE_INVALID_PARAMETER);
    /* DC2: nothing known; a claim ahead of the relay; a false proof; once; twice. */
    union payload claim = {.claim = {.source_id = nothing}};
    CHECK_U64(send(town, "/mainnet/crosschain/mint", signed_tx(town, KIND_MINT_CLAIM, 3, 0, &claim), NULL), CODE_LOCK_NOT_FOUND);
    struct http_exchange *exchange = NULL;
    struct ipc_record record = {.sequence = 0};
    char bytes[IPC_BYTES_MAX];
    for (int i = 0; i < 100 && record.sequence == 0; i++) { /* X7, as soon as the lock is included */
        exchange = town_get(town, "/testnet/crosschain/messages?direction=out&type=lock_transaction");
        const struct page *page = object(exchange, CHAIN_ALPHA, &wire_ipc_record_page);
        if (page->count > 0) {
            record = *(const struct ipc_record *)page->items;
            memcpy(bytes, record.bytes.data, record.bytes.len);
        }
        http_exchange_free(exchange);
        town_sleep(town, 50);
    }
    CHECK_U64(record.sequence, 1);
    const struct str message = {bytes, record.bytes.len};
    claim.claim = (struct payload_claim){.source_id = id, .source_height = record.source_height, .message_index = record.message_index, .message = message};
    claim.claim.source_height += 1000;
    CHECK_U64(send(town, "/mainnet/crosschain/mint", signed_tx(town, KIND_MINT_CLAIM, 3, 0, &claim), NULL), CODE_SOURCE_NOT_FINAL);
    for (int i = 0; i < 100; i++) { /* X25, until it has been carried */
        exchange = town_get_on(town, STR("delta"), "/mainnet/crosschain/status");
        const bool carried = ((const struct ipc_status_view *)object(exchange, CHAIN_DELTA, &wire_ipc_status))->in.last_executed == 1;
        http_exchange_free(exchange);
        if (carried) break;
        town_sleep(town, 200);
    }
    claim.claim.source_height -= 1000;
    claim.claim.message_index = 1;
    CHECK_U64(send(town, "/mainnet/crosschain/mint", signed_tx(town, KIND_MINT_CLAIM, 3, 0, &claim), NULL), CODE_INVALID_PROOF);
    claim.claim.message_index = 0;
    CHECK_U64(send(town, "/mainnet/crosschain/mint", signed_tx(town, KIND_MINT_CLAIM, 3, 0, &claim), NULL), CODE_NONE);
    CHECK(minted(town, &id, 10000) > 0);
    claim.claim.message.len = 0;
    CHECK_U64(send(town, "/mainnet/crosschain/mint", signed_tx(town, KIND_MINT_CLAIM, 3, 1, &claim), NULL), CODE_UNLOCK_ID_ALREADY_USED);
    const union payload poor = {.burn = {town->addresses[2], AMOUNT(500001), false}};
    CHECK_U64(send(town, "/mainnet/crosschain/burn", signed_tx(town, KIND_BURN, 1, 0, &poor), NULL), CODE_INSUFFICIENT_BALANCE); /* DC3 */
    CHECK_U64(send(town, "/mainnet/crosschain/burn", signed_tx(town, KIND_MINT_CLAIM, 1, 0, &claim), NULL), CODE_FIELD_MISMATCH);
    const struct hash back = burn(town, 1, 2, 1000);
    CHECK(unlocked(town, &back, 20000));
    /* X15: the proof leads to its block. */
    exchange = get_id(town, CHAIN_ALPHA, "/testnet/crosschain/messages/%s/proof", &record.message_id);
    const struct ipc_proof_view proof = *(const struct ipc_proof_view *)object(exchange, CHAIN_ALPHA, &wire_ipc_proof);
    http_exchange_free(exchange);
    const struct hash leaf = merkle_leaf(message.data, message.len);
    CHECK(merkle_verify(&proof.proof, &leaf) == MERKLE_OK && proof.height == record.source_height);
    exchange = get_id(town, CHAIN_ALPHA, "/testnet/block/%s", &proof.block_hash);
    const struct block_view *block = object(exchange, CHAIN_ALPHA, &wire_block);
    CHECK(hash_eq(&block->header.messages_root, &proof.proof.root) && block->header.message_count == 1);
    http_exchange_free(exchange);
    /* DC4, both ways, with pages. */
    exchange = town_get_on(town, STR("delta"), "/mainnet/crosschain/messages?direction=in&limit=1");
    const struct page *page = object(exchange, CHAIN_DELTA, &wire_ipc_record_page);
    const struct ipc_record *in = page->items;
    CHECK(page->count == 1 && in->status == IPC_EXECUTED && hash_eq(&in->message_id, &record.message_id) && in->execute_transaction_id.has);
    http_exchange_free(exchange);
    exchange = town_get_on(town, STR("delta"), "/mainnet/crosschain/messages?direction=out");
    page = object(exchange, CHAIN_DELTA, &wire_ipc_record_page);
    CHECK(page->count == 1 && ((const struct ipc_record *)page->items)->type == IPC_BURN_TRANSACTION);
    CHECK(((const struct ipc_record *)page->items)->status == IPC_EXECUTED); /* told by the Alpha node beside it */
    http_exchange_free(exchange);
    exchange = town_get_on(town, STR("delta"), "/mainnet/crosschain/messages?direction=in&type=block_finalized");
    page = object(exchange, CHAIN_DELTA, &wire_ipc_record_page);
    CHECK(page->count >= 1 && ((const struct ipc_record *)page->items)->sequence == 0);
    http_exchange_free(exchange);
    str_hex(back.b, 32, hex);
    snprintf(path, sizeof(path), "/mainnet/crosschain/locks/%s", hex);
    CHECK_U64(town_code(town_get_on(town, STR("delta"), path)), CODE_LOCK_NOT_FOUND);
}

static void every_route_answers_and_refuses(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 6, .delta = true, .wire = WIRE_TEXT}, table_here, NULL);
}

/* ---- the audit ---- */

static void switch_set(struct town *town, const char *name, bool on)
{
    char path[96];
    snprintf(path, sizeof(path), "switches/%s", name);
    CHECK_U64(town_code(town_admin(town, HTTP_PUT, path, on ? "{\"enabled\":true}" : "{\"enabled\":false}")), CODE_NONE);
}


static bool audit_ok(struct town *town, const char *path)
{
    struct http_exchange *exchange = town_admin(town, HTTP_GET, path, "");
    struct err err;
    const struct audit_view *view = wire_object(exchange, &wire_audit, &err);
    CHECK(view != NULL && view->has_delta);
    CHECK_STR(view->bridge_difference, view->ok ? STR("0") : view->bridge_difference);
    const bool ok = view->ok;
    http_exchange_free(exchange);
    return ok;
}

static void audit_here(struct town *town)
{
    memset(delta_nonces, 0, sizeof(delta_nonces));
    struct hash last = {{0}};
    for (uint32_t i = 0; i < 60; i++) {
        if (i % 3 == 0 && i < 45) last = lock(town, i % 4, 1, 10000 + i, true);
        if (i == 30 || i == 36) (void)burn(town, 1, 2, 5000);
        CHECK(audit_ok(town, "audit?at=finalized")); /* at any instant */
        CHECK(audit_ok(town, "audit?at=head"));
        town_sleep(town, 170);
    }
    CHECK(minted(town, &last, 20000) > 0);
    switch_set(town, "vuln.no-unlock-id-uniqueness", true);
    const union payload claim = {.claim = {.source_id = last}};
    CHECK_U64(send(town, "/mainnet/crosschain/mint", signed_tx(town, KIND_MINT_CLAIM, 3, 0, &claim), NULL), CODE_NONE);
    town_sleep(town, 4000);
    CHECK(!audit_ok(town, "audit")); /* one lock, minted twice */
}

static void the_books_of_both_chains_agree_at_any_instant(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 12, .delta = true}, audit_here, NULL);
}

/* ---- weather ---- */

static uint64_t crossing_ms(struct town *town)
{
    const struct hash id = lock(town, 0, 1, 1000, true);
    return minted(town, &id, 60000);
}

static uint32_t gap_alerts(struct town *town)
{
    struct http_exchange *exchange = town_get_on(town, STR("delta"), "/mainnet/alerts?type=IPC_GAP");
    CHECK(exchange != NULL);
    uint32_t count = 0;
    const struct str body = http_response_body(exchange);
    for (size_t i = 0; i + 9 < body.len; i++) count += memcmp(body.data + i, "\"IPC_GAP\"", 9) == 0;
    http_exchange_free(exchange);
    return count;
}

static void weather_here(struct town *town)
{
    const uint64_t fair = crossing_ms(town);
    CHECK(fair > 0 && fair < 8000);
    town_chaos(town, "{\"action\":\"ipc_delay\",\"params\":{\"direction\":\"alpha_to_delta\",\"delay_ms\":4000},\"duration_ms\":20000}");
    const uint64_t late = crossing_ms(town);
    CHECK(late >= fair + 3000 && late < 20000);
    town_sleep(town, 20000);
    town_chaos(town, "{\"action\":\"ipc_drop\",\"params\":{\"direction\":\"both\",\"rate_bps\":10000,\"count\":1,\"redeliver\":true},\"duration_ms\":8000}");
    const uint64_t again = crossing_ms(town);
    CHECK(again >= fair + 3000 && again < 20000);
    town_sleep(town, 8000);
    CHECK_U64(gap_alerts(town), 0);
    /* The first relay is hostile: the other one brings it, and the gap is told. */
    town_chaos(town, "{\"action\":\"ipc_censor\",\"params\":{\"direction\":\"alpha_to_delta\",\"types\":[2]},\"duration_ms\":60000}");
    const uint64_t pulled = crossing_ms(town);
    CHECK(pulled >= 9000 && pulled < 60000);
    CHECK(gap_alerts(town) >= 1);
    printf("     a lock is minted after %" PRIu64 " ms; 4 s delay: %" PRIu64 "; dropped once: %" PRIu64 "; censored: %" PRIu64 "\n", fair, late, again, pulled);
}

static void relays_carry_through_delay_loss_and_censorship(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 7, .delta = true}, weather_here, NULL);
}

static void order_here(struct town *town)
{
    memset(delta_nonces, 0, sizeof(delta_nonces));
    struct hash ids[20];
    town_chaos(town, "{\"action\":\"ipc_reorder\",\"params\":{\"direction\":\"both\",\"rate_bps\":5000,\"window\":5}}");
    town_chaos(town, "{\"action\":\"ipc_duplicate\",\"params\":{\"direction\":\"both\",\"rate_bps\":10000,\"copies\":2}}");
    for (uint32_t i = 0; i < 20; i++) {
        ids[i] = lock(town, i % 4, 4 + i % 4, 1000 + i, true);
        town_sleep(town, 300);
    }
    for (uint32_t i = 0; i < 20; i++) CHECK(minted(town, &ids[i], 60000) > 0);
    uint64_t sum = 0;
    for (uint32_t i = 4; i < 8; i++) sum += (uint64_t)balance(town, CHAIN_DELTA, i, TOKEN_SAX);
    CHECK_U64(sum, 20 * 1000 + 190); /* each once */
    struct http_exchange *exchange = town_get_on(town, STR("delta"), "/mainnet/crosschain/messages?direction=in");
    const struct page *page = object(exchange, CHAIN_DELTA, &wire_ipc_record_page);
    const struct ipc_record *records = page->items;
    CHECK_U64(page->count, 20);
    for (uint32_t i = 0; i < 20; i++) {
        CHECK_U64(records[i].sequence, i + 1);
        CHECK(i == 0 || records[i].executed_at.value >= records[i - 1].executed_at.value);
    }
    http_exchange_free(exchange);
}

static void reordered_and_doubled_messages_take_effect_once_and_in_order(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 8, .delta = true}, order_here, NULL);
}

/* ---- switches of the relays ---- */

static void single_relay_here(struct town *town)
{
    switch_set(town, "vuln.single-trusted-relay", true);
    CHECK(crossing_ms(town) > 0);
    town_chaos(town, "{\"action\":\"ipc_censor\",\"params\":{\"direction\":\"both\",\"types\":[2]}}");
    CHECK_U64(crossing_ms(town), 0); /* nobody else brings it ... */
    CHECK_U64(gap_alerts(town), 0);  /* ... and nobody tells */
}

static void with_a_single_trusted_relay_censorship_holds(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 9, .delta = true}, single_relay_here, NULL);
}

static void forge_message(struct town *town, enum ipc_type type, uint64_t sequence, union ipc_body content)
{
    const struct ipc_message message = {.type = type,
                                        .source = domain_of(CHAIN_ALPHA, NETWORK_TESTNET),
                                        .destination = domain_of(CHAIN_DELTA, NETWORK_MAINNET),
                                        .sequence = sequence,
                                        .source_height = 1,
                                        .body = content};
    struct buf bytes = {0}, body = {0};
    ipc_encode(&message, &bytes);
    buf_printf(&body, "{\"action\":\"ipc_forge\",\"params\":{\"direction\":\"alpha_to_delta\",\"message\":\"");
    buf_put_hex(&body, bytes.data, bytes.len);
    buf_printf(&body, "\"}}");
    buf_put_char(&body, 0);
    town_chaos(town, (const char *)body.data);
    buf_done(&bytes);
    buf_done(&body);
}

static void forge(struct town *town, uint64_t sequence)
{
    const union ipc_body lock = {
        .transfer = {.id = {{9, 9}}, .sender = town->addresses[0], .recipient = town->addresses[6], .amount = AMOUNT(777), .automatic = false}};
    forge_message(town, IPC_LOCK_TRANSACTION, sequence, lock);
}

static void forge_here(struct town *town)
{
    const struct hash fake = {{9, 9}};
    CHECK(crossing_ms(town) > 0);
    forge(town, 2);
    town_sleep(town, 4000);
    CHECK_U64(town_code(get_id(town, CHAIN_DELTA, "/mainnet/crosschain/locks/%s", &fake)), CODE_LOCK_NOT_FOUND);
    switch_set(town, "vuln.ipc-accept-forged", true);
    forge(town, 2);
    town_sleep(town, 4000);
    CHECK_U64(town_code(get_id(town, CHAIN_DELTA, "/mainnet/crosschain/locks/%s", &fake)), CODE_NONE);
    /* What cannot be executed is told as failed, and the sequence goes on. */
    forge_message(town, IPC_VALIDATOR_EJECTION, 3, (union ipc_body){.ejection = {.validator = town->addresses[0], .reason = 1, .evidence_id = fake}});
    town_sleep(town, 4000);
    struct http_exchange *exchange = town_get_on(town, STR("delta"), "/mainnet/crosschain/messages?direction=in&type=validator_ejection");
    const struct page *page = object(exchange, CHAIN_DELTA, &wire_ipc_record_page);
    CHECK(page->count == 1 && ((const struct ipc_record *)page->items)->status == IPC_FAILED);
    CHECK_U64(((const struct ipc_record *)page->items)->error, CODE_VALIDATOR_NOT_FOUND);
    http_exchange_free(exchange);
    CHECK_U64(listener_saw(&town->delta_listener, "ipc.failed"), 1);
}

static void a_forged_message_is_believed_only_where_that_is_planted(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 10, .delta = true, .listens = true}, forge_here, NULL);
}

/* ---- epochs ---- */

static uint64_t epoch_of(struct town *town, enum chain_id chain)
{
    struct http_exchange *exchange = town_get_on(town, chain_text(chain), chain == CHAIN_ALPHA ? "/testnet/committee/latest" : "/mainnet/committee/latest");
    const struct committee_view *view = object(exchange, chain, &wire_committee);
    const uint64_t epoch = view->committee->epoch;
    http_exchange_free(exchange);
    return epoch;
}

static void epochs_here(struct town *town)
{
    for (int i = 0; i < 200 && (epoch_of(town, CHAIN_ALPHA) < 3 || epoch_of(town, CHAIN_DELTA) < 3); i++) town_sleep(town, 500);
    CHECK(epoch_of(town, CHAIN_ALPHA) >= 3 && epoch_of(town, CHAIN_DELTA) >= 3);
    CHECK(crossing_ms(town) > 0); /* proven by a committee three epochs after genesis */
    struct http_exchange *exchange = town_get_on(town, STR("delta"), "/mainnet/crosschain/messages?direction=in&type=1");
    const struct page *page = object(exchange, CHAIN_DELTA, &wire_ipc_record_page);
    CHECK(page->count >= 4); /* three ends of epochs, and the lock's block */
    http_exchange_free(exchange);
}

static void the_committee_path_is_followed_through_epochs(void)
{
    static const struct devnet_parameter parameters[] = {{STR("epoch_blocks"), STR("10")}};
    (void)town_run((struct town_config){.validators = 4, .seed = 11, .delta = true, .listens = true, .parameters = parameters, .parameters_count = 1}, epochs_here, NULL);
}

int main(void)
{
    RUN(what_is_locked_is_minted_and_comes_back);
    RUN(every_route_answers_and_refuses);
    RUN(the_books_of_both_chains_agree_at_any_instant);
    RUN(relays_carry_through_delay_loss_and_censorship);
    RUN(reordered_and_doubled_messages_take_effect_once_and_in_order);
    RUN(with_a_single_trusted_relay_censorship_holds);
    RUN(a_forged_message_is_believed_only_where_that_is_planted);
    RUN(the_committee_path_is_followed_through_epochs);
    return 0;
}
