#include "chain/message_priv.h"

static struct message *alloc(enum message_type type, struct domain domain, size_t extra)
{
    struct message *message = base_alloc(sizeof(*message) + extra);
    message->refs = 1;
    message->type = type;
    message->domain = domain;
    return message;
}

static struct message *finish(struct message *message)
{
    message->wire_bytes = (uint32_t)message_size(message);
    return message;
}

struct message *message_of_proposal(struct block *block, struct finality_proof *epoch_proof)
{
    struct message *message = alloc(MESSAGE_PROPOSAL, block->header.domain, 0);
    message->proposal = (struct message_proposal){block_ref(block), finality_ref(epoch_proof)};
    return finish(message);
}

struct message *message_of_vote(const struct vote *vote)
{
    struct message *message = alloc(MESSAGE_VOTE, vote->domain, 0);
    message->vote = *vote;
    return finish(message);
}

struct message *message_of_timeout(const struct timeout *timeout, struct certificate *high, struct timeoutcert *entered_by,
                                   struct finality_proof *epoch_proof)
{
    struct message *message = alloc(MESSAGE_TIMEOUT, timeout->domain, 0);
    message->timeout =
        (struct message_timeout){*timeout, certificate_ref(high), timeoutcert_ref(entered_by), finality_ref(epoch_proof)};
    return finish(message);
}

struct message *message_of_txs(struct domain domain, struct tx *const *txs, size_t count)
{
    ASSERT(count >= 1 && count <= MESSAGE_TXS_MAX);
    struct message *message = alloc(MESSAGE_TXS, domain, count * sizeof(struct tx *));
    message->txs.items = (struct tx **)(void *)(message + 1);
    message->txs.count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) message->txs.items[i] = tx_ref(txs[i]);
    return finish(message);
}

struct message *message_of_finality(struct finality_proof *proof)
{
    struct message *message = alloc(MESSAGE_FINALITY, proof->headers[0].domain, 0);
    message->finality = finality_ref(proof);
    return finish(message);
}

struct message *message_of_sync_request(struct domain domain, uint32_t from_height, uint32_t count_max, const struct hash *have)
{
    ASSERT(count_max >= 1 && count_max <= MESSAGE_BLOCKS_MAX);
    struct message *message = alloc(MESSAGE_SYNC_REQUEST, domain, 0);
    message->sync_request = (struct message_sync_request){from_height, count_max, *have};
    return finish(message);
}

struct message *message_of_block_request(struct domain domain, const struct hash *block_hash)
{
    struct message *message = alloc(MESSAGE_BLOCK_REQUEST, domain, 0);
    message->block_request = *block_hash;
    return finish(message);
}

struct message *message_of_blocks(struct domain domain, const struct certified_block *items, size_t count, uint32_t head_height,
                                  struct finality_proof *proof)
{
    ASSERT(count <= MESSAGE_BLOCKS_MAX);
    struct message *message = alloc(MESSAGE_BLOCKS, domain, count * sizeof(*items));
    message->blocks.items = (struct certified_block *)(void *)(message + 1);
    message->blocks.count = (uint32_t)count;
    message->blocks.head_height = head_height;
    message->blocks.proof = finality_ref(proof);
    for (size_t i = 0; i < count; i++)
        message->blocks.items[i] = (struct certified_block){block_ref(items[i].block), certificate_ref(items[i].certificate)};
    return finish(message);
}

uint64_t message_ident(struct message *message)
{
    if (message->ident_memo == 0) message->ident_memo = message_ident_of(message);
    return message->ident_memo;
}

struct message *message_ref(struct message *message)
{
    ASSERT(message->refs > 0);
    message->refs++;
    return message;
}

static void parts_unref(struct message *message)
{
    switch (message->type) {
    case MESSAGE_PROPOSAL:
        block_unref(message->proposal.block);
        finality_unref(message->proposal.epoch_proof);
        return;
    case MESSAGE_TIMEOUT:
        certificate_unref(message->timeout.high);
        timeoutcert_unref(message->timeout.entered_by);
        finality_unref(message->timeout.epoch_proof);
        return;
    case MESSAGE_TXS:
        for (uint32_t i = 0; i < message->txs.count; i++) tx_unref(message->txs.items[i]);
        return;
    case MESSAGE_FINALITY: finality_unref(message->finality); return;
    case MESSAGE_BLOCKS:
        for (uint32_t i = 0; i < message->blocks.count; i++) {
            block_unref(message->blocks.items[i].block);
            certificate_unref(message->blocks.items[i].certificate);
        }
        finality_unref(message->blocks.proof);
        return;
    case MESSAGE_VOTE:
    case MESSAGE_SYNC_REQUEST:
    case MESSAGE_BLOCK_REQUEST:
    case MESSAGE_TYPE_COUNT: return;
    }
}

void message_unref(struct message *message)
{
    if (message == NULL) return;
    ASSERT(message->refs > 0);
    if (--message->refs > 0) return;
    parts_unref(message);
    base_free(message);
}

struct str message_type_text(enum message_type type)
{
    static const struct str names[] = {
#define M(name, text) [MESSAGE_##name] = {text, sizeof(text) - 1},
        MESSAGE_LIST(M)
#undef M
    };
    _Static_assert(ARRAY_LEN(names) == MESSAGE_TYPE_COUNT, "a name for every type");
    ASSERT((unsigned)type < MESSAGE_TYPE_COUNT);
    return names[type];
}
