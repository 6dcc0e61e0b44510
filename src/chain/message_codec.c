#include "chain/message_priv.h"

#define HEAD_BYTES (4 + 1 + 1 + 2 + 1)

/* ---- size ---- */

static size_t optional(size_t bytes, bool there) { return 1 + (there ? bytes : 0); }

static size_t finality_size(const struct finality_proof *proof)
{
    return optional(proof == NULL ? 0 : finality_bytes(proof), proof != NULL);
}

static size_t certificate_size(const struct certificate *certificate)
{
    return optional(certificate == NULL ? 0 : certificate_bytes(certificate), certificate != NULL);
}

size_t message_size(const struct message *message)
{
    size_t bytes = HEAD_BYTES;
    switch (message->type) {
    case MESSAGE_PROPOSAL: return bytes + block_bytes(message->proposal.block) + finality_size(message->proposal.epoch_proof);
    case MESSAGE_VOTE: return bytes + VOTE_SIGNED_BYTES;
    case MESSAGE_TIMEOUT: {
        const struct timeoutcert *tc = message->timeout.entered_by;
        return bytes + TIMEOUT_SIGNED_BYTES + certificate_size(message->timeout.high) +
               optional(tc == NULL ? 0 : timeoutcert_bytes(tc), tc != NULL) + finality_size(message->timeout.epoch_proof);
    }
    case MESSAGE_TXS:
        bytes += 4;
        for (uint32_t i = 0; i < message->txs.count; i++) bytes += 4 + message->txs.items[i]->size;
        return bytes;
    case MESSAGE_FINALITY: return bytes + finality_bytes(message->finality);
    case MESSAGE_SYNC_REQUEST: return bytes + 4 + 4 + 32;
    case MESSAGE_BLOCK_REQUEST: return bytes + 32;
    case MESSAGE_BLOCKS:
        bytes += 4 + 4 + finality_size(message->blocks.proof);
        for (uint32_t i = 0; i < message->blocks.count; i++)
            bytes += block_bytes(message->blocks.items[i].block) + certificate_size(message->blocks.items[i].certificate);
        return bytes;
    case MESSAGE_TYPE_COUNT: break;
    }
    UNREACHABLE();
}

/* ---- ident ---- */

