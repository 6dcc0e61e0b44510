/* One record in a histogram: ns, beside an empty loop over the same values, and the memory it takes. */
#include <time.h>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/metrics/histogram.h"

enum { VALUES = 1 << 16, ROUNDS = 400 };

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(void)
{
    static uint64_t values[VALUES];
    struct rng rng;
    rng_init(&rng, 1);
    for (size_t i = 0; i < VALUES; i++) values[i] = rng_exponential_ns(&rng, 50000); /* as microseconds: 50 ms on average */

    double from = now_ns();
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < VALUES; i++) __asm__ volatile("" : : "r"(values[i]) : "memory");
    const double empty = (now_ns() - from) / ((double)ROUNDS * VALUES);

    struct histogram h = {0};
    from = now_ns();
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < VALUES; i++) histogram_record(&h, values[i]);
    const double record = (now_ns() - from) / ((double)ROUNDS * VALUES);

    size_t bytes = sizeof(h);
    for (size_t i = 0; i < HISTOGRAM_CHUNKS; i++) bytes += h.chunks[i] != NULL ? HISTOGRAM_CHUNK * sizeof(uint64_t) : 0;
    uint64_t p99;
    CHECK(histogram_quantile(&h, 9900, &p99));
    CHECK_U64(h.count, (uint64_t)ROUNDS * VALUES);
    printf("empty loop %.2f ns, record %.2f ns, %.2f ns more (%.1fx); %zu bytes; p99 %" PRIu64 " us\n", empty, record, record - empty,
           record / empty, bytes, p99);
    histogram_done(&h);
    return 0;
}
