#include "tester/client/alpha.h"

#include <inttypes.h>
#include <stdio.h>

#include "tester/client/call_priv.h"

/* ---- blocks ---- */

static bool get_u32(struct call *call, struct instant deadline, uint32_t *out_value, struct answer *out)
{
    const struct bare_u32 *bare = ask_get(call, &wire_u32, deadline, out);
    if (bare == NULL) return false;
    *out_value = bare->value;
    return true;
}

static bool get_hash(struct call *call, struct instant deadline, struct hash *out_hash, struct answer *out)
{
    const struct bare_hash *bare = ask_get(call, &wire_hash, deadline, out);
    if (bare == NULL) return false;
    *out_hash = bare->value;
    return true;
}

bool alpha_height(const struct alpha *alpha, struct instant deadline, uint32_t *out_height, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "block/height/latest");
    return get_u32(&call, deadline, out_height, out);
}

bool alpha_height_final(const struct alpha *alpha, struct instant deadline, uint32_t *out_height, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "block/height/finalized");
    return get_u32(&call, deadline, out_height, out);
}

bool alpha_hash_latest(const struct alpha *alpha, struct instant deadline, struct hash *out_hash, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "block/hash/latest");
    return get_hash(&call, deadline, out_hash, out);
}

/* A hash that is not the header's would let a node answer with another block than it names. The text form leaves chain and
 * network to the route, so they are put back first. */
static const struct block_view *block_check(const struct alpha *alpha, const struct block_view *block, bool full,
                                            struct answer *out)
{
    if (block == NULL) return NULL;
    if (block->header.domain.chain == 0)
        ((struct block_view *)(uintptr_t)block)->header.domain = domain_of(alpha_chain(alpha), alpha->network);
    const struct hash hash = header_hash(&block->header);
    if (!hash_eq(&hash, &block->hash)) return ask_fault(out, "the block's hash is not that of its header");
    if (full && (!block->has_transactions || block->transactions_count != block->transaction_ids_count))
        return ask_fault(out, "the block was asked for in full and is not");
    return block;
}

const struct block_view *alpha_block(const struct alpha *alpha, uint32_t height, bool full, struct instant deadline,
                                     struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "block/%" PRIu32, height);
    if (full) ask_query(&call, "full=true");
    const struct block_view *block = block_check(alpha, ask_get(&call, &wire_block, deadline, out), full, out);
    if (block != NULL && block->header.height != height) return ask_fault(out, "the block is of another height");
    return block;
}

const struct block_view *alpha_block_by_hash(const struct alpha *alpha, const struct hash *hash, bool full,
                                             struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "block/%s", ask_hex(hash).text);
    if (full) ask_query(&call, "full=true");
    const struct block_view *block = block_check(alpha, ask_get(&call, &wire_block, deadline, out), full, out);
    if (block != NULL && !hash_eq(&block->hash, hash)) return ask_fault(out, "the block is another one");
    return block;
}

const struct block_view *alpha_block_latest(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "block/latest");
    return block_check(alpha, ask_get(&call, &wire_block, deadline, out), false, out);
}

const struct page *alpha_blocks(const struct alpha *alpha, uint32_t start, uint32_t end, struct instant deadline,
                                struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "blocks");
    ask_query(&call, "start=%" PRIu32 "&end=%" PRIu32, start, end);
    const struct page *page = ask_get(&call, &wire_block_list, deadline, out);
    if (page == NULL) return NULL;
    const struct block_view *blocks = page->items;
    for (uint32_t i = 0; i < page->count; i++) {
        if (block_check(alpha, &blocks[i], false, out) == NULL) return NULL;
        if (blocks[i].header.height < start || blocks[i].header.height >= end)
            return ask_fault(out, "a block is outside the range");
    }
    return page;
}

const struct page *alpha_block_transactions(const struct alpha *alpha, uint32_t height, uint32_t limit, struct str cursor,
                                            struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "block/%" PRIu32 "/transactions", height);
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_tx_page, deadline, out);
}