static uint64_t mix(uint64_t state, uint64_t value)
{
    state = (state ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return state ^ state >> 29;
}

static uint64_t mix_hash(uint64_t state, const struct hash *hash) { return mix(state, bin_load_u64(hash->b)); }

static uint64_t mix_signature(uint64_t state, const struct signature *signature)
{
    return mix(mix(state, bin_load_u64(signature->b)), bin_load_u64(signature->b + 32));
}

static uint64_t mix_certificate(uint64_t state, const struct certificate *certificate)
{
    if (certificate == NULL) return mix(state, 0);
    state = mix_hash(mix(state, certificate->round), &certificate->block_hash);
    for (size_t i = 0; i < certificate->bitmap_bytes; i++) state = mix(state, certificate->bitmap[i]);
    return certificate->count == 0 ? state : mix_signature(state, &certificate->signatures[0]);
}

static uint64_t mix_timeoutcert(uint64_t state, const struct timeoutcert *tc)
{
    if (tc == NULL) return mix(state, 0);
    state = mix(state, tc->round);
    for (size_t i = 0; i < tc->bitmap_bytes; i++) state = mix(state, tc->bitmap[i]);
    for (size_t i = 0; i < tc->count; i++) state = mix(state, tc->high_rounds[i]);
    return mix_certificate(state, tc->high);
}

static uint64_t mix_finality(uint64_t state, const struct finality_proof *proof)
{
    if (proof == NULL) return mix(state, 0);
    state = mix_hash(mix(state, proof->headers_count), &proof->target_hash);
    for (size_t i = 0; i < FINALITY_CERTIFICATES; i++) state = mix_certificate(state, proof->certificates[i]);
    return state;
}

static uint64_t mix_block(uint64_t state, const struct block *block)
{
    state = mix_signature(mix_hash(state, &block->hash), &block->proposer_signature);
    state = mix_certificate(mix(state, block->txs_count), block->justify);
    return mix_timeoutcert(state, block->tc);
}

uint64_t message_ident_of(const struct message *message)
{
    uint64_t state = mix((uint64_t)message->type + 1, (uint64_t)message->domain.chain << 16 | message->domain.network_id);
    switch (message->type) {
    case MESSAGE_PROPOSAL: return mix_finality(mix_block(state, message->proposal.block), message->proposal.epoch_proof);
    case MESSAGE_VOTE:
        state = mix(mix_hash(state, &message->vote.block_hash), message->vote.round << 32 ^ message->vote.height);
        return mix_signature(mix(state, bin_load_u64(message->vote.voter.b)), &message->vote.signature);
    case MESSAGE_TIMEOUT:
        state = mix(mix(state, message->timeout.timeout.round), message->timeout.timeout.high_round);
        state = mix_signature(mix(state, bin_load_u64(message->timeout.timeout.voter.b)), &message->timeout.timeout.signature);
        state = mix_timeoutcert(mix_certificate(state, message->timeout.high), message->timeout.entered_by);
        return mix_finality(state, message->timeout.epoch_proof);
    case MESSAGE_TXS:
        for (uint32_t i = 0; i < message->txs.count; i++) {
            const struct tx *tx = message->txs.items[i];
            state = mix(mix_hash(state, &tx->id), bin_load_u64(tx_signature(tx)->b));
        }
        return state;
    case MESSAGE_FINALITY: return mix_finality(state, message->finality);
    case MESSAGE_SYNC_REQUEST:
        state = mix(state, (uint64_t)message->sync_request.from_height << 32 | message->sync_request.count_max);
        return mix_hash(state, &message->sync_request.have);
    case MESSAGE_BLOCK_REQUEST: return mix_hash(state, &message->block_request);
    case MESSAGE_BLOCKS:
        for (uint32_t i = 0; i < message->blocks.count; i++)
            state = mix_certificate(mix_block(state, message->blocks.items[i].block), message->blocks.items[i].certificate);
        return mix_finality(mix(state, message->blocks.head_height), message->blocks.proof);
    case MESSAGE_TYPE_COUNT: break;
    }
    UNREACHABLE();
}

/* ---- writing ---- */

static void put_finality(struct buf *out, const struct finality_proof *proof)
{
    bin_put_u8(out, proof != NULL);
    if (proof != NULL) finality_encode(proof, out);
}

static void put_certificate(struct buf *out, const struct certificate *certificate)
{
    bin_put_u8(out, certificate != NULL);
    if (certificate != NULL) certificate_encode(certificate, out);
}

void message_encode(const struct message *message, struct buf *out)
{
    const size_t start = out->len;
    bin_put_bytes(out, "ADMG\x01", 5);
    bin_put_u8(out, (uint8_t)message->domain.chain);
    bin_put_u16(out, message->domain.network_id);
    bin_put_u8(out, (uint8_t)message->type);
    switch (message->type) {
    case MESSAGE_PROPOSAL:
        block_encode(message->proposal.block, out);
        put_finality(out, message->proposal.epoch_proof);
        break;
    case MESSAGE_VOTE: vote_encode_signed(&message->vote, buf_grow(out, VOTE_SIGNED_BYTES)); break;
    case MESSAGE_TIMEOUT:
        timeout_encode_signed(&message->timeout.timeout, buf_grow(out, TIMEOUT_SIGNED_BYTES));
        put_certificate(out, message->timeout.high);
        bin_put_u8(out, message->timeout.entered_by != NULL);
        if (message->timeout.entered_by != NULL) timeoutcert_encode(message->timeout.entered_by, out);
        put_finality(out, message->timeout.epoch_proof);
        break;
    case MESSAGE_TXS:
        bin_put_u32(out, message->txs.count);
        for (uint32_t i = 0; i < message->txs.count; i++) bin_put_blob(out, tx_bytes(message->txs.items[i]));
        break;
    case MESSAGE_FINALITY: finality_encode(message->finality, out); break;
    case MESSAGE_SYNC_REQUEST:
        bin_put_u32(out, message->sync_request.from_height);
        bin_put_u32(out, message->sync_request.count_max);
        bin_put_bytes(out, message->sync_request.have.b, 32);
        break;
    case MESSAGE_BLOCK_REQUEST: bin_put_bytes(out, message->block_request.b, 32); break;
    case MESSAGE_BLOCKS:
        bin_put_u32(out, message->blocks.count);
        for (uint32_t i = 0; i < message->blocks.count; i++) {
            block_encode(message->blocks.items[i].block, out);
            put_certificate(out, message->blocks.items[i].certificate);
        }
        bin_put_u32(out, message->blocks.head_height);
        put_finality(out, message->blocks.proof);
        break;
    case MESSAGE_TYPE_COUNT: break;
    }
    ASSERT(out->len - start == message->wire_bytes);
}

/* ---- reading: every part is decoded, handed to the constructor, and let go ---- */

struct decoder {
    struct bin_reader r;
    struct domain domain;
    const struct tx_rules *rules;
};

static struct finality_proof *get_finality(struct decoder *d)
{
    if (!bin_get_bool(&d->r)) return NULL;
    struct finality_proof *proof = finality_decode(&d->r);
    if (proof == NULL) bin_fail(&d->r);
    return proof;
}

static struct certificate *get_certificate(struct decoder *d)
{
    if (!bin_get_bool(&d->r)) return NULL;
    struct certificate *certificate = certificate_decode(&d->r);
    if (certificate == NULL) bin_fail(&d->r);
    return certificate;
}

static struct timeoutcert *get_timeoutcert(struct decoder *d)
{
    if (!bin_get_bool(&d->r)) return NULL;
    struct timeoutcert *tc = timeoutcert_decode(&d->r);
    if (tc == NULL) bin_fail(&d->r);
    return tc;
}

static struct block *get_block(struct decoder *d)
{
    struct block *block = block_decode(&d->r, d->rules);
    if (block != NULL && !domain_eq(block->header.domain, d->domain)) bin_fail(&d->r);
    return block;
}

static struct message *get_proposal(struct decoder *d)
{
    struct block *block = get_block(d);
    struct finality_proof *proof = get_finality(d);
    struct message *message = bin_done(&d->r) ? message_of_proposal(block, proof) : NULL;
    block_unref(block);
    finality_unref(proof);
    return message;
}

static struct message *get_vote(struct decoder *d)
{
    struct vote vote;
    const uint8_t *bytes = bin_take(&d->r, VOTE_SIGNED_BYTES);
    if (bytes == NULL || !vote_decode_signed(bytes, &vote) || !domain_eq(vote.domain, d->domain) || !bin_done(&d->r)) return NULL;
    return message_of_vote(&vote);
}

static struct message *get_timeout(struct decoder *d)
{
    struct timeout timeout;
    const uint8_t *bytes = bin_take(&d->r, TIMEOUT_SIGNED_BYTES);
    if (bytes == NULL || !timeout_decode_signed(bytes, &timeout) || !domain_eq(timeout.domain, d->domain)) return NULL;
    struct certificate *high = get_certificate(d);
    struct timeoutcert *tc = get_timeoutcert(d);
    struct finality_proof *proof = get_finality(d);
    struct message *message = bin_done(&d->r) ? message_of_timeout(&timeout, high, tc, proof) : NULL;
    certificate_unref(high);
    timeoutcert_unref(tc);
    finality_unref(proof);
    return message;
}

static struct message *get_txs(struct decoder *d)
{
    struct apierror error;
    const uint32_t count = bin_get_u32(&d->r);
    if (count < 1 || count > MESSAGE_TXS_MAX || (size_t)count * (4 + TX_BYTES_MIN) > bin_left(&d->r)) return NULL;
    struct tx **txs = base_alloc(count * sizeof(struct tx *));
    uint32_t taken = 0;
    while (taken < count) {
        const struct str bytes = bin_get_blob(&d->r, TX_BYTES_MAX);
        txs[taken] = d->r.bad ? NULL : tx_decode(bytes, d->rules, &error);
        if (txs[taken] == NULL) break;
        taken++;
    }
    struct message *message = taken == count && bin_done(&d->r) ? message_of_txs(d->domain, txs, count) : NULL;
    for (uint32_t i = 0; i < taken; i++) tx_unref(txs[i]);
    base_free(txs);
    return message;
}

static struct message *get_finality_message(struct decoder *d)
{
    struct finality_proof *proof = finality_decode(&d->r);
    const bool good = proof != NULL && bin_done(&d->r) && domain_eq(proof->headers[0].domain, d->domain);
    struct message *message = good ? message_of_finality(proof) : NULL;
    finality_unref(proof);
    return message;
}

static struct message *get_sync_request(struct decoder *d)
{
    struct hash have = {0};
    const uint32_t from = bin_get_u32(&d->r), count = bin_get_u32(&d->r);
    bin_get_bytes(&d->r, have.b, 32);
    if (!bin_done(&d->r) || count < 1 || count > MESSAGE_BLOCKS_MAX) return NULL;
    return message_of_sync_request(d->domain, from, count, &have);
}

static struct message *get_block_request(struct decoder *d)
{
    struct hash hash = {0};
    bin_get_bytes(&d->r, hash.b, 32);
    return bin_done(&d->r) ? message_of_block_request(d->domain, &hash) : NULL;
}

static struct message *get_blocks(struct decoder *d)
{
    const uint32_t count = bin_get_u32(&d->r);
    if (d->r.bad || count > MESSAGE_BLOCKS_MAX) return NULL;
    struct certified_block items[MESSAGE_BLOCKS_MAX] = {0};
    for (uint32_t i = 0; i < count && !d->r.bad; i++) {
        items[i].block = get_block(d);
        items[i].certificate = get_certificate(d);
    }
    const uint32_t head = bin_get_u32(&d->r);
    struct finality_proof *proof = get_finality(d);
    struct message *message = bin_done(&d->r) ? message_of_blocks(d->domain, items, count, head, proof) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        block_unref(items[i].block);
        certificate_unref(items[i].certificate);
    }
    finality_unref(proof);
    return message;
}

