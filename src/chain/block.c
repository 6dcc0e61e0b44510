#include "chain/block.h"

static struct block *alloc(const struct header *header, const struct signature *proposer_signature, size_t txs_count)
{
    struct block *block = base_alloc(sizeof(*block) + txs_count * sizeof(struct tx *));
    block->refs = 1;
    block->header = *header;
    block->hash = header_hash(header);
    block->proposer_signature = *proposer_signature;
    block->txs = (struct tx **)(void *)(block + 1);
    return block;
}

/* Takes over the caller's reference. */
static void push(struct block *block, struct tx *tx)
{
    block->txs[block->txs_count++] = tx;
    block->txs_bytes += tx->size;
}

struct block *block_new(const struct header *header, const struct signature *proposer_signature, struct certificate *justify,
                        struct timeoutcert *tc, struct tx *const *txs, size_t txs_count)
{
    ASSERT(txs_count <= BLOCK_TXS_MAX);
    struct block *block = alloc(header, proposer_signature, txs_count);
    block->justify = certificate_ref(justify);
    block->tc = timeoutcert_ref(tc);
    for (size_t i = 0; i < txs_count; i++) push(block, tx_ref(txs[i]));
    return block;
}

struct block *block_ref(struct block *block)
{
    if (block == NULL) return NULL;
    ASSERT(block->refs > 0);
    block->refs++;
    return block;
}

void block_unref(struct block *block)
{
    if (block == NULL) return;
    ASSERT(block->refs > 0);
    if (--block->refs > 0) return;
    certificate_unref(block->justify);
    timeoutcert_unref(block->tc);
    for (uint32_t i = 0; i < block->txs_count; i++) tx_unref(block->txs[i]);
    base_free(block);
}

size_t block_bytes(const struct block *block)
{
    size_t bytes = HEADER_BYTES + sizeof(struct signature) + 1 + 1 + 4;
    if (block->justify != NULL) bytes += certificate_bytes(block->justify);
    if (block->tc != NULL) bytes += timeoutcert_bytes(block->tc);
    return bytes + 4 * (size_t)block->txs_count + block->txs_bytes;
}

void block_encode(const struct block *block, struct buf *out)
{
    header_encode(&block->header, buf_grow(out, HEADER_BYTES));
    bin_put_bytes(out, block->proposer_signature.b, sizeof(block->proposer_signature.b));
    bin_put_u8(out, block->justify != NULL);
    if (block->justify != NULL) certificate_encode(block->justify, out);
    bin_put_u8(out, block->tc != NULL);
    if (block->tc != NULL) timeoutcert_encode(block->tc, out);
    bin_put_u32(out, block->txs_count);
    for (uint32_t i = 0; i < block->txs_count; i++) bin_put_blob(out, tx_bytes(block->txs[i]));
}

static bool decode_txs(struct block *block, uint32_t count, struct bin_reader *r, const struct tx_rules *rules)
{
    struct apierror error;
    for (uint32_t i = 0; i < count; i++) {
        const struct str bytes = bin_get_blob(r, TX_BYTES_MAX);
        struct tx *tx = r->bad ? NULL : tx_decode(bytes, rules, &error);
        if (tx == NULL) {
            bin_fail(r);
            return false;
        }
        push(block, tx);
        if (block->txs_bytes > BLOCK_BYTES_MAX) {
            bin_fail(r);
            return false;
        }
    }
    return true;
}

struct block *block_decode(struct bin_reader *r, const struct tx_rules *rules)
{
    struct header header;
    struct signature signature;
    const uint8_t *bytes = bin_take(r, HEADER_BYTES);
    if (bytes == NULL || !header_decode(bytes, &header)) {
        bin_fail(r);
        return NULL;
    }
    bin_get_bytes(r, signature.b, sizeof(signature.b));
    struct certificate *justify = bin_get_bool(r) ? certificate_decode(r) : NULL;
    struct timeoutcert *tc = bin_get_bool(r) ? timeoutcert_decode(r) : NULL;
    const uint32_t count = bin_get_u32(r);
    if (count > BLOCK_TXS_MAX || (size_t)count * (4 + TX_BYTES_MIN) > bin_left(r)) bin_fail(r);
    if (r->bad) {
        certificate_unref(justify);
        timeoutcert_unref(tc);
        return NULL;
    }
    struct block *block = alloc(&header, &signature, count);
    block->justify = justify;
    block->tc = tc;
    if (decode_txs(block, count, r, rules)) return block;
    block_unref(block);
    return NULL;
}
