/* The generator: its published first numbers, bounds, shares within what chance allows, splits that are independent of order,
 * and exponential gaps against the logarithm of the C library. */
#include <math.h>

#include "core/base/check.h"
#include "core/base/rng.h"

static void the_sequence_is_fixed(void)
{
    /* xoshiro256** from the state {1, 2, 3, 4}. */
    struct rng rng = {{1, 2, 3, 4}};
    static const uint64_t want[] = {11520, 0, 1509978240, 1215971899390074240};
    for (size_t i = 0; i < ARRAY_LEN(want); i++) CHECK_U64(rng_u64(&rng), want[i]);
    rng_init(&rng, 0); /* splitmix64 from 0 begins with this */
    CHECK_U64(rng.s[0], UINT64_C(0xe220a8397b1dcdaf));
    CHECK_U64(rng.s[1], UINT64_C(0x6e789e6aa1b965f4));
}

static void bounds_hold_and_every_value_comes(void)
{
    struct rng rng;
    rng_init(&rng, 1);
    uint64_t seen[7] = {0};
    for (size_t i = 0; i < 70000; i++) seen[rng_below(&rng, 7)]++;
    for (size_t i = 0; i < 7; i++) CHECK(seen[i] > 9500 && seen[i] < 10500);
    for (size_t i = 0; i < 1000; i++) {
        CHECK(rng_below(&rng, 1) == 0);
        CHECK(rng_below(&rng, (UINT64_C(1) << 63) + 1) <= UINT64_C(1) << 63);
        const uint64_t x = rng_range(&rng, 10, 12);
        CHECK(x >= 10 && x <= 12);
        CHECK(rng_range(&rng, 5, 5) == 5);
        CHECK(rng_range(&rng, UINT64_MAX - 1, UINT64_MAX) >= UINT64_MAX - 1);
    }
    CHECK(rng_range(&rng, 0, UINT64_MAX) != rng_range(&rng, 0, UINT64_MAX));
}

static void chances_come_as_often_as_they_say(void)
{
    struct rng rng;
    rng_init(&rng, 2);
    size_t hits = 0;
    for (size_t i = 0; i < 100000; i++) {
        hits += rng_chance_bps(&rng, 2500);
        CHECK(!rng_chance_bps(&rng, 0));
        CHECK(rng_chance_bps(&rng, 10000));
    }
    CHECK(hits > 24400 && hits < 25600);
}

static void a_split_depends_on_label_and_index_and_leaves_the_parent(void)
{
    struct rng parent;
    rng_init(&parent, 3);
    const struct rng before = parent;
    struct rng a = rng_split(&parent, STR("bots"), 1), b = rng_split(&parent, STR("bots"), 2);
    struct rng c = rng_split(&parent, STR("bot"), 1), d = rng_split(&parent, STR("bots"), 1), e = rng_split(&parent, STR("bots\0"), 1);
    CHECK(memcmp(&before, &parent, sizeof(parent)) == 0);
    const uint64_t first = rng_u64(&a);
    CHECK(first != rng_u64(&b) && first != rng_u64(&c) && first != rng_u64(&e));
    CHECK_U64(rng_u64(&d), first);
    (void)rng_u64(&parent);
    struct rng f = rng_split(&parent, STR("bots"), 1);
    CHECK(rng_u64(&f) != first);
}

static void a_shuffle_is_a_permutation_and_reaches_every_place(void)
{
    struct rng rng;
    rng_init(&rng, 4);
    size_t places[5][5] = {{0}};
    for (size_t round = 0; round < 10000; round++) {
        uint32_t items[5] = {0, 1, 2, 3, 4}, sum = 0;
        rng_shuffle_u32(&rng, items, 5);
        for (size_t i = 0; i < 5; i++) {
            places[items[i]][i]++;
            sum |= 1u << items[i];
        }
        CHECK_U64(sum, 31);
    }
    for (size_t i = 0; i < 25; i++) CHECK(places[i / 5][i % 5] > 1800 && places[i / 5][i % 5] < 2200);
    rng_shuffle_u32(&rng, NULL, 0);
}

static void random_bytes_fill_exactly(void)
{
    struct rng rng;
    rng_init(&rng, 5);
    for (size_t bytes = 0; bytes < 30; bytes++) {
        uint8_t out[32];
        memset(out, 0xaa, sizeof(out));
        rng_bytes(&rng, out, bytes);
        CHECK(out[bytes] == 0xaa && out[31] == 0xaa);
    }
}

static void exponential_gaps_follow_the_logarithm(void)
{
    struct rng rng, twin;
    rng_init(&rng, 6);
    const uint64_t mean = 10 * UINT64_C(1000000);
    double sum = 0;
    size_t above = 0;
    enum { DRAWS = 200000 };
    for (size_t i = 0; i < DRAWS; i++) {
        twin = rng;
        const uint64_t gap = rng_exponential_ns(&rng, mean);
        const double want = -log(((double)rng_u64(&twin) + 0.5) / 18446744073709551616.0) * (double)mean;
        CHECK(fabs((double)gap - want) < 10);
        sum += (double)gap;
        above += gap > mean;
    }
    CHECK(fabs(sum / DRAWS / (double)mean - 1) < 0.01);
    CHECK(fabs((double)above / DRAWS - 0.367879) < 0.005);
    CHECK_U64(rng_exponential_ns(&rng, 0), 0);
    for (size_t i = 0; i < 100; i++) (void)rng_exponential_ns(&rng, UINT64_MAX); /* stops at the top instead of wrapping */
}

int main(void)
{
    RUN(the_sequence_is_fixed);
    RUN(bounds_hold_and_every_value_comes);
    RUN(chances_come_as_often_as_they_say);
    RUN(a_split_depends_on_label_and_index_and_leaves_the_parent);
    RUN(a_shuffle_is_a_permutation_and_reaches_every_place);
    RUN(random_bytes_fill_exactly);
    RUN(exponential_gaps_follow_the_logarithm);
    return 0;
}