struct message *message_decode(struct str bytes, const struct tx_rules *rules)
{
    if (bytes.len > MESSAGE_BYTES_MAX) return NULL;
    struct decoder d = {.r = bin_reader_of(bytes.data, bytes.len), .rules = rules};
    const uint8_t *magic = bin_take(&d.r, 5);
    if (magic == NULL || memcmp(magic, "ADMG\x01", 5) != 0) return NULL;
    if (!chain_of_byte(bin_get_u8(&d.r), &d.domain.chain)) return NULL;
    d.domain.network_id = bin_get_u16(&d.r);
    const uint8_t type = bin_get_u8(&d.r);
    if (d.r.bad || type >= MESSAGE_TYPE_COUNT) return NULL;
    switch ((enum message_type)type) {
    case MESSAGE_PROPOSAL: return get_proposal(&d);
    case MESSAGE_VOTE: return get_vote(&d);
    case MESSAGE_TIMEOUT: return get_timeout(&d);
    case MESSAGE_TXS: return get_txs(&d);
    case MESSAGE_FINALITY: return get_finality_message(&d);
    case MESSAGE_SYNC_REQUEST: return get_sync_request(&d);
    case MESSAGE_BLOCK_REQUEST: return get_block_request(&d);
    case MESSAGE_BLOCKS: return get_blocks(&d);
    case MESSAGE_TYPE_COUNT: break;
    }
    return NULL;
}
