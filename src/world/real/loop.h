/* Loop: an env in wall time on one thread: fibers, timers and packets between hosts of this process, files in a directory. No
 * sockets yet. Hosts have no virtual cores: work takes the time it takes. Links have no latency and no faults (link_set answers
 * false), the disk no limit (disk_limit does nothing), and there is no digest. */
#ifndef REAL_LOOP_H
#define REAL_LOOP_H

#include "world/fiber/env.h"

struct real_loop;
/* `directory` holds a folder for each host that writes files, made when needed; empty: files are refused. */
struct real_loop *real_loop_new(uint64_t seed, struct str directory, const struct offloader *offloader);
void real_loop_free(struct real_loop *loop);
struct env *real_loop_env(struct real_loop *loop);
/* Runs until `until`, until *stop is set (a signal wakes it), or until nothing is left that could happen. True: stopped by *stop.
 */
bool real_loop_run(struct real_loop *loop, struct instant until, const volatile bool *stop);
void real_loop_wake(struct real_loop *loop); /* from any thread: looks at *stop again */

#endif
