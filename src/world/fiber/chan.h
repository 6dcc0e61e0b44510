/* Chan: a bounded queue of pointers between fibers, and Gate: waiting for a number of fibers to end. */
#ifndef FIBER_CHAN_H
#define FIBER_CHAN_H

#include "world/fiber/fiber.h"

enum chan_result { CHAN_OK, CHAN_TIMEOUT, CHAN_CLOSED };

struct chan;
struct chan *chan_new(struct env *env, size_t count_max);
void chan_free(struct chan *chan); /* nobody may wait on it */
enum chan_result chan_send(struct chan *chan, void *item, struct instant deadline) FIBER MUST_CHECK;
bool chan_try_send(struct chan *chan, void *item) MUST_CHECK; /* false: full or closed */
enum chan_result chan_recv(struct chan *chan, void **out_item, struct instant deadline) FIBER MUST_CHECK;
void chan_close(struct chan *chan); /* receivers drain what is left, then see CHAN_CLOSED */
size_t chan_count(const struct chan *chan);

/* A gate opens when as many have left as entered. */
struct gate {
    uint64_t inside;
    struct fiber *waiter; /* at most one */
};
void gate_enter(struct gate *gate);
void gate_leave(struct env *env, struct gate *gate);
bool gate_wait(struct env *env, struct gate *gate, struct instant deadline) FIBER; /* false: deadline passed first */

#endif
