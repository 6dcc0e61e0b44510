/* Messages between validators: size, ident and canonical bytes of every type. */
#include "chain/message.h"

#include "fixture.h"

static struct fixture_chain chain;
static uint64_t idents[64];
static size_t idents_count;

/* Encodes, decodes, encodes again; every cut is refused; the ident is like no other. Takes over the reference. */
static void check_message(struct message *message)
{
    struct buf bytes = {0}, again = {0};
    message_encode(message, &bytes);
    CHECK_U64(bytes.len, message->wire_bytes);
    struct message *copy = message_decode(buf_str(&bytes), &fixture_rules);
    if (copy == NULL) CHECK_FAIL("%s is not read back", message_type_text(message->type).data);
    message_encode(copy, &again);
    CHECK(str_eq(buf_str(&bytes), buf_str(&again)));
    CHECK(message_ident(copy) == message_ident(message) && copy->type == message->type && copy->wire_bytes == message->wire_bytes);
    for (size_t cut = 0; cut < bytes.len; cut += 1 + cut / 7)
        CHECK(message_decode(str_sub(buf_str(&bytes), 0, cut), &fixture_rules) == NULL);
    buf_put_char(&bytes, 0);
    CHECK(message_decode(buf_str(&bytes), &fixture_rules) == NULL);
    for (size_t i = 0; i < idents_count; i++) CHECK(idents[i] != message_ident(message));
    idents[idents_count++] = message_ident(message);
    message_unref(copy);
    message_unref(message_ref(message));
    message_unref(message);
    buf_done(&bytes);
    buf_done(&again);
}

static void proposals_travel(void)
{
    struct finality_proof *proof = fixture_proof(&chain);
    for (int i = 0; i < FIXTURE_BLOCKS; i++) check_message(message_of_proposal(chain.blocks[i], NULL));
    check_message(message_of_proposal(chain.blocks[4], proof));
    finality_unref(proof);
}

static void votes_and_timeouts_travel(void)
{
    struct finality_proof *proof = fixture_proof(&chain);
    struct vote vote = {.domain = fixture_domain, .height = 1, .round = 2};
    check_message(message_of_vote(&vote));
    vote.round = 3;
    check_message(message_of_vote(&vote));
    const struct timeout timeout = {.domain = fixture_domain, .round = 4, .high_round = 1};
    check_message(message_of_timeout(&timeout, NULL, NULL, NULL));
    check_message(message_of_timeout(&timeout, chain.certificates[0], NULL, NULL));
    check_message(message_of_timeout(&timeout, chain.certificates[0], chain.blocks[2]->tc, NULL));
    check_message(message_of_timeout(&timeout, chain.certificates[0], NULL, proof));
    finality_unref(proof);
}

static void bundles_travel(void)
{
    struct tx *txs[3] = {fixture_transfer(1, 2, ""), fixture_transfer(2, 2, "x"), fixture_batch(3, 4)};
    check_message(message_of_txs(fixture_domain, txs, 3));
    check_message(message_of_txs(fixture_domain, txs, 1));
    check_message(message_of_txs(fixture_domain, txs + 1, 1));
    for (int i = 0; i < 3; i++) tx_unref(txs[i]);
}

static void sync_travels(void)
{
    struct finality_proof *proof = fixture_proof(&chain);
    const struct hash have = header_hash(&chain.headers[1]);
    check_message(message_of_finality(proof));
    check_message(message_of_sync_request(fixture_domain, 7, 64, &have));
    check_message(message_of_block_request(fixture_domain, &have));
    struct certified_block items[3];
    for (int i = 0; i < 3; i++) items[i] = (struct certified_block){chain.blocks[i], i < 2 ? chain.certificates[i] : NULL};
    check_message(message_of_blocks(fixture_domain, items, 3, 5, proof));
    check_message(message_of_blocks(fixture_domain, items, 0, 5, NULL));
    finality_unref(proof);
}

static void a_message_of_another_network_inside_is_refused(void)
{
    struct buf bytes = {0};
    struct message *message = message_of_proposal(chain.blocks[0], NULL);
    message_encode(message, &bytes);
    bytes.data[6] = 8; /* the envelope says mainnet, the block testnet */
    CHECK(message_decode(buf_str(&bytes), &fixture_rules) == NULL);
    bytes.data[6] = 13;
    bytes.data[8] = MESSAGE_TYPE_COUNT;
    CHECK(message_decode(buf_str(&bytes), &fixture_rules) == NULL);
    message_unref(message);
    buf_done(&bytes);
}

static void a_block_counts_its_bytes(void)
{
    const struct block *block = chain.blocks[2];
    struct buf bytes = {0};
    block_encode(block, &bytes);
    CHECK_U64(bytes.len, block_bytes(block));
    CHECK_U64(block->txs_bytes, block->txs[0]->size + block->txs[1]->size);
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    struct block *copy = block_decode(&r, &fixture_rules);
    CHECK(copy != NULL && bin_done(&r) && hash_eq(&copy->hash, &block->hash) && timeoutcert_eq(copy->tc, block->tc));
    const struct hash root = transactions_root_of(copy->txs, copy->txs_count);
    CHECK(hash_eq(&root, &block->header.transactions_root));
    block_unref(copy);
    buf_done(&bytes);
}

int main(void)
{
    fixture_chain_init(&chain);
    RUN(proposals_travel);
    RUN(votes_and_timeouts_travel);
    RUN(bundles_travel);
    RUN(sync_travels);
    RUN(a_message_of_another_network_inside_is_refused);
    RUN(a_block_counts_its_bytes);
    fixture_chain_done(&chain);
    return 0;
}
