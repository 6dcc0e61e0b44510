#include "core/crypto/statemap.h"

#include <stdlib.h>

#include "core/base/vec.h"
#include "core/crypto/hashbatch.h"
#include "core/base/pool.h"

/* A radix tree of four levels, sixteen ways each: the nibbles of the first two key bytes. What hangs below the last level
 * is a bucket. A node also holds the four Merkle levels between its children's hashes and its own. */
enum { WAYS = 16, NODE_LEVELS = 4, INNER = WAYS - 1, INNER_TOP = INNER - 1 };

struct slot {
    uint32_t offset, bytes; /* of a value, in the bucket's data */
};

/* One allocation: the entries (exactly the bytes that are hashed), then their slots, then the values. */
struct bucket {
    uint32_t refs, count;
    uint32_t hashed; /* 1: `hash` is that of the entries */
    uint32_t bytes;  /* of the whole allocation */
    struct hash hash;
    struct state_entry entries[];
};
_Static_assert(offsetof(struct bucket, entries) % _Alignof(struct slot) == 0, "slots behind the entries are aligned");

struct node {
    uint32_t refs;
    uint16_t stale;           /* children whose hash is not yet in `inner` */
    void *child[WAYS];        /* struct node, or struct bucket on the last level; NULL: nothing there */
    struct hash inner[INNER]; /* 8 pairs of children, 4 pairs of those, 2, and the node's own */
};

struct statemap {
    uint32_t refs;
    uint64_t count;
    struct node *root;
    struct pool *pool; /* of nodes and buckets; all versions that come from one empty map share it */
};

/* A change on its way down, in key order. */
struct item {
    const struct statemap_change *change;
    uint32_t index;
};

static const struct hash zero;

static struct slot *bucket_slots(const struct bucket *bucket) { return (struct slot *)(uintptr_t)(bucket->entries + bucket->count); }
static uint8_t *bucket_data(const struct bucket *bucket) { return (uint8_t *)(bucket_slots(bucket) + bucket->count); }

static struct str bucket_value(const struct bucket *bucket, uint32_t i)
{
    const struct slot slot = bucket_slots(bucket)[i];
    return (struct str){(const char *)bucket_data(bucket) + slot.offset, slot.bytes};
}

static void bucket_unref(struct pool *pool, struct bucket *bucket)
{
    if (--bucket->refs == 0) pool_give(pool, bucket, bucket->bytes);
}

static void child_ref(void *child, unsigned level)
{
    if (level + 1 < NODE_LEVELS)
        ((struct node *)child)->refs++;
    else
        ((struct bucket *)child)->refs++;
}

static void node_unref(struct pool *pool, struct node *node, unsigned level)
{
    if (--node->refs > 0) return;
    for (unsigned i = 0; i < WAYS; i++) {
        if (node->child[i] == NULL) continue;
        if (level + 1 < NODE_LEVELS)
            node_unref(pool, node->child[i], level + 1);
        else
            bucket_unref(pool, node->child[i]);
    }
    pool_give(pool, node, sizeof(*node));
}

struct statemap *statemap_empty(void)
{
    struct statemap *map = base_alloc(sizeof(*map));
    map->refs = 1;
    map->pool = pool_new();
    return map;
}

struct statemap *statemap_ref(struct statemap *map)
{
    ASSERT(map->refs > 0 && map->refs < UINT32_MAX);
    map->refs++;
    return map;
}

void statemap_unref(struct statemap *map)
{
    if (map == NULL) return;
    ASSERT(map->refs > 0);
    if (--map->refs > 0) return;
    if (map->root != NULL) node_unref(map->pool, map->root, 0);
    pool_unref(map->pool);
    base_free(map);
}

uint64_t statemap_count(const struct statemap *map) { return map->count; }

static unsigned nibble_of(const struct hash *key, unsigned level) { return state_bucket_of(key) >> (12 - 4 * level) & 15; }

static const struct bucket *bucket_find(const struct statemap *map, const struct hash *key)
{
    const void *at = map->root;
    for (unsigned level = 0; level < NODE_LEVELS && at != NULL; level++) at = ((const struct node *)at)->child[nibble_of(key, level)];
    return at;
}

