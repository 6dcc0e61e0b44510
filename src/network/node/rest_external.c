#include "network/node/node_priv.h"

/* ---- Externally driven validators: X19, X20 ----
 * The view that takes a signed message gossips it as its own replica decides; the validator's own node, wherever it is, remembers the round as signed. */

#define TXS_MAX 10000

/* What the key has signed elsewhere, so that its own replica never signs there again, through restarts too. */
static void noted(struct node *node, const struct address *signer, struct node_signed signed_rounds)
{
    struct node_space *space = node->space;
    const uint32_t *index = map_find(&space->by_address, signer);
    if (!index) return;
    struct node_signed *all = &space->peers[*index].outside;
    all->voted = MAX(all->voted, signed_rounds.voted);
    all->proposed = MAX(all->proposed, signed_rounds.proposed);
    all->timed_out = MAX(all->timed_out, signed_rounds.timed_out);
    struct node *own = space->peers[*index].node;
    if (own && own != node) replica_note_signed(own->replica, all->voted, all->proposed, all->timed_out);
}

static void refuse_code(struct rest *rest, enum code code)
{
    call_refuse_with(&rest->call, code, NULL, STR_FMT, STR_ARG(code_message(code)));
}

static void taken(struct rest *rest, const struct hash *block_hash)
{
    struct arena *arena = rest->call.arena;
    char hex[64];
    if (block_hash) str_hex(block_hash->b, sizeof(block_hash->b), hex);
    call_answer_json(&rest->call, 200,
                     block_hash ? str_fmt(arena, "{\"accepted\":true,\"block_hash\":\"%.64s\"}", hex) : STR("{\"accepted\":true,\"block_hash\":null}"));
}

void rest_template(struct rest *rest)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    struct str text;
    struct address validator;
    bool has;
    if (!call_query_str(call, "validator", &text, &has)) return;
    if (!has || address_parse(text, node_chain(node), &validator) != CODE_NONE) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "validator", "validator is an address of this chain");
        return;
    }
    struct block *block;
    const enum code code = replica_template(node->replica, node_time(node), &validator, &block);
    if (code != CODE_NONE) {
        refuse_code(rest, code);
        return;
    }
    uint8_t header[HEADER_BYTES];
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    header_encode(&block->header, header);
    json_object(&w);
    json_key(&w, STR("header"));
    json_put_hex(&w, header, sizeof(header));
    json_key(&w, STR("transaction_ids"));
    json_array(&w);
    for (uint32_t i = 0; i < block->txs_count; i++) json_put_hex(&w, block->txs[i]->id.b, sizeof(block->txs[i]->id.b));
    json_array_end(&w);
    json_object_end(&w);
    const struct str body = str_dup(call->arena, buf_str(&json));
    buf_done(&json);
    block_unref(block);
    call_answer_json(call, 200, body);
}

static const struct json *member(struct rest *rest, const struct json *body, const char *name, enum json_type type)
{
    const struct json *node = json_find(body, str_of(name));
    if (json_is(node, type)) return node;
    call_refuse_with(&rest->call, node ? CODE_INVALID_FIELD_TYPE : CODE_MISSING_FIELD, name, "%s is %s", name, node ? "of another type" : "missing");
    return NULL;
}

static bool hex_of(struct rest *rest, const struct json *body, const char *name, void *out, size_t bytes)
{
    const struct json *node = member(rest, body, name, JSON_STRING);
    if (!node) return false;
    if (node->text.len == 2 * bytes && str_unhex(node->text, out, bytes)) return true;
    call_refuse_with(&rest->call, CODE_INVALID_FORMAT, name, "%s is %zu lower-case hex digits", name, 2 * bytes);
    return false;
}

