/* Histogram of latencies in whole microseconds: log-linear, 27,648 buckets, relative error below 1/1024, merged without loss.
 *
 * Bucket of v: v below 2048 itself; else s = floor(log2 v) - 10 and s * 1024 + (v >> s). Values above 2^36 - 1 us count as
 * that. Memory grows with the range that is used: about 1 KiB, and 2 KiB for each 256 neighbouring buckets touched.
 * One writer at a time. Zero-initialise. */
#ifndef METRICS_HISTOGRAM_H
#define METRICS_HISTOGRAM_H

#include "core/base/buf.h"
#include "core/base/err.h"

enum {
    HISTOGRAM_BUCKETS = 27648,
    HISTOGRAM_CHUNK = 256, /* buckets that are allocated together */
    HISTOGRAM_CHUNKS = HISTOGRAM_BUCKETS / HISTOGRAM_CHUNK,
};
#define HISTOGRAM_US_MAX ((UINT64_C(1) << 36) - 1)

struct histogram {
    uint64_t count, sum_us; /* they stop at their maximum instead of wrapping */
    uint64_t min_us, max_us; /* 0 while count is 0 */
    uint64_t *chunks[HISTOGRAM_CHUNKS];
};

void histogram_init(struct histogram *h);
void histogram_done(struct histogram *h);
void histogram_clear(struct histogram *h); /* keeps the memory */

uint64_t *histogram_chunk_take(struct histogram *h, uint32_t index); /* for histogram_record only */

static inline uint32_t histogram_index(uint64_t us)
{
    if (us < 2048) return (uint32_t)us;
    if (us > HISTOGRAM_US_MAX) us = HISTOGRAM_US_MAX;
    const uint32_t s = 53 - (uint32_t)__builtin_clzll(us);
    return s * 1024 + (uint32_t)(us >> s);
}

static inline uint64_t metrics_add(uint64_t a, uint64_t b) { return a + b >= a ? a + b : UINT64_MAX; } /* stops at the top */

/* A few ns. */
static inline void histogram_record_many(struct histogram *h, uint64_t us, uint64_t times)
{
    if (times == 0) return;
    if (us > HISTOGRAM_US_MAX) us = HISTOGRAM_US_MAX;
    const uint32_t index = histogram_index(us);
    uint64_t *chunk = h->chunks[index / HISTOGRAM_CHUNK];
    if (__builtin_expect(chunk == NULL, 0)) chunk = histogram_chunk_take(h, index);
    chunk[index % HISTOGRAM_CHUNK] = metrics_add(chunk[index % HISTOGRAM_CHUNK], times);
    if (h->count == 0 || us < h->min_us) h->min_us = us;
    if (us > h->max_us) h->max_us = us;
    h->count = metrics_add(h->count, times);
    uint64_t total;
    h->sum_us = __builtin_mul_overflow(us, times, &total) ? UINT64_MAX : metrics_add(h->sum_us, total);
}
/* The same for one: while the total is below its maximum no bucket can be at it. */
static inline void histogram_record(struct histogram *h, uint64_t us)
{
    if (us > HISTOGRAM_US_MAX) us = HISTOGRAM_US_MAX;
    const uint32_t index = histogram_index(us);
    uint64_t *chunk = h->chunks[index / HISTOGRAM_CHUNK];
    if (__builtin_expect(chunk == NULL, 0)) chunk = histogram_chunk_take(h, index);
    if (__builtin_expect(h->count == UINT64_MAX, 0)) return;
    chunk[index % HISTOGRAM_CHUNK]++;
    if (h->count++ == 0 || us < h->min_us) h->min_us = us;
    if (us > h->max_us) h->max_us = us;
    h->sum_us = metrics_add(h->sum_us, us);
}

void histogram_merge(struct histogram *into, const struct histogram *from);

uint64_t histogram_bucket_max(uint32_t index);                          /* the highest value that lands in it */
uint64_t histogram_bucket(const struct histogram *h, uint32_t index);   /* its count */
/* for (uint32_t i = histogram_next(h, 0); i < HISTOGRAM_BUCKETS; i = histogram_next(h, i + 1)): buckets that are not empty */
uint32_t histogram_next(const struct histogram *h, uint32_t from);

/* Quantile q = bps / 10000: the highest value of the first bucket whose cumulative count reaches ceil(q * count), at most
 * max_us. False when there is no sample. */
bool histogram_quantile(const struct histogram *h, uint32_t bps, uint64_t *out_us) MUST_CHECK;
bool histogram_mean(const struct histogram *h, uint64_t *out_us) MUST_CHECK; /* rounded down */

/* Appends "index:count,index:count", ascending, buckets that are not empty. */
void histogram_put_pairs(const struct histogram *h, struct buf *out);
/* What stands beside the pairs in a file. */
struct histogram_totals {
    uint64_t count, sum_us, min_us, max_us;
};
/* Fills an empty histogram from pairs and totals; refuses pairs that are malformed, not ascending or out of range, and
 * totals that contradict them. Leaves `out` empty when it fails. */
bool histogram_parse(struct str pairs, struct histogram_totals totals, struct histogram *out, struct err *err) MUST_CHECK;

#endif
