#include "chain/shielded.h"
#include "core/codec/binary.h"
#include "network/ledger/guard_entry.h"
#include "network/node/node_priv.h"
#include "network/node/presign.h"

#define WAIT_MS_MAX 30000

/* ---- AT1: admission in the order of api 2.5 ---- */

struct tx *node_request_tx(struct http_exchange *exchange)
{
    struct err err;
    const struct http_request *request = http_request(exchange);
    const struct str type = http_header_find(request->headers, request->headers_count, STR("content-type"));
    if (request->shape != &wire_transaction && !str_eq(type, STR("application/octet-stream"))) return NULL;
    return (struct tx *)(uintptr_t)http_request_object(exchange, &wire_transaction, &err);
}

/* The transaction in a request body: a new reference, or NULL with the error. */
struct tx *rest_body_tx(struct call *call, const struct tx_rules *rules, struct apierror *error)
{
    struct tx *tx = node_request_tx(call->exchange);
    if (tx) {
        /* It is well formed for some chain; whether for this one is left. Decoding again under the rules says what is wrong. */
        const struct kind_row *kind = kind_find(tx->kind);
        if (domain_eq(tx_domain(tx), rules->domain) && kind && kind->in_build && tx_flags(tx) == 0) return tx_ref(tx);
        return tx_decode(tx_bytes(tx), rules, error);
    }
    const struct str body = http_request_body(call->exchange);
    switch (call_media(call)) {
    case CALL_MEDIA_BYTES:
        return tx_decode(body, rules, error);
    case CALL_MEDIA_JSON:
        break;
    case CALL_MEDIA_OTHER:
        (void)apierror_set(error, CODE_UNSUPPORTED_MEDIA_TYPE, NULL, "a transaction is application/octet-stream or application/json");
        return NULL;
    }
    struct err err;
    const struct json *node = json_parse(call->arena, body, &err);
    if (node || rules->lenient) return tx_from_json(node, rules, error);
    (void)apierror_set(error, CODE_PARSE_ERROR, NULL, "the body is not JSON: %s", err.text);
    return NULL;
}

static bool domain_holds(struct node *node, const struct tx *tx, struct apierror *error)
{
    if (ledger_check_domain(&node->space->rules, tx, error)) return true;
    mempool_rejected_note(node->pool, error->code);
    return false;
}

static bool signature_holds(struct node *node, struct tx *tx, struct apierror *error)
{
    if (!ledger_wants_signature(&node->space->rules) || presign_check(node->space, tx)) return true;
    mempool_rejected_note(node->pool, CODE_INVALID_SIGNATURE);
    apierror_set(error, CODE_INVALID_SIGNATURE, "signature", "the signature does not hold for this transaction and key");
    apierror_suggest(error, "sign the transaction id with the key in public_key");
    return false;
}

/* Everything behind decoding. */
bool rest_admit(struct node *node, struct tx *tx, struct mempool_ack *ack, struct apierror *error)
{
    const bool cheap_first = guard_cheap_first(&node->space->rules.weak);
    if (cheap_first && !domain_holds(node, tx, error)) return false;
    if (!signature_holds(node, tx, error)) return false;
    if (!cheap_first && !domain_holds(node, tx, error)) return false;
    const uint64_t now_ms = node_clock_ms(node);
    if (node->journal.failed) return apierror_set(error, CODE_NOT_ENOUGH_DISK, NULL, "this node's disk is full"), false;
    if (!node_memory_has(node, tx->size)) return apierror_set(error, CODE_OVERLOADED, NULL, "this node's memory is full"), false;
    node_watch_vote(node, tx); /* refused or not */
    node_watch_offer(node, tx);
    if (mempool_admit(node->pool, tx, now_ms, ack, error) != CODE_NONE) {
        if (error->code == CODE_PRICE_OUTLIER) node_oracle_refused(node, tx);
        return false;
    }
    if (tx->received_ms == 0) tx->received_ms = now_ms;
    node_gossip_put(node, tx);
    node_proved(node, tx);
    return true;
}

void rest_tx_broadcast(struct rest *rest)
{
    struct node *node = rest->node;
    struct apierror error;
    struct mempool_ack ack;
    const struct tx_rules rules = ledger_tx_rules(&node->space->rules);
    struct tx *tx = rest_body_tx(&rest->call, &rules, &error);
    if (!tx) {
        mempool_rejected_note(node->pool, error.code);
        call_refuse(&rest->call, &error);
        return;
    }
    if (rest_admit(node, tx, &ack, &error)) {
        struct tx_ack *answer = arena_new(rest->call.arena, struct tx_ack);
        *answer = (struct tx_ack){.transaction_id = tx->id, .status = TX_PENDING, .stage = ack.stage, .nonce = tx->nonce};
        call_answer(&rest->call, 202, &wire_tx_ack, answer);
    } else {
        call_refuse(&rest->call, &error);
    }
    tx_unref(tx);
}

