/* Tries to break the map: against a slow model, through churn, and by removing while iterating. */
#include "core/base/check.h"
#include "core/base/map.h"
#include "core/base/rng.h"

static void a_map_answers_as_a_plain_array_does(void)
{
    enum { KEYS = 300, STEPS = 60000 };
    static struct {
        bool there;
        uint64_t value, born;
    } model[KEYS];
    struct map map;
    map_init(&map, sizeof(uint32_t), sizeof(uint64_t));
    struct rng rng;
    rng_init(&rng, 7);
    uint64_t births = 0;
    for (size_t step = 0; step < STEPS; step++) {
        const uint32_t key = (uint32_t)rng_below(&rng, KEYS);
        if (rng_below(&rng, 100) < 55) {
            bool is_new;
            uint64_t *value = map_put(&map, &key, &is_new);
            CHECK(is_new == !model[key].there);
            CHECK_U64(*value, is_new ? 0 : model[key].value);
            if (is_new) model[key].born = ++births;
            *value = model[key].value = rng_u64(&rng);
            model[key].there = true;
        } else {
            CHECK(map_remove(&map, &key) == model[key].there);
            model[key].there = false;
        }
        if (step % 997 != 0) continue;
        size_t count = 0;
        uint64_t born_last = 0;
        for (size_t i = map_next(&map, 0); i != MAP_END; i = map_next(&map, i + 1), count++) {
            const uint32_t *at = map_key_at(&map, i);
            CHECK(model[*at].there);
            CHECK(model[*at].born > born_last);
            born_last = model[*at].born;
            CHECK_U64(*(uint64_t *)map_value_at(&map, i), model[*at].value);
        }
        CHECK_U64(map_count(&map), count);
        for (uint32_t k = 0; k < KEYS; k++) CHECK((map_find(&map, &k) != NULL) == model[k].there);
    }
    map_done(&map);
}

static void removing_while_iterating_skips_nothing(void)
{
    struct map map;
    map_init(&map, 8, 0);
    for (uint64_t k = 0; k < 1000; k++) map_put(&map, &k, NULL);
    uint64_t seen = 0;
    for (size_t i = map_next(&map, 0); i != MAP_END; i = map_next(&map, i + 1)) {
        const uint64_t key = *(const uint64_t *)map_key_at(&map, i);
        CHECK_U64(key, seen);
        seen++;
        if (key % 3 != 0) CHECK(map_remove(&map, &key));
    }
    CHECK_U64(seen, 1000);
    CHECK_U64(map_count(&map), 334);
    map_done(&map);
}

static void churn_does_not_grow_the_map(void)
{
    struct map map;
    map_init(&map, 8, 8);
    for (uint64_t k = 0; k < 100000; k++) {
        map_put(&map, &k, NULL);
        if (k < 10) continue;
        const uint64_t old = k - 10;
        CHECK_U64(*(const uint64_t *)map_key_at(&map, map_next(&map, 0)), old);
        CHECK(map_remove(&map, &old));
    }
    CHECK(map.entries_cap <= 64);
    map_clear(&map);
    CHECK(map_next(&map, 0) == MAP_END);
    const uint64_t key = 99999;
    CHECK(map_find(&map, &key) == NULL);
    map_done(&map);
}

static void a_map_that_was_never_filled_is_empty(void)
{
    struct map map;
    map_init(&map, 3, 32);
    CHECK(map_find(&map, "abc") == NULL);
    CHECK(!map_remove(&map, "abc"));
    CHECK(map_next(&map, 0) == MAP_END);
    CHECK((uintptr_t)map_put(&map, "abc", NULL) % 16 == 0);
    map_put(&map, "abd", NULL);
    CHECK(map_find(&map, "abc") != NULL && map_find(&map, "abx") == NULL);
    map_done(&map);
}

int main(void)
{
    RUN(a_map_answers_as_a_plain_array_does);
    RUN(removing_while_iterating_skips_nothing);
    RUN(churn_does_not_grow_the_map);
    RUN(a_map_that_was_never_filled_is_empty);
    return 0;
}
