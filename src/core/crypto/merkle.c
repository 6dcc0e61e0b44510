#include "core/crypto/merkle.h"

static const struct hash zero;

struct hash merkle_leaf(const void *data, size_t bytes) { return hash_tagged("adnet/leaf/v1", data, bytes); }

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
    if (hash_is_zero(left) && hash_is_zero(right)) return zero;
    const struct hash pair[2] = {*left, *right};
    return hash_tagged("adnet/node/v1", pair, sizeof(pair));
}

void merkle_init(struct merkle *merkle) { merkle->count = 0; }

void merkle_push(struct merkle *merkle, const struct hash *leaf)
{
    ASSERT(merkle->count < UINT32_MAX);
    struct hash node = *leaf;
    uint32_t level = 0;
    for (; (merkle->count >> level & 1) != 0; level++) node = merkle_node(&merkle->pending[level], &node);
    merkle->pending[level] = node;
    merkle->count++;
}

struct hash merkle_root(const struct merkle *merkle)
{
    const uint32_t count = merkle->count, depth = merkle_depth(count);
    if (count == 0) return zero;
    if ((count & (count - 1)) == 0) return merkle->pending[depth];
    struct hash node = zero; /* what is right of the last full subtree, padding included */
    for (uint32_t level = 0; level < depth; level++)
        node = (count >> level & 1) != 0 ? merkle_node(&merkle->pending[level], &node) : merkle_node(&node, &zero);
    return node;
}

struct hash merkle_root_of(const struct hash *leaves, size_t count)
{
    struct merkle merkle;
    merkle_init(&merkle);
    for (size_t i = 0; i < count; i++) merkle_push(&merkle, &leaves[i]);
    return merkle_root(&merkle);
}

void merkle_list_init(struct merkle_list *list, uint32_t count_max)
{
    list->leaves = base_realloc(NULL, ((size_t)count_max + 1) * sizeof(*list->leaves));
    list->count = 0;
    list->cap = count_max;
    hash_batch_init(&list->batch);
}

void merkle_list_done(struct merkle_list *list)
{
    base_free(list->leaves);
    list->leaves = NULL;
    list->count = list->cap = 0;
}

void merkle_list_add(struct merkle_list *list, const void *data, size_t bytes)
{
    ASSERT(list->count < list->cap);
    hash_batch_add(&list->batch, "adnet/leaf/v1", NULL, 0, data, bytes, &list->leaves[list->count++]);
}

struct hash merkle_list_root(struct merkle_list *list)
{
    hash_batch_flush(&list->batch);
    if (list->count == 0) return zero;
    struct hash *row = list->leaves;
    const uint32_t depth = merkle_depth(list->count);
    size_t width = list->count;
    for (uint32_t level = 0; level < depth; level++, width = (width + 1) / 2) {
        row[width] = zero; /* there is room for one more */
        for (size_t i = 0; i < width; i += 2) /* in place: what is written lies before what is still to be read */
            hash_batch_add(&list->batch, "adnet/node/v1", &row[i], sizeof(*row), &row[i + 1], sizeof(*row), &row[i / 2]);
        hash_batch_flush(&list->batch);
    }
    list->count = 0;
    return row[0];
}

uint32_t merkle_depth(uint32_t count) { return count <= 1 ? 0 : 32 - (uint32_t)__builtin_clz(count - 1); }

void merkle_prove(const struct hash *leaves, uint32_t count, uint32_t index, struct merkle_proof *out)
{
    ASSERT(index < count);
    struct hash *row = base_realloc(NULL, ((size_t)count + 1) * sizeof(*row));
    memcpy(row, leaves, (size_t)count * sizeof(*row));
    out->index = index;
    out->count = count;
    out->siblings_count = merkle_depth(count);
    size_t width = count;
    for (uint32_t level = 0; level < out->siblings_count; level++) {
        row[width] = zero;
        const size_t sibling = (size_t)(index >> level) ^ 1;
        out->siblings[level] = sibling < width ? row[sibling] : zero;
        for (size_t i = 0; i < width; i += 2) row[i / 2] = merkle_node(&row[i], &row[i + 1]);
        width = (width + 1) / 2;
    }
    out->root = row[0];
    base_free(row);
}

enum merkle_verdict merkle_verify(const struct merkle_proof *proof, const struct hash *leaf)
{
    if (proof->index >= proof->count) return MERKLE_INDEX;
    if (proof->siblings_count != merkle_depth(proof->count)) return MERKLE_SIBLINGS;
    if (hash_is_zero(leaf)) return MERKLE_PADDING;
    struct hash node = *leaf;
    for (uint32_t level = 0; level < proof->siblings_count; level++) {
        const uint64_t at = proof->index >> level;
        const struct hash *sibling = &proof->siblings[level];
        if (((at ^ 1) << level) >= proof->count && !hash_is_zero(sibling)) return MERKLE_PADDING;
        node = (at & 1) != 0 ? merkle_node(sibling, &node) : merkle_node(&node, sibling);
    }
    return hash_eq(&node, &proof->root) ? MERKLE_OK : MERKLE_ROOT;
}
