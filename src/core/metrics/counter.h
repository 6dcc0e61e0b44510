/* Counters that only grow, gauges that remember their peak, and a named set of counters. One writer at a time. */
#ifndef METRICS_COUNTER_H
#define METRICS_COUNTER_H

#include "core/base/map.h"
#include "core/base/str.h"

struct counter {
    uint64_t value; /* stops at the maximum */
};
void counter_add(struct counter *counter, uint64_t n);

struct gauge {
    uint64_t value, peak;
};
void gauge_set(struct gauge *gauge, uint64_t value);
void gauge_up(struct gauge *gauge, uint64_t n);
void gauge_down(struct gauge *gauge, uint64_t n); /* stops at 0 */

/* Counters by name, kept in the order in which the names first appeared. */
enum { COUNTER_NAME_BYTES = 48, COUNTERS_MAX = 4096 };
struct counters {
    struct map by_name; /* char[COUNTER_NAME_BYTES], zero-padded -> struct counter */
};
void counters_init(struct counters *counters);
void counters_done(struct counters *counters);
/* The name is at most COUNTER_NAME_BYTES - 1 bytes. False: COUNTERS_MAX names are in use and this is another; nothing counted. */
bool counters_add(struct counters *counters, struct str name, uint64_t n);
uint64_t counters_value(const struct counters *counters, struct str name); /* 0 for a name never seen */
void counters_merge(struct counters *into, const struct counters *from);
/* for (size_t i = counters_next(c, 0, &name, &value); i != MAP_END; i = counters_next(c, i + 1, &name, &value)) */
size_t counters_next(const struct counters *counters, size_t from, struct str *out_name, uint64_t *out_value);

#endif
