/* Tries to have a share drift from what was asked for, and a person's papers show, or be those of another. */
#include "core/base/check.h"
#include "tester/behavior/d007_priv.h"

static void a_share_holds_after_every_draw(void)
{
    struct rng rng;
    rng_init(&rng, 3);
    for (uint32_t round = 0; round < 400; round++) {
        struct track track = {0};
        struct act act = {.track = &track};
        rng_init(&track.rng, round);
        const uint32_t bps = round < 4 ? (const uint32_t[]){0, 10000, 9000, 9500}[round] : (uint32_t)rng_range(&rng, 0, 10000);
        uint64_t granted = 0, drawn = 0;
        for (uint32_t n = 0; n < 500; n++) {
            const bool yes = quota_draw(&act, bps);
            if (rng_below(&rng, 7) == 0) { /* it did not come about */
                quota_return(&act, yes);
                continue;
            }
            granted += yes;
            drawn++;
            const uint64_t due = drawn * bps; /* of 10000 */
            if (granted * 10000 > due + 10000 || granted * 10000 + 10000 < due)
                CHECK_FAIL("seed %u: %llu of %llu at %u", round, (unsigned long long)granted, (unsigned long long)drawn, bps);
        }
        CHECK(bps != 0 || granted == 0);
        CHECK(bps != 10000 || granted == drawn);
    }
}

/* Nine of ten of fifty are forty-five, whatever the seed; who the others are is the seed's. */
static void whole_shares_are_exact_and_differ_by_seed(void)
{
    uint64_t first[2] = {0, 0};
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct track track = {0};
        struct act act = {.track = &track};
        rng_init(&track.rng, seed);
        uint64_t granted = 0;
        for (uint32_t n = 0; n < 50; n++) {
            const bool yes = quota_draw(&act, 9000);
            granted += yes;
            if (n == 0) first[yes]++;
        }
        CHECK_U64(granted, 45);
    }
    CHECK(first[0] > 0 && first[1] > 0);
}

static struct bot *bot_of(struct bot *bot, const char *id)
{
    *bot = (struct bot){0};
    identity_init(&bot->identity, 42, str_of(id), (struct sign_suite){SIGN_SIMULATED});
    return bot;
}

static void papers_are_a_persons_own(void)
{
    struct bot a, b;
    const struct papers ann = papers_of(bot_of(&a, "user-1")), again = papers_of(&a), bob = papers_of(bot_of(&b, "user-2"));
    CHECK(memcmp(&ann, &again, sizeof(ann)) == 0);
    CHECK(strcmp(ann.name, bob.name) != 0 && strcmp(ann.account, bob.account) != 0 && !hash_eq(&ann.salt, &bob.salt));
    const struct hash one = papers_documents(&ann, 1), two = papers_documents(&ann, 2), other = papers_documents(&bob, 1), profile = papers_profile(&ann, 1);
    CHECK(!hash_eq(&one, &two) && !hash_eq(&one, &other) && !hash_eq(&one, &profile));
    CHECK_U64(strlen(ann.country), 2);
}

static void papers_are_found_in_clear_and_in_hex(void)
{
    struct bot bot;
    struct arena arena;
    arena_init(&arena, 0);
    const struct papers papers = papers_of(bot_of(&bot, "user-1"));
    char hex[200];
    const size_t len = strlen(papers.account);
    str_hex(papers.account, len, hex);
    CHECK_STR(str_of(papers_found(&papers, str_fmt(&arena, "{\"reason\":\"%s\"}", papers.passport))), STR("a passport number"));
    CHECK_STR(str_of(papers_found(&papers, str_fmt(&arena, "x%.*sx", (int)(2 * len), hex))), STR("a bank account"));
    CHECK_STR(str_of(papers_found(&papers, str_fmt(&arena, "of %s", papers.name))), STR("a name"));
    CHECK_STR(str_of(papers_found(&papers, str_fmt(&arena, "%s", papers.street))), STR("a street"));
    CHECK_STR(str_of(papers_found(&papers, str_fmt(&arena, "%s", papers.birth))), STR("a date of birth"));
    CHECK(papers_found(&papers, (struct str){0}) == NULL);
    CHECK(papers_found(&papers, str_fmt(&arena, "{\"country\":\"%s\",\"status\":\"pending\"}", papers.country)) == NULL);
    const struct hash hash = papers_bank(&papers);
    str_hex(hash.b, sizeof(hash.b), hex);
    CHECK(papers_found(&papers, (struct str){hex, 64}) == NULL);
    arena_done(&arena);
}

int main(void)
{
    RUN(a_share_holds_after_every_draw);
    RUN(whole_shares_are_exact_and_differ_by_seed);
    RUN(papers_are_a_persons_own);
    RUN(papers_are_found_in_clear_and_in_hex);
    return 0;
}
