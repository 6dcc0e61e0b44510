/* Feed: reads the event stream of a view (X22) on a fiber: one event at a time, in order; a stream that is lost is resumed after the
 * last event that came, and what the view no longer keeps is told as a gap.
 *
 *     struct feed feed;
 *     if (feed_open(&feed, env, &alpha, STR("block.*"), FEED_FROM_NOW, deadline, &answer)) {
 *         while (feed_next(&feed, deadline, &event) == FEED_EVENT) ...
 *         feed_close(&feed);
 *     } */
#ifndef CLIENT_FEED_H
#define CLIENT_FEED_H

#include "tester/client/alpha.h"

#define FEED_FROM_NOW UINT64_MAX
#define FEED_TYPES_MAX 96

struct feed {
    struct env *env;
    struct alpha alpha;
    struct http_exchange *exchange; /* NULL: lost; the next read connects again */
    struct buf text;                /* come and not yet read as events */
    size_t at;
    char types[FEED_TYPES_MAX + 1];
    uint64_t last; /* id of the last event; 0: none came */
    uint64_t from; /* what was asked for first */
    uint32_t resumed;
};
struct feed_event {
    uint64_t id;
    bool gap;             /* events `gap_from` to `gap_to` are lost; type and data are empty */
    uint64_t gap_from, gap_to;
    struct str type, data; /* data: one JSON object. Borrowed until the next call */
};
enum feed_result {
    FEED_EVENT,
    FEED_LATE,      /* nothing more before the deadline */
    FEED_MALFORMED, /* what came is no event stream, or its ids do not rise */
};

/* `types` as in the query, at most FEED_TYPES_MAX characters; empty: all. False: `out` says how it was refused, and nothing is to
 * be closed. */
bool feed_open(struct feed *feed, struct env *env, const struct alpha *alpha, struct str types, uint64_t from,
               struct instant deadline, struct answer *out) FIBER MUST_CHECK;
enum feed_result feed_next(struct feed *feed, struct instant deadline, struct feed_event *out) FIBER MUST_CHECK;
void feed_close(struct feed *feed);

#endif
