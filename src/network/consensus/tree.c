#include "network/consensus/replica_priv.h"

struct twig *tree_find(const struct replica *r, const struct hash *hash)
{
    struct twig *const *slot = map_find(&r->twigs, hash);
    return slot == NULL ? NULL : *slot;
}

struct twig *tree_add(struct replica *r, struct block *block, struct twig *parent, struct committee *committee,
                      uint32_t epoch_first)
{
    struct twig *twig = base_alloc(sizeof(*twig));
    twig->block = block_ref(block);
    twig->committee = committee == NULL ? NULL : committee_ref(committee);
    twig->epoch_first = epoch_first;
    twig->closing = block->header.height > 0 && header_is_closing(&block->header);
    twig->received = r->now.now;
    twig->parent = parent;
    if (parent != NULL) {
        ASSERT(twig_height(parent) + 1 == block->header.height);
        twig->sibling = parent->child;
        parent->child = twig;
    }
    bool is_new;
    struct twig **slot = map_put(&r->twigs, &block->hash, &is_new);
    ASSERT(is_new);
    *slot = twig;
    return twig;
}

static void twig_free(struct replica *r, struct twig *twig)
{
    (void)map_remove(&r->twigs, &twig->block->hash);
    certificate_unref(twig->certificate);
    committee_unref(twig->committee);
    committee_unref(twig->next);
    block_unref(twig->block);
    base_free(twig);
}

bool tree_descends(const struct twig *twig, const struct twig *ancestor)
{
    while (twig != NULL && twig_height(twig) > twig_height(ancestor)) twig = twig->parent;
    return twig == ancestor;
}

/* Takes everything below `twig` out; children before parents, without recursion. */
static void prune_below(struct replica *r, struct twig *top)
{
    while (top->child != NULL) {
        struct twig *leaf = top->child;
        while (leaf->child != NULL) leaf = leaf->child;
        leaf->parent->child = leaf->sibling;
        if (r->head == leaf) r->head = NULL;
        action_block(r, REPLICA_ORPHANED, leaf->block, NULL);
        twig_free(r, leaf);
    }
}

void tree_reroot(struct replica *r, struct twig *root)
{
    while (r->root != root) {
        struct twig *keep = root;
        while (keep->parent != r->root) keep = keep->parent;
        struct twig *old = r->root, **link = &old->child;
        while (*link != keep) link = &(*link)->sibling;
        *link = keep->sibling;
        keep->sibling = NULL;
        prune_below(r, old);
        keep->parent = NULL;
        if (r->head == old) r->head = NULL;
        r->root = keep;
        twig_free(r, old);
    }
    if (twig_ends_epoch(root)) { /* closing blocks have done their work */
        struct twig **link = &root->child;
        while (*link != NULL) {
            struct twig *child = *link;
            if (!child->closing) {
                link = &child->sibling;
                continue;
            }
            prune_below(r, child);
            *link = child->sibling;
            if (r->head == child) r->head = NULL;
            action_block(r, REPLICA_ORPHANED, child->block, NULL);
            twig_free(r, child);
        }
    }
    if (r->head == NULL) r->head = root;
}

void tree_clear(struct replica *r)
{
    for (size_t i = map_next(&r->twigs, 0); i != MAP_END; i = map_next(&r->twigs, i + 1)) {
        struct twig *twig = *(struct twig **)map_value_at(&r->twigs, i);
        certificate_unref(twig->certificate);
        committee_unref(twig->committee);
        committee_unref(twig->next);
        block_unref(twig->block);
        base_free(twig);
    }
    map_clear(&r->twigs);
    r->root = r->head = NULL;
}

/* The block of the highest certificate that is in the tree. */
static struct twig *certified_best(const struct replica *r)
{
    struct twig *best = r->high == NULL ? NULL : tree_find(r, &r->high->block_hash);
    if (best != NULL) return best;
    best = r->root;
    for (size_t i = map_next(&r->twigs, 0); i != MAP_END; i = map_next(&r->twigs, i + 1)) {
        struct twig *twig = *(struct twig **)map_value_at(&r->twigs, i);
        if (twig->certificate != NULL && twig_round(twig) > twig_round(best)) best = twig;
    }
    return best;
}

static void head_move(struct replica *r, struct twig *to)
{
    struct twig *a = r->head, *b = to;
    uint32_t depth = 0;
    while (a != b) {
        if (twig_height(a) >= twig_height(b)) {
            a = a->parent;
            depth++;
        } else {
            b = b->parent;
        }
        ASSERT(a != NULL && b != NULL); /* the root is everybody's ancestor */
    }
    r->head = to;
    struct replica_action *action = action_push(r, REPLICA_HEAD);
    action->block.block = block_ref(to->block);
    action->block.certificate = certificate_ref(to->certificate);
    action->block.ancestor = a->block->hash;
    action->block.depth = depth;
}

void head_update(struct replica *r)
{
    struct twig *best = certified_best(r);
    if (best->closing) {
        while (best->closing) best = best->parent;
    } else {
        struct twig *tip = NULL;
        for (struct twig *child = best->child; child != NULL; child = child->sibling)
            if (!child->closing && (tip == NULL || twig_round(child) > twig_round(tip))) tip = child;
        if (tip != NULL) best = tip;
    }
    if (best != r->head) head_move(r, best);
}

bool stray_find(const struct replica *r, const struct hash *hash)
{
    for (size_t i = 0; i < r->strays.count; i++)
        if (hash_eq(&r->strays.data[i]->hash, hash)) return true;
    return false;
}

void stray_add(struct replica *r, struct block *block)
{
    if (stray_find(r, &block->hash)) return;
    if (r->strays.count == STRAYS_MAX) {
        block_unref(r->strays.data[0]);
        vec_remove(&r->strays, 0);
    }
    vec_push(&r->strays, block_ref(block));
}

bool final_header_at(const struct replica *r, uint32_t height, struct certified_block *out)
{
    if (height > twig_height(r->root)) return false;
    if (height == twig_height(r->root)) {
        *out = (struct certified_block){r->root->block, r->root->certificate};
        return true;
    }
    return r->store.final_at != NULL && r->store.final_at(r->store.ctx, height, out);
}
