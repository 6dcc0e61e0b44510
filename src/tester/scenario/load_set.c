#include "tester/scenario/load_priv.h"

/* A tree is read-only; to change one value the nodes on the way to it are made anew and share everything else. */

static struct yaml *copy_node(struct arena *arena, const struct yaml *node)
{
    return arena_copy(arena, node, sizeof(*node));
}

/* All children copied one by one, so that links between them can be changed. */
static void copy_children(struct arena *arena, struct yaml *node)
{
    struct yaml *last = NULL;
    for (const struct yaml *child = node->child; child; child = child->next) {
        struct yaml *copy = copy_node(arena, child);
        copy->parent = node;
        if (last) last->next = copy;
        else node->child = copy;
        last = copy;
    }
}

static struct yaml *child_named(const struct yaml *node, struct str segment)
{
    uint64_t index;
    const bool number = str_to_u64(segment, &index);
    uint64_t at = 0;
    for (const struct yaml *child = node->child; child; child = child->next, at++) {
        if (node->type == YAML_MAPPING && str_eq(child->key, segment)) return (struct yaml *)child;
        if (node->type != YAML_SEQUENCE) continue;
        if (number && at == index) return (struct yaml *)child;
        const struct yaml *name = yaml_find(child, STR("name")), *id = yaml_find(child, STR("id"));
        if ((name && str_eq(name->text, segment)) || (id && str_eq(id->text, segment))) return (struct yaml *)child;
        if (child->type == YAML_MAPPING && child->count == 1 && str_eq(child->child->key, segment)) return (struct yaml *)child;
    }
    return NULL;
}

/* The value takes the place of `old`; it keeps its key. */
static void replace(struct yaml *old, const struct yaml *value)
{
    struct yaml fresh = *value;
    fresh.key = old->key;
    fresh.key_place = value->place;
    fresh.next = old->next;
    fresh.parent = old->parent;
    *old = fresh;
}

static void append(struct arena *arena, struct yaml *mapping, struct str key, const struct yaml *value)
{
    struct yaml *fresh = copy_node(arena, value);
    fresh->key = str_dup(arena, key);
    fresh->key_place = value->place;
    fresh->next = NULL;
    fresh->parent = mapping;
    mapping->count++;
    if (!mapping->child) {
        mapping->child = fresh;
        return;
    }
    struct yaml *last = (struct yaml *)mapping->child;
    while (last->next) last = (struct yaml *)last->next;
    last->next = fresh;
}

static const struct yaml *value_of(struct arena *arena, struct str file, struct str text, struct diags *diags)
{
    struct buf whole = {0};
    buf_printf(&whole, "value: " STR_FMT "\n", STR_ARG(text));
    const struct str kept = str_dup(arena, buf_str(&whole));
    buf_done(&whole);
    const struct yaml *root = yaml_parse(arena, file, kept, diags);
    const struct yaml *value = yaml_find(root, STR("value"));
    return value && root->count == 1 ? value : NULL;
}

const struct yaml *tree_set(struct arena *arena, const struct yaml *root, struct str assignment, struct diags *diags)
{
    struct str path, text, head;
    const struct str file = str_fmt(arena, "--set " STR_FMT, STR_ARG(assignment));
    const struct place place = {.file = file, .line = 0, .column = 0};
    if (!str_cut(assignment, '=', &path, &text) || path.len == 0) {
        diags_error(diags, place, "is not of the form path=value");
        return NULL;
    }
    const struct yaml *value = value_of(arena, file, text, diags);
    if (!value) return NULL;
    struct yaml *top = copy_node(arena, root), *at = top;
    copy_children(arena, top);
    struct str rest = path;
    if (!str_starts(path, STR("scenario.")) && child_named(at, STR("scenario"))) {
        at = child_named(at, STR("scenario"));
        copy_children(arena, at);
    }
    for (bool more = true; more;) {
        more = str_cut(rest, '.', &head, &rest);
        struct yaml *child = child_named(at, head);
        if (!more && child && at->type == YAML_SEQUENCE && child->type == YAML_MAPPING && child->count == 1 &&
            str_eq(child->child->key, head)) { /* a criterion by its name: what changes is its value */
            copy_children(arena, child);
            child = (struct yaml *)child->child;
        }
        if (!more && child) {
            replace(child, value);
        } else if (!more && at->type == YAML_MAPPING) {
            append(arena, at, head, value);
        } else if (!child) {
            diags_error(diags, place, "nothing is called '" STR_FMT "' there", STR_ARG(head));
            return NULL;
        } else {
            copy_children(arena, child);
            at = child;
        }
    }
    return top;
}
