/* Message: what validators of one chain say to each other. Immutable and shared by all who receive it in one process;
 * references counted without locks. */
#ifndef CHAIN_MESSAGE_H
#define CHAIN_MESSAGE_H

#include "chain/block.h"
#include "chain/finality.h"

#define MESSAGE_BYTES_MAX (32u << 20)
#define MESSAGE_TXS_MAX 10000
#define MESSAGE_BLOCKS_MAX 64

#define MESSAGE_LIST(M)                                                                                                          \
    M(PROPOSAL, "proposal") /* a block; an epoch's first one with the proof of the block before */                               \
    M(VOTE, "vote")                                                                                                              \
    M(TIMEOUT, "timeout")             /* with `high` and what let its sender into the round */                                   \
    M(TXS, "txs")                     /* gossip: a bundle of transactions */                                                     \
    M(FINALITY, "finality")           /* a finality proof, unasked or as the answer to an ended epoch */                         \
    M(SYNC_REQUEST, "sync_request")   /* by height: the preferred chain from there on */                                         \
    M(BLOCK_REQUEST, "block_request") /* by hash: one block */                                                                   \
    M(BLOCKS, "blocks")               /* the answer to both: blocks with their own certificates */

enum message_type {
#define M(name, text) MESSAGE_##name,
    MESSAGE_LIST(M)
#undef M
        MESSAGE_TYPE_COUNT
};

/* A block and the certificate for it (NULL: none known). */
struct certified_block {
    struct block *block;
    struct certificate *certificate;
};

struct message_proposal {
    struct block *block;
    struct finality_proof *epoch_proof; /* of its parent, when it opens an epoch; else NULL */
};
struct message_timeout {
    struct timeout timeout;
    struct certificate *high;           /* NULL: genesis */
    struct timeoutcert *entered_by;     /* NULL: by a certificate (`high`), or from the start */
    struct finality_proof *epoch_proof; /* what let its sender into the epoch's first round; else NULL */
};
struct message_sync_request {
    uint32_t from_height; /* first height wanted */
    uint32_t count_max;   /* 1 ... MESSAGE_BLOCKS_MAX */
    struct hash have;     /* hash of the asker's final block, to answer with a proof instead when epochs differ */
};
struct message_blocks {
    struct certified_block *items; /* ascending by height when it answers a sync request */
    uint32_t count;
    uint32_t head_height;         /* of the answering node: more is to be had */
    struct finality_proof *proof; /* of the answering node's final block, when it is above what was asked; else NULL */
};

struct message {
    uint32_t refs;
    enum message_type type;
    struct domain domain;
    uint32_t wire_bytes; /* of its binary form */
    uint64_t ident_memo; /* 0: nobody has asked, see message_ident */
    union {
        struct message_proposal proposal;
        struct vote vote;
        struct message_timeout timeout;
        struct {
            struct tx **items;
            uint32_t count;
        } txs;
        struct finality_proof *finality;
        struct message_sync_request sync_request;
        struct hash block_request;
        struct message_blocks blocks;
    };
};

/* Constructors copy plain values and lists and take references of their own on shared objects. */
struct message *message_of_proposal(struct block *block, struct finality_proof *epoch_proof);
struct message *message_of_vote(const struct vote *vote);
struct message *message_of_timeout(const struct timeout *timeout, struct certificate *high, struct timeoutcert *entered_by,
                                   struct finality_proof *epoch_proof);
struct message *message_of_txs(struct domain domain, struct tx *const *txs, size_t count); /* 1 ... MESSAGE_TXS_MAX */
struct message *message_of_finality(struct finality_proof *proof);
struct message *message_of_sync_request(struct domain domain, uint32_t from_height, uint32_t count_max, const struct hash *have);
struct message *message_of_block_request(struct domain domain, const struct hash *block_hash);
struct message *message_of_blocks(struct domain domain, const struct certified_block *items, size_t count, uint32_t head_height,
                                  struct finality_proof *proof);

struct message *message_ref(struct message *message);
void message_unref(struct message *message); /* accepts NULL */
/* From its canonical bytes: what a simulator's digest folds instead of them. Computed when it is first asked for, since it reads signatures that may be
 * in the making until then. */
uint64_t message_ident(struct message *message);
struct str message_type_text(enum message_type type);

/* `ADMG` ‖ u8 version 1 ‖ u8 chain ‖ u16 network ‖ u8 type ‖ body. Decoding is canonical: what it takes, encoding gives again.
 * NULL on a fault. Transactions in it are decoded under `rules`. */
void message_encode(const struct message *message, struct buf *out);
struct message *message_decode(struct str bytes, const struct tx_rules *rules) MUST_CHECK;

#endif