struct str alpha_get_raw(const struct alpha *alpha, struct str path, struct str query, struct instant deadline, struct answer *out)
{
    struct call call;
    ASSERT(str_starts(path, STR("/")) && path.len <= 160 && query.len <= 100);
    ask_begin(&call, alpha, HTTP_GET, str_sub(path, 1, path.len), (struct str){0});
    if (query.len > 0) ask_query(&call, STR_FMT, STR_ARG(query));
    if (!ask_make(&call, deadline, out)) return (struct str){0};
    out->status = ANSWER_OK;
    return answer_body(out);
}

/* ---- transactions ---- */

const struct tx_ack *alpha_broadcast(const struct alpha *alpha, const struct tx *tx, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_begin(&call, alpha, HTTP_POST, STR("transaction/broadcast"), (struct str){0});
    call.request.shape = &wire_transaction;
    call.request.object = tx;
    const struct tx_ack *ack = ask_object(&call, &wire_tx_ack, 202, deadline, out);
    if (ack != NULL && !hash_eq(&ack->transaction_id, &tx->id))
        return ask_fault(out, "the acknowledgement names another transaction");
    return ack;
}

const struct tx_ack *alpha_broadcast_raw(const struct alpha *alpha, struct str body, struct str content_type,
                                         struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_POST, "transaction/broadcast");
    ask_header(&call, STR("content-type"), content_type);
    call.request.body = body;
    return ask_object(&call, &wire_tx_ack, 202, deadline, out);
}

const struct batch_ack *alpha_broadcast_batch(const struct alpha *alpha, struct tx *const *txs, size_t count,
                                              struct instant deadline, struct answer *out)
{
    ASSERT(count > 0 && count <= 2000);
    struct buf body = {0};
    bin_put_u32(&body, (uint32_t)count);
    for (size_t i = 0; i < count; i++) bin_put_blob(&body, tx_bytes(txs[i]));
    struct call call;
    ask_path(&call, alpha, HTTP_POST, "transaction/broadcast/batch");
    ask_header(&call, STR("content-type"), STR("application/octet-stream"));
    call.request.body = buf_str(&body);
    const struct batch_ack *ack = ask_object(&call, &wire_batch_ack, 200, deadline, out);
    buf_done(&body);
    if (ack != NULL && (uint64_t)ack->accepted + ack->rejected != count)
        return ask_fault(out, "the batch's counts do not add up");
    return ack;
}

const struct tx_view *alpha_transaction(const struct alpha *alpha, const struct hash *id, enum tx_wait wait, struct duration hold,
                                        struct instant deadline, struct answer *out)
{
    static const char *const waits[] = {"",
                                        "wait=included&timeout_ms=", "wait=certified&timeout_ms=", "wait=finalized&timeout_ms="};
    struct call call;
    char hex[64];
    str_hex(id->b, sizeof(id->b), hex);
    ask_begin(&call, alpha, HTTP_GET, STR("transaction/"), (struct str){hex, sizeof(hex)});
    if (wait != TX_WAIT_NONE) {
        char digits[U128_TEXT];
        const size_t len = u128_text(MIN(hold.ns, ALPHA_WAIT_MAX.ns) / NS_PER_MS, digits);
        const char *end = call.query + sizeof(call.query);
        (void)ask_put(ask_put(call.query, end, str_of(waits[wait])), end, (struct str){digits, len}); /* the end is not needed */
    }
    const struct tx_view *view = ask_get(&call, &wire_tx, deadline, out);
    if (view == NULL) return NULL;
    if (!hash_eq(&view->id, id) || !hash_eq(&view->envelope->id, id))
        return ask_fault(out, "the answer is about another transaction");
    if (view->status == TX_FINALIZED && !view->has_receipt) return ask_fault(out, "a final transaction without a receipt");
    return view;
}

