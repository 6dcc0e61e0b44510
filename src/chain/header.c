#include "chain/block.h"
#include "core/codec/binary.h"
#include "core/crypto/merkle.h"

enum {
    AT_CHAIN = 5,
    AT_NETWORK = 6,
    AT_HEIGHT = 8,
    AT_ROUND = 12,
    AT_TIME = 20,
    AT_PARENT = 28,
    AT_STATE = 60,
    AT_TXS = 92,
    AT_RECEIPTS = 124,
    AT_MESSAGES = 156,
    AT_COMMITTEE = 188,
    AT_NEXT = 220,
    AT_JUSTIFY = 252,
    AT_JUSTIFY_ROUND = 284,
    AT_PROPOSER = 292,
    AT_TX_COUNT = 324,
    AT_MESSAGE_COUNT = 328
};
_Static_assert(AT_MESSAGE_COUNT + 4 == HEADER_BYTES, "the header is full");

void header_encode(const struct header *header, uint8_t out[HEADER_BYTES])
{
    memcpy(out, "ADBK\x01", 5);
    out[AT_CHAIN] = (uint8_t)header->domain.chain;
    bin_store_u16(out + AT_NETWORK, header->domain.network_id);
    bin_store_u32(out + AT_HEIGHT, header->height);
    bin_store_u64(out + AT_ROUND, header->round);
    bin_store_u64(out + AT_TIME, header->timestamp_ms);
    memcpy(out + AT_PARENT, header->parent_hash.b, 32);
    memcpy(out + AT_STATE, header->state_root.b, 32);
    memcpy(out + AT_TXS, header->transactions_root.b, 32);
    memcpy(out + AT_RECEIPTS, header->receipts_root.b, 32);
    memcpy(out + AT_MESSAGES, header->messages_root.b, 32);
    memcpy(out + AT_COMMITTEE, header->committee_hash.b, 32);
    memcpy(out + AT_NEXT, header->next_committee_hash.b, 32);
    memcpy(out + AT_JUSTIFY, header->justify_hash.b, 32);
    bin_store_u64(out + AT_JUSTIFY_ROUND, header->justify_round);
    memcpy(out + AT_PROPOSER, header->proposer.b, 32);
    bin_store_u32(out + AT_TX_COUNT, header->transaction_count);
    bin_store_u32(out + AT_MESSAGE_COUNT, header->message_count);
}

bool header_decode(const uint8_t bytes[HEADER_BYTES], struct header *out)
{
    enum chain_id chain;
    if (memcmp(bytes, "ADBK\x01", 5) != 0 || !chain_of_byte(bytes[AT_CHAIN], &chain)) return false;
    memset(out, 0, sizeof(*out));
    out->domain = (struct domain){chain, bin_load_u16(bytes + AT_NETWORK)};
    out->height = bin_load_u32(bytes + AT_HEIGHT);
    out->round = bin_load_u64(bytes + AT_ROUND);
    out->timestamp_ms = bin_load_u64(bytes + AT_TIME);
    memcpy(out->parent_hash.b, bytes + AT_PARENT, 32);
    memcpy(out->state_root.b, bytes + AT_STATE, 32);
    memcpy(out->transactions_root.b, bytes + AT_TXS, 32);
    memcpy(out->receipts_root.b, bytes + AT_RECEIPTS, 32);
    memcpy(out->messages_root.b, bytes + AT_MESSAGES, 32);
    memcpy(out->committee_hash.b, bytes + AT_COMMITTEE, 32);
    memcpy(out->next_committee_hash.b, bytes + AT_NEXT, 32);
    memcpy(out->justify_hash.b, bytes + AT_JUSTIFY, 32);
    out->justify_round = bin_load_u64(bytes + AT_JUSTIFY_ROUND);
    memcpy(out->proposer.b, bytes + AT_PROPOSER, 32);
    out->transaction_count = bin_load_u32(bytes + AT_TX_COUNT);
    out->message_count = bin_load_u32(bytes + AT_MESSAGE_COUNT);
    return true;
}

struct hash header_hash(const struct header *header)
{
    uint8_t bytes[HEADER_BYTES];
    header_encode(header, bytes);
    return hash_tagged(BLOCK_TAG, bytes, sizeof(bytes));
}

bool header_eq(const struct header *a, const struct header *b)
{
    uint8_t left[HEADER_BYTES], right[HEADER_BYTES];
    header_encode(a, left);
    header_encode(b, right);
    return memcmp(left, right, sizeof(left)) == 0;
}

struct signature header_sign(const struct hash *block_hash, struct sign_suite suite, const struct seckey *key)
{
    return sign_digest(suite, key, PROPOSAL_SIGN_TAG, block_hash);
}

bool header_check(const struct hash *block_hash, const struct signature *signature, const struct pubkey *key,
                  const struct verifier *verifier)
{
    return verifier_ask(verifier, key, PROPOSAL_SIGN_TAG, block_hash, signature);
}

struct hash transactions_root_of(struct tx *const *txs, size_t count)
{
    struct merkle_list list;
    merkle_list_init(&list, (uint32_t)count);
    for (size_t i = 0; i < count; i++) merkle_list_add(&list, txs[i]->id.b, sizeof(txs[i]->id.b));
    const struct hash root = merkle_list_root(&list);
    merkle_list_done(&list);
    return root;
}
