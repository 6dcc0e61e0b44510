/* Block: a header of 332 bytes, its proposer's signature, what justifies it, and its transactions. Immutable and shared by
 * all who hold it in a process; references counted without locks. */
#ifndef CHAIN_BLOCK_H
#define CHAIN_BLOCK_H

#include "chain/timeoutcert.h"
#include "chain/tx.h"

#define HEADER_BYTES 332
#define HEADER_SIGNED_BYTES (HEADER_BYTES + 64)
#define BLOCK_TAG "adnet/block/v1"
#define PROPOSAL_SIGN_TAG "adnet/proposal-sig/v1"
#define BLOCK_TXS_MAX 10000
#define BLOCK_BYTES_MAX (4u << 20) /* signed transaction bytes, summed */

struct header {
    struct domain domain;
    uint32_t height;
    uint32_t transaction_count, message_count;
    uint64_t round;
    uint64_t timestamp_ms;
    uint64_t justify_round;
    struct hash parent_hash;
    struct hash state_root; /* after the block */
    struct hash transactions_root, receipts_root, messages_root;
    struct hash committee_hash;      /* votes on this block */
    struct hash next_committee_hash; /* zero: a closing block */
    struct hash justify_hash;        /* = parent_hash */
    struct address proposer;
};

void header_encode(const struct header *header, uint8_t out[HEADER_BYTES]);
/* False when magic, version or chain are not those of a header. */
bool header_decode(const uint8_t bytes[HEADER_BYTES], struct header *out) MUST_CHECK;
struct hash header_hash(const struct header *header);
bool header_eq(const struct header *a, const struct header *b);
static inline bool header_is_closing(const struct header *header) { return hash_is_zero(&header->next_committee_hash); }
/* Ends an epoch: names another committee next. */
static inline bool header_is_epoch_end(const struct header *header)
{
    return !header_is_closing(header) && !hash_eq(&header->next_committee_hash, &header->committee_hash);
}
struct signature header_sign(const struct hash *block_hash, struct sign_suite suite, const struct seckey *key);
bool header_check(const struct hash *block_hash, const struct signature *signature, const struct pubkey *key,
                  const struct verifier *verifier) MUST_CHECK;

/* The root of api 6.4 over the ids, in order. */
struct hash transactions_root_of(struct tx *const *txs, size_t count);

struct block {
    uint32_t refs;
    uint32_t txs_count;
    uint32_t txs_bytes; /* signed sizes summed: `size` of the Block shape */
    struct hash hash;
    struct header header;
    struct signature proposer_signature; /* all zero in genesis */
    struct certificate *justify;         /* the parent's; NULL: the parent is genesis, or this is genesis */
    struct timeoutcert *tc;              /* the one it was proposed with; NULL: none */
    struct tx **txs;
};

/* block_new copies the header and the list and takes references of its own on everything it points to. It computes hash and
 * size and checks nothing: roots and counts are the business of whoever validates. */
struct block *block_new(const struct header *header, const struct signature *proposer_signature, struct certificate *justify,
                        struct timeoutcert *tc, struct tx *const *txs, size_t txs_count);
struct block *block_ref(struct block *block); /* accepts NULL */
void block_unref(struct block *block);        /* accepts NULL */

/* header ‖ signature ‖ certificate? ‖ timeoutcert? ‖ u32 count ‖ count × (u32 length ‖ signed bytes). */
void block_encode(const struct block *block, struct buf *out);
size_t block_bytes(const struct block *block);
/* NULL on a fault, a transaction that tx_decode refuses under `rules` included. */
struct block *block_decode(struct bin_reader *r, const struct tx_rules *rules) MUST_CHECK;

#endif
