/* Progress: where a long run stands, on stderr: a live line on a terminal, a plain line every 10 s otherwise. It reads, and changes nothing: a run
 * with and without it is the same run. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "tester/scenario/run.h"
#include "world/sim/sim.h"

struct progress;
/* Both are borrowed. Hooks itself into the simulation's loop. */
struct progress *progress_new(struct sim *sim, const struct run *run);
void progress_free(struct progress *progress); /* clears the live line; NULL is fine */

#endif
