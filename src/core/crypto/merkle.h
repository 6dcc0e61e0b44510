/* Merkle list tree over transactions, receipts and messages, and its proofs.
 *
 * Leaf H("adnet/leaf/v1", data); padded with all-zero leaves to a power of two; inner node
 * H("adnet/node/v1", left || right), but two all-zero children give all-zero. The empty list has the all-zero root. */
#ifndef CRYPTO_MERKLE_H
#define CRYPTO_MERKLE_H

#include "core/crypto/hashbatch.h"

enum { MERKLE_LEVELS_MAX = 32 };

struct hash merkle_leaf(const void *data, size_t bytes);
struct hash merkle_node(const struct hash *left, const struct hash *right);

/* A list that grows: leaves are pushed in order and never stored. Zero-initialise (or merkle_init). */
struct merkle {
    uint32_t count;
    struct hash pending[MERKLE_LEVELS_MAX + 1]; /* a full subtree of 2^i leaves, where bit i of count is set */
};
void merkle_init(struct merkle *merkle);
void merkle_push(struct merkle *merkle, const struct hash *leaf); /* at most 2^32 - 1 leaves */
struct hash merkle_root(const struct merkle *merkle);
struct hash merkle_root_of(const struct hash *leaves, size_t count);

/* The same root for a list whose length is known before, about twice as fast: leaves are kept, and hashes computed side by side. */
struct merkle_list {
    struct hash *leaves;
    uint32_t count, cap;
    struct hash_batch batch;
};
void merkle_list_init(struct merkle_list *list, uint32_t count_max);
void merkle_list_done(struct merkle_list *list);
void merkle_list_add(struct merkle_list *list, const void *data, size_t bytes); /* hashes the leaf; at most count_max of them */
struct hash merkle_list_root(struct merkle_list *list);                         /* once: the leaves are used up */

struct merkle_proof {
    struct hash root;
    uint32_t index, count;
    uint32_t siblings_count;
    struct hash siblings[MERKLE_LEVELS_MAX]; /* bottom-up */
};
enum merkle_verdict {
    MERKLE_OK,
    MERKLE_INDEX,    /* index >= count */
    MERKLE_SIBLINGS, /* sibling count is not ceil(log2 count) */
    MERKLE_PADDING,  /* a sibling that covers only padding is not all-zero, or the leaf is (padding is no entry) */
    MERKLE_ROOT,     /* the path does not lead to the root */
};

uint32_t merkle_depth(uint32_t count);                                                             /* ceil(log2 count); 0 for 0 and 1 */
void merkle_prove(const struct hash *leaves, uint32_t count, uint32_t index, struct merkle_proof *out); /* index < count */
/* Says whether `leaf` is at proof->index of a list of proof->count under proof->root. That the root is the right one is the
 * caller's to compare. Any bytes may be in the proof. */
enum merkle_verdict merkle_verify(const struct merkle_proof *proof, const struct hash *leaf) MUST_CHECK;

#endif
