#include "core/metrics/window.h"

#include "core/base/num.h"

void window_init(struct window *window, struct instant start) { *window = (struct window){.start = start}; }

void window_done(struct window *window)
{
    vec_done(&window->seconds);
    window_init(window, window->start);
}

static uint64_t add(uint64_t a, uint64_t b) { return a + b >= a ? a + b : UINT64_MAX; }

static void second_add(struct window *window, uint64_t second, uint64_t n)
{
    if (second >= window->seconds.count) {
        vec_reserve(&window->seconds, second + 1 - window->seconds.count);
        while (window->seconds.count <= second) window->seconds.data[window->seconds.count++] = 0;
    }
    window->seconds.data[second] = add(window->seconds.data[second], n);
    window->total = add(window->total, n);
}

void window_add(struct window *window, struct instant at, uint64_t n)
{
    const uint64_t second = instant_since(at, window->start).ns / NS_PER_S;
    if (instant_before(at, window->start) || second >= WINDOW_SECONDS_MAX)
        window->outside = add(window->outside, n);
    else
        second_add(window, second, n);
}

void window_merge(struct window *into, const struct window *from)
{
    ASSERT(into->start.ns == from->start.ns);
    for (size_t i = 0; i < from->seconds.count; i++)
        if (from->seconds.data[i] > 0) second_add(into, i, from->seconds.data[i]);
    into->outside = add(into->outside, from->outside);
}

uint64_t window_sum(const struct window *window, uint64_t first, uint64_t count)
{
    uint64_t sum = 0;
    for (uint64_t i = first; i < window->seconds.count && i - first < count; i++) sum = add(sum, window->seconds.data[i]);
    return sum;
}

uint64_t window_peak(const struct window *window, struct instant end)
{
    const uint64_t full = instant_since(end, window->start).ns / NS_PER_S;
    uint64_t peak = 0;
    for (size_t i = 0; i < window->seconds.count && i < full; i++) peak = MAX(peak, window->seconds.data[i]);
    return peak;
}

uint64_t window_recent(const struct window *window, struct instant now, uint64_t seconds, uint64_t *out_seconds)
{
    const uint64_t full = instant_since(now, window->start).ns / NS_PER_S;
    const uint64_t there = MIN(full, seconds);
    if (out_seconds != NULL) *out_seconds = there;
    return window_sum(window, full - there, there);
}

uint64_t rate_milli(uint64_t count, struct duration over)
{
    if (over.ns == 0) return 0;
    const u128 rate = (u128)count * 1000 * NS_PER_S / over.ns;
    return rate > UINT64_MAX ? UINT64_MAX : (uint64_t)rate;
}
