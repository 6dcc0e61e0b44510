/* Walking over an ordmap: neighbours, and what two versions do not have in common. */
#include "core/base/ordmap_priv.h"

/* Where in the tree an entry is: a node a level, and a place in each. */
struct place {
    const struct ordmap_node *node[ORDMAP_LEVELS];
    unsigned at[ORDMAP_LEVELS];
    unsigned top; /* level of the root */
    bool over;    /* there is no entry */
};

static void place_descend(struct place *place, unsigned level, bool last)
{
    while (level > 0) {
        const struct ordmap_node *child = node_children(place->node[level])[place->at[level]];
        level--;
        place->node[level] = child;
        place->at[level] = last ? child->count - 1u : 0;
    }
}

/* Behind everything under its node of this level. */
static void place_pass(struct place *place, unsigned level)
{
    for (level++; level <= place->top; level++) {
        if (place->at[level] + 1 >= place->node[level]->count) continue;
        place->at[level]++;
        place_descend(place, level, false);
        return;
    }
    place->over = true;
}

static void place_forward(struct place *place)
{
    if (++place->at[0] == place->node[0]->count) place_pass(place, 0);
}

static void place_back(struct place *place)
{
    for (unsigned level = 0; level <= place->top; level++) {
        if (place->at[level] == 0) continue;
        place->at[level]--;
        place_descend(place, level, true);
        return;
    }
    place->over = true;
}

static struct ordmap_item *place_item(const struct place *place) { return node_items(place->node[0])[place->at[0]]; }

/* The first entry not below `key`; `exact`: it is that key's. The place may be one behind the last of its leaf. */
static bool place_seek(struct place *place, const struct ordmap *map, struct str key, bool *out_exact)
{
    const struct ordmap_node *node = map->root;
    *out_exact = false;
    if (node == NULL) return false;
    place->top = node->level;
    place->over = false;
    bool exact;
    for (unsigned level = node->level; level > 0; level--) {
        const unsigned at = node_lower(node, key, &exact);
        place->node[level] = node;
        place->at[level] = exact || at == 0 ? at : at - 1;
        node = node_children(node)[place->at[level]];
    }
    place->node[0] = node;
    place->at[0] = node_lower(node, key, out_exact);
    return true;
}

static bool answer(const struct place *place, struct ordmap_entry *out)
{
    if (place->over) return false;
    const struct ordmap_item *item = place_item(place);
    *out = (struct ordmap_entry){item_key(item), item_value(item)};
    return true;
}

static bool seek_up(const struct ordmap *map, struct str key, bool equal, struct ordmap_entry *out)
{
    struct place place;
    bool exact;
    if (!place_seek(&place, map, key, &exact)) return false;
    place.at[0] += exact && !equal;
    if (place.at[0] == place.node[0]->count) place_pass(&place, 0);
    return answer(&place, out);
}

static bool seek_down(const struct ordmap *map, struct str key, bool equal, struct ordmap_entry *out)
{
    struct place place;
    bool exact;
    if (!place_seek(&place, map, key, &exact)) return false;
    if (!exact || !equal) place_back(&place);
    return answer(&place, out);
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

static bool last_of_all(const struct ordmap *map, struct ordmap_entry *out)
{
    if (map->root == NULL) return false;
    struct place place = {.top = map->root->level};
    place.node[place.top] = map->root;
    place.at[place.top] = map->root->count - 1u;
    place_descend(&place, place.top, true);
    return answer(&place, out);
}

/* The greatest below the least that is above everything that begins so: the prefix with its last byte that is not 255 raised by one. */
bool ordmap_last(const struct ordmap *map, struct str prefix, struct ordmap_entry *out)
{
    char bound[ORDMAP_PREFIX_MAX];
    size_t len = prefix.len;
    ASSERT(len <= sizeof(bound));
    while (len > 0 && (uint8_t)prefix.data[len - 1] == UINT8_MAX) len--;
    if (len == 0) return last_of_all(map, out) && has_prefix(out->key, prefix);
    memcpy(bound, prefix.data, len);
    bound[len - 1] = (char)(bound[len - 1] + 1);
    return seek_down(map, (struct str){bound, len}, false, out) && has_prefix(out->key, prefix);
}

bool ordmap_next(const struct ordmap *map, struct str prefix, struct str key, struct ordmap_entry *out)
{
    return seek_up(map, key, false, out) && has_prefix(out->key, prefix);
}

bool ordmap_previous(const struct ordmap *map, struct str prefix, struct str key, struct ordmap_entry *out)
{
    return seek_down(map, key, false, out) && has_prefix(out->key, prefix);
}

/* ---- two versions ---- */

static void place_start(struct place *place, const struct ordmap *map)
{
    place->over = map->root == NULL;
    if (place->over) return;
    place->top = map->root->level;
    place->node[place->top] = map->root;
    place->at[place->top] = 0;
    place_descend(place, place->top, false);
}

/* Passes the largest stretch that begins at both places and is one and the same. */
static bool pass_shared(struct place *a, struct place *b)
{
    int best = -1;
    for (unsigned level = 0; level <= MIN(a->top, b->top) && a->at[level] == 0 && b->at[level] == 0; level++)
        if (a->node[level] == b->node[level]) best = (int)level;
    if (best < 0) return false;
    place_pass(a, (unsigned)best);
    place_pass(b, (unsigned)best);
    return true;
}

static bool tell(ordmap_visit *visit, void *context, const struct ordmap_item *was, const struct ordmap_item *now)
{
    struct str before, after;
    if (was != NULL) before = item_value(was);
    if (now != NULL) after = item_value(now);
    return visit(context, item_key(was != NULL ? was : now), was != NULL ? &before : NULL, now != NULL ? &after : NULL);
}

void ordmap_diff(const struct ordmap *was, const struct ordmap *now, ordmap_visit *visit, void *context)
{
    struct place a, b;
    place_start(&a, was);
    place_start(&b, now);
    while (!a.over || !b.over) {
        if (!a.over && !b.over && pass_shared(&a, &b)) continue;
        const struct ordmap_item *left = a.over ? NULL : place_item(&a), *right = b.over ? NULL : place_item(&b);
        if (left != right) {
            const int order = left == NULL ? 1 : right == NULL ? -1 : item_cmp(left, right);
            if (!tell(visit, context, order <= 0 ? left : NULL, order >= 0 ? right : NULL)) return;
            if (order <= 0) place_forward(&a);
            if (order >= 0) place_forward(&b);
            continue;
        }
        place_forward(&a);
        place_forward(&b);
    }
}
