/* What the store keeps for all views: blocks once, finals by height, receipts and the index also after bodies have gone. */
#include "core/base/check.h"
#include "network/node/blockstore.h"

static struct ledger_rules rules;
static struct params params;
static struct seckey key;
static struct address payer, other;

struct chain {
    struct executor *executor;
    struct blockstore *store;
    struct poststate *post; /* of the tip */
    struct block *tip;
    uint64_t nonce;
};

static struct tx *transfer(uint64_t nonce, uint64_t amount)
{
    struct apierror error;
    const struct tx_spec spec = {.domain = rules.domain, .kind = KIND_ALPHA_TRANSFER, .nonce = nonce, .fee = AMOUNT(1000), .token = TOKEN_AX, .to = other, .amount = AMOUNT(amount)};
    struct tx *tx = tx_build(&spec, (struct sign_suite){SIGN_SIMULATED}, &key, &error);
    CHECK(tx != NULL);
    return tx;
}

static struct chain chain_new(const struct blockstore_limits *limits)
{
    struct err err;
    struct chain chain = {0};
    rules.domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET);
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    seckey_from_seed((struct sign_suite){SIGN_SIMULATED}, (const uint8_t[32]){1}, &key);
    payer = address_of_key(&key.pub);
    other.b[0] = 9;
    const struct ledger_grant grant = {payer, {TOKEN_AX, AMOUNT(1000000)}};
    const struct ledger_validator validator = {.address = payer, .consensus_key = key.pub, .name = "v1"};
    const struct ledger_genesis genesis = {.params = &params, .grants = &grant, .grants_count = 1, .validators = &validator, .validators_count = 1};
    struct ledger_state *state = ledger_genesis(&rules, &genesis, &err);
    CHECK(state != NULL);
    const struct header header = {.domain = rules.domain, .state_root = ledger_state_root(state)};
    chain.executor = executor_new(&rules);
    chain.post = executor_genesis(chain.executor, state);
    chain.tip = block_new(&header, &(struct signature){0}, NULL, NULL, NULL, 0);
    chain.store = blockstore_new(chain.tip, chain.post, limits);
    ledger_state_unref(state);
    return chain;
}

static void chain_free(struct chain *chain)
{
    block_unref(chain->tip);
    poststate_unref(chain->post);
    blockstore_free(chain->store);
    executor_free(chain->executor);
}

/* A block on the tip with one transfer, executed and stored; final for the first view. */
static struct stored *grow(struct chain *chain, uint64_t amount)
{
    struct tx *tx = transfer(chain->nonce++, amount);
    const struct ledger_frame frame = {.height = chain->tip->header.height + 1, .round = chain->tip->header.round + 1, .timestamp_ms = 1, .proposer = payer};
    struct poststate *post = executor_run(chain->executor, chain->post, &frame, NULL, &tx, 1);
    CHECK(poststate_is_good(post));
    const struct header header = {.domain = rules.domain, .height = frame.height, .round = frame.round, .timestamp_ms = 1, .parent_hash = chain->tip->hash,
                                  .justify_hash = chain->tip->hash, .proposer = payer, .transaction_count = 1, .state_root = post->result->state_root};
    struct block *block = block_new(&header, &(struct signature){0}, NULL, NULL, &tx, 1);
    struct stored *stored = blockstore_put(chain->store, block);
    blockstore_executed(chain->store, stored, post);
    CHECK(blockstore_final(chain->store, stored, post, NULL, 5));
    block_unref(chain->tip);
    poststate_unref(chain->post);
    chain->tip = block;
    chain->post = post;
    tx_unref(tx);
    return stored;
}

static void a_block_is_kept_once_and_found_by_hash_height_and_transaction(void)
{
    struct chain chain = chain_new(&(struct blockstore_limits){.history_blocks = 1000, .history_bytes = UINT64_MAX});
    struct stored *first = grow(&chain, 10);
    CHECK(blockstore_put(chain.store, chain.tip) == first);
    struct stored *second = grow(&chain, 20);
    CHECK(blockstore_at(chain.store, 1) == first && blockstore_at(chain.store, 2) == second && blockstore_at(chain.store, 3) == NULL);
    CHECK(blockstore_find(chain.store, stored_hash(second)) == second);
    const struct txindex_hit hit = blockstore_tx_first(chain.store, stored_tx_id(second, 0));
    CHECK(hit.found && blockstore_number(chain.store, hit.block) == second);
    CHECK_U64(blockstore_stats(chain.store).transactions, 2);
    chain_free(&chain);
}

