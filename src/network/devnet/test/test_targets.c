/* Tries to break the grammar of targets: every form, every way to be wrong, and draws that must be fair to `eligible`. */
#include "core/base/check.h"
#include "network/devnet/targets.h"

static bool parse(const char *json, uint32_t n, const struct target_set *eligible, struct target_set *out, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct rng rng;
    rng_init(&rng, 7);
    const struct json *node = json_parse(&arena, str_of(json), err);
    CHECK(node != NULL);
    const bool ok = targets_parse(node, n, eligible, &rng, out, err);
    arena_done(&arena);
    return ok;
}

static struct target_set all_of(uint32_t n)
{
    struct target_set set = {0};
    for (uint32_t i = 0; i < n; i++) target_add(&set, i);
    return set;
}

static void names_ranges_and_star_mean_what_they_say(void)
{
    const struct target_set all = all_of(80);
    struct target_set set;
    struct err err;
    CHECK(parse("[\"v1\",\"v3-v5\"]", 80, &all, &set, &err));
    CHECK_U64(target_count(&set), 4);
    CHECK(target_has(&set, 0) && target_has(&set, 2) && target_has(&set, 4) && !target_has(&set, 1));
    CHECK(parse("\"v80\"", 80, &all, &set, &err));
    CHECK(target_has(&set, 79));
    CHECK(parse("\"*\"", 80, &all, &set, &err));
    CHECK_U64(target_count(&set), 80);
    CHECK(parse("[\"v2\",\"v1-v4\"]", 80, &all, &set, &err)); /* overlap counts once */
    CHECK_U64(target_count(&set), 4);
}

static void draws_come_from_the_eligible_alone(void)
{
    struct target_set eligible = {0}, set;
    struct err err;
    for (uint32_t i = 10; i < 20; i++) target_add(&eligible, i);
    CHECK(parse("{\"count\":4}", 80, &eligible, &set, &err));
    CHECK_U64(target_count(&set), 4);
    for (uint32_t i = 0; i < 80; i++) CHECK(!target_has(&set, i) || target_has(&eligible, i));
    CHECK(parse("{\"count\":40}", 80, &eligible, &set, &err));
    CHECK_U64(target_count(&set), 10);
    const struct target_set all = all_of(80);
    CHECK(parse("{\"fraction_bps\":3400}", 80, &all, &set, &err));
    CHECK_U64(target_count(&set), 27);
    CHECK(parse("{\"fraction_bps\":1}", 80, &all, &set, &err));
    CHECK_U64(target_count(&set), 1);
    CHECK(parse("[{\"count\":2},{\"count\":2}]", 80, &all, &set, &err)); /* never the same twice */
    CHECK_U64(target_count(&set), 4);
}

static void nonsense_is_refused(void)
{
    static const char *const bad[] = {
        "\"v0\"", "\"v81\"", "\"v\"", "\"w1\"", "\"v01\"", "\"v5-v3\"", "\"v1-\"", "\"v1-4\"", "1", "null", "[[\"v1\"]]", "{}",
        "{\"count\":0}", "{\"count\":81}", "{\"count\":-1}", "{\"count\":1.5}", "{\"fraction_bps\":10001}", "{\"fraction_bps\":0}",
        "{\"count\":1,\"fraction_bps\":1}", "[\"v1\",\"\"]",
    };
    const struct target_set all = all_of(80);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct target_set set = {.bits = {0xdead}};
        struct err err = {0};
        if (parse(bad[i], 80, &all, &set, &err)) CHECK_FAIL("%s was taken", bad[i]);
        CHECK(err.code != ERR_NONE && err.text[0] != 0);
        CHECK_U64(set.bits[0], 0xdead); /* written only on success */
    }
}

int main(void)
{
    RUN(names_ranges_and_star_mean_what_they_say);
    RUN(draws_come_from_the_eligible_alone);
    RUN(nonsense_is_refused);
    return 0;
}
