#include "network/byzantine/liar_priv.h"

static struct block *signed_block(const struct liar *liar, const struct header *header, const struct block *like, struct tx *const *txs,
                                  size_t txs_count)
{
    const struct hash hash = header_hash(header);
    const struct signature signature = header_sign(&hash, liar->config.suite, &liar->key);
    return block_new(header, &signature, like->justify, like->tc, txs, txs_count);
}

static bool execute(const struct liar *liar, struct header *header, struct tx *const *txs, size_t txs_count)
{
    return liar->host.execute != NULL && liar->host.execute(liar->host.ctx, header, txs, txs_count);
}

struct block *forge_twin(const struct liar *liar, const struct block *block)
{
    struct header header = block->header;
    header.timestamp_ms++;
    if (!header_is_closing(&header) && !execute(liar, &header, block->txs, block->txs_count)) return NULL;
    return signed_block(liar, &header, block, block->txs, block->txs_count);
}

/* A transfer of all there could be, from an account that has nothing like it; as long as a transfer gets. */
static struct tx *overspend(const struct liar *liar)
{
    static const char memo[TX_MEMO_BYTES_MAX] = {0};
    struct apierror error;
    const struct tx_spec spec = {.domain = liar->config.domain,
                                 .kind = liar->config.domain.chain == CHAIN_ALPHA ? KIND_ALPHA_TRANSFER : KIND_DELTA_TRANSFER,
                                 .nonce = 1u << 30,
                                 .fee = AMOUNT(1000000),
                                 .token = chain_fee_token(liar->config.domain.chain),
                                 .to = liar->address,
                                 .amount = AMOUNT(UINT64_MAX),
                                 .memo = {memo, sizeof(memo)}};
    return tx_build(&spec, liar->config.suite, &liar->account, &error);
}

static struct block *with_transactions(const struct liar *liar, const struct block *block, struct tx *more, size_t copies)
{
    struct header header = block->header;
    const size_t count = block->txs_count + copies;
    struct tx **txs = base_alloc(sizeof(struct tx *) * count);
    for (size_t i = 0; i < block->txs_count; i++) txs[i] = block->txs[i];
    for (size_t i = block->txs_count; i < count; i++) txs[i] = more;
    header.transaction_count = (uint32_t)count;
    header.transactions_root = transactions_root_of(txs, count);
    struct block *forged = signed_block(liar, &header, block, txs, count);
    base_free(txs);
    return forged;
}

/* One invalid transaction, or so many that no room holds them: by number or by bytes, whichever takes fewer. */
static struct block *stuffed(const struct liar *liar, const struct block *block, bool oversize)
{
    struct tx *tx = overspend(liar);
    if (tx == NULL) return NULL;
    const uint64_t number = liar->config.block_txs_max + 1 - MIN(block->txs_count, liar->config.block_txs_max);
    const uint64_t bytes = liar->config.block_bytes_max / tx->size + 1;
    const size_t copies = oversize ? MIN(MIN(number, bytes), BLOCK_TXS_MAX - block->txs_count) : 1;
    struct block *forged = with_transactions(liar, block, tx, copies);
    tx_unref(tx);
    return forged;
}

static struct block *bad_signature(const struct block *block)
{
    struct signature signature = block->proposer_signature;
    signature.b[0] ^= 1;
    return block_new(&block->header, &signature, block->justify, block->tc, block->txs, block->txs_count);
}

struct block *forge_invalid(const struct liar *liar, const struct block *block, enum evidence_flavour flavour)
{
    struct header header = block->header;
    switch (flavour) {
    case FLAVOUR_BAD_STATE_ROOT: header.state_root.b[0] ^= 1; break;
    case FLAVOUR_INVALID_TRANSACTION: return stuffed(liar, block, false);
    case FLAVOUR_WRONG_PARENT: header.parent_hash.b[0] ^= 1; break;
    case FLAVOUR_FUTURE_TIMESTAMP: header.timestamp_ms += liar->config.skew_ms + 60000; break;
    case FLAVOUR_OVERSIZE: return stuffed(liar, block, true);
    case FLAVOUR_BAD_SIGNATURE: return bad_signature(block);
    }
    if (flavour == FLAVOUR_FUTURE_TIMESTAMP && !header_is_closing(&header) && !execute(liar, &header, block->txs, block->txs_count)) return NULL;
    return signed_block(liar, &header, block, block->txs, block->txs_count);
}

struct block *forge_child(const struct liar *liar, const struct block *parent, const struct block *meant)
{
    struct header header = meant->header;
    header.height = parent->header.height + 1;
    header.timestamp_ms = MAX(meant->header.timestamp_ms, parent->header.timestamp_ms + 1);
    header.parent_hash = header.justify_hash = parent->hash;
    header.justify_round = parent->header.round;
    header.committee_hash = header.next_committee_hash = parent->header.committee_hash;
    if (!execute(liar, &header, NULL, 0)) return NULL;
    const struct hash hash = header_hash(&header);
    const struct signature signature = header_sign(&hash, liar->config.suite, &liar->key);
    return block_new(&header, &signature, NULL, NULL, NULL, 0);
}