const struct tx_proof_view *alpha_transaction_proof(const struct alpha *alpha, const struct hash *id, struct instant deadline,
                                                    struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "transaction/%s/proof", ask_hex(id).text);
    const struct tx_proof_view *proof = ask_get(&call, &wire_tx_proof, deadline, out);
    if (proof != NULL && !hash_eq(&proof->transaction_id, id)) return ask_fault(out, "the proof is about another transaction");
    return proof;
}

/* ---- mempool ---- */

const struct hash_list *alpha_mempool(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                      struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "memoryPool/transactions");
    ask_page(&call, limit, cursor);
    struct hash_list *list = (struct hash_list *)(uintptr_t)ask_get(&call, &wire_hash_list, deadline, out);
    if (list == NULL) return NULL;
    struct hash_list *copy = arena_new(http_arena(out->exchange), struct hash_list);
    *copy = *list;
    copy->next_cursor = ask_next_cursor(out);
    return copy;
}

const struct pool_entry *alpha_pool_entry(const struct alpha *alpha, const struct hash *id, struct instant deadline,
                                          struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "memoryPool/transactions/%s", ask_hex(id).text);
    const struct pool_entry *entry = ask_get(&call, &wire_pool_entry, deadline, out);
    if (entry != NULL && !hash_eq(&entry->transaction_id, id)) return ask_fault(out, "the answer is about another transaction");
    return entry;
}

const struct page *alpha_pool_entries(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                      struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "memoryPool/entries");
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_pool_entry_page, deadline, out);
}

const struct pool_stats *alpha_pool_stats(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "memoryPool/stats");
    const struct pool_stats *stats = ask_get(&call, &wire_pool_stats, deadline, out);
    if (stats != NULL && (uint64_t)stats->m1 + stats->pq + stats->m2 != stats->total)
        return ask_fault(out, "the pool's stages do not add up to its total");
    return stats;
}

/* ---- state ---- */

bool alpha_state_root(const struct alpha *alpha, struct instant deadline, struct hash *out_root, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "stateRoot/latest");
    return get_hash(&call, deadline, out_root, out);
}

bool alpha_state_root_at(const struct alpha *alpha, uint32_t height, struct instant deadline, struct hash *out_root,
                         struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "stateRoot/%" PRIu32, height);
    return get_hash(&call, deadline, out_root, out);
}

const struct state_path *alpha_state_path(const struct alpha *alpha, struct str key, uint32_t height, struct instant deadline,
                                          struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "statePath/" STR_FMT, STR_ARG(str_sub(key, 0, 150)));
    if (height > 0) ask_query(&call, "height=%" PRIu32, height);
    return ask_get(&call, &wire_state_path, deadline, out);
}

const struct state_path *alpha_account_path(const struct alpha *alpha, const struct address *address, uint32_t height,
                                            struct instant deadline, struct answer *out)
{
    char text[ADDRESS_TEXT], key[ADDRESS_TEXT + 8];
    address_text(address, alpha_chain(alpha), text);
    snprintf(key, sizeof(key), "account:%s", text);
    const struct state_path *path = alpha_state_path(alpha, str_of(key), height, deadline, out);
    if (path != NULL && height > 0 && path->height != height) return ask_fault(out, "the path is of another height");
    return path;
}

const struct account_view *alpha_account(const struct alpha *alpha, const struct address *address, struct instant deadline,
                                         struct answer *out)
{
    char text[ADDRESS_TEXT];
    address_text(address, alpha_chain(alpha), text);
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "account/%s", text);
    const struct account_view *account = ask_get(&call, &wire_account, deadline, out);
    if (account == NULL) return NULL;
    if (!address_eq(&account->address, address)) return ask_fault(out, "the answer is about another account");
    if (account->pending_nonce < account->nonce) return ask_fault(out, "the pending nonce is below the nonce");
    return account;
}

const struct committee_view *alpha_committee(const struct alpha *alpha, uint64_t round, struct instant deadline,
                                             struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "committee/%" PRIu64, round);
    return ask_get(&call, &wire_committee, deadline, out);
}

