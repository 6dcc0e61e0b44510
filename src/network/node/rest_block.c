#include "network/node/node_priv.h"

#define BLOCKS_MAX 50

void rest_block_height_latest(struct rest *rest)
{
    struct bare_u32 *answer = arena_new(rest->call.arena, struct bare_u32);
    answer->value = node_height(rest->node);
    call_answer(&rest->call, 200, &wire_u32, answer);
}

void rest_block_height_finalized(struct rest *rest)
{
    struct bare_u32 *answer = arena_new(rest->call.arena, struct bare_u32);
    answer->value = node_final_height(rest->node);
    call_answer(&rest->call, 200, &wire_u32, answer);
}

static void answer_hash(struct rest *rest, const struct hash *hash)
{
    struct bare_hash *answer = arena_new(rest->call.arena, struct bare_hash);
    answer->value = *hash;
    call_answer(&rest->call, 200, &wire_hash, answer);
}

void rest_block_hash_latest(struct rest *rest)
{
    const struct hash hash = node_head_hash(rest->node);
    answer_hash(rest, &hash);
}

/* The certificate this view knows for a block, as it is shown. */
static struct certificate_view certificate_of(const struct node *node, struct stored *stored, enum block_status status)
{
    struct replica_found found;
    struct certificate *certificate = NULL;
    if (status == BLOCK_FINALIZED) certificate = stored->certificate;
    else if (replica_block_of(node->replica, stored_hash(stored), &found)) certificate = found.certificate;
    if (!certificate) return (struct certificate_view){0};
    const struct committee *committee = node_committee_of(node, &certificate->committee_hash);
    return (struct certificate_view){certificate_ref(certificate), committee ? certificate_power(certificate, committee) : AMOUNT(0)};
}

struct timeoutcert_view node_timeoutcert_view(const struct node *node, struct timeoutcert *tc)
{
    if (!tc) return (struct timeoutcert_view){0};
    struct timeoutcert_view view = {.tc = timeoutcert_ref(tc)};
    const struct committee *committee = node_committee_of(node, &tc->committee_hash);
    if (committee) view.power = timeoutcert_power(tc, committee);
    const struct committee *of_high = tc->high ? node_committee_of(node, &tc->high->committee_hash) : NULL;
    if (of_high) view.high_power = certificate_power(tc->high, of_high);
    return view;
}

static void block_fill(struct rest *rest, struct stored *stored, enum block_status status, bool full, struct block_view *out)
{
    struct arena *arena = rest->call.arena;
    const uint32_t count = stored_txs_count(stored);
    *out = (struct block_view){
        .header = stored->block->header,
        .hash = *stored_hash(stored),
        .status = status,
        .size = stored->txs_bytes,
        .proposer_signature = stored->block->proposer_signature,
        .certificate = certificate_of(rest->node, stored, status),
        .timeout_certificate = node_timeoutcert_view(rest->node, stored->block->tc),
        .transaction_ids = arena_array(arena, struct hash, count),
        .transaction_ids_count = count,
        .has_transactions = full,
    };
    for (uint32_t i = 0; i < count; i++) out->transaction_ids[i] = *stored_tx_id(stored, i);
    if (!full) return;
    out->transactions = arena_array(arena, struct tx_view, count);
    out->transactions_count = count;
    for (uint32_t i = 0; i < count; i++) node_tx_view_at(rest->node, stored, i, rest->call.arena, &out->transactions[i]);
}

/* The block that a {height|hash} names; NULL after refusing, with `missing` when it is not there. */
static struct stored *block_named(struct rest *rest, enum code missing, enum block_status *out_status)
{
    struct node *node = rest->node;
    const struct str name = rest->args[0];
    struct hash hash;
    uint32_t height;
    struct stored *stored = NULL;
    if (call_hash_parse(name, &hash)) {
        stored = node_block_of(node, &hash, out_status);
    } else if (call_height_parse(name, &height)) {
        stored = height <= node_height(node) ? node_block_at(node, height) : NULL;
        if (stored) *out_status = node_status_of(node, stored);
    } else {
        call_refuse_with(&rest->call, CODE_INVALID_PARAMETER, "height", "a block is named by its height or its hash");
        return NULL;
    }
    if (!stored) call_refuse_with(&rest->call, missing, "height", "this view has no such block; its head is %u", node_height(node));
    return stored;
}

static bool bodies_there(struct rest *rest, const struct stored *stored)
{
    if (!stored->pruned) return true;
    call_refuse_with(&rest->call, CODE_BLOCK_NOT_FOUND, "height", "the transactions of block %u are no longer kept", stored_height(stored));
    return false;
}

static void answer_block(struct rest *rest, struct stored *stored, enum block_status status, bool full)
{
    if (full && !bodies_there(rest, stored)) return;
    struct block_view *view = arena_new(rest->call.arena, struct block_view);
    block_fill(rest, stored, status, full, view);
    call_answer(&rest->call, 200, &wire_block, view);
}

void rest_block_latest(struct rest *rest)
{
    answer_block(rest, rest->node->head, node_status_of(rest->node, rest->node->head), false);
}

void rest_block_get(struct rest *rest)
{
    bool full = false;
    enum block_status status;
    if (!call_query_bool(&rest->call, "full", &full)) return;
    struct stored *stored = block_named(rest, CODE_BLOCK_NOT_FOUND, &status);
    if (stored) answer_block(rest, stored, status, full);
}