/* The first entry that is not below `key`. */
static uint32_t bucket_lower(const struct bucket *bucket, const struct hash *key)
{
    uint32_t lo = 0, hi = bucket->count;
    while (lo < hi) {
        const uint32_t middle = lo + (hi - lo) / 2;
        if (hash_cmp(&bucket->entries[middle].key, key) < 0)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

bool statemap_get(const struct statemap *map, const struct hash *key, struct str *out)
{
    const struct bucket *bucket = bucket_find(map, key);
    if (bucket == NULL) return false;
    const uint32_t i = bucket_lower(bucket, key);
    if (i == bucket->count || !hash_eq(&bucket->entries[i].key, key)) return false;
    *out = bucket_value(bucket, i);
    return true;
}

static int item_cmp(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    const int order = hash_cmp(&a->change->key, &b->change->key);
    return order != 0 ? order : a->index < b->index ? -1 : 1;
}

static void pass(const struct item *from, struct item *to, size_t count, unsigned byte)
{
    size_t starts[257] = {0};
    for (size_t i = 0; i < count; i++) starts[from[i].change->key.b[byte] + 1u]++;
    for (unsigned i = 0; i < 256; i++) starts[i + 1] += starts[i];
    for (size_t i = 0; i < count; i++) to[starts[from[i].change->key.b[byte]]++] = from[i];
}

/* By key, and for one key by arrival; then all but the last of each key are dropped. Two radix passes bring the buckets in
 * order, what shares a bucket is sorted by comparison. Returns how many are left. */
static size_t items_sort(struct item *items, struct item *spare, size_t count)
{
    pass(items, spare, count, 1);
    pass(spare, items, count, 0);
    size_t kept = 0;
    for (size_t from = 0, to; from < count; from = to) {
        const uint32_t bucket = state_bucket_of(&items[from].change->key);
        for (to = from + 1; to < count && state_bucket_of(&items[to].change->key) == bucket;) to++;
        if (to - from > 1) qsort(items + from, to - from, sizeof(*items), item_cmp);
        for (size_t i = from; i < to; i++)
            if (i + 1 == to || !hash_eq(&items[i].change->key, &items[i + 1].change->key)) items[kept++] = items[i];
    }
    return kept;
}

/* What goes along on the way down. */
struct applying {
    struct pool *pool;
    uint64_t count;          /* of entries in the map */
    struct hash_batch batch; /* hashes of new values, on their way into buckets */
};

/* What a merge of a bucket with its changes will be, before memory is taken for it. */
struct merge {
    uint32_t count;
    size_t bytes;
    bool changes;
};

static struct merge merge_plan(const struct bucket *old, const struct item *items, size_t count)
{
    struct merge plan = {.count = old != NULL ? old->count : 0};
    for (uint32_t i = 0; i < plan.count; i++) plan.bytes += bucket_slots(old)[i].bytes;
    for (size_t i = 0; i < count; i++) {
        const struct statemap_change *change = items[i].change;
        const uint32_t at = old != NULL ? bucket_lower(old, &change->key) : 0;
        const bool was = old != NULL && at < old->count && hash_eq(&old->entries[at].key, &change->key);
        const struct str value = was ? bucket_value(old, at) : STR("");
        if (str_eq(value, change->value)) continue; /* as it is already, or absent still */
        plan.changes = true;
        plan.count += (uint32_t)(change->value.len > 0) - (uint32_t)was;
        plan.bytes += change->value.len - value.len;
    }
    return plan;
}

static void bucket_put(struct bucket *bucket, uint32_t *at, size_t *used, const struct hash *key, struct str value)
{
    bucket->entries[*at].key = *key;
    bucket_slots(bucket)[*at] = (struct slot){(uint32_t)*used, (uint32_t)value.len};
    memcpy(bucket_data(bucket) + *used, value.data, value.len);
    *used += value.len;
    ++*at;
}

/* The bucket after its changes: `old` itself (no new reference) when nothing differs, NULL when nothing is left. */
static struct bucket *bucket_apply(struct bucket *old, const struct item *items, size_t count, struct applying *applying)
{
    const struct merge plan = merge_plan(old, items, count);
    const uint32_t old_count = old != NULL ? old->count : 0;
    if (!plan.changes) return old;
    applying->count = applying->count + plan.count - old_count;
    if (plan.count == 0) return NULL;
    const size_t bytes = sizeof(struct bucket) + plan.count * (sizeof(struct state_entry) + sizeof(struct slot)) + plan.bytes;
    ASSERT(bytes <= UINT32_MAX);
    struct bucket *bucket = pool_take(applying->pool, bytes);
    bucket->refs = 1;
    bucket->bytes = (uint32_t)bytes;
    bucket->count = plan.count;
    bucket->hashed = 0;
    uint32_t at = 0, i = 0;
    size_t used = 0;
    for (size_t k = 0; k < count || i < old_count;) {
        const int order = k == count ? -1 : i == old_count ? 1 : hash_cmp(&old->entries[i].key, &items[k].change->key);
        if (order < 0) {
            bucket->entries[at].value_hash = old->entries[i].value_hash;
            bucket_put(bucket, &at, &used, &old->entries[i].key, bucket_value(old, i));
        } else if (items[k].change->value.len > 0) {
            const struct statemap_change *change = items[k].change;
            hash_batch_add(&applying->batch, "adnet/value/v1", NULL, 0, change->value.data, change->value.len,
                           &bucket->entries[at].value_hash);
            bucket_put(bucket, &at, &used, &change->key, change->value);
        }
        i += order <= 0;
        k += order >= 0;
    }
    ASSERT(at == plan.count && used == plan.bytes);
    return bucket;
}

/* As bucket_apply, for a node. */
static struct node *node_apply(struct node *old, unsigned level, const struct item *items, size_t count, struct applying *applying)
{
    void *fresh[WAYS];
    uint16_t touched = 0;
    for (size_t from = 0, to; from < count; from = to) {
        const unsigned way = nibble_of(&items[from].change->key, level);
        for (to = from + 1; to < count && nibble_of(&items[to].change->key, level) == way;) to++;
        void *was = old != NULL ? old->child[way] : NULL;
        void *now = level + 1 < NODE_LEVELS ? (void *)node_apply(was, level + 1, items + from, to - from, applying)
                                            : (void *)bucket_apply(was, items + from, to - from, applying);
        if (now == was) continue;
        fresh[way] = now;
        touched |= (uint16_t)(1u << way);
    }
    if (touched == 0) return old;
    struct node *node = pool_take(applying->pool, sizeof(*node));
    if (old != NULL)
        *node = *old;
    else
        memset(node, 0, sizeof(*node));
    node->refs = 1;
    node->stale |= touched;
    bool empty = true;
    for (unsigned i = 0; i < WAYS; i++) {
        if ((touched >> i & 1) != 0)
            node->child[i] = fresh[i];
        else if (node->child[i] != NULL)
            child_ref(node->child[i], level);
        empty = empty && node->child[i] == NULL;
    }
    if (!empty) return node;
    pool_give(applying->pool, node, sizeof(*node));
    return NULL;
}

struct statemap *statemap_apply(struct statemap *map, const struct statemap_change *changes, size_t count)
{
    ASSERT(count <= UINT32_MAX);
    struct item *items = base_realloc(NULL, 2 * count * sizeof(*items));
    for (size_t i = 0; i < count; i++) items[i] = (struct item){&changes[i], (uint32_t)i};
    count = items_sort(items, items + count, count);
    struct applying applying;
    applying.pool = map->pool;
    applying.count = map->count;
    hash_batch_init(&applying.batch);
    struct statemap *next = base_alloc(sizeof(*next));
    next->refs = 1;
    next->pool = map->pool;
    pool_ref(map->pool);
    next->root = count > 0 ? node_apply(map->root, 0, items, count, &applying) : map->root;
    hash_batch_flush(&applying.batch);
    next->count = applying.count;
    if (next->root != NULL && next->root == map->root) next->root->refs++;
    base_free(items);
    return next;
}

/* The child's hash as it is remembered. */
static const struct hash *child_hash(const struct node *node, unsigned level, unsigned way)
{
    if (node->child[way] == NULL) return &zero;
    if (level + 1 == NODE_LEVELS) return &((const struct bucket *)node->child[way])->hash;
    return &((const struct node *)node->child[way])->inner[INNER_TOP];
}

/* Nodes with stale children, by level. What a level's hashes are made of lies on the levels below, so each level, and within
 * it each row of pairs, is one batch of hashes that do not depend on one another. */
struct stale {
    VEC(struct node *) levels[NODE_LEVELS];
    struct hash_batch batch;
};

static void stale_collect(struct stale *stale, struct node *node, unsigned level)
{
    if (node->stale == 0) return;
    vec_push(&stale->levels[level], node);
    for (unsigned i = 0; i < WAYS && level + 1 < NODE_LEVELS; i++)
        if ((node->stale >> i & 1) != 0 && node->child[i] != NULL) stale_collect(stale, node->child[i], level + 1);
}

static void buckets_hash(struct stale *stale, const struct node *node)
{
    for (unsigned i = 0; i < WAYS; i++) {
        struct bucket *bucket = node->child[i];
        if ((node->stale >> i & 1) == 0 || bucket == NULL || bucket->hashed != 0) continue;
        const uint32_t n = bucket->count;
        const uint8_t count[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
        hash_batch_add(&stale->batch, "adnet/bucket/v1", count, sizeof(count), bucket->entries, n * sizeof(*bucket->entries),
                       &bucket->hash);
        bucket->hashed = 1;
    }
}

/* One row of a node's pairs, `width` of them at `base` in `inner`, from the row below it (for the first: the children). Leaves in
 * `stale` which of the row changed. */
static void row_hash(struct stale *stale, struct node *node, unsigned level, unsigned width, unsigned base)
{
    uint16_t changed = 0;
    for (unsigned i = 0; i < width; i++) {
        if ((node->stale >> (2 * i) & 3) == 0) continue;
        changed |= (uint16_t)(1u << i);
        const bool first = width == WAYS / 2;
        const struct hash *left = first ? child_hash(node, level, 2 * i) : &node->inner[base - 2 * width + 2 * i];
        const struct hash *right = first ? child_hash(node, level, 2 * i + 1) : left + 1;
        if (hash_is_zero(left) && hash_is_zero(right))
            node->inner[base + i] = zero;
        else
            hash_batch_add(&stale->batch, "adnet/node/v1", left, sizeof(*left), right, sizeof(*right), &node->inner[base + i]);
    }
    node->stale = changed;
}

static void rehash(struct node *root)
{
    struct stale stale;
    memset(stale.levels, 0, sizeof(stale.levels));
    hash_batch_init(&stale.batch);
    stale_collect(&stale, root, 0);
    for (unsigned level = NODE_LEVELS; level-- > 0;) {
        struct node *const *nodes = stale.levels[level].data;
        const size_t count = stale.levels[level].count;
        for (size_t i = 0; i < count && level + 1 == NODE_LEVELS; i++) buckets_hash(&stale, nodes[i]);
        hash_batch_flush(&stale.batch);
        unsigned base = 0;
        for (unsigned width = WAYS / 2; width > 0; width /= 2) {
            for (size_t i = 0; i < count; i++) row_hash(&stale, nodes[i], level, width, base);
            hash_batch_flush(&stale.batch);
            base += width;
        }
        for (size_t i = 0; i < count; i++) nodes[i]->stale = 0;
        vec_done(&stale.levels[level]);
    }
}

struct hash statemap_root(const struct statemap *map)
{
    if (map->root == NULL) return zero;
    if (map->root->stale != 0) rehash(map->root);
    return map->root->inner[INNER_TOP];
}

/* The four siblings that lie inside this node on the way to `way`, bottom-up. */
static void node_siblings(const struct node *node, unsigned level, unsigned way, struct hash out[4])
{
    out[0] = *child_hash(node, level, way ^ 1);
    unsigned base = 0;
    for (unsigned i = 1; i < 4; i++) {
        out[i] = node->inner[base + ((way >> i) ^ 1)];
        base += WAYS >> i;
    }
}

void statemap_prove(const struct statemap *map, const struct hash *key, struct arena *arena, struct state_proof *out)
{
    memset(out, 0, sizeof(*out));
    out->root = statemap_root(map);
    out->key = *key;
    const struct node *node = map->root;
    for (unsigned level = 0; level < NODE_LEVELS && node != NULL; level++) {
        const unsigned way = nibble_of(key, level);
        node_siblings(node, level, way, &out->siblings[4 * (NODE_LEVELS - 1 - level)]);
        node = node->child[way];
    }
    const struct bucket *bucket = bucket_find(map, key);
    if (bucket == NULL) return;
    out->bucket = arena_copy(arena, bucket->entries, bucket->count * sizeof(*bucket->entries));
    out->bucket_count = bucket->count;
}

static bool node_walk(const struct node *node, unsigned level, statemap_visit *visit, void *context)
{
    for (unsigned way = 0; way < WAYS; way++) {
        if (node->child[way] == NULL) continue;
        if (level + 1 < NODE_LEVELS) {
            if (!node_walk(node->child[way], level + 1, visit, context)) return false;
            continue;
        }
        const struct bucket *bucket = node->child[way];
        for (uint32_t i = 0; i < bucket->count; i++)
            if (!visit(context, &bucket->entries[i].key, bucket_value(bucket, i))) return false;
    }
    return true;
}

void statemap_walk(const struct statemap *map, statemap_visit *visit, void *context)
{
    if (map->root != NULL) (void)node_walk(map->root, 0, visit, context); /* a visitor may have had enough */
}
