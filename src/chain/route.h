/* Route: every endpoint of the contract, one row each: what a server serves, a client calls, a report counts and the reference
 * lists. Patterns have `{n}` for the network segment and `{}` for any other parameter. */
#ifndef CHAIN_ROUTE_H
#define CHAIN_ROUTE_H

#include "core/base/str.h"

/* Who answers. BOTH: AlphaOS and DeltaOS. */
enum route_listener { ROUTE_ALPHA, ROUTE_DELTA, ROUTE_BOTH, ROUTE_ADNET, ROUTE_ADMIN };

struct route_row {
    const char *id;        /* of the contract: AB1 ... U6, X1 ..., and W1 ... for the admin interface, which it leaves unnumbered */
    const char *operation; /* of a client: A1 ... A12, D1 ... D11, U1 ... U6; else "" */
    enum route_listener listener;
    const char *group, *method, *pattern;
    const char *query;  /* names of its query parameters, blanks between */
    const char *answer; /* name of the shape */
    const char *errors; /* its own codes, blanks between; beside those that any route may give */
    const char *does;
};

const struct route_row *route_at(size_t i); /* NULL behind the last; in the order of the contract */
const struct route_row *route_find(const char *id);
/* The row that a request belongs to: `path` as on the wire, with or without query, /v2 and /node/{name} in front. NULL: none. */
const struct route_row *route_match(enum route_listener listener, struct str method, struct str path);
/* What stands behind /v2 and /node/{name}; empty: a view's name and nothing behind it. Borrowed from `path`. */
struct str route_path(struct str path);
struct str route_listener_text(enum route_listener listener); /* "alpha", "delta", "both", "adnet", "admin" */

#endif