/* A transaction that this view knows: waiting, or in a block. Borrowed. */
static struct tx *tx_known(struct node *node, const struct hash *id)
{
    uint64_t received_at;
    const struct tx *tx = mempool_tx(node->pool, id, &received_at);
    if (tx) return (struct tx *)(uintptr_t)tx;
    const struct txindex_hit hit = blockstore_tx_first(node->space->store, id);
    if (!hit.found) return NULL;
    const struct stored *stored = blockstore_number(node->space->store, hit.block);
    return stored->pruned ? NULL : stored->block->txs[hit.place];
}

static bool txs_of(struct rest *rest, const struct json *body, struct tx ***out, uint32_t *out_count)
{
    const struct json *list = member(rest, body, "transaction_ids", JSON_ARRAY);
    if (!list) return false;
    if (list->count > TXS_MAX) {
        call_refuse_with(&rest->call, CODE_FIELD_TOO_LONG, "transaction_ids", "a block holds at most %u transactions", TXS_MAX);
        return false;
    }
    struct tx **txs = arena_array(rest->call.arena, struct tx *, list->count);
    uint32_t count = 0;
    for (const struct json *item = list->child; item; item = item->next) {
        struct hash id;
        if (!json_is(item, JSON_STRING) || !call_hash_parse(item->text, &id)) {
            call_refuse_with(&rest->call, CODE_INVALID_FORMAT, "transaction_ids", "a transaction id is 64 lower-case hex digits");
            return false;
        }
        txs[count] = tx_known(rest->node, &id);
        if (!txs[count++]) {
            call_refuse_with(&rest->call, CODE_INVALID_BLOCK, "transaction_ids", "this view does not know transaction %u of it", count - 1);
            return false;
        }
    }
    *out = txs;
    *out_count = count;
    return true;
}

void rest_submit_proposal(struct rest *rest)
{
    struct node *node = rest->node;
    uint8_t bytes[HEADER_BYTES];
    struct header header;
    struct signature signature;
    struct tx **txs;
    uint32_t count;
    const struct json *body = call_json(&rest->call);
    if (!body || !hex_of(rest, body, "header", bytes, sizeof(bytes)) || !hex_of(rest, body, "signature", signature.b, sizeof(signature.b))) return;
    if (!header_decode(bytes, &header)) {
        call_refuse_with(&rest->call, CODE_INVALID_FORMAT, "header", "these bytes are no header");
        return;
    }
    if (!txs_of(rest, body, &txs, &count)) return;
    const enum code code = replica_submit_proposal(node->replica, node_time(node), &header, &signature, txs, count);
    node_perform(node);
    if (code != CODE_NONE) {
        refuse_code(rest, code);
        return;
    }
    noted(node, &header.proposer, (struct node_signed){.proposed = header.round});
    const struct hash hash = header_hash(&header);
    taken(rest, &hash);
}

void rest_submit_vote(struct rest *rest)
{
    struct node *node = rest->node;
    struct vote vote;
    struct apierror error;
    const struct json *body = call_json(&rest->call);
    if (!body) return;
    if (!vote_read(body, &vote, &error)) {
        call_refuse(&rest->call, &error);
        return;
    }
    const enum code code = replica_submit_vote(node->replica, node_time(node), &vote);
    node_perform(node);
    if (code != CODE_NONE) {
        refuse_code(rest, code);
        return;
    }
    noted(node, &vote.voter, (struct node_signed){.voted = vote.round});
    taken(rest, &vote.block_hash);
}

void rest_submit_timeout(struct rest *rest)
{
    struct node *node = rest->node;
    struct timeout timeout;
    struct apierror error;
    const struct json *body = call_json(&rest->call);
    if (!body) return;
    if (!timeout_read(body, &timeout, &error)) {
        call_refuse(&rest->call, &error);
        return;
    }
    const enum code code = replica_submit_timeout(node->replica, node_time(node), &timeout);
    node_perform(node);
    if (code != CODE_NONE) {
        refuse_code(rest, code);
        return;
    }
    noted(node, &timeout.voter, (struct node_signed){.timed_out = timeout.round});
    taken(rest, NULL);
}