/* ---- AT3 ---- */

struct batch {
    struct rest *rest;
    struct batch_ack *ack;
    bool errors_only;
    struct tx_rules rules;
    struct tx **txs; /* as they were decoded; NULL: results[i].error says why not */
    uint32_t count;
};

static void batch_room(struct batch *batch, uint32_t count)
{
    batch->count = count;
    batch->txs = arena_array(batch->rest->call.arena, struct tx *, count);
    batch->ack->results = arena_array(batch->rest->call.arena, struct batch_result, count);
}

static void batch_item(struct batch *batch, uint32_t index)
{
    struct mempool_ack ack;
    struct tx *tx = batch->txs[index];
    struct batch_result result = {.index = index};
    struct apierror error = batch->ack->results[index].error;
    if (!tx) mempool_rejected_note(batch->rest->node->pool, error.code);
    if (tx) result.transaction_id = (struct opt_hash){true, tx->id};
    const bool taken = tx && rest_admit(batch->rest->node, tx, &ack, &error);
    if (!taken) result.error = error;
    batch->ack->accepted += taken;
    batch->ack->rejected += !taken;
    tx_unref(tx);
    if (!taken || !batch->errors_only) batch->ack->results[batch->ack->results_count++] = result; /* at most `index` */
}

/* Whose proofs are worth a look before each is admitted: those that are signed. */
static void batch_foresee(struct batch *batch)
{
    struct node *node = batch->rest->node;
    struct tx **spends = arena_array(batch->rest->call.arena, struct tx *, batch->count);
    size_t count = 0;
    struct apierror error;
    for (uint32_t i = 0; i < batch->count; i++)
        if (batch->txs[i] && shielded_is_spend(batch->txs[i]->kind) && signature_holds(node, batch->txs[i], &error)) spends[count++] = batch->txs[i];
    mempool_foresee(node->pool, spends, count, node_clock_ms(node));
}

static void batch_admit(struct batch *batch)
{
    batch_foresee(batch);
    for (uint32_t i = 0; i < batch->count; i++) batch_item(batch, i);
}

static bool framing_refused(struct batch *batch, const char *why)
{
    call_refuse_with(&batch->rest->call, CODE_PARSE_ERROR, NULL, "%s", why);
    return false;
}

static bool batch_bytes(struct batch *batch)
{
    const struct str body = http_request_body(batch->rest->call.exchange);
    struct bin_reader r = bin_reader_of(body.data, body.len);
    const uint32_t count = bin_get_u32(&r);
    if (r.bad || count == 0 || count > NODE_BATCH_MAX) return framing_refused(batch, "a batch holds 1 to 2000 transactions");
    for (uint32_t i = 0; i < count; i++) (void)bin_get_blob(&r, TX_BYTES_MAX);
    if (!bin_done(&r)) return framing_refused(batch, "the lengths in the batch do not fit its bytes");
    batch_room(batch, count);
    r = bin_reader_of(body.data, body.len);
    (void)bin_get_u32(&r);
    for (uint32_t i = 0; i < count; i++)
        batch->txs[i] = tx_decode(bin_get_blob(&r, TX_BYTES_MAX), &batch->rules, &batch->ack->results[i].error);
    batch_admit(batch);
    return true;
}

static bool batch_json(struct batch *batch)
{
    const struct json *body = call_json(&batch->rest->call);
    if (!body) return false;
    const struct json *list = json_find(body, STR("transactions"));
    if (!json_is(list, JSON_ARRAY)) return framing_refused(batch, "\"transactions\" is not a list");
    if (list->count == 0 || list->count > NODE_BATCH_MAX) return framing_refused(batch, "a batch holds 1 to 2000 transactions");
    batch_room(batch, (uint32_t)list->count);
    uint32_t i = 0;
    for (const struct json *item = list->child; item; item = item->next, i++)
        batch->txs[i] = tx_from_json(item, &batch->rules, &batch->ack->results[i].error);
    batch_admit(batch);
    return true;
}

