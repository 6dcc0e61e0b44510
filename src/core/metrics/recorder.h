/* Recorder: the events of one shard, written by its one thread and read by any, without a lock.
 *
 * Passing events go to a ring that keeps at least the last EVENTS_MAX; lasting ones (event_kind_is_lasting) to a log that keeps
 * all of the first LASTING_MAX, with a line of text. The writer publishes a count with release order; a reader takes it with
 * acquire order, copies, and looks again: what the writer may have reached meanwhile is left out and counted. So a reader
 * never waits, never delays the writer, and never sees half an event. */
#ifndef METRICS_RECORDER_H
#define METRICS_RECORDER_H

#include "core/base/vec.h"
#include "core/metrics/event.h"

enum { EVENTS_MAX = 100000, LASTING_MAX = 1000000, EVENT_TEXT_BYTES = 168 };

/* An event as it is read: which shard, the how-manieth there, and its text ("" for passing ones). */
struct recorded {
    struct event event;
    uint32_t shard;
    uint64_t order; /* counts all events of the shard, passing and lasting */
    struct str text; /* borrowed from the recorder, which must outlive it */
};
struct recorded_list {
    VEC(struct recorded) items;
    uint64_t passing_total, lasting_total; /* ever added, over all shards */
    uint64_t passing_left_out, lasting_left_out; /* how many of them are not in `items` */
};

struct recorder;
struct recorder *recorder_new(uint32_t shard);
void recorder_free(struct recorder *recorder); /* nobody may be reading */

/* Writer's thread only; tens of ns at most. The text is cut at EVENT_TEXT_BYTES - 1 bytes, at a character of UTF-8, and kept
 * for lasting kinds only. */
void recorder_add(struct recorder *recorder, const struct event *event);
void recorder_add_text(struct recorder *recorder, const struct event *event, struct str text);

/* Any thread, at any time. */
uint64_t recorder_count(const struct recorder *recorder);
/* All lasting events and the last `passing_max` passing ones (at most EVENTS_MAX) of all shards, by time, then shard, then order.
 * `out` is empty before; release it with recorded_list_done. */
void recorder_read(struct recorder *const *shards, size_t count, size_t passing_max, struct recorded_list *out);
void recorded_list_done(struct recorded_list *list);

#endif
