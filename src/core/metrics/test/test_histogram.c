/* Tries the histogram's buckets against the published indices and the promised error, its quantiles against sorted samples, its
 * merge against recording everything in one, and its file form against broken ones. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/metrics/histogram.h"

static void indices_are_the_published_ones(void)
{
    static const struct {
        uint64_t us;
        uint32_t index;
    } rows[] = {{2047, 2047}, {2048, 2048}, {2049, 2048}, {2050, 2049}, {4095, 3071}, {4096, 3072},
                {1000000, 11169}, {60000000, 17191}, {HISTOGRAM_US_MAX, 27647}, {0, 0}, {UINT64_MAX, 27647}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) CHECK_U64(histogram_index(rows[i].us), rows[i].index);
}

static void every_bucket_ends_where_the_next_begins(void)
{
    for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        const uint64_t top = histogram_bucket_max(i);
        CHECK_U64(histogram_index(top), i);
        if (i + 1 < HISTOGRAM_BUCKETS) CHECK_U64(histogram_index(top + 1), i + 1);
        const uint64_t bottom = i == 0 ? 0 : histogram_bucket_max(i - 1) + 1;
        CHECK((top - bottom) * 1024 < MAX(bottom, 1));
    }
}

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void quantiles_follow_the_sorted_samples(void)
{
    enum { SAMPLES = 5000 };
    static uint64_t values[SAMPLES];
    struct histogram h = {0};
    struct rng rng;
    rng_init(&rng, 5);
    for (size_t i = 0; i < SAMPLES; i++) {
        values[i] = rng_u64(&rng) >> rng_range(&rng, 29, 63);
        histogram_record(&h, values[i]);
    }
    qsort(values, SAMPLES, sizeof(values[0]), by_value);
    for (uint32_t bps = 0; bps <= 10000; bps += 10) {
        uint64_t got;
        CHECK(histogram_quantile(&h, bps, &got));
        const size_t rank = MAX(((size_t)bps * SAMPLES + 9999) / 10000, 1);
        const uint64_t want = values[rank - 1];
        CHECK(got >= want && (got - want) * 1024 <= want);
    }
    uint64_t top;
    CHECK(histogram_quantile(&h, 10000, &top));
    CHECK_U64(top, values[SAMPLES - 1]);
    CHECK_U64(h.min_us, values[0]);
    histogram_done(&h);
}

static void an_empty_histogram_has_no_quantile(void)
{
    struct histogram h = {0};
    uint64_t us = 77;
    CHECK(!histogram_quantile(&h, 5000, &us));
    CHECK(!histogram_mean(&h, &us));
    CHECK_U64(us, 77);
    CHECK(histogram_next(&h, 0) == HISTOGRAM_BUCKETS);
}

static void check_same(const struct histogram *a, const struct histogram *b)
{
    CHECK_U64(a->count, b->count);
    CHECK_U64(a->sum_us, b->sum_us);
    CHECK_U64(a->min_us, b->min_us);
    CHECK_U64(a->max_us, b->max_us);
    for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) CHECK_U64(histogram_bucket(a, i), histogram_bucket(b, i));
}

static void merging_loses_nothing(void)
{
    static struct histogram whole, parts[3], merged;
    struct rng rng;
    rng_init(&rng, 6);
    for (size_t i = 0; i < 3000; i++) {
        const uint64_t us = rng_u64(&rng) >> rng_range(&rng, 29, 63);
        histogram_record(&whole, us);
        histogram_record(&parts[rng_below(&rng, 2)], us); /* the third stays empty */
    }
    for (size_t i = 0; i < 3; i++) histogram_merge(&merged, &parts[i]);
    check_same(&whole, &merged);
    for (size_t i = 0; i < 3; i++) histogram_done(&parts[i]);
    histogram_done(&whole);
    histogram_done(&merged);
}

