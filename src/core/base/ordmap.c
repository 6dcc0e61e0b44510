#include "core/base/ordmap.h"

#include "core/base/ordmap_priv.h"

/* ---- keys ---- */

static int bytes_cmp(const char *a, size_t a_len, const char *b, size_t b_len)
{
    const size_t common = MIN(a_len, b_len);
    const int order = common > 0 ? memcmp(a, b, common) : 0;
    return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

int item_cmp(const struct ordmap_item *a, const struct ordmap_item *b) { return bytes_cmp(a->bytes, a->key_len, b->bytes, b->key_len); }

/* The eight bytes behind `skip` as a number that orders as they do; what is missing counts as zero, so that equal heads say nothing. */
static uint64_t head_of(const char *key, size_t len, size_t skip)
{
    uint64_t head = 0;
    const size_t left = len > skip ? len - skip : 0;
    if (left > 0) memcpy(&head, key + skip, MIN(left, sizeof(head)));
    return __builtin_bswap64(head);
}

static size_t common_bytes(struct str a, struct str b, size_t max)
{
    const size_t end = MIN(MIN(a.len, b.len), max);
    size_t n = 0;
    while (n < end && a.data[n] == b.data[n]) n++;
    return n;
}

/* The first of a node's keys that is not below `key`, where `key` begins as all of them do; its count when all are. */
static unsigned lower_behind(const struct ordmap_node *node, struct str key, bool *out_exact)
{
    struct ordmap_item *const *items = node_items(node);
    const size_t skip = node->skip;
    const uint64_t head = head_of(key.data, key.len, skip);
    unsigned i = 0, count = node->count;
    *out_exact = false;
    for (; count > 1; count -= count / 2) i += node->heads[i + count / 2 - 1] < head ? count / 2 : 0; /* halves without a branch */
    i += count > 0 && node->heads[i] < head;
    for (; i < node->count && node->heads[i] == head; i++) {
        const int order = bytes_cmp(key.data + skip, key.len - skip, items[i]->bytes + skip, items[i]->key_len - skip);
        if (order > 0) continue;
        *out_exact = order == 0;
        return i;
    }
    return i;
}

/* The same of any key. */
unsigned node_lower(const struct ordmap_node *node, struct str key, bool *out_exact)
{
    *out_exact = false;
    if (node->skip > 0) {
        const int order = bytes_cmp(key.data, MIN(key.len, node->skip), node_items(node)[0]->bytes, node->skip);
        if (order != 0) return order < 0 ? 0 : node->count;
    }
    return lower_behind(node, key, out_exact);
}

/* The child that has the key if any has. */
static unsigned child_of(const struct ordmap_node *node, struct str key)
{
    bool exact;
    const unsigned at = node_lower(node, key, &exact);
    return exact || at == 0 ? at : at - 1;
}

/* ---- items and nodes ---- */

static size_t item_bytes(const struct ordmap_item *item) { return sizeof(*item) + item->key_len + item->value_len; }
static size_t node_bytes(const struct ordmap_node *node)
{
    return sizeof(*node) + ORDMAP_WAYS * sizeof(void *) * (node->level > 0 ? 2 : 1);
}

static struct ordmap_item *item_new(struct pool *pool, struct str key, struct str value)
{
    ASSERT(key.len <= UINT32_MAX / 4 && value.len <= UINT32_MAX / 4);
    struct ordmap_item *item = pool_take(pool, sizeof(*item) + key.len + value.len);
    item->refs = 1;
    item->key_len = (uint32_t)key.len;
    item->value_len = (uint32_t)value.len;
    if (key.len > 0) memcpy(item->bytes, key.data, key.len);
    if (value.len > 0) memcpy(item->bytes + key.len, value.data, value.len);
    return item;
}

static struct ordmap_item *item_ref(struct ordmap_item *item)
{
    item->refs++;
    return item;
}

static void item_unref(struct pool *pool, struct ordmap_item *item)
{
    if (item != NULL && --item->refs == 0) pool_give(pool, item, item_bytes(item));
}

static struct ordmap_node *node_new(struct pool *pool, unsigned level)
{
    struct ordmap_node *node = pool_take(pool, sizeof(*node) + ORDMAP_WAYS * sizeof(void *) * (level > 0 ? 2 : 1));
    node->refs = 1;
    node->level = (uint8_t)level;
    node->count = 0;
    node->skip = 0;
    return node;
}

static void node_unref(struct pool *pool, struct ordmap_node *node)
{
    if (--node->refs > 0) return;
    struct ordmap_item **items = node_items(node);
    for (unsigned i = 0; i < node->count; i++) base_prefetch(items[i], 1);
    for (unsigned i = 0; i < node->count; i++) item_unref(pool, items[i]);
    for (unsigned i = 0; i < node->count && node->level > 0; i++) node_unref(pool, node_children(node)[i]);
    pool_give(pool, node, node_bytes(node));
}

/* Takes over a reference; the node that comes back is held by the caller alone. */
static struct ordmap_node *node_own(struct pool *pool, struct ordmap_node *node)
{
    if (node->refs == 1) return node;
    struct ordmap_node *copy = pool_take(pool, node_bytes(node));
    memcpy(copy, node, node_bytes(node));
    copy->refs = 1;
    struct ordmap_item **items = node_items(copy);
    for (unsigned i = 0; i < copy->count; i++) base_prefetch(items[i], 1);
    for (unsigned i = 0; i < copy->count; i++) items[i]->refs++;
    for (unsigned i = 0; i < copy->count && copy->level > 0; i++) node_children(copy)[i]->refs++;
    node->refs--;
    return copy;
}

/* The heads anew, behind what the first and the last key have in common: everything between them has it too. */
static void node_rehead(struct ordmap_node *node)
{
    struct ordmap_item **items = node_items(node);
    if (node->count == 0) return;
    node->skip = (uint32_t)common_bytes(item_key(items[0]), item_key(items[node->count - 1]), UINT32_MAX);
    for (unsigned i = 0; i < node->count; i++) node->heads[i] = head_of(items[i]->bytes, items[i]->key_len, node->skip);
}

/* There is room. Takes over the references; `child` is of inner nodes alone. */
static void node_insert(struct ordmap_node *node, unsigned at, struct ordmap_item *item, struct ordmap_node *child)
{
    struct ordmap_item **items = node_items(node);
    const unsigned behind = node->count - at;
    memmove(&items[at + 1], &items[at], behind * sizeof(*items));
    memmove(&node->heads[at + 1], &node->heads[at], behind * sizeof(node->heads[0]));
    items[at] = item;
    if (node->level > 0) {
        struct ordmap_node **children = node_children(node);
        memmove(&children[at + 1], &children[at], behind * sizeof(struct ordmap_node *));
        children[at] = child;
    }
    node->count++;
    const bool edge = at == 0 || at + 1u == node->count;
    if (edge && common_bytes(item_key(items[0]), item_key(items[node->count - 1]), node->skip + 1u) != node->skip)
        node_rehead(node);
    else
        node->heads[at] = head_of(item->bytes, item->key_len, node->skip);
}

static void node_drop(struct ordmap_node *node, unsigned at)
{
    struct ordmap_item **items = node_items(node);
    const unsigned behind = node->count - at - 1;
    memmove(&items[at], &items[at + 1], behind * sizeof(*items));
    memmove(&node->heads[at], &node->heads[at + 1], behind * sizeof(node->heads[0]));
    if (node->level > 0) memmove(&node_children(node)[at], &node_children(node)[at + 1], behind * sizeof(struct ordmap_node *));
    node->count--;
}

/* What stands from `at` on moves behind what `to` has. */
static void node_move(struct ordmap_node *node, unsigned at, struct ordmap_node *to)
{
    const unsigned count = node->count - at;
    memcpy(&node_items(to)[to->count], &node_items(node)[at], count * sizeof(struct ordmap_item *));
    if (node->level > 0) memcpy(&node_children(to)[to->count], &node_children(node)[at], count * sizeof(struct ordmap_node *));
    to->count = (uint8_t)(to->count + count);
    node->count = (uint8_t)at;
}

/* ---- handles ---- */

struct ordmap ordmap_copy(const struct ordmap *map)
{
    if (map->root != NULL) map->root->refs++;
    if (map->pool != NULL) pool_ref(map->pool);
    return *map;
}

void ordmap_done(struct ordmap *map)
{
    if (map->root != NULL) node_unref(map->pool, map->root);
    if (map->pool != NULL) pool_unref(map->pool);
    *map = (struct ordmap){0};
}

/* What all keys of a leaf begin with lies in its first item, far away, and is not looked at: a key that begins otherwise is not in the
 * leaf, so the look at the one entry it may be tells. */
static const struct ordmap_item *find(const struct ordmap *map, struct str key)
{
    const struct ordmap_node *node = map->root;
    if (node == NULL) return NULL;
    while (node->level > 0) node = node_children(node)[child_of(node, key)];
    if (key.len < node->skip) return NULL;
    bool exact;
    const unsigned at = lower_behind(node, key, &exact);
    return exact && memcmp(item_key(node_items(node)[at]).data, key.data, node->skip) == 0 ? node_items(node)[at] : NULL;
}

bool ordmap_get(const struct ordmap *map, struct str key, struct str *value)
{
    const struct ordmap_item *item = find(map, key);
    if (item != NULL) *value = item_value(item);
    return item != NULL;
}

/* ---- changes: every function takes over the reference to a node that it is given and returns one ---- */

struct putting {
    struct pool *pool;
    struct ordmap_item *item, *was; /* a reference each */
    struct ordmap_node *split;      /* stands behind the node that was changed, with a reference of its own */
};

/* Puts an entry where it belongs; into a node behind this one when it is full. */
static void insert_or_split(struct putting *put, struct ordmap_node *node, unsigned at, struct ordmap_item *item, struct ordmap_node *child)
{
    if (node->count < ORDMAP_WAYS) {
        node_insert(node, at, item, child);
        return;
    }
    struct ordmap_node *behind = node_new(put->pool, node->level);
    const unsigned half = at == ORDMAP_WAYS ? ORDMAP_WAYS : ORDMAP_WAYS / 2; /* what grows at its end leaves full nodes */
    node_move(node, half, behind);
    if (half < ORDMAP_WAYS) {
        node_rehead(node);
        node_rehead(behind);
    }
    if (at < half)
        node_insert(node, at, item, child);
    else
        node_insert(behind, at - half, item, child);
    put->split = behind;
}

/* The first key of an inner node stays one below which nothing stands in it. */
static void first_lower(struct putting *put, struct ordmap_node *node)
{
    struct ordmap_item **items = node_items(node);
    if (item_cmp(put->item, items[0]) >= 0) return;
    item_unref(put->pool, items[0]);
    items[0] = item_ref(put->item);
    node_rehead(node);
}

static struct ordmap_node *put_in(struct ordmap_node *node, struct putting *put)
{
    const struct str key = item_key(put->item);
    node = node_own(put->pool, node);
    if (node->level > 0) {
        const unsigned at = child_of(node, key);
        struct ordmap_node **children = node_children(node);
        if (at == 0) first_lower(put, node);
        children[at] = put_in(children[at], put);
        struct ordmap_node *split = put->split;
        if (split == NULL) return node;
        put->split = NULL;
        insert_or_split(put, node, at + 1, item_ref(node_items(split)[0]), split);
        return node;
    }
    bool exact;
    const unsigned at = node_lower(node, key, &exact);
    if (exact) {
        put->was = node_items(node)[at];
        node_items(node)[at] = put->item;
    } else {
        insert_or_split(put, node, at, put->item, NULL);
    }
    return node;
}

/* Puts an item, whose reference is taken over; gives a reference to what stood there, or NULL. */
static struct ordmap_item *put_item(struct ordmap *map, struct ordmap_item *item)
{
    struct putting put = {.pool = map->pool, .item = item};
    if (map->root == NULL) map->root = node_new(map->pool, 0);
    map->root = put_in(map->root, &put);
    map->count += put.was == NULL;
    if (put.split == NULL) return put.was;
    struct ordmap_node *top = node_new(map->pool, map->root->level + 1u);
    ASSERT(top->level < ORDMAP_LEVELS);
    node_insert(top, 0, item_ref(node_items(map->root)[0]), map->root);
    node_insert(top, 1, item_ref(node_items(put.split)[0]), put.split);
    map->root = top;
    return put.was;
}

/* A child that is left with little goes to a neighbour that has room for it. */
static void children_merge(struct pool *pool, struct ordmap_node *node, unsigned left)
{
    struct ordmap_node **children = node_children(node);
    struct ordmap_item **items = node_items(node);
    if ((unsigned)children[left]->count + children[left + 1]->count > ORDMAP_WAYS - ORDMAP_WAYS / 4) return;
    struct ordmap_node *to = children[left] = node_own(pool, children[left]);
    struct ordmap_node *from = children[left + 1] = node_own(pool, children[left + 1]);
    node_move(from, 0, to);
    node_rehead(to);
    node_unref(pool, from);
    item_unref(pool, items[left + 1]);
    node_drop(node, left + 1);
}

static void child_shrunk(struct pool *pool, struct ordmap_node *node, unsigned at)
{
    struct ordmap_node *child = node_children(node)[at];
    if (child->count == 0) {
        node_unref(pool, child);
        item_unref(pool, node_items(node)[at]);
        node_drop(node, at);
    } else if (child->count < ORDMAP_WAYS / 4) {
        const unsigned before = node->count;
        if (at > 0) children_merge(pool, node, at - 1);
        if (node->count == before && at + 1u < node->count) children_merge(pool, node, at);
    }
}

/* The key is there. */
static struct ordmap_node *remove_from(struct pool *pool, struct ordmap_node *node, struct str key, struct ordmap_item **out_was)
{
    node = node_own(pool, node);
    if (node->level > 0) {
        const unsigned at = child_of(node, key);
        struct ordmap_node **children = node_children(node);
        children[at] = remove_from(pool, children[at], key, out_was);
        child_shrunk(pool, node, at);
        return node;
    }
    bool exact;
    const unsigned at = node_lower(node, key, &exact);
    ASSERT(exact);
    *out_was = node_items(node)[at];
    node_drop(node, at);
    return node;
}

static struct ordmap_item *remove_item(struct ordmap *map, struct str key)
{
    struct ordmap_item *was = NULL;
    map->root = remove_from(map->pool, map->root, key, &was);
    map->count--;
    while (map->root != NULL && map->root->level > 0 && map->root->count == 1) {
        struct ordmap_node *top = map->root;
        map->root = node_children(top)[0];
        map->root->refs++;
        node_unref(map->pool, top);
    }
    if (map->root->count > 0) return was;
    node_unref(map->pool, map->root);
    map->root = NULL;
    return was;
}

struct ordmap_change ordmap_put_noted(struct ordmap *map, struct str key, struct str value)
{
    if (map->pool == NULL) map->pool = pool_new();
    struct ordmap_item *item = item_new(map->pool, key, value);
    return (struct ordmap_change){put_item(map, item), item_ref(item)};
}

bool ordmap_remove_noted(struct ordmap *map, struct str key, struct ordmap_change *out)
{
    if (find(map, key) == NULL) return false;
    *out = (struct ordmap_change){remove_item(map, key), NULL};
    return true;
}

void ordmap_undo(struct ordmap *map, struct ordmap_change *change)
{
    struct ordmap_item *gone = change->was != NULL ? put_item(map, change->was) : remove_item(map, item_key(change->now));
    item_unref(map->pool, gone);
    item_unref(map->pool, change->now);
    *change = (struct ordmap_change){0};
}

void ordmap_forget(struct ordmap *map, struct ordmap_change *change)
{
    item_unref(map->pool, change->was);
    item_unref(map->pool, change->now);
    *change = (struct ordmap_change){0};
}

void ordmap_put(struct ordmap *map, struct str key, struct str value)
{
    struct ordmap_change change = ordmap_put_noted(map, key, value);
    ordmap_forget(map, &change);
}

bool ordmap_remove(struct ordmap *map, struct str key)
{
    struct ordmap_change change;
    if (!ordmap_remove_noted(map, key, &change)) return false;
    ordmap_forget(map, &change);
    return true;
}
