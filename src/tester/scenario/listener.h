/* Listener: all that one view tells on its event stream (X22) while a run goes, kept for a look when all is over. A view tells what
 * somebody has asked for, so whoever wants the events of a run must ask before it begins. */
#ifndef SCENARIO_LISTENER_H
#define SCENARIO_LISTENER_H

#include "tester/client/alpha.h"

#define LISTENER_BYTES_MAX ((size_t)256 << 20)

struct listener;
struct heard {
    uint64_t id;
    struct str data; /* one JSON object; borrowed until listener_free */
};

struct listener *listener_start(struct env *env, const struct alpha *client);
/* Waits for the event of that final block, until the deadline, and reads no further. */
void listener_stop(struct listener *listener, uint32_t final, struct instant deadline) FIBER;
/* Once it has stopped: how many stretches of the stream are missing (0: all was heard). */
uint64_t listener_missed(const struct listener *listener);
/* One event after the other, from *at = 0 on; false: that was all. */
bool listener_next(const struct listener *listener, size_t *at, struct heard *out);
void listener_free(struct listener *listener); /* one that has stopped; NULL: nothing happens */

#endif