static void totals_stop_at_their_maximum(void)
{
    struct histogram h = {0};
    histogram_record_many(&h, HISTOGRAM_US_MAX, UINT64_MAX);
    histogram_record_many(&h, HISTOGRAM_US_MAX, 5);
    histogram_record_many(&h, 1, 0);
    CHECK_U64(h.count, UINT64_MAX);
    CHECK_U64(h.sum_us, UINT64_MAX);
    CHECK_U64(h.min_us, HISTOGRAM_US_MAX);
    uint64_t us;
    CHECK(histogram_quantile(&h, 9999, &us));
    CHECK_U64(us, HISTOGRAM_US_MAX);
    histogram_done(&h);
}

static bool parse(const char *pairs, struct histogram_totals totals)
{
    struct histogram h = {0};
    struct err err;
    const bool good = histogram_parse(str_of(pairs), totals, &h, &err);
    CHECK(good || h.count == 0);
    histogram_done(&h);
    return good;
}

static void the_file_form_comes_back_whole(void)
{
    struct histogram h = {0}, back = {0};
    struct rng rng;
    rng_init(&rng, 9);
    for (size_t i = 0; i < 500; i++) histogram_record(&h, rng_u64(&rng) >> rng_range(&rng, 29, 63));
    struct buf text = {0};
    histogram_put_pairs(&h, &text);
    struct err err;
    CHECK(histogram_parse(buf_str(&text), (struct histogram_totals){h.count, h.sum_us, h.min_us, h.max_us}, &back, &err));
    check_same(&h, &back);
    histogram_done(&h);
    histogram_done(&back);
    buf_done(&text);
}

static void broken_file_forms_are_refused(void)
{
    const struct histogram_totals totals = {3, 13, 1, 6};
    CHECK(parse("1:1,6:2", totals));
    CHECK(parse("", (struct histogram_totals){0}));
    static const char *const broken[] = {"1:1,6:2,", ",1:1,6:2", "1:1,,6:2", "1:1;6:2", "1:1,6", "6:2,1:1", "1:1,1:2", "1:3,6:0",
                                         "01:1,6:2", "1:1,6:-2", "1:1, 6:2", "1:1,27648:2", "1:1,6:99999999999999999999"};
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) CHECK(!parse(broken[i], totals));
    CHECK(!parse("1:1,6:2", (struct histogram_totals){4, 13, 1, 6}));
    CHECK(!parse("1:1,6:2", (struct histogram_totals){3, 14, 1, 6}));
    CHECK(!parse("1:1,6:2", (struct histogram_totals){3, 12, 1, 6}));
    CHECK(!parse("1:1,6:2", (struct histogram_totals){3, 13, 2, 6}));
    CHECK(!parse("1:1,6:2", (struct histogram_totals){3, 13, 1, 7}));
    CHECK(!parse("", (struct histogram_totals){0, 0, 0, 1}));
    CHECK(!parse("27647:1", (struct histogram_totals){1, HISTOGRAM_US_MAX, HISTOGRAM_US_MAX, HISTOGRAM_US_MAX + 1}));
}

static void few_values_take_little_memory(void)
{
    struct histogram h = {0};
    for (uint64_t us = 5000; us < 5100; us++) histogram_record(&h, us);
    size_t chunks = 0;
    for (size_t i = 0; i < HISTOGRAM_CHUNKS; i++) chunks += h.chunks[i] != NULL;
    CHECK(chunks <= 2);
    histogram_clear(&h);
    CHECK(h.count == 0 && histogram_next(&h, 0) == HISTOGRAM_BUCKETS);
    histogram_done(&h);
}

int main(void)
{
    RUN(indices_are_the_published_ones);
    RUN(every_bucket_ends_where_the_next_begins);
    RUN(quantiles_follow_the_sorted_samples);
    RUN(an_empty_histogram_has_no_quantile);
    RUN(merging_loses_nothing);
    RUN(totals_stop_at_their_maximum);
    RUN(the_file_form_comes_back_whole);
    RUN(broken_file_forms_are_refused);
    RUN(few_values_take_little_memory);
    return 0;
}
