/* Tries to break the ordmap: against a plain sorted array, and by holding old versions while new ones change. */
#include <stdio.h>

#include "core/base/check.h"
#include "core/base/ordmap.h"
#include "core/base/rng.h"

enum { KEYS = 200 };

struct model {
    bool there[KEYS];
    uint32_t value[KEYS];
    size_t count;
};

static struct str key_text(unsigned i, char *room)
{
    const int len = snprintf(room, 8, "%s%03u", i < KEYS / 2 ? "a" : "ab", i);
    return (struct str){room, (size_t)len};
}

static void same_contents(const struct ordmap *map, const struct model *model)
{
    char room[8];
    struct str value;
    CHECK_U64(map->count, model->count);
    for (unsigned i = 0; i < KEYS; i++) {
        CHECK(ordmap_get(map, key_text(i, room), &value) == model->there[i]);
        if (model->there[i]) CHECK(value.len == 4 && memcmp(value.data, &model->value[i], 4) == 0);
    }
    struct ordmap_entry entry = {0};
    size_t seen = 0;
    for (bool more = ordmap_first(map, (struct str){"", 0}, &entry); more; more = ordmap_next(map, (struct str){"", 0}, entry.key, &entry)) seen++;
    CHECK_U64(seen, model->count);
    for (bool more = ordmap_last(map, (struct str){"", 0}, &entry); more; more = ordmap_previous(map, (struct str){"", 0}, entry.key, &entry)) seen--;
    CHECK_U64(seen, 0);
}

static void step(struct ordmap *map, struct model *model, struct rng *rng)
{
    char room[8];
    const unsigned i = (unsigned)rng_below(rng, KEYS);
    if (rng_below(rng, 100) < 60) {
        const uint32_t value = (uint32_t)rng_u64(rng);
        ordmap_put(map, key_text(i, room), (struct str){(const char *)&value, 4});
        model->count += !model->there[i];
        model->there[i] = true;
        model->value[i] = value;
    } else {
        CHECK(ordmap_remove(map, key_text(i, room)) == model->there[i]);
        model->count -= model->there[i];
        model->there[i] = false;
    }
}

static void old_versions_stay_what_they_were(void)
{
    struct rng rng;
    rng_init(&rng, 11);
    struct ordmap map = {0}, old = {0};
    static struct model now, then;
    for (unsigned round = 0; round < 400; round++) {
        for (unsigned k = 0; k < 40; k++) step(&map, &now, &rng);
        same_contents(&map, &now);
        same_contents(&old, &then);
        if (rng_below(&rng, 2) == 0) { /* keep this one */
            ordmap_done(&old);
            old = ordmap_copy(&map);
            then = now;
        } else if (rng_below(&rng, 3) == 0) { /* go back */
            ordmap_done(&map);
            map = ordmap_copy(&old);
            now = then;
        }
    }
    ordmap_done(&map);
    ordmap_done(&old);
    CHECK(map.root == NULL && map.count == 0);
}

static void neighbours_are_those_of_the_order(void)
{
    struct ordmap map = {0};
    static const char *const keys[] = {"b", "ba", "bb", "c"};
    for (size_t i = 0; i < 4; i++) ordmap_put(&map, str_of(keys[i]), str_of("v"));
    struct ordmap_entry entry;
    CHECK(ordmap_ceiling(&map, STR("ba"), &entry) && str_eq(entry.key, STR("ba")));
    CHECK(ordmap_above(&map, STR("ba"), &entry) && str_eq(entry.key, STR("bb")));
    CHECK(ordmap_floor(&map, STR("bz"), &entry) && str_eq(entry.key, STR("bb")));
    CHECK(ordmap_below(&map, STR("ba"), &entry) && str_eq(entry.key, STR("b")));
    CHECK(!ordmap_below(&map, STR("b"), &entry) && !ordmap_above(&map, STR("c"), &entry));
    CHECK(ordmap_first(&map, STR("b"), &entry) && str_eq(entry.key, STR("b")));
    CHECK(ordmap_last(&map, STR("b"), &entry) && str_eq(entry.key, STR("bb")));
    CHECK(!ordmap_next(&map, STR("b"), STR("bb"), &entry) && !ordmap_last(&map, STR("ca"), &entry));
    CHECK(ordmap_previous(&map, STR("b"), STR("bb"), &entry) && str_eq(entry.key, STR("ba")));
    ordmap_done(&map);
}

int main(void)
{
    RUN(old_versions_stay_what_they_were);
    RUN(neighbours_are_those_of_the_order);
    return 0;
}