void rest_tx_batch(struct rest *rest)
{
    struct call *call = &rest->call;
    struct batch batch = {.rest = rest, .rules = ledger_tx_rules(&rest->node->space->rules)};
    struct str results;
    bool has;
    if (!call_query_str(call, "results", &results, &has)) return;
    if (has && !str_eq(results, STR("all")) && !str_eq(results, STR("errors"))) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "results", "results is all or errors");
        return;
    }
    batch.errors_only = has && str_eq(results, STR("errors"));
    batch.ack = arena_new(call->arena, struct batch_ack);
    bool done = false;
    switch (call_media(call)) {
    case CALL_MEDIA_BYTES:
        done = batch_bytes(&batch);
        break;
    case CALL_MEDIA_JSON:
        done = batch_json(&batch);
        break;
    case CALL_MEDIA_OTHER:
        call_refuse_with(call, CODE_UNSUPPORTED_MEDIA_TYPE, NULL, "a batch is application/octet-stream or application/json");
        break;
    }
    if (done) call_answer(call, 200, &wire_batch_ack, batch.ack);
}

/* ---- AT2 ---- */

void rest_tx_answer(struct node *node, struct http_exchange *exchange, const struct hash *id)
{
    struct call call = node_call(node, exchange);
    call.read_only = true;
    struct tx_view *view = arena_new(call.arena, struct tx_view);
    if (node_tx_view(node, id, call.arena, view)) call_answer(&call, 200, &wire_tx, view);
    else call_refuse_with(&call, CODE_TRANSACTION_NOT_FOUND, "id", "this view knows no such transaction");
}

static bool wait_parse(struct str text, enum tx_status *out)
{
    if (str_eq(text, STR("included"))) *out = TX_INCLUDED;
    else if (str_eq(text, STR("certified"))) *out = TX_CERTIFIED;
    else if (str_eq(text, STR("finalized"))) *out = TX_FINALIZED;
    else return false;
    return true;
}

void rest_tx_get(struct rest *rest)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    struct hash id;
    struct str wait;
    bool waits;
    enum tx_status wanted = TX_PENDING;
    uint64_t timeout_ms = WAIT_MS_MAX;
    if (!call_hash_parse(rest->args[0], &id)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "id", "a transaction id is 64 lower-case hex digits");
        return;
    }
    if (!call_query_str(call, "wait", &wait, &waits) || !call_query_u64(call, "timeout_ms", 0, WAIT_MS_MAX, &timeout_ms)) return;
    if (waits && !wait_parse(wait, &wanted)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "wait", "wait is included, certified or finalized");
        return;
    }
    struct tx_view *view = arena_new(call->arena, struct tx_view);
    if (!node_tx_view(node, &id, call->arena, view)) {
        call_refuse_with(call, CODE_TRANSACTION_NOT_FOUND, "id", "this view knows no such transaction");
        return;
    }
    if (waits && timeout_ms > 0 && view->status < wanted) {
        tx_unref(view->envelope);
        waiter_add(node, call->exchange, &id, wanted, timeout_ms);
        return;
    }
    call_answer(call, 200, &wire_tx, view);
}

/* ---- X14 ---- */

void rest_tx_proof(struct rest *rest)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    struct hash id;
    struct tx_view view;
    if (!call_hash_parse(rest->args[0], &id)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "id", "a transaction id is 64 lower-case hex digits");
        return;
    }
    const bool known = node_tx_view(node, &id, call->arena, &view);
    struct stored *stored = known && view.block_hash.has ? blockstore_find(node->space->store, &view.block_hash.value) : NULL;
    if (known) tx_unref(view.envelope);
    if (!stored || stored->pruned || !node_post_of(node, stored)) {
        call_refuse_with(call, CODE_TRANSACTION_NOT_FOUND, "id", "this view knows no block with that transaction");
        return;
    }
    const uint32_t count = stored_txs_count(stored);
    struct hash *ids = arena_array(call->arena, struct hash, count), *receipts = arena_array(call->arena, struct hash, count);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t leaf[RECEIPT_LEAF_BYTES_MAX];
        struct receipt receipt;
        const struct hash *tx_id = stored_tx_id(stored, i);
        ASSERT(stored_receipt(stored, i, &receipt));
        ids[i] = merkle_leaf(tx_id->b, sizeof(tx_id->b));
        receipts[i] = merkle_leaf(leaf, receipt_leaf(tx_id, &receipt, leaf));
    }
    struct tx_proof_view *proof = arena_new(call->arena, struct tx_proof_view);
    proof->transaction_id = id;
    proof->height = stored_height(stored);
    proof->block_hash = *stored_hash(stored);
    merkle_prove(ids, count, view.index.value, &proof->transaction);
    merkle_prove(receipts, count, view.index.value, &proof->receipt);
    call_answer(call, 200, &wire_tx_proof, proof);
}
