/* Tries to break the ordmap: against a plain sorted array, and by holding old versions while new ones change. */
#include <stdio.h>

#include "core/base/check.h"
#include "core/base/ordmap.h"
#include "core/base/rng.h"

enum { KEYS = 3000, KEY_ROOM = 24 };

struct model {
    bool there[KEYS];
    uint32_t value[KEYS];
    size_t count;
};

/* Keys that begin alike and keys that do not, keys that are the beginning of others, keys that differ at their very end. */
static struct str key_text(unsigned i, char *room)
{
    static const char *const stems[] = {"a", "ab", "ab-the-same-in-all-", "b", "x\xff\xff"};
    const unsigned stem = i % 5;
    const int len = stem == 3 ? snprintf(room, KEY_ROOM, "b%.*s", (int)(i / 5 % 17), "zzzzzzzzzzzzzzzz") : snprintf(room, KEY_ROOM, "%s%u", stems[stem], i);
    return (struct str){room, (size_t)len};
}

/* Which of them stand for themselves: keys of the stem "b" come again. */
static unsigned key_pick(struct rng *rng)
{
    const unsigned i = (unsigned)rng_below(rng, KEYS);
    return i % 5 == 3 ? i % (17 * 5) : i;
}

static void same_contents(const struct ordmap *map, const struct model *model)
{
    char room[KEY_ROOM];
    struct str value;
    CHECK_U64(map->count, model->count);
    for (unsigned i = 0; i < KEYS; i++) {
        if (i % 5 == 3 && i >= 17 * 5) continue;
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

static void step(struct ordmap *map, struct model *model, struct rng *rng, unsigned puts)
{
    char room[KEY_ROOM];
    const unsigned i = key_pick(rng);
    if (rng_below(rng, 100) < puts) {
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
        const unsigned puts = round % 80 < 40 ? 80 : 15; /* it grows, then shrinks to nearly nothing */
        for (unsigned k = 0; k < 400; k++) step(&map, &now, &rng, puts);
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
    CHECK(map.root == NULL && map.count == 0 && map.pool == NULL);
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

/* ---- noted changes ---- */

static void changes_are_undone_in_reverse_order(void)
{
    struct rng rng;
    rng_init(&rng, 12);
    struct ordmap map = {0};
    static struct model now, then;
    for (unsigned k = 0; k < 1500; k++) step(&map, &now, &rng, 90);
    for (unsigned round = 0; round < 60; round++) {
        static struct ordmap_change changes[300];
        size_t count = 0;
        char room[KEY_ROOM];
        then = now;
        for (unsigned k = 0; k < 300; k++) {
            const unsigned i = key_pick(&rng);
            const uint32_t value = (uint32_t)rng_u64(&rng);
            const struct str key = key_text(i, room);
            struct str borrowed = {"", 0};
            const bool stood = ordmap_get(&map, key, &borrowed);
            uint32_t before = 0;
            if (stood) memcpy(&before, borrowed.data, 4);
            if (rng_below(&rng, 2) == 0)
                changes[count++] = ordmap_put_noted(&map, key, (struct str){(const char *)&value, 4});
            else if (ordmap_remove_noted(&map, key, &changes[count]))
                count++;
            else
                CHECK(!stood);
            CHECK(!stood || memcmp(borrowed.data, &before, 4) == 0); /* it can be read still */
        }
        if (rng_below(&rng, 3) > 0) {
            while (count > 0) ordmap_undo(&map, &changes[--count]);
            same_contents(&map, &then);
            continue;
        }
        while (count > 0) ordmap_forget(&map, &changes[--count]);
        memset(&now, 0, sizeof(now));
        for (unsigned i = 0; i < KEYS; i++) {
            struct str value;
            if (i % 5 == 3 && i >= 17 * 5) continue;
            now.there[i] = ordmap_get(&map, key_text(i, room), &value);
            if (now.there[i]) memcpy(&now.value[i], value.data, 4);
            now.count += now.there[i];
        }
        same_contents(&map, &now);
    }
    ordmap_done(&map);
}

/* ---- differences ---- */

struct telling {
    struct ordmap map; /* the older version, made the newer one by what is told */
    size_t visits;
};

static bool follow(void *context, struct str key, const struct str *was, const struct str *now)
{
    struct telling *telling = context;
    struct str value;
    telling->visits++;
    CHECK(ordmap_get(&telling->map, key, &value) == (was != NULL));
    CHECK(was == NULL || str_eq(value, *was));
    if (now != NULL)
        ordmap_put(&telling->map, key, *now);
    else
        CHECK(ordmap_remove(&telling->map, key));
    return true;
}

static void what_differs_makes_one_version_of_the_other(void)
{
    struct rng rng;
    rng_init(&rng, 13);
    struct ordmap map = {0};
    static struct model model;
    for (unsigned round = 0; round < 200; round++) {
        struct ordmap before = ordmap_copy(&map);
        const unsigned steps = (unsigned)rng_below(&rng, round % 10 == 0 ? 2000 : 20);
        for (unsigned k = 0; k < steps; k++) step(&map, &model, &rng, round % 50 < 25 ? 80 : 20);
        struct telling telling = {.map = ordmap_copy(&before)};
        ordmap_diff(&before, &map, follow, &telling);
        same_contents(&telling.map, &model);
        CHECK(telling.visits <= steps);
        ordmap_done(&telling.map);
        ordmap_done(&before);
    }
    ordmap_done(&map);
}

/* What all keys of a leaf have in common is not among what is compared on the way to an entry. */
static void a_key_that_begins_otherwise_is_not_found(void)
{
    struct ordmap map = {0};
    struct str value;
    char room[KEY_ROOM];
    for (unsigned i = 0; i < 400; i++) {
        const int len = snprintf(room, sizeof(room), "same-for-all-%03u", i);
        ordmap_put(&map, (struct str){room, (size_t)len}, STR("here"));
    }
    for (unsigned i = 0; i < 400; i++) {
        const size_t len = (size_t)snprintf(room, sizeof(room), "same-for-all-%03u", i);
        CHECK(ordmap_get(&map, (struct str){room, len}, &value));
        for (size_t at = 0; at < len; at++) {
            CHECK(!ordmap_get(&map, (struct str){room, at}, &value)); /* too short for what they have in common, too */
            room[at] ^= 64;
            CHECK(!ordmap_get(&map, (struct str){room, len}, &value));
            CHECK(!ordmap_remove(&map, (struct str){room, len}));
            room[at] ^= 64;
        }
    }
    ordmap_done(&map);
}

int main(void)
{
    RUN(a_key_that_begins_otherwise_is_not_found);
    RUN(changes_are_undone_in_reverse_order);
    RUN(what_differs_makes_one_version_of_the_other);
    RUN(old_versions_stay_what_they_were);
    RUN(neighbours_are_those_of_the_order);
    return 0;
}
