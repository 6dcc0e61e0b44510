#include "core/base/ordmap.h"

#include "core/base/attr.h"

struct ordmap_node {
    uint32_t refs;
    uint32_t key_len, value_len;
    uint64_t priority;
    struct ordmap_node *left, *right;
    char bytes[]; /* key, then value */
};

static struct str node_key(const struct ordmap_node *node) { return (struct str){node->bytes, node->key_len}; }
static struct str node_value(const struct ordmap_node *node) { return (struct str){node->bytes + node->key_len, node->value_len}; }

static int key_cmp(struct str a, struct str b)
{
    const size_t common = MIN(a.len, b.len);
    const int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static uint64_t priority_of(struct str key)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a, then the finaliser of splitmix64 */
    for (size_t i = 0; i < key.len; i++) h = (h ^ (uint8_t)key.data[i]) * 0x100000001b3u;
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

static struct ordmap_node *node_new(struct str key, struct str value, uint64_t priority)
{
    struct ordmap_node *node = base_alloc(sizeof(*node) + key.len + value.len);
    node->refs = 1;
    node->key_len = (uint32_t)key.len;
    node->value_len = (uint32_t)value.len;
    node->priority = priority;
    if (key.len > 0) memcpy(node->bytes, key.data, key.len);
    if (value.len > 0) memcpy(node->bytes + key.len, value.data, value.len);
    return node;
}

static struct ordmap_node *node_ref(struct ordmap_node *node)
{
    if (node != NULL) node->refs++;
    return node;
}

/* Recursion goes as deep as the tree, which is some multiple of the logarithm of its size. */
static void node_unref(struct ordmap_node *node)
{
    if (node == NULL || --node->refs > 0) return;
    node_unref(node->left);
    node_unref(node->right);
    base_free(node);
}

/* Takes over a reference; the node that comes back is held by the caller alone. */
static struct ordmap_node *node_own(struct ordmap_node *node)
{
    if (node->refs == 1) return node;
    struct ordmap_node *copy = node_new(node_key(node), node_value(node), node->priority);
    copy->left = node_ref(node->left);
    copy->right = node_ref(node->right);
    node->refs--;
    return copy;
}

struct ordmap ordmap_copy(const struct ordmap *map)
{
    (void)node_ref(map->root);
    return *map;
}

void ordmap_done(struct ordmap *map)
{
    node_unref(map->root);
    *map = (struct ordmap){0};
}

bool ordmap_get(const struct ordmap *map, struct str key, struct str *value)
{
    const struct ordmap_node *node = map->root;
    while (node != NULL) {
        const int order = key_cmp(key, node_key(node));
        if (order == 0) {
            *value = node_value(node);
            return true;
        }
        node = order < 0 ? node->left : node->right;
    }
    return false;
}

/* ---- changes: every function takes over the reference it is given and returns one ---- */

/* Which of two stands above: by priority, and by key where these are equal, so that the form is of the contents alone. */
static bool stands_above(const struct ordmap_node *a, const struct ordmap_node *b)
{
    if (a->priority != b->priority) return a->priority > b->priority;
    return key_cmp(node_key(a), node_key(b)) < 0;
}

/* Gives a reference back; the last one of a node whose children are taken over goes to `retained` if there is one. */
static void node_retire(struct ordmap_node *node, struct ordmap_retained *retained)
{
    if (node->refs > 1 || retained == NULL) {
        node_unref(node);
        return;
    }
    node_unref(node->right);
    node_unref(node->left);
    node->right = NULL;
    node->left = retained->first;
    retained->first = node;
}

void ordmap_release(struct ordmap_retained *retained)
{
    for (struct ordmap_node *node = retained->first, *next; node != NULL; node = next) {
        next = node->left;
        base_free(node);
    }
    retained->first = NULL;
}

static struct ordmap_node *replace_value(struct ordmap_node *node, struct str value, struct ordmap_retained *retained)
{
    if (node->refs == 1 && node->value_len == value.len && retained == NULL) {
        if (value.len > 0) memmove(node->bytes + node->key_len, value.data, value.len);
        return node;
    }
    struct ordmap_node *fresh = node_new(node_key(node), value, node->priority);
    fresh->left = node_ref(node->left);
    fresh->right = node_ref(node->right);
    node_retire(node, retained);
    return fresh;
}

struct putting {
    struct str key, value;
    uint64_t priority;
    bool fresh;
    struct ordmap_retained *retained;
};

static struct ordmap_node *put_in(struct ordmap_node *node, struct putting *put)
{
    const struct str key = put->key, value = put->value;
    const uint64_t priority = put->priority;
    if (node == NULL) {
        put->fresh = true;
        return node_new(key, value, priority);
    }
    const int order = key_cmp(key, node_key(node));
    if (order == 0) return replace_value(node, value, put->retained);
    node = node_own(node);
    if (order < 0) {
        node->left = put_in(node->left, put);
        if (!stands_above(node->left, node)) return node;
        struct ordmap_node *up = node->left; /* ours alone: it was just made or owned */
        node->left = up->right;
        up->right = node;
        return up;
    }
    node->right = put_in(node->right, put);
    if (!stands_above(node->right, node)) return node;
    struct ordmap_node *up = node->right;
    node->right = up->left;
    up->left = node;
    return up;
}

void ordmap_put_retaining(struct ordmap *map, struct str key, struct str value, struct ordmap_retained *retained)
{
    ASSERT(key.len <= UINT32_MAX && value.len <= UINT32_MAX);
    struct putting put = {key, value, priority_of(key), false, retained};
    map->root = put_in(map->root, &put);
    map->count += put.fresh;
}

void ordmap_put(struct ordmap *map, struct str key, struct str value) { ordmap_put_retaining(map, key, value, NULL); }

/* Everything in `left` is below everything in `right`. */
static struct ordmap_node *join(struct ordmap_node *left, struct ordmap_node *right)
{
    if (left == NULL) return right;
    if (right == NULL) return left;
    if (stands_above(left, right)) {
        left = node_own(left);
        left->right = join(left->right, right);
        return left;
    }
    right = node_own(right);
    right->left = join(left, right->left);
    return right;
}

static struct ordmap_node *remove_from(struct ordmap_node *node, struct str key, struct ordmap_retained *retained)
{
    const int order = key_cmp(key, node_key(node));
    if (order == 0) {
        struct ordmap_node *left = node_ref(node->left), *right = node_ref(node->right);
        node_retire(node, retained);
        return join(left, right);
    }
    node = node_own(node);
    if (order < 0)
        node->left = remove_from(node->left, key, retained);
    else
        node->right = remove_from(node->right, key, retained);
    return node;
}

bool ordmap_remove_retaining(struct ordmap *map, struct str key, struct ordmap_retained *retained)
{
    struct str value;
    if (!ordmap_get(map, key, &value)) return false;
    map->root = remove_from(map->root, key, retained);
    map->count--;
    return true;
}

bool ordmap_remove(struct ordmap *map, struct str key) { return ordmap_remove_retaining(map, key, NULL); }

/* ---- neighbours ---- */

static bool answer(const struct ordmap_node *node, struct ordmap_entry *out)
{
    if (node == NULL) return false;
    *out = (struct ordmap_entry){node_key(node), node_value(node)};
    return true;
}

/* The least key above `key`, or equal where `equal`. */
static bool seek_up(const struct ordmap *map, struct str key, bool equal, struct ordmap_entry *out)
{
    const struct ordmap_node *node = map->root, *best = NULL;
    while (node != NULL) {
        const int order = key_cmp(node_key(node), key);
        const bool fits = order > 0 || (equal && order == 0);
        if (fits) best = node;
        node = fits ? node->left : node->right;
    }
    return answer(best, out);
}

static bool seek_down(const struct ordmap *map, struct str key, bool equal, struct ordmap_entry *out)
{
    const struct ordmap_node *node = map->root, *best = NULL;
    while (node != NULL) {
        const int order = key_cmp(node_key(node), key);
        const bool fits = order < 0 || (equal && order == 0);
        if (fits) best = node;
        node = fits ? node->right : node->left;
    }
    return answer(best, out);
}

bool ordmap_ceiling(const struct ordmap *map, struct str key, struct ordmap_entry *out) { return seek_up(map, key, true, out); }
bool ordmap_above(const struct ordmap *map, struct str key, struct ordmap_entry *out) { return seek_up(map, key, false, out); }
bool ordmap_floor(const struct ordmap *map, struct str key, struct ordmap_entry *out) { return seek_down(map, key, true, out); }
bool ordmap_below(const struct ordmap *map, struct str key, struct ordmap_entry *out) { return seek_down(map, key, false, out); }

static bool has_prefix(struct str key, struct str prefix)
{
    return key.len >= prefix.len && (prefix.len == 0 || memcmp(key.data, prefix.data, prefix.len) == 0);
}

bool ordmap_first(const struct ordmap *map, struct str prefix, struct ordmap_entry *out)
{
    return seek_up(map, prefix, true, out) && has_prefix(out->key, prefix);
}

/* The last key that begins with `prefix`: of what is not above everything that does. */
bool ordmap_last(const struct ordmap *map, struct str prefix, struct ordmap_entry *out)
{
    const struct ordmap_node *node = map->root, *best = NULL;
    while (node != NULL) {
        const struct str key = node_key(node);
        const bool fits = has_prefix(key, prefix) || key_cmp(key, prefix) < 0;
        if (fits) best = node;
        node = fits ? node->right : node->left;
    }
    return answer(best, out) && has_prefix(out->key, prefix);
}

bool ordmap_next(const struct ordmap *map, struct str prefix, struct str key, struct ordmap_entry *out)
{
    return seek_up(map, key, false, out) && has_prefix(out->key, prefix);
}

bool ordmap_previous(const struct ordmap *map, struct str prefix, struct str key, struct ordmap_entry *out)
{
    return seek_down(map, key, false, out) && has_prefix(out->key, prefix);
}
