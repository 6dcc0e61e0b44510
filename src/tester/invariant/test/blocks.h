/* Blocks as a node shows them, for judges that are fed blocks someone else has proven; and supplies of consecutive heights. */
#ifndef INVARIANT_TEST_BLOCKS_H
#define INVARIANT_TEST_BLOCKS_H

#include "chain/payload.h"
#include "core/base/check.h"
#include "tester/invariant/judge.h"

enum { SHOWN_MAX = 8 };

static const struct sign_suite block_suite = {SIGN_SIMULATED};
static struct judge judge;
static struct violation last;
static char last_text[INVARIANT_NOTE];
static uint32_t told;
static uint64_t nonces[2][8];

static inline void violated(void *context, const struct violation *violation)
{
    (void)context;
    last = *violation;
    snprintf(last_text, sizeof(last_text), "%s", violation->text);
    last.text = last_text;
    told++;
}

static inline void start(void)
{
    const struct trust_genesis genesis = {.domain = domain_of(CHAIN_ALPHA, NETWORK_MAINNET)};
    static struct verifier verifier;
    verifier = verifier_plain(&block_suite);
    judge_init(&judge, &genesis, verifier);
    judge.violated = violated;
    told = 0;
    memset(nonces, 0, sizeof(nonces));
}
static inline void finish(void) { judge_done(&judge); }

static inline struct seckey key_of(uint8_t who)
{
    struct seckey key;
    const uint8_t seed[32] = {who, 77};
    seckey_from_seed(block_suite, seed, &key);
    return key;
}
static inline struct address address_of(uint8_t who)
{
    const struct seckey key = key_of(who);
    return address_of_key(&key.pub);
}

/* The next transaction of somebody (0 to 7). */
static inline struct tx *make(uint8_t who, enum kind kind, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    const enum chain_id chain = kind_find((uint16_t)kind)->chain;
    const struct seckey key = key_of(who);
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(chain, NETWORK_MAINNET), .kind = kind, .nonce = nonces[chain - 1][who]++, .fee = AMOUNT(2000), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, block_suite, &key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}
static inline struct tx *make_transfer(uint8_t who, enum chain_id chain, uint64_t amount)
{
    struct apierror error;
    const struct seckey key = key_of(who);
    const struct tx_spec spec = {.domain = domain_of(chain, NETWORK_MAINNET), .kind = chain == CHAIN_ALPHA ? KIND_ALPHA_TRANSFER : KIND_DELTA_TRANSFER, .nonce = nonces[chain - 1][who]++,
                                 .fee = AMOUNT(2000), .token = chain == CHAIN_ALPHA ? TOKEN_AX : TOKEN_DX, .to = address_of(7), .amount = AMOUNT(amount)};
    struct tx *tx = tx_build(&spec, block_suite, &key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    return tx;
}

struct shown {
    struct block_view block;
    struct tx_view views[SHOWN_MAX];
};

static inline struct merkle receipts_list(const struct shown *shown)
{
    struct merkle list;
    merkle_init(&list);
    for (uint32_t i = 0; i < shown->block.transactions_count; i++) {
        uint8_t leaf[RECEIPT_LEAF_BYTES_MAX];
        const struct hash hash = merkle_leaf(leaf, receipt_leaf(&shown->views[i].id, &shown->views[i].receipt, leaf));
        merkle_push(&list, &hash);
    }
    return list;
}

/* A block of these transactions, each succeeding (`failed`: the one that does not; -1: none). */
static inline void show(struct shown *out, enum chain_id chain, uint32_t height, struct tx **txs, uint32_t count, int failed)
{
    *out = (struct shown){.block = {.header = {.domain = domain_of(chain, NETWORK_MAINNET), .height = height, .round = height, .timestamp_ms = height * 500u},
                                    .has_transactions = true, .transactions_count = count}};
    for (uint32_t i = 0; i < count; i++)
        out->views[i] = (struct tx_view){.id = txs[i]->id, .chain = chain, .envelope = txs[i], .has_receipt = true,
                                         .receipt = {.fee_charged = AMOUNT(2000), .code = (int)i == failed ? CODE_INSUFFICIENT_BALANCE : CODE_NONE}};
    out->block.transactions = out->views;
    const struct merkle list = receipts_list(out);
    out->block.header.receipts_root = merkle_root(&list);
}

/* To every judge of its chain, as judge_block does with a proven one. */
static inline void feed(const struct shown *shown)
{
    const struct block_view *block = &shown->block;
    if (block->header.domain.chain == CHAIN_DELTA) {
        judge_delta_block(&judge, block, (struct instant){1});
        return;
    }
    judge.read_height = block->header.height;
    judge_alpha_block(&judge, block, (struct instant){1});
}
/* Heights in between are empty. */
static inline void give(enum chain_id chain, uint32_t height, struct tx **txs, uint32_t count)
{
    struct shown shown;
    for (uint32_t between = judge.validity[chain - 1].height + 1; between < height; between++) {
        show(&shown, chain, between, NULL, 0, -1);
        feed(&shown);
    }
    show(&shown, chain, height, txs, count, -1);
    feed(&shown);
    for (uint32_t i = 0; i < count; i++) tx_unref(txs[i]);
}

#endif
