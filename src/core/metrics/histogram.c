#include "core/metrics/histogram.h"

#include <inttypes.h>

#include "core/base/num.h"

_Static_assert(HISTOGRAM_CHUNKS * HISTOGRAM_CHUNK == HISTOGRAM_BUCKETS, "chunks cover the buckets");

void histogram_init(struct histogram *h) { *h = (struct histogram){0}; }

void histogram_done(struct histogram *h)
{
    for (size_t i = 0; i < HISTOGRAM_CHUNKS; i++) base_free(h->chunks[i]);
    *h = (struct histogram){0};
}

void histogram_clear(struct histogram *h)
{
    for (size_t i = 0; i < HISTOGRAM_CHUNKS; i++)
        if (h->chunks[i] != NULL) memset(h->chunks[i], 0, HISTOGRAM_CHUNK * sizeof(*h->chunks[i]));
    h->count = h->sum_us = h->min_us = h->max_us = 0;
}

uint64_t *histogram_chunk_take(struct histogram *h, uint32_t index)
{
    ASSERT(index < HISTOGRAM_BUCKETS);
    uint64_t **chunk = &h->chunks[index / HISTOGRAM_CHUNK];
    if (*chunk == NULL) *chunk = base_alloc(HISTOGRAM_CHUNK * sizeof(**chunk));
    return *chunk;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    if (from->count == 0) return;
    for (uint32_t c = 0; c < HISTOGRAM_CHUNKS; c++) {
        if (from->chunks[c] == NULL) continue;
        uint64_t *to = histogram_chunk_take(into, c * HISTOGRAM_CHUNK);
        for (size_t i = 0; i < HISTOGRAM_CHUNK; i++) to[i] = metrics_add(to[i], from->chunks[c][i]);
    }
    into->min_us = into->count == 0 ? from->min_us : MIN(into->min_us, from->min_us);
    into->max_us = MAX(into->max_us, from->max_us);
    into->count = metrics_add(into->count, from->count);
    into->sum_us = metrics_add(into->sum_us, from->sum_us);
}

/* The shift s of a bucket: its values are those whose v >> s is index - s * 1024. */
static uint32_t shift_of(uint32_t index) { return index < 2048 ? 0 : index / 1024 - 1; }

static uint64_t bucket_min(uint32_t index)
{
    const uint32_t s = shift_of(index);
    return (uint64_t)(index - s * 1024) << s;
}

uint64_t histogram_bucket_max(uint32_t index)
{
    ASSERT(index < HISTOGRAM_BUCKETS);
    return bucket_min(index) + (UINT64_C(1) << shift_of(index)) - 1;
}

uint64_t histogram_bucket(const struct histogram *h, uint32_t index)
{
    ASSERT(index < HISTOGRAM_BUCKETS);
    const uint64_t *chunk = h->chunks[index / HISTOGRAM_CHUNK];
    return chunk != NULL ? chunk[index % HISTOGRAM_CHUNK] : 0;
}

uint32_t histogram_next(const struct histogram *h, uint32_t from)
{
    while (from < HISTOGRAM_BUCKETS) {
        const uint64_t *chunk = h->chunks[from / HISTOGRAM_CHUNK];
        if (chunk == NULL)
            from = (from / HISTOGRAM_CHUNK + 1) * HISTOGRAM_CHUNK;
        else if (chunk[from % HISTOGRAM_CHUNK] != 0)
            return from;
        else
            from++;
    }
    return HISTOGRAM_BUCKETS;
}

bool histogram_quantile(const struct histogram *h, uint32_t bps, uint64_t *out_us)
{
    ASSERT(bps <= 10000);
    if (h->count == 0) return false;
    const u128 rank = ((u128)h->count * bps + 9999) / 10000;
    u128 seen = 0;
    for (uint32_t i = histogram_next(h, 0); i < HISTOGRAM_BUCKETS; i = histogram_next(h, i + 1)) {
        seen += histogram_bucket(h, i);
        if (seen < rank) continue;
        *out_us = MIN(histogram_bucket_max(i), h->max_us);
        return true;
    }
    UNREACHABLE(); /* the buckets hold `count` samples between them */
}

