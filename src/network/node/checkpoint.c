#include "network/node/checkpoint.h"

#include "core/codec/binary.h"
#include "network/ledger/image.h"

#define MAGIC "ADCK"
#define VERSION 1

void checkpoint_write(const struct certified_block *base, struct finality_proof *proof, const struct ledger_state *state, struct buf *out,
                      struct checkpoint_trust *out_trust)
{
    struct ledger_image_digests digests;
    struct buf bytes = {0};
    const struct header *header = &base->block->header;
    struct message *message = message_of_blocks(header->domain, base, 1, header->height, proof);
    message_encode(message, &bytes);
    message_unref(message);
    bin_put_bytes(out, MAGIC, 4);
    bin_put_u8(out, VERSION);
    bin_put_blob(out, buf_str(&bytes));
    buf_done(&bytes);
    ledger_image_write(state, out, &digests);
    *out_trust = (struct checkpoint_trust){.height = header->height, .hash = base->block->hash, .derived = digests.derived};
}

void checkpoint_done(struct checkpoint *checkpoint)
{
    block_unref(checkpoint->base.block);
    certificate_unref(checkpoint->base.certificate);
    finality_unref(checkpoint->proof);
    committee_unref(checkpoint->previous);
    committee_unref(checkpoint->next);
    ledger_state_unref(checkpoint->state);
    *checkpoint = (struct checkpoint){0};
}

/* The message in front, and the image behind it. NULL: neither. */
static struct message *parts_read(struct str bytes, const struct ledger_rules *rules, struct str *out_image)
{
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    const uint8_t *magic = bin_take(&r, 4);
    if (!magic || memcmp(magic, MAGIC, 4) != 0 || bin_get_u8(&r) != VERSION) return NULL;
    const struct str front = bin_get_blob(&r, MESSAGE_BYTES_MAX);
    if (r.bad) return NULL;
    const struct tx_rules tx_rules = ledger_tx_rules(rules);
    struct message *message = message_decode(front, &tx_rules);
    if (!message) return NULL;
    *out_image = (struct str){(const char *)r.at, bin_left(&r)};
    const struct message_blocks *in = &message->blocks;
    const bool whole = message->type == MESSAGE_BLOCKS && in->count == 1 && in->items[0].certificate && in->proof;
    if (whole && in->head_height == in->items[0].block->header.height) return message;
    message_unref(message);
    return NULL;
}

/* All of its transactions, or none at all. */
static bool body_good(const struct block *block)
{
    if (block->txs_count == 0) return true;
    const struct hash root = transactions_root_of(block->txs, block->txs_count);
    return block->txs_count == block->header.transaction_count && hash_eq(&root, &block->header.transactions_root);
}

/* The committee that the block's own header names, out of its proof. NULL: it is not there. */
static struct committee *voters_of(const struct finality_proof *proof, const struct header *header)
{
    for (uint32_t i = 0; i < proof->committees_count; i++)
        if (hash_eq(&proof->committees[i]->hash, &header->committee_hash)) return proof->committees[i];
    return NULL;
}

/* The block is the one that is trusted, and everything about it follows from its header. */
static bool base_good(const struct message_blocks *in, const struct checkpoint_trust *trust, const struct ledger_rules *rules)
{
    const struct block *block = in->items[0].block;
    const struct certificate *certificate = in->items[0].certificate;
    const struct header *header = &block->header;
    if (!hash_eq(&block->hash, &trust->hash) || header->height != trust->height || !domain_eq(header->domain, rules->domain)) return false;
    if (!header_is_epoch_end(header) || !body_good(block)) return false;
    const struct committee *voters = voters_of(in->proof, header);
    uint32_t proposer;
    if (!voters || !committee_find(voters, &header->proposer, &proposer)) return false;
    if (!header_check(&block->hash, &block->proposer_signature, &voters->members[proposer].consensus_key, &rules->verifier)) return false;
    if (!hash_eq(&certificate->block_hash, &block->hash) || certificate->height != header->height || certificate->round != header->round) return false;
    if (certificate_verify(certificate, voters, rules->domain, &rules->verifier) != VERDICT_GOOD) return false;
    return hash_eq(&in->proof->target_hash, &block->hash) &&
           finality_verify(in->proof, rules->domain, &header->committee_hash, 1, &rules->verifier) == VERDICT_GOOD;
}

/* Who votes above it, as its state says; a reference. NULL: not whom its header names. */
static struct committee *next_of(const struct ledger_state *state, const struct committee *voters, const struct header *header)
{
    const uint64_t epoch = voters->epoch + 1, start = header->round + 1;
    struct committee *next = ledger_next_committee(state, epoch, start);
    if (!next) next = committee_rebase(voters, epoch, start);
    if (hash_eq(&next->hash, &header->next_committee_hash)) return next;
    committee_unref(next);
    return NULL;
}

enum code checkpoint_read(const struct node_checkpoint *given, const struct ledger_rules *rules, struct checkpoint *out)
{
    struct str image;
    struct message *message = parts_read(given->bytes, rules, &image);
    if (!message) return CODE_PARSE_ERROR;
    enum code code = CODE_CHECKPOINT_CONFLICT;
    struct ledger_state *state = NULL;
    const struct message_blocks *in = &message->blocks;
    if (!base_good(in, &given->trust, rules)) goto done;
    const struct header *header = &in->items[0].block->header;
    const struct ledger_image_digests wanted = {.root = header->state_root, .derived = given->trust.derived};
    state = ledger_image_read(image, rules->domain.chain, header->height, &wanted);
    if (!state) goto done;
    struct committee *voters = voters_of(in->proof, header), *next = next_of(state, voters, header);
    if (!next) goto done;
    *out = (struct checkpoint){.base = {block_ref(in->items[0].block), certificate_ref(in->items[0].certificate)},
                               .proof = finality_ref(in->proof),
                               .previous = committee_ref(voters),
                               .next = next,
                               .state = ledger_state_ref(state)};
    code = CODE_NONE;
done:
    ledger_state_unref(state);
    message_unref(message);
    return code;
}
