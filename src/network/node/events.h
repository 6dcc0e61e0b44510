/* Events: what happened in one view, in order, for those who read along (X22, api 6.7). The log begins with a view's first reader,
 * and each type with the first reader that asks for it: what nobody ever asked for is not made. Who asks for an earlier sequence than its
 * types are kept from hears of the gap. The log holds the last EVENTS_KEPT events; sequences go on through restarts of the node. */
#ifndef NODE_EVENTS_H
#define NODE_EVENTS_H

#include "chain/response_event.h"
#include "network/node/texts.h"
#include "world/fiber/env.h"
#include "world/http/http.h"

#define EVENTS_KEPT 100000
#define EVENTS_BEHIND_MAX 10000 /* a reader that had caught up and is further behind is disconnected */
#define EVENTS_COMMENT_S 15

struct events;
/* `first` is the sequence of the first event to come; `texts` outlives it. */
struct events *events_new(struct env *env, struct texts *texts, enum chain_id chain, uint64_t first);
/* Readers are not ended: their host is down, or their world is gone. NULL is fine. */
void events_free(struct events *events);
void events_forget_readers(struct events *events); /* likewise */
uint64_t events_next(const struct events *events); /* the sequence of the next event */
bool events_keeps(const struct events *events, enum event_type type); /* somebody has asked for them; NULL: nobody */
bool events_hears(const struct events *events, enum event_type type); /* somebody who is there wants them; NULL: nobody */

/* Of a type that is not kept: nothing happens. */
void events_add(struct events *events, enum event_type type, const struct shape *shape, const void *object);
void events_add_text(struct events *events, enum event_type type, struct str data); /* one line of JSON */

/* `types`: comma list of names, "prefix*" taken, empty: all. False: a name that no event has. */
bool events_types_parse(struct str types, uint64_t *out_mask) MUST_CHECK;
/* Takes over an exchange whose stream is open. `from`: the first sequence wanted; above all there is: what comes from now on. */
void events_read(struct events *events, struct http_exchange *exchange, uint64_t mask, uint64_t from);

#endif
