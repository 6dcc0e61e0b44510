/* What a proven header says of transactions, states, and what crosses the bridge: each by its Merkle proof or path. */
#include "tester/client/trust.h"

#include "core/codec/binary.h"

/* ---- transactions and state ---- */

/* The header of a proven block that `hash` names. */
static const struct header *proven_at(const struct trust *trust, uint32_t height, const struct hash *hash,
                                      enum trust_verdict *out)
{
    struct hash proven;
    *out = TRUST_NOT_FINAL;
    if (!trust_hash(trust, height, &proven)) return NULL;
    if (!hash_eq(&proven, hash)) {
        *out = TRUST_CONFLICT;
        return NULL;
    }
    return trust_header(trust, height);
}

enum trust_verdict trust_transaction(struct trust *trust, const struct tx_proof_view *proof, const struct receipt *receipt)
{
    enum trust_verdict verdict;
    const struct header *header = proven_at(trust, proof->height, &proof->block_hash, &verdict);
    if (header == NULL) return verdict;
    const struct hash leaf = merkle_leaf(proof->transaction_id.b, sizeof(proof->transaction_id.b));
    if (merkle_verify(&proof->transaction, &leaf) != MERKLE_OK || !hash_eq(&proof->transaction.root, &header->transactions_root))
        return TRUST_MERKLE;
    uint8_t data[RECEIPT_LEAF_BYTES_MAX];
    const struct hash receipt_hash = merkle_leaf(data, receipt_leaf(&proof->transaction_id, receipt, data));
    if (merkle_verify(&proof->receipt, &receipt_hash) != MERKLE_OK || !hash_eq(&proof->receipt.root, &header->receipts_root))
        return TRUST_MERKLE;
    const bool same_place = proof->transaction.index == proof->receipt.index &&
                            proof->transaction.count == header->transaction_count &&
                            proof->receipt.count == header->transaction_count;
    return same_place ? TRUST_OK : TRUST_MERKLE;
}

enum trust_verdict trust_state(struct trust *trust, const struct state_path *path)
{
    enum trust_verdict verdict;
    const struct header *header = proven_at(trust, path->height, &path->block_hash, &verdict);
    if (header == NULL) return verdict;
    if (!hash_eq(&path->state_root, &header->state_root) || path->siblings_count != STATE_LEVELS) return TRUST_STATE;
    struct state_proof proof = {
        .root = header->state_root, .key = path->key, .bucket = path->bucket, .bucket_count = path->bucket_count};
    memcpy(proof.siblings, path->siblings, sizeof(proof.siblings));
    return state_proof_verify(&proof, path->value.data, path->value.len) == STATE_PROOF_OK ? TRUST_OK : TRUST_STATE;
}

/* u64 nonce || u16 n || n x (u8 token || u128 free || u128 locked), tokens ascending, all-zero entries left out. */
bool trust_account_decode(struct str value, struct trust_account *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    struct trust_account account = {.nonce = bin_get_u64(&r)};
    const uint16_t count = bin_get_count(&r, TOKEN_COUNT, 33);
    uint8_t last = 0;
    for (uint16_t i = 0; i < count; i++) {
        enum token token;
        const uint8_t byte = bin_get_u8(&r);
        if (byte <= last || !token_of_byte(byte, &token)) return false;
        last = byte;
        account.free[token] = (struct amount){bin_get_u128(&r)};
        account.locked[token] = (struct amount){bin_get_u128(&r)};
        if (amount_is_zero(account.free[token]) && amount_is_zero(account.locked[token])) return false;
    }
    if (!bin_done(&r)) return false;
    *out = account;
    return true;
}

enum trust_verdict trust_account(struct trust *trust, const struct state_path *path, const struct address *address,
                                 struct trust_account *out)
{
    const struct hash key = state_key(1, address->b, sizeof(address->b));
    if (!hash_eq(&key, &path->key)) return TRUST_STATE;
    const enum trust_verdict verdict = trust_state(trust, path);
    if (verdict != TRUST_OK) return verdict;
    struct trust_account account = {0};
    if (path->value.data != NULL && !trust_account_decode(path->value, &account)) return TRUST_MALFORMED;
    *out = account;
    return TRUST_OK;
}

/* ---- the bridge ---- */

enum { SPACE_LOCK_NUMBER = 4, SPACE_CLAIM_NUMBER = 5 };

enum trust_verdict trust_message(struct trust *trust, const struct ipc_proof_view *proof, struct str bytes)
{
    enum trust_verdict verdict;
    const struct header *header = proven_at(trust, proof->height, &proof->block_hash, &verdict);
    if (header == NULL) return verdict;
    const struct hash id = hash_tagged("adnet/ipc/v1", bytes.data, bytes.len), leaf = merkle_leaf(bytes.data, bytes.len);
    if (!hash_eq(&id, &proof->message_id)) return TRUST_HASH;
    if (merkle_verify(&proof->proof, &leaf) != MERKLE_OK || !hash_eq(&proof->proof.root, &header->messages_root)) return TRUST_MERKLE;
    return proof->proof.count == header->message_count ? TRUST_OK : TRUST_MERKLE;
}

/* The entry of a lock or claim; *out_there as there. */
static enum trust_verdict entry_at(struct trust *trust, const struct state_path *path, uint8_t space, const struct hash *id,
                                   bool *out_there)
{
    const struct hash key = state_key(space, id->b, sizeof(id->b));
    if (!hash_eq(&key, &path->key)) return TRUST_STATE;
    *out_there = path->value.data != NULL;
    return trust_state(trust, path);
}

enum trust_verdict trust_lock(struct trust *trust, const struct state_path *path, const struct hash *lock_id, struct trust_lock *out,
                              bool *out_there)
{
    const enum trust_verdict verdict = entry_at(trust, path, SPACE_LOCK_NUMBER, lock_id, out_there);
    if (verdict != TRUST_OK || !*out_there) return verdict;
    struct bin_reader r = bin_reader_of(path->value.data, path->value.len);
    struct trust_lock lock;
    bin_get_bytes(&r, &lock.owner, sizeof(lock.owner));
    bin_get_bytes(&r, &lock.recipient, sizeof(lock.recipient));
    lock.amount.units = bin_get_u128(&r);
    lock.height = bin_get_u32(&r);
    lock.status = (enum lock_status)bin_get_u8(&r);
    if (!bin_done(&r) || (lock.status != LOCK_LOCKED && lock.status != LOCK_RELEASED)) return TRUST_MALFORMED;
    *out = lock;
    return TRUST_OK;
}

bool trust_claim_decode(struct str value, struct trust_claim *out)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    struct trust_claim claim;
    bin_get_bytes(&r, &claim.claimer, sizeof(claim.claimer));
    claim.amount.units = bin_get_u128(&r);
    claim.height = bin_get_u32(&r);
    if (!bin_done(&r)) return false;
    *out = claim;
    return true;
}

enum trust_verdict trust_claim(struct trust *trust, const struct state_path *path, const struct hash *id, struct trust_claim *out,
                               bool *out_there)
{
    const enum trust_verdict verdict = entry_at(trust, path, SPACE_CLAIM_NUMBER, id, out_there);
    if (verdict != TRUST_OK || !*out_there) return verdict;
    return trust_claim_decode(path->value, out) ? TRUST_OK : TRUST_MALFORMED;
}