bool histogram_mean(const struct histogram *h, uint64_t *out_us)
{
    if (h->count == 0) return false;
    *out_us = h->sum_us / h->count;
    return true;
}

void histogram_put_pairs(const struct histogram *h, struct buf *out)
{
    const char *between = "";
    for (uint32_t i = histogram_next(h, 0); i < HISTOGRAM_BUCKETS; i = histogram_next(h, i + 1)) {
        buf_printf(out, "%s%" PRIu32 ":%" PRIu64, between, i, histogram_bucket(h, i));
        between = ",";
    }
}

struct parsed {
    u128 count, sum_min, sum_max; /* what the buckets allow */
    uint32_t first, last;
};

static bool pairs_parse(struct str pairs, struct histogram *h, struct parsed *parsed, struct err *err)
{
    for (size_t n = 0; pairs.len > 0; n++) {
        struct str pair, rest, index_text, count_text;
        uint64_t index, count;
        if (str_cut(pairs, ',', &pair, &rest) && rest.len == 0) return err_set(err, ERR_PARSE, "a comma ends the pairs");
        if (!str_cut(pair, ':', &index_text, &count_text) || !str_to_u64(index_text, &index) || !str_to_u64(count_text, &count))
            return err_set(err, ERR_PARSE, "pair %zu is not index:count", n);
        if (index >= HISTOGRAM_BUCKETS) return err_set(err, ERR_LIMIT, "pair %zu: bucket %" PRIu64 " >= %d", n, index, HISTOGRAM_BUCKETS);
        if (n > 0 && index <= parsed->last) return err_set(err, ERR_PARSE, "pair %zu: indices do not ascend", n);
        if (count == 0) return err_set(err, ERR_PARSE, "pair %zu: an empty bucket", n);
        histogram_chunk_take(h, (uint32_t)index)[index % HISTOGRAM_CHUNK] = count;
        if (n == 0) parsed->first = (uint32_t)index;
        parsed->last = (uint32_t)index;
        parsed->count += count;
        parsed->sum_min += (u128)count * bucket_min((uint32_t)index);
        parsed->sum_max += (u128)count * histogram_bucket_max((uint32_t)index);
        pairs = rest;
    }
    return true;
}

static bool totals_check(const struct parsed *parsed, struct histogram_totals totals, struct err *err)
{
    if (MIN(parsed->count, UINT64_MAX) != totals.count) return err_set(err, ERR_CONFLICT, "count is not that of the pairs");
    if (parsed->count == 0) {
        if (totals.sum_us == 0 && totals.min_us == 0 && totals.max_us == 0) return true;
        return err_set(err, ERR_CONFLICT, "totals of an empty histogram are not 0");
    }
    if (totals.max_us > HISTOGRAM_US_MAX || totals.min_us > totals.max_us)
        return err_set(err, ERR_CONFLICT, "minimum and maximum are impossible");
    if (histogram_index(totals.min_us) != parsed->first) return err_set(err, ERR_CONFLICT, "minimum is not in the first bucket");
    if (histogram_index(totals.max_us) != parsed->last) return err_set(err, ERR_CONFLICT, "maximum is not in the last bucket");
    if (totals.sum_us < MIN(parsed->sum_min, UINT64_MAX) || totals.sum_us > parsed->sum_max)
        return err_set(err, ERR_CONFLICT, "sum is impossible for the pairs");
    return true;
}

bool histogram_parse(struct str pairs, struct histogram_totals totals, struct histogram *out, struct err *err)
{
    ASSERT(out->count == 0);
    struct parsed parsed = {0};
    if (!pairs_parse(pairs, out, &parsed, err) || !totals_check(&parsed, totals, err)) {
        histogram_clear(out);
        return false;
    }
    out->count = totals.count;
    out->sum_us = totals.sum_us;
    out->min_us = totals.min_us;
    out->max_us = totals.max_us;
    return true;
}
