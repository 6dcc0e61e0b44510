#include "world/http/router.h"

#include "core/base/vec.h"

enum { METHODS = HTTP_OTHER + 1 };

/* A node of the trie: what may follow a prefix of segments. */
struct node {
    struct str literal;              /* the segment that leads here; unused for a parameter's */
    struct node *children, *sibling; /* literals, in the order of the table */
    struct node *param;
    const struct http_route *routes[METHODS];
    bool serves;
};
struct router {
    struct arena arena;
    struct node root;
};

/* Takes one segment off `rest`, which begins with '/'. */
static bool segment_next(struct str *rest, struct str *out)
{
    if (!rest->len || rest->data[0] != '/') return false;
    size_t end = 1;
    while (end < rest->len && rest->data[end] != '/') end++;
    *out = (struct str){rest->data + 1, end - 1};
    *rest = (struct str){rest->data + end, rest->len - end};
    return true;
}

static struct node *child_find(const struct node *node, struct str segment)
{
    for (struct node *child = node->children; child; child = child->sibling)
        if (str_eq(child->literal, segment)) return child;
    return NULL;
}

static struct node *child_at(struct router *router, struct node *node, struct str segment)
{
    if (segment.len >= 2 && segment.data[0] == '{') {
        ASSERT(segment.data[segment.len - 1] == '}');
        if (!node->param) node->param = arena_new(&router->arena, struct node);
        return node->param;
    }
    struct node *child = child_find(node, segment);
    if (child) return child;
    child = arena_new(&router->arena, struct node);
    child->literal = segment;
    struct node **end = &node->children;
    while (*end) end = &(*end)->sibling;
    *end = child;
    return child;
}

void router_add(struct router *router, const struct http_route *routes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str rest = str_of(routes[i].pattern), segment;
        struct node *node = &router->root;
        size_t params = 0;
        while (segment_next(&rest, &segment)) {
            node = child_at(router, node, segment);
            params += segment.len >= 2 && segment.data[0] == '{';
        }
        ASSERT(rest.len == 0 && node != &router->root && params <= ROUTE_PARAMS_MAX);
        ASSERT(!node->routes[routes[i].method]); /* two routes for the same */
        node->routes[routes[i].method] = &routes[i];
        node->serves = true;
    }
}

struct router *router_new(const struct http_route *routes, size_t count)
{
    struct router *router = base_alloc(sizeof(*router));
    arena_init(&router->arena, 0);
    router_add(router, routes, count);
    return router;
}

void router_free(struct router *router)
{
    if (!router) return;
    arena_done(&router->arena);
    base_free(router);
}

/* Literals first; a parameter where they lead nowhere. Patterns are few segments deep, and so is this. */
static const struct node *node_find(const struct node *node, struct str rest, struct http_params *params)
{
    struct str segment;
    if (!segment_next(&rest, &segment)) return node->serves ? node : NULL;
    const struct node *child = child_find(node, segment), *found = child ? node_find(child, rest, params) : NULL;
    if (found || !node->param || !segment.len || params->count == ROUTE_PARAMS_MAX) return found;
    params->values[params->count++] = segment;
    found = node_find(node->param, rest, params);
    if (!found) params->count--;
    return found;
}

enum router_result router_find(const struct router *router, enum http_method method, struct str path, struct router_match *out)
{
    static const char *const names[METHODS] = {"GET", "POST", "PUT", "DELETE", ""};
    struct router_match match = {0};
    if (!path.len || path.data[0] != '/') return ROUTER_UNKNOWN;
    const struct node *node = node_find(&router->root, path, &match.params);
    if (!node) return ROUTER_UNKNOWN;
    match.route = node->routes[method];
    if (!match.route) {
        size_t len = 0;
        for (size_t i = 0; i < METHODS - 1; i++) {
            if (!node->routes[i]) continue;
            const char *comma = len ? ", " : "";
            memcpy(match.allow + len, comma, strlen(comma));
            len += strlen(comma);
            memcpy(match.allow + len, names[i], strlen(names[i]) + 1);
            len += strlen(names[i]);
        }
    }
    *out = match;
    return match.route ? ROUTER_FOUND : ROUTER_METHOD;
}