const struct committee_view *alpha_committee_latest(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "committee/latest");
    return ask_get(&call, &wire_committee, deadline, out);
}

const struct supply *alpha_supply(const struct alpha *alpha, bool finalized, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "supply");
    if (finalized) ask_query(&call, "finalized=true");
    return ask_get(&call, &wire_supply, deadline, out);
}

/* ---- sync, peers, node ---- */

const struct str_list *alpha_peers(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "peers/all");
    return ask_get(&call, &wire_str_list, deadline, out);
}

bool alpha_peers_count(const struct alpha *alpha, struct instant deadline, uint32_t *out_count, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "peers/count");
    return get_u32(&call, deadline, out_count, out);
}

const struct page *alpha_peers_metrics(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "peers/all/metrics");
    return ask_get(&call, &wire_peer_list, deadline, out);
}

const struct sync_status *alpha_sync_status(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "sync_status");
    return ask_get(&call, &wire_sync_status, deadline, out);
}

const struct node_info *alpha_node_info(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "node/info");
    return ask_get(&call, &wire_node_info, deadline, out);
}

/* ---- consensus and proofs ---- */

const struct page *alpha_validators(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                    struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "validators");
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_validator_page, deadline, out);
}

const struct validator_view *alpha_validator(const struct alpha *alpha, const struct address *address, struct instant deadline,
                                             struct answer *out)
{
    char text[ADDRESS_TEXT];
    address_text(address, alpha_chain(alpha), text);
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "validators/%s", text);
    const struct validator_view *validator = ask_get(&call, &wire_validator, deadline, out);
    if (validator != NULL && !address_eq(&validator->address, address))
        return ask_fault(out, "the answer is about another validator");
    return validator;
}

static const struct finality_view *finality_get(struct call *call, struct instant deadline, struct answer *out)
{
    const struct finality_view *view = ask_get(call, &wire_finality, deadline, out);
    if (view != NULL && view->proof == NULL) return ask_fault(out, "an empty proof");
    return view;
}

const struct finality_view *alpha_finality(const struct alpha *alpha, uint32_t height, struct instant deadline,
                                           struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "finality/%" PRIu32, height);
    const struct finality_view *view = finality_get(&call, deadline, out);
    if (view != NULL && view->proof->target_height != height) return ask_fault(out, "the proof is about another height");
    return view;
}

const struct finality_view *alpha_finality_by_hash(const struct alpha *alpha, const struct hash *hash, struct instant deadline,
                                                   struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "finality/%s", ask_hex(hash).text);
    const struct finality_view *view = finality_get(&call, deadline, out);
    if (view != NULL && !hash_eq(&view->proof->target_hash, hash)) return ask_fault(out, "the proof is about another block");
    return view;
}

const struct page *alpha_evidence(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                  struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "evidence");
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_evidence_page, deadline, out);
}

const struct page *alpha_votes(const struct alpha *alpha, uint32_t height, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "consensus/votes/%" PRIu32, height);
    return ask_get(&call, &wire_vote_seen_list, deadline, out);
}

const struct round_view *alpha_round(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "consensus/round");
    return ask_get(&call, &wire_round, deadline, out);
}

const struct page *alpha_forks(const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "forks");
    return ask_get(&call, &wire_fork_list, deadline, out);
}

const struct page *alpha_alerts(const struct alpha *alpha, struct str type, uint32_t limit, struct str cursor, struct instant deadline,
                                struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "alerts");
    if (type.len > 0) ask_query(&call, "type=" STR_FMT, STR_ARG(str_sub(type, 0, 32)));
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_alert_page, deadline, out);
}

const struct page *alpha_checkpoints(const struct alpha *alpha, uint32_t limit, struct str cursor, struct instant deadline,
                                     struct answer *out)
{
    struct call call;
    ask_path(&call, alpha, HTTP_GET, "checkpoints");
    ask_page(&call, limit, cursor);
    return ask_get(&call, &wire_checkpoint_page, deadline, out);
}
