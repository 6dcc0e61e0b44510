/* One event in a recorder: ns, beside copying the same event into a plain ring; and reading the last 100,000. */
#include <time.h>

#include "core/base/check.h"
#include "core/metrics/recorder.h"

enum { EVENTS = 20000000, RING = 1 << 17 };

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(void)
{
    struct event event = {.kind = EVENT_OP_ENDED};
    struct event *ring = calloc(RING, sizeof(*ring));
    memset(ring, 1, RING * sizeof(*ring)); /* pages are there, as they are after a second of any run */
    double from = now_ns();
    for (uint64_t n = 0; n < EVENTS; n++) {
        event.at.ns = n;
        ring[n % RING] = event;
        __asm__ volatile("" : : "r"(ring) : "memory");
    }
    const double copy = (now_ns() - from) / EVENTS;

    struct recorder *recorder = recorder_new(0);
    for (uint64_t n = 0; n < RING; n++) recorder_add(recorder, &event);
    from = now_ns();
    for (uint64_t n = 0; n < EVENTS; n++) {
        event.at.ns = n;
        recorder_add(recorder, &event);
    }
    const double record = (now_ns() - from) / EVENTS;

    struct recorded_list list = {0};
    from = now_ns();
    recorder_read(&recorder, 1, EVENTS_MAX, &list);
    const double read_ms = (now_ns() - from) / 1e6;
    CHECK_U64(list.items.count, EVENTS_MAX);
    printf("copy into a plain ring %.1f ns, record %.1f ns (%.1fx); read %zu events in %.1f ms\n", copy, record, record / copy,
           list.items.count, read_ms);
    recorded_list_done(&list);
    recorder_free(recorder);
    free(ring);
    return 0;
}
