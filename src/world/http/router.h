/* Router: which row of a table serves a method and path, by patterns like "/{n}/block/{ref}". A parameter takes exactly one
 * segment, never an empty one; a literal wins over a parameter, from the left, whatever its methods. So a trailing slash is
 * another path, and where "/{n}/tx/send" takes POST alone, a GET of it is refused though "/{n}/tx/{id}" takes GET. Segments are
 * compared in the order of the table: those asked for most stand first. */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "world/http/http.h"

enum { ROUTE_PARAMS_MAX = 6, ROUTE_ALLOW_BYTES = 48 };

/* The segments that stood for parameters, in the pattern's order, still percent-encoded; they point into the path. */
struct http_params {
    struct str values[ROUTE_PARAMS_MAX];
    size_t count;
};
struct http_route {
    const char *id; /* for reports and tests */
    enum http_method method;
    const char *pattern;
    const void
        *row; /* what the table's owner keeps with the route: its handler and what else it must know; never looked at here */
};

struct router;
/* The table outlives the router. Asserts that it is sound: patterns begin with '/', no two routes take the same. */
struct router *router_new(const struct http_route *routes, size_t count);
void router_add(struct router *router, const struct http_route *routes, size_t count); /* a further table */
void router_free(struct router *router);

enum router_result { ROUTER_FOUND, ROUTER_UNKNOWN, ROUTER_METHOD };
struct router_match {
    const struct http_route *route; /* ROUTER_FOUND */
    struct http_params params;
    char allow[ROUTE_ALLOW_BYTES]; /* ROUTER_METHOD: what it takes, "GET, POST" */
};
/* FOUND; UNKNOWN (404): no pattern takes this path; METHOD (405): one does, for other methods. */
enum router_result router_find(const struct router *router, enum http_method method, struct str path, struct router_match *out);

#endif
