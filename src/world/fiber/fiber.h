/* Fiber: stackful coroutines. Straight-line code that waits without blocking the thread.
 *
 * A fiber's stack is 64 KiB of address space from one slab with guards (256 KiB in sanitizer and coverage builds), touched only
 * as deep as used; keep frames small. Stacks are reused. Fibers of one env run on one thread; which of several runnable ones goes
 * first is the world's choice (in `sim` by seed). */
#ifndef FIBER_FIBER_H
#define FIBER_FIBER_H

#include "world/fiber/env.h"

struct fiber;

/* Starts `run(arg)` on a fiber of its own; it runs after the caller suspends, or from the loop. The fiber frees itself at its
 * end. */
struct fiber *fiber_spawn(struct env *env, void (*run)(void *arg), void *arg);
struct fiber *fiber_self(void); /* NULL outside fibers */

/* Suspends until fiber_wake, or until `deadline` (INSTANT_NEVER: none). True: woken. A wake that came while the fiber was not
 * parked is kept (one permit), so no wake is lost; callers re-check their condition in a loop. */
bool fiber_park(struct env *env, struct instant deadline) FIBER;
/* It will go on before long: fetches its struct and the last frames of its stack. */
void fiber_prefetch(const struct fiber *fiber);
void fiber_wake(struct env *env, struct fiber *fiber); /* from fibers, timers and packet handlers of the same env */
void fiber_sleep_until(struct env *env, struct instant at) FIBER;
void fiber_sleep(struct env *env, struct duration d) FIBER;
void fiber_yield(struct env *env) FIBER; /* lets other runnable fibers go first */

/* Runs a deep call (YAML, JSON of unknown depth, signing by a library) on the thread's own stack. It must not suspend. */
void fiber_call_deep(void (*call)(void *arg), void *arg);

/* For worlds: runs every runnable fiber until none is. `pick` chooses among `count` runnable ones (NULL: the oldest). */
struct sched *sched_new(struct env *env, uint64_t (*pick)(struct env *env, uint64_t count));
void sched_free(struct sched *sched); /* fibers still parked are abandoned: their stacks are unmapped, nothing runs */
void sched_run(struct sched *sched);
size_t sched_live(const struct sched *sched);        /* fibers begun and not ended */
size_t sched_stack_bytes(const struct sched *sched); /* resident estimate: high-water depth of used stacks */

#endif