void rest_block_transactions(struct rest *rest)
{
    uint32_t limit;
    uint64_t from;
    enum block_status status;
    struct call *call = &rest->call;
    if (!call_query_page(call, false, &limit, &from)) return;
    struct stored *stored = block_named(rest, CODE_BLOCK_NOT_FOUND, &status);
    if (!stored || !bodies_there(rest, stored)) return;
    const uint32_t count = stored_txs_count(stored);
    const uint32_t first = (uint32_t)MIN(from, count), taken = MIN(limit, count - first);
    struct page *page = arena_new(call->arena, struct page);
    struct tx_view *items = arena_array(call->arena, struct tx_view, taken);
    for (uint32_t i = 0; i < taken; i++) node_tx_view_at(rest->node, stored, first + i, rest->call.arena, &items[i]);
    *page = (struct page){.items = items, .count = taken};
    if (first + taken < count) page->next_cursor = call_cursor(call, first + taken);
    call_answer(call, 200, &wire_tx_page, page);
}

void rest_blocks(struct rest *rest)
{
    struct call *call = &rest->call;
    uint64_t start = UINT64_MAX, end = UINT64_MAX;
    if (!call_query_u64(call, "start", 0, UINT32_MAX, &start) || !call_query_u64(call, "end", 0, UINT32_MAX, &end)) return;
    if (start == UINT64_MAX || end == UINT64_MAX) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, start == UINT64_MAX ? "start" : "end", "start and end are wanted");
        return;
    }
    if (end < start || end - start > BLOCKS_MAX) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "end", "end is not %u at most above start", BLOCKS_MAX);
        return;
    }
    const uint64_t above = (uint64_t)node_height(rest->node) + 1;
    struct page *page = arena_new(call->arena, struct page);
    struct block_view *items = arena_array(call->arena, struct block_view, end - start);
    *page = (struct page){.items = items};
    for (uint64_t height = start; height < MIN(end, above); height++) {
        struct stored *stored = node_block_at(rest->node, (uint32_t)height);
        if (stored) block_fill(rest, stored, node_status_of(rest->node, stored), false, &items[page->count++]);
    }
    call_answer(call, 200, &wire_block_list, page);
}

void rest_height_of(struct rest *rest)
{
    struct hash hash;
    enum block_status status;
    if (!call_hash_parse(rest->args[0], &hash)) {
        call_refuse_with(&rest->call, CODE_INVALID_PARAMETER, "hash", "a block hash is 64 lower-case hex digits");
        return;
    }
    struct stored *stored = node_block_of(rest->node, &hash, &status);
    if (!stored) {
        call_refuse_with(&rest->call, CODE_BLOCK_NOT_FOUND, "hash", "this view has no such block");
        return;
    }
    struct bare_u32 *answer = arena_new(rest->call.arena, struct bare_u32);
    answer->value = stored_height(stored);
    call_answer(&rest->call, 200, &wire_u32, answer);
}

/* ---- X13, X21, X23 ---- */

void rest_finality(struct rest *rest)
{
    enum block_status status;
    struct stored *stored = block_named(rest, CODE_BLOCK_NOT_FINAL, &status);
    if (!stored) return;
    struct finality_proof *proof = status == BLOCK_FINALIZED ? replica_finality_proof(rest->node->replica, stored_height(stored)) : NULL;
    if (!proof) {
        call_refuse_with(&rest->call, CODE_BLOCK_NOT_FINAL, "height", "block %u is not final in this view", stored_height(stored));
        return;
    }
    struct finality_view *view = arena_new(rest->call.arena, struct finality_view);
    view->proof = proof;
    call_answer(&rest->call, 200, &wire_finality, view);
}

#define FORKS_MAX 256
void rest_forks(struct rest *rest)
{
    struct arena *arena = rest->call.arena;
    struct replica_fork *forks = arena_array(arena, struct replica_fork, FORKS_MAX);
    const size_t count = MIN(replica_forks(rest->node->replica, forks, FORKS_MAX), FORKS_MAX);
    struct fork_view *items = arena_array(arena, struct fork_view, count);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct fork_view){.tip = forks[i].tip->hash,
                                      .height = forks[i].tip->header.height,
                                      .round = forks[i].tip->header.round,
                                      .length_since_final = forks[i].length_since_final,
                                      .support = forks[i].support,
                                      .preferred = forks[i].preferred};
    struct page *page = arena_new(arena, struct page);
    *page = (struct page){.items = items, .count = (uint32_t)count};
    call_answer(&rest->call, 200, &wire_fork_list, page);
}

void rest_checkpoints(struct rest *rest)
{
    uint32_t limit;
    uint64_t from;
    struct call *call = &rest->call;
    const struct blockstore *store = rest->node->space->store;
    if (!call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    struct checkpoint_view *items = arena_array(call->arena, struct checkpoint_view, limit);
    *page = (struct page){.items = items};
    for (uint64_t i = from; i < blockstore_checkpoints(store); i++) {
        const uint32_t height = blockstore_checkpoint_at(store, i);
        if (height > node_final_height(rest->node)) break;
        if (page->count == limit) {
            page->next_cursor = call_cursor(call, i);
            break;
        }
        struct stored *stored = node_block_at(rest->node, height);
        if (!stored) continue; /* before the one that it started from */
        const struct header *header = &stored->block->header;
        items[page->count++] = (struct checkpoint_view){.height = height,
                                                        .hash = *stored_hash(stored),
                                                        .state_root = header->state_root,
                                                        .committee_hash = header->committee_hash,
                                                        .next_committee_hash = header->next_committee_hash};
    }
    call_answer(call, 200, &wire_checkpoint_page, page);
}
