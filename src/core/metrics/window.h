/* Window: how many things happened in each second since a start, for rates, peaks and sliding looks. Seconds count from the
 * window's own start, not from the clock's. Integers only. One writer at a time. */
#ifndef METRICS_WINDOW_H
#define METRICS_WINDOW_H

#include "core/base/time.h"
#include "core/base/vec.h"

enum { WINDOW_SECONDS_MAX = 100 * 24 * 3600 };

struct window {
    struct instant start;
    VEC(uint64_t) seconds; /* grown as far as something happened */
    uint64_t total;        /* of all seconds */
    uint64_t outside;      /* before the start, or past WINDOW_SECONDS_MAX: not in `total` */
};

void window_init(struct window *window, struct instant start);
void window_done(struct window *window);
void window_add(struct window *window, struct instant at, uint64_t n);
void window_merge(struct window *into, const struct window *from); /* starts must be equal */

/* Things in the whole seconds [first, first + count). */
uint64_t window_sum(const struct window *window, uint64_t first, uint64_t count);
/* The best second among those that lie wholly before `end`; 0 when there is none. */
uint64_t window_peak(const struct window *window, struct instant end);
/* Things in the last `seconds` whole seconds before `now`; fewer seconds when the window is younger. *out_seconds (may be
 * NULL) is how many there were. */
uint64_t window_recent(const struct window *window, struct instant now, uint64_t seconds, uint64_t *out_seconds);

/* count per second in thousandths, rounded down; 0 when no time has passed. Stops at the maximum. */
uint64_t rate_milli(uint64_t count, struct duration over);

#endif