static void a_second_final_block_at_a_height_is_told_apart(void)
{
    struct chain chain = chain_new(&(struct blockstore_limits){.history_blocks = 1000, .history_bytes = UINT64_MAX});
    struct stored *first = grow(&chain, 10);
    CHECK(blockstore_final(chain.store, first, chain.post, NULL, 6)); /* another view agrees */
    struct header rival = first->block->header;
    rival.timestamp_ms++;
    struct block *block = block_new(&rival, &(struct signature){0}, NULL, NULL, first->block->txs, 1);
    CHECK(!blockstore_final(chain.store, blockstore_put(chain.store, block), chain.post, NULL, 6));
    CHECK(blockstore_at(chain.store, 1) == first);
    block_unref(block);
    chain_free(&chain);
}

/* Counted is what they take in memory, which is more than their signed bytes. */
static void bodies_beyond_their_room_go(void)
{
    enum { BLOCKS = 3 * HISTORY_BLOCKS_MIN };
    struct chain chain = chain_new(&(struct blockstore_limits){.history_blocks = 1000, .history_bytes = UINT64_MAX});
    struct stored *first = grow(&chain, 1);
    const uint64_t signed_bytes = first->txs_bytes;
    for (uint32_t i = 1; i < BLOCKS; i++) (void)grow(&chain, 1);
    CHECK(!first->pruned);
    chain_free(&chain);
    chain = chain_new(&(struct blockstore_limits){.history_blocks = 1000, .history_bytes = signed_bytes * BLOCKS});
    first = grow(&chain, 1);
    for (uint32_t i = 1; i < BLOCKS; i++) (void)grow(&chain, 1);
    CHECK(first->pruned && blockstore_stats(chain.store).bodies > HISTORY_BLOCKS_MIN);
    chain_free(&chain);
}

static void old_bodies_go_and_their_index_stays(void)
{
    struct chain chain = chain_new(&(struct blockstore_limits){.history_blocks = HISTORY_BLOCKS_MIN, .history_bytes = UINT64_MAX});
    struct stored *first = grow(&chain, 999999), *second = NULL; /* more than it has: a receipt that is no plain success */
    struct receipt receipt;
    CHECK(stored_receipt(first, 0, &receipt));
    CHECK(!receipt_success(&receipt));
    const struct hash id = *stored_tx_id(first, 0);
    const uint32_t bytes = first->txs_bytes;
    for (uint32_t i = 0; i < 2 * HISTORY_BLOCKS_MIN; i++) {
        struct stored *stored = grow(&chain, 1);
        if (i == 0) second = stored;
    }
    CHECK(first->pruned && first->block->txs_count == 0);
    CHECK(hash_eq(stored_tx_id(first, 0), &id));
    CHECK_U64(first->txs_bytes, bytes);
    CHECK_U64(stored_txs_count(first), 1);
    CHECK(blockstore_tx_first(chain.store, &id).found);
    CHECK(stored_receipt(first, 0, &receipt) && !receipt_success(&receipt)); /* kept, since it cannot be derived */
    CHECK(!stored_receipt(second, 0, &receipt));                              /* what it paid stood in the body */
    CHECK(!blockstore_at(chain.store, blockstore_height(chain.store))->pruned);
    CHECK(blockstore_stats(chain.store).bodies <= HISTORY_BLOCKS_MIN + 2);
    CHECK(first->post == NULL && executor_stats(chain.executor).held <= POSTSTATES_KEPT + 3);
    chain_free(&chain);
}

int main(void)
{
    RUN(a_block_is_kept_once_and_found_by_hash_height_and_transaction);
    RUN(a_second_final_block_at_a_height_is_told_apart);
    RUN(bodies_beyond_their_room_go);
    RUN(old_bodies_go_and_their_index_stays);
    return 0;
}
