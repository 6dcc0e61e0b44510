/* Any text behind a byte that picks the answer it claims to be: an error, or a value whose own text is stable. */
#include "chain/response_dex.h"

static const struct shape *const shapes[] = {
    &shape_u32,           &shape_hash_list,       &shape_str_list,        &shape_tx_ack,         &shape_tx,
    &shape_tx_page,       &shape_batch_ack,       &shape_tx_proof,        &shape_block,          &shape_block_list,
    &shape_fork_list,     &shape_committee,       &shape_finality,        &shape_vote_seen_list, &shape_round,
    &shape_evidence_page, &shape_validator_page,  &shape_pool_entry_page, &shape_pool_stats,     &shape_account,
    &shape_state_path,    &shape_supply,          &shape_peer_list,       &shape_sync_status,    &shape_node_info,
    &shape_admin_info,    &shape_admin_node_list, &shape_chaos_list,      &shape_audit,          &shape_log_page,
    &shape_order_ack,     &shape_book,            &shape_order_page,      &shape_trade_page,     &shape_pair_list,
    &shape_spot_pool};

static void check(const struct shape *shape, struct str text)
{
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    void *value = arena_alloc(&arena, shape->bytes), *again = arena_alloc(&arena, shape->bytes);
    const struct json *doc = json_parse(&arena, text, &err);
    if (doc != NULL && shape_read(shape, doc, CHAIN_ALPHA, &arena, value, &err)) {
        struct buf once = {0}, twice = {0};
        struct json_writer w = json_writer_of(&once);
        shape_write(shape, value, CHAIN_ALPHA, &w);
        const bool read = shape_read(shape, json_parse(&arena, buf_str(&once), &err), CHAIN_ALPHA, &arena, again, &err);
        ASSERT(read);
        w = json_writer_of(&twice);
        shape_write(shape, again, CHAIN_ALPHA, &w);
        ASSERT(str_eq(buf_str(&once), buf_str(&twice)));
        shape_done(shape, again);
        shape_done(shape, value);
        buf_done(&once);
        buf_done(&twice);
    }
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes > 0) check(shapes[data[0] % ARRAY_LEN(shapes)], (struct str){(const char *)data + 1, bytes - 1});
    return 0;
}
