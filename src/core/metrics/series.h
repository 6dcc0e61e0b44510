/* Series: what operations did, by chain, stage, role, behaviour and phase: latencies, outcomes, rates, active bots.
 *
 * An operation belongs to the window (phase) that holds its intended start, whenever it ends. Response latency counts from the
 * intended start, service latency from when it was really sent. Iterates in the order in which keys first appeared. Integers
 * only. One writer at a time; sets of several shards are merged. */
#ifndef METRICS_SERIES_H
#define METRICS_SERIES_H

#include "core/base/map.h"
#include "core/metrics/counter.h"
#include "core/metrics/histogram.h"
#include "core/metrics/window.h"

enum series_stage { STAGE_ADMITTED, STAGE_INCLUDED, STAGE_FINAL, STAGE_DONE, STAGE_COUNT };
const char *series_stage_text(enum series_stage stage); /* "admitted", "included", "final", "done" */

/* No padding: it is a map key. Ids are indices into the run's tables. */
struct series_key {
    uint16_t chain, stage, role, behavior, phase;
};
/* In a filter: any. */
#define SERIES_ANY UINT16_MAX
#define SERIES_FILTER_ALL ((struct series_key){SERIES_ANY, SERIES_ANY, SERIES_ANY, SERIES_ANY, SERIES_ANY})

struct series {
    struct series_key key;
    struct histogram response, service;
    struct counter ok, failed;
};

struct series_sample {
    struct series_key key;
    struct instant intended; /* decides the second it is counted in */
    uint32_t bot;
    bool ok;
    bool has_latency; /* false: it never came so far (refused connection); counted, not timed */
    struct duration response, service;
};

struct series_set;
struct series_set *series_set_new(void);
void series_set_free(struct series_set *set);

/* Says where a phase begins; before its first sample. `phase` < 4096. */
void series_phase_begin(struct series_set *set, uint16_t phase, struct instant start);
void series_phase_end(struct series_set *set, uint16_t phase, struct instant end);

void series_record(struct series_set *set, const struct series_sample *sample);
void series_merge(struct series_set *into, const struct series_set *from);

size_t series_count(const struct series_set *set);
const struct series *series_at(const struct series_set *set, size_t i); /* i < series_count, in order of first appearance */

/* What all series that match a filter say together. Release with series_total_done. */
struct series_total {
    struct histogram response, service;
    uint64_t ok, failed;
    uint64_t tps_milli;      /* ok per second, in thousandths, over the spans of the phases that match */
    uint64_t tps_peak;       /* ok in the best full second, by intended start */
    uint64_t error_rate_ppm; /* failed per million operations, rounded up; 0 when there was none */
    struct duration span;    /* of the phases that match, as far as they have ended; up to `now` for those that have not */
    uint64_t series;         /* how many matched */
};
void series_total(const struct series_set *set, struct series_key filter, struct instant now, struct series_total *out);
void series_total_done(struct series_total *total);

/* How many bots had a sample whose intended start lies in (now - within, now]. */
uint64_t series_bots_active(const struct series_set *set, struct instant now, struct duration within);

#endif
