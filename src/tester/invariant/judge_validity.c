#include "tester/invariant/judge_validity.h"

#include <inttypes.h>

#include "tester/invariant/judge.h"

bool receipts_are_proven(const struct block_view *block)
{
    struct merkle list;
    uint8_t leaf[RECEIPT_LEAF_BYTES_MAX];
    merkle_init(&list);
    for (uint32_t i = 0; i < block->transactions_count; i++) {
        const struct tx_view *view = &block->transactions[i];
        if (!view->has_receipt) return false;
        const struct hash hash = merkle_leaf(leaf, receipt_leaf(&view->envelope->id, &view->receipt, leaf));
        merkle_push(&list, &hash);
    }
    const struct hash root = merkle_root(&list);
    return hash_eq(&root, &block->header.receipts_root);
}

static void header_judge(struct judge *judge, enum chain_id chain, const struct judge_validity *before, const struct block_view *block)
{
    const struct header *header = &block->header;
    judge->state[11].samples++;
    if (before->height == 0) return;
    if (header->height != before->height + 1 || header->round <= before->round || header->timestamp_ms < before->timestamp_ms)
        judge_violation(judge, 11, header->height, &block->hash, "%s block %" PRIu32 " does not follow the one before it in height, round and time", chain_text(chain).data,
                        header->height);
}

static void transaction_judge(struct judge *judge, enum chain_id chain, uint32_t height, const struct tx_view *view)
{
    const struct tx *tx = view->envelope;
    const struct kind_row *kind = kind_find(tx->kind);
    const char *fault = NULL;
    struct amount most;
    char id[17];
    judge->state[11].samples++;
    if (kind == NULL || kind->chain != chain || tx->chain != chain) fault = "is of another chain";
    else if (tx->valid_until != 0 && tx->valid_until < height) fault = "was no longer valid";
    else if (!tx_charge(tx, &most) || amount_cmp(view->receipt.fee_charged, most) > 0) fault = "was charged more than its fee";
    if (fault == NULL) return;
    str_hex(tx->id.b, 8, id);
    judge_violation(judge, 11, height, &tx->id, "%s block %" PRIu32 ": transaction %.16s %s", chain_text(chain).data, height, id, fault);
}

void judge_validity_block(struct judge *judge, enum chain_id chain, const struct block_view *block, const struct map *nonces)
{
    struct judge_validity *validity = &judge->validity[chain - 1];
    const uint32_t height = block->header.height, count = block->transactions_count;
    header_judge(judge, chain, validity, block);
    bool shown = true;
    for (uint32_t i = 0; i < count; i++) shown &= block->transactions[i].has_receipt;
    if (shown && !receipts_are_proven(block))
        judge_violation(judge, 11, height, &block->hash, "%s block %" PRIu32 ": the receipts shown do not give its receipts_root", chain_text(chain).data, height);
    for (uint32_t i = 0; shown && i < count; i++) transaction_judge(judge, chain, height, &block->transactions[i]);
    *validity = (struct judge_validity){.height = height, .timestamp_ms = block->header.timestamp_ms, .round = block->header.round};
    if (count == 0) return;
    const struct tx *tx = block->transactions[height % count].envelope;
    const uint64_t *nonce = map_find(nonces, &tx->sender);
    validity->has_account = nonce != NULL;
    validity->account = tx->sender;
    validity->account_tx = tx->id;
    validity->nonce = nonce ? *nonce : 0;
}

void judge_validity_account(struct judge *judge, enum chain_id chain, const struct judge_validity *asked, enum trust_verdict verdict,
                            const struct trust_account *found)
{
    char who[ADDRESS_TEXT];
    if (verdict != TRUST_OK) return; /* nothing is proven by it */
    judge->state[11].samples++;
    if (found->nonce == asked->nonce) return;
    address_text(&asked->account, chain, who);
    judge_violation(judge, 11, asked->height, &asked->account_tx, "%s block %" PRIu32 ": the proven state has nonce %" PRIu64 " for %s, its blocks lead to %" PRIu64,
                    chain_text(chain).data, asked->height, found->nonce, who, asked->nonce);
}
